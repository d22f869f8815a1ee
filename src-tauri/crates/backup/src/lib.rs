//! Snapshots in a restic repository: taking, verifying, restoring.

pub mod chain;
mod delta;
mod image;
pub mod kit;
pub mod layout;
pub mod manifest;
pub mod prove;
pub mod repository;
pub mod restore;
pub mod secret;
mod spool;
pub mod take;
