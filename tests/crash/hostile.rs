//! A PKI directory whose files are links, FIFOs, devices, folders, sockets, another user's or huge:
//! nothing hangs, nothing outside of the directory changes, every error is one.

use std::fs::{self, File};
use std::os::unix::fs::{chown, symlink};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::{Command, Stdio};

use super::changes::{self, CASES};
use super::extent::{chosen, on_all_cores};
use super::tree::{self, Tree};
use super::{aftermath, support};

/// What takes the place of a file or a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    LinkToFile,
    LinkToNothing,
    LinkToFolder,
    LinkToDevice,
    Fifo,
    Socket,
    Folder,
    File,
    SparseFile,
    ForeignOwner,
}

const KINDS: [Kind; 10] = [
    Kind::LinkToFile,
    Kind::LinkToNothing,
    Kind::LinkToFolder,
    Kind::LinkToDevice,
    Kind::Fifo,
    Kind::Socket,
    Kind::Folder,
    Kind::File,
    Kind::SparseFile,
    Kind::ForeignOwner,
];

/// Every place of src/pki/layout.rs; SERIAL is alice's.
const PLACES: [&str; 36] = [
    "ca.crt",
    "ca-chain.crt",
    "crl.pem",
    "crl.der",
    "crl-chain.pem",
    "index.txt",
    "index.txt.attr",
    "index.txt.new",
    "index.txt.old",
    "serial",
    "crlnumber",
    "private",
    "private/ca.key",
    "private/alice.key",
    "private/alice.p12",
    "private/bob.key",
    "reqs",
    "reqs/alice.req",
    "reqs/bob.req",
    "issued",
    "issued/alice.crt",
    "issued/bob.crt",
    "certs_by_serial",
    "certs_by_serial/SERIAL.pem",
    "revoked",
    "revoked/certs_by_serial",
    "renewed",
    "profiles",
    "profiles/1year.json",
    "audit.jsonl",
    "openssl-easyrsa.cnf",
    "lock.file",
    ".privca",
    ".privca/lock",
    ".privca/journal",
    ".privca/keys",
];

const COMMANDS: [&str; 15] = [
    "list",
    "status",
    "check",
    "inspect alice",
    "verify alice",
    "issue bob --no-pass --san email:b@example.com --wait 0s",
    "sign alice --out OUT --wait 0s",
    "revoke alice --wait 0s",
    "gen-crl --wait 0s",
    "renew alice --rekey --no-pass --wait 0s",
    "set-pass alice --no-pass --wait 0s",
    "export-p12 alice --no-pass --wait 0s",
    "export alice --format pem --out OUT",
    "check --repair --wait 0s",
    "init-ca --cn Other --no-pass --wait 0s",
];

#[test]
#[ignore = "needs timeout"]
fn hostile_files_neither_hang_nor_lead_outside() {
    let points: Vec<(&str, Kind)> = PLACES
        .iter()
        .flat_map(|place| KINDS.map(|kind| (*place, kind)))
        .collect();
    let folder = support::memory();
    let case = CASES.iter().find(|case| case.name == "renew").unwrap();
    let before = aftermath::template(case, folder.path());
    let runs = on_all_cores(&points, |(place, kind)| meet(&before, place, *kind));
    println!(
        "{runs} commands met {} hostile files, violations 0",
        points.len()
    );
}

fn meet(before: &Tree, place: &str, kind: Kind) -> usize {
    let folder = support::memory();
    let (work, outside) = (folder.path().join("work"), folder.path().join("outside"));
    let serial = before
        .keys()
        .find_map(|path| path.to_str()?.strip_prefix("pki/certs_by_serial/"))
        .unwrap();
    let place = place.replace("SERIAL.pem", serial);
    let commands = chosen(COMMANDS.to_vec(), &format!("{place}{kind:?}"), 3);
    for words in &commands {
        tree::restore(before, &work);
        canaries(&outside);
        let untouched = tree::read(&outside);
        if !put(&work.join("pki").join(&place), &outside, kind) {
            return 0;
        }
        let what = format!("{words} with {kind:?} as {place}");
        let (code, said) = bounded(&work, words);
        assert!(
            matches!(code, Some(0 | 1 | 3 | 4)),
            "{what}: {code:?}\n{said}"
        );
        // `check` and `verify` answer on standard output
        let answers = ["check", "verify", "inspect", "status"];
        assert!(
            code == Some(0)
                || said.contains("error[")
                || answers.iter().any(|command| words.starts_with(command)),
            "{what}: {said}"
        );
        assert_eq!(
            tree::difference(&untouched, &tree::read(&outside)),
            [""; 0],
            "{what}: {said}"
        );
    }
    commands.len()
}

