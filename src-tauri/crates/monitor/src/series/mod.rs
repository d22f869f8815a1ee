//! The store of series of a home: one SQLite file, `series/series.db`. One process writes, any number read.

pub mod catalogue;
pub mod closing;
pub mod codec;
mod facts;
pub mod gather;
pub mod head;
pub mod import;
pub mod policy;
pub mod reader;
pub mod thin;
pub mod tick;
pub mod writer;

pub use policy::Policy;
pub use reader::{Series, Snapshot};
pub use writer::{Appended, Brought, Note, Writer};
