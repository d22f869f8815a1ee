//! Forgetting and pruning: what stays listed restores, whatever happens on the way; restic agrees.

use std::time::Duration;

use quarterdeck_backup::{
    prove::prove,
    repository::{PruneBudget, PruneSlice},
};
use quarterdeck_model::{Bytes, Clock, JobCtx, Millis, snapshot::Snapshot};
use quarterdeck_testkit::Peer;

use crate::{bench::Bench, restic::restic};

/// Removes what was marked by the run before.
pub const AT_ONCE: PruneBudget = PruneBudget { repack: Bytes(1 << 30), keep_marked: Millis(0) };
/// As the engine does it.
const A_DAY: PruneBudget = PruneBudget { repack: Bytes(1 << 30), keep_marked: Millis(23 * 3_600_000) };

/// Snapshots of a shop that changes in between.
pub fn history(bench: &Bench, count: u32) -> Vec<Snapshot> {
    let path = bench.shop("shop.db", 2_000);
    (0..count)
        .map(|i| {
            Peer::open(&path).run(&format!("UPDATE orders SET note = hex(randomblob(40)) WHERE id % {count} = {i};"));
            bench.clock.advance(Duration::from_secs(60));
            bench.take(&path).unwrap()
        })
        .collect()
}

pub fn assert_all_restore(bench: &Bench, snapshots: &[Snapshot]) {
    for snapshot in snapshots {
        prove(&*bench.repository, snapshot, None, &bench.clock, &JobCtx::detached()).unwrap();
    }
}

fn prune(bench: &Bench, budget: &PruneBudget) -> PruneSlice {
    bench.repository.prune(budget, &bench.owner(), &JobCtx::detached()).unwrap()
}

#[test]
fn room_is_freed_in_two_steps_and_what_stays_restores() {
    let bench = Bench::new();
    let all = history(&bench, 6);
    let (gone, staying) = all.split_at(4);
    let ids: Vec<_> = gone.iter().map(|snapshot| snapshot.id.clone()).collect();
    let expected = bench.repository.unused_without(&ids).unwrap();
    assert_eq!(bench.listed(), 6, "asking changes nothing");
    bench.repository.forget_all(&ids, &bench.owner(), &JobCtx::detached()).unwrap();
    bench.repository.forget_all(&ids, &bench.owner(), &JobCtx::detached()).unwrap();
    assert_eq!(bench.listed(), 2);
    assert_eq!(bench.repository.unused_without(&[]).unwrap(), expected, "the figure was right");
    assert!(expected.0 > 0);

    let before = bench.packs();
    let marked = prune(&bench, &A_DAY);
    assert!(marked.freed == Bytes(0) && marked.marked.0 >= expected.0 && marked.marked_until.is_some(), "{marked:?}");
    assert!(before.iter().all(|pack| pack.exists()), "marked, not removed");
    assert_all_restore(&bench, staying);
    assert_eq!(prune(&bench, &A_DAY).freed, Bytes(0));
    restic(&bench, bench.password.expose(), &["check", "--read-data"]);

    let size = bench.repository.size().unwrap();
    let removed = prune(&bench, &AT_ONCE);
    assert!(removed.freed.0 >= expected.0 && removed.marked == Bytes(0), "{removed:?}");
    assert!(size.0 - bench.repository.size().unwrap().0 >= expected.0);
    assert_all_restore(&bench, staying);
    let condition = bench.repository.check(true, &JobCtx::detached()).unwrap();
    assert!(condition.findings.is_empty(), "{:?}", condition.findings);
    let checked = restic(&bench, bench.password.expose(), &["check", "--read-data"]);
    assert!(checked.contains("no errors were found"), "{checked}");
    assert!(!prune(&bench, &A_DAY).goes_on, "it comes to an end");
}

