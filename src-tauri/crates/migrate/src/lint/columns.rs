//! Columns that are added.

use quarterdeck_model::migration::LintMark;

use super::{
    action::Action,
    codes,
    context::{Context, Seen},
    table::{Column, Preset},
};

/// QD-L18. Quiet for a table that has no row for certain.
pub(super) fn not_null(context: &Context<'_>) -> Vec<LintMark> {
    let added = added(context).filter(|(_, _, _, column)| column.not_null && column.default == Preset::Null && !column.generated);
    let with_rows = added.filter(|(number, _, table, _)| !is_empty(context, table, *number));
    with_rows
        .map(|(_, seen, table, column)| {
            context.mark(codes::NOT_NULL_WITHOUT_DEFAULT, seen, format!("Adds {table}.{} as NOT NULL without a default.", column.name))
        })
        .collect()
}

/// QD-L19.
pub(super) fn impossible(context: &Context<'_>) -> Vec<LintMark> {
    let marks = added(context).filter_map(|(number, seen, table, column)| {
        let empty = is_empty(context, table, number);
        let why = if column.primary_key {
            "as a PRIMARY KEY"
        } else if column.unique {
            "as UNIQUE"
        } else if column.stored {
            "with a stored expression"
        } else if column.default == Preset::Computed && !empty {
            "with a computed default"
        } else if column.references.is_some() && column.default != Preset::Null && !empty && context.foreign_keys_at(number) {
            "with a reference and a default that is not NULL, while foreign keys are on"
        } else {
            return None;
        };
        Some(context.mark(codes::IMPOSSIBLE_COLUMN, seen, format!("Adds {table}.{} {why}, which SQLite refuses.", column.name)))
    });
    marks.collect()
}

fn added<'a>(context: &'a Context<'_>) -> impl Iterator<Item = (usize, &'a Seen<'a>, &'a str, &'a Column)> {
    context.up.iter().enumerate().filter_map(|(number, seen)| match &seen.action {
        Action::AddColumn { table, column } => Some((number, seen, table.as_str(), column)),
        _ => None,
    })
}

/// True where the table has no row for certain: it is new, it had none, or all were deleted here; and nothing has been put in since.
fn is_empty(context: &Context<'_>, table: &str, number: usize) -> bool {
    let rows = context.up_to(number).iter().rev().find_map(|seen| match &seen.action {
        Action::Insert { table: to, .. } if to.eq_ignore_ascii_case(table) => Some(true),
        Action::Delete { table: from, filter: None } if from.eq_ignore_ascii_case(table) => Some(false),
        _ => None,
    });
    let had_none = || context.is_new_here(table, number) || context.facts.rows(table).is_some_and(|rows| rows.0 == 0);
    !rows.unwrap_or_else(|| !had_none())
}
