//! Killed at any moment, as `kill -9` does it. Needs the feature `failpoints`.

use std::{
    os::unix::process::ExitStatusExt,
    path::Path,
    process::{Command, ExitStatus},
};

use quarterdeck_backup::{
    chain::Merge,
    merge,
    prove::prove,
    repository::{self, Repository},
    restore::{self, Wanted},
    secret::Password,
    take::{Parent, Taken},
};
use quarterdeck_model::{
    Fault, JobCtx, Outcome,
    snapshot::{Snapshot, SnapshotId},
};
use quarterdeck_testkit::{FixedClock, Peer, Scratch};

use crate::{
    bench::{Bench, flip},
    chains::{bytes, rebuilt, waiting},
    damage_repair,
    pruning::{AT_ONCE, assert_all_restore, history},
    restic::restic,
};

const SCENE: &str = "QUARTERDECK_TEST_SCENE";

/// Not a test by itself: what the processes below do until they are stopped.
#[test]
fn victim() {
    let Ok(scene) = std::env::var(SCENE) else { return };
    let scene = Path::new(&scene);
    let password = Password::read(&scene.join("password")).unwrap();
    let repository = repository::open(&scene.join("repository"), &password).unwrap();
    let (scratch, clock) = (Scratch::new(), FixedClock::default());
    let bench = Bench { scratch, folder: scene.join("repository"), password, repository, clock };
    let given = |name: &str| std::fs::read(scene.join(name)).ok().map(|text| serde_json::from_slice::<Snapshot>(&text).unwrap());
    let done = match (given("snapshot.json"), given("parent.json"), given("merge.json")) {
        _ if scene.join("repair").exists() => {
            let cure = damage_repair::cure(&damage_repair::survey(&bench));
            bench.repository.repair(&cure, &bench.owner(), &JobCtx::detached()).map(drop)
        }
        _ if scene.join("forget.json").exists() => forget_and_prune(&bench, scene),
        (Some(snapshot), ..) => restore_from(&*bench.repository, &snapshot, &scene.join("target.db")),
        (_, Some(parent), _) => follow(&bench, &scene.join("shop.db"), &parent).map(drop),
        (.., Some(newest)) => merge_all(&bench, &newest),
        _ => bench.take(&scene.join("shop.db")).map(drop),
    };
    assert!(done.is_err_and(|fault: Fault| fault.is("failpoint")), "the failpoint was not reached");
}

fn restore_from(repository: &dyn Repository, snapshot: &Snapshot, target: &Path) -> Outcome<()> {
    restore::restore_to_new_file(repository, &Wanted::only(snapshot), target, &FixedClock::default(), &JobCtx::detached()).map(drop)
}

fn forget_and_prune(bench: &Bench, scene: &Path) -> Outcome<()> {
    let ids: Vec<SnapshotId> = serde_json::from_slice(&std::fs::read(scene.join("forget.json")).unwrap()).unwrap();
    bench.repository.forget_all(&ids, &bench.owner(), &JobCtx::detached())?;
    // The first slice marks, the second removes.
    for _ in 0..2 {
        bench.repository.prune(&AT_ONCE, &bench.owner(), &JobCtx::detached())?;
    }
    Ok(())
}

fn follow(bench: &Bench, path: &Path, parent: &Snapshot) -> Outcome<Taken> {
    let parent = Parent { snapshot: parent.id.clone(), component: parent.manifest.components[0].clone(), index: None };
    let parts = waiting(bench, &"shop".parse().unwrap());
    bench.taken(vec![bench.component(bench.held(path), Some(parent))], parts, &JobCtx::detached())
}

fn merge_all(bench: &Bench, newest: &Snapshot) -> Outcome<()> {
    let (component, merge) = ("main".parse().unwrap(), Merge::Deltas(0..newest.manifest.components[0].deltas.len()));
    let task = merge::Task { snapshot: newest, component: &component, merge: &merge, host: "db1", tool: "quarterdeck test", who: "ada" };
    merge::run(&*bench.repository, &task, &bench.clock, &JobCtx::detached()).map(drop)
}

