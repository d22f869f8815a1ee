//! Two sides: numbers, series and numbers, sets.

use std::collections::BTreeMap;

use quarterdeck_model::Outcome;

use super::{
    Evaluated, Evaluator,
    aggregate::kept,
    column::{Grid, Series},
};
use crate::{
    labels::Labels,
    promql::{
        error::unanswered,
        node::{Binary, Grouping, Matching, Sign},
    },
    sample::{ABSENT, is_absent},
};

impl Evaluator<'_> {
    /// A binary expression.
    pub fn binary(&self, asked: &Binary, grid: &Grid) -> Outcome<Evaluated> {
        let (sign, matching) = (asked.sign, &asked.matching);
        match (self.value(&asked.left, grid)?, self.value(&asked.right, grid)?) {
            (Evaluated::Scalar(left), Evaluated::Scalar(right)) => {
                Ok(Evaluated::Scalar(left.iter().zip(&right).map(|(left, right)| sign.apply(*left, *right)).collect()))
            }
            (Evaluated::Vector(left), Evaluated::Scalar(right)) => {
                self.beside(left, sign, matching, |step, value| (value, sign.apply(value, right[step])))
            }
            (Evaluated::Scalar(left), Evaluated::Vector(right)) => {
                self.beside(right, sign, matching, |step, value| (value, sign.apply(left[step], value)))
            }
            (Evaluated::Vector(left), Evaluated::Vector(right)) if sign.joins_sets() => {
                Ok(Evaluated::Vector(joined(sign, &matching.labels, left, right, grid)))
            }
            (Evaluated::Vector(left), Evaluated::Vector(right)) => self.matched(asked, left, right, grid).map(Evaluated::Vector),
            _ => Err(unanswered("binary expression must contain only scalar and instant vector types")),
        }
    }

    /// Series beside a number. A comparison keeps the series' own value.
    fn beside(
        &self,
        series: Vec<Series>,
        sign: Sign,
        matching: &Matching,
        result: impl Fn(usize, f64) -> (f64, f64),
    ) -> Outcome<Evaluated> {
        let filters = sign.compares() && !matching.boolean;
        let mapped = series.into_iter().map(|mut series| {
            for (step, value) in series.values.iter_mut().enumerate().filter(|(_, value)| !is_absent(**value)) {
                let (own, result) = result(step, *value);
                *value = match (filters, result != 0.0) {
                    (false, _) => result,
                    (true, true) => own,
                    (true, false) => ABSENT,
                };
            }
            series
        });
        let mapped: Vec<Series> = mapped.collect();
        if filters { Ok(Evaluated::Vector(mapped)) } else { self.nameless(mapped).map(Evaluated::Vector) }
    }
}

/// Which group a series belongs to; names never count unless they are asked for.
pub fn signature(labels: &Grouping, of: &Labels) -> Labels {
    kept(labels, of)
}

fn joined(sign: Sign, labels: &Grouping, left: Vec<Series>, right: Vec<Series>, grid: &Grid) -> Vec<Series> {
    let here = |series: &[Series]| {
        let mut groups: BTreeMap<Labels, Vec<bool>> = BTreeMap::new();
        for series in series {
            let present = groups.entry(signature(labels, &series.labels)).or_insert_with(|| vec![false; grid.count]);
            present.iter_mut().zip(&series.values).for_each(|(present, value)| *present |= !is_absent(*value));
        }
        groups
    };
    let masked = |series: Vec<Series>, others: &BTreeMap<Labels, Vec<bool>>, wanted: bool| {
        let masked = series.into_iter().filter_map(move |mut series| {
            let others = others.get(&signature(labels, &series.labels));
            for (step, value) in series.values.iter_mut().enumerate() {
                if others.is_some_and(|others| others[step]) != wanted {
                    *value = ABSENT;
                }
            }
            series.values.iter().any(|value| !is_absent(*value)).then_some(series)
        });
        masked.collect::<Vec<_>>()
    };
    match sign {
        Sign::And => masked(left, &here(&right), true),
        Sign::Unless => masked(left, &here(&right), false),
        _ => {
            let others = here(&left);
            left.into_iter().chain(masked(right, &others, false)).collect()
        }
    }
}
