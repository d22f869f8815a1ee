//! Migrations of target databases: read, lint, rehearse, plan, apply, verify, adopt. A migration that was applied is a row in the target's
//! own ledger, committed together with it.

pub mod adopt;
pub mod apply;
pub mod collection;
pub mod difference;
pub mod expected;
pub mod history;
pub mod ledger;
pub mod queries;
pub mod rehearse;
pub mod session;
pub mod settings;
pub mod source;
pub mod stats;
pub mod steps;
pub mod timeline;
