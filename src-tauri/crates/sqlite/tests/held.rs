//! Images of live databases: exact, consistent, cancellable, and without a trace beside the file.
#![allow(clippy::unwrap_used)]

use std::{
    fs,
    io::Read,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use quarterdeck_model::{CancelToken, Digest, JobCtx, Outcome, SystemClock, job::Listener, job::Progress};
use quarterdeck_sqlite::held::{self, Flow, HeldRead};
use quarterdeck_testkit::{Peer, Scratch, museum, shop};
use rusqlite::Connection;

fn read_all(held: HeldRead) -> Outcome<(Vec<u8>, Digest)> {
    let mut reader = held.into_reader(&JobCtx::detached())?;
    let outcome = reader.outcome();
    let mut bytes = Vec::new();
    let _ = reader.read_to_end(&mut bytes);
    outcome.result().map(|digest| (bytes, digest))
}

fn image_of(path: &Path) -> (Vec<u8>, Digest) {
    read_all(HeldRead::open(path, &SystemClock).unwrap()).unwrap()
}

fn ask(image: &Path, sql: &str) -> String {
    let connection = Connection::open(image).unwrap();
    connection.query_row(sql, [], |row| row.get::<_, rusqlite::types::Value>(0)).map(|value| format!("{value:?}")).unwrap()
}

#[test]
fn the_stream_is_the_file_byte_for_byte_and_nothing_is_left_beside_it() {
    for (mode, page_size) in [("wal", 4096), ("delete", 4096), ("wal", 512), ("delete", 65_536)] {
        let scratch = Scratch::new();
        let path = scratch.odd_file();
        shop::shop_with_page_size(&path, 3000, mode, page_size);
        let before = scratch.state();
        let held = HeldRead::open(&path, &SystemClock).unwrap();
        let facts = held.facts().clone();
        assert_eq!((facts.page_size, facts.application_id, facts.user_version), (page_size, 1_397_247_824, 7));
        assert_eq!(facts.journal_mode, mode);
        assert_eq!(held.blocks_writers(), mode == "delete");
        let (bytes, digest) = read_all(held).unwrap();
        assert_eq!(bytes.len() as u64, facts.size());
        assert_eq!(digest, Digest::of(&bytes));
        assert!(bytes == fs::read(&path).unwrap(), "{mode} {page_size}");
        assert_eq!(scratch.state(), before, "{mode} {page_size}");
    }
}

#[test]
fn what_a_crash_left_in_the_log_is_in_the_image_and_stays_in_the_log() {
    let scratch = Scratch::new();
    let path = scratch.file("app.db");
    museum::leftover_wal(&path);
    let log = scratch.file("app.db-wal");
    let before = (fs::read(&path).unwrap(), fs::read(&log).unwrap());
    let (bytes, _) = image_of(&path);
    let image = scratch.file("image.db");
    fs::write(&image, bytes).unwrap();
    assert_eq!(ask(&image, "SELECT count(*) FROM orders"), "Integer(200)");
    assert!((fs::read(&path).unwrap(), fs::read(&log).unwrap()) == before, "the pair was changed");
}

#[test]
fn images_under_a_committing_writer_are_exact_prefixes() {
    let scratch = Scratch::new();
    let path = scratch.file("app.db");
    shop::shop(&path, 2000, "wal");
    Connection::open(&path)
        .unwrap()
        .execute_batch("CREATE TABLE log(k INTEGER PRIMARY KEY); CREATE TABLE total(n INTEGER); INSERT INTO total VALUES(0);")
        .unwrap();
    let stop = CancelToken::default();
    let (writing, until) = (path.clone(), stop.clone());
    let writer = std::thread::spawn(move || {
        let connection = Connection::open(writing).unwrap();
        connection.busy_timeout(Duration::from_secs(10)).unwrap();
        let mut k = 0;
        while !until.is_cancelled() {
            k += 1;
            connection
                .execute_batch(&format!(
                    "BEGIN IMMEDIATE; INSERT INTO log VALUES({k}); UPDATE orders SET note = hex(randomblob(20)) WHERE id = {k} % 2000;
                     UPDATE total SET n = n + 1; COMMIT;"
                ))
                .unwrap();
        }
        k
    });
    let mut last = 0;
    for _ in 0..20 {
        let (bytes, _) = image_of(&path);
        let image = scratch.file("image.db");
        fs::write(&image, bytes).unwrap();
        let connection = Connection::open(&image).unwrap();
        let ok: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
        let (count, max, total): (i64, i64, i64) = connection
            .query_row("SELECT count(*), coalesce(max(k), 0), (SELECT n FROM total) FROM log", [], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?))
            })
            .unwrap();
        assert_eq!((ok.as_str(), count, total), ("ok", max, max));
        assert!(max >= last, "an acknowledged commit is missing");
        last = max;
        drop(connection);
        for suffix in ["", "-wal", "-shm"] {
            let _ = fs::remove_file(scratch.file(format!("image.db{suffix}")));
        }
    }
    stop.cancel();
    assert!(writer.join().unwrap() >= last);
    assert!(last > 0, "the writer wrote meanwhile");
}

