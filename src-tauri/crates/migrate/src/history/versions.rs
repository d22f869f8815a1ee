//! When a version in a table and the version of a file are the same.

use quarterdeck_model::migration::Layout;

use crate::collection::{Collection, Migration, MigrationKind, Version, VersionKey};

/// What versions are compared by, whoever wrote them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// One that runs once.
    Once(VersionKey),
    /// One that runs again whenever it changes, by its name.
    Again(String),
    /// One that stands for all before it.
    Base(VersionKey),
}

impl Key {
    /// Of a file.
    pub fn of(layout: Layout, migration: &Migration) -> Self {
        match migration.kind {
            MigrationKind::Versioned => Self::Once(version(layout, &migration.version.text).key),
            MigrationKind::Repeatable => Self::Again(words(&migration.name)),
            MigrationKind::Baseline => Self::Base(version(layout, migration.version.text.trim_start_matches('B')).key),
        }
    }

    /// Of a row of the ledger.
    pub fn of_row(collection: &Collection, text: &str, name: &str) -> Self {
        // They stand at the end.
        let mut repeatable = collection.migrations.iter().rev().take_while(|migration| migration.kind == MigrationKind::Repeatable);
        if let Some(base) = text.strip_prefix('B').filter(|_| collection.layout == Layout::Flyway) {
            return Self::Base(version(collection.layout, base).key);
        }
        match repeatable.find(|migration| migration.version.text == text) {
            Some(migration) => Self::of(collection.layout, migration),
            None if collection.layout == Layout::Flyway && text == name => Self::Again(words(name)),
            None => Self::Once(version(collection.layout, text).key),
        }
    }
}

/// The version in a text, as a layout compares it: Diesel's tables have no dashes where its folders have them.
pub fn version(layout: Layout, text: &str) -> Version {
    match layout {
        Layout::Dbmate => Version::textual(text),
        Layout::Diesel => Version { text: text.to_owned(), key: VersionKey::Text(text.replace('-', "")) },
        _ => Version::numeric(text),
    }
}

/// The text under which the ledger remembers a migration.
pub fn text(migration: &Migration) -> String {
    match migration.kind {
        MigrationKind::Baseline if !migration.version.text.starts_with('B') => format!("B{}", migration.version.text),
        _ => migration.version.text.clone(),
    }
}

/// A description as Flyway's table has it: spaces where the file has underscores.
pub fn words(name: &str) -> String {
    name.replace('_', " ").to_lowercase()
}
