//! Functions by their names.

use quarterdeck_model::Outcome;

use super::{
    Evaluated, Evaluator,
    coarse::Taking,
    column::{Grid, Series},
    dates,
    extrapolate::{Slope, Slopes, instant},
    over_time,
    window::{Extreme, Kernel, Plain, Window},
};
use crate::{
    labels::{Labels, NAME},
    promql::{
        error::unanswered,
        node::{Kind, Node},
    },
    sample::{ABSENT, is_absent},
    source::Test,
};

impl Evaluator<'_> {
    /// A call.
    pub fn call(&self, name: &str, arguments: &[Node], node: &Node, grid: &Grid) -> Outcome<Evaluated> {
        if let Some(function) = over_time::named(name) {
            return self.ranging(name, arguments, grid, &mut Plain(|_, window: &Window<'_>| function(window)));
        }
        if let Some(part) = dates::named(name) {
            let series = match arguments.first() {
                Some(of) => self.vector(of, grid)?,
                None => vec![Series { labels: Labels::default(), values: seconds(grid), nameless: true }],
            };
            return self.mapped(series, part);
        }
        if let Some(function) = plain(name) {
            return self.mapped(self.vector(&arguments[0], grid)?, function);
        }
        match name {
            "min_over_time" | "max_over_time" => self.ranging(name, arguments, grid, &mut Extreme::new(name == "max_over_time")),
            "rate" | "increase" | "delta" | "irate" | "idelta" => self.slope(name, &arguments[0], grid),
            "quantile_over_time" | "predict_linear" | "double_exponential_smoothing" | "holt_winters" => {
                self.ranging_with(name, arguments, grid)
            }
            "time" => Ok(Evaluated::Scalar(seconds(grid))),
            "pi" => Ok(Evaluated::Scalar(vec![std::f64::consts::PI; grid.count])),
            "step" => Ok(Evaluated::Scalar(vec![grid.step as f64 / 1_000.0; grid.count])),
            "range" => Ok(Evaluated::Scalar(vec![(self.last - self.first) as f64 / 1_000.0; grid.count])),
            "start" => Ok(Evaluated::Scalar(vec![self.first as f64 / 1_000.0; grid.count])),
            "end" => Ok(Evaluated::Scalar(vec![self.last as f64 / 1_000.0; grid.count])),
            "vector" => {
                let values = self.scalar(&arguments[0], grid)?;
                Ok(Evaluated::Vector(vec![Series { labels: Labels::default(), values, nameless: false }]))
            }
            "scalar" => Ok(Evaluated::Scalar(single(&self.vector(&arguments[0], grid)?, grid))),
            "timestamp" => self.timestamp(&arguments[0], grid),
            "absent" | "absent_over_time" => self.absent(name, &arguments[0], grid),
            "clamp" | "clamp_min" | "clamp_max" | "round" => self.bounded(name, arguments, grid),
            "max_of" | "min_of" => self.larger_of(name, arguments, grid),
            "histogram_quantile" => self.histogram_quantile(arguments, grid),
            "histogram_quantiles" => self.histogram_quantiles(arguments, grid),
            "histogram_fraction" => self.histogram_fraction(arguments, grid),
            "label_replace" => self.label_replace(arguments, grid).map(Evaluated::Vector),
            "label_join" => self.label_join(arguments, grid).map(Evaluated::Vector),
            "sort" | "sort_desc" | "sort_by_label" | "sort_by_label_desc" => self.sorted(name, arguments, node, grid),
            _ => Err(unanswered(format!("not supported: the function {name}"))),
        }
    }

    fn ranging(&self, name: &str, arguments: &[Node], grid: &Grid, kernel: &mut dyn Kernel) -> Outcome<Evaluated> {
        let series = self.over_with(&arguments[0], grid, Taking::of(name), kernel)?;
        if name == "last_over_time" || name == "first_over_time" {
            return Ok(Evaluated::Vector(series));
        }
        if name == "resets" {
            self.remark_on_gauges(&series, &arguments[0]);
        }
        self.nameless(series).map(Evaluated::Vector)
    }

    fn slope(&self, name: &str, of: &Node, grid: &Grid) -> Outcome<Evaluated> {
        let slope = Slope { counter: matches!(name, "rate" | "increase" | "irate"), per_second: matches!(name, "rate" | "irate") };
        let series = match name {
            "irate" | "idelta" => {
                self.over_with(of, grid, Taking::of(name), &mut Plain(|_, window: &Window<'_>| instant(window, slope)))?
            }
            _ => self.over_with(of, grid, Taking::of(name), &mut Slopes::new(slope))?,
        };
        if slope.counter {
            self.remark_on_gauges(&series, of);
        }
        self.nameless(series).map(Evaluated::Vector)
    }

    fn remark_on_gauges(&self, series: &[Series], of: &Node) {
        for name in series.iter().map(|series| series.labels.name()) {
            if !name.is_empty() && !["_total", "_sum", "_count", "_bucket"].iter().any(|ending| name.ends_with(ending)) {
                let words = "metric might not be a counter, name does not end in _total/_sum/_count/_bucket:";
                self.remark(format!("PromQL info: {words} {name:?}"), of.span);
            }
        }
    }

    fn ranging_with(&self, name: &str, arguments: &[Node], grid: &Grid) -> Outcome<Evaluated> {
        let (of, first) = if name == "quantile_over_time" { (&arguments[1], &arguments[0]) } else { (&arguments[0], &arguments[1]) };
        let one = self.scalar(first, grid)?;
        let series = match name {
            "quantile_over_time" => {
                self.warn_of_quantiles(&one, first);
                self.over(of, grid, |step, window| over_time::quantile(one[step], &mut window.values().collect::<Vec<f64>>()))?
            }
            "predict_linear" => self.over(of, grid, |step, window| {
                if window.samples.len() < 2 {
                    return ABSENT;
                }
                let (slope, level) = over_time::regression(window, window.step);
                slope * one[step] + level
            })?,
            _ => {
                let two = self.scalar(&arguments[2], grid)?;
                for (factors, what) in [(&one, "smoothing"), (&two, "trend")] {
                    if let Some(wrong) = factors.iter().find(|factor| !(**factor > 0.0 && **factor < 1.0)) {
                        let letter = &what[..1];
                        return Err(unanswered(format!("invalid {what} factor. Expected: 0 < {letter}f < 1, got: {wrong:.6}")));
                    }
                }
                self.over(of, grid, |step, window| over_time::smoothed(window, one[step], two[step]))?
            }
        };
        self.nameless(series).map(Evaluated::Vector)
    }

    /// Says once for each wrong quantile that it is wrong.
    pub fn warn_of_quantiles(&self, shares: &[f64], at: &Node) {
        for share in shares.iter().filter(|share| !(0.0..=1.0).contains(*share)) {
            self.warn(format!("PromQL warning: quantile value should be between 0 and 1, got {share}"), at.span);
        }
    }

    fn timestamp(&self, of: &Node, grid: &Grid) -> Outcome<Evaluated> {
        let series = match &of.kind {
            Kind::Selector(selector) => self.instant(selector, grid, |sample| sample.at as f64 / 1_000.0)?,
            _ => {
                let moments = seconds(grid);
                let mut series = self.vector(of, grid)?;
                for series in &mut series {
                    series.values.iter_mut().zip(&moments).filter(|(value, _)| !is_absent(**value)).for_each(|(value, now)| *value = *now);
                }
                series
            }
        };
        self.nameless(series).map(Evaluated::Vector)
    }

    fn absent(&self, name: &str, of: &Node, grid: &Grid) -> Outcome<Evaluated> {
        let series = if name == "absent" { self.vector(of, grid)? } else { self.over(of, grid, |_, _| 1.0)? };
        let values = (0..grid.count).map(|step| if series.iter().all(|series| is_absent(series.values[step])) { 1.0 } else { ABSENT });
        Ok(Evaluated::Vector(vec![Series { labels: demanded(of), values: values.collect(), nameless: false }]))
    }

    fn larger_of(&self, name: &str, arguments: &[Node], grid: &Grid) -> Outcome<Evaluated> {
        let (one, other) = (self.scalar(&arguments[0], grid)?, self.scalar(&arguments[1], grid)?);
        let better = if name == "max_of" { larger } else { smaller };
        Ok(Evaluated::Scalar(one.into_iter().zip(other).map(|(one, other)| better(one, other)).collect()))
    }

    fn bounded(&self, name: &str, arguments: &[Node], grid: &Grid) -> Outcome<Evaluated> {
        let mut series = self.vector(&arguments[0], grid)?;
        let bounds = arguments[1..].iter().map(|bound| self.scalar(bound, grid)).collect::<Outcome<Vec<_>>>()?;
        let at = |which: usize, step: usize| bounds.get(which).map_or(1.0, |bound: &Vec<f64>| bound[step]);
        for series in &mut series {
            for (step, value) in series.values.iter_mut().enumerate().filter(|(_, value)| !is_absent(**value)) {
                *value = match name {
                    "clamp" if at(0, step) > at(1, step) => ABSENT,
                    "clamp" => larger(at(0, step), smaller(at(1, step), *value)),
                    "clamp_min" => larger(at(0, step), *value),
                    "clamp_max" => smaller(at(0, step), *value),
                    _ => {
                        let inverse = 1.0 / at(0, step);
                        (*value * inverse + 0.5).floor() / inverse
                    }
                };
            }
        }
        self.nameless(series).map(Evaluated::Vector)
    }

    fn sorted(&self, name: &str, arguments: &[Node], node: &Node, grid: &Grid) -> Outcome<Evaluated> {
        let mut series = self.vector(&arguments[0], grid)?;
        if grid.count > 1 {
            self.warn("PromQL warning: sort is ineffective for range queries since results are always ordered by labels", node.span);
            return Ok(Evaluated::Vector(series));
        }
        let down = name.ends_with("_desc");
        if name.starts_with("sort_by_label") {
            let labels = arguments[1..].iter().map(|label| self.text(label, grid)).collect::<Outcome<Vec<_>>>()?;
            series.sort_by(|one, other| {
                let order = super::labelling::by_labels(&labels, &one.labels, &other.labels);
                if down { order.reverse() } else { order }
            });
        } else {
            series.sort_by(|one, other| super::aggregate::ranked(one.values[0], other.values[0], down));
        }
        Ok(Evaluated::Vector(series))
    }
}

/// Labels that a selector demands by equality, which are those of what is absent.
fn demanded(of: &Node) -> Labels {
    let (Kind::Selector(selector) | Kind::Range(selector, _)) = &of.kind else { return Labels::default() };
    let mut labels = Labels::default();
    for matcher in selector.matchers.iter().filter(|matcher| matcher.label != NAME) {
        let alone = selector.matchers.iter().filter(|other| other.label == matcher.label).count() == 1;
        match &matcher.test {
            Test::Is(value) if alone => labels = labels.with(&matcher.label, value),
            _ => labels = labels.with(&matcher.label, ""),
        }
    }
    labels
}

/// The value of the only series of a step; else NaN.
fn single(series: &[Series], grid: &Grid) -> Vec<f64> {
    let of = |step: usize| {
        let mut here = series.iter().map(|series| series.values[step]).filter(|value| !is_absent(*value));
        match (here.next(), here.next()) {
            (Some(value), None) => value,
            _ => f64::NAN,
        }
    };
    (0..grid.count).map(of).collect()
}

fn seconds(grid: &Grid) -> Vec<f64> {
    (0..grid.count).map(|step| grid.at(step) as f64 / 1_000.0).collect()
}

/// The larger; NaN if either is.
fn larger(one: f64, other: f64) -> f64 {
    if one.is_nan() || other.is_nan() { f64::NAN } else { one.max(other) }
}

/// The smaller; NaN if either is.
fn smaller(one: f64, other: f64) -> f64 {
    if one.is_nan() || other.is_nan() { f64::NAN } else { one.min(other) }
}

/// Functions of one value.
fn plain(name: &str) -> Option<fn(f64) -> f64> {
    Some(match name {
        "abs" => f64::abs,
        "ceil" => f64::ceil,
        "floor" => f64::floor,
        "exp" => f64::exp,
        "ln" => f64::ln,
        "log2" => f64::log2,
        "log10" => f64::log10,
        "sqrt" => f64::sqrt,
        "sgn" => |value| {
            if value > 0.0 {
                1.0
            } else if value < 0.0 {
                -1.0
            } else {
                value
            }
        },
        "acos" => f64::acos,
        "acosh" => f64::acosh,
        "asin" => f64::asin,
        "asinh" => f64::asinh,
        "atan" => f64::atan,
        "atanh" => f64::atanh,
        "cos" => f64::cos,
        "cosh" => f64::cosh,
        "sin" => f64::sin,
        "sinh" => f64::sinh,
        "tan" => f64::tan,
        "tanh" => f64::tanh,
        "deg" => f64::to_degrees,
        "rad" => f64::to_radians,
        _ => return None,
    })
}
