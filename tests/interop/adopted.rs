//! Directories that somebody made by hand with OpenSSL, whatever the CA's kind, key and name, and
//! whatever their index has lived through: privca works in them, and `openssl ca` after it.

use crate::lifecycle::{easyrsa, listed};
use crate::support::Bench;

/// What a directory of `openssl ca` has around it: a configuration of its operator's.
const CONFIGURATION: &str = "[ca]\ndefault_ca = d\n[d]\ndatabase = pki/index.txt\nserial = pki/serial\n\
     new_certs_dir = pki/certs_by_serial\ncertificate = pki/ca.crt\nprivate_key = pki/private/ca.key\n\
     default_md = sha256\ndefault_days = 365\ndefault_crl_days = 30\nunique_subject = no\n\
     policy = p\n[p]\ncommonName = supplied\n";

/// A directory with this key, and a self-signed certificate that these options make.
fn directory(make_key: &str, make_certificate: &str) -> Bench {
    let bench = Bench::new();
    for folder in ["private", "certs_by_serial", "issued", "reqs"] {
        std::fs::create_dir_all(bench.path(&format!("pki/{folder}"))).unwrap();
    }
    let private = std::os::unix::fs::PermissionsExt::from_mode(0o700);
    std::fs::set_permissions(bench.path("pki/private"), private).unwrap();
    bench.sh(&format!("umask 077; {make_key}")).ok();
    bench
        .sh(&format!(
            "openssl req -x509 -new -key pki/private/ca.key -passin pass:secret -days 3650 -utf8 -out pki/ca.crt {make_certificate}"
        ))
        .ok();
    bench.write("pki/index.txt", "");
    bench.write("pki/serial", "02\n");
    bench.write("ca.cnf", CONFIGURATION);
    bench
}

const RSA: &str = "openssl genrsa -out pki/private/ca.key 2048";
const SUBJECT: &str = "-subj '/O=Old/CN=CA' -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign";

/// `openssl ca` signs, revokes and publishes; the list has these serials.
fn openssl_goes_on(bench: &Bench, revoked: &[&str]) {
    bench
        .sh("openssl req -new -newkey rsa:2048 -noenc -subj /CN=theirs -keyout theirs.key -out theirs.csr")
        .ok();
    for words in [
        "-in theirs.csr -out theirs.crt -notext",
        "-revoke theirs.crt -crl_reason superseded",
        "-updatedb",
        "-gencrl -out pki/crl.pem",
    ] {
        bench
            .sh(&format!(
                "openssl ca -batch -config ca.cnf -passin pass:secret {words}"
            ))
            .ok();
    }
    let text = listed(bench);
    for serial in revoked {
        assert!(
            text.contains(&format!("Serial Number: {serial}\n")),
            "{serial} in {text}"
        );
    }
    assert_eq!(
        text.matches("Serial Number:").count(),
        revoked.len() + 1,
        "{text}"
    );
}

/// Each way in which OpenSSL has ever written a private key.
const KEYS: [(&str, &str); 15] = [
    ("PKCS#1", "openssl genrsa -traditional 2048"),
    (
        "PKCS#1, DES-EDE3-CBC",
        "openssl genrsa -traditional -des3 -passout pass:secret 2048",
    ),
    (
        "PKCS#1, AES-128-CBC",
        "openssl genrsa -traditional -aes128 -passout pass:secret 2048",
    ),
    (
        "PKCS#1, AES-192-CBC",
        "openssl genrsa -traditional -aes192 -passout pass:secret 2048",
    ),
    (
        "PKCS#1, AES-256-CBC",
        "openssl genrsa -traditional -aes256 -passout pass:secret 2048",
    ),
    (
        "SEC1 behind its parameters",
        "openssl ecparam -name prime256v1 -genkey",
    ),
    ("SEC1", "openssl ecparam -name secp384r1 -genkey -noout"),
    (
        "SEC1, DES-EDE3-CBC",
        "openssl ecparam -name secp384r1 -genkey -noout | openssl ec -des3 -passout pass:secret",
    ),
    (
        "SEC1, AES-256-CBC",
        "openssl ecparam -name prime256v1 -genkey -noout | openssl ec -aes256 -passout pass:secret",
    ),
    ("PKCS#8", "openssl genpkey -algorithm ed25519"),
    (
        "PKCS#8, DES-EDE3-CBC",
        "openssl genpkey -algorithm rsa -des3 -pass pass:secret",
    ),
    (
        "PKCS#8, HMAC-SHA1",
        "openssl genrsa 2048 | openssl pkcs8 -topk8 -v2 des3 -v2prf hmacWithSHA1 -passout pass:secret",
    ),
    (
        "PKCS#8, PBE-SHA1-3DES",
        "openssl genrsa 2048 | openssl pkcs8 -topk8 -v1 PBE-SHA1-3DES -passout pass:secret",
    ),
    (
        "PKCS#8, scrypt",
        "openssl genpkey -algorithm ed25519 | openssl pkcs8 -topk8 -scrypt -passout pass:secret",
    ),
    (
        "text before the PEM",
        "openssl genrsa -traditional 2048 | openssl rsa -text -traditional",
    ),
];

