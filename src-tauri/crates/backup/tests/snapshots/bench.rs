//! A repository, a database, a clock that stands still.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use quarterdeck_backup::{
    directory::Cut,
    merge::MergedPart,
    repository::{self, Content, Note, Owner, Repository, SourceFile},
    secret::Password,
    take::{self, Component, Image, Parent, Request, Taken},
};
use quarterdeck_model::{
    CancelToken, Clock, Digest, Fault, JobCtx, Outcome,
    job::{Listener, Progress},
    snapshot::{Reason, Snapshot},
};
use quarterdeck_sqlite::held::HeldRead;
use quarterdeck_testkit::{FixedClock, Scratch, shop};

pub struct Bench {
    pub scratch: Scratch,
    pub folder: PathBuf,
    pub password: Password,
    pub repository: Box<dyn Repository>,
    pub clock: FixedClock,
}

impl Bench {
    pub fn new() -> Self {
        let scratch = Scratch::new();
        let folder = scratch.file("repository");
        Self::at(scratch, folder)
    }

    pub fn at(scratch: Scratch, folder: PathBuf) -> Self {
        let (password, clock) = (Password::generate().unwrap(), FixedClock::default());
        let owner = Owner { who: "ada".into(), since: clock.now() };
        let repository = repository::create(&folder, &password, &owner).unwrap();
        Self { scratch, folder, password, repository, clock }
    }

    /// A shop in WAL mode.
    pub fn shop(&self, name: &str, rows: u32) -> PathBuf {
        let path = self.scratch.file(name);
        shop(&path, rows, "wal");
        path
    }

    pub fn owner(&self) -> Owner {
        Owner { who: "ada".into(), since: self.clock.now() }
    }

    pub fn note(&self) -> Note {
        Note { host: "db1".into(), who: "ada".into(), tool: "quarterdeck test".into(), label: None, tags: vec![], time: self.clock.now() }
    }

    pub fn held(&self, path: &Path) -> Image {
        Image::Held(HeldRead::open(path, &self.clock).unwrap())
    }

    pub fn take(&self, path: &Path) -> Outcome<Snapshot> {
        self.take_image(self.held(path), &JobCtx::detached())
    }

    pub fn take_image(&self, image: Image, ctx: &JobCtx) -> Outcome<Snapshot> {
        self.take_all(vec![self.component(image, None)], ctx)
    }

    pub fn component(&self, image: Image, parent: Option<Parent>) -> Component {
        Component { id: "c1".into(), name: "main".parse().unwrap(), file: "shop.db".into(), image, parent }
    }

    pub fn take_all(&self, components: Vec<Component>, ctx: &JobCtx) -> Outcome<Snapshot> {
        self.taken(components, Vec::new(), ctx).map(|taken| taken.snapshot)
    }

    pub fn taken(&self, components: Vec<Component>, merged: Vec<MergedPart>, ctx: &JobCtx) -> Outcome<Taken> {
        self.taken_with(components, Vec::new(), merged, ctx)
    }

    pub fn taken_with(&self, components: Vec<Component>, directories: Vec<Cut>, merged: Vec<MergedPart>, ctx: &JobCtx) -> Outcome<Taken> {
        let request = Request {
            system: "shop".parse().unwrap(),
            host: "db1".into(),
            who: "ada".into(),
            label: Some("before the sale".into()),
            reason: Reason::Manual,
            audit_head: Some(Digest::of(b"head")),
            tool: "quarterdeck test".into(),
            components,
            directories,
            scratch: self.scratch.file("spool"),
            merged,
        };
        take::take(&*self.repository, request, &self.clock, ctx)
    }

    /// The next snapshot of the only component.
    pub fn follow(&self, image: Image, parent: Option<Parent>) -> Outcome<Taken> {
        self.taken(vec![self.component(image, parent)], Vec::new(), &JobCtx::detached())
    }

    pub fn listed(&self) -> usize {
        self.repository.snapshots().unwrap().snapshots.len()
    }

    /// The pack files, largest first.
    pub fn packs(&self) -> Vec<PathBuf> {
        let mut packs: Vec<PathBuf> = fs::read_dir(self.folder.join("data"))
            .unwrap()
            .flat_map(|folder| fs::read_dir(folder.unwrap().path()).unwrap())
            .map(|entry| entry.unwrap().path())
            .collect();
        packs.sort_by_key(|path| std::cmp::Reverse(fs::metadata(path).unwrap().len()));
        packs
    }
}

/// A snapshot as the parent of the next one.
pub fn parent(taken: &Taken) -> Parent {
    let component = taken.snapshot.manifest.components[0].clone();
    let index = taken.indexes.iter().find(|index| index.head.component == component.id).cloned();
    Parent { snapshot: taken.snapshot.id.clone(), component, index }
}

/// One file for the repository.
pub fn file(path: &str, size: u64, reader: impl std::io::Read + Send + 'static, clock: &FixedClock) -> SourceFile {
    SourceFile { path: path.into(), size, modified: clock.now(), content: Content::Stream(Box::new(reader)) }
}

/// Turns a bit in the middle of a file.
pub fn flip(path: &Path) {
    let mut bytes = fs::read(path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(path, bytes).unwrap();
}

/// What every fault must be, whatever the library says: one sentence and one hint, no lines of a backtrace.
pub fn assert_plain(fault: &Fault) {
    let text = format!("{fault} {:?}", fault.facts);
    assert!(!text.contains("\\n") && !text.contains('\n') && !text.to_lowercase().contains("backtrace"), "{text}");
    assert!(fault.message.ends_with('.') && !fault.hint.is_empty(), "{text}");
}

/// Cancels once the work has come half way, and remembers the phases.
#[derive(Default)]
pub struct Canceller {
    pub token: CancelToken,
    pub phases: Mutex<Vec<String>>,
}

impl Canceller {
    pub fn ctx() -> (Arc<Self>, JobCtx) {
        let canceller = Arc::new(Self::default());
        let ctx = JobCtx::new(canceller.clone(), canceller.token.clone());
        (canceller, ctx)
    }
}

impl Listener for Canceller {
    fn phase(&self, name: &str) {
        self.phases.lock().unwrap().push(name.to_owned());
    }

    fn progress(&self, progress: Progress) {
        if progress.total.is_some_and(|total| progress.done.0 * 2 > total.0) {
            self.token.cancel();
        }
    }
}

/// A small file system of its own, or `None` where this machine does not let us make one.
pub struct SmallDisk(PathBuf);

impl SmallDisk {
    #[allow(clippy::print_stderr)] // a skip has a name
    pub fn mount(at: &Path, megabytes: u32) -> Option<Self> {
        fs::create_dir_all(at).unwrap();
        let size = format!("size={megabytes}m");
        let mounted = std::process::Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(at).output();
        if mounted.is_ok_and(|output| output.status.success()) {
            return Some(Self(at.to_owned()));
        }
        eprintln!("skipped: a full disk needs the right to mount a tmpfs");
        None
    }
}

impl SmallDisk {
    /// From here on nobody can write to it.
    pub fn close(&self) {
        let closed = std::process::Command::new("mount").args(["-o", "remount,ro"]).arg(&self.0).status();
        assert!(closed.unwrap().success());
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = std::process::Command::new("umount").arg(&self.0).status();
    }
}
