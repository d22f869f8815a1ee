//! The engine's own things on disk: its database, the audit trail in it, leases, secrets, and files written whole or not at all.

pub mod failpoint;
pub mod files;
