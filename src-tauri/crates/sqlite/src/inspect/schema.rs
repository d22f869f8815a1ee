//! What a database declares, how many rows it holds, and which of them point nowhere.

use std::collections::BTreeMap;

use quarterdeck_model::{
    Count, JobCtx,
    inspection::{ForeignKeyViolation, TableFacts},
    job::Unit,
};
use rusqlite::Connection;

use super::trouble::Trouble;

/// One row of `sqlite_schema`.
#[derive(Debug)]
pub(crate) struct Object {
    /// `table`, `index`, `view`, `trigger`, or `virtual` for a table that a module provides.
    pub(crate) kind: String,
    pub(crate) name: String,
    /// The table that an index or trigger belongs to.
    pub(crate) table: String,
    /// Its first page; 0 where it has none.
    pub(crate) root: u32,
}

impl Object {
    /// True for what the application declared, as opposed to what SQLite keeps for itself.
    fn is_of_application(&self) -> bool {
        !self.name.starts_with("sqlite_")
    }
}

/// Everything that is declared.
pub(crate) fn objects(connection: &Connection) -> Result<Vec<Object>, Trouble> {
    let kind = "CASE WHEN sql LIKE 'create virtual table%' THEN 'virtual' ELSE type END";
    let mut statement =
        connection.prepare(&format!("SELECT {kind}, name, tbl_name, coalesce(rootpage, 0) FROM sqlite_schema ORDER BY name"))?;
    let objects =
        statement.query_map([], |row| Ok(Object { kind: row.get(0)?, name: row.get(1)?, table: row.get(2)?, root: row.get(3)? }))?;
    Ok(objects.collect::<Result<_, _>>()?)
}

/// Tables, views and virtual tables, not counted yet.
pub(crate) fn tables(objects: &[Object]) -> Vec<TableFacts> {
    let shown = |object: &&Object| matches!(object.kind.as_str(), "table" | "view" | "virtual") && object.is_of_application();
    objects.iter().filter(shown).map(|object| TableFacts { name: object.name.clone(), kind: object.kind.clone(), rows: None }).collect()
}

/// Settings that are stored in the file, and how many foreign keys are declared (whether they are enforced is up to each connection).
pub(crate) fn pragmas(connection: &Connection) -> Result<BTreeMap<String, String>, Trouble> {
    let mut pragmas = BTreeMap::new();
    for name in ["application_id", "user_version", "page_size", "encoding", "auto_vacuum"] {
        let value: rusqlite::types::Value = connection.pragma_query_value(None, name, |row| row.get(0))?;
        let value = match (name, value) {
            ("auto_vacuum", rusqlite::types::Value::Integer(mode)) => {
                ["none", "full", "incremental"].get(usize::try_from(mode).unwrap_or(0)).unwrap_or(&"none").to_string()
            }
            (_, rusqlite::types::Value::Integer(number)) => number.to_string(),
            (_, rusqlite::types::Value::Text(text)) => text.to_lowercase(),
            _ => continue,
        };
        pragmas.insert(name.to_owned(), value);
    }
    Ok(pragmas)
}

/// How many foreign keys are declared.
pub(crate) fn foreign_keys(connection: &Connection, objects: &[Object]) -> Result<u64, Trouble> {
    let mut declared = 0;
    for object in objects.iter().filter(|object| object.kind == "table") {
        let sql = "SELECT count(DISTINCT id) FROM pragma_foreign_key_list(?)";
        declared += connection.query_row(sql, [&object.name], |row| row.get::<_, u32>(0)).map(u64::from)?;
    }
    Ok(declared)
}

/// Counts the rows of each table. What cannot be counted stays absent; what needs the application goes to `unchecked`, and so does what a view needs.
pub(crate) fn count_rows(
    connection: &Connection,
    tables: &mut [TableFacts],
    damaged: bool,
    unchecked: &mut Vec<String>,
    ctx: &JobCtx,
) -> Result<Vec<String>, Trouble> {
    // An index would answer faster, but not if it is what is damaged.
    let without_index = if damaged { " NOT INDEXED" } else { "" };
    let (total, mut broken) = (tables.len() as u64, Vec::new());
    for (done, table) in tables.iter_mut().enumerate() {
        ctx.progress(done as u64, Some(total), Unit::Tables);
        let name = quoted(&table.name);
        let asked = match table.kind.as_str() {
            "view" => connection.prepare(&format!("SELECT * FROM {name}")).map(|_| None),
            "virtual" => connection.query_row(&format!("SELECT count(*) FROM {name}"), [], |row| row.get::<_, i64>(0)).map(Some),
            _ => connection.query_row(&format!("SELECT count(*) FROM {name}{without_index}"), [], |row| row.get::<_, i64>(0)).map(Some),
        };
        match asked.map_err(Trouble::from) {
            Ok(rows) => table.rows = rows.and_then(|rows| u64::try_from(rows).ok()).map(Count),
            Err(Trouble::BeyondUs(needed)) => {
                unchecked.push(format!("{} {} needs {needed}, which only its application has.", title(&table.kind), table.name))
            }
            Err(Trouble::Refused(words)) => broken.push(format!("{} {} cannot be read: {words}.", title(&table.kind), table.name)),
            // Already found by the integrity check.
            Err(Trouble::Damaged(_)) => {}
            Err(trouble) => return Err(trouble),
        }
    }
    Ok(broken)
}

/// Rows whose foreign keys point nowhere, by table and parent.
pub(crate) fn orphans(
    connection: &Connection,
    objects: &[Object],
    unchecked: &mut Vec<String>,
    ctx: &JobCtx,
) -> Result<Vec<ForeignKeyViolation>, Trouble> {
    let tables: Vec<&Object> = objects.iter().filter(|object| object.kind == "table").collect();
    let mut orphans = Vec::new();
    for (done, table) in tables.iter().enumerate() {
        ctx.progress(done as u64, Some(tables.len() as u64), Unit::Tables);
        match orphans_of(connection, &table.name) {
            Ok(found) => orphans.extend(found),
            Err(Trouble::Refused(words)) => unchecked.push(format!("Foreign keys of table {} cannot be checked: {words}.", table.name)),
            Err(Trouble::Damaged(_)) => {
                unchecked.push(format!("Foreign keys of table {} cannot be checked while it, or a parent of it, is damaged.", table.name));
            }
            Err(Trouble::BeyondUs(needed)) => {
                unchecked.push(format!("Foreign keys of table {} need {needed}, which only its application has.", table.name))
            }
            Err(trouble) => return Err(trouble),
        }
    }
    Ok(orphans)
}

fn orphans_of(connection: &Connection, table: &str) -> Result<Vec<ForeignKeyViolation>, Trouble> {
    let mut by_parent: BTreeMap<String, u64> = BTreeMap::new();
    let mut statement = connection.prepare(&format!("PRAGMA foreign_key_check({})", quoted(table)))?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        *by_parent.entry(row.get(2)?).or_default() += 1;
    }
    Ok(by_parent.into_iter().map(|(parent, rows)| ForeignKeyViolation { table: table.to_owned(), parent, rows: Count(rows) }).collect())
}

/// A name as SQL writes it.
pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn title(kind: &str) -> &str {
    match kind {
        "view" => "View",
        "virtual" => "Virtual table",
        _ => "Table",
    }
}
