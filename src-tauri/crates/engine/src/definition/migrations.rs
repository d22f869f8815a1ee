//! `migrations`: where they lie, of which database, and what a connection is set to for them.

use std::path::{Path, PathBuf};

use quarterdeck_model::{migration::Layout, system::Name};

use super::{
    component,
    fields::{Fields, nearest, text, truth},
    findings::Findings,
    paths,
    yaml::{Node, Value},
};

pub(super) const KEYS: [&str; 9] = [
    "dir",
    "component",
    "layout",
    "ledger",
    "foreign_keys",
    "recursive_triggers",
    "double_quoted_strings",
    "large_table",
    "sqlite_at_least",
];

/// How files can be named and parted, with the word for each.
const LAYOUTS: [(&str, Layout); 8] = [
    ("plain", Layout::Plain),
    ("goose", Layout::Goose),
    ("dbmate", Layout::Dbmate),
    ("golang-migrate", Layout::GolangMigrate),
    ("flyway", Layout::Flyway),
    ("refinery", Layout::Refinery),
    ("sqlx", Layout::Sqlx),
    ("diesel", Layout::Diesel),
];

/// The migrations of one database of a system. What is absent is detected, or as the tool would have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MigrationsDefinition {
    /// The folder, inside that of the definition: absolute, symbolic links resolved.
    pub folder: PathBuf,
    /// The database.
    pub component: Name,
    /// How the files are named and parted.
    pub layout: Option<Layout>,
    /// The name of the ledger in the database.
    pub ledger: Option<String>,
    /// `PRAGMA foreign_keys` while migrations run.
    pub foreign_keys: Option<bool>,
    /// `PRAGMA recursive_triggers` while migrations run.
    pub recursive_triggers: Option<bool>,
    /// Whether `"text"` may stand for a string.
    pub double_quoted_strings: Option<bool>,
    /// Tables with so many rows are large.
    pub large_table: Option<u64>,
    /// The oldest SQLite that the application meets, as `3.35` or `3.35.5`.
    pub sqlite_at_least: Option<String>,
}

/// Reads a folder, or a mapping. `None` after a finding. `components` is the part of the file with that name.
pub(super) fn read(folder: &Path, node: &Node, components: Option<&Node>, findings: &mut Findings) -> Option<MigrationsDefinition> {
    let databases = component::databases(components);
    if !matches!(node.value, Value::Mapping(_)) {
        let folder = inner_folder(folder, node, "migrations", findings);
        return Some(MigrationsDefinition::of(folder?, only(node, &databases, findings)?));
    }
    let fields = Fields::read(node, "migrations", &KEYS, findings)?;
    let path = fields.path_of("dir");
    let dir = fields.required("dir", "dir: migrations", findings).and_then(|node| inner_folder(folder, node, &path, findings));
    let component = component::named(node, &fields, &databases, findings);
    let mut given = Given { fields: &fields, findings };
    let (layout, ledger) = (given.value("layout", layout), given.value("ledger", ledger));
    let (foreign_keys, recursive_triggers) = (given.value("foreign_keys", truth), given.value("recursive_triggers", truth));
    let double_quoted_strings = given.value("double_quoted_strings", truth);
    let (large_table, sqlite_at_least) = (given.value("large_table", large), given.value("sqlite_at_least", release));
    Some(MigrationsDefinition {
        layout,
        ledger,
        foreign_keys,
        recursive_triggers,
        double_quoted_strings,
        large_table,
        sqlite_at_least,
        ..MigrationsDefinition::of(dir?, component?)
    })
}

impl MigrationsDefinition {
    /// A folder of which nothing else is said.
    pub fn of(folder: PathBuf, component: Name) -> Self {
        Self {
            folder,
            component,
            layout: None,
            ledger: None,
            foreign_keys: None,
            recursive_triggers: None,
            double_quoted_strings: None,
            large_table: None,
            sqlite_at_least: None,
        }
    }
}

/// Keys that may be left out, each read in its own way.
struct Given<'a, 'n> {
    fields: &'a Fields<'n>,
    findings: &'a mut Findings,
}

impl Given<'_, '_> {
    fn value<T>(&mut self, key: &str, read: fn(&Node, &str, &mut Findings) -> Option<T>) -> Option<T> {
        self.fields.optional(key).and_then(|node| read(node, &self.fields.path_of(key), self.findings))
    }
}

fn inner_folder(folder: &Path, node: &Node, path: &str, findings: &mut Findings) -> Option<PathBuf> {
    let inner = paths::inner_folder(folder, text(node, path, findings)?, path);
    findings.take(node.at, inner)
}

/// The database of a folder that stands alone.
fn only(node: &Node, databases: &[Name], findings: &mut Findings) -> Option<Name> {
    match databases {
        [only] => Some(only.clone()),
        // Why there is none is a finding already.
        [] => None,
        several => {
            let names: Vec<&str> = several.iter().map(Name::as_str).collect();
            let message = "migrations does not say of which database, and there are several.";
            findings.add(
                node.at,
                message,
                format!("Write it as {{dir: FOLDER, component: NAME}}, where NAME is one of: {}.", names.join(", ")),
            );
            None
        }
    }
}

fn layout(node: &Node, path: &str, findings: &mut Findings) -> Option<Layout> {
    let word = text(node, path, findings)?;
    let known = LAYOUTS.iter().find(|(name, _)| *name == word);
    if known.is_none() {
        let words = LAYOUTS.map(|(name, _)| name);
        let hint =
            nearest(word, &words).map_or_else(|| format!("Write one of: {}.", words.join(", ")), |near| format!("Write {near} instead."));
        findings.add(node.at, format!("{path} is no layout of migrations: {word:?}."), hint);
    }
    known.map(|(_, layout)| *layout)
}

fn ledger(node: &Node, path: &str, findings: &mut Findings) -> Option<String> {
    let name = text(node, path, findings)?;
    match quarterdeck_migrate::ledger::Ledger::new(name) {
        Ok(_) => Some(name.to_owned()),
        Err(fault) => {
            findings.add(node.at, format!("{path} is not a name for a ledger: {name:?}."), fault.hint);
            None
        }
    }
}

fn large(node: &Node, path: &str, findings: &mut Findings) -> Option<u64> {
    match &node.value {
        Value::Number(digits) if digits.parse::<u64>().is_ok_and(|rows| rows > 0) => digits.parse().ok(),
        value => {
            let message = format!("{path} must be a whole number of rows above 0, not {}.", value.kind());
            findings.add(node.at, message, "Write it in figures, such as: 100000");
            None
        }
    }
}

/// `3.35` is a number in YAML, `3.35.5` is text.
fn release(node: &Node, path: &str, findings: &mut Findings) -> Option<String> {
    let written = match &node.value {
        Value::Number(digits) => digits,
        _ => text(node, path, findings)?,
    };
    let parts: Vec<&str> = written.split('.').collect();
    if (2..=3).contains(&parts.len()) && parts[0] == "3" && parts.iter().all(|part| part.parse::<u16>().is_ok()) {
        return Some(written.to_owned());
    }
    findings.add(node.at, format!("{path} is no version of SQLite 3: {written:?}."), "Write it in quotes, such as: '3.35.5'");
    None
}
