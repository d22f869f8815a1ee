//! Ways of writing that hide something, or ask for more than declared.

use quarterdeck_model::migration::LintMark;

use super::{
    action::Action,
    codes,
    context::{Context, Seen},
    cursor::Cursor,
};

/// QD-L27, in the way up. Quiet in repeatable migrations, which need it.
pub(super) fn if_exists(context: &Context<'_>) -> Vec<LintMark> {
    if context.migration.kind == crate::collection::MigrationKind::Repeatable {
        return Vec::new();
    }
    let marks = context.up.iter().filter_map(|seen| {
        let words = match &seen.action {
            Action::CreateTable { unless_exists: true, .. }
            | Action::CreateIndex { unless_exists: true, .. }
            | Action::CreateView { unless_exists: true, .. }
            | Action::CreateTrigger { unless_exists: true, .. } => "IF NOT EXISTS",
            Action::Drop { if_exists: true, .. } => "IF EXISTS",
            _ => return None,
        };
        Some(context.mark(codes::IF_EXISTS, seen, format!("{words} passes over a database that differs.")))
    });
    marks.collect()
}

/// Words that came with a version of SQLite, in the order in which they are looked for.
const FEATURES: &[(&[&str], [u32; 3])] = &[
    (&["ON", "CONFLICT", "("], [3, 24, 0]),
    (&["ON", "CONFLICT", "DO"], [3, 24, 0]),
    (&["RENAME", "COLUMN"], [3, 25, 0]),
    (&["OVER", "("], [3, 25, 0]),
    (&["FILTER", "("], [3, 25, 0]),
    (&["NULLS", "FIRST"], [3, 30, 0]),
    (&["NULLS", "LAST"], [3, 30, 0]),
    (&["GENERATED", "ALWAYS"], [3, 31, 0]),
    (&["iif", "("], [3, 32, 0]),
    (&["RETURNING"], [3, 35, 0]),
    (&["DROP", "COLUMN"], [3, 35, 0]),
    (&["AS", "MATERIALIZED"], [3, 35, 0]),
    (&["STRICT"], [3, 37, 0]),
    (&["->"], [3, 38, 0]),
    (&["->>"], [3, 38, 0]),
    (&["unixepoch", "("], [3, 38, 0]),
    (&["RIGHT", "JOIN"], [3, 39, 0]),
    (&["FULL", "JOIN"], [3, 39, 0]),
    (&["FULL", "OUTER"], [3, 39, 0]),
    (&["IS", "DISTINCT"], [3, 39, 0]),
    (&["jsonb", "("], [3, 45, 0]),
];

/// QD-L29. Quiet where nobody declared a version.
pub(super) fn newer(context: &Context<'_>) -> Vec<LintMark> {
    let Some(declared) = context.facts.sqlite_at_least else { return Vec::new() };
    let needed: Vec<_> = FEATURES.iter().filter(|(_, since)| *since > declared).collect();
    let marks = context.up.iter().filter_map(|seen| {
        let (words, [major, minor, _]) = needed.iter().find(|(words, _)| uses(seen, words))?;
        let words = words.join(" ").replace(" (", "()");
        let [least, less, patch] = declared;
        Some(context.mark(
            codes::NEWER_SQLITE,
            seen,
            format!("{words} needs SQLite {major}.{minor}, and {least}.{less}.{patch} is declared."),
        ))
    });
    marks.collect()
}

fn uses(seen: &Seen<'_>, words: &[&str]) -> bool {
    let mut cursor = Cursor::new(&seen.script.file.text, seen.statement.span.clone());
    // STRICT is a word of its own only behind the columns of a table.
    if words == ["STRICT"] {
        return matches!(seen.action, Action::CreateTable { .. })
            && cursor.seek(&["("])
            && cursor.group().is_some()
            && cursor.seek(&["STRICT"]);
    }
    while !cursor.is_over() {
        if cursor.eat(words) {
            return true;
        }
        cursor.skip();
    }
    false
}
