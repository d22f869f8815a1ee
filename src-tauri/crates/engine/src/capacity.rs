//! How databases, disks and the repository grow, when they are full, and what was planned.
//!
//! Sizes become one median for each day (or part of it), a line is put through them that a few odd days do not bend, and its interval says how
//! sure it is (`quarterdeck_monitor::forecast`).

mod month;
mod points;

use std::path::Path;

use chrono::TimeDelta;
use quarterdeck_model::{
    Bytes, Instant, JobCtx, Millis, Outcome,
    inspection::Tone,
    monitor::{CapacityKind, CapacityLine, CapacityTable, Float, PlanPoint},
    system::{Name, System},
};
use quarterdeck_monitor::{
    forecast::{self, Full, Trend},
    labels::{Labels, NAME},
    source::{Matcher, Source, Test},
};
use quarterdeck_store::files;

pub(crate) use self::month::{Growth, within};
use self::points::{Points, read};
use crate::{
    definition::{self, CapacityDefinition, Planned},
    lookup,
    operation::Scope,
};

/// Full within these: somebody looks, or must act.
const SOON: (Millis, Millis) = (Millis(30 * 86_400_000), Millis(7 * 86_400_000));

/// Where a plan has a point, and its word.
const PLANNED: [(&str, i64); 3] = [("initial", 0), ("1 year", 365), ("3 years", 3 * 365)];

/// Everything of a system that grows.
pub(crate) fn table(scope: &Scope, name: &Name) -> Outcome<CapacityTable> {
    let system = lookup::system(&scope.engine, name)?;
    let now = scope.engine.clock().now();
    let source = scope.engine.series().snapshot()?;
    let plans = match &system.folder {
        Some(folder) => definition::load(&folder.0)?.capacity,
        None => Vec::new(),
    };
    let grown = Grown { system: &system, plans: &plans, source: &source, now, ctx: &scope.ctx };
    let mut lines = Vec::new();
    for component in system.databases() {
        lines.push(grown.database(component.name.as_str(), &component.path.0)?);
    }
    lines.extend(grown.disks()?);
    lines.push(grown.repository()?);
    let full = |line: &CapacityLine| line.full.map_or(u64::MAX, |full| full.0);
    lines.sort_by(|a, b| (full(a), a.kind, &a.what).cmp(&(full(b), b.kind, &b.what)));
    Ok(CapacityTable { system: system.name, lines, as_of: now })
}

/// When a disk is full at the pace of the last two days; none where it does not fill, or too little is known. `room`: free, and all.
pub(crate) fn full_soon(source: &dyn Source, free: &Labels, room: (f64, f64), now: Instant, ctx: &JobCtx) -> Outcome<Option<Millis>> {
    let matchers: Vec<Matcher> = free.iter().map(|(name, value)| is(name, value)).collect();
    let points = read(source, &matchers, now, Some(TimeDelta::days(2)), &|value| room.1 - value, ctx)?;
    Ok(points.trend().and_then(|trend| match trend.full(room.0) {
        Full::In(days, ..) => Some(millis(days)),
        Full::Never | Full::NotTold => None,
    }))
}

struct Grown<'g> {
    system: &'g System,
    plans: &'g [CapacityDefinition],
    source: &'g dyn Source,
    now: Instant,
    ctx: &'g JobCtx,
}

/// A disk, as it was measured last.
struct Disk {
    labels: Labels,
    mount: String,
    free: f64,
    all: f64,
}

