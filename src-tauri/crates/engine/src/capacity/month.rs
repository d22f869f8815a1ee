//! How a system grew in a stretch of time that may be over: only what was measured in it counts.

use std::path::Path;

use quarterdeck_model::{
    Instant, Outcome,
    monitor::{CapacityKind, TimeSpan},
    system::System,
};
use quarterdeck_monitor::forecast::{Full, Trend};
use quarterdeck_store::files;

use super::{Grown, NAME, holder, is, points};
use crate::operation::Scope;

/// What grew, and when it is full at that pace.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Growth {
    /// A component, a disk's path, or `repository`.
    pub what: String,
    /// What it is.
    pub kind: CapacityKind,
    /// The first and the newest size in the stretch, with their moments; none where it was not measured.
    pub sizes: Option<[(Instant, f64); 2]>,
    /// The line through its sizes; none where there were too few.
    pub trend: Option<Trend>,
    /// Bytes that were free on its disk at the end; none where nobody measured that.
    pub room: Option<f64>,
    /// Medians as they are drawn: milliseconds since 1970, and bytes.
    pub points: Vec<(i64, f64)>,
}

impl Growth {
    /// When its disk is full, counted from the end of the stretch in days; none where too little is known.
    pub(crate) fn full(&self) -> Option<Full> {
        Some(self.trend?.full(self.room?))
    }
}

/// Everything of a system that grows. `over` is false where the stretch ends now: then what is not measured of a disk is asked of it.
pub(crate) fn within(scope: &Scope, system: &System, span: &TimeSpan, over: bool) -> Outcome<Vec<Growth>> {
    let source = scope.engine.series().snapshot()?;
    let grown = Grown { system, plans: &[], source: &source, now: span.until, ctx: &scope.ctx };
    let disks = grown.known_disks()?;
    let room = |place: &Path| {
        let mount = holder(&disks, place);
        let measured = disks.iter().find(|disk| Some(disk.mount.as_str()) == mount).map(|disk| disk.free);
        #[allow(clippy::cast_precision_loss)] // bytes of a disk
        measured.or_else(|| files::free_space(place).ok().filter(|_| !over).map(|free| free as f64))
    };
    let grew = |what: &str, kind: CapacityKind, matchers: &[super::Matcher], place: &Path| -> Outcome<Growth> {
        let (first, last, points) = points::within(&source, matchers, span, &|value| value, &scope.ctx)?;
        let at = Instant::from_timestamp_millis;
        let sizes = first.zip(last).and_then(|(first, last)| Some([(at(first.at)?, first.value), (at(last.at)?, last.value)]));
        Ok(Growth { what: what.to_owned(), kind, sizes, trend: points.trend(), room: room(place), points: points.drawn() })
    };
    let name = system.name.as_str();
    let mut all = Vec::new();
    for component in system.databases() {
        let component_name = component.name.as_str();
        let matchers = [is(NAME, "sqlite_file_bytes"), is("system", name), is("component", component_name)];
        all.push(grew(component_name, CapacityKind::Database, &matchers, &component.path.0)?);
    }
    let matchers = [is(NAME, "backup_repository_bytes"), is("system", name)];
    all.push(grew("repository", CapacityKind::Repository, &matchers, &system.repository.0)?);
    Ok(all)
}
