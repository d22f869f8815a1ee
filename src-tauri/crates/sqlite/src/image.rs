//! Checks of an image file of ours, which nobody else has open.

use std::{collections::BTreeMap, fs::File, io::Read, path::Path};

use quarterdeck_model::{
    Count, Digest, Fault, Instant, JobCtx, Outcome, inspection::ForeignKeyViolation, job::Unit, plan::hex, snapshot::ImageProof,
};
use quarterdeck_store::files;
use rusqlite::{ErrorCode, Row};
use sha2::{Digest as _, Sha256};

use crate::{
    fingerprint::schema_fingerprint,
    gate::RawPass,
    open::{self, Live},
};

/// What an image was found to be. What it should be is for the caller to compare.
#[derive(Debug, Clone, PartialEq)]
pub struct ImageCheck {
    /// What `integrity_check` found, in its own words (it stops at 100); empty where all is well.
    pub integrity: Vec<String>,
    /// Rows whose foreign keys point nowhere.
    pub foreign_keys: Vec<ForeignKeyViolation>,
    /// Rows by table; without virtual tables, SQLite's own tables, and tables that could not be counted.
    pub rows: BTreeMap<String, Count>,
    /// What cannot be checked here, and why: collations, functions and modules that only the application has.
    pub unchecked: Vec<String>,
    /// See [`schema_fingerprint`].
    pub schema_fingerprint: Digest,
    /// Bytes a page.
    pub page_size: u32,
    /// Pages.
    pub page_count: u64,
    /// Whose file it is.
    pub application_id: i32,
    /// The application's own version of its schema.
    pub user_version: i32,
}

/// Pages of an image that are kept in memory while it is checked, in KiB. `integrity_check` looks each row up in each index; with
/// SQLite's own 2 MiB it reads the same pages again and again (measured: 6.9 s against 5.2 s for 450 MB).
const CACHE_KIB: i64 = 256 * 1024;

/// Reads the whole image: integrity, foreign keys, row counts, schema. Progress in steps, without a total. `Err` where SQLite cannot
/// read the schema at all, the disk fails, or the caller cancels.
pub fn check(image: &Path, ctx: &JobCtx) -> Outcome<ImageCheck> {
    let mut live = open::image(image)?;
    live.attend(ctx)?;
    let mut check = describe(&live)?;
    let tables = tables(&live)?;
    // Only now: this pragma needs a schema that can be read, and whether it can is what the lines above find out.
    live.pragma_update(None, "cache_size", -CACHE_KIB).map_err(|error| live.fault(error))?;
    check_integrity(&live, &tables, &mut check)?;
    for table in &tables {
        match table.module_of_its_own {
            true => check_module(&live, &table.name, &mut check)?,
            false => check_table(&live, &table.name, &mut check)?,
        }
    }
    Ok(check)
}

/// What [`check`] would find, taken from a check of the same bytes: only the header and the schema are read here. The caller has compared
/// the bytes.
pub fn recall(image: &Path, proof: &ImageProof) -> Outcome<ImageCheck> {
    Ok(ImageCheck { rows: proof.rows.clone(), ..describe(&open::image(image)?)? })
}

impl ImageCheck {
    /// The check as one that holds for these bytes; none where something was found, or could not be checked.
    pub fn proof(&self, sha256: &Digest, checked_at: Instant) -> Option<ImageProof> {
        let clean = self.integrity.is_empty() && self.foreign_keys.is_empty() && self.unchecked.is_empty();
        clean.then(|| ImageProof { sha256: sha256.clone(), checked_at, sqlite: rusqlite::version().to_owned(), rows: self.rows.clone() })
    }
}

/// True where this SQLite made the proof: another one may see more.
pub fn holds(proof: &ImageProof) -> bool {
    proof.sqlite == rusqlite::version()
}

/// SHA-256 of a file that no connection of this process has open. Progress in bytes.
pub fn sha256(path: &Path, ctx: &JobCtx) -> Outcome<Digest> {
    let fault = |error| files::fault("read", path, &error);
    let _pass = RawPass::take(path)
        .map_err(fault)?
        .ok_or_else(|| Fault::bug(format!("The bytes of {} were asked for while a connection of ours has it open.", path.display())))?;
    let mut file = File::open(path).map_err(fault)?;
    let total = file.metadata().map_err(fault)?.len();
    let (mut hash, mut buffer, mut done) = (Sha256::new(), vec![0; 1 << 20], 0);
    loop {
        ctx.checkpoint()?;
        let count = file.read(&mut buffer).map_err(fault)?;
        if count == 0 {
            return Ok(Digest(hex(&hash.finalize())));
        }
        hash.update(&buffer[..count]);
        done += count as u64;
        ctx.progress(done, Some(total), Unit::Bytes);
    }
}

