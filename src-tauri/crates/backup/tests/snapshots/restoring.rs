//! Restoring to a new file.

use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use quarterdeck_backup::restore::{self, Demand, FetchedImage, Wanted};
use quarterdeck_model::{
    CancelToken, Count, Digest, JobCtx, Outcome,
    job::{Listener, Progress},
    snapshot::{ImageProof, Snapshot},
};
use quarterdeck_testkit::Peer;

use crate::bench::{Bench, Canceller, SmallDisk, assert_plain};

fn to(bench: &Bench, snapshot: &Snapshot, target: &Path, ctx: &JobCtx) -> Outcome<FetchedImage> {
    restore::restore_to_new_file(&*bench.repository, &Wanted::only(snapshot), target, &bench.clock, ctx)
}

#[test]
fn a_new_file_has_the_image_byte_for_byte_and_nobody_else_may_read_it() {
    let bench = Bench::new();
    let snapshot = bench.take(&bench.shop("shop.db", 3_000)).unwrap();
    let target = bench.scratch.odd_file();
    let fetched = to(&bench, &snapshot, &target, &JobCtx::detached()).unwrap();
    let content = fs::read(&target).unwrap();
    assert_eq!(Digest::of(&content), snapshot.manifest.components[0].sha256);
    assert_eq!((fetched.sha256, fetched.size.0), (Digest::of(&content), content.len() as u64));
    assert_eq!(fetched.check.rows["orders"].0, 3_000);
    assert_eq!(fs::metadata(&target).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(!restore::part_of(&target).exists());
    assert_eq!(Peer::open(&target).run("PRAGMA integrity_check;"), "ok");
}

#[test]
fn what_exists_is_left_as_it_is() {
    let bench = Bench::new();
    let snapshot = bench.take(&bench.shop("shop.db", 50)).unwrap();
    let target = bench.scratch.file("target.db");
    for beside in ["target.db", "target.db-wal", "target.db-shm", "target.db-journal", "target.db.quarterdeck-part"] {
        let beside = bench.scratch.file(beside);
        fs::write(&beside, "precious").unwrap();
        let fault = to(&bench, &snapshot, &target, &JobCtx::detached()).unwrap_err();
        assert!(fault.is("target-exists") || fault.is("file-exists"), "{fault}");
        assert_eq!(fs::read(&beside).unwrap(), b"precious");
        fs::remove_file(beside).unwrap();
    }
    to(&bench, &snapshot, &target, &JobCtx::detached()).unwrap();
}

#[test]
fn a_cancelled_restore_leaves_nothing() {
    let bench = Bench::new();
    let snapshot = bench.take(&bench.shop("shop.db", 8_000)).unwrap();
    let before = bench.scratch.state();
    let (listener, ctx) = Canceller::ctx();
    let fault = to(&bench, &snapshot, &bench.scratch.file("target.db"), &ctx).unwrap_err();
    assert!(fault.is("cancelled"), "{fault}");
    assert_eq!(*listener.phases.lock().unwrap(), [restore::WRITE_IMAGE]);
    assert_eq!(before.len(), bench.scratch.state().len());
}

#[test]
fn bytes_that_were_checked_before_are_read_back_instead() {
    let bench = Bench::new();
    let snapshot = bench.take(&bench.shop("shop.db", 300)).unwrap();
    let first = to(&bench, &snapshot, &bench.scratch.file("first.db"), &JobCtx::detached()).unwrap();
    assert!(!first.recalled());
    // Rows that only a check that was not made could report.
    let made =
        ImageProof { rows: BTreeMap::from([("orders".to_owned(), Count(7))]), ..first.check.proof(&first.sha256, first.read_at).unwrap() };
    bench.clock.advance(Duration::from_secs(3600));
    let fetched = |name: &str, proof: &ImageProof| {
        let wanted = Wanted { proof: Some(proof), ..Wanted::only(&snapshot) };
        restore::restore_to_new_file(&*bench.repository, &wanted, &bench.scratch.file(name), &bench.clock, &JobCtx::detached()).unwrap()
    };
    let second = fetched("second.db", &made);
    assert!(second.recalled());
    assert_eq!((second.checked_at, second.check.rows["orders"]), (first.read_at, Count(7)));
    assert_eq!(second.check.schema_fingerprint, first.check.schema_fingerprint);
    for other in
        [ImageProof { sqlite: "3.8.0".to_owned(), ..made.clone() }, ImageProof { sha256: Digest::of(b"other bytes"), ..made.clone() }]
    {
        let checked = fetched(&format!("{}.db", &other.sha256.0[..8]), &other);
        assert!(!checked.recalled(), "{other:?}");
        assert_eq!(checked.check.rows["orders"], Count(300));
    }
}

#[test]
fn a_disk_that_gives_back_other_bytes_is_not_believed() {
    struct Flip(PathBuf);
    impl Listener for Flip {
        fn phase(&self, name: &str) {
            if name == restore::VERIFY_IMAGE {
                let file = fs::File::options().write(true).open(&self.0).unwrap();
                std::os::unix::fs::FileExt::write_all_at(&file, b"flipped", 5000).unwrap();
            }
        }
        fn progress(&self, _: Progress) {}
    }
    let bench = Bench::new();
    let snapshot = bench.take(&bench.shop("shop.db", 300)).unwrap();
    let first = to(&bench, &snapshot, &bench.scratch.file("first.db"), &JobCtx::detached()).unwrap();
    let proof = first.check.proof(&first.sha256, first.read_at).unwrap();
    let target = bench.scratch.file("second.db");
    let ctx = JobCtx::new(Arc::new(Flip(restore::part_of(&target))), CancelToken::default());
    let wanted = Wanted { proof: Some(&proof), ..Wanted::only(&snapshot) };
    let fault = restore::restore_to_new_file(&*bench.repository, &wanted, &target, &bench.clock, &ctx).unwrap_err();
    assert!(fault.is("disk-differs"), "{fault}");
    assert!(!target.exists() && !restore::part_of(&target).exists());
}

#[test]
fn a_damaged_image_is_refused_unless_what_was_there_is_wanted() {
    let bench = Bench::new();
    let path = bench.shop("shop.db", 500);
    let mut peer = Peer::open(&path);
    peer.run(".dbconfig defensive off\nPRAGMA writable_schema = ON;");
    peer.run(
        "UPDATE sqlite_schema SET rootpage = (SELECT rootpage FROM sqlite_schema WHERE name = 'customers') WHERE name = 'orders_by_day';",
    );
    peer.quit();
    let snapshot = bench.take(&path).unwrap();
    let target = bench.scratch.file("target.db");
    let fault = to(&bench, &snapshot, &target, &JobCtx::detached()).unwrap_err();
    assert!(fault.is("image-damaged"), "{fault}");
    assert!(!target.exists() && !restore::part_of(&target).exists());
    let faithful = restore::restore_to_new_file(
        &*bench.repository,
        &Wanted { demand: Demand::Faithful, ..Wanted::only(&snapshot) },
        &target,
        &bench.clock,
        &JobCtx::detached(),
    );
    assert!(!faithful.unwrap().check.integrity.is_empty());
}

#[test]
fn a_target_without_room_is_refused_before_anything_is_written() {
    let bench = Bench::new();
    let snapshot = bench.take(&bench.shop("shop.db", 20_000)).unwrap();
    let disk = bench.scratch.file("disk");
    let Some(_disk) = SmallDisk::mount(&disk, 1) else { return };
    let fault = to(&bench, &snapshot, &disk.join("target.db"), &JobCtx::detached()).unwrap_err();
    assert!(fault.is("disk-full"), "{fault}");
    assert_plain(&fault);
    assert_eq!(fs::read_dir(&disk).unwrap().count(), 0);
}
