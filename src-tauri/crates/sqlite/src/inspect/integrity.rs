//! `PRAGMA integrity_check`, in plain words. Its lines are those of `sqlite3BtreeIntegrityCheck` and `pragma.c` of the bundled SQLite;
//! a line of an unknown form is shown as it is.

use std::collections::{BTreeMap, BTreeSet};

use quarterdeck_model::{
    Count, JobCtx,
    inspection::{Finding, Tone},
    job::Unit,
};
use rusqlite::Connection;

use super::{
    schema::{Object, quoted},
    trouble::Trouble,
};

/// SQLite stops to list faults after so many.
const MOST: usize = 1000;

/// How many page numbers a sentence names.
const NAMED_PAGES: usize = 8;

/// Checks the whole database; table by table where something in it can only be checked by its application, and where damage stops SQLite.
pub(crate) fn check(
    connection: &Connection,
    objects: &[Object],
    unchecked: &mut Vec<String>,
    ctx: &JobCtx,
) -> Result<Vec<Finding>, Trouble> {
    let lines = match lines(connection, &format!("PRAGMA integrity_check({MOST})")) {
        Err(Trouble::BeyondUs(_)) => {
            let lines = by_table(connection, objects, unchecked, ctx)?;
            unchecked.push("Which pages are unused is not checked: SQLite does that only together with all tables.".to_owned());
            lines
        }
        Err(Trouble::Damaged(words)) => match by_table(connection, objects, unchecked, ctx)? {
            lines if lines.is_empty() => vec![words],
            lines => lines,
        },
        lines => lines?,
    };
    Ok(explain(&lines, objects))
}

fn by_table(connection: &Connection, objects: &[Object], unchecked: &mut Vec<String>, ctx: &JobCtx) -> Result<Vec<String>, Trouble> {
    let tables: Vec<&Object> = objects.iter().filter(|object| object.kind == "table").collect();
    let mut all = Vec::new();
    for (done, table) in tables.iter().enumerate() {
        ctx.progress(done as u64, Some(tables.len() as u64), Unit::Tables);
        match lines(connection, &format!("PRAGMA integrity_check({})", quoted(&table.name))) {
            Ok(lines) => all.extend(lines),
            Err(Trouble::BeyondUs(needed)) => {
                unchecked.push(format!("Table {} and its indexes need {needed}, which only its application has.", table.name));
            }
            Err(Trouble::Damaged(words)) => all.push(format!("Table {}: {words}", table.name)),
            Err(trouble) => return Err(trouble),
        }
    }
    Ok(all)
}

/// The lines of an answer other than `ok`. Damage may stop SQLite in the middle: then what it said before counts.
fn lines(connection: &Connection, sql: &str) -> Result<Vec<String>, Trouble> {
    let mut statement = connection.prepare(sql)?;
    let mut answers = statement.query([])?;
    let mut lines = Vec::new();
    loop {
        match answers.next().map_err(Trouble::from) {
            Ok(None) => return Ok(lines),
            Ok(Some(row)) => {
                let answer: String = row.get(0)?;
                let told = |line: &&str| *line != "ok" && !line.starts_with("***") && !line.is_empty();
                lines.extend(answer.lines().filter(told).map(str::to_owned));
            }
            Err(Trouble::Damaged(_)) if !lines.is_empty() => return Ok(lines),
            Err(trouble) => return Err(trouble),
        }
    }
}

/// What a fault concerns, worst first.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Table(String),
    Other(String),
    Rows { table: String },
    Index { name: String, table: String },
    FreeList,
    Space,
}

/// The faults of one part.
#[derive(Default)]
struct Faults {
    count: u64,
    pages: BTreeSet<u32>,
    first: String,
}