#[test]
fn small_slices_come_to_the_same_end() {
    let bench = Bench::new();
    let all = history(&bench, 5);
    let ids: Vec<_> = all[..4].iter().map(|snapshot| snapshot.id.clone()).collect();
    bench.repository.forget_all(&ids, &bench.owner(), &JobCtx::detached()).unwrap();
    let mut slices = 0;
    while prune(&bench, &PruneBudget { repack: Bytes(200_000), ..AT_ONCE }).goes_on {
        slices += 1;
        assert_all_restore(&bench, &all[4..]);
        assert!(slices < 50, "it never ends");
    }
    prune(&bench, &AT_ONCE);
    assert_all_restore(&bench, &all[4..]);
    restic(&bench, bench.password.expose(), &["check", "--read-data"]);
}

#[test]
fn what_a_new_snapshot_needs_again_comes_back_from_its_mark() {
    let bench = Bench::new();
    let path = bench.shop("shop.db", 2_000);
    let first = bench.take(&path).unwrap();
    bench.repository.forget_all(&[first.id], &bench.owner(), &JobCtx::detached()).unwrap();
    prune(&bench, &A_DAY);
    // The same bytes once more: the marked packs must not be counted on.
    let second = bench.take(&path).unwrap();
    prune(&bench, &AT_ONCE);
    prune(&bench, &AT_ONCE);
    assert_all_restore(&bench, &[second]);
    assert!(bench.repository.check(true, &JobCtx::detached()).unwrap().findings.is_empty());
}

#[test]
fn a_repository_that_is_not_whole_is_not_pruned() {
    let bench = Bench::new();
    let all = history(&bench, 3);
    bench.repository.forget_all(&[all[0].id.clone()], &bench.owner(), &JobCtx::detached()).unwrap();
    let lost = bench.packs().swap_remove(0);
    std::fs::rename(&lost, bench.scratch.file("lost")).unwrap();
    let before = bench.packs();
    let fault = bench.repository.prune(&AT_ONCE, &bench.owner(), &JobCtx::detached()).unwrap_err();
    assert!(fault.is("repository-damaged"), "{fault}");
    assert_eq!(bench.packs(), before, "nothing was removed");
    std::fs::rename(bench.scratch.file("lost"), &lost).unwrap();
    let before = bench.packs();
    let entry = bench.folder.join("snapshots").join(&all[2].id.0);
    let text = std::fs::read(&entry).unwrap();
    std::fs::write(&entry, &text[..text.len() / 2]).unwrap();
    assert!(
        bench.repository.prune(&AT_ONCE, &bench.owner(), &JobCtx::detached()).is_err(),
        "a snapshot that cannot be read may use anything"
    );
    assert_eq!(bench.packs(), before);
    std::fs::write(&entry, text).unwrap();
    prune(&bench, &AT_ONCE);
    assert_all_restore(&bench, &all[1..]);
}

#[test]
fn while_restic_holds_a_lock_nothing_is_removed() {
    let bench = Bench::new();
    history(&bench, 2);
    std::fs::create_dir_all(bench.folder.join("locks")).unwrap();
    let lock = bench.folder.join("locks/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef");
    std::fs::write(&lock, b"x").unwrap();
    let touched = |minutes: i64| {
        let then = bench.clock.now() - chrono::TimeDelta::minutes(minutes);
        std::fs::File::options().write(true).open(&lock).unwrap().set_modified(then.into()).unwrap();
    };
    touched(3);
    let fault = bench.repository.prune(&AT_ONCE, &bench.owner(), &JobCtx::detached()).unwrap_err();
    assert!(fault.is("restic-at-work") && fault.message.contains("3 min"), "{fault}");
    touched(31);
    prune(&bench, &AT_ONCE);
}

#[test]
fn a_cancelled_prune_leaves_every_snapshot_as_it_was() {
    let bench = Bench::new();
    let all = history(&bench, 4);
    bench.repository.forget_all(&[all[0].id.clone()], &bench.owner(), &JobCtx::detached()).unwrap();
    let (canceller, ctx) = crate::bench::Canceller::ctx();
    canceller.token.cancel();
    assert!(bench.repository.prune(&AT_ONCE, &bench.owner(), &ctx).unwrap_err().is("cancelled"));
    assert!(bench.repository.forget_all(&[all[1].id.clone()], &bench.owner(), &ctx).unwrap_err().is("cancelled"));
    assert_eq!(bench.listed(), 3);
    assert_all_restore(&bench, &all[1..]);
}
