//! Entering an image: the result is the image, the way back is what was there, and whatever fails leaves the file as it was.
#![allow(clippy::unwrap_used)]

mod support;

use std::{fs, path::Path, sync::Arc, time::Duration};

use quarterdeck_model::{CancelToken, Fault, JobCtx, Outcome, job::Listener, job::Progress};
use quarterdeck_sqlite::enter::{self, Commit, Entered, Prepared};
use quarterdeck_testkit::{Peer, museum, shop};
use rusqlite::Connection;
use support::{Bench, content, journal_mode, sql};

const PATIENCE: Duration = Duration::from_secs(10);

fn prepare(bench: &Bench) -> Prepared {
    enter::prepare(&bench.live, &bench.image, &bench.safety, &JobCtx::detached()).unwrap()
}

fn finish(prepared: Prepared) -> Outcome<(Entered, Commit)> {
    let mut seen = None;
    let entered = prepared.enter(
        PATIENCE,
        &mut |commit| {
            seen = Some(commit.clone());
            Ok(())
        },
        &JobCtx::detached(),
    )?;
    Ok((entered, seen.unwrap()))
}

/// Enters and checks everything that is promised of every entry.
fn enter_and_check(bench: &Bench) -> Entered {
    let (before, mode) = (content(&bench.live), journal_mode(&bench.live));
    let prepared = prepare(bench);
    let (entered, commit) = finish(prepared).unwrap();
    assert_eq!(content(&bench.live), content(&bench.image));
    assert_eq!(content(&bench.safety), before);
    assert_eq!(journal_mode(&bench.live), mode);
    assert_eq!(entered.journal_mode, mode);
    assert!(entered.compared_whole);
    assert!(enter::was_committed(&bench.live, &commit).unwrap());
    entered
}

#[test]
fn the_result_is_the_image_in_either_mode_with_any_page_size() {
    for mode in ["wal", "delete"] {
        for page_size in [512, 4096, 65_536] {
            let bench = Bench::new(mode, page_size, 3000);
            sql(
                &bench.live,
                "DELETE FROM orders WHERE id % 7 = 0; UPDATE orders SET note = 'gone' WHERE id % 50 = 0; CREATE TABLE extra(x); DROP INDEX orders_by_day;",
            );
            enter_and_check(&bench);
            assert_eq!(bench.sidecars(), Vec::<String>::new());
        }
    }
}

#[test]
fn only_pages_that_differ_are_written() {
    for mode in ["wal", "delete"] {
        let bench = Bench::new(mode, 4096, 20_000);
        sql(&bench.live, "UPDATE orders SET cents = cents + 1 WHERE id IN (17, 9000, 15000)");
        let differing = prepare(&bench).differing();
        assert!(!bench.safety.exists(), "what was prepared and not used is taken away");
        assert!((3..=8).contains(&differing), "{differing}");
        let entered = enter_and_check(&bench);
        assert!(entered.pages_written.0 <= differing + 1, "{entered:?}");
    }
}

#[test]
fn an_image_equal_to_the_database_costs_one_page() {
    let bench = Bench::new("wal", 4096, 500);
    assert_eq!(prepare(&bench).differing(), 0);
    assert_eq!(enter_and_check(&bench).pages_written.0, 1);
}

#[test]
fn the_database_shrinks_and_grows_by_much() {
    for mode in ["wal", "delete"] {
        let bench = Bench::new(mode, 1024, 300);
        let more = Connection::open(&bench.live).unwrap();
        shop::add_orders(&more, 30_000);
        drop(more);
        let large = bench.scratch.file("large.db");
        fs::copy(&bench.live, &large).unwrap();
        assert_eq!(bench.sidecars(), Vec::<String>::new());
        enter_and_check(&bench);
        let back = Bench { image: large, safety: bench.scratch.file("safety-2.db"), ..bench };
        let entered = enter_and_check(&back);
        assert!(entered.pages_written.0 > 1000);
    }
}

/// SQLite itself would only make the file shorter. A kill after that and before the end of the commit is too short a moment to hit, but
/// what would bring the pages back can be seen.
#[test]
fn pages_that_are_cut_off_are_in_the_rollback_journal_before_the_commit() {
    let bench = Bench::new("delete", 4096, 6000);
    sql(&bench.image, "DELETE FROM orders; VACUUM;");
    let cut_off = fs::metadata(&bench.live).unwrap().len() - fs::metadata(&bench.image).unwrap().len();
    let journal = quarterdeck_store::files::with_suffix(&bench.live, "-journal");
    let mut journalled = 0;
    let look = &mut |_: &Commit| {
        journalled = fs::metadata(&journal).unwrap().len();
        Ok(())
    };
    prepare(&bench).enter(PATIENCE, look, &JobCtx::detached()).unwrap();
    assert!(cut_off > 100_000 && journalled > cut_off, "{cut_off} {journalled}");
    assert_eq!(content(&bench.live), content(&bench.image));
}

