//! Times that are mostly evenly spread: the change of the distance, in Prometheus's widths (tsdb/chunkenc/xor.go).

use super::bits::{BitReader, BitWriter, Widths};
use crate::sample::Moment;

const WIDTHS: Widths = [14, 17, 20, 64];

/// All times but the first.
pub fn write(times: impl IntoIterator<Item = Moment>) -> Vec<u8> {
    let mut out = BitWriter::default();
    let mut times = times.into_iter();
    let Some(mut last) = times.next() else { return out.finish() };
    let mut distance = 0_i64;
    for at in times {
        let now = at.wrapping_sub(last);
        out.push_signed(now.wrapping_sub(distance), WIDTHS);
        (last, distance) = (at, now);
    }
    out.finish()
}

/// `count` times behind the first one, which is handed over, too; and what follows them. None where they end early or do not ascend.
pub fn read(first: Moment, count: usize, bytes: &[u8], mut each: impl FnMut(Moment)) -> Option<&[u8]> {
    let mut bits = BitReader::new(bytes);
    let (mut at, mut distance) = (first, 0_i64);
    each(at);
    let mut left = count - 1;
    while left > 0 {
        // A zero stands for the same distance again, and mostly all of them are zeros.
        let same = if distance > 0 { bits.zeros(left) } else { 0 };
        for _ in 0..same {
            at = at.checked_add(distance)?;
            each(at);
        }
        left -= same;
        if left > 0 {
            distance = distance.wrapping_add(bits.take_signed(WIDTHS)?);
            let next = at.wrapping_add(distance);
            if next <= at {
                return None;
            }
            at = next;
            each(at);
            left -= 1;
        }
    }
    Some(bits.rest())
}
