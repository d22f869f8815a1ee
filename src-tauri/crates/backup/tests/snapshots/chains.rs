//! Snapshots that hold only what has changed, and what becomes of them.

use std::{fs, path::Path, process::Command};

use quarterdeck_backup::{
    chain::Merge,
    layout,
    merge::{self, MergedPart},
    prove::prove,
    restore::{self, Wanted},
    take::{Image, Origin, Parent, Taken},
};
use quarterdeck_model::{Clock, Digest, JobCtx, snapshot::Snapshot, system::Name};
use quarterdeck_testkit::{Peer, shop::shop_with_page_size};

use crate::{
    bench::{Bench, assert_plain, parent},
    restic::restic,
};

/// What plain restic and Python make of a component.
pub fn rebuilt(bench: &Bench, snapshot: &Snapshot, component: &str) -> Vec<u8> {
    let (folder, output) = (bench.scratch.file("by-restic"), bench.scratch.file("by-python.db"));
    let _ = (fs::remove_dir_all(&folder), fs::remove_file(&output));
    restic(bench, bench.password.expose(), &["restore", &snapshot.id.0, "--target", folder.to_str().unwrap()]);
    let inside = |path: &str| folder.join(path.trim_start_matches('/'));
    let python =
        Command::new("python3").args([inside(layout::REBUILD), inside("/backup/shop")]).arg(component).arg(&output).output().unwrap();
    let text = String::from_utf8_lossy(&python.stdout).into_owned() + &String::from_utf8_lossy(&python.stderr);
    assert!(python.status.success() && text.contains("is byte for byte the database of"), "{text}");
    fs::read(&output).unwrap()
}

/// Merged parts that no snapshot has taken over yet.
pub fn waiting(bench: &Bench, system: &Name) -> Vec<MergedPart> {
    merge::waiting(&*bench.repository, &bench.repository.snapshots().unwrap(), system).unwrap()
}

fn restored(bench: &Bench, snapshot: &Snapshot) -> Vec<u8> {
    let target = bench.scratch.file("restored.db");
    let _ = fs::remove_file(&target);
    restore::restore_to_new_file(&*bench.repository, &Wanted::only(snapshot), &target, &bench.clock, &JobCtx::detached()).unwrap();
    fs::read(&target).unwrap()
}

/// The database as one file, as it is now.
pub fn bytes(path: &Path) -> Vec<u8> {
    assert_eq!(Peer::open(path).run("PRAGMA wal_checkpoint(TRUNCATE);").split('|').next(), Some("0"));
    fs::read(path).unwrap()
}

fn files(taken: &Taken) -> usize {
    taken.snapshot.manifest.components[0].deltas.len()
}

#[test]
fn what_has_changed_goes_in_and_every_snapshot_comes_back_with_us_and_with_restic_and_python() {
    let bench = Bench::new();
    let path = bench.shop("shop.db", 20_000);
    let first = bench.follow(bench.held(&path), None).unwrap();
    assert_eq!((first.origins.as_slice(), first.snapshot.manifest.format, files(&first)), ([Origin::Whole].as_slice(), 1, 0));
    let before = bytes(&path);

    assert_eq!(Peer::open(&path).run("UPDATE orders SET cents = cents + 1 WHERE id % 4000 = 7;"), "");
    let second = bench.follow(bench.held(&path), Some(parent(&first))).unwrap();
    assert_eq!(second.origins, [Origin::Changed(first.snapshot.id.clone())]);
    assert_eq!((second.snapshot.manifest.format, files(&second)), (2, 1));
    assert!(second.snapshot.added.0 * 10 < first.snapshot.added.0, "{} after {}", second.snapshot.added, first.snapshot.added);
    let after = bytes(&path);
    assert_ne!(before, after);

    for (taken, image) in [(&first, &before), (&second, &after)] {
        let snapshot = &taken.snapshot;
        assert_eq!(snapshot.manifest.components[0].sha256, Digest::of(image));
        assert!(restored(&bench, snapshot) == *image && rebuilt(&bench, snapshot, "main") == *image);
        let proof = prove(&*bench.repository, snapshot, Some(&bench.scratch.path()), &bench.clock, &JobCtx::detached()).unwrap();
        assert!(proof.findings.is_empty(), "{:?}", proof.findings);
    }
    restic(&bench, bench.password.expose(), &["check", "--read-data"]);

    bench.repository.forget(&first.snapshot.id, &bench.owner()).unwrap();
    assert!(restored(&bench, &second.snapshot) == after);
}