fn stopped_at(bench: &Bench, point: &str, how: &str) -> ExitStatus {
    bench.password.write(&bench.scratch.file("password")).unwrap();
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "killed::victim"])
        .env(SCENE, bench.scratch.path())
        .env("TMPDIR", bench.scratch.path())
        .env("QUARTERDECK_FAILPOINT", format!("{point}={how}"))
        .output()
        .unwrap()
        .status
}

#[test]
fn a_killed_snapshot_is_whole_or_none_and_the_next_one_works() {
    let bench = Bench::new();
    let path = bench.shop("shop.db", 8_000);
    for (point, adds) in [("backup.streaming", 0), ("backup.saved", 1), ("backup.verified", 1)] {
        let before = bench.listed();
        assert_eq!(stopped_at(&bench, point, "kill").signal(), Some(9), "{point}");
        assert_eq!(bench.listed() - before, adds, "{point}");
        let next = bench.take(&path).unwrap();
        prove(&*bench.repository, &next, None, &bench.clock, &JobCtx::detached()).unwrap();
    }
    assert!(bench.repository.check(true, &JobCtx::detached()).unwrap().findings.is_empty());
}

#[test]
fn a_killed_delta_or_merge_is_whole_or_none_and_the_next_snapshot_is_right() {
    let bench = Bench::new();
    let path = bench.shop("shop.db", 8_000);
    let write = |name: &str, snapshot: &Snapshot| {
        std::fs::write(bench.scratch.file(name), serde_json::to_vec(snapshot).unwrap()).unwrap();
    };
    let mut newest = bench.take(&path).unwrap();
    for (number, (point, adds)) in
        [("backup.compared", 0), ("backup.streaming", 0), ("backup.saved", 1), ("backup.adopted", 1)].into_iter().enumerate()
    {
        Peer::open(&path).run(&format!("UPDATE orders SET cents = 5 WHERE id = {};", number * 1000 + 1));
        write("parent.json", &newest);
        let before = bench.listed();
        assert_eq!(stopped_at(&bench, point, "kill").signal(), Some(9), "{point}");
        assert_eq!(bench.listed() - before, adds, "{point}");
        newest = follow(&bench, &path, &newest).unwrap().snapshot;
        assert_eq!(newest.manifest.components[0].deltas.len(), number + 1, "{point}");
        prove(&*bench.repository, &newest, None, &bench.clock, &JobCtx::detached()).unwrap();
    }
    std::fs::remove_file(bench.scratch.file("parent.json")).unwrap();

    write("merge.json", &newest);
    let system = newest.manifest.system.clone();
    assert_eq!(stopped_at(&bench, "merge.added", "kill").signal(), Some(9));
    assert_eq!(waiting(&bench, &system).len(), 1);
    std::fs::remove_file(bench.scratch.file("merge.json")).unwrap();

    // Taken over, and killed before the merged part's own snapshot was forgotten: it is taken over once more.
    write("parent.json", &newest);
    assert_eq!(stopped_at(&bench, "backup.adopted", "kill").signal(), Some(9));
    assert_eq!(waiting(&bench, &system).len(), 1);
    newest = follow(&bench, &path, &newest).unwrap().snapshot;
    assert_eq!((newest.manifest.components[0].deltas.len(), waiting(&bench, &system).len()), (1, 0));
    prove(&*bench.repository, &newest, None, &bench.clock, &JobCtx::detached()).unwrap();
    assert!(rebuilt(&bench, &newest, "main") == bytes(&path));
    assert!(bench.repository.check(true, &JobCtx::detached()).unwrap().findings.is_empty());
}

#[test]
fn a_snapshot_that_fails_after_it_was_saved_is_taken_off_the_list() {
    let bench = Bench::new();
    bench.shop("shop.db", 500);
    for point in ["backup.streaming", "backup.saved", "backup.verified"] {
        assert!(stopped_at(&bench, point, "fail").success(), "{point}");
        assert_eq!(bench.listed(), 0, "{point}");
    }
}

