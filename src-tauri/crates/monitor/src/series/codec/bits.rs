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
        let word = self.peek();
        self.skip(width)?;
        Some(if width == 0 { 0 } else { word >> (64 - width) })
    }

    /// The next 64 bits, without taking them; zeros behind the end.
    pub fn peek(&self) -> u64 {
        let (byte, shift) = (self.at / 8, self.at % 8);
        match self.bytes.get(byte..byte + 9) {
            Some([head @ .., last]) => {
                let word = head.first_chunk().map_or(0, |head| u64::from_be_bytes(*head));
                word << shift | u64::from(*last) >> (8 - shift)
            }
            _ => last_bits(self.bytes, byte) << shift,
        }
    }

    /// Takes bits without looking at them; none where fewer are left, and then none are taken.
    pub fn skip(&mut self, width: u32) -> Option<()> {
        let end = self.at + width as usize;
        if end > self.bytes.len() * 8 {
            return None;
        }
        self.at = end;
        Some(())
    }

    /// Takes zeros up to the next one, but at most so many; how many there were.
    pub fn zeros(&mut self, most: usize) -> usize {
        let mut found = 0;
        while found < most {
            let left = (self.bytes.len() * 8 - self.at).min(most - found).min(64);
            let zeros = (self.peek().leading_zeros() as usize).min(left);
            self.at += zeros;
            found += zeros;
            if zeros < 64 {
                break;
            }
        }
        found
    }

    /// The next number of [`BitWriter::push_signed`].
    pub fn take_signed(&mut self, widths: Widths) -> Option<i64> {
        let word = self.peek();
        let (prefix, width) = match word.leading_ones() {
            0 => {
                self.skip(1)?;
                return Some(0);
            }
            1 => (2, widths[0]),
            2 => (3, widths[1]),
            3 => (4, widths[2]),
            _ => {
                self.skip(4)?;
                return self.take(64).map(u64::cast_signed);
            }
        };
        self.skip(prefix + width)?;
        // The sign is the highest of the bits that came.
        Some((word << prefix).cast_signed() >> (64 - width))
    }

    /// What lies behind the byte that was begun last.
    pub fn rest(&self) -> &'b [u8] {
        &self.bytes[self.at.div_ceil(8)..]
    }
}

/// Eight bytes from a place near the end on; zeros behind it.
fn last_bits(bytes: &[u8], from: usize) -> u64 {
    let mut word = [0; 8];
    let rest = bytes.get(from..).unwrap_or_default();
    let length = rest.len().min(8);
    word[..length].copy_from_slice(&rest[..length]);
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
    fn zeros_are_counted_up_to_a_one_a_limit_or_the_end() {
        let mut bytes = vec![0; 20];
        bytes[15] = 0b0001_0000;
        let mut reader = BitReader::new(&bytes);
        assert_eq!(reader.zeros(3), 3);
        assert_eq!(reader.zeros(1_000), 120);
        assert_eq!((reader.take(1), reader.zeros(1_000)), (Some(1), 160 - 124));
        assert_eq!(reader.zeros(1), 0);
    }

    #[test]
    fn no_bits_are_made_up() {
        let mut reader = BitReader::new(&[0xff]);
        assert_eq!(reader.take(9), None);
        assert_eq!(reader.take(8), Some(0xff));
        assert_eq!(reader.take(1), None);
    }
}
