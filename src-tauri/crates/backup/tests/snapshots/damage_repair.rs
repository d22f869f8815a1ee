//! Mending damaged repositories: what is moved, what is saved, what heals, and what restic says of the result.

use std::{fs, path::Path, process::Command};

use quarterdeck_backup::{
    layout,
    prove::prove,
    repository::{Cure, Flow, LastRead, Reads, Survey, Trouble},
};
use quarterdeck_model::{Instant, JobCtx, snapshot::Snapshot};
use quarterdeck_testkit::Peer;

use crate::bench::{Bench, flip};

/// Reads everything again and surveys.
pub fn survey(bench: &Bench) -> Survey {
    let (mut reads, ctx) = (Reads::new(), JobCtx::detached());
    let packs: Vec<String> = bench.repository.packs().unwrap().into_iter().map(|pack| pack.id).collect();
    let mut note = |read: quarterdeck_backup::repository::PackRead| {
        reads.insert(read.pack, LastRead { at: Instant::UNIX_EPOCH, altered: read.altered, broken: read.broken.into_iter().collect() });
        Ok(Flow::On)
    };
    bench.repository.read_packs(&packs, &mut note, &ctx).unwrap();
    bench.repository.survey(&reads, &ctx).unwrap()
}

/// Everything that the survey found, as a repair wants it.
pub fn cure(survey: &Survey) -> Cure {
    let mut cure = Cure::default();
    for trouble in &survey.troubles {
        match trouble {
            Trouble::PackRotten { id, .. } | Trouble::PackCut { id, .. } => cure.packs.push(id.clone()),
            Trouble::IndexUnreadable { id } => cure.index.push(id.clone()),
            Trouble::SnapshotUnreadable { id } => cure.snapshots.push(id.clone()),
            _ => {}
        }
    }
    cure
}

fn restic_check(bench: &Bench) -> bool {
    let output = Command::new("restic")
        .env("RESTIC_PASSWORD", bench.password.expose())
        .args(["--no-cache", "check", "--read-data", "-r"])
        .arg(&bench.folder)
        .output()
        .unwrap();
    output.status.success()
}

fn is_sound(bench: &Bench, snapshot: &Snapshot) -> bool {
    prove(&*bench.repository, snapshot, None, &bench.clock, &JobCtx::detached()).is_ok()
}

/// Two snapshots of a shop whose orders changed in between.
fn two_snapshots(bench: &Bench) -> (std::path::PathBuf, Snapshot, Snapshot) {
    let path = bench.shop("shop.db", 4_000);
    let first = bench.take(&path).unwrap();
    Peer::open(&path).run("UPDATE orders SET cents = cents + 1 WHERE id > 3900;");
    let second = bench.take(&path).unwrap();
    (path, first, second)
}

#[test]
fn one_rotten_piece_costs_one_piece_and_the_next_snapshot_heals_the_old_ones() {
    let bench = Bench::new();
    let (path, first, second) = two_snapshots(&bench);
    let pack = bench.packs().remove(0);
    flip(&pack);
    assert!(!restic_check(&bench), "restic sees it too");
    let hurt = survey(&bench);
    assert!(matches!(hurt.troubles.as_slice(), [Trouble::PackRotten { broken: 1, .. }]), "{hurt:?}");
    assert_eq!(hurt.affected.iter().map(|affected| &affected.id).collect::<Vec<_>>().len(), 2, "{hurt:?}");
    let image = layout::image(&first.manifest.system, &first.manifest.components[0].name);
    assert!(hurt.affected.iter().all(|affected| affected.files == [image.clone()]), "{hurt:?}");

    let cured = bench.repository.repair(&cure(&hurt), &bench.owner(), &JobCtx::detached()).unwrap();
    assert_eq!((cured.lost, cured.moved.len()), (1, 1), "{cured:?}");
    assert!(cured.saved > 1 && !pack.exists());
    assert!(bench.folder.join("quarterdeck/damaged").join(&cured.moved[0]).exists());
    let between = survey(&bench);
    assert!(matches!(between.troubles.as_slice(), [Trouble::PiecesMissing { pieces: 1 }]), "{between:?}");
    assert_eq!(between.affected.len(), 2);

    let third = bench.take(&path).unwrap();
    let healed = survey(&bench);
    assert_eq!((&healed.troubles, healed.affected.len(), healed.intact.len()), (&vec![], 0, 3));
    assert!([&first, &second, &third].into_iter().all(|snapshot| is_sound(&bench, snapshot)));
    assert!(restic_check(&bench), "restic finds nothing to complain about");
}