#[test]
fn the_journal_mode_of_the_live_file_is_kept_whatever_the_image_has() {
    for (live, image) in [("wal", "delete"), ("delete", "wal")] {
        let bench = Bench::new(live, 4096, 500);
        sql(&bench.image, &format!("PRAGMA journal_mode = {image}"));
        sql(&bench.live, "DELETE FROM orders");
        enter_and_check(&bench);
    }
}

#[test]
fn auto_vacuum_moves_nothing_whichever_side_has_it() {
    for mode in ["wal", "delete"] {
        for (live, image) in [(1, 0), (0, 1), (1, 1), (2, 1), (1, 2)] {
            let bench = Bench::new(mode, 1024, 4000);
            sql(&bench.live, &format!("PRAGMA auto_vacuum = {live}; VACUUM; DELETE FROM orders WHERE id > 100;"));
            // An image with unused pages: a COMMIT in full mode would move pages into them.
            sql(
                &bench.image,
                &format!("PRAGMA auto_vacuum = {image}; VACUUM; PRAGMA auto_vacuum = 2; DELETE FROM orders WHERE id % 3 = 0;"),
            );
            sql(&bench.image, &format!("PRAGMA auto_vacuum = {image}"));
            enter_and_check(&bench);
            assert_eq!(support::ask(&bench.live, "PRAGMA auto_vacuum"), image.to_string());
            sql(
                &bench.live,
                "INSERT INTO customers(name, email) SELECT name, 'x' || email FROM customers; DELETE FROM orders WHERE id % 2;",
            );
            assert_eq!(support::ask(&bench.live, "PRAGMA integrity_check"), "ok");
        }
    }
}

#[test]
fn a_second_process_goes_on_in_the_restored_content_and_schema() {
    for mode in ["wal", "delete"] {
        let bench = Bench::new(mode, 4096, 1000);
        let mut peer = Peer::open(&bench.live);
        peer.run("CREATE TABLE later(x); ALTER TABLE orders ADD COLUMN added TEXT; DELETE FROM orders WHERE id > 10;");
        assert_eq!(peer.run("SELECT count(*) FROM orders; SELECT count(*) FROM later;"), "10\n0");
        finish(prepare(&bench)).unwrap();
        assert_eq!(peer.run("SELECT count(*) FROM orders; SELECT count(*) FROM pragma_table_info('orders');"), "1000\n5");
        assert!(peer.run("SELECT * FROM later;").contains("no such table"));
        peer.run("DELETE FROM orders WHERE id = 1;");
        assert_eq!(peer.run("SELECT count(*) FROM orders; PRAGMA integrity_check;"), "999\nok");
    }
}

#[test]
fn what_others_commit_between_the_first_pass_and_the_lock_is_in_the_safety_image() {
    let meanwhile = [
        "INSERT INTO customers(name, email) VALUES('late', 'late'); UPDATE orders SET cents = 1 WHERE id % 100 = 0;",
        "DELETE FROM orders WHERE id > 100; VACUUM;",
        "DELETE FROM orders; VACUUM; INSERT INTO customers(name, email) SELECT name || id, email || id FROM customers;",
        "INSERT INTO orders SELECT id + 100000, customer_id, placed_on, cents, note FROM orders;",
        "INSERT INTO customers(name, email) VALUES('late', 'late'); PRAGMA wal_checkpoint(TRUNCATE); DELETE FROM orders WHERE id = 7;",
        "PRAGMA wal_checkpoint(RESTART); DELETE FROM orders WHERE id = 7; PRAGMA wal_checkpoint; DELETE FROM orders WHERE id = 9;",
        "PRAGMA auto_vacuum = 0; VACUUM; DELETE FROM orders WHERE id = 7;",
    ];
    for mode in ["wal", "delete"] {
        // With frames in the log at the first pass; all of them checkpointed; and none.
        for log in ["UPDATE orders SET note = 'x' WHERE id = 5;", "UPDATE orders SET note = 'x'; PRAGMA wal_checkpoint;", "SELECT 1;"] {
            for commits in meanwhile {
                let bench = Bench::new(mode, 1024, 2000);
                let mut peer = Peer::open(&bench.live);
                peer.run(&format!("PRAGMA auto_vacuum = 1; VACUUM; {log}"));
                fs::copy(&bench.image, bench.scratch.file("av.db")).unwrap();
                let prepared = prepare(&bench);
                peer.run(".timeout 200");
                peer.run(commits);
                let before = content(&bench.live);
                let (entered, _) = finish(prepared).unwrap();
                assert!(entered.caught_up.0 > 0, "{mode} {log} {commits}");
                assert_eq!(content(&bench.safety), before, "{mode} {log} {commits}");
                assert_eq!(content(&bench.live), content(&bench.image), "{mode} {log} {commits}");
                assert!(entered.compared_whole);
            }
        }
    }
}

