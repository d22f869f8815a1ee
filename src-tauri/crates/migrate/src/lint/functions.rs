//! Names that SQLite would have to know: functions, and what stands in double quotes.

use std::{collections::BTreeSet, ops::Range};

use quarterdeck_model::migration::{LintMark, Severity};

use super::{
    action::Action,
    codes,
    context::{Context, Seen, milder},
    cursor::unquoted,
};
use crate::{
    collection::StatementKind,
    lexer::{self, Token, TokenKind},
    split::words,
};

/// Words that may stand before a bracket without being a function, beside names of tables, columns and types.
const BEFORE_BRACKETS: &[&str] = &[
    "ALL",
    "AND",
    "AS",
    "BETWEEN",
    "BY",
    "CASE",
    "CAST",
    "CHECK",
    "CONFLICT",
    "CROSS",
    "DEFAULT",
    "DISTINCT",
    "DO",
    "ELSE",
    "ESCAPE",
    "EXCEPT",
    "EXISTS",
    "FILTER",
    "FROM",
    "GLOB",
    "GROUP",
    "HAVING",
    "IF",
    "IN",
    "INDEX",
    "INTERSECT",
    "INTO",
    "IS",
    "ISNULL",
    "JOIN",
    "KEY",
    "LIKE",
    "LIMIT",
    "MATCH",
    "MATERIALIZED",
    "NOT",
    "NOTNULL",
    "NULL",
    "OFFSET",
    "ON",
    "OR",
    "ORDER",
    "OVER",
    "PARTITION",
    "PRIMARY",
    "RAISE",
    "REFERENCES",
    "REGEXP",
    "REPLACE",
    "RETURNING",
    "ROW",
    "SELECT",
    "SET",
    "TABLE",
    "THEN",
    "UNION",
    "UNIQUE",
    "UPDATE",
    "USING",
    "VALUES",
    "WHEN",
    "WHERE",
    "WINDOW",
    "WITH",
];

/// Words after which a name before a bracket is that of a table, an index or a type.
const NAMES_FOLLOW: &[&str] =
    &["AS", "EXISTS", "FROM", "INTO", "JOIN", "RECURSIVE", "REFERENCES", "TABLE", "UPDATE", "USING", "VIEW", "WITH", "."];

/// QD-L25. Quiet where nobody asked SQLite which functions it has.
pub(super) fn unknown(context: &Context<'_>) -> Vec<LintMark> {
    let Some(known) = &context.facts.functions else { return Vec::new() };
    let mut marks = Vec::new();
    for seen in context.up {
        let mut told = BTreeSet::new();
        for (name, span) in called(seen) {
            if !known.contains(&name) && told.insert(name.clone()) {
                let later = matches!(seen.action, Action::CreateView { .. } | Action::CreateTrigger { .. });
                let mark = context.mark_at(codes::UNKNOWN_FUNCTION, seen.script, span, format!("SQLite has no function {name}()."));
                marks.push(if later { milder(mark, Severity::Warning) } else { mark });
            }
        }
    }
    marks
}

/// The functions that a statement calls, in lower case, each with its place.
fn called(seen: &Seen<'_>) -> Vec<(String, Range<usize>)> {
    let text = seen.script.file.text.as_str();
    if seen.statement.kind == StatementKind::Pragma
        || words(text, seen.statement.span.clone()).nth(1).is_some_and(|word| is_one_of(word, &["VIRTUAL"]))
    {
        return Vec::new();
    }
    let indexed = matches!(seen.action, Action::CreateIndex { .. } | Action::CreateTrigger { .. });
    let declares = declaring_depth(&seen.action);
    let (mut found, mut before, mut last): (Vec<_>, Option<Token>, Option<Token>) = (Vec::new(), None, None);
    let mut depth = 0_usize;
    for token in lexer::significant(text, seen.statement.span.clone()) {
        let slice = |token: &Token| text.get(token.span.clone()).unwrap_or_default();
        let opens = slice(&token) == "(";
        if let Some(name) = last.as_ref().filter(|name| opens && name.kind == TokenKind::Word && declares != Some(depth)) {
            let follows_name = before.as_ref().is_some_and(|before| is_declared(before, slice(before), indexed));
            if !follows_name && !is_one_of(slice(name), BEFORE_BRACKETS) {
                found.push((slice(name).to_ascii_lowercase(), name.span.clone()));
            }
        }
        depth = if opens { depth + 1 } else { depth.saturating_sub(usize::from(slice(&token) == ")")) };
        before = last.replace(token);
    }
    found.retain(|(_, span)| !is_common_table(text, span.end..seen.statement.span.end));
    found
}

