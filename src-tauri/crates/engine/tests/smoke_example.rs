//! The smoke tests of the example (examples/reputation/smoke): all of them pass on what its migrations make, and each fails for its own reason
//! where that is spoilt.
#![allow(clippy::unwrap_used)]

mod bench;

use std::{
    collections::BTreeSet,
    io::{Read, Write},
    net::TcpListener,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use bench::Bench;
use quarterdeck_store::Connection;
use serde_json::{Value, json};

const YAML: &str = "name: reputation\nenvironment: development\ncomponents:\n  main: {kind: sqlite, path: reputation.db}\n";

/// Sixty users with two violations each, forty appeals of which half are decided, and talks.
const ROWS: &str = "
    INSERT INTO users(id, handle, display_name, reputation, joined_at)
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60) SELECT i, 'user' || i, 'User ' || i, 200, '2026-08-01 08:00:00' FROM n;
    INSERT INTO reputation_history(user_id, cause, violation, delta, created_at) SELECT id, 'violation', 'burst', -5, '2026-09-01 08:00:00' FROM users;
    INSERT INTO reputation_history(user_id, cause, violation, delta, created_at) SELECT id, 'violation', 'quota', -10, '2026-09-02 08:00:00' FROM users;
    INSERT INTO appeals(user_id, history_id, reason, statement, points_disputed, created_at, updated_at)
    SELECT user_id, id, 'mistake', 'No.', 5, '2026-09-03 08:00:00', '2026-09-03 08:00:00' FROM reputation_history WHERE id <= 40;
    UPDATE appeals SET status = 'denied', resolved_at = '2026-09-04 08:00:00' WHERE id <= 20;
    INSERT INTO appeal_negotiation_messages(appeal_id, sender, body, created_at) SELECT id, 'user', 'Hello', '2026-09-03 09:00:00' FROM appeals;
    INSERT INTO appeal_negotiation_messages(appeal_id, sender, body, created_at) SELECT id, 'reviewer', 'Hello', '2026-09-03 10:00:00' FROM appeals;
    INSERT INTO ml_predictions(user_id, model_version, prediction_type, value, confidence, features, created_at)
    SELECT id, 'v1.0', 'recovery-days', 3, 0.5, '{}', '2026-09-03 08:00:00' FROM users;";