#[test]
fn damage_between_the_pieces_costs_nothing_at_all() {
    let bench = Bench::new();
    let (_, first, second) = two_snapshots(&bench);
    let pack = bench.packs().remove(0);
    let mut bytes = fs::read(&pack).unwrap();
    let header = bytes.len() - 20;
    bytes[header] ^= 1;
    fs::write(&pack, bytes).unwrap();
    let found = survey(&bench);
    assert!(matches!(found.troubles.as_slice(), [Trouble::PackRotten { broken: 0, .. }]) && found.affected.is_empty(), "{found:?}");
    let cured = bench.repository.repair(&cure(&found), &bench.owner(), &JobCtx::detached()).unwrap();
    assert_eq!(cured.lost, 0);
    assert!(survey(&bench).troubles.is_empty() && restic_check(&bench));
    assert!(is_sound(&bench, &first) && is_sound(&bench, &second));
}

#[test]
fn a_cut_pack_a_lost_pack_and_an_unreadable_index_are_mended_as_far_as_anything_can() {
    for hurt in [
        |bench: &Bench| cut(&bench.packs()[0]),
        |bench: &Bench| fs::remove_file(&bench.packs()[0]).unwrap(),
        |bench: &Bench| {
            let index = fs::read_dir(bench.folder.join("index")).unwrap().next().unwrap().unwrap().path();
            flip(&index);
        },
    ] {
        let bench = Bench::new();
        let (path, ..) = two_snapshots(&bench);
        hurt(&bench);
        let found = survey(&bench);
        assert!(!found.troubles.is_empty() && !found.affected.is_empty());
        bench.repository.repair(&cure(&found), &bench.owner(), &JobCtx::detached()).unwrap();
        let newest = bench.take(&path).unwrap();
        let left = survey(&bench);
        assert!(left.intact.contains(&newest.id) && is_sound(&bench, &newest), "{left:?}");
        let only_missing = left.troubles.iter().all(|trouble| matches!(trouble, Trouble::PiecesMissing { .. }));
        assert!(only_missing, "what is left is only what nothing can bring back: {left:?}");
        assert_eq!(left.troubles.is_empty(), left.affected.is_empty());
        assert_eq!(restic_check(&bench), left.affected.is_empty(), "restic says the same");
    }
}

fn cut(path: &Path) {
    let bytes = fs::read(path).unwrap();
    fs::write(path, &bytes[..bytes.len() / 2]).unwrap();
}

#[test]
fn an_unreadable_entry_is_moved_aside_and_takes_nothing_with_it() {
    let bench = Bench::new();
    let (_, first, second) = two_snapshots(&bench);
    flip(&bench.folder.join("snapshots").join(&first.id.0));
    let found = survey(&bench);
    assert_eq!(found.affected.iter().map(|affected| &affected.id).collect::<Vec<_>>(), [&first.id]);
    let cured = bench.repository.repair(&cure(&found), &bench.owner(), &JobCtx::detached()).unwrap();
    assert_eq!(cured.moved, [format!("snapshots/{}", first.id)]);
    assert!(survey(&bench).troubles.is_empty() && restic_check(&bench) && is_sound(&bench, &second));
}

#[test]
fn what_is_sound_is_left_where_it_is() {
    let bench = Bench::new();
    two_snapshots(&bench);
    let everything = Cure {
        packs: bench.repository.packs().unwrap().into_iter().map(|pack| pack.id).collect(),
        snapshots: bench.repository.snapshots().unwrap().snapshots.into_iter().map(|snapshot| snapshot.id.0).collect(),
        ..Cure::default()
    };
    let cured = bench.repository.repair(&everything, &bench.owner(), &JobCtx::detached()).unwrap();
    assert_eq!((cured.moved, cured.saved, cured.lost), (vec![], 0, 0));
    assert!(survey(&bench).troubles.is_empty());
}

