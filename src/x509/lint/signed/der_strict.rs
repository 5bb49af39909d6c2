//! Signatures cover bytes: what has two encodings can be read in two ways. Lengths are checked by the
//! reader itself, a list's entries by a rule of their own, the order of sets by another.

use crate::primitives::der::{Reader, Tlv, tag};
use crate::primitives::oid::Oid;
use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::Object;

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "der-strict",
    clause: "X.690, 8 to 11",
    severity: Severity::Error,
    always_kept: false,
    asks: "every element is DER: minimal INTEGERs, BOOLEANs 00 or FF, no bits unused but set",
    test: Test::Signed(test),
};

/// Nobody nests deeper.
const DEPTH: u32 = 32;

fn test(object: &Object<'_>) -> Option<String> {
    let mut fields = object.frame().to_be_signed.reader();
    // the issuer is copied from the CA's certificate, and was settled there
    let (entries, issuer) = match object {
        Object::Crl(list) => (list.entries, Some(&list.issuer)),
        Object::Certificate(certificate) => (None, Some(&certificate.issuer)),
        Object::Request(_) => (None, None),
    };
    let entries = entries.map(<[u8]>::as_ptr);
    while !fields.is_empty() {
        let field = fields.any().ok()?;
        let is_issuer = issuer.is_some_and(|issuer| issuer.raw == field.raw);
        if entries != Some(field.value.as_ptr()) && !is_issuer {
            let said = fault(&field, DEPTH);
            if said.is_some() {
                return said;
            }
        }
    }
    // what an extension holds that is no DER at all is another rule's
    object.extensions().iter().find_map(|extension| {
        let element = Reader::new(extension.value).any().ok()?;
        let said = fault(&element, DEPTH)?;
        Some(format!("{}: {said}", extension.label()))
    })
}

/// Why an element is no DER, in words.
pub(in crate::x509::lint) fn fault(element: &Tlv<'_>, depth: u32) -> Option<String> {
    let said = |what: &str| Some(what.to_owned());
    match (element.tag, element.value) {
        (tag::BOOLEAN, [0x00 | 0xff]) => None,
        (tag::BOOLEAN, _) => said("a BOOLEAN is neither 00 nor FF"),
        (tag::INTEGER | tag::ENUMERATED, []) => said("an INTEGER has no contents"),
        (tag::INTEGER | tag::ENUMERATED, [0, 0..=0x7f, ..] | [0xff, 0x80..=0xff, ..]) => {
            said("an INTEGER is not minimal")
        }
        (tag::BIT_STRING, [0, ..]) => None,
        (tag::BIT_STRING, [unused @ 1..=7, .., last])
            if last.trailing_zeros() >= u32::from(*unused) =>
        {
            None
        }
        (tag::BIT_STRING, _) => said("a BIT STRING has unused bits that are set, or more than 7"),
        (tag::NULL, [_, ..]) => said("a NULL has contents"),
        (tag::OID, contents) if Oid::from_contents(contents).is_none() => {
            said("an OBJECT IDENTIFIER is malformed")
        }
        (0x21..=0x2f | 0x32..=0x3f, _) => said("a string is put together from parts"),
        (t, _) if t & 0x20 != 0 => nested(element, depth),
        _ => None,
    }
}

fn nested(element: &Tlv<'_>, depth: u32) -> Option<String> {
    let Some(below) = depth.checked_sub(1) else {
        return Some(format!("elements are nested more than {DEPTH} deep"));
    };
    let mut parts = element.reader();
    while !parts.is_empty() {
        match parts.any() {
            Ok(part) => {
                let said = fault(&part, below);
                if said.is_some() {
                    return said;
                }
            }
            Err(error) => return Some(error.to_string()),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn primitives_have_one_form() {
        let said = |der: &[u8]| Reader::new(der).any().ok().and_then(|e| fault(&e, DEPTH));
        for good in [
            &[1, 1, 0xff][..],
            &[2, 1, 0],
            &[2, 2, 0, 0x80],
            &[3, 2, 7, 0x80],
            &[3, 1, 0],
            &[5, 0],
            &[0x30, 3, 1, 1, 0],
        ] {
            assert_eq!(said(good), None, "{good:x?}");
        }
        for bad in [
            &[1, 1, 1][..],
            &[2, 0],
            &[2, 2, 0, 0x7f],
            &[2, 2, 0xff, 0x80],
            &[3, 0],
            &[3, 1, 1],
            &[3, 2, 7, 0xc0],
            &[3, 2, 8, 0],
            &[5, 1, 0],
            &[6, 0],
            &[0x24, 2, 4, 0],
            &[0x30, 3, 1, 1, 7],
            &[0x30, 1, 1],
        ] {
            assert!(said(bad).is_some(), "{bad:x?}");
        }
        let deep = (0..40).fold(vec![5, 0], |inner, _| {
            crate::primitives::der::sequence(&[inner])
        });
        assert!(said(&deep).is_some());
    }
}
