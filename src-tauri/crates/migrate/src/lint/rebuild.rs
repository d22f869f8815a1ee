//! Tables that are built anew: what SQLite's twelve steps are there for, and what goes wrong without them.

use std::{collections::BTreeSet, ops::Range};

use quarterdeck_model::migration::{LintMark, Severity};

use super::{
    action::{Action, Object},
    codes,
    context::{Context, Seen, milder},
    table::{Preset, Table},
};

/// How a table is built anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// New one under a new name, copied, old one dropped, new one renamed.
    NewFirst,
    /// Old one renamed away, new one created, copied, old one dropped.
    OldFirst,
    /// Copied away, dropped, created again, copied back.
    AwayAndBack,
}

/// A table that is built anew by a migration, with the numbers of the statements.
#[derive(Debug, Clone)]
pub(super) struct Rebuild {
    pub(super) table: String,
    pub(super) way: Way,
    pub(super) create: usize,
    /// The copy into the table that stays; absent where it is created by `AS SELECT`.
    pub(super) insert: Option<usize>,
    pub(super) drop: usize,
    pub(super) rename: Option<usize>,
}

/// The tables that these statements build anew.
pub(super) fn find(up: &[Seen<'_>]) -> Vec<Rebuild> {
    let dropped = up.iter().enumerate().filter_map(|(number, seen)| match &seen.action {
        Action::Drop { object: Object::Table, name, .. } => Some((number, name)),
        _ => None,
    });
    dropped
        .filter_map(|(drop, name)| new_first(up, drop, name).or_else(|| old_first(up, drop, name)).or_else(|| away(up, drop, name)))
        .collect()
}

fn new_first(up: &[Seen<'_>], drop: usize, table: &str) -> Option<Rebuild> {
    let (rename, new) = up.iter().enumerate().skip(drop).find_map(|(number, seen)| match &seen.action {
        Action::RenameTable { from, to } if to.eq_ignore_ascii_case(table) => Some((number, from)),
        _ => None,
    })?;
    let (create, insert) = filled(up, 0..drop, new, table)?;
    Some(Rebuild { table: table.to_owned(), way: Way::NewFirst, create, insert, drop, rename: Some(rename) })
}

fn old_first(up: &[Seen<'_>], drop: usize, aside: &str) -> Option<Rebuild> {
    let (rename, table) = up.iter().enumerate().take(drop).find_map(|(number, seen)| match &seen.action {
        Action::RenameTable { from, to } if to.eq_ignore_ascii_case(aside) => Some((number, from)),
        _ => None,
    })?;
    let (create, insert) = filled(up, rename..drop, table, aside)?;
    Some(Rebuild { table: table.clone(), way: Way::OldFirst, create, insert, drop, rename: Some(rename) })
}

fn away(up: &[Seen<'_>], drop: usize, table: &str) -> Option<Rebuild> {
    let aside = up.iter().take(drop).find_map(|seen| match &seen.action {
        Action::CreateTable { table: aside, from, .. } if from.contains(&table.to_ascii_lowercase()) => Some(&aside.name),
        Action::Insert { table: aside, words, .. } if words.contains(&table.to_ascii_lowercase()) => Some(aside),
        _ => None,
    })?;
    let (create, insert) = filled(up, drop..up.len(), table, aside)?;
    Some(Rebuild { table: table.to_owned(), way: Way::AwayAndBack, create, insert, drop, rename: None })
}

/// Where `new` is created and filled from `old`.
fn filled(up: &[Seen<'_>], range: Range<usize>, new: &str, old: &str) -> Option<(usize, Option<usize>)> {
    let old = old.to_ascii_lowercase();
    let mut steps = up.iter().enumerate().take(range.end).skip(range.start);
    let (create, from) = steps.find_map(|(number, seen)| match &seen.action {
        Action::CreateTable { table, from, .. } if table.name.eq_ignore_ascii_case(new) => Some((number, from)),
        _ => None,
    })?;
    let insert = steps.find_map(|(number, seen)| match &seen.action {
        Action::Insert { table, words, .. } if table.eq_ignore_ascii_case(new) && words.contains(&old) => Some(number),
        _ => None,
    });
    (insert.is_some() || from.contains(&old)).then_some((create, insert))
}

/// QD-L16.
pub(super) fn incomplete(context: &Context<'_>) -> Vec<LintMark> {
    context.rebuilds.iter().flat_map(|rebuild| Losses { context, rebuild }.marks()).collect()
}

/// QD-L17: references that point nowhere once the migration is through, because they followed a table that was renamed away.
pub(super) fn old_first_loses_references(context: &Context<'_>) -> Vec<LintMark> {
    let old_first = context.rebuilds.iter().filter(|rebuild| rebuild.way == Way::OldFirst);
    let marks = old_first.filter_map(|rebuild| {
        let seen = context.up.get(rebuild.rename?)?;
        let Action::RenameTable { from, to } = &seen.action else { return None };
        let followers: Vec<&str> = context.after.referred_to_by(to).into_iter().filter(|name| !name.eq_ignore_ascii_case(to)).collect();
        let lost = !followers.is_empty() && context.after.table(to).is_none();
        lost.then(|| {
            context.mark(
                codes::OLD_RENAMED_FIRST,
                seen,
                format!("{} will refer to {to}, which is dropped, and no more to {from}.", followers.join(", ")),
            )
        })
    });
    marks.collect()
}

/// What one rebuild loses.
struct Losses<'a> {
    context: &'a Context<'a>,
    rebuild: &'a Rebuild,
}

impl Losses<'_> {
    fn marks(&self) -> Vec<LintMark> {
        let found = [self.references(), self.dependants(), self.copied_by_position()];
        found.into_iter().flatten().chain(self.belongings()).chain(self.constraints()).collect()
    }

    fn at(&self, number: usize, severity: Severity, what: String) -> Option<LintMark> {
        let seen = self.context.up.get(number)?;
        Some(milder(self.context.mark(codes::REBUILD, seen, what), severity))
    }

    /// With foreign keys on, DROP TABLE deletes the rows first, and what refers to them goes too or stands in the way.
    fn references(&self) -> Option<LintMark> {
        let table = &self.rebuild.table;
        let children = self.context.before.referred_to_by(table);
        if children.is_empty() || self.rebuild.way == Way::OldFirst || !self.context.foreign_keys_at(self.rebuild.drop) {
            return None;
        }
        let children = format!("{} {} to it", children.join(", "), if children.len() == 1 { "refers" } else { "refer" });
        self.at(
            self.rebuild.drop,
            Severity::Error,
            format!("Foreign keys are on while {table} is dropped, and {children}: rows there are deleted, or the DROP fails."),
        )
    }

    /// A view or a trigger of another table that names the dropped one makes the RENAME fail.
    fn dependants(&self) -> Option<LintMark> {
        let rename = self.rebuild.rename.filter(|_| self.rebuild.way == Way::NewFirst)?;
        let legacy = self.context.up_to(rename).iter().any(|seen| {
            seen.pragma().is_some_and(|pragma| {
                pragma.name == "legacy_alter_table" && pragma.value.is_some_and(|value| value != "off" && value != "0")
            })
        });
        if legacy {
            return None;
        }
        let table = self.rebuild.table.to_ascii_lowercase();
        let schema = self.context.schema_at(rename);
        let views = schema.views.iter().filter(|(_, words)| words.contains(&table)).map(|(name, _)| format!("view {name}"));
        let triggers = schema.triggers.iter().filter(|(_, (on, words))| *on != table && words.contains(&table));
        let found: Vec<String> = views.chain(triggers.map(|(name, _)| format!("trigger {name}"))).collect();
        if found.is_empty() {
            return None;
        }
        let what = {
            let names = if found.len() == 1 { "names" } else { "name" };
            format!("The RENAME fails: {} {names} {}, which is not there at that moment.", found.join(", "), self.rebuild.table)
        };
        self.at(rename, Severity::Error, what)
    }

    /// `INSERT INTO new SELECT * FROM old` goes by position.
    fn copied_by_position(&self) -> Option<LintMark> {
        let number = self.rebuild.insert?;
        let Action::Insert { columns: None, words, .. } = &self.context.up.get(number)?.action else { return None };
        if !words.contains("*") {
            return None;
        }
        let (old, new) = self.tables()?;
        let names = |table: &Table| -> Option<Vec<String>> {
            Some(table.columns.as_ref()?.iter().map(|column| column.name.to_ascii_lowercase()).collect())
        };
        match (names(old), names(new)) {
            (Some(old), Some(new)) if old == new => None,
            (Some(old), Some(new)) if old.len() != new.len() => {
                let what = format!("SELECT * gives {} columns and {} has {}: the copy fails.", old.len(), self.rebuild.table, new.len());
                self.at(number, Severity::Error, what)
            }
            _ => self.at(
                number,
                Severity::Warning,
                format!("Columns of {} are copied by position, without their names.", self.rebuild.table),
            ),
        }
    }

    /// Indexes and triggers that go with the dropped table and are not made again. An index over a column that goes too is not missed.
    fn belongings(&self) -> Vec<LintMark> {
        let gone = self.gone_columns();
        let dropped = |name: &str| {
            self.context
                .up
                .iter()
                .any(|seen| matches!(&seen.action, Action::Drop { name: dropped, .. } if dropped.eq_ignore_ascii_case(name)))
        };
        let goes_too = |object, words: &BTreeSet<String>| object == Object::Index && gone.iter().any(|column| words.contains(column));
        let lost = self.context.before.belongings(&self.rebuild.table).filter(|(object, name, words)| {
            let known = self.context.after.has(*object, name) || dropped(name) || goes_too(*object, words);
            !known
        });
        let marks = lost.filter_map(|(object, name, _)| {
            let kind = if object == Object::Trigger { "trigger" } else { "index" };
            let what = format!("The {kind} {name} goes with {} and is not created again.", self.rebuild.table);
            self.at(self.rebuild.drop, Severity::Warning, what)
        });
        marks.collect()
    }

    /// Columns that the new table has no more, in lower case.
    fn gone_columns(&self) -> Vec<String> {
        let Some((old, new)) = self.tables() else { return Vec::new() };
        let gone = old.columns.iter().flatten().filter(|column| new.columns.is_some() && new.column(&column.name).is_none());
        gone.map(|column| column.name.to_ascii_lowercase()).collect()
    }

    /// CHECKs, defaults, NOT NULLs and columns that the new table has no more.
    fn constraints(&self) -> Vec<LintMark> {
        let Some((old, new)) = self.tables() else { return Vec::new() };
        let table = &self.rebuild.table;
        let mut lost = Vec::new();
        if old.columns.is_some() && new.columns.is_none() {
            lost.push(format!("{table} is made by AS SELECT: keys, NOT NULLs, defaults and CHECKs are gone."));
        } else if new.checks < old.checks {
            lost.push(format!("{table} had {} CHECKs and has {}.", old.checks, new.checks));
        }
        for column in old.columns.iter().flatten() {
            let Some(now) = new.column(&column.name) else { continue };
            if column.default != Preset::Null && now.default == Preset::Null && !now.generated {
                lost.push(format!("{table}.{} had a default and has none.", column.name));
            }
        }
        lost.into_iter().filter_map(|what| self.at(self.rebuild.create, Severity::Warning, what)).collect()
    }

    /// The table before the migration, and as it is created in it.
    fn tables(&self) -> Option<(&Table, &Table)> {
        let old = self.context.before.table(&self.rebuild.table)?;
        let Action::CreateTable { table: new, .. } = &self.context.up.get(self.rebuild.create)?.action else { return None };
        Some((old, new))
    }
}

/// Columns that a rebuild leaves out and does not copy: dropped, in another way. Where a name is copied, it was renamed or merged.
pub(super) fn dropped_columns(context: &Context<'_>) -> Vec<(usize, String, String)> {
    let mut dropped = Vec::new();
    for rebuild in &context.rebuilds {
        let losses = Losses { context, rebuild };
        let Some((old, new)) = losses.tables() else { continue };
        let copied = rebuild.insert.and_then(|number| context.up.get(number)).map(|seen| &seen.action);
        let Some(Action::Insert { words, .. }) = copied else { continue };
        if words.contains("*") || new.columns.is_none() {
            continue;
        }
        let gone = old.columns.iter().flatten().filter(|column| new.column(&column.name).is_none() && !column.generated);
        let gone = gone.filter(|column| !words.contains(&column.name.to_ascii_lowercase()));
        dropped.extend(gone.map(|column| (rebuild.create, rebuild.table.clone(), column.name.clone())));
    }
    dropped
}
