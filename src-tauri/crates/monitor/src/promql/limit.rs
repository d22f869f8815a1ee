//! What an alert's expression compares with what: the limit that is drawn into its chart.

use super::{
    Query,
    node::{Kind, Node, Sign},
};

/// The comparison that decides.
#[derive(Debug, Clone, PartialEq)]
pub struct Compared {
    /// What is compared, as it is written.
    pub measured: String,
    /// `>`, `<`, `>=`, `<=`, `==`, `!=`: how what is measured stands to the limit.
    pub sign: &'static str,
    /// With what.
    pub limit: f64,
}

/// The outermost comparison with a number; where a condition is added by `and` or `unless`, that of the left side. None where the
/// expression compares nothing with a number.
pub fn compared(query: &Query) -> Option<Compared> {
    of(&query.root, &query.text)
}

/// `text` ends where the node does at the latest; the span of a node with two sides is that of the sign between them.
fn of(node: &Node, text: &str) -> Option<Compared> {
    let Kind::Binary(binary) = &node.kind else { return None };
    let (before, behind) = (text.get(..node.span.start)?, text.get(node.span.end..)?);
    if matches!(binary.sign, Sign::And | Sign::Unless) {
        return of(&binary.left, before);
    }
    let sign = word(binary.sign)?;
    match (number(&binary.left), number(&binary.right)) {
        (None, Some(limit)) => Some(Compared { measured: written(before)?, sign, limit }),
        (Some(limit), None) => Some(Compared { measured: written(behind)?, sign: turned(sign), limit }),
        _ => None,
    }
}

/// A side as it is written, without parentheses around the whole that begin or end in it.
fn written(side: &str) -> Option<String> {
    let mut side = side.trim();
    while super::parse(side).is_err() {
        let shorter = side.strip_prefix('(').or_else(|| side.strip_suffix(')'))?;
        side = shorter.trim();
    }
    Some(side.to_owned())
}

/// The value of what is made of numbers only.
fn number(node: &Node) -> Option<f64> {
    match &node.kind {
        Kind::Number(value) => Some(*value),
        Kind::Negate(inner) => number(inner).map(|value| -value),
        Kind::Binary(binary) if !binary.sign.joins_sets() => Some(binary.sign.apply(number(&binary.left)?, number(&binary.right)?)),
        _ => None,
    }
}

fn word(sign: Sign) -> Option<&'static str> {
    Some(match sign {
        Sign::Greater => ">",
        Sign::Less => "<",
        Sign::AtLeast => ">=",
        Sign::AtMost => "<=",
        Sign::Equal => "==",
        Sign::NotEqual => "!=",
        _ => return None,
    })
}

fn turned(sign: &'static str) -> &'static str {
    match sign {
        ">" => "<",
        "<" => ">",
        ">=" => "<=",
        "<=" => ">=",
        same => same,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Option<(String, &'static str, f64)> {
        let query = crate::promql::parse(text).unwrap();
        compared(&query).map(|found| (found.measured, found.sign, found.limit))
    }

    #[test]
    fn the_outermost_comparison_with_a_number_is_the_limit() {
        assert_eq!(found("up == 0"), Some(("up".to_owned(), "==", 0.0)));
        assert_eq!(
            found("sum(rate(errors[5m])) / sum(rate(all[5m])) > 0.05"),
            Some(("sum(rate(errors[5m])) / sum(rate(all[5m]))".to_owned(), ">", 0.05))
        );
        assert_eq!(found("5 * 60 < age_seconds"), Some(("age_seconds".to_owned(), ">", 300.0)));
        assert_eq!(found("a > -2 and on (x) b == 1"), Some(("a".to_owned(), ">", -2.0)));
        assert_eq!(found("((a - b) > 1) unless c").unwrap().0, "(a - b)");
        assert_eq!(found("(a - b) / c > 1").unwrap().0, "(a - b) / c");
        assert_eq!(found("(1 <= (sum(a{x=\")\"})))").unwrap(), ("sum(a{x=\")\"})".to_owned(), ">=", 1.0));
        assert_eq!(found("a > b"), None);
        assert_eq!(found("absent(up)"), None);
        assert_eq!(found("a > 1 or b > 2"), None);
    }
}
