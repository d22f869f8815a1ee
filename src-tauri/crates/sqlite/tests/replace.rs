//! A family of files is replaced whole, put back whole, and found whole after a kill at any rename.
#![allow(clippy::unwrap_used)]

mod support;

use std::{collections::BTreeMap, fs, path::Path, path::PathBuf};

use quarterdeck_model::{Fault, Outcome};
use quarterdeck_sqlite::{
    open,
    replace::{self, Recovered, Step},
};
use quarterdeck_testkit::{Peer, Scratch};

struct Bench {
    scratch: Scratch,
    live: PathBuf,
    image: PathBuf,
}

type Names = BTreeMap<String, Vec<u8>>;

impl Bench {
    fn new() -> Self {
        let scratch = Scratch::new();
        let (live, image) = (scratch.file("app.db"), scratch.file(".app.db.restored"));
        for suffix in ["", "-wal", "-shm", "-journal"] {
            fs::write(scratch.file(format!("app.db{suffix}")), format!("old{suffix}")).unwrap();
        }
        fs::write(&image, "new").unwrap();
        Self { scratch, live, image }
    }

    fn names(&self) -> Names {
        self.scratch
            .state()
            .into_iter()
            .map(|(path, _, content)| (path.file_name().unwrap().to_str().unwrap().to_owned(), content))
            .collect()
    }
}

fn names(of: &[(&str, &str)]) -> Names {
    of.iter().map(|(name, content)| ((*name).to_owned(), content.as_bytes().to_vec())).collect()
}

fn before() -> Names {
    names(&[
        (".app.db.restored", "new"),
        ("app.db", "old"),
        ("app.db-journal", "old-journal"),
        ("app.db-shm", "old-shm"),
        ("app.db-wal", "old-wal"),
    ])
}

fn after() -> Names {
    names(&[
        ("app.db", "new"),
        ("app.db.before-restore-1", "old"),
        ("app.db.before-restore-1-journal", "old-journal"),
        ("app.db.before-restore-1-shm", "old-shm"),
        ("app.db.before-restore-1-wal", "old-wal"),
    ])
}

fn quiet(_: Step) -> Outcome<()> {
    Ok(())
}

#[test]
fn the_family_goes_aside_and_the_image_in() {
    let bench = Bench::new();
    let mut steps = 0;
    let replaced = replace::replace(&bench.live, &bench.image, "1", &mut |_| {
        steps += 1;
        Ok(())
    });
    assert_eq!((bench.names(), steps), (after(), 6));
    assert_eq!(replaced.unwrap().aside.len(), 4);
    assert_eq!(replace::recover(&bench.live, "1", &bench.image).unwrap(), Recovered::Finished);
    assert_eq!(bench.names(), after());
}

#[test]
fn undo_swaps_the_families_and_can_itself_be_undone() {
    let bench = Bench::new();
    replace::replace(&bench.live, &bench.image, "1", &mut quiet).unwrap();
    fs::write(bench.scratch.file("app.db-wal"), "new-wal").unwrap();
    let replaced = bench.names();
    replace::put_back(&bench.live, "1", "2", &mut quiet).unwrap();
    let back = bench.names();
    assert_eq!(
        (&back["app.db"][..], &back["app.db-wal"][..], &back["app.db-journal"][..]),
        (&b"old"[..], &b"old-wal"[..], &b"old-journal"[..])
    );
    assert_eq!((&back["app.db.before-restore-2"][..], &back["app.db.before-restore-2-wal"][..]), (&b"new"[..], &b"new-wal"[..]));
    assert_eq!(back.len(), 6);
    replace::put_back(&bench.live, "2", "1", &mut quiet).unwrap();
    assert_eq!(bench.names(), replaced);
}

#[test]
fn a_fault_at_any_rename_puts_everything_back() {
    for bad in 1..=6 {
        let bench = Bench::new();
        let mut step = 0;
        let fault = replace::replace(&bench.live, &bench.image, "1", &mut |_| {
            step += 1;
            if step == bad { Err(Fault::failed("full", "The journal cannot be written.")) } else { Ok(()) }
        });
        assert!(fault.unwrap_err().is("full"));
        assert_eq!(bench.names(), before(), "at rename {bad}");
        assert_eq!(replace::recover(&bench.live, "1", &bench.image).unwrap(), Recovered::Nothing);
    }
}

/// Copies the folder as it is at each rename, which is what a kill there would leave.
fn at_each_rename(bench: &Bench, work: impl FnOnce(&mut dyn FnMut(Step) -> Outcome<()>)) -> Vec<Scratch> {
    let mut copies = Vec::new();
    let mut copy = |_: Step| {
        let copy = Scratch::new();
        for (name, content) in bench.names() {
            fs::write(copy.file(name), content).unwrap();
        }
        copies.push(copy);
        Ok(())
    };
    work(&mut copy);
    copies
}

