//! Every form of key file in `fixtures/key`, which OpenSSL wrote, is read or refused with a reason.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "the helpers of tests are tests"
)]

use std::fs;
use std::path::PathBuf;

use privca::keys::{KeyError, PublicKey, VerifyError, file, pkcs12, rests_on_sha1};
use privca::primitives::der;
use privca::primitives::oid::Oid;
use privca::primitives::random::SystemRandomness;
use privca::primitives::secret::Secret;
use proptest::prelude::*;

fn fixture(name: &str) -> Vec<u8> {
    fs::read(folder().join(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures/key")
}

/// The names in the folder that `wanted` takes.
fn names(wanted: impl Fn(&str) -> bool) -> Vec<String> {
    let entries = fs::read_dir(folder()).unwrap();
    let names = entries.map(|e| e.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.filter(|n| n != "make" && wanted(n)).collect();
    names.sort();
    names
}

fn secret(text: &str) -> Secret {
    Secret::new(text.as_bytes().to_vec())
}

/// The passphrase of a fixture, which follows from its name.
fn passphrase(name: &str) -> Option<Secret> {
    if name.contains(".empty") {
        Some(secret(""))
    } else if name.contains(".umlaut") {
        Some(secret("pä€ss 🔑"))
    } else if name.contains("pbe") || name.contains("-des") || name.contains("-aes") {
        Some(secret("fixture"))
    } else {
        None
    }
}

fn readable(name: &str) -> bool {
    let kind = name.split('.').next();
    !matches!(kind, Some("unsupported" | "broken" | "bundle" | "request"))
        && !name.ends_with(".pub.pem")
}

#[test]
fn every_form_gives_the_key() {
    let names = names(readable);
    assert!(names.len() > 55, "{names:?}");
    for name in names {
        let kind = name.split('.').next().unwrap();
        let public = file::read_public(&fixture(&format!("{kind}.pub.pem"))).unwrap();
        let passphrase = passphrase(&name);
        let text = fixture(&name);
        assert_eq!(
            file::is_encrypted(&text),
            Ok(passphrase.is_some()),
            "{name}"
        );
        let key = file::read(&text, passphrase.as_ref());
        let key = key.unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!(*key.public(), public, "{name}");
        // A passphrase that isn't needed does no harm.
        if passphrase.is_none() {
            assert!(file::read(&text, Some(&secret("x"))).is_ok(), "{name}");
        }
    }
}

#[test]
fn every_form_gives_the_same_octets() {
    for kind in ["rsa", "rsa2560", "rsa4104", "p256", "p384", "ed25519"] {
        let expected = fixture(&format!("{kind}.pkcs8.der"));
        for name in names(|n| readable(n) && n.split('.').next() == Some(kind)) {
            let key = file::read(&fixture(&name), passphrase(&name).as_ref()).unwrap();
            assert_eq!(key.pkcs8().expose(), expected, "{name}");
        }
    }
    let key = file::read(&fixture("rsa.pkcs8.pem"), None).unwrap();
    assert_eq!(key.pkcs1().unwrap().expose(), fixture("rsa.pkcs1.der"));
    assert!(key.sec1().is_none());
    let key = file::read(&fixture("p256.pkcs8.pem"), None).unwrap();
    assert_eq!(key.sec1().unwrap().expose(), fixture("p256.sec1.der"));
    assert!(key.pkcs1().is_none());
}

#[test]
fn passphrases_are_asked_for_and_told_when_wrong() {
    for name in names(|n| readable(n) && passphrase(n).is_some()) {
        let text = fixture(&name);
        let error = file::read(&text, None).unwrap_err();
        assert_eq!(error, KeyError::PassphraseNeeded, "{name}");
        for wrong in ["fixturf", "fixture ", " "] {
            let error = file::read(&text, Some(&secret(wrong))).unwrap_err();
            assert_eq!(error, KeyError::WrongPassphrase, "{name} {wrong:?}");
        }
    }
}

#[test]
fn what_cannot_be_used_is_named() {
    let expected = [
        ("brainpoolp256r1", "EC brainpoolP256r1 key is"),
        ("dsa", "DSA key is"),
        ("dsa-traditional", "DSA key is"),
        ("ec-explicit", "EC key with explicit parameters is"),
        ("ed448", "ED448 key is"),
        ("p-521", "EC P-521 key is"),
        ("p-521-encrypted", "EC P-521 key is"),
        ("p-521-sec1", "EC P-521 key is"),
        ("rsa-1024", "RSA key of 1024 bits (2048 to 8192 are)"),
        ("rsa-2047", "RSA key of 2047 bits (2048 to 8192 are)"),
        ("rsa-exponent-3", "RSA key with an exponent of 2 bits"),
        ("rsa-pss", "rsassaPss key is"),
        ("rsa-three-primes", "RSA key with more than two primes is"),
        ("secp256k1", "EC secp256k1 key is"),
    ];
    let names = names(|n| n.starts_with("unsupported."));
    assert_eq!(names.len(), expected.len(), "{names:?}");
    for (name, start) in expected {
        let text = fixture(&format!("unsupported.{name}.pem"));
        match file::read(&text, Some(&secret("fixture"))) {
            Err(error @ KeyError::Unsupported { .. }) => {
                assert!(error.to_string().starts_with(start), "{name}: {error}");
            }
            other => panic!("{name}: {other:?}"),
        }
    }
}

#[test]
fn what_is_broken_is_said_to_be() {
    for (name, fault) in [
        ("broken.base64.pem", "not base64 at byte 29"),
        ("broken.cut-off.pem", "has no END line at byte 0"),
        (
            "broken.p256-halves.der",
            "halves of the EC key do not belong together",
        ),
    ] {
        match file::read(&fixture(name), None) {
            Err(error @ KeyError::Malformed { .. }) => {
                assert!(error.to_string().contains(fault), "{name}: {error}");
            }
            other => panic!("{name}: {other:?}"),
        }
    }
}

#[test]
fn what_is_no_key_is_said_to_be_none() {
    for text in [
        &b""[..],
        b"hello",
        b"0",
        b"\x30\x03\x02\x01\x03",
        b"-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n",
        &fixture("rsa.pub.pem"),
    ] {
        assert_eq!(file::read(text, None).unwrap_err(), KeyError::NotAKey);
        assert_eq!(file::is_encrypted(text).unwrap_err(), KeyError::NotAKey);
    }
    let error = file::read_public(&fixture("rsa.pkcs8.pem")).unwrap_err();
    assert_eq!(error, KeyError::NotAPublicKey);
}

#[test]
fn what_a_file_asks_for_is_bounded() {
    let number = |n: u64| der::unsigned(&n.to_be_bytes());
    let octets = |bytes: &[u8]| der::tlv(der::tag::OCTET_STRING, bytes);
    let oid = |text: &str| text.parse::<Oid>().unwrap().to_der();
    let encrypted = |algorithm| der::sequence(&[algorithm, octets(&[0; 64])]);
    let pbes2 = |kdf: Vec<u8>| {
        let cipher = der::sequence(&[oid("2.16.840.1.101.3.4.1.42"), octets(&[0; 16])]);
        let parameters = der::sequence(&[kdf, cipher]);
        encrypted(der::sequence(&[oid("1.2.840.113549.1.5.13"), parameters]))
    };
    let pbkdf2 = |rounds| {
        let parameters = der::sequence(&[octets(&[0; 8]), number(rounds)]);
        pbes2(der::sequence(&[oid("1.2.840.113549.1.5.12"), parameters]))
    };
    let scrypt = |n, r, p| {
        let parameters = der::sequence(&[octets(&[0; 8]), number(n), number(r), number(p)]);
        pbes2(der::sequence(&[oid("1.3.6.1.4.1.11591.4.11"), parameters]))
    };
    let pbes1 = |rounds| {
        let parameters = der::sequence(&[octets(&[0; 8]), number(rounds)]);
        encrypted(der::sequence(&[oid("1.2.840.113549.1.5.3"), parameters]))
    };
    let error = |file: Vec<u8>| file::read(&file, Some(&secret("x"))).unwrap_err();
    for hostile in [
        pbkdf2(10_000_001),
        pbkdf2(u64::MAX),
        pbes1(1 << 32),
        scrypt(1 << 40, 8, 1),
        scrypt(1 << 14, u64::MAX, 1),
        scrypt(1 << 14, 8, 1 << 20),
    ] {
        let error = error(hostile);
        assert!(matches!(error, KeyError::TooCostly { .. }), "{error}");
    }
    for odd in [
        pbkdf2(0),
        scrypt(3, 8, 1),
        scrypt(0, 8, 1),
        scrypt(16, 0, 1),
        scrypt(16, 8, 0),
    ] {
        let error = error(odd);
        assert!(matches!(error, KeyError::Malformed { .. }), "{error}");
    }
    assert_eq!(error(pbkdf2(1)), KeyError::WrongPassphrase);
    assert_eq!(error(scrypt(16, 8, 1)), KeyError::WrongPassphrase);
}

/// What was signed, the public key in it, and the AlgorithmIdentifier and the signature.
fn request(name: &str) -> (Vec<u8>, PublicKey, Vec<u8>, Vec<u8>) {
    let text = fixture(&format!("request.{name}.der"));
    let outer = der::only(&text, der::tag::SEQUENCE, "request").unwrap();
    let mut fields = outer.reader();
    let message = fields.any().unwrap();
    let mut parts = message.reader();
    let [_version, _subject, key] = [0, 1, 2].map(|_| parts.any().unwrap().raw);
    let algorithm = fields.any().unwrap().raw.to_vec();
    let signature = fields.bit_string("signature").unwrap().to_vec();
    let public = PublicKey::from_spki(key).unwrap();
    (message.raw.to_vec(), public, algorithm, signature)
}

#[test]
fn signatures_are_verified() {
    for name in [
        "p256-sha256",
        "p256-sha384",
        "p384-sha256",
        "p384-sha384",
        "ed25519",
        "rsa-sha1",
        "rsa-sha256",
        "rsa-sha384",
        "rsa-sha512",
        "rsa-pss-sha256",
        "rsa-pss-sha384",
        "rsa-pss-sha512",
    ] {
        let (mut message, public, algorithm, signature) = request(name);
        assert_eq!(
            public.verify(&algorithm, &message, &signature),
            Ok(()),
            "{name}"
        );
        assert_eq!(rests_on_sha1(&algorithm), name == "rsa-sha1");
        message[9] ^= 1;
        let verdict = public.verify(&algorithm, &message, &signature);
        assert_eq!(verdict, Err(VerifyError::BadSignature), "{name}");
    }
}

#[test]
fn signatures_that_cannot_be_verified_are_named() {
    for (name, expected) in [
        ("p256-sha512", "ecdsa-with-SHA512 with this EC P-256 key"),
        ("p521-sha512", "ecdsa-with-SHA512 with this EC P-521 key"),
        ("ed448", "ED448 with this ED448 key"),
        ("dsa-sha256", "dsa_with_SHA256 with this DSA key"),
        (
            "rsa-md5",
            "md5WithRSAEncryption with this RSA 2048 bits key",
        ),
        ("rsa-pss-sha1", "RSASSA-PSS with SHA-1"),
        (
            "rsa-pss-salt-20",
            "RSASSA-PSS with a salt of other than 32 bytes",
        ),
    ] {
        let (message, public, algorithm, signature) = request(name);
        let verdict = public.verify(&algorithm, &message, &signature);
        let algorithm = expected.to_owned();
        assert_eq!(
            verdict,
            Err(VerifyError::Unsupported { algorithm }),
            "{name}"
        );
    }
}

#[test]
fn odd_rsa_keys_sign() {
    for name in ["rsa2560.pkcs8.pem", "rsa4104.pkcs8.pem"] {
        let key = file::read(&fixture(name), None).unwrap();
        let signature = key.sign(b"message").unwrap();
        let algorithm = key.signature_algorithm();
        key.public()
            .verify(algorithm, b"message", &signature)
            .unwrap();
    }
}

#[test]
fn bundles_are_read() {
    let public = file::read_public(&fixture("p256.pub.pem")).unwrap();
    for name in [
        "modern",
        "rc2-40-3des",
        "3des",
        "aes-128-sha1",
        "one-round",
        "no-mac",
        "rc2-128",
        "nss",
    ] {
        let bundle = fixture(&format!("bundle.{name}.p12"));
        let read = pkcs12::read(&bundle, &secret("fixture"));
        let read = read.unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!(*read.key.unwrap().public(), public, "{name}");
        assert_eq!(read.certificates.len(), 1, "{name}");
        assert_eq!(read.friendly_name.as_deref(), Some("alice"), "{name}");
        let wrong = pkcs12::read(&bundle, &secret("x")).unwrap_err();
        assert_eq!(wrong, KeyError::WrongPassphrase, "{name}");
        // It is told from a key file, which starts alike.
        assert_eq!(file::read(&bundle, None).unwrap_err(), KeyError::NotAKey);
    }
}

#[test]
fn bundles_are_written() {
    let key = file::read(&fixture("p256.pkcs8.pem"), None).unwrap();
    let source = pkcs12::read(&fixture("bundle.modern.p12"), &secret("fixture")).unwrap();
    let bundle = pkcs12::Bundle {
        key: &key,
        certificate: &source.certificates[0],
        chain: &[],
        friendly_name: "bob",
    };
    for strength in [pkcs12::Strength::Modern, pkcs12::Strength::Legacy] {
        for passphrase in ["", "pä€ss", "pä€ss 🔑"] {
            let written = pkcs12::write(
                &bundle,
                &secret(passphrase),
                strength,
                &SystemRandomness::new(),
            )
            .unwrap();
            let read = pkcs12::read(written.expose(), &secret(passphrase)).unwrap();
            assert_eq!(read.certificates, source.certificates);
            assert_eq!(read.friendly_name.as_deref(), Some("bob"));
        }
    }
    let other = file::read(&fixture("p384.pkcs8.pem"), None).unwrap();
    let bundle = pkcs12::Bundle {
        key: &other,
        ..bundle
    };
    let refused = pkcs12::write(
        &bundle,
        &secret(""),
        pkcs12::Strength::Modern,
        &SystemRandomness::new(),
    );
    assert_eq!(refused.unwrap_err(), KeyError::Mismatch);
}

/// Strings that lead deep into the readers.
fn mutated() -> impl Strategy<Value = Vec<u8>> {
    let names =
        names(|n| !n.contains("scrypt") && (!n.contains("bundle.") || n.contains("no-mac")));
    let edits = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4);
    (prop::sample::select(names), edits, any::<bool>()).prop_map(|(name, edits, cut)| {
        let mut text = fixture(&name);
        for (at, byte) in &edits {
            let at = at.index(text.len());
            text[at] = *byte;
        }
        if let (true, Some((at, _))) = (cut, edits.first()) {
            text.truncate(at.index(text.len()));
        }
        text
    })
}

proptest! {
    #[test]
    fn no_input_panics(text in prop::collection::vec(any::<u8>(), 0..200)) {
        drop(file::read(&text, Some(&secret("fixture"))));
        drop(file::is_encrypted(&text));
        drop(file::read_public(&text));
    }

    #[test]
    fn no_damage_panics(text in mutated()) {
        // With a passphrase only where no derivation can be made to run for long.
        let quick = text.windows(8).any(|w| w == b"DEK-Info");
        let passphrase = quick.then(|| secret("fixture"));
        drop(file::read(&text, passphrase.as_ref()));
        drop(file::read_public(&text));
        drop(pkcs12::read(&text, &secret("fixture")));
    }
}
