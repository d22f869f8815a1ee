//! Levels, and what they rest on.

use std::fs;

use quarterdeck_backup::{
    prove::{self, prove, prove_new},
    take::Image,
};
use quarterdeck_model::{
    Clock, Count, JobCtx, Outcome,
    inspection::Tone,
    snapshot::{Level, LevelReached, SnapshotId},
};
use quarterdeck_testkit::Peer;

use crate::bench::{Bench, Canceller, SmallDisk, parent};

fn levels(proof: &prove::Proof) -> Vec<Level> {
    proof.levels.iter().map(|reached| reached.level).collect()
}

#[test]
fn with_room_a_proof_goes_as_far_as_the_data_and_leaves_nothing() {
    let bench = Bench::new();
    let snapshot = bench.take(&bench.shop("shop.db", 1_000)).unwrap();
    let scratch = bench.scratch.file("scratch");
    fs::create_dir(&scratch).unwrap();
    let ctx = JobCtx::detached();
    let proof = prove(&*bench.repository, &snapshot, Some(&scratch), &bench.clock, &ctx).unwrap();
    assert_eq!(levels(&proof), [Level::Present, Level::Read, Level::Opens, Level::IntegrityOk, Level::DataMatches]);
    let name = "main".parse().unwrap();
    assert_eq!(proof.rows[&name]["orders"], Count(1_000));
    assert!(proof.findings.is_empty(), "{:?}", proof.findings);
    assert_eq!(fs::read_dir(&scratch).unwrap().count(), 0);

    let proof = prove(&*bench.repository, &snapshot, None, &bench.clock, &ctx).unwrap();
    assert_eq!(levels(&proof), [Level::Present, Level::Read]);
}

#[test]
fn rows_that_were_counted_before_must_come_out_again() {
    let bench = Bench::new();
    let mut snapshot = bench.take(&bench.shop("shop.db", 100)).unwrap();
    snapshot.manifest.components[0].rows = Some([("orders".to_owned(), Count(101))].into());
    let proof = prove(&*bench.repository, &snapshot, Some(&bench.scratch.path()), &bench.clock, &JobCtx::detached()).unwrap();
    assert_eq!(proof.levels.last().unwrap().level, Level::IntegrityOk);
    assert!(proof.findings[0].what.contains("orders"), "{:?}", proof.findings);

    snapshot.manifest.who = "mallory".into();
    let fault = prove(&*bench.repository, &snapshot, None, &bench.clock, &JobCtx::detached()).unwrap_err();
    assert!(fault.is("manifest-differs"), "{fault}");
}

#[test]
fn a_faithful_copy_of_a_damaged_database_opens_and_no_more() {
    let bench = Bench::new();
    let path = bench.shop("shop.db", 1_000);
    let mut peer = Peer::open(&path);
    peer.run(".dbconfig defensive off\nPRAGMA writable_schema = ON;");
    peer.run(
        "UPDATE sqlite_schema SET rootpage = (SELECT rootpage FROM sqlite_schema WHERE name = 'customers') WHERE name = 'orders_by_day';",
    );
    peer.quit();
    let snapshot = bench.take(&path).unwrap();
    let proof = prove(&*bench.repository, &snapshot, Some(&bench.scratch.path()), &bench.clock, &JobCtx::detached()).unwrap();
    assert_eq!(proof.levels.last().unwrap().level, Level::Opens, "{proof:?}");
    assert_eq!(proof.findings[0].tone, Tone::Critical);
}

#[test]
fn where_the_room_runs_out_the_data_is_still_read() {
    let bench = Bench::new();
    let snapshot = bench.take(&bench.shop("shop.db", 20_000)).unwrap();
    let disk = bench.scratch.file("disk");
    let Some(_disk) = SmallDisk::mount(&disk, 1) else { return };
    let proof = prove(&*bench.repository, &snapshot, Some(&disk), &bench.clock, &JobCtx::detached()).unwrap();
    assert_eq!(levels(&proof), [Level::Present, Level::Read]);
    assert!(proof.findings[0].what.contains("room"), "{:?}", proof.findings);
    assert_eq!(fs::read_dir(&disk).unwrap().count(), 0);
}

#[test]
fn a_cancelled_proof_leaves_nothing() {
    let bench = Bench::new();
    let snapshot = bench.take(&bench.shop("shop.db", 8_000)).unwrap();
    let scratch = bench.scratch.file("scratch");
    fs::create_dir(&scratch).unwrap();
    let (_, ctx) = Canceller::ctx();
    let fault = prove(&*bench.repository, &snapshot, Some(&scratch), &bench.clock, &ctx).unwrap_err();
    assert!(fault.is("cancelled"), "{fault}");
    assert_eq!(fs::read_dir(&scratch).unwrap().count(), 0);
}

#[test]
fn what_is_new_is_read_and_the_rest_is_as_old_as_its_oldest_part() {
    let bench = Bench::new();
    let path = bench.shop("shop.db", 8_000);
    let ctx = JobCtx::detached();
    let first = bench.follow(bench.held(&path), None).unwrap();
    let unknown = |_: &SnapshotId| -> Outcome<Vec<LevelReached>> { panic!("a whole image has no parent") };
    let read = prove_new(&*bench.repository, &first, &unknown, &bench.clock, &ctx).unwrap();
    assert_eq!(read.iter().map(|reached| reached.level).collect::<Vec<_>>(), [Level::Present, Level::Read]);

    let then = bench.clock.now();
    bench.clock.advance(std::time::Duration::from_secs(3600));
    Peer::open(&path).run("DELETE FROM orders WHERE id = 9;");
    let second = bench.follow(bench.held(&path), Some(parent(&first))).unwrap();
    let all = [Level::Present, Level::Read, Level::DataMatches].map(|level| LevelReached { level, at: then });
    let known = |id: &SnapshotId| {
        assert_eq!(*id, first.snapshot.id);
        Ok(all.to_vec())
    };
    assert_eq!(prove_new(&*bench.repository, &second, &known, &bench.clock, &ctx).unwrap(), all[..2]);

    let same = bench.follow(Image::Unchanged { cut_at: bench.clock.now() }, Some(parent(&second))).unwrap();
    let known = |_: &SnapshotId| Ok(all.to_vec());
    assert_eq!(prove_new(&*bench.repository, &same, &known, &bench.clock, &ctx).unwrap(), all);

    // The delta is small and new: its pack is the newest.
    let newest = bench.packs().into_iter().filter(|pack| fs::read(pack).unwrap().len() > 2_000);
    let newest = newest.max_by_key(|pack| fs::metadata(pack).unwrap().modified().unwrap()).unwrap();
    fs::remove_file(newest).unwrap();
    prove_new(&*bench.repository, &second, &known, &bench.clock, &ctx).unwrap_err();
}
