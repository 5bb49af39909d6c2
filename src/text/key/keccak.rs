//! SHAKE256 (FIPS 202), which Ed448 derives its scalar with.

const ROUNDS: [u64; 24] = [
    0x0000_0000_0000_0001,
    0x0000_0000_0000_8082,
    0x8000_0000_0000_808a,
    0x8000_0000_8000_8000,
    0x0000_0000_0000_808b,
    0x0000_0000_8000_0001,
    0x8000_0000_8000_8081,
    0x8000_0000_0000_8009,
    0x0000_0000_0000_008a,
    0x0000_0000_0000_0088,
    0x0000_0000_8000_8009,
    0x0000_0000_8000_000a,
    0x0000_0000_8000_808b,
    0x8000_0000_0000_008b,
    0x8000_0000_0000_8089,
    0x8000_0000_0000_8003,
    0x8000_0000_0000_8002,
    0x8000_0000_0000_0080,
    0x0000_0000_0000_800a,
    0x8000_0000_8000_000a,
    0x8000_0000_8000_8081,
    0x8000_0000_0000_8080,
    0x0000_0000_8000_0001,
    0x8000_0000_8000_8008,
];
/// Octets of a block of SHAKE256.
const RATE: usize = 136;

/// The first octets of the digest, at most one block of them.
pub(super) fn shake256(input: &[u8], length: usize) -> Vec<u8> {
    let mut state = [[0u64; 5]; 5];
    let mut padded = input.to_vec();
    padded.push(0x1f);
    padded.resize(padded.len().next_multiple_of(RATE), 0);
    if let Some(last) = padded.last_mut() {
        *last |= 0x80;
    }
    for block in padded.chunks(RATE) {
        let lanes = state.iter_mut().flatten();
        for (lane, octets) in lanes.zip(block.as_chunks::<8>().0) {
            *lane ^= u64::from_le_bytes(*octets);
        }
        permute(&mut state);
    }
    let lanes = state.iter().flatten();
    lanes.flat_map(|l| l.to_le_bytes()).take(length).collect()
}

/// Keccak-f[1600]; rows are y, columns x.
#[allow(
    clippy::indexing_slicing,
    reason = "every index is a constant or taken modulo the size of the array"
)]
fn permute(state: &mut [[u64; 5]; 5]) {
    for constant in ROUNDS {
        let mut parity = [0; 5];
        for (x, lane) in parity.iter_mut().enumerate() {
            *lane = state.iter().fold(0, |sum, row| sum ^ row[x]);
        }
        for row in state.iter_mut() {
            for (x, lane) in row.iter_mut().enumerate() {
                *lane ^= parity[(x + 4) % 5] ^ parity[(x + 1) % 5].rotate_left(1);
            }
        }
        let mut turned = [[0; 5]; 5];
        turned[0][0] = state[0][0];
        let (mut x, mut y) = (1, 0);
        for step in 1..=24u32 {
            let turn = step * (step + 1) / 2 % 64;
            turned[(2 * x + 3 * y) % 5][y] = state[y][x].rotate_left(turn);
            (x, y) = (y, (2 * x + 3 * y) % 5);
        }
        for (row, from) in state.iter_mut().zip(turned) {
            for (x, lane) in row.iter_mut().enumerate() {
                *lane = from[x] ^ !from[(x + 1) % 5] & from[(x + 2) % 5];
            }
        }
        state[0][0] ^= constant;
    }
}
