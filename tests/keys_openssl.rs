//! Key files and signatures against the real `openssl`: what it writes is read, what privca writes
//! it reads. `cargo test -- --ignored` runs them.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "the helpers of tests are tests"
)]

mod bench;

use bench::{Bench, run, secret};
use privca::keys::{KeyError, KeyType, PrivateKey, PublicKey, VerifyError, file, generate};
use privca::primitives::random::SystemRandomness;

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

        let empty = file::write(&key, Some(&secret("")), &random);
        assert_eq!(empty.err(), Some(KeyError::EmptyPassphrase), "{key_type}");
        for passphrase in ["secret", "pä€ss🔑"] {
            let written = file::write(&key, Some(&secret(passphrase)), &random).unwrap();
            bench.write("encrypted", written.expose());
            bench.openssl(&format!(
                "pkey -in encrypted -check -noout -passin pass:{passphrase}"
            ));
            let wrong = ["pkey", "-in", "encrypted", "-noout", "-passin", "pass:x"];
            assert!(run(bench.0.path(), "openssl", &wrong).is_err());
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
