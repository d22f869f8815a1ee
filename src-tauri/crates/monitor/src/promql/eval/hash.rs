//! XXH64 with seed 0 (<https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md>), as Prometheus takes it of labels.

use crate::labels::Labels;

const PRIMES: [u64; 5] =
    [0x9e37_79b1_85eb_ca87, 0xc2b2_ae3d_27d4_eb4f, 0x1656_67b1_9e37_79f9, 0x85eb_ca77_c2b2_ae63, 0x27d4_eb2f_1656_67c5];

/// Where labels lie between 0 and 1: the same series is always at the same place.
pub fn place(labels: &Labels) -> f64 {
    let mut bytes = Vec::new();
    for text in labels.iter().flat_map(|(name, value)| [name, value]) {
        // A length takes one byte, from 255 on three more.
        match text.len() {
            length @ 0..255 => bytes.push(length as u8),
            length => {
                bytes.push(255);
                bytes.extend_from_slice(&(length as u32).to_le_bytes()[..3]);
            }
        }
        bytes.extend_from_slice(text.as_bytes());
    }
    xxh64(&bytes) as f64 / u64::MAX as f64
}

fn xxh64(bytes: &[u8]) -> u64 {
    let [one, two, _, _, five] = PRIMES;
    let mut stripes = bytes.chunks_exact(32);
    let mut hash = five;
    if bytes.len() >= 32 {
        let mut lanes = [one.wrapping_add(two), two, 0, 0_u64.wrapping_sub(one)];
        for stripe in &mut stripes {
            for (lane, word) in lanes.iter_mut().zip(stripe.chunks_exact(8)) {
                *lane = round(*lane, little(word));
            }
        }
        let turns = [1, 7, 12, 18];
        hash = lanes.iter().zip(turns).fold(0, |sum: u64, (lane, turn)| sum.wrapping_add(lane.rotate_left(turn)));
        for lane in lanes {
            hash = (hash ^ round(0, lane)).wrapping_mul(one).wrapping_add(PRIMES[3]);
        }
    }
    tail(hash.wrapping_add(bytes.len() as u64), stripes.remainder())
}

fn tail(mut hash: u64, rest: &[u8]) -> u64 {
    let [one, two, three, four, five] = PRIMES;
    let mut words = rest.chunks_exact(8);
    for word in &mut words {
        hash = (hash ^ round(0, little(word))).rotate_left(27).wrapping_mul(one).wrapping_add(four);
    }
    let mut halves = words.remainder().chunks_exact(4);
    for half in &mut halves {
        hash = (hash ^ little(half).wrapping_mul(one)).rotate_left(23).wrapping_mul(two).wrapping_add(three);
    }
    for byte in halves.remainder() {
        hash = (hash ^ u64::from(*byte).wrapping_mul(five)).rotate_left(11).wrapping_mul(one);
    }
    hash = (hash ^ (hash >> 33)).wrapping_mul(two);
    hash = (hash ^ (hash >> 29)).wrapping_mul(three);
    hash ^ (hash >> 32)
}

fn round(lane: u64, word: u64) -> u64 {
    lane.wrapping_add(word.wrapping_mul(PRIMES[1])).rotate_left(31).wrapping_mul(PRIMES[0])
}

fn little(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_texts_have_their_known_hashes() {
        assert_eq!(xxh64(b""), 0xef46_db37_51d8_e999);
        assert_eq!(xxh64(b"a"), 0xd24e_c4f1_a98c_6e5b);
        assert_eq!(xxh64(b"abc"), 0x44bc_2cf5_ad77_0999);
        assert_eq!(xxh64(b"Nobody inspects the spammish repetition"), 0xfbce_a83c_8a37_8bf1);
    }
}