impl Grown<'_> {
    fn database(&self, component: &str, path: &Path) -> Outcome<CapacityLine> {
        let matchers = [is(NAME, "sqlite_file_bytes"), is("system", self.system.name.as_str()), is("component", component)];
        let points = read(self.source, &matchers, self.now, None, &|value| value, self.ctx)?;
        let now = points.last().or_else(|| path.metadata().ok().map(|metadata| metadata.len() as f64));
        let room = files::free_space(path).ok().map(|free| free as f64);
        let plan = self.plan(&Planned::Component(component.to_owned()));
        Ok(self.line(component.to_owned(), CapacityKind::Database, now, room, &points, plan))
    }

    fn repository(&self) -> Outcome<CapacityLine> {
        let matchers = [is(NAME, "backup_repository_bytes"), is("system", self.system.name.as_str())];
        let points = read(self.source, &matchers, self.now, None, &|value| value, self.ctx)?;
        let room = files::free_space(&self.system.repository.0).ok().map(|free| free as f64);
        let plan = self.plan(&Planned::Repository);
        Ok(self.line("repository".to_owned(), CapacityKind::Repository, points.last(), room, &points, plan))
    }

    /// The disks that hold what the system is made of, and those that are planned.
    fn disks(&self) -> Outcome<Vec<CapacityLine>> {
        let known = self.known_disks()?;
        let components = self.system.components.iter().map(|component| component.path.0.as_path());
        let planned = self.plans.iter().filter_map(|plan| match &plan.of {
            Planned::Disk(path) => Some(path.as_path()),
            Planned::Component(_) | Planned::Repository => None,
        });
        let places: Vec<&Path> = components.chain([self.system.repository.0.as_path()]).chain(planned).collect();
        let mut lines = Vec::new();
        for disk in known.iter().filter(|disk| places.iter().any(|place| holder(&known, place) == Some(disk.mount.as_str()))) {
            let matchers: Vec<Matcher> = disk.labels.iter().map(|(name, value)| is(name, value)).collect();
            let points = read(self.source, &matchers, self.now, None, &|free| disk.all - free, self.ctx)?;
            let plan = self.plans.iter().find(|plan| matches!(&plan.of, Planned::Disk(path) if holder(&known, path) == Some(&disk.mount)));
            let used = Some(disk.all - disk.free);
            lines.push(self.line(disk.mount.clone(), CapacityKind::Disk, used, Some(disk.free), &points, plan));
        }
        Ok(lines)
    }

    fn known_disks(&self) -> Outcome<Vec<Disk>> {
        let newest = |name: &str| points::newest(self.source, &[is(NAME, name), is("system", "")], self.now, self.ctx);
        let sizes = newest("node_filesystem_size_bytes")?;
        let bare = |labels: &Labels| labels.only(|label| label != NAME);
        let disk = |(labels, free): (Labels, f64)| {
            let all = sizes.iter().find(|(other, _)| bare(other) == bare(&labels))?.1;
            Some(Disk { mount: labels.get("mountpoint").to_owned(), labels, free, all })
        };
        Ok(newest("node_filesystem_avail_bytes")?.into_iter().filter_map(disk).collect())
    }

    fn plan(&self, of: &Planned) -> Option<&CapacityDefinition> {
        self.plans.iter().find(|plan| plan.of == *of)
    }

    fn line(
        &self,
        what: String,
        kind: CapacityKind,
        now: Option<f64>,
        room: Option<f64>,
        points: &Points,
        plan: Option<&CapacityDefinition>,
    ) -> CapacityLine {
        let trend = points.trend();
        let full = trend.zip(room).map(|(trend, room)| trend.full(room));
        let plan = self.planned(plan, trend.as_ref());
        let days = |part: fn(f64, f64, f64) -> f64| match full {
            Some(Full::In(slope, early, late)) => Some(millis(part(slope, early, late))),
            _ => None,
        };
        let (full_at, full_least, full_most) = (days(|slope, _, _| slope), days(|_, early, _| early), days(|_, _, late| late));
        let over = self.over(&plan, trend.as_ref());
        CapacityLine {
            tone: tone(now.is_some(), full_at, over.is_some()),
            sentence: format!("{}{}", sentence(now, trend.as_ref(), full, room.is_some()), over.unwrap_or_default()),
            now: now.map(bytes),
            limit: now.zip(room).map(|(now, room)| bytes(now + room)),
            growth: trend.map(|trend| Float(trend.slope)),
            least: trend.map(|trend| Float(trend.least)),
            most: trend.map(|trend| Float(trend.most)),
            full: full_at,
            full_least,
            full_most,
            plan,
            trend: points.wire(),
            method: points.method(),
            what,
            kind,
        }
    }

    fn planned(&self, plan: Option<&CapacityDefinition>, trend: Option<&Trend>) -> Vec<PlanPoint> {
        let Some(plan) = plan else { return Vec::new() };
        let begin = plan.since.unwrap_or(self.system.added_at);
        let point = |((word, days), planned): (&(&str, i64), Option<Bytes>)| {
            let at = begin + TimeDelta::days(*days);
            let expected = trend.filter(|_| at > self.now).map(|trend| bytes(trend.after(self.days_until(at))));
            planned.map(|planned| PlanPoint { word: (*word).to_owned(), planned, at, expected })
        };
        PLANNED.iter().zip([plan.initial, plan.year, plan.three_years]).filter_map(point).collect()
    }

    /// Where even the slow end of the interval comes out above a plan.
    #[allow(clippy::cast_precision_loss)] // sizes
    fn over(&self, plan: &[PlanPoint], trend: Option<&Trend>) -> Option<String> {
        let trend = trend?;
        let expected = |point: &PlanPoint| trend.level + trend.least.max(0.0) * self.days_until(point.at);
        let point = plan.iter().filter(|point| point.at > self.now).find(|point| expected(point) > point.planned.0 as f64)?;
        Some(format!(" It outgrows its plan: {} for {}.", point.planned, point.word))
    }

    #[allow(clippy::cast_precision_loss)] // days
    fn days_until(&self, at: Instant) -> f64 {
        (at - self.now).num_seconds() as f64 / 86_400.0
    }
}

