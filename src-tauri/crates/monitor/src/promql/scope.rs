//! Queries that see only one system's series, and those of none.

use super::{
    Query,
    node::{Kind, Node},
};
use crate::source::{Matcher, Test};

/// The label that says whose a series is.
const SYSTEM: &str = "system";

/// What a selector must ask beside its own matchers; none where it names a system itself.
pub(crate) fn matcher(matchers: &[Matcher], system: &str) -> Result<Option<Matcher>, regex::Error> {
    if matchers.iter().any(|matcher| matcher.label == SYSTEM) {
        return Ok(None);
    }
    let expression = regex::Regex::new(&format!("^(?:{}|)$", regex::escape(system)))?;
    Ok(Some(Matcher { label: SYSTEM.to_owned(), test: Test::Like(expression) }))
}

/// The query as it is evaluated under [`super::Options::scope`], to be evaluated often without it.
pub(crate) fn scoped(query: &Query, system: &str) -> Result<Query, regex::Error> {
    let mut query = query.clone();
    scope(&mut query.root, system)?;
    Ok(query)
}

fn scope(node: &mut Node, system: &str) -> Result<(), regex::Error> {
    match &mut node.kind {
        Kind::Number(_) | Kind::Text(_) => Ok(()),
        Kind::Selector(selector) | Kind::Range(selector, _) => {
            let own = matcher(&selector.matchers, system)?;
            selector.matchers.extend(own);
            Ok(())
        }
        Kind::Subquery(inner) => scope(&mut inner.of, system),
        Kind::Negate(inner) => scope(inner, system),
        Kind::Call(_, arguments) => arguments.iter_mut().try_for_each(|argument| scope(argument, system)),
        Kind::Aggregate(inner) => {
            inner.parameter.iter_mut().try_for_each(|part| scope(part, system))?;
            scope(&mut inner.of, system)
        }
        Kind::Binary(inner) => {
            scope(&mut inner.left, system)?;
            scope(&mut inner.right, system)
        }
    }
}