/// What spoils the database, the cases that find it, and in which words.
const SABOTAGES: &[(&str, &[(&str, &str)])] = &[
    (
        "DELETE FROM users",
        &[("database-answers", "at least 1 expected"), ("user-lookup", "1 row expected"), ("foreign-keys", "no rows expected")],
    ),
    ("PRAGMA application_id = 7", &[("right-database", "7, 1,380,274,261 expected")]),
    ("PRAGMA user_version = 2", &[("schema-version", "at least 3 expected")]),
    ("DROP TABLE appeal_edits", &[("tables", "appeal_edits")]),
    ("DROP INDEX idx_evidence_appeal", &[("indexes", "idx_evidence_appeal")]),
    (
        "PRAGMA ignore_check_constraints = ON; UPDATE users SET reputation = 5000 WHERE id = 1",
        &[("integrity", "CHECK constraint failed in users")],
    ),
    ("DELETE FROM reviewers; UPDATE appeals SET reviewer_id = 3", &[("foreign-keys", "reviewers")]),
    ("DROP TRIGGER user_joins_peers", &[("user-joins", "0, 1 expected")]),
    ("DROP TRIGGER reputation_changed", &[("score-falls", "100, 95 expected")]),
    ("DROP TRIGGER reputation_day_counted", &[("day-counted", "0, 7 expected")]),
    (
        "DROP TRIGGER appeal_opened",
        &[("appeal-handed-in", "pending expected"), ("whole-appeal", "pending reviewing negotiating approved expected")],
    ),
    ("DROP TRIGGER appeal_status_changed", &[("status-recorded", "0, 1 expected"), ("whole-appeal", "pending, pending reviewing")]),
    ("DROP TRIGGER appeal_approved", &[("points-given-back", "0, 1 expected")]),
    ("DROP TRIGGER appeal_outcome_is_told", &[("outcome-told", "appeal-denied expected")]),
    ("DELETE FROM notification_templates WHERE template = 'appeal-expired'", &[("templates", "appeal-expired")]),
    ("DROP TRIGGER message_added", &[("message-counted", "0, 1 expected")]),
    ("DROP TRIGGER message_removed", &[("message-removed", "9, 8 expected")]),
    ("DELETE FROM ml_models WHERE version = 'v1.0'", &[("prediction-kept", "refused it: FOREIGN KEY constraint failed")]),
    ("DELETE FROM appeals WHERE status = 'pending'", &[("open-appeals", "at least 1 row expected")]),
    (
        "DELETE FROM appeal_negotiation_messages",
        &[("thread", "at least 1 row expected"), ("many-readers", "errors (100 %), none expected: no rows")],
    ),
    (
        "DROP INDEX idx_messages_appeal_created",
        &[("thread-by-index", "idx_messages_appeal_created"), ("indexes", "idx_messages_appeal_created")],
    ),
    ("DROP INDEX idx_appeals_status_created", &[("open-by-index", "idx_appeals_status_created")]),
    ("DROP INDEX idx_history_user_time", &[("history-by-index", "idx_history_user_time")]),
    ("DROP INDEX idx_predictions_type_user", &[("prediction-by-index", "idx_predictions_type_user")]),
    ("DROP VIEW suggestion_acceptance", &[("suggestion-accepted", "no such table: suggestion_acceptance")]),
    ("DROP TRIGGER notification_was_tried", &[("delivery-recorded", "0, 1 expected")]),
    ("UPDATE appeal_status_history SET to_status = 'expired' WHERE appeal_id = 7", &[("states-agree", "id 7")]),
    ("UPDATE appeals SET message_count = 3 WHERE id = 9", &[("counts-agree", "id 9, message_count 3")]),
    ("DROP INDEX idx_appeals_one_open", &[("second-appeal", "it was accepted")]),
    ("DROP TRIGGER appeal_stays_closed", &[("closed-stays-closed", "it was accepted")]),
    ("EDIT ml_predictions: CHECK (json_valid(features)) -> ", &[("broken-features", "it was accepted")]),
    ("EDIT reputation_history: REFERENCES violations(code) -> ", &[("unknown-violation", "it was accepted")]),
    ("EDIT appeals: 'withdrawn')), -> 'withdrawn', 'lost')),", &[("unknown-state", "it was accepted")]),
    ("EDIT users: BETWEEN 0 AND 1000 -> BETWEEN 0 AND 2000", &[("score-out-of-bounds", "it was accepted")]),
    ("EDIT violations: STRICT,  -> ", &[("words-for-a-number", "it was accepted")]),
];

/// Plays the example's application.
fn service(is_bad: Arc<AtomicBool>) -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut head = [0; 4096];
            let length = stream.read(&mut head).unwrap_or_default();
            let head = String::from_utf8_lossy(&head[..length]).into_owned();
            let bad = is_bad.load(Ordering::Relaxed);
            let (status, body) = match head.split_whitespace().nth(1).unwrap_or_default() {
                "/health" => ("200 OK", if bad { "{\"state\": \"lost\"}" } else { "{\"state\": \"ok\"}" }),
                "/metrics" => ("200 OK", if bad { "nothing 1\n" } else { "appeals_submitted_total 0\n" }),
                _ => (if bad { "200 OK" } else { "404 Not Found" }, "none\n"),
            };
            let _ = write!(stream, "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len());
        }
    });
    port
}

fn example() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../examples/reputation")
}

struct Example {
    bench: Bench,
    database: PathBuf,
    sound: PathBuf,
    is_bad: Arc<AtomicBool>,
}

