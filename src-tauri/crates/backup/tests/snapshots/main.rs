//! Snapshots of real databases in real repositories, with restic and sqlite3 as peers.
#![allow(clippy::unwrap_used)]

mod bench;
mod chains;
mod damage;
mod damage_matrix;
mod damage_repair;
mod directories;
mod earlier;
#[cfg(feature = "failpoints")]
mod killed;
mod many;
mod model;
mod proving;
mod pruning;
mod repository;
mod restic;
mod restoring;
mod taking;
