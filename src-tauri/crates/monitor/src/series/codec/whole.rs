//! Values that are all whole numbers, as counters are: the change of the change.

use super::bits::{BitReader, BitWriter, Widths};
use crate::sample::{STALE, is_stale};

const WIDTHS: Widths = [6, 13, 20, 64];

/// Up to here every whole number is a float and every float a whole number.
const MOST: f64 = 9_007_199_254_740_992.0;

/// Stands for [`STALE`]: no change of a change of numbers up to [`MOST`] is as large.
const ESCAPE: i64 = i64::MIN;

/// Writes values; none where one of them is no whole number.
pub fn write(values: impl IntoIterator<Item = f64>) -> Option<Vec<u8>> {
    let mut out = BitWriter::default();
    let mut before: Option<(i64, i64)> = None;
    for value in values {
        if is_stale(value) {
            out.push_signed(ESCAPE, WIDTHS);
            continue;
        }
        let now = number(value)?;
        // The first number itself says nothing about the next change.
        let (last, change) = before.unwrap_or((0, 0));
        out.push_signed(now - last - change, WIDTHS);
        before = Some((now, if before.is_some() { now - last } else { 0 }));
    }
    Some(out.finish())
}

/// Reads as many values, and what follows them. None where they end early.
#[allow(clippy::cast_precision_loss)] // numbers that were written are exact
pub fn read(count: usize, bytes: &[u8], mut each: impl FnMut(f64)) -> Option<&[u8]> {
    let mut bits = BitReader::new(bytes);
    let mut before: Option<(i64, i64)> = None;
    for _ in 0..count {
        let code = bits.take_signed(WIDTHS)?;
        if code == ESCAPE {
            each(STALE);
            continue;
        }
        let (last, change) = before.unwrap_or((0, 0));
        let change = change.wrapping_add(code);
        let now = last.wrapping_add(change);
        each(now as f64);
        before = Some((now, if before.is_some() { change } else { 0 }));
    }
    Some(bits.rest())
}

#[allow(clippy::cast_possible_truncation, clippy::float_cmp)] // exact up to MOST, which is looked at
fn number(value: f64) -> Option<i64> {
    let whole = value.abs() <= MOST && value.trunc() == value && !(value == 0.0 && value.is_sign_negative());
    whole.then_some(value as i64)
}
