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
mod reading;
pub mod standing;