#[test]
fn killed_anywhere_in_forgetting_or_pruning_every_listed_snapshot_restores() {
    for (point, how) in [
        ("repository.remove-snapshot#2", "kill"),
        ("repository.write-pack#1", "kill"),
        ("repository.write-index#1", "kill"),
        ("repository.remove-index#1", "kill"),
        ("repository.remove-index#3", "kill"),
        ("repository.remove-pack#1", "kill"),
        ("repository.remove-pack#2", "kill"),
        ("repository.write-index#1", "fail"),
        ("repository.remove-index#2", "fail"),
        ("repository.remove-pack#1", "fail"),
    ] {
        let bench = Bench::new();
        let all = history(&bench, 6);
        let ids: Vec<SnapshotId> = [0, 2, 3].iter().map(|&i: &usize| all[i].id.clone()).collect();
        std::fs::write(bench.scratch.file("forget.json"), serde_json::to_vec(&ids).unwrap()).unwrap();
        let status = stopped_at(&bench, point, how);
        assert!(if how == "kill" { status.signal() == Some(9) } else { status.success() }, "{point}={how}: {status}");
        let listed = |bench: &Bench| {
            let names: Vec<_> = bench.repository.snapshots().unwrap().snapshots.into_iter().map(|stored| stored.id).collect();
            all.iter().filter(|snapshot| names.contains(&snapshot.id)).cloned().collect::<Vec<Snapshot>>()
        };
        assert!([1, 4, 5].iter().all(|&i: &usize| listed(&bench).contains(&all[i])), "{point}={how}");
        assert_all_restore(&bench, &listed(&bench));
        restic(&bench, bench.password.expose(), &["check", "--read-data"]);
        // The next run finishes what this one began.
        bench.take(&bench.scratch.file("shop.db")).unwrap();
        forget_and_prune(&bench, &bench.scratch.path()).unwrap();
        assert_eq!(listed(&bench).len(), 3, "{point}={how}");
        assert_all_restore(&bench, &listed(&bench));
        let checked = restic(&bench, bench.password.expose(), &["check", "--read-data"]);
        assert!(checked.contains("no errors were found"), "{point}={how}: {checked}");
    }
}

#[test]
fn a_killed_restore_leaves_no_target_and_a_failed_one_nothing_at_all() {
    let bench = Bench::new();
    let snapshot = bench.take(&bench.shop("shop.db", 8_000)).unwrap();
    std::fs::write(bench.scratch.file("snapshot.json"), serde_json::to_vec(&snapshot).unwrap()).unwrap();
    let target = bench.scratch.file("target.db");
    for point in ["restore.fetching", "restore.fetched", "restore.before-rename"] {
        assert!(stopped_at(&bench, point, "fail").success(), "{point}");
        assert!(!target.exists() && !restore::part_of(&target).exists(), "{point}");
        assert_eq!(stopped_at(&bench, point, "kill").signal(), Some(9), "{point}");
        assert!(!target.exists(), "{point}");
        std::fs::remove_file(restore::part_of(&target)).unwrap();
    }
    restore_from(&*bench.repository, &snapshot, &target).unwrap();
}

#[test]
fn a_killed_repair_loses_nothing_and_the_next_one_finishes_it() {
    for point in ["repair.entries-moved", "repair.indexed#1", "repair.saved", "repair.moved", "repair.indexed#2"] {
        let bench = Bench::new();
        let path = bench.shop("shop.db", 4_000);
        let snapshot = bench.take(&path).unwrap();
        flip(&bench.packs()[0]);
        std::fs::write(bench.scratch.file("repair"), "").unwrap();
        assert_eq!(stopped_at(&bench, point, "kill").signal(), Some(9), "{point}");
        let left = damage_repair::survey(&bench);
        assert_eq!(left.affected.len(), 1, "{point}: never called healthy before it is");
        bench.repository.repair(&damage_repair::cure(&left), &bench.owner(), &JobCtx::detached()).unwrap();
        bench.take(&path).unwrap();
        let healed = damage_repair::survey(&bench);
        assert!(healed.affected.is_empty() && healed.troubles.iter().all(|trouble| trouble.is_harmless()), "{point}: {healed:?}");
        prove(&*bench.repository, &snapshot, None, &bench.clock, &JobCtx::detached()).unwrap();
    }
}
