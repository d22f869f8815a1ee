//! Ways down, and migrations that run again.

use quarterdeck_model::migration::{Layout, LintMark, Rehearsal, WayDown};

use super::{
    action::{Action, Object},
    codes,
    context::{Context, Seen},
};
use crate::{
    collection::{Collection, MigrationKind},
    source::SourceFile,
};

/// QD-L30, in layouts that have ways down, or where another migration has one.
pub(super) fn missing(context: &Context<'_>) -> Vec<LintMark> {
    let migration = context.migration;
    let has_downs = match context.collection.layout {
        Layout::Plain | Layout::Refinery => false,
        Layout::Goose | Layout::Dbmate | Layout::GolangMigrate => true,
        Layout::Flyway | Layout::Sqlx | Layout::Diesel => context.collection.migrations.iter().any(|other| !other.down.is_empty()),
    };
    let needs_one = has_downs && migration.kind == MigrationKind::Versioned && migration.down.is_empty() && !context.up.is_empty();
    let Some(script) = migration.up.first().filter(|_| needs_one) else { return Vec::new() };
    vec![context.mark_at(codes::NO_WAY_DOWN, script, 0..0, format!("{} has no way down.", migration.title()))]
}

/// QD-L32.
pub(super) fn lose_rows(context: &Context<'_>) -> Vec<LintMark> {
    let marks = context.down.iter().enumerate().filter_map(|(number, seen)| {
        let earlier = context.down.get(..number).unwrap_or_default();
        let what = match &seen.action {
            // A table that is not there after the way up has no rows to lose; the way down fails, which a rehearsal shows.
            Action::Drop { object: Object::Table, name, .. } if context.after.table(name).is_some() && !is_moved_back(earlier, name) => {
                let created = context.up.iter().any(|seen| seen.action.creates(Object::Table, name));
                let moved = context.up.iter().any(|seen| match &seen.action {
                    Action::Insert { table, selects: true, .. } => table.eq_ignore_ascii_case(name),
                    Action::CreateTable { table, from, .. } => table.name.eq_ignore_ascii_case(name) && !from.is_empty(),
                    _ => false,
                });
                let made_down = earlier.iter().any(|seen| seen.action.creates(Object::Table, name));
                let rebuilt = context.rebuilds.iter().any(|rebuild| rebuild.table.eq_ignore_ascii_case(name));
                if made_down || (created && !moved) || rebuilt {
                    return None;
                }
                format!(
                    "The way down drops {name}, {}.",
                    if moved { "which the way up has filled" } else { "which the way up did not create" }
                )
            }
            Action::DropColumn { table, column } => {
                let filled = context.up.iter().any(|seen| match &seen.action {
                    Action::Update { table: to, set, .. } => {
                        to.eq_ignore_ascii_case(table) && set.iter().any(|set| set.eq_ignore_ascii_case(column))
                    }
                    _ => false,
                });
                filled.then(|| format!("The way down drops {table}.{column}, which the way up has filled."))?
            }
            _ => return None,
        };
        Some(context.mark(codes::DOWN_LOSES_ROWS, seen, what))
    });
    marks.collect()
}

/// True where the way down copies the table's rows before.
fn is_moved_back(earlier: &[Seen<'_>], table: &str) -> bool {
    let table = table.to_ascii_lowercase();
    earlier.iter().any(|seen| match &seen.action {
        Action::Insert { words, .. } => words.contains(&table),
        Action::CreateTable { from, .. } => from.contains(&table),
        Action::RenameTable { to, .. } => to.eq_ignore_ascii_case(&table),
        _ => false,
    })
}

/// QD-L33.
pub(super) fn repeatable(context: &Context<'_>) -> Vec<LintMark> {
    if context.migration.kind != MigrationKind::Repeatable {
        return Vec::new();
    }
    let marks = context.up.iter().enumerate().filter_map(|(number, seen)| {
        let (object, name, unless_exists) = match &seen.action {
            Action::CreateTable { table, unless_exists, .. } => (Object::Table, &table.name, unless_exists),
            Action::CreateIndex { name, unless_exists, .. } => (Object::Index, name, unless_exists),
            Action::CreateView { name, unless_exists, .. } => (Object::View, name, unless_exists),
            Action::CreateTrigger { name, unless_exists, .. } => (Object::Trigger, name, unless_exists),
            _ => return None,
        };
        let dropped = context.up_to(number).iter().any(|seen| match &seen.action {
            Action::Drop { object: dropped, name: gone, .. } => *dropped == object && gone.eq_ignore_ascii_case(name),
            _ => false,
        });
        (!unless_exists && !dropped)
            .then(|| context.mark(codes::REPEATABLE_FAILS, seen, format!("Creates {name} without dropping it first.")))
    });
    marks.collect()
}

/// QD-L31: what a rehearsal has found, with the places in the files that were rehearsed.
pub(super) fn rehearsed(collection: &Collection, rehearsal: &Rehearsal) -> Vec<LintMark> {
    let marks = rehearsal.steps.iter().filter_map(|step| {
        let what = match &step.down {
            WayDown::NotBack { differences } => {
                let first = differences.first().map_or("", |difference| difference.what.as_str());
                let more = differences.len().saturating_sub(1);
                let more = if more == 0 { String::new() } else { format!(" And {more} more.") };
                format!("Up and down again is another schema: {first}{more}")
            }
            WayDown::Failed { failure } => format!("The way down failed at {}:{}: {}", failure.at.file, failure.at.line, failure.message),
            WayDown::Back { .. } | WayDown::None | WayDown::NotTried => return None,
        };
        let migration = collection.migrations.iter().find(|migration| migration.version.text == step.version)?;
        let script = migration.down.first().or(migration.up.first())?;
        let (start, end) = (script.statements.first().map_or(0, |first| first.span.start), end_of(&script.file));
        let code = codes::DOWN_NOT_BACK;
        Some(LintMark {
            code: code.code.to_owned(),
            severity: code.severity,
            version: step.version.clone(),
            at: script.file.position(start),
            end_line: script.file.position(script.statements.last().map_or(end, |last| last.span.end)).line,
            what,
            why: code.why.to_owned(),
            instead: code.instead.to_owned(),
            waived: None,
        })
    });
    marks.collect()
}

fn end_of(file: &SourceFile) -> usize {
    file.text.len()
}
