//! The tree of routes.

use std::{collections::BTreeMap, time::Duration};

use quarterdeck_document::{
    fields::Fields,
    findings::Findings,
    yaml::{Node, Value},
};

use super::value::{self, Written};
use crate::notify::{
    matcher::{self, Comparison, Matcher, Matchers, Unreadable},
    route::{GroupBy, Route},
};

const KNOWN: &[&str] = &[
    "receiver",
    "group_by",
    "match",
    "match_re",
    "matchers",
    "mute_time_intervals",
    "active_time_intervals",
    "continue",
    "routes",
    "group_wait",
    "group_interval",
    "repeat_interval",
    "labels",
];

/// A tree, and every name it uses with its place.
pub struct Read {
    /// The tree.
    pub route: Route,
    /// Receivers that routes name.
    pub receivers: Vec<Written>,
    /// Time intervals that routes name.
    pub intervals: Vec<Written>,
}

/// What the root has where it does not say (Alertmanager's DefaultRouteOpts).
fn above_the_root(node: &Node) -> Route {
    Route {
        receiver: String::new(),
        matchers: Matchers::default(),
        group_by: GroupBy::Labels(Vec::new()),
        group_wait: Duration::from_secs(30),
        group_interval: Duration::from_mins(5),
        repeat_interval: Duration::from_hours(4),
        mute: Vec::new(),
        active: Vec::new(),
        goes_on: false,
        labels: BTreeMap::new(),
        routes: Vec::new(),
        key: String::new(),
        number: 0,
        at: node.at,
    }
}

/// Reads the tree. None after a finding.
pub fn read(node: &Node, findings: &mut Findings) -> Option<Read> {
    let mut reading = Reading { receivers: Vec::new(), intervals: Vec::new(), count: 0 };
    let route = reading.branch(node, "route", None, findings)?;
    let fields = Fields::open(node, "route", &mut Findings::new(std::path::Path::new("")))?;
    let mut refuse = |key: &str, hint: &str| {
        if let Some(node) = value::given(&fields, key) {
            findings.add(node.at, format!("The root route has {key}: it gets what no other route takes."), hint);
        }
    };
    for (key, some) in [("match", "match"), ("match_re", "match_re"), ("matchers", "matchers")] {
        if !route.matchers.is_empty() {
            refuse(key, &format!("Move {some} to a route below it."));
        }
    }
    if !route.mute.is_empty() {
        refuse("mute_time_intervals", "Move them to a route below it.");
    }
    if !route.active.is_empty() {
        refuse("active_time_intervals", "Move them to a route below it.");
    }
    if route.goes_on {
        refuse("continue", "Remove it: there is nothing behind the root.");
    }
    if route.receiver.is_empty() {
        findings.add(node.at, "route.receiver is missing.", "Add a line such as: receiver: NAME, with one of the receivers.");
    }
    Some(Read { route, receivers: reading.receivers, intervals: reading.intervals })
}

struct Reading {
    receivers: Vec<Written>,
    intervals: Vec<Written>,
    /// Routes so far.
    count: usize,
}

impl Reading {
    fn branch(&mut self, node: &Node, path: &str, above: Option<&Route>, findings: &mut Findings) -> Option<Route> {
        let fields = Fields::read(node, path, KNOWN, findings)?;
        let mut route = match above {
            Some(above) => Route { routes: Vec::new(), at: node.at, ..above.clone() },
            None => above_the_root(node),
        };
        route.number = self.count;
        self.count += 1;
        let named = value::given(&fields, "receiver").and_then(|node| value::word(node, &format!("{path}.receiver"), findings));
        if let Some(named) = named.filter(|named| !named.text.is_empty()) {
            route.receiver.clone_from(&named.text);
            self.receivers.push(named);
        }
        if let Some(group_by) = group_by(&fields, path, findings) {
            route.group_by = group_by;
        }
        times(&mut route, &fields, path, findings);
        route.matchers = matchers(&fields, path, ["match", "match_re", "matchers"], findings);
        route.key = above.map_or_else(|| route.matchers.to_string(), |above| format!("{}/{}", above.key, route.matchers));
        let go_on = value::given(&fields, "continue");
        route.goes_on = go_on.and_then(|node| value::truth(node, &format!("{path}.continue"), findings)).unwrap_or_default();
        route.mute = self.intervals(&fields, path, "mute_time_intervals", findings);
        route.active = self.intervals(&fields, path, "active_time_intervals", findings);
        for (name, text) in value::pairs(value::given(&fields, "labels"), &format!("{path}.labels"), findings) {
            if name.text.is_empty() {
                findings.add(name.at, format!("{path}.labels has a label without a name."), "Write its name.");
            }
            route.labels.insert(name.text, text.text);
        }
        let below = value::items(value::given(&fields, "routes"), &format!("{path}.routes"), findings);
        for (i, node) in below.iter().enumerate() {
            let branch = self.branch(node, &format!("{path}.routes[{i}]"), Some(&route), findings);
            route.routes.extend(branch);
        }
        Some(route)
    }

