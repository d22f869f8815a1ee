//! Recording rules: series that come out are kept under another name.

use std::{cmp::Ordering, collections::HashSet, sync::Arc};

use quarterdeck_model::{Fault, Outcome};

use super::{
    alerts::Written,
    rule::{Rule, Words},
};
use crate::labels::{Labels, NAME};

/// What a recording rule wrote at its last evaluation: under which labels, and of which series.
#[derive(Debug, Clone, Default)]
pub(super) struct Records {
    /// In the order of the series that came out.
    written: Vec<(Labels, Labels)>,
    /// Written before the rule was changed, and not since.
    orphans: Vec<Labels>,
}

impl Records {
    /// Takes what came out, in the order of its labels: what is to be kept, and what has to be marked stale.
    ///
    /// Faults: two series that become one, or more of them than the limit; then nothing changes.
    pub fn take(&mut self, rule: &Rule, found: &[(Labels, f64)], limit: usize) -> Outcome<Written> {
        let (mut next, mut gone, mut new) = (Vec::with_capacity(found.len()), Vec::new(), false);
        let mut before = self.written.iter().peekable();
        for (series, _) in found {
            let known = aligned(&mut before, series, |(known, _)| known, |(_, record)| gone.push(record.clone()));
            new |= known.is_none();
            next.push((series.clone(), known.map_or_else(|| named(rule, series), |(_, record)| record.clone())));
        }
        gone.extend(before.map(|(_, record)| record.clone()));
        gone.extend(self.orphans.iter().cloned());
        if new || !gone.is_empty() {
            let mut all = HashSet::with_capacity(next.len());
            if let Some((_, twice)) = next.iter().find(|(_, record)| !all.insert(record)) {
                let message = format!("Two series become one under the labels of the rule: {twice}.");
                return Err(Fault::refused("rule-duplicate", message).hint("Let the expression keep a label that tells them apart."));
            }
            gone.retain(|record| !all.contains(record));
        }
        if limit > 0 && found.len() > limit {
            let message = format!("The rule has {} series, at most {limit} are allowed.", found.len());
            return Err(Fault::refused("rule-limit", message).hint("Let the expression select less, or raise limit of the group."));
        }
        let samples = next.iter().zip(found).map(|((_, record), (_, value))| (record.clone(), *value)).collect();
        (self.written, self.orphans) = (next, Vec::new());
        Ok(Written { samples, gone, ..Written::default() })
    }

    /// What is known, for a rule that was changed: under which labels a series is written is found out anew.
    pub fn afresh(self) -> Self {
        Self { written: Vec::new(), orphans: self.into_series() }
    }

    /// The series that were written last.
    pub fn into_series(self) -> Vec<Labels> {
        self.written.into_iter().map(|(_, record)| record).chain(self.orphans).collect()
    }
}

/// Goes on in a sorted list up to a series: the item that is about it, if there is one; those before it are handed to `passed`.
pub(super) fn aligned<'i, T>(
    list: &mut std::iter::Peekable<std::slice::Iter<'i, T>>,
    series: &Labels,
    of: impl Fn(&T) -> &Labels,
    mut passed: impl FnMut(&'i T),
) -> Option<&'i T> {
    while let Some(item) = list.peek().copied() {
        // Mostly the very same labels: that is seen before any text is compared.
        let order = if of(item) == series { Ordering::Equal } else { of(item).cmp(series) };
        match order {
            Ordering::Less => passed(item),
            Ordering::Equal => {
                list.next();
                return Some(item);
            }
            Ordering::Greater => return None,
        }
        list.next();
    }
    None
}

fn named(rule: &Rule, series: &Labels) -> Labels {
    let set = rule.labels.iter().map(|(name, Words { text, .. })| (Arc::clone(name), Arc::clone(text)));
    series.over(std::iter::once((NAME.into(), rule.name.as_str().into())).chain(set))
}
