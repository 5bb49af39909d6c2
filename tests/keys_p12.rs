//! Bundles against other people's tools: what privca writes they open, what they write it reads.
//! `cargo test -- --ignored` runs them.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "the helpers of tests are tests"
)]

mod bench;

use std::fs;

use bench::{Bench, secret};
use privca::keys::pkcs12::{self, Bundle, Strength};
use privca::keys::{KeyError, KeyType, PrivateKey, file, generate};
use privca::primitives::random::SystemRandomness;

fn random() -> SystemRandomness {
    SystemRandomness::new()
}

const LEGACY: &str = "-provider legacy -provider default";

/// root, intermediate, leaf: certificates in DER and the leaf's key.
fn chain(bench: &Bench, key: &PrivateKey) -> [Vec<u8>; 3] {
    let random = SystemRandomness::new();
    bench.write("key", file::write(key, None, &random).unwrap().expose());
    let ca = "-addext basicConstraints=critical,CA:true -days 9";
    let make = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -outform DER";
    bench.openssl(&format!("{make} {ca} -subj /CN=root -keyout rk -out root"));
    bench.openssl(&format!(
        "{make} {ca} -subj /CN=sub -CA root -CAkey rk -keyout sk -out sub"
    ));
    bench.openssl("req -x509 -key key -subj /CN=leaf -CA sub -CAkey sk -outform DER -out leaf");
    ["leaf", "sub", "root"].map(|name| bench.read(name))
}

fn info(bench: &Bench, passphrase: &str, extra: &str) -> String {
    bench.openssl(&format!(
        "pkcs12 -in p12 -info -passin pass:{passphrase} -noenc {extra}"
    ))
}

#[test]
#[ignore = "needs openssl"]
fn bundles_are_read_by_openssl_and_by_us() {
    let bench = Bench::new();
    for key_type in [KeyType::EcP256, KeyType::Rsa2048, KeyType::Ed25519] {
        let key = generate::generate(key_type).unwrap();
        let [leaf, sub, root] = chain(&bench, &key);
        let bundle = Bundle {
            key: &key,
            certificate: &leaf,
            chain: &[sub.clone(), root.clone()],
            friendly_name: "alice",
        };
        for passphrase in [
            "secret",
            "",
            "pä€ss🔑",
            "quite-a-long-passphrase-that-fills-more-than-one-block-of-the-hash",
        ] {
            for strength in [Strength::Modern, Strength::Legacy] {
                let written =
                    pkcs12::write(&bundle, &secret(passphrase), strength, &random()).unwrap();
                bench.write("p12", written.expose());
                let text = info(&bench, passphrase, "");
                let expected = match strength {
                    Strength::Modern => [
                        "MAC: sha256, Iteration 51200",
                        "PBES2, PBKDF2, AES-256-CBC, Iteration 51200, PRF hmacWithSHA256",
                    ],
                    Strength::Legacy => [
                        "MAC: sha1, Iteration 2048",
                        "pbeWithSHA1And3-KeyTripleDES-CBC, Iteration 2048",
                    ],
                };
                for line in expected {
                    assert!(text.contains(line), "{line}\n{text}");
                }
                assert_eq!(text.matches(expected[1]).count(), 2, "{text}");
                assert_eq!(text.matches("localKeyID:").count(), 2, "{text}");
                // The key and its certificate, and nothing else.
                assert_eq!(text.matches("friendlyName: alice").count(), 2, "{text}");
                assert_eq!(text.matches("friendlyName:").count(), 2, "{text}");
                let order: Vec<usize> =
                    ["subject=CN = leaf", "subject=CN = sub", "subject=CN = root"]
                        .iter()
                        .map(|line| text.find(line).unwrap_or_else(|| panic!("{text}")))
                        .collect();
                assert!(order.is_sorted(), "{text}");

                let read = pkcs12::read(written.expose(), &secret(passphrase)).unwrap();
                assert_eq!(read.key.unwrap().public(), key.public());
                assert_eq!(read.certificates, [leaf.clone(), sub.clone(), root.clone()]);
                assert_eq!(read.friendly_name.as_deref(), Some("alice"));
                let wrong = pkcs12::read(written.expose(), &secret("x")).unwrap_err();
                assert_eq!(wrong, KeyError::WrongPassphrase);
            }
        }
    }
}

#[test]
#[ignore = "needs openssl"]
fn bundles_of_openssl_are_read() {
    let bench = Bench::new();
    let key = generate::generate(KeyType::EcP256).unwrap();
    let [leaf, sub, root] = chain(&bench, &key);
    for name in ["leaf", "sub", "root"] {
        bench.openssl(&format!("x509 -inform DER -in {name} -out {name}.pem"));
    }
    let others = [bench.read("root.pem"), bench.read("sub.pem")].concat();
    bench.write("others.pem", &others);
    for passphrase in ["secret", "", "pä€ss"] {
        for options in [
            "",
            "-keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-3DES -macalg sha1",
            &format!("-legacy {LEGACY}"),
            "-keypbe AES-128-CBC -certpbe AES-256-CBC",
            "-certpbe NONE",
            "-keypbe NONE",
            &format!("-keypbe PBE-SHA1-2DES -certpbe PBE-SHA1-RC2-128 {LEGACY}"),
            "-nomac",
            "-macalg sha512",
        ] {
            let export =
                "pkcs12 -export -inkey key -in leaf.pem -certfile others.pem -name alice -out p12";
            bench.openssl(&format!("{export} {options} -passout pass:{passphrase}"));
            let read = pkcs12::read(&bench.read("p12"), &secret(passphrase));
            let read = read.unwrap_or_else(|e| panic!("{passphrase:?} {options}: {e}"));
            assert_eq!(read.key.unwrap().public(), key.public());
            assert_eq!(read.certificates, [leaf.clone(), root.clone(), sub.clone()]);
            assert_eq!(read.friendly_name.as_deref(), Some("alice"));
            if !options.contains("-nomac") {
                let wrong = pkcs12::read(&bench.read("p12"), &secret("x")).unwrap_err();
                assert_eq!(wrong, KeyError::WrongPassphrase, "{options}");
            }
        }
    }
}

