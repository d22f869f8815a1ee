//! Who is told after whom, while nobody has an alert.

use std::time::Duration;

use quarterdeck_model::Millis;

use super::Tell;
use crate::{notify::matcher::Matchers, sample::Moment};

/// Levels that an alert climbs.
#[derive(Debug, Clone, PartialEq)]
pub struct Ladder {
    /// Its name.
    pub name: String,
    /// Which alerts climb it; all must hold.
    pub matchers: Matchers,
    /// From the first to the last, at least one; `after` grows.
    pub levels: Vec<Level>,
}

/// One level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Level {
    /// After how long of firing with nobody on it.
    pub after: Duration,
    /// Whom it tells, at least one.
    pub tell: Vec<Tell>,
    /// How often it tells again; the last level only.
    pub every: Option<Duration>,
}

/// How far an alert has climbed.
#[derive(Debug, Clone, Copy)]
pub struct Climb<'t> {
    /// Since when it fires.
    pub since: Moment,
    /// Milliseconds of that time in which somebody had it, or nobody was to be told; the clock of the ladder stood still.
    pub held: i64,
    /// Somebody has it now, or it is silenced: nothing is due.
    pub stands_still: bool,
    /// Levels that were told, counted from 0, and when; in the order of time.
    pub told: &'t [(usize, Moment)],
}

/// What comes next.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step<'l> {
    /// Which level, counted from 0.
    pub level: usize,
    /// When.
    pub at: Moment,
    /// Whom.
    pub tell: &'l [Tell],
    /// It was told before.
    pub again: bool,
}

/// What an alert's ladder does next; none where it stands still or its last level was told.
pub fn next<'l>(ladder: &'l Ladder, climb: Climb<'_>) -> Option<Step<'l>> {
    if climb.stands_still {
        return None;
    }
    let told = climb.told.iter().map(|(level, _)| level + 1).max().unwrap_or(0);
    if let Some(level) = ladder.levels.get(told) {
        return Some(Step { level: told, at: climb.since + climb.held + millis(level.after), tell: &level.tell, again: false });
    }
    let last = ladder.levels.last()?;
    let newest = climb.told.iter().map(|(_, at)| *at).max()?;
    Some(Step { level: ladder.levels.len() - 1, at: newest + millis(last.every?), tell: &last.tell, again: true })
}

impl Level {
    /// In words: `after 15 min: bert, receiver team-chat`.
    pub fn sentence(&self) -> String {
        let shown = |duration: Duration| Millis::from(duration).to_string();
        let tell: Vec<String> = self.tell.iter().map(Tell::sentence).collect();
        let after = if self.after.is_zero() { "at once".to_owned() } else { format!("after {}", shown(self.after)) };
        let again = self.every.map_or(String::new(), |every| format!(", again every {}", shown(every)));
        format!("{after}: {}{again}", tell.join(", "))
    }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX / 4)
}
