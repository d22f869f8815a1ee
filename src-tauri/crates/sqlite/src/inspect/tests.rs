use std::path::Path;

use quarterdeck_model::{
    JobCtx, Outcome,
    inspection::{Depth, Inspection, Verdict},
    job::{CancelToken, Listener, Progress},
};
use quarterdeck_testkit::{FixedClock, Peer, Scratch, museum, shop};

use super::inspect;
use crate::open;

fn look(path: &Path, depth: Depth) -> Outcome<Inspection> {
    inspect(path, depth, &FixedClock::default(), &JobCtx::detached())
}

fn full(path: &Path) -> Inspection {
    look(path, Depth::Full).unwrap()
}

fn exhibit(maker: museum::Maker) -> Inspection {
    let scratch = Scratch::new();
    let path = scratch.odd_file();
    maker(&path);
    full(&path)
}

fn rows(inspection: &Inspection, table: &str) -> Option<u64> {
    inspection.tables.iter().find(|facts| facts.name == table).unwrap().rows.map(|rows| rows.0)
}

#[test]
fn every_exhibit_has_its_verdict_and_is_left_as_it_was() {
    for (name, maker) in museum::ALL {
        let (at_a_glance, in_full) = match *name {
            "zero bytes" | "empty database" => (Verdict::Empty, Verdict::Empty),
            "text file" | "directory" => (Verdict::NotADatabase, Verdict::NotADatabase),
            "encrypted" => (Verdict::Encrypted, Verdict::Encrypted),
            "truncated" | "magic damaged" | "page size damaged" | "schema damaged" => (Verdict::Damaged, Verdict::Damaged),
            "interior page flipped" | "index leaf flipped" => (Verdict::Healthy, Verdict::Damaged),
            _ => (Verdict::Healthy, Verdict::Healthy),
        };
        let scratch = Scratch::new();
        let path = scratch.odd_file();
        maker(&path);
        let before = scratch.state();
        for (depth, verdict) in [(Depth::Glance, at_a_glance), (Depth::Full, in_full)] {
            let inspection = look(&path, depth).unwrap();
            assert_eq!(inspection.verdict, verdict, "{name} {depth:?}: {inspection:#?}");
            assert!(inspection.sentence.ends_with('.'), "{name}: {}", inspection.sentence);
            assert!(inspection.findings.iter().all(|finding| !finding.next.is_empty()), "{name}: {inspection:#?}");
            assert_eq!(scratch.state(), before, "{name} {depth:?} was changed, or something was left beside it");
        }
    }
}

#[test]
fn a_healthy_shop_is_described() {
    let seen = exhibit(museum::healthy_wal);
    assert_eq!(seen.findings, []);
    assert_eq!(seen.unchecked, [""; 0]);
    assert_eq!((rows(&seen, "orders"), rows(&seen, "customers"), rows(&seen, "turnover")), (Some(2000), Some(200), None));
    assert_eq!(seen.journal_mode.as_deref(), Some("wal"));
    let header = seen.header.unwrap();
    assert_eq!((header.page_size, header.user_version, header.application_id), (4096, 7, 1_397_247_824));
    let pragmas: Vec<_> = seen.pragmas.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let expected = "application_id=1397247824 auto_vacuum=none encoding=utf-8 foreign_keys=1 declared; each application enforces them or not journal_mode=wal page_size=4096 user_version=7";
    assert_eq!(pragmas.join(" "), expected);
    assert!(seen.schema_fingerprint.is_some());
}

#[test]
fn damage_is_named_with_its_table_its_pages_and_its_cure() {
    let seen = exhibit(museum::interior_page_flipped);
    assert!(seen.findings[0].what.starts_with("Table orders is damaged on page"), "{:#?}", seen.findings);
    assert!(seen.findings[0].next.starts_with("Restore the newest snapshot"), "{:#?}", seen.findings);
    let seen = exhibit(museum::index_leaf_flipped);
    assert!(seen.findings[0].what.starts_with("Index orders_by_day does not match the rows of table orders"), "{:#?}", seen.findings);
    assert!(seen.findings[0].next.starts_with("Run REINDEX \"orders_by_day\""), "{:#?}", seen.findings);
    assert_eq!(rows(&seen, "orders"), Some(2000));
    let seen = exhibit(museum::truncated);
    assert!(seen.findings[0].what.starts_with("The file is cut off: its header speaks of"), "{:#?}", seen.findings);
}