#[test]
fn a_lock_that_does_not_go_away_leaves_everything_as_it_was_and_names_the_holder() {
    for mode in ["wal", "delete"] {
        let bench = Bench::new(mode, 4096, 500);
        sql(&bench.live, "DELETE FROM orders WHERE id = 1");
        let before = content(&bench.live);
        let mut peer = Peer::open(&bench.live);
        peer.run("BEGIN IMMEDIATE; DELETE FROM orders;");
        let fault = prepare(&bench).enter(Duration::from_millis(50), &mut |_| Ok(()), &JobCtx::detached()).unwrap_err();
        assert!(fault.is("locked") && fault.retry, "{fault}");
        assert!(fault.facts["holders"].to_string().contains(&peer.pid().to_string()), "{:?}", fault.facts);
        peer.run("ROLLBACK;");
        assert_eq!(content(&bench.live), before);
        assert!(!bench.safety.exists());
    }
}

#[test]
fn a_reader_that_does_not_end_stops_the_commit_under_a_rollback_journal_only() {
    let bench = Bench::new("delete", 4096, 500);
    sql(&bench.live, "DELETE FROM orders WHERE id = 1");
    let before = content(&bench.live);
    let mut peer = Peer::open(&bench.live);
    peer.run("BEGIN; SELECT count(*) FROM orders;");
    let fault = prepare(&bench).enter(Duration::from_millis(50), &mut |_| Ok(()), &JobCtx::detached()).unwrap_err();
    assert!(fault.is("locked"), "{fault}");
    peer.run("COMMIT;");
    assert_eq!(content(&bench.live), before);

    let bench = Bench::new("wal", 4096, 500);
    sql(&bench.live, "DELETE FROM orders WHERE id = 1");
    let mut peer = Peer::open(&bench.live);
    assert_eq!(peer.run("BEGIN; SELECT count(*) FROM orders;"), "499");
    finish(prepare(&bench)).unwrap();
    assert_eq!(peer.run("SELECT count(*) FROM orders; COMMIT; SELECT count(*) FROM orders;"), "499\n500");
}

#[test]
fn a_journal_that_cannot_be_written_by_the_caller_stops_the_commit() {
    for mode in ["wal", "delete"] {
        let bench = Bench::new(mode, 4096, 3000);
        sql(&bench.live, "DELETE FROM orders WHERE id > 10; VACUUM;");
        let before = content(&bench.live);
        let mut seen = None;
        let refuse = &mut |commit: &Commit| {
            seen = Some(commit.clone());
            Err(Fault::failed("disk-full", "The journal cannot be written."))
        };
        assert!(prepare(&bench).enter(PATIENCE, refuse, &JobCtx::detached()).unwrap_err().is("disk-full"));
        assert_eq!(content(&bench.live), before);
        assert_eq!(content(&bench.safety), before, "from then on it is the caller's");
        assert!(!enter::was_committed(&bench.live, &seen.unwrap()).unwrap());
    }
}

struct CancelAtOnce(CancelToken);

impl Listener for CancelAtOnce {
    fn phase(&self, _: &str) {}

    fn progress(&self, _: Progress) {
        self.0.cancel();
    }
}

#[test]
fn cancel_is_heard_until_the_commit_and_leaves_nothing() {
    let bench = Bench::new("wal", 4096, 40_000);
    sql(&bench.live, "DELETE FROM orders");
    let before = content(&bench.live);
    let cancel = CancelToken::default();
    let ctx = JobCtx::new(Arc::new(CancelAtOnce(cancel.clone())), cancel.clone());
    assert!(enter::prepare(&bench.live, &bench.image, &bench.safety, &ctx).map(drop).unwrap_err().is("cancelled"));
    assert!(!bench.safety.exists());
    let prepared = prepare(&bench);
    assert!(prepared.enter(PATIENCE, &mut |_| Ok(()), &ctx).unwrap_err().is("cancelled"));
    assert_eq!(content(&bench.live), before);
    assert!(!bench.safety.exists());
}

