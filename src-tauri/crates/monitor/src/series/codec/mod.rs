//! Samples as bytes and back. Nothing here knows files or the clock.

pub mod bits;
pub mod chunk;
pub mod frame;
pub mod rollup;
pub mod times;
pub mod values;
pub mod varint;
pub mod whole;
pub mod xor;
