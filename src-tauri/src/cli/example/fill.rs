//! Fills the example's database with a believable past.

use quarterdeck_model::{Count, Instant};
use rusqlite::{Connection, Result, TransactionBehavior, params};

use super::{acts, belongings, chance::Chance, words::BULK_REASONS};

const SEED: u64 = 0x0072_6570_7574;
const DAY: i64 = 86_400;
/// How far back the first appeal lies.
const PAST: i64 = 90 * DAY;
/// Appeals in one transaction: what an interruption can undo.
const BATCH: u32 = 2_000;
/// Appeals for each user.
const APPEALS_PER_USER: u32 = 8;

/// What was added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Added {
    /// Appeals that were there before.
    pub before: Count,
    pub appeals: Count,
    pub messages: Count,
}

/// Adds appeals, and what belongs to them, until there are `rows`. Their times run from the newest appeal that is there, or 90 days ago,
/// to `now`. An interruption leaves whole appeals, and the next time goes on.
pub(super) fn top_up(connection: &mut Connection, rows: u32, now: Instant) -> Result<Added> {
    let now = now.timestamp();
    let (before, newest): (u32, Option<i64>) =
        connection.query_row("SELECT count(*), CAST(strftime('%s', max(created_at)) AS INTEGER) FROM appeals", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
    let messages_before = count_messages(connection)?;
    let missing = rows.saturating_sub(before);
    let past = Past { first: newest.unwrap_or(now - PAST).clamp(now - PAST, now), now, appeals: missing };
    let mut done = 0;
    while done < missing {
        let until = missing.min(done + BATCH);
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        past.add(&transaction, done..until, &Chance::new(SEED ^ u64::from(before + done)))?;
        transaction.commit()?;
        done = until;
    }
    if missing > 0 {
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    }
    Ok(Added {
        before: Count(before.into()),
        appeals: Count(missing.into()),
        messages: Count(count_messages(connection)?.saturating_sub(messages_before)),
    })
}

fn count_messages(connection: &Connection) -> Result<u64> {
    connection.query_row("SELECT count(*) FROM appeal_negotiation_messages", [], |row| row.get::<_, u32>(0)).map(u64::from)
}

/// A stretch of time and how many appeals fall into it.
struct Past {
    first: i64,
    now: i64,
    appeals: u32,
}

impl Past {
    fn add(&self, db: &Connection, numbers: std::ops::Range<u32>, chance: &Chance) -> Result<()> {
        for _ in 0..numbers.len().div_ceil(APPEALS_PER_USER as usize) {
            acts::join(db, chance, self.first - i64::from(chance.between(21, 400)) * DAY)?;
        }
        for number in numbers {
            let Some(user) = acts::any_user(db, chance)? else { return Ok(()) };
            let at = self.first + (self.now - self.first) * i64::from(number) / i64::from(self.appeals);
            self.add_appeal(db, chance, user, at)?;
            let other = acts::any_user(db, chance)?.unwrap_or(user);
            acts::recover(db, chance, other, at)?;
        }
        decide_in_bulk(db, chance)?;
        acts::deliver_notifications(db, self.now)?;
        belongings::add(db)
    }

    /// One appeal with everything that belongs to it, as far as it has happened by now.
    fn add_appeal(&self, db: &Connection, chance: &Chance, user: i64, at: i64) -> Result<()> {
        let outcome = outcome(chance);
        let (history, points) = acts::violate(db, chance, user, at - i64::from(chance.between(600, 20 * 86_400)))?;
        let appeal = acts::appeal(db, chance, user, (history, points), at)?;
        let foreseen = (appeal, (outcome == "approved") == chance.percent(78));
        match chance.below(20) {
            0 | 1 => acts::suggest(db, chance, user, history, Some(foreseen), at)?,
            2 => {
                let (history, _) = acts::violate(db, chance, user, at)?;
                acts::suggest(db, chance, user, history, None, at)?;
            }
            _ => {
                let about = chance.percent(75).then_some(foreseen);
                acts::predict(db, chance, user, about, at)?;
            }
        }
        let mut time = at + i64::from(chance.between(300, 4 * 3_600));
        if !self.reached(time) {
            return Ok(());
        }
        acts::take_up(db, chance, appeal, "reviewing", time)?;
        let talk = if chance.percent(80) { chance.between(2, 16) } else { 0 };
        for turn in 0..talk {
            time += i64::from(chance.between(60, 6 * 3_600));
            if !self.reached(time) {
                return Ok(());
            }
            if turn == 0 {
                acts::take_up(db, chance, appeal, "negotiating", time)?;
            }
            acts::write_message(db, chance, appeal, time, self.now)?;
        }
        time += i64::from(chance.between(600, 24 * 3_600));
        if self.reached(time) { acts::resolve(db, chance, appeal, outcome, time) } else { Ok(()) }
    }

    fn reached(&self, time: i64) -> bool {
        time <= self.now
    }
}

/// How an appeal ends.
fn outcome(chance: &Chance) -> &'static str {
    match chance.below(100) {
        0..46 => "approved",
        46..84 => "denied",
        84..93 => "expired",
        _ => "withdrawn",
    }
}

/// Records that a few appeals of the newest were decided together.
fn decide_in_bulk(db: &Connection, chance: &Chance) -> Result<()> {
    let (action, outcome) = chance.pick(&[("approve", "approved"), ("deny", "denied"), ("expire", "expired")]);
    let reason = chance.pick(&BULK_REASONS);
    db.execute(
        "INSERT INTO bulk_operations(reviewer_id, action, reason, created_at, finished_at)
         SELECT ?1, ?2, ?3, max(resolved_at), max(resolved_at) FROM appeals WHERE status = ?4 HAVING count(*) > 0",
        params![chance.between(1, 8), action, reason, outcome],
    )?;
    db.execute(
        "INSERT INTO bulk_operation_items(operation_id, appeal_id, outcome)
         SELECT (SELECT max(id) FROM bulk_operations), id, iif(id % 11 = 0, 'skipped', 'done')
         FROM appeals WHERE status = ?1 ORDER BY created_at DESC LIMIT 40",
        [outcome],
    )
    .map(|_| ())
}
