//! What counts as changed, with the real `sqlite3` as the other process.
#![allow(clippy::unwrap_used)]

use std::{
    fs,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    time::Duration,
};

use quarterdeck_model::{Clock, Instant, SystemClock};
use quarterdeck_sqlite::{
    held::{self, HeldRead},
    open,
    seen::{self, Seen},
};
use quarterdeck_testkit::{Peer, Scratch, museum, shop};

/// The machine's clock, by so many seconds ahead.
struct Ahead(u64);

impl Clock for Ahead {
    fn now(&self) -> Instant {
        SystemClock.now() + Duration::from_secs(self.0)
    }
}

/// As if everything had been at rest for a while.
fn capture(path: &Path) -> Option<Seen> {
    seen::capture(path, &Ahead(10)).unwrap()
}

/// Both ways to ask, which must agree wherever no connection of ours is open.
fn is_unchanged(path: &Path, seen: &Seen) -> bool {
    let unchanged = seen::is_unchanged(path, seen).unwrap();
    if unchanged {
        assert!(seen::is_still(path, seen), "what reading finds equal, the times find equal");
    }
    unchanged
}

fn database(mode: &str) -> (Scratch, PathBuf) {
    let scratch = Scratch::new();
    let path = scratch.odd_file();
    shop(&path, 200, mode);
    (scratch, path)
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// Goes on once the operating system gives files a later time than this one has.
fn next_tick(path: &Path) {
    let metadata = path.metadata().unwrap();
    let then = (metadata.ctime(), metadata.ctime_nsec());
    let probe = tempfile::NamedTempFile::new_in(path.parent().unwrap()).unwrap();
    loop {
        fs::write(probe.path(), b"tick").unwrap();
        let now = probe.path().metadata().unwrap();
        if (now.ctime(), now.ctime_nsec()) > then {
            return;
        }
    }
}

#[test]
fn at_rest_nothing_changes_and_looking_leaves_no_trace() {
    for (name, maker) in museum::ALL.iter().filter(|(name, _)| !["hot journal", "directory"].contains(name)) {
        let scratch = Scratch::new();
        let path = scratch.odd_file();
        maker(&path);
        let before = scratch.state();
        let seen = capture(&path).unwrap();
        assert!(is_unchanged(&path, &seen), "{name}");
        assert_eq!(scratch.state(), before, "{name}");
        let kept: Seen = serde_json::from_str(&serde_json::to_string(&seen).unwrap()).unwrap();
        assert_eq!(kept, seen, "{name}: a record survives being kept");
    }
}

#[test]
fn a_read_of_our_own_changes_nothing_for_the_next_look() {
    for mode in ["wal", "delete"] {
        let (_scratch, path) = database(mode);
        let seen = capture(&path).unwrap();
        let held = HeldRead::open(&path, &SystemClock).unwrap();
        assert_eq!(seen::capture(&path, &Ahead(10)).unwrap(), None, "a connection of ours is open");
        assert!(!seen::is_unchanged(&path, &seen).unwrap(), "its bytes must not be touched now");
        assert!(seen::is_still(&path, &seen));
        drop(held);
        assert!(is_unchanged(&path, &seen), "{mode}");
    }
}

#[test]
fn a_commit_that_is_only_in_the_log_is_a_change() {
    let (_scratch, path) = database("wal");
    let mut peer = Peer::open(&path);
    peer.run("PRAGMA wal_autocheckpoint = 0; SELECT count(*) FROM orders;");
    for _ in 0..3 {
        let seen = capture(&path).unwrap();
        assert!(is_unchanged(&path, &seen));
        peer.run("UPDATE orders SET cents = cents + 1 WHERE id = 7;");
        assert!(!seen::is_unchanged(&path, &seen).unwrap());
        assert!(!seen::is_still(&path, &seen));
    }
}

#[test]
fn a_commit_and_a_checkpoint_are_a_change() {
    for mode in ["PASSIVE", "RESTART", "TRUNCATE"] {
        let (_scratch, path) = database("wal");
        let mut peer = Peer::open(&path);
        let seen = capture(&path).unwrap();
        peer.run(&format!("UPDATE orders SET cents = cents + 1 WHERE id = 7; PRAGMA wal_checkpoint({mode});"));
        assert!(!is_unchanged(&path, &seen), "{mode}");
        let after = capture(&path).unwrap();
        assert!(is_unchanged(&path, &after), "{mode}");
        peer.quit();
        assert!(!is_unchanged(&path, &seen), "{mode}, closed in order");
    }
}

#[test]
fn a_log_that_began_anew_at_the_same_size_is_a_change() {
    let (_scratch, path) = database("wal");
    let mut peer = Peer::open(&path);
    peer.run("PRAGMA wal_autocheckpoint = 0; UPDATE orders SET cents = 1 WHERE id = 7;");
    peer.run("PRAGMA wal_checkpoint(PASSIVE);");
    let (seen, size) = (capture(&path).unwrap(), beside(&path, "-wal").metadata().unwrap().len());
    peer.run("UPDATE orders SET cents = 2 WHERE id = 7;");
    assert_eq!(beside(&path, "-wal").metadata().unwrap().len(), size, "it went back to its beginning");
    assert!(!is_unchanged(&path, &seen));
}

#[test]
fn a_commit_without_a_log_is_a_change_in_each_journal_mode() {
    for mode in ["delete", "truncate", "persist", "memory", "off"] {
        let (_scratch, path) = database("delete");
        let mut peer = Peer::open(&path);
        peer.run(&format!("PRAGMA journal_mode = {mode}; UPDATE orders SET cents = 1 WHERE id = 7;"));
        let seen = capture(&path).unwrap();
        assert!(is_unchanged(&path, &seen), "{mode}");
        peer.run("UPDATE orders SET cents = 2 WHERE id = 7;");
        assert!(!is_unchanged(&path, &seen), "{mode}");
        assert!(is_unchanged(&path, &capture(&path).unwrap()), "{mode}: what a journal leaves behind is no transaction");
    }
}

#[test]
fn a_rewrite_of_equal_size_with_its_time_put_back_is_a_change() {
    let (_scratch, path) = database("delete");
    let seen = capture(&path).unwrap();
    next_tick(&path);
    let (mut bytes, modified) = (fs::read(&path).unwrap(), path.metadata().unwrap().modified().unwrap());
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    fs::write(&path, bytes).unwrap();
    fs::File::options().write(true).open(&path).unwrap().set_modified(modified).unwrap();
    assert_eq!(path.metadata().unwrap().modified().unwrap(), modified);
    assert!(!is_unchanged(&path, &seen));
    assert!(!seen::is_still(&path, &seen));
}

#[test]
fn what_was_touched_just_now_cannot_be_known_again() {
    let (_scratch, path) = database("wal");
    assert_eq!(seen::capture(&path, &SystemClock).unwrap(), None);
    assert_eq!(seen::capture(&path, &Ahead(1)).unwrap(), None);
    assert!(seen::capture(&path, &Ahead(4)).unwrap().is_some());
    let mut peer = Peer::open(&path);
    peer.run("UPDATE orders SET cents = 1;");
    let log = beside(&path, "-wal");
    let ahead = fs::File::options().write(true).open(&log).unwrap();
    ahead.set_modified(std::time::SystemTime::from(SystemClock.now()) + Duration::from_secs(3600)).unwrap();
    assert_eq!(capture(&path), None, "a log from the future is never at rest");
}

#[test]
fn a_transaction_under_way_or_cut_off_cannot_be_known() {
    let scratch = Scratch::new();
    let path = scratch.odd_file();
    museum::hot_journal(&path);
    assert_eq!(capture(&path), None);
    let (_scratch, path) = database("delete");
    let seen = capture(&path).unwrap();
    let mut peer = Peer::open(&path);
    // A cache this small spills into the file before the commit.
    peer.run("PRAGMA cache_size = 1; BEGIN; UPDATE orders SET note = hex(randomblob(200));");
    assert_eq!(capture(&path), None);
    assert!(!is_unchanged(&path, &seen));
    drop(peer);
    assert_eq!(capture(&path), None, "its process died");
}

#[test]
fn another_file_under_the_same_name_is_a_change_and_so_is_none() {
    let (scratch, path) = database("delete");
    let seen = capture(&path).unwrap();
    let copy = scratch.file("copy.db");
    fs::copy(&path, &copy).unwrap();
    fs::rename(&copy, &path).unwrap();
    assert!(!is_unchanged(&path, &seen));
    fs::remove_file(&path).unwrap();
    assert!(!is_unchanged(&path, &seen) && !seen::is_still(&path, &seen));
    assert_eq!(capture(&path), None, "who opens it says what is wrong");
}

#[test]
fn through_a_link_it_is_the_log_beside_the_file_that_counts() {
    let (scratch, path) = database("wal");
    fs::create_dir(scratch.file("elsewhere")).unwrap();
    let link = scratch.file("elsewhere/link.db");
    std::os::unix::fs::symlink(&path, &link).unwrap();
    let seen = capture(&link).unwrap();
    assert!(is_unchanged(&link, &seen) && is_unchanged(&path, &seen));
    let mut peer = Peer::open(&path);
    peer.run("UPDATE orders SET cents = 2 WHERE id = 7;");
    assert!(!is_unchanged(&link, &seen) && !seen::is_still(&link, &seen));
}

#[test]
fn a_commit_between_the_record_and_the_read_is_in_the_image_and_makes_the_record_old() {
    for mode in ["wal", "delete"] {
        let (_scratch, path) = database(mode);
        let mut peer = Peer::open(&path);
        let seen = capture(&path).unwrap();
        peer.run("UPDATE orders SET cents = 4711 WHERE id = 7;");
        let mut held = HeldRead::open(&path, &SystemClock).unwrap();
        let mut bytes = Vec::new();
        held.portions(&quarterdeck_model::JobCtx::detached(), &mut |portion| {
            bytes.extend_from_slice(portion);
            Ok(held::Flow::GoOn)
        })
        .unwrap();
        drop(held);
        let image = path.with_file_name("image.db");
        fs::write(&image, bytes).unwrap();
        let cents = open::image(&image).unwrap().query_row("SELECT cents FROM orders WHERE id = 7", [], |row| row.get::<_, i64>(0));
        assert_eq!(cents.unwrap(), 4711);
        assert!(!is_unchanged(&path, &seen), "{mode}");
    }
}

#[test]
fn under_the_locks_of_a_barrier_nothing_can_commit_any_more() {
    let scratch = Scratch::new();
    let paths: Vec<PathBuf> = ["a.db", "b.db", "c.db"].map(|name| scratch.file(name)).to_vec();
    for (path, mode) in paths.iter().zip(["wal", "delete", "wal"]) {
        shop(path, 50, mode);
    }
    let seen: Vec<Seen> = paths.iter().map(|path| capture(path).unwrap()).collect();
    let mut writer = Peer::open(&paths[2]);
    writer.run("UPDATE orders SET cents = 1 WHERE id = 7; PRAGMA busy_timeout = 0;");
    let (mut still, mut refused) = (Vec::new(), String::new());
    let held = held::barrier(&paths, &SystemClock, &mut || {
        refused = writer.run("UPDATE orders SET cents = 2 WHERE id = 7;");
        still = paths.iter().zip(&seen).map(|(path, seen)| seen::is_still(path, seen)).collect();
    });
    assert_eq!(still, [true, true, false]);
    assert!(refused.contains("locked"), "{refused}");
    drop(held.unwrap());
    assert!(is_unchanged(&paths[0], &seen[0]) && is_unchanged(&paths[1], &seen[1]), "the locks themselves change nothing");
}