#[test]
fn another_layout_is_entered_for_a_sole_user() {
    for (mode, image_mode) in [("wal", "wal"), ("wal", "delete"), ("delete", "wal"), ("delete", "delete")] {
        for (live, image) in [(4096, 1024), (512, 65_536)] {
            let bench = Bench::new(mode, live, 1500);
            shop::shop_with_page_size(&bench.scratch.file("other.db"), 900, image_mode, image);
            let bench = Bench { image: bench.scratch.file("other.db"), ..bench };
            assert!(prepare(&bench).rebuilds());
            enter_and_check(&bench);
            assert_eq!(support::ask(&bench.live, "PRAGMA page_size"), image.to_string());
        }
    }
}

#[test]
fn reserved_bytes_and_text_encoding_are_part_of_the_layout() {
    for mode in ["wal", "delete"] {
        let bench = Bench::new(mode, 4096, 800);
        Peer::open(&bench.image).run("PRAGMA journal_mode = DELETE;\n.filectrl reserve_bytes 32\nVACUUM;");
        assert!(prepare(&bench).rebuilds());
        enter_and_check(&bench);
        // Equal reserved bytes need no rebuild.
        let again = Bench { safety: bench.scratch.file("safety-2.db"), ..bench };
        sql(&again.live, "DELETE FROM orders WHERE id % 2");
        assert!(!prepare(&again).rebuilds());
        enter_and_check(&again);

        let bench = Bench::new(mode, 4096, 10);
        let wide = bench.scratch.file("wide.db");
        sql(&wide, "PRAGMA encoding = 'UTF-16le'; CREATE TABLE orders(id, name); INSERT INTO orders VALUES(1, 'Öl');");
        let bench = Bench { image: wide, ..bench };
        assert!(prepare(&bench).rebuilds());
        enter_and_check(&bench);
    }
}

#[test]
fn another_layout_is_refused_while_somebody_else_uses_the_database() {
    for mode in ["wal", "delete"] {
        let bench = Bench::new(mode, 4096, 500);
        let other = bench.scratch.file("other.db");
        shop::shop_with_page_size(&other, 300, "delete", 1024);
        let bench = Bench { image: other, ..bench };
        let before = content(&bench.live);
        let mut peer = Peer::open(&bench.live);
        peer.run("SELECT count(*) FROM orders;");
        let fault = prepare(&bench).enter(Duration::from_millis(50), &mut |_| Ok(()), &JobCtx::detached()).unwrap_err();
        assert!(fault.is("page-size-differs"), "{fault}");
        assert_eq!(peer.run("INSERT INTO customers(name, email) VALUES('still', 'here'); DELETE FROM customers WHERE name = 'still'; PRAGMA journal_mode;"), mode);
        assert_eq!(content(&bench.live), before);
        assert!(!bench.safety.exists());
        drop(peer);
        let refuse = &mut |_: &Commit| Err(Fault::failed("no", "no"));
        assert!(prepare(&bench).enter(PATIENCE, refuse, &JobCtx::detached()).unwrap_err().is("no"));
        assert_eq!((content(&bench.live), journal_mode(&bench.live).as_str()), (before, mode));
    }
}

#[test]
fn a_damaged_database_that_sqlite_can_open_is_entered() {
    type Exhibit = fn(&Path);
    let exhibits: [Exhibit; 6] = [
        museum::index_leaf_flipped,
        museum::interior_page_flipped,
        museum::unknown_collation,
        museum::unknown_module,
        museum::hot_journal,
        museum::leftover_wal,
    ];
    for exhibit in exhibits {
        let bench = Bench::new("delete", 4096, 1200);
        fs::remove_file(&bench.live).unwrap();
        exhibit(&bench.live);
        finish(prepare(&bench)).unwrap();
        assert_eq!(content(&bench.live), content(&bench.image));
    }
}

