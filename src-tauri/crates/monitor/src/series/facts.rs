//! What the store of series holds, for people.

use std::fs;

use quarterdeck_model::{Bytes, Count, Instant, Outcome, monitor::SeriesFacts};
use quarterdeck_store::{
    Connection,
    files::with_suffix,
    series::{self as rows, chunks},
};

use super::{
    Policy, Snapshot,
    codec::frame,
    policy::{FIVE_MINUTES, HOURS, RAW, SPARSE},
};
use crate::sample::Moment;

/// So many series of the oldest window are asked when they begin.
const ASKED: usize = 100;

impl Snapshot {
    /// How much there is, since when, and what is kept.
    pub fn facts(&self, policy: &Policy) -> Outcome<SeriesFacts> {
        let series = Count(self.series(&[]).len() as u64);
        let none = SeriesFacts { bytes: Bytes(0), series, oldest: None, newest: None, policy: policy.sentence() };
        let facts = self.look(|file| {
            let room = ["", "-wal"].map(|suffix| fs::metadata(with_suffix(file.path(), suffix)).map_or(0, |file| file.len()));
            let (oldest, newest) = (oldest(file.rows())?, rows::newest_moment(file.rows())?);
            let time = |at: Option<Moment>| at.and_then(Instant::from_timestamp_millis);
            Ok(SeriesFacts { bytes: Bytes(room.iter().sum()), oldest: time(oldest), newest: time(newest), ..none.clone() })
        })?;
        Ok(facts.unwrap_or(none))
    }
}

impl Policy {
    /// What is kept how long, as a sentence.
    pub fn sentence(&self) -> String {
        let days = |days: i64| if days % 365 == 0 && days > 365 { format!("{} years", days / 365) } else { format!("{days} days") };
        format!(
            "Each sample stays {}, one in five minutes {}, one in an hour {}, what is measured seldom {}; at most {} MB and {} series.",
            days(self.raw),
            days(self.five_minutes),
            days(self.hours),
            days(self.sparse),
            self.most_bytes / 1_000_000,
            self.most_series
        )
    }
}

/// When the oldest sample was: those in the oldest window of each class, and the oldest that is in none yet.
fn oldest(look: &Connection) -> Outcome<Option<Moment>> {
    let mut oldest = rows::oldest_tick(look)?;
    for class in [RAW, FIVE_MINUTES, HOURS, SPARSE] {
        let Some(start) = chunks::first(look, class.number, Moment::MIN, Moment::MAX)? else { continue };
        let mut asked = 0;
        chunks::scan_window(look, class.number, start, (0, i64::MAX), |_, body| {
            asked += 1;
            if asked <= ASKED {
                oldest = [oldest, frame::first_time(start, body)].into_iter().flatten().min();
            }
            Ok(())
        })?;
    }
    Ok(oldest)
}
