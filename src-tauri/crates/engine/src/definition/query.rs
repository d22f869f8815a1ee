//! PromQL in a definition: read at once, and what is wrong shown at its own place in the file.

use quarterdeck_monitor::promql;

use super::{
    fields::text,
    findings::{Findings, Place, number},
    yaml::Node,
};

/// A value and the text of the file it stands in.
#[derive(Clone, Copy)]
pub(super) struct Source<'n> {
    pub node: &'n Node,
    pub content: &'n str,
}

/// A query that can be evaluated. `None` after a finding.
pub(super) fn read(source: Source<'_>, path: &str, findings: &mut Findings) -> Option<promql::Query> {
    let written = text(source.node, path, findings)?;
    match promql::parse(written) {
        Ok(query) => Some(query),
        Err(fault) => {
            let of = |fact: &str| fault.facts.get(fact).and_then(serde_json::Value::as_u64).and_then(|at| u32::try_from(at).ok()).unwrap_or(1);
            let at = within(source, written, Place { line: of("line"), column: of("column") });
            let what = fault.message.split_once(": ").map_or(fault.message.as_str(), |(_, what)| what);
            findings.add(at, format!("{path} cannot be read: {what}"), "Correct the query here.");
            None
        }
    }
}

/// Names of labels in a legend's `{{…}}` have to be ones that the query's series can have.
pub(super) fn legend(at: Place, legend: &str, query: &promql::Query, path: &str, findings: &mut Findings) {
    let mut rest = legend;
    while let Some((_, behind)) = rest.split_once("{{") {
        let Some((label, behind)) = behind.split_once("}}") else {
            findings.add(at, format!("{path} has a {{{{ without its }}}}."), "Write a label as {{route}}.");
            return;
        };
        let label = label.trim();
        let labels = promql::labels(query);
        if labels.as_ref().is_some_and(|labels| !labels.iter().any(|kept| kept == label)) {
            let known = labels.unwrap_or_default().join(", ");
            let hint = if known.is_empty() { "The query keeps no label; write plain words.".to_owned() } else { format!("It keeps: {known}.") };
            findings.add(at, format!("{path} names a label that the query does not keep: {label:?}."), hint);
        }
        rest = behind;
    }
}

/// Where in the file a place in a value is. A value that is not written as it is read (escapes, folded lines) begins where it begins.
fn within(source: Source<'_>, value: &str, place: Place) -> Place {
    let begin = source.node.at;
    let mut lines = source.content.lines().skip(begin.line as usize - 1);
    let Some(first) = lines.next() else { return begin };
    let rest: String = first.chars().skip(begin.column as usize - 1).collect();
    let quotes = u32::from(rest.starts_with(['"', '\'']));
    let (line, column) = (place.line, place.column);
    if rest.starts_with('|') || rest.starts_with('>') {
        return block(source.content, begin.line + 1, value, place).unwrap_or(begin);
    }
    if !value.contains('\n') && rest.chars().skip(quotes as usize).collect::<String>().starts_with(value) {
        return Place { line: begin.line, column: begin.column + quotes + column - 1 };
    }
    // The parser may put a block at its first line of text.
    block(source.content, begin.line, value, Place { line, column }).unwrap_or(begin)
}

/// The place in a block that begins at or behind a line of the file and is written as it is read.
fn block(content: &str, from: u32, value: &str, place: Place) -> Option<Place> {
    let wanted = value.lines().nth(place.line as usize - 1)?;
    let (at, written) = content.lines().enumerate().skip(from as usize - 1).nth(place.line as usize - 1)?;
    let indent = written.chars().count().checked_sub(wanted.chars().count())?;
    written.ends_with(wanted).then(|| Place { line: number(at + 1), column: number(indent) + place.column })
}
