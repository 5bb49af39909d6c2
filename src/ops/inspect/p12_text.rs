//! A PKCS#12 file as `openssl pkcs12 -info` tells of it, with the text of each certificate.

use std::io::{self, Write};

use super::object::{Key, name_of};
use crate::keys::pkcs12::info::{Archive, Bag, Content};
use crate::primitives::secret::Secret;
use crate::text::{self, TextError};

/// Writes MAC, parts and bags.
pub(super) fn write(
    archive: &Archive,
    secrets: bool,
    out: &mut dyn Write,
) -> Result<(), TextError> {
    match &archive.mac {
        Some(mac) => {
            let hash = mac.hash.short_name();
            let hash = hash.map_or_else(|| mac.hash.to_string(), str::to_lowercase);
            writeln!(out, "MAC: {hash}, Iteration {}", mac.iterations)?;
            let (length, salt) = (mac.length, mac.salt_length);
            writeln!(out, "MAC length: {length}, salt length: {salt}")?;
        }
        None => writeln!(out, "MAC: none")?,
    }
    for part in &archive.parts {
        match &part.encryption {
            Some(encryption) => writeln!(out, "PKCS7 Encrypted data: {encryption}")?,
            None => writeln!(out, "PKCS7 Data")?,
        }
        if let Some(list) = &part.bags {
            bags(list, secrets, out)?;
        }
    }
    Ok(())
}

fn bags(bags: &[Bag], secrets: bool, out: &mut dyn Write) -> Result<(), TextError> {
    for bag in bags {
        match &bag.content {
            Content::Certificate(der) => {
                writeln!(out, "Certificate bag")?;
                attributes(bag, out)?;
                or_said(text::certificate(der, out), out)?;
            }
            Content::Crl(der) => {
                writeln!(out, "CRL bag")?;
                attributes(bag, out)?;
                or_said(text::crl(der, out), out)?;
            }
            Content::Key(envelope, secret) => {
                match envelope {
                    Some(envelope) => writeln!(out, "Shrouded Keybag: {envelope}")?,
                    None => writeln!(out, "Key bag")?,
                }
                attributes(bag, out)?;
                let key = Key {
                    envelope: None,
                    secret: secret.as_ref().map(|s| Secret::new(s.expose().to_vec())),
                };
                or_said(key.write_text(secrets, out), out)?;
            }
            Content::Bags(inner) => {
                writeln!(out, "Safe Contents bag")?;
                attributes(bag, out)?;
                self::bags(inner, secrets, out)?;
            }
            Content::Other(kind) => {
                writeln!(out, "Bag of another kind: {}", name_of(kind))?;
                attributes(bag, out)?;
            }
        }
    }
    Ok(())
}

/// One bad object is no reason to hide the others of the bundle.
fn or_said(written: Result<(), TextError>, out: &mut dyn Write) -> Result<(), TextError> {
    match written {
        Err(TextError::Malformed { object, fault, .. }) => {
            Ok(writeln!(out, "    not a {object}: {fault}")?)
        }
        other => other,
    }
}

fn attributes(bag: &Bag, out: &mut dyn Write) -> io::Result<()> {
    let none = bag.friendly_name.is_none() && bag.local_key_id.is_none();
    if none && bag.other_attributes.is_empty() {
        return writeln!(out, "Bag Attributes: <Empty Attributes>");
    }
    writeln!(out, "Bag Attributes")?;
    if let Some(name) = &bag.friendly_name {
        writeln!(out, "    friendlyName: {}", escaped(name))?;
    }
    if let Some(id) = &bag.local_key_id {
        let id: Vec<String> = id.iter().map(|b| format!("{b:02X}")).collect();
        writeln!(out, "    localKeyID: {}", id.join(" "))?;
    }
    for other in &bag.other_attributes {
        writeln!(out, "    {}: not shown", name_of(other))?;
    }
    Ok(())
}

/// A stranger's text, without anything that moves a terminal's cursor.
fn escaped(text: &str) -> String {
    let mut safe = String::new();
    for c in text.chars() {
        match c.is_control() {
            true => safe.extend(c.escape_default()),
            false => safe.push(c),
        }
    }
    safe
}
