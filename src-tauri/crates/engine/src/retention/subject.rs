//! What would be forgotten, and why: derived anew for each preview and each job.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;
use quarterdeck_backup::retention::{Candidate, Decision, decide, decide_named};
use quarterdeck_model::{
    Bytes, Count, Digest, Fault, Instant, Outcome, WirePath,
    retention::{Because, KeepRules, RetentionPreview, RuleSource, SnapshotVerdict},
    snapshot::{Snapshot, SnapshotId},
    system::{Environment, Name, System},
};
use serde::Serialize;

use super::{gap, rules};
use crate::{
    Engine, lookup,
    operation::Scope,
    ops::PreviewRetention,
    repository::{self, Holdings},
    schedule, truth,
};

/// The fewest figures by which a snapshot is named.
const FEWEST_FIGURES: usize = 4;

/// One decision about all snapshots of a system.
pub(super) struct Subject {
    pub system: System,
    rules: KeepRules,
    source: RuleSource,
    zone: TimeZone,
    named: bool,
    /// Newest first.
    pub verdicts: Vec<SnapshotVerdict>,
    unreadable: Vec<SnapshotId>,
    /// Of those that cannot be read, the ones that were named.
    unreadable_named: Vec<SnapshotId>,
    pub obstacles: Vec<String>,
    as_of: Instant,
}

/// What must not change between a preview and its application.
#[derive(Serialize)]
struct Facts<'a> {
    system: &'a Name,
    repository: &'a WirePath,
    forgotten: BTreeSet<&'a SnapshotId>,
}

/// What would be kept and forgotten.
pub(crate) fn preview(scope: &Scope, request: &PreviewRetention) -> Outcome<RetentionPreview> {
    let subject = Subject::look(scope, &request.system, &request.snapshots, request.rules.clone())?;
    let forgotten = subject.forgotten();
    let mut sentence = subject.sentence();
    let free = match request.measure.then(|| free_without(&scope.engine, &subject.system, &forgotten)) {
        None => None,
        Some(Ok(free)) => {
            sentence = match free {
                Bytes(0) if forgotten.is_empty() => sentence,
                Bytes(0) => format!("{sentence} Nothing would be unused then: what stays needs all that they hold."),
                _ => format!("{sentence} {free} would be unused then; a prune marks them, and one a day later frees them."),
            };
            Some(free)
        }
        // The rest of the answer stands without this figure: where a part of the repository is missing nobody can count its room.
        Some(Err(fault)) => {
            sentence = format!("{sentence} How much room that frees is not known: {}", fault.message);
            None
        }
    };
    Ok(RetentionPreview {
        digest: subject.digest(),
        sentence,
        system: subject.system.name.clone(),
        environment: subject.system.environment,
        zone: subject.zone.iana_name().unwrap_or("the time zone of this machine").to_owned(),
        kept: Count((subject.verdicts.len() + subject.unreadable.len() - forgotten.len()) as u64),
        forgotten: Count(forgotten.len() as u64),
        free,
        confirm: subject.confirmation().cloned(),
        rules: subject.rules,
        source: subject.source,
        snapshots: subject.verdicts,
        unreadable: subject.unreadable,
        obstacles: subject.obstacles,
        as_of: subject.as_of,
    })
}

fn free_without(engine: &Engine, system: &System, forgotten: &[SnapshotId]) -> Outcome<Bytes> {
    match repository::exists(&system.repository.0) {
        true => repository::open(engine, system)?.unused_without(forgotten),
        false => Ok(Bytes(0)),
    }
}

impl Subject {
    /// Decides about every snapshot of a system: by `named`, where there are any, else by `tried`, else by the rules that hold.
    pub(super) fn look(scope: &Scope, name: &Name, named: &[String], tried: Option<KeepRules>) -> Outcome<Self> {
        let engine = &scope.engine;
        let system = lookup::system(engine, name)?;
        let (rules, source) = match tried {
            _ if !named.is_empty() => (KeepRules::default(), RuleSource::Request),
            Some(rules) => (rules, RuleSource::Request),
            None => rules::of(engine, &system)?,
        };
        rules.check()?;
        let now = engine.clock().now();
        let Holdings { snapshots, unreadable } = repository::holdings(engine, &system)?;
        let unreadable: Vec<SnapshotId> = unreadable.into_iter().map(|(id, _)| id).collect();
        let wanted = resolve(&system, named, &snapshots, &unreadable)?;
        let candidates: Vec<Candidate> = snapshots.iter().map(|snapshot| Candidate::of(snapshot, engine.host(), now)).collect();
        let zone = zone_of(engine, &system)?;
        let decisions = match named.is_empty() {
            true => decide(&candidates, &rules, now, &zone),
            false => decide_named(&candidates, &wanted, now),
        };
        let verdicts: Vec<SnapshotVerdict> =
            snapshots.into_iter().zip(decisions).map(|(snapshot, decision)| verdict(snapshot, decision, now)).collect();
        let unreadable_named = unreadable.iter().filter(|id| wanted.contains(id)).cloned().collect();
        let obstacles = verdicts.iter().filter(|verdict| verdict.keep && wanted.contains(&verdict.id)).map(obstacle).collect();
        let named = !named.is_empty();
        Ok(Self { system, rules, source, zone, named, verdicts, unreadable, unreadable_named, obstacles, as_of: now }.guarded())
    }