#[test]
#[ignore = "needs openssl"]
fn adopted_cas_with_keys_in_every_form_sign_revoke_and_publish() {
    for (form, make) in KEYS {
        let bench = directory(&format!("({make}) >pki/private/ca.key"), SUBJECT);
        bench.write(
            "pki/index.txt",
            "V\t350223003715Z\t\t01\tunknown\t/CN=old\n",
        );
        bench.write("pass", "secret\n");
        for words in ["list", "check", "status"] {
            bench.privca(words).ok();
        }
        for words in [
            "issue new --no-pass --profile client",
            "issue kept --no-pass --profile client",
            "revoke --serial 01",
            "revoke new",
        ] {
            let ran = bench.privca(&format!("{words} --passin file:pass"));
            assert_eq!(ran.code, 0, "{form}: {}", ran.stderr);
        }
        bench
            .sh("openssl verify -x509_strict -crl_check -CRLfile pki/crl.pem -CAfile pki/ca.crt pki/issued/kept.crt")
            .ok();
        bench.privca("check").ok();
        let index = bench.read("pki/index.txt");
        let new = index.lines().find(|row| row.ends_with("/CN=new")).unwrap();
        openssl_goes_on(&bench, &["01", new.split('\t').nth(3).unwrap()]);
    }
}

/// What privca cannot do with such a CA, it says before anything is asked or changed; the rest works,
/// and OpenSSL goes on.
#[test]
#[ignore = "needs openssl"]
fn a_p521_ca_is_read_and_not_signed_with() {
    let bench = directory(
        "openssl ecparam -name secp521r1 -genkey -noout | openssl ec -aes256 -passout pass:secret -out pki/private/ca.key",
        SUBJECT,
    );
    openssl_goes_on(&bench, &[]);
    bench
        .sh("openssl ca -batch -config ca.cnf -passin pass:secret -in theirs.csr -out pki/issued/theirs.crt")
        .ok();
    let index = bench.read("pki/index.txt");
    bench
        .sh("openssl req -new -newkey rsa:2048 -noenc -subj /CN=new -keyout new.key -out new.csr")
        .ok();
    for words in [
        "issue new --no-pass --profile client",
        "sign --csr new.csr --profile client",
        "renew theirs --profile client",
        "revoke --serial 03",
        "gen-crl",
    ] {
        let ran = bench.privca(words);
        assert_eq!(ran.code, 1, "{words}: {}", ran.stderr);
        for said in [
            "error[unsupported-ca-key]",
            "EC P-521",
            "`openssl ca`",
            "`privca list`",
        ] {
            assert!(ran.stderr.contains(said), "{words}: {}", ran.stderr);
        }
    }
    assert_eq!(bench.read("pki/index.txt"), index);
    let list = bench.privca("--json list --status revoked").ok().json();
    assert_eq!(list["certificates"][0]["serial"], "02");
    let said = bench.privca("check").ok().stdout;
    assert!(said.contains("unsupported-ca-key"), "{said}");
    assert!(!said.contains("foreign-certificate"), "{said}");
    let said = bench.privca("status").ok().stdout;
    assert!(
        said.contains("does not sign") && !said.contains("gen-crl"),
        "{said}"
    );
    bench.privca("inspect pki/ca.crt pki/crl.pem").ok();
    bench.privca("export ca --format der --out ca.der").ok();
    // a list that has ended is still seen, and the hint is of use
    bench
        .sh(
            "openssl ca -config ca.cnf -passin pass:secret -gencrl -out pki/crl.pem \
             -crl_lastupdate 20200101000000Z -crl_nextupdate 20200201000000Z",
        )
        .ok();
    let said = bench.privca("check").fails(1, "").stdout;
    assert!(
        said.contains("crl-ended") && said.contains("`openssl ca -gencrl`"),
        "{said}"
    );
}

