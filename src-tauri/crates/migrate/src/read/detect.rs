//! Which tool's layout a folder has, by the names of its files and the markers in them.

use quarterdeck_model::migration::Layout;

use super::{decode::Text, names, sections};

/// The layout that most files have, and why in words. Of two that are equally frequent, the one whose files say more about themselves.
pub(super) fn detect(texts: &[Text]) -> (Layout, String) {
    let looks: Vec<Layout> = texts.iter().filter_map(|text| looks_like(&text.file.name, &text.file.text)).collect();
    let count = |layout| looks.iter().filter(|look| **look == layout).count();
    let (pairs, plain) = (count(Layout::GolangMigrate), count(Layout::Plain));
    let of = texts.iter().filter(|text| text.file.name.ends_with(".sql")).count();
    let best = BY_EVIDENCE.iter().rev().copied().max_by_key(|layout| count(*layout)).filter(|layout| count(*layout) > 0);
    match best {
        None => (Layout::Plain, "no file has the name of a migration".to_owned()),
        Some(Layout::GolangMigrate | Layout::Plain) if pairs > 0 && plain > 0 => {
            (Layout::Sqlx, format!("{pairs} of {of} files are named .up.sql or .down.sql and {plain} are not, which sqlx allows"))
        }
        Some(Layout::Flyway) if undoes_nothing(texts).is_some() => {
            let name = undoes_nothing(texts).unwrap_or_default();
            (Layout::Refinery, format!("{name} has no V of its version, so it is no undo of Flyway's"))
        }
        Some(best) => (best, format!("{} of {of} files {}", count(best), evidence(best, texts))),
    }
}

/// What the name of a layout is in sentences.
pub(super) fn tool(layout: Layout) -> &'static str {
    match layout {
        Layout::Plain => "plain numbers",
        Layout::Goose => "goose",
        Layout::Dbmate => "dbmate",
        Layout::GolangMigrate => "golang-migrate",
        Layout::Flyway => "Flyway",
        Layout::Refinery => "refinery",
        Layout::Sqlx => "sqlx",
        Layout::Diesel => "Diesel",
    }
}

/// Layouts that can be told apart by files alone. Refinery names its files as Flyway does, and sqlx as golang-migrate or plainly.
const BY_EVIDENCE: &[Layout] = &[Layout::Diesel, Layout::Goose, Layout::Dbmate, Layout::Flyway, Layout::GolangMigrate, Layout::Plain];

/// The layout that one file speaks for; none where its name says nothing.
pub(super) fn looks_like(name: &str, text: &str) -> Option<Layout> {
    let named = |layout| names::named(layout, name).is_some();
    BY_EVIDENCE.iter().copied().find(|layout| match layout {
        Layout::Goose => named(Layout::Goose) && sections::GOOSE.has_up(text),
        Layout::Dbmate => named(Layout::Dbmate) && sections::DBMATE.has_up(text),
        layout => named(*layout),
    })
}

/// A `U` file without its `V`: Flyway would have nothing to undo, and for refinery both letters go up.
fn undoes_nothing(texts: &[Text]) -> Option<&str> {
    let named = |text: &Text| names::named(Layout::Flyway, &text.file.name);
    let ups: Vec<_> = texts.iter().filter_map(named).filter(|named| named.role != names::Role::Down).collect();
    if ups.iter().any(|named| named.role != names::Role::Up) {
        return None;
    }
    let alone = |down: names::Named| ups.iter().all(|up| up.version != down.version);
    let undo = |text: &&Text| named(text).filter(|named| named.role == names::Role::Down).is_some_and(alone);
    texts.iter().find(undo).map(|text| text.file.name.as_str())
}

fn evidence(layout: Layout, texts: &[Text]) -> &'static str {
    match layout {
        Layout::Diesel if texts.iter().any(|text| text.file.name.ends_with("/migration.sql")) => {
            "are migration.sql in a folder of their own, as Prisma has them"
        }
        Layout::Diesel => "are up.sql or down.sql in a folder of their own",
        Layout::Goose => "have -- +goose Up",
        Layout::Dbmate => "have -- migrate:up",
        Layout::Flyway | Layout::Refinery => "are named V1__name.sql, as Flyway and refinery name them",
        Layout::GolangMigrate => "are named .up.sql or .down.sql",
        Layout::Plain | Layout::Sqlx => "begin with a number, and have no markers",
    }
}
