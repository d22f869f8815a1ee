//! Why a rule cannot fire: what it looks at is not there. A rule without data looks as healthy as one whose condition does not hold.

use std::fmt;

use chrono::DateTime;
use quarterdeck_model::{JobCtx, Outcome};

use crate::{
    labels::NAME,
    promql::{
        Query, Span,
        complete::Names,
        node::{At, Kind, Node, Selector, Sign, Timing},
        scope,
    },
    sample::{Moment, is_stale},
    source::{Facet, LOOK_BACK, Matcher, Source, Test, Wanted},
};

/// So far back it is looked for the newest sample, in milliseconds; the nearest time that has one is enough.
const BACK: [i64; 4] = [3_600_000, 86_400_000, 7 * 86_400_000, 31 * 86_400_000];

/// So many known values are named.
const NAMED: usize = 8;

/// Series that are there only while something is wrong: that they are not says nothing.
const COME_AND_GO: [&str; 2] = ["ALERTS", "ALERTS_FOR_STATE"];

/// Why a query can answer nothing: its first selector that finds nothing and that it cannot do without.
#[derive(Debug, Clone, PartialEq)]
pub struct Reason {
    /// The selector, as it is written.
    pub selector: String,
    /// Why it finds nothing.
    pub why: Why,
}

/// Why a selector finds nothing.
#[derive(Debug, Clone, PartialEq)]
pub enum Why {
    /// No series ever had that name.
    NeverSeen(String),
    /// Series of that name are known, none with such a label.
    NoValue {
        /// The label.
        label: String,
        /// What is asked of it: `="x"`, `=~"x|y"`.
        asked: String,
        /// Values that are known, sorted; the first ones.
        known: Vec<String>,
        /// How many more there are.
        more: usize,
    },
    /// For each of its conditions there are series, for all together there are none.
    Together,
    /// Series are known, and have no value now.
    Gone {
        /// The newest sample; none where it is more than a month old.
        last: Option<Moment>,
    },
}

/// `never seen: http_requests_total`, `last seen 2026-11-23 05:12 UTC: build_seconds{kind="a"}`.
impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.why {
            Why::NeverSeen(name) => write!(f, "never seen: {name}"),
            Why::NoValue { label, known, .. } if known.is_empty() => write!(f, "no series has the label {label}: {}", self.selector),
            Why::NoValue { label, asked, known, more } => {
                let more = if *more > 0 { format!(" and {more} more") } else { String::new() };
                write!(f, "no series has {label}{asked}, known: {}{more}: {}", known.join(", "), self.selector)
            }
            Why::Together => write!(f, "no series matches all of it: {}", self.selector),
            Why::Gone { last: Some(last) } => match DateTime::from_timestamp_millis(*last) {
                Some(last) => write!(f, "last seen {}: {}", last.format("%Y-%m-%d %H:%M UTC"), self.selector),
                None => write!(f, "measured before, not now: {}", self.selector),
            },
            Why::Gone { last: None } => write!(f, "not measured for more than a month: {}", self.selector),
        }
    }
}

/// Why a query cannot answer anything at a moment; none where what it needs is there, and where that cannot be said. `scope` is that of the
/// evaluation.
pub fn why(query: &Query, at: Moment, scope: Option<&str>, source: &dyn Source, names: &dyn Names, ctx: &JobCtx) -> Option<Reason> {
    Look { query, at, scope, source, names, ctx }.lacking(&query.root, 0)
}

struct Look<'l> {
    query: &'l Query,
    at: Moment,
    scope: Option<&'l str>,
    source: &'l dyn Source,
    names: &'l dyn Names,
    ctx: &'l JobCtx,
}

