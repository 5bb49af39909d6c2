"""Runs a program in a pseudo-terminal and answers its prompts.

usage: pty.py "PROMPT=ANSWER|PROMPT=ANSWER" PROGRAM ARGUMENT...
Prints what the terminal showed; ends with the program's exit code.
"""
import os
import pty
import select
import sys
import termios
import time

answers = [answer.split("=", 1) for answer in sys.argv[1].split("|")]
pid, terminal = pty.fork()
if pid == 0:
    os.execv(sys.argv[2], sys.argv[2:])
shown, unread = "", ""
while True:
    if not select.select([terminal], [], [], 60)[0]:
        sys.exit("the program neither asks nor ends")
    try:
        data = os.read(terminal, 4096)
    except OSError:
        break
    if not data:
        break
    text = data.decode(errors="replace")
    shown += text
    unread += text
    if answers and answers[0][0] in unread and unread.rstrip(" ").endswith(":"):
        # the prompt comes a moment before the echo goes; nobody types that fast
        deadline = time.monotonic() + 60
        while termios.tcgetattr(terminal)[3] & termios.ECHO:
            if time.monotonic() > deadline:
                sys.exit("the program asks and leaves the echo on")
            time.sleep(0.001)
        os.write(terminal, (answers.pop(0)[1] + "\n").encode())
        unread = ""
sys.stdout.write(shown)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
