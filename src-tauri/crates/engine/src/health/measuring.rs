//! Who measures, how that goes, and how each collector is.

use chrono::DateTime;
use quarterdeck_model::{
    Bytes, Count, Instant, Millis, Outcome,
    inspection::Tone,
    monitor::{Collecting, CollectorStatus, Monitoring, Notice, SeriesFacts},
    system::Name,
};
use quarterdeck_monitor::series::{Policy, Snapshot, writer};
use quarterdeck_store::{
    leases::{Lease, Owner},
    monitoring,
    series::{File, notes},
};

use super::words::{ago, when};
use crate::{Engine, collecting, operation::Scope, ops::CollectorList};

/// The lease of whoever measures.
const COLLECTOR: &str = "collector";

/// Nothing for so long, though somebody holds the lease, is worth a look.
const QUIET: Millis = Millis(120_000);

/// Notices that are shown.
const NOTICES: usize = 20;

/// Who measures, the newest tick, and all collectors as they were kept last.
pub(super) struct Measuring {
    pub(super) collecting: Collecting,
    pub(super) collectors: Vec<CollectorStatus>,
}

impl Measuring {
    /// Reads it.
    pub(super) fn read(engine: &Engine, now: Instant) -> Outcome<Self> {
        let (collectors, newest) = collecting::stored(&engine.home().series())?;
        let last_tick = newest.and_then(DateTime::from_timestamp_millis);
        let notices = notices(engine)?;
        let holder = Lease::holder(&engine.home().leases(), COLLECTOR)?;
        Ok(Self { collecting: told(holder.as_ref(), last_tick, &collectors, notices, now), collectors })
    }

    /// True while somebody measures and the newest tick is fresh.
    pub(super) fn is_fresh(&self) -> bool {
        self.collecting.tone == Tone::Ok
    }
}

/// Lists the collectors, worst first.
pub(crate) fn list(scope: &Scope, only: Option<&Name>) -> Outcome<CollectorList> {
    let engine = &scope.engine;
    let now = engine.clock().now();
    let source = engine.series().snapshot()?;
    let Measuring { collecting, mut collectors } = Measuring::read(engine, now)?;
    collectors.retain(|collector| only.is_none() || collector.system.is_none() || collector.system.as_ref() == only);
    collectors.sort_by(|a, b| (a.tone, &a.key).cmp(&(b.tone, &b.key)));
    let settings = engine.store().read(monitoring::settings)?;
    let series = facts(engine, &source, &settings, collecting.last_tick)?;
    Ok(CollectorList { collectors, collecting, series, settings, as_of: now })
}

/// What whoever measures had to say lately, newest first.
fn notices(engine: &Engine) -> Outcome<Vec<Notice>> {
    let Some(mut file) = File::read(&engine.home().series().join(writer::FILE))? else { return Ok(Vec::new()) };
    let notices = file.look(notes::notices)?.into_iter().take(NOTICES).filter_map(|row| {
        let tone = match row.tone.as_str() {
            "critical" => Tone::Critical,
            "ok" => Tone::Ok,
            _ => Tone::Attention,
        };
        Some(Notice { at: DateTime::from_timestamp_millis(row.at)?, tone, sentence: row.sentence })
    });
    Ok(notices.collect())
}

fn told(
    holder: Option<&Owner>,
    last_tick: Option<Instant>,
    collectors: &[CollectorStatus],
    notices: Vec<Notice>,
    now: Instant,
) -> Collecting {
    let slowest = collectors.iter().map(|collector| collector.every).min().unwrap_or(Millis(15_000));
    let fresh = last_tick.is_some_and(|last| ago(last, now) <= QUIET.max(Millis(slowest.0.saturating_mul(5) / 2)));
    let since = last_tick.map(|last| format!(" since {}", when(last, now))).unwrap_or_default();
    let by = holder.map(|holder| {
        let word = if holder.purpose.to_lowercase().contains("agent") { "agent" } else { "window" };
        format!("{word} {}", holder.pid)
    });
    let (tone, sentence) = match (&by, last_tick) {
        (Some(by), Some(_)) if fresh => (Tone::Ok, format!("The {by} measures {}.", things(collectors))),
        (Some(by), Some(_)) => (Tone::Attention, format!("The {by} should measure and has not{since}.")),
        (Some(by), None) => (Tone::Working, format!("The {by} begins to measure.")),
        (None, Some(_)) => (Tone::Attention, format!("Nothing is measured{since}: no agent lives, and no window is open.")),
        (None, None) => (Tone::Unknown, "Nothing has been measured yet: no agent lives, and no window is open.".to_owned()),
    };
    Collecting { tone, sentence, by, last_tick, notices }
}

