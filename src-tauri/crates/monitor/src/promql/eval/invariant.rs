//! Parts of a query that are the same at each step: all their selectors look at a moment of their own.

use super::{
    Evaluated,
    column::{Grid, Series},
};
use crate::promql::node::{Kind, Node};

/// True where no step makes a difference, and evaluating once saves work.
pub fn steady(node: &Node) -> bool {
    !matches!(node.kind, Kind::Number(_) | Kind::Text(_)) && fixed(node)
}

fn fixed(node: &Node) -> bool {
    match &node.kind {
        Kind::Number(_) | Kind::Text(_) => true,
        Kind::Selector(selector) | Kind::Range(selector, _) => selector.timing.at.is_some(),
        Kind::Subquery(inner) => inner.timing.at.is_some(),
        Kind::Call(name, arguments) => !tells_the_time(name, arguments) && arguments.iter().all(fixed),
        Kind::Aggregate(inner) => inner.parameter.as_ref().is_none_or(fixed) && fixed(&inner.of),
        Kind::Binary(inner) => fixed(&inner.left) && fixed(&inner.right),
        Kind::Negate(inner) => fixed(inner),
    }
}

/// True for functions that look at the step itself.
fn tells_the_time(name: &str, arguments: &[Node]) -> bool {
    match name {
        "predict_linear" => true,
        "timestamp" => arguments.first().is_none_or(|of| !matches!(of.kind, Kind::Selector(_))),
        "pi" => false,
        _ => arguments.is_empty(),
    }
}

/// The value of one step at all of them.
pub fn spread(once: Evaluated, grid: &Grid) -> Evaluated {
    let all = |values: &[f64]| values.first().map_or_else(Vec::new, |value| vec![*value; grid.count]);
    match once {
        Evaluated::Scalar(values) => Evaluated::Scalar(all(&values)),
        Evaluated::Text(text) => Evaluated::Text(text),
        Evaluated::Vector(series) => {
            Evaluated::Vector(series.into_iter().map(|series| Series { values: all(&series.values), ..series }).collect())
        }
    }
}
