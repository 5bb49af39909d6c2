//! Attributes of distinguished names: their types, string types, bounds, and how they print.

use std::borrow::Cow;
use std::fmt;

use crate::primitives::ber;
use crate::primitives::der::{self, DerError, Reader, Tlv, tag};
use crate::primitives::hex;
use crate::primitives::oid::{Oid, known};

/// The RDNs of a name's SEQUENCE, in its order; they may be empty.
pub(super) fn rdns(name: Tlv<'_>) -> Result<Vec<Vec<Attribute>>, DerError> {
    let mut sequence = name.reader();
    let mut rdns = Vec::new();
    while !sequence.is_empty() {
        let mut set = sequence.require(tag::SET, "an RDN is no SET")?.reader();
        let mut rdn = Vec::new();
        while !set.is_empty() {
            rdn.push(Attribute::read(&mut set)?);
        }
        rdns.push(rdn);
    }
    Ok(rdns)
}

/// One AttributeTypeAndValue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// The attribute's type.
    pub oid: Oid,
    /// The ASN.1 tag of the value, usually one of the string types.
    pub tag: u8,
    /// The value's contents octets.
    pub value: Vec<u8>,
}

impl Attribute {
    /// An attribute in the string type that OpenSSL's default mask gives it: PrintableString where
    /// RFC 5280 demands it (C, serialNumber, dnQualifier), IA5String for emailAddress and DC,
    /// otherwise UTF8String.
    ///
    /// # Errors
    /// When the value has characters that this type cannot hold, or a length that the attribute's
    /// upper bound (RFC 5280, appendix A.1) does not allow.
    pub fn new(oid: Oid, text: &str) -> Result<Self, BadAttribute> {
        let tag = string_type(&oid);
        let fits = match tag {
            tag::PRINTABLE_STRING => text.bytes().all(is_printable_string),
            tag::IA5_STRING => text.is_ascii(),
            _ => true,
        };
        let attribute = Self {
            oid,
            tag,
            value: text.as_bytes().to_vec(),
        };
        if !fits {
            return Err(BadAttribute {
                attribute: attribute.label(),
                fault: Fault::Characters,
            });
        }
        attribute.check().map(|()| attribute)
    }

    /// Refuses what no certificate should carry: an empty value, control characters (a null byte
    /// hides what follows from many programs) and invisible ones, text that its string type cannot
    /// hold, and lengths beyond RFC 5280's upper bounds.
    ///
    /// # Errors
    /// When the value is one of these.
    pub fn check(&self) -> Result<(), BadAttribute> {
        let refuse = |fault| {
            Err(BadAttribute {
                attribute: self.label(),
                fault,
            })
        };
        if !NAME_TYPES.contains(&self.tag) {
            return refuse(Fault::Type);
        }
        let Some(text) = self.decoded() else {
            return refuse(Fault::Characters);
        };
        if text.is_empty() {
            return refuse(Fault::Empty);
        }
        if !self.keeps_to_its_type() {
            return refuse(Fault::Characters);
        }
        if text.chars().any(char::is_control) || deceives(&text) {
            return refuse(Fault::Control);
        }
        let (least, most) = bounds(&self.oid);
        let length = text.chars().count();
        if length < least || length > most {
            return refuse(Fault::Length {
                length,
                least,
                most,
            });
        }
        Ok(())
    }

    /// OpenSSL's short name of the type (`CN`), or the dotted identifier.
    pub fn label(&self) -> String {
        self.oid
            .short_name()
            .map_or_else(|| self.oid.to_string(), str::to_owned)
    }

    /// The value as text: string types decoded, with U+FFFD for what cannot be; anything else as
    /// `#` and the hex of its DER (RFC 4514, 2.4).
    pub fn text(&self) -> String {
        self.decoded().unwrap_or_else(|| match self.tag {
            tag::UTF8_STRING => String::from_utf8_lossy(&self.value).into_owned(),
            _ => format!("#{}", hex::lower(&der::tlv(self.tag, &self.value))),
        })
    }

