//! Random images in a random history, against what they were.

use std::{collections::BTreeMap, fs};

use proptest::{prelude::*, test_runner::Config};
use quarterdeck_backup::{
    chain::Merge,
    merge,
    prove::prove,
    take::{Image, Parent, Taken},
};
use quarterdeck_model::{Clock, Digest, JobCtx, snapshot::SnapshotId};
use quarterdeck_sqlite::held::{ImageFacts, Staged};

use crate::{
    bench::{Bench, parent},
    chains::{rebuilt, waiting},
};

#[derive(Debug, Clone)]
enum Step {
    /// Some pages change, by index; the image then has so many more or fewer.
    Take {
        changed: Vec<prop::sample::Index>,
        grown: i8,
        forget_pages: bool,
    },
    /// What the chain wants, or a new base where it wants nothing.
    Merge {
        base: bool,
    },
    Forget(prop::sample::Index),
}

fn step() -> impl Strategy<Value = Step> {
    let changed = prop::collection::vec(any::<prop::sample::Index>(), 0..4);
    prop_oneof![
        8 => (changed, -6..8_i8, prop::bool::weighted(0.1)).prop_map(|(changed, grown, forget_pages)| Step::Take { changed, grown, forget_pages }),
        2 => prop::bool::weighted(0.3).prop_map(|base| Step::Merge { base }),
        1 => any::<prop::sample::Index>().prop_map(Step::Forget),
    ]
}

/// The model: what the database is, and what each snapshot that is left must be.
struct World {
    bench: Bench,
    page_size: u32,
    pages: Vec<Vec<u8>>,
    fresh: u64,
    newest: Option<Taken>,
    kept: BTreeMap<String, (SnapshotId, Digest)>,
}

impl World {
    fn new(page_size: u32, pages: usize) -> Self {
        let mut world = Self { bench: Bench::new(), page_size, pages: Vec::new(), fresh: 0, newest: None, kept: BTreeMap::new() };
        world.resize(pages);
        world
    }

    fn page(&mut self) -> Vec<u8> {
        self.fresh += 1;
        let digest = Digest::of(&self.fresh.to_be_bytes()).0.into_bytes();
        digest.into_iter().cycle().take(self.page_size as usize).collect()
    }

    fn resize(&mut self, pages: usize) {
        self.pages.truncate(pages);
        while self.pages.len() < pages {
            let page = self.page();
            self.pages.push(page);
        }
    }

    fn image(&self) -> (Image, Digest) {
        let (bytes, path) = (self.pages.concat(), self.bench.scratch.file("image"));
        fs::write(&path, &bytes).unwrap();
        let facts = ImageFacts {
            page_size: self.page_size,
            page_count: self.pages.len() as u64,
            application_id: 0,
            user_version: 0,
            journal_mode: "delete".into(),
            schema_fingerprint: Digest::of(b""),
            cut_at: self.bench.clock.now(),
        };
        let digest = Digest::of(&bytes);
        (Image::Staged { path, staged: Staged { facts, sha256: digest.clone() } }, digest)
    }

    fn take(&mut self, forget_pages: bool) {
        let (image, digest) = self.image();
        let was = self.newest.as_ref().map(parent).map(|parent| Parent { index: parent.index.filter(|_| !forget_pages), ..parent });
        let parts = waiting(&self.bench, &"shop".parse().unwrap());
        let component = self.bench.component(image, was);
        let taken = self.bench.taken(vec![component], parts, &JobCtx::detached()).unwrap();
        assert!(taken.findings.is_empty(), "{:?}", taken.findings);
        assert_eq!(taken.snapshot.manifest.components[0].sha256, digest);
        self.kept.insert(taken.snapshot.id.0.clone(), (taken.snapshot.id.clone(), digest));
        self.newest = Some(taken);
    }

    fn merge(&self, base: bool) {
        let Some(newest) = &self.newest else { return };
        let wanted = merge::due(&newest.snapshot).pop().map(|(_, merge)| merge);
        let Some(merge) = wanted.or_else(|| base.then_some(Merge::Base)) else { return };
        let (name, snapshot) = ("main".parse().unwrap(), &newest.snapshot);
        let task = merge::Task { snapshot, component: &name, merge: &merge, host: "db1", tool: "quarterdeck test", who: "ada" };
        merge::run(&*self.bench.repository, &task, &self.bench.clock, &JobCtx::detached()).unwrap();
    }

    fn forget(&mut self, which: prop::sample::Index) {
        let newest = self.newest.as_ref().map(|taken| taken.snapshot.id.0.clone());
        let others: Vec<_> = self.kept.keys().filter(|id| Some(*id) != newest.as_ref()).cloned().collect();
        if !others.is_empty() {
            let (id, _) = self.kept.remove(which.get(&others)).unwrap();
            self.bench.repository.forget(&id, &self.bench.owner()).unwrap();
        }
    }

    fn step(&mut self, step: Step) {
        match step {
            Step::Take { changed, grown, forget_pages } => {
                self.resize(self.pages.len().saturating_add_signed(grown.into()));
                for at in changed.iter().filter(|_| !self.pages.is_empty()).map(|index| index.index(self.pages.len())).collect::<Vec<_>>() {
                    self.pages[at] = self.page();
                }
                self.take(forget_pages);
            }
            Step::Merge { base } => self.merge(base),
            Step::Forget(which) => self.forget(which),
        }
    }

    fn check(&self) {
        let manifest = |id: &SnapshotId| {
            let system = "shop".parse().unwrap();
            quarterdeck_backup::manifest::read(&*self.bench.repository, id, &system, &JobCtx::detached()).unwrap()
        };
        for (id, digest) in self.kept.values() {
            let manifest = manifest(id);
            assert_eq!(manifest.components[0].sha256, *digest);
            let snapshot = quarterdeck_model::snapshot::Snapshot {
                id: id.clone(),
                manifest,
                levels: vec![],
                added: quarterdeck_model::Bytes(0),
                pinned_until: None,
                affected: None,
                pin: None,
            };
            prove(&*self.bench.repository, &snapshot, None, &self.bench.clock, &JobCtx::detached()).unwrap();
        }
        if let Some(newest) = &self.newest {
            assert!(rebuilt(&self.bench, &newest.snapshot, "main") == self.pages.concat());
        }
    }
}

proptest! {
    #![proptest_config(Config { cases: 8, max_shrink_iters: 40, ..Config::default() })]

    #[test]
    fn every_snapshot_that_is_left_is_what_was_taken(
        page_size in prop::sample::select(vec![512_u32, 4096, 65_536]),
        pages in 0..60_usize,
        steps in prop::collection::vec(step(), 1..25),
    ) {
        let mut world = World::new(page_size, pages);
        for step in steps {
            world.step(step);
        }
        world.check();
    }
}

#[test]
fn seventy_snapshots_need_few_files_and_each_comes_back() {
    let mut world = World::new(512, 400);
    for number in 0..70 {
        world.pages[number * 5] = world.page();
        world.take(false);
        world.merge(false);
    }
    let newest = world.newest.as_ref().unwrap();
    let tiers: Vec<_> = newest.snapshot.manifest.components[0].deltas.iter().map(|part| part.tier).collect();
    assert!(tiers.len() < 18 && tiers[0] == 2, "{tiers:?}");
    assert_eq!(world.bench.listed() - world.kept.len(), waiting(&world.bench, &"shop".parse().unwrap()).len());
    world.check();
}
