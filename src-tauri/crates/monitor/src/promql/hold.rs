//! A query whose selectors all look at one moment: it answers the same at any time.

use super::{
    Query,
    node::{At, Kind, Node, Timing},
};
use crate::sample::Moment;

/// The query with `@ moment` on each selector that has none. `None` where a function in it looks at the time itself.
pub(crate) fn held(query: &Query, moment: Moment) -> Option<Query> {
    let mut query = query.clone();
    hold(&mut query.root, moment).then_some(query)
}

fn hold(node: &mut Node, moment: Moment) -> bool {
    match &mut node.kind {
        Kind::Number(_) | Kind::Text(_) => true,
        Kind::Selector(selector) | Kind::Range(selector, _) => pin(&mut selector.timing, moment),
        // What is inside has the times of the subquery.
        Kind::Subquery(inner) => pin(&mut inner.timing, moment) && !tells_the_time(&inner.of),
        Kind::Negate(inner) => hold(inner, moment),
        Kind::Call(name, arguments) => !looks_at_the_step(name) && arguments.iter_mut().all(|argument| hold(argument, moment)),
        Kind::Aggregate(inner) => inner.parameter.as_mut().is_none_or(|part| hold(part, moment)) && hold(&mut inner.of, moment),
        Kind::Binary(inner) => hold(&mut inner.left, moment) && hold(&mut inner.right, moment),
    }
}

fn pin(timing: &mut Timing, moment: Moment) -> bool {
    timing.at.get_or_insert(At::Moment(moment));
    true
}

/// Moments of a whole query, which are others when it is asked at another time.
fn tells_the_time(node: &Node) -> bool {
    match &node.kind {
        Kind::Number(_) | Kind::Text(_) => false,
        Kind::Selector(selector) | Kind::Range(selector, _) => matches!(selector.timing.at, Some(At::Start | At::End)),
        Kind::Subquery(inner) => matches!(inner.timing.at, Some(At::Start | At::End)) || tells_the_time(&inner.of),
        Kind::Negate(inner) => tells_the_time(inner),
        Kind::Call(name, arguments) => matches!(*name, "start" | "end" | "range" | "step") || arguments.iter().any(tells_the_time),
        Kind::Aggregate(inner) => inner.parameter.as_ref().is_some_and(tells_the_time) || tells_the_time(&inner.of),
        Kind::Binary(inner) => tells_the_time(&inner.left) || tells_the_time(&inner.right),
    }
}

fn looks_at_the_step(name: &str) -> bool {
    const DATES: [&str; 8] = ["days_in_month", "day_of_month", "day_of_week", "day_of_year", "hour", "minute", "month", "year"];
    const TIMES: [&str; 7] = ["predict_linear", "time", "timestamp", "start", "end", "range", "step"];
    DATES.contains(&name) || TIMES.contains(&name)
}
