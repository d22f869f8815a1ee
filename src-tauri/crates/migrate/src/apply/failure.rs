//! A migration that failed, in words: where, which statement, what SQLite says, and what the database is now.

use std::path::Path;

use quarterdeck_model::{
    Count, Fault,
    inspection::ForeignKeyViolation,
    migration::{Position, StatementFailure},
};
use quarterdeck_sqlite::open;
use rusqlite::{Error, ErrorCode};

use crate::{
    collection::{Collection, Script, Statement},
    lexer::{Token, significant},
    session::{Stopped, statements},
    steps::Item,
};

/// SQLITE_CONSTRAINT_FOREIGNKEY (<https://www.sqlite.org/rescode.html#constraint_foreignkey>).
const FOREIGN_KEY: i32 = 787;

/// Everything that the words need.
pub struct Failed<'a> {
    /// The database.
    pub path: &'a Path,
    /// The files.
    pub collection: &'a Collection,
    /// What failed.
    pub item: &'a Item,
    /// What goes back with it, and what comes after it.
    pub left: Vec<String>,
    /// Versions that had been committed before.
    pub committed: &'a [String],
    /// What the database is now.
    pub now: String,
}

/// What the database is after a failure, with these versions committed before.
pub fn now(committed: &[String], down: bool) -> String {
    match committed.last() {
        None => "The database is as it was before.".to_owned(),
        Some(last) if down => format!("{last} and what came before it were taken back; nothing else was changed."),
        Some(last) => format!("{last} and what came before it are committed; nothing else was changed."),
    }
}

impl Failed<'_> {
    /// The fault for a statement that did not run.
    pub fn statement(&self, stopped: &Stopped) -> Fault {
        let failure = self.of_statement(stopped);
        let (title, at) = (self.item.title(), place(&failure.at));
        let ended = |what: &str| format!("{title} stopped at {at}: {what}. {}", failure.now);
        let fault = match stopped.error.sqlite_error_code() {
            Some(ErrorCode::OperationInterrupted) => Fault::cancelled(format!("It was cancelled in {title} at {at}. {}", failure.now)),
            Some(ErrorCode::DiskFull) => {
                Fault::failed("disk-full", ended("the disk is full")).hint("Free some space, then apply again.").may_retry()
            }
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Fault::failed("locked", ended("another process holds a lock"))
                .hint("End that process's transaction, then apply again.")
                .may_retry(),
            Some(ErrorCode::SystemIoFailure | ErrorCode::DatabaseCorrupt | ErrorCode::ReadOnly | ErrorCode::CannotOpen) => {
                let fault = open::fault(self.path, of_same_kind(&stopped.error));
                Fault { message: format!("{} {}", fault.message, ended("that ended it")), ..fault }
            }
            _ => Fault::failed("migration-failed", format!("{title} failed at {at}: {}. {}", failure.message, failure.now))
                .hint("Correct the statement, rehearse, and apply again."),
        };
        with(fault, &failure, self.path)
    }

    /// The fault for rows that point nowhere after all statements ran; `at_commit` where SQLite refused to commit because of them.
    pub fn foreign_keys(&self, statement: usize, orphans: &[ForeignKeyViolation], at_commit: bool) -> Fault {
        let list: Vec<String> =
            orphans.iter().map(|orphan| format!("{} of {} without {}", orphan.rows.of("row"), orphan.table, orphan.parent)).collect();
        let message = format!("foreign keys point nowhere: {}", list.join(", "));
        let failure = self.of(statement, 0, message, FOREIGN_KEY);
        let when = if at_commit { "when it was to be committed" } else { "when foreign keys were looked at again" };
        let text = format!("{} failed {when}: {}. {}", self.item.title(), failure.message, failure.now);
        let code = if at_commit { "migration-failed" } else { "foreign-keys-broken" };
        let fault = Fault::failed(code, text).hint("Bring in the missing rows in the same migration, or delete those that point to them.");
        with(fault, &failure, self.path).fact("orphans", serde_json::to_value(orphans).unwrap_or_default())
    }

    /// The same as a finding, for a rehearsal.
    pub fn of_statement(&self, stopped: &Stopped) -> StatementFailure {
        let (message, code, offset) = words(&stopped.error);
        let offset = offset.unwrap_or_else(|| self.named(stopped.statement, &message));
        let message = stopped.refused.clone().unwrap_or(message);
        self.of(stopped.statement, offset, message, code)
    }

    /// Where SQLite only names a thing (`no such table: orders`), the first word of the statement that is its name.
    fn named(&self, statement: usize, message: &str) -> usize {
        let name = message.rsplit([' ', '.']).next().unwrap_or_default();
        let found = statements(self.item.scripts(self.collection)).nth(statement);
        let Some((_, script, statement)) = found.filter(|_| message.starts_with("no such")) else { return 0 };
        let text = &script.file.text;
        let is_it = |token: &Token| {
            let word = text.get(token.span.clone()).unwrap_or_default();
            word.trim_matches(['"', '`', '[', ']']).eq_ignore_ascii_case(name)
        };
        significant(text, statement.span.clone()).find(is_it).map_or(0, |token| token.span.start - statement.span.start)
    }

    fn of(&self, statement: usize, offset: usize, message: String, code: i32) -> StatementFailure {
        let scripts = self.item.scripts(self.collection);
        let of = scripts.iter().map(|script| script.statements.len()).sum::<usize>();
        let found: Option<(usize, &Script, &Statement)> = statements(scripts).nth(statement);
        let (at, snippet) = found.map_or_else(
            || (Position { file: self.item.title(), line: 1, column: 1 }, String::new()),
            |(_, script, statement)| {
                let at = script.file.position(statement.span.start + offset);
                let snippet = snippet(&script.file.text, at.line);
                (at, snippet)
            },
        );
        StatementFailure {
            version: self.item.version.clone(),
            at,
            statement: Count(statement as u64 + 1),
            of: Count(of as u64),
            snippet,
            message,
            code,
            committed: self.committed.to_vec(),
            left: self.left.clone(),
            now: self.now.clone(),
        }
    }
}

fn with(fault: Fault, failure: &StatementFailure, path: &Path) -> Fault {
    let failure = serde_json::to_value(failure).unwrap_or_default();
    fault.fact("failure", failure).fact("path", path.display().to_string())
}

fn place(at: &Position) -> String {
    format!("{}:{}:{}", at.file, at.line, at.column)
}

/// SQLite's words, its extended code, and how far into the statement it points.
fn words(error: &Error) -> (String, i32, Option<usize>) {
    match error {
        Error::SqlInputError { error, msg, offset, .. } => (msg.clone(), error.extended_code, usize::try_from(*offset).ok()),
        Error::SqliteFailure(error, message) => (message.clone().unwrap_or_else(|| error.to_string()), error.extended_code, None),
        other => (other.to_string(), 1, None),
    }
}

fn of_same_kind(error: &Error) -> Error {
    match error {
        Error::SqliteFailure(error, message) => Error::SqliteFailure(*error, message.clone()),
        _ => Error::InvalidQuery,
    }
}

/// The line, with the one before and the two after; lines of a megabyte are cut.
fn snippet(text: &str, line: u32) -> String {
    const LONGEST: usize = 200;
    let line = usize::try_from(line).unwrap_or_default();
    let lines = text.lines().enumerate().skip(line.saturating_sub(2)).take_while(|(at, _)| *at < line + 2);
    let cut = |text: &str| text.chars().take(LONGEST).collect::<String>();
    lines.map(|(_, text)| cut(text)).collect::<Vec<_>>().join("\n")
}
