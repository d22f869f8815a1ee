//! A database and its migrations as they are now.

use std::collections::{BTreeMap, BTreeSet};

use quarterdeck_migrate::{
    adopt,
    apply::Basis,
    collection::Collection,
    history::{self, History},
    ledger::Ledger,
    lint::{self, Facts, SchemaFacts},
    read::{self, ReadOptions},
    settings,
    steps::{self, Batch, Manner},
    timeline::{self, Timeline},
};
use quarterdeck_model::{
    Bytes, Count, Outcome,
    migration::{ConnectionSettings, FoundHistory, Layout, LedgerLine, LintMark, MigrationState, MigrationWish, Rehearsal, Tool},
};
use quarterdeck_sqlite::{
    held,
    open::Live,
    schema::{self, Schema},
};

use super::{
    lately::Files,
    place::Place,
    user_version::{self, Measure},
};
use crate::operation::Scope;

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
    /// Of the database, its log not counted.
    pub size: Bytes,
    /// What the files looked like before they were read; absent where not everything could be looked at.
    pub files: Option<Files>,
    /// The application's own number.
    user_version: i32,
    /// Rows by table in lower case, as far as they were counted.
    rows: BTreeMap<String, Count>,
    /// In lower case.
    functions: BTreeSet<String>,
}

impl Look {
    /// Looks: the database as of one moment, then the files. Writers of a rollback journal wait only for the first of the two.
    pub(super) fn at(scope: &Scope, place: Place) -> Outcome<Self> {
        let mut live = held::open_beside(&place.database)?;
        live.attend(&scope.ctx)?;
        let Seen { lines, has_ledger, mut histories, schema, size, moment } = Seen::at(&live, &place.ledger)?;
        let Moment { basis, journal_mode, user_version } = moment;
        let files = Files::seen(&place.folder);
        let collection = collection(&place, &histories)?;
        let mut declared = settings::of(tool(&lines, &histories), collection.layout, place.declared);
        if lines.is_empty() && histories.iter().all(|history| history.entries.is_empty()) {
            let (settings, ledger) = (&declared, &place.ledger);
            let measure = Measure { collection: &collection, schema: &schema, histories: &histories, settings, ledger };
            histories.extend(user_version::history(user_version, &measure, &scope.ctx)?);
            declared = settings::of(tool(&lines, &histories), collection.layout, place.declared);
        }
        let timeline = timeline::of(&collection, &lines, &histories, history::has_other_tables(&schema, &histories));
        let (rows, functions) = (BTreeMap::new(), functions(&live)?);
        let mut look = Self {
            place,
            collection,
            lines,
            has_ledger,
            histories,
            timeline,
            settings: declared,
            basis,
            schema,
            journal_mode,
            size,
            files,
            user_version,
            rows,
            functions,
        };
        if !look.unapplied().is_empty() {
            look.rows = look.count(&live)?;
        }
        Ok(look)
    }

    /// What the database was when it was looked at.
    pub(super) fn moment(&self) -> Moment {
        Moment { basis: self.basis.clone(), journal_mode: self.journal_mode.clone(), user_version: self.user_version }
    }

    /// What lint says of the migrations that are not applied, on the schema that is there; or of all, from nothing.
    pub(super) fn marks(&self, all: bool) -> Vec<LintMark> {
        let declared = || self.schema.objects.iter().filter_map(|object| object.sql.as_deref());
        let facts = Facts {
            schema: (!all).then(|| SchemaFacts::of(declared())),
            rows: self.rows.clone(),
            large: self.place.large,
            functions: Some(self.functions.clone()),
            only: (!all).then(|| self.unapplied()),
            settings: self.settings.clone(),
            sqlite_at_least: self.place.sqlite_at_least.as_deref().map(release),
        };
        lint::lint(&self.collection, &facts)
    }

    /// What a rehearsal says of ways down.
    pub(super) fn rehearsed_marks(&self, rehearsal: &Rehearsal) -> Vec<LintMark> {
        lint::from_rehearsal(&self.collection, rehearsal)
    }

    /// Histories as they are shown.
    pub(super) fn found(&self) -> Vec<FoundHistory> {
        let adopted = |tool: Tool| self.lines.iter().any(|line| line.tool == Some(tool));
        let wire = |history: &History| history::wire(history, adopted(history.tool), adopt::checked(&self.collection, history));
        self.histories.iter().map(wire).collect()
    }

