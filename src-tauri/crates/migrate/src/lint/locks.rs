//! Statements over whole tables.

use std::collections::BTreeSet;

use quarterdeck_model::{Count, migration::LintMark};

use super::{
    action::{Action, Object},
    codes,
    context::Context,
};

/// QD-L12. Quiet where the number of rows is not known, and for tables of the same migration.
pub(super) fn long(context: &Context<'_>) -> Vec<LintMark> {
    let mut marks = Vec::new();
    for (number, seen) in context.up.iter().enumerate() {
        let rebuilt = context.rebuilds.iter().find(|rebuild| rebuild.insert == Some(number));
        let found = match &seen.action {
            Action::Update { table, filter, .. } if is_wide(context, table, filter.as_ref()) => large(context, number, table, "Updates"),
            Action::Delete { table, filter } if is_wide(context, table, filter.as_ref()) => large(context, number, table, "Deletes from"),
            Action::CreateIndex { table, .. } => large(context, number, table, "Indexes"),
            Action::DropColumn { table, .. } => large(context, number, table, "Rewrites every row of"),
            Action::Insert { .. } if rebuilt.is_some() => rebuilt.and_then(|rebuild| large(context, number, &rebuild.table, "Builds anew")),
            Action::Insert { selects: true, words, .. } => words.iter().find_map(|word| large(context, number, word, "Copies")),
            Action::CreateTable { from, .. } => from.iter().find_map(|word| large(context, number, word, "Copies")),
            Action::Drop { object: Object::Table, name, .. } => {
                large(context, number, name, "Drops").filter(|_| !context.rebuilds.iter().any(|rebuild| rebuild.drop == number))
            }
            _ => None,
        };
        marks.extend(found.map(|what| context.mark(codes::LONG_LOCK, seen, what)));
    }
    marks
}

fn large(context: &Context<'_>, number: usize, table: &str, verb: &str) -> Option<String> {
    let Count(rows) = context.facts.is_large(table).filter(|_| !context.is_new_here(table, number))?;
    Some(format!("{verb} {table}, which has at least {rows} rows, while every other writer waits."))
}

/// True where the WHERE names no column by which SQLite could find the rows.
fn is_wide(context: &Context<'_>, table: &str, filter: Option<&BTreeSet<String>>) -> bool {
    let Some(words) = filter else { return true };
    let keys = context.before.table(table).and_then(|table| table.columns.as_ref()).into_iter().flatten();
    let found_by_key =
        keys.filter(|column| column.primary_key || column.unique).any(|column| words.contains(&column.name.to_ascii_lowercase()));
    !found_by_key && !words.contains("rowid")
}

/// QD-L13. Quiet for tables and columns of the same migration.
pub(super) fn every_row(context: &Context<'_>) -> Vec<LintMark> {
    let marks = context.up.iter().enumerate().filter_map(|(number, seen)| {
        let (table, verb) = match &seen.action {
            Action::Update { table, set, filter: None } if !fills_new(context, number, table, set) => (table, "Updates"),
            Action::Delete { table, filter: None } => (table, "Deletes"),
            _ => return None,
        };
        let known_empty = context.facts.rows(table).is_some_and(|rows| rows.0 == 0);
        (!context.is_new_here(table, number) && !known_empty)
            .then(|| context.mark(codes::EVERY_ROW, seen, format!("{verb} every row of {table}.")))
    });
    marks.collect()
}

/// An UPDATE that gives a column of this migration its first value.
fn fills_new(context: &Context<'_>, number: usize, table: &str, set: &[String]) -> bool {
    !set.is_empty()
        && set.iter().all(|column| {
            context.up_to(number).iter().any(|seen| match &seen.action {
                Action::AddColumn { table: to, column: added } => to.eq_ignore_ascii_case(table) && added.name.eq_ignore_ascii_case(column),
                _ => false,
            })
        })
}
