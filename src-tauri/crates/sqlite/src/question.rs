//! One SELECT that somebody wrote into a definition, asked of an image of ours, or of a database beside those who use it. Neither is trusted: the statement may try to leave the
//! image, and the image's schema may hold views that call functions.

mod many;

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant as Moment},
};

use quarterdeck_model::{Count, JobCtx, Outcome};
use rusqlite::{
    Batch, ErrorCode,
    config::DbConfig,
    fallible_iterator::FallibleIterator as _,
    hooks::{AuthAction, AuthContext, Authorization},
    limits::Limit,
    types::ValueRef,
};

pub use self::many::{Asker, Kept, Reply, Rows};
pub use rusqlite::types::Value;

use crate::open::{self, Live};

/// Steps of SQLite's virtual machine between two looks at the clock.
const EVERY: i32 = 2_000;

/// The longest text or blob that is handled, in bytes: a statement must not fill the memory.
const LONGEST_VALUE: i32 = 256 << 20;

/// Pragmas that only look. Those that can also set something are let through without a value.
const LOOKING: [&str; 12] = [
    "application_id",
    "collation_list",
    "data_version",
    "encoding",
    "foreign_key_check",
    "foreign_key_list",
    "index_list",
    "integrity_check",
    "page_count",
    "quick_check",
    "table_info",
    "user_version",
];

/// Those of them whose value is a table or an index, never a setting.
const ABOUT: [&str; 6] = ["foreign_key_check", "foreign_key_list", "index_list", "integrity_check", "quick_check", "table_info"];

/// Functions that reach outside the database.
const REACHING_OUT: [&str; 5] = ["edit", "fts3_tokenizer", "load_extension", "readfile", "writefile"];

/// What a statement answered.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// No row.
    Nothing,
    /// At least one row.
    Row {
        /// Its columns.
        columns: usize,
        /// Its first value.
        first: Value,
        /// True where another row follows.
        more: bool,
    },
    /// No answer, and why: it is no single SELECT, it asked for what is not allowed, SQLite refused it, or its time ran out.
    None(String),
}

/// Asks, and stops after `limit`. Nothing is written, whatever the statement says: the image is opened as one that never changes, no
/// other file can be reached from it, and functions that its schema calls must be harmless ones (`trusted_schema`, `DEFENSIVE`).
///
/// `Err` where the image cannot be opened, the disk fails, or the caller cancels.
pub fn ask(image: &Path, sql: &str, limit: Duration, ctx: &JobCtx) -> Outcome<Answer> {
    let mut live = open::image(image)?;
    fence(&mut live).map_err(|error| live.fault(error))?;
    let late = watch(&mut live, limit, ctx).map_err(|error| live.fault(error))?;
    match answer(&live, sql) {
        Ok(answer) => Ok(answer),
        Err(error) => refused(&live, error, &late, limit, ctx).map(Answer::None),
    }
}

/// True where the text is one statement that reads, as far as that can be seen without the database: `SELECT`, `WITH` or `VALUES`.
pub fn looks_like_one_select(sql: &str) -> bool {
    let first: String = sql.trim_start().chars().take_while(char::is_ascii_alphabetic).collect();
    ["select", "with", "values"].contains(&first.to_ascii_lowercase().as_str())
}

/// Rows that a statement answered: numbers, each with the texts that stand before it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Table {
    /// The names of the columns, the last one's too.
    pub columns: Vec<String>,
    /// All rows, in the order of the statement.
    pub rows: Vec<(Vec<String>, f64)>,
    /// True where there were more.
    pub more: bool,
}

/// How much of an answer is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Most {
    /// Rows; the others are left out, which [`Table::more`] says.
    pub rows: usize,
    /// Columns before the number. An answer with more is none.
    pub labels: usize,
    /// Bytes of each of their texts. An answer with a longer one is none: cut, two rows could become one.
    pub text: usize,
}

/// What a live database answered.
#[derive(Debug, Clone, PartialEq)]
pub enum Numbers {
    /// Rows, perhaps none.
    Rows(Table),
    /// No answer, and why.
    None(String),
}

/// Asks a database that others may write to at the same time, through a connection that was opened for it: the last column is a number,
/// those before it tell whose. A row whose number is NULL is left out. The same fence as for [`ask`] stands; the connection is of no other
/// use afterwards.
///
/// `Err` where the disk fails or the caller cancels.
pub fn ask_live(live: &mut Live, sql: &str, most: Most, limit: Duration, ctx: &JobCtx) -> Outcome<Numbers> {
    fence(live).map_err(|error| live.fault(error))?;
    let late = watch(live, limit, ctx).map_err(|error| live.fault(error))?;
    match table(live, sql, most) {
        Ok(numbers) => Ok(numbers),
        Err(error) => refused(live, error, &late, limit, ctx).map(Numbers::None),
    }
}

