//! Samples that stand for whole stretches of time: what is left of the past.

use super::selector::Ranged;
use crate::{sample::Moment, source::Facet};

/// How a function takes such samples.
#[derive(Debug, Clone, Copy)]
pub struct Taking {
    /// What of a stretch stands for its samples.
    pub facet: Facet,
    /// So many stretches are needed at least.
    pub stretches: i64,
    /// Its value grows with the range: where the range was widened, it is made smaller again.
    pub grows: bool,
}

impl Default for Taking {
    fn default() -> Self {
        Self { facet: Facet::Last, stretches: 1, grows: false }
    }
}

impl Taking {
    /// By the name of the function.
    pub fn of(name: &str) -> Self {
        let facet = match name {
            "min_over_time" => Facet::Least,
            "max_over_time" => Facet::Most,
            "avg_over_time" => Facet::Mean,
            "sum_over_time" => Facet::Sum,
            "count_over_time" => Facet::Count,
            _ => Facet::Last,
        };
        // A difference needs two stretches, and a third one in between for ranges that begin within one.
        let stretches = if matches!(name, "rate" | "increase" | "delta" | "irate" | "idelta" | "deriv" | "predict_linear") { 3 } else { 1 };
        let grows = matches!(name, "increase" | "delta" | "sum_over_time" | "count_over_time" | "changes" | "resets");
        Self { facet, stretches, grows }
    }

    /// How long a range has to be for samples that are so coarse.
    pub fn least(&self, coarse: i64) -> i64 {
        self.stretches.saturating_mul(coarse)
    }

    /// The range of a step: wider where it would hold too few stretches.
    pub fn range(&self, asked: i64, until: Moment, series: &Ranged<'_>) -> i64 {
        if until - asked < series.coarse_until { asked.max(self.least(series.coarse)) } else { asked }
    }
}
