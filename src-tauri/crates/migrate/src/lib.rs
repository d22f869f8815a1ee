//! Migrations of target databases: read, lint, rehearse, plan, apply, verify, adopt. A migration that was applied is a row in the target's
//! own ledger, committed together with it.

pub mod adopt;
pub mod apply;
pub mod collection;
pub mod condition;
pub mod difference;
pub mod expected;
pub mod hash;
pub mod history;
pub mod ledger;
pub mod lexer;
pub mod lint;
pub mod pragma;
pub mod queries;
pub mod read;
pub mod rehearse;
pub mod session;
pub mod settings;
pub mod source;
pub mod split;
pub mod stats;
pub mod steps;
pub mod timeline;
pub mod wrapper;
pub mod write;