impl Look<'_> {
    /// Why a part has no series. `range`: so much farther back the subqueries around it look.
    fn lacking(&self, node: &Node, range: i64) -> Option<Reason> {
        match &node.kind {
            Kind::Number(_) | Kind::Text(_) => None,
            Kind::Selector(selector) => self.missing(selector, node.span, range + LOOK_BACK),
            Kind::Range(selector, own) => self.missing(selector, node.span, range + own),
            Kind::Subquery(inner) => self.lacking(&inner.of, range + inner.range + inner.timing.offset.max(0)),
            Kind::Negate(inner) => self.lacking(inner, range),
            // They answer where there is nothing.
            Kind::Call("absent" | "absent_over_time", _) => None,
            Kind::Call(_, arguments) => arguments.iter().find_map(|argument| self.lacking(argument, range)),
            Kind::Aggregate(inner) => inner.parameter.iter().chain([&inner.of]).find_map(|part| self.lacking(part, range)),
            Kind::Binary(inner) => {
                let left = || self.lacking(&inner.left, range);
                let right = || self.lacking(&inner.right, range);
                match inner.sign {
                    // One side is enough.
                    Sign::Or => left().filter(|_| right().is_some()),
                    Sign::Unless => left(),
                    _ => {
                        let filled = |fill: Option<f64>| fill.is_some();
                        let left = if filled(inner.matching.fill_left) { None } else { left() };
                        left.or_else(|| if filled(inner.matching.fill_right) { None } else { right() })
                    }
                }
            }
        }
    }

    fn missing(&self, selector: &Selector, span: Span, range: i64) -> Option<Reason> {
        let named = selector.matchers.iter().find_map(|matcher| match &matcher.test {
            Test::Is(name) if matcher.label == NAME => Some(name.as_str()),
            _ => None,
        });
        if named.is_some_and(|name| COME_AND_GO.contains(&name)) {
            return None;
        }
        let mut matchers = selector.matchers.clone();
        if let Some(system) = self.scope {
            matchers.extend(scope::matcher(&selector.matchers, system).ok()?);
        }
        let until = self.moment(&selector.timing);
        // What cannot be looked at says nothing.
        if self.newest(&matchers, until - range, until).ok()?.is_some() {
            return None;
        }
        // What is measured now, and was not yet so long ago, is only new: with time the rule can fire.
        if until < self.at && self.newest(&matchers, self.at - range, self.at).ok()?.is_some() {
            return None;
        }
        let why = self.unknown(named, &matchers).or_else(|| self.gone(&matchers, until))?;
        let selector = self.query.text.get(span.start..span.end).unwrap_or(&self.query.text).to_owned();
        Some(Reason { selector, why })
    }

    fn moment(&self, timing: &Timing) -> Moment {
        let at = match timing.at {
            Some(At::Moment(at)) => at,
            Some(At::Start | At::End) | None => self.at,
        };
        at - timing.offset
    }

    /// Why not one series is known.
    fn unknown(&self, named: Option<&str>, matchers: &[Matcher]) -> Option<Why> {
        let is_known = |among: &[Matcher]| !self.names.values(NAME, among).is_empty();
        let (name, others): (Vec<Matcher>, Vec<Matcher>) = matchers.iter().cloned().partition(|matcher| matcher.label == NAME);
        if let Some(name_only) = named.filter(|_| !is_known(&name)) {
            return Some(Why::NeverSeen(name_only.to_owned()));
        }
        for other in others {
            let mut among = name.clone();
            among.push(other.clone());
            if is_known(&among) {
                continue;
            }
            let mut known = self.names.values(&other.label, &name);
            let more = known.len().saturating_sub(NAMED);
            known.truncate(NAMED);
            let asked = if other.label == "system" && self.scope.is_some() { scoped(self.scope) } else { asked(&other.test) };
            return Some(Why::NoValue { label: other.label, asked, known, more });
        }
        (!is_known(matchers)).then_some(Why::Together)
    }

    fn gone(&self, matchers: &[Matcher], until: Moment) -> Option<Why> {
        for back in BACK {
            if let Some(last) = self.newest(matchers, until - back, until).ok()? {
                return Some(Why::Gone { last: Some(last) });
            }
        }
        Some(Why::Gone { last: None })
    }

    /// The newest sample of all that is selected; where a series ended, the one before that.
    fn newest(&self, matchers: &[Matcher], after: Moment, until: Moment) -> Outcome<Option<Moment>> {
        let mut newest = None;
        let instant = until - after <= LOOK_BACK;
        self.source.visit(&Wanted { matchers, after, until, facet: Facet::Last }, self.ctx, &mut |selected| {
            // An instant sees nothing of a series that ended.
            let ended = instant && selected.samples.last().is_some_and(|sample| is_stale(sample.value));
            let living = selected.samples.iter().rev().find(|sample| !ended && !is_stale(sample.value));
            newest = newest.max(living.map(|sample| sample.at));
            Ok(())
        })?;
        Ok(newest)
    }
}

fn scoped(scope: Option<&str>) -> String {
    format!("={:?}", scope.unwrap_or_default())
}

fn asked(test: &Test) -> String {
    let written = |expression: &regex::Regex| {
        let text = expression.as_str();
        text.strip_prefix("^(?s:").and_then(|text| text.strip_suffix(")$")).unwrap_or(text).to_owned()
    };
    match test {
        Test::Is(value) => format!("={value:?}"),
        Test::IsNot(value) => format!("!={value:?}"),
        Test::Like(expression) => format!("=~\"{}\"", written(expression)),
        Test::NotLike(expression) => format!("!~\"{}\"", written(expression)),
    }
}
