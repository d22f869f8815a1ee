//! What stays how long, and in which windows.

use crate::sample::Moment;

/// A minute, in milliseconds.
pub const MINUTE: i64 = 60_000;
/// An hour.
pub const HOUR: i64 = 60 * MINUTE;
/// A day.
pub const DAY: i64 = 24 * HOUR;

/// A class of chunks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Class {
    /// Its number in the rows.
    pub number: i64,
    /// How long one of its windows is.
    pub window: i64,
    /// How long the stretches are that its values stand for; 0 for single samples.
    pub width: i64,
}

/// Each sample. An hour of noise at 15 s (240 samples, 7 bytes each) shares a page of 8 KiB with others; two hours of it would take a page of
/// overflow for itself.
pub const RAW: Class = Class { number: 0, window: HOUR, width: 0 };
/// Stretches of five minutes.
pub const FIVE_MINUTES: Class = Class { number: 1, window: DAY, width: 5 * MINUTE };
/// Stretches of an hour.
pub const HOURS: Class = Class { number: 2, window: 30 * DAY, width: HOUR };
/// Each sample of series that are measured seldom.
pub const SPARSE: Class = Class { number: 3, window: 30 * DAY, width: 0 };

impl Class {
    /// The beginning of the window that holds a time.
    pub fn start(self, at: Moment) -> Moment {
        at.div_euclid(self.window).saturating_mul(self.window)
    }
}

/// What is kept. The defaults are what the page of Health and the documents state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// Days of each sample.
    pub raw: i64,
    /// Days of stretches of five minutes.
    pub five_minutes: i64,
    /// Days of stretches of an hour.
    pub hours: i64,
    /// Days of sparse series.
    pub sparse: i64,
    /// Over this many bytes the oldest samples go first.
    pub most_bytes: u64,
    /// Over this many series new ones are refused.
    pub most_series: usize,
}

impl Default for Policy {
    fn default() -> Self {
        Self { raw: 15, five_minutes: 400, hours: 5 * 365, sparse: 10 * 365, most_bytes: 4 << 30, most_series: 200_000 }
    }
}
