//! What a query rests on: the series without which it says nothing, and how far back it looks at them.

use super::{
    Query,
    node::{Binary, Kind, Node, Selector, Sign, Timing},
    parts,
};

/// What has to be measured for a query to say something.
#[derive(Debug, Clone)]
pub enum Grounds {
    /// Nothing: it is made of numbers, or asks whether something is absent.
    Nothing,
    /// One selector: a query for the newest sample of its series.
    Series(Query),
    /// All of these.
    All(Vec<Self>),
    /// Any of these: one stands in for the other.
    Any(Vec<Self>),
}

/// What a query rests on. Of `a or b`, and of sides that are filled in, one is enough; of `a unless b` only `a` counts.
pub fn grounds(query: &Query) -> Grounds {
    of(&query.root, &query.text, Timing::default())
}

/// `timing` is when the whole of it is looked at: that of a range around it.
fn of(node: &Node, text: &str, timing: Timing) -> Grounds {
    match &node.kind {
        Kind::Number(_) | Kind::Text(_) | Kind::Call("absent" | "absent_over_time", _) => Grounds::Nothing,
        Kind::Selector(selector) | Kind::Range(selector, _) => {
            let selector = Selector { timing: within(timing, selector.timing), ..selector.clone() };
            let root = Node { kind: Kind::Selector(selector), span: node.span };
            Grounds::Series(Query { text: text.to_owned(), root })
        }
        Kind::Subquery(inner) => of(&inner.of, text, within(timing, inner.timing)),
        Kind::Negate(inner) => of(inner, text, timing),
        Kind::Call(_, arguments) => Grounds::All(arguments.iter().map(|argument| of(argument, text, timing)).collect()),
        Kind::Aggregate(inner) => Grounds::All(inner.parameter.iter().chain([&inner.of]).map(|part| of(part, text, timing)).collect()),
        Kind::Binary(inner) => of_sides(inner, text, timing),
    }
}

fn of_sides(sides: &Binary, text: &str, timing: Timing) -> Grounds {
    let (left, right) = (|| of(&sides.left, text, timing), || of(&sides.right, text, timing));
    let filled = (sides.matching.fill_left.is_some(), sides.matching.fill_right.is_some());
    match (sides.sign, filled) {
        (Sign::Unless, _) | (_, (false, true)) => left(),
        (_, (true, false)) => right(),
        (Sign::Or, _) | (_, (true, true)) => Grounds::Any(vec![left(), right()]),
        (_, (false, false)) => Grounds::All(vec![left(), right()]),
    }
}

/// How far a query looks back behind a moment, in milliseconds: a range within a range begins that much earlier. Offsets do not count.
pub fn reach(query: &Query) -> i64 {
    reach_of(&query.root)
}

fn reach_of(node: &Node) -> i64 {
    match &node.kind {
        Kind::Range(_, range) => *range,
        Kind::Subquery(inner) => inner.range.saturating_add(reach_of(&inner.of)),
        _ => parts(node).into_iter().map(reach_of).max().unwrap_or(0),
    }
}

/// When something is looked at that stands in something else: earlier by both, unless it has a moment of its own.
fn within(outer: Timing, own: Timing) -> Timing {
    if own.at.is_some() { own } else { Timing { offset: outer.offset + own.offset, at: outer.at } }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(grounds: &Grounds) -> String {
        let all = |parts: &[Grounds], sign: &str| format!("({})", parts.iter().map(words).collect::<Vec<_>>().join(sign));
        match grounds {
            Grounds::Nothing => "nothing".to_owned(),
            Grounds::Series(query) => super::super::selectors(query)[0]
                .iter()
                .map(|matcher| if let crate::source::Test::Is(name) = &matcher.test { name.clone() } else { matcher.label.clone() })
                .collect(),
            Grounds::All(parts) => all(parts, " and "),
            Grounds::Any(parts) => all(parts, " or "),
        }
    }

    #[test]
    fn a_query_rests_on_each_of_its_selectors_unless_something_stands_in() {
        for (query, rests_on) in [
            ("up", "up"),
            ("-up", "up"),
            ("1", "nothing"),
            ("absent(up)", "nothing"),
            ("sum(rate(a[5m])) / sum(rate(b[5m]))", "(((a)) and ((b)))"),
            ("sum(increase(a[1h])) or vector(0)", "(((a)) or (nothing))"),
            ("a unless b", "a"),
            ("a and b", "(a and b)"),
            ("max_over_time(rate(a[5m])[1h:1m])", "((a))"),
            ("topk(3, a)", "(nothing and a)"),
        ] {
            assert_eq!(words(&grounds(&super::super::parse(query).unwrap())), rests_on, "{query}");
        }
    }

    #[test]
    fn what_stands_in_a_range_is_looked_at_when_that_is_and_known_as_it_is_written() {
        let hour = 3_600_000;
        for (query, selector, offset, fixed) in [
            ("sum(rate(a{b=\"[5m]\"}[5m] offset 1h))", "a{b=\"[5m]\"}", hour, false),
            ("max_over_time(rate(a[5m] offset 1h)[1h:1m] offset 2h)", "a", 3 * hour, false),
            ("max_over_time(rate(a[5m] offset 1h)[1h:1m] @ end() offset 2h)", "a", 3 * hour, true),
            ("max_over_time(rate(a[5m] @ end() offset 1h)[1h:1m] offset 2h)", "a", hour, true),
        ] {
            let mut found = grounds(&super::super::parse(query).unwrap());
            while let Grounds::All(mut parts) = found {
                found = parts.remove(0);
            }
            let Grounds::Series(series) = found else { panic!("{query}: {found:?}") };
            let Kind::Selector(own) = &series.root.kind else { panic!("{query}: {series:?}") };
            assert_eq!((series.written(), own.timing.offset, own.timing.at.is_some()), (selector, offset, fixed), "{query}");
        }
    }

    #[test]
    fn a_query_looks_back_over_its_longest_range_and_those_within_it() {
        for (query, minutes) in [
            ("up offset 1d", 0),
            ("rate(a[5m])", 5),
            ("rate(a[5m]) / sum(increase(b[1h] offset 1d))", 60),
            ("quantile_over_time(0.9, rate(a[5m])[1h:1m])", 65),
        ] {
            assert_eq!(reach(&super::super::parse(query).unwrap()), minutes * 60_000, "{query}");
        }
    }
}
