//! Public parts from private ones, for keys that come without: what OpenSSL computes on loading.
//!
//! Written for showing a key once, not for signing: neither fast nor of constant time.

use x509_parser::num_bigint::BigUint;

use super::curve::{Curve, Field};

/// A prime field.
struct Modulus(BigUint);

impl Modulus {
    fn times(&self, a: &BigUint, b: &BigUint) -> BigUint {
        a * b % &self.0
    }

    fn plus(&self, a: &BigUint, b: &BigUint) -> BigUint {
        (a + b) % &self.0
    }

    fn minus(&self, a: &BigUint, b: &BigUint) -> BigUint {
        (a + &self.0 - b) % &self.0
    }

    fn inverse(&self, a: &BigUint) -> BigUint {
        a.modpow(&(&self.0 - 2u8), &self.0)
    }
}

fn two_to(exponent: u32) -> BigUint {
    BigUint::from(1u8) << exponent
}

/// The number as octets, filled up with zeros in front.
fn octets(number: &BigUint, size: usize) -> Vec<u8> {
    let digits = number.to_bytes_be();
    let mut octets = vec![0; size.saturating_sub(digits.len())];
    octets.extend(digits);
    octets
}

fn little_endian(number: &BigUint, size: usize) -> Vec<u8> {
    let mut octets = number.to_bytes_le();
    octets.resize(size, 0);
    octets
}

/// A multiple of the generator as an uncompressed point; nothing for the point at infinity, and for
/// a generator in compressed form.
pub(super) fn multiple_of_generator(curve: &Curve, scalar: &[u8]) -> Option<Vec<u8>> {
    let size = curve.degree().div_ceil(8) as usize;
    let (form, coordinates) = curve.generator.split_first()?;
    if !matches!(form, 4 | 6 | 7) {
        return None;
    }
    let (x, y) = coordinates.split_at_checked(size)?;
    let [x, y, scalar] = [x, y, scalar].map(BigUint::from_bytes_be);
    let scalar = scalar % &curve.order;
    let (x, y) = match curve.field {
        Field::Prime => prime_multiple(curve, x, y, &scalar)?,
        Field::Binary(_) => binary_multiple(curve, (x, y), &scalar)?,
    };
    Some([vec![4], octets(&x, size), octets(&y, size)].concat())
}

/// In affine coordinates.
type Affine = (BigUint, BigUint);

fn binary_multiple(curve: &Curve, generator: Affine, scalar: &BigUint) -> Option<Affine> {
    let mut point: Option<Affine> = None;
    for bit in (0..scalar.bits()).rev() {
        point = point.and_then(|p| binary_sum(curve, &p, &p));
        if scalar.bit(bit) {
            point = match point {
                Some(point) => binary_sum(curve, &point, &generator),
                None => Some(generator.clone()),
            };
        }
    }
    point
}

fn binary_sum(curve: &Curve, one: &Affine, two: &Affine) -> Option<Affine> {
    let same_x = one.0 == two.0;
    if same_x && (one.1 != two.1 || one.0 == BigUint::default()) {
        return None;
    }
    let slope = if same_x {
        &one.0 ^ curve.times(&one.1, &curve.inverse(&one.0))
    } else {
        curve.times(&(&one.1 ^ &two.1), &curve.inverse(&(&one.0 ^ &two.0)))
    };
    let x = curve.times(&slope, &slope) ^ &slope ^ &one.0 ^ &two.0 ^ &curve.a;
    let y = curve.times(&slope, &(&one.0 ^ &x)) ^ &x ^ &one.1;
    Some((x, y))
}

fn prime_multiple(curve: &Curve, x: BigUint, y: BigUint, scalar: &BigUint) -> Option<Affine> {
    let field = Modulus(curve.modulus.clone());
    let generator = Jacobian {
        x,
        y,
        z: BigUint::from(1u8),
    };
    let mut point: Option<Jacobian> = None;
    for bit in (0..scalar.bits()).rev() {
        point = point.and_then(|p| p.doubled(&field, &curve.a));
        if scalar.bit(bit) {
            point = match point {
                Some(point) => point.plus(&generator, &field, &curve.a),
                None => Some(generator.clone()),
            };
        }
    }
    let point = point?;
    let inverse = field.inverse(&point.z);
    let square = field.times(&inverse, &inverse);
    let x = field.times(&point.x, &square);
    let y = field.times(&point.y, &field.times(&square, &inverse));
    Some((x, y))
}

