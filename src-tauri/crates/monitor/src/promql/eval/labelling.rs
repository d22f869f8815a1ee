//! Functions that change or compare labels.

use std::{cmp::Ordering, collections::HashSet};

use quarterdeck_model::Outcome;

use super::{
    Evaluator,
    column::{Grid, Series, settle},
};
use crate::{
    labels::{Labels, NAME},
    promql::{error::unanswered, node::Node},
};

impl Evaluator<'_> {
    /// `label_replace(v, target, replacement, source, expression)`.
    pub fn label_replace(&self, arguments: &[Node], grid: &Grid) -> Outcome<Vec<Series>> {
        let mut texts = Vec::new();
        for argument in &arguments[1..5] {
            texts.push(self.text(argument, grid)?);
        }
        let [target, replacement, source, written] = &texts[..] else { return Err(unanswered("arguments are missing")) };
        let expression = regex::Regex::new(&format!("^(?s:{written})$"))
            .map_err(|_| unanswered(format!("invalid regular expression in label_replace(): {written}")))?;
        if target.is_empty() {
            return Err(unanswered("invalid destination label name in label_replace(): "));
        }
        let series = self.vector(&arguments[0], grid)?;
        let changed = series.into_iter().map(|mut series| {
            if let Some(found) = expression.captures(series.labels.get(source)) {
                let mut value = String::new();
                found.expand(replacement, &mut value);
                set(&mut series, target, &value);
            }
            series
        });
        unique(changed.collect())
    }

    /// `label_join(v, target, between, source…)`.
    pub fn label_join(&self, arguments: &[Node], grid: &Grid) -> Outcome<Vec<Series>> {
        let target = self.text(&arguments[1], grid)?;
        let between = self.text(&arguments[2], grid)?;
        let sources = arguments[3..].iter().map(|source| self.text(source, grid)).collect::<Outcome<Vec<_>>>()?;
        if target.is_empty() {
            return Err(unanswered("invalid destination label name in label_join(): "));
        }
        let series = self.vector(&arguments[0], grid)?;
        let changed = series.into_iter().map(|mut series| {
            let value: Vec<&str> = sources.iter().map(|source| series.labels.get(source)).collect();
            let value = value.join(&between);
            set(&mut series, &target, &value);
            series
        });
        unique(changed.collect())
    }
}

fn set(series: &mut Series, label: &str, value: &str) {
    series.labels = series.labels.with(label, value);
    if label == NAME {
        series.nameless = false;
    }
}

fn unique(series: Vec<Series>) -> Outcome<Vec<Series>> {
    let mut known = HashSet::new();
    if series.iter().all(|series| known.insert(series.labels.clone())) { Ok(series) } else { settle(series) }
}

/// By the values of some labels, numbers in them by their size; then by all labels.
pub fn by_labels(labels: &[String], one: &Labels, other: &Labels) -> Ordering {
    let named = labels.iter().map(|label| natural(one.get(label), other.get(label)));
    named.fold(Ordering::Equal, Ordering::then).then_with(|| one.cmp(other))
}

/// Texts with numbers in them: `a2` is before `a10`.
fn natural(one: &str, other: &str) -> Ordering {
    let (mut one, mut other) = (one, other);
    loop {
        let (left, right) = (chunk(one), chunk(other));
        if left.is_empty() || right.is_empty() {
            return left.len().cmp(&right.len());
        }
        let order = match (left.parse::<u64>(), right.parse::<u64>()) {
            (Ok(left), Ok(right)) => left.cmp(&right),
            _ => left.cmp(right),
        };
        if order != Ordering::Equal {
            return order;
        }
        (one, other) = (&one[left.len()..], &other[right.len()..]);
    }
}

fn chunk(text: &str) -> &str {
    let digits = text.starts_with(|first: char| first.is_ascii_digit());
    &text[..text.find(|next: char| next.is_ascii_digit() != digits).unwrap_or(text.len())]
}
