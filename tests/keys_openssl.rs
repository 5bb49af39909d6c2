//! Key files and signatures against the real `openssl`: what it writes is read, what privca writes
//! it reads. `cargo test -- --ignored` runs them.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "the helpers of tests are tests"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use privca::keys::{KeyError, KeyType, PrivateKey, PublicKey, VerifyError, file, generate};
use privca::primitives::random::SystemRandomness;
use privca::primitives::secret::Secret;

/// A folder to run `openssl` in.
struct Bench(tempfile::TempDir);

impl Bench {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    fn write(&self, name: &str, contents: &[u8]) {
        fs::write(self.path(name), contents).unwrap();
    }

    /// Runs `openssl` with the words of `line`; gives what it printed.
    fn openssl(&self, line: &str) -> String {
        let words: Vec<&str> = line.split_whitespace().collect();
        run(self.0.path(), &words).unwrap_or_else(|error| panic!("openssl {line}: {error}"))
    }
}

fn run(folder: &Path, words: &[&str]) -> Result<String, String> {
    let output = Command::new("openssl")
        .args(words)
        .current_dir(folder)
        .output();
    let output = output.map_err(|e| format!("openssl does not run: {e}"))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if output.status.success() {
        Ok(text(&output.stdout) + &text(&output.stderr))
    } else {
        Err(text(&output.stderr))
    }
}

fn secret(text: &str) -> Secret {
    Secret::new(text.as_bytes().to_vec())
}

const KINDS: [&str; 6] = [
    "EC -pkeyopt ec_paramgen_curve:P-256",
    "EC -pkeyopt ec_paramgen_curve:P-384",
    "ED25519",
    "RSA -pkeyopt rsa_keygen_bits:2048",
    "RSA -pkeyopt rsa_keygen_bits:3072",
    "RSA -pkeyopt rsa_keygen_bits:4096",
];

const LEGACY: &str = "-provider legacy -provider default";

fn forms(kind: &str) -> Vec<String> {
    let mut forms = vec![
        format!("pkcs8 -topk8 -nocrypt -in key -out form {LEGACY}"),
        format!("pkcs8 -topk8 -nocrypt -outform DER -in key -out form {LEGACY}"),
    ];
    for encryption in [
        "-v2 aes-128-cbc",
        "-v2 aes-192-cbc",
        "-v2 aes-256-cbc",
        "-v2 des3",
        "-v2prf hmacWithSHA1",
        "-v2prf hmacWithSHA224",
        "-v2prf hmacWithSHA512",
        "-v2 aes-256-cbc -iter 1",
        "-scrypt",
        "-scrypt -scrypt_N 1024 -scrypt_r 4 -scrypt_p 2",
        "-v1 PBE-MD5-DES",
        "-v1 PBE-SHA1-DES",
        "-v1 PBE-SHA1-3DES",
        "-v1 PBE-SHA1-2DES",
        "-v1 PBE-SHA1-RC2-40",
        "-v1 PBE-SHA1-RC2-128",
        "-v1 PBE-SHA1-3DES -outform DER",
    ] {
        forms.push(format!(
            "pkcs8 -topk8 {encryption} -in key -out form -passout pass:secret {LEGACY}"
        ));
    }
    if kind != "ED25519" {
        forms.push("pkey -traditional -in key -out form".to_owned());
        for cipher in ["-aes128", "-aes192", "-aes256", "-des3", "-des"] {
            forms.push(format!(
                "pkey -traditional {cipher} -in key -out form -passout pass:secret {LEGACY}"
            ));
        }
    }
    forms
}

#[test]
#[ignore = "needs openssl"]
fn every_form_in_every_kind_is_read() {
    let bench = Bench::new();
    for kind in KINDS {
        bench.openssl(&format!("genpkey -quiet -algorithm {kind} -out key"));
        bench.openssl("pkey -in key -pubout -outform DER -out public");
        let public = PublicKey::from_spki(&bench.read("public")).unwrap();
        for form in forms(kind) {
            bench.openssl(&form);
            let text = bench.read("form");
            let encrypted = file::is_encrypted(&text).unwrap();
            assert_eq!(encrypted, form.contains("pass:"), "{kind}: {form}");
            let key = file::read(&text, Some(&secret("secret")));
            let key = key.unwrap_or_else(|e| panic!("{kind}: {form}: {e}"));
            assert_eq!(*key.public(), public, "{kind}: {form}");
            if encrypted {
                let wrong = file::read(&text, Some(&secret("secreu"))).unwrap_err();
                assert_eq!(wrong, KeyError::WrongPassphrase, "{kind}: {form}");
            }
        }
    }
}

