//! What was measured at one time, as a row: version, how many, then number (the distance to the one before) and value of each series.

use super::codec::{frame, varint};
use crate::sample::{Moment, Sample};

const VERSION: u8 = 1;

/// A value of a series, by its number.
pub type Measured = (i64, f64);

/// Writes a tick. Numbers ascend.
pub fn encode(measured: &[Measured]) -> Vec<u8> {
    let mut body = vec![VERSION];
    varint::push(&mut body, measured.len() as u64);
    let mut last = 0_i64;
    for (id, value) in measured {
        varint::push(&mut body, id.wrapping_sub(last).cast_unsigned());
        body.extend(value.to_bits().to_le_bytes());
        last = *id;
    }
    frame::seal(body)
}

/// Hands over what was measured; none where the row is not what was written, and then nothing was handed over.
pub fn decode(at: Moment, body: &[u8], mut each: impl FnMut(i64, Sample)) -> Option<()> {
    let (version, mut rest) = frame::unseal(body)?.split_first()?;
    let count = varint::take(&mut rest)?;
    if *version != VERSION {
        return None;
    }
    let mut id = 0_i64;
    let mut found = Vec::new();
    for _ in 0..count {
        id = id.wrapping_add(varint::take(&mut rest)?.cast_signed());
        let (value, behind) = rest.split_first_chunk::<8>()?;
        rest = behind;
        found.push((id, Sample { at, value: f64::from_bits(u64::from_le_bytes(*value)) }));
    }
    found.into_iter().for_each(|(id, sample)| each(id, sample));
    Some(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn ticks_come_back(measured in proptest::collection::btree_map(any::<i64>(), any::<u64>(), 0..40)) {
            let rows: Vec<Measured> = measured.iter().map(|(id, bits)| (*id, f64::from_bits(*bits))).collect();
            let mut back = Vec::new();
            decode(7, &encode(&rows), |id, sample| back.push((id, sample.value.to_bits()))).unwrap();
            prop_assert_eq!(back, measured.into_iter().collect::<Vec<_>>());
        }

        #[test]
        fn no_bytes_bring_it_down(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            let _ = decode(0, &frame::seal(bytes), |_, _| {});
        }
    }
}
