//! What a revocation list says apart from its entries, from its two ends alone: a list may have a
//! million entries, and who made it, when, and with which number stands before and behind them.

use super::extension::Extension;
use super::name::Name;
use super::serial::Serial;
use crate::primitives::der::{self, Reader, tag};
use crate::primitives::oid::known;
use crate::primitives::time::Timestamp;

/// What stands in front of the entries.
#[derive(Clone, Debug)]
pub struct Outline {
    /// Whose it is.
    pub issuer: Name,
    /// When it was made.
    pub this_update: Timestamp,
    /// When the next one is due at the latest.
    pub next_update: Option<Timestamp>,
    /// How long the whole list is.
    length: usize,
    /// Where its extensions begin, and where they end.
    extensions: (usize, usize),
}

impl Outline {
    /// From the first bytes of a list; `None` where they are no list's, or too few.
    pub fn read(head: &[u8]) -> Option<Self> {
        let outer = Header::read(head, 0)?;
        let signed = Header::read(head, outer.contents)?;
        let mut fields = Reader::new(head.get(signed.contents..)?);
        fields.optional(tag::INTEGER).ok()?;
        fields.require(tag::SEQUENCE, "no algorithm").ok()?;
        let issuer = fields.require(tag::SEQUENCE, "no issuer").ok()?;
        let issuer = Name::from_der(issuer.raw).ok()?;
        let this_update = fields.any().ok()?;
        let this_update = Timestamp::from_asn1(this_update.tag, this_update.value)?;
        let mut next_update = None;
        if let Some(tag::UTC_TIME | tag::GENERALIZED_TIME) = fields.peek() {
            let time = fields.any().ok()?;
            next_update = Timestamp::from_asn1(time.tag, time.value);
        }
        let mut behind = signed.contents + fields.offset();
        if fields.peek() == Some(tag::SEQUENCE) {
            behind = Header::read(head, behind)?.end;
        }
        Some(Self {
            issuer,
            this_update,
            next_update,
            length: outer.end,
            extensions: (behind, signed.end),
        })
    }

    /// The list's number (RFC 5280, 5.2.3; EasyRSA's have none), from the last bytes of the list;
    /// the outer `None` where they are too few, or not those of this list.
    pub fn number(&self, tail: &[u8]) -> Option<Option<Serial>> {
        let (begin, end) = self.extensions;
        if begin == end {
            return Some(None);
        }
        let missing = self.length.checked_sub(tail.len())?;
        let range = begin.checked_sub(missing)?..end.checked_sub(missing)?;
        let wrapped = tail.get(range)?;
        let wrapped = der::only(wrapped, tag::context_constructed(0), "no extensions").ok()?;
        let extensions = Extension::read_all(wrapped.value).ok()?;
        let number = extensions.iter().find(|e| e.oid == known::CRL_NUMBER);
        Some(match number {
            None => None,
            Some(number) => {
                let number = der::only(&number.value, tag::INTEGER, "no INTEGER").ok()?;
                Some(Serial::from_contents(number.value))
            }
        })
    }
}

/// Where the contents of a SEQUENCE begin and end, however much of them is there.
struct Header {
    contents: usize,
    end: usize,
}

impl Header {
    fn read(input: &[u8], at: usize) -> Option<Self> {
        let [tag::SEQUENCE, first, rest @ ..] = input.get(at..)? else {
            return None;
        };
        let (length, size) = match first {
            0..=0x7f => (usize::from(*first), 2),
            0x81..=0x84 => {
                let count = usize::from(first & 0x7f);
                let digits = rest.get(..count)?;
                let length = digits.iter().fold(0, |n, d| n << 8 | usize::from(*d));
                (length, 2 + count)
            }
            _ => return None,
        };
        let contents = at + size;
        Some(Self {
            contents,
            end: contents + length,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::revocation_list::Published;

    /// One with a number.
    fn list(entries: usize) -> Vec<u8> {
        let name: Name = "/O=Example/CN=x".parse().unwrap();
        let time = Timestamp::EPOCH.to_der();
        let entry = der::sequence(&[der::unsigned(&[7]), time.clone()]);
        let number = Extension {
            oid: known::CRL_NUMBER,
            critical: false,
            value: der::unsigned(&[0x12, 0x34]),
        };
        let algorithm = der::sequence(&[known::ED25519.to_der()]);
        let mut fields = vec![
            der::unsigned(&[1]),
            algorithm.clone(),
            name.der().to_vec(),
            time.clone(),
            time,
        ];
        if entries > 0 {
            fields.push(der::sequence(&vec![entry; entries]));
        }
        let extensions = der::sequence(&[number.to_der()]);
        fields.push(der::tlv(tag::context_constructed(0), &extensions));
        der::sequence(&[der::sequence(&fields), algorithm, der::bit_string(&[1; 64])])
    }

    #[test]
    fn the_ends_say_what_the_whole_says() {
        for entries in [0, 1, 3, 100, 5000] {
            let der = list(entries);
            let whole = Published::read(&der).unwrap();
            let head = der.get(..200).unwrap_or(&der);
            let tail = der.get(der.len().saturating_sub(150)..).unwrap();
            let outline = Outline::read(head).unwrap();
            assert_eq!(outline.issuer.der(), whole.issuer.der());
            assert_eq!(outline.this_update, whole.this_update);
            assert_eq!(outline.next_update, whole.next_update);
            assert_eq!(outline.number(tail), Some(whole.number));
        }
    }

    #[test]
    fn too_little_says_nothing_and_nothing_panics() {
        let der = list(100);
        let outline = Outline::read(&der).unwrap();
        for length in 0..der.len() {
            let (head, tail) = (&der[..length], &der[length..]);
            if let Some(short) = Outline::read(head) {
                assert_eq!(short.this_update, outline.this_update);
            }
            let number = outline.number(tail);
            assert!(
                number.is_none() || number == outline.number(&der),
                "{length}"
            );
        }
        assert!(Outline::read(b"\x30\x84\xff\xff\xff\xff\x30\x84\xff\xff\xff\xff").is_none());
    }
}