impl Example {
    fn load() -> Self {
        let bench = Bench::empty();
        let folder = bench.scratch.file("system");
        std::fs::create_dir_all(folder.join("smoke")).unwrap();
        let sound = bench.scratch.file("sound.db");
        {
            let connection = Connection::open(&sound).unwrap();
            for migration in ["0001_appeals_and_analytics.sql", "0002_enhancements.sql", "0003_advanced_features.sql"] {
                connection.execute_batch(&std::fs::read_to_string(example().join("migrations").join(migration)).unwrap()).unwrap();
            }
            connection.execute_batch(ROWS).unwrap();
        }
        let database = folder.join("reputation.db");
        std::fs::copy(&sound, &database).unwrap();
        std::fs::write(folder.join("quarterdeck.yaml"), YAML).unwrap();
        let is_bad = Arc::new(AtomicBool::new(false));
        let port = service(Arc::clone(&is_bad));
        for entry in std::fs::read_dir(example().join("smoke")).unwrap() {
            let path = entry.unwrap().path();
            let text = std::fs::read_to_string(&path).unwrap().replace(":9188", &format!(":{port}"));
            std::fs::write(folder.join("smoke").join(path.file_name().unwrap()), text).unwrap();
        }
        bench.call("add_system", json!({ "path": folder })).unwrap();
        Self { bench, database, sound, is_bad }
    }

    /// The sound database, spoilt by this.
    fn sabotage(&self, how: &str) {
        std::fs::copy(&self.sound, &self.database).unwrap();
        let connection = Connection::open(&self.database).unwrap();
        connection.execute_batch("PRAGMA foreign_keys = OFF").unwrap();
        let Some((table, change)) = how.strip_prefix("EDIT ").and_then(|edit| edit.split_once(": ")) else {
            connection.execute_batch(how).unwrap();
            return;
        };
        let (from, to) = change.split_once(" -> ").unwrap();
        connection.execute_batch("PRAGMA writable_schema = ON").unwrap();
        let edited = connection
            .execute("UPDATE sqlite_schema SET sql = replace(sql, ?1, ?2) WHERE name = ?3 AND instr(sql, ?1) > 0", [from, to, table])
            .unwrap();
        assert_eq!(edited, 1, "{how}");
    }

    fn run(&self, case: Option<&str>) -> Value {
        let mut request = json!({ "system": "reputation" });
        if let Some(case) = case {
            request["case"] = json!(case);
        }
        self.bench.work("run_smoke", request).unwrap()["report"].clone()
    }

    /// What is wrong where the case does not fail in these words.
    fn misses(&self, case: &str, words: &str, how: &str) -> Option<String> {
        let run = self.run(Some(case));
        let result = &run["results"][0];
        let fails = ["failed", "error", "slow"].contains(&result["outcome"].as_str().unwrap());
        let says = result["sentence"].as_str().unwrap();
        (!fails || !says.contains(words)).then(|| format!("{how}: {case} should say {words:?}: {} {says}", result["outcome"]))
    }
}

#[test]
fn all_pass_and_each_fails_for_its_own_reason() {
    let example = Example::load();
    let run = example.run(None);
    let bad: Vec<&Value> = run["results"].as_array().unwrap().iter().filter(|result| result["outcome"] != "passed").collect();
    assert_eq!(bad, Vec::<&Value>::new());
    let all: BTreeSet<String> =
        run["results"].as_array().unwrap().iter().map(|result| result["case"].as_str().unwrap().to_owned()).collect();
    assert!(all.len() >= 24);
    let (mut seen, mut missed) = (BTreeSet::new(), Vec::new());
    let mut look = |case: &str, words: &str, how: &str| {
        missed.extend(example.misses(case, words, how));
        seen.insert(case.to_owned());
    };
    for (how, found) in SABOTAGES {
        example.sabotage(how);
        for (case, words) in *found {
            look(case, words, how);
        }
    }
    std::fs::copy(&example.sound, &example.database).unwrap();
    example.is_bad.store(true, Ordering::Relaxed);
    look("service-answers", "lost, ok expected", "a bad service");
    look("service-measures", "appeals_submitted_total", "a bad service");
    look("no-such-page", "it answered 200, 404 expected", "a bad service");
    let store = Connection::open(example.bench.scratch.file("home/quarterdeck.db")).unwrap();
    store.execute_batch("UPDATE audit SET who = 'nobody' WHERE number = 2").unwrap();
    look("trail-intact", "no rows expected", "a line of the trail was changed");
    assert_eq!(missed, Vec::<String>::new());
    assert_eq!(seen, all, "every case was seen to fail");
}
