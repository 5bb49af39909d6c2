//! Many processes on one directory at the same time, locks that nobody stands behind, and media
//! that cannot be written.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use privca::primitives::disk::{Gate, Step};

use super::changes::INIT;
use super::host::run;
use super::strace::{self, Ran};
use super::{extent, support, whole};

const PROCESSES: usize = 16;

#[test]
#[ignore = "needs openssl"]
fn many_at_once_lose_nothing() {
    let rounds = if extent::full() { 12 } else { 3 };
    let folder = support::memory();
    let work = folder.path();
    assert_eq!(run(work, INIT, None).0, 0);
    assert_eq!(
        ok(work, "issue shared --no-pass --san email:s@example.com"),
        1
    );
    let (operations, reads) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let at_work = AtomicBool::new(true);
    std::thread::scope(|scope| {
        let writers: Vec<_> = (0..PROCESSES)
            .map(|process| {
                let operations = &operations;
                scope.spawn(move || {
                    for round in 0..rounds {
                        let done = write(work, &format!("p{process}-{round}"));
                        operations.fetch_add(done, Ordering::SeqCst);
                    }
                })
            })
            .collect();
        for _ in 0..2 {
            scope.spawn(|| {
                while at_work.load(Ordering::SeqCst) {
                    reads.fetch_add(read(work), Ordering::SeqCst);
                }
            });
        }
        let ended: Vec<_> = writers.into_iter().map(|writer| writer.join()).collect();
        at_work.store(false, Ordering::SeqCst);
        assert!(ended.iter().all(Result::is_ok));
    });
    let index = fs::read_to_string(work.join("pki/index.txt")).unwrap();
    let serials: BTreeSet<_> = index.lines().map(|row| row.split('\t').nth(3)).collect();
    assert_eq!(serials.len(), index.lines().count(), "a serial twice");
    // every name: issued, renewed; the shared one: renewed by each
    let issued = PROCESSES * rounds;
    let shared = index.matches("/CN=shared\n").count();
    assert_eq!(index.lines().count(), 2 * issued + shared);
    assert_eq!(shared, 1 + issued);
    whole::check(&work.join("pki"), "after the crowd");
    assert_eq!(ok(work, "check"), 1);
    println!(
        "{PROCESSES} processes, {} operations, {} reads meanwhile, {} rows, violations 0",
        operations.into_inner(),
        reads.into_inner(),
        index.lines().count()
    );
}

/// What one of the processes does in a round.
fn write(work: &Path, name: &str) -> usize {
    ok(
        work,
        &format!("issue {name} --no-pass --san email:x@example.com"),
    ) + ok(work, "gen-crl")
        + ok(work, &format!("set-pass {name} --no-pass"))
        + ok(work, &format!("renew {name} --rekey --no-pass"))
        + ok(work, "renew shared")
        + ok(work, &format!("revoke {name}"))
        + ok(work, "list")
}

/// What a reader sees is whole at any time, for OpenSSL, too.
fn read(work: &Path) -> usize {
    ok(work, "check");
    let listed = plain(work, "list --json");
    assert!(
        serde_json::from_slice::<serde_json::Value>(&listed.stdout).is_ok(),
        "{listed:?}"
    );
    ok(work, "inspect PKI/crl.pem");
    for line in [
        "openssl crl -in pki/crl.pem -noout -verify -CAfile pki/ca.crt",
        "openssl verify -CAfile pki/ca.crt pki/issued/shared.crt",
    ] {
        let ran = Command::new("sh")
            .args(["-c", line])
            .current_dir(work)
            .output();
        let ran = ran.unwrap();
        assert!(ran.status.success(), "{line}: {ran:?}");
    }
    5
}

