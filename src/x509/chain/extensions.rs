//! Extensions of every certificate: readable, known where critical, strict; CAs that are CAs; path
//! lengths.

use super::{Checked, Code, Fault, Form, readable, strict};
use crate::primitives::oid::{Oid, known};
use crate::x509::certificate::Certificate;
use crate::x509::key_usage::KeyUsage;

pub(super) fn check(chain: &[&Certificate], form: Form) -> Checked {
    let mut cas_below = 0;
    for (depth, certificate) in chain.iter().enumerate() {
        let no = |code, said: &str| Err(Fault::new(code, depth, said));
        readable::check(certificate).map_err(|said| Fault::new(Code::Malformed, depth, said))?;
        known_where_critical(certificate, depth)?;
        let (is_ca, path_len) = certificate.basic_constraints().unwrap_or_default();
        if depth > 0 {
            ca(certificate, is_ca, depth)?;
        }
        if let Some(clause) = strict::broken_clause(certificate, depth, chain.len(), form) {
            return no(Code::Strict, clause);
        }
        if let Some(path_len) = path_len
            && depth > 0
            && cas_below > path_len
        {
            let said = format!("{cas_below} CAs below it; its path length allows {path_len}");
            return no(Code::PathTooLong, &said);
        }
        if depth > 0 && !certificate.is_self_issued() {
            cas_below += 1;
        }
    }
    Ok(())
}

fn known_where_critical(certificate: &Certificate, depth: usize) -> Checked {
    for extension in certificate.extensions() {
        if CHANGE_VERIFICATION.contains(&extension.oid) {
            let said = format!("it has the extension {}", extension.label());
            return Err(Fault::new(Code::UnsupportedExtension, depth, said));
        }
        if extension.critical && !UNDERSTOOD.contains(&extension.oid) {
            let said = format!("its extension {} is critical", extension.label());
            return Err(Fault::new(Code::UnknownCritical, depth, said));
        }
    }
    Ok(())
}

/// What may be critical. The key identifiers may not (RFC 5280, 4.2.1.1 and 4.2.1.2), which
/// [`strict`] says in better words.
const UNDERSTOOD: [Oid; 8] = [
    known::BASIC_CONSTRAINTS,
    known::KEY_USAGE,
    known::EXTENDED_KEY_USAGE,
    known::SUBJECT_ALT_NAME,
    known::NAME_CONSTRAINTS,
    known::CRL_DISTRIBUTION_POINTS,
    known::SUBJECT_KEY_IDENTIFIER,
    known::AUTHORITY_KEY_IDENTIFIER,
];

/// sbgp-ipAddrBlock and sbgp-autonomousSysNum (RFC 3779), proxyCertInfo (RFC 3820).
const CHANGE_VERIFICATION: [Oid; 3] = [
    Oid::known(&[0x2b, 6, 1, 5, 5, 7, 1, 7]),
    Oid::known(&[0x2b, 6, 1, 5, 5, 7, 1, 8]),
    Oid::known(&[0x2b, 6, 1, 5, 5, 7, 1, 14]),
];

fn ca(certificate: &Certificate, is_ca: bool, depth: usize) -> Checked {
    if !is_ca || certificate.extension(&known::BASIC_CONSTRAINTS).is_none() {
        let said = "it issued a certificate, and its basicConstraints do not make it a CA";
        return Err(Fault::new(Code::NotACa, depth, said));
    }
    match certificate.key_usage() {
        Some(usage) if !usage.contains(KeyUsage::KEY_CERT_SIGN) => Err(Fault::new(
            Code::MayNotSign,
            depth,
            "it issued a certificate, and its key usage lacks keyCertSign",
        )),
        _ => Ok(()),
    }
}
