//! PRAGMA statements, as far as migrations care.

use std::ops::Range;

use crate::lexer;

/// `PRAGMA schema.name = value`, or with the value in brackets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pragma {
    /// Lower case, without the schema.
    pub name: String,
    /// Without quotes, lower case; absent where the pragma only asks.
    pub value: Option<String>,
}

/// Pragmas that SQLite refuses inside a transaction, or that do nothing there.
const OUTSIDE_ONLY: &[&str] = &["journal_mode", "page_size", "auto_vacuum", "encoding", "wal_checkpoint", "synchronous", "locking_mode"];

impl Pragma {
    /// The pragma in this part of a text; absent where it is none.
    pub fn of(text: &str, span: Range<usize>) -> Option<Self> {
        let mut tokens = lexer::significant(text, span).map(|token| text.get(token.span).unwrap_or_default());
        if !tokens.next()?.eq_ignore_ascii_case("pragma") {
            return None;
        }
        let mut name = plain(tokens.next()?);
        let mut next = tokens.next();
        if next == Some(".") {
            name = plain(tokens.next()?);
            next = tokens.next();
        }
        let value = next.filter(|word| matches!(*word, "=" | "(")).map(|_| tokens.map(plain).filter(|word| word != ")").collect());
        Some(Self { name, value })
    }

    /// What `PRAGMA foreign_keys = …` asks for; absent for other pragmas, and where it only asks.
    pub fn foreign_keys(&self) -> Option<bool> {
        let value = self.value.as_deref().filter(|_| self.name == "foreign_keys")?;
        Some(matches!(value, "on" | "yes" | "true") || value.parse::<i64>().is_ok_and(|number| number != 0))
    }

    /// True where it has no effect inside a transaction, or an error.
    pub fn is_for_outside(&self) -> bool {
        OUTSIDE_ONLY.contains(&self.name.as_str()) && (self.value.is_some() || self.name == "wal_checkpoint")
    }
}

fn plain(word: &str) -> String {
    word.trim_matches(['\'', '"', '`', '[', ']']).to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn foreign_keys(text: &str) -> Option<bool> {
        Pragma::of(text, 0..text.len()).and_then(|pragma| pragma.foreign_keys())
    }

    #[test]
    fn every_way_to_set_foreign_keys_is_read() {
        for off in ["PRAGMA foreign_keys=OFF", "pragma main.foreign_keys = 0", "PRAGMA foreign_keys(no)", "PRAGMA foreign_keys='false'"] {
            assert_eq!(foreign_keys(off), Some(false), "{off}");
        }
        for on in
            ["PRAGMA foreign_keys=ON", "PRAGMA \"foreign_keys\" = yes", "PRAGMA foreign_keys(1)", "PRAGMA foreign_keys /* x */ = true"]
        {
            assert_eq!(foreign_keys(on), Some(true), "{on}");
        }
        for asks in ["PRAGMA foreign_keys", "PRAGMA foreign_key_check", "SELECT 1", "PRAGMA defer_foreign_keys = ON"] {
            assert_eq!(foreign_keys(asks), None, "{asks}");
        }
    }

    #[test]
    fn asking_for_the_journal_mode_is_no_change_of_it() {
        let outside = |text: &str| Pragma::of(text, 0..text.len()).is_some_and(|pragma| pragma.is_for_outside());
        assert!(outside("PRAGMA journal_mode=WAL") && outside("PRAGMA wal_checkpoint") && outside("PRAGMA main.synchronous=OFF"));
        assert!(!outside("PRAGMA journal_mode") && !outside("PRAGMA user_version = 3"));
    }
}