#[test]
#[ignore = "needs openssl"]
fn every_file_that_is_written_is_read_and_found_sound() {
    let bench = Bench::new();
    let random = SystemRandomness::new();
    for key_type in KeyType::ALL {
        let key = generate::generate(key_type).unwrap();
        bench.write("plain", file::write(&key, None, &random).unwrap().expose());
        bench.openssl("pkey -in plain -check -noout");
        bench.openssl("pkey -in plain -pubout -outform DER -out public");
        assert_eq!(bench.read("public"), key.public().spki());
        bench.openssl("pkcs8 -topk8 -nocrypt -in plain -outform DER -out again");
        assert_eq!(bench.read("again"), key.pkcs8().expose(), "{key_type}");

        for passphrase in ["secret", "", "pä€ss🔑"] {
            let written = file::write(&key, Some(&secret(passphrase)), &random).unwrap();
            bench.write("encrypted", written.expose());
            bench.openssl(&format!(
                "pkey -in encrypted -check -noout -passin pass:{passphrase}"
            ));
            let wrong = ["pkey", "-in", "encrypted", "-noout", "-passin", "pass:x"];
            assert!(run(bench.0.path(), &wrong).is_err());
        }
        for (form, name) in [(key.pkcs1(), "rsa"), (key.sec1(), "ec")] {
            if let Some(form) = form {
                bench.write("form", form.expose());
                bench.openssl(&format!("{name} -inform DER -in form -check -noout"));
                let traditional = format!("{name} -in plain -outform DER -out again");
                let extra = if name == "rsa" { " -traditional" } else { "" };
                bench.openssl(&(traditional + extra));
                assert_eq!(bench.read("again"), form.expose(), "{key_type}");
            }
        }
    }
}

#[test]
#[ignore = "needs openssl"]
fn rsa_keys_stand_openssls_check_of_their_primes() {
    let bench = Bench::new();
    for _ in 0..20 {
        let key = generate::generate(KeyType::Rsa2048).unwrap();
        bench.write("key", key.pkcs8().expose());
        let verdict = bench.openssl("pkey -inform DER -in key -check -noout");
        assert!(verdict.contains("Key is valid"), "{verdict}");
    }
}

#[test]
#[ignore = "needs openssl"]
fn signatures_are_verified_by_openssl() {
    let bench = Bench::new();
    bench.write("message", b"message");
    for key_type in KeyType::ALL {
        let key = generate::generate(key_type).unwrap();
        bench.write("public", key.public().spki());
        bench.write("signature", &key.sign(b"message").unwrap());
        let digest = match key_type {
            KeyType::Ed25519 => "",
            KeyType::EcP384 => "-digest sha384",
            _ => "-digest sha256",
        };
        let verdict = bench.openssl(&format!(
            "pkeyutl -verify -rawin {digest} -pubin -keyform DER -inkey public -sigfile signature -in message"
        ));
        assert!(verdict.contains("Success"), "{key_type}: {verdict}");
    }
}

/// An AlgorithmIdentifier as OpenSSL writes it into a request signed with these options.
fn algorithm_and_request(bench: &Bench, options: &str) -> (Vec<u8>, Vec<u8>, Vec<u8>) {
    use privca::primitives::der::{self, Reader, tag};
    bench.openssl(&format!(
        "req -new -key key -subj /CN=x -outform DER -out request {options}"
    ));
    let request = bench.read("request");
    let outer = der::only(&request, tag::SEQUENCE, "request").unwrap();
    let mut fields: Reader<'_> = outer.reader();
    let message = fields.any().unwrap().raw.to_vec();
    let algorithm = fields.any().unwrap().raw.to_vec();
    let signature = fields.bit_string("signature").unwrap().to_vec();
    (algorithm, message, signature)
}

fn public(bench: &Bench) -> PublicKey {
    bench.openssl("pkey -in key -pubout -out public");
    file::read_public(&bench.read("public")).unwrap()
}

#[test]
#[ignore = "needs openssl"]
fn signatures_of_openssl_are_verified() {
    let bench = Bench::new();
    let pss = "-sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:-1";
    for (kind, options) in [
        (KINDS[0], "-sha256"),
        (KINDS[0], "-sha384"),
        (KINDS[1], "-sha256"),
        (KINDS[1], "-sha384"),
        (KINDS[2], ""),
        (KINDS[3], "-sha1"),
        (KINDS[3], "-sha256"),
        (KINDS[3], "-sha384"),
        (KINDS[3], "-sha512"),
        (KINDS[3], &format!("-sha256 {pss}")),
        (KINDS[3], &format!("-sha384 {pss}")),
        (KINDS[3], &format!("-sha512 {pss}")),
    ] {
        bench.openssl(&format!("genpkey -quiet -algorithm {kind} -out key"));
        let (algorithm, mut message, mut signature) = algorithm_and_request(&bench, options);
        let public = public(&bench);
        assert_eq!(
            public.verify(&algorithm, &message, &signature),
            Ok(()),
            "{kind} {options}"
        );
        let sha1 = privca::keys::rests_on_sha1(&algorithm);
        assert_eq!(sha1, options == "-sha1");
        if let Some(last) = signature.last_mut() {
            *last ^= 1;
        }
        let verdict = public.verify(&algorithm, &message, &signature);
        assert_eq!(verdict, Err(VerifyError::BadSignature), "{kind} {options}");
        if let Some(last) = signature.last_mut() {
            *last ^= 1;
        }
        message.push(0);
        let verdict = public.verify(&algorithm, &message, &signature);
        assert_eq!(verdict, Err(VerifyError::BadSignature), "{kind} {options}");
    }
}

