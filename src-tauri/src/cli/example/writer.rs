//! The application at work: appeals, messages and decisions, transaction by transaction, as long as wanted.
//!
//! It holds one connection, as an application does. Nothing about the content is remembered between transactions, so a restore into the
//! live file needs no restart; it opens the path anew when the file there is another one or an error other than a lock comes up.

use std::{
    fs,
    io::Write,
    os::unix::fs::MetadataExt,
    path::Path,
    sync::mpsc::{Receiver, RecvTimeoutError},
    time::{Duration, Instant},
};

use quarterdeck_model::{Clock, Count, Millis, Outcome};
use rusqlite::{Connection, ErrorCode, OptionalExtension, Result, TransactionBehavior};

use super::{acts, chance::Chance, database, say};

/// Between two lines of status.
const STATUS_EVERY: Duration = Duration::from_secs(10);
/// Before the next try after trouble.
const PAUSE: Duration = Duration::from_millis(250);

/// How fast, and how long.
pub(super) struct Pace {
    /// Transactions per second.
    pub rate: f64,
    /// `None` until it is stopped.
    pub lasts: Option<Duration>,
}

/// Writes at that pace until `stop` closes or time is up. A lock, a missing file or a damaged one does not end it: the status says so.
pub(super) fn run(path: &Path, pace: Pace, clock: &dyn Clock, stop: &Receiver<()>, out: &mut dyn Write) -> Outcome<()> {
    say(out, &format!("Writing {} transactions per second into {}; Ctrl-C ends it.", pace.rate, path.display()))?;
    let began = Instant::now();
    let end = pace.lasts.map(|lasts| began + lasts);
    let between = Duration::from_secs_f64(1.0 / pace.rate);
    let mut writer = Writer::new(path, clock);
    let (mut next, mut status) = (began, began + STATUS_EVERY);
    loop {
        let now = Instant::now();
        if end.is_some_and(|end| now >= end) {
            break;
        }
        if now >= status {
            say(out, &writer.status())?;
            status = now + STATUS_EVERY;
        }
        let wake = end.map_or(next.min(status), |end| next.min(status).min(end));
        if stop.recv_timeout(wake.saturating_duration_since(now)) != Err(RecvTimeoutError::Timeout) {
            break;
        }
        if Instant::now() >= next {
            let went_well = writer.step();
            // Time lost behind a lock is not made up for in a burst.
            next = (next + between).max(Instant::now() + if went_well { Duration::ZERO } else { PAUSE });
        }
    }
    say(out, &writer.status())?;
    say(out, &format!("Ended after {} transactions.", writer.total))
}

/// What the application is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    /// A new appeal.
    Submit,
    /// A message about one.
    Talk,
    /// A step towards its decision, or that.
    Decide,
}

/// The application.
pub(super) struct Writer<'a> {
    path: &'a Path,
    clock: &'a dyn Clock,
    chance: Chance,
    open: Option<Open>,
    /// Transactions that were committed.
    pub total: Count,
    since: Tally,
}

struct Open {
    connection: Connection,
    /// Device and inode of the file at the time of opening.
    file: (u64, u64),
}

/// What happened since the last status.
#[derive(Default)]
struct Tally {
    committed: u64,
    slowest: Duration,
    locked: u64,
    troubles: u64,
    last_trouble: String,
}

impl<'a> Writer<'a> {
    pub(super) fn new(path: &'a Path, clock: &'a dyn Clock) -> Self {
        let seed = u64::try_from(clock.now().timestamp_millis()).unwrap_or_default();
        Self { path, clock, chance: Chance::new(seed), open: None, total: Count(0), since: Tally::default() }
    }

    /// One transaction. False where it was not committed; the next step tries again.
    pub(super) fn step(&mut self) -> bool {
        let wanted = self.draw();
        self.perform(wanted, &|_| {}).is_ok()
    }