/// Roots as they were made long ago.
#[test]
#[ignore = "needs openssl"]
fn old_roots_are_adopted() {
    let extensions = |lines: &str| {
        format!(
            "-subj '/O=Old/CN=CA' -config /dev/stdin <<'END'\n[req]\ndistinguished_name = d\n{lines}\n[d]\nEND\n"
        )
    };
    for (what, make) in [
        ("signed with SHA-1", format!("{SUBJECT} -sha1")),
        (
            "no subject key identifier",
            extensions(
                "x509_extensions = e\n[e]\nbasicConstraints = critical, CA:TRUE\nsubjectKeyIdentifier = none",
            ),
        ),
        ("no extensions", extensions("")),
    ] {
        let bench = directory(RSA, &make);
        let root = bench.sh("openssl x509 -in pki/ca.crt -noout -text").ok();
        let has = root.stdout.contains("Subject Key Identifier");
        assert_eq!(has, what == "signed with SHA-1", "{}", root.stdout);
        bench.privca("check").ok();
        bench.privca("issue new --no-pass --profile client").ok();
        bench.privca("issue kept --no-pass --profile client").ok();
        bench.privca("revoke new").ok();
        let ran = bench
            .sh("openssl verify -purpose sslclient -crl_check -CRLfile pki/crl.pem -CAfile pki/ca.crt pki/issued/kept.crt");
        assert_eq!(ran.code, 0, "{what}: {}{}", ran.stdout, ran.stderr);
        let text = bench
            .sh("openssl x509 -in pki/issued/kept.crt -noout -text")
            .ok()
            .stdout;
        assert!(
            text.contains("Signature Algorithm: sha256With"),
            "{what}: {text}"
        );
        // the identifier that OpenSSL gives this key, in another certificate
        bench
            .sh("openssl req -x509 -new -key pki/private/ca.key -subj /CN=x -addext subjectKeyIdentifier=hash -out hash.crt")
            .ok();
        let identifier = bench
            .sh("openssl x509 -in hash.crt -noout -ext subjectKeyIdentifier | tail -1")
            .ok()
            .stdout;
        for file in ["x509 -in pki/issued/kept.crt", "crl -in pki/crl.pem"] {
            let text = bench
                .sh(&format!("openssl {file} -noout -text"))
                .ok()
                .stdout;
            let (_, own) = text
                .split_once("Authority Key Identifier: \n")
                .unwrap_or_else(|| panic!("{text}"));
            assert_eq!(
                own.lines().next().unwrap().trim(),
                identifier.trim(),
                "{what}"
            );
            assert!(!text.contains("DirName:"), "{what}: {text}");
        }
        let revoked = bench.read("pki/index.txt");
        let revoked = revoked.split('\t').nth(3).unwrap();
        openssl_goes_on(&bench, &[revoked]);
    }
}

