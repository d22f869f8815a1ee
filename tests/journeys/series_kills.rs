//! `kill -9` of the agent while it measures: what was written stays, and the next agent goes on.

use std::path::Path;

use rusqlite::Connection;
use rustix::process::Signal;

use crate::support::{Bench, PATIENCE, agent::Agent, until};

/// Number, moment and content of a row.
type Row = (i64, i64, Vec<u8>);

/// Each tick that is in no chunk yet.
fn ticks(file: &Path) -> Vec<Row> {
    if !file.exists() {
        return Vec::new();
    }
    let connection = Connection::open(file).unwrap();
    connection.busy_timeout(PATIENCE).unwrap();
    // Whoever begins the file has not committed yet.
    let Ok(mut rows) = connection.prepare("SELECT n, at, body FROM ticks ORDER BY n") else { return Vec::new() };
    rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap().map(Result::unwrap).collect()
}

#[test]
fn an_agent_that_is_killed_while_it_measures_loses_no_tick_that_was_written() {
    let bench = Bench::new();
    let folder = bench.with_definition("shop", &["orders"]);
    let definition = folder.join("quarterdeck.yaml");
    std::fs::write(&definition, std::fs::read_to_string(&definition).unwrap() + "collect:\n  every: 5 s\n").unwrap();
    bench.run(["add", folder.to_str().unwrap()]).done();
    let file = bench.home().join("series/series.db");
    let mut known = Vec::new();
    for round in 0..3 {
        let mut agent = Agent::start(&bench, "agent", &[]);
        let seen = until(PATIENCE, || Some(ticks(&file)).filter(|now| now.len() > known.len() + 1));
        agent.signal(Signal::KILL);
        agent.ends();
        known = seen.unwrap_or_else(|| panic!("round {round}: nothing was measured"));
        let left = ticks(&file);
        assert_eq!(left[..known.len()], known, "round {round}");
        // What rules record comes as a row of its own, at the moment of its tick.
        let moments = |rows: &[Row]| rows.chunk_by(|a, b| a.1 == b.1).count();
        assert!(moments(&left) <= moments(&known) + 2 && left.windows(2).all(|pair| pair[0].1 <= pair[1].1), "round {round}");
        let verdict: String = Connection::open(&file).unwrap().query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
        assert_eq!(verdict, "ok", "round {round}");
        known = left;
    }
    let answer = bench.run(["call", "query_instant", r#"{"query":"count(sqlite_up)","system":"shop"}"#]).done().json();
    assert_eq!(answer["lines"].as_array().unwrap().len(), 1, "{answer}");
}
