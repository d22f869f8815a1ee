//! Not written yet.

use quarterdeck_model::{
    Fault, Outcome,
    monitor::{Completions, InstantAnswer, RangeAnswer, SeriesList},
};

use crate::operation::Scope;

/// Not written yet.
pub(crate) fn instant(_: &Scope, _asked: &crate::ops::QueryInstant) -> Outcome<InstantAnswer> {
    Err(Fault::bug("query::instant is not written yet."))
}

/// Not written yet.
pub(crate) fn range(_: &Scope, _asked: &crate::ops::QueryRange) -> Outcome<RangeAnswer> {
    Err(Fault::bug("query::range is not written yet."))
}

/// Not written yet.
pub(crate) fn complete(_: &Scope, _asked: &crate::ops::CompleteQuery) -> Outcome<Completions> {
    Err(Fault::bug("query::complete is not written yet."))
}

/// Not written yet.
pub(crate) fn series(_: &Scope, _asked: &crate::ops::ListSeries) -> Outcome<SeriesList> {
    Err(Fault::bug("query::series is not written yet."))
}
