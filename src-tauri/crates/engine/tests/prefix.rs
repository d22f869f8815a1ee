//! While another process commits in a loop, every snapshot restores to an exact prefix of its transactions.
#![allow(clippy::unwrap_used)]

mod bench;

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use bench::Bench;
use quarterdeck_model::WirePath;
use serde_json::json;

/// Commits without pause: each transaction adds one to a log, to one of a hundred counters and to a total, and rewrites some rows.
const WRITER: &str = r#"
import sqlite3, sys
c = sqlite3.connect(sys.argv[1], timeout=60, isolation_level=None)
k = c.execute("SELECT count(*) FROM log").fetchone()[0]
while True:
    k += 1
    c.execute("BEGIN IMMEDIATE")
    c.execute("INSERT INTO log VALUES (?, hex(randomblob(20)))", (k,))
    c.execute("UPDATE counters SET n = n + 1 WHERE id = ?", (k % 100,))
    c.execute("UPDATE total SET n = n + 1")
    c.execute("UPDATE filler SET body = randomblob(300) WHERE id IN (?, ?, ?)", (k % 1999, k * 7 % 1999, k * 31 % 1999))
    c.execute("COMMIT")
    if k % 50 == 0: print(k, flush=True)
"#;

const SCHEMA: &str = "CREATE TABLE log (k INTEGER PRIMARY KEY, note TEXT);
    CREATE TABLE counters (id INTEGER PRIMARY KEY, n INTEGER); CREATE TABLE total (n INTEGER); INSERT INTO total VALUES (0);
    CREATE TABLE filler (id INTEGER PRIMARY KEY, body BLOB);
    WITH RECURSIVE i(x) AS (SELECT 0 UNION ALL SELECT x + 1 FROM i WHERE x < 99) INSERT INTO counters SELECT x, 0 FROM i;
    WITH RECURSIVE i(x) AS (SELECT 0 UNION ALL SELECT x + 1 FROM i WHERE x < 1999) INSERT INTO filler SELECT x, randomblob(300) FROM i;";

const QUESTION: &str = "PRAGMA integrity_check; SELECT count(*), max(k), (SELECT n FROM total), (SELECT sum(n) FROM counters) FROM log;";

#[test]
fn snapshots_under_a_writer_are_exact_prefixes() {
    for mode in ["wal", "delete"] {
        prefixes(mode, 6);
    }
}

#[test]
#[ignore = "soak: fifty snapshots in each journal mode"]
fn fifty_snapshots_under_a_writer_are_exact_prefixes() {
    for mode in ["wal", "delete"] {
        prefixes(mode, 50);
    }
}

fn prefixes(mode: &str, snapshots: usize) {
    let bench = Bench::empty();
    ask(&bench.file, &format!("PRAGMA journal_mode = {mode}; {SCHEMA}"));
    bench.call("add_system", json!({ "path": bench.file })).unwrap();
    let writer = Writer::start(&bench.file);
    let mut seen = 0;
    for number in 0..snapshots {
        let plan = bench.call("plan_backup", json!({ "system": "shop" })).unwrap();
        let report = bench.work("backup_system", json!({ "system": "shop", "plan": plan["digest"] })).unwrap()["report"].clone();
        assert_eq!(report["findings"], json!([]), "{mode} {number}");
        if let Some(stall) = report["stall"].as_u64() {
            assert!(stall <= plan["stall"].as_u64().unwrap(), "{mode} {number}: writers waited {stall} ms, more than was announced");
        }
        let to = bench.scratch.file(format!("restored-{number}.db"));
        let destination = json!({ "kind": "new-file", "path": WirePath(to.clone()) });
        let request = json!({ "target": "shop", "snapshot": report["snapshot"]["id"], "destination": destination });
        let plan = bench.call("plan_restore", request.clone()).unwrap();
        let mut request = request;
        request["plan"] = plan["digest"].clone();
        bench.work("restore_component", request).unwrap();
        let answer = ask(&to, QUESTION);
        let (integrity, numbers) = answer.split_once('\n').unwrap();
        let numbers: Vec<u64> = numbers.trim().split('|').map(|number| number.parse().unwrap_or(0)).collect();
        assert_eq!(integrity, "ok", "{mode} {number}");
        assert!(numbers.iter().all(|value| *value == numbers[0]), "{mode} {number}: {numbers:?} is no prefix");
        assert!(numbers[0] >= seen, "{mode} {number}: a later snapshot holds less");
        seen = numbers[0];
        std::fs::remove_file(to).unwrap();
    }
    assert!(seen > 0, "nobody wrote");
    drop(writer);
}

