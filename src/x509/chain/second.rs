//! The second judge: rustls-webpki, on exactly the chain that privca's own checks passed. It shares
//! no code with them but `ring`, so a mistake here would have to be made there too.
//!
//! It cannot judge CAs as end entities, chains of one, more than six intermediates, constraints on
//! other names than hosts and addresses, and issuers that are written in another way than in their
//! own certificate; there privca's own checks stand alone.

use rustls_pki_types::{CertificateDer, SignatureVerificationAlgorithm, UnixTime};
use webpki::{
    BorrowedCertRevocationList, CertRevocationList, EndEntityCert, Error, ExpirationPolicy,
    ExtendedKeyUsageValidator, KeyPurposeIdIter, RevocationCheckDepth, RevocationOptionsBuilder,
    UnknownStatusPolicy, ring,
};

use super::{Checked, Code, Fault, Question};
use crate::primitives::oid::Oid;
use crate::x509::certificate::Certificate;
use crate::x509::crl::Crl;
use crate::x509::name_constraints::Subtree;

pub(super) fn check(question: &Question<'_>, chain: &[&Certificate], lists: &[&Crl]) -> Checked {
    let [leaf, intermediates @ .., root] = chain else {
        return Ok(());
    };
    if !is_within_reach(chain) {
        return Ok(());
    }
    judge(question, leaf, intermediates, root, lists).map_err(|said| {
        let said = format!("rustls-webpki refuses the chain: {said:?}");
        Fault::new(Code::SecondOpinion, 0, said)
    })
}

fn is_within_reach(chain: &[&Certificate]) -> bool {
    let leaf_is_ca = chain
        .first()
        .is_some_and(|leaf| leaf.basic_constraints().is_ok_and(|(ca, _)| ca));
    let judged = |s: &Subtree| matches!(s, Subtree::Dns(_) | Subtree::Ip(..));
    let constraints = |c: &&Certificate| match c.name_constraints() {
        Ok(Some(c)) => c.permitted.iter().chain(&c.excluded).all(judged),
        _ => true,
    };
    let names = |pair: &[&Certificate]| match pair {
        [below, above] => below.issuer().der() == above.subject().der(),
        _ => true,
    };
    !leaf_is_ca && chain.len() <= 8 && chain.iter().all(constraints) && chain.windows(2).all(names)
}

fn judge(
    question: &Question<'_>,
    leaf: &Certificate,
    intermediates: &[&Certificate],
    root: &Certificate,
    lists: &[&Crl],
) -> Result<(), Error> {
    let leaf = CertificateDer::from(leaf.der());
    let leaf = EndEntityCert::try_from(&leaf)?;
    let root = CertificateDer::from(root.der());
    let anchors = [webpki::anchor_from_trusted_cert(&root)?];
    let between: Vec<CertificateDer<'_>> = intermediates
        .iter()
        .map(|c| CertificateDer::from(c.der()))
        .collect();
    let seconds = u64::try_from(question.at.unix()).unwrap_or(0);
    let time = UnixTime::since_unix_epoch(std::time::Duration::from_secs(seconds));

    // lists of version 1, which webpki does not read, have been checked before
    let lists: Vec<CertRevocationList<'_>> = lists
        .iter()
        .filter_map(|crl| BorrowedCertRevocationList::from_der(crl.der()).ok())
        .map(CertRevocationList::Borrowed)
        .collect();
    let lists: Vec<&CertRevocationList<'_>> = lists.iter().collect();
    let revocation = RevocationOptionsBuilder::new(&lists).ok().map(|builder| {
        builder
            .with_depth(RevocationCheckDepth::Chain)
            .with_status_policy(UnknownStatusPolicy::Allow)
            .with_expiration_policy(ExpirationPolicy::Ignore)
            .build()
    });
    let purpose = Purposes(question.purpose.extended_key_usage());
    let verified = leaf.verify_for_usage(
        ALGORITHMS, &anchors, &between, time, purpose, revocation, None,
    );
    verified.map(|_| ())
}

/// Extended key usages that allow one purpose, or any.
#[derive(Clone)]
struct Purposes(Option<Oid>);

impl ExtendedKeyUsageValidator for Purposes {
    fn validate(&self, purposes: KeyPurposeIdIter<'_, '_>) -> Result<(), Error> {
        let Some(wanted) = self.0.as_ref().and_then(Oid::arcs_u64) else {
            return Ok(());
        };
        let mut restricted = false;
        for purpose in purposes {
            restricted = true;
            let arcs = purpose?.to_decoded_oid();
            if arcs
                .iter()
                .map(|arc| *arc as u64)
                .eq(wanted.iter().copied())
            {
                return Ok(());
            }
        }
        if restricted {
            return Err(Error::RequiredEkuNotFoundContext(
                webpki::RequiredEkuNotFoundContext {
                    required: webpki::KeyUsage::client_auth(),
                    present: Vec::new(),
                },
            ));
        }
        Ok(())
    }
}

const ALGORITHMS: &[&dyn SignatureVerificationAlgorithm] = &[
    ring::ECDSA_P256_SHA256,
    ring::ECDSA_P256_SHA384,
    ring::ECDSA_P384_SHA256,
    ring::ECDSA_P384_SHA384,
    ring::ED25519,
    ring::RSA_PKCS1_2048_8192_SHA256,
    ring::RSA_PKCS1_2048_8192_SHA256_ABSENT_PARAMS,
    ring::RSA_PKCS1_2048_8192_SHA384,
    ring::RSA_PKCS1_2048_8192_SHA384_ABSENT_PARAMS,
    ring::RSA_PKCS1_2048_8192_SHA512,
    ring::RSA_PKCS1_2048_8192_SHA512_ABSENT_PARAMS,
    ring::RSA_PSS_2048_8192_SHA256_LEGACY_KEY,
    ring::RSA_PSS_2048_8192_SHA384_LEGACY_KEY,
    ring::RSA_PSS_2048_8192_SHA512_LEGACY_KEY,
];
