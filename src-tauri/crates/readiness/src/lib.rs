//! Readiness, without input or output: what a checklist asks, what was said and measured, and the verdict that follows.
//!
//! Everything here is a pure function of files, statements, evidence and a moment. What measures, keeps and refuses is
//! `engine::readiness`.
//!
//! ```text
//! checklist (a file) ─┐
//! statements ─────────┼─► standing: items ─► stations ─► verdict, score
//! measurements, now ──┘
//! ```

pub mod checklist;
pub mod expect;
pub mod measurement;
pub mod poll;
mod reading;
mod score;
pub mod secret;
pub mod smoke;
pub mod standing;
pub mod validation;
mod verdict;

use chrono::TimeDelta;
use quarterdeck_model::Millis;

/// A duration as moments are moved by it; one that is too long is the longest.
fn span(time: Millis) -> TimeDelta {
    i64::try_from(time.0).ok().and_then(TimeDelta::try_milliseconds).unwrap_or(TimeDelta::MAX)
}
