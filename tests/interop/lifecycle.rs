//! Taking turns on one directory: EasyRSA 3.1, `openssl ca`, `openssl ocsp` and privca.

use crate::support::{Bench, Ran};

const EASYRSA: &str = "/usr/share/easy-rsa/easyrsa";

pub(crate) fn easyrsa(bench: &Bench, words: &str) -> Ran {
    bench.sh(&format!(
        "EASYRSA=/usr/share/easy-rsa EASYRSA_PKI=$PWD/pki EASYRSA_BATCH=1 {EASYRSA} {words}"
    ))
}

fn row(bench: &Bench, name: &str) -> Vec<String> {
    let index = bench.read("pki/index.txt");
    let line = index.lines().find(|l| l.ends_with(&format!("/CN={name}")));
    line.unwrap_or_else(|| panic!("{name} in {index}"))
        .split('\t')
        .map(str::to_owned)
        .collect()
}

/// Status by the index, as an OCSP responder would answer.
pub(crate) fn ocsp(bench: &Bench, certificate: &str) -> String {
    bench
        .sh(&format!(
            "openssl ocsp -index pki/index.txt -CA pki/ca.crt -rsigner pki/ca.crt -rkey pki/private/ca.key \
             -issuer pki/ca.crt -cert {certificate} -respout answer.der"
        ))
        .ok();
    let asked = format!(
        "openssl ocsp -issuer pki/ca.crt -cert {certificate} -respin answer.der -VAfile pki/ca.crt -no_nonce"
    );
    bench.sh(&asked).ok().stdout
}

/// Serials in the list, by OpenSSL, which also verifies it.
pub(crate) fn listed(bench: &Bench) -> String {
    bench
        .sh("openssl crl -in pki/crl.pem -CAfile pki/ca.crt -noout")
        .ok();
    bench
        .sh("openssl crl -in pki/crl.pem -noout -text")
        .ok()
        .stdout
}

#[test]
#[ignore = "needs easy-rsa and openssl"]
fn easyrsa_and_privca_take_turns_in_easyrsas_directory() {
    let bench = Bench::new();
    easyrsa(&bench, "init-pki").ok();
    easyrsa(&bench, "--req-cn=Old build-ca nopass").ok();
    for name in ["one", "two", "three"] {
        easyrsa(&bench, &format!("build-client-full {name} nopass")).ok();
    }
    bench.privca("issue four --no-pass --profile client").ok();
    // its CA's basicConstraints are not critical
    let strict = bench.privca("--json --pki pki verify one four");
    assert_eq!(strict.code, 1);
    let answers = strict.json();
    for answer in answers["results"].as_array().unwrap() {
        assert_eq!(answer["reason"]["code"], "not-strict");
        assert_eq!(answer["strict"], true);
    }
    easyrsa(&bench, "gen-crl").ok();
    let tolerant = bench.privca("--json verify one four --no-strict --purpose client");
    assert_eq!(tolerant.ok().json()["verified"], true);
    let first = bench.path("pki/issued/one.crt");
    std::fs::copy(first, bench.path("one.crt")).unwrap();

    bench.privca("revoke one --reason keyCompromise").ok();
    assert_eq!(row(&bench, "one")[0], "R");
    easyrsa(&bench, "revoke two superseded").ok();
    easyrsa(&bench, "revoke four cessationOfOperation").ok();
    easyrsa(&bench, "gen-crl").ok();
    let text = listed(&bench);
    for name in ["one", "two", "four"] {
        assert!(text.contains(&row(&bench, name)[3]), "{name} in {text}");
    }
    // privca's list has them too, and EasyRSA's showed no number to go on from
    bench.privca("gen-crl").ok();
    let text = listed(&bench);
    for name in ["one", "two", "four"] {
        assert!(text.contains(&row(&bench, name)[3]), "{name} in {text}");
    }
    assert!(!text.contains(&row(&bench, "three")[3]), "{text}");
    for reason in ["Key Compromise", "Superseded", "Cessation Of Operation"] {
        assert!(text.contains(reason), "{reason} in {text}");
    }
    assert!(text.contains("X509v3 CRL Number"), "{text}");
    assert!(ocsp(&bench, "one.crt").contains("revoked"));
    assert!(ocsp(&bench, "pki/issued/three.crt").contains("good"));

    bench.privca("revoke three --reason certificateHold").ok();
    bench.privca("unrevoke three").ok();
    assert!(ocsp(&bench, "pki/issued/three.crt").contains("good"));
    for words in [
        "update-db",
        "show-expire",
        "show-revoke",
        "show-crl",
        "show-cert three",
    ] {
        easyrsa(&bench, words).ok();
    }
    bench.privca("check").ok();
    // and the name is free for EasyRSA again
    easyrsa(&bench, "build-client-full one nopass").ok();
    let list = bench.privca("--json list one").ok().json();
    assert_eq!(list["certificates"].as_array().unwrap().len(), 2);
}

