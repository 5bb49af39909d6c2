//! The layouts that a private key comes in, taken apart and put together: PKCS#8 (RFC 5208, 5958),
//! PKCS#1 (RFC 8017, A.1.2), SEC1 (RFC 5915), Ed25519 (RFC 8410).
//!
//! Only layouts: whether the numbers belong together is checked by `private`.

use zeroize::Zeroizing;

use super::KeyError;
use super::public::{KeyKind, bit_length, magnitude, name_of};
use crate::primitives::der::{self, Reader, tag};
use crate::primitives::oid::{Oid, known};
use crate::primitives::secret::Secret;

/// The curves that `ring` signs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Curve {
    P256,
    P384,
}

impl Curve {
    /// The length of a private key and of a coordinate.
    pub(super) fn length(self) -> usize {
        match self {
            Self::P256 => 32,
            Self::P384 => 48,
        }
    }

    pub(super) fn oid(self) -> Oid {
        match self {
            Self::P256 => known::PRIME256V1,
            Self::P384 => known::SECP384R1,
        }
    }

    /// The AlgorithmIdentifier of a public key on it.
    pub(super) fn algorithm(self) -> Vec<u8> {
        der::sequence(&[known::EC_PUBLIC_KEY.to_der(), self.oid().to_der()])
    }

    fn named(oid: &Oid) -> Result<Self, KeyError> {
        match oid {
            oid if *oid == known::PRIME256V1 => Ok(Self::P256),
            oid if *oid == known::SECP384R1 => Ok(Self::P384),
            oid => {
                let curve = Some(oid.clone());
                let algorithm = known::EC_PUBLIC_KEY;
                let kind = if *oid == known::SECP521R1 {
                    KeyKind::EcP521
                } else {
                    KeyKind::Other { algorithm, curve }
                };
                Err(KeyError::unsupported(format!("{kind} key"), NEW_KEY))
            }
        }
    }
}

pub(super) const NEW_KEY: &str =
    "make a new key of a type that is (ec-p256, ec-p384, ed25519, rsa-2048, rsa-3072, rsa-4096)";

/// The AlgorithmIdentifier of RSA public keys: rsaEncryption with NULL.
pub(super) fn rsa_algorithm() -> Vec<u8> {
    der::sequence(&[known::RSA_ENCRYPTION.to_der(), vec![tag::NULL, 0]])
}

/// The AlgorithmIdentifier of Ed25519 public keys.
pub(super) fn ed25519_algorithm() -> Vec<u8> {
    der::sequence(&[known::ED25519.to_der()])
}

/// A private key taken apart; the slices point into the input.
pub(super) enum Parts<'a> {
    Rsa(&'a [u8]),
    Ec(Ec<'a>),
    Ed25519 {
        seed: &'a [u8],
        public: Option<&'a [u8]>,
    },
}

/// An EC key: the private number as it stands, and the point if it is there.
pub(super) struct Ec<'a> {
    pub(super) curve: Curve,
    pub(super) number: &'a [u8],
    pub(super) public: Option<&'a [u8]>,
}

/// Takes a PrivateKeyInfo (version 0) or OneAsymmetricKey (version 1) apart.
pub(super) fn pkcs8(der: &[u8]) -> Result<Parts<'_>, KeyError> {
    let mut outer = Reader::new(der);
    let mut key = outer.sequence("private key is not a SEQUENCE")?;
    outer.finish()?;
    let version = key.require(tag::INTEGER, "PKCS#8 key has no version")?;
    if !matches!(version.value, [0 | 1]) {
        return Err(KeyError::malformed("PKCS#8 key of unknown version"));
    }
    let mut algorithm = key.sequence("PKCS#8 key has no algorithm")?;
    let oid = algorithm.oid("PKCS#8 algorithm has no object identifier")?;
    let private = key.require(tag::OCTET_STRING, "PKCS#8 key has no private key")?;
    let public = match key.optional(tag::context_constructed(0))? {
        Some(_attributes) => key.optional(tag::context(1))?,
        None => key.optional(tag::context(1))?,
    };
    key.finish()?;

    if oid == known::RSA_ENCRYPTION {
        return Ok(Parts::Rsa(private.value));
    }
    if oid == known::EC_PUBLIC_KEY {
        // The curve is said outside or inside, or in both places.
        let outside = match algorithm.peek() {
            Some(tag::OID) => Some(algorithm.oid("curve is no object identifier")?),
            Some(tag::SEQUENCE) => return Err(explicit_parameters()),
            _ => None,
        };
        return sec1(private.value, outside.as_ref()).map(Parts::Ec);
    }
    if oid == known::ED25519 {
        let seed = der::only(
            private.value,
            tag::OCTET_STRING,
            "Ed25519 key has no octets",
        )?;
        let public = match public.map(|p| p.value) {
            Some([0, public @ ..]) => Some(public),
            Some(_) => return Err(KeyError::malformed("Ed25519 public key has unused bits")),
            None => None,
        };
        return Ok(Parts::Ed25519 {
            seed: seed.value,
            public,
        });
    }
    let curve = None;
    let kind = KeyKind::Other {
        algorithm: oid,
        curve,
    };
    Err(KeyError::unsupported(format!("{kind} key"), NEW_KEY))
}

