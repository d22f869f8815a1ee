//! Migrations of target databases: read, lint, rehearse, plan, apply, verify, adopt. A migration that was applied is a row in the target's
//! own ledger, committed together with it.

pub mod collection;
pub mod hash;
pub mod lexer;
pub mod lint;
pub mod pragma;
pub mod read;
pub mod source;
pub mod split;
pub mod wrapper;
pub mod write;
