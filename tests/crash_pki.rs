//! Stops every change of a PKI directory at every step on disk, and looks at what is left.
//!
//! Stopped means: from the nth step on nothing reaches the disk any more, clean-up included, as if
//! the process had been killed; in the torn variant the first half of a write does. Then the
//! directory is opened as the next command would, and must be whole.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

#[path = "support/memory.rs"]
mod support;

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use privca::pki::index::{Detail, Entry, Revocation, Status};
use privca::pki::layout::{PRIVATE, PUBLIC};
use privca::pki::{
    FileName, Intent, Layout, Overwrite, Pki, PkiError, Recovered, Row, Session, ToSign, audit,
    defaults,
};
use privca::primitives::disk::{Action, Disk, Gate, Step};
use privca::primitives::operator::Operator;
use privca::primitives::time::Timestamp;
use privca::x509::serial::Serial;

/// What happens at the nth step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    /// Nothing passes from there on.
    Stop,
    /// Likewise, but half of a write that is stopped gets through.
    Tear,
    /// That one step fails, with this error of the system.
    Once(i32),
    /// Likewise, after half of it is written.
    HalfOnce(i32),
}

struct FaultAt {
    at: usize,
    fault: Fault,
    count: AtomicUsize,
    hit: AtomicBool,
}

impl FaultAt {
    fn new(at: usize, fault: Fault) -> Arc<Self> {
        Arc::new(Self {
            at,
            fault,
            count: AtomicUsize::new(0),
            hit: AtomicBool::new(false),
        })
    }
}

impl Gate for FaultAt {
    fn pass(&self, _step: &Step<'_>) -> io::Result<()> {
        let n = self.count.fetch_add(1, Ordering::SeqCst) + 1;
        let fails = match self.fault {
            Fault::Stop | Fault::Tear => n >= self.at,
            Fault::Once(_) | Fault::HalfOnce(_) => n == self.at,
        };
        if !fails {
            return Ok(());
        }
        self.hit.store(true, Ordering::SeqCst);
        Err(match self.fault {
            Fault::Stop | Fault::Tear => io::Error::other("stopped by the test"),
            Fault::Once(code) | Fault::HalfOnce(code) => io::Error::from_raw_os_error(code),
        })
    }

    fn torn(&self, step: &Step<'_>) -> usize {
        let n = self.count.load(Ordering::SeqCst);
        match self.fault {
            Fault::Tear | Fault::HalfOnce(_) if n == self.at => step.length / 2,
            _ => 0,
        }
    }
}

fn name(text: &str) -> FileName {
    text.parse().unwrap()
}

fn serial(text: &str) -> Serial {
    text.parse().unwrap()
}

fn now() -> Timestamp {
    "2026-11-21T10:00:00Z".parse().unwrap()
}

fn entry(command: &str) -> serde_json::Map<String, serde_json::Value> {
    let mut entry = serde_json::Map::new();
    entry.insert("command".to_owned(), command.into());
    entry
}

fn intent(what: &str, serial: Option<&str>) -> Intent {
    Intent {
        at: now(),
        by: Operator::current(),
        what: what.to_owned(),
        to_sign: vec![ToSign {
            serial: serial.map(self::serial),
            sha256: [7; 32],
        }],
    }
}

fn lock(root: &Path, disk: Disk) -> Result<Session, PkiError> {
    Pki::settle(root, &disk, Duration::ZERO, &mut |_| {})?;
    Pki::open(root, disk)?.lock(Duration::ZERO, &mut |_| {})
}

