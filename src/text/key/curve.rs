//! Arithmetic on elliptic curves, as much as it takes to tell whether a point is on one.

use x509_parser::num_bigint::BigUint;

use crate::primitives::oid::Oid;
use crate::text::items::{self, x962};
use crate::text::number;
use crate::text::schema::{self, Value, universal as u};

use super::curve_table::{CURVES, Curve as Row};

/// OpenSSL's OPENSSL_ECC_MAX_FIELD_BITS.
const MAX_FIELD_BITS: u64 = 661;

/// The field that coordinates are from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Prime,
    /// Binary, with OpenSSL's name for its basis.
    Binary(&'static str),
}

/// A curve with its generator.
pub(super) struct Curve {
    pub(super) field: Field,
    /// The prime, or the polynomial as bits.
    pub(super) modulus: BigUint,
    pub(super) a: BigUint,
    pub(super) b: BigUint,
    pub(super) generator: Vec<u8>,
    pub(super) order: BigUint,
    pub(super) cofactor: BigUint,
    pub(super) seed: Option<Vec<u8>>,
}

/// The table's row of a named curve.
pub(super) fn named(oid: &Oid) -> Option<&'static Row> {
    let at = CURVES
        .binary_search_by(|(contents, ..)| (*contents).cmp(oid.contents()))
        .ok()?;
    CURVES.get(at)
}

impl Curve {
    pub(super) fn of_row(row: &Row) -> Option<Self> {
        let (parameters, _) = schema::read(row.2, &items::EC_PARAMETERS).ok()?;
        Self::explicit(parameters.choice()?.1)
    }

    /// From X9.62 parameters; nothing where OpenSSL refuses them.
    pub(super) fn explicit(parameters: &Value<'_>) -> Option<Self> {
        let (field, modulus) = field(parameters.field(1))?;
        let coefficients = parameters.field(2);
        let unsigned = |value: &Value<'_>| BigUint::from_bytes_be(value.bytes());
        let positive = |value: &Value<'_>| {
            let negative = value.primitive().is_some_and(|p| p.negative);
            (!negative).then(|| unsigned(value))
        };
        let zero = BigUint::default();
        let [a, b] = [0, 1].map(|i| unsigned(coefficients.field(i)));
        if coefficients.field(0).bytes().is_empty() || coefficients.field(1).bytes().is_empty() {
            return None;
        }
        let seed = coefficients.field(2).present().map(|s| s.bytes().to_vec());
        if seed.as_ref().is_some_and(Vec::is_empty) {
            return None;
        }
        let order = positive(parameters.field(4)).filter(|order| *order != zero)?;
        let mut curve = Self {
            field,
            a: zero.clone(),
            b: zero,
            modulus,
            generator: parameters.field(3).bytes().to_vec(),
            order,
            cofactor: positive(parameters.field(5))?,
            seed,
        };
        curve.a = curve.reduced(a);
        curve.b = curve.reduced(b);
        if curve.order.bits() > curve.degree() + 1 || !curve.has(&curve.generator) {
            return None;
        }
        // OpenSSL cannot have the point at infinity as generator when it prints.
        if curve.cofactor == BigUint::default() {
            curve.cofactor = curve.guessed_cofactor();
        }
        Some(curve)
    }

    /// Bits of a coordinate.
    pub(super) fn degree(&self) -> u64 {
        match self.field {
            Field::Prime => self.modulus.bits(),
            Field::Binary(_) => self.modulus.bits() - 1,
        }
    }

    /// From Hasse's bound; zero where the order is too small for it.
    fn guessed_cofactor(&self) -> BigUint {
        if self.order.bits() <= self.degree().div_ceil(2) + 3 {
            return BigUint::default();
        }
        let elements = match self.field {
            Field::Prime => self.modulus.clone(),
            Field::Binary(_) => BigUint::from(1u8) << self.degree(),
        };
        (elements + BigUint::from(1u8) + (&self.order >> 1)) / &self.order
    }

    /// True if the octets are a point of the curve in one of the three forms of X9.62, or the
    /// point at infinity.
    pub(super) fn has(&self, point: &[u8]) -> bool {
        let size = self.degree().div_ceil(8) as usize;
        let Some((form, coordinates)) = point.split_first() else {
            return false;
        };
        let in_field = |octets: &[u8]| {
            let number = BigUint::from_bytes_be(octets);
            let fits = match self.field {
                Field::Prime => number < self.modulus,
                Field::Binary(_) => number.bits() <= self.degree(),
            };
            fits.then_some(number)
        };
        match (form, coordinates.len()) {
            (0, 0) => true,
            (2 | 3, length) if length == size => {
                in_field(coordinates).is_some_and(|x| self.has_abscissa(&x, form & 1 == 1))
            }
            (4 | 6 | 7, length) if length == 2 * size => {
                let (x, y) = coordinates.split_at(size);
                let (Some(x), Some(y)) = (in_field(x), in_field(y)) else {
                    return false;
                };
                let hybrid = *form != 4;
                if hybrid && self.field == Field::Prime && (form & 1 == 1) != y.bit(0) {
                    return false;
                }
                self.satisfied(&x, &y)
            }
            _ => false,
        }
    }

    fn satisfied(&self, x: &BigUint, y: &BigUint) -> bool {
        match self.field {
            Field::Prime => (y * y) % &self.modulus == self.right_side(x),
            Field::Binary(_) => self.times(y, y) ^ self.times(x, y) == self.right_side(x),
        }
    }

    /// x³ + ax + b, or x³ + ax² + b.
    fn right_side(&self, x: &BigUint) -> BigUint {
        match self.field {
            Field::Prime => ((x * x + &self.a) * x + &self.b) % &self.modulus,
            Field::Binary(_) => {
                let square = self.times(x, x);
                self.times(&square, &(x ^ &self.a)) ^ &self.b
            }
        }
    }

    /// True if there is a point with this x, and a y of this parity.
    fn has_abscissa(&self, x: &BigUint, odd: bool) -> bool {
        let zero = BigUint::default();
        let one = BigUint::from(1u8);
        let right = self.right_side(x);
        if self.field == Field::Prime {
            if right == zero {
                return !odd;
            }
            let half = (&self.modulus - &one) >> 1;
            return right.modpow(&half, &self.modulus) == one;
        }
        if *x == zero {
            return !odd;
        }
        // z² + z = right/x² has a solution exactly if the trace is zero.
        let inverse = self.inverse(&self.times(x, x));
        let mut term = self.times(&right, &inverse);
        let mut trace = term.clone();
        for _ in 1..self.degree() {
            term = self.times(&term, &term);
            trace ^= &term;
        }
        trace == zero
    }

    /// By Fermat: raised to 2^m - 2.
    fn inverse(&self, number: &BigUint) -> BigUint {
        let mut power = number.clone();
        let mut result = BigUint::from(1u8);
        for _ in 1..self.degree() {
            power = self.times(&power, &power);
            result = self.times(&result, &power);
        }
        result
    }

    /// The product in a binary field.
    fn times(&self, left: &BigUint, right: &BigUint) -> BigUint {
        let mut product = BigUint::default();
        for bit in 0..right.bits() {
            if right.bit(bit) {
                product ^= left << bit;
            }
        }
        self.reduced(product)
    }

    fn reduced(&self, number: BigUint) -> BigUint {
        if self.field == Field::Prime {
            return number % &self.modulus;
        }
        let mut number = number;
        let length = self.modulus.bits();
        while number.bits() >= length {
            let shift = number.bits() - length;
            number ^= &self.modulus << shift;
        }
        number
    }
}

