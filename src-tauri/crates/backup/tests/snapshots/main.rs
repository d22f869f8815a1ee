//! Snapshots of real databases in real repositories, with restic and sqlite3 as peers.
#![allow(clippy::unwrap_used)]

mod bench;
mod chains;
mod damage;
mod directories;
mod damage_matrix;
mod damage_repair;
#[cfg(feature = "failpoints")]
mod killed;
mod model;
mod many;
mod proving;
mod pruning;
mod repository;
mod restic;
mod restoring;
mod taking;