/// As `init-ca` does.
fn create(root: &Path, disk: Disk) -> Result<(), PkiError> {
    let mut session = Session::create(root, disk, Duration::ZERO, &mut |_| {})?;
    let layout = session.layout().clone();
    let mut txn = session.begin(intent("init-ca", Some("AA")))?;
    txn.place(&layout.ca_key(), b"ca key", PRIVATE, Overwrite::No)?;
    for (path, bytes) in [
        (layout.index_attributes(), defaults::INDEX_ATTRIBUTES),
        (layout.serial(), defaults::SERIAL),
        (layout.easyrsa_config(), defaults::EASYRSA_CONFIG),
        (layout.index(), defaults::INDEX),
        (layout.crl(), b"crl"),
        (layout.ca_certificate(), b"ca certificate"),
    ] {
        txn.place(&path, bytes, PUBLIC, Overwrite::No)?;
    }
    txn.audit(entry("init-ca"));
    txn.commit()
}

const ISSUED: &str = "4F1C09D2E87B4F1C09D2E87B4F1C09D2";

/// As `issue` does.
fn issue(root: &Path, disk: Disk) -> Result<(), PkiError> {
    let mut session = lock(root, disk)?;
    let layout = session.layout().clone();
    let number = serial(ISSUED);
    let mut txn = session.begin(intent("issue bob", Some(ISSUED)))?;
    txn.place(&layout.key(&name("bob")), b"key", PRIVATE, Overwrite::No)?;
    txn.place(
        &layout.by_serial(&number),
        b"certificate",
        PUBLIC,
        Overwrite::No,
    )?;
    txn.place(
        &layout.issued(&name("bob")),
        b"certificate",
        PUBLIC,
        Overwrite::No,
    )?;
    txn.register_key(&[0xab; 32], &name("bob"))?;
    let end = "2027-11-21".parse().unwrap();
    txn.append_row(&Row::issued(number, end, "/CN=bob"))?;
    txn.audit(entry("issue"));
    txn.commit()
}

/// As `revoke` does, of the first certificate.
fn revoke(root: &Path, disk: Disk) -> Result<(), PkiError> {
    let mut session = lock(root, disk)?;
    let layout = session.layout().clone();
    let first = serial(FIRST);
    let mut txn = session.begin(intent("revoke alice", None))?;
    txn.rewrite_index(&mut |entry| {
        let Entry::Row(record) = entry else {
            return Ok(None);
        };
        let mut row = record.row.clone();
        if row.serial != first {
            return Ok(None);
        }
        row.status = Status::Revoked;
        row.revocation = Some(Revocation {
            at: now(),
            detail: Detail::None,
        });
        Ok(Some(row))
    })?;
    txn.move_file(
        &layout.issued(&name("alice")),
        &layout.revoked_certificate(&first),
    )?;
    txn.remove(&layout.p12(&name("alice")))?;
    txn.place(&layout.crl(), b"crl with alice", PUBLIC, Overwrite::Yes)?;
    txn.audit(entry("revoke"));
    txn.commit()
}

const FIRST: &str = "0A0B0C";

/// A directory with one certificate in it, of `alice`.
fn populated(root: &Path) {
    create(root, Disk::new()).unwrap();
    let mut session = lock(root, Disk::new()).unwrap();
    let layout = session.layout().clone();
    let mut txn = session.begin(intent("issue alice", Some(FIRST))).unwrap();
    for (path, mode) in [
        (layout.by_serial(&serial(FIRST)), PUBLIC),
        (layout.issued(&name("alice")), PUBLIC),
        (layout.p12(&name("alice")), PRIVATE),
    ] {
        txn.place(&path, b"alice", mode, Overwrite::No).unwrap();
    }
    let end = "2027-01-01".parse().unwrap();
    txn.append_row(&Row::issued(serial(FIRST), end, "/CN=alice"))
        .unwrap();
    txn.audit(entry("issue"));
    txn.commit().unwrap();
}

type Tree = BTreeMap<String, (u32, Vec<u8>)>;

