//! A configuration as faces see it.

use quarterdeck_model::{
    Millis,
    alert::{RouteNode, TimeIntervalRow},
};

use super::{
    config::Config,
    inhibit::InhibitRule,
    interval::words,
    matcher::{Matcher, Matchers},
    route::Route,
    why::grouping,
};
use crate::sample::Moment;

/// The tree of routes.
pub fn tree(config: &Config) -> RouteNode {
    node(&config.route, &mut Vec::new())
}

fn node(route: &Route, place: &mut Vec<usize>) -> RouteNode {
    let path = place.iter().map(usize::to_string).collect::<Vec<_>>().join(".");
    let mut routes = Vec::new();
    for (number, child) in route.routes.iter().enumerate() {
        place.push(number);
        routes.push(node(child, place));
        place.pop();
    }
    RouteNode {
        path,
        matchers: route.matchers.iter().map(Matcher::to_string).collect(),
        receiver: route.receiver.clone(),
        grouping: grouping(route),
        group_wait: Millis::from(route.group_wait),
        group_interval: Millis::from(route.group_interval),
        repeat_interval: Millis::from(route.repeat_interval),
        goes_on: route.goes_on,
        mute: route.mute.clone(),
        active: route.active.clone(),
        routes,
    }
}

/// `{source} -> {target}, equal: labels`, one for each rule.
pub fn inhibitions(config: &Config) -> Vec<String> {
    config.inhibit_rules.iter().map(inhibition).collect()
}

/// One of them.
pub fn inhibition(rule: &InhibitRule) -> String {
    let side = |matchers: &Matchers| if matchers.is_empty() { "everything".to_owned() } else { matchers.to_string() };
    let name = if rule.name.is_empty() { String::new() } else { format!("{}: ", rule.name) };
    let equal = if rule.equal.is_empty() { String::new() } else { format!(", equal: {}", rule.equal.join(", ")) };
    format!("{name}{} -> {}{equal}", side(&rule.source), side(&rule.target))
}

/// Time intervals, in words, with whether they hold at a moment.
pub fn intervals(config: &Config, at: Moment) -> Vec<TimeIntervalRow> {
    let row = |(name, all): (&String, &Vec<_>)| TimeIntervalRow {
        name: name.clone(),
        sentence: if all.is_empty() { "never".to_owned() } else { all.iter().map(words::sentence).collect::<Vec<_>>().join("; ") },
        now: all.iter().any(|interval| interval.contains(at)),
    };
    config.intervals.iter().map(row).collect()
}

#[cfg(test)]
mod tests;