    /// What somebody asks the application for next.
    pub(super) fn draw(&self) -> Act {
        match self.chance.below(100) {
            0..25 => Act::Submit,
            25..80 => Act::Talk,
            _ => Act::Decide,
        }
    }

    /// One transaction of that kind, or a submission where there is nothing to talk about or decide. `before_commit` is called while it
    /// holds the write lock.
    pub(super) fn perform(&mut self, wanted: Act, before_commit: &dyn Fn(Act)) -> Result<Act> {
        let began = Instant::now();
        let done = self.transact(wanted, before_commit);
        match &done {
            Ok(_) => {
                self.total.0 += 1;
                self.since.committed += 1;
                self.since.slowest = self.since.slowest.max(began.elapsed());
            }
            Err(error) => {
                if matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)) {
                    self.since.locked += 1;
                } else {
                    self.since.troubles += 1;
                    self.since.last_trouble = error.to_string();
                    self.open = None;
                }
            }
        }
        done
    }

    /// Reads the talk about one of the newest appeals, as a page of the application shows it: at most 100 messages. Says how many.
    pub(super) fn load_thread(&mut self) -> Result<usize> {
        let skip = self.chance.below(40);
        let open = connected(&mut self.open, self.path)?;
        let mut statement = open.prepare_cached(
            "SELECT sender, body, sentiment, created_at FROM appeal_negotiation_messages
             WHERE appeal_id = (SELECT id FROM appeals WHERE status = 'negotiating' ORDER BY created_at DESC LIMIT 1 OFFSET ?)
             ORDER BY created_at LIMIT 100",
        )?;
        let bodies = statement.query_map([skip], |row| row.get::<_, String>(1))?.collect::<Result<Vec<_>>>()?;
        Ok(bodies.len())
    }

    /// Asks what the models expect of a user. Says how many expectations there are.
    pub(super) fn read_prediction(&mut self, kind: &str) -> Result<usize> {
        let open = connected(&mut self.open, self.path)?;
        let user = acts::any_user(open, &self.chance)?;
        let mut statement =
            open.prepare_cached("SELECT value, confidence FROM ml_predictions WHERE prediction_type = ? AND user_id = ? ORDER BY id DESC")?;
        let values = statement.query_map((kind, user), |row| row.get::<_, f64>(0))?.collect::<Result<Vec<_>>>()?;
        Ok(values.len())
    }

    fn transact(&mut self, wanted: Act, before_commit: &dyn Fn(Act)) -> Result<Act> {
        let now = self.clock.now().timestamp();
        let transaction = connected(&mut self.open, self.path)?.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let done = act(&transaction, wanted, &self.chance, now)?;
        before_commit(done);
        transaction.commit()?;
        Ok(done)
    }

    /// What happened since the last call, in one line.
    pub(super) fn status(&mut self) -> String {
        let since = std::mem::take(&mut self.since);
        let time = self.clock.now().format("%H:%M:%S");
        let mut line = format!("{time} UTC: {} transactions", Count(since.committed));
        if since.committed > 0 {
            line.push_str(&format!(", slowest {}", Millis::from(since.slowest)));
        }
        match self.open.as_ref().map(|open| count_appeals(&open.connection)) {
            Some(Ok(appeals)) => line.push_str(&format!(", {} appeals", Count(appeals))),
            Some(Err(error)) => line.push_str(&format!(", appeals cannot be counted: {error}")),
            None => {}
        }
        if since.locked > 0 {
            line.push_str(&format!(", {} times locked out", since.locked));
        }
        if since.troubles > 0 {
            line.push_str(&format!(", opened anew {} times: {}", since.troubles, since.last_trouble));
        }
        line
    }
}

/// The connection, opened anew where the file at its path is another one.
fn connected<'o>(open: &'o mut Option<Open>, path: &Path) -> Result<&'o mut Connection> {
    let file = fs::metadata(path).map_or((0, 0), |file| (file.dev(), file.ino()));
    let kept = match open.take().filter(|open| open.file == file) {
        Some(kept) => kept,
        None => Open { connection: database::open(path)?, file },
    };
    Ok(&mut open.insert(kept).connection)
}

