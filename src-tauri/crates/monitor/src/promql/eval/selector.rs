//! Selectors and subqueries: samples of the source for steps and ranges.

use std::borrow::Cow;

use quarterdeck_model::Outcome;

use super::{
    Evaluator,
    coarse::Taking,
    column::{Grid, Series},
    window::Span,
};
use crate::{
    labels::Labels,
    promql::{
        error::unanswered,
        node::{At, Kind, Node, Selector, Subquery, Timing},
        scope,
    },
    sample::{Moment, Sample, is_absent, is_stale},
    source::{Facet, LOOK_BACK, Matcher, Wanted},
};

/// A subquery has no more steps than this.
const MOST_INNER_STEPS: i64 = 10_000_000;

/// One series of a range.
pub struct Ranged<'s> {
    /// Whose.
    pub labels: &'s Labels,
    /// Its name is to go at the end.
    pub nameless: bool,
    /// No stale marks.
    pub samples: &'s [Sample],
    /// How long the stretches are that samples stand for, where they do.
    pub coarse: i64,
    /// Samples up to this moment stand for stretches.
    pub coarse_until: Moment,
}

impl Evaluator<'_> {
    /// For each step the newest sample that is not too old; `of` says what is taken of it.
    pub fn instant(&self, selector: &Selector, grid: &Grid, of: impl Fn(&Sample) -> f64) -> Outcome<Vec<Series>> {
        let mut found = Vec::new();
        let first = self.moment(&selector.timing, grid.from);
        let last = self.moment(&selector.timing, grid.last());
        let matchers = self.scoped(&selector.matchers)?;
        let look_back = self.options.look_back;
        let wanted = Wanted { matchers: &matchers, after: first - look_back, until: last, facet: Facet::Last };
        self.source.visit(&wanted, self.ctx, &mut |selected| {
            self.count(selected.samples.len())?;
            let look_back = if selected.look_back > LOOK_BACK { selected.look_back } else { look_back };
            let mut values = self.blank(grid)?;
            let mut behind = 0;
            for (step, value) in values.iter_mut().enumerate() {
                let at = self.moment(&selector.timing, grid.at(step));
                while selected.samples.get(behind).is_some_and(|sample| sample.at <= at) {
                    behind += 1;
                }
                match behind.checked_sub(1).map(|newest| &selected.samples[newest]) {
                    Some(newest) if newest.at > at - look_back && !is_stale(newest.value) => *value = of(newest),
                    _ => {}
                }
            }
            if values.iter().any(|value| !is_absent(*value)) {
                found.push(Series { labels: selected.labels.clone(), values, nameless: false });
            }
            Ok(())
        })?;
        Ok(found)
    }

    /// Each series of a range or a subquery, with where the range of a step lies.
    pub fn ranged(&self, node: &Node, grid: &Grid, taking: Taking, mut each: impl FnMut(Ranged<'_>) -> Outcome<()>) -> Outcome<()> {
        let (selector, range) = match &node.kind {
            Kind::Range(selector, range) => (selector, *range),
            Kind::Subquery(inner) => return self.subquery(inner, grid, each),
            _ => return Err(unanswered("a range vector is needed here")),
        };
        let first = self.moment(&selector.timing, grid.from);
        let wide = range.max(taking.least(self.source.coarsest(first - range)));
        let until = self.moment(&selector.timing, grid.last());
        let matchers = self.scoped(&selector.matchers)?;
        let wanted = Wanted { matchers: &matchers, after: first - wide, until, facet: taking.facet };
        let (mut living, mut widened) = (Vec::new(), 0);
        self.source.visit(&wanted, self.ctx, &mut |selected| {
            self.count(selected.samples.len())?;
            if first - range < selected.coarse_until && taking.least(selected.coarse) > range {
                widened = widened.max(taking.least(selected.coarse));
            }
            let mut samples = selected.samples;
            if samples.iter().any(|sample| is_stale(sample.value)) {
                living.clear();
                living.extend(samples.iter().filter(|sample| !is_stale(sample.value)));
                samples = &living;
            }
            let (coarse, coarse_until) = (selected.coarse, selected.coarse_until);
            each(Ranged { labels: selected.labels, nameless: false, samples, coarse, coarse_until })
        })?;
        if widened > 0 {
            let (asked, taken) = (range / 1_000, widened / 1_000);
            self.remark(format!("of this past only summaries are left: the range of {asked} s was widened to {taken} s there"), node.span);
        }
        Ok(())
    }

    /// Where the range of each step lies.
    pub fn span(&self, node: &Node) -> Outcome<Span> {
        match &node.kind {
            Kind::Range(selector, range) => Ok(Span { timing: selector.timing, range: *range }),
            Kind::Subquery(inner) => Ok(Span { timing: inner.timing, range: inner.range }),
            _ => Err(unanswered("a range vector is needed here")),
        }
    }

    /// What an instant query for a range answers.
    pub fn matrix(&self, node: &Node, grid: &Grid) -> Outcome<Vec<(Labels, Vec<Sample>)>> {
        let span = self.span(node)?;
        let until = self.moment(&span.timing, grid.from);
        let mut found = Vec::new();
        self.ranged(node, grid, Taking::default(), |series| {
            let inside = series.samples.iter().filter(|sample| sample.at > until - span.range && sample.at <= until);
            let labels = if series.nameless { series.labels.with(crate::labels::NAME, "") } else { series.labels.clone() };
            found.push((labels, inside.copied().collect::<Vec<_>>()));
            Ok(())
        })?;
        found.retain(|(_, samples)| !samples.is_empty());
        Ok(found)
    }

    fn subquery(&self, inner: &Subquery, grid: &Grid, mut each: impl FnMut(Ranged<'_>) -> Outcome<()>) -> Outcome<()> {
        let step = inner.step.unwrap_or(self.options.default_step).max(1);
        let after = self.moment(&inner.timing, grid.from) - inner.range;
        let until = self.moment(&inner.timing, grid.last());
        let from = after.div_euclid(step) * step + step;
        if from > until {
            return Ok(());
        }
        let count = (until - from) / step + 1;
        if count > MOST_INNER_STEPS {
            return Err(unanswered(format!("a subquery of {count} steps is longer than {MOST_INNER_STEPS}")));
        }
        let steps = Grid { from, step, count: usize::try_from(count).unwrap_or(0) };
        let series = match self.value(&inner.of, &steps)? {
            super::Evaluated::Vector(series) => series,
            super::Evaluated::Scalar(values) => vec![Series { labels: Labels::default(), values, nameless: false }],
            super::Evaluated::Text(_) => return Err(unanswered("subquery is only allowed on instant vector")),
        };
        for series in series {
            let samples: Vec<Sample> = series
                .values
                .iter()
                .enumerate()
                .filter(|(_, value)| !is_absent(**value))
                .map(|(step, value)| Sample { at: steps.at(step), value: *value })
                .collect();
            self.count(samples.len())?;
            each(Ranged { labels: &series.labels, nameless: series.nameless, samples: &samples, coarse: 0, coarse_until: Moment::MIN })?;
        }
        Ok(())
    }

    /// The moment that is looked at in a step.
    pub fn moment(&self, timing: &Timing, step: Moment) -> Moment {
        let base = match timing.at {
            Some(At::Start) => self.first,
            Some(At::End) => self.last,
            Some(At::Moment(moment)) => moment,
            None => step,
        };
        base - timing.offset
    }

    /// Queries of one system see its series and those of no system.
    pub fn scoped<'m>(&self, matchers: &'m [Matcher]) -> Outcome<Cow<'m, [Matcher]>> {
        let Some(system) = &self.options.scope else { return Ok(Cow::Borrowed(matchers)) };
        let own = scope::matcher(matchers, system).map_err(unanswered)?;
        Ok(own.map_or(Cow::Borrowed(matchers), |own| Cow::Owned([matchers, &[own]].concat())))
    }
}
