//! What a database tells about itself without being changed: sizes, pages, its log, how fast it answers, how long it makes one wait.

use std::{
    path::Path,
    time::{Duration, Instant as Moment},
};

use quarterdeck_model::{JobCtx, Outcome};
use rusqlite::ErrorCode;

use crate::{
    glimpse::{Glimpse, Stamp, Way},
    open::{self, Live},
};

/// Between two questions for a lock.
const PAUSE: Duration = Duration::from_millis(1);

/// Our own statement, whose time is measured: it reads the first page.
const PROBE: &str = "SELECT count(*) FROM sqlite_schema";

/// A read-only handle cannot roll back the journal of a transaction that was cut off (<https://www.sqlite.org/rescode.html#readonly_rollback>).
const READONLY_ROLLBACK: i32 = 776;

/// What a database tells.
#[derive(Debug, Clone, PartialEq)]
pub struct Figures {
    /// Bytes of the file.
    pub file_bytes: u64,
    /// Bytes of its write-ahead log; 0 where there is none.
    pub log_bytes: u64,
    /// Bytes a page.
    pub page_size: Option<u64>,
    /// Pages, of the last commit.
    pub pages: Option<u64>,
    /// Of these, pages that hold nothing.
    pub free_pages: Option<u64>,
    /// `PRAGMA schema_version`: one more at each change of the schema.
    pub schema_version: Option<u64>,
    /// What is in the log, while somebody uses it.
    pub log: Option<Log>,
    /// How long our own statement took, waiting included; none where none was asked.
    pub probe: Option<Duration>,
    /// How long it waited for somebody's lock.
    pub waited: Duration,
    /// True where that lock was not let go of in time.
    pub locked: bool,
    /// Why something could not be measured.
    pub remark: Option<String>,
}

/// A write-ahead log in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Log {
    /// Frames in it.
    pub frames: u64,
    /// Of these, frames that are in the database already.
    pub checkpointed: u64,
}

/// Figures, and what the files were then.
#[derive(Debug, Clone, PartialEq)]
pub struct Looked {
    /// The figures.
    pub figures: Figures,
    /// What must change before it is worth to look again; none where it always is.
    still: Option<Stamp>,
}

/// Looks, for about `limit` at most. Where nobody uses the database and nothing changed since `before`, the figures are those, without a probe.
///
/// The checkpoint is asked about with `wal_checkpoint(NOOP)`, which only tells (<https://www.sqlite.org/pragma.html#pragma_wal_checkpoint>);
/// through a handle that may write, since SQLite answers it on no other, and beside somebody who has the log open.
pub fn look(path: &Path, log_in_use: bool, before: Option<&Looked>, limit: Duration, ctx: &JobCtx) -> Outcome<Looked> {
    if let Some(before) = before.filter(|before| !log_in_use && before.still.is_some())
        && before.still.as_ref() == Some(&Stamp::of(path)?)
    {
        let figures = Figures { probe: None, waited: Duration::ZERO, ..before.figures.clone() };
        return Ok(Looked { figures, still: before.still.clone() });
    }
    let begun = Moment::now();
    let mut glimpse = Glimpse::open(path, log_in_use, limit)?;
    let mut figures = of_stamp(&glimpse);
    let way = glimpse.way();
    let patience = limit.saturating_sub(begun.elapsed());
    if let Some(live) = glimpse.live() {
        match ask(live, way, &mut figures, &mut Patience { left: patience, waited: Duration::ZERO, ctx: ctx.clone() }) {
            Ok(()) => {}
            Err(error) if is_busy(&error) => figures.locked = true,
            Err(error) if is_hot_journal(&error) => {
                figures.remark = Some("A transaction was cut off; its journal is rolled back by whoever writes next.".to_owned());
            }
            Err(error) => return Err(open::fault(path, error)),
        }
    }
    let still = matches!(way, Way::Still | Way::Leftover).then(|| glimpse.stamp().clone());
    if !glimpse.holds()? {
        figures.probe = None;
        return Ok(Looked { figures, still: None });
    }
    Ok(Looked { figures, still })
}

fn of_stamp(glimpse: &Glimpse) -> Figures {
    let (stamp, header) = (glimpse.stamp(), glimpse.header());
    let pages = header.map(|header| match header.page_count {
        // Written by an SQLite that did not know the field.
        0 => stamp.file_bytes() / u64::from(header.page_size),
        pages => u64::from(pages),
    });
    let remark = (glimpse.way() == Way::Leftover)
        .then(|| "A write-ahead log is there, and nobody is seen to use it: what is in it is not counted.".to_owned());
    Figures {
        file_bytes: stamp.file_bytes(),
        log_bytes: stamp.log_bytes(),
        page_size: header.map(|header| u64::from(header.page_size)),
        pages,
        free_pages: header.map(|header| u64::from(header.freelist_count)),
        schema_version: header.map(|header| u64::from(header.schema_cookie)),
        log: None,
        probe: None,
        waited: Duration::ZERO,
        locked: false,
        remark,
    }
}

fn ask(live: &mut Live, way: Way, figures: &mut Figures, patience: &mut Patience) -> rusqlite::Result<()> {
    live.busy_timeout(Duration::ZERO)?;
    let begun = Moment::now();
    if way == Way::Log {
        live.execute_batch("BEGIN")?;
    }
    let asked = patience.wait(|| live.query_row(PROBE, [], |row| row.get::<_, i64>(0)));
    (figures.probe, figures.waited) = (Some(begun.elapsed()), patience.waited);
    asked?;
    // With a journal each further statement might stop a writer; the header was read a moment ago.
    if way == Way::Log || figures.pages.is_none() {
        let pragma = |name: &str| live.pragma_query_value(None, name, |row| row.get::<_, i64>(0)).map(|value| Some(value.unsigned_abs()));
        figures.page_size = patience.wait(|| pragma("page_size"))?;
        figures.pages = patience.wait(|| pragma("page_count"))?;
        figures.free_pages = patience.wait(|| pragma("freelist_count"))?;
        figures.schema_version = patience.wait(|| pragma("schema_version"))?;
    }
    if way == Way::Log {
        // It answers nothing inside a transaction.
        live.execute_batch("COMMIT")?;
        let (frames, done) = patience
            .wait(|| live.query_row("PRAGMA wal_checkpoint(NOOP)", [], |row| Ok((row.get::<_, i64>(1)?, row.get::<_, i64>(2)?))))?;
        // -1 where there is no log after all.
        figures.log = u64::try_from(frames).ok().zip(u64::try_from(done).ok()).map(|(frames, checkpointed)| Log { frames, checkpointed });
    }
    Ok(())
}

/// Waits for locks, and knows for how long.
struct Patience {
    left: Duration,
    waited: Duration,
    ctx: JobCtx,
}

impl Patience {
    fn wait<T>(&mut self, ask: impl Fn() -> rusqlite::Result<T>) -> rusqlite::Result<T> {
        let (begun, left, waited) = (Moment::now(), self.left, self.waited);
        let mut answer = ask();
        while answer.as_ref().is_err_and(is_busy) && !self.left.is_zero() && !self.ctx.cancel_token().is_cancelled() {
            std::thread::sleep(PAUSE);
            answer = ask();
            (self.waited, self.left) = (waited + begun.elapsed(), left.saturating_sub(begun.elapsed()));
        }
        answer
    }
}

fn is_busy(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked))
}

fn is_hot_journal(error: &rusqlite::Error) -> bool {
    error.sqlite_error().is_some_and(|error| error.extended_code == READONLY_ROLLBACK)
}