/// Every file of the directory but the lock's and the log's, with mode and contents.
fn tree(root: &Path) -> Tree {
    fn walk(root: &Path, folder: &Path, tree: &mut Tree) {
        let Ok(entries) = fs::read_dir(folder) else {
            return;
        };
        for entry in entries {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(root, &path, tree);
                continue;
            }
            let shown = path.strip_prefix(root).unwrap().display().to_string();
            if ![".privca/lock", "audit.jsonl"].contains(&shown.as_str()) {
                let mode = fs::metadata(&path).unwrap().permissions().mode() & 0o777;
                tree.insert(shown, (mode, fs::read(&path).unwrap()));
            }
        }
    }
    let mut tree = Tree::new();
    walk(root, root, &mut tree);
    tree
}

/// Temporary files, locks and a journal have no place in a directory at rest; the log is whole.
fn assert_at_rest(root: &Path, context: &str) {
    for path in tree(root).keys() {
        let file = path.rsplit('/').next().unwrap();
        assert!(
            !file.starts_with(".privca-") && file != "lock.file" && file != "journal",
            "{context}: {path} is left"
        );
    }
    let broken = audit::check(&Layout::new(root), &mut |_| {}).unwrap();
    assert_eq!(broken, [], "{context}");
}

/// The rows and the files say the same.
fn assert_rows_are_files(root: &Path, context: &str) {
    let layout = Layout::new(root);
    let pki = Pki::open(root, Disk::new()).unwrap();
    let rows: Vec<Row> = pki
        .rows()
        .unwrap()
        .map(|entry| match entry.unwrap() {
            Entry::Row(record) => record.row,
            Entry::Odd(odd) => panic!("{context}: {odd:?}"),
        })
        .collect();
    for row in &rows {
        assert!(
            layout.by_serial(&row.serial).is_file(),
            "{context}: {row:?}"
        );
    }
    let files = fs::read_dir(layout.by_serial_folder()).unwrap().count();
    assert_eq!(files, rows.len(), "{context}");
}

type Change = fn(&Path, Disk) -> Result<(), PkiError>;

fn sweep(what: &str, prepare: fn(&Path), change: Change, fault: Fault) -> usize {
    let folder = support::memory();
    let before = {
        let root = folder.path().join("model");
        prepare(&root);
        tree(&root)
    };
    let after = {
        let root = folder.path().join("model");
        change(&root, Disk::new()).unwrap();
        assert_at_rest(&root, what);
        tree(&root)
    };
    let (mut undone, mut done) = (0, 0);
    for at in 1.. {
        let context = format!("{what}, {fault:?} at {at}");
        let root = folder.path().join(format!("{at}"));
        prepare(&root);
        let gate = FaultAt::new(at, fault);
        let outcome = change(&root, Disk::with_gate(gate.clone()));
        if !gate.hit.load(Ordering::SeqCst) {
            outcome.unwrap();
            println!(
                "{what}, {fault:?}: {} points, {undone} undone, {done} done",
                at - 1
            );
            return at - 1;
        }
        check(&root, &context, change, fault, &outcome, (&before, &after));
        if tree(&root) == after {
            done += 1
        } else {
            undone += 1
        }
        // and the next run of the same command comes to the same end, whatever it met
        if tree(&root) != after {
            change(&root, Disk::new()).unwrap_or_else(|e| panic!("{context}: again: {e}"));
            assert_eq!(tree(&root), after, "{context}: again");
            assert_at_rest(&root, &context);
        }
        fs::remove_dir_all(&root).unwrap();
    }
    unreachable!()
}