#[test]
fn what_cannot_be_entered_is_said_and_left_alone() {
    type Exhibit = fn(&Path);
    let exhibits: [(Exhibit, &str); 4] = [
        (museum::encrypted, "not-a-database"),
        (museum::magic_damaged, "not-a-database"),
        (museum::truncated, "damaged"),
        (|path| fs::write(path, b"").unwrap(), "empty"),
    ];
    for (exhibit, code) in exhibits {
        let bench = Bench::new("delete", 4096, 100);
        fs::remove_file(&bench.live).unwrap();
        exhibit(&bench.live);
        let before = fs::read(&bench.live).unwrap();
        let fault = enter::prepare(&bench.live, &bench.image, &bench.safety, &JobCtx::detached()).map(drop).unwrap_err();
        assert!(fault.is(code), "{code}: {fault}");
        assert!(fs::read(&bench.live).unwrap() == before && !bench.safety.exists());
    }
    let bench = Bench::new("wal", 4096, 100);
    let image = fs::read(&bench.image).unwrap();
    fs::write(&bench.image, &image[..image.len() - 1]).unwrap();
    let prepare = || enter::prepare(&bench.live, &bench.image, &bench.safety, &JobCtx::detached()).map(drop).unwrap_err();
    assert!(prepare().is("image-incomplete"));
    fs::write(&bench.image, &image).unwrap();
    let itself = enter::prepare(&bench.live, &bench.live, &bench.safety, &JobCtx::detached()).map(drop).unwrap_err();
    assert!(itself.is("same-file"));
    fs::write(&bench.safety, b"kept").unwrap();
    assert!(prepare().is("file-exists"));
    assert_eq!(fs::read(&bench.safety).unwrap(), b"kept");
}

#[test]
fn a_full_disk_for_the_safety_image_is_noticed_before_the_lock() {
    let bench = Bench::new("wal", 4096, 20_000);
    let Some(small) = support::SmallDisk::mount(&bench.scratch) else { return };
    sql(&bench.live, "DELETE FROM orders");
    let before = content(&bench.live);
    let safety = small.path.join("safety.db");
    let fault = enter::prepare(&bench.live, &bench.image, &safety, &JobCtx::detached()).map(drop).unwrap_err();
    assert!(fault.is("disk-full"), "{fault}");
    assert!(!safety.exists());
    assert_eq!(content(&bench.live), before);
}

#[test]
fn a_disk_that_fills_up_under_the_lock_leaves_the_database_as_it_was() {
    for mode in ["wal", "delete"] {
        let bench = Bench::new(mode, 4096, 6000);
        let Some(small) = support::SmallDisk::mount(&bench.scratch) else { return };
        sql(&bench.live, "UPDATE orders SET note = hex(randomblob(25)); VACUUM;");
        let live = small.path.join("live.db");
        fs::copy(&bench.live, &live).unwrap();
        let size = fs::metadata(&live).unwrap().len();
        assert!((600_000..1_000_000).contains(&size), "{size}: it fits on the disk once");
        let before = content(&live);
        let prepared = enter::prepare(&live, &bench.image, &bench.safety, &JobCtx::detached()).unwrap();
        let fault = finish(prepared).map(drop).unwrap_err();
        assert!(fault.is("disk-full") && fault.facts.get("committed") != Some(&true.into()), "{mode}: {fault}");
        assert_eq!(content(&live), before);
    }
}

#[test]
fn a_file_that_this_process_may_not_write_is_refused_at_once() {
    let bench = Bench::new("delete", 4096, 10);
    let Some(small) = support::SmallDisk::mount(&bench.scratch) else { return };
    let live = small.path.join("live.db");
    fs::copy(&bench.live, &live).unwrap();
    small.make_read_only();
    let fault = enter::prepare(&live, &bench.image, &bench.safety, &JobCtx::detached()).map(drop).unwrap_err();
    assert!(fault.is("read-only"), "{fault}");
    assert!(!bench.safety.exists());
}

#[test]
fn cookies_tell_before_from_after_even_when_they_go_round() {
    let bench = Bench::new("wal", 4096, 10);
    let (_, commit) = finish(prepare(&bench)).unwrap();
    sql(&bench.live, "CREATE TABLE a(x); CREATE TABLE b(x);");
    assert!(enter::was_committed(&bench.live, &commit).unwrap());
    sql(&bench.live, &format!("PRAGMA schema_version = {}", commit.old_cookie + 900));
    assert!(!enter::was_committed(&bench.live, &commit).unwrap());
    let round = Commit { old_cookie: u32::MAX - 3, new_cookie: 2000, ..commit };
    for (cookie, committed) in [(-2, false), (50, false), (2000, true), (2007, true)] {
        sql(&bench.live, &format!("PRAGMA schema_version = {cookie}"));
        assert_eq!(enter::was_committed(&bench.live, &round).unwrap(), committed);
    }
}
