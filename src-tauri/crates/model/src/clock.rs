//! The only place that knows the time.

use chrono::{DateTime, SubsecRound, Utc};

/// A point in time, UTC, to the millisecond; RFC 3339 on every wire.
pub type Instant = DateTime<Utc>;

/// Tells the time. Tests bring their own.
pub trait Clock: Send + Sync {
    /// Now, to the millisecond.
    fn now(&self) -> Instant;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods)] // the one caller
    fn now(&self) -> Instant {
        Utc::now().trunc_subsecs(3)
    }
}