/// OpenSSL finds the row of a certificate by its subject in one line: whatever string types and
/// groups it has, privca's row is OpenSSL's.
#[test]
#[ignore = "needs openssl"]
fn names_in_every_string_type_are_openssls_rows() {
    for mask in ["utf8only", "nombstr", "pkix", "MASK:0x0800", "MASK:0x0100"] {
        let names = format!(
            "[req]\nprompt = no\nutf8 = yes\nstring_mask = {mask}\ndistinguished_name = d\nx509_extensions = e\n\
             [e]\nbasicConstraints = critical, CA:TRUE\nsubjectKeyIdentifier = hash\n\
             [d]\n0.OU = Zwölf/3\n1.OU = Eins\nO = A+B, \"C\"\n+CN = Prüfer\n"
        );
        let bench = directory(RSA, &format!("-config /dev/stdin <<'END'\n{names}END\n"));
        bench.write("names.cnf", names.replace("Prüfer", "Jürgen"));
        bench
            .sh("openssl req -new -newkey rsa:2048 -noenc -config names.cnf -keyout new.key -out new.csr")
            .ok();
        bench.privca("sign --csr new.csr --profile client").ok();
        let row = bench.read("pki/index.txt");
        let serial = row.split('\t').nth(3).unwrap().to_owned();
        bench
            .sh(&format!(
                "openssl ca -batch -config ca.cnf -revoke pki/certs_by_serial/{serial}.pem"
            ))
            .ok();
        // the same row, and no second one
        let revoked = bench.read("pki/index.txt");
        assert_eq!(revoked.lines().count(), 1, "{mask}: {row}{revoked}");
        assert!(revoked.starts_with('R'), "{mask}: {revoked}");
        bench.privca("gen-crl").ok();
        openssl_goes_on(&bench, &[&serial]);
    }
}

/// What old indexes hold, and what OpenSSL makes of the directory after privca has worked there.
#[test]
#[ignore = "needs openssl"]
fn old_rows_live_on() {
    let row = "V\t350223003715Z\t\t01\tunknown\t/CN=old\n";
    for (what, index, kept) in [
        ("CRLF", "V\t350223003715Z\t\t01\tunknown\t/CN=old\r\nV\t350223003715Z\t\tA1\tunknown\t/CN=k\r\n".to_owned(), "V\t350223003715Z\t\tA1\tunknown\t/CN=k"),
        ("no LF at the end", format!("V\t350223003715Z\t\tA1\tunknown\t/CN=k\n{}", row.trim_end()), "V\t350223003715Z\t\tA1\tunknown\t/CN=k\n"),
        ("E rows", format!("E\t210101000000Z\t\tA1\tunknown\t/CN=k\n{row}"), "E\t210101000000Z\t\tA1\tunknown\t/CN=k\n"),
        ("four-digit years", format!("V\t20510713003712Z\t\tA1\tunknown\t/CN=k\n{row}"), "V\t20510713003712Z\t\tA1\tunknown\t/CN=k\n"),
        ("four digits before 2050", format!("V\t20350713003712Z\t\tA1\tunknown\t/CN=k\n{row}"), "V\t20350713003712Z\t\tA1\tunknown\t/CN=k\n"),
        ("a path as the file, a short serial", format!("V\t350223003715Z\t\tA1\t/etc/ssl/k.pem\t/C=DE/CN=k\n{row}"), "V\t350223003715Z\t\tA1\t/etc/ssl/k.pem\t/C=DE/CN=k\n"),
    ] {
        let bench = directory(RSA, SUBJECT);
        bench.write("pki/index.txt", index);
        assert!(!bench.exists("pki/index.txt.attr"));
        let list = bench.privca("--json list").ok().json();
        assert_eq!(list["certificates"].as_array().unwrap().len(), 2, "{what}");
        bench.privca("issue one --no-pass --profile client").ok();
        bench.privca("renew one").ok();
        bench.privca("revoke --serial 01 --reason keyCompromise").ok();
        bench.privca("issue two --no-pass --profile client").ok();
        // two certificates of one subject, which OpenSSL takes only where this file says so
        assert_eq!(bench.read("pki/index.txt.attr"), "unique_subject = no\n");
        openssl_goes_on(&bench, &["01"]);
        let text = listed(&bench);
        assert!(text.contains("Key Compromise"), "{what}: {text}");
        let index = bench.read("pki/index.txt");
        assert!(index.contains(kept), "{what}: {index}");
        assert_eq!(index.lines().count(), 6, "{what}: {index}");
        bench.privca("gen-crl").ok();
        let list = bench.privca("--json list --status revoked").ok().json();
        assert_eq!(list["certificates"].as_array().unwrap().len(), 2, "{what}");
        let answer = bench.sh(
            "openssl ocsp -index pki/index.txt -CA pki/ca.crt -rsigner pki/ca.crt -rkey pki/private/ca.key \
             -issuer pki/ca.crt -cert pki/issued/two.crt -resp_text",
        );
        assert!(answer.ok().stdout.contains("Cert Status: good"), "{what}");
    }
}

