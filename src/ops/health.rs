//! What every command warns of: a CRL close to its end, which locks every client out once it has
//! passed, and a CA close to its end.

use super::ca::Ca;
use crate::pki::Pki;
use crate::primitives::der::{Reader, tag};
use crate::primitives::time::Timestamp;
use crate::primitives::{base64, disk, pem};
use crate::x509::name::Name;
use crate::x509::revocation_list::Published;

const DAY: i64 = 86_400;
/// A CRL is warned of in its last week.
const CRL_DAYS: i64 = 7;
/// Room for the lists of several CAs above, which revoke little.
const TAIL: u64 = 1 << 16;
/// A CA is warned of in its last quarter: clients have to be given its successor in time.
const CA_DAYS: i64 = 90;

/// A line for each thing that is about to end, or has ended.
pub fn warnings(pki: &Pki, now: Timestamp) -> Vec<String> {
    let path = pki.layout().crl();
    let crl = next_update(pki).and_then(|end| soon(end, now, CRL_DAYS));
    let crl = crl.map(|when| {
        format!(
            "the CRL {} {when}; servers that check it refuse every client then; run `privca gen-crl`",
            path.display()
        )
    });
    let above = lists_above(pki).into_iter().filter_map(|(issuer, end)| {
        let when = soon(end, now, CRL_DAYS)?;
        let path = pki.layout().crl_chain();
        Some(format!(
            "the CRL of '{issuer}' in {} {when}; servers that check it refuse every client then; bring the new one with `privca import-crl`",
            path.display()
        ))
    });
    let crl = crl.into_iter().chain(above);
    ca_warning(pki, now).into_iter().chain(crl).collect()
}

/// The lists of the CAs above in `crl-chain.pem`: whose, and until when. Those lie behind this CA's
/// own, which may be long, so the end of the file is read.
pub fn lists_above(pki: &Pki) -> Vec<(Name, Timestamp)> {
    let path = pki.layout().crl_chain();
    let Ok(Some(length)) = disk::length(&path) else {
        return Vec::new();
    };
    let tail = disk::read_range(&path, length.saturating_sub(TAIL), TAIL).unwrap_or_default();
    let own = Ca::load(pki)
        .ok()
        .map(|ca| ca.certificate().subject().canonical());
    let above = |der: &[u8]| {
        let list = Published::read(der).ok()?;
        let other = own.as_ref() != Some(&list.issuer.canonical());
        other.then_some(list.issuer).zip(list.next_update)
    };
    let blocks = pem::blocks(&tail).flatten();
    blocks.filter_map(|block| above(&block.der)).collect()
}

/// A line about the CA's own end, if that is near.
pub fn ca_warning(pki: &Pki, now: Timestamp) -> Option<String> {
    let ca = Ca::load(pki).ok()?;
    let when = soon(ca.certificate().not_after(), now, CA_DAYS)?;
    let path = pki.layout().ca_certificate();
    Some(format!(
        "the CA certificate {} {when}; renew it",
        path.display()
    ))
}

fn soon(end: Timestamp, now: Timestamp, days: i64) -> Option<String> {
    match end.seconds_since(now) {
        ..0 => Some(format!("ended on {}", end.date())),
        left if left < days * DAY => {
            Some(format!("ends in {} days, on {}", left / DAY, end.date()))
        }
        _ => None,
    }
}

/// nextUpdate of `crl.pem`, read from the head of the file: a CRL may have a million entries.
fn next_update(pki: &Pki) -> Option<Timestamp> {
    let head = disk::read_range(&pki.layout().crl(), 0, 1 << 16).ok()?;
    next_update_of(&decoded_head(&head)?)
}

/// What the whole lines of a PEM file's head hold; the file itself where it is DER.
fn decoded_head(head: &[u8]) -> Option<Vec<u8>> {
    if !pem::looks_like_pem(head) {
        return Some(head.to_vec());
    }
    let text = std::str::from_utf8(head).ok()?;
    let lines = text
        .lines()
        .skip_while(|line| !line.starts_with("-----BEGIN"))
        .skip(1);
    // the last line may be cut off
    let whole: Vec<&str> = lines.take_while(|line| line.len() == 64).collect();
    base64::decode(&whole.concat())
}

/// nextUpdate of a CRL whose end may be missing.
fn next_update_of(der: &[u8]) -> Option<Timestamp> {
    // the two outer SEQUENCEs are cut off, so their headers are skipped by hand
    let mut fields = Reader::new(contents(contents(der)?)?);
    fields.optional(tag::INTEGER).ok()?;
    fields.any().ok()?;
    fields.any().ok()?;
    fields.any().ok()?;
    let next = fields.any().ok()?;
    Timestamp::from_asn1(next.tag, next.value)
}

/// What stands behind the header of a SEQUENCE, however much of it there is.
fn contents(der: &[u8]) -> Option<&[u8]> {
    let [tag::SEQUENCE, length, rest @ ..] = der else {
        return None;
    };
    match length {
        0..=0x7f => Some(rest),
        0x81..=0x84 => rest.get(usize::from(length & 0x7f)..),
        _ => None,
    }
}
