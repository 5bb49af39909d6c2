//! The fixtures of `fixtures/inspect`: OpenSSL's text for each object, without OpenSSL; and what
//! happens when they are damaged.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail at any line"
)]

use std::io::Write;
use std::path::{Path, PathBuf};

use privca::primitives::der::tlv;
use privca::text::{self, NameStyle, TextError};
use proptest::prelude::*;

type Writer = fn(&[u8], &mut dyn Write) -> Result<(), TextError>;

/// Every writer, for bytes of which nothing is known.
const WRITERS: [Writer; 7] = [
    text::certificate,
    text::request,
    text::crl,
    text::public_key,
    text::private_key,
    text::private_key_with_secrets,
    text::trust,
];

fn writer(bundle: &str) -> Writer {
    match bundle.split('-').next() {
        Some("crt") => text::certificate,
        Some("csr") => text::request,
        Some("crl") => text::crl,
        Some("pub") => text::public_key,
        Some("key") => text::private_key_with_secrets,
        other => panic!("a fixture of unknown kind: {other:?}"),
    }
}

fn bundles() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/inspect");
    let mut bundles: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "pem"))
        .collect();
    bundles.sort();
    assert!(bundles.len() > 10);
    bundles
}

/// Name and DER of each object.
fn objects(bundle: &Path) -> Vec<(String, Vec<u8>)> {
    let pem = std::fs::read_to_string(bundle).unwrap();
    let named = pem.split("# ").skip(1);
    named
        .map(|part| {
            let (name, pem) = part.split_once('\n').unwrap();
            let object = rustls_pemfile::read_one_from_slice(pem.as_bytes());
            let der = match object.unwrap() {
                Some((rustls_pemfile::Item::X509Certificate(der), _)) => der.to_vec(),
                Some((rustls_pemfile::Item::Crl(der), _)) => der.to_vec(),
                Some((rustls_pemfile::Item::Csr(der), _)) => der.to_vec(),
                Some((rustls_pemfile::Item::SubjectPublicKeyInfo(der), _)) => der.to_vec(),
                Some((rustls_pemfile::Item::Pkcs8Key(key), _)) => key.secret_pkcs8_der().to_vec(),
                other => panic!("{name}: {other:?}"),
            };
            (name.to_owned(), der)
        })
        .collect()
}

/// The texts of a bundle; those of OpenSSL never have a line that begins with `# `.
fn texts(bundle: &Path, extension: &str) -> Vec<Vec<u8>> {
    let all = std::fs::read(bundle.with_extension(extension)).unwrap();
    let mut texts: Vec<Vec<u8>> = Vec::new();
    for line in all.split_inclusive(|b| *b == b'\n') {
        if line.starts_with(b"# ") {
            texts.push(Vec::new());
        } else {
            texts.last_mut().unwrap().extend_from_slice(line);
        }
    }
    for text in &mut texts {
        assert_eq!(text.pop(), Some(b'\n'));
    }
    texts
}

#[test]
fn every_fixture_has_openssls_text() {
    let mut count = 0;
    for bundle in bundles() {
        let stem = bundle.file_stem().unwrap().to_string_lossy().into_owned();
        let (objects, texts) = (objects(&bundle), texts(&bundle, "txt"));
        assert_eq!(objects.len(), texts.len(), "{stem}");
        for ((name, der), expected) in objects.iter().zip(texts) {
            let mut out = Vec::new();
            if writer(&stem)(der, &mut out).is_err() {
                assert!(out.is_empty(), "{stem} {name}: text before the error");
                out = b"refused\n".to_vec();
            }
            let (ours, theirs) = (
                String::from_utf8_lossy(&out),
                String::from_utf8_lossy(&expected),
            );
            assert_eq!(ours, theirs, "{stem} {name}");
            assert_eq!(out, expected, "{stem} {name}");
            count += 1;
        }
    }
    assert!(count > 400, "{count}");
}