fn table(live: &Live, sql: &str, most: Most) -> rusqlite::Result<Numbers> {
    let mut statements = Batch::new(live, sql);
    let Some(mut statement) = statements.next()? else { return Ok(Numbers::None("it is empty".to_owned())) };
    if statements.next()?.is_some() {
        return Ok(Numbers::None("it is more than one statement".to_owned()));
    }
    if !statement.readonly() || statement.column_count() == 0 {
        return Ok(Numbers::None("it is no SELECT".to_owned()));
    }
    let mut table = Table { columns: statement.column_names().map(str::to_owned).collect(), ..Table::default() };
    let last = table.columns.len() - 1;
    if last > most.labels {
        return Ok(Numbers::None(format!("it has {last} columns before the number, and {} are read", most.labels)));
    }
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        if table.rows.len() >= most.rows {
            table.more = true;
            break;
        }
        let value = match row.get_ref(last)? {
            ValueRef::Null => continue,
            #[allow(clippy::cast_precision_loss)] // a series has floats
            ValueRef::Integer(value) => value as f64,
            ValueRef::Real(value) => value,
            ValueRef::Text(_) | ValueRef::Blob(_) => {
                return Ok(Numbers::None(format!("its last column, {}, is no number", table.columns[last])));
            }
        };
        let mut labels = Vec::with_capacity(last);
        for (at, column) in table.columns[..last].iter().enumerate() {
            match row.get_ref(at)? {
                ValueRef::Text(text) if text.len() > most.text => {
                    let (bytes, most) = (Count(text.len() as u64), Count(most.text as u64));
                    return Ok(Numbers::None(format!("its column {column} has a text of {bytes} bytes, and a label has {most} at most")));
                }
                value => labels.push(shown(value)),
            }
        }
        table.rows.push((labels, value));
    }
    Ok(Numbers::Rows(table))
}

/// A value as a label; nothing for NULL.
fn shown(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => String::new(),
        ValueRef::Integer(value) => value.to_string(),
        ValueRef::Real(value) => value.to_string(),
        ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned(),
        ValueRef::Blob(bytes) => format!("{} bytes", bytes.len()),
    }
}

/// Why there is no answer; a fault where the disk failed or the caller wants to stop.
fn refused(live: &Live, error: rusqlite::Error, late: &AtomicBool, limit: Duration, ctx: &JobCtx) -> Outcome<String> {
    ctx.checkpoint()?;
    match error.sqlite_error_code() {
        Some(ErrorCode::OperationInterrupted) if late.load(Ordering::Relaxed) => {
            Ok(format!("it was stopped after {}", quarterdeck_model::Millis::from(limit)))
        }
        Some(ErrorCode::SystemIoFailure | ErrorCode::DiskFull | ErrorCode::CannotOpen | ErrorCode::OutOfMemory) => Err(live.fault(error)),
        Some(ErrorCode::AuthorizationForStatementDenied) => Ok(format!("only reading is allowed ({error})")),
        _ => Ok(error.to_string()),
    }
}

fn answer(live: &Live, sql: &str) -> rusqlite::Result<Answer> {
    let mut statements = Batch::new(live, sql);
    let Some(mut statement) = statements.next()? else { return Ok(Answer::None("it is empty".to_owned())) };
    if statements.next()?.is_some() {
        return Ok(Answer::None("it is more than one statement".to_owned()));
    }
    if !statement.readonly() || statement.column_count() == 0 {
        return Ok(Answer::None("it is no SELECT".to_owned()));
    }
    let columns = statement.column_count();
    let mut rows = statement.query([])?;
    let first: Value = match rows.next()? {
        None => return Ok(Answer::Nothing),
        Some(row) => row.get(0)?,
    };
    Ok(Answer::Row { columns, first, more: rows.next()?.is_some() })
}

/// Order matters: the authorizer would refuse what is set before it.
fn fence(live: &mut Live) -> rusqlite::Result<()> {
    live.pragma_update(None, "query_only", true)?;
    live.pragma_update(None, "cell_size_check", true)?;
    live.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    live.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    live.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
    live.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
    live.set_limit(Limit::SQLITE_LIMIT_LENGTH, LONGEST_VALUE)?;
    live.set_limit(Limit::SQLITE_LIMIT_WORKER_THREADS, 0)?;
    live.authorizer(Some(judge))
}