/// What a CA's own certificate does not allow, everybody refuses: it is said beforehand.
#[test]
#[ignore = "needs openssl"]
fn what_the_ca_is_not_meant_for_is_said() {
    let bench = directory(
        RSA,
        "-subj /CN=CA -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign -addext extendedKeyUsage=serverAuth",
    );
    let said = bench.privca("issue one --no-pass --profile client").ok();
    assert!(
        said.stdout
            .contains("refuse the certificate for clientAuth"),
        "{}",
        said.stdout
    );
    let said = bench
        .privca("issue two.example --no-pass --profile server --san dns:two.example")
        .ok();
    assert!(
        !said.stdout.contains("refuse the certificate"),
        "{}",
        said.stdout
    );
    bench.privca("gen-crl").fails(0, "without cRLSign");
    let said = bench.privca("check").fails(1, "").stdout;
    assert!(said.contains("may-not-sign-crls"), "{said}");
    let verify = "openssl verify -CAfile pki/ca.crt -CRLfile pki/crl.pem";
    for (words, refusal) in [
        ("-purpose sslclient pki/issued/one.crt", Some("purpose")),
        ("-purpose sslserver pki/issued/two.example.crt", None),
        ("-crl_check pki/issued/one.crt", Some("CRL signing")),
    ] {
        let ran = bench.sh(&format!("{verify} {words}"));
        match refusal {
            Some(refusal) => ran.fails(2, refusal),
            None => ran.ok(),
        };
    }
}

/// Lists that count in nanoseconds, as some CAs do: the next number is higher, or there is none.
#[test]
#[ignore = "needs openssl"]
fn large_numbers_of_lists_go_on_growing() {
    let bench = directory(RSA, SUBJECT);
    bench.write(
        "ca.cnf",
        CONFIGURATION.replace("policy = p", "crlnumber = pki/crlnumber\npolicy = p"),
    );
    for (last, next) in [
        ("18BC4F5E7A3D2100", Some("0x18BC4F5E7A3D2101")),
        ("FFFFFFFFFFFFFFFE", Some("0xFFFFFFFFFFFFFFFF")),
        ("FFFFFFFFFFFFFFFF", None),
        ("7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF", None),
    ] {
        bench.write("pki/crlnumber", format!("{last}\n"));
        bench
            .sh("openssl ca -config ca.cnf -gencrl -out pki/crl.pem")
            .ok();
        std::fs::remove_file(bench.path("pki/crlnumber")).unwrap();
        let made = bench.privca("gen-crl");
        match next {
            Some(_) => made.ok(),
            None => made.fails(1, "pki-damaged"),
        };
        let number = bench
            .sh("openssl crl -in pki/crl.pem -noout -crlnumber")
            .ok()
            .stdout;
        let expected = next.map_or(format!("0x{last}"), str::to_owned);
        assert_eq!(number.trim(), format!("crlNumber={expected}"));
    }
}

/// For a certificate without a subject OpenSSL writes the serial, and revokes only where it finds it.
#[test]
#[ignore = "needs openssl"]
fn a_certificate_without_a_subject_has_openssls_row() {
    let bench = directory(RSA, SUBJECT);
    bench.write("ca.cnf", CONFIGURATION.replace("supplied", "optional"));
    for name in ["ours", "theirs"] {
        bench
            .sh(&format!(
                "openssl req -new -newkey rsa:2048 -noenc -subj / -addext subjectAltName=email:a@b.c -keyout {name}.key -out {name}.csr"
            ))
            .ok();
    }
    bench.privca("sign --csr ours.csr --profile client").ok();
    bench
        .sh("openssl ca -batch -config ca.cnf -in theirs.csr -out pki/issued/theirs.crt -notext")
        .ok();
    bench.privca("check").ok();
    bench
        .sh("openssl ca -batch -config ca.cnf -revoke pki/issued/ours.crt")
        .ok();
    bench.privca("revoke --cert pki/issued/theirs.crt").ok();
    let index = bench.read("pki/index.txt");
    assert_eq!(index.lines().count(), 2, "{index}");
    for row in index.lines() {
        let fields: Vec<&str> = row.split('\t').collect();
        assert!(fields[0] == "R" && fields[3] == fields[5], "{index}");
    }
}

