//! Files, ledger and histories in one line: what has become of each migration.

mod sentence;
mod state;

use std::collections::{BTreeSet, HashMap, HashSet};

use quarterdeck_model::{
    Count,
    inspection::Tone,
    migration::{LedgerKind, LedgerLine, MigrationLine, MigrationState, Tool},
};

use crate::{
    collection::{Collection, Migration, MigrationKind, Transaction, Version},
    history::{
        Entry, History,
        versions::{self, Key},
    },
};

/// Every migration that has a file, an entry in the ledger, or one in a history; in the order of the files, with what has none where its
/// version belongs.
#[derive(Debug, Clone, PartialEq)]
pub struct Timeline {
    /// One for each.
    pub lines: Vec<Line>,
    /// The latest applied version.
    pub current: Option<Version>,
}

/// One migration.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// Its place among the collection's migrations; absent where its file is gone.
    pub migration: Option<usize>,
    /// Its version.
    pub version: Version,
    /// Its name.
    pub name: String,
    /// True for one that runs again whenever it changes.
    pub repeatable: bool,
    /// What has become of it.
    pub state: MigrationState,
    /// How that is.
    pub tone: Tone,
    /// State and remarks in one line.
    pub sentence: String,
    /// True where the bytes differ from those that were applied and the statements do not.
    pub bytes_changed: bool,
    /// The newest row of the ledger; absent where only a history knows it, or nobody does.
    pub entry: Option<LedgerLine>,
    /// What a history says, where the ledger says nothing or the tool did it after the adoption.
    pub found: Option<(Tool, Entry)>,
}

/// Joins them. `has_tables` is true where the database declares anything beside ledger and histories.
///
/// The ledger wins over histories for every version that it has ever named.
pub fn of(collection: &Collection, ledger: &[LedgerLine], histories: &[History], has_tables: bool) -> Timeline {
    let known = Known::new(collection, ledger, histories);
    let nothing_known = ledger.is_empty() && histories.iter().all(|history| history.entries.is_empty());
    let base = known.base(collection, nothing_known && !has_tables);
    let files = collection.migrations.iter().enumerate().filter(|(at, migration)| match migration.kind {
        MigrationKind::Baseline => base == Some(*at) || known.rows.contains_key(&Key::of(collection.layout, migration)),
        _ => true,
    });
    let mut seen = HashSet::new();
    let mut lines: Vec<Line> = Vec::new();
    for (at, migration) in files {
        let key = Key::of(collection.layout, migration);
        lines.push(known.line(at, migration, &key));
        seen.insert(key);
    }
    known.add_without_files(collection, &seen, &mut lines);
    let latest = state::latest(collection, &lines);
    let covered = base.map(|base| collection.migrations[base].version.clone());
    for line in &mut lines {
        state::settle(line, latest.as_ref(), covered.as_ref(), nothing_known && has_tables);
    }
    sentence::tell(collection, &mut lines);
    // Versions of another tool that cannot be compared with those of the files were there before them.
    let order = |line: &Line| (line.repeatable, line.migration.is_some() || state::compares(collection, &line.version));
    lines.sort_by(|a, b| (order(a), &a.version).cmp(&(order(b), &b.version)));
    Timeline { lines, current: latest }
}

impl Timeline {
    /// One sentence, e.g. `7 applied, 2 pending; the live database is at 007.`, and how it is.
    pub fn sentence(&self) -> (String, Tone) {
        sentence::of(self)
    }

    /// The line of a version, as the files, the ledger or a person write it: leading zeros do not count where versions are numbers.
    pub fn find(&self, version: &str) -> Option<&Line> {
        let exact = self.lines.iter().find(|line| line.version.text == version);
        exact.or_else(|| self.lines.iter().find(|line| !line.repeatable && line.version == Version::numeric(version)))
    }
}

impl Line {
    /// The same on the wire, without the marks of lint.
    pub fn wire(&self, collection: &Collection) -> MigrationLine {
        let file = self.migration.and_then(|at| collection.migrations.get(at));
        let entry = self.entry.as_ref();
        let found = self.found.as_ref().map(|(_, entry)| entry);
        MigrationLine {
            version: self.version.text.clone(),
            name: self.name.clone(),
            files: file.map(files).unwrap_or_default(),
            repeatable: self.repeatable,
            state: self.state,
            tone: self.tone,
            sentence: self.sentence.clone(),
            bytes_changed: self.bytes_changed,
            applied_at: entry.map(|entry| entry.at).or_else(|| found.and_then(|found| found.at)),
            who: entry.map(|entry| entry.who.clone()).or_else(|| found.and_then(|found| found.who.clone())),
            took: entry.map_or_else(|| found.and_then(|found| found.took), |entry| entry.took),
            tool: entry.map_or_else(|| self.found.as_ref().map(|(tool, _)| *tool), |entry| entry.tool),
            statements: file.map_or_else(|| entry.map_or(Count(0), |entry| entry.statements), |file| Count(file.statements() as u64)),
            bytes_sha256: file.map(|file| file.bytes_sha256.clone()).or_else(|| entry.and_then(|entry| entry.bytes_sha256.clone())),
            statements_sha256: file
                .map(|file| file.statements_sha256.clone())
                .or_else(|| entry.and_then(|entry| entry.statements_sha256.clone())),
            has_down: file.is_some_and(|file| !file.down.is_empty()) || entry.is_some_and(|entry| entry.down_sql.is_some()),
            transaction: file.and_then(|file| how(&file.transaction)),
            marks: Vec::new(),
        }
    }
}

