//! The faults that a public key can have, by stable names.

use std::fmt;

pub(super) const LEAST_BITS: usize = 2048;
pub(super) const LEAST_EXPONENT: u64 = 65_537;
pub(super) const MOST_EXPONENT_BITS: usize = 256;
/// SP 800-89, 5.3.3 d: no factor smaller than 752.
pub(super) const SMALL: u64 = 752;
pub(super) const FERMAT_ROUNDS: u32 = 100;

/// A reason not to certify a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Weakness {
    /// The RSA modulus has fewer than 2048 bits.
    RsaShort {
        /// How many it has.
        bits: usize,
    },
    /// The RSA exponent is under 65537; with 3, padding mistakes forge signatures (Bleichenbacher
    /// 2006), with 1 anyone can.
    RsaExponentSmall {
        /// The exponent.
        exponent: u64,
    },
    /// The RSA exponent has more than 256 bits (FIPS 186-5, A.1.1), which nothing can check.
    RsaExponentLarge {
        /// How many it has.
        bits: usize,
    },
    /// The RSA exponent is even: there is no private key to it.
    RsaExponentEven,
    /// The RSA modulus is even.
    RsaModulusEven,
    /// The RSA modulus can be divided by a small prime (SP 800-89, 5.3.3).
    RsaSmallFactor {
        /// By which.
        factor: u64,
    },
    /// The primes of the RSA modulus are so close that Fermat's method finds them (CVE-2022-26320).
    RsaClosePrimes,
    /// The RSA modulus is itself a prime: anyone finds the private key.
    RsaPrime,
    /// The RSA modulus comes from the broken generator of Infineon's chips (ROCA, CVE-2017-15361).
    RsaRoca,
    /// A number of the RSA key is negative.
    RsaIntegerNegative {
        /// Which.
        part: &'static str,
    },
    /// A number of the RSA key has more octets than DER allows (X.690, 8.3.2), or none.
    RsaIntegerNotMinimal {
        /// Which.
        part: &'static str,
    },
    /// The EC point is compressed or in the hybrid form; RFC 5480, 2.2 wants clients to know only
    /// the uncompressed one.
    EcPointForm {
        /// Its first octet.
        form: u8,
    },
    /// The EC point is too short or too long.
    EcPointLength {
        /// How many octets it has.
        length: usize,
        /// How many it must have.
        expected: usize,
    },
    /// The EC point is not on its curve.
    EcPointOffCurve,
    /// The Ed25519 key is too short or too long.
    Ed25519Length {
        /// How many octets it has.
        length: usize,
    },
    /// The Ed25519 key is not the reduced form of a number (RFC 8032, 5.1.3).
    Ed25519NotCanonical,
    /// The Ed25519 key is no point of the curve.
    Ed25519OffCurve,
    /// The Ed25519 key is a point of small order: signatures under it hold for any message.
    Ed25519SmallOrder,
    /// The AlgorithmIdentifier has other parameters than its algorithm wants: NULL for RSA (RFC 3279,
    /// 2.3.1), the curve alone for EC (RFC 5480, 2.1.1), none for Ed25519 (RFC 8410, 3).
    Parameters,
    /// A kind of key that privca cannot judge.
    Unknown {
        /// Which.
        kind: String,
    },
}

impl Weakness {
    /// Its name for scripts: stable.
    pub fn code(&self) -> &'static str {
        match self {
            Self::RsaShort { .. } => "rsa-short",
            Self::RsaExponentSmall { .. } => "rsa-exponent-small",
            Self::RsaExponentLarge { .. } => "rsa-exponent-large",
            Self::RsaExponentEven => "rsa-exponent-even",
            Self::RsaModulusEven => "rsa-modulus-even",
            Self::RsaSmallFactor { .. } => "rsa-small-factor",
            Self::RsaClosePrimes => "rsa-close-primes",
            Self::RsaPrime => "rsa-prime",
            Self::RsaRoca => "rsa-roca",
            Self::RsaIntegerNegative { .. } => "rsa-integer-negative",
            Self::RsaIntegerNotMinimal { .. } => "rsa-integer-not-minimal",
            Self::EcPointForm { .. } => "ec-point-form",
            Self::EcPointLength { .. } => "ec-point-length",
            Self::EcPointOffCurve => "ec-point-off-curve",
            Self::Ed25519Length { .. } => "ed25519-length",
            Self::Ed25519NotCanonical => "ed25519-not-canonical",
            Self::Ed25519OffCurve => "ed25519-off-curve",
            Self::Ed25519SmallOrder => "ed25519-small-order",
            Self::Parameters => "key-parameters",
            Self::Unknown { .. } => "key-kind-unknown",
        }
    }
}

impl fmt::Display for Weakness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RsaShort { bits } => {
                write!(
                    f,
                    "RSA modulus has {bits} bits; at least {LEAST_BITS} are needed"
                )
            }
            Self::RsaExponentSmall { exponent } => {
                write!(
                    f,
                    "weak RSA exponent {exponent}; at least {LEAST_EXPONENT} is needed"
                )
            }
            Self::RsaExponentLarge { bits } => {
                write!(
                    f,
                    "RSA exponent has {bits} bits; at most {MOST_EXPONENT_BITS} are allowed"
                )
            }
            Self::RsaExponentEven => f.write_str("RSA exponent is even"),
            Self::RsaModulusEven => f.write_str("RSA modulus is even"),
            Self::RsaSmallFactor { factor } => {
                write!(
                    f,
                    "RSA modulus can be divided by {factor}; no prime under {SMALL} may do so"
                )
            }
            Self::RsaClosePrimes => write!(
                f,
                "RSA modulus is factored by {FERMAT_ROUNDS} or fewer rounds of Fermat's method"
            ),
            Self::RsaPrime => f.write_str("RSA modulus is a prime, no product of two"),
            Self::RsaRoca => {
                f.write_str("RSA modulus has the fingerprint of ROCA (CVE-2017-15361)")
            }
            Self::RsaIntegerNegative { part } => write!(f, "RSA {part} is negative"),
            Self::RsaIntegerNotMinimal { part } => {
                write!(f, "RSA {part} is not encoded in the fewest octets")
            }
            Self::EcPointForm { form } => {
                write!(
                    f,
                    "EC point is in form {form:02x}; only 04, uncompressed, is taken"
                )
            }
            Self::EcPointLength { length, expected } => {
                write!(
                    f,
                    "EC point has {length} octets; the curve needs {expected}"
                )
            }
            Self::EcPointOffCurve => f.write_str("EC point is not on its curve"),
            Self::Ed25519Length { length } => {
                write!(f, "Ed25519 key has {length} octets; it must have 32")
            }
            Self::Ed25519NotCanonical => f.write_str("Ed25519 key is not in reduced form"),
            Self::Ed25519OffCurve => f.write_str("Ed25519 key is not on its curve"),
            Self::Ed25519SmallOrder => f.write_str("Ed25519 key is a point of small order"),
            Self::Parameters => {
                f.write_str("key algorithm has parameters that it must not have, or lacks its own")
            }
            Self::Unknown { kind } => write!(f, "{kind} keys cannot be judged"),
        }
    }
}
