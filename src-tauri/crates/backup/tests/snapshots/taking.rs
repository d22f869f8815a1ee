//! Taking snapshots.

use std::{collections::BTreeMap, fs, sync::PoisonError};

use quarterdeck_backup::{
    manifest,
    restore::{self, Wanted},
    take::{self, Component, Image},
};
use quarterdeck_model::{Bytes, Class, Clock, JobCtx, Millis, snapshot::Level};
use quarterdeck_sqlite::held::{self, HeldRead};
use quarterdeck_testkit::{Peer, shop};

use crate::bench::{Bench, Canceller, assert_plain};

#[test]
fn a_snapshot_holds_the_moment_of_its_cut_and_says_what_it_is() {
    let bench = Bench::new();
    let path = bench.shop("shop.db", 500);
    let image = bench.held(&path);
    let mut peer = Peer::open(&path);
    assert_eq!(peer.run("DELETE FROM orders;"), "");
    let (listener, _) = Canceller::ctx();
    let snapshot = bench.take_image(image, &JobCtx::new(listener.clone(), Default::default())).unwrap();

    assert_eq!(
        *listener.phases.lock().unwrap_or_else(PoisonError::into_inner),
        [take::FIND_CHANGES, take::TAKE_IMAGE, take::CHECK_SNAPSHOT]
    );
    assert_eq!(
        take::phases().iter().map(|phase| phase.name.as_str()).collect::<Vec<_>>(),
        [take::FIND_CHANGES, take::TAKE_IMAGE, take::CHECK_SNAPSHOT]
    );
    assert_eq!(snapshot.level().unwrap().level, Level::Present);
    assert!(snapshot.added > Bytes(0));
    let component = &snapshot.manifest.components[0];
    assert_eq!((component.user_version, component.application_id, component.journal_mode.as_str()), (7, 1_397_247_824, "wal"));
    let read = manifest::read(&*bench.repository, &snapshot.id, &snapshot.manifest.system, &JobCtx::detached()).unwrap();
    assert_eq!(read, snapshot.manifest);

    let target = bench.scratch.file("restored.db");
    restore::restore_to_new_file(&*bench.repository, &Wanted::only(&snapshot), &target, &bench.clock, &JobCtx::detached()).unwrap();
    assert_eq!(Peer::open(&target).run("SELECT count(*) FROM orders;"), "500");
}

#[test]
fn the_listing_tells_when_where_and_why() {
    let bench = Bench::new();
    let path = bench.shop("shop.db", 50);
    let first = bench.take(&path).unwrap();
    bench.clock.advance(std::time::Duration::from_secs(3600));
    let second = bench.take(&path).unwrap();
    let listing = bench.repository.snapshots().unwrap();
    assert_eq!(listing.snapshots.iter().map(|stored| stored.id.clone()).collect::<Vec<_>>(), [first.id.clone(), second.id]);
    let stored = &listing.snapshots[0];
    assert_eq!((stored.host.as_str(), stored.label.as_deref()), ("db1", Some("before the sale")));
    assert_eq!((stored.time, stored.added), (first.manifest.cut_at, Some(first.added)));
    assert_eq!(stored.tags, ["reason:manual", "system:shop"]);

    bench.repository.forget(&first.id, &bench.owner()).unwrap();
    assert_eq!(bench.listed(), 1);
    assert!(bench.repository.file_size(&first.id, "/backup/RESTORE.md").unwrap_err().is("snapshot-missing"));
}

#[test]
fn several_databases_share_one_cut() {
    let bench = Bench::new();
    let paths = [bench.shop("a.db", 300), bench.shop("b.db", 20)];
    let held = held::barrier(&paths, &bench.clock, &mut || {}).unwrap();
    let components = held
        .into_iter()
        .zip(["orders", "audit"])
        .map(|(held, name)| Component {
            id: name.into(),
            name: name.parse().unwrap(),
            file: format!("{name}.db"),
            image: Image::Held(held),
            parent: None,
        })
        .collect();
    let snapshot = bench.take_all(components, &JobCtx::detached()).unwrap();
    assert_eq!(snapshot.manifest.skew, Millis(0));
    for (name, rows) in BTreeMap::from([("orders", "300"), ("audit", "20")]) {
        let target = bench.scratch.file(format!("{name}-restored.db"));
        let component = name.parse().unwrap();
        restore::restore_to_new_file(
            &*bench.repository,
            &Wanted { component: Some(&component), ..Wanted::only(&snapshot) },
            &target,
            &bench.clock,
            &JobCtx::detached(),
        )
        .unwrap();
        assert_eq!(Peer::open(&target).run("SELECT count(*) FROM orders;"), rows);
    }
    let unnamed =
        restore::fetch_image(&*bench.repository, &Wanted::only(&snapshot), &bench.scratch.file("x"), &bench.clock, &JobCtx::detached());
    assert!(unnamed.unwrap_err().is("component-missing"));
}

#[test]
fn a_copy_goes_in_like_a_held_read_and_must_still_be_what_was_copied() {
    let bench = Bench::new();
    let (path, copy) = (bench.scratch.file("shop.db"), bench.scratch.file("copy.db"));
    shop(&path, 400, "delete");
    let stage = || held::stage(HeldRead::open(&path, &bench.clock).unwrap(), &copy, None, &JobCtx::detached()).unwrap();
    let staged = stage();
    let snapshot = bench.take_image(Image::Staged { path: copy.clone(), staged: staged.clone() }, &JobCtx::detached()).unwrap();
    assert_eq!(snapshot.manifest.components[0].sha256, staged.sha256);

    crate::bench::flip(&copy);
    let fault = bench.take_image(Image::Staged { path: copy.clone(), staged: staged.clone() }, &JobCtx::detached()).unwrap_err();
    assert!(fault.is("source-changed"), "{fault}");
    fs::File::options().write(true).open(&copy).unwrap().set_len(8192).unwrap();
    let fault = bench.take_image(Image::Staged { path: copy, staged }, &JobCtx::detached()).unwrap_err();
    assert!(fault.is("source-changed"), "{fault}");
    assert_plain(&fault);
    assert_eq!(bench.listed(), 1);
}

#[test]
fn a_cancelled_snapshot_is_none() {
    let bench = Bench::new();
    let path = bench.shop("shop.db", 8_000);
    let (_, ctx) = Canceller::ctx();
    let fault = bench.take_image(bench.held(&path), &ctx).unwrap_err();
    assert_eq!(fault.class, Class::Cancelled, "{fault}");
    assert_eq!(bench.listed(), 0);
    bench.take(&path).unwrap();
    assert!(bench.repository.check(true, &JobCtx::detached()).unwrap().findings.is_empty());
}

#[test]
fn an_unchanged_database_adds_next_to_nothing() {
    let bench = Bench::new();
    let path = bench.shop("shop.db", 8_000);
    let (first, second) = (bench.take(&path).unwrap(), bench.take(&path).unwrap());
    assert!(second.added.0 * 10 < first.added.0, "{:?} after {:?}", second.added, first.added);
    assert_eq!(first.manifest.cut_at, bench.clock.now());
}