/// Its files, up before down, each once.
pub(crate) fn files(migration: &Migration) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for script in migration.up.iter().chain(&migration.down) {
        if !names.contains(&script.file.name) {
            names.push(script.file.name.clone());
        }
    }
    names
}

fn how(transaction: &Transaction) -> Option<String> {
    match transaction {
        Transaction::Ours => None,
        Transaction::TakenOver { foreign_keys: Some(false), .. } => {
            Some("its own BEGIN and COMMIT are ours, with foreign keys off".to_owned())
        }
        Transaction::TakenOver { .. } => Some("its own BEGIN and COMMIT are ours".to_owned()),
        Transaction::Alone { reason } => Some(format!("without a transaction: {reason}")),
    }
}

/// Everything that is remembered, by what versions are compared by.
struct Known<'a> {
    /// Newest rows, without those that say that a version was taken back.
    rows: HashMap<Key, &'a LedgerLine>,
    found: HashMap<Key, (Tool, Entry)>,
    /// Tools whose history the ledger has taken over.
    adopted: BTreeSet<Tool>,
}

impl<'a> Known<'a> {
    fn new(collection: &Collection, ledger: &'a [LedgerLine], histories: &[History]) -> Self {
        let mut rows = HashMap::new();
        let mut named = HashSet::new();
        for line in ledger {
            let key = Key::of_row(collection, &line.version, &line.name);
            named.insert(key.clone());
            match line.kind {
                LedgerKind::Reverted => drop(rows.remove(&key)),
                _ => drop(rows.insert(key, line)),
            }
        }
        let mut found = HashMap::new();
        for history in histories {
            for (key, entry) in state::entries(collection, history) {
                found.entry(key).or_insert((history.tool, entry));
            }
        }
        found.retain(|key, _| !named.contains(key));
        let adopted = ledger.iter().filter(|line| line.kind == LedgerKind::Adopted).filter_map(|line| line.tool).collect();
        Self { rows, found, adopted }
    }

    /// The baseline file that an empty database begins with: the highest.
    fn base(&self, collection: &Collection, is_empty: bool) -> Option<usize> {
        let bases = collection.migrations.iter().enumerate().filter(|(_, migration)| migration.kind == MigrationKind::Baseline);
        bases.filter(|_| is_empty).max_by(|a, b| a.1.version.cmp(&b.1.version)).map(|(at, _)| at)
    }

    fn line(&self, at: usize, migration: &Migration, key: &Key) -> Line {
        let entry = self.rows.get(key).copied();
        let found = self.found.get(key);
        let mut line = Line {
            migration: Some(at),
            version: Version { text: versions::text(migration), key: migration.version.key.clone() },
            name: migration.name.clone(),
            repeatable: migration.kind == MigrationKind::Repeatable,
            state: MigrationState::Pending,
            tone: Tone::Ok,
            sentence: String::new(),
            bytes_changed: false,
            entry: entry.cloned(),
            found: found.cloned(),
        };
        state::of_file(&mut line, migration);
        if found.is_some_and(|(tool, _)| self.adopted.contains(tool)) && line.state == MigrationState::Applied {
            line.tone = Tone::Attention;
        }
        line
    }

    /// What is remembered and has no file.
    fn add_without_files(&self, collection: &Collection, seen: &HashSet<Key>, lines: &mut Vec<Line>) {
        let last =
            collection.migrations.iter().filter(|migration| migration.kind == MigrationKind::Versioned).map(|file| &file.version).max();
        let rows = self.rows.iter().map(|(key, row)| (key, row.version.as_str(), row.name.as_str(), Some(*row), None));
        let found = self.found.iter().map(|(key, (tool, entry))| {
            (key, entry.version.as_str(), entry.name.as_deref().unwrap_or_default(), None, Some((*tool, entry.clone())))
        });
        for (key, version, name, row, found) in rows.chain(found).filter(|(key, ..)| !seen.contains(*key)) {
            let mut line = Line {
                migration: None,
                version: versions::version(collection.layout, version),
                name: name.to_owned(),
                repeatable: matches!(key, Key::Again(_)),
                state: MigrationState::Missing,
                tone: Tone::Critical,
                sentence: String::new(),
                bytes_changed: false,
                entry: row.cloned(),
                found,
            };
            state::of_gone(&mut line, collection, last);
            lines.push(line);
        }
    }
}
