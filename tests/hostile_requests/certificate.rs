//! A certificate as `x509-parser` reads it, held against the profile's rights and the request.

use x509_parser::prelude::*;

use crate::fixture;
use crate::support::Bench;
use crate::table::Row;

/// The whole of what a profile gives: OID, critical, value in hex. Alternative names and key
/// identifiers follow from the request and the keys.
fn rights(profile: &str) -> &'static [(&'static str, bool, &'static str)] {
    match profile {
        "client" | "narrow" => &[
            ("2.5.29.19", true, "3000"),
            ("2.5.29.15", true, "03020780"),
            ("2.5.29.37", false, "300a06082b06010505070302"),
        ],
        "server" => &[
            ("2.5.29.19", true, "3000"),
            ("2.5.29.15", true, "03020780"),
            ("2.5.29.37", false, "300a06082b06010505070301"),
        ],
        "subca" => &[
            ("2.5.29.19", true, "30060101ff020100"),
            ("2.5.29.15", true, "03020106"),
        ],
        other => panic!("{other}"),
    }
}

pub(crate) fn judge(bench: &Bench, row: &Row, names: &[&str]) {
    let file = bench.read("pki/issued/x.crt");
    let (_, pem) = parse_x509_pem(file.as_bytes()).unwrap();
    let certificate = pem.parse_x509().unwrap();
    let (_, ca) = parse_x509_pem(bench.read("pki/ca.crt").as_bytes()).unwrap();
    let ca = ca.parse_x509().unwrap();
    certificate.verify_signature(Some(ca.public_key())).unwrap();
    assert_eq!(certificate.version(), X509Version::V3);
    assert_eq!(certificate.issuer().as_raw(), ca.subject().as_raw());

    // the subject and the key byte for byte
    let stem = if row.file.starts_with("pem_") {
        // all of alice's sound request, as this one is
        "attributes_missing"
    } else {
        row.file
    };
    let request = std::fs::read(fixture(stem)).unwrap();
    assert!(
        contains(&request, certificate.subject().as_raw()),
        "{row:?}: subject"
    );
    assert!(
        contains(&request, certificate.public_key().raw),
        "{row:?}: key"
    );

    // the extensions: those of the profile and no others
    let mut found: Vec<(String, bool, String)> = Vec::new();
    for extension in certificate.extensions() {
        let oid = extension.oid.to_id_string();
        match oid.as_str() {
            "2.5.29.14" => {
                let bits = &certificate.public_key().subject_public_key.data;
                let digest = ring::digest::digest(&ring::digest::SHA1_FOR_LEGACY_USE_ONLY, bits);
                assert_eq!(&extension.value[2..], digest.as_ref(), "{row:?}");
                assert!(!extension.critical);
            }
            "2.5.29.35" => {
                let ca_id = ca
                    .get_extension_unique(&oid_registry::OID_X509_EXT_SUBJECT_KEY_IDENTIFIER)
                    .unwrap()
                    .unwrap();
                assert_eq!(&extension.value[4..], &ca_id.value[2..], "{row:?}");
                assert!(!extension.critical);
            }
            "2.5.29.17" => {
                let empty = certificate.subject().iter().next().is_none();
                assert_eq!(extension.critical, empty, "{row:?}");
            }
            _ => found.push((oid, extension.critical, hex(extension.value))),
        }
    }
    let given: Vec<(String, bool, String)> = rights(row.profile)
        .iter()
        .map(|(oid, critical, value)| ((*oid).to_owned(), *critical, (*value).to_owned()))
        .collect();
    assert_eq!(found, given, "{row:?}");

    // the names
    let alternative = certificate.subject_alternative_name().unwrap();
    let found: Vec<String> = alternative
        .map(|e| e.value.general_names.iter().map(shown).collect())
        .unwrap_or_default();
    let expected: Vec<String> = match names {
        // too many to write down
        ["h0.example to h999.example"] => (0..1000).map(|i| format!("dns:h{i}.example")).collect(),
        names => names.iter().map(|name| (*name).to_owned()).collect(),
    };
    assert_eq!(found, expected, "{row:?}");
}

fn shown(name: &GeneralName<'_>) -> String {
    match name {
        GeneralName::RFC822Name(text) => format!("email:{text}"),
        GeneralName::DNSName(text) => format!("dns:{text}"),
        GeneralName::URI(text) => format!("uri:{text}"),
        GeneralName::IPAddress([a, b, c, d]) => format!("ip:{a}.{b}.{c}.{d}"),
        GeneralName::DirectoryName(name) => format!("dirname:{name}"),
        GeneralName::RegisteredID(oid) => format!("rid:{oid}"),
        // [0] { UTF8String }: two headers of two bytes
        GeneralName::OtherName(oid, value) => {
            format!("{oid}:{}", String::from_utf8_lossy(&value[4..]))
        }
        other => panic!("{other:?}"),
    }
}

fn contains(whole: &[u8], part: &[u8]) -> bool {
    whole.windows(part.len()).any(|window| window == part)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
