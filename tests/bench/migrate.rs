//! What migrations cost: a thousand small ones, and one that rewrites a million rows; against the `sqlite3` shell with the same pragmas, one
//! transaction and one ledger insert a file, and against dbmate and sqlx
//! where they are found (`DBMATE`, `SQLX`, or on the PATH).
//!
//! The way back, which nobody else makes, is timed apart. Everybody is durable at `synchronous = FULL`. The shell commits for each file, so
//! `--each` is what compares; the one transaction that we make without it stands beside it.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use crate::{
    ground::{line, setting, time},
    support::{
        Bench,
        bench::{Ran, ask},
    },
};

/// How often each is run, on a fresh database each time.
const ROUNDS: usize = 3;

/// The phase in which writers wait for the safety image.
const WITH_THE_IMAGE: &str = "Take the write lock and copy the safety image";

/// A folder of migrations, and the SQL that makes what they start from.
struct Work {
    what: &'static str,
    folder: PathBuf,
    before: String,
    has_tables: bool,
}

pub fn run() {
    let bench = Bench::new();
    for work in [small(&bench), rewrite(&bench)] {
        println!("  {}, medians of {ROUNDS}", work.what);
        let shell = median((0..ROUNDS).map(|round| shell(&bench, &work, round)));
        line("sqlite3, one transaction and one ledger row a file", shell, None);
        for (what, flag) in [("quarterdeck, each by itself", " --each"), ("quarterdeck, all in one transaction", "")] {
            let runs: Vec<_> = (0..ROUNDS).map(|round| ours(&bench, &work, flag, round)).collect();
            line(what, median(runs.iter().map(|run| run.0)), Some(("sqlite3", shell)));
            line("  its way back: repository, safety image, pinned snapshot", median(runs.iter().map(|run| run.1)), None);
            line("  the whole command, with its process and its plan", median(runs.iter().map(|run| run.2)), None);
        }
        for (what, variable, run) in [("dbmate", "DBMATE", dbmate as Peer), ("sqlx", "SQLX", sqlx)] {
            let program = program(what, variable);
            if Command::new(&program).arg("--version").output().is_err() {
                println!("  {what}: skipped, it is neither ${variable} nor on the PATH");
                continue;
            }
            line(what, median((0..ROUNDS).map(|round| run(&bench, &work, &program, round))), Some(("sqlite3", shell)));
        }
    }
}

fn median(runs: impl Iterator<Item = Duration>) -> Duration {
    let mut runs: Vec<_> = runs.collect();
    runs.sort();
    runs[runs.len() / 2]
}

fn small(bench: &Bench) -> Work {
    let folder = bench.file("small");
    fs::create_dir(&folder).unwrap();
    let count = setting("MIGRATIONS", 1000);
    for number in 1..=count {
        let sql = format!(
            "-- migrate:up\nCREATE TABLE t{number} (id INTEGER PRIMARY KEY, a TEXT);\nINSERT INTO t{number} (a) VALUES ('x');\n\n-- migrate:down\n"
        );
        fs::write(folder.join(format!("{number:014}_t.sql")), sql).unwrap();
    }
    Work { what: "a thousand small migrations", folder, before: "PRAGMA journal_mode = WAL".to_owned(), has_tables: false }
}

fn rewrite(bench: &Bench) -> Work {
    let folder = bench.file("rewrite");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("00000000000001_rewrite.sql"), "-- migrate:up\nUPDATE big SET a = a + 1, b = b || 'y';\n\n-- migrate:down\n")
        .unwrap();
    fs::write(folder.join("00000000000000_big.sql"), "-- migrate:up\nSELECT 1;\n\n-- migrate:down\n").unwrap();
    let rows = setting("ROWS", 1_000_000);
    let fill = format!(
        "PRAGMA journal_mode = WAL; CREATE TABLE big (id INTEGER PRIMARY KEY, a INTEGER, b TEXT);
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows}) INSERT INTO big SELECT i, i, 'some text of a row' FROM n;
         PRAGMA wal_checkpoint(TRUNCATE)"
    );
    Work { what: "one migration that rewrites a million rows", folder, before: fill, has_tables: true }
}

