//! What the application does, one act each. Times are seconds since 1970; SQLite writes them as text.

use rusqlite::{Connection, OptionalExtension, Result, params};

use super::{
    chance::Chance,
    words::{FIRST, FROM_REVIEWER, FROM_SYSTEM, FROM_USER, LAST, REASONS},
};

/// Appealable violations with their points, as in the first migration.
const VIOLATIONS: [(&str, u32); 7] =
    [("burst", 5), ("quota", 10), ("scraping", 25), ("shared-key", 20), ("retry-storm", 8), ("false-agent", 15), ("payload", 6)];

/// A user joins. Returns their id.
pub(super) fn join(db: &Connection, chance: &Chance, at: i64) -> Result<i64> {
    let (first, last) = (chance.pick(&FIRST), chance.pick(&LAST));
    let id: i64 = db.prepare_cached("SELECT ifnull(max(id), 0) + 1 FROM users")?.query_row([], |row| row.get(0))?;
    let handle = format!("{}.{}{id}", first.to_lowercase(), last.to_lowercase());
    db.prepare_cached("INSERT INTO users(id, handle, display_name, reputation, joined_at) VALUES(?, ?, ?, ?, datetime(?, 'unixepoch'))")?
        .execute(params![id, handle, format!("{first} {last}"), chance.between(60, 420), at])?;
    if chance.percent(40) {
        db.prepare_cached("INSERT INTO notification_preferences(user_id, channel, enabled) VALUES(?, ?, ?)")?.execute(params![
            id,
            chance.pick(&["email", "in-app", "webhook"]),
            chance.percent(70)
        ])?;
    }
    Ok(id)
}

/// Any user; `None` while there is none.
pub(super) fn any_user(db: &Connection, chance: &Chance) -> Result<Option<i64>> {
    let last: Option<i64> = db.prepare_cached("SELECT max(id) FROM users")?.query_row([], |row| row.get(0))?;
    let Some(last) = last else { return Ok(None) };
    let from = i64::from(chance.below(u32::try_from(last).unwrap_or(u32::MAX).max(1)));
    db.prepare_cached("SELECT id FROM users WHERE id > ? ORDER BY id LIMIT 1")?.query_row([from], |row| row.get(0)).optional()
}

/// A user breaks a rule. Returns the id of the change and the points that it cost.
pub(super) fn violate(db: &Connection, chance: &Chance, user: i64, at: i64) -> Result<(i64, u32)> {
    let (code, points) = chance.pick(&VIOLATIONS);
    let id = change(db, user, "violation", Some(code), -i64::from(points), at)?;
    Ok((id, points))
}

/// A user gets points back for a time without violations.
pub(super) fn recover(db: &Connection, chance: &Chance, user: i64, at: i64) -> Result<()> {
    change(db, user, "recovery", None, i64::from(chance.between(4, 24)), at).map(|_| ())
}

fn change(db: &Connection, user: i64, cause: &str, violation: Option<&str>, delta: i64, at: i64) -> Result<i64> {
    db.prepare_cached(
        "INSERT INTO reputation_history(user_id, cause, violation, delta, created_at) VALUES(?, ?, ?, ?, datetime(?, 'unixepoch'))",
    )?
    .insert(params![user, cause, violation, delta, at])
}

/// A user appeals against a change. Returns the appeal's id.
pub(super) fn appeal(db: &Connection, chance: &Chance, user: i64, (history, points): (i64, u32), at: i64) -> Result<i64> {
    let (reason, statement) = chance.pick(&REASONS);
    db.prepare_cached(
        "INSERT INTO appeals(user_id, history_id, reason, statement, points_disputed, created_at, updated_at)
         VALUES(?1, ?2, ?3, ?4, ?5, datetime(?6, 'unixepoch'), datetime(?6, 'unixepoch'))",
    )?
    .insert(params![user, history, reason, statement, points, at])
}

/// Someone writes into the talk about an appeal; most have been read by `now`.
pub(super) fn write_message(db: &Connection, chance: &Chance, appeal: i64, at: i64, now: i64) -> Result<()> {
    let (sender, says): (_, &[&str]) = match chance.below(20) {
        0 => ("system", &FROM_SYSTEM),
        1..11 => ("user", &FROM_USER),
        _ => ("reviewer", &FROM_REVIEWER),
    };
    let (first, second) = (chance.pick(says), chance.pick(says));
    let body = if sender != "system" && second != first { format!("{first} {second}") } else { first.to_owned() };
    let mood = (sender != "system").then(|| chance.mood());
    let read_at = Some(at + i64::from(chance.between(30, 7_200))).filter(|read_at| *read_at <= now && chance.percent(90));
    db.prepare_cached(
        "INSERT INTO appeal_negotiation_messages(appeal_id, sender, body, sentiment, created_at, read_at)
         VALUES(?, ?, ?, ?, datetime(?, 'unixepoch'), datetime(?, 'unixepoch'))",
    )?
    .execute(params![appeal, sender, body, mood, at, read_at])
    .map(|_| ())
}

