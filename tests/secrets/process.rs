//! What the kernel lets others see of the process.

use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::process::{Child, Command, Stdio};

use crate::support::{Bench, Ran};

/// Who the tests of rights run as: root may do everything, so somebody who is nobody.
fn prefix() -> Vec<&'static str> {
    if rustix::process::getuid().is_root() {
        return "setpriv --reuid 65534 --regid 65534 --clear-groups"
            .split(' ')
            .collect();
    }
    Vec::new()
}

/// A bench of that user, with an encrypted CA key and the program.
fn of_nobody() -> Bench {
    let bench = Bench::new();
    std::fs::copy(env!("CARGO_BIN_EXE_privca"), bench.path("privca")).unwrap();
    bench.write("pass", "geheim\n");
    if !prefix().is_empty() {
        for path in [bench.path("."), bench.path("privca"), bench.path("pass")] {
            chown(path, Some(65534), Some(65534)).unwrap();
        }
    }
    as_nobody(&bench, "./privca init-ca --cn T --passout file:pass").ok();
    bench
}

fn as_nobody(bench: &Bench, line: &str) -> Ran {
    let words = [prefix(), vec!["bash", "-c", line]].concat();
    bench.tool(words[0], &words[1..])
}

/// A command that waits for a passphrase on its standard input, with memory and limits as they are
/// while it works.
fn waiting(bench: &Bench) -> Child {
    let words = "./privca issue a --profile client --passin stdin --passout pass:x";
    let words = [prefix(), words.split(' ').collect()].concat();
    let mut child = Command::new(words[0])
        .args(&words[1..])
        .current_dir(bench.path("."))
        .env("A_SECRET", "in the environment")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // the warning of pass: comes before the question
    let mut line = String::new();
    let stderr = child.stderr.as_mut().unwrap();
    BufReader::new(stderr).read_line(&mut line).unwrap();
    assert!(line.starts_with("warning: pass:"), "{line}");
    child
}

fn end(mut child: Child) {
    child.stdin.take().unwrap().write_all(b"geheim\n").unwrap();
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_crash_leaves_no_core() {
    let bench = of_nobody();
    let child = waiting(&bench);
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", child.id())).unwrap();
    let line = limits.lines().find(|l| l.starts_with("Max core file size"));
    let numbers: Vec<&str> = line.unwrap().split_whitespace().skip(4).take(2).collect();
    assert_eq!(numbers, ["0", "0"], "soft and hard");
    end(child);
}

#[test]
fn the_same_user_cannot_read_memory_and_environment() {
    let bench = of_nobody();
    let child = waiting(&bench);
    let read = |pid: u32, file: &str| {
        as_nobody(&bench, &format!("head -c 1 /proc/{pid}/{file} > /dev/null"))
    };
    for file in ["environ", "mem", "maps"] {
        read(child.id(), file).fails(1, "Permission denied");
    }
    end(child);

    // another process of that user: so it is not the container that forbids it
    let words = [prefix(), vec!["cat"]].concat();
    let mut other = Command::new(words[0])
        .args(&words[1..])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    other
        .stdin
        .as_mut()
        .unwrap()
        .write_all(b"it runs\n")
        .unwrap();
    let mut line = String::new();
    BufReader::new(other.stdout.as_mut().unwrap())
        .read_line(&mut line)
        .unwrap();
    read(other.id(), "environ").ok();
    drop(other.stdin.take());
    assert!(other.wait().unwrap().success());
}

/// A process that may not be dumped has a `/proc/self` of root's.
#[test]
fn passphrases_come_through_descriptors_all_the_same() {
    let bench = of_nobody();
    for (name, line) in [
        ("a", "--passin fd:3 3<pass"),
        ("b", "--passin file:/dev/fd/3 3<pass"),
        ("c", "--passin file:<(echo geheim)"),
        ("d", "--passin file:/proc/self/fd/0 <pass"),
        ("e", "--passin stdin <pass"),
    ] {
        let line = format!("./privca issue {name} --no-pass --profile client {line}");
        as_nobody(&bench, &line).ok();
    }
    let mode = bench
        .path("pki/private/a.key")
        .metadata()
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
}
