//! A subject as a person types it, and as a stranger encodes it: it survives printing and reading,
//! and OpenSSL has the same bytes and the same line for `index.txt`.

#![no_main]

use libfuzzer_sys::fuzz_target;
use openssl::x509::X509Name;
use privca::primitives::der::tag;
use privca::x509::attribute::Attribute;
use privca::x509::name::Name;
use privca_fuzz::same_name;

fuzz_target!(|input: &[u8]| {
    if let Ok(Ok(name)) = std::str::from_utf8(input).map(str::parse::<Name>) {
        assert_eq!(Name::from_der(name.der()), Ok(name.clone()));
        let theirs = X509Name::from_der(name.der()).expect("OpenSSL reads what privca writes");
        same_name(&theirs, &name);
        reads_back(&name);
    }
    if let Ok(name) = Name::from_der(input)
        && let Ok(theirs) = X509Name::from_der(input)
    {
        if theirs.entries().count() == name.attributes().count() {
            same_name(&theirs, &name);
        }
        reads_back(&name);
    }
});

/// Printed and read, a name that a certificate may carry matches itself.
fn reads_back(name: &Name) {
    let sound = name.fault().is_none()
        && name
            .attributes()
            .all(|a| a.check().is_ok() && a.tag != tag::NUMERIC_STRING && is_of_its_type(&a));
    let text = name.rfc4514();
    if !sound || name.is_empty() || name.rdns().iter().any(Vec::is_empty) {
        return;
    }
    match text.parse::<Name>() {
        Ok(again) => {
            assert_eq!(again.rfc4514(), text);
            assert_eq!(again.canonical(), name.canonical());
        }
        Err(bad) => panic!("{text:?} of {:02x?} does not read back: {bad}", name.der()),
    }
}

/// C, serialNumber, dnQualifier, emailAddress and DC are of one string type each: another one may
/// hold what cannot be typed for them.
fn is_of_its_type(attribute: &Attribute) -> bool {
    let typed = Attribute::new(attribute.oid.clone(), "DE").expect("two letters suit each of them");
    typed.tag == tag::UTF8_STRING || typed.tag == attribute.tag
}
