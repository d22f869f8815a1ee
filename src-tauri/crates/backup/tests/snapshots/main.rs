//! Snapshots of real databases in real repositories, with restic and sqlite3 as peers.
#![allow(clippy::unwrap_used)]

mod bench;
mod damage;
#[cfg(feature = "failpoints")]
mod killed;
mod many;
mod proving;
mod pruning;
mod repository;
mod restic;
mod restoring;
mod taking;
