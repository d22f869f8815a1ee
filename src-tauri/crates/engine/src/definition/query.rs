//! PromQL in a definition: read at once, and what is wrong shown at its own place in the file.

use quarterdeck_monitor::promql;

use super::{
    fields::text,
    findings::{Findings, Place},
    yaml::Node,
};

/// A query that can be evaluated. `None` after a finding: at the query's own line, and at its own column where each character has one.
pub(super) fn read(node: &Node, path: &str, findings: &mut Findings) -> Option<promql::Query> {
    let written = text(node, path, findings)?;
    match promql::parse(written) {
        Ok(query) => Some(query),
        Err(fault) => {
            let fact = |name: &str| fault.facts.get(name).and_then(serde_json::Value::as_u64).and_then(|at| u32::try_from(at).ok());
            let at = match (node.text_at, fact("line"), fact("column")) {
                (Some(begin), Some(1), Some(column)) => Place { column: begin.column + column - 1, ..begin },
                // A block keeps its lines, and each of them is as far to the right as its first one.
                (None, Some(line), Some(column)) if node.block => {
                    Place { line: node.at.line + line - 1, column: node.at.column + column - 1 }
                }
                _ => node.at,
            };
            let what = fault.message.split_once(": ").map_or(fault.message.as_str(), |(_, what)| what);
            findings.add(at, format!("{path} cannot be read: {what}"), "Correct the query here.");
            None
        }
    }
}

/// Names of labels in a legend's `{{…}}` have to be ones that the query's series can have.
pub(super) fn legend<'n>(node: &'n Node, path: &str, query: &promql::Query, findings: &mut Findings) -> Option<&'n str> {
    let written = text(node, path, findings)?;
    let mut rest = written;
    while let Some((_, behind)) = rest.split_once("{{") {
        let Some((label, behind)) = behind.split_once("}}") else {
            findings.add(node.at, format!("{path} has a {{{{ without its }}}}."), "Write a label as {{route}}.");
            return None;
        };
        let (label, labels) = (label.trim(), promql::labels(query));
        if labels.as_ref().is_some_and(|labels| !labels.iter().any(|kept| kept == label)) {
            let known = labels.unwrap_or_default().join(", ");
            let hint = if known.is_empty() { "It keeps none: write plain words.".to_owned() } else { format!("It keeps: {known}.") };
            findings.add(node.at, format!("{path} names a label that the query does not keep: {label:?}."), hint);
            return None;
        }
        rest = behind;
    }
    Some(written)
}