/// Commits to two databases in one transaction, without pause.
const WRITER_OF_TWO: &str = r#"
import sqlite3, sys
c = sqlite3.connect(sys.argv[1], timeout=60, isolation_level=None)
c.execute("ATTACH ? AS other", (sys.argv[1].replace("a.db", "b.db"),))
k = c.execute("SELECT count(*) FROM log").fetchone()[0]
while True:
    k += 1
    c.execute("BEGIN IMMEDIATE")
    c.execute("INSERT INTO main.log VALUES (?, hex(randomblob(20)))", (k,))
    c.execute("INSERT INTO other.notes VALUES (?, hex(randomblob(20)))", (k,))
    c.execute("COMMIT")
    if k % 50 == 0: print(k, flush=True)
"#;

#[test]
fn two_databases_under_one_writer_are_cut_between_its_commits() {
    let bench = Bench::empty();
    let folder = bench.scratch.file("pair");
    std::fs::create_dir(&folder).unwrap();
    let files = ["a", "b"].map(|name| folder.join(format!("{name}.db")));
    let filler = "CREATE TABLE filler AS WITH RECURSIVE i(x) AS (SELECT 0 UNION ALL SELECT x + 1 FROM i WHERE x < 1999) SELECT x, randomblob(300) AS b FROM i;";
    ask(&files[0], &format!("PRAGMA journal_mode = wal; CREATE TABLE log (k INTEGER PRIMARY KEY, note TEXT); {filler}"));
    ask(&files[1], &format!("PRAGMA journal_mode = wal; CREATE TABLE notes (k INTEGER PRIMARY KEY, note TEXT); {filler}"));
    let definition = "name: pair\nenvironment: development\nowner: DBA on call\ncomponents:\n  a: { kind: sqlite, path: a.db }\n  b: { kind: sqlite, path: b.db }\n";
    std::fs::write(folder.join("quarterdeck.yaml"), definition).unwrap();
    bench.call("add_system", json!({ "path": folder })).unwrap();
    let writer = Writer::run(WRITER_OF_TWO, &files[0]);
    for number in 0..5 {
        let report = bench.work("backup_system", json!({ "system": "pair" })).unwrap()["report"].clone();
        assert_eq!((&report["findings"], &report["snapshot"]["manifest"]["skew"]), (&json!([]), &json!(0)), "{number}");
        let counts = [("a", "log"), ("b", "notes")].map(|(component, table)| {
            let to = bench.scratch.file(format!("restored-{component}-{number}.db"));
            let destination = json!({ "kind": "new-file", "path": WirePath(to.clone()) });
            let mut request =
                json!({ "target": format!("pair/{component}"), "snapshot": report["snapshot"]["id"], "destination": destination });
            request["plan"] = bench.call("plan_restore", request.clone()).unwrap()["digest"].clone();
            bench.work("restore_component", request).unwrap();
            ask(&to, &format!("SELECT count(*), max(k) FROM {table}"))
        });
        assert_eq!(counts[0], counts[1], "{number}");
    }
    drop(writer);
}

fn ask(file: &Path, sql: &str) -> String {
    let out = Command::new("sqlite3").arg(file).arg(sql).output().unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).unwrap()
}

/// The other process. It has committed something before it is handed out, and ends with its owner.
struct Writer(Child);

impl Writer {
    fn start(file: &Path) -> Self {
        Self::run(WRITER, file)
    }

    fn run(program: &str, file: &Path) -> Self {
        let mut child = Command::new("python3").args(["-c", program]).arg(file).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        lines.read_line(&mut String::new()).unwrap();
        // Its later lines go nowhere, and must not fill the pipe.
        std::thread::spawn(move || lines.lines().for_each(drop));
        Self(child)
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}
