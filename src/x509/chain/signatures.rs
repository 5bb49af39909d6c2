//! Every signature of the chain, and whether keys and digests are strong enough: OpenSSL's security
//! level 2, which is 112 bits.

use super::readable::Frame;
use super::{Checked, Code, Fault};
use crate::keys::{KeyKind, PublicKey, VerifyError, rests_on_sha1};
use crate::x509::certificate::Certificate;

/// The least bits of an RSA modulus.
const LEAST_RSA: usize = 2048;

pub(super) fn check(chain: &[&Certificate]) -> Checked {
    let last = chain.len().saturating_sub(1);
    let issuers = chain.iter().skip(1).chain(chain.last());
    for (depth, (certificate, issuer)) in chain.iter().zip(issuers).enumerate() {
        let inner = Frame::of(certificate).map(|f| f.algorithm);
        if inner != Some(certificate.signature_algorithm()) {
            return Err(Fault::new(
                Code::SignatureAlgorithmDiffers,
                depth,
                "the algorithm beside the signature is not the one that was signed (RFC 5280, 4.1.1.2)",
            ));
        }
        key(certificate.public_key(), depth)?;
        // a root's own signature protects nothing: it is trusted for what it is
        if depth != last && rests_on_sha1(certificate.signature_algorithm()) {
            return Err(Fault::new(
                Code::WeakSignature,
                depth,
                "its signature rests on SHA-1, for which collisions can be made",
            ));
        }
        let verified = issuer.public_key().verify(
            certificate.signature_algorithm(),
            certificate.to_be_signed(),
            certificate.signature(),
        );
        verified.map_err(|why| signature_fault(&why, certificate, depth))?;
    }
    Ok(())
}

fn signature_fault(why: &VerifyError, certificate: &Certificate, depth: usize) -> Fault {
    let code = match why {
        VerifyError::BadSignature => Code::BadSignature,
        VerifyError::Unsupported { .. } => Code::SignatureUnsupported,
    };
    let said = match why {
        VerifyError::BadSignature => {
            format!(
                "its signature is not by the key of {}",
                certificate.issuer()
            )
        }
        VerifyError::Unsupported { .. } => why.to_string(),
    };
    Fault::new(code, depth, said)
}

fn key(key: &PublicKey, depth: usize) -> Checked {
    match key.kind() {
        KeyKind::Rsa { bits, .. } if *bits < LEAST_RSA => Err(Fault::new(
            Code::WeakKey,
            depth,
            format!("its RSA key has {bits} bits; at least {LEAST_RSA} are needed"),
        )),
        KeyKind::Other { .. } => Err(Fault::new(
            Code::WeakKey,
            depth,
            format!("nobody here can tell how strong its {} key is", key.kind()),
        )),
        _ => Ok(()),
    }
}
