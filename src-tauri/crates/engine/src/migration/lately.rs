//! What this process has planned lately: what was shown, so that a stale plan can say what has moved since; and what a job was accepted
//! for, so that it looks under its lease at what can have changed in that moment, and does not read and judge every file again.

use std::{
    collections::VecDeque,
    fs, io,
    os::unix::{ffi::OsStrExt, fs::MetadataExt},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use quarterdeck_model::{Digest, Fault, Outcome};
use quarterdeck_sqlite::identity;
use serde_json::Value;

use super::{facts::Facts, look::Moment, place::Place, plan::Planned};
use crate::{backup::stale, operation::Scope, ops::MigrationSource};

/// So many plans are remembered.
const SHOWN: usize = 8;

/// Plans of this process, the newest last.
#[derive(Default)]
pub(crate) struct Lately {
    shown: Mutex<VecDeque<(Digest, Facts)>>,
    /// At most one: the job begins in the moment after its announcement.
    accepted: Mutex<Option<Accepted>>,
}

struct Accepted {
    request: Value,
    planned: Planned,
}

/// What the files of a folder look like without being read.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Files(Vec<Mark>);

/// What a file system says of a file or folder without reading it; a change of its content changes one of these.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Mark {
    path: PathBuf,
    inode: (u64, u64),
    size: u64,
    written: (i64, i64),
    changed: (i64, i64),
}

impl Lately {
    /// A plan is shown.
    pub(super) fn show(&self, planned: &Planned) {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        shown.retain(|(digest, _)| *digest != planned.plan.digest);
        if shown.len() == SHOWN {
            shown.pop_front();
        }
        shown.push_back((planned.plan.digest.clone(), planned.facts.clone()));
    }

    /// Why a plan no longer holds: what has moved, where this process has shown that plan.
    pub(super) fn stale(&self, digest: &Digest, now: &Planned) -> Fault {
        let fault = stale(digest, &now.plan.digest);
        let shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        let moved = shown.iter().find(|(known, _)| known == digest).map(|(_, then)| then.moved(&now.facts)).unwrap_or_default();
        if moved.is_empty() {
            return fault;
        }
        let message = format!("The plan {} is no longer true: {}.", digest.short(), moved.join("; "));
        Fault { message, ..fault }.fact("moved", moved)
    }

    /// A job was accepted for this plan; what its files look like was seen before they were read.
    pub(super) fn accept(&self, request: Value, planned: Planned) {
        *self.accepted.lock().unwrap_or_else(PoisonError::into_inner) = Some(Accepted { request, planned });
    }

    /// The plan that this request was accepted with, where nothing of what it speaks of has changed since.
    pub(super) fn accepted(&self, scope: &Scope, source: &MigrationSource, request: &Value) -> Outcome<Option<Planned>> {
        let taken = self.accepted.lock().unwrap_or_else(PoisonError::into_inner).take_if(|accepted| accepted.request == *request);
        let Some(Accepted { planned, .. }) = taken else { return Ok(None) };
        let look = &planned.look;
        let holds = Place::find(scope, source)? == look.place
            && look.files.is_some()
            && Files::seen(&look.place.folder) == look.files
            && identity::read(&look.place.database)? == planned.facts.identity
            && Moment::at(scope, &look.place)? == look.moment();
        Ok(holds.then_some(planned))
    }
}

impl Files {
    /// Absent where not everything can be looked at; then nothing is known to be as it was.
    pub(super) fn seen(folder: &Path) -> Option<Self> {
        marks(folder).map(Self).ok()
    }
}

/// Of everything in a folder of migrations and in the folders in it, but what is hidden, in the order of their paths.
fn marks(folder: &Path) -> io::Result<Vec<Mark>> {
    let mut marks = vec![mark(folder)?];
    let mut left = vec![folder.to_owned()];
    while let Some(folder) = left.pop() {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            if entry.file_name().as_bytes().starts_with(b".") {
                continue;
            }
            if entry.file_type()?.is_dir() {
                left.push(entry.path());
            }
            marks.push(mark(&entry.path())?);
        }
    }
    marks.sort();
    Ok(marks)
}

fn mark(path: &Path) -> io::Result<Mark> {
    let found = match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => fs::symlink_metadata(path)?, // a link that leads nowhere
        found => found?,
    };
    Ok(Mark {
        path: path.to_owned(),
        inode: (found.dev(), found.ino()),
        size: found.size(),
        written: (found.mtime(), found.mtime_nsec()),
        changed: (found.ctime(), found.ctime_nsec()),
    })
}
