//! Distinguished names: kept byte for byte as they were read, built from attributes, and printed.

use std::fmt;

use super::attribute;
pub use super::attribute::{Attribute, BadAttribute, Fault};
use crate::primitives::der::{self, DerError, tag};
use crate::primitives::hex;
use crate::primitives::oid::{Oid, known};

/// A Name (RFC 5280, 4.1.2.4), held as the DER that was read, so that copying it into another
/// certificate changes nothing: not the order, not the string types, not the grouping.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Name(Vec<u8>);

impl Name {
    /// The name with no attributes.
    pub fn empty() -> Self {
        Self(der::sequence::<&[u8]>(&[]))
    }

    /// Takes a Name over as it is, after a look at its structure.
    ///
    /// # Errors
    /// When `input` is not a SEQUENCE of SETs of attributes in DER.
    pub fn from_der(input: &[u8]) -> Result<Self, DerError> {
        let name = Self(input.to_vec());
        name.try_rdns().map(|_| name)
    }

    /// Encodes the RDNs in the order given; the attributes of one RDN in DER's order.
    pub fn from_rdns(rdns: &[Vec<Attribute>]) -> Self {
        let sets: Vec<Vec<u8>> = rdns
            .iter()
            .map(|rdn| der::set_of(rdn.iter().map(Attribute::to_der).collect()))
            .collect();
        Self(der::sequence(&sets))
    }

    /// The whole element.
    pub fn der(&self) -> &[u8] {
        &self.0
    }

    /// True for the name with no attributes.
    pub fn is_empty(&self) -> bool {
        self.0 == [tag::SEQUENCE, 0]
    }

    /// The relative distinguished names in order.
    pub fn rdns(&self) -> Vec<Vec<Attribute>> {
        self.try_rdns().unwrap_or_default()
    }

    /// The attributes in order, whatever RDN they are in.
    pub fn attributes(&self) -> impl Iterator<Item = Attribute> {
        self.rdns().into_iter().flatten()
    }

    /// The values of one attribute type as text, in order.
    pub fn values(&self, oid: &Oid) -> Vec<String> {
        self.attributes()
            .filter(|a| a.oid == *oid)
            .map(|a| a.text())
            .collect()
    }

    /// The last common name, which is the most specific one.
    pub fn common_name(&self) -> Option<String> {
        self.values(&known::COMMON_NAME).pop()
    }

    /// Why no certificate should carry a name of this build, whatever its values are: an RDN without
    /// attributes (RFC 5280, appendix A.1), with one type twice (X.501, 9.3) or not in DER's order
    /// (X.690, 11.6), or more than peers take.
    pub fn fault(&self) -> Option<&'static str> {
        if self.0.len() > MOST_BYTES {
            return Some("has more than 16 KiB");
        }
        let rdns = self.rdns();
        if rdns.iter().map(Vec::len).sum::<usize>() > MOST_ATTRIBUTES {
            return Some("has more than 100 attributes");
        }
        rdns.iter().find_map(|rdn| {
            if rdn.is_empty() {
                return Some("has a relative name without attributes");
            }
            let mut types: Vec<&Oid> = rdn.iter().map(|a| &a.oid).collect();
            types.sort();
            let doubled = types
                .windows(2)
                .any(|pair| matches!(pair, [a, b] if a == b));
            if doubled {
                return Some("has one type twice in a relative name");
            }
            let encoded: Vec<Vec<u8>> = rdn.iter().map(Attribute::to_der).collect();
            (!encoded.is_sorted()).then_some("has a relative name that is not in DER's order")
        })
    }

    fn try_rdns(&self) -> Result<Vec<Vec<Attribute>>, DerError> {
        attribute::rdns(der::only(&self.0, tag::SEQUENCE, "a name is no SEQUENCE")?)
    }

    /// The RDNs in a form in which names that match are equal (RFC 5280, 7.1, as OpenSSL does it):
    /// the case of ASCII letters and the string type don't count, runs of blanks count as one.
    pub fn canonical(&self) -> Vec<Vec<(Oid, String)>> {
        let fold = |a: &Attribute| {
            // OpenSSL takes a NumericString for no text
            let text = match a.tag {
                tag::NUMERIC_STRING => format!("#{}", hex::lower(&der::tlv(a.tag, &a.value))),
                _ => a.text(),
            };
            let words: Vec<String> = text
                .split(|c: char| c.is_ascii_whitespace() || c == '\u{b}')
                .filter(|word| !word.is_empty())
                .map(str::to_ascii_lowercase)
                .collect();
            (a.oid.clone(), words.join(" "))
        };
        let rdns = self.rdns();
        let mut rdns: Vec<Vec<(Oid, String)>> = rdns
            .iter()
            .map(|rdn| rdn.iter().map(fold).collect())
            .collect();
        rdns.iter_mut().for_each(|rdn| rdn.sort());
        rdns
    }

    /// OpenSSL's one-line form, `/C=DE/O=Example/CN=x`, as `index.txt` has it
    /// (`X509_NAME_oneline` of OpenSSL 3: bytes outside 0x20 to 0x7E as `\xHH`, those of a BMPString
    /// one by one; `/` and `+` escaped, a backslash not).
    pub fn oneline(&self) -> String {
        let mut line = String::new();
        for rdn in self.rdns() {
            for (i, attribute) in rdn.iter().enumerate() {
                line.push(if i == 0 { '/' } else { '+' });
                line.push_str(&attribute.label());
                line.push('=');
                attribute.push_oneline_value(&mut line);
            }
        }
        line
    }

    /// RFC 4514's string: last RDN first, OpenSSL's short names, specials escaped.
    pub fn rfc4514(&self) -> String {
        let mut rdns = self.rdn_texts();
        rdns.reverse();
        rdns.join(",")
    }

    fn rdn_texts(&self) -> Vec<String> {
        let text = |rdn: &Vec<Attribute>| {
            let attributes: Vec<String> = rdn.iter().map(Attribute::rfc4514).collect();
            attributes.join("+")
        };
        self.rdns().iter().map(text).collect()
    }
}