#[test]
fn what_a_dead_process_left_is_brought_in_for_the_look_only() {
    let seen = exhibit(museum::leftover_wal);
    assert_eq!(rows(&seen, "orders"), Some(200));
    assert!(seen.findings[0].what.contains("holds 3 committed transactions that are not in the main file yet"), "{:#?}", seen.findings);
    assert_eq!(seen.sidecars[0].suffix, "-wal");
    let seen = exhibit(museum::hot_journal);
    assert_eq!(rows(&seen, "orders"), Some(2000));
    assert!(seen.findings[0].what.starts_with("A transaction was cut off half-way"), "{:#?}", seen.findings);
    assert_eq!(seen.sidecars[0].suffix, "-journal");
}

#[test]
fn what_only_the_application_can_check_is_no_damage() {
    for (maker, needed) in [
        (museum::unknown_collation as museum::Maker, "the collation german"),
        (museum::unknown_function, "the function geo_key"),
        (museum::unknown_module, "the module tantivy"),
    ] {
        let seen = exhibit(maker);
        assert_eq!(seen.verdict, Verdict::Healthy);
        assert!(seen.unchecked.iter().any(|what| what.contains(needed)), "{:#?}", seen.unchecked);
        assert_eq!(rows(&seen, "orders"), Some(2000), "the rest was checked all the same");
    }
}

#[test]
fn orphans_are_counted_by_table_and_parent() {
    let seen = exhibit(museum::missing_parents);
    let orphans: Vec<_> =
        seen.foreign_key_violations.iter().map(|orphans| (orphans.table.as_str(), orphans.parent.as_str(), orphans.rows.0)).collect();
    assert_eq!(orphans, [("orders", "customers", 3)]);
    assert!(seen.sentence.contains("3 rows of table orders point to rows of customers that do not exist"), "{}", seen.sentence);
}

#[test]
fn beside_a_writer_the_last_commit_is_seen_and_nothing_is_left() {
    let scratch = Scratch::new();
    let path = scratch.file("shop.db");
    shop(&path, 20, "wal");
    let mut peer = Peer::open(&path);
    peer.run("DELETE FROM orders WHERE id > 15; PRAGMA user_version = 8; BEGIN IMMEDIATE; DELETE FROM orders;");
    let before = scratch.names();
    let seen = full(&path);
    assert_eq!((seen.verdict, rows(&seen, "orders")), (Verdict::Healthy, Some(15)));
    assert_eq!(seen.header.as_ref().unwrap().user_version, 8);
    assert_eq!(scratch.names(), before);
    assert_eq!(peer.run("COMMIT; SELECT count(*) FROM orders;"), "0");
    peer.quit();
    assert_eq!(scratch.names(), ["shop.db"], "the last to leave still tidies up");
}

#[test]
fn beside_a_connection_of_our_own_its_locks_survive() {
    for mode in ["delete", "wal"] {
        let scratch = Scratch::new();
        let path = scratch.file("shop.db");
        shop(&path, 20, mode);
        let ours = open::write(&path).unwrap();
        ours.execute_batch("BEGIN IMMEDIATE; DELETE FROM orders").unwrap();
        let before = scratch.names();
        let seen = full(&path);
        assert_eq!((seen.verdict, rows(&seen, "orders")), (Verdict::Healthy, Some(20)), "{mode}");
        assert_eq!(scratch.names(), before, "{mode}");
        let answer = Peer::open(&path).run(".timeout 0\nBEGIN IMMEDIATE;");
        assert!(answer.contains("locked"), "the lock of our connection is gone ({mode}): {answer}");
    }
}

#[test]
fn an_exclusive_lock_is_named_with_its_holder() {
    for mode in ["delete", "wal"] {
        let scratch = Scratch::new();
        let path = scratch.file("shop.db");
        shop(&path, 20, mode);
        let mut peer = Peer::open(&path);
        peer.run("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; DELETE FROM orders;");
        let before = scratch.names();
        let seen = look(&path, Depth::Glance).unwrap();
        assert_eq!(seen.verdict, Verdict::Locked, "{mode}: {seen:#?}");
        assert!(seen.sentence.contains(&format!("sqlite3 (process {})", peer.pid())), "{}", seen.sentence);
        assert_eq!(scratch.names(), before);
        assert_eq!(peer.run("ROLLBACK; SELECT count(*) FROM orders;"), "20");
    }
}

