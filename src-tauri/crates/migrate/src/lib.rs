//! Migrations of target databases: read, lint, rehearse, plan, apply, verify, adopt. A migration that was applied is a row in the target's
//! own ledger, committed together with it.

pub mod collection;
pub mod source;