struct CancelAt(u64, CancelToken);

impl Listener for CancelAt {
    fn phase(&self, _: &str) {}

    fn progress(&self, progress: Progress) {
        if progress.done.0 >= self.0 {
            self.1.cancel();
        }
    }
}

#[test]
fn a_cancelled_stream_says_so_even_to_those_who_do_not_see_the_error() {
    let scratch = Scratch::new();
    let path = scratch.file("app.db");
    shop::shop(&path, 40_000, "delete");
    let cancel = CancelToken::default();
    let ctx = JobCtx::new(Arc::new(CancelAt(2 << 20, cancel.clone())), cancel);
    let mut reader = HeldRead::open(&path, &SystemClock).unwrap().into_reader(&ctx).unwrap();
    let outcome = reader.outcome();
    assert!(outcome.result().unwrap_err().is("image-incomplete"));
    let error = std::io::copy(&mut reader, &mut std::io::sink()).unwrap_err();
    assert!(error.get_ref().unwrap().downcast_ref::<quarterdeck_model::Fault>().unwrap().is("cancelled"));
    assert!(outcome.result().unwrap_err().is("cancelled"));
    assert!(reader.read(&mut [0; 10]).is_err(), "it does not look like an end afterwards");
    // Nothing is held any more, although the reader still exists.
    Peer::open(&path).run("DELETE FROM orders WHERE id = 1;");
    assert_eq!(ask(&path, "SELECT count(*) FROM orders"), "Integer(39999)");
}

#[test]
fn a_stream_that_is_dropped_lets_go_and_is_not_taken_for_complete() {
    let scratch = Scratch::new();
    let path = scratch.file("app.db");
    shop::shop(&path, 40_000, "delete");
    let mut reader = HeldRead::open(&path, &SystemClock).unwrap().into_reader(&JobCtx::detached()).unwrap();
    let outcome = reader.outcome();
    reader.read_exact(&mut [0; 100]).unwrap();
    drop(reader);
    assert!(outcome.result().unwrap_err().is("image-incomplete"));
    assert_eq!(Peer::open(&path).run("DELETE FROM orders; SELECT count(*) FROM orders;"), "0");
}

#[test]
fn a_staged_copy_is_the_image_and_gives_up_at_its_limit() {
    let scratch = Scratch::new();
    let (path, copy) = (scratch.file("app.db"), scratch.file("copy.db"));
    shop::shop(&path, 40_000, "delete");
    assert!(held::expected_stall(&path).unwrap().unwrap().0 >= 500);
    let limit = Some(Duration::from_secs(60));
    let staged = held::stage(HeldRead::open(&path, &SystemClock).unwrap(), &copy, limit, &JobCtx::detached()).unwrap();
    let bytes = fs::read(&copy).unwrap();
    assert_eq!((staged.sha256, staged.facts.size()), (Digest::of(&bytes), bytes.len() as u64));
    assert!(bytes == fs::read(&path).unwrap());
    let again = HeldRead::open(&path, &SystemClock).unwrap();
    assert!(held::stage(again, &copy, limit, &JobCtx::detached()).unwrap_err().is("file-exists"));
    assert!(fs::read(&copy).unwrap() == bytes, "a file that was there is left alone");
    fs::remove_file(&copy).unwrap();
    let again = HeldRead::open(&path, &SystemClock).unwrap();
    assert!(held::stage(again, &copy, Some(Duration::ZERO), &JobCtx::detached()).unwrap_err().is("stall-exceeded"));
    assert!(!copy.exists());
    assert_eq!(Peer::open(&path).run("DELETE FROM orders; SELECT count(*) FROM orders;"), "0");
}

