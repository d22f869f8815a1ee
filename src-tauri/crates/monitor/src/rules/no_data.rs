//! Why a rule cannot fire: what it looks at is not there.

use quarterdeck_model::JobCtx;

use crate::{
    promql::{Query, complete::Names},
    sample::Moment,
    source::Source,
};

/// Why a selector finds nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct Reason {
    /// The selector, as it is written.
    pub selector: String,
}

/// Why a query cannot answer anything at a moment; none where what it needs is there.
pub fn why(query: &Query, at: Moment, scope: Option<&str>, source: &dyn Source, names: &dyn Names, ctx: &JobCtx) -> Option<Reason> {
    let _ = (query, at, scope, source, names, ctx);
    None
}
