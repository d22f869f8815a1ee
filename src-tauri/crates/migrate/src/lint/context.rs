//! What a rule sees: one migration, its statements, and the schema that each of them meets.

use std::{collections::BTreeMap, ops::Range};

use quarterdeck_model::migration::{LintMark, Severity};

use super::{
    action::{Action, Object},
    codes::Code,
    facts::{Facts, SchemaFacts},
    rebuild::{self, Rebuild},
    table::Table,
};
use crate::{
    collection::{Collection, Migration, Script, Statement, StatementKind, Transaction},
    pragma::Pragma,
};

/// One migration before the rules.
pub(super) struct Context<'a> {
    pub(super) facts: &'a Facts,
    pub(super) collection: &'a Collection,
    pub(super) migration: &'a Migration,
    /// Its number in the collection.
    pub(super) number: usize,
    /// The schema before it.
    pub(super) before: &'a SchemaFacts,
    /// The schema after it.
    pub(super) after: &'a SchemaFacts,
    /// Its way up.
    pub(super) up: &'a [Seen<'a>],
    /// Its way down.
    pub(super) down: Vec<Seen<'a>>,
    /// Tables that it builds anew.
    pub(super) rebuilds: Vec<Rebuild>,
    /// Names that it gives to tables, in lower case, with the first statement that does.
    made: BTreeMap<String, usize>,
}

/// One statement.
pub(super) struct Seen<'a> {
    pub(super) script: &'a Script,
    pub(super) statement: &'a Statement,
    pub(super) action: Action,
}

impl<'a> Context<'a> {
    /// The migration of this number, between the schema before it and after it.
    pub(super) fn new(
        facts: &'a Facts,
        collection: &'a Collection,
        number: usize,
        up: &'a [Seen<'a>],
        schemas: [&'a SchemaFacts; 2],
    ) -> Option<Self> {
        let migration = collection.migrations.get(number)?;
        let ([before, after], down) = (schemas, seen(&migration.down));
        let (rebuilds, made) = (rebuild::find(up), made(up));
        Some(Self { facts, collection, migration, number, before, after, up, down, rebuilds, made })
    }

    /// A mark at a statement, as grave as its code.
    pub(super) fn mark(&self, code: &Code, seen: &Seen<'_>, what: String) -> LintMark {
        self.mark_at(code, seen.script, seen.statement.span.clone(), what)
    }

    /// A mark at a part of a file.
    pub(super) fn mark_at(&self, code: &Code, script: &Script, span: Range<usize>, what: String) -> LintMark {
        let (at, end) = (script.file.position(span.start), script.file.position(span.end));
        LintMark {
            code: code.code.to_owned(),
            severity: code.severity,
            version: self.migration.version.text.clone(),
            at,
            end_line: end.line,
            what,
            why: code.why.to_owned(),
            instead: code.instead.to_owned(),
            waived: None,
        }
    }

    /// Statements of the way up before this one.
    pub(super) fn up_to(&self, number: usize) -> &[Seen<'a>] {
        self.up.get(..number).unwrap_or_default()
    }

    /// The schema that the statement of this number meets.
    pub(super) fn schema_at(&self, number: usize) -> SchemaFacts {
        let mut schema = self.before.clone();
        self.up_to(number).iter().for_each(|seen| schema.advance(&seen.action));
        schema
    }

    /// True where nobody can miss this object at the statement of that number: it is not in the schema, and either the schema is that of the
    /// database, or the statement itself says IF EXISTS.
    pub(super) fn is_unheard_of(&self, object: Object, name: &str, if_exists: bool, number: usize) -> bool {
        let name = name.to_ascii_lowercase();
        if !if_exists && self.facts.schema.is_none() {
            return false;
        }
        let mut there = self.before.has(object, &name);
        for seen in self.up_to(number) {
            match &seen.action {
                Action::Drop { object: dropped, name: gone, .. } if *dropped == object && gone.eq_ignore_ascii_case(&name) => there = false,
                Action::RenameTable { to, .. } if object == Object::Table && to.eq_ignore_ascii_case(&name) => there = true,
                Action::RenameTable { from, .. } if object == Object::Table && from.eq_ignore_ascii_case(&name) => there = false,
                action if action.creates(object, &name) => there = true,
                _ => {}
            }
        }
        !there
    }

    /// True where this migration has made the table before the statement of that number, by CREATE or by RENAME.
    pub(super) fn is_new_here(&self, table: &str, number: usize) -> bool {
        let table = table.to_ascii_lowercase();
        self.made.get(&table).is_some_and(|made| *made < number) && !self.before.tables.contains_key(&table)
    }

    /// Whether foreign keys are enforced when the statement of this number runs.
    pub(super) fn foreign_keys_at(&self, number: usize) -> bool {
        let set = self.facts.settings.foreign_keys;
        match &self.migration.transaction {
            Transaction::Ours => set,
            Transaction::TakenOver { foreign_keys, .. } => foreign_keys.unwrap_or(set),
            Transaction::Alone { .. } => {
                let outside = self.up_to(number).iter().enumerate().filter(|(number, _)| !self.is_inside_own(*number));
                outside.filter_map(|(_, seen)| seen.pragma()?.foreign_keys()).next_back().unwrap_or(set)
            }
        }
    }

    /// True between a BEGIN of the file and its COMMIT.
    pub(super) fn is_inside_own(&self, number: usize) -> bool {
        let control = self.up_to(number).iter().rev().find_map(|seen| match seen.statement.kind {
            StatementKind::Begin => Some(true),
            StatementKind::Commit | StatementKind::Rollback => Some(false),
            _ => None,
        });
        control.unwrap_or(false)
    }
}

impl Seen<'_> {
    pub(super) fn pragma(&self) -> Option<Pragma> {
        let is_one = self.statement.kind == StatementKind::Pragma;
        is_one.then(|| Pragma::of(&self.script.file.text, self.statement.span.clone()))?
    }
}

/// Milder than its code says, because less is at stake.
pub(super) fn milder(mut mark: LintMark, severity: Severity) -> LintMark {
    mark.severity = severity;
    mark
}

fn made(up: &[Seen<'_>]) -> BTreeMap<String, usize> {
    let mut made = BTreeMap::new();
    for (number, seen) in up.iter().enumerate() {
        if let Action::CreateTable { table: Table { name, .. }, .. } | Action::RenameTable { to: name, .. } = &seen.action {
            made.entry(name.to_ascii_lowercase()).or_insert(number);
        }
    }
    made
}

/// The statements of these scripts.
pub(super) fn seen(scripts: &[Script]) -> Vec<Seen<'_>> {
    let statements = scripts.iter().flat_map(|script| script.statements.iter().map(move |statement| (script, statement)));
    statements
        .map(|(script, statement)| Seen { script, statement, action: Action::of(&script.file.text, statement.span.clone()) })
        .collect()
}
