//! Programs that open a bundle: each bundle of the matrix, each by its own code.

use crate::support::Bench;
use crate::world::{Case, PASSPHRASES, bundles, listed, nginx, world};

#[test]
#[ignore = "needs openssl"]
fn openssl_opens_them() {
    let bench = world();
    for case in bundles(&bench, &PASSPHRASES) {
        let passin = format!("pass:{}", case.passphrase);
        let info = [
            "pkcs12", "-in", &case.file, "-passin", &passin, "-noenc", "-info",
        ];
        for also in [&[][..], &["-legacy"]] {
            let ran = bench.tool("openssl", &[&info[..], also].concat()).ok();
            let text = ran.stdout + &ran.stderr;
            let named = format!("friendlyName: {}", case.name);
            assert_eq!(text.matches(&named).count(), 2, "{text}");
            assert_eq!(text.matches("friendlyName").count(), 2, "{text}");
            assert_eq!(text.matches("localKeyID").count(), 2, "{text}");
            assert_eq!(
                text.matches("BEGIN CERTIFICATE").count(),
                case.certificates(),
                "{text}"
            );
            let (mac, encryption) = match case.legacy {
                true => (
                    "MAC: sha1, Iteration 2048",
                    "pbeWithSHA1And3-KeyTripleDES-CBC, Iteration 2048",
                ),
                false => (
                    "MAC: sha256, Iteration 51200",
                    "PBES2, PBKDF2, AES-256-CBC, Iteration 51200, PRF hmacWithSHA256",
                ),
            };
            assert!(text.contains(mac), "{text}");
            assert_eq!(text.matches(encryption).count(), 2, "{text}");
        }
        let key = [
            "pkcs12", "-in", &case.file, "-passin", &passin, "-nocerts", "-noenc", "-out", "key",
        ];
        bench.tool("openssl", &key).ok();
        let inside = bench.sh("openssl pkey -in key -pubout").ok().stdout;
        let spki = bench
            .privca(&format!("export {} --format spki", case.name))
            .ok()
            .stdout;
        assert_eq!(inside, spki);
        let wrong = bench.sh(&format!(
            "openssl pkcs12 -in {} -passin pass:wrong -noenc",
            case.file
        ));
        assert_ne!(wrong.code, 0);
    }
}

#[test]
#[ignore = "needs certtool of gnutls-bin"]
fn gnutls_opens_them() {
    let bench = world();
    for case in bundles(&bench, &PASSPHRASES) {
        let mut args = vec!["--p12-info", "--inder", "--infile", &case.file];
        match case.passphrase {
            "" => args.push("--empty-password"),
            passphrase => args.extend(["--password", passphrase]),
        }
        let text = bench.tool("certtool", &args).ok().stdout;
        assert_eq!(
            text.matches("BEGIN CERTIFICATE").count(),
            case.certificates(),
            "{text}"
        );
        assert!(text.contains("PRIVATE KEY-----"), "{text}");
        assert_eq!(
            text.matches(&format!("Friendly name: {}", case.name))
                .count(),
            2,
            "{text}"
        );
    }
}

#[test]
#[ignore = "needs certutil and pk12util of libnss3-tools"]
fn nss_takes_them_in_and_gives_them_back() {
    let bench = world();
    // NSS takes seconds for each; the passphrases need no second kind of key
    let all = bundles(&bench, &PASSPHRASES);
    let cases = all
        .iter()
        .filter(|case| case.name == "ec" || case.passphrase == "secret");
    for case in cases {
        bench
            .sh("rm -rf nss && mkdir nss && certutil -N -d nss --empty-password")
            .ok();
        bench.write("passphrase", format!("{}\n", case.passphrase));
        let import = ["-i", &case.file, "-d", "nss", "-K", "", "-w", "passphrase"];
        bench.tool("pk12util", &import).ok();
        let listed = bench
            .sh("certutil -L -d nss && certutil -K -d nss")
            .ok()
            .stdout;
        assert_eq!(
            listed.matches(&format!("{} ", case.name)).count(),
            2,
            "{listed}"
        );
        assert_eq!(listed.contains("Sub"), case.chain, "{listed}");

        // and back: NSS writes BER
        let export = [
            "-o", "back.p12", "-n", case.name, "-d", "nss", "-K", "", "-W", "back",
        ];
        bench.tool("pk12util", &export).ok();
        bench
            .privca("import-p12 back.p12 back --out-dir . --passin pass:back --no-pass --force")
            .ok();
        same_key(&bench, case, "back.key");
    }
}