#[test]
fn a_peer_that_died_is_no_user() {
    let scratch = Scratch::new();
    let path = scratch.file("shop.db");
    shop(&path, 20, "wal");
    let mut peer = Peer::open(&path);
    peer.run("DELETE FROM orders WHERE id > 15;");
    drop(peer);
    let before = scratch.state();
    let seen = full(&path);
    assert_eq!(rows(&seen, "orders"), Some(15));
    assert!(seen.findings[0].what.contains("holds 1 committed transaction that is not in the main file yet"), "{:#?}", seen.findings);
    assert_eq!(scratch.state(), before);
}

#[test]
fn a_missing_file_is_a_fault_and_so_is_a_stop() {
    let scratch = Scratch::new();
    assert!(look(&scratch.file("gone.db"), Depth::Full).unwrap_err().is("file-missing"));
    let path = scratch.file("shop.db");
    shop(&path, 20_000, "delete");
    let before = scratch.state();
    let cancel = CancelToken::default();
    let ctx = JobCtx::new(std::sync::Arc::new(StopAtOnce(cancel.clone())), cancel);
    let fault = inspect(&path, Depth::Full, &FixedClock::default(), &ctx).unwrap_err();
    assert!(fault.is("cancelled"), "{fault}");
    assert_eq!(scratch.state(), before);
}

#[test]
fn an_empty_file_with_a_log_beside_it_is_a_warning() {
    let scratch = Scratch::new();
    let path = scratch.file("shop.db");
    museum::leftover_wal(&path);
    museum::zero_bytes(&path);
    let seen = full(&path);
    assert_eq!(seen.verdict, Verdict::Empty);
    assert!(seen.findings[0].what.contains("the first program that opens the file deletes it"), "{:#?}", seen.findings);
}

#[test]
fn a_link_is_looked_through_to_the_sidecars_of_its_file() {
    let scratch = Scratch::new();
    let elsewhere = Scratch::new();
    let (path, link) = (scratch.file("shop.db"), elsewhere.file("link.db"));
    museum::leftover_wal(&path);
    std::os::unix::fs::symlink(&path, &link).unwrap();
    assert_eq!(rows(&full(&link), "orders"), Some(200));
}

#[test]
fn a_leftover_too_large_for_a_glance_is_named_and_not_guessed_at() {
    let scratch = Scratch::new();
    let path = scratch.file("shop.db");
    museum::leftover_wal(&path);
    std::fs::File::options().write(true).open(&path).unwrap().set_len(65 << 20).unwrap();
    let seen = look(&path, Depth::Glance).unwrap();
    assert_eq!(seen.sidecars[0].meaning, "Holds 3 committed transactions that are not in the main file yet.");
    assert!(seen.tables.is_empty());
    assert!(
        seen.sentence.starts_with("Nothing wrong was seen in the header of shop.db; what it holds was not looked at."),
        "{}",
        seen.sentence
    );
    assert_eq!(rows(&full(&path), "orders"), Some(200));
}

#[test]
fn a_lock_of_our_own_is_a_lock() {
    let scratch = Scratch::new();
    let path = scratch.file("shop.db");
    shop(&path, 20, "delete");
    let ours = open::write(&path).unwrap();
    ours.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let seen = look(&path, Depth::Glance).unwrap();
    assert_eq!((seen.verdict, seen.findings.len()), (Verdict::Locked, 1));
    assert_eq!(seen.sentence, "shop.db is locked. Another connection kept it locked for 2.0 s and let nobody read.");
}

