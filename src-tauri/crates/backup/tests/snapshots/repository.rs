//! The repository by itself.

use std::{
    fs, io,
    sync::mpsc::{Receiver, channel},
};

use quarterdeck_backup::{
    prove::prove,
    repository::{self, Affected, Owner},
    secret::Password,
};
use quarterdeck_model::{Clock, Fault, JobCtx};
use quarterdeck_testkit::{FixedClock, Scratch};

use crate::bench::{Bench, SmallDisk, assert_plain, file, flip};

/// Gives bytes, then does what it was told to do.
struct Reader {
    left: usize,
    then: Then,
}

type Then = Box<dyn FnMut() -> io::Result<usize> + Send>;

impl io::Read for Reader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = buffer.len().min(self.left);
        if count == 0 {
            return (self.then)();
        }
        buffer[..count].fill(u8::try_from(self.left % 251).unwrap());
        self.left -= count;
        Ok(count)
    }
}

#[test]
fn a_reader_that_fails_leaves_no_snapshot_and_its_own_fault_comes_back() {
    let bench = Bench::new();
    let whole = || file("/backup/RESTORE.md", 5, io::Cursor::new(b"whole"), &bench.clock);
    let ends: [(&str, Then); 4] = [
        ("damaged", Box::new(|| Err(io::Error::other(Fault::refused("damaged", "Page 7 of shop.db is damaged.").hint("Restore it."))))),
        ("source-unreadable", Box::new(|| Err(io::Error::from_raw_os_error(5)))),
        ("source-changed", Box::new(|| Ok(0))),
        ("source-changed", Box::new(|| Ok(1_000_000))),
    ];
    for (code, then) in ends {
        let broken = file("/backup/shop/base/main.db.base", 400_000, Reader { left: 300_000, then }, &bench.clock);
        let fault = bench.repository.add(vec![whole(), broken], &bench.note(), &bench.owner(), &JobCtx::detached()).unwrap_err();
        assert!(fault.is(code), "{fault} where {code} was expected");
        assert_plain(&fault);
    }
    assert_eq!(bench.listed(), 0);
}

#[test]
fn a_second_writer_is_refused_while_readers_go_on() {
    let bench = Bench::new();
    let (go, wait): (_, Receiver<()>) = channel();
    let (entered, inside) = channel();
    std::thread::scope(|scope| {
        let first = scope.spawn(|| {
            let then = Box::new(move || {
                entered.send(()).unwrap();
                wait.recv().unwrap();
                Ok(0)
            });
            let slow = file("/backup/slow", 100, Reader { left: 100, then }, &bench.clock);
            bench.repository.add(vec![slow], &bench.note(), &bench.owner(), &JobCtx::detached())
        });
        inside.recv().unwrap();
        let other = repository::open(&bench.folder, &bench.password).unwrap();
        let quick = file("/backup/quick", 1, io::Cursor::new(b"x"), &bench.clock);
        let owner = Owner { who: "bob".into(), since: bench.clock.now() + chrono::TimeDelta::minutes(3) };
        let fault = other.add(vec![quick], &bench.note(), &owner, &JobCtx::detached()).unwrap_err();
        assert!(fault.is("repository-busy") && fault.retry, "{fault}");
        assert!(fault.message.contains("ada") && fault.message.contains("3 min"), "{fault}");
        assert!(other.snapshots().unwrap().snapshots.is_empty());
        go.send(()).unwrap();
        first.join().unwrap().unwrap();
        assert_eq!(other.snapshots().unwrap().snapshots.len(), 1);
    });
}

#[test]
fn the_wrong_password_and_the_missing_repository_are_told_apart() {
    let bench = Bench::new();
    let wrong = repository::open(&bench.folder, &Password::generate().unwrap()).err().unwrap();
    assert!(wrong.is("wrong-key"), "{wrong}");
    assert_plain(&wrong);
    let never = repository::open(&bench.scratch.file("never"), &bench.password).err().unwrap();
    assert!(never.is("repository-missing"), "{never}");

    fs::rename(&bench.folder, bench.scratch.file("away")).unwrap();
    for fault in [bench.repository.snapshots().err(), bench.take(&bench.shop("shop.db", 10)).err(), bench.repository.keys().err()] {
        let fault = fault.unwrap();
        assert!(fault.is("repository-missing"), "{fault}");
        assert_plain(&fault);
    }
    // Not even the lock may make a folder that then looks like a repository.
    assert!(!bench.folder.exists());
}

#[test]
fn a_repository_is_made_only_where_nothing_is() {
    let bench = Bench::new();
    let create = |folder| repository::create(folder, &bench.password, &bench.owner()).err();
    assert!(create(&bench.folder).unwrap().is("repository-exists"));
    let full = bench.scratch.file("full");
    fs::create_dir(&full).unwrap();
    fs::write(full.join("letter.txt"), "dear").unwrap();
    let fault = create(&full).unwrap();
    assert!(fault.is("folder-not-empty") && fault.message.contains("letter.txt"), "{fault}");

    // Killed between the key and the configuration: the key belongs to nothing.
    let half = bench.scratch.file("half");
    repository::create(&half, &bench.password, &bench.owner()).unwrap();
    fs::remove_file(half.join("config")).unwrap();
    assert!(create(&half).is_none());
    assert_eq!(repository::open(&half, &bench.password).unwrap().keys().unwrap().len(), 1);
}

