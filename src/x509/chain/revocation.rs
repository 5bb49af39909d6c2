//! Revocation at every level, the root's own too, as OpenSSL does under `-crl_check_all`: among the
//! lists of the issuer the most fitting, then the newest; and that one must hold in every respect.

use super::authority_key::AuthorityKey;
use super::{Checked, Code, Fault, dates, scope};
use crate::keys::rests_on_sha1;
use crate::primitives::oid::{Oid, known};
use crate::primitives::time::Timestamp;
use crate::x509::certificate::Certificate;
use crate::x509::crl::Crl;
use crate::x509::key_usage::KeyUsage;
use crate::x509::revocation::Reason;

/// The lists that were asked, one for each certificate.
pub(super) fn check<'a>(
    chain: &[&Certificate],
    crls: &'a [Crl],
    at: Timestamp,
) -> Result<Vec<&'a Crl>, Fault> {
    let issuers = chain.iter().skip(1).chain(chain.last());
    let mut asked = Vec::new();
    for (depth, (certificate, issuer)) in chain.iter().zip(issuers).enumerate() {
        let crl = best(certificate, issuer, crls, depth, at)?;
        holds(crl, issuer, depth, at)?;
        if !scope::includes(crl, certificate) {
            return Err(wrong_scope(certificate, depth));
        }
        entry(crl, certificate, depth)?;
        asked.push(crl);
    }
    Ok(asked)
}

/// The list to ask, which need not hold yet.
fn best<'a>(
    certificate: &Certificate,
    issuer: &Certificate,
    crls: &'a [Crl],
    depth: usize,
    at: Timestamp,
) -> Result<&'a Crl, Fault> {
    let name = certificate.issuer().canonical();
    let by_issuer = |crl: &&Crl| {
        let authority = AuthorityKey::read(crl.extension(&known::AUTHORITY_KEY_IDENTIFIER));
        crl.issuer().canonical() == name && authority.map_or(true, |a| a.fits(issuer))
    };
    let found: Vec<&Crl> = crls.iter().filter(by_issuer).collect();
    if found.is_empty() {
        let said = format!("there is no revocation list of {}", certificate.issuer());
        return Err(Fault::new(Code::CrlMissing, depth, said));
    }
    if found.iter().any(|crl| !is_readable(crl)) {
        let said = format!("a revocation list of {} is malformed", certificate.issuer());
        return Err(Fault::new(Code::Malformed, depth, said));
    }
    // a delta beside its base may say what the base does not
    if found
        .iter()
        .any(|crl| crl.extension(&scope::DELTA_CRL_INDICATOR).is_some())
    {
        let said = format!(
            "a delta list of {} is there; give whole ones",
            certificate.issuer()
        );
        return Err(Fault::new(Code::CrlScope, depth, said));
    }
    let fitness = |crl: &Crl| {
        let known = unknown_critical(crl).is_none();
        (
            known,
            scope::includes(crl, certificate),
            is_current(crl, at),
        )
    };
    let plain = found.into_iter().filter(|crl| scope::is_plain(crl));
    let best = plain.reduce(|best, crl| {
        let (old, new) = (
            (fitness(best), best.this_update()),
            (fitness(crl), crl.this_update()),
        );
        if new > old { crl } else { best }
    });
    best.ok_or_else(|| wrong_scope(certificate, depth))
}

fn is_readable(crl: &Crl) -> bool {
    let authority = AuthorityKey::read(crl.extension(&known::AUTHORITY_KEY_IDENTIFIER));
    authority.is_ok() && scope::is_readable(crl)
}

fn wrong_scope(certificate: &Certificate, depth: usize) -> Fault {
    let said = format!(
        "the revocation list of {} is not about such certificates (its issuing distribution point)",
        certificate.issuer()
    );
    Fault::new(Code::CrlScope, depth, said)
}

fn is_current(crl: &Crl, at: Timestamp) -> bool {
    let over = (crl.next_update()).is_none_or(|next| dates::is_over(next, at));
    crl.this_update() <= at && !over
}

fn holds(crl: &Crl, issuer: &Certificate, depth: usize, at: Timestamp) -> Checked {
    let whose = format!("the revocation list of {}", crl.issuer());
    let no = |code, said: String| Err(Fault::new(code, depth, format!("{whose} {said}")));
    if let Some(usage) = issuer.key_usage()
        && !usage.contains(KeyUsage::CRL_SIGN)
    {
        return no(
            Code::CrlMayNotSign,
            "is by a CA whose key usage lacks cRLSign".to_owned(),
        );
    }
    if let Some(oid) = unknown_critical(crl) {
        return no(
            Code::CrlUnknownCritical,
            format!("has the extension {oid}, which privca cannot heed"),
        );
    }
    if at < crl.this_update() {
        let said = format!("is from {}, asked about {at}", crl.this_update());
        return no(Code::CrlNotYetValid, said);
    }
    match crl.next_update() {
        Some(next) if dates::is_over(next, at) => {
            return no(
                Code::CrlExpired,
                format!("held until {next}, asked about {at}"),
            );
        }
        None => {
            let said = "does not say until when it holds (RFC 5280, 5.1.2.5)";
            return no(Code::CrlExpired, said.to_owned());
        }
        Some(_) => {}
    }
    if crl.inner_algorithm() != crl.signature_algorithm()
        || rests_on_sha1(crl.signature_algorithm())
    {
        let said = "has a signature by SHA-1, or by another algorithm than was signed";
        return no(Code::CrlBadSignature, said.to_owned());
    }
    let key = issuer.public_key();
    match key.verify(
        crl.signature_algorithm(),
        crl.to_be_signed(),
        crl.signature(),
    ) {
        Ok(()) => Ok(()),
        Err(why) => no(Code::CrlBadSignature, format!("does not hold: {why}")),
    }
}

/// An extension that has to be heeded and is not: a critical one of the list or of any entry.
fn unknown_critical(crl: &Crl) -> Option<Oid> {
    let own = crl.extensions().iter();
    let unknown = own
        .filter(|e| e.critical)
        .find(|e| !UNDERSTOOD.contains(&e.oid));
    let unknown = unknown.map(|e| e.oid.clone());
    unknown.or_else(|| crl.unusual_entry_extension().cloned())
}

/// issuingDistributionPoint and authorityKeyIdentifier.
const UNDERSTOOD: [Oid; 2] = [
    Oid::known(&[0x55, 0x1d, 28]),
    known::AUTHORITY_KEY_IDENTIFIER,
];

/// Any entry counts: `removeFromCRL` has no place in a whole list (RFC 5280, 5.3.1).
fn entry(crl: &Crl, certificate: &Certificate, depth: usize) -> Checked {
    let Some(entry) = crl.find(certificate.serial()) else {
        return Ok(());
    };
    let code = entry.reason_code();
    let reason = Reason::ALL.into_iter().find(|r| Some(r.code()) == code);
    let since = entry.revoked_at;
    let fault = match (reason, code) {
        (Some(Reason::CertificateHold), _) => {
            Fault::new(Code::OnHold, depth, format!("on hold since {since}"))
        }
        (Some(reason), _) => Fault::new(
            Code::Revoked,
            depth,
            format!("revoked on {since}, reason {reason}"),
        ),
        (None, Some(code)) => Fault::new(
            Code::Revoked,
            depth,
            format!("revoked on {since}, reason {code}"),
        ),
        (None, None) => Fault::new(Code::Revoked, depth, format!("revoked on {since}")),
    };
    Err(fault)
}
