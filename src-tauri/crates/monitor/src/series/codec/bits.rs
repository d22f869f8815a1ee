//! Bits in a row, the highest first.

/// Collects bits.
#[derive(Debug, Default)]
pub struct BitWriter {
    bytes: Vec<u8>,
    /// Bits of the last byte that are still free.
    free: u32,
}

impl BitWriter {
    /// Adds the lowest `width` bits of a value; at most 64.
    #[allow(clippy::cast_possible_truncation)] // cut to the byte on purpose
    pub fn push(&mut self, value: u64, width: u32) {
        let mut left = width;
        while left > 0 {
            if self.free == 0 {
                self.bytes.push(0);
                self.free = 8;
            }
            let take = left.min(self.free);
            let part = (value >> (left - take)) & ((1 << take) - 1);
            if let Some(last) = self.bytes.last_mut() {
                *last |= (part << (self.free - take)) as u8;
            }
            self.free -= take;
            left -= take;
        }
    }

    /// Adds a number that is mostly small: a prefix says which of the widths it has (see [`Widths`]).
    pub fn push_signed(&mut self, value: i64, widths: Widths) {
        if value == 0 {
            return self.push(0, 1);
        }
        for (class, width) in (1..).zip(widths) {
            if width == 64 {
                self.push((1 << class) - 1, class);
                return self.push(value.cast_unsigned(), 64);
            }
            if (-(1 << (width - 1))..1 << (width - 1)).contains(&value) {
                self.push((1 << (class + 1)) - 2, class + 1);
                return self.push(value.cast_unsigned(), width);
            }
        }
    }

    /// The bytes; the last one is filled with zeros.
    pub fn finish(self) -> Vec<u8> {
        self.bytes
    }
}

/// Widths behind the prefixes `10`, `110`, `1110` and `1111`; a zero is the single bit `0`. The last one is 64.
pub type Widths = [u32; 4];

/// Hands out bits.
#[derive(Debug)]
pub struct BitReader<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl<'b> BitReader<'b> {
    /// From the first bit on.
    pub fn new(bytes: &'b [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// The next `width` bits (at most 64); none where fewer are left.
    pub fn take(&mut self, width: u32) -> Option<u64> {
        let end = self.at.checked_add(width as usize)?;
        if end > self.bytes.len() * 8 {
            return None;
        }
        if width == 0 {
            return Some(0);
        }
        let (byte, shift) = (self.at / 8, self.at % 8);
        let mut word = load(self.bytes, byte) << shift;
        if width as usize + shift > 64 {
            word |= u64::from(self.bytes[byte + 8]) >> (8 - shift);
        }
        self.at = end;
        Some(word >> (64 - width))
    }

    /// The next number of [`BitWriter::push_signed`].
    pub fn take_signed(&mut self, widths: Widths) -> Option<i64> {
        let mut class = 0_usize;
        while class < 4 && self.take(1)? == 1 {
            class += 1;
        }
        let Some(before) = class.checked_sub(1) else { return Some(0) };
        let width = widths[before];
        let bits = self.take(width)?;
        // The sign is the highest of the bits that came.
        Some((bits << (64 - width)).cast_signed() >> (64 - width))
    }

    /// What lies behind the byte that was begun last.
    pub fn rest(&self) -> &'b [u8] {
        &self.bytes[self.at.div_ceil(8)..]
    }
}

/// Eight bytes from a place on; zeros behind the end.
fn load(bytes: &[u8], from: usize) -> u64 {
    let mut word = [0; 8];
    match bytes.get(from..from + 8) {
        Some(whole) => word.copy_from_slice(whole),
        None => word[..bytes.len() - from].copy_from_slice(&bytes[from..]),
    }
    u64::from_be_bytes(word)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn bits_come_back(parts in proptest::collection::vec((any::<u64>(), 0_u32..=64), 0..60)) {
            let mut writer = BitWriter::default();
            for (value, width) in &parts {
                writer.push(*value, *width);
            }
            let bytes = writer.finish();
            let mut reader = BitReader::new(&bytes);
            for (value, width) in parts {
                let kept = if width == 64 { value } else { value & ((1 << width) - 1) };
                prop_assert_eq!(reader.take(width), Some(kept));
            }
            prop_assert!(reader.rest().is_empty());
        }

        #[test]
        fn numbers_come_back(values in proptest::collection::vec(prop_oneof![any::<i64>(), -200_i64..200, -70_000_i64..70_000], 0..60)) {
            for widths in [[14, 17, 20, 64], [6, 13, 20, 64]] {
                let mut writer = BitWriter::default();
                values.iter().for_each(|value| writer.push_signed(*value, widths));
                let bytes = writer.finish();
                let mut reader = BitReader::new(&bytes);
                for value in &values {
                    prop_assert_eq!(reader.take_signed(widths), Some(*value));
                }
            }
        }
    }

    #[test]
    fn no_bits_are_made_up() {
        let mut reader = BitReader::new(&[0xff]);
        assert_eq!(reader.take(9), None);
        assert_eq!(reader.take(8), Some(0xff));
        assert_eq!(reader.take(1), None);
    }
}
