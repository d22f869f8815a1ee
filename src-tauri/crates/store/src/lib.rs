//! The engine's own things on disk: its database, the audit trail in it, leases, and files written whole or not at all.

pub mod acknowledgements;
pub mod alerts;
pub mod audit;
pub mod care;
mod connections;
pub mod database;
pub mod drills;
pub mod failpoint;
pub mod files;
pub mod image_proofs;
pub mod intents;
pub mod jobs;
pub mod keep;
pub mod leases;
pub mod migrations;
pub mod monitoring;
pub mod readiness;
pub mod roles;
pub mod schedules;
pub mod series;
pub mod silences;
pub mod smoke;
pub mod snapshots;
pub mod systems;
pub mod validations;

pub use connections::Connections;
pub use database::Store;
pub use rusqlite::{Connection, Transaction};
