//! Numbers that look random and are the same for the same seed: SplitMix64 (Steele, Lea, Flood 2014).

use std::cell::Cell;

/// A source of such numbers.
#[derive(Debug, Clone)]
pub(super) struct Chance(Cell<u64>);

impl Chance {
    pub(super) fn new(seed: u64) -> Self {
        Self(Cell::new(seed))
    }

    /// From 0 up to, not including, `bound`, which is above 0.
    pub(super) fn below(&self, bound: u32) -> u32 {
        let mut mixed = self.0.get().wrapping_add(0x9E37_79B9_7F4A_7C15);
        self.0.set(mixed);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^= mixed >> 31;
        u32::try_from(((mixed >> 32) * u64::from(bound)) >> 32).unwrap_or_default()
    }

    /// From `least` to `most`, both included.
    pub(super) fn between(&self, least: u32, most: u32) -> u32 {
        least + self.below(most - least + 1)
    }

    /// True in so many of a hundred cases.
    pub(super) fn percent(&self, share: u32) -> bool {
        self.below(100) < share
    }

    /// One of them; there is at least one.
    pub(super) fn pick<T: Copy>(&self, from: &[T]) -> T {
        from[self.below(u32::try_from(from.len()).unwrap_or(u32::MAX)) as usize]
    }

    /// From -1 to 1, in thousandths, more often near the middle.
    pub(super) fn mood(&self) -> f64 {
        (f64::from(self.below(1001)) + f64::from(self.below(1001)) - 1000.0) / 1000.0
    }
}