/// EasyRSA's files, whose names are not in the index as they are: `renew --all` forgets none of them.
#[test]
#[ignore = "needs easy-rsa and openssl"]
fn files_that_are_not_called_by_the_index_are_found() {
    let bench = Bench::new();
    easyrsa(&bench, "init-pki").ok();
    easyrsa(&bench, "--req-cn=Old build-ca nopass").ok();
    for name in ["Jürgen", "x+y", "alice"] {
        easyrsa(
            &bench,
            &format!("--days=20 build-client-full {name} nopass"),
        )
        .ok();
    }
    // their common names are other ones, and one of them tries to look like alice's
    for (name, cn) in [("john", "John Doe"), ("mallory", "mallory/CN=alice")] {
        easyrsa(&bench, &format!("'--req-cn={cn}' gen-req {name} nopass")).ok();
        easyrsa(&bench, &format!("--days=20 sign-req client {name}")).ok();
    }
    let all = ["Jürgen", "alice", "john", "mallory", "x+y"];
    let names = |options: &str, members: &str| -> Vec<String> {
        let outcome = bench.privca(&format!("--json {options}")).ok().json();
        let mut names: Vec<String> = outcome[members]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["name"].as_str().unwrap().to_owned())
            .collect();
        names.sort();
        names
    };
    assert_eq!(names("list", "certificates"), all);
    assert_eq!(
        names("list --current --expires-within 30d", "certificates"),
        all
    );
    let status = bench.privca("status").ok().stdout;
    assert!(status.contains("5 certificates end"), "{status}");
    assert_eq!(
        names("renew --all --expires-within 30d --validity 90d", "issued"),
        all
    );
    assert_eq!(
        names("list --current --expires-within 30d", "certificates"),
        [""; 0]
    );

    easyrsa(&bench, "'--req-cn=Other Name' gen-req other nopass").ok();
    easyrsa(&bench, "sign-req client other").ok();
    let row = bench.read("pki/index.txt");
    let serial = row
        .lines()
        .last()
        .unwrap()
        .split('\t')
        .nth(3)
        .unwrap()
        .to_owned();
    bench.privca(&format!("revoke --serial {serial}")).ok();
    assert!(!bench.exists("pki/issued/other.crt") && !bench.exists("pki/private/other.key"));
    assert!(bench.exists(&format!("pki/revoked/certs_by_serial/{serial}.crt")));

    bench.privca("revoke --all-of alice").ok();
    let index = bench.read("pki/index.txt");
    let revoked = index.lines().filter(|row| row.starts_with('R'));
    assert_eq!(
        revoked.filter(|row| row.ends_with("/CN=alice")).count(),
        2,
        "{index}"
    );
    assert!(
        !index
            .lines()
            .any(|row| row.starts_with('R') && row.contains("mallory")),
        "{index}"
    );
}

/// EasyRSA up to 3.2.1 refuses a directory without `index.txt.attr`, and later ones make none.
#[test]
#[ignore = "needs easy-rsa and openssl"]
fn a_missing_index_attribute_is_written_with_the_first_row() {
    let bench = Bench::new();
    easyrsa(&bench, "init-pki").ok();
    easyrsa(&bench, "--req-cn=Old build-ca nopass").ok();
    std::fs::remove_file(bench.path("pki/index.txt.attr")).unwrap();
    assert_ne!(easyrsa(&bench, "build-client-full one nopass").code, 0);
    bench.privca("issue two --no-pass --profile client").ok();
    easyrsa(&bench, "build-client-full one nopass").ok();
    bench.privca("check").ok();
}

