//! What an SQLite error says about the file that is being inspected.

use rusqlite::{Error, ErrorCode};

/// Why a statement did not answer.
#[derive(Debug, PartialEq)]
pub(crate) enum Trouble {
    /// The caller asked to stop.
    Cancelled,
    /// Another process lets nobody in.
    Locked,
    /// The operating system does not let us read, in its words.
    Unreadable(String),
    /// The content is not as SQLite wants it, in its words.
    Damaged(String),
    /// It needs something that only the application has, e.g. `the collation german`.
    BeyondUs(String),
    /// The statement itself is refused, e.g. a view over a table that is gone.
    Refused(String),
}

/// How SQLite's messages name what only the application has. They all share one code, so only the words tell them apart.
const BEYOND_US: [(&str, &str); 4] = [
    ("no such collation sequence: ", "the collation"),
    ("no such function: ", "the function"),
    ("unknown function: ", "the function"),
    ("no such module: ", "the module"),
];

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        let words = words(&error);
        if let Some(needed) = needed(&words) {
            return Self::BeyondUs(needed);
        }
        match error.sqlite_error_code() {
            Some(ErrorCode::OperationInterrupted) => Self::Cancelled,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Locked,
            Some(
                ErrorCode::CannotOpen
                | ErrorCode::PermissionDenied
                | ErrorCode::ReadOnly
                | ErrorCode::SystemIoFailure
                | ErrorCode::OutOfMemory,
            ) => Self::Unreadable(words),
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Damaged(words),
            // Text that is not UTF-8, or a value of another kind than the schema table holds.
            None => Self::Damaged(words),
            Some(_) => Self::Refused(words),
        }
    }
}

fn words(error: &Error) -> String {
    match error {
        Error::SqliteFailure(_, Some(words)) | Error::SqlInputError { msg: words, .. } => words.clone(),
        other => other.to_string(),
    }
}

fn needed(words: &str) -> Option<String> {
    BEYOND_US.iter().find_map(|(mark, kind)| {
        let (_, name) = words.split_once(mark)?;
        Some(format!("{kind} {}", name.trim_end_matches("()")))
    })
}
