//! What a query calls its tables, and which columns it compares and sorts by. Reads words only; SQLite has the last word on every index
//! that comes of it.

use crate::lexer::{TokenKind, significant};

/// A query as words.
pub(super) struct Names {
    words: Vec<String>,
    /// What the query calls a table, in small letters, and the table.
    aliases: Vec<(String, String)>,
}

/// How a query uses columns of one table, each at most once, in the order of the query.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Uses {
    /// Compared for being equal.
    pub(super) equal: Vec<String>,
    /// Compared for being more or less.
    pub(super) range: Vec<String>,
    /// Sorted by.
    pub(super) order: Vec<String>,
}

/// Words that follow a table and are no name for it.
const AFTER_TABLE: [&str; 20] = [
    "where",
    "join",
    "left",
    "right",
    "full",
    "inner",
    "cross",
    "natural",
    "outer",
    "on",
    "using",
    "group",
    "order",
    "having",
    "limit",
    "union",
    "except",
    "intersect",
    "indexed",
    "window",
];

impl Names {
    /// Of a query on these tables.
    pub(super) fn of<'a>(sql: &str, tables: impl Iterator<Item = &'a str>) -> Self {
        let words: Vec<String> = significant(sql, 0..sql.len())
            .map(|token| {
                let text = &sql[token.span.clone()];
                match token.kind {
                    TokenKind::Word => text.to_lowercase(),
                    TokenKind::Quoted(_) => text.get(1..text.len() - 1).unwrap_or_default().to_lowercase(),
                    _ => text.to_owned(),
                }
            })
            .collect();
        let mut aliases = Vec::new();
        for table in tables {
            let name = table.to_lowercase();
            for at in words.iter().enumerate().filter(|(_, word)| **word == name).map(|(at, _)| at) {
                let next = |more: usize| words.get(at + more).map(String::as_str).unwrap_or_default();
                let alias = if next(1) == "as" { next(2) } else { next(1) };
                let is_name = alias.starts_with(|first: char| first.is_alphabetic() || first == '_');
                if is_name && !AFTER_TABLE.contains(&alias) {
                    aliases.push((alias.to_owned(), table.to_owned()));
                }
            }
            aliases.push((name, table.to_owned()));
        }
        Self { words, aliases }
    }

    /// The table that goes by this name in the query.
    pub(super) fn table(&self, name: &str) -> Option<&str> {
        self.aliases.iter().find(|(alias, _)| alias.eq_ignore_ascii_case(name)).map(|(_, table)| table.as_str())
    }

    /// How columns of a table are used.
    pub(super) fn uses(&self, table: &str, columns: &[String]) -> Uses {
        let mut uses = Uses::default();
        let mut sorting = false;
        for (at, word) in self.words.iter().enumerate() {
            let before = |less: usize| at.checked_sub(less).and_then(|at| self.words.get(at)).map(String::as_str).unwrap_or_default();
            let after = self.words.get(at + 1).map(String::as_str).unwrap_or_default();
            if word == "by" && before(1) == "order" {
                sorting = true;
            } else if sorting && (word == ")" || word == "limit") {
                sorting = false;
            }
            let Some(column) = columns.iter().find(|column| column.eq_ignore_ascii_case(word)) else { continue };
            let qualified = before(1) == ".";
            if qualified && self.table(before(2)) != Some(table) {
                continue;
            }
            let operator = if qualified { before(3) } else { before(1) };
            let list = match (operator, after) {
                _ if sorting => &mut uses.order,
                ("=" | "==", _) | (_, "=" | "==" | "in" | "is") => &mut uses.equal,
                ("<" | ">" | "<=" | ">=", _) | (_, "<" | ">" | "<=" | ">=" | "between" | "like" | "glob") => &mut uses.range,
                _ => continue,
            };
            if !list.contains(column) {
                list.push(column.clone());
            }
        }
        uses
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_found_under_every_name_of_their_table() {
        let sql = "SELECT * FROM Orders AS o JOIN \"customers\" c ON c.id = o.customer WHERE o.state IN (1, 2) AND 3 <= o.total AND c.total = 4 ORDER BY o.at DESC, id LIMIT 3";
        let names = Names::of(sql, ["orders", "customers"].into_iter());
        assert_eq!((names.table("o"), names.table("C"), names.table("customers")), (Some("orders"), Some("customers"), Some("customers")));
        let columns = ["id", "customer", "state", "total", "at"].map(str::to_owned);
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        let uses = names.uses("orders", &columns);
        assert_eq!(uses, Uses { equal: words(&["customer", "state"]), range: words(&["total"]), order: words(&["at", "id"]) });
    }
}