/// Some objects of every kind, small enough to be damaged at every byte.
fn samples() -> Vec<Vec<u8>> {
    bundles()
        .iter()
        .flat_map(|bundle| objects(bundle))
        .map(|(_, der)| der)
        .collect()
}

/// Writes it in every way; the text must be in proportion.
fn show(der: &[u8]) {
    for writer in WRITERS {
        let mut out = Vec::new();
        if writer(der, &mut out).is_err() {
            assert!(out.is_empty());
        }
        // 16 octets of one INTEGER in a CRL entry become a line and a half; an empty SEQUENCE in a
        // list of policies, a line.
        assert!(out.len() < 4_000 + 100 * der.len(), "{} octets", out.len());
    }
    drop(text::pkcs7::objects(der));
}

#[test]
fn truncations_are_no_panic() {
    for (i, der) in samples().iter().enumerate() {
        // All bytes of some, some bytes of all.
        let step = if i % 16 == 0 { 1 } else { 61 };
        for end in (0..der.len()).step_by(step) {
            show(&der[..end]);
        }
    }
}

#[test]
fn depth_and_lying_lengths_are_no_panic() {
    for unit in [
        &[0x30, 0x80][..],
        &[0x24, 0x80],
        &[0xa0, 0x80],
        &[0x31, 0x80],
        &[0x30, 0x84, 0xff, 0xff, 0xff, 0xff],
    ] {
        let mut deep = unit.repeat(10_000);
        show(&deep);
        deep.extend([0, 0].repeat(10_000));
        show(&deep);
    }
    let mut nested = Vec::new();
    for _ in 0..10_000 {
        let length = nested.len();
        let mut outer = vec![0x30, 0x84];
        outer.extend((length as u32).to_be_bytes());
        outer.extend(&nested);
        nested = outer;
        if nested.len() > 60_000 {
            break;
        }
    }
    show(&nested);
    for length in 0..=255u8 {
        show(&[0x30, length]);
        show(&[0x30, 0x82, length, 0xff, 0x30, 0x82, 0xff, length]);
        show(&[0x30, length, 0x02, 0x01, 0x00]);
    }
}

#[test]
fn a_pkcs7_bundle_yields_its_certificates() {
    let certificate = samples().swap_remove(0);
    let data = tlv(0x06, &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 1]);
    let signed = [
        tlv(0x02, &[1]),
        tlv(0x31, &[]),
        tlv(0x30, &data),
        tlv(0xa0, &certificate),
        tlv(0x31, &[]),
    ]
    .concat();
    let content = tlv(0xa0, &tlv(0x30, &signed));
    let oid = tlv(0x06, &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 2]);
    let bundle = tlv(0x30, &[oid, content].concat());
    let objects = text::pkcs7::objects(&bundle).unwrap();
    assert_eq!(objects, [text::pkcs7::Object::Certificate(certificate)]);
}

#[test]
fn the_compat_style_is_that_of_openssl_ca() {
    let bundle = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/inspect/crt-name.pem");
    for ((name, der), expected) in objects(&bundle).iter().zip(texts(&bundle, "compat")) {
        let mut out = Vec::new();
        if text::certificate_with(der, NameStyle::Compat, &mut out).is_err() {
            out = b"refused\n".to_vec();
        }
        let (ours, theirs) = (
            String::from_utf8_lossy(&out),
            String::from_utf8_lossy(&expected),
        );
        assert_eq!(ours, theirs, "{name}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn mutations_are_no_panic(
        sample in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        thread_local! {
            static SAMPLES: Vec<Vec<u8>> = samples();
        }
        SAMPLES.with(|samples| {
            let mut der = sample.get(samples).clone();
            for (at, octet) in changes {
                *at.get_mut(&mut der) = octet;
            }
            show(&der);
        });
    }

    #[test]
    fn anything_at_all_is_no_panic(der in prop::collection::vec(any::<u8>(), 0..300)) {
        show(&der);
    }
}