#[test]
fn where_nothing_has_changed_nothing_is_stored_whether_that_is_known_or_found() {
    let bench = Bench::new();
    let path = bench.shop("shop.db", 20_000);
    let first = bench.follow(bench.held(&path), None).unwrap();
    let known = bench.follow(Image::Unchanged { cut_at: bench.clock.now() }, Some(parent(&first))).unwrap();
    let found = bench.follow(bench.held(&path), Some(parent(&known_with_pages(&known, &first)))).unwrap();
    for taken in [&known, &found] {
        let [Origin::Same(_)] = taken.origins.as_slice() else { panic!("{:?}", taken.origins) };
        assert!(taken.snapshot.added.0 < 32 << 10, "{}", taken.snapshot.added);
        let (now, then) = (&taken.snapshot.manifest.components[0], &first.snapshot.manifest.components[0]);
        assert_eq!((&now.sha256, &now.base, &now.deltas), (&then.sha256, &then.base, &then.deltas));
    }
    assert!(known.indexes.is_empty() && found.indexes == first.indexes);
    assert!(restored(&bench, &known.snapshot) == bytes(&path));
}

fn known_with_pages(known: &Taken, read: &Taken) -> Taken {
    Taken { snapshot: known.snapshot.clone(), origins: vec![], indexes: read.indexes.clone(), findings: vec![] }
}

#[test]
fn without_notes_of_the_pages_they_are_read_from_the_repository_and_damage_there_makes_a_new_base() {
    let bench = Bench::new();
    let path = bench.shop("shop.db", 20_000);
    let first = bench.follow(bench.held(&path), None).unwrap();
    assert_eq!(Peer::open(&path).run("DELETE FROM orders WHERE id = 77;"), "");
    let second = bench.follow(bench.held(&path), Some(Parent { index: None, ..parent(&first) })).unwrap();
    assert_eq!((files(&second), second.findings.as_slice()), (1, [].as_slice()));

    crate::bench::flip(&bench.packs()[0]);
    let third = bench.follow(bench.held(&path), Some(Parent { index: None, ..parent(&second) })).unwrap();
    assert_eq!((files(&third), third.origins.as_slice(), third.findings.len()), (0, [Origin::Whole].as_slice(), 1), "{:?}", third.findings);
    assert_eq!(third.snapshot.manifest.components[0].base_part().number, 3);
}

#[test]
fn a_parent_that_has_gone_is_said_and_leaves_no_snapshot() {
    let bench = Bench::new();
    let path = bench.shop("shop.db", 5_000);
    let first = bench.follow(bench.held(&path), None).unwrap();
    bench.repository.forget(&first.snapshot.id, &bench.owner()).unwrap();
    let fault = bench.follow(Image::Unchanged { cut_at: bench.clock.now() }, Some(parent(&first))).err().unwrap();
    assert!(fault.is("reference-lost") && fault.retry, "{fault}");
    assert_plain(&fault);
    assert_eq!(bench.listed(), 0);

    let first = bench.follow(bench.held(&path), None).unwrap();
    fs::remove_file(&bench.packs()[0]).unwrap();
    let fault = bench.follow(Image::Unchanged { cut_at: bench.clock.now() }, Some(parent(&first))).err().unwrap();
    assert!(fault.is("snapshot-incomplete"), "{fault}");
    assert_eq!(bench.listed(), 1);
}

#[test]
fn components_may_follow_on_different_snapshots() {
    let bench = Bench::new();
    let paths = [bench.shop("a.db", 9_000), bench.shop("b.db", 7_000)];
    let named = |at: usize, image, parent| quarterdeck_backup::take::Component {
        id: format!("c{at}"),
        name: ["orders", "audit"][at].parse().unwrap(),
        file: format!("{at}.db"),
        image,
        parent,
    };
    let ctx = JobCtx::detached();
    let alone = [0, 1].map(|at| bench.taken(vec![named(at, bench.held(&paths[at]), None)], vec![], &ctx).unwrap());
    assert_eq!(Peer::open(&paths[0]).run("DELETE FROM orders WHERE id = 5;"), "");
    let both = [
        named(0, bench.held(&paths[0]), Some(parent(&alone[0]))),
        named(1, Image::Unchanged { cut_at: bench.clock.now() }, Some(parent(&alone[1]))),
    ];
    let both = bench.taken(both.into(), vec![], &ctx).unwrap();
    assert_eq!(both.origins, [Origin::Changed(alone[0].snapshot.id.clone()), Origin::Same(alone[1].snapshot.id.clone())]);
    for (path, component) in paths.iter().zip(["orders", "audit"]) {
        assert!(rebuilt(&bench, &both.snapshot, component) == bytes(path), "{component}");
    }
    assert!(both.snapshot.added.0 < 64 << 10, "{}", both.snapshot.added);
}