fn things(collectors: &[CollectorStatus]) -> String {
    let count = Count(collectors.len() as u64).of("thing");
    let mut rhythms: Vec<Millis> = collectors.iter().map(|collector| collector.every).collect();
    rhythms.sort_unstable();
    match rhythms.as_slice() {
        [] => "nothing yet".to_owned(),
        [first, .., last] if first != last => format!("{count} every {first} to {last}"),
        [every, ..] => format!("{count} every {every}"),
    }
}

/// What the store of series holds.
fn facts(engine: &Engine, source: &Snapshot, settings: &Monitoring, newest: Option<Instant>) -> Outcome<SeriesFacts> {
    let path = engine.home().series().join(writer::FILE);
    let size = |suffix: &str| quarterdeck_store::files::with_suffix(&path, suffix).metadata().map_or(0, |metadata| metadata.len());
    let oldest = match File::read(&path)? {
        Some(mut file) => file.look(|connection| {
            let mut oldest = quarterdeck_store::series::oldest_tick(connection)?;
            for class in 0..4 {
                let first = quarterdeck_store::series::chunks::first(connection, class, i64::MIN, i64::MAX)?;
                oldest = [oldest, first].into_iter().flatten().min();
            }
            Ok(oldest)
        })?,
        None => None,
    };
    let default = Policy::default();
    Ok(SeriesFacts {
        bytes: Bytes(size("") + size("-wal")),
        series: Count(source.series(&[]).len() as u64),
        oldest: oldest.and_then(DateTime::from_timestamp_millis),
        newest,
        policy: format!(
            "Every sample for {} d, five minutes in one for {} d, an hour in one for {} years, what is measured seldom for {} years; at most {} \
             and {} series.",
            settings.raw_days,
            default.five_minutes,
            default.hours / 365,
            default.sparse / 365,
            settings.most_bytes,
            Count(default.most_series as u64),
        ),
    })
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    fn owner(purpose: &str) -> Owner {
        Owner { pid: 4711, who: "ada".to_owned(), purpose: purpose.to_owned(), since: DateTime::UNIX_EPOCH }
    }

    #[test]
    fn who_measures_is_said_and_silence_is_noticed() {
        let now = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
        let told = |holder: Option<&Owner>, minutes: Option<i64>| {
            let last = minutes.map(|minutes| now - TimeDelta::minutes(minutes));
            let told = told(holder, last, &[], Vec::new(), now);
            (told.tone, told.sentence, told.by)
        };
        let (agent, window) = (owner("The agent"), owner("An open window"));
        assert_eq!(
            told(Some(&agent), Some(0)),
            (Tone::Ok, "The agent 4711 measures nothing yet.".to_owned(), Some("agent 4711".to_owned()))
        );
        assert_eq!(told(Some(&window), Some(0)).2, Some("window 4711".to_owned()));
        let (tone, sentence, _) = told(Some(&agent), Some(10));
        assert!(tone == Tone::Attention && sentence.starts_with("The agent 4711 should measure and has not since "), "{sentence}");
        let (tone, sentence, _) = told(None, Some(10));
        assert!(tone == Tone::Attention && sentence.starts_with("Nothing is measured since "), "{sentence}");
        assert_eq!(told(None, None).0, Tone::Unknown);
        assert_eq!(told(Some(&agent), None).0, Tone::Working);
    }
}