/// OpenSSL sends and takes certificates of 100 KiB at most; a name of more than a few hundred bytes is
/// an attack or a mistake.
const MOST_BYTES: usize = 16 << 10;
const MOST_ATTRIBUTES: usize = 100;

impl fmt::Display for Name {
    /// For people: `C=DE, O=Example, CN=x` in the certificate's order, specials and control
    /// characters escaped as in RFC 4514.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.rdn_texts().join(", "))
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Name({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(attributes: &[(Oid, u8, &[u8])]) -> Name {
        let rdns: Vec<Vec<Attribute>> = attributes
            .iter()
            .map(|(oid, tag, value)| {
                vec![Attribute {
                    oid: oid.clone(),
                    tag: *tag,
                    value: value.to_vec(),
                }]
            })
            .collect();
        Name::from_rdns(&rdns)
    }

    #[test]
    fn oneline_is_openssl_3s() {
        // expectations: EasyRSA rows written by OpenSSL 3.0
        for (value, line) in [
            ("tab\there", "/CN=tab\\x09here"),
            ("Jürgen Müller", "/CN=J\\xC3\\xBCrgen M\\xC3\\xBCller"),
            ("slash/in/cn", "/CN=slash\\/in\\/cn"),
            ("back\\slash", "/CN=back\\slash"),
            (
                "comma, eq=x +plus \"q\" #h",
                "/CN=comma, eq=x \\+plus \"q\" #h",
            ),
        ] {
            let name = name(&[(known::COMMON_NAME, tag::UTF8_STRING, value.as_bytes())]);
            assert_eq!(name.oneline(), line);
        }
        // strings in parts and what is no string, which the fuzzer held against X509_NAME_oneline
        let parts = name(&[(known::COMMON_NAME, 0x2c, &[0x0c, 1, b'x'])]);
        assert_eq!(parts.oneline(), "/CN=x");
        let of_other_types = name(&[(known::COMMON_NAME, 0x2c, &[0x08, 1, b'x', 0x0c, 1, b'y'])]);
        assert_eq!(of_other_types.oneline(), "/CN=xy");
        let bits_in_parts = name(&[(known::COMMON_NAME, 0x23, &[0x03, 2, 2, 0x47])]);
        assert_eq!(bits_in_parts.oneline(), "/CN=D");
        let bits = name(&[(known::COMMON_NAME, tag::BIT_STRING, &[2, 0x47])]);
        assert_eq!(bits.oneline(), "/CN=D");
        let whole = name(&[(known::COMMON_NAME, tag::SEQUENCE, &[0x0c, 1, b'x'])]);
        assert_eq!(whole.oneline(), "/CN=0\\x03\\x0C\\x01x");
    }

    #[test]
    fn string_types_are_decoded() {
        let text = |tag, value: &[u8]| {
            Attribute {
                oid: known::COMMON_NAME,
                tag,
                value: value.to_vec(),
            }
            .text()
        };
        assert_eq!(text(tag::TELETEX_STRING, b"M\xfcller"), "Müller");
        assert_eq!(text(tag::BMP_STRING, &[0, 0x4d, 0, 0xfc]), "Mü");
        assert_eq!(text(tag::UNIVERSAL_STRING, &[0, 0, 0, 0x4d]), "M");
        assert_eq!(text(tag::BIT_STRING, &[0, 1]), "#03020001");
    }

    #[test]
    fn values_no_certificate_should_carry() {
        let fault = |oid: Oid, text: &str| Attribute::new(oid, text).map_err(|e| e.fault).err();
        assert_eq!(fault(known::COMMON_NAME, "a\0b"), Some(Fault::Control));
        assert_eq!(
            fault(known::COMMON_NAME, "a\u{202e}b"),
            Some(Fault::Control)
        );
        assert_eq!(
            fault(known::COMMON_NAME, "a\u{200b}b"),
            Some(Fault::Control)
        );
        assert_eq!(fault(known::COMMON_NAME, "می\u{200c}خواهم"), None);
        assert_eq!(fault(known::COMMON_NAME, ""), Some(Fault::Empty));
        assert_eq!(fault(known::COUNTRY, "Ü1"), Some(Fault::Characters));
        assert_eq!(
            fault(known::COUNTRY, "DEU"),
            Some(Fault::Length {
                length: 3,
                least: 2,
                most: 2
            })
        );
        assert_eq!(fault(known::COMMON_NAME, &"ü".repeat(64)), None);
        assert!(fault(known::COMMON_NAME, &"x".repeat(65)).is_some());
    }

    #[test]
    fn terminals_are_not_fooled() {
        let name = name(&[(
            known::COMMON_NAME,
            tag::UTF8_STRING,
            "a\u{1b}[2Jb\u{202e}c".as_bytes(),
        )]);
        assert_eq!(name.to_string(), "CN=a\\1B[2Jb\\E2\\80\\AEc");
    }
}