/// What databases do between two snapshots: with what `sqlite3` does, the number of delta files afterwards.
#[test]
fn whatever_a_database_does_the_next_snapshot_is_exactly_it() {
    let bench = Bench::new();
    let event = |what: &str, before: &str, sql: &str, expected: Option<usize>| {
        let path = bench.scratch.file(format!("{}.db", what.replace(' ', "-")));
        shop_with_page_size(&path, 6_000, "wal", 4096);
        if !before.is_empty() {
            Peer::open(&path).run(before);
        }
        let first = bench.follow(bench.held(&path), None).unwrap();
        Peer::open(&path).run(sql);
        let second = bench.follow(bench.held(&path), Some(parent(&first))).unwrap();
        let image = bytes(&path);
        assert_eq!(second.snapshot.manifest.components[0].sha256, Digest::of(&image), "{what}");
        assert!(restored(&bench, &second.snapshot) == image, "{what}");
        assert!(rebuilt(&bench, &second.snapshot, "main") == image, "{what}");
        let deltas = files(&second);
        assert!(expected.is_none_or(|expected| expected == deltas), "{what}: {deltas}");
        (first, second)
    };
    event("vacuum", "DELETE FROM orders WHERE id % 3 = 0;", "VACUUM;", None);
    event("other page size", "PRAGMA journal_mode = delete;", "PRAGMA page_size = 8192; VACUUM;", Some(0));
    let (_, changed) = event("other journal mode", "", "PRAGMA journal_mode = truncate;", Some(1));
    assert_eq!(changed.snapshot.manifest.components[0].deltas[0].pages.0, 1);
    event("schema", "", "CREATE TABLE more (id INTEGER PRIMARY KEY, text TEXT); INSERT INTO more VALUES (1, 'x');", Some(1));
    event(
        "shrink",
        "PRAGMA journal_mode = delete; PRAGMA auto_vacuum = incremental; VACUUM; DELETE FROM orders WHERE id > 5500;",
        "PRAGMA incremental_vacuum;",
        None,
    );
    event("growth", "", "CREATE TABLE blobs AS SELECT randomblob(3000) AS b FROM orders LIMIT 20;", Some(1));
    event("everything new", "", "UPDATE orders SET note = hex(randomblob(40));", Some(0));
}

#[test]
fn an_empty_database_may_begin_a_chain_and_end_one() {
    let bench = Bench::new();
    let path = bench.scratch.file("empty.db");
    fs::write(&path, b"").unwrap();
    let empty = bench.follow(bench.held(&path), None).unwrap();
    let again = bench.follow(bench.held(&path), Some(parent(&empty))).unwrap();
    assert_eq!(again.origins, [Origin::Same(empty.snapshot.id.clone())]);
    Peer::open(&path).run("CREATE TABLE t (x);");
    let full = bench.follow(bench.held(&path), Some(parent(&again))).unwrap();
    assert_eq!((files(&full), full.snapshot.manifest.components[0].base_part().number), (0, 2));
    assert!(rebuilt(&bench, &full.snapshot, "main") == bytes(&path) && rebuilt(&bench, &empty.snapshot, "main").is_empty());
}

#[test]
fn a_new_base_is_made_of_the_repository_alone_and_adopted_with_what_came_meanwhile() {
    let bench = Bench::new();
    let path = bench.shop("shop.db", 20_000);
    let mut taken = vec![bench.follow(bench.held(&path), None).unwrap()];
    let change = |id: u32| Peer::open(&path).run(&format!("UPDATE orders SET cents = 1000 WHERE id = {id};"));
    for id in [100, 9_000] {
        change(id);
        let next = bench.follow(bench.held(&path), Some(parent(&taken[taken.len() - 1]))).unwrap();
        taken.push(next);
    }
    let task = merge::Task {
        snapshot: &taken[2].snapshot,
        component: &"main".parse().unwrap(),
        merge: &Merge::Base,
        host: "db1",
        tool: "quarterdeck test",
        who: "ada",
    };
    let merged = merge::run(&*bench.repository, &task, &bench.clock, &JobCtx::detached()).unwrap();
    change(15_000);
    let third = bench.follow(bench.held(&path), Some(parent(&taken[2]))).unwrap();
    change(16_000);
    let parts = waiting(&bench, &third.snapshot.manifest.system);
    assert_eq!(parts.iter().map(|part| &part.id).collect::<Vec<_>>(), [&merged]);
    let fourth = bench.taken(vec![bench.component(bench.held(&path), Some(parent(&third)))], parts, &JobCtx::detached()).unwrap();
    let component = &fourth.snapshot.manifest.components[0];
    assert_eq!((component.base_part().number, component.deltas.iter().map(|part| part.first).collect::<Vec<_>>()), (3, vec![4, 5]));
    assert!(rebuilt(&bench, &fourth.snapshot, "main") == bytes(&path));
    assert!(waiting(&bench, &fourth.snapshot.manifest.system).is_empty());

    // One that came too late fits nothing any more.
    let task = merge::Task { snapshot: &taken[1].snapshot, ..task };
    let late = merge::run(&*bench.repository, &task, &bench.clock, &JobCtx::detached()).unwrap();
    assert_eq!(merge::sweep(&*bench.repository, &fourth.snapshot, &bench.owner()).unwrap(), [late]);
}
