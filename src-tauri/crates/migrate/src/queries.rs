//! Declared queries: how SQLite would answer them now, and which index would help.

use std::collections::BTreeMap;

use quarterdeck_model::{
    Count, Fault, Outcome,
    migration::{DeclaredQuery, QueryVerdict},
};
use quarterdeck_sqlite::open::Live;

/// Tables with as many rows are large.
pub const LARGE: u64 = 100_000;

/// One verdict for each query. `rows` says how many rows a table has, `large` from how many on reading all of them is worth a word.
pub fn judge(_live: &Live, _queries: &[DeclaredQuery], _rows: &BTreeMap<String, Count>, _large: u64) -> Outcome<Vec<QueryVerdict>> {
    Err(Fault::bug("Queries cannot be judged yet."))
}
