//! The tree of routes: which receivers get an alert, and how it is grouped for each.

use std::{collections::BTreeMap, time::Duration};

use quarterdeck_document::findings::Place;

use super::matcher::Matchers;
use crate::{labels::Labels, template::escape::quoted};

/// What alerts are put together by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GroupBy {
    /// `...`: each set of labels by itself.
    Everything,
    /// The values of these labels, sorted; all alerts together where there are none.
    Labels(Vec<String>),
}

/// A branch of the tree; what it does not say itself, it has from the one above.
#[derive(Debug, Clone)]
pub struct Route {
    /// The receiver's name.
    pub receiver: String,
    /// All must hold; the root has none.
    pub matchers: Matchers,
    /// What its alerts are put together by.
    pub group_by: GroupBy,
    /// How long a new group waits for more alerts.
    pub group_wait: Duration,
    /// How long a group waits after it was looked at, until it may tell again.
    pub group_interval: Duration,
    /// How long until something that did not change is told again.
    pub repeat_interval: Duration,
    /// While one of these time intervals holds, it is quiet. Not inherited.
    pub mute: Vec<String>,
    /// While none of these holds, it is quiet. Not inherited.
    pub active: Vec<String>,
    /// Whether its siblings behind it are asked, too, where it matched.
    pub goes_on: bool,
    /// Labels that are put on its messages, as templates.
    pub labels: BTreeMap<String, String>,
    /// The branches below, asked in this order.
    pub routes: Vec<Self>,
    /// The matchers from the root to here, as Alertmanager's group keys begin. Not unique.
    pub key: String,
    /// Counted through the tree, parents before children, in the order of the file.
    pub number: usize,
    /// Where it stands in the file.
    pub at: Place,
}

/// A route that matched, and how it is reached.
#[derive(Debug, Clone)]
pub struct RoutePath<'r> {
    /// The last one on the way: the one that tells.
    pub route: &'r Route,
    /// Which child was taken at each branch, counted from 0; empty for the root.
    pub place: Vec<usize>,
}

/// The routes that tell about an alert, in the order of the tree; never none where the root has no matchers.
/// Same receivers in the same order as `amtool config routes test`.
pub fn matching<'r>(root: &'r Route, labels: &Labels) -> Vec<RoutePath<'r>> {
    let (mut found, mut place) = (Vec::new(), Vec::new());
    descend(root, labels, &mut place, &mut found);
    found
}

fn descend<'r>(route: &'r Route, labels: &Labels, place: &mut Vec<usize>, found: &mut Vec<RoutePath<'r>>) -> bool {
    if !route.matchers.hold(labels) {
        return false;
    }
    let before = found.len();
    for (i, child) in route.routes.iter().enumerate() {
        place.push(i);
        let matched = descend(child, labels, place, found);
        place.pop();
        if matched && !child.goes_on {
            break;
        }
    }
    if found.len() == before {
        found.push(RoutePath { route, place: place.clone() });
    }
    true
}

impl Route {
    /// The labels an alert's group has here.
    pub fn group_labels(&self, labels: &Labels) -> Labels {
        match &self.group_by {
            GroupBy::Everything => labels.clone(),
            GroupBy::Labels(names) => labels.only(|name| names.iter().any(|wanted| wanted == name)),
        }
    }

    /// A group's name, as Alertmanager has it in `groupKey`.
    pub fn group_key(&self, group: &Labels) -> String {
        let labels: Vec<String> = group.iter().map(|(name, value)| format!("{name}={}", quoted(value))).collect();
        format!("{}:{{{}}}", self.key, labels.join(", "))
    }

    /// It without those below it.
    pub fn alone(&self) -> Self {
        Self {
            receiver: self.receiver.clone(),
            matchers: self.matchers.clone(),
            group_by: self.group_by.clone(),
            mute: self.mute.clone(),
            active: self.active.clone(),
            labels: self.labels.clone(),
            routes: Vec::new(),
            key: self.key.clone(),
            ..*self
        }
    }

    /// It and all below it, in the order of the file.
    pub fn all(&self) -> Vec<&Self> {
        let below = self.routes.iter().flat_map(Self::all);
        std::iter::once(self).chain(below).collect()
    }
}