/// Everything of the job but its way back; the way back (opening the repository, copying, storing); and the whole command.
fn ours(bench: &Bench, work: &Work, flag: &str, round: usize) -> (Duration, Duration, Duration) {
    let name = format!("ours-{}{}-{round}", work.folder.file_name().unwrap().to_string_lossy(), flag.trim().trim_matches('-'));
    let database = fresh(bench, work, &name);
    bench.run(["add", database.to_str().unwrap()]).done();
    let request = format!(r#"{{"target":"{name}","folder":{:?},"layout":"dbmate"}}"#, work.folder);
    bench.run(["call", "set_migrations", &request]).done();
    if work.has_tables {
        // Tables without a history are nobody's: it has to be said that they are what the first file starts from.
        ask(
            &database,
            "CREATE TABLE schema_migrations (version TEXT PRIMARY KEY); INSERT INTO schema_migrations VALUES ('00000000000000')",
        );
        bench.run(["migrate", "adopt", &name]).done();
    }
    let since = std::time::Instant::now();
    let report = Ran::of(bench.command(format!("migrate apply {name}{flag} --json").split(' '))).done().json();
    let whole = since.elapsed();
    let is_way_back = |phase: &str| ["Open the repository", WITH_THE_IMAGE, "Keep the way back"].contains(&phase);
    let phases = report["phases"].as_array().unwrap().iter();
    let sum = |way_back: bool| -> Duration {
        let counted = phases.clone().filter(|phase| is_way_back(phase["name"].as_str().unwrap()) == way_back);
        counted.map(|phase| Duration::from_millis(phase["took"].as_u64().unwrap())).sum()
    };
    (sum(false), sum(true), whole)
}

fn shell(bench: &Bench, work: &Work, round: usize) -> Duration {
    let database = fresh(bench, work, &format!("shell-{round}-{}", work.folder.file_name().unwrap().to_string_lossy()));
    ask(&database, "CREATE TABLE ledger (id INTEGER PRIMARY KEY, version TEXT NOT NULL, at TEXT NOT NULL)");
    let mut files: Vec<PathBuf> = fs::read_dir(&work.folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    let mut script = String::from("PRAGMA synchronous = FULL;\n");
    for file in files {
        let version = file.file_stem().unwrap().to_string_lossy().into_owned();
        script.push_str(&format!(
            "BEGIN IMMEDIATE;\n.read {}\nINSERT INTO ledger (version, at) VALUES ('{version}', datetime());\nCOMMIT;\n",
            file.display()
        ));
    }
    let script_file = bench.file("script.sql");
    fs::write(&script_file, script).unwrap();
    time(Command::new("sqlite3").arg("-bail").arg(&database).arg(format!(".read {}", script_file.display())))
}

/// A tool that people would use instead.
type Peer = fn(&Bench, &Work, &Path, usize) -> Duration;

fn program(name: &str, variable: &str) -> PathBuf {
    std::env::var_os(variable).map_or_else(|| PathBuf::from(name), PathBuf::from)
}

fn dbmate(bench: &Bench, work: &Work, program: &Path, round: usize) -> Duration {
    let database = fresh(bench, work, &format!("dbmate-{round}-{}", work.folder.file_name().unwrap().to_string_lossy()));
    let url = format!("sqlite:{}?_synchronous=FULL", database.display());
    time(Command::new(program).args(["--no-dump-schema", "--url", &url, "-d"]).arg(&work.folder).arg("migrate"))
}

/// It takes the same files: the markers are comments to it.
fn sqlx(bench: &Bench, work: &Work, program: &Path, round: usize) -> Duration {
    let database = fresh(bench, work, &format!("sqlx-{round}-{}", work.folder.file_name().unwrap().to_string_lossy()));
    let url = format!("sqlite:{}", database.display());
    time(Command::new(program).args(["migrate", "run", "-D", &url, "--source"]).arg(&work.folder))
}

fn fresh(bench: &Bench, work: &Work, name: &str) -> PathBuf {
    let path: PathBuf = bench.file(format!("{name}.db"));
    ask(Path::new(&path), &work.before);
    path
}
