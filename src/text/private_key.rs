//! Private keys: kind, size, curve and public part; the secret numbers only where asked for.

use std::io::{self, Write};

use x509_parser::num_bigint::BigUint;
use zeroize::Zeroizing;

use crate::primitives::oid::{Oid, known};

use super::key::{
    self, DhParameters, Domain, DsaParameters, Edwards, Elliptic, PssRestrictions, Public, Rsa,
};
use super::layout::key_octets;
use super::schema::{self, Value};
use super::{TextError, items, number};

/// Writes what `openssl pkey -noout -text_pub` prints for a private key: PKCS#8, PKCS#1 (RSA),
/// SEC1 (EC) or OpenSSL's DSA form, not encrypted.
///
/// # Errors
/// Where OpenSSL cannot load the key, before anything is written; and where `out` fails.
pub fn private_key(der: &[u8], out: &mut dyn Write) -> Result<(), TextError> {
    Ok(load(der)?.write_public(out)?)
}

/// Writes what `openssl pkey -noout -text` prints for a private key: the secret numbers, too.
///
/// # Errors
/// As [`private_key`].
pub fn private_key_with_secrets(der: &[u8], out: &mut dyn Write) -> Result<(), TextError> {
    let key = load(der)?;
    if let PrivateKey::Elliptic { secret: None, .. } = key {
        return Err(UNUSABLE);
    }
    Ok(key.write_secrets(out)?)
}

/// Octets that are wiped after use.
type Secret = Zeroizing<Vec<u8>>;

enum PrivateKey {
    Rsa {
        public: Rsa,
        /// d, p, q, dP, dQ, qInv; then r, d, t of each further prime.
        numbers: Vec<Secret>,
    },
    Elliptic {
        public: Elliptic,
        /// None where it is longer than the curve's order.
        secret: Option<Secret>,
    },
    Edwards {
        public: Edwards,
        secret: Secret,
    },
    Dsa {
        domain: DsaParameters,
        public: Public,
        secret: Secret,
    },
    Dh {
        domain: DhParameters,
        public: Public,
        secret: Secret,
    },
}

fn secret(value: &Value<'_>) -> Secret {
    Zeroizing::new(value.bytes().to_vec())
}

fn load(der: &[u8]) -> Result<PrivateKey, TextError> {
    let key = match schema::read(der, &items::PRIVATE_KEY_INFO) {
        Ok((info, _)) => from_info(&info),
        Err(error) => from_rsa(der, None)
            .or_else(|| from_elliptic(der, None))
            .or_else(|| from_dsa(der))
            .map_or_else(|| Err(TextError::malformed("private key")(error)), Ok)
            .map(Some)?,
    };
    key.ok_or(UNUSABLE)
}

const UNUSABLE: TextError = TextError::Malformed {
    object: "private key",
    offset: 0,
    fault: "algorithm, parameters or value cannot be used",
};

/// PKCS#8 (RFC 5208).
fn from_info(info: &Value<'_>) -> Option<PrivateKey> {
    let algorithm = info.field(1);
    let (oid, parameters) = (algorithm.field(0).oid()?, algorithm.field(1));
    let octets = info.field(2).bytes();
    if oid == known::RSA_ENCRYPTION {
        from_rsa(octets, None)
    } else if oid == known::RSASSA_PSS {
        from_rsa(octets, Some(PssRestrictions::load(parameters)?))
    } else if oid == known::EC_PUBLIC_KEY {
        from_elliptic(octets, Some(key::curve_parameters(parameters)?))
    } else if oid == key::DSA {
        let domain = DsaParameters::load(parameters)?;
        let (value, _) = schema::read(octets, &items::INTEGER).ok()?;
        if value.primitive()?.negative {
            return None;
        }
        let public = power(&domain.g, value.bytes(), &domain.p)?;
        Some(PrivateKey::Dsa {
            domain,
            public,
            secret: secret(&value),
        })
    } else if oid == key::DH || oid == key::DHX {
        let domain = DhParameters::load(oid == key::DHX, parameters)?;
        if number::bits(&domain.p) < MIN_DH_BITS {
            return None;
        }
        let (value, _) = schema::read(octets, &items::INTEGER).ok()?;
        let public = power(&domain.g, value.bytes(), &domain.p)?;
        Some(PrivateKey::Dh {
            domain,
            public,
            secret: secret(&value),
        })
    } else {
        from_edwards(&oid, parameters, octets)
    }
}

/// OpenSSL computes no Diffie-Hellman public key for primes below this size,
const MIN_DH_BITS: usize = 512;
/// nor above this one. It would for DSA, and for exponents of any length, and take hours.
const MAX_BITS: u64 = 10_000;

fn power(base: &[u8], exponent: &[u8], modulus: &[u8]) -> Option<Public> {
    let [base, exponent, modulus] = [base, exponent, modulus].map(BigUint::from_bytes_be);
    let sized = |number: &BigUint| (1..=MAX_BITS).contains(&number.bits());
    (sized(&modulus) && exponent.bits() <= MAX_BITS)
        .then(|| Public::of_magnitude(base.modpow(&exponent, &modulus).to_bytes_be()))
}

/// PKCS#1 (RFC 8017, A.1.2).
fn from_rsa(der: &[u8], restrictions: Option<PssRestrictions>) -> Option<PrivateKey> {
    let (key, _) = schema::read(der, &items::RSA_PRIVATE_KEY).ok()?;
    let further = key.field(9).list();
    let multiple = key.field(0).primitive().and_then(number::to_i64) == Some(1);
    if multiple && further.is_empty() {
        return None;
    }
    let mut numbers: Vec<Secret> = (3..9).map(|i| secret(key.field(i))).collect();
    for prime in further {
        numbers.extend((0..3).map(|i| secret(prime.field(i))));
    }
    Some(PrivateKey::Rsa {
        public: Rsa {
            modulus: key.field(1).bytes().to_vec(),
            exponent: key.field(2).bytes().to_vec(),
            restrictions,
        },
        numbers,
    })
}

