//! What the next snapshot of a system is compared with, and what is remembered for it.

use quarterdeck_backup::{
    pages::{Head, PageIndex},
    take::Parent,
};
use quarterdeck_model::{
    Outcome,
    snapshot::Snapshot,
    system::{Component, System},
};
use quarterdeck_sqlite::seen::{self, Seen};

use crate::{Engine, repository};

/// What is known of a component before it is backed up.
pub(crate) struct Known {
    parent: Option<Parent>,
    /// Of the very image that the parent holds.
    head: Option<Head>,
}

impl Known {
    /// Nothing: its whole image goes in.
    pub(crate) fn nothing() -> Self {
        Self { parent: None, head: None }
    }

    /// What the database looked like when it was read for the parent's image.
    pub(crate) fn seen(&self) -> Option<&Seen> {
        self.head.as_ref()?.seen.as_ref()
    }

    /// True where nobody has committed since, as far as that can be known without reading the database.
    pub(crate) fn is_unchanged(&self, component: &Component) -> Outcome<bool> {
        match self.seen() {
            Some(seen) => seen::is_unchanged(&component.path.0, seen),
            None => Ok(false),
        }
    }

    /// The parent of an image that is not read.
    pub(crate) fn parent(&self) -> Option<Parent> {
        self.parent.clone()
    }

    /// The parent of an image that is read, with what its pages were where that is at hand.
    pub(crate) fn parent_with_pages(&self, engine: &Engine, component: &Component) -> Option<Parent> {
        let index = self.head.as_ref().and_then(|_| PageIndex::read(&engine.home().pages(&component.id)));
        self.parent.clone().map(|parent| Parent { index, ..parent })
    }
}

/// What is known of each database of a system, in their order. Snapshots that a check found damaged are no parents.
///
/// The parent is the newest snapshot with the image that the notes on this machine speak of; without such notes, the newest that holds
/// the component.
pub(crate) fn find(engine: &Engine, system: &System) -> Outcome<Vec<Known>> {
    let databases: Vec<&Component> = system.databases().collect();
    let heads: Vec<Option<Head>> = databases.iter().map(|component| PageIndex::head(&engine.home().pages(&component.id))).collect();
    let mut parents: Vec<Option<Parent>> = databases.iter().map(|_| None).collect();
    let fits = |parent: &Option<Parent>, head: &Option<Head>| {
        parent.as_ref().is_some_and(|parent| head.as_ref().is_none_or(|head| head.sha256 == parent.component.sha256))
    };
    repository::newest(engine, system, &mut |snapshot| {
        for ((component, head), parent) in databases.iter().zip(&heads).zip(&mut parents) {
            let found = held_by(snapshot, component).filter(|_| snapshot.affected.is_none() && !fits(parent, head));
            let Some(found) = found.map(Some) else { continue };
            if parent.is_none() || fits(&found, head) {
                *parent = found;
            }
        }
        parents.iter().zip(&heads).all(|(parent, head)| fits(parent, head))
    })?;
    let known = |(parent, head): (Option<Parent>, Option<Head>)| {
        let head = head.filter(|head| parent.as_ref().is_some_and(|parent| parent.component.sha256 == head.sha256));
        Known { parent, head }
    };
    Ok(parents.into_iter().zip(heads).map(known).collect())
}

/// What an image of one database is compared with.
pub(crate) fn of(engine: &Engine, system: &System, component: &Component) -> Outcome<Option<Parent>> {
    let known = find(engine, system)?;
    let known = system.databases().zip(known).find(|(database, _)| database.id == component.id);
    Ok(known.and_then(|(_, known)| known.parent_with_pages(engine, component)))
}

fn held_by(snapshot: &Snapshot, component: &Component) -> Option<Parent> {
    let held = snapshot.manifest.components.iter().find(|held| held.id == component.id && held.name == component.name)?;
    Some(Parent { snapshot: snapshot.id.clone(), component: held.clone(), index: None })
}

/// Remembers what the pages are of the images that were just backed up, and what each database looked like before it was read. The notes
/// are a shortcut: where they cannot be written, the next backup takes longer.
pub(crate) fn remember(engine: &Engine, indexes: Vec<PageIndex>, seen: &[(String, Option<Seen>)]) -> Outcome<()> {
    for mut index in indexes {
        index.head.seen = seen.iter().find(|(component, _)| *component == index.head.component).and_then(|(_, seen)| seen.clone());
        index.write(&engine.home().pages(&index.head.component))?;
    }
    Ok(())
}