fn tone(known: bool, full: Option<Millis>, over: bool) -> Tone {
    match full {
        Some(full) if full <= SOON.1 => Tone::Critical,
        Some(full) if full <= SOON.0 => Tone::Attention,
        _ if over => Tone::Attention,
        _ if !known => Tone::Unknown,
        _ => Tone::Ok,
    }
}

fn sentence(now: Option<f64>, trend: Option<&Trend>, full: Option<Full>, has_room: bool) -> String {
    let Some(now) = now else { return "Not measured yet.".to_owned() };
    let Some(trend) = trend else { return format!("{} now; too little was measured to say how it grows.", bytes(now)) };
    let rate = |slope: f64| format!("{}{}", if slope < 0.0 { "-" } else { "" }, bytes(slope.abs()));
    let pace = format!("Grows by {} a day ({} to {})", rate(trend.slope), rate(trend.least), rate(trend.most));
    // Whole days, and hours where it is that soon.
    let days = |days: f64| {
        let part = if days < 2.0 { 3_600_000 } else { 86_400_000 };
        Millis((millis(days).0 / part * part).max(part))
    };
    match full {
        // The interval of the slope decides, not the room.
        _ if trend.least <= 0.0 && trend.most >= 0.0 => format!("{} now; no growth that can be told from none.", bytes(now)),
        _ if trend.most < 0.0 => format!("{} now; it shrinks by {} a day.", bytes(now), bytes(trend.slope.abs())),
        Some(Full::In(slope, _, _)) if slope > 36_500.0 => format!("{pace}: not full in a hundred years."),
        Some(Full::In(slope, early, late)) => format!("{pace}: full in {} ({} to {}).", days(slope), days(early), days(late)),
        _ if !has_room => format!("{pace}; its disk does not tell its room."),
        _ => format!("{pace}."),
    }
}

/// The mount that holds a place: the longest that its path begins with.
fn holder<'d>(disks: &'d [Disk], place: &Path) -> Option<&'d str> {
    let mounts = disks.iter().filter(|disk| place.starts_with(&disk.mount));
    mounts.max_by_key(|disk| disk.mount.len()).map(|disk| disk.mount.as_str())
}

fn is(label: &str, value: &str) -> Matcher {
    Matcher { label: label.to_owned(), test: Test::Is(value.to_owned()) }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // sizes
fn bytes(value: f64) -> Bytes {
    Bytes(value.max(0.0).round() as u64)
}

/// Days as a duration; a thousand years are enough.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // not negative
fn millis(days: f64) -> Millis {
    Millis((days.clamp(0.0, 365_000.0) * 86_400_000.0) as u64)
}

/// The method in a sentence.
fn method(width: TimeDelta, since: Option<Instant>) -> String {
    let part = match width.num_minutes() {
        30 => "half an hour",
        60 => "an hour",
        360 => "six hours",
        _ => "a day",
    };
    let since = since.map(|since| format!(" Looked at since {}.", since.format("%Y-%m-%d"))).unwrap_or_default();
    format!("One median for {part}. {}{since}", forecast::METHOD)
}

#[cfg(test)]
mod tests;
