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
/// Each was measured with the tool itself. Foreign keys are off, SQLite's own default, except where a driver brings another one: sqlx,
/// and the bundled SQLites of refinery (`SQLITE_DEFAULT_FOREIGN_KEYS=1` of libsqlite3-sys), Prisma, Knex and Drizzle (better-sqlite3);
/// Rails says so in its `sqlite3_adapter`. Diesel has them as the SQLite that it is linked with: off with that of the system. Django has them
/// on and turns them off for a migration. better-sqlite3 takes no double-quoted strings. Nobody turns recursive triggers on.
pub fn of(tool: Option<Tool>, layout: Layout, declared: Declared) -> ConnectionSettings {
    let tool = tool.or_else(|| of_layout(layout));
    let whose = tool.map_or("SQLite itself", name);
    let strings = !matches!(tool, Some(Tool::Knex | Tool::Drizzle));
    ConnectionSettings {
        foreign_keys: declared.foreign_keys.unwrap_or_else(|| tool.is_some_and(has_foreign_keys)),
        recursive_triggers: declared.recursive_triggers.unwrap_or(false),
        double_quoted_strings: declared.double_quoted_strings.unwrap_or(strings),
        reason: match declared == Declared::default() {
            true => format!("as {whose} has them"),
            false => format!("set for this system, the rest as {whose} has it"),
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
        Tool::UserVersion => "the application",
    }
}

fn has_foreign_keys(tool: Tool) -> bool {
    matches!(tool, Tool::Sqlx | Tool::Refinery | Tool::Rails | Tool::Prisma | Tool::Knex | Tool::Drizzle)
}

fn of_layout(layout: Layout) -> Option<Tool> {
    match layout {
        Layout::Plain => None,
        Layout::Goose => Some(Tool::Goose),
        Layout::Dbmate => Some(Tool::Dbmate),
        Layout::GolangMigrate => Some(Tool::GolangMigrate),
        Layout::Flyway => Some(Tool::Flyway),
        Layout::Refinery => Some(Tool::Refinery),
        Layout::Sqlx => Some(Tool::Sqlx),
        Layout::Diesel => Some(Tool::Diesel),
    }
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
