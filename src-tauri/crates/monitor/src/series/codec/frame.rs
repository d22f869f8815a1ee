//! What all bodies have around them: how many, when the first one was, and a sum that tells damage.
//!
//! `version u8 | count varint | first time varint (zigzag, milliseconds, less the window's start) | times | values | crc32 LE of all before`

use super::{times, varint};
use crate::sample::Moment;

/// Why a body cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unreadable {
    /// A newer Quarterdeck wrote it.
    Newer(u8),
    /// It is not what was written.
    Damaged,
}

/// Opened: what stands before the values.
#[derive(Debug)]
pub struct Opened<'b> {
    /// The form of what follows.
    pub version: u8,
    /// How many times there were.
    pub count: usize,
    /// The values.
    pub values: &'b [u8],
}

/// The beginning of a body: up to the values. There is at least one time; times ascend.
pub fn begin(version: u8, start: Moment, times: &[Moment]) -> Vec<u8> {
    let mut out = vec![version];
    varint::push(&mut out, times.len() as u64);
    varint::push_signed(&mut out, times.first().map_or(0, |first| first.wrapping_sub(start)));
    out.extend(times::write(times.iter().copied()));
    out
}

/// Puts the sum behind a body.
pub fn seal(mut body: Vec<u8>) -> Vec<u8> {
    let sum = crc32fast::hash(&body);
    body.extend(sum.to_le_bytes());
    body
}

/// Looks at the sum; what is before it.
pub fn unseal(body: &[u8]) -> Option<&[u8]> {
    let (inner, sum) = body.split_last_chunk::<4>()?;
    (crc32fast::hash(inner) == u32::from_le_bytes(*sum)).then_some(inner)
}

/// When the first of a body's times is; none where it cannot be read.
pub fn first_time(start: Moment, body: &[u8]) -> Option<Moment> {
    let (_, mut rest) = unseal(body)?.split_first()?;
    varint::take(&mut rest)?;
    Some(start.wrapping_add(varint::take_signed(&mut rest)?))
}

/// Reads up to the values and hands over the times.
pub fn open<'b>(start: Moment, body: &'b [u8], newest: u8, each: impl FnMut(Moment)) -> Result<Opened<'b>, Unreadable> {
    let inner = unseal(body).ok_or(Unreadable::Damaged)?;
    let (version, rest) = inner.split_first().ok_or(Unreadable::Damaged)?;
    if *version > newest {
        return Err(Unreadable::Newer(*version));
    }
    times_of(start, rest, each).map(|(count, values)| Opened { version: *version, count, values }).ok_or(Unreadable::Damaged)
}

fn times_of(start: Moment, mut rest: &[u8], each: impl FnMut(Moment)) -> Option<(usize, &[u8])> {
    let count = usize::try_from(varint::take(&mut rest)?).ok()?;
    let first = start.wrapping_add(varint::take_signed(&mut rest)?);
    // A time behind the first one takes a bit at least: a count that cannot be is not believed.
    if count == 0 || count - 1 > rest.len().saturating_mul(8) {
        return None;
    }
    Some((count, times::read(first, count, rest, each)?))
}
