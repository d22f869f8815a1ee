//! Directories in real repositories: while somebody writes to them, with everything that a folder can hold, and back out again.

use std::{
    collections::BTreeMap,
    ffi::OsStr,
    fs,
    io::Read,
    os::unix::{
        ffi::OsStrExt,
        fs::{MetadataExt, PermissionsExt, symlink},
        net::UnixListener,
    },
    path::{Path, PathBuf},
    process::{Child, Command},
    time::Duration,
};

use quarterdeck_backup::{
    directory::{self, Cut, Directory},
    manifest, prove,
    repository::{Content, SourceFile},
    restore::{Wanted, restore_to_new_file},
    take::{self, Image},
};
use quarterdeck_model::{
    Bytes, Clock, Instant, JobCtx, Millis, Outcome, SystemClock,
    snapshot::{Level, Manifest, ManifestDirectory, Reason, Snapshot, SnapshotId},
};
use quarterdeck_sqlite::{
    held::{self, HeldRead},
    open,
};
use quarterdeck_testkit::{museum, shop};

use crate::bench::Bench;

/// The machine's clock, by a minute ahead: as if everything had been at rest for a while.
struct Ahead;

impl Clock for Ahead {
    fn now(&self) -> Instant {
        SystemClock.now() + Duration::from_secs(60)
    }
}

fn cut(path: &Path, leave_out: &[PathBuf]) -> Outcome<Cut> {
    let directory = Directory { id: "d1".into(), name: "files".parse().unwrap(), path: path.to_owned() };
    directory::cut(&"shop".parse().unwrap(), &directory, leave_out, &Ahead, &JobCtx::detached())
}

/// A snapshot of nothing but the directory.
fn store(bench: &Bench, cut: Cut) -> Outcome<Snapshot> {
    bench.taken_with(vec![], vec![cut], vec![], &JobCtx::detached()).map(|taken| taken.snapshot)
}

fn snapshot(bench: &Bench, id: SnapshotId, directory: ManifestDirectory) -> Snapshot {
    let manifest = Manifest {
        format: 2,
        tool: "quarterdeck test".into(),
        system: "shop".parse().unwrap(),
        host: "db1".into(),
        who: "ada".into(),
        reason: Reason::Manual,
        label: None,
        audit_head: None,
        cut_at: bench.clock.now(),
        skew: Millis(0),
        components: vec![],
        directories: vec![directory],
    };
    Snapshot { id, manifest, levels: vec![], added: Bytes(0), pinned_until: None, affected: None, pin: None }
}

fn restore(bench: &Bench, snapshot: &Snapshot, to: &Path) -> Outcome<directory::FetchedDirectory> {
    let name = "files".parse().unwrap();
    directory::restore_directory(&*bench.repository, snapshot, &name, to, &bench.clock, &JobCtx::detached())
}

/// Everything below a folder: what it is, its permissions and time, its content.
fn state(root: &Path) -> BTreeMap<PathBuf, (String, u32, i64, Vec<u8>)> {
    let mut found = BTreeMap::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let metadata = path.symlink_metadata().unwrap();
            let below = path.strip_prefix(root).unwrap().to_owned();
            let (mode, time) = (metadata.mode() & 0o777, metadata.mtime());
            let seen = match metadata.file_type() {
                kind if kind.is_symlink() => ("link".into(), 0, 0, fs::read_link(&path).unwrap().as_os_str().as_bytes().to_owned()),
                kind if kind.is_dir() => ("folder".into(), mode, time, vec![]),
                kind if kind.is_file() => ("file".into(), mode, time, fs::read(&path).unwrap()),
                _ => ("other".into(), mode, time, vec![]),
            };
            if metadata.is_dir() {
                folders.push(path);
            }
            found.insert(below, seen);
        }
    }
    found
}

