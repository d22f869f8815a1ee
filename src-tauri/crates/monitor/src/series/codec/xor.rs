//! Any floats: each exclusive-or with the one before, without the zeros around it (Pelkonen et al., Gorilla, VLDB 2015, §4.1).

use super::bits::{BitReader, BitWriter};

/// The largest number of leading zeros that five bits can say.
const MOST_LEADING: u32 = 31;

/// Writes values.
pub fn write(values: impl IntoIterator<Item = f64>) -> Vec<u8> {
    let mut out = BitWriter::default();
    let mut values = values.into_iter().map(f64::to_bits);
    let Some(mut last) = values.next() else { return out.finish() };
    out.push(last, 64);
    let mut window: Option<(u32, u32)> = None;
    for bits in values {
        let change = bits ^ last;
        last = bits;
        if change == 0 {
            out.push(0, 1);
            continue;
        }
        let (leading, trailing) = (change.leading_zeros().min(MOST_LEADING), change.trailing_zeros());
        match window {
            Some((before, behind)) if leading >= before && trailing >= behind => {
                out.push(0b10, 2);
                out.push(change >> behind, 64 - before - behind);
            }
            _ => {
                let length = 64 - leading - trailing;
                out.push(0b11, 2);
                out.push(leading.into(), 5);
                // 64 does not fit in six bits, and 0 does not occur.
                out.push(u64::from(length) & 63, 6);
                out.push(change >> trailing, length);
                window = Some((leading, trailing));
            }
        }
    }
    out.finish()
}

/// Reads as many values, and what follows them. None where they end early.
#[allow(clippy::cast_possible_truncation)] // a few bits
pub fn read(count: usize, bytes: &[u8], mut each: impl FnMut(f64)) -> Option<&[u8]> {
    if count == 0 {
        return Some(bytes);
    }
    let mut bits = BitReader::new(bytes);
    let mut last = bits.take(64)?;
    each(f64::from_bits(last));
    let (mut length, mut trailing) = (0_u32, 0_u32);
    for _ in 1..count {
        let word = bits.peek();
        if word >> 63 == 0 {
            bits.skip(1)?;
        } else {
            let mut head = 2;
            if word >> 62 == 3 {
                let leading = (word >> 57) as u32 & 31;
                // 64 is written as 0.
                length = match (word >> 51) as u32 & 63 {
                    0 => 64,
                    length => length,
                };
                trailing = 64_u32.checked_sub(leading + length)?;
                head = 13;
            }
            let change = if head + length <= 64 && length > 0 {
                bits.skip(head + length)?;
                (word << head) >> (64 - length)
            } else {
                bits.skip(head)?;
                bits.take(length)?
            };
            last ^= change << (trailing & 63);
        }
        each(f64::from_bits(last));
    }
    Some(bits.rest())
}
