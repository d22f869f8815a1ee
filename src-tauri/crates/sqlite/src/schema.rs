//! What a database declares, object by object, for comparing two of them.

use rusqlite::Connection;
use serde::Serialize;

/// Everything that a database declares, without SQLite's own objects (`sqlite_*`): by kind, then by name without regard to case.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Schema {
    /// Tables, indexes, views and triggers.
    pub objects: Vec<Object>,
}

/// One row of `sqlite_schema`, with what SQLite makes of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Object {
    /// `table`, `index`, `view` or `trigger`.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// The table that it belongs to; its own name for a table or a view.
    pub table: String,
    /// As it is declared; absent for the index of a constraint.
    pub sql: Option<String>,
    /// Columns of an ordinary table, hidden and generated ones included; empty for everything else.
    pub columns: Vec<Column>,
}

/// A column as `PRAGMA table_xinfo` tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its declared type.
    pub declared: String,
    /// True where it is NOT NULL.
    pub not_null: bool,
    /// Its default, as SQL.
    pub default: Option<String>,
    /// Its place in the primary key, from 1; 0 where it is none.
    pub primary_key: u32,
    /// 0 ordinary, 1 hidden, 2 virtual generated, 3 stored generated.
    pub hidden: u32,
}

/// Reads the schema of `main`. Views and virtual tables are not asked for their columns: that would need what they are made of.
pub fn read(connection: &Connection) -> rusqlite::Result<Schema> {
    let sql = "SELECT type, name, tbl_name, sql FROM sqlite_schema
               WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY type, lower(name)";
    let mut statement = connection.prepare(sql)?;
    let objects = statement.query_map([], |row| {
        Ok(Object { kind: row.get(0)?, name: row.get(1)?, table: row.get(2)?, sql: row.get(3)?, columns: Vec::new() })
    })?;
    let mut objects = objects.collect::<rusqlite::Result<Vec<Object>>>()?;
    for object in objects.iter_mut().filter(|object| object.is_plain_table()) {
        object.columns = columns(connection, &object.name)?;
    }
    Ok(Schema { objects })
}

impl Schema {
    /// The object of this kind and name, whose case does not count.
    pub fn get(&self, kind: &str, name: &str) -> Option<&Object> {
        self.objects.iter().find(|object| object.kind == kind && object.name.eq_ignore_ascii_case(name))
    }

    /// Names of the ordinary tables.
    pub fn tables(&self) -> impl Iterator<Item = &str> {
        self.objects.iter().filter(|object| object.is_plain_table()).map(|object| object.name.as_str())
    }
}

impl Object {
    /// True for a table that is no virtual one.
    pub fn is_plain_table(&self) -> bool {
        let is_virtual =
            || self.sql.as_deref().and_then(|sql| sql.get(..14)).is_some_and(|start| start.eq_ignore_ascii_case("CREATE VIRTUAL"));
        self.kind == "table" && !is_virtual()
    }
}

fn columns(connection: &Connection, table: &str) -> rusqlite::Result<Vec<Column>> {
    let mut statement = connection.prepare_cached("SELECT name, type, \"notnull\", dflt_value, pk, hidden FROM pragma_table_xinfo(?1)")?;
    let columns = statement.query_map([table], |row| {
        Ok(Column {
            name: row.get(0)?,
            declared: row.get(1)?,
            not_null: row.get(2)?,
            default: row.get(3)?,
            primary_key: row.get(4)?,
            hidden: row.get(5)?,
        })
    })?;
    columns.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_object_is_there_and_only_plain_tables_have_columns() {
        let connection = Connection::open_in_memory().unwrap();
        let sql = "CREATE TABLE b(x INTEGER PRIMARY KEY, y TEXT NOT NULL DEFAULT 'a', z AS (x + 1)); CREATE INDEX i ON b(y);
                   CREATE VIEW v AS SELECT * FROM gone; CREATE TABLE A(k UNIQUE); CREATE VIRTUAL TABLE f USING fts5(t);";
        connection.execute_batch(sql).unwrap();
        let schema = read(&connection).unwrap();
        let plain: Vec<&str> = schema.tables().filter(|name| !name.starts_with("f_")).collect();
        assert_eq!(plain, ["A", "b"]);
        let b = schema.get("table", "B").unwrap();
        assert_eq!(
            b.columns.iter().map(|column| (column.name.as_str(), column.hidden)).collect::<Vec<_>>(),
            [("x", 0), ("y", 0), ("z", 2)]
        );
        assert!(schema.get("view", "v").unwrap().columns.is_empty() && schema.get("table", "f").unwrap().columns.is_empty());
        assert!(schema.get("index", "i").is_some() && schema.objects.iter().all(|object| !object.name.starts_with("sqlite_")));
    }
}
