//! What lint knows beside the files: the schema that a statement meets, rows, functions, settings.

use std::collections::{BTreeMap, BTreeSet};

use quarterdeck_model::{Count, migration::ConnectionSettings};

use super::{
    action::{Action, Object},
    table::Table,
};

/// Rows from which on a statement over a whole table holds its lock for long, unless said otherwise.
pub const LARGE: u64 = 100_000;

/// What is known of the database, and what is asked.
#[derive(Debug, Clone)]
pub struct Facts {
    /// The schema as it is before the first of `only`; absent where it is worked out from the files, from nothing.
    pub schema: Option<SchemaFacts>,
    /// Rows by table, in lower case; a table that is not in it has an unknown number.
    pub rows: BTreeMap<String, Count>,
    /// Rows from which on a table counts as large.
    pub large: u64,
    /// Functions that a session has, in lower case; absent where nobody asked SQLite.
    pub functions: Option<BTreeSet<String>>,
    /// The versions that are looked at, as the files write them; absent for all.
    pub only: Option<BTreeSet<String>>,
    /// What a connection is set to.
    pub settings: ConnectionSettings,
    /// The oldest SQLite that has to read the schema, as `[3, 40, 1]`; absent where nobody said.
    pub sqlite_at_least: Option<[u32; 3]>,
}

impl Facts {
    /// The files alone, with a connection set like this.
    pub fn of_files(settings: ConnectionSettings) -> Self {
        Self { schema: None, rows: BTreeMap::new(), large: LARGE, functions: None, only: None, settings, sqlite_at_least: None }
    }

    pub(super) fn rows(&self, table: &str) -> Option<Count> {
        self.rows.get(&table.to_ascii_lowercase()).copied()
    }

    pub(super) fn is_large(&self, table: &str) -> Option<Count> {
        self.rows(table).filter(|rows| rows.0 >= self.large)
    }
}

/// A schema, by names in lower case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SchemaFacts {
    /// Tables.
    pub tables: BTreeMap<String, Table>,
    /// Indexes, with the table of each and its words, in lower case.
    pub indexes: BTreeMap<String, (String, BTreeSet<String>)>,
    /// Views, with the words of each in lower case.
    pub views: BTreeMap<String, BTreeSet<String>>,
    /// Triggers, with the table of each and its words, in lower case.
    pub triggers: BTreeMap<String, (String, BTreeSet<String>)>,
}

impl SchemaFacts {
    /// The schema that these statements make, as they stand in `sqlite_schema`.
    pub fn of<'a>(statements: impl IntoIterator<Item = &'a str>) -> Self {
        let mut schema = Self::default();
        for sql in statements {
            schema.advance(&Action::of(sql, 0..sql.len()));
        }
        schema
    }

    /// Tables that refer to this one, itself left out.
    pub fn referred_to_by(&self, table: &str) -> Vec<&str> {
        let wanted = table.to_ascii_lowercase();
        let tables = self.tables.iter().filter(|(name, other)| **name != wanted && other.references.contains(&wanted));
        tables.map(|(_, other)| other.name.as_str()).collect()
    }

    /// True where there is an object of this kind and name, in lower case.
    pub(super) fn has(&self, object: Object, key: &str) -> bool {
        match object {
            Object::Table => self.tables.contains_key(key),
            Object::Index => self.indexes.contains_key(key),
            Object::View => self.views.contains_key(key),
            Object::Trigger => self.triggers.contains_key(key),
        }
    }

    pub(super) fn table(&self, name: &str) -> Option<&Table> {
        self.tables.get(&name.to_ascii_lowercase())
    }

    /// Indexes and triggers that go when this table goes, each with its words.
    pub(super) fn belongings(&self, table: &str) -> impl Iterator<Item = (Object, &str, &BTreeSet<String>)> {
        let wanted = table.to_ascii_lowercase();
        let triggers = self.triggers.iter().map(|entry| (Object::Trigger, entry));
        let all = self.indexes.iter().map(|entry| (Object::Index, entry)).chain(triggers);
        all.filter(move |(_, (_, (table, _)))| *table == wanted).map(|(object, (name, (_, words)))| (object, name.as_str(), words))
    }

    /// What a statement leaves behind.
    pub(super) fn advance(&mut self, action: &Action) {
        let key = |name: &str| name.to_ascii_lowercase();
        match action {
            Action::CreateTable { table, unless_exists, .. } => {
                if !(*unless_exists && self.tables.contains_key(&key(&table.name))) {
                    self.tables.insert(key(&table.name), table.clone());
                }
            }
            Action::CreateIndex { name, table, words, .. } => drop(self.indexes.insert(key(name), (key(table), words.clone()))),
            Action::CreateView { name, words, .. } => drop(self.views.insert(key(name), words.clone())),
            Action::CreateTrigger { name, table, words, .. } => drop(self.triggers.insert(key(name), (key(table), words.clone()))),
            Action::Drop { object, name, .. } => self.remove(*object, &key(name)),
            Action::RenameTable { from, to } => self.rename_table(&key(from), to),
            Action::RenameColumn { table, from, to } => self.change_table(table, |columns| {
                columns.iter_mut().filter(|column| column.name.eq_ignore_ascii_case(from)).for_each(|column| column.name.clone_from(to));
            }),
            Action::AddColumn { table, column } => {
                self.change_table(table, |columns| columns.push(column.clone()));
                if let Some(table) = self.tables.get_mut(&key(table)) {
                    table.references.extend(column.references.clone());
                    table.checks += column.checks;
                }
            }
            Action::DropColumn { table, column } => {
                self.change_table(table, |columns| columns.retain(|other| !other.name.eq_ignore_ascii_case(column)));
            }
            Action::Insert { .. } | Action::Update { .. } | Action::Delete { .. } | Action::Other => {}
        }
    }

    fn change_table(&mut self, table: &str, change: impl FnOnce(&mut Vec<super::table::Column>)) {
        if let Some(columns) = self.tables.get_mut(&table.to_ascii_lowercase()).and_then(|table| table.columns.as_mut()) {
            change(columns);
        }
    }

    fn remove(&mut self, object: Object, key: &str) {
        match object {
            Object::Table => {
                self.tables.remove(key);
                self.indexes.retain(|_, (table, _)| table != key);
                self.triggers.retain(|_, (table, _)| table != key);
            }
            Object::Index => drop(self.indexes.remove(key)),
            Object::View => drop(self.views.remove(key)),
            Object::Trigger => drop(self.triggers.remove(key)),
        }
    }

    /// References in other tables, indexes and triggers follow, as they do in SQLite.
    fn rename_table(&mut self, from: &str, to: &str) {
        let Some(mut table) = self.tables.remove(from) else { return };
        to.clone_into(&mut table.name);
        let key = to.to_ascii_lowercase();
        self.tables.insert(key.clone(), table);
        let references = self.tables.values_mut().flat_map(|table| &mut table.references);
        let on = self.indexes.values_mut().chain(self.triggers.values_mut()).map(|(table, _)| table);
        references.chain(on).filter(|name| *name == from).for_each(|name| name.clone_from(&key));
        let words = self.views.values_mut().chain(self.triggers.values_mut().map(|(_, words)| words));
        for words in words {
            if words.remove(from) {
                words.insert(key.clone());
            }
        }
    }
}
