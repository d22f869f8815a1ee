//! The store of series of a home: one SQLite file, `series/series.db`. One process writes, any number read.

pub mod catalogue;
pub mod codec;
pub mod policy;
pub mod thin;
pub mod tick;
