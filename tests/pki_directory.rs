//! One PKI directory and several who want it; directories that are none, or half of one; what old
//! tools left.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

use std::fs;
use std::io;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use privca::pki::error::Kind;
use privca::pki::index::{Entry, Quirk};
use privca::pki::layout::{FOLDERS, PRIVATE, PUBLIC};
use privca::pki::{
    Intent, Layout, Overwrite, Pki, PkiError, Recovered, Row, Session, audit, defaults,
};
use privca::primitives::disk::{self, Action, Disk, Gate, Step};
use privca::primitives::operator::Operator;

const ROOM: Duration = Duration::from_secs(60);

fn intent(what: &str) -> Intent {
    Intent {
        at: "2026-11-21T10:00:00Z".parse().unwrap(),
        by: Operator::current(),
        what: what.to_owned(),
        to_sign: Vec::new(),
    }
}

fn create(root: &Path) -> Result<Session, PkiError> {
    Session::create(root, Disk::new(), Duration::ZERO, &mut |_| {})
}

fn directory(folder: &Path) -> PathBuf {
    let root = folder.join("pki");
    let mut session = create(&root).unwrap();
    let layout = session.layout().clone();
    let mut txn = session.begin(intent("init-ca")).unwrap();
    txn.place(&layout.index(), defaults::INDEX, PUBLIC, Overwrite::No)
        .unwrap();
    txn.place(&layout.ca_key(), b"key", PRIVATE, Overwrite::No)
        .unwrap();
    txn.place(&layout.ca_certificate(), b"ca", PUBLIC, Overwrite::No)
        .unwrap();
    txn.commit().unwrap();
    root
}

fn lock(root: &Path, wait: Duration) -> Result<Session, PkiError> {
    Pki::open(root, Disk::new())?.lock(wait, &mut |_| {})
}

fn add_row(session: &mut Session, number: usize) -> Result<(), PkiError> {
    let serial = format!("{:06X}", number + 0x10_0000).parse().unwrap();
    let end = "2027-11-21".parse().unwrap();
    let mut txn = session.begin(intent("add"))?;
    txn.append_row(&Row::issued(serial, end, format!("/CN=row{number}")))?;
    let mut entry = serde_json::Map::new();
    entry.insert("row".to_owned(), number.into());
    txn.audit(entry);
    txn.commit()
}

fn serials(root: &Path) -> Vec<String> {
    let pki = Pki::open(root, Disk::new()).unwrap();
    let rows = pki.rows().unwrap().map(|entry| match entry.unwrap() {
        Entry::Row(record) => record.row.serial.to_string(),
        Entry::Odd(odd) => panic!("{odd:?}"),
    });
    rows.collect()
}

#[test]
fn many_writers_take_turns() {
    let folder = tempfile::tempdir().unwrap();
    let root = directory(folder.path());
    let waited = AtomicUsize::new(0);
    thread::scope(|scope| {
        for writer in 0..8 {
            let (root, waited) = (&root, &waited);
            scope.spawn(move || {
                for turn in 0..5 {
                    let pki = Pki::open(root, Disk::new()).unwrap();
                    let mut tell = |_: &privca::pki::Holder| {
                        waited.fetch_add(1, Ordering::SeqCst);
                    };
                    let mut session = pki.lock(ROOM, &mut tell).unwrap();
                    assert_eq!(session.recovered(), []);
                    add_row(&mut session, writer * 5 + turn).unwrap();
                }
            });
        }
    });
    let mut found = serials(&root);
    found.sort();
    found.dedup();
    assert_eq!(found.len(), 40);
    assert!(waited.load(Ordering::SeqCst) > 0);
    let mut lines = 0;
    let broken = audit::check(&Layout::new(&root), &mut |_| lines += 1).unwrap();
    assert_eq!((broken, lines), (vec![], 40));
    assert!(!root.join("lock.file").exists());
}

/// The other half of the next test: this very program, run again.
#[test]
fn other_process() {
    let Ok(root) = std::env::var("PRIVCA_TEST_ROOT") else {
        return;
    };
    let turn: usize = std::env::var("PRIVCA_TEST_TURN").unwrap().parse().unwrap();
    for i in 0..5 {
        let mut session = lock(Path::new(&root), ROOM).unwrap();
        add_row(&mut session, turn * 100 + i).unwrap();
    }
}

