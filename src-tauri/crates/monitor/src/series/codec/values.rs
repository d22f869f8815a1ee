//! A row of values in the shorter of two forms.

use super::{whole, xor};

/// Any floats: [`xor`].
pub const FLOATS: u8 = 1;

/// Whole numbers: [`whole`].
pub const NUMBERS: u8 = 2;

/// The form, and the values in it.
pub fn write(values: impl IntoIterator<Item = f64> + Clone) -> (u8, Vec<u8>) {
    let floats = xor::write(values.clone());
    match whole::write(values) {
        Some(numbers) if numbers.len() < floats.len() => (NUMBERS, numbers),
        _ => (FLOATS, floats),
    }
}

/// Reads as many values of a form, and what follows them. None where the form is none or they end early.
pub fn read(form: u8, count: usize, bytes: &[u8], each: impl FnMut(f64)) -> Option<&[u8]> {
    match form {
        FLOATS => xor::read(count, bytes, each),
        NUMBERS => whole::read(count, bytes, each),
        _ => None,
    }
}
