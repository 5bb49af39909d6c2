//! Every command that changes something, and what was done before it.

use std::ffi::OsString;
use std::path::Path;

/// What is disturbed, and what was done before.
pub struct Case {
    pub name: &'static str,
    pub before: &'static [&'static str],
    pub words: &'static str,
}

const fn case(name: &'static str, before: &'static [&'static str], words: &'static str) -> Case {
    Case {
        name,
        before,
        words,
    }
}

pub const INIT: &str = "init-ca --cn Test --no-pass";
const ALICE: &str = "issue alice --no-pass --san email:a@example.com";
const ZOE: &str = "issue zoe --no-pass --san email:z@example.com";
const ROOT: &str = "--pki ROOT init-ca --cn Root --no-pass";
const REQUEST: &str = "gen-csr alice --no-pass --san email:a@example.com";

const MANIFEST: &str = "name,san\na,email:a@example.com\nb,email:b@example.com\n";

pub const CASES: &[Case] = &[
    case("init-ca", &[], INIT),
    case(
        "init-ca --request",
        &[],
        "init-ca --cn Test --no-pass --request",
    ),
    case(
        "init-ca --parent",
        &[ROOT],
        "init-ca --cn Test --no-pass --parent ROOT",
    ),
    case(
        "init-ca --certificate",
        &[
            ROOT,
            "init-ca --cn Test --no-pass --request",
            "--pki ROOT sign --csr PKI/reqs/ca.req sub --profile subca --out SUB",
        ],
        "init-ca --certificate SUB --chain ROOT/ca.crt",
    ),
    case("gen-key", &[INIT], "gen-key alice --no-pass"),
    case("gen-csr", &[INIT], REQUEST),
    case(
        "import-csr",
        &[INIT, REQUEST],
        "import-csr PKI/reqs/alice.req bob",
    ),
    case("sign", &[INIT, REQUEST], "sign alice --out OUT"),
    case("sign --out -", &[INIT, REQUEST], "sign alice --out -"),
    case("issue", &[INIT, ZOE], ALICE),
    case(
        "issue --out --force",
        &[
            INIT,
            "issue zoe --no-pass --san email:z@example.com --out OUT",
        ],
        "issue alice --no-pass --san email:a@example.com --out OUT --force",
    ),
    case(
        "batch",
        &[INIT, ZOE, "manifest"],
        "batch MANIFEST --p12 --no-pass",
    ),
    case(
        "revoke",
        &[INIT, ZOE, ALICE],
        "revoke alice zoe --reason keyCompromise --invalidity-date 2026-01-01",
    ),
    case(
        "unrevoke",
        &[INIT, ALICE, "revoke alice --reason certificateHold"],
        "unrevoke alice",
    ),
    case("renew", &[INIT, ALICE], "renew alice"),
    case(
        "renew --rekey",
        &[INIT, ALICE],
        "renew alice --rekey --no-pass",
    ),
    case(
        "renew --revoke-old",
        &[INIT, ALICE],
        "renew alice --rekey --no-pass --revoke-old",
    ),
    case("gen-crl", &[INIT, ALICE, "revoke alice"], "gen-crl"),
    case("gen-crl --out", &[INIT], "gen-crl --out OUT"),
    case(
        "import-crl",
        &[
            ROOT,
            "init-ca --cn Test --no-pass --parent ROOT",
            "--pki ROOT gen-crl",
        ],
        "import-crl ROOT/crl.pem",
    ),
    case("export-p12", &[INIT, ALICE], "export-p12 alice --no-pass"),
    case(
        "export-p12 --out",
        &[INIT, ALICE],
        "export-p12 alice --no-pass --out OUT",
    ),
    case(
        "export",
        &[INIT, ALICE],
        "export alice --format sec1 --out OUT",
    ),
    case(
        "import-p12",
        &[INIT, ALICE, "export-p12 alice --no-pass --out P12"],
        "import-p12 P12 alice --no-pass --force",
    ),
    case("set-pass", &[INIT, ALICE], "set-pass alice --no-pass"),
    case("set-pass ca", &[INIT], "set-pass ca --no-pass"),
    case("quickstart", &[], "quickstart HERE"),
    case("check --repair", &[INIT, ALICE, "damage"], "check --repair"),
    case("lost index", &[INIT, ALICE, "lose"], "check --repair"),
];

/// The command line: words in capitals (OUT, ROOT, ...) are paths in `folder`, PKI is the PKI
/// directory in it and HERE the folder itself.
pub fn arguments(folder: &Path, words: &str) -> Vec<OsString> {
    let is_path = |word: &str| {
        let first = word.split('/').next().unwrap_or_default();
        let capital = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit();
        !first.is_empty() && first.bytes().all(capital)
    };
    let place = |word: &str| match word.strip_prefix("PKI") {
        Some(rest) => folder.join("pki").display().to_string() + rest,
        None if word == "HERE" => folder.display().to_string(),
        None => folder.join(word).display().to_string(),
    };
    let mut args: Vec<OsString> = vec!["privca".into()];
    if !words.starts_with("--pki") {
        args.extend(["--pki".into(), folder.join("pki").into_os_string()]);
    }
    args.extend(words.split_whitespace().map(|word| {
        if is_path(word) {
            place(word).into()
        } else {
            word.into()
        }
    }));
    args
}

/// Does in `folder` what comes before a case.
pub fn prepare(folder: &Path, case: &Case) {
    for words in case.before {
        if *words == "damage" {
            damage(&folder.join("pki"));
            continue;
        }
        if *words == "manifest" {
            std::fs::write(folder.join("MANIFEST"), MANIFEST).unwrap();
            continue;
        }
        if *words == "lose" {
            // as `openssl ca` leaves it where it is killed between two renames
            let index = folder.join("pki/index.txt");
            std::fs::rename(&index, folder.join("pki/index.txt.old")).unwrap();
            continue;
        }
        let (code, said) = super::host::run(folder, words, None);
        assert_eq!(code, 0, "{words}: {said}");
    }
}

/// What `check --repair` mends: a copy that is missing, attributes, modes, the last line's end.
fn damage(pki: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    for entry in std::fs::read_dir(pki.join("certs_by_serial")).unwrap() {
        std::fs::remove_file(entry.unwrap().path()).unwrap();
    }
    std::fs::write(pki.join("index.txt.attr"), "").unwrap();
    let open = std::fs::Permissions::from_mode(0o644);
    std::fs::set_permissions(pki.join("private/alice.key"), open).unwrap();
    let index = std::fs::read_to_string(pki.join("index.txt")).unwrap();
    std::fs::write(pki.join("index.txt"), index.trim_end()).unwrap();
}