/// The header and the schema; nothing is checked.
fn describe(live: &Live) -> Outcome<ImageCheck> {
    let fault = |error| live.fault(error);
    let number = |pragma: &str| live.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0)).map_err(fault);
    let small = |pragma: &str| live.pragma_query_value(None, pragma, |row| row.get::<_, i32>(0)).map_err(fault);
    Ok(ImageCheck {
        integrity: Vec::new(),
        foreign_keys: Vec::new(),
        rows: BTreeMap::new(),
        unchecked: Vec::new(),
        schema_fingerprint: schema_fingerprint(live).map_err(fault)?,
        page_size: u32::try_from(number("page_size")?).unwrap_or_default(),
        page_count: number("page_count")?.unsigned_abs(),
        application_id: small("application_id")?,
        user_version: small("user_version")?,
    })
}

struct Table {
    name: String,
    module_of_its_own: bool,
}

fn tables(live: &Live) -> Outcome<Vec<Table>> {
    let read = || -> rusqlite::Result<Vec<Table>> {
        let sql = "SELECT name, sql LIKE 'CREATE VIRTUAL TABLE%' FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name";
        let mut statement = live.prepare(sql)?;
        let rows = statement.query_map([], |row| Ok(Table { name: row.get(0)?, module_of_its_own: row.get(1)? }))?;
        rows.collect()
    };
    read().map_err(|error| live.fault(error))
}

/// The whole file at once; table by table where something that only the application has stands in the way of that.
fn check_integrity(live: &Live, tables: &[Table], check: &mut ImageCheck) -> Outcome<()> {
    match integrity(live, "PRAGMA integrity_check") {
        Ok(found) => check.integrity = found,
        Err(error) if is_unknown(&error) => {
            check.unchecked.push(format!("Unused pages, because the tables could only be checked one by one: {error}."));
            for table in tables.iter().filter(|table| !table.module_of_its_own) {
                let found = integrity(live, &format!("PRAGMA integrity_check({})", quoted(&table.name)));
                if let Some(found) = sort_out(live, found, &format!("Integrity of table {}", table.name), check)? {
                    check.integrity.extend(found);
                }
            }
        }
        Err(error) => drop(sort_out(live, Err::<(), _>(error), "Integrity", check)?),
    }
    Ok(())
}

fn integrity(live: &Live, sql: &str) -> rusqlite::Result<Vec<String>> {
    let mut statement = live.prepare(sql)?;
    let found = statement.query_map([], |row| row.get::<_, String>(0))?.collect::<rusqlite::Result<Vec<_>>>()?;
    Ok(found.into_iter().filter(|line| line != "ok").collect())
}

fn check_table(live: &Live, table: &str, check: &mut ImageCheck) -> Outcome<()> {
    // Not by an index: it may need a collation that is not here, and a damaged one would miscount.
    let count = live.query_row(&format!("SELECT count(*) FROM {} NOT INDEXED", quoted(table)), [], |row| row.get::<_, i64>(0));
    if let Some(count) = sort_out(live, count, &format!("Rows of table {table}"), check)? {
        check.rows.insert(table.to_owned(), Count(count.unsigned_abs()));
    }
    let orphans = || -> rusqlite::Result<Vec<ForeignKeyViolation>> {
        let mut statement = live.prepare_cached("SELECT parent, count(*) FROM pragma_foreign_key_check(?1) GROUP BY parent")?;
        let violation = |row: &Row<'_>| {
            let rows = Count(row.get::<_, i64>(1)?.unsigned_abs());
            Ok(ForeignKeyViolation { table: table.to_owned(), parent: row.get(0)?, rows })
        };
        statement.query_map([table], violation)?.collect()
    };
    if let Some(found) = sort_out(live, orphans(), &format!("Foreign keys of table {table}"), check)? {
        check.foreign_keys.extend(found);
    }
    Ok(())
}

fn check_module(live: &Live, table: &str, check: &mut ImageCheck) -> Outcome<()> {
    let tried = live.prepare(&format!("SELECT 1 FROM {}", quoted(table))).map(drop);
    sort_out(live, tried, &format!("Virtual table {table}"), check).map(drop)
}

/// Damage is a finding, what only the application knows is unchecked, and everything else is a fault.
fn sort_out<T>(live: &Live, result: rusqlite::Result<T>, what: &str, check: &mut ImageCheck) -> Outcome<Option<T>> {
    match result {
        Ok(value) => return Ok(Some(value)),
        Err(error) if is_unknown(&error) => check.unchecked.push(format!("{what}: {error}.")),
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseCorrupt) => check.integrity.push(format!("{what}: {error}")),
        Err(error) => return Err(live.fault(error)),
    }
    Ok(None)
}

/// `SQLITE_ERROR`: the statement cannot be made here. A sound schema leads to it only where a collation, function or module is missing.
fn is_unknown(error: &rusqlite::Error) -> bool {
    matches!(error, rusqlite::Error::SqlInputError { .. }) || error.sqlite_error_code() == Some(ErrorCode::Unknown)
}

/// A name as SQL writes it.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
