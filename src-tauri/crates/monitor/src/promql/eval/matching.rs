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

/// What came out so far. Labels are made once for each pair of series, not at each step.
#[derive(Default)]
struct Found {
    places: BTreeMap<(Labels, bool), usize>,
    series: Vec<Series>,
}

impl Found {
    fn place(&mut self, labels: Labels, nameless: bool, grid: &Grid) -> usize {
        let next = self.series.len();
        let place = *self.places.entry((labels.clone(), nameless)).or_insert(next);
        if place == next {
            self.series.push(Series { labels, values: vec![ABSENT; grid.count], nameless });
        }
        place
    }
}

/// Where the results of two series go; steps come in order, and the pair seldom changes.
#[derive(Default)]
struct Pairs {
    newest: Option<((usize, usize), usize)>,
    known: BTreeMap<(usize, usize), usize>,
}

/// Stands for the side that has no series.
const NOBODY: usize = usize::MAX;

impl Evaluator<'_> {
    /// An operator between series.
    pub fn matched(&self, asked: &Binary, left: Vec<Series>, right: Vec<Series>, grid: &Grid) -> Outcome<Vec<Series>> {
        let matching = &asked.matching;
        let swapped = matching.many == Many::Right;
        let (many, one) = if swapped { (&right, &left) } else { (&left, &right) };
        let mut groups: BTreeMap<Labels, Group<'_>> = BTreeMap::new();
        many.iter().for_each(|series| groups.entry(signature(&matching.labels, &series.labels)).or_default().many.push(series));
        one.iter().for_each(|series| groups.entry(signature(&matching.labels, &series.labels)).or_default().one.push(series));
        let filled = matching.fill_left.is_some() || matching.fill_right.is_some();
        // Where one side is empty altogether, nobody looks at the other one.
        let (many_busy, one_busy) = (busy(many, grid), busy(one, grid));
        let asked_for = |step: &usize| filled || (many_busy[*step] && one_busy[*step]);
        let steps: Vec<usize> = (0..grid.count).filter(asked_for).collect();
        let mut found = Found::default();
        for (labels, group) in groups.iter().filter(|(_, group)| filled || group.one.len() > 1 || !group.many.is_empty()) {
            self.in_time()?;
            self.group(asked, labels, group, &steps, grid, &mut found)?;
        }
        found.series.sort_by(|one, other| (&one.labels, one.nameless).cmp(&(&other.labels, other.nameless)));
        Ok(found.series)
    }

    fn group(&self, asked: &Binary, agreed: &Labels, group: &Group<'_>, steps: &[usize], grid: &Grid, found: &mut Found) -> Outcome<()> {
        let matching = &asked.matching;
        // As Prometheus does it: with `group_right` the sides are swapped, the words for filling are not.
        let (fill_many, fill_one) = (matching.fill_left, matching.fill_right);
        let ones = ones(group, steps, agreed, if matching.many == Many::Right { "left" } else { "right" })?;
        let mut taken = vec![false; steps.len()];
        let mut any = vec![false; steps.len()];
        for (index, own) in group.many.iter().enumerate() {
            let mut pairs = Pairs::default();
            for (at, &step) in steps.iter().enumerate().filter(|(_, step)| !is_absent(own.values[**step])) {
                any[at] = true;
                let other = ones[at].map(|one| group.one[one].values[step]).or(fill_one);
                let Some(other) = other else { continue };
                if matching.many == Many::Neither && taken[at] {
                    return Err(unanswered("multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)"));
                }
                taken[at] = true;
                let Some(value) = combined(asked, own.values[step], other) else { continue };
                let one = ones[at].unwrap_or(NOBODY);
                let place = pairs.place((index, one), || {
                    let blank = Labels::default();
                    let labels = self.result(asked, &own.labels, group.one.get(one).map_or(&blank, |one| &one.labels));
                    found.place(labels, own.nameless || matching.boolean, grid)
                });
                put(found, place, step, value)?;
            }
        }
        let Some(fill) = fill_many else { return Ok(()) };
        let mut pairs = Pairs::default();
        for (at, &step) in steps.iter().enumerate().filter(|(at, _)| !any[*at]) {
            let Some(one) = ones[at] else { continue };
            let Some(value) = combined(asked, fill, group.one[one].values[step]) else { continue };
            let place =
                pairs.place((NOBODY, one), || found.place(self.result(asked, agreed, &group.one[one].labels), matching.boolean, grid));
            put(found, place, step, value)?;
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

impl Pairs {
    fn place(&mut self, pair: (usize, usize), new: impl FnOnce() -> usize) -> usize {
        if let Some((_, place)) = self.newest.filter(|(newest, _)| *newest == pair) {
            return place;
        }
        let place = *self.known.entry(pair).or_insert_with(new);
        self.newest = Some((pair, place));
        place
    }
}

fn busy(side: &[Series], grid: &Grid) -> Vec<bool> {
    let mut busy = vec![false; grid.count];
    for series in side {
        busy.iter_mut().zip(&series.values).for_each(|(busy, value)| *busy |= !is_absent(*value));
    }
    busy
}

/// Which series of the side with one is there at each step; two are a fault.
fn ones(group: &Group<'_>, steps: &[usize], agreed: &Labels, side: &str) -> Outcome<Vec<Option<usize>>> {
    let mut ones = vec![None; steps.len()];
    for (index, series) in group.one.iter().enumerate() {
        for (one, _) in ones.iter_mut().zip(steps).filter(|(_, step)| !is_absent(series.values[**step])) {
            if let Some(other) = one.replace(index) {
                return Err(twice(agreed, group.one[other], series, side));
            }
        }
    }
    Ok(ones)
}

/// The result for a value of the side with several and one of the other; none where a comparison does not hold.
fn combined(asked: &Binary, own: f64, other: f64) -> Option<f64> {
    let (left, right) = if asked.matching.many == Many::Right { (other, own) } else { (own, other) };
    let result = asked.sign.apply(left, right);
    match asked.sign.compares() && !asked.matching.boolean {
        true => (result != 0.0).then_some(left),
        false => Some(result),
    }
}

fn put(found: &mut Found, place: usize, step: usize, value: f64) -> Outcome<()> {
    let slot = &mut found.series[place].values[step];
    if !is_absent(*slot) {
        return Err(unanswered("multiple matches for labels: grouping labels must ensure unique matches"));
    }
    *slot = value;
    Ok(())
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
