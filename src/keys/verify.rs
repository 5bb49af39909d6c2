//! Signatures under public keys: which AlgorithmIdentifier means which check, all by `ring`.

use std::fmt;

use ring::signature::{self as rs, UnparsedPublicKey, VerificationAlgorithm};

use super::public::{KeyKind, PublicKey, bit_length, name_of};
use crate::primitives::der::{self, Reader, tag};
use crate::primitives::oid::{Oid, known};

/// Why a signature does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VerifyError {
    /// It is not this key's signature of this message.
    BadSignature,
    /// Nobody here can check it.
    Unsupported {
        /// The algorithm, and the key where that is the reason.
        algorithm: String,
    },
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BadSignature => f.write_str("the signature does not verify"),
            Self::Unsupported { algorithm } => {
                write!(f, "a signature by {algorithm} cannot be checked")
            }
        }
    }
}

impl std::error::Error for VerifyError {}

/// True for an AlgorithmIdentifier that rests on SHA-1: such a signature may still be checked (old
/// EasyRSA CAs have them), but it protects nobody from a forged one.
pub fn rests_on_sha1(algorithm_identifier_der: &[u8]) -> bool {
    Reader::new(algorithm_identifier_der)
        .sequence("algorithm")
        .and_then(|mut algorithm| algorithm.oid("algorithm"))
        .is_ok_and(|oid| oid == known::SHA1_WITH_RSA)
}

impl PublicKey {
    /// Checks `signature` over `message`, by the algorithm that the signed object names.
    ///
    /// RSA with SHA-1 passes here ([`rests_on_sha1`] tells), and so do RSA keys from 1024 bits:
    /// whether they may be used is the question of [`super::quality`] and of the profiles.
    ///
    /// # Errors
    /// When it does not hold, or can't be checked.
    pub fn verify(
        &self,
        algorithm_identifier_der: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), VerifyError> {
        let check = self.check_for(algorithm_identifier_der)?;
        UnparsedPublicKey::new(check, self.bits())
            .verify(message, signature)
            .map_err(|_| VerifyError::BadSignature)
    }

    fn check_for(
        &self,
        identifier: &[u8],
    ) -> Result<&'static dyn VerificationAlgorithm, VerifyError> {
        let unsupported = |algorithm: String| VerifyError::Unsupported { algorithm };
        let malformed = |_| unsupported("a malformed algorithm identifier".to_owned());
        let mut outer = Reader::new(identifier);
        let mut algorithm = outer.sequence("algorithm").map_err(malformed)?;
        outer.finish().map_err(malformed)?;
        let oid = algorithm.oid("algorithm").map_err(malformed)?;
        let parameters = algorithm.rest();
        let name = || name_of(&oid);

        let hash = Hash::of_rsa(&oid);
        let check = match self.kind() {
            KeyKind::Rsa { .. } if hash.is_some() || oid == known::RSASSA_PSS => {
                let small = matches!(hash, Some(Hash::Sha1 | Hash::Sha256 | Hash::Sha512));
                self.rsa_within_reach(if small { 1024 } else { 2048 }, &name())?;
                match hash {
                    // RFC 4055, 5: NULL, but its absence must be accepted.
                    Some(_) if !matches!(parameters, [] | [tag::NULL, 0]) => {
                        return Err(unsupported(format!("{} with odd parameters", name())));
                    }
                    Some(hash) => Some(hash.pkcs1()),
                    None => Some(pss(parameters).map_err(unsupported)?),
                }
            }
            KeyKind::EcP256 if oid == known::ECDSA_WITH_SHA256 => Some(P256_SHA256),
            KeyKind::EcP256 if oid == known::ECDSA_WITH_SHA384 => Some(P256_SHA384),
            KeyKind::EcP384 if oid == known::ECDSA_WITH_SHA256 => Some(P384_SHA256),
            KeyKind::EcP384 if oid == known::ECDSA_WITH_SHA384 => Some(P384_SHA384),
            KeyKind::Ed25519 if oid == known::ED25519 => Some(ED25519),
            _ => None,
        };
        // RFC 5758, 3.2 and RFC 8410, 3: no parameters with ECDSA and Ed25519.
        if check.is_some() && hash.is_none() && oid != known::RSASSA_PSS && !parameters.is_empty() {
            return Err(unsupported(format!("{} with parameters", name())));
        }
        check.ok_or_else(|| unsupported(format!("{} with this {} key", name(), self.kind())))
    }

    fn rsa_within_reach(&self, least: usize, algorithm: &str) -> Result<(), VerifyError> {
        let KeyKind::Rsa { bits, exponent } = self.kind() else {
            return Ok(());
        };
        let reason = if *bits < least || *bits > 8192 {
            format!("{least} to 8192 can be checked")
        } else if bit_length(exponent) > 33 {
            format!(
                "its exponent has {} bits, at most 33 can be checked",
                bit_length(exponent)
            )
        } else {
            return Ok(());
        };
        Err(VerifyError::Unsupported {
            algorithm: format!("{algorithm} with this {} key ({reason})", self.kind()),
        })
    }
}

const P256_SHA256: &dyn VerificationAlgorithm = &rs::ECDSA_P256_SHA256_ASN1;
const P256_SHA384: &dyn VerificationAlgorithm = &rs::ECDSA_P256_SHA384_ASN1;
const P384_SHA256: &dyn VerificationAlgorithm = &rs::ECDSA_P384_SHA256_ASN1;
const P384_SHA384: &dyn VerificationAlgorithm = &rs::ECDSA_P384_SHA384_ASN1;
const ED25519: &dyn VerificationAlgorithm = &rs::ED25519;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Hash {
    Sha1,
    Sha256,
    Sha384,
    Sha512,
}

