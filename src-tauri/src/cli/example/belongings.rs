//! What belongs to appeals beside the talk about them, and what is measured of models and peers. Made in sets, from what is there already.

use rusqlite::{Connection, Result};

/// Random-looking, but the same for the same number: 64 hexadecimal digits.
const DIGEST: &str = "printf('%016x%016x%016x%016x', {n} * 7046029254386353131, {n} * 5871781006564002453, {n} * 3935559000370003845, {n} * 2685821657736338717)";

/// Each begins behind the newest that it has made before, so that it can be repeated after every batch.
const STEPS: [&str; 5] = [
    "INSERT INTO appeal_evidence(appeal_id, kind, file_name, sha256, size, created_at)
     SELECT id, iif(id % 3 = 0, 'log', 'screenshot'), iif(id % 3 = 0, 'access-' || id || '.log', 'screen-' || id || '.png'),
            {digest}, 4000 + id * 7919 % 900000, created_at
     FROM appeals WHERE id % 5 = 0 AND id > (SELECT ifnull(max(appeal_id), 0) FROM appeal_evidence)",
    "INSERT INTO appeal_edits(appeal_id, reviewer_id, field, old_value, new_value, edited_at)
     SELECT id, reviewer_id, 'reason', 'unclear-rule', reason, updated_at
     FROM appeals WHERE id % 17 = 0 AND reviewer_id IS NOT NULL AND id > (SELECT ifnull(max(appeal_id), 0) FROM appeal_edits)",
    "INSERT INTO message_attachments(message_id, file_name, sha256, size)
     SELECT id, 'reply-' || id || '.txt', {digest}, 200 + id * 104729 % 20000
     FROM appeal_negotiation_messages
     WHERE id % 40 = 0 AND sender <> 'system' AND id > (SELECT ifnull(max(message_id), 0) FROM message_attachments)",
    "INSERT OR REPLACE INTO peer_group_statistics(group_id, day, members, mean_reputation)
     SELECT m.group_id, (SELECT date(max(created_at)) FROM appeals), count(*), round(avg(u.reputation), 1)
     FROM peer_group_members m JOIN users u ON u.id = m.user_id GROUP BY m.group_id",
    "INSERT OR REPLACE INTO ml_model_measurements(version, measured_at, measure, value)
     SELECT model_version, (SELECT max(created_at) FROM appeals), 'accuracy', right_share FROM prediction_quality WHERE right_share IS NOT NULL",
];

/// Brings all of it up to date.
pub(super) fn add(db: &Connection) -> Result<()> {
    let digest = DIGEST.replace("{n}", "id");
    STEPS.iter().try_for_each(|step| db.execute(&step.replace("{digest}", &digest), []).map(|_| ()))
}
