//! Private keys in use: whole, checked, able to sign.
//!
//! Whatever layout a key came in, here it is PKCS#8 version 0 with nothing but the key. The copy
//! is wiped when it is dropped; `ring`'s own form of it, which signs, is not in privca's hands.

use std::fmt;

use getrandom::SysRng;
use p256::elliptic_curve::sec1::ToSec1Point;
use rand_core::UnwrapErr;
use ring::digest;
use ring::rand::SystemRandom;
use ring::signature::{self as rs, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RsaKeyPair};
use rsa::pkcs1::DecodeRsaPrivateKey;
use rsa::{Pkcs1v15Sign, RsaPrivateKey};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::KeyError;
use super::forms::{self, Curve, Ec, Parts};
use super::public::{PublicKey, bit_length, magnitude};
use crate::primitives::der::{self, tag};
use crate::primitives::secret::Secret;

/// A private key that privca can sign with.
pub struct PrivateKey {
    pkcs8: Secret,
    public: PublicKey,
    signer: Signer,
}

enum Signer {
    Rsa(RsaKeyPair),
    /// `ring` signs with moduli of 2048, 3072 and 4096 bits alone; other people's keys have others.
    OddRsa(Box<RsaPrivateKey>),
    Ec(EcdsaKeyPair, Curve),
    Ed25519(Ed25519KeyPair),
}

impl PrivateKey {
    /// Reads a plain PKCS#8 key (version 0 or 1) and checks that its parts belong together.
    ///
    /// # Errors
    /// When it is broken, or a kind that `ring` cannot sign with.
    pub fn from_pkcs8(der: &Secret) -> Result<Self, KeyError> {
        match forms::pkcs8(der.expose())? {
            Parts::Rsa(pkcs1) => Self::from_pkcs1(pkcs1),
            Parts::Ec(ec) => Self::from_ec(&ec),
            Parts::Ed25519 { seed, public } => Self::from_ed25519(seed, public),
        }
    }

    /// From an RSAPrivateKey.
    pub(super) fn from_pkcs1(der: &[u8]) -> Result<Self, KeyError> {
        let [modulus, exponent] = forms::pkcs1(der)?;
        let signer = match bit_length(magnitude(modulus)) {
            2048 | 3072 | 4096 => RsaKeyPair::from_der(der).map(Signer::Rsa).ok(),
            _ => RsaPrivateKey::from_pkcs1_der(der)
                .map(|key| Signer::OddRsa(Box::new(key)))
                .ok(),
        };
        let signer = signer.ok_or_else(|| {
            KeyError::malformed("the numbers of the RSA key do not belong together")
        })?;
        let bits = der::sequence(&[der::unsigned(modulus), der::unsigned(exponent)]);
        Ok(Self {
            pkcs8: forms::write_pkcs8(&forms::rsa_algorithm(), der),
            public: PublicKey::from_parts(&forms::rsa_algorithm(), &bits)?,
            signer,
        })
    }

    /// From the parts of an ECPrivateKey.
    pub(super) fn from_ec(ec: &Ec<'_>) -> Result<Self, KeyError> {
        let (curve, length) = (ec.curve, ec.curve.length());
        // RFC 5915, 3 wants the full length; old writers cut leading zeros off or put one in front.
        let digits = magnitude(ec.number);
        let padding = length.checked_sub(digits.len());
        let padding = padding.ok_or_else(|| KeyError::malformed("EC private key is too long"))?;
        let mut number = Zeroizing::new(vec![0; length]);
        number
            .iter_mut()
            .skip(padding)
            .zip(digits)
            .for_each(|(to, from)| *to = *from);

        // `ring` checks a point against the number but can't compute one, which a key without it
        // (or with a compressed one) needs; RustCrypto's curves can.
        let computed;
        let point = match ec.public {
            Some(point @ [4, ..]) => point,
            Some(_) | None => {
                computed = point_of(curve, &number)?;
                &computed
            }
        };
        let pair = EcdsaKeyPair::from_private_key_and_public_key(
            match curve {
                Curve::P256 => &rs::ECDSA_P256_SHA256_ASN1_SIGNING,
                Curve::P384 => &rs::ECDSA_P384_SHA384_ASN1_SIGNING,
            },
            &number,
            point,
            &SystemRandom::new(),
        )
        .map_err(|_| KeyError::malformed("the two halves of the EC key do not belong together"))?;
        let sec1 = forms::write_sec1(&number, None, point);
        Ok(Self {
            pkcs8: forms::write_pkcs8(&curve.algorithm(), sec1.expose()),
            public: PublicKey::from_parts(&curve.algorithm(), point)?,
            signer: Signer::Ec(pair, curve),
        })
    }