fn same_key(bench: &Bench, case: &Case, file: &str) {
    let inside = bench
        .sh(&format!("openssl pkey -in {file} -pubout"))
        .ok()
        .stdout;
    let spki = bench
        .privca(&format!("export {} --format spki", case.name))
        .ok()
        .stdout;
    assert_eq!(inside, spki, "{}", case.file);
}

/// cryptography, requests and PyYAML from PyPI, once for all runs.
pub fn python() -> String {
    use std::sync::OnceLock;
    static PYTHON: OnceLock<String> = OnceLock::new();
    let make = || {
        let folder = concat!(env!("CARGO_TARGET_TMPDIR"), "/venv");
        let python = format!("{folder}/bin/python");
        let bench = Bench::new();
        if bench
            .sh(&format!(
                "{python} -c 'import cryptography, requests, yaml'"
            ))
            .code
            != 0
        {
            bench.tool("python3", &["-m", "venv", folder]).ok();
            bench
                .tool(
                    &python,
                    &[
                        "-m",
                        "pip",
                        "install",
                        "--quiet",
                        "cryptography",
                        "requests",
                        "pyyaml",
                    ],
                )
                .ok();
        }
        python
    };
    PYTHON.get_or_init(make).clone()
}

#[test]
#[ignore = "needs python3 and PyPI, nginx"]
fn python_opens_them_and_requests_gets_in() {
    let bench = world();
    let python = python();
    listed(&bench, &bundles(&bench, &PASSPHRASES));
    let (_server, port) = nginx(&bench);
    let script = r#"
import sys
import requests
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12

for line in open("cases", encoding="utf-8"):
    file, name, certificates, passphrase = line.rstrip("\n").split("\t")
    p12 = load_pkcs12(open(file, "rb").read(), passphrase.encode())
    spki = lambda key: key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert spki(p12.key.public_key()) == spki(p12.cert.certificate.public_key())
    assert p12.cert.friendly_name == name.encode(), p12.cert.friendly_name
    assert len(p12.additional_certs) == int(certificates) - 1
    assert all(c.friendly_name is None for c in p12.additional_certs)
    pem = p12.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    for c in [p12.cert] + p12.additional_certs:
        pem += c.certificate.public_bytes(Encoding.PEM)
    open("client.pem", "wb").write(pem)
    answer = requests.get(f"https://localhost:{sys.argv[1]}/", cert="client.pem", verify="root/ca.crt")
    expected = 200 if int(certificates) == 2 else 400
    assert answer.status_code == expected, (file, answer.status_code, answer.text)
    assert expected == 400 or answer.text == f"hello CN={name}"
"#;
    bench.tool(&python, &["-c", script, &port.to_string()]).ok();
}

#[test]
#[ignore = "needs curl and nginx"]
fn curl_gets_in_with_them() {
    let bench = world();
    let cases = bundles(&bench, &PASSPHRASES);
    let (_server, port) = nginx(&bench);
    let url = format!("https://localhost:{port}/");
    for case in &cases {
        // curl splits --cert at the colon
        let cert = format!("{}:{}", case.file, case.passphrase);
        let args = [
            "-s",
            "--cacert",
            "root/ca.crt",
            "--cert-type",
            "P12",
            "--cert",
            &cert,
            &url,
        ];
        let said = bench.tool("curl", &args).ok().stdout;
        match case.chain {
            true => assert_eq!(said, format!("hello CN={}", case.name), "{}", case.file),
            false => assert!(said.contains("400"), "{said}"),
        }
    }
    bench
        .privca("export ec --format bundle --no-pass --out ec.pem")
        .ok();
    let said = bench
        .sh(&format!("curl -s --cacert root/ca.crt --cert ec.pem {url}"))
        .ok()
        .stdout;
    assert_eq!(said, "hello CN=ec");
}