    /// What an apply of everything would run; nothing where that is refused.
    pub(super) fn next(&self) -> Vec<Batch> {
        steps::batches(&self.collection, &self.timeline, &MigrationWish::All, Manner::default()).unwrap_or_default()
    }

    /// Versions that would run, in whatever order.
    pub(super) fn unapplied(&self) -> BTreeSet<String> {
        use MigrationState::{Failed, OutOfOrder, Pending, Unknown};
        let runs = |state| matches!(state, Pending | OutOfOrder | Failed | Unknown);
        self.timeline.lines.iter().filter(|line| runs(line.state)).map(|line| line.version.text.clone()).collect()
    }

    /// Only as far as it takes to know whether a table is large: a whole count takes as long as the table, and keeps writers waiting where
    /// there is a rollback journal.
    fn count(&self, live: &Live) -> Outcome<BTreeMap<String, Count>> {
        let most = self.place.large;
        let count = |table: &str| {
            let sql = format!("SELECT count(*) FROM (SELECT 1 FROM \"{}\" LIMIT {most})", table.replace('"', "\"\""));
            let rows = live.query_row(&sql, [], |row| row.get::<_, i64>(0)).map_err(|error| live.fault(error))?;
            Ok((table.to_ascii_lowercase(), Count(rows.unsigned_abs())))
        };
        self.schema.tables().map(count).collect()
    }
}

/// What a plan rests on in the database, as of one moment.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Moment {
    basis: Basis,
    journal_mode: String,
    user_version: i32,
}

impl Moment {
    /// Now.
    pub(super) fn at(scope: &Scope, place: &Place) -> Outcome<Self> {
        let mut live = held::open_beside(&place.database)?;
        live.attend(&scope.ctx)?;
        as_of_one_moment(&live, || Self::of(&live, &place.ledger))
    }

    fn of(live: &Live, ledger: &Ledger) -> Outcome<Self> {
        let mode = live.pragma_query_value(None, "journal_mode", |row| row.get(0)).map_err(|error| live.fault(error))?;
        let version = live.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(|error| live.fault(error))?;
        Ok(Self { basis: Basis::of(live, ledger)?, journal_mode: mode, user_version: version })
    }
}

/// What is in the database, as of one moment.
struct Seen {
    lines: Vec<LedgerLine>,
    has_ledger: bool,
    histories: Vec<History>,
    schema: Schema,
    size: Bytes,
    moment: Moment,
}

impl Seen {
    fn at(live: &Live, ledger: &Ledger) -> Outcome<Self> {
        let size =
            || live.query_row("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size", [], |row| row.get::<_, i64>(0));
        as_of_one_moment(live, || {
            Ok(Self {
                lines: ledger.read(live)?,
                has_ledger: ledger.exists(live)?,
                histories: history::find(live)?,
                schema: schema::read(live).map_err(|error| live.fault(error))?,
                size: Bytes(size().map_err(|error| live.fault(error))?.unsigned_abs()),
                moment: Moment::of(live, ledger)?,
            })
        })
    }
}

/// Everything that is read, inside one transaction.
fn as_of_one_moment<T>(live: &Live, read: impl FnOnce() -> Outcome<T>) -> Outcome<T> {
    live.execute_batch("BEGIN").map_err(|error| live.fault(error))?;
    let seen = read()?;
    live.execute_batch("COMMIT").map_err(|error| live.fault(error))?;
    Ok(seen)
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

/// The tool whose driver the settings follow: the one that was adopted, else the one that was found. An application that counts by itself
/// has set its connection as nobody knows.
fn tool(lines: &[LedgerLine], histories: &[History]) -> Option<Tool> {
    let adopted = lines.iter().rev().find_map(|line| line.tool);
    let found = || histories.iter().find(|history| !history.entries.is_empty()).map(|history| history.tool);
    adopted.or_else(found).filter(|tool| *tool != Tool::UserVersion)
}

fn functions(live: &Live) -> Outcome<BTreeSet<String>> {
    let mut names = live.prepare("SELECT DISTINCT lower(name) FROM pragma_function_list").map_err(|error| live.fault(error))?;
    let names = names.query_map([], |row| row.get(0)).map_err(|error| live.fault(error))?;
    names.collect::<Result<_, _>>().map_err(|error| live.fault(error))
}

/// `3.35` and `3.35.5` as three numbers.
fn release(text: &str) -> [u32; 3] {
    let mut parts = text.split('.').map(|part| part.parse().unwrap_or_default());
    std::array::from_fn(|_| parts.next().unwrap_or_default())
}
