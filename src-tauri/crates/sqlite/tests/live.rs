//! Entering while other processes write and read without pause.
#![allow(clippy::unwrap_used)]

mod support;

use std::{
    collections::BTreeSet,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread::JoinHandle,
    time::Duration,
};

use quarterdeck_model::{CancelToken, JobCtx};
use quarterdeck_sqlite::enter;
use quarterdeck_testkit::Peer;
use rusqlite::Connection;
use support::{Bench, ask, journal_mode, sql};

/// A shell that commits one row after the other until it is told to stop.
struct Writer {
    acknowledged: Arc<AtomicU64>,
    thread: JoinHandle<(BTreeSet<u64>, BTreeSet<String>)>,
}

impl Writer {
    /// Numbers its rows from `first` on.
    fn start(live: &Path, first: u64, stop: &CancelToken) -> Self {
        let acknowledged = Arc::new(AtomicU64::new(0));
        let (count, stop, mut peer) = (Arc::clone(&acknowledged), stop.clone(), Peer::open(live));
        let thread = std::thread::spawn(move || {
            let (mut rows, mut said) = (BTreeSet::new(), BTreeSet::new());
            peer.run(".timeout 20000");
            for row in first.. {
                if stop.is_cancelled() {
                    break;
                }
                let change = format!(
                    "BEGIN IMMEDIATE; INSERT INTO log VALUES({row}); UPDATE orders SET cents = {row} WHERE id = {row} % 3000; COMMIT;"
                );
                match peer.run(&change) {
                    answer if answer.is_empty() => {
                        rows.insert(row);
                        count.fetch_add(1, Ordering::Relaxed);
                    }
                    answer => drop(said.insert(answer)),
                }
                said.insert(peer.run("SELECT count(*) FROM orders;"));
            }
            (rows, said)
        });
        Self { acknowledged, thread }
    }

    fn wait_for(&self, more: u64) {
        let goal = self.acknowledged.load(Ordering::Relaxed) + more;
        while self.acknowledged.load(Ordering::Relaxed) < goal {
            assert!(!self.thread.is_finished(), "the writer ended");
            std::thread::yield_now();
        }
    }
}

fn log(path: &Path) -> BTreeSet<u64> {
    let connection = Connection::open(path).unwrap();
    let mut statement = connection.prepare("SELECT k FROM log").unwrap();
    statement.query_map([], |row| row.get::<_, i64>(0)).unwrap().map(|row| row.unwrap().unsigned_abs()).collect()
}

#[test]
fn others_go_on_in_the_image_and_each_acknowledged_commit_is_in_the_result_or_in_the_way_back() {
    for (mode, round) in [("wal", 0), ("wal", 1), ("wal", 2), ("delete", 3), ("delete", 4)] {
        let bench = Bench::new(mode, 4096, 3000);
        sql(&bench.image, "CREATE TABLE log(k INTEGER PRIMARY KEY); CREATE INDEX by_cents ON orders(cents);");
        sql(
            &bench.live,
            "CREATE TABLE log(k INTEGER PRIMARY KEY); CREATE TABLE wrong(x); DELETE FROM orders WHERE id > 2000; UPDATE orders SET note = hex(randomblob(200));",
        );
        let stop = CancelToken::default();
        let writers = [Writer::start(&bench.live, 1, &stop), Writer::start(&bench.live, 1_000_000, &stop)];
        writers.iter().for_each(|writer| writer.wait_for(50));
        let prepared = enter::prepare(&bench.live, &bench.image, &bench.safety, &JobCtx::detached()).unwrap();
        writers[0].wait_for(if round % 2 == 0 { 150 } else { 1 });
        let entered = prepared.enter(Duration::from_secs(20), &mut |_| Ok(()), &JobCtx::detached()).unwrap();
        writers.iter().for_each(|writer| writer.wait_for(50));
        stop.cancel();

        assert!(entered.caught_up.0 > 0, "{entered:?}");
        let heard = writers.map(|writer| writer.thread.join().unwrap());
        let kept: BTreeSet<u64> = log(&bench.live).union(&log(&bench.safety)).copied().collect();
        for (acknowledged, said) in heard {
            let lost: Vec<&u64> = acknowledged.difference(&kept).collect();
            assert!(lost.is_empty(), "{mode}: {lost:?} of {}", acknowledged.len());
            assert_eq!(said, BTreeSet::from(["2000".to_owned(), "3000".to_owned()]), "{mode}: others saw something between, or an error");
        }
        assert_eq!(journal_mode(&bench.live), mode);
        for (file, schema) in [(&bench.live, "by_cents"), (&bench.safety, "wrong")] {
            assert_eq!(ask(file, "PRAGMA integrity_check"), "ok");
            assert_eq!(ask(file, &format!("SELECT count(*) FROM sqlite_schema WHERE name = '{schema}'")), "1");
        }
        assert_eq!(ask(&bench.live, "SELECT count(*) FROM sqlite_schema WHERE name = 'wrong'"), "0");
    }
}
