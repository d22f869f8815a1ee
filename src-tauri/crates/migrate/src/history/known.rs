//! The tables of each tool, recognised by name and columns.
//!
//! Columns and meanings were taken from databases that the tools themselves had made (goose, dbmate, golang-migrate, sqlx, refinery, Diesel,
//! Alembic, Django, Knex, Drizzle), else from the tool's own source or documentation: Flyway (`SQLiteDatabase.java`), Atlas
//! (`sql/migrate`), Prisma (`schema-engine`), Liquibase (`DATABASECHANGELOG` in its documentation), Rails (`schema_migration.rb`).

mod readers;

use quarterdeck_model::migration::Tool;
use rusqlite::Connection;

use super::{Entry, History};
use readers::Read;

/// A table that a tool keeps its history in.
struct Known {
    tool: Tool,
    table: &'static str,
    columns: &'static [&'static str],
    read: fn(&Connection, &str) -> rusqlite::Result<Read>,
    /// One entry stands for every version up to its own.
    up_to: bool,
}

const KNOWN: [Known; 12] = [
    Known {
        tool: Tool::Goose,
        table: "goose_db_version",
        columns: &["id", "version_id", "is_applied", "tstamp"],
        read: readers::goose,
        up_to: false,
    },
    Known {
        tool: Tool::Flyway,
        table: "flyway_schema_history",
        columns: &[
            "installed_rank",
            "version",
            "description",
            "type",
            "checksum",
            "installed_by",
            "installed_on",
            "execution_time",
            "success",
        ],
        read: readers::flyway,
        up_to: false,
    },
    Known {
        tool: Tool::Refinery,
        table: "refinery_schema_history",
        columns: &["version", "name", "applied_on", "checksum"],
        read: readers::refinery,
        up_to: false,
    },
    Known {
        tool: Tool::Sqlx,
        table: "_sqlx_migrations",
        columns: &["version", "description", "installed_on", "success", "checksum", "execution_time"],
        read: readers::sqlx,
        up_to: false,
    },
    Known { tool: Tool::Diesel, table: "__diesel_schema_migrations", columns: &["version", "run_on"], read: readers::diesel, up_to: false },
    Known {
        tool: Tool::Liquibase,
        table: "databasechangelog",
        columns: &["id", "author", "filename", "dateexecuted", "orderexecuted", "exectype", "md5sum"],
        read: readers::liquibase,
        up_to: false,
    },
    Known {
        tool: Tool::Atlas,
        table: "atlas_schema_revisions",
        columns: &["version", "description", "type", "applied", "total", "executed_at", "execution_time", "error"],
        read: readers::atlas,
        up_to: false,
    },
    Known { tool: Tool::Alembic, table: "alembic_version", columns: &["version_num"], read: readers::alembic, up_to: false },
    Known {
        tool: Tool::Django,
        table: "django_migrations",
        columns: &["id", "app", "name", "applied"],
        read: readers::django,
        up_to: false,
    },
    Known {
        tool: Tool::Prisma,
        table: "_prisma_migrations",
        columns: &["checksum", "finished_at", "migration_name", "rolled_back_at", "started_at"],
        read: readers::prisma,
        up_to: false,
    },
    Known {
        tool: Tool::Knex,
        table: "knex_migrations",
        columns: &["id", "name", "batch", "migration_time"],
        read: readers::knex,
        up_to: false,
    },
    Known { tool: Tool::Drizzle, table: "__drizzle_migrations", columns: &["hash", "created_at"], read: readers::drizzle, up_to: false },
];

/// Three tools share one name for their table.
const SHARED: &str = "schema_migrations";
const GOLANG: Known =
    Known { tool: Tool::GolangMigrate, table: SHARED, columns: &["version", "dirty"], read: readers::golang_migrate, up_to: true };
const RAILS: Known = Known { tool: Tool::Rails, table: SHARED, columns: &["version"], read: readers::versions, up_to: false };
const DBMATE: Known = Known { tool: Tool::Dbmate, table: SHARED, columns: &["version"], read: readers::versions, up_to: false };

/// Every history, ordered by tool.
pub fn find(connection: &Connection) -> rusqlite::Result<Vec<History>> {
    let mut tables = connection.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'")?;
    let tables = tables.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<Vec<String>>>()?;
    let is_there = |name: &str| tables.iter().any(|table| table.eq_ignore_ascii_case(name));
    let mut histories = Vec::new();
    for table in &tables {
        let columns = || columns(connection, table);
        if let Some(known) = KNOWN.iter().find(|known| table.eq_ignore_ascii_case(known.table)) {
            histories.push(read(connection, known, table, &columns()?)?);
        } else if table.eq_ignore_ascii_case(SHARED) {
            let columns = columns()?;
            histories.push(read(connection, whose(&columns, is_there("ar_internal_metadata")), table, &columns)?);
        }
    }
    histories.sort_by_key(|history| history.tool);
    Ok(histories)
}

/// Rails declares its column `varchar NOT NULL`, dbmate `varchar(128)`.
fn whose(columns: &[(String, String)], has_rails: bool) -> &'static Known {
    let version = columns.iter().find(|(name, _)| name == "version").map(|(_, declared)| declared.as_str());
    match () {
        () if columns.iter().any(|(name, _)| name == "dirty") => &GOLANG,
        () if has_rails || version == Some("varchar") => &RAILS,
        () => &DBMATE,
    }
}

fn read(connection: &Connection, known: &Known, table: &str, columns: &[(String, String)]) -> rusqlite::Result<History> {
    let empty = History { tool: known.tool, table: table.to_owned(), entries: Vec::new(), remarks: Vec::new(), up_to: known.up_to };
    let missing: Vec<&str> = known.columns.iter().copied().filter(|wanted| !columns.iter().any(|(name, _)| name == wanted)).collect();
    if !missing.is_empty() {
        return Ok(History { remarks: vec![format!("not read: it has no column {}", missing.join(", "))], ..empty });
    }
    let Read { entries, remarks } = (known.read)(connection, &format!("\"{}\"", table.replace('"', "\"\"")))?;
    Ok(History { entries, remarks, ..empty })
}

/// Names and declared types, both in small letters.
fn columns(connection: &Connection, table: &str) -> rusqlite::Result<Vec<(String, String)>> {
    let mut statement = connection.prepare("SELECT lower(name), lower(type) FROM pragma_table_info(?1)")?;
    statement.query_map([table], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
}

/// An entry of which only the version is known.
fn entry(version: String) -> Entry {
    Entry { version, name: None, at: None, success: true, baseline: false, checksum: None, took: None, who: None }
}
