//! What the name of a file says in each layout.

use quarterdeck_model::migration::{Layout, UnusedFile};

use super::detect;
use crate::collection::{Version, VersionKey};

/// A name that a layout knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) version: Version,
    /// Without version and endings.
    pub(super) name: String,
    pub(super) role: Role,
}

/// What a file is to its migration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// The way up; in layouts of one file, perhaps both ways.
    Up,
    /// The way down.
    Down,
    /// Runs whenever it changes.
    Repeatable,
    /// Stands for everything before it.
    Baseline,
}

/// Version, name and role, where this is the name of a migration in that layout.
pub(super) fn named(layout: Layout, path: &str) -> Option<Named> {
    match layout {
        Layout::Diesel => diesel(path),
        Layout::Flyway | Layout::Refinery => flyway(layout, path.rsplit('/').next()?),
        _ if path.contains('/') || path.ends_with(".conf") => None,
        Layout::GolangMigrate => paired(path),
        Layout::Sqlx => paired(path).or_else(|| one_way(path)),
        Layout::Plain if paired(path).is_some() => None,
        Layout::Plain => {
            let stem = stem(path)?;
            let (version, name) = leading(stem, true)?;
            let key = Version::numeric(&version.replace('-', ".")).key;
            // `0001.name.rollback.sql`, as yoyo has it.
            let role = if name.rsplit_once('.').is_some_and(|(_, last)| WAYS_BACK.contains(&last)) { Role::Down } else { Role::Up };
            Some(Named { version: Version { text: version.to_owned(), key }, name: name.to_owned(), role })
        }
        Layout::Goose => one_way(path),
        Layout::Dbmate => {
            let stem = stem(path)?;
            let (version, name) = stem.split_at(figures(stem)?);
            Some(Named { version: Version::textual(version), name: trimmed(name), role: Role::Up })
        }
    }
}

/// Words at the end of a name that say it is a way down.
const WAYS_BACK: &[&str] = &["down", "rollback", "undo", "revert"];

/// True where `name` is `other` with a word behind it that says it leads back: `priority_rollback` beside `priority`.
pub(super) fn leads_back(name: &str, other: &str) -> bool {
    let word = name.strip_prefix(other).and_then(|rest| rest.strip_prefix(SEPARATORS));
    word.is_some_and(|word| WAYS_BACK.contains(&word.to_ascii_lowercase().as_str()))
}

/// Why a file is not used, for one that the layout has no role for.
pub(super) fn unused(layout: Layout, path: &str) -> UnusedFile {
    let base = path.rsplit('/').next().unwrap_or_default();
    let ending = base.rsplit_once('.').map_or("", |(_, ending)| ending);
    let other = detect::looks_like(path, "").filter(|other| *other != layout);
    let reason = match (base, ending) {
        ("atlas.sum", _) => "is Atlas's list of checksums".to_owned(),
        (_, "py" | "rb" | "go" | "js" | "ts" | "mjs" | "cjs" | "rs" | "java" | "kt" | "php") => "is a program; only SQL is run".to_owned(),
        (_, ending) if !ending.eq_ignore_ascii_case("sql") => "is not a .sql file".to_owned(),
        ("schema.sql" | "structure.sql", _) => "is a whole schema, not a migration".to_owned(),
        _ if other.is_some() => {
            let other = other.map_or("", detect::tool);
            format!("is named as {other} would have it; this folder is read as {}", detect::tool(layout))
        }
        _ if path.contains('/') && !matches!(layout, Layout::Flyway | Layout::Refinery) => {
            "is in a subfolder; this layout reads one level".to_owned()
        }
        _ => "has no version in its name".to_owned(),
    };
    UnusedFile { file: path.to_owned(), reason }
}

