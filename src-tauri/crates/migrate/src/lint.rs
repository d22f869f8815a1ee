//! What is risky in a migration, told before it runs: stable codes, a place, why, and how to write it instead.

mod action;
pub mod codes;
mod columns;
mod context;
mod cursor;
mod downs;
mod drops;
mod facts;
mod functions;
mod habits;
mod locks;
mod rebuild;
mod table;
mod transactions;
mod versions;
mod waiver;

use std::{collections::BTreeMap, sync::Arc};

use quarterdeck_model::migration::{LintMark, Rehearsal};

pub use self::{
    codes::{CODES, Code},
    facts::{Facts, LARGE, SchemaFacts},
    table::{Column, Preset, Table},
};
use self::{context::Context, waiver::Waiver};
use crate::{
    collection::{Collection, Migration, Script},
    source::SourceFile,
};

/// Marks of one code in one migration that are given one by one; the last one says how many more there are.
const MOST: usize = 50;

type Rule = fn(&Context<'_>) -> Vec<LintMark>;

const RULES: &[Rule] = &[
    versions::gap,
    versions::widths,
    drops::tables,
    drops::columns,
    locks::long,
    locks::every_row,
    drops::renames,
    drops::objects,
    rebuild::incomplete,
    rebuild::old_first_loses_references,
    columns::not_null,
    columns::impossible,
    transactions::foreign_keys,
    transactions::own,
    transactions::outside,
    transactions::writable_schema,
    transactions::other_databases,
    functions::unknown,
    transactions::lasting,
    habits::if_exists,
    functions::quoted_strings,
    habits::newer,
    downs::missing,
    downs::lose_rows,
    downs::repeatable,
];

/// The marks of a collection, in the order of its migrations and of their lines. Waived ones stay in the list, with the reason.
pub fn lint(collection: &Collection, facts: &Facts) -> Vec<LintMark> {
    // Two schemas go along, so that none has to be copied for each migration.
    let mut before = facts.schema.clone().unwrap_or_default();
    let mut after = before.clone();
    let mut marks = Vec::new();
    for (number, migration) in collection.migrations.iter().enumerate() {
        let wanted = facts.only.as_ref().is_none_or(|only| only.contains(&migration.version.text));
        // A schema that was given has what is not looked at in it already.
        if !wanted && facts.schema.is_some() {
            continue;
        }
        let up = context::seen(&migration.up);
        up.iter().for_each(|seen| after.advance(&seen.action));
        let Some(context) = Context::new(facts, collection, number, &up, [&before, &after]) else { continue };
        if wanted {
            marks.extend(of_migration(&context));
        }
        up.iter().for_each(|seen| before.advance(&seen.action));
    }
    marks
}

/// What a rehearsal has found out about ways down.
pub fn from_rehearsal(collection: &Collection, rehearsal: &Rehearsal) -> Vec<LintMark> {
    let mut marks = downs::rehearsed(collection, rehearsal);
    for migration in &collection.migrations {
        let waivers = Waivers::of(migration);
        marks.iter_mut().filter(|mark| mark.version == migration.version.text).for_each(|mark| waivers.apply(mark));
    }
    marks
}

fn of_migration(context: &Context<'_>) -> Vec<LintMark> {
    let mut marks: Vec<LintMark> = RULES.iter().flat_map(|rule| at_most(rule(context))).collect();
    let waivers = Waivers::of(context.migration);
    marks.iter_mut().for_each(|mark| waivers.apply(mark));
    marks.extend(waivers.marks(context));
    let order = |mark: &LintMark| (mark.at.file.clone(), mark.at.line, mark.at.column, mark.code.clone());
    marks.sort_by_cached_key(order);
    marks
}

fn at_most(mut marks: Vec<LintMark>) -> Vec<LintMark> {
    let more = marks.len().saturating_sub(MOST);
    marks.truncate(MOST);
    if let Some(last) = marks.last_mut().filter(|_| more > 0) {
        last.what.push_str(&format!(" And {more} more like this."));
    }
    marks
}

/// The waivers of one migration, by file.
struct Waivers<'a>(BTreeMap<&'a str, (&'a Script, Vec<Waiver>)>);

impl<'a> Waivers<'a> {
    fn of(migration: &'a Migration) -> Self {
        let mut files: BTreeMap<&str, (&Script, Vec<Waiver>)> = BTreeMap::new();
        for script in migration.up.iter().chain(&migration.down) {
            let file: &Arc<SourceFile> = &script.file;
            files.entry(file.name.as_str()).or_insert_with(|| (script, waiver::waivers(file)));
        }
        Self(files)
    }

    fn apply(&self, mark: &mut LintMark) {
        let waivers = self.0.get(mark.at.file.as_str()).map(|(_, waivers)| waivers);
        if let Some(waiver) = waivers.into_iter().flatten().find(|waiver| waiver.covers(&mark.code)) {
            waiver.used.set(true);
            mark.waived = Some(waiver.reason.clone());
        }
    }

    /// QD-L01 to QD-L03: what is wrong with the waivers themselves.
    fn marks(&self, context: &Context<'_>) -> Vec<LintMark> {
        let all = self.0.values().flat_map(|(script, waivers)| waivers.iter().map(move |waiver| (*script, waiver)));
        let marks = all.filter_map(|(script, waiver)| {
            let code = &waiver.code;
            let (about, what) = match codes::find(code) {
                None => (codes::UNKNOWN_WAIVER, format!("There is no code {code}.")),
                Some(_) if waiver.reason.is_empty() => (codes::WAIVER_WITHOUT_REASON, format!("{code} is waived without a reason.")),
                // Only a rehearsal gives this one, and it may not have been run yet.
                Some(known) if !waiver.used.get() && known != codes::DOWN_NOT_BACK => {
                    (codes::IDLE_WAIVER, format!("{code} is waived, and nothing here would get that mark."))
                }
                Some(_) => return None,
            };
            Some(context.mark_at(about, script, waiver.span.clone(), what))
        });
        marks.collect()
    }
}