#[test]
fn a_wal_database_announces_no_stall() {
    let scratch = Scratch::new();
    let path = scratch.file("app.db");
    shop::shop(&path, 10, "wal");
    assert_eq!(held::expected_stall(&path).unwrap(), None);
}

#[test]
fn a_barrier_shows_several_databases_as_of_one_moment() {
    let scratch = Scratch::new();
    let paths: Vec<PathBuf> = ["b.db", "a.db"].map(|name| scratch.file(name)).to_vec();
    for (path, mode) in paths.iter().zip(["wal", "delete"]) {
        shop::shop(path, 100, mode);
        Connection::open(path).unwrap().execute_batch("CREATE TABLE step(n INTEGER); INSERT INTO step VALUES(0);").unwrap();
    }
    let stop = CancelToken::default();
    let (writing, until) = (paths.clone(), stop.clone());
    // Each step is committed to the first file, then to the second: at no moment are they more than one apart.
    let writer = std::thread::spawn(move || {
        let open = |path: &PathBuf| {
            let connection = Connection::open(path).unwrap();
            connection.busy_timeout(Duration::from_secs(10)).unwrap();
            connection
        };
        let connections: Vec<Connection> = writing.iter().map(open).collect();
        while !until.is_cancelled() {
            for connection in &connections {
                connection.execute_batch("UPDATE step SET n = n + 1").unwrap();
            }
        }
    });
    for round in 0..10 {
        let held = held::barrier(&paths, &SystemClock, &mut || {}).unwrap();
        let mut steps = Vec::new();
        for (index, held) in held.into_iter().enumerate() {
            let image = scratch.file(format!("image-{round}-{index}.db"));
            fs::write(&image, read_all(held).unwrap().0).unwrap();
            let connection = Connection::open(image).unwrap();
            steps.push(connection.query_row("SELECT n FROM step", [], |row| row.get::<_, i64>(0)).unwrap());
        }
        assert!((0..=1).contains(&(steps[0] - steps[1])), "{steps:?}");
    }
    stop.cancel();
    writer.join().unwrap();
}

#[test]
fn a_barrier_that_cannot_have_all_locks_lets_all_go() {
    let scratch = Scratch::new();
    let paths: Vec<PathBuf> = ["a.db", "b.db"].map(|name| scratch.file(name)).to_vec();
    paths.iter().for_each(|path| shop::shop(path, 10, "wal"));
    let mut peer = Peer::open(&paths[1]);
    peer.run("BEGIN IMMEDIATE;");
    let fault = held::barrier(&paths, &SystemClock, &mut || {}).map(|_| ()).unwrap_err();
    assert!(fault.is("locked") && fault.message.contains("b.db"), "{fault}");
    assert_eq!(Peer::open(&paths[0]).run("BEGIN IMMEDIATE; ROLLBACK;"), "");
}