fn explain(lines: &[String], objects: &[Object]) -> Vec<Finding> {
    let mut parts: BTreeMap<Part, Faults> = BTreeMap::new();
    for line in lines {
        let (part, page, words) = read(line, objects);
        let faults = parts.entry(part).or_default();
        faults.count += 1;
        faults.pages.extend(page);
        if faults.first.is_empty() {
            words.clone_into(&mut faults.first);
        }
    }
    let only_indexes = parts.keys().all(|part| matches!(part, Part::Index { .. }));
    let mut findings: Vec<Finding> = parts.iter().map(|(part, faults)| finding(part, faults, only_indexes)).collect();
    if lines.len() >= MOST {
        let what = format!("SQLite stopped counting after {} faults; there may be more.", Count(MOST as u64));
        findings.push(Finding { tone: Tone::Critical, what, next: "Restore the newest snapshot.".to_owned() });
    }
    findings
}

fn finding(part: &Part, faults: &Faults, only_indexes: bool) -> Finding {
    let (first, pages, restore) = (&faults.first, pages(&faults.pages), "Restore the newest snapshot.");
    let (what, next) = match part {
        Part::Table(name) => (
            format!("Table {name} is damaged{pages}: {first}."),
            "Restore the newest snapshot; rows on other pages may still be readable.".to_owned(),
        ),
        Part::Index { name, table } if only_indexes => {
            let target = if name.starts_with("sqlite_") { table } else { name };
            let next = format!("Run REINDEX {}; the rows of {table} themselves are whole.", quoted(target));
            (format!("Index {name} does not match the rows of table {table}{pages}: {first}{}.", more(faults.count)), next)
        }
        Part::Index { name, table } => {
            (format!("Index {name} of table {table} is damaged{pages}: {first}{}.", more(faults.count)), restore.to_owned())
        }
        Part::Rows { table } => (
            format!("Rows of table {table} are not as it declares them: {first}{}.", more(faults.count)),
            "Correct these rows with the application, or restore a snapshot from before.".to_owned(),
        ),
        Part::FreeList => (format!("The list of unused pages is damaged: {first}."), restore.to_owned()),
        Part::Space => (
            format!("Space{pages} belongs to no table and no index."),
            "Restore the newest snapshot, or run VACUUM if nothing else is found.".to_owned(),
        ),
        Part::Other(line) => (format!("SQLite reports: {line}."), restore.to_owned()),
    };
    Finding { tone: Tone::Critical, what, next }
}

/// What a line concerns, on which page, in which words.
fn read<'a>(line: &'a str, objects: &[Object]) -> (Part, Option<u32>, &'a str) {
    if let Some((root, page, words)) = tree(line) {
        let part = objects.iter().find(|object| object.root == root).map_or_else(|| Part::Other(line.to_owned()), of);
        let part = if root == 1 { Part::Table("sqlite_schema".to_owned()) } else { part };
        return (part, Some(page), words);
    }
    let index = |name: &str| {
        let table = objects.iter().find(|object| object.kind == "index" && object.name == name).map(|object| object.table.clone());
        table.map(|table| Part::Index { name: name.to_owned(), table })
    };
    let rows = |place: &str| {
        let named = |object: &&Object| {
            object.kind == "table"
                && (place == object.name || place.strip_prefix(object.name.as_str()).is_some_and(|rest| rest.starts_with('.')))
        };
        objects.iter().find(named).map(|object| Part::Rows { table: object.name.clone() })
    };
    let after = |mark: &str| line.split_once(mark).map(|(_, rest)| rest);
    let indexed =
        [" missing from index ", " of index ", " values differ from index ", "wrong # of entries in index ", "non-unique entry in index "];
    let found = None
        .or_else(|| line.strip_prefix("index ").and_then(|rest| index(rest.split_once(" stores an imprecise ")?.0)))
        .or_else(|| indexed.iter().find_map(|mark| index(after(mark)?)))
        .or_else(|| ["CHECK constraint failed in ", " value in "].iter().find_map(|mark| rows(after(mark)?)))
        .or_else(|| after("row not in PRIMARY KEY order for ").map(|table| Part::Table(table.to_owned())))
        .or_else(|| line.strip_prefix("Table ").and_then(|rest| Some(Part::Table(rest.split_once(": ")?.0.to_owned()))));
    if let Some(part) = found {
        return (part, None, line);
    }
    match line.strip_prefix("Page ").and_then(|rest| rest.split_once(": ")) {
        Some((page, words)) => (Part::Space, page.parse().ok(), words),
        None => match line.strip_prefix("Freelist: ") {
            Some(words) => (Part::FreeList, None, words),
            None => (Part::Other(line.to_owned()), None, line),
        },
    }
}