/// A point in Jacobian coordinates; infinity is `None` outside.
#[derive(Clone)]
struct Jacobian {
    x: BigUint,
    y: BigUint,
    z: BigUint,
}

impl Jacobian {
    fn doubled(&self, f: &Modulus, a: &BigUint) -> Option<Self> {
        if self.y == BigUint::default() {
            return None;
        }
        let y2 = f.times(&self.y, &self.y);
        let s = f.times(&(&self.x << 2), &y2);
        let x2 = f.times(&self.x, &self.x);
        let z2 = f.times(&self.z, &self.z);
        let m = f.plus(&(&x2 * 3u8), &f.times(a, &f.times(&z2, &z2)));
        let x = f.minus(&f.times(&m, &m), &((&s << 1) % &f.0));
        let y4 = f.times(&y2, &y2);
        let y = f.minus(&f.times(&m, &f.minus(&s, &x)), &((y4 << 3) % &f.0));
        let z = f.times(&(&self.y << 1), &self.z);
        Some(Self { x, y, z })
    }

    fn plus(&self, other: &Self, f: &Modulus, a: &BigUint) -> Option<Self> {
        let z1 = f.times(&self.z, &self.z);
        let z2 = f.times(&other.z, &other.z);
        let u1 = f.times(&self.x, &z2);
        let u2 = f.times(&other.x, &z1);
        let s1 = f.times(&self.y, &f.times(&z2, &other.z));
        let s2 = f.times(&other.y, &f.times(&z1, &self.z));
        if u1 == u2 {
            return if s1 == s2 { self.doubled(f, a) } else { None };
        }
        let h = f.minus(&u2, &u1);
        let r = f.minus(&s2, &s1);
        let h2 = f.times(&h, &h);
        let h3 = f.times(&h2, &h);
        let v = f.times(&u1, &h2);
        let x = f.minus(&f.minus(&f.times(&r, &r), &h3), &((&v << 1) % &f.0));
        let y = f.minus(&f.times(&r, &f.minus(&v, &x)), &f.times(&s1, &h3));
        let z = f.times(&h, &f.times(&self.z, &other.z));
        Some(Self { x, y, z })
    }
}

/// The public part of an X25519, X448, Ed25519 or Ed448 key.
pub(super) fn edwards(kind: &str, private: &[u8]) -> Option<Vec<u8>> {
    match kind {
        "X25519" => {
            let p = two_to(255) - 19u8;
            Some(ladder(&clamped(private, 248, 127, 64), p, 121_665, 9, 32))
        }
        "X448" => {
            let p = two_to(448) - two_to(224) - 1u8;
            Some(ladder(&clamped(private, 252, 255, 128), p, 39_081, 5, 56))
        }
        "ED25519" => {
            use ring::signature::KeyPair;
            let pair = ring::signature::Ed25519KeyPair::from_seed_unchecked(private).ok()?;
            Some(pair.public_key().as_ref().to_vec())
        }
        "ED448" => ed448(private),
        _ => None,
    }
}

/// A scalar with the bits that RFC 7748 sets and clears, from little-endian octets.
fn clamped(private: &[u8], first: u8, last_and: u8, last_or: u8) -> BigUint {
    let mut scalar = private.to_vec();
    if let Some(byte) = scalar.first_mut() {
        *byte &= first;
    }
    if let Some(byte) = scalar.last_mut() {
        *byte = *byte & last_and | last_or;
    }
    BigUint::from_bytes_le(&scalar)
}

