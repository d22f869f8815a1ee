//! One held read of a live database: every page as of one moment, while others go on.
//!
//! In WAL mode nobody waits for it. With a rollback journal, writers cannot commit until it ends: see [`HeldRead::blocks_writers`],
//! [`expected_stall`] and [`stage()`].

mod barrier;
mod pages;
mod portions;
mod stage;

use std::path::Path;

use quarterdeck_model::{Clock, Digest, Instant, JobCtx, Outcome};

pub use barrier::barrier;
pub use pages::{PageReader, ReadOutcome};
pub use portions::{Flow, file_portions};
pub use stage::{Staged, expected_stall, stage};

use crate::{
    fingerprint::schema_fingerprint,
    open::{self, Live},
};

/// What an image will be, read inside the transaction that it is taken from.
#[derive(Debug, Clone, PartialEq)]
pub struct ImageFacts {
    /// Bytes a page, 512 to 65,536.
    pub page_size: u32,
    /// Pages.
    pub page_count: u64,
    /// Whose file it is (`PRAGMA application_id`).
    pub application_id: i32,
    /// The application's own version of its schema.
    pub user_version: i32,
    /// As SQLite says it: `wal`, `delete`, …
    pub journal_mode: String,
    /// See [`schema_fingerprint`].
    pub schema_fingerprint: Digest,
    /// Every commit that was acknowledged before this moment is in the image.
    pub cut_at: Instant,
}

impl ImageFacts {
    /// Size of the image, in bytes.
    pub fn size(&self) -> u64 {
        self.page_count * u64::from(self.page_size)
    }
}

/// A read transaction on a live database. Dropping it lets go.
///
/// Where no write-ahead log was there before and nobody else uses the database, none is left behind.
pub struct HeldRead {
    live: Live,
    facts: ImageFacts,
    since: std::time::Instant,
}

impl HeldRead {
    /// Begins to read: from here on, all that is read is as of now. Waits [`open::PATIENCE`] for an exclusive lock to go away.
    pub fn open(path: &Path, clock: &dyn Clock) -> Outcome<Self> {
        Self::begin(open_beside(path)?, clock.now())
    }

    /// What the image will be.
    pub fn facts(&self) -> &ImageFacts {
        &self.facts
    }

    /// True where others cannot commit while this read is held: every journal mode but WAL.
    pub fn blocks_writers(&self) -> bool {
        self.facts.journal_mode != "wal"
    }

    /// The image as a stream of exactly [`ImageFacts::size`] bytes; the read ends with the stream, or when it is dropped.
    pub fn into_reader(self, ctx: &JobCtx) -> Outcome<PageReader> {
        PageReader::start(self, ctx.clone())
    }

    /// `cut_at` must have been read before this call.
    fn begin(live: Live, cut_at: Instant) -> Outcome<Self> {
        let since = std::time::Instant::now();
        let read = || -> rusqlite::Result<ImageFacts> {
            live.execute_batch("BEGIN")?;
            // The first read takes the lock, or the place in the log, that is kept until the end.
            let page_count: i64 = pragma(&live, "page_count")?;
            Ok(ImageFacts {
                page_size: pragma(&live, "page_size")?,
                page_count: page_count.unsigned_abs(),
                application_id: pragma(&live, "application_id")?,
                user_version: pragma(&live, "user_version")?,
                journal_mode: pragma(&live, "journal_mode")?,
                schema_fingerprint: schema_fingerprint(&live)?,
                cut_at,
            })
        };
        let facts = read().map_err(|error| live.fault(error))?;
        Ok(Self { live, facts, since })
    }
}

/// A reading connection beside others. Normally, closing one must not checkpoint, because a log without a user is what somebody's
/// crash left and is theirs to recover; but a log that this connection itself brings into being is taken away again.
pub fn open_beside(path: &Path) -> Outcome<Live> {
    let log_was_there = quarterdeck_store::files::with_suffix(path, "-wal").exists();
    let live = open::read(path)?;
    if !log_was_there {
        open::checkpoint_on_close(&live)?;
    }
    Ok(live)
}

/// The value of a pragma that has one.
fn pragma<T: rusqlite::types::FromSql>(connection: &rusqlite::Connection, name: &str) -> rusqlite::Result<T> {
    connection.pragma_query_value(None, name, |row| row.get(0))
}
