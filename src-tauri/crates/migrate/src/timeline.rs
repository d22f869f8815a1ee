//! Files, ledger and histories in one line: what has become of each migration.

use quarterdeck_model::{
    inspection::Tone,
    migration::{LedgerLine, MigrationLine, MigrationState, Tool},
};

use crate::{
    collection::{Collection, Version},
    history::{Entry, History},
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
pub fn of(_collection: &Collection, _ledger: &[LedgerLine], _histories: &[History], _has_tables: bool) -> Timeline {
    Timeline { lines: Vec::new(), current: None }
}

impl Timeline {
    /// One sentence, e.g. `7 applied, 2 pending; the live database is at 007.`, and how it is.
    pub fn sentence(&self) -> (String, Tone) {
        (String::new(), Tone::Ok)
    }

    /// The line of a version, as the files, the ledger or a person write it.
    pub fn find(&self, version: &str) -> Option<&Line> {
        self.lines.iter().find(|line| line.version.text == version)
    }
}

impl Line {
    /// The same on the wire, without the marks of lint.
    pub fn wire(&self, collection: &Collection) -> MigrationLine {
        let _ = collection;
        MigrationLine {
            version: self.version.text.clone(),
            name: self.name.clone(),
            files: Vec::new(),
            repeatable: self.repeatable,
            state: self.state,
            tone: self.tone,
            sentence: self.sentence.clone(),
            bytes_changed: self.bytes_changed,
            applied_at: None,
            who: None,
            took: None,
            tool: None,
            statements: quarterdeck_model::Count(0),
            bytes_sha256: None,
            statements_sha256: None,
            has_down: false,
            transaction: None,
            marks: Vec::new(),
        }
    }
}
