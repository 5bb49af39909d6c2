//! Signature algorithms and values: OpenSSL's X509_signature_print.

use std::io::{self, Write};

use crate::primitives::oid::{Oid, known};

use super::layout::{indent, signature_octets};
use super::schema::{self, Value, universal as u};
use super::{items, number, object};

const MGF1: Oid = Oid::known(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 8]);

/// The algorithm, and the value if there is one.
pub(super) fn write(
    out: &mut dyn Write,
    algorithm: &Value<'_>,
    value: Option<&Value<'_>>,
) -> io::Result<()> {
    out.write_all(b"    Signature Algorithm: ")?;
    object::write(out, algorithm.field(0))?;
    if value.is_some() {
        out.write_all(b"\n    Signature Value:")?;
    }
    let oid = algorithm.field(0).oid();
    if oid == Some(known::RSASSA_PSS) {
        pss_parameters(out, algorithm.field(1), 8)?;
    } else {
        out.write_all(b"\n")?;
        if let Some(value) = value
            && oid.as_ref().is_some_and(is_dsa)
            && let Some((r, s)) = dsa_pair(value.bytes())
        {
            number::labelled(out, "r:   ", r, 8)?;
            return number::labelled(out, "s:   ", s, 8);
        }
    }
    match value {
        Some(value) => signature_octets(out, value.bytes(), 8),
        None => Ok(()),
    }
}

/// The parameters of a PSS signature; what is left out has its default.
fn pss_parameters(out: &mut dyn Write, parameters: &Value<'_>, width: usize) -> io::Result<()> {
    indent(out, width)?;
    let parameters = parameters
        .primitive()
        .filter(|p| p.tag == u::SEQUENCE)
        .and_then(|p| schema::read(&p.bytes, &items::PSS_PARAMETERS).ok())
        .filter(|(p, _)| p.field(1).is_absent() || mask_hash(p.field(1)).is_some());
    let Some((parameters, _)) = parameters else {
        return out.write_all(b"(INVALID PSS PARAMETERS)\n");
    };
    let [hash, mask, salt, trailer] = [0, 1, 2, 3].map(|i| parameters.field(i));
    out.write_all(b"\n")?;
    indent(out, width)?;
    out.write_all(b"Hash Algorithm: ")?;
    match hash.present() {
        Some(hash) => object::write(out, hash.field(0)).map(|_| ())?,
        None => out.write_all(b"sha1 (default)")?,
    }
    out.write_all(b"\n")?;
    indent(out, width)?;
    out.write_all(b"Mask Algorithm: ")?;
    match mask.present() {
        Some(mask) => mask_algorithm(out, mask)?,
        None => out.write_all(b"mgf1 with sha1 (default)")?,
    }
    out.write_all(b"\n")?;
    indent(out, width)?;
    out.write_all(b" Salt Length: 0x")?;
    match salt.primitive() {
        Some(salt) => number::hexadecimal(out, salt)?,
        None => out.write_all(b"14 (default)")?,
    }
    out.write_all(b"\n")?;
    indent(out, width)?;
    out.write_all(b"Trailer Field: 0x")?;
    match trailer.primitive() {
        Some(trailer) => number::hexadecimal(out, trailer)?,
        None => out.write_all(b"01 (default)")?,
    }
    out.write_all(b"\n")
}

fn mask_algorithm(out: &mut dyn Write, mask: &Value<'_>) -> io::Result<()> {
    object::write(out, mask.field(0))?;
    out.write_all(b" with ")?;
    match mask_hash(mask) {
        Some(hash) => object::write(out, hash.field(0)).map(|_| ()),
        None => out.write_all(b"INVALID"),
    }
}

/// The hash algorithm that MGF1 is used with.
pub(super) fn mask_hash<'v>(mask: &'v Value<'_>) -> Option<Value<'v>> {
    if mask.field(0).oid() != Some(MGF1) {
        return None;
    }
    let parameter = mask.field(1).primitive()?;
    if parameter.tag != u::SEQUENCE {
        return None;
    }
    let (hash, _) = schema::read(&parameter.bytes, &items::ALGORITHM).ok()?;
    Some(hash)
}

/// The algorithms that OpenSSL 3.0 pairs with a DSA key: those with SHA-384, SHA-512 and SHA-3 are not
/// among them.
fn is_dsa(oid: &Oid) -> bool {
    matches!(
        oid.contents(),
        [0x2a, 0x86, 0x48, 0xce, 0x38, 4, 3]
            | [0x2b, 14, 3, 2, 13 | 27]
            | [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 1 | 2]
    )
}

/// The two numbers of a DSA signature, from strict DER.
fn dsa_pair(octets: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut pair = crate::primitives::der::Reader::new(octets)
        .sequence("DSA signature")
        .ok()?;
    let mut unsigned = || {
        let number = pair.require(0x02, "number").ok()?.value;
        match number {
            [] => None,
            [first, ..] if first & 0x80 != 0 => None,
            [0, second, ..] if second & 0x80 == 0 => None,
            number => Some(number),
        }
    };
    let numbers = (unsigned()?, unsigned()?);
    pair.finish().ok()?;
    Some(numbers)
}