fn check(
    root: &Path,
    context: &str,
    change: Change,
    fault: Fault,
    outcome: &Result<(), PkiError>,
    (before, after): (&Tree, &Tree),
) {
    let failed_once = matches!(fault, Fault::Once(_) | Fault::HalfOnce(_));
    if failed_once && !matches!(outcome, Err(PkiError::Unfinished { .. })) {
        // no recovery needed: one failure leaves the old state or the new one
        let now = tree_without_locks(root);
        let want = if outcome.is_ok() { after } else { before };
        assert_eq!(&now, want, "{context}: {outcome:?}");
    }
    if outcome.is_ok() {
        // the fault hit something that came after the deed
        assert!(
            failed_once || tree_after_recovery(root) == *after,
            "{context}"
        );
    }
    let settled = Pki::settle(root, &Disk::new(), Duration::ZERO, &mut |_| {}).unwrap();
    match Pki::open(root, Disk::new()) {
        Ok(pki) => {
            let mut session = pki.lock(Duration::ZERO, &mut |_| {}).unwrap();
            let recovered = [settled.as_slice(), session.recovered()].concat();
            for line in &recovered {
                assert!(!line.to_string().is_empty());
            }
            let committed = recovered
                .iter()
                .any(|r| matches!(r, Recovered::Finished { .. }));
            drop(session.begin(intent("look", None)).unwrap());
            drop(session);
            let now = tree(root);
            assert!(now == *before || now == *after, "{context}: {recovered:?}");
            assert!(!committed || now == *after, "{context}: {recovered:?}");
            assert_at_rest(root, context);
            assert_rows_are_files(root, context);
            // a second look finds nothing to do
            let session = lock(root, Disk::new()).unwrap();
            assert_eq!(session.recovered(), [], "{context}");
        }
        Err(PkiError::NoDirectory { .. } | PkiError::NotPki { .. }) if before.is_empty() => {
            change(root, Disk::new()).unwrap_or_else(|e| panic!("{context}: {e}"));
            assert_eq!(tree(root), *after, "{context}");
            assert_at_rest(root, context);
        }
        Err(error) => panic!("{context}: {error}"),
    }
}

fn tree_after_recovery(root: &Path) -> Tree {
    drop(lock(root, Disk::new()).unwrap());
    tree(root)
}

/// What a failed removal of a lock or of a temporary file leaves is swept by the next command.
fn tree_without_locks(root: &Path) -> Tree {
    let mut tree = tree(root);
    tree.retain(|path, _| {
        let file = path.rsplit('/').next().unwrap();
        file != "lock.file" && !file.starts_with(".privca-")
    });
    tree
}

fn nothing(_root: &Path) {}

const FAULTS: [Fault; 6] = [
    Fault::Stop,
    Fault::Tear,
    Fault::Once(28),
    Fault::HalfOnce(28),
    Fault::Once(5),
    Fault::Once(30),
];

#[test]
fn create_is_whole_or_not_at_all() {
    let points: usize = FAULTS
        .map(|f| sweep("create", nothing, create, f))
        .iter()
        .sum();
    println!("create: {points} points");
}

#[test]
fn issue_is_whole_or_not_at_all() {
    let points: usize = FAULTS
        .map(|f| sweep("issue", populated, issue, f))
        .iter()
        .sum();
    println!("issue: {points} points");
}

#[test]
fn revoke_is_whole_or_not_at_all() {
    let points: usize = FAULTS
        .map(|f| sweep("revoke", populated, revoke, f))
        .iter()
        .sum();
    println!("revoke: {points} points");
}

/// Fails the steps of one kind on one file, for ever: a disk that stays full.
struct Always(Action, &'static str);

impl Gate for Always {
    fn pass(&self, step: &Step<'_>) -> io::Result<()> {
        if step.action == self.0 && step.path.ends_with(self.1) {
            return Err(io::Error::from_raw_os_error(28));
        }
        Ok(())
    }

    fn torn(&self, step: &Step<'_>) -> usize {
        step.length / 2
    }
}

#[test]
fn a_full_disk_at_the_row_leaves_everything_as_it_was() {
    let folder = support::memory();
    let root = folder.path().join("pki");
    populated(&root);
    let before = tree(&root);
    let disk = Disk::with_gate(Arc::new(Always(Action::Append, "index.txt")));
    let error = issue(&root, disk).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "cannot append to {}/index.txt: no space left on device",
            root.display()
        )
    );
    assert_eq!(tree(&root), before);
    assert_at_rest(&root, "full disk");
}