#[test]
fn processes_take_turns() {
    let folder = tempfile::tempdir().unwrap();
    let root = directory(folder.path());
    let run = |turn: usize| {
        Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "other_process"])
            .env("PRIVCA_TEST_ROOT", &root)
            .env("PRIVCA_TEST_TURN", turn.to_string())
            .stdout(Stdio::null())
            .spawn()
            .unwrap()
    };
    let children: Vec<_> = (1..5).map(run).collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    assert_eq!(serials(&root).len(), 20);
}

#[test]
fn a_second_writer_waits_says_so_and_gives_up() {
    let folder = tempfile::tempdir().unwrap();
    let root = directory(folder.path());
    let _first = lock(&root, ROOM).unwrap();
    let mut told = Vec::new();
    let error = Pki::open(&root, Disk::new())
        .unwrap()
        .lock(Duration::from_millis(50), &mut |holder| {
            told.push(holder.clone())
        })
        .unwrap_err();
    let pid = std::process::id();
    assert!(told.len() == 1 && told[0].pid == Some(pid) && told[0].since.is_some());
    let text = error.to_string();
    assert!(
        text.contains(&format!(
            "is being changed by another privca (pid {pid}, since 2"
        )),
        "{text}"
    );
    assert!(matches!(error, PkiError::Busy { .. }));
}

#[test]
fn easyrsas_lock_is_honoured() {
    let folder = tempfile::tempdir().unwrap();
    let root = directory(folder.path());
    let path = root.join("lock.file");
    // a live process that is not ours
    let mut sleeper = Command::new("sleep").arg("60").spawn().unwrap();
    fs::write(&path, format!("{}\n", sleeper.id())).unwrap();
    let error = lock(&root, Duration::from_millis(20)).unwrap_err();
    let text = error.to_string();
    assert!(
        text.contains(&format!("EasyRSA (pid {}", sleeper.id())),
        "{text}"
    );
    assert!(path.exists());
    // it lets go while we wait
    let session = thread::scope(|scope| {
        let waiting = scope.spawn(|| lock(&root, ROOM).unwrap());
        thread::sleep(Duration::from_millis(30));
        fs::remove_file(&path).unwrap();
        waiting.join().unwrap()
    });
    assert_eq!(
        fs::read_to_string(&path).unwrap(),
        format!("{}\n", std::process::id())
    );
    drop(session);
    assert!(!path.exists());
    // it dies
    fs::write(&path, format!("{}\n", sleeper.id())).unwrap();
    let pid = sleeper.id();
    sleeper.kill().unwrap();
    sleeper.wait().unwrap();
    // a program that another test starts has our flock, too, until it is started
    let session = lock(&root, ROOM).unwrap();
    assert_eq!(session.recovered(), [Recovered::StaleLock { pid }]);
    drop(session);
    // nobody knows whose it is
    fs::write(&path, "").unwrap();
    let error = lock(&root, Duration::from_secs(1)).unwrap_err();
    assert!(error.hint().unwrap().contains("lock.file"), "{error}");
}

#[test]
fn a_lock_of_a_dead_privca_whose_number_lives_again_is_stale() {
    let folder = tempfile::tempdir().unwrap();
    let root = directory(folder.path());
    let mut sleeper = Command::new("sleep").arg("60").spawn().unwrap();
    let pid = sleeper.id();
    for file in ["lock.file", ".privca/lock"] {
        fs::write(root.join(file), format!("{pid}\n")).unwrap();
    }
    let session = lock(&root, ROOM).unwrap();
    assert_eq!(session.recovered(), [Recovered::StaleLock { pid }]);
    sleeper.kill().unwrap();
    sleeper.wait().unwrap();
}

