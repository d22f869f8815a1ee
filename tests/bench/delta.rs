//! What a snapshot costs when little has changed: bytes and time, against restic with its staged copy, the shell's way, and VACUUM INTO.
//!
//! One process with the repository open, as the agent has it. Each size of change is made once, in random rows of tables of different
//! width, and then everybody backs up the same state. Proving is timed apart, as in `snapshot`.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use quarterdeck_engine::{Engine, Home};
use quarterdeck_model::{Event, Face, SystemClock};
use quarterdeck_testkit::Scratch;
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::{
    ground::{setting, time, time_shell},
    snapshot::restic_on,
};

/// Thousandths of the rows that change.
const CHANGES: [u32; 4] = [0, 1, 10, 100];

/// The phase in which the first backup makes the repository, whose key is stretched on purpose.
const OPENING: &str = "Check the databases";

/// The phases behind those that take the snapshot.
const PROVING: [&str; 2] = ["Read all data", "Check the data"];

pub fn run() {
    let scratch = Scratch::new();
    let path = scratch.file("shop.db");
    tables(&path, setting("MEGABYTES", 1000));
    println!("  a database of {} MB", std::fs::metadata(&path).unwrap().len() / 1_000_000);
    let ours = Ours::new(&scratch, &path);
    let repository = scratch.file("restic");
    time(restic_on(&repository).arg("init"));
    let full = ours.backup(true);
    println!("  {:<26} {:>9} {:>8}   share", "what changed, who", "added", "time");
    row("everything, quarterdeck", full.added, full.took, String::new());
    peers(&scratch, &path, &repository, "everything");
    for thousandths in CHANGES {
        let what = format!("{} %", f64::from(thousandths) / 10.0);
        change(&path, thousandths);
        // Files that were written within the last two seconds are read, because a commit in the same tick could not be told apart.
        std::thread::sleep(Duration::from_secs(3));
        let taken = ours.backup(false);
        let pages = taken.changed_bytes();
        let of_pages = if pages == 0 {
            "no page changed".to_owned()
        } else {
            format!("{:.2} × the changed pages ({})", taken.added as f64 / pages as f64, megabytes(pages))
        };
        let share = format!("{of_pages}, {:.2} × the time of everything", taken.took.as_secs_f64() / full.took.as_secs_f64());
        row(&format!("{what}, quarterdeck"), taken.added, taken.took, share);
        peers(&scratch, &path, &repository, &what);
    }
}

/// Orders of 150 bytes, events of 500, documents of 3,000.
fn tables(path: &Path, megabytes: u64) {
    let connection = Connection::open(path).unwrap();
    let fill = |table: &str, rows: u64, body: &str| {
        format!(
            "CREATE TABLE {table}(id INTEGER PRIMARY KEY, customer INTEGER NOT NULL, revision INTEGER NOT NULL DEFAULT 0, body TEXT NOT NULL);
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows})
             INSERT INTO {table} SELECT i, abs(random()) % 100000, 0, {body} FROM n;"
        )
    };
    let orders = fill("orders", megabytes * 1500, "'Order ' || i || ' ' || hex(randomblob(40)) || ' to be left at the door'");
    let events = fill(
        "events",
        megabytes * 900,
        "'{\"kind\":\"payment\",\"reference\":\"' || hex(randomblob(120)) || '\",\"note\":\"' || printf('%0220d', i) || '\"}'",
    );
    let documents = fill("documents", megabytes * 80, "hex(randomblob(900)) || printf('%01200d', i)");
    let sql = format!(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; {orders} {events} {documents}
         CREATE INDEX orders_by_customer ON orders(customer); PRAGMA wal_checkpoint(TRUNCATE);"
    );
    connection.execute_batch(&sql).unwrap();
    connection.close().unwrap();
}

/// Changes so many random rows of each table, and leaves no log behind.
fn change(path: &Path, thousandths: u32) {
    if thousandths == 0 {
        return;
    }
    let connection = Connection::open(path).unwrap();
    for table in ["orders", "events", "documents"] {
        let sql = format!("UPDATE {table} SET revision = revision + 1 + abs(random()) % 100 WHERE abs(random()) % 1000 < {thousandths}");
        connection.execute_batch(&sql).unwrap();
    }
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    connection.close().unwrap();
}