#[test]
fn a_lock_that_restic_left_is_told_with_its_owner_and_moved_once_its_process_has_ended() {
    let bench = Bench::new();
    two_snapshots(&bench);
    // It keeps its lock as long as its input does not end.
    let mut restic = Command::new("restic")
        .env("RESTIC_PASSWORD", bench.password.expose())
        .args(["--no-cache", "backup", "--stdin", "-r"])
        .arg(&bench.folder)
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let host = fs::read_to_string("/proc/sys/kernel/hostname").unwrap().trim().to_owned();
    let mut alive = Vec::new();
    while alive.is_empty() && restic.try_wait().unwrap().is_none() {
        alive = bench.repository.locks(&host).unwrap();
    }
    restic.kill().unwrap();
    restic.wait().unwrap();
    let [lock] = alive.as_slice() else { panic!("one lock, not {alive:?}") };
    assert!(lock.restic.is_some() && lock.pid == restic.id() && !lock.dead && lock.host == host, "{lock:?}");
    let left = bench.repository.locks(&host).unwrap();
    assert!(left[0].dead, "{left:?}");
    assert!(!bench.repository.locks("another-host").unwrap()[0].dead, "on another host nobody can tell");
    let cure = Cure { locks: vec![left[0].restic.clone().unwrap()], ..Cure::default() };
    bench.repository.repair(&cure, &bench.owner(), &JobCtx::detached()).unwrap();
    assert!(bench.repository.locks(&host).unwrap().is_empty() && restic_check(&bench));
}

fn signal(process: &std::process::Child, name: &str) {
    // One that has ended by itself needs none.
    let _ = Command::new("kill").args([name, &process.id().to_string()]).status().unwrap();
}

/// restic, stopped while it holds an exclusive lock. A check of so small a repository may be over before it can be stopped.
fn restic_alone(bench: &Bench) -> (std::process::Child, Vec<quarterdeck_backup::repository::Lock>) {
    loop {
        let mut restic = Command::new("restic")
            .env("RESTIC_PASSWORD", bench.password.expose())
            .args(["--no-cache", "check", "--read-data", "-r"])
            .arg(&bench.folder)
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap();
        while bench.repository.locks("").unwrap().is_empty() && restic.try_wait().unwrap().is_none() {}
        signal(&restic, "-STOP");
        let held = bench.repository.locks("").unwrap();
        if !held.is_empty() {
            return (restic, held);
        }
        signal(&restic, "-CONT");
        restic.wait().unwrap();
    }
}

#[test]
fn nobody_writes_while_restic_works_alone() {
    let bench = Bench::new();
    let (path, ..) = two_snapshots(&bench);
    let (mut restic, held) = restic_alone(&bench);
    let lock = &held[0];
    // The bench's clock stands still: the lock is as old as restic says.
    let now = quarterdeck_backup::repository::Owner { who: "ada".into(), since: lock.since };
    let fault = bench.repository.forget(&bench.repository.snapshots().unwrap().snapshots[0].id, &now).unwrap_err();
    assert!(lock.exclusive && fault.is("repository-busy") && fault.retry && fault.message.contains(&lock.pid.to_string()), "{fault}");
    signal(&restic, "-CONT");
    assert!(restic.wait().unwrap().success());
    bench.take(&path).unwrap();
}

#[test]
fn a_rotten_key_of_somebody_else_keeps_nobody_out_and_a_removed_one_has_no_copy() {
    let bench = Bench::new();
    let (path, ..) = two_snapshots(&bench);
    let other = bench.repository.add_key(&quarterdeck_backup::secret::Password::from_text("another one").unwrap(), &bench.owner()).unwrap();
    bench.take(&path).unwrap();
    let (file, copy) = (bench.folder.join("keys").join(&other), bench.folder.join("quarterdeck/spare/keys").join(&other));
    assert_eq!(fs::read(&file).unwrap(), fs::read(&copy).unwrap());
    fs::write(&file, b"{").unwrap();
    quarterdeck_backup::repository::open(&bench.folder, &bench.password).unwrap();
    assert!(matches!(survey(&bench).troubles.as_slice(), [Trouble::KeyAltered { current: false, spare: true, .. }]));
    let keys = Cure { keys: vec![other.clone()], ..Cure::default() };
    let cured = bench.repository.repair(&keys, &bench.owner(), &JobCtx::detached()).unwrap();
    assert_eq!((cured.put_back, cured.moved), (vec![format!("keys/{other}")], vec![format!("keys/{other}")]));
    assert!(survey(&bench).troubles.is_empty() && restic_check(&bench));
    fs::remove_file(&file).unwrap();
    bench.take(&path).unwrap();
    assert!(!copy.exists(), "a key that was removed opens nothing any more");
}
