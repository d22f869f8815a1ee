//! Benches for tests: scratch folders, a fixed clock, a believable database, a museum of damaged ones, and the real `sqlite3` shell as a
//! second process. Never part of a program; whatever cannot be set up ends the test.
#![allow(clippy::unwrap_used, clippy::missing_panics_doc)]

pub mod clock;
pub mod museum;
pub mod peer;
pub mod scratch;
pub mod shop;

pub use clock::FixedClock;
pub use peer::Peer;
pub use scratch::Scratch;
pub use shop::shop;
