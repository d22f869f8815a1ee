//! The copy that migrations are tried on: of the live database, or of a snapshot.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use quarterdeck_backup::restore::{self as fetch, Demand, Wanted};
use quarterdeck_model::{
    Bytes, Fault, Instant, JobCtx, Millis, Outcome,
    job::{Listener, Progress},
    snapshot::{ManifestComponent, Snapshot, SnapshotId},
};
use quarterdeck_sqlite::held::{self, HeldRead};
use quarterdeck_store::{files, image_proofs};

use super::place::Registered;
use crate::{backup::STALL_LIMIT, operation::Scope, repository};

/// What is copied.
pub(super) enum Origin {
    /// The live database.
    Live {
        /// How long its writers wait at most; `None` where they never do.
        stall: Option<Millis>,
    },
    /// A snapshot.
    Snapshot { snapshot: Box<Snapshot>, image: Box<ManifestComponent> },
}

/// A copy, and as of when it is.
pub(super) struct Copied {
    pub path: PathBuf,
    pub snapshot: Option<SnapshotId>,
    pub cut_at: Instant,
    /// That of the live database then.
    pub journal_mode: String,
}

impl Origin {
    /// The live database, or the snapshot that is meant by this text.
    pub(super) fn find(scope: &Scope, registered: &Registered, snapshot: Option<&str>) -> Outcome<Self> {
        let Registered { system, component, .. } = registered;
        let Some(text) = snapshot else {
            return Ok(Self::Live { stall: held::expected_stall(&component.path.0)? });
        };
        let snapshot = repository::find(&scope.engine, system, text)?;
        let Some(image) = snapshot.manifest.component(Some(&component.name)).cloned() else {
            let what = format!("Snapshot {} does not hold {}.", snapshot.id.short(), component.name);
            return Err(Fault::refused("component-missing", what).hint(format!("Run: quarterdeck snapshots {}", system.name)));
        };
        Ok(Self::Snapshot { snapshot: Box::new(snapshot), image: Box::new(image) })
    }

    /// Refuses a copy for which writers would wait long, unless somebody accepts that.
    pub(super) fn ensure_stall_accepted(&self, accepted: bool) -> Outcome<()> {
        match self {
            Self::Live { stall: Some(stall) } if *stall > STALL_LIMIT && !accepted => Err(Fault::refused(
                "stall-not-accepted",
                format!("Writers would wait up to {stall} while the database is copied, because it does not use WAL mode."),
            )
            .hint("Accept the stall (--accept-stall), or rehearse on a snapshot (--snapshot latest).")),
            _ => Ok(()),
        }
    }

    /// What the copy takes on the disk.
    pub(super) fn size(&self, registered: &Registered) -> Outcome<Bytes> {
        let live = &registered.component.path.0;
        match self {
            Self::Live { .. } => live.metadata().map(|metadata| Bytes(metadata.len())).map_err(|error| files::fault("read", live, &error)),
            Self::Snapshot { image, .. } => Ok(image.size),
        }
    }

    /// For the plan.
    pub(super) fn note(&self) -> String {
        match self {
            Self::Live { stall: None } => "Inside one held read; writers do not wait.".to_owned(),
            Self::Live { stall: Some(stall) } => format!("Inside one held read; writers wait up to {stall}."),
            Self::Snapshot { snapshot, .. } => format!("Out of snapshot {}, and verified.", snapshot.id.short()),
        }
    }

    /// Copies to a file that must not exist.
    pub(super) fn copy(self, scope: &Scope, registered: &Registered, to: &Path) -> Outcome<Copied> {
        match self {
            Self::Live { stall } => live(scope, &registered.component.path.0, stall, to),
            Self::Snapshot { snapshot, image } => {
                let repository = repository::open(&scope.engine, &registered.system)?;
                let proof = scope.engine.store().read(|connection| image_proofs::find(connection, &image.sha256))?;
                let wanted = Wanted {
                    snapshot: &snapshot,
                    component: Some(&registered.component.name),
                    demand: Demand::Sound,
                    proof: proof.as_ref(),
                };
                let quiet = JobCtx::new(std::sync::Arc::new(Within(scope.ctx.clone())), scope.ctx.cancel_token().clone());
                let fetched = fetch::fetch_image(&*repository, &wanted, to, scope.engine.clock(), &quiet)?;
                Ok(Copied { path: fetched.path, cut_at: image.cut_at, journal_mode: image.journal_mode, snapshot: Some(snapshot.id) })
            }
        }
    }
}

fn live(scope: &Scope, path: &Path, stall: Option<Millis>, to: &Path) -> Outcome<Copied> {
    let held = HeldRead::open(path, scope.engine.clock())?;
    let limit = stall.map(|stall| Duration::from_millis(stall.0));
    let staged = held::stage(held, to, limit, &scope.ctx)?;
    Ok(Copied { path: to.to_owned(), snapshot: None, cut_at: staged.facts.cut_at, journal_mode: staged.facts.journal_mode })
}

/// A fetch inside one phase of ours: progress is heard, phases are not.
struct Within(JobCtx);

impl Listener for Within {
    fn phase(&self, _: &str) {}

    fn progress(&self, progress: Progress) {
        self.0.progress(progress.done.0, progress.total.map(|total| total.0), progress.unit);
    }
}