/// A folder with one of everything.
fn colourful(bench: &Bench) -> PathBuf {
    let root = bench.scratch.file("files");
    fs::create_dir_all(root.join("a/b")).unwrap();
    fs::create_dir(root.join("empty")).unwrap();
    fs::write(root.join("a.txt"), "sorts between a and a/b").unwrap();
    // Bytes that no compression makes small.
    let noise = (0_u64..300_000).map(|at| (at.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40).to_le_bytes()[0] ^ (at % 251).to_le_bytes()[0]);
    fs::write(root.join("a/b/large"), noise.collect::<Vec<_>>()).unwrap();
    fs::write(root.join("a/nothing"), "").unwrap();
    fs::write(root.join(OsStr::from_bytes(b"caf\xe9 \"\\ \n")), "bytes").unwrap();
    fs::write(root.join("script"), "#!/bin/sh\n").unwrap();
    fs::set_permissions(root.join("script"), fs::Permissions::from_mode(0o4755)).unwrap();
    fs::set_permissions(root.join("a/b"), fs::Permissions::from_mode(0o555)).unwrap();
    symlink("/etc/hostname", root.join("absolute")).unwrap();
    symlink("../../elsewhere", root.join("a/outside")).unwrap();
    symlink("nowhere", root.join("dangling")).unwrap();
    let old = fs::File::options().write(true).open(root.join("a.txt")).unwrap();
    old.set_modified(std::time::UNIX_EPOCH + Duration::from_secs(1_000_000)).unwrap();
    root
}

#[test]
fn what_comes_back_is_what_was_there() {
    let bench = Bench::new();
    let root = colourful(&bench);
    let expected = state(&root);
    let cut = cut(&root, &[]).unwrap();
    assert!(cut.manifest.consistent && cut.findings.is_empty() && cut.manifest.left_out.is_empty());
    assert_eq!((cut.manifest.files.0, cut.manifest.size.0), (5, 300_000 + 23 + 5 + 10));
    let snapshot = store(&bench, cut).unwrap();
    let to = bench.scratch.file("restored");
    let fetched = restore(&bench, &snapshot, &to).unwrap();
    assert_eq!((fetched.files, fetched.size), (snapshot.manifest.directories[0].files, snapshot.manifest.directories[0].size));
    assert_eq!(state(&to), expected);
    assert_eq!(to.metadata().unwrap().mode() & 0o777, 0o700);
    assert!(restore(&bench, &snapshot, &to).unwrap_err().is("target-exists"));
    assert_eq!(state(&to).len(), state(&root).len());
    assert!(!bench.scratch.names().iter().any(|name| name.contains("part")));
}

