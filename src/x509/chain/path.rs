//! From a certificate to a root, as OpenSSL 3 goes: at every step the trusted certificates first,
//! then the others; once a trusted one is in the chain, only trusted ones. Among several issuers
//! that fit, the first one alive. There is no second try: a path that OpenSSL would not take must
//! not be accepted here.

use super::authority_key::AuthorityKey;
use super::{Checked, Code, Fault, Question, dates};
use crate::keys::KeyKind;
use crate::primitives::der::Reader;
use crate::primitives::oid::{Oid, known};
use crate::primitives::time::Timestamp;
use crate::x509::certificate::Certificate;

/// OpenSSL would go on to 100; nobody has such chains.
const MOST: usize = 16;

/// The chain as far as it goes, and why it goes no further where that is short of a trusted root.
pub(super) fn build<'a>(question: &Question<'a>) -> (Vec<&'a Certificate>, Checked) {
    let mut chain = vec![question.leaf];
    let mut trusted = false;
    let mut last = question.leaf;
    loop {
        let depth = chain.len() - 1;
        if is_issued_by(last, last) {
            let is_anchor = question.anchors.iter().any(|a| a.der() == last.der());
            let ended = match depth {
                _ if is_anchor => Ok(()),
                0 => Err(Fault::new(
                    Code::SelfSigned,
                    0,
                    "it signed itself and is not among the trusted certificates",
                )),
                _ => Err(Fault::new(
                    Code::RootNotTrusted,
                    depth,
                    "this root is not among the trusted certificates",
                )),
            };
            return (chain, ended);
        }
        if chain.len() >= MOST {
            let said = format!("the chain has more than {MOST} certificates");
            return (chain, Err(Fault::new(Code::ChainTooLong, depth, said)));
        }
        let anchor = pick(question.anchors, last, &chain, question.at);
        trusted |= anchor.is_some();
        let other = || pick(question.untrusted, last, &chain, question.at);
        let issuer = anchor.or_else(|| if trusted { None } else { other() });
        let Some(issuer) = issuer else {
            let said = format!(
                "no certificate at hand issued it (its issuer: {})",
                last.issuer()
            );
            return (chain, Err(Fault::new(Code::IssuerNotFound, depth, said)));
        };
        chain.push(issuer);
        last = issuer;
    }
}

/// The issuer of `child` among `candidates`: the first that is alive, else the one that lived last.
fn pick<'a>(
    candidates: &'a [Certificate],
    child: &Certificate,
    chain: &[&Certificate],
    at: Timestamp,
) -> Option<&'a Certificate> {
    let mut best: Option<&Certificate> = None;
    for candidate in candidates {
        let again = chain.iter().any(|c| c.der() == candidate.der());
        if again || !is_issued_by(child, candidate) {
            continue;
        }
        if dates::is_alive(candidate, at) {
            return Some(candidate);
        }
        if best.is_none_or(|b| candidate.not_after() > b.not_after()) {
            best = Some(candidate);
        }
    }
    best
}

/// True where nothing but the signature, which is checked later, can speak against it.
fn is_issued_by(child: &Certificate, issuer: &Certificate) -> bool {
    let authority = AuthorityKey::read(child.extension(&known::AUTHORITY_KEY_IDENTIFIER));
    child.issuer().canonical() == issuer.subject().canonical()
        && authority.is_ok_and(|authority| authority.fits(issuer))
        && can_make(issuer, child.signature_algorithm())
}

/// True where the key of `issuer` is of the kind that makes such signatures.
fn can_make(issuer: &Certificate, algorithm: &[u8]) -> bool {
    let read = Reader::new(algorithm).sequence("algorithm");
    let Ok(oid) = read.and_then(|mut algorithm| algorithm.oid("algorithm")) else {
        return false;
    };
    let starts = |arc: &[u8]| oid.contents().starts_with(arc);
    match issuer.public_key().kind() {
        KeyKind::Rsa { .. } => starts(PKCS1),
        KeyKind::EcP256 | KeyKind::EcP384 | KeyKind::EcP521 => starts(ECDSA),
        KeyKind::Ed25519 => oid == known::ED25519,
        KeyKind::Other { algorithm, .. } if *algorithm == known::EC_PUBLIC_KEY => starts(ECDSA),
        KeyKind::Other { algorithm, .. } => same_family(algorithm, &oid),
    }
}

fn same_family(key: &Oid, signature: &Oid) -> bool {
    // Ed448 and the like name both by one identifier; RSASSA-PSS keys sign by RSASSA-PSS
    key == signature
}

/// 1.2.840.113549.1.1: RSA signatures.
const PKCS1: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1];
/// 1.2.840.10045.4: ECDSA.
const ECDSA: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 4];
