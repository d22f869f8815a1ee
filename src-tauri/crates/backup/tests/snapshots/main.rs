//! Snapshots of real databases in real repositories, with restic and sqlite3 as peers.
#![allow(clippy::unwrap_used)]

mod bench;
mod chains;
mod damage;
mod earlier;
mod directories;
#[cfg(feature = "failpoints")]
mod killed;
mod model;
mod proving;
mod repository;
mod restic;
mod restoring;
mod taking;