/// Montgomery's ladder (RFC 7748, 5) from the base point.
fn ladder(scalar: &BigUint, p: BigUint, a24: u32, base: u8, size: usize) -> Vec<u8> {
    let f = Modulus(p);
    let x1 = BigUint::from(base);
    let a24 = BigUint::from(a24);
    let (mut x2, mut z2) = (BigUint::from(1u8), BigUint::default());
    let (mut x3, mut z3) = (x1.clone(), BigUint::from(1u8));
    let mut swapped = false;
    for bit in (0..scalar.bits()).rev() {
        let set = scalar.bit(bit);
        if swapped != set {
            std::mem::swap(&mut x2, &mut x3);
            std::mem::swap(&mut z2, &mut z3);
        }
        swapped = set;
        let (a, b) = (f.plus(&x2, &z2), f.minus(&x2, &z2));
        let (aa, bb) = (f.times(&a, &a), f.times(&b, &b));
        let e = f.minus(&aa, &bb);
        let da = f.times(&f.minus(&x3, &z3), &a);
        let cb = f.times(&f.plus(&x3, &z3), &b);
        let (sum, difference) = (f.plus(&da, &cb), f.minus(&da, &cb));
        x3 = f.times(&sum, &sum);
        z3 = f.times(&x1, &f.times(&difference, &difference));
        x2 = f.times(&aa, &bb);
        z2 = f.times(&e, &f.plus(&aa, &f.times(&a24, &e)));
    }
    if swapped {
        std::mem::swap(&mut x2, &mut x3);
        std::mem::swap(&mut z2, &mut z3);
    }
    little_endian(&f.times(&x2, &f.inverse(&z2)), size)
}

/// The base point of edwards448 (RFC 8032, 5.2).
const ED448_BASE: [&[u8]; 2] = [
    b"224580040295924300187604334099896036246789641632564134246125461686950415467406032909029192869357953282578032075146446173674602635247710",
    b"298819210078481492676017930443930673437544040154080242095928241372331506189835876003536878655418784733982303233503462500531545062832660",
];

fn ed448(private: &[u8]) -> Option<Vec<u8>> {
    let mut digest = super::keccak::shake256(private, 57);
    digest.truncate(57);
    digest.pop();
    let scalar = clamped(&digest, 252, 255, 128);
    let f = Modulus(two_to(448) - two_to(224) - 1u8);
    let [x, y] = ED448_BASE.map(|digits| BigUint::parse_bytes(digits, 10));
    let base = (x?, y?, BigUint::from(1u8));
    let mut point = (BigUint::default(), BigUint::from(1u8), BigUint::from(1u8));
    for bit in (0..scalar.bits()).rev() {
        point = ed448_sum(&f, &point, &point);
        if scalar.bit(bit) {
            point = ed448_sum(&f, &point, &base);
        }
    }
    let inverse = f.inverse(&point.2);
    let x = f.times(&point.0, &inverse);
    let mut encoded = little_endian(&f.times(&point.1, &inverse), 57);
    if let Some(last) = encoded.last_mut().filter(|_| x.bit(0)) {
        *last |= 0x80;
    }
    Some(encoded)
}

type Projective = (BigUint, BigUint, BigUint);

/// The addition law of RFC 8032, 5.2.4.
fn ed448_sum(f: &Modulus, one: &Projective, two: &Projective) -> Projective {
    let a = f.times(&one.2, &two.2);
    let b = f.times(&a, &a);
    let c = f.times(&one.0, &two.0);
    let d = f.times(&one.1, &two.1);
    // d is -39081, so e is subtracted with its sign turned.
    let e = f.times(&BigUint::from(39_081u32), &f.times(&c, &d));
    let (minus_e, plus_e) = (f.plus(&b, &e), f.minus(&b, &e));
    let h = f.times(&f.plus(&one.0, &one.1), &f.plus(&two.0, &two.1));
    let x = f.times(&a, &f.times(&minus_e, &f.minus(&f.minus(&h, &c), &d)));
    let y = f.times(&a, &f.times(&plus_e, &f.minus(&d, &c)));
    (x, y, f.times(&minus_e, &plus_e))
}