#[test]
fn a_writer_that_never_rests_is_not_taken_for_damage() {
    for mode in ["delete", "wal", "truncate", "persist"] {
        let scratch = Scratch::new();
        let path = scratch.file("shop.db");
        shop(&path, 2000, mode);
        let rest = std::sync::atomic::AtomicBool::new(false);
        std::thread::scope(|threads| {
            threads.spawn(|| {
                let mut peer = Peer::open(&path);
                assert_eq!(peer.run(&format!("PRAGMA journal_mode = {mode};")), mode);
                while !rest.load(std::sync::atomic::Ordering::Relaxed) {
                    let answer = peer.run("BEGIN IMMEDIATE; UPDATE orders SET cents = cents + 1, note = note || '.'; COMMIT;");
                    assert_eq!(answer, "", "the writer was disturbed");
                }
            });
            let seen: Vec<_> = [Depth::Full, Depth::Glance, Depth::Full, Depth::Full].map(|depth| look(&path, depth)).into();
            rest.store(true, std::sync::atomic::Ordering::Relaxed);
            for seen in seen {
                let seen = seen.unwrap();
                assert_eq!(seen.verdict, Verdict::Healthy, "{mode}: {seen:#?}");
                assert!(seen.depth == Depth::Glance || rows(&seen, "orders") == Some(2000), "{mode}: {seen:#?}");
            }
        });
    }
}

#[test]
fn users_who_come_and_go_are_not_taken_for_damage() {
    for mode in ["wal", "delete"] {
        let scratch = Scratch::new();
        let path = scratch.file("shop.db");
        shop(&path, 2000, mode);
        let rest = std::sync::atomic::AtomicBool::new(false);
        std::thread::scope(|threads| {
            threads.spawn(|| {
                while !rest.load(std::sync::atomic::Ordering::Relaxed) {
                    let mut peer = Peer::open(&path);
                    assert_eq!(peer.run("UPDATE orders SET cents = cents + 1, note = note || '.';"), "", "the user was disturbed");
                    peer.quit();
                }
            });
            let seen: Vec<_> = (0..10).map(|turn| look(&path, if turn % 2 == 0 { Depth::Full } else { Depth::Glance })).collect();
            rest.store(true, std::sync::atomic::Ordering::Relaxed);
            for seen in seen {
                assert_eq!(seen.as_ref().unwrap().verdict, Verdict::Healthy, "{mode}: {seen:#?}");
            }
        });
    }
}

/// A file, and a folder, that another user closed to us. Root reads everything, so there the test runs itself once more as nobody.
#[test]
fn what_may_not_be_read_is_said_to_be_unreadable() {
    use std::os::unix::{
        fs::PermissionsExt,
        process::{CommandExt, ExitStatusExt},
    };
    const FOLDER: &str = "QUARTERDECK_TEST_CLOSED_FOLDER";
    let judge = |folder: &Path| {
        for name in ["file.db", "folder/file.db"] {
            let seen = full(&folder.join(name));
            assert_eq!(seen.verdict, Verdict::Unreadable, "{name}: {seen:#?}");
            assert!(seen.sentence.contains("Permission denied"), "{}", seen.sentence);
        }
    };
    if let Some(folder) = std::env::var_os(FOLDER) {
        return judge(Path::new(&folder));
    }
    let scratch = Scratch::new();
    let close = |name: &str, mode| std::fs::set_permissions(scratch.file(name), std::fs::Permissions::from_mode(mode)).unwrap();
    shop(&scratch.file("file.db"), 20, "delete");
    std::fs::create_dir(scratch.file("folder")).unwrap();
    shop(&scratch.file("folder/file.db"), 20, "delete");
    close("", 0o755);
    close("file.db", 0);
    close("folder", 0);
    if rustix::process::geteuid().is_root() {
        let this = "inspect::tests::what_may_not_be_read_is_said_to_be_unreadable";
        let mut again = std::process::Command::new(std::env::current_exe().unwrap());
        again.args(["--exact", this]).env(FOLDER, scratch.path()).current_dir("/").uid(65_534).gid(65_534);
        match again.output() {
            Ok(output) => assert!(output.status.into_raw() == 0, "{}", String::from_utf8_lossy(&output.stdout)),
            // Where nobody may not even reach this program there is nobody to ask.
            Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::PermissionDenied),
        }
    } else {
        judge(&scratch.path());
    }
    close("folder", 0o755);
}

/// Asks for a stop as soon as it hears of progress.
struct StopAtOnce(CancelToken);

impl Listener for StopAtOnce {
    fn phase(&self, _: &str) {}

    fn progress(&self, _: Progress) {
        self.0.cancel();
    }
}