    fn from_ed25519(seed: &[u8], public: Option<&[u8]>) -> Result<Self, KeyError> {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| {
            KeyError::malformed(format!("Ed25519 key of {} bytes instead of 32", seed.len()))
        })?;
        let computed = pair.public_key().as_ref();
        if public.is_some_and(|public| public != computed) {
            return Err(KeyError::malformed(
                "the two halves of the Ed25519 key do not belong together",
            ));
        }
        let inner = Zeroizing::new(der::tlv(tag::OCTET_STRING, seed));
        Ok(Self {
            pkcs8: forms::write_pkcs8(&forms::ed25519_algorithm(), &inner),
            public: PublicKey::from_parts(&forms::ed25519_algorithm(), computed)?,
            signer: Signer::Ed25519(pair),
        })
    }

    /// The key as PKCS#8, version 0: for EC with the public point, without a second curve name,
    /// as OpenSSL writes it.
    pub fn pkcs8(&self) -> &Secret {
        &self.pkcs8
    }

    /// Its public half.
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// The AlgorithmIdentifier of the signatures that it makes.
    pub fn signature_algorithm(&self) -> &'static [u8] {
        match &self.signer {
            Signer::Rsa(_) | Signer::OddRsa(_) => SHA256_WITH_RSA,
            Signer::Ec(_, Curve::P256) => ECDSA_WITH_SHA256,
            Signer::Ec(_, Curve::P384) => ECDSA_WITH_SHA384,
            Signer::Ed25519(_) => ED25519,
        }
    }

    /// Signs `message` by [`Self::signature_algorithm`]. The signature is verified before it is
    /// given out: a bit that flips while signing can give the private key away (Boneh, DeMillo and
    /// Lipton 1997, for RSA with CRT; others since for ECDSA and Ed25519).
    ///
    /// # Errors
    /// When the system's generator fails, or the check does.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        let random = SystemRandom::new();
        let refused = |_| KeyError::Internal { what: "to sign" };
        let signature = match &self.signer {
            Signer::Rsa(pair) => {
                let mut signature = vec![0; pair.public().modulus_len()];
                pair.sign(&rs::RSA_PKCS1_SHA256, &random, message, &mut signature)
                    .map_err(refused)?;
                signature
            }
            Signer::OddRsa(key) => {
                let digest = digest::digest(&digest::SHA256, message);
                // With a generator, the number to be signed is blinded.
                let mut random = UnwrapErr(SysRng);
                key.sign_with_rng(&mut random, Pkcs1v15Sign::new::<Sha256>(), digest.as_ref())
                    .map_err(|_| KeyError::Internal { what: "to sign" })?
            }
            Signer::Ec(pair, _) => pair
                .sign(&random, message)
                .map_err(refused)?
                .as_ref()
                .to_vec(),
            Signer::Ed25519(pair) => pair.sign(message).as_ref().to_vec(),
        };
        self.public
            .verify(self.signature_algorithm(), message, &signature)
            .map_err(|_| KeyError::FaultySignature)?;
        Ok(signature)
    }

    /// An RSA key in OpenSSL's traditional form, RSAPrivateKey (RFC 8017, A.1.2).
    pub fn pkcs1(&self) -> Option<Secret> {
        match forms::pkcs8(self.pkcs8.expose()) {
            Ok(Parts::Rsa(pkcs1)) => Some(Secret::new(pkcs1.to_vec())),
            _ => None,
        }
    }

    /// An EC key in OpenSSL's traditional form, ECPrivateKey (RFC 5915) with the curve's name and
    /// the public point.
    pub fn sec1(&self) -> Option<Secret> {
        match forms::pkcs8(self.pkcs8.expose()) {
            Ok(Parts::Ec(ec)) => {
                let public = self.public.bits();
                Some(forms::write_sec1(ec.number, Some(ec.curve), public))
            }
            _ => None,
        }
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PrivateKey({})", self.public.kind())
    }
}

