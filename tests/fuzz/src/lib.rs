//! What the targets share: a CA that stands still, the whole way from a wish to a signed
//! certificate, and OpenSSL as the second judge.

use std::ffi::{CStr, c_char, c_int, c_void};
use std::ptr;
use std::sync::LazyLock;

use foreign_types::ForeignTypeRef;
use openssl::x509::{X509, X509NameRef};
use privca::keys::PublicKey;
use privca::keys::private::PrivateKey;
use privca::primitives::oid::known;
use privca::primitives::secret::Secret;
use privca::primitives::time::Timestamp;
use privca::profile::{self, IssuerFacts, Profile, Wish};
use privca::x509::certificate::Certificate;
use privca::x509::draft::{self, Authority, CertificateContent, DraftError};
use privca::x509::name::Name;
use privca::x509::serial::Serial;
use privca::x509::{lint, sign};

/// The key of the requests that the targets sign themselves.
pub static REQUEST_KEY: LazyLock<PrivateKey> =
    LazyLock::new(|| key(include_bytes!("../../../fixtures/key/ed25519.pkcs8.der")));

static CA_KEY: LazyLock<PrivateKey> =
    LazyLock::new(|| key(include_bytes!("../../../fixtures/key/p256.pkcs8.der")));

static CA_NAME: LazyLock<Name> = LazyLock::new(|| "/O=Fuzz/CN=Fuzz CA".parse().unwrap());

static AUTHORITY: LazyLock<Authority> =
    LazyLock::new(|| Authority::root(&CA_NAME, CA_KEY.public()).unwrap());

fn key(pkcs8: &[u8]) -> PrivateKey {
    PrivateKey::from_pkcs8(&Secret::new(pkcs8.to_vec())).unwrap()
}

/// One of the built-in profiles.
pub fn built_in(name: &str) -> Profile {
    let name = name.parse().unwrap();
    profile::builtin::find(&name).unwrap().unwrap()
}

/// The whole way of a wish: refused (`None`), or a certificate that the lints pass, that reads back,
/// and that OpenSSL reads and verifies. Anything else is a finding.
pub fn certify(profile: &Profile, wish: &Wish, key: &PublicKey) -> Option<Certificate> {
    let now = Timestamp::from_unix(1_800_000_000).unwrap();
    let issuer = IssuerFacts {
        subject: CA_NAME.clone(),
        not_before: Timestamp::from_unix(1_700_000_000).unwrap(),
        not_after: Timestamp::from_unix(4_000_000_000).unwrap(),
        is_ca: true,
        may_sign_certificates: true,
        path_len: None,
        name_constraints: Vec::new(),
        purposes: Vec::new(),
    };
    let grant = profile::decide(profile, wish, &issuer, now).ok()?;
    let serial = Serial::from_unsigned(&[0x42; 16]);
    let granted = grant.content(&serial);
    let content = CertificateContent {
        serial: &serial,
        subject: &granted.subject,
        not_before: grant.not_before,
        not_after: grant.not_after,
        public_key: key,
        extensions: granted.extensions,
    };
    let drafted = match draft::certificate(content, &AUTHORITY) {
        Ok(drafted) => drafted,
        // rcgen's limits, said to the user as such
        Err(DraftError::Refused(_)) => return None,
        Err(layout) => panic!("{layout}"),
    };
    let linted = lint::lint(drafted).unwrap_or_else(|findings| panic!("{findings:?}"));
    let certificate = sign::certificate(linted, &CA_KEY).unwrap();
    let judged = X509::from_der(certificate.der()).expect("OpenSSL reads what privca issues");
    let ca = openssl::pkey::PKey::public_key_from_der(CA_KEY.public().spki()).unwrap();
    assert!(judged.verify(&ca).unwrap(), "OpenSSL verifies it");
    same_name(judged.subject_name(), certificate.subject());
    Some(certificate)
}

/// The client profile gives these rights, whatever a request says.
pub fn has_a_clients_rights_only(certificate: &Certificate) {
    for extension in certificate.extensions() {
        let expected: Option<&[u8]> = match &extension.oid {
            oid if *oid == known::BASIC_CONSTRAINTS => Some(&[0x30, 0]),
            oid if *oid == known::KEY_USAGE => Some(&[3, 2, 7, 0x80]),
            oid if *oid == known::EXTENDED_KEY_USAGE => {
                Some(b"\x30\x0a\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x02")
            }
            oid if *oid == known::SUBJECT_ALT_NAME
                || *oid == known::SUBJECT_KEY_IDENTIFIER
                || *oid == known::AUTHORITY_KEY_IDENTIFIER =>
            {
                None
            }
            oid => panic!("the profile gives no {oid}"),
        };
        if let Some(expected) = expected {
            assert_eq!(extension.value, expected, "{}", extension.oid);
        }
    }
}

/// OpenSSL has the same bytes, and prints them in one line in the same way: that line is the key of
/// `index.txt`.
pub fn same_name(theirs: &X509NameRef, ours: &Name) {
    assert_eq!(theirs.to_der().unwrap(), ours.der());
    unsafe extern "C" {
        fn X509_NAME_oneline(name: *const c_void, buffer: *mut c_char, size: c_int) -> *mut c_char;
    }
    // SAFETY: the name lives for the call; OpenSSL allocates the line and ends it with a null byte
    let line = unsafe {
        let line = X509_NAME_oneline(theirs.as_ptr().cast(), ptr::null_mut(), 0);
        assert!(!line.is_null());
        let text = CStr::from_ptr(line).to_str().unwrap().to_owned();
        openssl_sys::OPENSSL_free(line.cast());
        text
    };
    assert_eq!(ours.oneline(), line);
}
