//! The truth about a file.
pub(crate) mod header;
pub(crate) mod wal;
