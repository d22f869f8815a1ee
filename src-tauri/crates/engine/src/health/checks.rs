//! What each check says of what was measured: pure functions, one for each check. The numbers are those of docs/health.md.

use chrono::{DateTime, TimeDelta};
use quarterdeck_model::{
    Bytes, Count, Instant, Millis,
    inspection::{Tone, Verdict},
    snapshot::Level,
    system::Objective,
};
use quarterdeck_monitor::sample::Sample;

use super::words::{ago, figures, when};
use crate::ops::{Loss, Proof, SnapshotBrief};

/// What a check found.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Judged {
    /// How it is.
    pub tone: Tone,
    /// What was found, beside what it should be.
    pub sentence: String,
}

impl Judged {
    /// Found so.
    pub(crate) fn new(tone: Tone, sentence: impl Into<String>) -> Self {
        Self { tone, sentence: sentence.into() }
    }

    /// As it should be.
    pub(crate) fn ok(sentence: impl Into<String>) -> Self {
        Self::new(Tone::Ok, sentence)
    }
}

/// A log of this size is not looked at, however small the pages are.
const LOG: f64 = 128e6;

/// SQLite moves a log back at so many pages, unless an application says otherwise.
const AUTO_CHECKPOINT: f64 = 1_000.0;

/// A check of the whole database that is older than this says little.
const WHOLE: TimeDelta = TimeDelta::days(7);

/// Without any promise, a backup that is older than this.
const BACKUP: TimeDelta = TimeDelta::days(7);

/// A proof by a restore that is older than this.
const PROOF: TimeDelta = TimeDelta::days(35);

/// A certificate that ends within these is looked at, or somebody must act.
const CERTIFICATE: (TimeDelta, TimeDelta) = (TimeDelta::days(21), TimeDelta::days(3));

/// A disk with less than these shares free.
const DISK: (f64, f64) = (0.10, 0.03);

/// A disk that is full within these, at the pace of the last two days.
const FULL: (Millis, Millis) = (Millis(7 * 86_400_000), Millis(86_400_000));

/// Memory with less than these shares available.
const MEMORY: (f64, f64) = (0.05, 0.02);

/// Whether a database answers.
pub(super) fn answers(verdict: Verdict, finding: Option<&str>) -> Judged {
    let because = |word: &str| finding.map_or_else(|| word.to_owned(), |finding| format!("{word}: {finding}"));
    match verdict {
        Verdict::Healthy => Judged::ok("It opens, and its header and schema are as SQLite wants them"),
        Verdict::Empty => Judged::ok("It opens and is empty"),
        Verdict::Locked => Judged::new(Tone::Unknown, "Another process holds it exclusively: nothing can be said now"),
        Verdict::Damaged => Judged::new(Tone::Critical, because("It is damaged")),
        Verdict::NotADatabase => Judged::new(Tone::Critical, because("It is no database")),
        Verdict::Encrypted => Judged::new(Tone::Critical, because("It is encrypted or noise")),
        Verdict::Unreadable => Judged::new(Tone::Critical, because("It cannot be read")),
    }
}

/// Whether a database answered when it was measured last.
pub(super) fn reached(up: bool, fault: Option<&str>) -> Judged {
    match (up, fault) {
        (true, _) => Judged::ok("It answers"),
        (false, Some(fault)) => Judged::new(Tone::Critical, fault.trim_end_matches('.')),
        (false, None) => Judged::new(Tone::Critical, "It does not answer"),
    }
}

/// How long ago the database was checked whole: at the newest snapshot that was, or the newest proof.
pub(super) fn integrity(snapshot: Option<&SnapshotBrief>, proof: Option<&Proof>, now: Instant) -> Judged {
    let checked = snapshot.filter(|snapshot| snapshot.level >= Level::IntegrityOk).map(|snapshot| snapshot.cut_at);
    let Some(at) = checked.max(proof.map(|proof| proof.at)) else {
        return Judged::new(Tone::Unknown, "Never checked whole: no backup of it has passed integrity_check");
    };
    let sentence = format!("Passed integrity_check as of {}", when(at, now));
    match now - at > WHOLE {
        true => Judged::new(Tone::Attention, format!("{sentence}, {} ago; 7 d are allowed", ago(at, now))),
        false => Judged::ok(sentence),
    }
}

