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
        Self::unchecked(parameters.choice()?.1)
    }

    /// From X9.62 parameters; nothing where OpenSSL refuses them.
    pub(super) fn explicit(parameters: &Value<'_>) -> Option<Self> {
        let mut curve = Self::unchecked(parameters)?;
        if curve.order.bits() > curve.degree() + 1 || !curve.has(&curve.generator) {
            return None;
        }
        // OpenSSL puts its own curve in place of one that it knows, but for the seed.
        if let Some(mut known) = CURVES
            .iter()
            .filter_map(Self::of_row)
            .find(|c| c.is(&curve))
        {
            known.seed = known.seed.filter(|_| curve.seed.is_some());
            return Some(known);
        }
        if curve.cofactor == BigUint::default() {
            curve.cofactor = curve.guessed_cofactor();
        }
        Some(curve)
    }

    /// True if field, coefficients, generator and order are the same; `self` is from the table, its
    /// generator uncompressed.
    fn is(&self, other: &Self) -> bool {
        if (&self.modulus, &self.a, &self.b, &self.order)
            != (&other.modulus, &other.a, &other.b, &other.order)
        {
            return false;
        }
        let size = self.degree().div_ceil(8) as usize;
        let (Some((_, ours)), Some((form, theirs))) =
            (self.generator.split_first(), other.generator.split_first())
        else {
            return false;
        };
        if !matches!(form, 2 | 3) {
            return ours == theirs;
        }
        let (x, y) = ours.split_at(size.min(ours.len()));
        let [x_number, y_number] = [x, y].map(BigUint::from_bytes_be);
        x == theirs && self.sign_of(&x_number, &y_number) == (form & 1 == 1)
    }

    fn unchecked(parameters: &Value<'_>) -> Option<Self> {
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
                if hybrid && (form & 1 == 1) != self.sign_of(&x, &y) {
                    return false;
                }
                self.satisfied(&x, &y)
            }
            _ => false,
        }
    }

    /// The bit that tells y from the other solution.
    fn sign_of(&self, x: &BigUint, y: &BigUint) -> bool {
        match self.field {
            Field::Prime => y.bit(0),
            Field::Binary(_) => self.times(y, &self.inverse(x)).bit(0),
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

    /// In a binary field, by Euclid's algorithm; zero where there is none.
    pub(super) fn inverse(&self, number: &BigUint) -> BigUint {
        let (mut u, mut v) = (number.clone(), self.modulus.clone());
        let (mut g, mut h) = (BigUint::from(1u8), BigUint::default());
        while u.bits() > 1 {
            if u.bits() < v.bits() {
                std::mem::swap(&mut u, &mut v);
                std::mem::swap(&mut g, &mut h);
            }
            let shift = u.bits() - v.bits();
            u ^= &v << shift;
            g ^= &h << shift;
        }
        if u.bits() == 0 {
            return u;
        }
        self.reduced(g)
    }

    /// The product in a binary field.
    pub(super) fn times(&self, left: &BigUint, right: &BigUint) -> BigUint {
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
        let length = self.modulus.bits();
        if number.bits() > 4 * MAX_FIELD_BITS {
            // A coefficient of any length, octet by octet: the loop below would take its square.
            return number
                .to_bytes_be()
                .iter()
                .fold(BigUint::default(), |sum, octet| {
                    self.reduced((sum << 8) ^ BigUint::from(*octet))
                });
        }
        let mut number = number;
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
