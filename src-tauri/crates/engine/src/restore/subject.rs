//! What a restore is about, looked at now: enough to make its digest and to know what stands in its way, in milliseconds.

use std::path::{Path, PathBuf};

use quarterdeck_backup::restore::{Demand, Wanted, ensure_new};
use quarterdeck_model::{
    Digest, Fault, Instant, JobCtx, Millis, Outcome, WirePath,
    inspection::{Depth, Inspection, Verdict},
    restore::{Destination, Holder},
    snapshot::{ImageProof, ManifestComponent, Snapshot, SnapshotId},
    system::{Component, Environment, Name, System, Target},
};
use quarterdeck_sqlite::{holders, identity, identity::Identity, inspect};
use quarterdeck_store::{files, image_proofs};
use serde::Serialize;

use crate::{backup::no_room, operation::Scope};

/// How the image gets to where it belongs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Route {
    /// Into a file that does not exist yet.
    NewFile {
        /// Which.
        path: WirePath,
    },
    /// Through SQLite, in one transaction.
    Enter,
    /// SQLite cannot open the live file, or it is gone: what is there is moved aside.
    Replace,
}

/// What a restore is about.
pub(crate) struct Subject {
    pub system: System,
    pub component: Component,
    pub target: Target,
    pub snapshot: Snapshot,
    pub image: ManifestComponent,
    /// A check of these very bytes that this store remembers.
    pub proof: Option<ImageProof>,
    pub route: Route,
    /// The live file; absent where it is gone.
    pub live: Option<Live>,
    pub holders: Vec<Holder>,
    pub obstacles: Vec<String>,
}

/// What a plan and its report begin with alike.
pub(super) struct Head {
    pub target: Target,
    pub environment: Environment,
    pub snapshot: SnapshotId,
    pub cut_at: Instant,
    pub destination: Destination,
    pub path: WirePath,
    pub rto: Option<Millis>,
    pub rpo: Option<Millis>,
}

impl Head {
    /// Of a restore to `destination`, which writes `path`.
    pub(super) fn new(
        system: &System,
        target: &Target,
        snapshot: &Snapshot,
        cut_at: Instant,
        destination: Destination,
        path: &Path,
    ) -> Self {
        Self {
            target: target.clone(),
            environment: system.environment,
            snapshot: snapshot.id.clone(),
            cut_at,
            destination,
            path: path.into(),
            rto: system.rto(),
            rpo: system.rpo(),
        }
    }
}

/// The live file as it was seen.
pub(crate) struct Live {
    pub identity: Identity,
    pub inspection: Inspection,
}

/// What must not change between a plan and its application.
#[derive(Serialize)]
struct Facts<'a> {
    target: &'a Target,
    snapshot: &'a str,
    image: &'a Digest,
    component: &'a str,
    route: &'a Route,
    identity: Option<&'a Identity>,
    schema: Option<&'a Digest>,
    journal_mode: Option<&'a str>,
    room: bool,
}

impl Subject {
    /// Looks.
    pub(crate) fn look(
        scope: &Scope,
        system: System,
        component: Component,
        target: Target,
        snapshot: Snapshot,
        destination: &Destination,
    ) -> Outcome<Self> {
        let Some(image) = snapshot.manifest.component(Some(&component.name)).cloned() else {
            return Err(Fault::refused("component-missing", format!("Snapshot {} does not hold {}.", snapshot.id.short(), component.name))
                .hint(format!("Run: quarterdeck snapshots {}", system.name)));
        };
        let live = look_at(scope, &component.path.0)?;
        let holders = if live.is_some() { holders::holders(&component.path.0)? } else { Vec::new() };
        let route = match destination {
            Destination::NewFile { path } => Route::NewFile { path: absolute(path)? },
            Destination::InPlace => route(live.as_ref()),
        };
        let proof = scope.engine.store().read(|connection| image_proofs::find(connection, &image.sha256))?;
        let mut subject = Self { system, component, target, snapshot, image, proof, route, live, holders, obstacles: Vec::new() };
        subject.obstacles = subject.find_obstacles(scope)?;
        Ok(subject)
    }

    /// Over everything that must not change. Row counts, sizes and holders are left out: a living database would always be stale.
    pub(crate) fn digest(&self) -> Digest {
        let live = self.live.as_ref().filter(|_| !matches!(self.route, Route::NewFile { .. }));
        Digest::over(&Facts {
            target: &self.target,
            snapshot: &self.snapshot.id.0,
            image: &self.image.sha256,
            component: &self.component.id,
            route: &self.route,
            identity: live.map(|live| &live.identity),
            schema: live.and_then(|live| live.inspection.schema_fingerprint.as_ref()),
            journal_mode: live.and_then(|live| live.inspection.journal_mode.as_deref()),
            room: !self.obstacles.iter().any(|obstacle| obstacle.contains(" free; ")),
        })
    }