    /// The value as text; `None` where the type is no string type or the bytes are not of it.
    pub(super) fn decoded(&self) -> Option<String> {
        match self.tag {
            tag::UTF8_STRING => String::from_utf8(self.value.clone()).ok(),
            tag::PRINTABLE_STRING | tag::IA5_STRING | tag::NUMERIC_STRING | tag::VISIBLE_STRING => {
                let ascii = self.value.is_ascii();
                ascii.then(|| self.value.iter().map(|b| char::from(*b)).collect())
            }
            // everybody, OpenSSL included, reads Latin-1 here
            tag::TELETEX_STRING => Some(self.value.iter().map(|b| char::from(*b)).collect()),
            tag::BMP_STRING => {
                let (units, []) = self.value.as_chunks::<2>() else {
                    return None;
                };
                let units: Vec<u16> = units.iter().map(|u| u16::from_be_bytes(*u)).collect();
                String::from_utf16(&units).ok()
            }
            tag::UNIVERSAL_STRING => {
                let (points, []) = self.value.as_chunks::<4>() else {
                    return None;
                };
                points
                    .iter()
                    .map(|p| char::from_u32(u32::from_be_bytes(*p)))
                    .collect()
            }
            _ => None,
        }
    }

    /// The string types of ASCII whose characters X.680 limits further (41.2, 41.4).
    fn keeps_to_its_type(&self) -> bool {
        let inside: fn(u8) -> bool = match self.tag {
            tag::PRINTABLE_STRING => is_printable_string,
            tag::NUMERIC_STRING => |byte| byte.is_ascii_digit() || byte == b' ',
            _ => return true,
        };
        self.value.iter().all(|byte| inside(*byte))
    }

    pub(super) fn read(set: &mut Reader<'_>) -> Result<Self, DerError> {
        let mut fields = set.sequence("an attribute is no SEQUENCE")?;
        let oid = fields.oid("an attribute has no type")?;
        let value = fields.any()?;
        fields.finish()?;
        Ok(Self {
            oid,
            tag: value.tag,
            value: value.value.to_vec(),
        })
    }

    pub(super) fn to_der(&self) -> Vec<u8> {
        der::sequence(&[self.oid.to_der(), der::tlv(self.tag, &self.value)])
    }

    pub(super) fn push_oneline_value(&self, line: &mut String) {
        for byte in &*self.octets() {
            match byte {
                b'/' | b'+' => {
                    line.push('\\');
                    line.push(char::from(*byte));
                }
                0x20..=0x7e => line.push(char::from(*byte)),
                _ => line.push_str(&format!("\\x{byte:02X}")),
            }
        }
    }

    /// The contents octets as OpenSSL has them once it is read: a string in parts is joined, a
    /// SEQUENCE kept whole, a BIT STRING rid of its unused bits.
    fn octets(&self) -> Cow<'_, [u8]> {
        if self.tag == tag::SEQUENCE {
            return Cow::Owned(der::tlv(self.tag, &self.value));
        }
        let contents = self.joined().unwrap_or(Cow::Borrowed(&self.value));
        match &*contents {
            [unused @ 0..8, bits @ ..] if self.tag & !CONSTRUCTED == tag::BIT_STRING => {
                let mut bits = bits.to_vec();
                if let Some(last) = bits.last_mut() {
                    *last &= 0xff << unused;
                }
                Cow::Owned(bits)
            }
            _ => contents,
        }
    }

    /// OpenSSL joins parts of any type.
    fn joined(&self) -> Option<Cow<'_, [u8]>> {
        if self.tag & CONSTRUCTED == 0 {
            return None;
        }
        let string = der::tlv(self.tag, &self.value);
        let header = ber::header(&string, 0, string.len()).ok()?;
        let (joined, _) = ber::joined(&string, &header).ok()?;
        Some(Cow::Owned(joined))
    }

    pub(super) fn rfc4514(&self) -> String {
        let mut text = format!("{}=", self.label());
        let Some(value) = self.decoded() else {
            text.push('#');
            text.push_str(&hex::lower(&der::tlv(self.tag, &self.value)));
            return text;
        };
        let last = value.chars().count().saturating_sub(1);
        for (i, c) in value.chars().enumerate() {
            match c {
                ',' | '+' | '"' | '\\' | '<' | '>' | ';' => text.extend(['\\', c]),
                '#' if i == 0 => text.push_str("\\#"),
                ' ' if i == 0 || i == last => text.push_str("\\ "),
                c if c.is_control() || is_invisible(c) => {
                    let mut utf8 = [0; 4];
                    for byte in c.encode_utf8(&mut utf8).bytes() {
                        text.push_str(&format!("\\{byte:02X}"));
                    }
                }
                c => text.push(c),
            }
        }
        text
    }
}

