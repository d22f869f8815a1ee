//! kill -9 at every point: afterwards *before* or *after*, never between, and recovery knows which.
//!
//! This binary starts itself again as the process that is killed. Needs the feature `failpoints`; without it there is nothing to kill at.
#![allow(clippy::unwrap_used)]
#![cfg(feature = "failpoints")]

mod support;

use std::{
    fs,
    os::unix::process::ExitStatusExt,
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::Duration,
};

use quarterdeck_model::JobCtx;
use quarterdeck_sqlite::{
    enter::{self, Commit},
    replace::{self, Recovered},
};
use quarterdeck_store::files;
use quarterdeck_testkit::{Peer, museum, shop};
use support::{Bench, content, journal_mode, sql};

const PART: &str = "QUARTERDECK_TEST_PART";

/// The part of the child: enters, and journals its intent into a file as the engine does. Not a test of its own.
#[test]
fn child() {
    let Some(part) = std::env::var_os(PART) else { return };
    let folder = PathBuf::from(std::env::var_os("QUARTERDECK_TEST_FOLDER").unwrap());
    let [live, image, safety, journal] = ["live.db", "image.db", "safety.db", "journal"].map(|name| folder.join(name));
    if part == "replace" {
        replace::replace(&live, &image, "1", &mut |_| Ok(())).unwrap();
        return;
    }
    let prepared = enter::prepare(&live, &image, &safety, &JobCtx::detached()).unwrap();
    let write = &mut |commit: &Commit| files::write_private(&journal, &serde_json::to_vec(commit).unwrap());
    prepared.enter(Duration::from_secs(10), write, &JobCtx::detached()).unwrap();
}

fn start(bench: &Bench, part: &str, failpoint: &str) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child"])
        .env(PART, part)
        .env("QUARTERDECK_TEST_FOLDER", bench.scratch.path())
        .env("QUARTERDECK_FAILPOINT", failpoint)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

fn killed(bench: &Bench, part: &str, failpoint: &str) {
    let status = start(bench, part, failpoint).wait().unwrap();
    assert_eq!(status.signal(), Some(9), "{failpoint} was not reached");
}

/// A plain name, so that the child finds it.
fn bench(mode: &str, rows: u32) -> Bench {
    let mut bench = Bench::new(mode, 4096, rows);
    let live = bench.scratch.file("live.db");
    fs::rename(&bench.live, &live).unwrap();
    bench.live = live;
    bench
}

fn journalled(bench: &Bench) -> Option<Commit> {
    fs::read(bench.scratch.file("journal")).ok().map(|bytes| serde_json::from_slice(&bytes).unwrap())
}

const POINTS: [(&str, bool); 6] = [
    ("enter.copied", false),
    ("enter.prepared", false),
    ("enter.locked", false),
    ("enter.half-written", false),
    ("enter.before-commit", false),
    ("enter.committed", true),
];

#[test]
fn entering_is_before_or_after_at_every_point() {
    // Many pages (more than the cache holds, so that they are spilled), few pages, growing, shrinking.
    let changes = [
        "UPDATE orders SET note = hex(randomblob(40));",
        "UPDATE orders SET cents = 1 WHERE id = 1; CREATE TABLE extra(x);",
        "DELETE FROM orders WHERE id > 10; VACUUM;",
        "INSERT INTO orders SELECT id + 100000, customer_id, placed_on, cents, note FROM orders;",
    ];
    for mode in ["wal", "delete"] {
        for (point, committed) in POINTS {
            for change in changes {
                let bench = bench(mode, 4000);
                sql(&bench.live, change);
                let before = content(&bench.live);
                killed(&bench, "enter", &format!("{point}=kill"));
                let commit = journalled(&bench);
                assert_eq!(commit.is_some(), matches!(point, "enter.before-commit" | "enter.committed"));
                if let Some(commit) = commit {
                    assert_eq!(enter::was_committed(&bench.live, &commit).unwrap(), committed, "{mode} {point} {change}");
                    assert_eq!(content(&bench.safety), before);
                }
                let expected = if committed { content(&bench.image) } else { before };
                assert_eq!(content(&bench.live), expected, "{mode} {point} {change}");
                assert_eq!(journal_mode(&bench.live), mode);
                // The next run works.
                let _ = fs::remove_file(&bench.safety);
                let prepared = enter::prepare(&bench.live, &bench.image, &bench.safety, &JobCtx::detached()).unwrap();
                prepared.enter(Duration::from_secs(5), &mut |_| Ok(()), &JobCtx::detached()).unwrap();
                assert_eq!(content(&bench.live), content(&bench.image));
            }
        }
    }
}