#[test]
#[ignore = "needs strace"]
fn a_file_system_without_locks_is_named() {
    let folder = support::memory();
    let work = folder.path();
    assert_eq!(run(work, INIT, None).0, 0);
    for errno in ["ENOLCK", "ENOSYS", "EOPNOTSUPP"] {
        let inject = format!("inject=flock:error={errno}");
        let ran = strace::run(
            work,
            "gen-crl",
            &["-o", "/dev/null", "-e", "trace=flock", "-e", &inject],
        );
        assert_eq!(ran.code, Some(1), "{ran:?}");
        let file = work.join("pki/.privca/lock").display().to_string();
        assert!(
            ran.stderr.contains(&format!("cannot lock {file}")),
            "{ran:?}"
        );
        assert!(ran.stderr.contains("hint: "), "{ran:?}");
    }
}

#[test]
fn waiting_is_bounded_and_the_dead_block_nobody() {
    let folder = support::memory();
    let work = folder.path();
    assert_eq!(run(work, INIT, None).0, 0);
    let lock = File::open(work.join("pki/.privca/lock")).unwrap();
    lock.lock().unwrap();
    let ran = plain(work, "gen-crl --wait 1s");
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(
        ran.stderr.contains("note: waiting for another privca"),
        "{ran:?}"
    );
    assert!(ran.stderr.contains("error[pki-busy]"), "{ran:?}");
    // readers never wait
    ok(work, "list --wait 0s");
    ok(work, "check --wait 0s");
    drop(lock);
    ok(work, "gen-crl --wait 0s");

    // EasyRSA's lock of a process that is no more, and one of a privca whose number lives again
    let mut dead = Command::new("true").spawn().unwrap();
    dead.wait().unwrap();
    let alive = std::process::id();
    for (owner, last) in [(dead.id(), 1), (alive, alive)] {
        fs::write(work.join("pki/lock.file"), format!("{owner}\n")).unwrap();
        fs::write(work.join("pki/.privca/lock"), format!("{last}\n")).unwrap();
        let ran = plain(work, "gen-crl --wait 0s");
        assert_eq!(ran.code, Some(0), "{ran:?}");
        assert!(ran.stderr.contains(&format!("process {owner}")), "{ran:?}");
    }
    // a living one is honoured
    fs::write(work.join("pki/lock.file"), format!("{alive}\n")).unwrap();
    let ran = plain(work, "gen-crl --wait 0s");
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(
        ran.stderr.contains(&format!("EasyRSA (pid {alive}")),
        "{ran:?}"
    );
}

/// Asks for the lock as soon as the batch holds it: the real binary, which is waited for until it
/// says that it waits.
struct Rival {
    work: PathBuf,
    child: Mutex<Option<Child>>,
}

impl Gate for Rival {
    fn pass(&self, step: &Step<'_>) -> io::Result<()> {
        let mut child = self.child.lock().unwrap();
        if child.is_none() && step.path.ends_with(".privca/journal") {
            let mut rival = Command::new(env!("CARGO_BIN_EXE_privca"))
                .args(["gen-key", "rival", "--no-pass"])
                .current_dir(&self.work)
                .env_remove("PRIVCA_PKI")
                .stderr(Stdio::piped())
                .stdout(Stdio::null())
                .spawn()?;
            let mut said = String::new();
            BufReader::new(rival.stderr.take().unwrap()).read_line(&mut said)?;
            assert!(said.contains("waiting for another privca"), "{said}");
            *child = Some(rival);
        }
        Ok(())
    }
}