/// `000001_name.up.sql`, and `1_name_up.sql` and `V0001.name.up.sql` as they occur in the wild; golang-migrate takes whatever follows `.up.`.
fn paired(path: &str) -> Option<Named> {
    let lower = path.to_ascii_lowercase();
    let cut = |marks: &[&str]| marks.iter().filter_map(|mark| lower.rfind(mark)).max();
    let (up, down) = (cut(&[".up.", "_up."]), cut(&[".down.", "_down."]));
    let end = up.max(down).filter(|_| lower.ends_with(".sql"))?;
    if path.get(end..)?.trim_matches('.').split('.').filter(|part| !part.is_empty()).count() > 2 {
        return None;
    }
    let stem = path.get(..end)?;
    let (version, name) = leading(stem.strip_prefix('V').unwrap_or(stem), false)?;
    let role = if up > down { Role::Up } else { Role::Down };
    Some(Named { version: Version::numeric(version), name: name.trim_end_matches('.').to_owned(), role })
}

/// `00001_name.sql`.
fn one_way(path: &str) -> Option<Named> {
    let (version, name) = leading(stem(path)?, false)?;
    Some(Named { version: Version::numeric(version), name: name.to_owned(), role: Role::Up })
}

/// `2018-01-14-171611_name/up.sql`, and `20180114171611_name/migration.sql`. Diesel leaves the dashes out of the version it keeps.
fn diesel(path: &str) -> Option<Named> {
    let (folder, file) = path.split_once('/')?;
    let role = match file {
        "up.sql" | "migration.sql" => Role::Up,
        "down.sql" => Role::Down,
        _ => return None,
    };
    let (version, name) = folder.split_once('_').unwrap_or((folder, ""));
    let key = version.replace('-', "");
    let is_version = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_digit());
    is_version.then(|| Named { version: Version { text: version.to_owned(), key: VersionKey::Text(key) }, name: name.to_owned(), role })
}

/// `V1__name.sql`, `V1.1__name.sql`, `V1_1__name.sql`, `U1__name.sql`, `R__name.sql`, `B1__name.sql`.
fn flyway(layout: Layout, base: &str) -> Option<Named> {
    let (version, name) = stem(base)?.split_once("__")?;
    let mut letters = version.chars();
    let role = match (letters.next()?, layout) {
        ('V', _) | ('U', Layout::Refinery) => Role::Up,
        ('U', _) => Role::Down,
        ('B', Layout::Flyway) => Role::Baseline,
        ('R', Layout::Flyway) => Role::Repeatable,
        _ => return None,
    };
    let version = letters.as_str();
    if role == Role::Repeatable {
        return version.is_empty().then(|| Named { version: Version::textual(name), name: name.to_owned(), role });
    }
    let parsed = Version::numeric(version);
    matches!(parsed.key, VersionKey::Numbers(_)).then(|| Named { version: parsed, name: name.to_owned(), role })
}

/// Without `.sql`.
fn stem(base: &str) -> Option<&str> {
    let cut = base.len().checked_sub(4)?;
    base.get(cut..)?.eq_ignore_ascii_case(".sql").then(|| base.get(..cut))?
}

/// The number at the start of a name and what follows it; with `parts`, the number may go on: `1.2`, `20240101_1`.
fn leading(stem: &str, parts: bool) -> Option<(&str, &str)> {
    let mut end = figures(stem)?;
    while let Some(more) = stem.get(end..).and_then(next_part).filter(|_| parts) {
        end += more;
    }
    let (version, rest) = stem.split_at(end);
    (rest.is_empty() || rest.starts_with(SEPARATORS)).then(|| (version, rest.trim_start_matches(SEPARATORS)))
}

/// How long `.2` is at the start of a text, where a name or nothing follows it. `_2fa` is no part of a number.
fn next_part(rest: &str) -> Option<usize> {
    let length = 1 + figures(rest.strip_prefix(SEPARATORS)?)?;
    let after = rest.get(length..)?;
    (after.is_empty() || after.starts_with(SEPARATORS)).then_some(length)
}

const SEPARATORS: [char; 3] = ['_', '-', '.'];

fn trimmed(name: &str) -> String {
    name.trim_start_matches(SEPARATORS).to_owned()
}

/// How many figures a text begins with, at least one.
fn figures(text: &str) -> Option<usize> {
    let count = text.bytes().take_while(u8::is_ascii_digit).count();
    (count > 0).then_some(count)
}