#[test]
fn a_disk_that_fails_after_the_row_leaves_a_run_to_finish() {
    let folder = support::memory();
    let root = folder.path().join("pki");
    populated(&root);
    let disk = Disk::with_gate(Arc::new(Always(Action::Rename, "bob.crt")));
    let error = issue(&root, disk).unwrap_err();
    assert!(matches!(error, PkiError::Unfinished { .. }), "{error}");
    let session = lock(&root, Disk::new()).unwrap();
    assert!(matches!(session.recovered(), [Recovered::Finished { .. }]));
    drop(session);
    assert_rows_are_files(&root, "unfinished");
    assert!(Layout::new(&root).issued(&name("bob")).is_file());
}

/// Kills the recovery of a killed run, too, at every step of both.
#[test]
fn a_killed_recovery_is_recovered_from() {
    let folder = support::memory();
    for (what, change, first) in [
        ("issue", issue as Change, 1),
        ("revoke", revoke as Change, 1),
    ] {
        let model = folder.path().join(format!("{what}-model"));
        populated(&model);
        let before = tree(&model);
        change(&model, Disk::new()).unwrap();
        let after = tree(&model);
        let mut points = 0;
        for at in first.. {
            let killed = folder.path().join(format!("{what}-{at}"));
            populated(&killed);
            let gate = FaultAt::new(at, Fault::Tear);
            let _killed = change(&killed, Disk::with_gate(gate.clone()));
            if !gate.hit.load(Ordering::SeqCst) {
                break;
            }
            for again in 1.. {
                let context = format!("{what}, killed at {at}, again at {again}");
                let root = folder.path().join(format!("{what}-{at}-{again}"));
                copy(&killed, &root);
                let gate = FaultAt::new(again, Fault::Tear);
                drop(lock(&root, Disk::with_gate(gate.clone())));
                points += 1;
                drop(lock(&root, Disk::new()).unwrap());
                let now = tree(&root);
                assert!(now == before || now == after, "{context}");
                assert_at_rest(&root, &context);
                assert_rows_are_files(&root, &context);
                fs::remove_dir_all(&root).unwrap();
                if !gate.hit.load(Ordering::SeqCst) {
                    break;
                }
            }
            fs::remove_dir_all(&killed).unwrap();
        }
        println!("{what}, killed twice: {points} points");
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let (old, new) = (entry.path(), to.join(entry.file_name()));
        if old.is_dir() {
            copy(&old, &new);
        } else {
            fs::copy(&old, &new).unwrap();
        }
    }
}

/// A tool that knows no locks rewrites the index between the kill and the recovery.
#[test]
fn what_another_program_wrote_meanwhile_stays() {
    let foreign = "V\t271121000000Z\t\t77\tunknown\t/CN=foreign\n";
    let folder = support::memory();
    for (what, change) in [("issue", issue as Change), ("revoke", revoke as Change)] {
        for at in 1.. {
            let context = format!("{what} at {at}");
            let root = folder.path().join(format!("{what}-{at}"));
            populated(&root);
            let gate = FaultAt::new(at, Fault::Tear);
            let _killed = change(&root, Disk::with_gate(gate.clone()));
            if !gate.hit.load(Ordering::SeqCst) {
                break;
            }
            // as `openssl ca` does: rows that are whole are kept, one is added
            let index = root.join("index.txt");
            let text = fs::read_to_string(&index).unwrap();
            let whole = text.rfind('\n').map_or("", |end| &text[..=end]);
            fs::write(&index, format!("{whole}{foreign}")).unwrap();
            fs::write(root.join("certs_by_serial/77.pem"), "foreign").unwrap();

            drop(lock(&root, Disk::new()).unwrap());
            let text = fs::read_to_string(&index).unwrap();
            assert!(text.contains(foreign), "{context}");
            assert_at_rest(&root, &context);
            assert_rows_are_files(&root, &context);
            let gone = !Layout::new(&root).issued(&name("alice")).exists();
            assert_eq!(text.contains("R\t"), gone, "{context}: row and file agree");
        }
    }
}
