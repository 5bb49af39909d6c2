//! Whether 32 octets are an honest Ed25519 public key (RFC 8032, 5.1.3): `ring` says of a bad one
//! only that a signature under it does not hold.

use crypto_bigint::modular::{FixedMontyForm, FixedMontyParams};
use crypto_bigint::{Odd, U256};

/// What is wrong with a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PointFault {
    NotCanonical,
    OffCurve,
    SmallOrder,
}

type Element = FixedMontyForm<{ U256::LIMBS }>;

/// 2^255 - 19.
const P: U256 =
    U256::from_be_hex("7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed");
/// (P - 1) / 2.
const HALF: U256 =
    U256::from_be_hex("3ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff6");
/// The curve is -x² + y² = 1 + D x² y².
const D: U256 =
    U256::from_be_hex("52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3");

/// The y of the eight points of small order: 0, 1, -1, and those of order 8.
const SMALL_ORDER: [U256; 5] = [
    U256::ZERO,
    U256::ONE,
    U256::from_be_hex("7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffec"),
    U256::from_be_hex("05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826"),
    U256::from_be_hex("7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7"),
];

/// Checks a public key.
pub(super) fn ed25519(key: &[u8; 32]) -> Result<(), PointFault> {
    // Little-endian y; the highest bit is the sign of x.
    let mut digits = *key;
    if let Some(high) = digits.last_mut() {
        *high &= 0x7f;
    }
    let number = U256::from_le_slice(&digits);
    if number >= P {
        return Err(PointFault::NotCanonical);
    }
    if SMALL_ORDER.contains(&number) {
        return Err(PointFault::SmallOrder);
    }
    let Some(modulus) = Odd::new(P).into_option() else {
        return Ok(());
    };
    let field = FixedMontyParams::new_vartime(modulus);
    let one = Element::one(&field);
    let square = Element::new(&number, &field).square();
    // x² = (y² - 1) / (D y² + 1) is a square where the product of the two is (Euler).
    let above = square - one;
    let below = Element::new(&D, &field) * square + one;
    let euler = (above * below).pow_vartime(&HALF);
    if euler == one {
        Ok(())
    } else {
        Err(PointFault::OffCurve)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::{KeyType, generate};

    #[test]
    fn honest_keys_pass_and_half_of_all_numbers_do_not() {
        for _ in 0..20 {
            let key = generate::generate(KeyType::Ed25519).unwrap();
            assert_eq!(ed25519(key.public().bits().try_into().unwrap()), Ok(()));
        }
        let off = (2..66u8).filter(|n| {
            let mut key = [0; 32];
            key[0] = *n;
            ed25519(&key) == Err(PointFault::OffCurve)
        });
        assert!((20..44).contains(&off.count()));
    }

    #[test]
    fn small_order_points_are_what_they_are_called() {
        let field = FixedMontyParams::new_vartime(Odd::new(P).unwrap());
        let one = Element::one(&field);
        for y in &SMALL_ORDER[3..] {
            // Doubled, they have y = 0: D y⁴ + 2 y² = 1.
            let square = Element::new(y, &field).square();
            let sum = Element::new(&D, &field) * square.square() + square + square;
            assert_eq!(sum, one);
        }
        for y in SMALL_ORDER {
            let mut key: [u8; 32] = y.to_le_bytes().as_ref().try_into().unwrap();
            assert_eq!(ed25519(&key), Err(PointFault::SmallOrder));
            key[31] |= 0x80;
            assert_eq!(ed25519(&key), Err(PointFault::SmallOrder));
        }
        let mut key = [0xff; 32];
        key[0] = 0xed;
        key[31] = 0x7f;
        assert_eq!(ed25519(&key), Err(PointFault::NotCanonical));
    }
}
