//! Statements of a definition, asked many times over one connection: of a database beside those who use it, or of a copy of ours, where they
//! may change rows.

use std::{
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use quarterdeck_model::{Fault, JobCtx, Outcome};
use rusqlite::{
    Batch, ErrorCode, Statement,
    config::DbConfig,
    fallible_iterator::FallibleIterator as _,
    hooks::{AuthAction, AuthContext, Authorization},
    limits::Limit,
    types::ValueRef,
};

use super::{LONGEST_VALUE, fence, judge, refused, watch};
use crate::{
    held,
    open::{self, Live},
};

/// Rows that are counted; a statement that answers more has answered enough.
const MOST_COUNTED: u64 = 1_000_000;

/// Rows that are kept to be shown.
const KEPT: usize = 20;

/// Bytes of a text that are kept.
const KEPT_OF_TEXT: usize = 1 << 10;

/// A value as it is kept, however large it was.
#[derive(Debug, Clone, PartialEq)]
pub enum Kept {
    /// NULL.
    Null,
    /// A whole number.
    Integer(i64),
    /// Another number.
    Real(f64),
    /// A text of at most one KiB; what is no UTF-8 is replaced.
    Text(String),
    /// The first KiB of a longer text.
    LongText {
        /// How it begins.
        start: String,
        /// How long it is, in bytes.
        bytes: u64,
    },
    /// The length of a blob, in bytes.
    Blob(u64),
}

impl From<ValueRef<'_>> for Kept {
    fn from(value: ValueRef<'_>) -> Self {
        match value {
            ValueRef::Null => Self::Null,
            ValueRef::Integer(value) => Self::Integer(value),
            ValueRef::Real(value) => Self::Real(value),
            ValueRef::Text(text) if text.len() <= KEPT_OF_TEXT => Self::Text(String::from_utf8_lossy(text).into_owned()),
            ValueRef::Text(text) => Self::LongText { start: start(&text[..KEPT_OF_TEXT]), bytes: text.len() as u64 },
            ValueRef::Blob(bytes) => Self::Blob(bytes.len() as u64),
        }
    }
}

/// Without the character that the cut went through.
fn start(cut: &[u8]) -> String {
    let whole = match std::str::from_utf8(cut) {
        Err(error) if error.error_len().is_none() => &cut[..error.valid_up_to()],
        _ => cut,
    };
    String::from_utf8_lossy(whole).into_owned()
}

/// Rows that a statement answered.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Rows {
    /// The names of its columns.
    pub columns: Vec<String>,
    /// How many, a million at most.
    pub count: u64,
    /// The first of them, at most twenty.
    pub first: Vec<Vec<Kept>>,
}

/// What came of a statement.
#[derive(Debug, Clone, PartialEq)]
pub enum Reply {
    /// Rows, perhaps none.
    Rows(Rows),
    /// SQLite refused it, in these words.
    Refused(String),
    /// No answer, and why: its time ran out, a lock did not go away, it asked for what is not allowed.
    None(String),
}

/// A connection that is asked again and again.
pub struct Asker {
    live: Live,
    on_copy: bool,
    /// How long writers may wait for one asking; none where nobody waits.
    stall: Option<Duration>,
}

impl Asker {
    /// Reads a database beside those who use it, behind the fence of [`super::ask`].
    ///
    /// In every journal mode but WAL nobody can commit while a statement reads: there none is let go on for longer than `stall`.
    pub fn beside(path: &Path, stall: Duration) -> Outcome<Self> {
        let mut live = held::open_beside(path)?;
        // Asked before the fence stands. Nobody can leave WAL mode while this connection is open.
        let mode: String = live.pragma_query_value(None, "journal_mode", |row| row.get(0)).map_err(|error| live.fault(error))?;
        fence(&mut live).map_err(|error| live.fault(error))?;
        Ok(Self { live, on_copy: false, stall: (mode != "wal").then_some(stall) })
    }

    /// Reads and changes rows of a copy of ours. What an asking changed is rolled back at its end, so that none sees what another one did.
    /// Triggers fire and foreign keys are held, as in an application that cares.
    pub fn of_copy(path: &Path) -> Outcome<Self> {
        let live = open::write(path)?;
        let prepare = || -> rusqlite::Result<()> {
            // A copy need not outlive the power.
            live.execute_batch(
                "PRAGMA foreign_keys = ON; PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY; PRAGMA cell_size_check = ON;",
            )?;
            live.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
            live.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
            live.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
            live.set_limit(Limit::SQLITE_LIMIT_LENGTH, LONGEST_VALUE)?;
            live.set_limit(Limit::SQLITE_LIMIT_WORKER_THREADS, 0).map(drop)
        };
        prepare().map_err(|error| live.fault(error))?;
        Ok(Self { live, on_copy: true, stall: None })
    }

