//! What one statement does to the schema and to rows, as far as lint asks.

use std::collections::BTreeSet;
use std::ops::Range;

use super::{
    cursor::Cursor,
    table::{Column, Table},
};

/// Kinds of objects that can be dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Object {
    Table,
    Index,
    View,
    Trigger,
}

/// What a statement does. Names are as written, without quotes and schemas.
#[derive(Debug, Clone)]
pub(super) enum Action {
    CreateTable {
        table: Table,
        unless_exists: bool,
        from: BTreeSet<String>,
    },
    CreateIndex {
        name: String,
        table: String,
        words: BTreeSet<String>,
        unless_exists: bool,
    },
    CreateView {
        name: String,
        words: BTreeSet<String>,
        unless_exists: bool,
    },
    CreateTrigger {
        name: String,
        table: String,
        words: BTreeSet<String>,
        unless_exists: bool,
    },
    Drop {
        object: Object,
        name: String,
        if_exists: bool,
    },
    RenameTable {
        from: String,
        to: String,
    },
    RenameColumn {
        table: String,
        from: String,
        to: String,
    },
    AddColumn {
        table: String,
        column: Column,
    },
    DropColumn {
        table: String,
        column: String,
    },
    /// INSERT or REPLACE; `words` are those of its SELECT, empty for VALUES.
    Insert {
        table: String,
        columns: Option<Vec<String>>,
        selects: bool,
        words: BTreeSet<String>,
    },
    Update {
        table: String,
        set: Vec<String>,
        filter: Option<BTreeSet<String>>,
    },
    Delete {
        table: String,
        filter: Option<BTreeSet<String>>,
    },
    Other,
}

impl Action {
    /// Reads a statement; what is not understood is [`Action::Other`], and SQLite will have its say about it.
    pub(super) fn of(text: &str, span: Range<usize>) -> Self {
        let mut cursor = Cursor::new(text, span);
        let verb = cursor.slice(0).to_ascii_uppercase();
        let read = match verb.as_str() {
            "CREATE" => create(&mut cursor),
            "DROP" => drop_object(&mut cursor),
            "ALTER" => alter(&mut cursor),
            "WITH" | "INSERT" | "REPLACE" | "UPDATE" | "DELETE" => change(&mut cursor),
            _ => None,
        };
        read.unwrap_or(Self::Other)
    }

    /// True for the statement that creates this object.
    pub(super) fn creates(&self, object: Object, wanted: &str) -> bool {
        let (made, name) = match self {
            Self::CreateTable { table, .. } => (Object::Table, &table.name),
            Self::CreateIndex { name, .. } => (Object::Index, name),
            Self::CreateView { name, .. } => (Object::View, name),
            Self::CreateTrigger { name, .. } => (Object::Trigger, name),
            _ => return false,
        };
        made == object && name.eq_ignore_ascii_case(wanted)
    }
}

fn create(cursor: &mut Cursor<'_>) -> Option<Action> {
    cursor.skip();
    if !cursor.eat(&["TEMP"]) {
        cursor.eat(&["TEMPORARY"]);
    }
    let object = cursor.slice(0).to_ascii_uppercase();
    cursor.skip();
    match object.as_str() {
        "TABLE" => {
            let (unless_exists, name) = (cursor.eat(&["IF", "NOT", "EXISTS"]), cursor.name()?);
            let table = Table::of(name, cursor);
            Some(Action::CreateTable { table, unless_exists, from: cursor.words_left().collect() })
        }
        "VIRTUAL" => {
            cursor.skip();
            let (unless_exists, name) = (cursor.eat(&["IF", "NOT", "EXISTS"]), cursor.name()?);
            Some(Action::CreateTable { table: Table::unknown(name), unless_exists, from: BTreeSet::new() })
        }
        "UNIQUE" | "INDEX" => {
            cursor.eat(&["INDEX"]);
            let (unless_exists, name) = (cursor.eat(&["IF", "NOT", "EXISTS"]), cursor.name()?);
            cursor.eat(&["ON"]).then_some(())?;
            Some(Action::CreateIndex { name, table: cursor.name()?, words: cursor.words_left().collect(), unless_exists })
        }
        "VIEW" => {
            let (unless_exists, name) = (cursor.eat(&["IF", "NOT", "EXISTS"]), cursor.name()?);
            Some(Action::CreateView { name, words: cursor.words_left().collect(), unless_exists })
        }
        "TRIGGER" => {
            let (unless_exists, name) = (cursor.eat(&["IF", "NOT", "EXISTS"]), cursor.name()?);
            cursor.seek(&["ON"]).then(|| cursor.skip())?;
            Some(Action::CreateTrigger { name, table: cursor.name()?, words: cursor.words_left().collect(), unless_exists })
        }
        _ => None,
    }
}

