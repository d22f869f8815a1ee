//! A clock that stands still until a test moves it.

use std::{
    sync::atomic::{AtomicI64, Ordering},
    time::Duration,
};

use chrono::DateTime;
use quarterdeck_model::{Clock, Instant};

/// Stands at the moment it was given; [`FixedClock::default`] at 2026-11-22 13:40:00 UTC.
#[derive(Debug)]
pub struct FixedClock(AtomicI64);

impl FixedClock {
    /// A clock that stands at `moment`, in RFC 3339.
    pub fn at(moment: &str) -> Self {
        Self(AtomicI64::new(DateTime::parse_from_rfc3339(moment).unwrap().timestamp_millis()))
    }

    /// Puts the clock to a moment, earlier or later.
    pub fn set(&self, moment: Instant) {
        self.0.store(moment.timestamp_millis(), Ordering::Relaxed);
    }

    /// Moves the clock on.
    pub fn advance(&self, by: Duration) {
        self.0.fetch_add(i64::try_from(by.as_millis()).unwrap(), Ordering::Relaxed);
    }
}

impl Default for FixedClock {
    fn default() -> Self {
        Self::at("2026-11-22T13:40:00Z")
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Instant {
        DateTime::from_timestamp_millis(self.0.load(Ordering::Relaxed)).unwrap()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_moves_only_when_it_is_moved() {
        let clock = FixedClock::default();
        assert_eq!(clock.now(), clock.now());
        clock.advance(Duration::from_secs(90));
        assert_eq!(clock.now(), FixedClock::at("2026-11-22T13:41:30Z").now());
    }
}
