//! Tables and columns as CREATE TABLE and ADD COLUMN write them.

use super::cursor::Cursor;

/// A table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// As written.
    pub name: String,
    /// In order; absent where the statement does not say them (`AS SELECT`, virtual tables).
    pub columns: Option<Vec<Column>>,
    /// How many CHECKs it has in all.
    pub checks: usize,
    /// How many UNIQUEs it has in all.
    pub uniques: usize,
    /// Tables that it refers to, in lower case.
    pub references: Vec<String>,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// As written.
    pub name: String,
    /// NOT NULL.
    pub not_null: bool,
    /// Its default.
    pub default: Preset,
    /// PRIMARY KEY of its own.
    pub primary_key: bool,
    /// UNIQUE of its own.
    pub unique: bool,
    /// `GENERATED ALWAYS AS … STORED`.
    pub stored: bool,
    /// `GENERATED ALWAYS AS …`, stored or not.
    pub generated: bool,
    /// The table that it refers to, in lower case.
    pub references: Option<String>,
    /// How many CHECKs it has.
    pub checks: usize,
}

/// The default of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Preset {
    /// None, or NULL.
    Null,
    /// A literal.
    Constant,
    /// An expression, or the time.
    Computed,
}

const TABLE_CONSTRAINTS: &[&str] = &["CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"];
const COLUMN_CONSTRAINTS: &[&str] =
    &["CONSTRAINT", "PRIMARY", "NOT", "NULL", "UNIQUE", "CHECK", "DEFAULT", "COLLATE", "REFERENCES", "GENERATED", "AS"];

impl Table {
    /// A table whose columns the statement does not say.
    pub(super) fn unknown(name: String) -> Self {
        Self { name, columns: None, checks: 0, uniques: 0, references: Vec::new() }
    }

    /// A table whose definition begins here, behind its name.
    pub(super) fn of(name: String, cursor: &mut Cursor<'_>) -> Self {
        let mut table = Self::unknown(name);
        let Some(group) = cursor.group() else { return table };
        let mut columns = Vec::new();
        for mut part in cursor.list(group) {
            table.checks += part.count("check");
            table.uniques += part.count("unique");
            if TABLE_CONSTRAINTS.iter().any(|word| part.slice(0).eq_ignore_ascii_case(word)) {
                table.references.extend(reference(&mut part));
            } else if let Some(column) = Column::of(&mut part) {
                table.references.extend(column.references.clone());
                columns.push(column);
            }
        }
        table.columns = Some(columns);
        table
    }

    /// A column by its name, whatever its case.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.as_ref()?.iter().find(|column| column.name.eq_ignore_ascii_case(name))
    }
}

impl Column {
    /// A column whose definition begins here.
    pub(super) fn of(cursor: &mut Cursor<'_>) -> Option<Self> {
        let name = cursor.name()?;
        let mut column = Self {
            name,
            not_null: false,
            default: Preset::Null,
            primary_key: false,
            unique: false,
            stored: false,
            generated: false,
            references: None,
            checks: cursor.count("check"),
        };
        while cursor.seek(COLUMN_CONSTRAINTS) {
            column.take(cursor);
        }
        Some(column)
    }

    fn take(&mut self, cursor: &mut Cursor<'_>) {
        if cursor.eat(&["NOT", "NULL"]) {
            self.not_null = true;
        } else if cursor.eat(&["PRIMARY", "KEY"]) {
            self.primary_key = true;
        } else if cursor.eat(&["UNIQUE"]) {
            self.unique = true;
        } else if cursor.eat(&["DEFAULT"]) {
            self.default = preset(cursor);
        } else if cursor.eat(&["AS"]) {
            self.generated = true;
            cursor.group();
            self.stored = cursor.eat(&["STORED"]);
        } else if cursor.slice(0).eq_ignore_ascii_case("REFERENCES") {
            self.references = reference(cursor);
        } else {
            cursor.skip();
        }
    }
}

fn preset(cursor: &mut Cursor<'_>) -> Preset {
    if cursor.group().is_some() {
        return Preset::Computed;
    }
    let word = cursor.slice(0).to_ascii_uppercase();
    cursor.skip();
    match word.as_str() {
        "NULL" => Preset::Null,
        "CURRENT_TIMESTAMP" | "CURRENT_DATE" | "CURRENT_TIME" => Preset::Computed,
        "+" | "-" => {
            cursor.skip();
            Preset::Constant
        }
        _ => Preset::Constant,
    }
}

/// The table behind the next REFERENCES, in lower case. What follows it, as in `ON DELETE SET DEFAULT`, is not taken for something else.
fn reference(cursor: &mut Cursor<'_>) -> Option<String> {
    cursor.seek(&["REFERENCES"]).then(|| cursor.skip())?;
    let table = cursor.name()?.to_ascii_lowercase();
    cursor.group();
    while cursor.eat(&["ON"]) {
        cursor.skip();
        if !cursor.eat(&["SET", "NULL"]) && !cursor.eat(&["SET", "DEFAULT"]) && !cursor.eat(&["NO", "ACTION"]) {
            cursor.skip();
        }
    }
    Some(table)
}