#[test]
fn directories_that_are_none_say_which_kind() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("pki");
    let open = |root: &Path| Pki::open(root, Disk::new()).map(drop);
    assert!(matches!(open(&root), Err(PkiError::NoDirectory { .. })));
    fs::create_dir(&root).unwrap();
    assert!(matches!(open(&root), Err(PkiError::NotPki { .. })));
    fs::write(root.join("ca.crt"), "").unwrap();
    fs::write(root.join("index.txt.old"), "").unwrap();
    let error = open(&root).unwrap_err();
    assert!(
        error.to_string().ends_with("index.txt.old is there"),
        "{error}"
    );
    fs::remove_file(root.join("ca.crt")).unwrap();
    for folder in ["reqs", "private"] {
        fs::create_dir(root.join(folder)).unwrap();
    }
    for file in ["reqs/ca.req", "private/ca.key"] {
        fs::write(root.join(file), "").unwrap();
    }
    assert!(matches!(
        open(&root),
        Err(PkiError::AwaitingCertificate { .. })
    ));
    assert!(Pki::open_awaiting(&root, Disk::new()).is_ok());
}

#[test]
fn a_new_ca_takes_an_empty_place_or_none() {
    let folder = tempfile::tempdir().unwrap();
    let refused = |root: &Path| create(root).map(drop).unwrap_err();

    let ours = directory(folder.path());
    assert!(matches!(
        refused(&ours),
        PkiError::AlreadyPki {
            kind: Kind::Privca,
            ..
        }
    ));

    let foreign = folder.path().join("home");
    fs::create_dir(&foreign).unwrap();
    fs::write(foreign.join("letter.txt"), "").unwrap();
    assert!(matches!(refused(&foreign), PkiError::NotEmpty { found, .. } if found == "letter.txt"));
    assert_eq!(fs::read_dir(&foreign).unwrap().count(), 1);

    let easyrsa = folder.path().join("easyrsa");
    fs::create_dir_all(easyrsa.join("private")).unwrap();
    fs::create_dir(easyrsa.join("issued")).unwrap();
    fs::write(easyrsa.join("vars.example"), "").unwrap();
    drop(create(&easyrsa).unwrap());
    assert_eq!(
        fs::read_dir(&easyrsa).unwrap().count(),
        3,
        "what was made is taken away again"
    );
    fs::write(easyrsa.join("ca.crt"), "").unwrap();
    assert!(matches!(
        refused(&easyrsa),
        PkiError::AlreadyPki {
            kind: Kind::EasyRsa,
            ..
        }
    ));

    let deep = folder.path().join("a/b/pki");
    drop(create(&deep).unwrap());
    assert!(!folder.path().join("a").exists());
}

/// The other half of the next test: this very program, run again.
#[test]
fn under_a_umask() {
    if let Ok(folder) = std::env::var("PRIVCA_TEST_UMASK") {
        directory(Path::new(&folder));
    }
}

#[test]
fn modes_are_ours_whatever_the_umask() {
    for umask in ["0", "0077", "0777"] {
        let folder = tempfile::tempdir().unwrap();
        let status = Command::new("sh")
            .args(["-c", "umask $0; exec \"$1\" --exact under_a_umask", umask])
            .arg(std::env::current_exe().unwrap())
            .env("PRIVCA_TEST_UMASK", folder.path())
            .stdout(Stdio::null())
            .status()
            .unwrap();
        assert!(status.success(), "{umask}");
        assert_modes(&folder.path().join("pki"));
    }
}

fn assert_modes(root: &Path) {
    let mode = |path: &str| fs::metadata(root.join(path)).unwrap().permissions().mode() & 0o777;
    for path in FOLDERS.iter().chain([&""]) {
        assert_eq!(mode(path), 0o700, "{path}");
    }
    for path in ["private/ca.key", ".privca/lock", ".privca/keys/complete"] {
        assert_eq!(mode(path), 0o600, "{path}");
    }
    assert_eq!((mode("ca.crt"), mode("index.txt")), (0o644, 0o644));
}

