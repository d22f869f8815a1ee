//! Two schemas, and how they differ, in words and as SQL.

mod parts;

use quarterdeck_model::migration::SchemaDifference;
use quarterdeck_sqlite::{
    fingerprint::LEDGER_PREFIX,
    schema::{Object, Schema},
};

use parts::{Parts, same};

/// Every difference from what is expected to what was found, by kind and name. Comments, spaces, case and the quotes of names do not count,
/// nor does whether a column came with CREATE or with ALTER. Our ledgers, shadow tables of virtual ones, and the tables in `tools` (see
/// [`crate::history::tables`]) are left out.
///
/// A cure is the SQL that makes the second like the first; there is none where it would lose rows, or needs a rebuild.
pub fn between(expected: &Schema, found: &Schema, tools: &[String]) -> Vec<SchemaDifference> {
    differences(expected, found, tools, &Words::DRIFT)
}

/// The same for a schema before and after something was done: what was done to it. There are no cures.
pub fn changes(before: &Schema, after: &Schema, tools: &[String]) -> Vec<SchemaDifference> {
    let changes = differences(before, after, tools, &Words::CHANGE);
    changes.into_iter().map(|change| SchemaDifference { cure: None, ..change }).collect()
}

/// How it is said that the second schema lacks something, has something more, or has it otherwise.
struct Words {
    lacks: &'static str,
    more: &'static str,
    other: &'static str,
    order: &'static str,
}

impl Words {
    const DRIFT: Self = Self {
        lacks: "is missing",
        more: "is there, and nothing declares it",
        other: "is declared otherwise",
        order: "stand in another order",
    };
    const CHANGE: Self = Self { lacks: "is dropped", more: "is new", other: "is changed", order: "are put in another order" };
}

fn differences(one: &Schema, two: &Schema, tools: &[String], words: &Words) -> Vec<SchemaDifference> {
    let counts = |schema: &Schema, object: &Object| {
        let table = object.table.to_lowercase();
        !table.starts_with(LEDGER_PREFIX) && !tools.contains(&table) && !is_shadow(schema, object)
    };
    let mut found = Vec::new();
    for object in one.objects.iter().filter(|object| counts(one, object)) {
        match two.get(&object.kind, &object.name) {
            None => found.push(lacking(object, words)),
            Some(other) => found.extend(compared(object, other, words)),
        }
    }
    for object in two.objects.iter().filter(|object| counts(two, object)) {
        if one.get(&object.kind, &object.name).is_none() {
            found.push(surplus(object, words));
        }
    }
    found.sort_by_key(|difference| (rank(&difference.kind), difference.name.to_lowercase()));
    found
}

/// Tables that a virtual table keeps its content in; they come and go with it.
fn is_shadow(schema: &Schema, object: &Object) -> bool {
    let owns = |owner: &Object| {
        let begins = object.table.get(..owner.name.len()).is_some_and(|start| start.eq_ignore_ascii_case(&owner.name));
        begins && object.table.as_bytes().get(owner.name.len()) == Some(&b'_')
    };
    schema.objects.iter().any(|owner| owner.kind == "table" && !owner.is_plain_table() && owns(owner))
}

fn rank(kind: &str) -> usize {
    ["table", "index", "view", "trigger"].iter().position(|known| *known == kind).unwrap_or(usize::MAX)
}

fn lacking(object: &Object, words: &Words) -> SchemaDifference {
    difference(object, format!("{} {}.", title(object), words.lacks), Some(object), None, object.sql.as_ref().map(|sql| format!("{sql};")))
}

fn surplus(object: &Object, words: &Words) -> SchemaDifference {
    let cure = (object.kind != "table").then(|| drop_of(object));
    difference(object, format!("{} {}.", title(object), words.more), None, Some(object), cure)
}

fn compared(one: &Object, two: &Object, words: &Words) -> Vec<SchemaDifference> {
    let (Some(first), Some(second)) = (one.sql.as_deref(), two.sql.as_deref()) else { return Vec::new() };
    if same(first, second) {
        return Vec::new();
    }
    if one.is_plain_table()
        && two.is_plain_table()
        && let (Some(first), Some(second)) = (Parts::of(first), Parts::of(second))
    {
        return tables(one, &first, &second, words);
    }
    let cure = (one.kind != "table").then(|| format!("{} {first};", drop_of(one)));
    vec![difference(one, format!("{} {}.", title(one), words.other), Some(one), Some(two), cure)]
}

/// Two tables, column by column and constraint by constraint.
fn tables(table: &Object, one: &Parts<'_>, two: &Parts<'_>, words: &Words) -> Vec<SchemaDifference> {
    let name = &table.name;
    let part = |what: String, expected: Option<&str>, found: Option<&str>, cure: Option<String>| SchemaDifference {
        kind: "table".to_owned(),
        name: name.clone(),
        what,
        expected: expected.map(str::to_owned),
        found: found.map(str::to_owned),
        cure,
    };
    let mut found = Vec::new();
    for column in &one.columns {
        let label = format!("The column {} of {name}", column.name);
        match two.column(&column.name) {
            None => {
                let cure = column.can_be_added().then(|| format!("ALTER TABLE {} ADD COLUMN {};", quoted(name), column.text));
                found.push(part(format!("{label} {}.", words.lacks), Some(column.text), None, cure));
            }
            Some(other) if !same(column.text, other.text) => {
                found.push(part(format!("{label} {}.", words.other), Some(column.text), Some(other.text), None));
            }
            Some(_) => {}
        }
    }
    for column in two.columns.iter().filter(|column| one.column(&column.name).is_none()) {
        found.push(part(format!("The column {} of {name} {}.", column.name, words.more), None, Some(column.text), None));
    }
    for constraint in one.constraints_without(two) {
        found.push(part(format!("A constraint of {name} {}.", words.lacks), Some(constraint), None, None));
    }
    for constraint in two.constraints_without(one) {
        found.push(part(format!("A constraint of {name} {}.", words.more), None, Some(constraint), None));
    }
    if !same(one.options, two.options) {
        found.push(part(format!("The kind of the table {name} {}.", words.other), Some(one.options), Some(two.options), None));
    }
    if found.is_empty() && one.order() != two.order() {
        found.push(part(format!("The columns of {name} {}.", words.order), table.sql.as_deref(), Some(two.whole), None));
    }
    found
}

fn difference(object: &Object, what: String, one: Option<&Object>, two: Option<&Object>, cure: Option<String>) -> SchemaDifference {
    let sql = |object: Option<&Object>| object.and_then(|object| object.sql.clone());
    SchemaDifference { kind: object.kind.clone(), name: object.name.clone(), what, expected: sql(one), found: sql(two), cure }
}

fn title(object: &Object) -> String {
    match object.kind.as_str() {
        kind @ ("index" | "trigger") => format!("The {kind} {} on {}", object.name, object.table),
        kind => format!("The {kind} {}", object.name),
    }
}

fn drop_of(object: &Object) -> String {
    format!("DROP {} {};", object.kind.to_uppercase(), quoted(&object.name))
}

/// A name as SQL, in quotes only where it needs them.
pub(crate) fn quoted(name: &str) -> String {
    let plain = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if plain { name.to_owned() } else { format!("\"{}\"", name.replace('"', "\"\"")) }
}