fn judge(asked: AuthContext<'_>) -> Authorization {
    let allowed = match asked.action {
        AuthAction::Select | AuthAction::Read { .. } | AuthAction::Recursive => true,
        AuthAction::Function { function_name } => !REACHING_OUT.iter().any(|name| name.eq_ignore_ascii_case(function_name)),
        AuthAction::Pragma { pragma_name, pragma_value } => {
            let among = |names: &[&str]| names.iter().any(|name| name.eq_ignore_ascii_case(pragma_name));
            if pragma_value.is_some() { among(&ABOUT) } else { among(&LOOKING) }
        }
        _ => false,
    };
    if allowed { Authorization::Allow } else { Authorization::Deny }
}

/// Ends the statement when its time is over or the caller wants to stop. The flag says which.
pub(crate) fn watch(live: &mut Live, limit: Duration, ctx: &JobCtx) -> rusqlite::Result<Arc<AtomicBool>> {
    let late = Arc::new(AtomicBool::new(false));
    let (flag, cancel, begun) = (Arc::clone(&late), ctx.cancel_token().clone(), Moment::now());
    live.progress_handler(
        EVERY,
        Some(move || {
            let over = begun.elapsed() >= limit;
            flag.fetch_or(over, Ordering::Relaxed);
            over || cancel.is_cancelled()
        }),
    )?;
    Ok(late)
}

#[cfg(test)]
mod tests {
    use super::*;
    use quarterdeck_model::CancelToken;
    use quarterdeck_testkit::{Scratch, shop};

    const LONG: Duration = Duration::from_secs(600);
    const MOST: Most = Most { rows: 3, labels: 2, text: 64 };
    const ENDLESS: &str = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n";

    fn image(schema: &str) -> (Scratch, std::path::PathBuf) {
        let scratch = Scratch::new();
        let path = scratch.file("shop.db");
        shop(&path, 20, "delete");
        rusqlite::Connection::open(&path).unwrap().execute_batch(schema).unwrap();
        (scratch, path)
    }

    fn refused(path: &Path, sql: &str) -> String {
        match ask(path, sql, LONG, &JobCtx::detached()).unwrap() {
            Answer::None(why) => why,
            answer => panic!("{sql}: {answer:?}"),
        }
    }

    #[test]
    fn a_select_is_answered_and_nothing_is_written() {
        let (scratch, path) = image("");
        let before = scratch.state();
        let ask = |sql: &str| ask(&path, sql, LONG, &JobCtx::detached()).unwrap();
        assert_eq!(ask("SELECT count(*) FROM orders;"), Answer::Row { columns: 1, first: Value::Integer(20), more: false });
        assert_eq!(ask("SELECT id FROM orders WHERE cents < 0"), Answer::Nothing);
        assert_eq!(ask("SELECT id, cents FROM orders ORDER BY id"), Answer::Row { columns: 2, first: Value::Integer(1), more: true });
        for sql in [
            "WITH t AS (SELECT 1) SELECT * FROM t",
            "VALUES (1)",
            "SELECT * FROM turnover",
            "SELECT * FROM pragma_user_version",
            "SELECT * FROM pragma_foreign_key_check('orders')",
            "SELECT * FROM pragma_table_info('orders') -- a remark",
        ] {
            assert!(!matches!(ask(sql), Answer::None(_)), "{sql}: {:?}", ask(sql));
        }
        assert_eq!(scratch.state(), before);
    }

    #[test]
    fn whatever_writes_leaves_the_image_or_is_more_than_one_select_is_refused() {
        let (scratch, path) = image("");
        let before = scratch.state();
        let outside = scratch.file("outside.db").display().to_string();
        for sql in [
            "DELETE FROM orders",
            "DELETE FROM orders RETURNING id",
            "CREATE TEMP TABLE t AS SELECT 1",
            "BEGIN",
            "SAVEPOINT s",
            "PRAGMA user_version = 9",
            "PRAGMA query_only = 0",
            "PRAGMA journal_mode",
            "PRAGMA writable_schema = 1",
            "SELECT * FROM pragma_user_version(9)",
            "SELECT * FROM pragma_query_only(0)",
            "SELECT 1; DELETE FROM orders",
            "SELECT 1; SELECT 2",
            "",
            "-- nothing",
            "SELECT load_extension('evil')",
            "SELECT writefile('x', 'y')",
            "SELECT fts3_tokenizer('simple')",
            "SELECT no_such_function(1)",
            "SELECT length(zeroblob(900000000))",
            "REINDEX",
            "ANALYZE",
            "VACUUM",
            &format!("ATTACH '{outside}' AS o"),
            &format!("VACUUM INTO '{outside}'"),
        ] {
            assert!(!refused(&path, sql).is_empty(), "{sql}");
        }
        assert_eq!(scratch.state(), before);
    }