/// How deep in brackets columns are declared, where a word before a bracket is a type: `key VARCHAR(10)`.
fn declaring_depth(action: &Action) -> Option<usize> {
    match action {
        Action::CreateTable { table, .. } if table.columns.is_some() => Some(1),
        Action::CreateTable { from, .. } if from.is_empty() => Some(0),
        Action::AddColumn { .. } => Some(0),
        _ => None,
    }
}

/// True where the word after this token is declared rather than called: `col TYPE(10)`, `INTO t(`, `ON t(` of an index.
fn is_declared(before: &Token, slice: &str, indexed: bool) -> bool {
    match before.kind {
        TokenKind::Quoted(_) => true,
        TokenKind::Word if slice.eq_ignore_ascii_case("ON") => indexed,
        TokenKind::Word => is_one_of(slice, NAMES_FOLLOW) || !is_keyword(slice),
        _ => slice == ".",
    }
}

/// `name (a, b) AS (`, in a WITH: this begins at the first bracket.
fn is_common_table(text: &str, rest: Range<usize>) -> bool {
    let mut depth = 0_usize;
    let mut tokens = lexer::significant(text, rest).map(|token| text.get(token.span).unwrap_or_default());
    for slice in tokens.by_ref() {
        match slice {
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    if !tokens.next().is_some_and(|slice| slice.eq_ignore_ascii_case("AS")) {
        return false;
    }
    tokens.find(|slice| !is_one_of(slice, &["NOT", "MATERIALIZED"])) == Some("(")
}

/// Words of SQL that stand before an expression; any other word before `name(` declares it.
fn is_keyword(word: &str) -> bool {
    is_one_of(word, BEFORE_BRACKETS) || is_one_of(word, &["COLLATE", "END", "NATURAL", "OF", "RECURSIVE"])
}

fn is_one_of(word: &str, words: &[&str]) -> bool {
    words.iter().any(|other| other.eq_ignore_ascii_case(word))
}

/// QD-L28. Quiet where a table has columns that are not known.
pub(super) fn quoted_strings(context: &Context<'_>) -> Vec<LintMark> {
    let quoted = |seen: &&Seen<'_>| seen.statement.kind == StatementKind::Data && seen.script.text(seen.statement).contains('"');
    let changes: Vec<&Seen<'_>> = context.up.iter().filter(quoted).collect();
    // Most migrations end here; gathering every name of the schema is only worth it for the others.
    if changes.is_empty() {
        return Vec::new();
    }
    let mut names: BTreeSet<String> = BTreeSet::new();
    for schema in [context.before, context.after] {
        if schema.tables.values().any(|table| table.columns.is_none()) || !schema.views.is_empty() {
            return Vec::new();
        }
        names.extend(schema.tables.keys().chain(schema.indexes.keys()).chain(schema.triggers.keys()).cloned());
        names
            .extend(schema.tables.values().flat_map(|table| table.columns.iter().flatten()).map(|column| column.name.to_ascii_lowercase()));
    }
    changes.into_iter().filter_map(|seen| quoted_string(context, seen, &names)).collect()
}

/// The first text in double quotes of a statement.
fn quoted_string(context: &Context<'_>, seen: &Seen<'_>, names: &BTreeSet<String>) -> Option<LintMark> {
    let text = seen.script.file.text.as_str();
    let tokens: Vec<Token> = lexer::significant(text, seen.statement.span.clone()).collect();
    let slice = |number: usize| tokens.get(number).and_then(|token| text.get(token.span.clone())).unwrap_or_default();
    let aliases: BTreeSet<String> = (1..tokens.len())
        .filter(|number| slice(number - 1).eq_ignore_ascii_case("AS") || slice(number + 1) == "." || slice(number - 1) == ".")
        .map(|number| unquoted(slice(number)).to_ascii_lowercase())
        .collect();
    let found = tokens.iter().find(|token| {
        let name = unquoted(text.get(token.span.clone()).unwrap_or_default()).to_ascii_lowercase();
        token.kind == TokenKind::Quoted(b'"') && !names.contains(&name) && !aliases.contains(&name)
    })?;
    let shown = text.get(found.span.clone()).unwrap_or_default();
    let mark = |what| context.mark_at(codes::DOUBLE_QUOTED_STRING, seen.script, found.span.clone(), what);
    Some(if context.facts.settings.double_quoted_strings {
        milder(mark(format!("No column is named {shown}: SQLite takes it as a text.")), Severity::Note)
    } else {
        mark(format!("No column is named {shown}, and texts in double quotes are off: the statement fails."))
    })
}
