//! Alerts that keep others quiet, because they explain them.

use std::collections::{BTreeMap, HashMap};

use quarterdeck_document::findings::Place;

use super::matcher::Matchers;
use crate::labels::Labels;

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
    fn values<'a>(&'a self, labels: &'a Labels) -> impl Iterator<Item = &'a str> {
        self.equal.iter().map(|label| labels.get(label))
    }
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

    /// The first rule, and the id of an alert, that keep one with such labels quiet. What is both source and target is not kept quiet by
    /// what is both, too: else an alert would keep itself quiet.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notify::matcher;

    fn rule(source: &str, target: &str, equal: &[&str]) -> InhibitRule {
        let [source, target] = [source, target].map(|text| Matchers::new(matcher::read(text).unwrap()));
        let equal = equal.iter().map(|label| (*label).to_owned()).collect();
        InhibitRule { name: String::new(), source, target, equal, at: Place::START }
    }

    /// Which of the alerts, named by their `n`, keeps each of them quiet.
    fn explained(rule: InhibitRule, alerts: &[&[(&str, &str)]]) -> Vec<String> {
        let rules = [rule];
        let mut sources = Sources::new(&rules);
        let labels: Vec<Labels> = alerts.iter().map(|labels| Labels::new(labels.iter().copied())).collect();
        labels.iter().for_each(|labels| sources.take(&rules, labels.get("n"), labels, true));
        let by = |labels| sources.explain(&rules, labels).map_or_else(String::new, |(_, id)| id.to_owned());
        let found = labels.iter().map(by).collect();
        labels.iter().for_each(|labels| sources.take(&rules, labels.get("n"), labels, false));
        assert!(labels.iter().all(|labels| sources.explain(&rules, labels).is_none()), "what is over explains nothing");
        found
    }

    #[test]
    fn a_source_explains_what_has_the_same_values() {
        let rule = rule("level=down", "level=slow", &["host", "rack"]);
        let found = explained(
            rule,
            &[
                &[("n", "0"), ("level", "down"), ("host", "a")],
                &[("n", "1"), ("level", "slow"), ("host", "a")],
                &[("n", "2"), ("level", "slow"), ("host", "b")],
                &[("n", "3"), ("level", "slow"), ("host", "a"), ("rack", "7")],
                &[("n", "4"), ("level", "slow")],
            ],
        );
        assert_eq!(found, ["", "0", "", "", ""]);
    }

    #[test]
    fn what_is_both_keeps_neither_itself_nor_its_like_quiet() {
        let both = rule("level=~\"down|gone\"", "level=~\"gone|slow\"", &[]);
        let found =
            explained(both, &[&[("n", "0"), ("level", "gone")], &[("n", "1"), ("level", "gone")], &[("n", "2"), ("level", "slow")]]);
        assert_eq!(found, ["", "", "0"]);
        let both = rule("level=~\"down|gone\"", "level=~\"gone|slow\"", &[]);
        assert_eq!(explained(both, &[&[("n", "0"), ("level", "gone")], &[("n", "1"), ("level", "down")]]), ["1", ""]);
    }
}
