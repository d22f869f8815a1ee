//! How much of a time was measured, of what a query rests on: asked by whoever proves something by its answer.

use quarterdeck_model::{JobCtx, Outcome, system::Name};
use quarterdeck_monitor::{
    promql::{self, Grounds, Query},
    sample::Moment,
    series::Snapshot,
};

use super::{
    gaps::Silence,
    minutes::{MINUTE, Minutes},
};
use crate::health::figures;

/// A time, and what says of it what was measured.
pub(crate) struct Coverage<'a> {
    /// What was measured.
    pub series: &'a Snapshot,
    /// When nobody measured, over the same time.
    pub silence: &'a Silence,
    /// Whose series count, beside those of none.
    pub system: &'a Name,
    /// From then on, in minutes.
    pub from: Moment,
    /// Not before `from`.
    pub until: Moment,
    /// Whoever asks may cancel.
    pub ctx: &'a JobCtx,
}

impl Coverage<'_> {
    /// The minutes at whose end everything has a value that a query rests on: however long its ranges, what was not measured is not among them. Of
    /// several series under one selector one is enough.
    pub fn of(&self, query: &Query) -> Outcome<Minutes> {
        self.grounded(&promql::grounds(query))
    }

    /// The minutes at whose end somebody measured.
    pub fn known(&self) -> Minutes {
        self.none().marked(|end| !self.silence.covers(end))
    }

    /// No minute.
    pub fn none(&self) -> Minutes {
        Minutes::none(self.from, self.until)
    }

    /// The selector for which most of the time is missing in [`Self::of`], as it is written; none where nothing is missing but what nobody measured.
    pub fn least(&self, query: &Query) -> Outcome<Option<String>> {
        self.lacking(&promql::grounds(query))
    }

    fn grounded(&self, grounds: &Grounds) -> Outcome<Minutes> {
        match grounds {
            Grounds::Nothing => Ok(self.known()),
            Grounds::Series(query) => {
                let (known, mut minutes) = (self.known(), self.none());
                for part in known.days() {
                    for (_, samples) in figures::range_of(self.series, query, part, MINUTE, self.system.as_str(), self.ctx)? {
                        samples.iter().filter(|sample| known.has(sample.at)).for_each(|sample| minutes.mark(sample.at));
                    }
                }
                Ok(minutes)
            }
            Grounds::All(parts) => parts.iter().try_fold(self.known(), |all, part| Ok(all.and(&self.grounded(part)?))),
            Grounds::Any(parts) => parts.iter().try_fold(self.none(), |any, part| Ok(any.or(&self.grounded(part)?))),
        }
    }

    /// Of parts that all have to be there, the one that is there least; of those that stand in for each other, the one that is there most.
    fn lacking(&self, grounds: &Grounds) -> Outcome<Option<String>> {
        let (parts, sign) = match grounds {
            Grounds::Nothing => return Ok(None),
            Grounds::Series(query) => {
                let lacks = self.grounded(grounds)?.share() < self.known().share();
                return Ok(lacks.then(|| query.written().to_owned()));
            }
            Grounds::All(parts) => (parts, 1.0),
            Grounds::Any(parts) => (parts, -1.0),
        };
        let mut found: Option<(f64, &Grounds)> = None;
        for part in parts {
            let share = sign * self.grounded(part)?.share();
            if found.is_none_or(|(least, _)| share < least) {
                found = Some((share, part));
            }
        }
        found.map_or(Ok(None), |(_, part)| self.lacking(part))
    }
}
