//! Snapshots of a system: how old, how well proved, how large.

use std::{path::Path, sync::Weak};

use quarterdeck_model::{Instant, JobCtx, Outcome, inspection::Tone, system::Name};
use quarterdeck_monitor::{
    collectors::{Blocking, Visit},
    gathered::Gathered,
};

use super::{APART, flag, living};
use crate::{Engine, health::checks, lookup, ops::DatabaseStatus, repository, status, truth};

/// How often the files of a repository are added up, in milliseconds: there may be very many.
const ADDED_UP: i64 = 3_600_000;

/// Measures the snapshots of one system.
pub(super) struct Backups {
    engine: Weak<Engine>,
    system: Name,
    /// When the repository was added up last, and what came out.
    size: Option<(i64, f64)>,
}

impl Backups {
    /// Of that system.
    pub(super) fn new(engine: Weak<Engine>, system: Name) -> Self {
        Self { engine, system, size: None }
    }
}

impl Blocking for Backups {
    #[allow(clippy::cast_precision_loss)] // a series has floats
    fn collect(&mut self, visit: &Visit, into: &mut Gathered) -> Outcome<()> {
        let engine = living(&self.engine)?;
        let system = lookup::system(&engine, &self.system)?;
        for status in status::kept_of(&engine, &system)? {
            let cut = status.last_snapshot.as_ref().map(|newest| newest.cut_at);
            let judged = checks::backup(cut, status.loss.as_ref(), &system.objectives, visit.at);
            component(&status, judged.tone != Tone::Ok, visit.at, into);
            let promised = system.objectives.iter().map(|objective| objective.rpo.0).filter(|rpo| *rpo > 0).min();
            if let Some(rpo) = promised {
                into.sparse("backup_promised_seconds", &[("component", status.component.as_str())], rpo as f64 / 1_000.0, APART);
            }
        }
        let held = repository::snapshots(&engine, &system)?;
        into.sparse("backup_snapshots", &[], held.len() as f64, APART);
        let folder = &system.repository.0;
        if repository::exists(folder) {
            let now = visit.at.timestamp_millis();
            let size = match self.size.filter(|(at, _)| (0..ADDED_UP).contains(&(now - at))) {
                Some((_, size)) => size,
                None => {
                    let size = added_up(folder, &visit.ctx)? as f64;
                    self.size = Some((now, size));
                    size
                }
            };
            into.sparse("backup_repository_bytes", &[], size, APART);
        }
        Ok(())
    }
}

#[allow(clippy::cast_precision_loss)] // a series has floats
fn component(status: &DatabaseStatus, overdue: bool, now: Instant, into: &mut Gathered) {
    let name = status.component.as_str();
    let mut gauge = |metric: &str, value: f64| into.sparse(metric, &[("component", name)], value, APART);
    let seconds = |at: Instant| at.timestamp_millis() as f64 / 1_000.0;
    gauge("backup_overdue", flag(overdue));
    if let Some(newest) = &status.last_snapshot {
        gauge("backup_last_success_timestamp_seconds", seconds(newest.cut_at));
        gauge("backup_age_seconds", seconds(now) - seconds(newest.cut_at));
    }
    if let Some(loss) = &status.loss {
        gauge("backup_loss_seconds", loss.largest.0 as f64 / 1_000.0);
    }
    if let Some(proof) = &status.last_proof {
        gauge("backup_proof_timestamp_seconds", seconds(proof.at));
        gauge("backup_proof_seconds", proof.took.0 as f64 / 1_000.0);
    }
    if let Some(newest) = &status.last_snapshot {
        let level = truth::level(newest.level).replace(' ', "-");
        into.sparse("backup_level", &[("component", name), ("level", &level)], 1.0, APART);
    }
}

/// Bytes of all files below a folder. Files that vanish meanwhile count no more.
fn added_up(folder: &Path, ctx: &JobCtx) -> Outcome<u64> {
    let mut bytes = 0;
    let mut left = vec![folder.to_owned()];
    while let Some(folder) = left.pop() {
        ctx.checkpoint()?;
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for entry in entries.flatten() {
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => left.push(entry.path()),
                Ok(kind) if kind.is_file() => bytes += entry.metadata().map_or(0, |metadata| metadata.len()),
                _ => {}
            }
        }
    }
    Ok(bytes)
}
