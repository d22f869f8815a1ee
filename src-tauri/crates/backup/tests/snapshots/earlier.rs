//! A repository that an earlier version wrote (0.2, before there were deltas): two snapshots of a shop with 900 orders; between them
//! `DELETE FROM orders WHERE id = 7`.

use std::{fs, process::Command};

use quarterdeck_backup::{
    manifest,
    prove::prove,
    repository,
    restore::{self, Wanted},
    secret::Password,
    take::{Origin, Parent},
};
use quarterdeck_model::{Bytes, JobCtx, snapshot::Snapshot};
use quarterdeck_testkit::{FixedClock, Peer, Scratch};

use crate::{bench::Bench, chains::rebuilt};

fn earlier() -> (Bench, Vec<Snapshot>) {
    let scratch = Scratch::new();
    let archive = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/snapshots/format-1.tar");
    assert!(Command::new("tar").arg("-xf").arg(archive).arg("-C").arg(scratch.path()).status().unwrap().success());
    let (folder, password) = (scratch.file("repository"), Password::read(&scratch.file("password")).unwrap());
    let repository = repository::open(&folder, &password).unwrap();
    let bench = Bench { scratch, folder, password, repository, clock: FixedClock::at("2026-11-23T08:00:00Z") };
    let known = |stored: repository::StoredSnapshot| {
        let manifest = manifest::read(&*bench.repository, &stored.id, &"shop".parse().unwrap(), &JobCtx::detached()).unwrap();
        Snapshot { id: stored.id, manifest, levels: vec![], added: Bytes(0), pinned_until: None, affected: None, pin: None }
    };
    let mut snapshots: Vec<_> = bench.repository.snapshots().unwrap().snapshots.into_iter().map(known).collect();
    // Both were taken by a clock that stood still.
    snapshots.sort_by_cached_key(|snapshot| {
        let target = bench.scratch.file(format!("{}.db", snapshot.id));
        restore::restore_to_new_file(&*bench.repository, &Wanted::only(snapshot), &target, &bench.clock, &JobCtx::detached()).unwrap();
        std::cmp::Reverse(Peer::open(&target).run("SELECT count(*) FROM orders;"))
    });
    (bench, snapshots)
}

#[test]
fn what_an_earlier_version_wrote_is_read_and_the_next_snapshot_follows_on_it() {
    let (bench, snapshots) = earlier();
    for (snapshot, rows) in snapshots.iter().zip(["900", "899"]) {
        assert_eq!((snapshot.manifest.format, &snapshot.manifest.components[0].base), (1, &None));
        prove(&*bench.repository, snapshot, Some(&bench.scratch.path()), &bench.clock, &JobCtx::detached()).unwrap();
        let target = bench.scratch.file(format!("{rows}.db"));
        restore::restore_to_new_file(&*bench.repository, &Wanted::only(snapshot), &target, &bench.clock, &JobCtx::detached()).unwrap();
        assert_eq!(Peer::open(&target).run("SELECT count(*) FROM orders;"), rows);
    }
    let live = bench.scratch.file("899.db");
    Peer::open(&live).run("UPDATE orders SET cents = 1 WHERE id = 400;");
    let parent = Parent { snapshot: snapshots[1].id.clone(), component: snapshots[1].manifest.components[0].clone(), index: None };
    let next = bench.follow(bench.held(&live), Some(parent)).unwrap();
    assert_eq!(next.origins, [Origin::Changed(snapshots[1].id.clone())]);
    let component = &next.snapshot.manifest.components[0];
    assert_eq!((component.base_part().number, component.deltas[0].first, next.findings.as_slice()), (1, 2, [].as_slice()));
    let image = rebuilt(&bench, &next.snapshot, "main");
    let copy = bench.scratch.file("copy.db");
    fs::write(&copy, image).unwrap();
    assert_eq!(Peer::open(&copy).run("SELECT cents FROM orders WHERE id = 400; PRAGMA integrity_check;"), "1\nok");
    prove(&*bench.repository, &next.snapshot, Some(&bench.scratch.path()), &bench.clock, &JobCtx::detached()).unwrap();
}

#[test]
fn a_manifest_of_a_later_version_is_refused_in_words() {
    let (bench, snapshots) = earlier();
    let mut later = snapshots[0].manifest.clone();
    later.format = 3;
    let text = serde_json::to_vec(&later).unwrap();
    let file = crate::bench::file("/backup/shop/manifest.json", text.len() as u64, std::io::Cursor::new(text), &bench.clock);
    let id = bench.repository.add(vec![file], &bench.note(), &bench.owner(), &JobCtx::detached()).unwrap().id;
    let fault = manifest::read(&*bench.repository, &id, &later.system, &JobCtx::detached()).unwrap_err();
    assert!(fault.is("manifest-unreadable") && fault.message.contains("knows 1 to 2"), "{fault}");
}