/// Takes an ECPrivateKey apart. `outside` is the curve that stands around it.
pub(super) fn sec1<'a>(der: &'a [u8], outside: Option<&Oid>) -> Result<Ec<'a>, KeyError> {
    let mut outer = Reader::new(der);
    let mut key = outer.sequence("EC private key is not a SEQUENCE")?;
    outer.finish()?;
    let version = key.require(tag::INTEGER, "EC private key has no version")?;
    if version.value != [1] {
        return Err(KeyError::malformed("EC private key of unknown version"));
    }
    let number = key.require(tag::OCTET_STRING, "EC private key has no number")?;
    let inside = match key.optional(tag::context_constructed(0))? {
        Some(parameters) => {
            let mut parameters = parameters.reader();
            if parameters.peek() == Some(tag::SEQUENCE) {
                return Err(explicit_parameters());
            }
            Some(parameters.oid("EC private key has no curve")?)
        }
        None => None,
    };
    let public = match key.optional(tag::context_constructed(1))? {
        Some(public) => Some(
            public
                .reader()
                .bit_string("EC public key is no BIT STRING")?,
        ),
        None => None,
    };
    key.finish()?;
    let curve = match (inside, outside) {
        (Some(inside), Some(outside)) if inside != *outside => {
            let (inside, outside) = (name_of(&inside), name_of(outside));
            let what = format!("EC key names two curves, {inside} and {outside}");
            return Err(KeyError::malformed(what));
        }
        (Some(curve), _) => Curve::named(&curve)?,
        (None, Some(curve)) => Curve::named(curve)?,
        (None, None) => return Err(KeyError::malformed("EC private key names no curve")),
    };
    Ok(Ec {
        curve,
        number: number.value,
        public,
    })
}

fn explicit_parameters() -> KeyError {
    KeyError::unsupported(
        "EC key with explicit parameters",
        "convert it: openssl ec -in FILE -param_enc named_curve",
    )
}

/// Checks the frame of an RSAPrivateKey and that privca can sign with a key of these sizes; gives
/// modulus and exponent.
pub(super) fn pkcs1(der: &[u8]) -> Result<[&[u8]; 2], KeyError> {
    let mut outer = Reader::new(der);
    let mut key = outer.sequence("RSA private key is not a SEQUENCE")?;
    outer.finish()?;
    let version = key.require(tag::INTEGER, "RSA private key has no version")?;
    match version.value {
        [0] => {}
        [1] => {
            let what = "RSA key with more than two primes";
            return Err(KeyError::unsupported(what, NEW_KEY));
        }
        _ => return Err(KeyError::malformed("RSA private key of unknown version")),
    }
    let mut integer = || key.require(tag::INTEGER, "RSA private key has too few numbers");
    let [modulus, exponent] = [integer()?.value, integer()?.value];
    for _ in ["d", "p", "q", "d mod p-1", "d mod q-1", "1/q mod p"] {
        integer()?;
    }
    key.finish()?;

    let bits = bit_length(magnitude(modulus));
    if !(2048..=8192).contains(&bits) {
        let what = format!("RSA key of {bits} bits (2048 to 8192 are)");
        return Err(KeyError::unsupported(what, NEW_KEY));
    }
    let exponent_bits = bit_length(magnitude(exponent));
    if !(17..=33).contains(&exponent_bits) {
        let what = format!("RSA key with an exponent of {exponent_bits} bits (17 to 33 are)");
        return Err(KeyError::unsupported(what, NEW_KEY));
    }
    Ok([modulus, exponent])
}

/// A PrivateKeyInfo of version 0 without attributes: what every OpenSSL and Java reads.
pub(super) fn write_pkcs8(algorithm: &[u8], private: &[u8]) -> Secret {
    let key = Zeroizing::new(der::tlv(tag::OCTET_STRING, private));
    wiped_sequence(&[&[tag::INTEGER, 1, 0], algorithm, &key])
}

/// An ECPrivateKey with its public point; the curve is named where nothing around says it.
pub(super) fn write_sec1(number: &[u8], named: Option<Curve>, public: &[u8]) -> Secret {
    let number = Zeroizing::new(der::tlv(tag::OCTET_STRING, number));
    let curve = named.map(|c| der::tlv(tag::context_constructed(0), &c.oid().to_der()));
    let public = der::tlv(tag::context_constructed(1), &der::bit_string(public));
    let curve = curve.unwrap_or_default();
    wiped_sequence(&[&[tag::INTEGER, 1, 1], &number, &curve, &public])
}

/// A SEQUENCE that leaves no copy of its parts behind.
pub(super) fn wiped_sequence(parts: &[&[u8]]) -> Secret {
    // `der::tlv` allocates once, for the whole; only the joined contents are to be wiped here.
    let mut contents = Zeroizing::new(Vec::with_capacity(parts.iter().map(|p| p.len()).sum()));
    parts
        .iter()
        .for_each(|part| contents.extend_from_slice(part));
    Secret::new(der::tlv(tag::SEQUENCE, &contents))
}