/// The other side reads what was written about an appeal.
pub(super) fn read_messages(db: &Connection, appeal: i64, at: i64) -> Result<()> {
    db.prepare_cached(
        "UPDATE appeal_negotiation_messages SET read_at = datetime(?2, 'unixepoch') WHERE appeal_id = ?1 AND read_at IS NULL",
    )?
    .execute(params![appeal, at])
    .map(|_| ())
}

/// An open appeal goes on: `reviewing` or `negotiating`, with a reviewer.
pub(super) fn take_up(db: &Connection, chance: &Chance, appeal: i64, status: &str, at: i64) -> Result<()> {
    db.prepare_cached(
        "UPDATE appeals SET status = ?2, reviewer_id = ifnull(reviewer_id, ?3), updated_at = datetime(?4, 'unixepoch')
         WHERE id = ?1 AND resolved_at IS NULL",
    )?
    .execute(params![appeal, status, chance.between(1, 8), at])
    .map(|_| ())
}

/// An open appeal ends: `approved` (with some of its points), `denied`, `expired` or `withdrawn`.
pub(super) fn resolve(db: &Connection, chance: &Chance, appeal: i64, status: &str, at: i64) -> Result<()> {
    let share = if status == "approved" { chance.pick(&[50, 75, 100, 100]) } else { 0 };
    db.prepare_cached(
        "UPDATE appeals SET status = ?2, points_restored = points_disputed * ?3 / 100,
             updated_at = datetime(?4, 'unixepoch'), resolved_at = datetime(?4, 'unixepoch')
         WHERE id = ?1 AND resolved_at IS NULL",
    )?
    .execute(params![appeal, status, share, at])
    .map(|_| ())
}

/// The model says whether an appeal (with its id) looks good, or how soon its user recovers. Returns the prediction's id.
pub(super) fn predict(db: &Connection, chance: &Chance, user: i64, appeal: Option<(i64, bool)>, at: i64) -> Result<i64> {
    let (kind, value) = match appeal {
        Some((_, good)) => ("approval-probability", f64::from(chance.below(500) + if good { 500 } else { 0 }) / 1000.0),
        None => ("recovery-days", f64::from(chance.between(3, 90))),
    };
    let features =
        format!("{{\"calls_30d\":{},\"notices_90d\":{},\"age_days\":{}}}", chance.below(90_000), chance.below(7), chance.between(20, 900));
    db.prepare_cached(
        "INSERT INTO ml_predictions(user_id, appeal_id, model_version, prediction_type, value, confidence, features, created_at)
         VALUES(?, ?, ?, ?, ?, ?, ?, datetime(?, 'unixepoch'))",
    )?
    .insert(params![
        user,
        appeal.map(|(id, _)| id),
        if chance.percent(90) { "v1.0" } else { "v0.9" },
        kind,
        value,
        f64::from(chance.between(450, 990)) / 1000.0,
        features,
        at
    ])
}

/// A user is offered an appeal that is already written; those that became one are accepted.
pub(super) fn suggest(db: &Connection, chance: &Chance, user: i64, history: i64, appeal: Option<(i64, bool)>, at: i64) -> Result<()> {
    let prediction = predict(db, chance, user, appeal, at)?;
    let state = if appeal.is_some() { "accepted" } else { chance.pick(&["offered", "dismissed", "expired"]) };
    let answered = (state != "offered").then_some(at);
    db.prepare_cached(
        "INSERT INTO auto_appeal_suggestions(user_id, history_id, prediction_id, confidence, draft, state, appeal_id, created_at, answered_at)
         VALUES(?, ?, ?, ?, ?, ?, ?, datetime(?, 'unixepoch'), datetime(?, 'unixepoch'))",
    )?
    .execute(params![user, history, prediction, f64::from(chance.between(600, 990)) / 1000.0, chance.pick(&REASONS).1, state, appeal.map(|(id, _)| id), at, answered])
    .map(|_| ())
}

/// Queued notifications older than ten minutes go out; a few fail for good.
pub(super) fn deliver_notifications(db: &Connection, now: i64) -> Result<()> {
    db.prepare_cached(
        "UPDATE appeal_notifications SET
             status = iif(id % 97 = 0, 'failed', 'sent'), attempts = iif(id % 97 = 0, 3, 1),
             sent_at = iif(id % 97 = 0, NULL, datetime(created_at, '+40 seconds')),
             last_error = iif(id % 97 = 0, 'The mailbox does not exist.', NULL)
         WHERE status = 'queued' AND created_at < datetime(?, 'unixepoch', '-10 minutes')",
    )?
    .execute([now])
    .map(|_| ())
}
