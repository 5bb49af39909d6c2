//! GeneralName (RFC 5280, 4.2.1.6) in OpenSSL's two forms: as a value in a list of names and
//! values (subject alternative names), and on its own (distribution points, name constraints).

use std::io::{self, Write};

use crate::primitives::oid::{Oid, known};

use super::NameStyle;
use super::name;
use super::object;
use super::schema::{Value, universal as u};
use super::string;

const ID_ON: [u8; 7] = [0x2b, 6, 1, 5, 5, 7, 8];

/// The kinds of other name that OpenSSL 3.0 knows, and the string type each must have.
fn known_other_name(oid: &Oid) -> Option<(&'static str, u32)> {
    if *oid == known::MS_UPN {
        return Some(("UPN", u::UTF8));
    }
    let (arc, under) = oid.contents().split_last()?;
    if under != ID_ON {
        return None;
    }
    match arc {
        5 => Some(("XmppAddr", u::UTF8)),
        7 => Some(("SRVName", u::IA5)),
        8 => Some(("NAIRealm", u::UTF8)),
        9 => Some(("SmtpUTF8Mailbox", u::UTF8)),
        _ => None,
    }
}

/// A name and its value, as OpenSSL collects them before it prints them.
pub(super) struct Named {
    /// `DNS`
    pub(super) name: String,
    /// `www.example.com`; octets, since nothing checks them.
    pub(super) value: Vec<u8>,
}

impl Named {
    pub(super) fn new(name: impl Into<String>, value: impl Into<Vec<u8>>) -> Self {
        Self {
            name: name.into(),
            value: value.into(),
        }
    }
}

/// As name and value; nothing where OpenSSL gives up on the whole extension.
pub(super) fn named(general_name: &Value<'_>) -> Option<Named> {
    let (kind, value) = general_name.choice()?;
    let without_zero = |name: &str| {
        let octets = value.bytes();
        (!octets.contains(&0)).then(|| Named::new(name, octets))
    };
    match kind {
        0 => other_name(value),
        1 => without_zero("email"),
        2 => without_zero("DNS"),
        3 => Some(Named::new("X400Name", "<unsupported>")),
        4 => Some(Named::new("DirName", name::slashes(value, 255))),
        5 => Some(Named::new("EdiPartyName", "<unsupported>")),
        6 => without_zero("URI"),
        7 => Some(Named::new("IP Address", address(value.bytes()))),
        _ => Some(Named::new("Registered ID", object::cut_name(value, 256))),
    }
}

fn other_name(value: &Value<'_>) -> Option<Named> {
    let content = value.field(1).primitive()?;
    let sound = !content.bytes.contains(&0);
    if let Some((kind, tag)) = value.field(0).oid().as_ref().and_then(known_other_name) {
        // OpenSSL's names carry a colon of their own, and so print two.
        return (content.tag == tag && sound)
            .then(|| Named::new(format!("othername: {kind}:"), content.bytes.to_vec()));
    }
    let kind = object::cut_name(value.field(0), 256);
    let name = if kind.is_empty() {
        "othername:".to_owned()
    } else {
        format!("othername: {kind}:")
    };
    if matches!(content.tag, u::IA5 | u::UTF8) && sound {
        Some(Named::new(name, content.bytes.to_vec()))
    } else {
        Some(Named::new(name, "<unsupported>"))
    }
}

/// Writes it on its own.
pub(super) fn write(out: &mut dyn Write, general_name: &Value<'_>) -> io::Result<()> {
    let Some((kind, value)) = general_name.choice() else {
        return Ok(());
    };
    let label = match kind {
        0 => return write_other_name(out, value),
        1 => "email:",
        2 => "DNS:",
        3 => "X400Name:<unsupported>",
        4 => "DirName:",
        5 => "EdiPartyName:<unsupported>",
        6 => "URI:",
        7 => "IP Address:",
        _ => "Registered ID:",
    };
    out.write_all(label.as_bytes())?;
    match kind {
        1 | 2 | 6 => string::plain(out, value.bytes()),
        4 => name::write(out, value, NameStyle::Oneline),
        7 => out.write_all(address(value.bytes()).as_bytes()),
        8 => object::write(out, value).map(|_| ()),
        _ => Ok(()),
    }
}

fn write_other_name(out: &mut dyn Write, value: &Value<'_>) -> io::Result<()> {
    let known = value.field(0).oid().as_ref().and_then(known_other_name);
    match (known, value.field(1).primitive()) {
        (Some((kind, tag)), Some(content)) if content.tag == tag => {
            write!(out, "othername:{kind}:")?;
            out.write_all(string::c_string(&content.bytes))
        }
        _ => out.write_all(b"othername:<unsupported>"),
    }
}

/// An IP address of 4 or 16 octets.
pub(super) fn address(octets: &[u8]) -> String {
    match octets {
        [a, b, c, d] => format!("{a}.{b}.{c}.{d}"),
        octets if octets.len() == 16 => {
            let groups: Vec<String> = octets
                .chunks(2)
                .map(|g| format!("{:X}", g.iter().fold(0u16, |n, b| n << 8 | u16::from(*b))))
                .collect();
            groups.join(":")
        }
        other => format!("<invalid length={}>", other.len()),
    }
}
