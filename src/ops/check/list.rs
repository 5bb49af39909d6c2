//! The revocation list: ours, current, and equal to the R rows.

use std::collections::HashSet;

use super::index::Table;
use super::{Finding, Findings};
use crate::keys::VerifyError;
use crate::ops::ca::Ca;
use crate::ops::{Error, crl_file, health};
use crate::pki::Pki;
use crate::pki::index::{Row, Status};
use crate::primitives::time::Timestamp;
use crate::primitives::{disk, pem};
use crate::x509::certificate::Certificate;
use crate::x509::revocation_list::Published;
use crate::x509::serial::Serial;

const ANEW: &str = "`privca gen-crl` makes a new one";

pub(super) fn check(
    pki: &Pki,
    ca: &Ca,
    table: &Table,
    now: Timestamp,
    findings: &mut Findings,
) -> Result<(), Error> {
    let path = pki.layout().crl();
    let anew = match ca.authority(pki) {
        Ok(_) => ANEW,
        Err(_) => "`easyrsa gen-crl` or `openssl ca -gencrl` makes a new one",
    };
    let problem = |code, said: String| Finding::problem(code, &path, said).hint(anew);
    let Some(der) = crl_file::current(pki)? else {
        // an adopted directory may never have had one
        let finding =
            Finding::remark("no-crl", &path, "is missing: there is no revocation list").hint(anew);
        findings.push(finding);
        return Ok(());
    };
    let list = match Published::read(&der) {
        Ok(list) => list,
        Err(fault) => {
            findings.push(problem(
                "crl-file",
                format!("is no revocation list: {fault}"),
            ));
            return Ok(());
        }
    };
    let key = ca.certificate().public_key();
    let signed = key.verify(list.algorithm, list.to_be_signed, list.signature);
    // where nobody here can check, that is a remark of its own
    if signed == Err(VerifyError::BadSignature) {
        findings.push(problem(
            "crl-signature",
            "was not signed by this CA".to_owned(),
        ));
        return Ok(());
    }
    if let Some(end) = list.next_update.filter(|end| *end < now) {
        let said = format!(
            "ended on {}: servers that check it refuse every client",
            end.date()
        );
        findings.push(problem("crl-ended", said));
    }
    if health::is_early(list.this_update, now) {
        let said = format!(
            "begins on {}: servers that check it refuse every client until then, or this clock is wrong",
            list.this_update
        );
        findings.push(problem("crl-early", said));
    }
    let listed: HashSet<Serial> = list.entries().flatten().map(|(serial, _)| serial).collect();
    let is_revoked = |row: &Row| row.status == Status::Revoked;
    let unlisted = table.rows().filter(|(_, row, _)| {
        is_revoked(row) && row.not_after >= list.this_update && !listed.contains(&row.serial)
    });
    let unlisted = unlisted.count();
    if unlisted > 0 {
        let said = format!(
            "does not list {unlisted} revoked certificates: revoked by another program since"
        );
        findings.push(problem("crl-behind", said));
    }
    let extra = listed
        .iter()
        .filter(|serial| !table.row(serial).is_some_and(is_revoked))
        .count();
    if extra > 0 {
        let said = format!("lists {extra} certificates that the index does not have as revoked");
        findings.push(problem("crl-ahead", said));
    }
    chain(pki, ca, &der, now, findings)
}

/// nginx reads the chain file: our own list in it must be this one, and those of the CAs above must
/// be there and current.
fn chain(
    pki: &Pki,
    ca: &Ca,
    der: &[u8],
    now: Timestamp,
    findings: &mut Findings,
) -> Result<(), Error> {
    let path = pki.layout().crl_chain();
    if !disk::exists(&path)? {
        return Ok(());
    }
    let file = disk::read_bounded(&path, 512 << 20)?;
    if !pem::blocks(&file).flatten().any(|block| block.der == der) {
        let said = "does not hold crl.pem: another program has made a new list since";
        findings.push(Finding::problem("crl-chain-behind", &path, said).hint(ANEW));
    }
    for above in ca.chain().skip(1).map(Certificate::subject) {
        let of_above = pem::blocks(&file).flatten().filter_map(|block| {
            let list = Published::read(&block.der).ok()?;
            let dates = (list.next_update, list.this_update);
            (list.issuer.canonical() == above.canonical()).then_some(dates)
        });
        let lists: Vec<_> = of_above.collect();
        let ended = |end: Option<Timestamp>| end.is_some_and(|end| end < now);
        // servers take whichever is good
        let good = |(end, begin)| !ended(end) && !health::is_early(begin, now);
        if lists.iter().any(|dates| good(*dates)) {
            continue;
        }
        let finding = match lists.into_iter().max() {
            None => {
                let said = format!(
                    "has no list of '{above}': servers that want one of each CA refuse every client"
                );
                Finding::remark("no-crl-above", &path, said)
            }
            Some((Some(end), _)) if end < now => {
                let said = format!(
                    "the list of '{above}' in it ended on {}: servers that check it refuse every client",
                    end.date()
                );
                Finding::problem("crl-above-ended", &path, said)
            }
            Some((_, begin)) => {
                let said = format!(
                    "the list of '{above}' in it begins on {begin}: servers that check it refuse every client until then, or this clock is wrong"
                );
                Finding::problem("crl-above-early", &path, said)
            }
        };
        findings
            .push(finding.hint("`privca import-crl FILE` takes in the one that this CA publishes"));
    }
    Ok(())
}
