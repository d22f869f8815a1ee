//! A new migration: the names its files get among the others, and what stands in them before anybody has written a statement.

use quarterdeck_model::{Fault, Instant, Outcome, migration::Layout};

use crate::collection::{Collection, Migration, MigrationKind, VersionKey};

/// A file to create.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFile {
    /// Its path from the folder of migrations, parted by `/`.
    pub name: String,
    /// What it begins with.
    pub text: String,
}

/// Versions of this many figures and more are moments.
const MOMENT_FIGURES: usize = 14;
const LONGEST_NAME: usize = 100;

/// The files of a new migration, in the style of those that are there: their numbers or moments, their width, one file or two.
///
/// Faults: `bad-migration-name` where nothing is left of the name once it may stand in a path.
pub fn files(collection: &Collection, name: &str, now: Instant) -> Outcome<Vec<NewFile>> {
    let name = file_name(name)?;
    let last = collection.migrations.iter().rev().find(|migration| migration.kind == MigrationKind::Versioned);
    let version = next_version(collection.layout, last, now);
    Ok(match collection.layout {
        Layout::Plain => vec![file(format!("{version}_{name}.sql"), format!("-- {name}\n\n"))],
        Layout::Goose => vec![file(format!("{version}_{name}.sql"), "-- +goose Up\n\n-- +goose Down\n".to_owned())],
        Layout::Dbmate => vec![file(format!("{version}_{name}.sql"), "-- migrate:up\n\n-- migrate:down\n".to_owned())],
        Layout::Flyway | Layout::Refinery => vec![file(format!("V{version}__{name}.sql"), format!("-- {name}\n\n"))],
        Layout::Sqlx if last.is_none_or(|last| last.down.is_empty()) => {
            vec![file(format!("{version}_{name}.sql"), format!("-- {name}\n\n"))]
        }
        Layout::GolangMigrate | Layout::Sqlx => {
            let dot = if first_file(last).contains("_up.") { '_' } else { '.' };
            both_ways(&format!("{version}_{name}{dot}"), &name)
        }
        Layout::Diesel if first_file(last).ends_with("/migration.sql") => {
            vec![file(format!("{version}_{name}/migration.sql"), format!("-- {name}\n\n"))]
        }
        Layout::Diesel => both_ways(&format!("{version}_{name}/"), &name),
    })
}

fn both_ways(stem: &str, name: &str) -> Vec<NewFile> {
    vec![file(format!("{stem}up.sql"), format!("-- {name}\n\n")), file(format!("{stem}down.sql"), format!("-- {name}, back\n\n"))]
}

fn file(name: String, text: String) -> NewFile {
    NewFile { name, text }
}

/// `Add an index, by name` → `add_an_index_by_name`.
fn file_name(name: &str) -> Outcome<String> {
    let plain: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { ' ' }).collect();
    let name = plain.split_whitespace().collect::<Vec<_>>().join("_");
    if name.is_empty() || name.len() > LONGEST_NAME {
        return Err(Fault::usage("bad-migration-name", format!("A migration is named with 1 to {LONGEST_NAME} letters and figures."))
            .hint("Say in a few words what it changes, for example `add appeal priority`."));
    }
    Ok(name)
}

/// The version after the last one, as wide as that; the moment where versions are moments, or where there is none yet and the tool takes moments.
fn next_version(layout: Layout, last: Option<&Migration>, now: Instant) -> String {
    let Some(last) = last else {
        return match layout {
            Layout::Plain => "001".to_owned(),
            Layout::GolangMigrate => "000001".to_owned(),
            Layout::Flyway | Layout::Refinery => "1".to_owned(),
            Layout::Goose | Layout::Dbmate | Layout::Sqlx => moment(now, ""),
            Layout::Diesel => dashed(now),
        };
    };
    let text = last.version.text.as_str();
    let figures = text.bytes().filter(u8::is_ascii_digit).count();
    let candidate = if text.contains('-') { dashed(now) + if figures > MOMENT_FIGURES { "-0000" } else { "" } } else { moment(now, text) };
    if figures >= MOMENT_FIGURES && key(&candidate) > key(text) { candidate } else { after(&last.version.key, text) }
}

/// The number after this one. Of a number in parts, the first one counts on.
fn after(key: &VersionKey, text: &str) -> String {
    let first = match key {
        VersionKey::Numbers(parts) => parts.first().copied().unwrap_or_default(),
        VersionKey::Text(text) => text.parse().unwrap_or_default(),
    };
    let width = text.bytes().take_while(u8::is_ascii_digit).count();
    format!("{:0width$}", first.saturating_add(1))
}

/// `20260102150405`, with zeros behind it where the others are longer than seconds.
fn moment(now: Instant, like: &str) -> String {
    let seconds = now.format("%Y%m%d%H%M%S").to_string();
    let missing = like.len().saturating_sub(seconds.len());
    seconds + &"0".repeat(missing)
}

fn dashed(now: Instant) -> String {
    now.format("%Y-%m-%d-%H%M%S").to_string()
}

fn key(version: &str) -> String {
    version.chars().filter(char::is_ascii_digit).collect()
}

fn first_file(migration: Option<&Migration>) -> &str {
    migration.and_then(|migration| migration.up.first()).map_or("", |script| script.file.name.as_str())
}