#[test]
fn modes_are_ours_whatever_was_there() {
    let folder = tempfile::tempdir().unwrap();
    let root = directory(folder.path());
    let mode = |path: &str| fs::metadata(root.join(path)).unwrap().permissions().mode() & 0o777;
    for path in FOLDERS.iter().chain([&""]) {
        assert_eq!(mode(path), 0o700, "{path}");
    }
    assert_eq!((mode("private/ca.key"), mode("ca.crt")), (0o600, 0o644));

    // a CRL that its operator gave to the web server stays so
    fs::set_permissions(root.join("ca.crt"), fs::Permissions::from_mode(0o640)).unwrap();
    let mut session = lock(&root, ROOM).unwrap();
    let layout = session.layout().clone();
    let mut txn = session.begin(intent("replace")).unwrap();
    txn.place(&layout.ca_certificate(), b"new", PUBLIC, Overwrite::Yes)
        .unwrap();
    let error = txn
        .place(&layout.index(), b"", PUBLIC, Overwrite::No)
        .unwrap_err();
    assert!(matches!(error, PkiError::AlreadyExists { .. }));
    let error = txn
        .place(Path::new("/tmp/x"), b"", PUBLIC, Overwrite::No)
        .unwrap_err();
    assert!(matches!(error, PkiError::Outside { .. }));
    txn.commit().unwrap();
    assert_eq!(mode("ca.crt"), 0o640);
}

#[test]
fn links_and_fifos_are_neither_followed_nor_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let root = directory(folder.path());
    let outside = folder.path().join("outside");
    fs::write(&outside, "precious").unwrap();
    symlink(&outside, root.join("crl.pem")).unwrap();
    let fifo = root.join("private/fifo.key");
    assert!(
        Command::new("mkfifo")
            .arg(&fifo)
            .status()
            .unwrap()
            .success()
    );

    let pki = Pki::open(&root, Disk::new()).unwrap();
    let error = pki.read_secret(&fifo).unwrap_err();
    assert!(
        error.to_string().ends_with("it is not a regular file"),
        "{error}"
    );
    let mut session = pki.lock(ROOM, &mut |_| {}).unwrap();
    let mut txn = session.begin(intent("replace")).unwrap();
    let crl = pki.layout().crl();
    let error = txn.place(&crl, b"x", PUBLIC, Overwrite::Yes).unwrap_err();
    assert!(error.to_string().contains("not a regular file"), "{error}");
    drop(txn);
    drop(session);

    fs::remove_file(root.join("index.txt")).unwrap();
    symlink(&outside, root.join("index.txt")).unwrap();
    let mut session = lock(&root, ROOM).unwrap();
    add_row(&mut session, 1).unwrap_err();
    assert_eq!(fs::read_to_string(&outside).unwrap(), "precious");

    let disk = Disk::new();
    let error = disk
        .write_whole(Path::new("/dev/null"), b"", PUBLIC, Overwrite::Yes)
        .unwrap_err();
    assert!(error.to_string().contains("not a regular file"), "{error}");
    disk.write_whole(&outside, b"new", PUBLIC, Overwrite::No)
        .unwrap_err();
    assert!(
        disk::read_bounded(&outside, 3)
            .unwrap_err()
            .to_string()
            .contains("8 bytes")
    );
}

#[test]
fn an_index_without_its_last_line_feed_gets_it() {
    let folder = tempfile::tempdir().unwrap();
    let root = directory(folder.path());
    let old = "V\t271121000000Z\t\t0A\tunknown\t/CN=old";
    fs::write(root.join("index.txt"), old).unwrap();
    let pki = Pki::open(&root, Disk::new()).unwrap();
    let record = pki.find_serial(&"0A".parse().unwrap()).unwrap().unwrap();
    assert_eq!((record.line, record.quirks), (1, vec![Quirk::NoLineFeed]));
    let mut session = lock(&root, ROOM).unwrap();
    add_row(&mut session, 1).unwrap();
    let text = fs::read_to_string(root.join("index.txt")).unwrap();
    assert_eq!(
        text,
        format!("{old}\nV\t271121000000Z\t\t100001\tunknown\t/CN=row1\n")
    );
}

#[test]
fn the_log_goes_on_after_a_torn_line() {
    let folder = tempfile::tempdir().unwrap();
    let root = directory(folder.path());
    let log = root.join("audit.jsonl");
    add_row(&mut lock(&root, ROOM).unwrap(), 1).unwrap();
    let mut text = fs::read_to_string(&log).unwrap();
    text.push_str("{\"row\":");
    fs::write(&log, text).unwrap();
    add_row(&mut lock(&root, ROOM).unwrap(), 2).unwrap();
    let broken = audit::check(&Layout::new(&root), &mut |_| {}).unwrap();
    assert_eq!(broken.iter().map(|b| b.line).collect::<Vec<_>>(), [2]);
}

