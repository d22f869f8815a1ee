//! Everything about a *target* SQLite file that more than one part of the engine needs: the truth about it, consistent images of
//! it, and the way into it. No other crate opens a possible database, by SQLite or by plain file input and output: closing a plain
//! file descriptor drops every POSIX lock that this process holds on the file (see [`gate`]).

pub mod build;
pub mod enter;
pub mod figures;
pub mod fingerprint;
pub mod gate;
pub mod glimpse;
pub mod held;
pub mod holders;
pub mod identity;
pub mod image;
pub mod inspect;
pub mod open;
pub mod question;
pub mod replace;
pub mod rows;
pub mod safety;
pub mod schema;
pub mod seen;
pub mod tables;
