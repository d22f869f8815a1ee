//! Snapshots in a restic repository: taking, verifying, restoring.

pub mod chain;
mod change;
mod delta;
pub mod directory;
mod image;
pub mod kit;
pub mod layout;
pub mod manifest;
pub mod merge;
mod overlay;
pub mod pages;
mod prepare;
pub mod prove;
mod reader;
pub mod repository;
pub mod restore;
pub mod retention;
pub mod secret;
mod spool;
pub mod take;
