//! What of a component goes into a snapshot: settled before anything is written, so that every size is known and the repository is not
//! locked while a database is read.

use std::path::Path;

use quarterdeck_model::{
    Bytes, Count, Digest, Fault, Instant, JobCtx, Outcome,
    inspection::{Finding, Tone},
    snapshot::{BasePart, DeltaPart, ManifestComponent, SnapshotId},
    system::Name,
};

use crate::{
    chain::{Chain, Part},
    change::{self, Change, Delta},
    image::Holder,
    layout,
    merge::MergedPart,
    pages::PageIndex,
    repository::Repository,
    take::{Component, Image, Parent},
};

/// A component that is ready to be stored.
pub(crate) struct Prepared {
    /// What the manifest says of it; without the digest of an image that goes in whole.
    pub component: ManifestComponent,
    /// What is new in it.
    pub new: New,
    /// Where each file comes from that is not new: its path, its size, the snapshot that holds it.
    pub taken_over: Vec<(String, u64, SnapshotId)>,
    /// Snapshots of merged parts that were made use of.
    pub used: Vec<SnapshotId>,
    /// What was noticed.
    pub findings: Vec<Finding>,
}

/// What is new in a component.
pub(crate) enum New {
    /// Nothing. With the notes of its pages where they were read.
    Nothing(Option<PageIndex>),
    /// Some pages.
    Delta(Box<Delta>),
    /// The whole image.
    Base(Image),
}

/// What preparing works with.
pub(crate) struct Preparing<'a> {
    pub repository: &'a dyn Repository,
    pub system: &'a Name,
    pub merged: &'a [MergedPart],
    pub scratch: &'a Path,
    pub ctx: &'a JobCtx,
}

impl Preparing<'_> {
    /// Compares a component with its parent, where it has one that can be compared.
    pub(crate) fn prepare(&self, mut component: Component) -> Outcome<Prepared> {
        let Some(mut parent) = component.parent.take() else { return Self::whole(component, 1, Vec::new()) };
        let follows = if parent.component.name == component.name {
            Chain::of(&parent.component)
        } else {
            Err(Fault::bug(format!("{} does not follow on {}.", component.name, parent.component.name)))
        };
        let chain = match follows {
            Ok(chain) => chain,
            Err(fault) => return Self::whole(component, after(&parent), vec![given_up(&parent.snapshot, &fault)]),
        };
        if let Image::Unchanged { cut_at } = component.image {
            return Ok(self.same(&component, &parent, &chain, cut_at, None));
        }
        if component.image.facts()?.page_size != parent.component.page_size {
            return Self::whole(component, chain.number() + 1, Vec::new());
        }
        let index = match parent.index.take().filter(|index| index.head.sha256 == parent.component.sha256) {
            Some(index) => index,
            None => match self.rebuild(&parent) {
                Ok(index) => index,
                Err(fault) if fault.is("cancelled") => return Err(fault),
                Err(fault) => return Self::whole(component, chain.number() + 1, vec![given_up(&parent.snapshot, &fault)]),
            },
        };
        let cut_at = component.image.facts()?.cut_at;
        let facts = component.describe(cut_at)?;
        match change::find(component.image, &chain, &index, self.scratch, self.ctx)? {
            Change::Same(index) => {
                component.image = Image::Unchanged { cut_at };
                Ok(self.same(&component, &parent, &chain, cut_at, Some(index)))
            }
            Change::Pages(delta) => Ok(self.delta(facts, &parent, &chain, delta)),
            Change::TooMuch(image) => {
                component.image = image;
                Self::whole(component, chain.number() + 1, Vec::new())
            }
        }
    }

    fn whole(component: Component, number: u64, findings: Vec<Finding>) -> Outcome<Prepared> {
        let facts = component.image.facts()?;
        let (page_count, size) = (Count(facts.page_count), Bytes(facts.size()));
        let mut described = component.describe(facts.cut_at)?;
        described.base = Some(BasePart { number, page_count, size, sha256: Digest(String::new()) });
        Ok(Prepared { component: described, new: New::Base(component.image), taken_over: Vec::new(), used: Vec::new(), findings })
    }

    fn same(&self, component: &Component, parent: &Parent, chain: &Chain, cut_at: Instant, index: Option<PageIndex>) -> Prepared {
        let described = ManifestComponent {
            id: component.id.clone(),
            file: component.file.clone(),
            cut_at,
            rows: None,
            rows_at: None,
            ..parent.component.clone()
        };
        self.by_reference(described, parent, chain, New::Nothing(index))
    }

    fn delta(&self, mut described: ManifestComponent, parent: &Parent, chain: &Chain, delta: Box<Delta>) -> Prepared {
        described.sha256 = delta.part.after.clone();
        let part = delta.part.clone();
        let mut prepared = self.by_reference(described, parent, chain, New::Delta(delta));
        prepared.component.deltas.push(part);
        prepared
    }

    /// The files of the parent, or of snapshots of merged parts where these make the chain shorter.
    fn by_reference(&self, component: ManifestComponent, parent: &Parent, chain: &Chain, new: New) -> Prepared {
        let (mut chain, mut taken) = (chain.clone(), Vec::new());
        for waiting in self.merged.iter().filter(|waiting| waiting.component == component.id && waiting.name == component.name) {
            if let Some(adopted) = chain.adopt(&waiting.part) {
                chain = adopted;
                taken.push(waiting);
            }
        }
        let holder = |part: Part| {
            let waiting = taken.iter().find(|waiting: &&&MergedPart| waiting.part == part);
            waiting.map_or_else(|| parent.snapshot.clone(), |waiting| waiting.id.clone())
        };
        let base = (layout::image(self.system, &component.name), chain.base.size.0, holder(Part::Base(chain.base.clone())));
        let delta = |part: &DeltaPart| (layout::delta(self.system, &component.name, part), part.size.0, holder(Part::Delta(part.clone())));
        let taken_over = [base].into_iter().chain(chain.deltas.iter().map(delta)).collect();
        let used = taken.iter().map(|waiting| waiting.id.clone()).collect();
        let component = ManifestComponent { base: Some(chain.base), deltas: chain.deltas, ..component };
        Prepared { component, new, taken_over, used, findings: Vec::new() }
    }

    /// The sums of the parent's pages, out of the repository.
    fn rebuild(&self, parent: &Parent) -> Outcome<PageIndex> {
        let holder = Holder { id: &parent.snapshot, system: self.system };
        PageIndex::rebuild(self.repository, holder, &parent.component, self.ctx)
    }
}

/// The number after the parent's, where its chain cannot be followed.
fn after(parent: &Parent) -> u64 {
    let numbers = parent.component.deltas.iter().map(|part| part.last);
    numbers.chain([parent.component.base_part().number]).max().unwrap_or(0) + 1
}

fn given_up(snapshot: &SnapshotId, fault: &Fault) -> Finding {
    Finding {
        tone: Tone::Attention,
        what: format!("The whole image was stored, because snapshot {} could not be compared with: {}", snapshot.short(), fault.message),
        next: "Check the repository.".to_owned(),
    }
}