/// What must stay as it is: files that a link may lead to, and a folder of the same names.
fn canaries(outside: &Path) {
    if outside.exists() {
        fs::remove_dir_all(outside).unwrap();
    }
    for name in [
        "alice.crt",
        "alice.key",
        "ca.key",
        "1year.json",
        "lock",
        "journal",
        ".privca-1-1",
    ] {
        fs::create_dir_all(outside.join("folder")).unwrap();
        fs::write(outside.join("folder").join(name), "a canary\n").unwrap();
    }
    fs::write(outside.join("file"), "a canary\n").unwrap();
}

/// Puts it there; false where the tests may not.
fn put(place: &Path, outside: &Path, kind: Kind) -> bool {
    if kind == Kind::ForeignOwner {
        return place.exists() && chown(place, Some(NOBODY), Some(NOBODY)).is_ok();
    }
    if place.is_dir() {
        fs::remove_dir_all(place).unwrap();
    } else if place.exists() {
        fs::remove_file(place).unwrap();
    }
    fs::create_dir_all(place.parent().unwrap()).unwrap();
    match kind {
        Kind::LinkToFile => symlink(outside.join("file"), place).unwrap(),
        Kind::LinkToNothing => symlink(outside.join("absent"), place).unwrap(),
        Kind::LinkToFolder => symlink(outside.join("folder"), place).unwrap(),
        Kind::LinkToDevice => symlink("/dev/zero", place).unwrap(),
        Kind::Fifo => rustix::fs::mkfifoat(
            rustix::fs::CWD,
            place,
            rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR,
        )
        .unwrap(),
        // a path of a socket has at most 107 bytes
        Kind::Socket => drop(UnixListener::bind(place).unwrap()),
        Kind::Folder => fs::create_dir(place).unwrap(),
        Kind::File => fs::write(place, "not what it should be").unwrap(),
        Kind::SparseFile => File::create(place).unwrap().set_len(600 << 20).unwrap(),
        Kind::ForeignOwner => {}
    }
    true
}

/// Runs the real binary, for two minutes and in 1 GiB at most.
fn bounded(folder: &Path, words: &str) -> (Option<i32>, String) {
    let args = changes::arguments(folder, words);
    let output = Command::new("timeout")
        .args(["--signal=KILL", "120", "prlimit", "--as=1073741824"])
        .arg(env!("CARGO_BIN_EXE_privca"))
        .args(&args[1..])
        .current_dir(folder)
        .env_remove("PRIVCA_PKI")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.code(), said)
}

const NOBODY: u32 = 65_534;

/// An operator's own link to the whole directory is followed; one in a folder's place is for reading
/// alone.
#[test]
fn a_linked_folder_is_read_and_not_written() {
    let folder = support::memory();
    let work = folder.path();
    let run = |words| super::host::run(work, words, None);
    assert_eq!(run("--pki REAL init-ca --cn Test --no-pass").0, 0);
    symlink(work.join("REAL"), work.join("pki")).unwrap();
    let (code, said) = run("issue alice --no-pass --san email:a@example.com");
    assert_eq!(code, 0, "{said}");
    fs::rename(work.join("REAL/issued"), work.join("elsewhere")).unwrap();
    symlink(work.join("elsewhere"), work.join("REAL/issued")).unwrap();
    assert_eq!(run("verify alice").0, 0);
    let before = tree::at_rest(work);
    let (code, said) = run("issue bob --no-pass --san email:b@example.com");
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("pki/issued is a symbolic link"), "{said}");
    assert_eq!(tree::difference(&before, &tree::at_rest(work)), [""; 0]);
}
