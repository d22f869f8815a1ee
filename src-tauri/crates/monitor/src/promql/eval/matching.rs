//! Series of two sides find each other.

use std::collections::BTreeMap;

use quarterdeck_model::{Fault, Outcome};

use super::{
    Evaluator,
    binary::signature,
    column::{Grid, Series},
};
use crate::{
    labels::{Labels, NAME},
    promql::{
        error::unanswered,
        node::{Binary, Grouping, Many, Matching},
    },
    sample::{ABSENT, is_absent},
};

/// The series of both sides that agree; `many` may be several at a step, `one` may not.
#[derive(Default)]
struct Group<'s> {
    many: Vec<&'s Series>,
    one: Vec<&'s Series>,
}

/// Results by their labels.
type Found = BTreeMap<(Labels, bool), Vec<f64>>;

impl Evaluator<'_> {
    /// An operator between series.
    pub fn matched(&self, asked: &Binary, left: Vec<Series>, right: Vec<Series>, grid: &Grid) -> Outcome<Vec<Series>> {
        let matching = &asked.matching;
        let swapped = matching.many == Many::Right;
        let (many, one) = if swapped { (&right, &left) } else { (&left, &right) };
        let mut groups: BTreeMap<Labels, Group<'_>> = BTreeMap::new();
        many.iter().for_each(|series| groups.entry(signature(&matching.labels, &series.labels)).or_default().many.push(series));
        one.iter().for_each(|series| groups.entry(signature(&matching.labels, &series.labels)).or_default().one.push(series));
        let mut found = Found::new();
        let filled = matching.fill_left.is_some() || matching.fill_right.is_some();
        let busy = |side: &[Series]| -> Vec<bool> {
            (0..grid.count).map(|step| side.iter().any(|series| !is_absent(series.values[step]))).collect()
        };
        let (many_busy, one_busy) = (busy(many), busy(one));
        for (labels, group) in &groups {
            for step in (0..grid.count).filter(|step| filled || (many_busy[*step] && one_busy[*step])) {
                self.step(asked, labels, group, step, grid, &mut found)?;
            }
        }
        Ok(found.into_iter().map(|((labels, nameless), values)| Series { labels, values, nameless }).collect())
    }

    fn step(&self, asked: &Binary, agreed: &Labels, group: &Group<'_>, step: usize, grid: &Grid, found: &mut Found) -> Outcome<()> {
        let matching = &asked.matching;
        let swapped = matching.many == Many::Right;
        let present = |series: &&&Series| !is_absent(series.values[step]);
        let mut ones = group.one.iter().filter(present);
        let one = ones.next();
        if let (Some(one), Some(other)) = (one, ones.next()) {
            return Err(twice(agreed, one, other, if swapped { "left" } else { "right" }));
        }
        // As Prometheus does it: with `group_right` the sides are swapped, the words for filling are not.
        let (fill_many, fill_one) = (matching.fill_left, matching.fill_right);
        let blank = Labels::default();
        let mut taken = false;
        let mut put = |own: (&Labels, f64, bool), other: (&Labels, f64)| -> Outcome<()> {
            if matching.many == Many::Neither && taken {
                return Err(unanswered("multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)"));
            }
            taken = true;
            let (left, right) = if swapped { (other.1, own.1) } else { (own.1, other.1) };
            let result = asked.sign.apply(left, right);
            let filters = asked.sign.compares() && !matching.boolean;
            if filters && result == 0.0 {
                return Ok(());
            }
            let value = if filters { left } else { result };
            let labels = self.result(asked, own.0, other.0);
            let slot = found.entry((labels, own.2 || matching.boolean)).or_insert_with(|| vec![ABSENT; grid.count]);
            if !is_absent(slot[step]) {
                return Err(unanswered("multiple matches for labels: grouping labels must ensure unique matches"));
            }
            slot[step] = value;
            Ok(())
        };
        let mut any = false;
        for own in group.many.iter().filter(present) {
            any = true;
            let other = one.map(|one| (&one.labels, one.values[step])).or_else(|| fill_one.map(|fill| (&blank, fill)));
            if let Some(other) = other {
                put((&own.labels, own.values[step], own.nameless), other)?;
            }
        }
        if let (false, Some(one), Some(fill)) = (any, one, fill_many) {
            put((agreed, fill, false), (&one.labels, one.values[step]))?;
        }
        Ok(())
    }

    fn result(&self, asked: &Binary, own: &Labels, other: &Labels) -> Labels {
        let matching: &Matching = &asked.matching;
        let mut labels = own.clone();
        if !asked.sign.compares() || (matching.boolean && !self.options.delayed_names) {
            labels = labels.with(NAME, "");
        }
        if matching.many == Many::Neither {
            labels = match &matching.labels {
                Grouping::By(these) => labels.only(|label| these.iter().any(|kept| kept == label)),
                Grouping::Without(these) => labels.only(|label| these.iter().all(|gone| gone != label)),
            };
        }
        matching.include.iter().fold(labels, |labels, label| labels.with(label, other.get(label)))
    }
}

fn twice(agreed: &Labels, one: &Series, other: &Series, side: &str) -> Fault {
    let mut both = [braced(&one.labels), braced(&other.labels)];
    both.sort_unstable();
    let [one, other] = both;
    let agreed = braced(agreed);
    unanswered(format!(
        "found duplicate series for the match group {agreed} on the {side} hand-side of the operation: [{one}, {other}];many-to-many matching not allowed: matching labels must be unique on one side"
    ))
}

/// All labels, the name among them, as Prometheus writes them in this message.
fn braced(labels: &Labels) -> String {
    let pairs: Vec<String> = labels.iter().map(|(name, value)| format!("{name}={value:?}")).collect();
    format!("{{{}}}", pairs.join(", "))
}
