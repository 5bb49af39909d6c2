//! Sound structures for the cases of rules, to be broken in one point each.

use super::view::{
    Attribute, Certificate, Crl, Entry, Extension, Frame, GeneralName, Name, Request,
};
use crate::keys::{KeyType, PrivateKey, generate};
use crate::primitives::der::{self, Reader, tag};
use crate::primitives::oid::{Oid, known};
use crate::primitives::time::{Span, Timestamp};
use crate::x509::draft::{self, Authority, CertificateContent, RevocationListContent, ToBeSigned};
use crate::x509::extension::Extension as Drafted;
use crate::x509::key_usage::KeyUsage;
use crate::x509::revocation::Reason;
use crate::x509::revocation_list::{self, Entries};
use crate::x509::serial::Serial;
use crate::x509::{general_name, name};

/// A name constraint: permitted is dns:example.com.
pub(super) const DNS_CONSTRAINT: &[u8] = b"\x30\x11\xa0\x0f\x30\x0d\x82\x0bexample.com";

fn key() -> PrivateKey {
    generate::generate(KeyType::EcP256).unwrap()
}

fn now() -> Timestamp {
    "2026-11-21T00:32:06Z".parse().unwrap()
}

fn leaked<K>(draft: ToBeSigned<K>) -> Frame<'static> {
    Frame::of_draft(draft.der.leak(), draft.signature_algorithm).unwrap()
}

fn drafted(subject: &str, issuer: &str, extensions: Vec<Drafted>) -> Certificate<'static> {
    let key = key();
    let subject: name::Name = subject.parse().unwrap();
    let authority = Authority::root(&issuer.parse().unwrap(), key.public()).unwrap();
    let content = CertificateContent {
        serial: &Serial::from_unsigned(&[0x7f; 16]),
        subject: &subject,
        not_before: now(),
        not_after: now().plus(Span::years(1)).unwrap(),
        public_key: key.public(),
        extensions,
    };
    Certificate::read(leaked(draft::certificate(content, &authority).unwrap())).unwrap()
}

/// A server's certificate.
pub(super) fn certificate() -> Certificate<'static> {
    let names = [general_name::GeneralName::Dns("www.example.com".to_owned())];
    let extensions = vec![
        Drafted::basic_constraints(false, None),
        Drafted::key_usage(KeyUsage::DIGITAL_SIGNATURE),
        Drafted::extended_key_usage(&[known::SERVER_AUTH], false),
        Drafted::subject_alt_name(&names, false),
    ];
    drafted("/CN=www.example.com", "/CN=Example CA", extensions)
}

/// A root.
pub(super) fn ca() -> Certificate<'static> {
    let usage = KeyUsage::KEY_CERT_SIGN.with(KeyUsage::CRL_SIGN);
    let extensions = vec![
        Drafted::basic_constraints(true, Some(1)),
        Drafted::key_usage(usage),
    ];
    drafted("/CN=Example CA", "/CN=Example CA", extensions)
}

/// The same without one extension.
pub(super) fn without<'a>(mut certificate: Certificate<'a>, oid: &Oid) -> Certificate<'a> {
    certificate.extensions.retain(|e| e.oid != *oid);
    certificate
}

/// The same with another value of one extension.
pub(super) fn with<'a>(certificate: Certificate<'a>, oid: Oid, value: &'a [u8]) -> Certificate<'a> {
    let mut certificate = without(certificate, &oid);
    certificate.extensions.push(Extension {
        oid,
        flag: None,
        value,
    });
    certificate
}

/// A request that asks for a host name.
pub(super) fn request() -> Request<'static> {
    let names = [general_name::GeneralName::Dns("www.example.com".to_owned())];
    let subject: name::Name = "/CN=www.example.com".parse().unwrap();
    let extensions = [Drafted::subject_alt_name(&names, false)];
    let draft = draft::request(&subject, &extensions, &key()).unwrap();
    Request::read(leaked(draft)).unwrap()
}