/// Stops a run in the middle of its line in the log, and everything after.
#[derive(Default)]
struct StopsInTheLog(AtomicUsize);

impl Gate for StopsInTheLog {
    fn pass(&self, step: &Step<'_>) -> io::Result<()> {
        let stopped = self.0.load(Ordering::SeqCst) > 0;
        if stopped || (step.action == Action::Append && step.path.ends_with("audit.jsonl")) {
            self.0.fetch_add(1, Ordering::SeqCst);
            return Err(io::Error::other("stopped by the test"));
        }
        Ok(())
    }

    fn torn(&self, step: &Step<'_>) -> usize {
        match self.0.load(Ordering::SeqCst) {
            1 => step.length / 2,
            _ => 0,
        }
    }
}

#[test]
fn a_log_that_is_moved_aside_in_the_middle_of_a_run_is_completed_there() {
    let folder = tempfile::tempdir().unwrap();
    let root = directory(folder.path());
    add_row(&mut lock(&root, ROOM).unwrap(), 1).unwrap();
    let disk = Disk::with_gate(Arc::new(StopsInTheLog::default()));
    let pki = Pki::open(&root, disk).unwrap();
    let error = add_row(&mut pki.lock(ROOM, &mut |_| {}).unwrap(), 2).unwrap_err();
    assert!(matches!(error, PkiError::Unfinished { .. }), "{error:?}");

    let aside = root.join("audit-2026.jsonl");
    fs::rename(root.join("audit.jsonl"), &aside).unwrap();
    add_row(&mut lock(&root, ROOM).unwrap(), 3).unwrap();
    let count = |path: &Path| fs::read_to_string(path).unwrap().lines().count();
    assert_eq!((count(&aside), count(&root.join("audit.jsonl"))), (2, 1));
    let mut lines = 0;
    let broken = audit::check(&Layout::new(&root), &mut |_| lines += 1).unwrap();
    assert_eq!((broken, lines), (Vec::new(), 3));
}

#[test]
fn keys_have_owners() {
    let folder = tempfile::tempdir().unwrap();
    let root = directory(folder.path());
    let pki = Pki::open(&root, Disk::new()).unwrap();
    let mut session = pki.lock(ROOM, &mut |_| {}).unwrap();
    let mut txn = session.begin(intent("issue")).unwrap();
    txn.register_key(&[1; 32], &"alice".parse().unwrap())
        .unwrap();
    txn.commit().unwrap();
    assert_eq!(pki.key_owner(&[1; 32]).unwrap().as_deref(), Some("alice"));
    assert_eq!(pki.key_owner(&[2; 32]).unwrap(), None);

    // an adopted directory has no register until it is built
    fs::remove_dir_all(root.join(".privca/keys")).unwrap();
    let error = pki.key_owner(&[1; 32]).unwrap_err();
    assert!(matches!(error, PkiError::NoKeyRegistry { .. }));
    let keys = [([3; 32], "bob".parse().unwrap())];
    session.build_key_registry(&mut keys.into_iter()).unwrap();
    assert_eq!(pki.key_owner(&[3; 32]).unwrap().as_deref(), Some("bob"));

    // nor has one in which `openssl ca` has signed since; what is registered stays
    fs::write(root.join("index.txt.old"), "").unwrap();
    let error = pki.key_owner(&[3; 32]).unwrap_err();
    assert!(matches!(error, PkiError::NoKeyRegistry { .. }));
    let keys = [3, 4].map(|key| ([key; 32], "eve".parse().unwrap()));
    session.build_key_registry(&mut keys.into_iter()).unwrap();
    assert_eq!(pki.key_owner(&[3; 32]).unwrap().as_deref(), Some("bob"));
    assert_eq!(pki.key_owner(&[4; 32]).unwrap().as_deref(), Some("eve"));
}