#[test]
fn a_damaged_entry_hides_no_other_snapshot() {
    let bench = Bench::new();
    let path = bench.shop("shop.db", 20);
    let (first, second) = (bench.take(&path).unwrap(), bench.take(&path).unwrap());
    flip(&bench.folder.join("snapshots").join(&first.id.0));
    let listing = bench.repository.snapshots().unwrap();
    assert_eq!(listing.unreadable, std::slice::from_ref(&first.id));
    assert_eq!(listing.snapshots[0].id, second.id);
    let condition = bench.repository.check(false, &JobCtx::detached()).unwrap();
    assert_eq!(condition.affected, [Affected { id: first.id, files: vec![] }]);
}

#[test]
fn a_full_disk_is_said_and_the_repository_stays_whole() {
    let scratch = Scratch::new();
    let disk = scratch.file("disk");
    let Some(mounted) = SmallDisk::mount(&disk, 4) else { return };
    let bench = Bench::at(scratch, disk.join("repository"));
    let _unmounted_before_the_folder_goes = mounted;
    let small = bench.take(&bench.shop("small.db", 100)).unwrap();
    let noise = std::iter::successors(Some(1_u64), |x| Some(x.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(99)));
    let noise: Vec<u8> = noise.take(6 << 20).map(|x| (x >> 56).to_le_bytes()[0]).collect();
    let large = file("/backup/large", noise.len() as u64, io::Cursor::new(noise), &bench.clock);
    let fault = bench.repository.add(vec![large], &bench.note(), &bench.owner(), &JobCtx::detached()).unwrap_err();
    assert!(fault.is("disk-full"), "{fault}");
    assert_plain(&fault);
    let listing = bench.repository.snapshots().unwrap();
    assert_eq!(listing.snapshots.iter().map(|stored| &stored.id).collect::<Vec<_>>(), [&small.id]);
    assert!(bench.repository.check(true, &JobCtx::detached()).unwrap().findings.is_empty());
}

#[test]
fn a_repository_that_cannot_be_written_can_still_be_read() {
    let scratch = Scratch::new();
    let disk = scratch.file("disk");
    let Some(mounted) = SmallDisk::mount(&disk, 8) else { return };
    let bench = Bench::at(scratch, disk.join("repository"));
    let unmounted_before_the_folder_goes = mounted;
    let path = bench.shop("shop.db", 100);
    let snapshot = bench.take(&path).unwrap();
    unmounted_before_the_folder_goes.close();

    let reopened = repository::open(&bench.folder, &bench.password).unwrap();
    prove(&*reopened, &snapshot, None, &bench.clock, &JobCtx::detached()).unwrap();
    let new = repository::create(&disk.join("new"), &bench.password, &bench.owner()).err();
    for fault in [bench.take(&path).err(), bench.repository.forget(&snapshot.id, &bench.owner()).err(), new] {
        let fault = fault.unwrap();
        assert!(fault.is("read-only"), "{fault}");
        assert_plain(&fault);
    }
}

#[test]
fn what_a_failed_snapshot_stored_is_not_stored_again() {
    let bench = Bench::new();
    let reader = |then| Reader { left: 300_000, then };
    let failing = Box::new(|| Err(io::Error::from_raw_os_error(5)));
    let add = |reader| {
        let file = file("/backup/file", 300_000, reader, &bench.clock);
        bench.repository.add(vec![file], &bench.note(), &bench.owner(), &JobCtx::detached())
    };
    assert!(add(reader(failing)).is_err());
    let again = add(reader(Box::new(|| Ok(0)))).unwrap();
    let fresh = Bench::new();
    let whole = file("/backup/file", 300_000, reader(Box::new(|| Ok(0))), &fresh.clock);
    let first = fresh.repository.add(vec![whole], &fresh.note(), &fresh.owner(), &JobCtx::detached()).unwrap();
    assert!(again.added < first.added, "{:?} after a failure, {:?} at once", again.added, first.added);
}

#[test]
fn reading_hands_back_the_fault_of_the_reader() {
    let bench = Bench::new();
    let snapshot = bench.take(&bench.shop("shop.db", 2_000)).unwrap();
    let mut pieces = 0;
    let mut sink = |_: &[u8]| {
        pieces += 1;
        if pieces == 2 { Err(Fault::failed("mine", "Mine.")) } else { Ok(()) }
    };
    let path = "/backup/shop/base/main.db.base";
    let fault = bench.repository.read_file(&snapshot.id, path, &mut sink, &JobCtx::detached()).unwrap_err();
    assert!(fault.is("mine"), "{fault}");
    let fault = bench.repository.file_size(&snapshot.id, "/backup/none").unwrap_err();
    assert!(fault.is("snapshot-incomplete"), "{fault}");
    assert_plain(&fault);
}

#[test]
fn a_clock_that_stands_still_is_enough() {
    // Repositories made at the same moment have different keys.
    let scratch = Scratch::new();
    let owner = Owner { who: "ada".into(), since: FixedClock::default().now() };
    let (one, two) = (Password::generate().unwrap(), Password::generate().unwrap());
    repository::create(&scratch.file("one"), &one, &owner).unwrap();
    repository::create(&scratch.file("two"), &two, &owner).unwrap();
    assert!(repository::open(&scratch.file("one"), &two).err().unwrap().is("wrong-key"));
}