    /// Asks, and stops after `limit`. One statement that reads; on a copy several, of which the last one's rows count.
    ///
    /// `Err` where the disk fails, the database cannot be read at all, or the caller cancels.
    pub fn ask(&mut self, sql: &str, limit: Duration, ctx: &JobCtx) -> Outcome<Reply> {
        let allowed = self.stall.map_or(limit, |stall| stall.min(limit));
        let late = watch(&mut self.live, allowed, ctx).map_err(|error| self.live.fault(error))?;
        let asked = if self.on_copy { self.in_transaction(sql) } else { one(&self.live, sql) };
        match asked {
            Ok(reply) => Ok(reply),
            Err(error) => match self.explain(error, &late, allowed, ctx)? {
                Reply::None(why) if allowed < limit && late.load(Ordering::Relaxed) => {
                    Ok(Reply::None(format!("{why}: it does not use WAL mode, so writers wait while it is read")))
                }
                reply => Ok(reply),
            },
        }
    }

    fn in_transaction(&mut self, sql: &str) -> rusqlite::Result<Reply> {
        // Without its transaction the first thing would be to wait for a lock in the middle of a statement.
        self.live.execute_batch("BEGIN IMMEDIATE")?;
        self.live.authorizer(Some(judge_of_copy))?;
        let asked = all(&self.live, sql);
        self.live.authorizer(None::<fn(AuthContext<'_>) -> Authorization>)?;
        self.live.progress_handler(0, None::<fn() -> bool>)?;
        // Some refusals have rolled back already (raise(ROLLBACK), a full disk).
        if !self.live.is_autocommit() {
            self.live.execute_batch("ROLLBACK")?;
        }
        asked
    }

    fn explain(&self, error: rusqlite::Error, late: &AtomicBool, limit: Duration, ctx: &JobCtx) -> Outcome<Reply> {
        let words = match &error {
            rusqlite::Error::SqliteFailure(_, Some(words)) => words.clone(),
            rusqlite::Error::SqlInputError { msg, .. } => msg.clone(),
            other => other.to_string(),
        };
        match error.sqlite_error_code() {
            Some(ErrorCode::OperationInterrupted) => refused(&self.live, error, late, limit, ctx).map(Reply::None),
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Ok(Reply::None("another process holds a lock on it".to_owned())),
            Some(ErrorCode::AuthorizationForStatementDenied) => Ok(Reply::None(self.fence_of(&words))),
            // Of a function that may not be used, SQLite says so in words alone.
            _ if words.starts_with("not authorized to use function") => Ok(Reply::None(self.fence_of(&words))),
            Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => Err(self.live.fault(error)),
            _ => refused(&self.live, error, late, limit, ctx).map(|_| Reply::Refused(words)),
        }
    }

    fn fence_of(&self, words: &str) -> String {
        let allowed = if self.on_copy { "only reading and changing rows is allowed" } else { "only reading is allowed" };
        format!("{allowed} ({words})")
    }
}

/// The only statement of the text.
fn one(live: &Live, sql: &str) -> rusqlite::Result<Reply> {
    let mut statements = Batch::new(live, sql);
    let Some(mut statement) = statements.next()? else { return Ok(Reply::None("it is empty".to_owned())) };
    if statements.next()?.is_some() {
        return Ok(Reply::None("it is more than one statement".to_owned()));
    }
    if !statement.readonly() || statement.column_count() == 0 {
        return Ok(Reply::None("it is no SELECT".to_owned()));
    }
    rows(&mut statement).map(Reply::Rows)
}

/// All statements of the text; the rows of the last one.
fn all(live: &Live, sql: &str) -> rusqlite::Result<Reply> {
    let mut statements = Batch::new(live, sql);
    let mut last = None;
    while let Some(mut statement) = statements.next()? {
        last = Some(rows(&mut statement)?);
    }
    Ok(last.map_or_else(|| Reply::None("it is empty".to_owned()), Reply::Rows))
}

fn rows(statement: &mut Statement<'_>) -> rusqlite::Result<Rows> {
    let columns = statement.column_count();
    let mut answer = Rows { columns: statement.column_names().map(str::to_owned).collect(), ..Rows::default() };
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        answer.count += 1;
        if answer.first.len() < KEPT {
            answer.first.push((0..columns).map(|at| row.get_ref(at).map(Kept::from)).collect::<rusqlite::Result<_>>()?);
        }
        if answer.count >= MOST_COUNTED {
            break;
        }
    }
    Ok(answer)
}

/// Everything that reading needs, and changes of rows. The transaction is ours: no statement may end it.
fn judge_of_copy(asked: AuthContext<'_>) -> Authorization {
    match asked.action {
        AuthAction::Insert { .. }
        | AuthAction::Update { .. }
        | AuthAction::Delete { .. }
        | AuthAction::Savepoint { .. }
        | AuthAction::CreateTempTable { .. }
        | AuthAction::DropTempTable { .. } => Authorization::Allow,
        _ => judge(asked),
    }
}

/// A fault of the copy as the end of a sentence.
impl From<Fault> for Reply {
    fn from(fault: Fault) -> Self {
        Self::None(fault.message.trim_end_matches('.').to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use quarterdeck_testkit::{Scratch, shop};

    const LONG: Duration = Duration::from_secs(600);
    const ENDLESS: &str = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n";

    fn bench(journal_mode: &str, schema: &str) -> (Scratch, std::path::PathBuf) {
        let scratch = Scratch::new();
        let path = scratch.file("shop.db");
        shop(&path, 20, journal_mode);
        rusqlite::Connection::open(&path).unwrap().execute_batch(schema).unwrap();
        (scratch, path)
    }

    fn rows(asker: &mut Asker, sql: &str) -> Rows {
        match asker.ask(sql, LONG, &JobCtx::detached()).unwrap() {
            Reply::Rows(rows) => rows,
            other => panic!("{sql}: {other:?}"),
        }
    }

    #[test]
    fn a_live_database_is_read_many_times_and_nothing_is_written() {
        for mode in ["wal", "delete"] {
            let (scratch, path) = bench(mode, "");
            let before = scratch.state();
            let mut asker = Asker::beside(&path, LONG).unwrap();
            for _ in 0..3 {
                let all = rows(&mut asker, "SELECT id, cents FROM orders ORDER BY id");
                assert_eq!(
                    (all.columns.as_slice(), all.count, all.first.len()),
                    (["id".to_owned(), "cents".to_owned()].as_slice(), 20, 20)
                );
                assert_eq!(rows(&mut asker, "SELECT id FROM orders WHERE cents < 0").count, 0);
            }
            let plan = rows(&mut asker, "EXPLAIN QUERY PLAN SELECT * FROM orders WHERE id = 1");
            assert!(plan.first[0].iter().any(|value| matches!(value, Kept::Text(text) if text.contains("PRIMARY KEY"))), "{plan:?}");
            for (sql, why) in [
                ("DELETE FROM orders", "only reading"),
                ("SELECT 1; SELECT 2", "more than one"),
                ("", "empty"),
                ("PRAGMA user_version = 3", "only reading"),
                ("BEGIN", "only reading"),
            ] {
                let Reply::None(said) = asker.ask(sql, LONG, &JobCtx::detached()).unwrap() else { panic!("{sql}") };
                assert!(said.contains(why), "{sql}: {said}");
            }
            let refused = asker.ask("SELECT * FROM nowhere", LONG, &JobCtx::detached()).unwrap();
            assert_eq!(refused, Reply::Refused("no such table: nowhere".into()));
            let late = asker.ask(ENDLESS, Duration::from_millis(20), &JobCtx::detached()).unwrap();
            assert_eq!(late, Reply::None("it was stopped after 20 ms".into()));
            assert_eq!(
                rows(&mut asker, "SELECT count(*) FROM orders").first[0],
                [Kept::Integer(20)],
                "a stopped one is followed by others"
            );
            drop(asker);
            assert_eq!(scratch.state(), before);
        }
    }

    #[test]
    fn writers_without_wal_wait_no_longer_than_they_were_promised() {
        const STALL: Duration = Duration::from_millis(20);
        let limit = Duration::from_millis(60);
        for (mode, said) in [
            ("wal", "it was stopped after 60 ms"),
            ("delete", "it was stopped after 20 ms: it does not use WAL mode, so writers wait while it is read"),
        ] {
            let (_scratch, path) = bench(mode, "");
            let mut asker = Asker::beside(&path, STALL).unwrap();
            // It reads a table: only then anybody waits.
            let sql = "WITH RECURSIVE n(i) AS (SELECT id FROM orders UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n";
            assert_eq!(asker.ask(sql, limit, &JobCtx::detached()).unwrap(), Reply::None(said.into()), "{mode}");
            let writer = rusqlite::Connection::open(&path).unwrap();
            writer.busy_timeout(Duration::ZERO).unwrap();
            assert_eq!(writer.execute("DELETE FROM orders WHERE id = 20", []).unwrap(), 1, "{mode}: the lock is let go");
            let quick = asker.ask(sql, Duration::from_millis(5), &JobCtx::detached()).unwrap();
            assert_eq!(quick, Reply::None("it was stopped after 5 ms".into()), "{mode}: its own limit needs no excuse");
        }
    }

    #[test]
    fn large_values_are_kept_by_their_beginning_or_their_length() {
        let (_scratch, path) = bench("wal", "");
        for mut asker in [Asker::beside(&path, LONG).unwrap(), Asker::of_copy(&path).unwrap()] {
            let sql = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30)
                       SELECT zeroblob(3000000), replace(hex(zeroblob(500000)), '00', '€'), hex(zeroblob(512)), cast(x'ff41' AS TEXT), NULL, 1.5 FROM n";
            let found = rows(&mut asker, sql);
            assert_eq!((found.count, found.first.len()), (30, 20));
            let expected = [
                Kept::Blob(3_000_000),
                Kept::LongText { start: "€".repeat(341), bytes: 1_500_000 },
                Kept::Text("0".repeat(1024)),
                Kept::Text("\u{fffd}A".into()),
                Kept::Null,
                Kept::Real(1.5),
            ];
            assert!(found.first.iter().all(|row| *row == expected), "{:?}", found.first[0]);
        }
    }

    #[test]
    fn what_is_changed_on_a_copy_is_gone_at_the_next_asking() {
        let (_scratch, path) =
            bench("wal", "CREATE TABLE log(x); CREATE TRIGGER t AFTER INSERT ON log BEGIN UPDATE log SET x = x + 1; END;");
        let mut asker = Asker::of_copy(&path).unwrap();
        for _ in 0..2 {
            let sql = "INSERT INTO log VALUES (1); CREATE TEMP TABLE kept AS SELECT 1; SELECT x, (SELECT count(*) FROM log) FROM log;";
            assert_eq!(rows(&mut asker, sql).first, [[Kept::Integer(2), Kept::Integer(1)]]);
        }
        assert_eq!(rows(&mut asker, "SELECT count(*) FROM log").first[0], [Kept::Integer(0)]);
        for (sql, why) in [
            ("COMMIT", "changing rows"),
            ("ATTACH 'x' AS x", "changing rows"),
            ("DROP TABLE log", "changing rows"),
            ("PRAGMA foreign_keys = OFF", "changing rows"),
            ("SELECT load_extension('x')", "changing rows"),
            (" -- nothing", "empty"),
            (ENDLESS, "stopped after"),
        ] {
            let Reply::None(said) = asker.ask(sql, Duration::from_millis(50), &JobCtx::detached()).unwrap() else { panic!("{sql}") };
            assert!(said.contains(why), "{sql}: {said}");
        }
        assert_eq!(rows(&mut asker, "SELECT count(*) FROM orders").first[0], [Kept::Integer(20)]);
    }

    #[test]
    fn a_copy_refuses_what_its_schema_refuses_and_goes_on() {
        let schema = "CREATE TABLE one(id INTEGER PRIMARY KEY, name TEXT UNIQUE, parent REFERENCES one(id));
                      CREATE TRIGGER shut BEFORE DELETE ON one BEGIN SELECT raise(ROLLBACK, 'kept for ever'); END;";
        let (_scratch, path) = bench("delete", schema);
        let mut asker = Asker::of_copy(&path).unwrap();
        for (sql, words) in [
            ("INSERT INTO one(name) VALUES ('a'), ('a')", "UNIQUE constraint failed: one.name"),
            ("INSERT INTO one(parent) VALUES (77)", "FOREIGN KEY constraint failed"),
            ("INSERT INTO one(name) VALUES ('a'); DELETE FROM one", "kept for ever"),
            ("INSERT INTO nowhere VALUES (1)", "no such table: nowhere"),
        ] {
            assert_eq!(asker.ask(sql, LONG, &JobCtx::detached()).unwrap(), Reply::Refused(words.into()), "{sql}");
            assert_eq!(rows(&mut asker, "SELECT count(*) FROM one").first[0], [Kept::Integer(0)]);
        }
    }
}
