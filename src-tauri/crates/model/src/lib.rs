//! The nouns of Quarterdeck. No input or output happens here: every crate may depend on this one, and it depends on none.
//!
//! Wire form: field names are written as in Rust, enumerations in kebab-case, instants as RFC 3339 in UTC; numbers and
//! paths that JSON cannot carry safely have the forms described in [`quantity`] and [`path`].

pub mod alert;
pub mod audit;
pub mod caller;
pub mod clock;
pub mod drill;
pub mod event;
pub mod fault;
pub mod figures;
pub mod inspection;
pub mod job;
pub mod migration;
pub mod monitor;
pub mod path;
pub mod plan;
pub mod quantity;
pub mod readiness;
pub mod restore;
pub mod retention;
pub mod schedule;
pub mod snapshot;
pub mod system;

pub use caller::{Caller, Face, Role};
pub use clock::{Clock, Instant, SystemClock};
pub use event::Event;
pub use fault::{Class, Fault, Outcome};
pub use job::{CancelToken, Job, JobCtx, JobId, JobState};
pub use path::WirePath;
pub use plan::Digest;
pub use quantity::{Bytes, Count, Millis};
