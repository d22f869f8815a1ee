//! Snapshots in a restic repository: taking, verifying, restoring.

mod image;
pub mod kit;
pub mod layout;
pub mod manifest;
pub mod prove;
pub mod repository;
pub mod restore;
pub mod retention;
pub mod secret;
pub mod take;
