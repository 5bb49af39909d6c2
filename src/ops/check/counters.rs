//! OpenSSL's counters: without `serial` neither `openssl ca` nor EasyRSA signs, and an unreadable
//! `crlnumber` stops the revocation list.

use super::{Finding, Findings, Mend};
use crate::ops::{Error, crl, crl_file};
use crate::pki::{Pki, defaults};
use crate::primitives::{disk, hex};

pub(super) fn check(pki: &Pki, findings: &mut Findings) -> Result<(), Error> {
    serial(pki, findings)?;
    crl_number(pki, findings)
}

fn serial(pki: &Pki, findings: &mut Findings) -> Result<(), Error> {
    let path = pki.layout().serial();
    let said = match disk::exists(&path)? {
        false => "is missing: openssl ca and EasyRSA cannot sign",
        true if is_number(&disk::read_bounded(&path, 1 << 10)?) => return Ok(()),
        true => "is no number as openssl ca and EasyRSA read it: they cannot sign",
    };
    findings.push(
        Finding::remark("serial-file", &path, said)
            .hint("`privca check --repair` writes a random one")
            .mend(Mend::Serial),
    );
    Ok(())
}

/// What OpenSSL reads (`a2i_ASN1_INTEGER`): an even number of hex digits, and what follows them on the
/// line does not count.
fn is_number(file: &[u8]) -> bool {
    let line = file.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let end = line.iter().position(|byte| !byte.is_ascii_hexdigit());
    let digits = line.get(..end.unwrap_or(line.len())).unwrap_or_default();
    let digits = std::str::from_utf8(digits).ok().and_then(hex::decode);
    digits.is_some_and(|bytes| !bytes.is_empty())
}

fn crl_number(pki: &Pki, findings: &mut Findings) -> Result<(), Error> {
    let path = pki.layout().crl_number();
    if !disk::exists(&path)?
        || defaults::read_counter(&disk::read_bounded(&path, 1 << 10)?).is_some()
    {
        return Ok(());
    }
    let finding = Finding::problem(
        "crl-number",
        &path,
        "is no number in hex of at most 64 bits: no revocation list can be made",
    );
    let last = crl_file::standing(pki)?.and_then(|list| list.number);
    findings.push(match last.as_ref().and_then(crl::number_after) {
        Some(next) => finding
            .hint("`privca check --repair` writes the one that follows crl.pem's")
            .mend(Mend::CrlNumber(next)),
        None => finding.hint("write one that is higher than that of every list before"),
    });
    Ok(())
}