/// SEC1 (RFC 5915); the curve inside goes before the one outside.
fn from_elliptic(der: &[u8], domain: Option<Domain>) -> Option<PrivateKey> {
    let (key, _) = schema::read(der, &items::EC_PRIVATE_KEY).ok()?;
    let domain = match key.field(2).present() {
        Some(inner) => Domain::of_choice(inner)?,
        None => domain?,
    };
    let secret = padded(key.field(1).bytes(), domain.bits().div_ceil(8) as usize);
    let point = match key.field(3).present() {
        Some(point) => point.bytes().to_vec(),
        None => domain.multiple_of_generator(key.field(1).bytes())?,
    };
    domain.has(&point).then(|| PrivateKey::Elliptic {
        public: Elliptic { domain, point },
        secret,
    })
}

/// The number in so many octets.
fn padded(octets: &[u8], size: usize) -> Option<Secret> {
    let zeros = octets.iter().take_while(|b| **b == 0).count();
    let digits = octets.get(zeros..)?;
    let mut padded = Zeroizing::new(vec![0; size.checked_sub(digits.len())?]);
    padded.extend_from_slice(digits);
    Some(padded)
}

/// OpenSSL's own form of a DSA key.
fn from_dsa(der: &[u8]) -> Option<PrivateKey> {
    let (key, _) = schema::read(der, &items::DSA_PRIVATE_KEY).ok()?;
    let [p, q, g, public] = [1, 2, 3, 4].map(|i| key.field(i).bytes().to_vec());
    let public = Public::of_magnitude(public);
    Some(PrivateKey::Dsa {
        domain: DsaParameters { p, q, g },
        public,
        secret: secret(key.field(5)),
    })
}

/// RFC 8410.
fn from_edwards(oid: &Oid, parameters: &Value<'_>, octets: &[u8]) -> Option<PrivateKey> {
    let (kind, length) = key::edwards_kind(oid)?;
    let (value, _) = schema::read(octets, &items::OCTET_STRING).ok()?;
    let secret = secret(&value);
    if !parameters.is_absent() || secret.len() != length {
        return None;
    }
    Some(PrivateKey::Edwards {
        public: Edwards::of_private(kind, &secret)?,
        secret,
    })
}

impl PrivateKey {
    fn write_public(&self, out: &mut dyn Write) -> io::Result<()> {
        match self {
            Self::Rsa { public, .. } => public.write(out, 0),
            Self::Elliptic { public, .. } => public.write(out, 0),
            Self::Edwards { public, .. } => public.write(out, 0),
            Self::Dsa { domain, public, .. } => domain.write_public(out, public, 0),
            Self::Dh { domain, public, .. } => domain.write_public(out, public, 0),
        }
    }

    fn write_secrets(&self, out: &mut dyn Write) -> io::Result<()> {
        match self {
            Self::Rsa { public, numbers } => write_rsa(out, public, numbers),
            Self::Elliptic { public, secret } => {
                writeln!(out, "Private-Key: ({} bit)\npriv:", public.domain.bits())?;
                key_octets(out, secret.as_deref().map_or(&[], |s| s), 4)?;
                out.write_all(b"pub:\n")?;
                key_octets(out, &public.point, 4)?;
                public.domain.write(out, 0)
            }
            Self::Edwards { public, secret } => {
                writeln!(out, "{} Private-Key:\npriv:", public.kind)?;
                key_octets(out, secret, 4)?;
                out.write_all(b"pub:\n")?;
                key_octets(out, &public.public, 4)
            }
            Self::Dsa {
                domain,
                public,
                secret,
            } => {
                writeln!(out, "Private-Key: ({} bit)", number::bits(&domain.p))?;
                number::labelled(out, "priv:", secret, 0)?;
                public.write(out, "pub: ", 0)?;
                domain.write(out, 0)
            }
            Self::Dh {
                domain,
                public,
                secret,
            } => {
                writeln!(out, "DH Private-Key: ({} bit)", number::bits(&domain.p))?;
                number::labelled(out, "private-key:", secret, 0)?;
                public.write(out, "public-key:", 0)?;
                domain.write(out, 0)
            }
        }
    }
}

fn write_rsa(out: &mut dyn Write, public: &Rsa, numbers: &[Secret]) -> io::Result<()> {
    let (first, further) = numbers.split_at(numbers.len().min(6));
    let bits = number::bits(&public.modulus);
    let primes = 2 + further.len() / 3;
    writeln!(out, "Private-Key: ({bits} bit, {primes} primes)")?;
    number::labelled(out, "modulus:", &public.modulus, 0)?;
    number::labelled(out, "publicExponent:", &public.exponent, 0)?;
    let labels = [
        "privateExponent:",
        "prime1:",
        "prime2:",
        "exponent1:",
        "exponent2:",
        "coefficient:",
    ];
    for (label, value) in labels.iter().zip(first) {
        number::labelled(out, label, value, 0)?;
    }
    for (i, prime) in further.chunks(3).enumerate() {
        for (label, value) in ["prime", "exponent", "coefficient"].iter().zip(prime) {
            number::labelled(out, &format!("{label}{}:", i + 3), value, 0)?;
        }
    }
    match &public.restrictions {
        Some(restrictions) => restrictions.write(out, 0),
        None => Ok(()),
    }
}
