//! Snapshots in a restic repository: taking, verifying, restoring.

pub mod kit;
pub mod layout;
pub mod manifest;
pub mod repository;
pub mod secret;
pub mod take;