fn point_of(curve: Curve, number: &[u8]) -> Result<Vec<u8>, KeyError> {
    let outside = |_| KeyError::malformed("EC private key is not in the range of its curve");
    Ok(match curve {
        Curve::P256 => {
            let key = p256::SecretKey::from_slice(number).map_err(outside)?;
            key.public_key().to_sec1_point(false).as_bytes().to_vec()
        }
        Curve::P384 => {
            let key = p384::SecretKey::from_slice(number).map_err(outside)?;
            key.public_key().to_sec1_point(false).as_bytes().to_vec()
        }
    })
}

/// sha256WithRSAEncryption with NULL (RFC 4055, 5).
pub(super) const SHA256_WITH_RSA: &[u8] = &[
    0x30, 13, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 11, 5, 0,
];
/// ecdsa-with-SHA256 and -SHA384 (RFC 5758, 3.2): the hash that matches the curve.
pub(super) const ECDSA_WITH_SHA256: &[u8] =
    &[0x30, 10, 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2];
pub(super) const ECDSA_WITH_SHA384: &[u8] =
    &[0x30, 10, 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 3];
/// Ed25519 (RFC 8410, 3).
pub(super) const ED25519: &[u8] = &[0x30, 5, 6, 3, 0x2b, 0x65, 0x70];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::{KeyType, generate};

    fn sec1(number: &[u8], public: Option<&[u8]>) -> Result<PrivateKey, KeyError> {
        let curve = Curve::P256;
        PrivateKey::from_ec(&Ec {
            curve,
            number,
            public,
        })
    }

    #[test]
    fn ec_numbers_of_unusual_length_are_the_same_key() {
        let mut long = vec![0; 40];
        long.push(5);
        let key = sec1(&[5], None).unwrap();
        assert_eq!(sec1(&long, None).unwrap().public(), key.public());
        // 5 G on P-256.
        assert!(
            key.public()
                .bits()
                .starts_with(&[4, 0x51, 0x59, 0x0b, 0x7a])
        );
        assert!(key.sign(b"message").is_ok());
        assert_eq!(key.sec1().unwrap().expose().len(), 121);
    }

    #[test]
    fn ec_numbers_out_of_range_are_refused() {
        for number in [&[0][..], &[], &[0xff; 32], &[1; 33]] {
            let refused = sec1(number, None).unwrap_err();
            assert!(matches!(refused, KeyError::Malformed { .. }), "{number:?}");
        }
    }

    #[test]
    fn halves_that_do_not_match_are_refused() {
        let other = sec1(&[6], None).unwrap();
        assert!(sec1(&[5], Some(other.public().bits())).is_err());
        assert!(PrivateKey::from_ed25519(&[7; 32], Some(&[8; 32])).is_err());
        assert!(PrivateKey::from_ed25519(&[7; 31], None).is_err());
    }

    #[test]
    fn rsa_numbers_that_do_not_match_are_refused() {
        let key = generate::generate(KeyType::Rsa2048).unwrap();
        let pkcs1 = key.pkcs1().unwrap();
        // In the modulus, in p, in q.
        for at in [100, 600, 720] {
            let mut broken = pkcs1.expose().to_vec();
            broken[at] ^= 4;
            let refused = PrivateKey::from_pkcs1(&broken);
            assert!(
                refused.is_err_and(|e| matches!(e, KeyError::Malformed { .. })),
                "{at}"
            );
        }
    }

    #[test]
    fn a_faulty_signature_is_not_given_out() {
        let key = generate::generate(KeyType::Rsa2048).unwrap();
        let mut pkcs1 = key.pkcs1().unwrap().expose().to_vec();
        // In d mod p-1, which `ring` does not check when reading.
        let at = pkcs1.len() - 350;
        pkcs1[at] ^= 4;
        let broken = PrivateKey::from_pkcs1(&pkcs1).unwrap();
        assert!(broken.sign(b"message").is_err());
    }

    #[test]
    fn nothing_secret_is_printed() {
        let key = generate::generate(KeyType::EcP256).unwrap();
        assert_eq!(format!("{key:?}"), "PrivateKey(EC P-256)");
    }
}