    fn intervals(&mut self, fields: &Fields<'_>, path: &str, key: &str, findings: &mut Findings) -> Vec<String> {
        let named = value::words(value::given(fields, key), &format!("{path}.{key}"), findings);
        self.intervals.extend(named.iter().cloned());
        named.into_iter().map(|named| named.text).collect()
    }
}

fn group_by(fields: &Fields<'_>, path: &str, findings: &mut Findings) -> Option<GroupBy> {
    let node = value::given(fields, "group_by")?;
    let named = value::words(Some(node), &format!("{path}.group_by"), findings);
    for (i, name) in named.iter().enumerate() {
        if name.text.is_empty() {
            findings.add(name.at, format!("{path}.group_by has a label without a name."), "Write a label's name, or remove the item.");
        } else if name.text != "..." && named[..i].iter().any(|first| first.text == name.text) {
            findings.add(name.at, format!("{path}.group_by has {} twice.", name.text), "Keep one of the two.");
        }
    }
    let everything = named.iter().find(|name| name.text == "...");
    let mut labels: Vec<String> = named.iter().map(|name| name.text.clone()).filter(|name| name != "...").collect();
    match everything {
        None => {
            labels.sort();
            Some(GroupBy::Labels(labels))
        }
        Some(all) => {
            if !labels.is_empty() {
                findings.add(all.at, format!("{path}.group_by has ... and other labels."), "Keep either: ... stands for all labels.");
            }
            Some(GroupBy::Everything)
        }
    }
}

fn times(route: &mut Route, fields: &Fields<'_>, path: &str, findings: &mut Findings) {
    let mut read = |key: &str, zero: bool| {
        let node = value::given(fields, key)?;
        let duration = value::duration(node, &format!("{path}.{key}"), findings)?;
        if duration.is_zero() && !zero {
            findings.add(node.at, format!("{path}.{key} is zero."), "Write a longer time, such as 5m.");
        }
        Some(duration)
    };
    route.group_wait = read("group_wait", true).unwrap_or(route.group_wait);
    route.group_interval = read("group_interval", false).unwrap_or(route.group_interval);
    route.repeat_interval = read("repeat_interval", false).unwrap_or(route.repeat_interval);
}

/// True where a name of a mapping has nothing behind it.
fn is_nothing(node: &Node, name: &Written) -> bool {
    let Value::Mapping(entries) = &node.value else { return false };
    entries.iter().any(|entry| entry.key == name.text && matches!(entry.node.value, Value::Nothing))
}

/// The matchers behind three keys: equal ones, expressions, and the newer list.
pub fn matchers(fields: &Fields<'_>, path: &str, keys: [&str; 3], findings: &mut Findings) -> Matchers {
    let mut all = Vec::new();
    for (key, comparison) in keys.into_iter().zip([Comparison::Is, Comparison::Like]) {
        let path = format!("{path}.{key}");
        for (name, value) in value::pairs(value::given(fields, key), &path, findings) {
            if comparison == Comparison::Like && value.text.is_empty() && fields.optional(key).is_some_and(|node| is_nothing(node, &name)) {
                findings.add(name.at, format!("{path}.{} has no expression.", name.text), "Write one, or remove the line.");
            }
            if !matcher::is_classic_name(&name.text) {
                let message = format!("{path} names no label: {:?}.", name.text);
                findings.add(name.at, message, "Use letters, figures and _; other names can be written in matchers.");
            }
            match Matcher::new(name.text, comparison, value.text) {
                Ok(matcher) => all.push(matcher),
                Err(Unreadable { message, .. }) => {
                    findings.add(value.at, format!("{path}: {message}."), "Write an expression as Go has them.")
                }
            }
        }
    }
    let (key, path) = (keys[2], format!("{path}.{}", keys[2]));
    for (i, node) in value::items(value::given(fields, key), &path, findings).iter().enumerate() {
        let path = format!("{path}[{i}]");
        let Some(written) = value::word(node, &path, findings) else { continue };
        match matcher::read(&written.text) {
            Ok(matchers) => all.extend(matchers),
            Err(Unreadable { message, at }) => {
                let mut place = node.text_at.unwrap_or(node.at);
                place.column += node.text_at.map_or(0, |_| u32::try_from(at).unwrap_or_default());
                findings.add(place, format!("{path}: {message}."), "Write it as in severity=\"page\" or team=~\"db|web\".");
            }
        }
    }
    Matchers::new(all)
}