#[test]
fn portions_are_the_image_in_whole_pages_and_the_read_is_good_for_a_second_pass() {
    for (mode, page_size) in [("wal", 4096), ("delete", 512), ("wal", 65_536)] {
        let scratch = Scratch::new();
        let path = scratch.odd_file();
        shop::shop_with_page_size(&path, 30_000, mode, page_size);
        let before = fs::read(&path).unwrap();
        let mut held = HeldRead::open(&path, &SystemClock).unwrap();
        if mode == "wal" {
            Peer::open(&path).run("DELETE FROM orders WHERE id > 100;");
        }
        for _ in 0..2 {
            let mut bytes = Vec::new();
            let digest = held
                .portions(&JobCtx::detached(), &mut |portion| {
                    assert!(portion.len().is_multiple_of(page_size as usize));
                    bytes.extend_from_slice(portion);
                    Ok(Flow::GoOn)
                })
                .unwrap();
            assert_eq!(digest, Some(Digest::of(&bytes)));
            assert!(bytes == before, "{mode} {page_size}: as of the moment it was opened");
        }
        // Stopped in the middle, it can still be streamed.
        let stopped = held.portions(&JobCtx::detached(), &mut |_| Ok(Flow::Stop));
        assert_eq!(stopped.unwrap(), None);
        assert!(read_all(held).unwrap().0 == before);
    }
}

#[test]
fn portions_of_a_file_are_the_file() {
    let scratch = Scratch::new();
    let path = scratch.file("copy.db");
    for size in [0, 1, 4096, (1 << 20) - 1, (1 << 20) + 4096, 3 << 20] {
        let content: Vec<u8> = (0..size).map(|at: u32| at.to_le_bytes()[0] ^ at.to_le_bytes()[1]).collect();
        fs::write(&path, &content).unwrap();
        let mut bytes = Vec::new();
        let digest = held::file_portions(fs::File::open(&path).unwrap(), &path, &JobCtx::detached(), &mut |portion| {
            bytes.extend_from_slice(portion);
            Ok(Flow::GoOn)
        });
        assert_eq!(digest.unwrap(), Some(Digest::of(&content)));
        assert!(bytes == content);
    }
    let stopped = held::file_portions(fs::File::open(&path).unwrap(), &path, &JobCtx::detached(), &mut |_| Ok(Flow::Stop));
    assert_eq!(stopped.unwrap(), None);
}

#[test]
fn a_fault_of_whoever_looks_and_a_cancellation_end_the_portions() {
    let scratch = Scratch::new();
    let path = scratch.file("app.db");
    shop::shop(&path, 40_000, "delete");
    let mut held = HeldRead::open(&path, &SystemClock).unwrap();
    let refused = held.portions(&JobCtx::detached(), &mut |_| Err(quarterdeck_model::Fault::refused("full", "Full.")));
    assert!(refused.unwrap_err().is("full"));
    let cancel = CancelToken::default();
    let ctx = JobCtx::new(Arc::new(CancelAt(2 << 20, cancel.clone())), cancel);
    let mut seen = 0;
    let cancelled = held.portions(&ctx, &mut |portion| {
        seen += portion.len() as u64;
        Ok(Flow::GoOn)
    });
    assert!(cancelled.unwrap_err().is("cancelled"));
    assert!(seen < held.facts().size());
    drop(held);
    assert_eq!(Peer::open(&path).run("DELETE FROM orders; SELECT count(*) FROM orders;"), "0");
}

/// How far a read is.
#[derive(Default)]
struct Furthest(std::sync::atomic::AtomicU64);

impl Listener for Furthest {
    fn phase(&self, _: &str) {}

    fn progress(&self, progress: Progress) {
        self.0.store(progress.done.0, std::sync::atomic::Ordering::SeqCst);
    }
}

#[test]
fn a_slow_consumer_makes_the_read_wait_and_no_memory_grow() {
    let scratch = Scratch::new();
    let path = scratch.file("sparse");
    fs::File::create(&path).unwrap().set_len(64 << 20).unwrap();
    let furthest = Arc::new(Furthest::default());
    let ctx = JobCtx::new(furthest.clone(), CancelToken::default());
    let mut taken = 0;
    held::file_portions(fs::File::open(&path).unwrap(), &path, &ctx, &mut |portion| {
        taken += portion.len() as u64;
        let ahead = furthest.0.load(std::sync::atomic::Ordering::SeqCst).saturating_sub(taken);
        assert!(ahead <= 20 << 20, "{ahead} bytes were read and not taken");
        Ok(Flow::GoOn)
    })
    .unwrap();
    assert_eq!(taken, 64 << 20);
}