/// A list with an entry.
pub(super) fn crl() -> Crl<'static> {
    let key = key();
    let authority = Authority::root(&"/CN=Example CA".parse().unwrap(), key.public()).unwrap();
    let mut entries = Entries::default();
    entries.push(&revocation_list::Entry {
        serial: &Serial::from_unsigned(&[0x7f; 16]),
        at: now(),
        reason: Some(Reason::Superseded),
        hold_instruction: None,
        invalidity: None,
    });
    let content = RevocationListContent {
        number: &Serial::from_unsigned(&[1]),
        this_update: now(),
        next_update: now().plus(Span::years(1)).unwrap(),
        entries,
    };
    Crl::read(leaked(draft::revocation_list(content, &authority).unwrap())).unwrap()
}

/// The list's entry.
pub(super) fn entry() -> Entry<'static> {
    crl().entries().next().unwrap().unwrap()
}

/// The name of nobody.
/// What a rule says of the list's entry with this extension alone.
pub(super) fn said_of_entry(test: EntryTest, oid: Oid, value: &[u8]) -> Option<String> {
    let extension = Extension {
        oid,
        flag: None,
        value,
    };
    test(&entry(), &[extension], &crl())
}

type EntryTest = fn(&Entry<'_>, &[Extension<'_>], &Crl<'_>) -> Option<String>;

pub(super) fn empty_name() -> Name<'static> {
    Name::read(Reader::new(&[0x30, 0]).any().unwrap()).unwrap()
}

/// An attribute in the string type that it should have, whatever the text.
pub(super) fn attribute(kind: &str, text: &str) -> Attribute {
    let oid = Oid::by_name(kind).unwrap();
    Attribute {
        tag: crate::x509::attribute::string_type(&oid),
        oid,
        value: text.as_bytes().to_vec(),
    }
}

/// Any alternative name.
pub(super) fn general_name(tag: u8, value: &[u8]) -> GeneralName<'static> {
    let element: &'static [u8] = der::tlv(tag, value).leak();
    GeneralName(Reader::new(element).any().unwrap())
}

/// A dNSName.
pub(super) fn dns(text: &str) -> GeneralName<'static> {
    general_name(tag::context(2), text.as_bytes())
}

/// An rfc822Name.
pub(super) fn email(text: &str) -> GeneralName<'static> {
    general_name(tag::context(1), text.as_bytes())
}

/// A uniformResourceIdentifier.
pub(super) fn uri(text: &str) -> GeneralName<'static> {
    general_name(tag::context(6), text.as_bytes())
}

/// An iPAddress.
pub(super) fn ip(octets: &[u8]) -> GeneralName<'static> {
    general_name(tag::context(7), octets)
}

/// GeneralNames.
pub(super) fn names(names: &[GeneralName<'_>]) -> Vec<u8> {
    let parts: Vec<&[u8]> = names.iter().map(|name| name.0.raw).collect();
    der::sequence(&parts)
}

#[test]
fn what_stands_twice_is_found_among_very_many() {
    // each compared with each other, these would take an hour
    let of = |n: u32| format!("1.3.6.1.4.1.99999.{n}").parse::<Oid>().unwrap();
    let many: Vec<Oid> = (0..100_000).chain([7]).map(of).collect();
    let extension = |oid: &Oid| Extension {
        oid: oid.clone(),
        flag: None,
        value: &[5, 0],
    };
    let purposes = Drafted::extended_key_usage(&many, false).value;
    let mut bad = with(certificate(), known::EXTENDED_KEY_USAGE, &purposes);
    let policies: Vec<Vec<u8>> = many
        .iter()
        .map(|oid| der::sequence(&[oid.to_der()]))
        .collect();
    let policies = der::sequence(&policies);
    bad = with(bad, known::CERTIFICATE_POLICIES, &policies);
    bad.extensions.extend(many.iter().map(extension));
    let found = super::look::at(&super::view::Object::Certificate(bad));
    for rule in ["extension-once", "purposes-once", "policies-once"] {
        assert!(found.iter().any(|f| f.rule.name == rule), "{rule}");
    }
}
