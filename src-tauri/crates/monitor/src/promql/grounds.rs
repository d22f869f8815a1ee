//! What a query rests on: the series without which it says nothing.

use super::{
    Query,
    node::{Binary, Kind, Node, Sign},
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
    of(&query.root, &query.text)
}

fn of(node: &Node, text: &str) -> Grounds {
    match &node.kind {
        Kind::Number(_) | Kind::Text(_) | Kind::Call("absent" | "absent_over_time", _) => Grounds::Nothing,
        Kind::Selector(selector) | Kind::Range(selector, _) => {
            let root = Node { kind: Kind::Selector(selector.clone()), span: node.span };
            Grounds::Series(Query { text: text.to_owned(), root })
        }
        Kind::Subquery(inner) => of(&inner.of, text),
        Kind::Negate(inner) => of(inner, text),
        Kind::Call(_, arguments) => Grounds::All(arguments.iter().map(|argument| of(argument, text)).collect()),
        Kind::Aggregate(inner) => Grounds::All(inner.parameter.iter().chain([&inner.of]).map(|part| of(part, text)).collect()),
        Kind::Binary(inner) => of_sides(inner, text),
    }
}

fn of_sides(sides: &Binary, text: &str) -> Grounds {
    let (left, right) = (|| of(&sides.left, text), || of(&sides.right, text));
    let filled = (sides.matching.fill_left.is_some(), sides.matching.fill_right.is_some());
    match (sides.sign, filled) {
        (Sign::Unless, _) | (_, (false, true)) => left(),
        (_, (true, false)) => right(),
        (Sign::Or, _) | (_, (true, true)) => Grounds::Any(vec![left(), right()]),
        (_, (false, false)) => Grounds::All(vec![left(), right()]),
    }
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
}