#[test]
#[ignore = "needs openssl"]
fn what_cannot_be_verified_is_named() {
    let bench = Bench::new();
    let pss = "-sigopt rsa_padding_mode:pss";
    for (kind, options, expected) in [
        (
            "EC -pkeyopt ec_paramgen_curve:P-521",
            "-sha512",
            "ecdsa-with-SHA512 with this EC P-521 key",
        ),
        (
            "EC -pkeyopt ec_paramgen_curve:secp256k1",
            "-sha256",
            "ecdsa-with-SHA256 with this EC secp256k1 key",
        ),
        (
            KINDS[0],
            "-sha512",
            "ecdsa-with-SHA512 with this EC P-256 key",
        ),
        ("ED448", "", "ED448 with this ED448 key"),
        (
            KINDS[3],
            "-md5",
            "md5WithRSAEncryption with this RSA 2048 bits key",
        ),
        (KINDS[3], &format!("-sha1 {pss}"), "RSASSA-PSS with SHA-1"),
        (
            KINDS[3],
            &format!("-sha256 {pss} -sigopt rsa_pss_saltlen:20"),
            "RSASSA-PSS with a salt of other than 32 bytes",
        ),
        (
            KINDS[3],
            &format!("-sha256 {pss} -sigopt rsa_pss_saltlen:-1 -sigopt rsa_mgf1_md:sha512"),
            "RSASSA-PSS with another hash for its mask",
        ),
        (
            "RSA -pkeyopt rsa_keygen_bits:512",
            "-sha256",
            "sha256WithRSAEncryption with this RSA 512 bits key (1024 to 8192 can be checked)",
        ),
    ] {
        bench.openssl(&format!("genpkey -quiet -algorithm {kind} -out key"));
        let (algorithm, message, signature) = algorithm_and_request(&bench, options);
        let verdict = public(&bench).verify(&algorithm, &message, &signature);
        let algorithm = expected.to_owned();
        assert_eq!(
            verdict,
            Err(VerifyError::Unsupported { algorithm }),
            "{kind} {options}"
        );
    }
}

#[test]
#[ignore = "needs openssl"]
fn identifiers_are_openssls() {
    let bench = Bench::new();
    for kind in KINDS {
        bench.openssl(&format!("genpkey -quiet -algorithm {kind} -out key"));
        let key: PrivateKey = file::read(&bench.read("key"), None).unwrap();
        let certificate = bench.openssl(
            "req -x509 -new -key key -subj /CN=x -addext subjectKeyIdentifier=hash -text -noout",
        );
        let identifier = privca::primitives::hex::upper_colons(&key.public().identifier());
        assert!(
            certificate.contains(&identifier),
            "{identifier}\n{certificate}"
        );
    }
}

mod pkcs12 {
    use super::*;
    use privca::keys::pkcs12::{self, Bundle, Strength};

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
                "pä€ss",
                "quite-a-long-passphrase-that-fills-more-than-one-block-of-the-hash",
            ] {
                for strength in [Strength::Modern, Strength::Legacy] {
                    let written = pkcs12::write(&bundle, &secret(passphrase), strength).unwrap();
                    bench.write("p12", written.expose());
                    let text = info(&bench, passphrase, "");
                    let expected = match strength {
                        Strength::Modern => [
                            "MAC: sha256, Iteration 100000",
                            "PBES2, PBKDF2, AES-256-CBC, Iteration 100000, PRF hmacWithSHA256",
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
                    assert!(text.contains("friendlyName: alice"), "{text}");
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
                "-nomac",
                "-macalg sha512",
            ] {
                let export = "pkcs12 -export -inkey key -in leaf.pem -certfile others.pem -name alice -out p12";
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
    fn what_cannot_be_bundled_is_refused() {
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
        let refused = pkcs12::write(&bundle(&other), &secret("x"), Strength::Modern).unwrap_err();
        assert_eq!(refused, KeyError::Mismatch);
        let refused = pkcs12::write(&bundle(&key), &secret("pä€ss🔑"), Strength::Modern);
        assert!(matches!(refused, Err(KeyError::Unsupported { .. })));
        let written = pkcs12::write(&bundle(&key), &secret("x"), Strength::Modern).unwrap();
        let read = pkcs12::read(written.expose(), &secret("x")).unwrap();
        assert_eq!(read.friendly_name.as_deref(), Some("\u{fffd} alice"));
    }
}