impl Hash {
    fn of_rsa(signature: &Oid) -> Option<Self> {
        [
            (known::SHA1_WITH_RSA, Self::Sha1),
            (known::SHA256_WITH_RSA, Self::Sha256),
            (known::SHA384_WITH_RSA, Self::Sha384),
            (known::SHA512_WITH_RSA, Self::Sha512),
        ]
        .into_iter()
        .find_map(|(oid, hash)| (oid == *signature).then_some(hash))
    }

    fn pkcs1(self) -> &'static dyn VerificationAlgorithm {
        match self {
            Self::Sha1 => &rs::RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha256 => &rs::RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY,
            Self::Sha384 => &rs::RSA_PKCS1_2048_8192_SHA384,
            Self::Sha512 => &rs::RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY,
        }
    }
}

/// RSASSA-PSS-params (RFC 4055, 3.1): what `ring` can check is one hash in both places, a salt of
/// its length, and the usual trailer. The defaults are SHA-1 and a salt of 20 bytes.
fn pss(parameters: &[u8]) -> Result<&'static dyn VerificationAlgorithm, String> {
    let malformed = |_| "RSASSA-PSS with malformed parameters".to_owned();
    let mut outer = Reader::new(parameters);
    let mut fields = outer.sequence("parameters").map_err(malformed)?;
    outer.finish().map_err(malformed)?;
    let mut field = |n| {
        fields
            .optional(tag::context_constructed(n))
            .map_err(malformed)
    };
    let [hash, mask, salt, trailer] = [field(0)?, field(1)?, field(2)?, field(3)?];
    fields.finish().map_err(malformed)?;

    let (Some(hash), Some(mask)) = (hash, mask) else {
        return Err("RSASSA-PSS with SHA-1".to_owned());
    };
    let mut mask = mask.reader();
    let mut mask = mask.sequence("mask").map_err(malformed)?;
    if mask.oid("mask").map_err(malformed)? != MGF1 || mask.rest() != hash.value {
        return Err("RSASSA-PSS with another hash for its mask".to_owned());
    }
    let mut hash = hash.reader();
    let mut hash = hash.sequence("hash").map_err(malformed)?;
    let hash = hash.oid("hash").map_err(malformed)?;
    let (check, length): (&'static dyn VerificationAlgorithm, u8) = if hash == SHA256 {
        (&rs::RSA_PSS_2048_8192_SHA256, 32)
    } else if hash == SHA384 {
        (&rs::RSA_PSS_2048_8192_SHA384, 48)
    } else if hash == SHA512 {
        (&rs::RSA_PSS_2048_8192_SHA512, 64)
    } else {
        return Err(format!("RSASSA-PSS with {}", name_of(&hash)));
    };
    if salt.map(|s| s.value) != Some(&der::tlv(tag::INTEGER, &[length])[..]) {
        return Err(format!(
            "RSASSA-PSS with a salt of other than {length} bytes"
        ));
    }
    if trailer.is_some_and(|t| t.value != [tag::INTEGER, 1, 1]) {
        return Err("RSASSA-PSS with an odd trailer".to_owned());
    }
    Ok(check)
}

const MGF1: Oid = Oid::known(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 8]);
const SHA256: Oid = Oid::known(&[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1]);
const SHA384: Oid = Oid::known(&[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 2]);
const SHA512: Oid = Oid::known(&[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 3]);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::{KeyType, generate};

    #[test]
    fn parameters_are_checked() {
        let rsa = generate::generate(KeyType::Rsa2048).unwrap();
        let signature = rsa.sign(b"message").unwrap();
        let with =
            |oid: Oid, parameters: &[u8]| der::sequence(&[oid.to_der(), parameters.to_vec()]);
        let verdict = |algorithm: &[u8]| rsa.public().verify(algorithm, b"message", &signature);
        let oid = || known::SHA256_WITH_RSA;
        assert_eq!(verdict(&with(oid(), &[tag::NULL, 0])), Ok(()));
        assert_eq!(verdict(&with(oid(), &[])), Ok(()));
        for odd in [
            with(oid(), &[tag::SEQUENCE, 0]),
            with(known::RSASSA_PSS, &[tag::NULL, 0]),
            with(known::RSASSA_PSS, &[tag::SEQUENCE, 0]),
            with(known::ECDSA_WITH_SHA256, &[]),
            vec![],
            vec![tag::SEQUENCE, 0],
            vec![tag::NULL, 0],
        ] {
            let refused = verdict(&odd).unwrap_err();
            assert!(
                matches!(refused, VerifyError::Unsupported { .. }),
                "{refused}"
            );
        }
        assert_eq!(
            verdict(&with(known::SHA512_WITH_RSA, &[])),
            Err(VerifyError::BadSignature)
        );

        let ec = generate::generate(KeyType::EcP256).unwrap();
        let signature = ec.sign(b"message").unwrap();
        let null = with(known::ECDSA_WITH_SHA256, &[tag::NULL, 0]);
        let refused = ec
            .public()
            .verify(&null, b"message", &signature)
            .unwrap_err();
        assert_eq!(
            refused.to_string(),
            "a signature by ecdsa-with-SHA256 with parameters cannot be checked"
        );
    }
}
