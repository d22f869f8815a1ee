//! A value at a time.

/// Milliseconds since 1970, UTC. Arithmetic on it is everywhere in this crate; `model::Instant` is what faces see.
pub type Moment = i64;

/// A value at a time.
#[derive(Debug, Clone, Copy)]
pub struct Sample {
    /// When it was measured.
    pub at: Moment,
    /// What was measured; may be any float.
    pub value: f64,
}

/// From here on a series has no value, until the next sample. The bits are Prometheus's own (model/value/value.go), so that files agree.
pub const STALE: f64 = f64::from_bits(0x7ff0_0000_0000_0002);

/// In a column of steps: nothing here. Never stored, never shown.
pub const ABSENT: f64 = f64::from_bits(0x7ff4_dead_0000_0001);

/// True for the mark [`STALE`] and no other NaN.
pub fn is_stale(value: f64) -> bool {
    value.to_bits() == STALE.to_bits()
}

/// True for the mark [`ABSENT`] and no other NaN.
pub fn is_absent(value: f64) -> bool {
    value.to_bits() == ABSENT.to_bits()
}
