//! Alerts that keep others quiet, because they explain them.

use std::collections::{BTreeMap, HashMap};

use quarterdeck_document::findings::Place;

use super::matcher::Matchers;
use crate::{alert::Alert, labels::Labels};

/// While an alert like the source fires, alerts like the target are not told, where both have the same values in `equal`.
#[derive(Debug, Clone)]
pub struct InhibitRule {
    /// May be empty.
    pub name: String,
    /// What explains.
    pub source: Matchers,
    /// What is explained.
    pub target: Matchers,
    /// Labels that must be equal; one that neither has is equal, too.
    pub equal: Vec<String>,
    /// Where it stands in the file.
    pub at: Place,
}

impl InhibitRule {
    /// True where the source explains the target. What is both source and target is not kept quiet by what is both, too: else an alert
    /// would keep itself quiet.
    fn explains(&self, source: &Labels, target: &Labels) -> bool {
        self.source.hold(source)
            && self.target.hold(target)
            && self.values(source).eq(self.values(target))
            && !(self.source.hold(target) && self.target.hold(source))
    }

    fn values<'a>(&'a self, labels: &'a Labels) -> impl Iterator<Item = &'a str> {
        self.equal.iter().map(|label| labels.get(label))
    }
}

/// Which of these firing alerts keep one with such labels quiet, each with its rule.
pub fn by<'a>(rules: &'a [InhibitRule], firing: &'a [Alert], labels: &Labels) -> Vec<(&'a InhibitRule, &'a Alert)> {
    let explaining =
        |rule: &'a InhibitRule| firing.iter().filter(|source| rule.explains(&source.labels, labels)).map(move |source| (rule, source));
    rules.iter().flat_map(explaining).collect()
}

/// What fires and explains something, by rule and the values that must be equal: so that an answer does not look at every alert.
#[derive(Debug, Default)]
pub struct Sources {
    by_rule: Vec<HashMap<Vec<String>, BTreeMap<String, Labels>>>,
}

impl Sources {
    /// Without alerts.
    pub fn new(rules: &[InhibitRule]) -> Self {
        Self { by_rule: rules.iter().map(|_| HashMap::new()).collect() }
    }

    /// Takes one that fires, or is over.
    pub fn take(&mut self, rules: &[InhibitRule], id: &str, labels: &Labels, fires: bool) {
        for (rule, sources) in rules.iter().zip(&mut self.by_rule).filter(|(rule, _)| rule.source.hold(labels)) {
            let values: Vec<String> = rule.values(labels).map(str::to_owned).collect();
            if fires {
                sources.entry(values).or_default().insert(id.to_owned(), labels.clone());
            } else if let Some(equal) = sources.get_mut(&values) {
                equal.remove(id);
                if equal.is_empty() {
                    sources.remove(&values);
                }
            }
        }
    }

    /// The first rule, and the id of an alert, that keep one with such labels quiet.
    pub fn explain<'a>(&'a self, rules: &'a [InhibitRule], labels: &Labels) -> Option<(&'a InhibitRule, &'a str)> {
        rules.iter().zip(&self.by_rule).filter(|(rule, _)| rule.target.hold(labels)).find_map(|(rule, sources)| {
            let values: Vec<String> = rule.values(labels).map(str::to_owned).collect();
            let both = rule.source.hold(labels);
            let equal = sources.get(&values)?;
            let (id, _) = equal.iter().find(|(_, source)| !(both && rule.target.hold(source)))?;
            Some((rule, id.as_str()))
        })
    }
}
