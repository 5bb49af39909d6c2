//! A passphrase for a file that travels: random, and easy to read out and to type on a telephone.

use super::Error;
use crate::primitives::random::{self, Randomness};
use crate::primitives::secret::Secret;
use zeroize::Zeroizing;

/// Letters and digits that nobody takes for one another: no l, o, 0, 1. Five bits each.
const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
/// Twenty characters carry 100 bits: enough for the 2048 rounds of SHA-1 in a legacy file.
const GROUPS: usize = 4;
const GROUP: usize = 5;

/// Draws one, such as `k7mfa-2xq9p-hd4tn-8wzrc`.
///
/// # Errors
/// When the source of random bytes fails.
pub(super) fn draw(random: &dyn Randomness) -> Result<Secret, Error> {
    let drawn: Zeroizing<[u8; GROUPS * GROUP]> = Zeroizing::new(random::bytes(random)?);
    let mut text = Vec::with_capacity(GROUPS * (GROUP + 1));
    for (at, byte) in drawn.iter().enumerate() {
        if at > 0 && at % GROUP == 0 {
            text.push(b'-');
        }
        // 256 is a multiple of 32: every character is as likely as the next
        text.extend(ALPHABET.get(usize::from(byte % 32)));
    }
    Ok(Secret::new(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::primitives::random::NoRandomness;

    /// Counts up.
    struct Counting;

    impl Randomness for Counting {
        fn fill(&self, bytes: &mut [u8]) -> Result<(), NoRandomness> {
            bytes.iter_mut().zip(0..).for_each(|(byte, n)| *byte = n);
            Ok(())
        }
    }

    #[test]
    fn four_groups_from_the_given_source() {
        let drawn = draw(&Counting).unwrap();
        assert_eq!(drawn.expose_str(), Some("abcde-fghij-kmnpq-rstuv"));
    }

    #[test]
    fn every_character_is_there_once() {
        let mut sorted = ALPHABET.to_vec();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(sorted.len(), 32);
    }
}