/// EasyRSA 3.1 moves what it renews to `renewed/` and removes the copy by serial: nothing is missing.
#[test]
#[ignore = "needs easy-rsa and openssl"]
fn what_easyrsa_renews_of_privcas_is_not_missed() {
    let bench = Bench::with_ca();
    bench
        .privca("issue alice --no-pass --profile client --validity 20d")
        .ok();
    let serial = row(&bench, "alice")[3].clone();
    easyrsa(&bench, "renew alice nopass").ok();
    let copy = format!("pki/certs_by_serial/{serial}.pem");
    assert!(!bench.exists(&copy) && bench.exists("pki/renewed/issued/alice.crt"));
    let said = bench.privca("check").ok().stdout;
    assert!(said.contains("no-copy"), "{said}");
    bench.privca("check --repair").ok();
    assert_eq!(
        bench.read(&copy),
        bench.read("pki/renewed/issued/alice.crt")
    );
    bench.privca(&format!("revoke --serial {serial}")).ok();
    assert!(listed(&bench).contains(&serial) && bench.exists("pki/issued/alice.crt"));
    bench.privca("check").ok();
}

#[test]
#[ignore = "needs easy-rsa and openssl"]
fn easyrsa_and_openssl_ca_go_on_in_privcas_directory() {
    let bench = Bench::with_ca();
    bench
        .privca("issue alice --no-pass --san email:a@example.com")
        .ok();
    bench
        .privca("issue bob --no-pass --san email:b@example.com")
        .ok();
    bench
        .privca("revoke alice --reason affiliationChanged")
        .ok();
    easyrsa(&bench, "build-client-full carol nopass").ok();
    easyrsa(&bench, "revoke bob superseded").ok();
    bench.privca("revoke carol").ok();
    let text = listed(&bench);
    for name in ["alice", "bob", "carol"] {
        assert!(text.contains(&row(&bench, name)[3]), "{name} in {text}");
    }
    for words in ["gen-crl", "update-db", "show-revoke", "show-expire"] {
        easyrsa(&bench, words).ok();
    }
    bench
        .privca("issue dave --no-pass --san email:d@example.com")
        .ok();
    let serial = row(&bench, "dave")[3].clone();
    bench.write(
        "ca.cnf",
        "[ca]\ndefault_ca = d\n[d]\ndatabase = pki/index.txt\nserial = pki/serial\ncrlnumber = pki/crlnumber\n\
         new_certs_dir = pki/certs_by_serial\ncertificate = pki/ca.crt\nprivate_key = pki/private/ca.key\n\
         default_md = sha256\ndefault_crl_days = 30\npolicy = p\n[p]\ncommonName = supplied\n",
    );
    // by turns: openssl revokes what privca issued, each counts the lists on
    bench
        .sh(&format!("openssl ca -config ca.cnf -revoke pki/certs_by_serial/{serial}.pem -crl_reason keyCompromise"))
        .ok();
    bench
        .sh("openssl ca -config ca.cnf -gencrl -out pki/crl.pem")
        .ok();
    let before = bench.read("pki/crlnumber");
    let said = bench.privca("--json gen-crl").ok().json();
    assert_eq!(said["entries"], 4);
    let number = said["crl_number"].as_u64().unwrap();
    assert_eq!(number, u64::from_str_radix(before.trim(), 16).unwrap());
    let said = bench.privca("revoke dave").ok();
    assert!(
        said.stdout.contains("already revoked since"),
        "{}",
        said.stdout
    );
}

/// Every kind of row that OpenSSL writes becomes the list that OpenSSL makes of it.
#[test]
#[ignore = "needs openssl"]
fn the_list_says_what_openssls_says() {
    let bench = Bench::with_ca();
    let rows: String = [
        "",
        ",superseded",
        ",unspecified",
        ",CACompromise",
        ",holdInstruction,holdInstructionReject",
        ",keyTime,20260101000000Z",
        ",CAkeyTime,20260102000000Z",
        ",certificateHold",
    ]
    .iter()
    .enumerate()
    .map(|(at, detail)| {
        format!("R\t350223003715Z\t261121003716Z{detail}\tF{at}\tunknown\t/CN=n{at}\n")
    })
    .collect();
    bench.write("pki/index.txt", rows);
    bench.write(
        "ca.cnf",
        "[ca]\ndefault_ca = d\n[d]\ndatabase = pki/index.txt\ncertificate = pki/ca.crt\nprivate_key = pki/private/ca.key\n\
         default_md = sha256\ndefault_crl_days = 30\n",
    );
    bench
        .sh("openssl ca -config ca.cnf -gencrl -out theirs.pem")
        .ok();
    bench.privca("gen-crl").ok();
    let entries = |file: &str| {
        let text = bench
            .sh(&format!("openssl crl -in {file} -noout -text"))
            .ok()
            .stdout;
        let (_, entries) = text.split_once("Revoked Certificates:").unwrap();
        let entries = entries.split("Signature Algorithm").next().unwrap();
        // reason 0 is one that RFC 5280 wants left out, and OpenSSL writes
        entries.replace("        CRL entry extensions:\n            X509v3 CRL Reason Code: \n                Unspecified\n", "")
    };
    assert_eq!(entries("pki/crl.pem"), entries("theirs.pem"));
}
