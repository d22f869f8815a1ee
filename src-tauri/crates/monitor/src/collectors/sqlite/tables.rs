//! Rows and bytes of each table: seldom, and a little at each visit, so that neither the visit nor the database's users wait.

use std::time::{Duration, Instant as Timer};

use quarterdeck_model::{JobCtx, Millis, Outcome};
use quarterdeck_sqlite::{
    glimpse::{Glimpse, Way},
    tables,
};

use crate::{gathered::Gathered, sample::Moment};

/// More tables are not counted.
const MOST_TABLES: usize = 500;

/// One visit counts tables for about so long, one table at least.
const SLICE: Duration = Duration::from_millis(400);

/// One table may take so long.
const LIMIT: Duration = Duration::from_secs(2);

/// With a rollback journal a writer waits meanwhile.
const LIMIT_WITH_JOURNAL: Duration = Duration::from_millis(200);

/// Which tables are counted, and how far that is.
pub(super) struct Tables {
    every: Duration,
    due: Moment,
    /// Not counted yet in the present pass, the next one last.
    left: Vec<String>,
    /// What took too long, in the present pass.
    skipped: Vec<String>,
}

impl Tables {
    pub(super) fn new(every: Duration) -> Self {
        Self { every, due: Moment::MIN, left: Vec::new(), skipped: Vec::new() }
    }

    pub(super) fn is_due(&self, now: Moment) -> bool {
        !self.left.is_empty() || self.due <= now || self.due.saturating_sub(now) > self.apart()
    }

    /// Counts on, until the slice or the visit is over.
    pub(super) fn count(&mut self, glimpse: &mut Glimpse, now: Moment, until: Timer, ctx: &JobCtx, into: &mut Gathered) -> Outcome<()> {
        let limit = if glimpse.way() == Way::Journal { LIMIT_WITH_JOURNAL } else { LIMIT };
        let Some(live) = glimpse.live() else { return Ok(()) };
        let mut counted = Gathered::default();
        if self.left.is_empty() {
            self.left = tables::names(live, MOST_TABLES)?;
            self.left.reverse();
            self.skipped.clear();
            self.due = now.saturating_add(self.apart());
        }
        let begun = Timer::now();
        while let Some(table) = self.left.last() {
            let left = until.saturating_duration_since(Timer::now());
            if begun.elapsed() >= SLICE || left < LIMIT_WITH_JOURNAL {
                break;
            }
            match tables::extent(live, table, limit.min(left), ctx)? {
                #[allow(clippy::cast_precision_loss)] // a series has floats
                Some(extent) => {
                    counted.sparse("sqlite_table_rows", &[("table", table)], extent.rows as f64, self.apart());
                    counted.sparse("sqlite_table_bytes", &[("table", table)], extent.bytes as f64, self.apart());
                }
                None => self.skipped.push(format!("table {table} was not counted: over {}", Millis::from(limit.min(left)))),
            }
            self.left.pop();
        }
        // Bytes that were read without a lock while somebody wrote tell nothing.
        if glimpse.holds()? {
            into.readings.append(&mut counted.readings);
        }
        Ok(())
    }

    /// What a person should know about the present pass.
    pub(super) fn remark(&self, into: &mut Gathered) {
        into.remarks.extend(self.skipped.iter().cloned());
    }

    fn apart(&self) -> i64 {
        i64::try_from(self.every.as_millis()).unwrap_or(i64::MAX)
    }
}
