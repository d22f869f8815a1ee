//! A database and its migrations as they are now, all of the database as of one moment.

use std::collections::{BTreeMap, BTreeSet};

use quarterdeck_migrate::{
    adopt,
    apply::Basis,
    collection::Collection,
    history::{self, History},
    lint::{self, Facts, SchemaFacts},
    read::{self, ReadOptions},
    settings,
    timeline::{self, Timeline},
};
use quarterdeck_model::{
    Count, JobCtx, Outcome,
    migration::{ConnectionSettings, FoundHistory, Layout, LedgerLine, LintMark, MigrationState, Tool},
};
use quarterdeck_sqlite::{
    fingerprint::LEDGER_PREFIX,
    held,
    open::Live,
    schema::{self, Schema},
};

use super::{place::Place, user_version};
use crate::operation::Scope;

/// Rows up to here are counted for lint; a table with more is as large to it as one with exactly so many.
const COUNTED: u64 = 1_000_000;

/// What was seen.
pub(super) struct Look {
    pub place: Place,
    pub collection: Collection,
    /// The ledger, oldest first.
    pub lines: Vec<LedgerLine>,
    pub has_ledger: bool,
    pub histories: Vec<History>,
    pub timeline: Timeline,
    pub settings: ConnectionSettings,
    pub basis: Basis,
    pub schema: Schema,
    /// As SQLite says it: `wal`, `delete`, …
    pub journal_mode: String,
    /// Rows by table, as far as they were counted.
    rows: BTreeMap<String, Count>,
    functions: BTreeSet<String>,
}

impl Look {
    /// Looks. Reads the files, the schema and the histories; counts rows as far as lint needs them, with `ctx` to stop that.
    pub(super) fn at(scope: &Scope, place: Place) -> Outcome<Self> {
        let mut live = held::open_beside(&place.database)?;
        live.attend(&JobCtx::new(scope.ctx.listener(), scope.ctx.cancel_token().clone()))?;
        live.execute_batch("BEGIN").map_err(|error| live.fault(error))?;
        let mut histories = history::find(&live)?;
        let collection = collection(&place, &histories)?;
        let has_ledger = place.ledger.exists(&live)?;
        let lines = place.ledger.read(&live)?;
        let schema = schema::read(&live).map_err(|error| live.fault(error))?;
        let declared = settings::of(tool(&lines, &histories), collection.layout, place.declared);
        if lines.is_empty() && histories.iter().all(|history| history.entries.is_empty()) {
            histories.extend(user_version::history(&live, &collection, &schema, &declared, &place.ledger, &scope.ctx)?);
        }
        let timeline = timeline::of(&collection, &lines, &histories, has_tables(&schema, &histories));
        let basis = Basis::of(&live, &place.ledger)?;
        let journal_mode: String = value(&live, "journal_mode")?;
        let functions = functions(&live)?;
        let mut look =
            Self { place, collection, lines, has_ledger, histories, timeline, settings: declared, basis, schema, journal_mode, rows: BTreeMap::new(), functions };
        if !look.unapplied().is_empty() {
            look.rows = rows(&live, &look.schema)?;
        }
        Ok(look)
    }

    /// What lint says of the migrations that are not applied, on the schema that is there; or of all, from nothing.
    pub(super) fn marks(&self, all: bool) -> Vec<LintMark> {
        let facts = Facts {
            schema: (!all).then(|| SchemaFacts::of(&self.schema)),
            rows: self.rows.clone(),
            large: self.place.large,
            functions: Some(self.functions.clone()),
            pending_only: (!all).then(|| self.unapplied()),
            settings: self.settings.clone(),
            sqlite_at_least: self.place.sqlite_at_least.clone(),
        };
        lint::lint(&self.collection, &facts)
    }

    /// Histories as they are shown.
    pub(super) fn found(&self) -> Vec<FoundHistory> {
        let adopted = |tool: Tool| self.lines.iter().any(|line| line.tool == Some(tool));
        let wire = |history: &History| history::wire(history, adopted(history.tool), adopt::checked(&self.collection, history));
        self.histories.iter().map(wire).collect()
    }

    /// The tables in which other tools remember.
    pub(super) fn history_tables(&self) -> Vec<String> {
        self.histories.iter().map(|history| history.table.clone()).collect()
    }

    /// Versions that would run, in whatever order.
    fn unapplied(&self) -> BTreeSet<String> {
        let runs = |state| matches!(state, MigrationState::Pending | MigrationState::OutOfOrder | MigrationState::Failed | MigrationState::Unknown);
        self.timeline.lines.iter().filter(|line| runs(line.state)).map(|line| line.version.text.clone()).collect()
    }
}

/// The files, by the layout that was set, or by the one that they and the database's history together tell.
fn collection(place: &Place, histories: &[History]) -> Outcome<Collection> {
    if let Some((layout, reason)) = place.layout {
        let mut collection = read::read(&place.folder, &ReadOptions { layout: Some(layout) })?;
        reason.clone_into(&mut collection.layout_reason);
        return Ok(collection);
    }
    let collection = read::read(&place.folder, &ReadOptions::default())?;
    let has = |tool: Tool| histories.iter().find(|history| history.tool == tool);
    // The same names mean the same files to two tools each; the history says which of the two it was.
    let other = match collection.layout {
        Layout::Flyway => has(Tool::Refinery).map(|history| (Layout::Refinery, history)),
        Layout::Plain | Layout::GolangMigrate => has(Tool::Sqlx).map(|history| (Layout::Sqlx, history)),
        _ => None,
    };
    let Some((layout, history)) = other else { return Ok(collection) };
    let mut collection = read::read(&place.folder, &ReadOptions { layout: Some(layout) })?;
    collection.layout_reason = format!("the database has {}", history.table);
    Ok(collection)
}

/// The tool whose driver the settings follow: the one that was adopted, else the one that was found.
fn tool(lines: &[LedgerLine], histories: &[History]) -> Option<Tool> {
    let adopted = lines.iter().rev().find_map(|line| line.tool);
    adopted.or_else(|| histories.iter().find(|history| !history.entries.is_empty()).map(|history| history.tool))
}

/// True where there is anything beside our ledger and other tools' histories.
fn has_tables(schema: &Schema, histories: &[History]) -> bool {
    let is_history = |table: &str| histories.iter().any(|history| history.table.eq_ignore_ascii_case(table));
    schema.objects.iter().any(|object| !object.table.to_ascii_lowercase().starts_with(LEDGER_PREFIX) && !is_history(&object.table))
}

fn rows(live: &Live, schema: &Schema) -> Outcome<BTreeMap<String, Count>> {
    let count = |table: &str| {
        let sql = format!("SELECT count(*) FROM (SELECT 1 FROM \"{}\" LIMIT {COUNTED})", table.replace('"', "\"\""));
        live.query_row(&sql, [], |row| row.get::<_, i64>(0)).map(|rows| (table.to_owned(), Count(rows.unsigned_abs())))
    };
    schema.tables().map(|table| count(table).map_err(|error| live.fault(error))).collect()
}

fn functions(live: &Live) -> Outcome<BTreeSet<String>> {
    let read = || -> rusqlite::Result<BTreeSet<String>> {
        live.prepare("SELECT DISTINCT name FROM pragma_function_list")?.query_map([], |row| row.get(0))?.collect()
    };
    read().map_err(|error| live.fault(error))
}

/// The value of a pragma.
pub(super) fn value<T: rusqlite::types::FromSql>(live: &Live, pragma: &str) -> Outcome<T> {
    live.pragma_query_value(None, pragma, |row| row.get(0)).map_err(|error| live.fault(error))
}
