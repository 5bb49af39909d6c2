//! What every command warns of: a CRL close to its end, which locks every client out once it has
//! passed, and a CA close to its end.

use super::ca::Ca;
use super::crl_file;
use crate::pki::Pki;
use crate::primitives::time::Timestamp;
use crate::primitives::{disk, pem};
use crate::x509::name::Name;
use crate::x509::revocation_list::Published;

const DAY: i64 = 86_400;
/// A CRL is warned of in its last week.
const CRL_DAYS: i64 = 7;
/// Room for the lists of several CAs above, which revoke little.
const TAIL: u64 = 1 << 16;
/// How far two clocks may be apart, in seconds.
const CLOCK_STEP: i64 = 60;
/// A CA is warned of in its last quarter: clients have to be given its successor in time.
const CA_DAYS: i64 = 90;

/// A line for each thing that is about to end, or has ended; `ca` is `None` where it cannot be read.
pub fn warnings(pki: &Pki, ca: Option<&Ca>, now: Timestamp) -> Vec<String> {
    let path = pki.layout().crl();
    let list = crl_file::standing(pki).ok().flatten();
    let early = list
        .as_ref()
        .filter(|list| is_early(list.this_update, now))
        .map(|list| {
            format!(
                "the CRL {} begins on {}; servers that check it refuse every client until then; set the clock right, or run `privca gen-crl`",
                path.display(),
                list.this_update
            )
        });
    let end = list.and_then(|list| list.next_update);
    let crl = end.and_then(|end| soon(end, now, CRL_DAYS));
    let crl = crl.map(|when| {
        format!(
            "the CRL {} {when}; servers that check it refuse every client then; run `privca gen-crl`",
            path.display()
        )
    });
    let above = ca.map(|ca| lists_above(pki, ca)).unwrap_or_default();
    let above = above.into_iter().filter_map(|list| {
        let (issuer, begin) = (&list.issuer, list.begin);
        let (when, then) = match is_early(begin, now) {
            true => (format!("begins on {begin}"), "until then"),
            false => (soon(list.end?, now, CRL_DAYS)?, "then"),
        };
        let path = pki.layout().crl_chain();
        Some(format!(
            "the CRL of '{issuer}' in {} {when}; servers that check it refuse every client {then}; bring the new one with `privca import-crl`",
            path.display()
        ))
    });
    let ca = ca.and_then(|ca| ca_warning(pki, ca, now));
    ca.into_iter()
        .chain(early)
        .chain(crl)
        .chain(above)
        .collect()
}

/// The list of a CA above.
pub struct ListAbove {
    /// Whose it is.
    pub issuer: Name,
    /// When it was made.
    pub begin: Timestamp,
    /// When the next one is due at the latest.
    pub end: Option<Timestamp>,
}

/// The lists of the CAs above in `crl-chain.pem`. Those lie behind this CA's own, which may be long,
/// so the end of the file is read.
pub fn lists_above(pki: &Pki, ca: &Ca) -> Vec<ListAbove> {
    let path = pki.layout().crl_chain();
    let Ok(Some(length)) = disk::length(&path) else {
        return Vec::new();
    };
    let tail = disk::read_range(&path, length.saturating_sub(TAIL), TAIL).unwrap_or_default();
    let own = ca.certificate().subject().canonical();
    let above = |der: &[u8]| {
        let list = Published::read(der).ok()?;
        (own != list.issuer.canonical()).then_some(ListAbove {
            issuer: list.issuer,
            begin: list.this_update,
            end: list.next_update,
        })
    };
    let blocks = pem::blocks(&tail).flatten();
    blocks.filter_map(|block| above(&block.der)).collect()
}

/// A line about the CA's own end, if that is near.
pub fn ca_warning(pki: &Pki, ca: &Ca, now: Timestamp) -> Option<String> {
    let when = soon(ca.certificate().not_after(), now, CA_DAYS)?;
    let path = pki.layout().ca_certificate();
    Some(format!(
        "the CA certificate {} {when}; renew it",
        path.display()
    ))
}

/// Is a list that begins then one of the future? Clocks that differ by less are nobody's fault.
pub fn is_early(this_update: Timestamp, now: Timestamp) -> bool {
    this_update.seconds_since(now) > CLOCK_STEP
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
