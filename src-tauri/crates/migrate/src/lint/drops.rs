//! What is taken away, or gets another name.

use quarterdeck_model::migration::LintMark;

use super::{
    action::{Action, Object},
    codes,
    context::Context,
    rebuild,
};

/// QD-L10. Quiet for a table of the same migration, for a step of a rebuild, and where there is nothing to lose.
pub(super) fn tables(context: &Context<'_>) -> Vec<LintMark> {
    let dropped = context.up.iter().enumerate().filter_map(|(number, seen)| {
        let Action::Drop { object: Object::Table, name, if_exists } = &seen.action else { return None };
        let harmless = context.rebuilds.iter().any(|rebuild| rebuild.drop == number)
            || context.is_new_here(name, number)
            || context.is_unheard_of(Object::Table, name, *if_exists, number)
            || context.facts.rows(name).is_some_and(|rows| rows.0 == 0);
        (!harmless).then(|| {
            let rows = context.facts.rows(name).map_or(String::new(), |rows| format!(" and its {} rows", rows.0));
            context.mark(codes::DROP_TABLE, seen, format!("Drops the table {name}{rows}."))
        })
    });
    dropped.collect()
}

/// QD-L11, by DROP COLUMN or by a rebuild without the column.
pub(super) fn columns(context: &Context<'_>) -> Vec<LintMark> {
    let by_statement = context.up.iter().enumerate().filter_map(|(number, seen)| {
        let Action::DropColumn { table, column } = &seen.action else { return None };
        let harmless = context.is_new_here(table, number) || added_here(context, number, table, column);
        (!harmless).then(|| context.mark(codes::DROP_COLUMN, seen, format!("Drops the column {table}.{column}.")))
    });
    let by_rebuild = rebuild::dropped_columns(context).into_iter().filter_map(|(number, table, column)| {
        let seen = context.up.get(number)?;
        Some(context.mark(codes::DROP_COLUMN, seen, format!("Builds {table} anew without the column {column}, and does not copy it.")))
    });
    by_statement.chain(by_rebuild).collect()
}

fn added_here(context: &Context<'_>, number: usize, table: &str, column: &str) -> bool {
    context.up_to(number).iter().any(|seen| match &seen.action {
        Action::AddColumn { table: to, column: added } => to.eq_ignore_ascii_case(table) && added.name.eq_ignore_ascii_case(column),
        _ => false,
    })
}

/// QD-L14. Quiet where the old name is there again when the migration is through.
pub(super) fn renames(context: &Context<'_>) -> Vec<LintMark> {
    let renamed = context.up.iter().enumerate().filter_map(|(number, seen)| {
        let (table, what) = match &seen.action {
            Action::RenameTable { from, to } => {
                let key = from.to_ascii_lowercase();
                if context.after.tables.contains_key(&key) || context.after.views.contains_key(&key) {
                    return None;
                }
                (from, format!("Renames the table {from} to {to}."))
            }
            Action::RenameColumn { table, from, to } => {
                let kept = context.after.table(table).is_some_and(|table| table.column(from).is_some());
                if kept || added_here(context, number, table, from) {
                    return None;
                }
                (table, format!("Renames the column {table}.{from} to {to}."))
            }
            _ => return None,
        };
        (!context.is_new_here(table, number)).then(|| context.mark(codes::RENAME, seen, what))
    });
    renamed.collect()
}

/// QD-L15.
pub(super) fn objects(context: &Context<'_>) -> Vec<LintMark> {
    let dropped = context.up.iter().enumerate().filter_map(|(number, seen)| {
        let Action::Drop { object, name, if_exists } = &seen.action else { return None };
        let key = name.to_ascii_lowercase();
        let kind = match object {
            Object::Table => return None,
            Object::Index => "index",
            Object::View => "view",
            Object::Trigger => "trigger",
        };
        let again = context.after.has(*object, &key);
        let made_here = context.up_to(number).iter().any(|seen| seen.action.creates(*object, name));
        let harmless =
            again || (made_here && !context.before.has(*object, &key)) || context.is_unheard_of(*object, name, *if_exists, number);
        (!harmless).then(|| context.mark(codes::DROPPED_OBJECT, seen, format!("Drops the {kind} {name} and does not create it again.")))
    });
    dropped.collect()
}