#[test]
fn restic_restores_the_same() {
    let bench = Bench::new();
    let root = colourful(&bench);
    store(&bench, cut(&root, &[]).unwrap()).unwrap();
    let (target, password) = (bench.scratch.file("by-restic"), bench.scratch.file("password"));
    bench.password.write(&password).unwrap();
    let restic = |words: &[&str]| {
        let output =
            Command::new("restic").arg("-r").arg(&bench.folder).arg("--no-cache").arg("-p").arg(&password).args(words).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    restic(&["restore", "latest", "--target", target.to_str().unwrap()]);
    restic(&["check", "--read-data"]);
    assert_eq!(state(&target.join("backup/shop/dir/files")), state(&root));
}

#[test]
fn sockets_and_pipes_are_named_and_links_are_not_followed() {
    let bench = Bench::new();
    let root = bench.scratch.file("files");
    fs::create_dir(&root).unwrap();
    let _listener = UnixListener::bind(root.join("control.sock")).unwrap();
    assert!(Command::new("mkfifo").arg(root.join("queue")).status().unwrap().success());
    fs::create_dir(bench.scratch.file("outside")).unwrap();
    fs::write(bench.scratch.file("outside/secret"), "not yours").unwrap();
    symlink(bench.scratch.file("outside"), root.join("way-out")).unwrap();
    let cut = cut(&root, &[]).unwrap();
    assert_eq!(cut.manifest.left_out, ["control.sock (a socket)", "queue (a pipe)"]);
    assert_eq!(cut.manifest.files.0, 0);
    let snapshot = store(&bench, cut).unwrap();
    let to = bench.scratch.file("restored");
    restore(&bench, &snapshot, &to).unwrap();
    assert_eq!(state(&to).keys().collect::<Vec<_>>(), [Path::new("way-out")]);
}

#[test]
fn databases_that_are_components_are_left_out_and_others_are_named() {
    let bench = Bench::new();
    let root = bench.scratch.file("files");
    fs::create_dir(&root).unwrap();
    museum::leftover_wal(&root.join("shop.db"));
    shop(&root.join("other.sqlite"), 20, "delete");
    fs::write(root.join("shop.db-journal"), "").unwrap();
    fs::write(root.join("shop.db-walrus"), "not a sidecar").unwrap();
    let link = bench.scratch.file("link.db");
    symlink(root.join("shop.db"), &link).unwrap();
    fs::create_dir(root.join("repository")).unwrap();
    fs::write(root.join("repository/config"), "x").unwrap();
    let cut = cut(&root, &[link, root.join("repository")]).unwrap();
    let names: Vec<_> = cut.files.iter().map(|file| file.path.file_name().unwrap().to_string_lossy().into_owned()).collect();
    assert_eq!(names, ["files", "other.sqlite", "shop.db-walrus"]);
    assert_eq!(cut.manifest.databases, ["other.sqlite"]);
    assert!(cut.manifest.left_out.iter().any(|name| name.starts_with("shop.db-wal (")), "{:?}", cut.manifest.left_out);
    assert!(cut.findings[0].what.contains("other.sqlite"), "{:?}", cut.findings);
}

#[test]
fn what_may_not_be_read_is_named_and_never_missing_in_silence() {
    let bench = Bench::new();
    let root = bench.scratch.file("files");
    fs::create_dir(&root).unwrap();
    fs::write(root.join("readable"), "x").unwrap();
    shop(&root.join("busy.db"), 20, "delete");
    // Closing a plain descriptor would drop the locks of this connection.
    let _ours = open::read(&root.join("busy.db")).unwrap();
    let taken = cut(&root, &[]).unwrap();
    assert_eq!(taken.manifest.left_out, ["busy.db (this process has it open as a database)"]);
    assert!(taken.findings[0].what.contains("could not be read"), "{:?}", taken.findings);
    assert_eq!(taken.manifest.files.0, 1);
    assert!(cut(&bench.scratch.file("gone"), &[]).map(|_| ()).unwrap_err().is("file-missing"));
    assert!(cut(&root.join("readable"), &[]).is_err(), "a file is no directory");
}

#[test]
fn what_is_removed_after_the_cut_is_still_read_and_what_is_changed_is_said() {
    let bench = Bench::new();
    let root = bench.scratch.file("files");
    fs::create_dir(&root).unwrap();
    for name in ["gone", "grown", "kept"] {
        fs::write(root.join(name), name).unwrap();
    }
    let taken = cut(&root, &[]).unwrap();
    assert!(taken.manifest.consistent);
    fs::remove_file(root.join("gone")).unwrap();
    fs::write(root.join("grown"), "grown by much").unwrap();
    let snapshot = store(&bench, taken).unwrap();
    let manifest = &snapshot.manifest.directories[0];
    assert_eq!((manifest.consistent, manifest.moved.as_slice()), (false, ["grown".to_owned()].as_slice()));
    assert!(directory::inconsistent(manifest).unwrap().what.contains("(grown)"));
    let to = bench.scratch.file("restored");
    restore(&bench, &snapshot, &to).unwrap();
    assert_eq!(fs::read(to.join("gone")).unwrap(), b"gone");
    // One that became shorter cannot give the bytes that were announced: there is no snapshot, and it may be tried again.
    let taken = cut(&root, &[]).unwrap();
    fs::write(root.join("grown"), "").unwrap();
    let fault = store(&bench, taken).unwrap_err();
    assert!(fault.is("source-changed") && fault.retry, "{fault}");
    assert_eq!(bench.repository.snapshots().unwrap().snapshots.len(), 1);
}

/// A process that writes until it is dropped.
struct Writer(Child);

impl Writer {
    fn start(root: &Path, script: &str) -> Self {
        Self(Command::new("sh").arg("-c").arg(script).current_dir(root).spawn().unwrap())
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn an_index_of_segments_that_never_change_is_consistent_while_it_is_written() {
    let bench = Bench::new();
    let root = bench.scratch.file("files");
    fs::create_dir(&root).unwrap();
    // As search indexes do: a new segment, then the list of segments by rename, then old segments go.
    let script =
        "n=0; while :; do n=$((n+1)); echo content $n > seg-$n; echo $n > meta.new; mv meta.new meta; rm -f seg-$((n-1)); sleep 0.03; done";
    let writer = Writer::start(&root, script);
    while !root.join("meta").exists() {
        std::thread::yield_now();
    }
    let mut consistent = 0;
    for round in 0..40 {
        let Ok(snapshot) = store(&bench, cut(&root, &[]).unwrap()) else { continue };
        let to = bench.scratch.file(format!("restored-{round}"));
        restore(&bench, &snapshot, &to).unwrap();
        if snapshot.manifest.directories[0].consistent {
            consistent += 1;
            let newest = fs::read_to_string(to.join("meta")).unwrap();
            let segment = fs::read_to_string(to.join(format!("seg-{}", newest.trim()))).unwrap();
            assert_eq!(segment, format!("content {newest}"));
        } else {
            assert!(!snapshot.manifest.directories[0].moved.is_empty());
        }
    }
    drop(writer);
    assert!(consistent > 0, "some of forty cuts fall between two commits");
}

#[test]
fn a_file_that_is_written_all_the_time_is_never_called_consistent() {
    let bench = Bench::new();
    let root = bench.scratch.file("files");
    fs::create_dir(&root).unwrap();
    let writer = Writer::start(&root, "n=0; while :; do n=$((n+1)); echo line $n >> log; done");
    while !root.join("log").exists() {
        std::thread::yield_now();
    }
    for round in 0..10 {
        let before = fs::metadata(root.join("log")).unwrap().len();
        let snapshot = store(&bench, cut(&root, &[]).unwrap()).unwrap();
        let manifest = &snapshot.manifest.directories[0];
        let to = bench.scratch.file(format!("restored-{round}"));
        restore(&bench, &snapshot, &to).unwrap();
        let text = fs::read(to.join("log")).unwrap();
        assert!(text.len() as u64 >= before && text.starts_with(b"line 1\nline 2\n"));
        if fs::metadata(root.join("log")).unwrap().len() > text.len() as u64 && !manifest.consistent {
            assert_eq!(manifest.moved, ["log"]);
        }
    }
    drop(writer);
    assert!(cut(&root, &[]).unwrap().manifest.consistent, "once nobody writes");
}

#[test]
fn ten_thousand_small_files_come_back() {
    let bench = Bench::new();
    let root = bench.scratch.file("files");
    for folder in 0..10 {
        fs::create_dir_all(root.join(format!("{folder}"))).unwrap();
        for file in 0..1000 {
            fs::write(root.join(format!("{folder}/{file}")), format!("{folder} {file}")).unwrap();
        }
    }
    let cut = cut(&root, &[]).unwrap();
    assert_eq!((cut.manifest.files.0, cut.manifest.consistent), (10_000, true));
    let snapshot = store(&bench, cut).unwrap();
    let to = bench.scratch.file("restored");
    assert_eq!(restore(&bench, &snapshot, &to).unwrap().files.0, 10_000);
    assert_eq!(state(&to), state(&root));
}

/// Fails the snapshot when it is read.
struct Forbidden;

impl Read for Forbidden {
    fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
        Err(std::io::Error::other("it was read"))
    }
}

#[test]
fn unchanged_files_are_taken_over_unread_and_files_that_were_touched_just_now_are_read() {
    let bench = Bench::new();
    let root = bench.scratch.file("files");
    fs::create_dir(&root).unwrap();
    fs::write(root.join("old"), vec![1; 100_000]).unwrap();
    let anchor = |content| SourceFile { path: "/backup/shop/anchor".into(), size: 1, modified: bench.clock.now(), content };
    let add = |mut files: Vec<SourceFile>, content| {
        files.push(anchor(content));
        bench.repository.add(files, &bench.note(), &bench.owner(), &JobCtx::detached()).map(|added| added.id)
    };
    let first = add(cut(&root, &[]).unwrap().files, Content::Stream(Box::new(&b"x"[..]))).unwrap();
    let unread = |files: Vec<SourceFile>| {
        let forbid = |file: SourceFile| match file.content {
            Content::Found(about, _) => SourceFile { content: Content::Found(about, Box::new(Forbidden)), ..file },
            _ => file,
        };
        files.into_iter().map(forbid).collect::<Vec<_>>()
    };
    let second = add(unread(cut(&root, &[]).unwrap().files), Content::Same(first.clone())).unwrap();
    let manifest = cut(&root, &[]).unwrap().manifest;
    let to = bench.scratch.file("restored");
    restore(&bench, &snapshot(&bench, second.clone(), manifest), &to).unwrap();
    assert_eq!(state(&to), state(&root));
    // With the machine's own clock the file is younger than two seconds.
    let directory = Directory { id: "d1".into(), name: "files".parse().unwrap(), path: root.clone() };
    fs::write(root.join("old"), vec![2; 100_000]).unwrap();
    let young = directory::cut(&"shop".parse().unwrap(), &directory, &[], &SystemClock, &JobCtx::detached()).unwrap();
    let fault = add(unread(young.files), Content::Same(second)).unwrap_err();
    assert!(fault.message.contains("it was read"), "{fault}");
}

#[test]
fn databases_and_directories_of_one_snapshot_are_restored_one_by_one_and_their_distance_is_recorded() {
    let bench = Bench::new();
    let paths: Vec<PathBuf> = ["main", "audit"].iter().map(|name| bench.shop(&format!("{name}.db"), 100)).collect();
    let root = colourful(&bench);
    let held = held::barrier(&paths, &bench.clock, &mut || {}).unwrap();
    let component = |(held, name): (HeldRead, &str)| take::Component {
        id: name.into(),
        name: name.parse().unwrap(),
        file: format!("{name}.db"),
        image: Image::Held(held),
        parent: None,
    };
    let components = held.into_iter().zip(["main", "audit"]).map(component).collect();
    bench.clock.advance(Duration::from_millis(250));
    let directory = Directory { id: "d1".into(), name: "files".parse().unwrap(), path: root.clone() };
    let cut = directory::cut(&"shop".parse().unwrap(), &directory, &paths, &bench.clock, &JobCtx::detached()).unwrap();
    let taken = bench.taken_with(components, vec![cut], vec![], &JobCtx::detached()).unwrap();
    let snapshot = taken.snapshot;
    assert!(taken.findings.is_empty(), "{:?}", taken.findings);
    assert_eq!((snapshot.manifest.format, snapshot.manifest.skew), (2, Millis(250)));
    let read = manifest::read(&*bench.repository, &snapshot.id, &"shop".parse().unwrap(), &JobCtx::detached()).unwrap();
    assert_eq!(read, snapshot.manifest);
    let proof = prove::prove(&*bench.repository, &snapshot, Some(&bench.scratch.path()), &bench.clock, &JobCtx::detached()).unwrap();
    assert_eq!(proof.levels.last().unwrap().level, Level::DataMatches);
    // Each alone, whatever the others are.
    for (name, path) in ["main", "audit"].iter().zip(&paths) {
        let (to, name) = (bench.scratch.file(format!("{name}-restored.db")), name.parse().unwrap());
        let wanted = Wanted { component: Some(&name), ..Wanted::only(&snapshot) };
        restore_to_new_file(&*bench.repository, &wanted, &to, &bench.clock, &JobCtx::detached()).unwrap();
        assert!(fs::read(&to).unwrap() == fs::read(path).unwrap());
    }
    let to = bench.scratch.file("files-restored");
    restore(&bench, &snapshot, &to).unwrap();
    assert_eq!(state(&to), state(&root));
    let missing = directory::restore_directory(
        &*bench.repository,
        &snapshot,
        &"main".parse().unwrap(),
        &bench.scratch.file("no"),
        &bench.clock,
        &JobCtx::detached(),
    );
    assert!(missing.unwrap_err().is("component-missing"), "a database is no directory");
}

#[test]
fn a_snapshot_that_lacks_a_file_of_a_directory_is_not_proved() {
    let bench = Bench::new();
    let root = colourful(&bench);
    let mut snapshot = store(&bench, cut(&root, &[]).unwrap()).unwrap();
    let prove = |snapshot: &Snapshot| prove::prove(&*bench.repository, snapshot, None, &bench.clock, &JobCtx::detached());
    prove(&snapshot).unwrap();
    snapshot.manifest.directories[0].files.0 += 1;
    let to = bench.scratch.file("restored");
    assert!(restore(&bench, &snapshot, &to).unwrap_err().is("snapshot-incomplete"));
    assert!(!to.exists() && !bench.scratch.names().iter().any(|name| name.contains("part")), "nothing is left of it");
    snapshot.manifest.directories[0].files.0 -= 1;
    // The largest pack holds the content.
    let pack = bench.packs().remove(0);
    let mut bytes = fs::read(&pack).unwrap();
    let middle = bytes.len() / 3;
    bytes[middle] ^= 1;
    fs::set_permissions(&pack, fs::Permissions::from_mode(0o600)).unwrap();
    fs::write(&pack, bytes).unwrap();
    let fault = prove(&snapshot).unwrap_err();
    assert!(fault.is("snapshot-damaged"), "{fault}");
    assert!(restore(&bench, &snapshot, &to).unwrap_err().is("snapshot-damaged"));
    assert!(!to.exists());
}