fn drop_object(cursor: &mut Cursor<'_>) -> Option<Action> {
    cursor.skip();
    let object = match cursor.slice(0).to_ascii_uppercase().as_str() {
        "TABLE" => Object::Table,
        "INDEX" => Object::Index,
        "VIEW" => Object::View,
        "TRIGGER" => Object::Trigger,
        _ => return None,
    };
    cursor.skip();
    let if_exists = cursor.eat(&["IF", "EXISTS"]);
    Some(Action::Drop { object, name: cursor.name()?, if_exists })
}

fn alter(cursor: &mut Cursor<'_>) -> Option<Action> {
    cursor.eat(&["ALTER", "TABLE"]).then_some(())?;
    let table = cursor.name()?;
    let verb = cursor.slice(0).to_ascii_uppercase();
    cursor.skip();
    if verb == "RENAME" && cursor.eat(&["TO"]) {
        return Some(Action::RenameTable { from: table, to: cursor.name()? });
    }
    cursor.eat(&["COLUMN"]);
    match verb.as_str() {
        "RENAME" => {
            let from = cursor.name()?;
            cursor.eat(&["TO"]).then_some(())?;
            Some(Action::RenameColumn { table, from, to: cursor.name()? })
        }
        "ADD" => Some(Action::AddColumn { table, column: Column::of(cursor)? }),
        "DROP" => Some(Action::DropColumn { table, column: cursor.name()? }),
        _ => None,
    }
}

/// INSERT, UPDATE and DELETE, with or without WITH before them.
fn change(cursor: &mut Cursor<'_>) -> Option<Action> {
    cursor.seek(&["INSERT", "REPLACE", "UPDATE", "DELETE", "SELECT", "VALUES"]).then_some(())?;
    let verb = cursor.slice(0).to_ascii_uppercase();
    cursor.skip();
    if cursor.eat(&["OR"]) {
        cursor.skip();
    }
    match verb.as_str() {
        "INSERT" | "REPLACE" => {
            cursor.eat(&["INTO"]).then_some(())?;
            let table = cursor.name()?;
            if cursor.eat(&["AS"]) {
                cursor.skip();
            }
            let columns = cursor.group().map(|group| cursor.list(group).into_iter().filter_map(|mut part| part.name()).collect());
            let selects = !cursor.slice(0).eq_ignore_ascii_case("VALUES") && !cursor.slice(0).eq_ignore_ascii_case("DEFAULT");
            let words = if selects { cursor.words_left().chain(stars(cursor)).collect() } else { BTreeSet::new() };
            Some(Action::Insert { table, columns, selects, words })
        }
        "UPDATE" => {
            let table = cursor.name()?;
            cursor.seek(&["SET"]).then(|| cursor.skip())?;
            let set = assigned(cursor);
            Some(Action::Update { table, set, filter: filter(cursor) })
        }
        "DELETE" => {
            cursor.eat(&["FROM"]).then_some(())?;
            Some(Action::Delete { table: cursor.name()?, filter: filter(cursor) })
        }
        _ => None,
    }
}

/// A `*` among the columns that are selected stands for all of them.
fn stars(cursor: &Cursor<'_>) -> Option<String> {
    let all = (0..).map_while(|ahead| cursor.token(ahead).map(|_| cursor.slice(ahead))).collect::<Vec<_>>();
    let star = all.windows(2).any(|pair| pair[1] == "*" && (pair[0] == "." || pair[0] == "," || pair[0].eq_ignore_ascii_case("SELECT")));
    star.then(|| "*".to_owned())
}

/// The columns that an UPDATE sets, up to its WHERE.
fn assigned(cursor: &mut Cursor<'_>) -> Vec<String> {
    let mut set = Vec::new();
    loop {
        match cursor.group() {
            Some(group) => set.extend(cursor.list(group).into_iter().filter_map(|mut part| part.name())),
            None => set.extend(cursor.name()),
        }
        if !cursor.seek(&[",", "WHERE", "FROM", "RETURNING"]) || !cursor.eat(&[","]) {
            return set;
        }
    }
}

/// The words of a WHERE; absent where there is none.
fn filter(cursor: &mut Cursor<'_>) -> Option<BTreeSet<String>> {
    cursor.seek(&["WHERE"]).then(|| cursor.words_left().collect())
}