#[test]
fn a_kill_at_any_rename_is_finished_later() {
    let bench = Bench::new();
    let copies = at_each_rename(&bench, |journal| {
        replace::replace(&bench.live, &bench.image, "1", journal).unwrap();
    });
    for (index, copy) in copies.into_iter().enumerate() {
        let killed = Bench { live: copy.file("app.db"), image: copy.file(".app.db.restored"), scratch: copy };
        let found = replace::recover(&killed.live, "1", &killed.image).unwrap();
        let (expected, state) = if index == 0 { (Recovered::Nothing, before()) } else { (Recovered::Finished, after()) };
        assert_eq!((found, killed.names()), (expected, state), "at rename {index}");
        replace::recover(&killed.live, "1", &killed.image).unwrap();
    }
}

#[test]
fn a_kill_without_the_image_is_undone_later() {
    let bench = Bench::new();
    let copies = at_each_rename(&bench, |journal| {
        replace::replace(&bench.live, &bench.image, "1", journal).unwrap();
    });
    let mut old = before();
    old.remove(".app.db.restored");
    for copy in copies.into_iter().skip(1).take(4) {
        let killed = Bench { live: copy.file("app.db"), image: copy.file(".app.db.restored"), scratch: copy };
        fs::remove_file(&killed.image).unwrap();
        assert_eq!(replace::recover(&killed.live, "1", &killed.image).unwrap(), Recovered::PutBack);
        assert_eq!(killed.names(), old);
    }
}

#[test]
fn a_kill_at_any_rename_of_an_undo_never_mixes_the_families() {
    let bench = Bench::new();
    replace::replace(&bench.live, &bench.image, "1", &mut quiet).unwrap();
    fs::write(bench.scratch.file("app.db-wal"), "new-wal").unwrap();
    let replaced = bench.names();
    let copies = at_each_rename(&bench, |journal| {
        replace::put_back(&bench.live, "1", "2", journal).unwrap();
    });
    let back = bench.names();
    assert_eq!(copies.len(), 7);
    for (index, copy) in copies.into_iter().enumerate() {
        let live = copy.file("app.db");
        let killed = Bench { image: replace::aside(&live, "1"), live, scratch: copy };
        let found = replace::recover(&killed.live, "2", &killed.image).unwrap();
        let (expected, state) = if index == 0 { (Recovered::Nothing, &replaced) } else { (Recovered::Finished, &back) };
        assert_eq!((found, &killed.names()), (expected, state), "at rename {index}");
    }
}

#[test]
fn a_file_that_is_open_somewhere_stays_where_it_is() {
    let bench = support::Bench::new("wal", 4096, 10);
    let before = bench.scratch.state();
    let mut peer = Peer::open(&bench.live);
    peer.run("SELECT count(*) FROM orders;");
    let fault = replace::replace(&bench.live, &bench.image, "1", &mut quiet).unwrap_err();
    assert!(fault.is("in-use") && fault.message.contains(&peer.pid().to_string()), "{fault}");
    peer.quit();
    let ours = open::read(&bench.live).unwrap();
    assert!(replace::replace(&bench.live, &bench.image, "1", &mut quiet).unwrap_err().is("in-use"));
    drop(ours);
    assert_eq!(bench.scratch.state().len(), before.len());
}

#[test]
fn names_that_are_taken_and_files_that_are_missing_are_refused_before_anything_moves() {
    let bench = Bench::new();
    let replace = |tag: &str, image: &Path| replace::replace(&bench.live, image, tag, &mut quiet).unwrap_err();
    assert!(replace("1", &bench.scratch.file("nothing")).is("file-missing"));
    assert_eq!(bench.names(), before());
    fs::write(bench.scratch.file("app.db.before-restore-1-wal"), "taken").unwrap();
    assert!(replace("1", &bench.image).is("file-exists"));
    fs::remove_file(&bench.live).unwrap();
    fs::remove_file(&bench.image).unwrap();
    assert!(replace::recover(&bench.live, "2", &bench.image).unwrap_err().is("recovery-unclear"));
}

#[test]
fn a_file_that_appears_in_the_place_meanwhile_is_not_overwritten() {
    let bench = Bench::new();
    let fault = replace::replace(&bench.live, &bench.image, "1", &mut |step| {
        if step.to == bench.live {
            fs::write(&bench.live, "of somebody else").unwrap();
        }
        Ok(())
    });
    let fault = fault.unwrap_err();
    assert!(fault.is("file-exists") && fault.facts.contains_key("half-moved"), "{fault}");
    assert_eq!(fs::read(&bench.live).unwrap(), b"of somebody else");
    assert_eq!(fs::read(bench.scratch.file("app.db.before-restore-1")).unwrap(), b"old");
    assert!(replace::recover(&bench.live, "1", &bench.image).unwrap_err().is("recovery-unclear"));
}