fn count_appeals(connection: &Connection) -> Result<u64> {
    connection.query_row("SELECT count(*) FROM appeals", [], |row| row.get::<_, u32>(0)).map(u64::from)
}

fn act(db: &Connection, wanted: Act, chance: &Chance, now: i64) -> Result<Act> {
    match wanted {
        Act::Submit => submit(db, chance, now),
        Act::Talk => talk(db, chance, now),
        Act::Decide => decide(db, chance, now),
    }
}

fn submit(db: &Connection, chance: &Chance, now: i64) -> Result<Act> {
    let user = match acts::any_user(db, chance)? {
        Some(user) if chance.percent(95) => user,
        _ => acts::join(db, chance, now)?,
    };
    let violation = acts::violate(db, chance, user, now)?;
    let appeal = acts::appeal(db, chance, user, violation, now)?;
    acts::predict(db, chance, user, Some((appeal, chance.percent(46))), now).map(|_| Act::Submit)
}

fn talk(db: &Connection, chance: &Chance, now: i64) -> Result<Act> {
    let status = chance.pick(&["negotiating", "negotiating", "reviewing"]);
    let Some(appeal) = open_appeal(db, chance, [status, "pending"])? else { return submit(db, chance, now) };
    acts::take_up(db, chance, appeal, "negotiating", now)?;
    acts::read_messages(db, appeal, now)?;
    acts::write_message(db, chance, appeal, now, now).map(|()| Act::Talk)
}

fn decide(db: &Connection, chance: &Chance, now: i64) -> Result<Act> {
    let status = chance.pick(&["pending", "reviewing", "negotiating"]);
    let otherwise = if status == "pending" { status } else { "negotiating" };
    let Some(appeal) = open_appeal(db, chance, [status, otherwise])? else { return submit(db, chance, now) };
    if status == "pending" {
        return acts::take_up(db, chance, appeal, "reviewing", now).map(|()| Act::Decide);
    }
    let outcome = chance.pick(&["approved", "approved", "denied", "withdrawn"]);
    acts::resolve(db, chance, appeal, outcome, now)?;
    acts::deliver_notifications(db, now).map(|()| Act::Decide)
}

/// One of the newest appeals with the first status that any has; the newest, where there are few.
fn open_appeal(db: &Connection, chance: &Chance, statuses: [&str; 2]) -> Result<Option<i64>> {
    let mut statement = db.prepare_cached("SELECT id FROM appeals WHERE status = ? ORDER BY created_at DESC LIMIT 1 OFFSET ?")?;
    let mut at = |status: &str, skip: u32| statement.query_row((status, skip), |row| row.get(0)).optional();
    for status in statuses {
        if let Some(appeal) = at(status, chance.below(40))?.or(at(status, 0)?) {
            return Ok(Some(appeal));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use quarterdeck_testkit::{FixedClock, Peer, Scratch};

    use super::*;

    #[test]
    fn a_lock_is_counted_and_waited_out() {
        let home = Scratch::new();
        let path = home.file("r.db");
        drop(database::open_or_create(&path).unwrap());
        let clock = FixedClock::default();
        let mut writer = Writer::new(&path, &clock);
        assert!(writer.step());
        writer.open.as_ref().unwrap().connection.busy_timeout(Duration::ZERO).unwrap();
        let mut shell = Peer::open(&path);
        assert_eq!(shell.run("BEGIN IMMEDIATE;"), "");
        assert!(!writer.step());
        assert_eq!(shell.run("COMMIT;"), "");
        assert!(writer.step());
        let status = writer.status();
        assert!(status.contains("2 transactions") && status.contains(", 1 times locked out") && !status.contains("anew"), "{status}");
    }
}
