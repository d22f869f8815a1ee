//! Repositories with damage in them.

use std::{fs, process::Command};

use quarterdeck_backup::{
    prove::prove,
    repository::Affected,
    restore::{self, Demand, Wanted},
};
use quarterdeck_model::{JobCtx, snapshot::Snapshot};

use crate::bench::{Bench, assert_plain, flip};

const IMAGE: &str = "/backup/shop/base/main.db.base";

#[test]
fn a_flipped_bit_is_a_plain_fault_and_the_snapshots_that_it_touches_are_named() {
    let bench = Bench::new();
    let hurt = bench.take(&bench.shop("one.db", 6_000)).unwrap();
    let pack = bench.packs().remove(0);
    let sound = bench.take(&bench.shop("two.db", 100)).unwrap();
    flip(&pack);
    let ctx = JobCtx::detached();

    let fault = prove(&*bench.repository, &hurt, None, &bench.clock, &ctx).unwrap_err();
    assert!(fault.is("snapshot-damaged") && fault.message.contains(hurt.id.short()), "{fault}");
    assert_plain(&fault);
    let before = bench.scratch.state().len();
    let fetched = restore::restore_to_new_file(
        &*bench.repository,
        &Wanted { demand: Demand::Faithful, ..Wanted::only(&hurt) },
        &bench.scratch.file("out.db"),
        &bench.clock,
        &ctx,
    );
    assert!(fetched.unwrap_err().is("snapshot-damaged"));
    assert_eq!(bench.scratch.state().len(), before, "something was left behind");

    prove(&*bench.repository, &sound, None, &bench.clock, &ctx).unwrap();
    assert!(bench.repository.check(false, &ctx).unwrap().findings.is_empty());
    let condition = bench.repository.check(true, &ctx).unwrap();
    assert!(!condition.findings.is_empty() && condition.findings.iter().all(|line| !line.contains('\n')), "{condition:?}");
    assert_eq!(condition.affected, [Affected { id: hurt.id, files: vec![IMAGE.into()] }]);
}

#[test]
fn a_lost_pack_is_seen_without_reading_data() {
    let bench = Bench::new();
    let hurt = bench.take(&bench.shop("one.db", 6_000)).unwrap();
    let pack = bench.packs().remove(0);
    let sound = bench.take(&bench.shop("two.db", 100)).unwrap();
    fs::remove_file(pack).unwrap();
    let condition = bench.repository.check(false, &JobCtx::detached()).unwrap();
    let files =
        |snapshot: &Snapshot| condition.affected.iter().find(|affected| affected.id == snapshot.id).map(|affected| affected.files.clone());
    assert!(files(&hurt).unwrap().contains(&IMAGE.to_owned()));
    // The instructions and the program are the same in both, and so are stored once, in the file that is lost.
    assert_eq!(files(&sound).unwrap(), ["/backup/RESTORE.md", "/backup/rebuild.py"]);
    let fault = prove(&*bench.repository, &hurt, None, &bench.clock, &JobCtx::detached()).unwrap_err();
    assert!(fault.is("snapshot-incomplete"), "{fault}");
    assert_plain(&fault);
    prove(&*bench.repository, &sound, None, &bench.clock, &JobCtx::detached()).unwrap();
}

/// The library decides once in a process whether it records backtraces, so the tests above run again in one that does.
#[test]
fn no_backtrace_gets_into_a_fault() {
    let again = Command::new(std::env::current_exe().unwrap())
        .args(["damage::a_flipped", "repository::a_reader", "repository::the_wrong"])
        .env("RUST_BACKTRACE", "full")
        .output()
        .unwrap();
    assert!(again.status.success(), "{}", String::from_utf8_lossy(&again.stdout));
}