#[test]
fn who_waits_comes_between_two_groups_of_a_batch() {
    let folder = support::memory();
    let work = folder.path();
    assert_eq!(run(work, INIT, None).0, 0);
    let rows: String = (0..200)
        .map(|n| format!("n{n},email:n@example.com\n"))
        .collect();
    fs::write(work.join("MANIFEST"), format!("name,san\n{rows}")).unwrap();
    let rival = Arc::new(Rival {
        work: work.to_owned(),
        child: Mutex::default(),
    });
    let (code, said) = run(work, "batch MANIFEST --no-pass", Some(rival.clone()));
    assert_eq!(code, 0, "{said}");
    let mut child = rival.child.lock().unwrap().take().unwrap();
    assert!(child.wait().unwrap().success());
    let log = fs::read_to_string(work.join("pki/audit.jsonl")).unwrap();
    let commands: Vec<bool> = log
        .lines()
        .map(|line| line.contains("\"command\":\"gen-key\""))
        .collect();
    // the CA, a group of 64, the one that waited, the rest
    assert_eq!(commands.iter().position(|rival| *rival), Some(1 + 64));
    assert_eq!(commands.len(), 1 + 200 + 1);
}

/// Who is stopped while it waits (Ctrl-Z) keeps nobody out.
#[test]
fn a_queue_that_does_not_move_is_no_lock() {
    let folder = support::memory();
    let work = folder.path();
    assert_eq!(run(work, INIT, None).0, 0);
    let queue = File::open(work.join("pki/.privca")).unwrap();
    queue.lock().unwrap();
    ok(work, "gen-crl");
    ok(work, "gen-crl --wait 0s");
}

/// In a mount namespace of its own, which needs no root.
#[test]
#[ignore = "needs unshare"]
fn read_only_and_full_media_have_a_clear_message() {
    let folder = support::memory();
    let work = folder.path();
    assert_eq!(run(work, INIT, None).0, 0);
    ok(work, "issue alice --no-pass --san email:a@example.com");
    let privca = env!("CARGO_BIN_EXE_privca");
    let script = |text: &str| {
        let output = Command::new("unshare")
            .args(["--map-root-user", "--mount", "sh", "-c", text])
            .current_dir(work)
            .output()
            .unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.code(), stderr)
    };
    let (code, said) = script(&format!(
        "set -e; mount --bind pki pki; mount -o remount,ro,bind pki; {privca} list >&2; {privca} check >&2; {privca} inspect alice >&2; {privca} verify alice >&2; {privca} gen-crl"
    ));
    assert_eq!(code, Some(1), "{said}");
    let said = said.rsplit("error[").next().unwrap();
    assert!(said.starts_with("disk]: cannot "), "{said}");
    assert!(
        said.contains("pki/.privca/lock: read-only file system\nhint: "),
        "{said}"
    );

    // a file system that fills up: every certificate that was issued is there, and it goes on
    let (code, said) = script(&format!(
        "set -e; mkdir full; mount -t tmpfs -o size=400k none full; cp -a pki full; n=0
         while {privca} --pki full/pki -q issue n$n --no-pass --san email:n@example.com; do n=$((n+1)); done
         {privca} --pki full/pki list >/dev/null; {privca} --pki full/pki -q gen-crl || true
         cp -a full/pki freed; {privca} --pki freed gen-key more --no-pass; {privca} --pki freed check >&2; echo $n certificates >&2
         test $n -gt 5"
    ));
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("no space left on device\nhint: "), "{said}");
    whole::check(&work.join("freed"), &said);
}

#[test]
#[ignore = "needs setpriv"]
fn another_user_reads_and_is_refused_to_write() {
    let folder = support::memory();
    let work = folder.path();
    assert_eq!(run(work, INIT, None).0, 0);
    ok(work, "issue alice --no-pass --san email:a@example.com");
    fs::copy(env!("CARGO_BIN_EXE_privca"), work.join("privca")).unwrap();
    // who is not root is refused by the modes alone
    let script = "chmod -R a+rX,a-w pki; chmod a+rx .
        if [ $(id -u) = 0 ]; then as='setpriv --reuid 65534 --regid 65534 --clear-groups'; else as=; fi
        $as sh -c './privca list >&2 && ./privca inspect alice >&2 && ./privca verify alice >&2 && ./privca gen-crl'
        code=$?; chmod -R u+w pki; exit $code";
    let output = Command::new("sh")
        .args(["-c", script])
        .current_dir(work)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(
        said.contains("permission denied\nhint: run it as the owner"),
        "{said}"
    );
}

