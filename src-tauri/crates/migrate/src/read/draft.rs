//! A migration whose files are known, before its statements are.

use std::{collections::BTreeMap, ops::Range};

use quarterdeck_model::migration::{Problem, UnusedFile};

use super::decode::{MARK, Text};
use crate::{
    collection::{Migration, MigrationKind, Script, StatementKind, Version, VersionKey},
    hash, split, wrapper,
};

/// What a layout makes of the files.
#[derive(Default)]
pub(super) struct Sorted {
    /// In the order of the layout.
    pub(super) drafts: Vec<Draft>,
    /// Files that it has no use for.
    pub(super) unused: Vec<UnusedFile>,
    /// What stands in the way.
    pub(super) problems: Vec<Problem>,
}

/// A migration, by its files.
pub(super) struct Draft {
    pub(super) version: Version,
    pub(super) name: String,
    pub(super) kind: MigrationKind,
    pub(super) up: Vec<Part>,
    pub(super) down: Vec<Part>,
    /// The marker with which it asks for no transaction.
    pub(super) says_none: Option<String>,
}

/// A part of a file that runs as one piece.
pub(super) struct Part {
    pub(super) text: Text,
    pub(super) range: Range<usize>,
}

/// A migration, and what was found wrong with it.
pub(super) struct Finished {
    pub(super) migration: Migration,
    pub(super) problems: Vec<Problem>,
    pub(super) unused: Vec<UnusedFile>,
}

/// Drafts by what they are and how they sort: repeatable ones last.
pub(super) type Drafts = BTreeMap<(bool, VersionKey, bool), Draft>;

impl Part {
    /// A whole file.
    pub(super) fn whole(text: Text) -> Self {
        Self { range: 0..text.file.text.len(), text }
    }

    /// The bytes of this part as the file has them: its byte order mark, and its text.
    fn bytes(&self) -> [&[u8]; 2] {
        let mark = if self.text.marked && self.range.start == 0 { MARK } else { &[] };
        [mark, self.text.file.slice(&self.range).as_bytes()]
    }
}

impl Draft {
    /// A migration without a way down yet.
    pub(super) fn new(version: Version, name: String, kind: MigrationKind) -> Self {
        Self { version, name, kind, up: Vec::new(), down: Vec::new(), says_none: None }
    }

    /// Where it stands among the others.
    pub(super) fn place(&self) -> (bool, VersionKey, bool) {
        (self.kind == MigrationKind::Repeatable, self.version.key.clone(), self.kind == MigrationKind::Baseline)
    }

    /// Splits its parts, and finds out how it runs.
    pub(super) fn finish(self) -> Finished {
        let bytes_sha256 = hash::bytes(self.up.iter().map(Part::bytes));
        let (mut problems, mut unused) = (Vec::new(), Vec::new());
        let up: Vec<Script> = self.up.into_iter().map(|part| script(part, &mut problems)).collect();
        let down: Vec<Script> = self.down.into_iter().map(|part| script(part, &mut problems)).collect();
        let (down, empty): (Vec<_>, Vec<_>) = down.into_iter().partition(|script| !script.statements.is_empty());
        let of_its_own = empty.iter().filter(|script| up.iter().all(|other| other.file.name != script.file.name));
        unused.extend(
            of_its_own
                .map(|script| UnusedFile { file: script.file.name.clone(), reason: "has no statement: it is no way down".to_owned() }),
        );
        let transaction = wrapper::transaction(&up, self.says_none.as_deref());
        let statements_sha256 = hash::statements(&up);
        let migration =
            Migration { version: self.version, name: self.name, kind: self.kind, up, down, transaction, bytes_sha256, statements_sha256 };
        Finished { migration, problems, unused }
    }
}

fn script(part: Part, problems: &mut Vec<Problem>) -> Script {
    let split = split::split(&part.text.file, part.range.clone());
    problems.extend(split.problems);
    let script = Script { file: part.text.file, range: part.range, statements: split.statements };
    problems.extend(script.statements.iter().filter_map(|statement| {
        let what = match statement.kind {
            StatementKind::Attach => "ATTACH",
            StatementKind::Detach => "DETACH",
            StatementKind::VacuumInto => "VACUUM INTO",
            _ => return None,
        };
        Some(Problem {
            code: "other-database".to_owned(),
            at: Some(script.file.position(statement.span.start)),
            message: format!("{what} reaches for another file; a migration changes one database, and its way back covers that one alone."),
            hint: "Take it out; give the other database migrations of its own.".to_owned(),
        })
    }));
    script
}

/// Two files that say the same version, in a layout that has no place for that.
pub(super) fn two_files(version: &Version, first: &str, second: &Text) -> Problem {
    Problem {
        code: "two-files-one-version".to_owned(),
        at: Some(second.file.position(0)),
        message: format!("{first} and {} are both version {version}.", second.file.name),
        hint: "Give one of them another version.".to_owned(),
    }
}