fn of(object: &Object) -> Part {
    match object.kind.as_str() {
        "index" => Part::Index { name: object.name.clone(), table: object.table.clone() },
        _ => Part::Table(object.name.clone()),
    }
}

/// `Tree 4 page 12 cell 3: words`, `Tree 4 page 12 right child: words`, `Tree 4 page 12: words`.
fn tree(line: &str) -> Option<(u32, u32, &str)> {
    let (place, words) = line.strip_prefix("Tree ")?.split_once(": ")?;
    let mut place = place.split(' ');
    let root = place.next()?.parse().ok()?;
    let page = place.nth(1)?.parse().ok()?;
    Some((root, page, words))
}

fn pages(pages: &BTreeSet<u32>) -> String {
    let named: Vec<String> = pages.iter().take(NAMED_PAGES).map(|&page| Count(u64::from(page)).to_string()).collect();
    match (pages.len(), named.split_last()) {
        (_, None) => String::new(),
        (1, Some((only, _))) => format!(" on page {only}"),
        (all, Some(_)) if all > NAMED_PAGES => format!(" on {} pages, the first of them {}", Count(all as u64), named.join(", ")),
        (_, Some((last, others))) => format!(" on pages {} and {last}", others.join(", ")),
    }
}

fn more(count: u64) -> String {
    match count {
        0 | 1 => String::new(),
        many => format!(" (and {} more)", Count(many - 1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(kind: &str, name: &str, table: &str, root: u32) -> Object {
        Object { kind: kind.to_owned(), name: name.to_owned(), table: table.to_owned(), root }
    }

    fn explained(lines: &[&str]) -> Vec<(String, String)> {
        let objects = [
            object("table", "orders", "orders", 4),
            object("index", "by_day", "orders", 7),
            object("index", "sqlite_autoindex_orders_1", "orders", 9),
        ];
        let lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        explain(&lines, &objects).into_iter().map(|finding| (finding.what, finding.next)).collect()
    }

    #[test]
    fn trees_are_named_with_their_pages() {
        let found = explained(&[
            "Tree 4 page 12 cell 3: Rowid 7 out of order",
            "Tree 4 page 9 right child: invalid page number 99",
            "Tree 7 page 8: btreeInitPage() returns error code 11",
        ]);
        assert_eq!(found[0].0, "Table orders is damaged on pages 9 and 12: Rowid 7 out of order.");
        assert_eq!(found[1].0, "Index by_day of table orders is damaged on page 8: btreeInitPage() returns error code 11.");
        assert!(found[1].1.starts_with("Restore"), "an index is no cure while its table is damaged");
    }

    #[test]
    fn indexes_alone_are_cured_without_a_restore() {
        let found = explained(&[
            "row 3 missing from index by_day",
            "wrong # of entries in index by_day",
            "non-unique entry in index sqlite_autoindex_orders_1",
        ]);
        assert_eq!(found[0].0, "Index by_day does not match the rows of table orders: row 3 missing from index by_day (and 1 more).");
        assert_eq!(found[0].1, "Run REINDEX \"by_day\"; the rows of orders themselves are whole.");
        assert_eq!(found[1].1, "Run REINDEX \"orders\"; the rows of orders themselves are whole.");
    }

    #[test]
    fn other_lines_keep_their_meaning() {
        let found =
            explained(&["NULL value in orders.cents", "Freelist: size is 3 but should be 4", "Page 17: never used", "something new"]);
        let what: Vec<&str> = found.iter().map(|(what, _)| what.as_str()).collect();
        assert_eq!(
            what,
            [
                "SQLite reports: something new.",
                "Rows of table orders are not as it declares them: NULL value in orders.cents.",
                "The list of unused pages is damaged: size is 3 but should be 4.",
                "Space on page 17 belongs to no table and no index.",
            ]
        );
    }
}