#[test]
#[ignore = "needs openssl"]
fn a_key_of_another_certificate_is_refused_and_emoji_are_not() {
    let bench = Bench::new();
    let key = generate::generate(KeyType::EcP256).unwrap();
    let other = generate::generate(KeyType::EcP256).unwrap();
    let [leaf, ..] = chain(&bench, &key);
    let bundle = |key| Bundle {
        key,
        certificate: &leaf,
        chain: &[],
        friendly_name: "🔑 alice",
    };
    let write = |key, passphrase: &str| {
        pkcs12::write(
            &bundle(key),
            &secret(passphrase),
            Strength::Modern,
            &random(),
        )
    };
    assert_eq!(write(&other, "x").unwrap_err(), KeyError::Mismatch);
    let written = write(&key, "pä€ss🔑").unwrap();
    let read = pkcs12::read(written.expose(), &secret("pä€ss🔑")).unwrap();
    assert_eq!(read.key.unwrap().public(), key.public());
    let wrong = pkcs12::read(written.expose(), &secret("pä€ss🔒")).unwrap_err();
    assert_eq!(wrong, KeyError::WrongPassphrase);
    bench.write("p12", written.expose());
    let text = info(&bench, "pä€ss🔑", "");
    // Its text cuts each UTF-16 unit to a byte: 0xd83d becomes "=".
    assert_eq!(
        text.matches("friendlyName: =\u{11} alice").count(),
        2,
        "{text}"
    );
}

/// A bundle in `p12` under this passphrase.
fn write_bundle(bench: &Bench, key_type: KeyType, passphrase: &str, strength: Strength) {
    let key = generate::generate(key_type).unwrap();
    let [leaf, sub, root] = chain(bench, &key);
    let bundle = Bundle {
        key: &key,
        certificate: &leaf,
        chain: &[sub, root],
        friendly_name: "alice",
    };
    let written = pkcs12::write(&bundle, &secret(passphrase), strength, &random()).unwrap();
    bench.write("p12", written.expose());
}

const BOTH: [Strength; 2] = [Strength::Modern, Strength::Legacy];

#[test]
#[ignore = "needs java"]
fn bundles_are_opened_by_java() {
    let bench = Bench::new();
    for strength in BOTH {
        write_bundle(&bench, KeyType::Rsa2048, "secret", strength);
        let store = [
            "-storetype",
            "PKCS12",
            "-keystore",
            "p12",
            "-storepass",
            "secret",
        ];
        let listed = bench.run("keytool", &[&["-list", "-v"], &store[..]].concat());
        for line in ["Alias name: alice", "PrivateKeyEntry", "chain length: 3"] {
            assert!(listed.contains(line), "{line}\n{listed}");
        }
    }
    let make = "-genkeypair -alias jo -keyalg EC -groupname secp256r1 -dname CN=jo -keystore java -storetype PKCS12 -storepass secret";
    bench.run("keytool", &make.split(' ').collect::<Vec<_>>());
    let read = pkcs12::read(&bench.read("java"), &secret("secret")).unwrap();
    assert!(read.key.is_some());
    assert_eq!(read.friendly_name.as_deref(), Some("jo"));
}

#[test]
#[ignore = "needs nss"]
fn bundles_are_opened_by_nss_as_in_firefox() {
    let bench = Bench::new();
    for strength in BOTH {
        for passphrase in ["secret", "pä€ss", "pä€ss🔑"] {
            write_bundle(&bench, KeyType::EcP256, passphrase, strength);
            bench.write("passphrase", passphrase.as_bytes());
            fs::create_dir_all(bench.path("nss")).unwrap();
            bench.run("certutil", &["-N", "-d", "nss", "--empty-password"]);
            let import = ["-i", "p12", "-d", "nss", "-K", "", "-w", "passphrase"];
            let said = bench.run("pk12util", &import);
            assert!(said.contains("SUCCESSFUL"), "{said}");
            let listed = bench.run("certutil", &["-K", "-d", "nss"]);
            assert!(listed.contains("alice"), "{listed}");
            let export = [
                "-o", "out", "-n", "alice", "-d", "nss", "-K", "", "-W", "secret",
            ];
            bench.run("pk12util", &export);
            // What it writes is BER.
            assert!(bench.read("out").starts_with(&[0x30, 0x80]));
            let read = pkcs12::read(&bench.read("out"), &secret("secret")).unwrap();
            assert!(read.key.is_some());
            assert_eq!(read.certificates.len(), 3);
            let wrong = pkcs12::read(&bench.read("out"), &secret("x")).unwrap_err();
            assert_eq!(wrong, KeyError::WrongPassphrase);
            fs::remove_dir_all(bench.path("nss")).unwrap();
        }
    }
}

#[test]
#[ignore = "needs gnutls"]
fn bundles_are_opened_by_gnutls() {
    let bench = Bench::new();
    for strength in BOTH {
        write_bundle(&bench, KeyType::EcP384, "secret", strength);
        let words = "--p12-info --inder --infile p12 --password secret";
        let listed = bench.run("certtool", &words.split(' ').collect::<Vec<_>>());
        assert!(
            listed.contains("BEGIN ENCRYPTED PRIVATE KEY") || listed.contains("BEGIN PRIVATE KEY"),
            "{listed}"
        );
        assert_eq!(listed.matches("BEGIN CERTIFICATE").count(), 3, "{listed}");
    }
}
