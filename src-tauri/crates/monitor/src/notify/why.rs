//! Who would be told of an alert, when, and why: in sentences.

use std::time::Duration;

use quarterdeck_model::{Millis, alert::RouteAnswer};

use super::{
    config::Config,
    interval::{self, Quiet},
    route::{self, GroupBy, Route, RoutePath},
};
use crate::{labels::Labels, sample::Moment, template::escape::quoted};

/// One answer for each route that tells about an alert with such labels, in the order of the tree.
pub fn told(config: &Config, labels: &Labels, at: Moment) -> Vec<RouteAnswer> {
    route::matching(&config.route, labels).into_iter().map(|path| answer(config, &path, labels, at)).collect()
}

fn answer(config: &Config, path: &RoutePath<'_>, labels: &Labels, at: Moment) -> RouteAnswer {
    let route = path.route;
    let quiet = interval::quiet(route, &config.intervals, at);
    RouteAnswer {
        receiver: route.receiver.clone(),
        path: places(&path.place),
        why: steps(&config.route, path, labels),
        group: group_text(route, labels),
        sentence: waits(route),
        muted: quiet.map(|quiet| quiet_text(&quiet)),
    }
}

/// `""`, `0`, `0.2`: the root, its first child, and that one's third.
fn places(place: &[usize]) -> Vec<String> {
    let name = |depth: usize| place[..depth].iter().map(usize::to_string).collect::<Vec<_>>().join(".");
    (0..=place.len()).map(name).collect()
}

/// One sentence for each step from the root.
fn steps(root: &Route, path: &RoutePath<'_>, labels: &Labels) -> Vec<String> {
    let mut steps = vec![format!("The root takes every alert; its receiver is {}.", root.receiver)];
    let mut route = root;
    for &child in &path.place {
        let before = &route.routes[..child];
        let passed = before.iter().filter(|sibling| sibling.matchers.hold(labels)).count();
        let Some(next) = route.routes.get(child) else { break };
        let number = child + 1;
        let mut step = match next.matchers.is_empty() {
            true => format!("Route {number} on line {} has no matchers, so it takes it.", next.at.line),
            false => format!("Route {number} on line {} takes it: {} holds.", next.at.line, next.matchers),
        };
        if passed > 0 {
            step += &format!(" {} before it took it and went on (continue).", counted(passed, "route"));
        }
        steps.push(step);
        route = next;
    }
    let last = if route.routes.is_empty() { "Nothing is below it" } else { "None of the routes below it takes it" };
    steps.push(format!("{last}, so {} is told.", route.receiver));
    steps
}

fn group_text(route: &Route, labels: &Labels) -> String {
    let group = route.group_labels(labels);
    let shown: Vec<String> = group.iter().map(|(name, value)| format!("{name}={}", quoted(value))).collect();
    format!("{{{}}}", shown.join(", "))
}

/// How alerts are put together: `by alertname, system`.
pub fn grouping(route: &Route) -> String {
    match &route.group_by {
        GroupBy::Everything => "each alert by itself".to_owned(),
        GroupBy::Labels(labels) if labels.is_empty() => "all together".to_owned(),
        GroupBy::Labels(labels) => format!("by {}", labels.join(", ")),
    }
}

/// When a group is told: `after 30 s, changes every 5 min, again every 4 h`.
pub fn waits(route: &Route) -> String {
    let shown = |duration: Duration| Millis::from(duration).to_string();
    let first = if route.group_wait.is_zero() { "at once".to_owned() } else { format!("after {}", shown(route.group_wait)) };
    format!("{first}, changes every {}, again every {}", shown(route.group_interval), shown(route.repeat_interval))
}

/// What keeps a route quiet, in words.
pub fn quiet_text(quiet: &Quiet) -> String {
    match quiet {
        Quiet::Muted(names) => format!("mute during {}", names.join(", ")),
        Quiet::Inactive(names) => format!("mute outside of {}", names.join(", ")),
    }
}

fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}