fn field(id: &Value<'_>) -> Option<(Field, BigUint)> {
    let kind = id.field(0).oid()?;
    let value = id.field(1);
    if kind == x962::PRIME_FIELD {
        let prime = value.primitive().filter(|p| !p.negative)?;
        let prime = BigUint::from_bytes_be(&prime.bytes);
        let sound = prime.bits() > 2 && prime.bit(0) && prime.bits() <= MAX_FIELD_BITS;
        return sound.then_some((Field::Prime, prime));
    }
    if kind != x962::BINARY_FIELD {
        return None;
    }
    let degree = small(value.field(0))?;
    let basis = value.field(1).oid()?;
    let terms = value.field(2).primitive()?;
    let (name, mut exponents) = if basis == x962::TRINOMIAL && terms.tag == u::INTEGER {
        ("tpBasis", vec![number::to_i64(terms)?])
    } else if basis == x962::PENTANOMIAL && terms.tag == u::SEQUENCE {
        let (terms, _) = schema::read(&terms.bytes, items::PENTANOMIAL_BASIS).ok()?;
        let terms = [0, 1, 2].map(|i| small(terms.field(i)));
        ("ppBasis", terms.into_iter().collect::<Option<Vec<i64>>>()?)
    } else {
        return None;
    };
    exponents.insert(0, 0);
    exponents.push(degree);
    let rising = exponents.windows(2).all(|w| matches!(w, [a, b] if a < b));
    if !rising || degree as u64 > MAX_FIELD_BITS {
        return None;
    }
    let mut polynomial = BigUint::default();
    for exponent in exponents {
        polynomial.set_bit(exponent as u64, true);
    }
    Some((Field::Binary(name), polynomial))
}

fn small(value: &Value<'_>) -> Option<i64> {
    value.primitive().and_then(number::to_i64)
}