/// The register of keys is completed when another program has signed in between.
#[test]
#[ignore = "needs easy-rsa and openssl"]
fn a_key_that_easyrsa_certified_is_taken() {
    let bench = Bench::with_ca();
    bench.privca("issue one --no-pass --profile client").ok();
    for name in ["two", "three"] {
        easyrsa(&bench, &format!("build-client-full {name} nopass")).ok();
        bench
            .privca(&format!(
                "sign --csr pki/reqs/{name}.req other --profile client"
            ))
            .fails(3, "key-in-use");
        bench.privca(&format!("revoke {name}")).ok();
    }
    // what privca knows better than the certificate's own name stays
    bench
        .sh("openssl req -new -newkey rsa:2048 -noenc -subj '/CN=Jane Doe' -keyout j.key -out j.csr")
        .ok();
    bench.privca("sign --csr j.csr jane --profile client").ok();
    bench.privca("revoke jane").ok();
    easyrsa(&bench, "build-client-full four nopass").ok();
    bench.privca("sign --csr j.csr jane --profile client").ok();
}

#[test]
#[ignore = "needs openssl"]
fn an_intermediates_new_certificate_comes_into_the_chain() {
    let bench = Bench::new();
    bench.privca("--pki root init-ca --cn Root --no-pass").ok();
    bench
        .privca("init-ca --cn Sub --parent root --no-pass")
        .ok();
    bench.privca("issue a --no-pass --profile client").ok();
    let earlier = bench.read("pki/ca-chain.crt");
    let anew = |root: &str| {
        bench
            .sh(&format!(
                "printf 'basicConstraints=critical,CA:TRUE\\nkeyUsage=critical,keyCertSign,cRLSign\\nsubjectKeyIdentifier=hash\\n' > ext && \
                 openssl req -new -key pki/private/ca.key -subj /CN=Sub -out sub.csr && \
                 openssl x509 -req -in sub.csr -CA {root}/ca.crt -CAkey {root}/private/ca.key -extfile ext \
                 -days 3000 -out pki/ca.crt"
            ))
            .ok();
    };
    anew("root");
    let mended = bench.privca("--json check --repair").ok().json();
    assert_eq!(mended["mended"][0]["code"], "ca-chain-behind");
    let chain = bench.read("pki/ca.crt") + &earlier;
    assert_eq!(bench.read("pki/ca-chain.crt"), chain);
    bench.privca("issue b --no-pass --profile client").ok();
    bench
        .sh("openssl verify -CAfile pki/ca-chain.crt pki/issued/a.crt pki/issued/b.crt")
        .ok();
    // where the CA above is not in the directory, only its operator knows it
    bench
        .privca("--pki other init-ca --cn Other --no-pass")
        .ok();
    anew("other");
    let said = bench.privca("check --repair").fails(1, "").stdout;
    assert!(said.contains("ca-chain-behind"), "{said}");
    assert_eq!(bench.read("pki/ca-chain.crt"), chain);
}

/// What EasyRSA's `renew-ca` does: another certificate of the same key in `ca.crt`. Servers go by the
/// chain, where the old one would stay until its end.
#[test]
#[ignore = "needs openssl"]
fn a_new_ca_certificate_is_missed_in_the_chain() {
    let bench = Bench::with_ca();
    bench.privca("issue one --no-pass --profile client").ok();
    bench
        .sh("openssl req -x509 -new -key pki/private/ca.key -subj /CN=Test -days 3650 -out pki/ca.crt \
             -addext keyUsage=critical,keyCertSign,cRLSign")
        .ok();
    let said = bench.privca("check").fails(1, "").stdout;
    assert!(said.contains("ca-chain-behind"), "{said}");
    let earlier = bench.read("pki/ca-chain.crt");
    bench.privca("check --repair").ok();
    let both = bench.read("pki/ca.crt") + &earlier;
    assert_eq!(bench.read("pki/ca-chain.crt"), both);
    bench.privca("check").ok();
    bench.privca("issue two --no-pass --profile client").ok();
    bench
        .sh("openssl verify -CAfile pki/ca.crt pki/issued/one.crt pki/issued/two.crt")
        .ok();
}