/// A web server's user, say: nothing of `private/`, and the certificates all the same.
#[test]
#[ignore = "needs setpriv"]
fn another_user_verifies_what_is_public() {
    let folder = support::memory();
    let work = folder.path();
    assert_eq!(run(work, INIT, None).0, 0);
    ok(work, "issue alice --no-pass --san email:a@example.com");
    fs::copy(env!("CARGO_BIN_EXE_privca"), work.join("privca")).unwrap();
    let script = "chmod a+rx . pki pki/issued
        if [ $(id -u) = 0 ]; then as='setpriv --reuid 65534 --regid 65534 --clear-groups'; else exit 9; fi
        $as sh -c './privca verify alice && ./privca inspect ca && ! ls pki/private'";
    let output = Command::new("sh")
        .args(["-c", script])
        .current_dir(work)
        .output()
        .unwrap();
    if output.status.code() == Some(9) {
        eprintln!("not tried: only root can be another user");
        return;
    }
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{said}");
}

/// Runs the real binary; 1 if it succeeds, as it must.
#[track_caller]
fn ok(work: &Path, words: &str) -> usize {
    let ran = plain(work, words);
    assert_eq!(
        ran.code,
        Some(0),
        "{words}: {}\n{}",
        ran.stderr,
        String::from_utf8_lossy(&ran.stdout)
    );
    1
}

fn plain(work: &Path, words: &str) -> Ran {
    let mut command = Command::new("env");
    command.stdin(Stdio::null());
    strace::finish(&mut command, work, words)
}

/// What a command has looked at before it had the lock may be another by the time it has it.
#[test]
fn what_changed_while_a_command_waited_is_seen() {
    let revoked = |work: &Path| {
        let index = work.join("pki/index.txt");
        let text = fs::read_to_string(&index).unwrap();
        let row = text
            .replacen("V\t", "R\t", 1)
            .replacen("Z\t\t", "Z\t261121000000Z\t", 1);
        fs::write(work.join("index"), row).unwrap();
        fs::rename(work.join("index"), &index).unwrap();
    };
    let rekeyed = |work: &Path| {
        fs::copy(
            work.join("pki/private/bob.key"),
            work.join("pki/private/alice.key"),
        )
        .unwrap();
    };
    type Change<'a> = &'a dyn Fn(&Path);
    let cases: [(&str, Change<'_>, &str); 2] = [
        ("renew alice", &revoked, "error[revoked]"),
        (
            "set-pass alice --no-pass",
            &rekeyed,
            "error[changed-meanwhile]",
        ),
    ];
    for (words, change, said) in cases {
        let folder = support::memory();
        let work = folder.path();
        for before in [
            INIT,
            "issue alice --no-pass --san email:a@example.com",
            "gen-key bob --no-pass",
        ] {
            assert_eq!(run(work, before, None).0, 0, "{before}");
        }
        // the last privca has another number than whoever holds EasyRSA's lock
        ok(work, "gen-crl");
        let lock = work.join("pki/lock.file");
        fs::write(&lock, format!("{}\n", std::process::id())).unwrap();
        let mut waiting = Command::new(env!("CARGO_BIN_EXE_privca"))
            .args(&super::changes::arguments(work, words)[1..])
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut heard = BufReader::new(waiting.stderr.take().unwrap());
        let mut line = String::new();
        while !line.contains("waiting for EasyRSA") {
            line.clear();
            assert!(
                heard.read_line(&mut line).unwrap() > 0,
                "{words} did not wait"
            );
        }
        change(work);
        fs::remove_file(&lock).unwrap();
        let mut rest = String::new();
        heard.read_to_string(&mut rest).unwrap();
        assert_eq!(waiting.wait().unwrap().code(), Some(1), "{words}: {rest}");
        assert!(rest.contains(said), "{words}: {rest}");
    }
}