    /// The image, as it is fetched.
    pub(crate) fn wanted(&self, demand: Demand) -> Wanted<'_> {
        Wanted { snapshot: &self.snapshot, component: Some(&self.component.name), demand, proof: self.proof.as_ref() }
    }

    /// The file that will be written.
    pub(crate) fn path(&self) -> &Path {
        match &self.route {
            Route::NewFile { path } => &path.0,
            Route::Enter | Route::Replace => &self.component.path.0,
        }
    }

    /// What plan and report say first.
    pub(super) fn head(&self) -> Head {
        let destination = match &self.route {
            Route::NewFile { path } => Destination::NewFile { path: path.clone() },
            Route::Enter | Route::Replace => Destination::InPlace,
        };
        Head::new(&self.system, &self.target, &self.snapshot, self.image.cut_at, destination, self.path())
    }

    /// The word that has to be typed: whoever changes a live file names it.
    pub(crate) fn confirmation(&self) -> Option<&Name> {
        (!matches!(self.route, Route::NewFile { .. })).then(|| self.target.confirmation())
    }

    fn find_obstacles(&self, scope: &Scope) -> Outcome<Vec<String>> {
        let mut obstacles = Vec::new();
        let (image, path) = (self.image.size.0, self.path());
        match &self.route {
            Route::NewFile { .. } => {
                obstacles.extend(ensure_new(path).err().map(|fault| fault.message));
                obstacles.extend(unusable_folder(path));
                obstacles.extend(no_room(path, image)?);
            }
            Route::Enter => {
                let old = self.live.as_ref().map_or(0, |live| live.inspection.size.0);
                let safety = scope.engine.home().safety();
                // The image beside the target, and everything that differs once more in SQLite's log or journal.
                let beside = image.saturating_mul(2);
                if files::same_disk(path, &safety)? {
                    obstacles.extend(no_room(path, beside.saturating_add(old))?);
                } else {
                    obstacles.extend(no_room(path, beside)?);
                    obstacles.extend(no_room(&safety, old)?);
                }
                obstacles.extend(self.locked());
                obstacles.extend(self.other_pages());
            }
            Route::Replace => {
                obstacles.extend(unusable_folder(path));
                obstacles.extend(no_room(path, image)?);
                obstacles.extend(self.holders.first().map(|holder| {
                    format!(
                        "{} (process {}) has {} open, which SQLite cannot read; it must let go first.",
                        holder.command,
                        holder.pid,
                        path.display()
                    )
                }));
            }
        }
        Ok(obstacles)
    }

    fn locked(&self) -> Option<String> {
        let live = self.live.as_ref()?;
        matches!(live.inspection.verdict, Verdict::Locked | Verdict::Unreadable).then(|| live.inspection.sentence.clone())
    }

    fn other_pages(&self) -> Option<String> {
        let header = self.live.as_ref()?.inspection.header.as_ref()?;
        let (now, then) = (header.page_size, self.image.page_size);
        let holder = self.holders.first().filter(|_| now != then)?;
        Some(format!(
            "The snapshot has pages of {then} bytes and the live file pages of {now}; {} (process {}) has it open and could not follow.",
            holder.command, holder.pid
        ))
    }
}

fn look_at(scope: &Scope, path: &Path) -> Outcome<Option<Live>> {
    if path.symlink_metadata().is_err() {
        return Ok(None);
    }
    let inspection = inspect::inspect(path, Depth::Glance, scope.engine.clock(), &JobCtx::detached())?;
    Ok(Some(Live { identity: identity::read(path)?, inspection }))
}

fn route(live: Option<&Live>) -> Route {
    let Some(Live { inspection, .. }) = live else { return Route::Replace };
    match inspection.verdict {
        Verdict::Healthy | Verdict::Locked | Verdict::Unreadable => Route::Enter,
        // A header and a schema that can be read are what entering needs; pages in between may be damaged.
        Verdict::Damaged | Verdict::Empty if inspection.header.is_some() && inspection.schema_fingerprint.is_some() => Route::Enter,
        Verdict::Damaged | Verdict::Empty | Verdict::NotADatabase | Verdict::Encrypted => Route::Replace,
    }
}

pub(super) fn unusable_folder(path: &Path) -> Option<String> {
    let folder = path.parent()?;
    match std::fs::metadata(folder) {
        Err(error) => Some(files::fault("write to the folder", folder, &error).message),
        Ok(metadata) if !metadata.is_dir() => Some(format!("{} is not a folder.", folder.display())),
        Ok(_) => None,
    }
}

pub(super) fn absolute(path: &WirePath) -> Outcome<WirePath> {
    let path: PathBuf = std::path::absolute(&path.0).map_err(|error| files::fault("find", &path.0, &error))?;
    Ok(path.into())
}