/// Whether the write-ahead log stays small: over 128 MB and four times what a checkpoint moves back, something holds it open.
pub(super) fn log_size(bytes: f64, page_size: Option<f64>) -> Judged {
    let most = LOG.max(4.0 * AUTO_CHECKPOINT * page_size.unwrap_or(4_096.0));
    let (shown, limit) = (size(bytes), size(most));
    match bytes > most {
        true => Judged::new(
            Tone::Attention,
            format!("The log is {shown}; {limit} are allowed. A reader that never ends keeps it from being moved back"),
        ),
        false => Judged::ok(format!("The log is {shown} of {limit} allowed")),
    }
}

/// Whether checkpoints come through: frames that were not moved back, growing for ten minutes without ever falling.
pub(super) fn checkpoint(lag: &[Sample]) -> Option<Judged> {
    let (first, last) = (lag.first()?, lag.last()?);
    let never_fell = lag.windows(2).all(|pair| pair[1].value >= pair[0].value);
    let grew = never_fell && last.value > first.value && last.value > AUTO_CHECKPOINT && last.at - first.at >= 9 * 60_000;
    let frames = figures(last.value);
    Some(match grew {
        true => {
            Judged::new(Tone::Attention, format!("Checkpoints do not come through: {frames} frames wait, more at each look for 10 min"))
        }
        false => Judged::ok(format!("{frames} frames wait for a checkpoint")),
    })
}

/// Whether the newest backup keeps what was promised.
pub(crate) fn backup(newest: Option<Instant>, loss: Option<&Loss>, objectives: &[Objective], now: Instant) -> Judged {
    let (Some(newest), Some(loss)) = (newest, loss) else {
        return Judged::new(Tone::Attention, "Never backed up: everything would be lost");
    };
    let taken = format!("The newest is of {}, {} ago", when(newest, now), ago(newest, now));
    let promised = objectives.iter().filter(|objective| objective.rpo.0 > 0).min_by_key(|objective| objective.rpo);
    let open = ago(newest, now);
    match promised {
        Some(promised) if open > promised.rpo => Judged::new(
            Tone::Attention,
            format!("{taken}: that much would be lost, {} is promised for {}", promised.rpo, promised.scenario),
        ),
        Some(promised) if loss.largest > promised.rpo => Judged::new(
            Tone::Attention,
            format!("{taken}; in the last 7 d there was a gap of {}, {} is promised for {}", loss.largest, promised.rpo, promised.scenario),
        ),
        Some(promised) => Judged::ok(format!("{taken}; {} is promised for {}", promised.rpo, promised.scenario)),
        None if now - newest > BACKUP => Judged::new(Tone::Attention, format!("{taken}; nothing is promised, 7 d are allowed")),
        None => Judged::ok(taken),
    }
}

/// Whether a restore has proved the backups.
pub(super) fn proof(proof: Option<&Proof>, now: Instant) -> Judged {
    let Some(proof) = proof else { return Judged::new(Tone::Unknown, "Never proved by a restore or a drill") };
    let sentence = format!("Proved restorable {}, in {}", when(proof.at, now), proof.took);
    match now - proof.at > PROOF {
        true => Judged::new(Tone::Attention, format!("{sentence}: {} ago, 35 d are allowed", ago(proof.at, now))),
        false => Judged::ok(sentence),
    }
}

/// Whether the folder of snapshots is there and has room.
pub(super) fn repository(exists: bool, ever: bool, room: Option<(Bytes, Bytes)>) -> Judged {
    if !exists {
        return match ever {
            true => Judged::new(Tone::Critical, "It is not where it was: no snapshot can be reached"),
            false => Judged::new(Tone::Unknown, "Not made yet: the first backup makes it"),
        };
    }
    let Some((free, all)) = room else { return Judged::new(Tone::Unknown, "It is there; its disk does not tell its room") };
    let share = share(free.0, all.0);
    let sentence = format!("Reachable, {free} free on its disk ({} %)", figures(share * 100.0));
    Judged::new(below(share, DISK), sentence)
}

/// Whether a disk has room, now and at the pace of the last two days.
pub(super) fn disk(free: f64, all: f64, full: Option<Millis>) -> Judged {
    let share = if all > 0.0 { free / all } else { 0.0 };
    let room = below(share, DISK);
    let pace = match full {
        Some(full) if full <= FULL.1 => Tone::Critical,
        Some(full) if full <= FULL.0 => Tone::Attention,
        _ => Tone::Ok,
    };
    let until =
        full.filter(|_| pace != Tone::Ok).map(|full| format!(", full in {full} at the pace of the last two days")).unwrap_or_default();
    Judged::new(room.min(pace), format!("{} of {} free ({} %){until}", size(free), size(all), figures(share * 100.0)))
}