#[test]
fn another_layout_is_before_or_after_at_every_point() {
    for (mode, image_mode) in [("wal", "delete"), ("delete", "wal"), ("wal", "wal")] {
        for (point, committed) in &POINTS[1..] {
            let bench = bench(mode, 2000);
            fs::remove_file(&bench.image).unwrap();
            shop::shop_with_page_size(&bench.image, 700, image_mode, 1024);
            let before = content(&bench.live);
            killed(&bench, "enter", &format!("{point}=kill"));
            if let Some(commit) = journalled(&bench) {
                assert_eq!(enter::was_committed(&bench.live, &commit).unwrap(), *committed, "{mode} {point}");
                assert_eq!(content(&bench.safety), before);
            }
            enter::settle(&bench.live, mode).unwrap();
            assert_eq!(journal_mode(&bench.live), mode);
            let expected = if *committed { content(&bench.image) } else { before };
            assert_eq!(content(&bench.live), expected, "{mode} {point}");
        }
    }
}

#[test]
fn a_kill_while_another_process_has_the_database_open_loses_nothing_of_it() {
    for mode in ["wal", "delete"] {
        for (point, committed) in POINTS {
            let bench = bench(mode, 3000);
            let mut peer = Peer::open(&bench.live);
            peer.run("DELETE FROM orders WHERE id > 50;");
            killed(&bench, "enter", &format!("{point}=kill"));
            assert_eq!(peer.run("SELECT count(*) FROM orders;"), if committed { "3000" } else { "50" }, "{mode} {point}");
            assert_eq!(peer.run("DELETE FROM orders WHERE id = 1; PRAGMA integrity_check;"), "ok");
        }
    }
}

#[test]
fn a_kill_inside_the_commit_is_before_or_after() {
    // Nothing in our code is reached there, so the moment is drawn: the child is let go just before its commit and killed soon after.
    let mut seen = [0, 0];
    for mode in ["wal", "delete"] {
        for round in 0..20_u64 {
            let bench = bench(mode, 6000);
            sql(
                &bench.live,
                if round % 2 == 0 { "UPDATE orders SET note = hex(randomblob(60));" } else { "DELETE FROM orders WHERE id > 9; VACUUM;" },
            );
            if round % 3 == 0 {
                sql(&bench.image, "DELETE FROM orders WHERE id > 9; VACUUM;");
            }
            let before = content(&bench.live);
            let go = bench.scratch.file("go");
            let mut child = start(&bench, "enter", &format!("enter.before-commit=wait:{}", go.display()));
            while !bench.scratch.file("go.here").exists() {
                std::thread::yield_now();
            }
            fs::write(&go, "").unwrap();
            std::thread::sleep(Duration::from_micros(4000 + round * 600));
            child.kill().unwrap();
            child.wait().unwrap();
            let committed = enter::was_committed(&bench.live, &journalled(&bench).unwrap()).unwrap();
            seen[usize::from(committed)] += 1;
            let expected = if committed { content(&bench.image) } else { before.clone() };
            assert_eq!(content(&bench.live), expected, "{mode} {round} {committed}");
            assert_eq!(content(&bench.safety), before);
        }
    }
    #[allow(clippy::print_stderr)]
    {
        eprintln!("killed inside or beside the commit: {} before, {} after", seen[0], seen[1]);
    }
}

#[test]
fn replacing_is_whole_after_a_kill_at_any_rename() {
    for rename in 1..=6 {
        for point in ["move", "moved"] {
            let bench = bench("delete", 10);
            fs::remove_file(&bench.live).unwrap();
            museum::magic_damaged(&bench.live);
            for suffix in ["-wal", "-shm", "-journal"] {
                fs::write(files::with_suffix(&bench.live, suffix), suffix).unwrap();
            }
            let (old, new) = (fs::read(&bench.live).unwrap(), fs::read(&bench.image).unwrap());
            killed(&bench, "replace", &format!("replace.{point}#{rename}=kill"));
            let recovered = replace::recover(&bench.live, "1", &bench.image).unwrap();
            let aside = replace::aside(&bench.live, "1");
            if (rename, point) == (1, "move") {
                assert_eq!(recovered, Recovered::Nothing);
                assert!(fs::read(&bench.live).unwrap() == old && !aside.exists());
                continue;
            }
            assert_eq!(recovered, Recovered::Finished, "{point} {rename}");
            assert!(fs::read(&bench.live).unwrap() == new && fs::read(&aside).unwrap() == old);
            for suffix in ["-wal", "-shm", "-journal"] {
                assert_eq!(fs::read(files::with_suffix(&aside, suffix)).unwrap(), suffix.as_bytes());
                assert!(!files::with_suffix(&bench.live, suffix).exists());
            }
        }
    }
}