fn peers(scratch: &Scratch, path: &Path, repository: &Path, what: &str) {
    let staged = scratch.file("staged.db");
    let before = size(repository);
    let since = Instant::now();
    time_shell("sqlite3 \"$1\" \".backup '$2'\"", &[path, &staged]);
    time(restic_on(repository).arg("backup").arg(&staged));
    row(&format!("{what}, .backup + restic"), size(repository) - before, since.elapsed(), String::new());
    let packed = scratch.file("staged.zst");
    let took = time_shell("sqlite3 \"$1\" \".backup '$2'\"; zstd -q -f -3 \"$2\" -o \"$3\"; sync \"$3\"", &[path, &staged, &packed]);
    row(&format!("{what}, .backup + zstd"), size(&packed), took, String::new());
    std::fs::remove_file(&staged).unwrap();
    let took = time_shell("sqlite3 \"$1\" \"VACUUM INTO '$2'\"; sync \"$2\"", &[path, &staged]);
    row(&format!("{what}, VACUUM INTO"), size(&staged), took, String::new());
    std::fs::remove_file(&staged).unwrap();
}

/// An engine that stays open.
struct Ours {
    engine: Arc<Engine>,
    repository: PathBuf,
}

/// A snapshot that was taken.
struct Taken {
    added: u64,
    took: Duration,
    report: Value,
}

impl Taken {
    fn changed_bytes(&self) -> u64 {
        let component = &self.report["snapshot"]["manifest"]["components"][0];
        let unchanged = self.report["sentence"].as_str().unwrap().contains("nothing had changed");
        let pages = match component["deltas"].as_array().unwrap().last() {
            _ if unchanged => 0,
            Some(delta) => delta["pages"].as_u64().unwrap(),
            None => component["page_count"].as_u64().unwrap(),
        };
        pages * component["page_size"].as_u64().unwrap()
    }
}

impl Ours {
    fn new(scratch: &Scratch, path: &Path) -> Self {
        let engine = Engine::open(Home::find(Some(&scratch.file("home"))).unwrap(), Arc::new(SystemClock)).unwrap();
        let ours = Self { engine, repository: scratch.file("home/repository/shop") };
        ours.call("add_system", json!({ "path": path }));
        ours
    }

    fn call(&self, name: &str, request: Value) -> Value {
        self.engine.call(Face::Cli, name, request, None).unwrap()
    }

    fn backup(&self, first: bool) -> Taken {
        let before = size(&self.repository);
        let mut events = self.engine.events();
        let since = Instant::now();
        let job = self.call("backup_system", json!({ "system": "shop" }))["job"].clone();
        loop {
            let row = self.call("get_job", json!({ "job": job }));
            if row["finished_at"].is_string() {
                let took = since.elapsed() - apart(&row, first);
                assert!(row["fault"].is_null(), "{row}");
                return Taken { added: size(&self.repository) - before, took, report: row["report"].clone() };
            }
            while !matches!(events.blocking_recv(), Ok(Event::Job { .. }) | Err(_)) {}
        }
    }
}

fn apart(job: &Value, first: bool) -> Duration {
    let moment = |phase: &Value, field: &str| crate::restore::moment(phase[field].as_str().unwrap());
    let is_apart = |name: &str| PROVING.contains(&name) || (first && name == OPENING);
    let phases = job["phases"].as_array().unwrap().iter();
    let apart = phases.filter(|phase| is_apart(phase["name"].as_str().unwrap()) && phase["finished_at"].is_string());
    apart.map(|phase| moment(phase, "finished_at").saturating_sub(moment(phase, "started_at"))).sum()
}

/// Bytes of a file, or of everything in a folder.
fn size(path: &Path) -> u64 {
    match std::fs::read_dir(path) {
        Ok(entries) => entries.map(|entry| size(&entry.unwrap().path())).sum(),
        Err(_) => path.metadata().map_or(0, |metadata| metadata.len()),
    }
}

fn megabytes(bytes: u64) -> String {
    format!("{:.2} MB", bytes as f64 / 1e6)
}

fn row(what: &str, added: u64, took: Duration, share: String) {
    println!("  {what:<26} {:>9} {:>6.2} s   {share}", megabytes(added), took.as_secs_f64());
}