/// Whether memory is left.
pub(super) fn memory(available: f64, all: f64) -> Judged {
    let share = if all > 0.0 { available / all } else { 0.0 };
    Judged::new(below(share, MEMORY), format!("{} of {} available ({} %)", size(available), size(all), figures(share * 100.0)))
}

/// Whether migrations stand as the files say.
pub(super) fn migrations(pending: f64, drift: f64, failed: f64) -> Judged {
    if failed > 0.0 {
        return Judged::new(Tone::Critical, "A migration has failed and stands in the way");
    }
    if drift > 0.0 {
        return Judged::new(Tone::Attention, "The database is not what its migrations make: somebody changed it by hand");
    }
    if pending > 0.0 {
        return Judged::new(Tone::Attention, format!("{} pending", counted(pending, "migration")));
    }
    Judged::ok("All migrations are applied")
}

/// Whether an address answers as it should.
pub(super) fn probe(success: bool, status: Option<f64>, took: Option<f64>) -> Judged {
    let status = status.filter(|status| *status > 0.0).map(|status| format!(" with status {}", figures(status))).unwrap_or_default();
    let took =
        took.map(|took| format!(" in {}", super::words::value(took, quarterdeck_model::monitor::PanelUnit::Seconds))).unwrap_or_default();
    match success {
        true => Judged::ok(format!("Answers{status}{took}")),
        false if status.is_empty() => Judged::new(Tone::Critical, "Does not answer"),
        false => Judged::new(Tone::Critical, format!("Answers{status}, not as it should")),
    }
}

/// Whether a certificate is valid for a while; `ends` in seconds since 1970.
#[allow(clippy::cast_possible_truncation)] // seconds of a certificate
pub(super) fn certificate(ends: f64, now: Instant) -> Option<Judged> {
    let ends = DateTime::from_timestamp(ends as i64, 0)?;
    let left = ends - now;
    let day = when(ends, now);
    Some(if left <= TimeDelta::zero() {
        Judged::new(Tone::Critical, format!("Ended {day}"))
    } else {
        let tone = if left < CERTIFICATE.1 {
            Tone::Critical
        } else if left < CERTIFICATE.0 {
            Tone::Attention
        } else {
            Tone::Ok
        };
        Judged::new(tone, format!("Valid until {day}, for {}", crate::jobs::between(now, ends)))
    })
}

/// Whether a unit of systemd is in the state that it should be in.
pub(super) fn unit(state: Option<&str>) -> Judged {
    match state {
        Some("active") => Judged::ok("Active"),
        Some(state @ ("activating" | "deactivating" | "reloading")) => Judged::new(Tone::Working, format!("It is {state}")),
        Some(state) => Judged::new(Tone::Critical, format!("It is {state}")),
        None => Judged::new(Tone::Unknown, "systemd does not tell its state"),
    }
}

/// Whether a process lives.
pub(super) fn process(up: bool) -> Judged {
    if up { Judged::ok("It runs") } else { Judged::new(Tone::Critical, "It does not run") }
}

/// Whether a file is there and not too old.
#[allow(clippy::cast_possible_truncation)] // milliseconds since 1970
pub(super) fn file(exists: bool, changed: Option<f64>, at_most: Option<Millis>, now: Instant) -> Judged {
    if !exists {
        return Judged::new(Tone::Attention, "It is not there");
    }
    let Some(changed) = changed.and_then(|seconds| DateTime::from_timestamp_millis((seconds * 1_000.0) as i64)) else {
        return Judged::new(Tone::Unknown, "Its age is not known");
    };
    let age = ago(changed, now);
    match at_most {
        Some(at_most) if age > at_most => Judged::new(Tone::Attention, format!("Last written {age} ago; {at_most} are allowed")),
        _ => Judged::ok(format!("Last written {age} ago")),
    }
}

fn below(share: f64, (attention, critical): (f64, f64)) -> Tone {
    if share < critical {
        Tone::Critical
    } else if share < attention {
        Tone::Attention
    } else {
        Tone::Ok
    }
}

#[allow(clippy::cast_precision_loss)] // a share
fn share(part: u64, all: u64) -> f64 {
    if all == 0 { 0.0 } else { part as f64 / all as f64 }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // three figures are shown
fn size(bytes: f64) -> Bytes {
    Bytes(bytes.max(0.0) as u64)
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a few
fn counted(number: f64, noun: &str) -> String {
    Count(number.max(0.0) as u64).of(noun)
}

#[cfg(test)]
mod tests;