    /// What cannot be read cannot say what it holds; it goes only where something verified stays.
    fn guarded(mut self) -> Self {
        let verified = |verdict: &SnapshotVerdict| verdict.keep && verdict.because.contains(&Because::LastVerified);
        if !self.unreadable_named.is_empty() && !self.verdicts.iter().any(verified) {
            self.obstacles.push(format!("No snapshot of {} is verified, so none that cannot be read is forgotten.", self.system.name));
        }
        self
    }

    /// What goes, oldest last.
    pub(super) fn forgotten(&self) -> Vec<SnapshotId> {
        let going = self.verdicts.iter().filter(|verdict| !verdict.keep).map(|verdict| verdict.id.clone());
        going.chain(self.unreadable_named.iter().cloned()).collect()
    }

    /// How many there are in all.
    pub(super) fn listed(&self) -> usize {
        self.verdicts.len() + self.unreadable.len()
    }

    pub(super) fn digest(&self) -> Digest {
        let forgotten = self.forgotten();
        Digest::over(&Facts { system: &self.system.name, repository: &self.system.repository, forgotten: forgotten.iter().collect() })
    }

    /// The word to type: people who name snapshots of something that others depend on say what it is.
    pub(super) fn confirmation(&self) -> Option<&Name> {
        (self.named && self.system.environment != Environment::Development).then_some(&self.system.name)
    }

    fn sentence(&self) -> String {
        let (gone, all) = (self.forgotten().len() as u64, Count(self.listed() as u64));
        let name = &self.system.name;
        let what = match (gone, all.0) {
            (_, 0) => format!("{name} has no snapshot yet."),
            (0, _) => format!("Nothing would be forgotten: {} of {name} stay{}.", all.of("snapshot"), if all.0 == 1 { "s" } else { "" }),
            _ => format!("{} of {} of {name} would be forgotten.", Count(gone), all.of("snapshot")),
        };
        let by = match self.named {
            true => gap::left_by(&self.verdicts, self.as_of).map(|gap| format!(" {gap}")).unwrap_or_default(),
            false => format!(" {}", rules::sentence(&self.system, &self.rules, &self.source)),
        };
        format!("{what}{by}")
    }
}

/// Whose days are counted: those of the schedule that takes the snapshots, else those of this machine.
fn zone_of(engine: &Engine, system: &System) -> Outcome<TimeZone> {
    let Some(name) = schedule::zone(engine, system)? else { return Ok(TimeZone::system()) };
    TimeZone::get(&name).map_err(|_| {
        Fault::refused("unknown-zone", format!("The time zone {name:?} of the schedule of {} is not known here.", system.name))
            .hint("Name one of the IANA list, such as Europe/Berlin or UTC.")
    })
}

/// The snapshots that people mean by first figures.
fn resolve(system: &System, named: &[String], snapshots: &[Snapshot], unreadable: &[SnapshotId]) -> Outcome<BTreeSet<SnapshotId>> {
    let ids: Vec<&SnapshotId> = snapshots.iter().map(|snapshot| &snapshot.id).chain(unreadable).collect();
    let one = |text: &String| {
        let matching: Vec<&SnapshotId> =
            ids.iter().copied().filter(|id| text.len() >= FEWEST_FIGURES && id.0.starts_with(text.as_str())).collect();
        match matching.as_slice() {
            [only] => Ok((*only).clone()),
            [] => Err(Fault::refused("snapshot-missing", format!("{} has no snapshot {text:?}.", system.name))
                .hint(format!("Run: quarterdeck snapshots {}", system.name))),
            several => {
                Err(Fault::usage("snapshot-ambiguous", format!("{} snapshots of {} begin with {text:?}.", several.len(), system.name))
                    .hint("Name more of its figures."))
            }
        }
    };
    named.iter().map(one).collect()
}

fn verdict(snapshot: Snapshot, decision: Decision, now: Instant) -> SnapshotVerdict {
    let (keep, because) = match decision {
        Decision::Kept(because) => (true, because),
        Decision::Forgotten(why) => (false, vec![why]),
    };
    let pin = snapshot.pin.clone().filter(|pin| pin.until.is_none_or(|until| until > now));
    let reasons: Vec<String> = because.iter().map(|why| words(*why, &snapshot, now)).collect();
    SnapshotVerdict {
        cut_at: snapshot.manifest.cut_at,
        reason: snapshot.manifest.reason,
        label: snapshot.manifest.label.clone(),
        level: snapshot.level().map(|reached| reached.level),
        words: reasons.join(", "),
        id: snapshot.id,
        keep,
        because,
        pin,
    }
}

fn words(why: Because, snapshot: &Snapshot, now: Instant) -> String {
    let until = |until: Instant| format!(" until {}", truth::moment(until, now));
    match (why, &snapshot.pin, snapshot.pinned_until) {
        (Because::Pinned, Some(pin), _) if pin.until.is_none_or(|until| until > now) => {
            format!("pinned by {}{}: {}", pin.who, pin.until.map(until).unwrap_or_default(), pin.reason)
        }
        (Because::Pinned, _, Some(end)) => format!("the way back of a job, pinned{}", until(end)),
        (Because::OtherHost, ..) => format!("taken on {}, where other rules hold", snapshot.manifest.host),
        _ => why.words().to_owned(),
    }
}

fn obstacle(verdict: &SnapshotVerdict) -> String {
    format!("Snapshot {} stays: {}.", verdict.id.short(), verdict.words)
}
