//! RSA and RSA-PSS public keys.

use std::io::{self, Write};

use crate::primitives::oid::Oid;
use crate::text::layout::indent;
use crate::text::schema::{self, Value, universal as u};
use crate::text::{items, number, signature};

/// Modulus, exponent, and what a PSS key may be used with.
pub(in crate::text) struct Rsa {
    pub(in crate::text) modulus: Vec<u8>,
    pub(in crate::text) exponent: Vec<u8>,
    pub(in crate::text) restrictions: Option<PssRestrictions>,
}

impl Rsa {
    pub(super) fn load(key: &[u8], restrictions: Option<PssRestrictions>) -> Option<Self> {
        let (key, _) = schema::read(key, &items::RSA_PUBLIC_KEY).ok()?;
        Some(Self {
            modulus: key.field(0).bytes().to_vec(),
            exponent: key.field(1).bytes().to_vec(),
            restrictions,
        })
    }

    pub(in crate::text) fn write(&self, out: &mut dyn Write, width: usize) -> io::Result<()> {
        indent(out, width)?;
        writeln!(out, "Public-Key: ({} bit)", number::bits(&self.modulus))?;
        number::labelled(out, "Modulus:", &self.modulus, width)?;
        number::labelled(out, "Exponent:", &self.exponent, width)?;
        match &self.restrictions {
            Some(restrictions) => restrictions.write(out, width),
            None => Ok(()),
        }
    }
}

/// The parameters of an RSA-PSS key (RFC 4055, 1.2).
pub(in crate::text) enum PssRestrictions {
    None,
    Some {
        hash: &'static str,
        mask_hash: &'static str,
        salt: i32,
        trailer: i32,
    },
}

impl PssRestrictions {
    /// Nothing where OpenSSL doesn't take the parameters.
    pub(in crate::text) fn load(parameters: &Value<'_>) -> Option<Self> {
        let Some(parameters) = parameters.primitive() else {
            return Some(Self::None);
        };
        if parameters.tag != u::SEQUENCE {
            return None;
        }
        let (parameters, _) = schema::read(&parameters.bytes, &items::PSS_PARAMETERS).ok()?;
        let [hash, mask, salt, trailer] = [0, 1, 2, 3].map(|i| parameters.field(i));
        let hash = match hash.present() {
            Some(hash) => digest(&hash.field(0).oid()?)?,
            None => SHA1,
        };
        let mask_hash = match mask.present() {
            Some(mask) => digest(&signature::mask_hash(mask)?.field(0).oid()?)?,
            None => SHA1,
        };
        // OpenSSL keeps them in an int, with -1 for what doesn't fit a long.
        let small = |value: &Value<'_>, default| match value.primitive() {
            Some(value) => number::to_i64(value).unwrap_or(-1) as i32,
            None => default,
        };
        let (salt, trailer) = (small(salt, 20), small(trailer, 1));
        Some(Self::Some {
            hash,
            mask_hash,
            salt,
            trailer,
        })
    }

    pub(in crate::text) fn write(&self, out: &mut dyn Write, width: usize) -> io::Result<()> {
        let line = |out: &mut dyn Write, text: &str, default: bool| {
            indent(out, width)?;
            writeln!(out, "{text}{}", if default { " (default)" } else { "" })
        };
        let Self::Some {
            hash,
            mask_hash,
            salt,
            trailer,
        } = self
        else {
            return line(out, "No PSS parameter restrictions", false);
        };
        line(out, "PSS parameter restrictions:", false)?;
        line(out, &format!("  Hash Algorithm: {hash}"), *hash == SHA1)?;
        line(
            out,
            &format!("  Mask Algorithm: MGF1 with {mask_hash}"),
            *mask_hash == SHA1,
        )?;
        line(out, &format!("  Minimum Salt Length: {salt}"), *salt == 20)?;
        line(
            out,
            &format!("  Trailer Field: 0x{trailer:x}"),
            *trailer == 1,
        )
    }
}

const SHA1: &str = "SHA1";
/// What C's printf makes of a hash that OpenSSL loads but has no name for.
const NAMELESS: &str = "<NULL>";

/// The hash algorithms that OpenSSL takes here, by its own names.
fn digest(oid: &Oid) -> Option<&'static str> {
    match oid.contents() {
        [0x2b, 14, 3, 2, 26] => Some(SHA1),
        [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, arc] => match arc {
            1 => Some("SHA2-256"),
            2 => Some("SHA2-384"),
            3 => Some("SHA2-512"),
            4 => Some("SHA2-224"),
            5 => Some("SHA2-512/224"),
            6 => Some("SHA2-512/256"),
            7..=10 => Some(NAMELESS),
            _ => None,
        },
        // MD5 and RIPEMD-160
        [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 2, 5] | [0x2b, 0x24, 3, 2, 1] => Some(NAMELESS),
        _ => None,
    }
}