/// An identifier octet's bit for contents that are elements themselves.
const CONSTRUCTED: u8 = 0x20;

const NAME_TYPES: [u8; 7] = [
    tag::UTF8_STRING,
    tag::PRINTABLE_STRING,
    tag::TELETEX_STRING,
    tag::BMP_STRING,
    tag::UNIVERSAL_STRING,
    tag::IA5_STRING,
    tag::NUMERIC_STRING,
];

/// Why an attribute value is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadAttribute {
    /// The attribute's short name.
    pub attribute: String,
    /// What is wrong with its value.
    pub fault: Fault,
}

/// What is wrong with an attribute value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// No characters at all.
    Empty,
    /// A control character, such as a null byte, or one that hides or turns text.
    Control,
    /// Not one of the string types of names: those of DirectoryString (RFC 5280, 4.1.2.4), IA5String
    /// and NumericString. OpenSSL cannot read a VisibleString there.
    Type,
    /// A character that the attribute's string type cannot hold.
    Characters,
    /// Too short or too long, counted in characters.
    Length {
        /// What it has.
        length: usize,
        /// The least that is allowed.
        least: usize,
        /// The most that is allowed.
        most: usize,
    },
}

impl fmt::Display for BadAttribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { attribute, fault } = self;
        match fault {
            Fault::Empty => write!(f, "{attribute} is empty"),
            Fault::Control => {
                write!(
                    f,
                    "{attribute} has a control character, or one that hides or turns text"
                )
            }
            Fault::Type => write!(f, "{attribute} is of no string type that names may have"),
            Fault::Characters => {
                write!(
                    f,
                    "{attribute} has characters that its string type cannot hold"
                )
            }
            Fault::Length {
                length,
                least,
                most,
            } if least == most => {
                write!(
                    f,
                    "{attribute} has {length} characters; it must have {most}"
                )
            }
            Fault::Length { length, most, .. } => {
                write!(
                    f,
                    "{attribute} has {length} characters; at most {most} are allowed"
                )
            }
        }
    }
}

impl std::error::Error for BadAttribute {}

/// True for PrintableString's characters (X.680, 41.4).
pub(super) fn is_printable_string(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b" '()+,-./:=?".contains(&byte)
}

/// Characters that change how a name reads and have no place in one: bidirectional controls, blanks
/// of no width. (The joiners U+200C and U+200D do, in Persian and in the scripts of India.)
pub(super) fn is_deceptive(c: char) -> bool {
    is_invisible(c) && !matches!(c, '\u{200c}' | '\u{200d}')
}

/// True for a text with such a character, or with a joiner where no script joins letters: at the
/// start, and behind Latin, Greek, Cyrillic, Armenian or Hebrew, where nobody sees it.
pub(super) fn deceives(text: &str) -> bool {
    let joins = |c: Option<char>| c.is_some_and(|c| c > '\u{5ff}');
    let mut before = None;
    text.chars().any(|c| {
        let misplaced = is_invisible(c) && !joins(before);
        before = Some(c);
        misplaced || is_deceptive(c)
    })
}

/// Characters that turn or hide text on a terminal: bidirectional controls, and those that Unicode
/// calls default ignorable, but for variation selectors, which Japanese names need.
pub fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e00ff}' | '\u{e01f0}'..='\u{e0fff}'
    )
}

pub(super) fn string_type(oid: &Oid) -> u8 {
    if [known::COUNTRY, known::SERIAL_NUMBER, known::DN_QUALIFIER].contains(oid) {
        tag::PRINTABLE_STRING
    } else if [known::EMAIL_ADDRESS, known::DOMAIN_COMPONENT].contains(oid) {
        tag::IA5_STRING
    } else {
        tag::UTF8_STRING
    }
}

/// Least and most characters of a value: RFC 5280, appendix A.1, as OpenSSL's table has them.
pub(super) fn bounds(oid: &Oid) -> (usize, usize) {
    match oid.short_name() {
        Some("C") => (2, 2),
        Some("CN" | "O" | "OU" | "serialNumber" | "title") => (1, 64),
        Some("L" | "ST") => (1, 128),
        Some("emailAddress") => (1, 255),
        _ => (1, 32_768),
    }
}
