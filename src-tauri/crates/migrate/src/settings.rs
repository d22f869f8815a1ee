//! What the driver of each tool sets a connection to, so that a migration does under us what it did under its tool.

use quarterdeck_model::migration::{ConnectionSettings, Layout, Tool};

/// Settings that somebody has written down; they win over everything that is found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Declared {
    /// `PRAGMA foreign_keys`.
    pub foreign_keys: Option<bool>,
    /// `PRAGMA recursive_triggers`.
    pub recursive_triggers: Option<bool>,
    /// Double-quoted strings.
    pub double_quoted_strings: Option<bool>,
}

/// What a connection is set to before a migration begins: as declared, else as the tool has it whose history was found, else as the tool
/// of the layout has it.
///
/// Foreign keys are SQLite's own default, off, except where a driver turns them on for every connection: sqlx (`SqliteConnectOptions`),
/// refinery's rusqlite (bundled with `SQLITE_DEFAULT_FOREIGN_KEYS=1`), Rails (`sqlite3_adapter`), Django (`sqlite3/base.py`), Prisma and
/// Drizzle's better-sqlite3 (both bundle an SQLite that has them on). Nobody turns recursive triggers on or double-quoted strings off.
pub fn of(tool: Option<Tool>, layout: Layout, declared: Declared) -> ConnectionSettings {
    let (default, whose) = tool.map_or_else(|| of_layout(layout), |tool| (of_tool(tool), name(tool)));
    let is_declared = declared != Declared::default();
    ConnectionSettings {
        foreign_keys: declared.foreign_keys.unwrap_or(default),
        recursive_triggers: declared.recursive_triggers.unwrap_or(false),
        double_quoted_strings: declared.double_quoted_strings.unwrap_or(true),
        reason: match (is_declared, whose) {
            (true, whose) => format!("set for this system, the rest as {whose} has it"),
            (false, whose) => format!("as {whose} has them"),
        },
    }
}

/// A tool's own name.
pub fn name(tool: Tool) -> &'static str {
    match tool {
        Tool::Goose => "goose",
        Tool::Dbmate => "dbmate",
        Tool::GolangMigrate => "golang-migrate",
        Tool::Flyway => "Flyway",
        Tool::Refinery => "refinery",
        Tool::Sqlx => "sqlx",
        Tool::Diesel => "Diesel",
        Tool::Liquibase => "Liquibase",
        Tool::Atlas => "Atlas",
        Tool::Alembic => "Alembic",
        Tool::Rails => "Rails",
        Tool::Django => "Django",
        Tool::Prisma => "Prisma",
        Tool::Knex => "Knex",
        Tool::Drizzle => "Drizzle",
    }
}

fn of_tool(tool: Tool) -> bool {
    matches!(tool, Tool::Sqlx | Tool::Refinery | Tool::Rails | Tool::Django | Tool::Prisma | Tool::Drizzle)
}

fn of_layout(layout: Layout) -> (bool, &'static str) {
    let tool = match layout {
        Layout::Plain => return (false, "SQLite itself"),
        Layout::Goose => Tool::Goose,
        Layout::Dbmate => Tool::Dbmate,
        Layout::GolangMigrate => Tool::GolangMigrate,
        Layout::Flyway => Tool::Flyway,
        Layout::Refinery => Tool::Refinery,
        Layout::Sqlx => Tool::Sqlx,
        Layout::Diesel => Tool::Diesel,
    };
    (of_tool(tool), name(tool))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_declared_wins_over_the_history_and_that_over_the_layout() {
        let nothing = Declared::default();
        assert!(!of(None, Layout::Plain, nothing).foreign_keys);
        assert!(of(None, Layout::Sqlx, nothing).foreign_keys);
        assert!(!of(Some(Tool::Goose), Layout::Sqlx, nothing).foreign_keys);
        assert_eq!(of(Some(Tool::Goose), Layout::Plain, nothing).reason, "as goose has them");
        let declared = Declared { foreign_keys: Some(true), ..nothing };
        let settings = of(Some(Tool::Goose), Layout::Plain, declared);
        assert!(settings.foreign_keys && settings.double_quoted_strings && !settings.recursive_triggers);
    }
}