    #[test]
    fn a_schema_that_calls_functions_gets_nowhere() {
        let (_scratch, path) = image(
            "CREATE VIEW evil AS SELECT load_extension('evil.so') AS x;
             CREATE VIEW tokens AS SELECT fts3_tokenizer('simple', x'00') AS x;
             CREATE VIEW pages AS SELECT * FROM sqlite_dbpage;",
        );
        for view in ["evil", "tokens", "pages"] {
            refused(&path, &format!("SELECT * FROM {view}"));
        }
    }

    #[test]
    fn what_does_not_end_is_stopped_and_a_cancelled_one_is_cancelled() {
        let (_scratch, path) = image("");
        let Answer::None(why) = ask(&path, ENDLESS, Duration::from_millis(30), &JobCtx::detached()).unwrap() else { panic!() };
        assert_eq!(why, "it was stopped after 30 ms");
        let cancel = CancelToken::default();
        cancel.cancel();
        struct Nobody;
        impl quarterdeck_model::job::Listener for Nobody {
            fn phase(&self, _: &str) {}
            fn progress(&self, _: quarterdeck_model::job::Progress) {}
        }
        let fault = ask(&path, ENDLESS, LONG, &JobCtx::new(Arc::new(Nobody), cancel)).unwrap_err();
        assert_eq!(fault.class, quarterdeck_model::Class::Cancelled, "{fault}");
    }

    #[test]
    fn a_live_database_is_asked_for_numbers_behind_the_same_fence() {
        let (_scratch, path) = image("");
        let ask = |sql: &str| {
            let mut live = crate::open::beside(&path).unwrap();
            match ask_live(&mut live, sql, MOST, LONG, &JobCtx::detached()).unwrap() {
                Numbers::Rows(table) => Ok(table),
                Numbers::None(why) => Err(why),
            }
        };
        let table = ask("SELECT customer_id, NULL AS nobody, sum(cents) FROM orders GROUP BY customer_id ORDER BY 1").unwrap();
        assert_eq!(table.columns, ["customer_id", "nobody", "sum(cents)"]);
        assert_eq!(
            table.rows.iter().map(|row| &row.0).collect::<Vec<_>>(),
            [&["1".to_owned(), String::new()], &["2".to_owned(), String::new()]]
        );
        let many = ask("SELECT id, cents FROM orders").unwrap();
        assert_eq!((many.rows.len(), many.more), (3, true));
        assert!(ask("SELECT max(cents) FROM orders WHERE 0").unwrap().rows.is_empty(), "NULL is no value");
        assert_eq!(ask("SELECT note FROM orders").unwrap_err(), "its last column, note, is no number");
        let label = |length: u32| ask(&format!("SELECT printf('%.*c', {length}, 'x') AS whose, 1"));
        assert_eq!(label(64).unwrap().rows, [("x".repeat(64), 1.0)].map(|(text, value)| (vec![text], value)));
        assert_eq!(label(65).unwrap_err(), "its column whose has a text of 65 bytes, and a label has 64 at most");
        assert_eq!(label(100_000_000).unwrap_err(), "its column whose has a text of 100,000,000 bytes, and a label has 64 at most");
        assert_eq!(ask("SELECT 1, 2, 3, 4").unwrap_err(), "it has 3 columns before the number, and 2 are read");
        for sql in
            ["DELETE FROM orders", "SELECT 1; SELECT 2", "", "PRAGMA journal_mode = wal", "ATTACH 'x' AS x", "SELECT load_extension('x')"]
        {
            assert!(ask(sql).is_err(), "{sql}");
        }
        let mut live = crate::open::beside(&path).unwrap();
        let stopped = ask_live(&mut live, ENDLESS, MOST, Duration::from_millis(20), &JobCtx::detached()).unwrap();
        assert_eq!(stopped, Numbers::None("it was stopped after 20 ms".to_owned()));
    }

    #[test]
    fn what_begins_like_a_select_is_told_from_what_does_not() {
        for (sql, is) in [
            ("SELECT 1", true),
            ("  with x as (select 1) select * from x", true),
            ("values(1)", true),
            ("DELETE FROM x", false),
            ("", false),
        ] {
            assert_eq!(looks_like_one_select(sql), is, "{sql}");
        }
    }
}
