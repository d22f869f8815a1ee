//! Items that wait for each other.

use std::collections::{BTreeMap, BTreeSet};

use quarterdeck_document::findings::{Findings, Place};

use super::PhaseDefinition;

/// Adds a finding for each cycle, naming it: `a → b → a`. Without recursion: a file may be one long chain.
pub(super) fn find(phases: &[PhaseDefinition], places: &[(String, Place)], findings: &mut Findings) {
    let after: BTreeMap<&str, &[String]> =
        phases.iter().flat_map(|phase| &phase.items).map(|item| (item.id.as_str(), item.after.as_slice())).collect();
    let mut done: BTreeSet<&str> = BTreeSet::new();
    for &start in after.keys() {
        let mut path: Vec<(&str, usize)> = vec![(start, 0)];
        let mut open: BTreeSet<&str> = BTreeSet::from([start]);
        while let Some((item, next)) = path.last_mut() {
            let item: &str = item;
            let following = after.get(item).and_then(|after| after.get(*next)).map(String::as_str).filter(|_| !done.contains(item));
            *next += 1;
            match following {
                Some(id) if open.contains(id) => {
                    let from = path.iter().position(|(open, _)| *open == id).unwrap_or_default();
                    let named: Vec<&str> = path[from..].iter().map(|(id, _)| *id).chain([id]).collect();
                    let at = places.iter().find(|(item, _)| item == id).map_or(Place::START, |(_, at)| *at);
                    findings.add(at, format!("Items wait for each other: {}.", named.join(" → ")), "Take one of them out of after.");
                }
                Some(id) if !done.contains(id) => {
                    open.insert(id);
                    path.push((id, 0));
                }
                Some(_) => {}
                None => {
                    done.insert(item);
                    open.remove(item);
                    path.pop();
                }
            }
        }
    }
}
