//! SipHash-1-3 with the key 0, which is what refinery's checksums are made with.
//!
//! The algorithm: J.-P. Aumasson and D. J. Bernstein, *SipHash: a fast short-input PRF*, with one round a word and three at the end.

/// The hash of these bytes.
pub fn of(bytes: &[u8]) -> u64 {
    let mut state = [0x736f_6d65_7073_6575_u64, 0x646f_7261_6e64_6f6d, 0x6c79_6765_6e65_7261, 0x7465_6462_7974_6573];
    let mut words = bytes.chunks_exact(8);
    for word in &mut words {
        absorb(&mut state, word.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte)));
    }
    let length = (bytes.len() as u64) << 56;
    absorb(&mut state, words.remainder().iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte)) | length);
    state[2] ^= 0xff;
    (0..3).for_each(|_| round(&mut state));
    state.iter().fold(0, |hash, part| hash ^ part)
}

fn absorb(state: &mut [u64; 4], word: u64) {
    state[3] ^= word;
    round(state);
    state[0] ^= word;
}

fn round([a, b, c, d]: &mut [u64; 4]) {
    *a = a.wrapping_add(*b);
    *b = b.rotate_left(13) ^ *a;
    *a = a.rotate_left(32);
    *c = c.wrapping_add(*d);
    *d = d.rotate_left(16) ^ *c;
    *a = a.wrapping_add(*d);
    *d = d.rotate_left(21) ^ *a;
    *c = c.wrapping_add(*b);
    *b = b.rotate_left(17) ^ *c;
    *c = c.rotate_left(32);
}

#[cfg(test)]
mod tests {
    #[test]
    fn it_is_what_the_standard_library_uses_today() {
        use std::hash::Hasher;
        for length in 0..40 {
            let bytes: Vec<u8> = (0..length).collect();
            let mut hasher = std::collections::hash_map::DefaultHasher::new();
            hasher.write(&bytes);
            assert_eq!(super::of(&bytes), hasher.finish(), "{length} bytes");
        }
    }
}
