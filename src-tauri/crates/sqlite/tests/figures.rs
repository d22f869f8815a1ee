//! Figures are taken every few seconds from databases that others use: nothing beside them may change, and locks count as waits.

use std::{collections::BTreeSet, os::unix::fs::MetadataExt, path::Path, time::Duration};

use quarterdeck_model::{JobCtx, Outcome};
use quarterdeck_sqlite::{
    figures::{self, Log, Looked},
    gate::RawPass,
    holders,
};
use quarterdeck_testkit::{Peer, Scratch, museum, shop};

const LONG: Duration = Duration::from_secs(30);

fn used(path: &Path) -> bool {
    let metadata = std::fs::metadata(path).unwrap();
    holders::logs_in_use(&[path]) == BTreeSet::from([(metadata.dev(), metadata.ino())])
}

fn look(path: &Path) -> Outcome<Looked> {
    figures::look(path, used(path), None, LONG, &JobCtx::detached())
}

#[test]
fn a_database_that_nobody_uses_is_left_as_it_was_and_answers() {
    for mode in ["wal", "delete"] {
        let scratch = Scratch::new();
        let path = scratch.odd_file();
        shop(&path, 2_000, mode);
        let before = scratch.state();
        let figures = look(&path).unwrap().figures;
        assert_eq!(scratch.state(), before, "{mode}");
        assert_eq!(figures.pages.unwrap() * figures.page_size.unwrap(), figures.file_bytes, "{mode}");
        assert_eq!((figures.page_size, figures.free_pages, figures.log, figures.log_bytes), (Some(4096), Some(0), None, 0), "{mode}");
        assert!(figures.probe.is_some() && figures.schema_version > Some(0) && figures.remark.is_none(), "{mode}");
    }
}

#[test]
fn what_did_not_change_is_not_read_again() {
    let scratch = Scratch::new();
    let path = scratch.file("shop.db");
    shop(&path, 200, "wal");
    let first = look(&path).unwrap();
    let again = |before: &Looked| figures::look(&path, false, Some(before), LONG, &JobCtx::detached()).unwrap();
    let second = again(&first);
    assert_eq!((second.figures.probe, second.figures.pages), (None, first.figures.pages));
    Peer::open(&path).run("DELETE FROM orders;");
    assert!(again(&second).figures.free_pages != first.figures.free_pages || again(&second).figures.remark.is_some());
}

#[test]
fn beside_a_writer_in_wal_mode_the_log_is_counted_and_stays() {
    let scratch = Scratch::new();
    let path = scratch.file("shop.db");
    shop(&path, 200, "wal");
    let mut peer = Peer::open(&path);
    peer.run("PRAGMA wal_autocheckpoint = 0; UPDATE orders SET cents = cents + 1;");
    let (names, log) = (scratch.names(), std::fs::read(scratch.file("shop.db-wal")).unwrap());
    let figures = look(&path).unwrap().figures;
    let Some(Log { frames, checkpointed }) = figures.log else { panic!("{figures:?}") };
    assert_eq!((frames, checkpointed), ((figures.log_bytes - 32) / (4096 + 24), 0));
    assert_eq!(scratch.names(), names);
    assert_eq!(std::fs::read(scratch.file("shop.db-wal")).unwrap(), log);
    peer.run("PRAGMA wal_checkpoint(PASSIVE);");
    assert_eq!(look(&path).unwrap().figures.log, Some(Log { frames, checkpointed: frames }));
    let link = scratch.file("link.db");
    std::os::unix::fs::symlink(&path, &link).unwrap();
    assert_eq!(look(&link).unwrap().figures.log, Some(Log { frames, checkpointed: frames }), "by another name");
    std::fs::remove_file(&link).unwrap();
    // In the middle of a transaction of somebody else there is nothing to wait for.
    peer.run("BEGIN IMMEDIATE; UPDATE orders SET cents = 0;");
    let figures = look(&path).unwrap().figures;
    assert!(!figures.locked && figures.waited.is_zero() && figures.probe.is_some());
    peer.run("ROLLBACK;");
    peer.quit();
    assert_eq!(scratch.names(), ["shop.db"], "its own last close tidied its log: we kept no connection");
    assert!(look(&path).unwrap().figures.probe.is_some());
    assert_eq!(scratch.names(), ["shop.db"]);
}

#[test]
fn a_log_that_somebody_left_over_is_neither_brought_in_nor_opened() {
    let scratch = Scratch::new();
    let path = scratch.file("shop.db");
    museum::leftover_wal(&path);
    let before = scratch.state();
    let figures = look(&path).unwrap().figures;
    assert_eq!(scratch.state(), before);
    assert!(figures.log_bytes > 0 && figures.probe.is_none());
    assert_eq!(figures.remark.as_deref(), Some("A write-ahead log is there, and nobody is seen to use it: what is in it is not counted."));
}

#[test]
fn a_journal_that_was_cut_off_is_left_to_who_writes_next() {
    let scratch = Scratch::new();
    let path = scratch.file("shop.db");
    museum::hot_journal(&path);
    let before = scratch.state();
    let figures = look(&path).unwrap().figures;
    assert_eq!(scratch.state(), before);
    assert!(figures.remark.is_some_and(|remark| remark.starts_with("A transaction was cut off")));
}

#[test]
fn a_lock_of_somebody_else_is_measured_as_a_wait_and_not_waited_for_too_long() {
    let scratch = Scratch::new();
    let path = scratch.file("shop.db");
    shop(&path, 200, "delete");
    let mut peer = Peer::open(&path);
    peer.run("BEGIN EXCLUSIVE;");
    let short = Duration::from_millis(60);
    let figures = figures::look(&path, false, None, short, &JobCtx::detached()).unwrap().figures;
    assert!(figures.locked && figures.waited >= short / 2 && figures.probe.unwrap() >= figures.waited, "{figures:?}");
    assert!(figures.pages.is_some() && figures.file_bytes > 0, "what needs no lock is known");
    // It lets go once we are seen to wait.
    let waiting = std::thread::spawn(move || figures::look(&path, false, None, LONG, &JobCtx::detached()).unwrap().figures);
    while !waiting.is_finished() {
        peer.run("COMMIT; BEGIN EXCLUSIVE; COMMIT;");
        peer.run("SELECT 1;");
        if !waiting.is_finished() {
            peer.run("BEGIN EXCLUSIVE;");
        }
    }
    assert!(!waiting.join().unwrap().locked);
}

#[test]
fn who_reads_the_bytes_in_this_process_is_not_waited_for_without_end() {
    let scratch = Scratch::new();
    let path = scratch.file("shop.db");
    shop(&path, 200, "delete");
    let _reading = RawPass::take(&path).unwrap();
    let fault = figures::look(&path, false, None, Duration::from_millis(20), &JobCtx::detached()).unwrap_err();
    assert!(fault.is("busy-here"), "{fault}");
}

#[test]
fn whatever_is_no_database_is_refused_in_words_and_left_as_it_was() {
    for (name, maker) in museum::ALL {
        let scratch = Scratch::new();
        let path = scratch.odd_file();
        maker(&path);
        let before = scratch.state();
        if let Err(fault) = look(&path) {
            assert!(!fault.message.is_empty() && !fault.hint.is_empty(), "{name}: {fault}");
        }
        assert_eq!(scratch.state(), before, "{name}");
    }
    let scratch = Scratch::new();
    assert!(figures::look(&scratch.file("gone.db"), false, None, LONG, &JobCtx::detached()).unwrap_err().is("file-missing"));
}
