//! Which snapshots stay. A pure function of the snapshots, the rules, the time and the time zone; it reads and changes nothing.
//!
//! The periods are those of restic's `forget`: of each of the last so many hours, days, weeks, months or years *that have a snapshot*, the
//! newest one stays (<https://restic.readthedocs.io/en/stable/060_forget.html>). What outranks the rules is ours:
//!
//! 1. A pin, and a date in the future, keep a snapshot whatever the rules say; so does another host, whose pins are not known here.
//! 2. A component's newest proven snapshot, and its newest verified one, are never forgotten.
//! 3. A snapshot is forgotten only where each component in it has a verified snapshot that is newer.

mod period;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use jiff::tz::TimeZone;
use quarterdeck_model::{
    Instant, Millis,
    retention::{BEFORE_CHANGE, Because, KeepRules},
    snapshot::{Level, Reason, Snapshot, SnapshotId},
};

/// A snapshot counts as verified from this level on: all of its data was read again.
const VERIFIED: Level = Level::Read;
/// And as proven from this one on: image, schema and rows were compared.
const PROVEN: Level = Level::DataMatches;

/// So long the way back from a restore stays, in days, even where its pin is not known here.
const WAY_BACK_DAYS: i64 = 30;

/// What the decision needs to know of a snapshot.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// Its identifier.
    pub id: SnapshotId,
    /// The moment whose state it holds.
    pub cut_at: Instant,
    /// Why it was taken.
    pub reason: Reason,
    /// The strongest level that it reached.
    pub level: Option<Level>,
    /// True while it is pinned, by people or by a job.
    pub pinned: bool,
    /// True where another host took it.
    pub elsewhere: bool,
    /// The components that it holds, with their host: each has proofs of its own.
    pub components: Vec<String>,
    /// Those of them that are known to be damaged in it: whatever level it reached before, it is evidence of nothing for them.
    pub damaged: Vec<String>,
}

impl Candidate {
    /// A snapshot as the store of a host knows it, now.
    pub fn of(snapshot: &Snapshot, host: &str, now: Instant) -> Self {
        let manifest = &snapshot.manifest;
        let taken_on = &manifest.host;
        let by_people = snapshot.pin.as_ref().is_some_and(|pin| pin.until.is_none_or(|until| until > now));
        Self {
            id: snapshot.id.clone(),
            cut_at: manifest.cut_at,
            reason: manifest.reason,
            level: snapshot.level().map(|reached| reached.level),
            pinned: by_people || snapshot.pinned_until.is_some_and(|until| until > now),
            elsewhere: taken_on != host,
            components: manifest.names().map(|name| format!("{taken_on} {name}")).collect(),
            damaged: manifest.names().filter(|name| !snapshot.is_sound_for(name)).map(|name| format!("{taken_on} {name}")).collect(),
        }
    }

    fn reached(&self, level: Level) -> bool {
        self.level.is_some_and(|reached| reached >= level)
    }
}

/// What becomes of a snapshot, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// It stays, for all of these reasons.
    Kept(Vec<Because>),
    /// It is forgotten.
    Forgotten(Because),
}

/// Decides about every snapshot, in the order in which they are given. Two calls with the same arguments agree, and a second one over what
/// the first one keeps forgets nothing more.
pub fn decide(snapshots: &[Candidate], rules: &KeepRules, now: Instant, zone: &TimeZone) -> Vec<Decision> {
    decide_with(snapshots, &mut Ruling::new(snapshots, now), |ruling| ruling.apply(rules, zone))
}

/// The same where people name what is to go: everything else stays, and what may not go stays too and says why.
pub fn decide_named(snapshots: &[Candidate], named: &BTreeSet<SnapshotId>, now: Instant) -> Vec<Decision> {
    decide_with(snapshots, &mut Ruling::new(snapshots, now), |ruling| {
        for (at, snapshot) in snapshots.iter().enumerate() {
            match named.contains(&snapshot.id) {
                true => ruling.gone[at] = Some(Because::Named),
                false => ruling.keep(at, Because::NotNamed),
            }
        }
    })
}

fn decide_with<'s>(snapshots: &'s [Candidate], ruling: &mut Ruling<'s>, rule: impl FnOnce(&mut Ruling<'s>)) -> Vec<Decision> {
    rule(ruling);
    ruling.protect();
    (0..snapshots.len()).map(|at| ruling.decision(at)).collect()
}

/// The decision while it is made.
struct Ruling<'s> {
    snapshots: &'s [Candidate],
    now: Instant,
    /// Places in `snapshots`, newest first.
    newest_first: Vec<usize>,
    /// Why each stays, as far as the rules say so.
    kept: Vec<BTreeSet<Because>>,
    /// Why each goes all the same.
    gone: Vec<Option<Because>>,
    /// Why each stays whatever the rules say.
    protected: Vec<BTreeSet<Because>>,
}

impl<'s> Ruling<'s> {
    fn new(snapshots: &'s [Candidate], now: Instant) -> Self {
        let mut newest_first: Vec<usize> = (0..snapshots.len()).collect();
        newest_first.sort_by(|&a, &b| (snapshots[b].cut_at, &snapshots[b].id).cmp(&(snapshots[a].cut_at, &snapshots[a].id)));
        let none = vec![BTreeSet::new(); snapshots.len()];
        Self { snapshots, now, newest_first, kept: none.clone(), gone: vec![None; snapshots.len()], protected: none }
    }

    fn decision(&self, at: usize) -> Decision {
        match self.gone[at] {
            Some(why) if self.protected[at].is_empty() => Decision::Forgotten(why),
            Some(_) => Decision::Kept(self.protected[at].iter().copied().collect()),
            None => Decision::Kept(self.protected[at].union(&self.kept[at]).copied().collect()),
        }
    }

    fn keep(&mut self, at: usize, because: Because) {
        self.kept[at].insert(because);
    }

    /// Places of the snapshots for which `wanted` holds, newest first. What is dated in the future takes part in nothing.
    fn places(&self, wanted: impl Fn(&Candidate) -> bool) -> Vec<usize> {
        self.newest_first.iter().copied().filter(|&at| self.snapshots[at].cut_at <= self.now && wanted(&self.snapshots[at])).collect()
    }

    fn apply(&mut self, rules: &KeepRules, zone: &TimeZone) {
        let ours = |reasons: &'static [Reason]| move |snapshot: &Candidate| !snapshot.elsewhere && reasons.contains(&snapshot.reason);
        let ordinary = self.places(ours(&[Reason::Manual, Reason::Scheduled]));
        self.choose(&ordinary, rules, zone);
        let before = self.places(ours(&[Reason::BeforeChange]));
        let unsaid = if *rules == KeepRules::default() { u32::MAX } else { BEFORE_CHANGE };
        let most = rules.before_change.unwrap_or(unsaid) as usize;
        for (rank, &at) in before.iter().enumerate() {
            if rank < most {
                self.keep(at, Because::BeforeChange);
            } else {
                self.gone[at] = Some(Because::TooMany);
            }
        }
        for at in self.places(ours(&[Reason::Safety])) {
            match self.now - self.snapshots[at].cut_at > TimeDelta::days(WAY_BACK_DAYS) {
                true => self.gone[at] = Some(Because::WayBackEnded),
                false => self.keep(at, Because::WayBack),
            }
        }
        for at in self.places(|snapshot| snapshot.elsewhere) {
            self.keep(at, Because::OtherHost);
        }
        self.cap(&ordinary, &before, rules);
    }

    /// The union of the rules over ordinary snapshots.
    fn choose(&mut self, ordinary: &[usize], rules: &KeepRules, zone: &TimeZone) {
        if rules.keeps_everything() {
            ordinary.iter().for_each(|&at| self.keep(at, Because::Everything));
            return;
        }
        for (rule, count) in rules.counted() {
            let mut periods = BTreeSet::new();
            for &at in ordinary {
                if periods.len() < count.unwrap_or(0) as usize && periods.insert(period::of(rule, self.snapshots[at].cut_at, at, zone)) {
                    self.keep(at, rule);
                }
            }
        }
        // From the newest one, not from now: where backups have stopped, or the clock leaps, nothing ages.
        let newest = ordinary.first().map(|&at| self.snapshots[at].cut_at);
        for &at in ordinary {
            let age = newest.map(|newest| newest - self.snapshots[at].cut_at);
            if let (Some(within), Some(age)) = (rules.within, age)
                && age <= span(within)
            {
                self.keep(at, Because::Within);
            }
            if self.kept[at].is_empty() {
                self.gone[at] = Some(Because::NoRule);
            }
        }
    }

    /// Number and age of what the rules keep.
    fn cap(&mut self, ordinary: &[usize], before: &[usize], rules: &KeepRules) {
        if let Some(most) = rules.at_most {
            let staying: Vec<usize> =
                ordinary.iter().copied().filter(|&at| self.gone[at].is_none() && !self.snapshots[at].pinned).collect();
            for &at in staying.iter().skip(most as usize) {
                self.gone[at] = Some(Because::TooMany);
            }
        }
        if let Some(age) = rules.no_older_than {
            for &at in ordinary.iter().chain(before) {
                if self.gone[at].is_none() && self.now - self.snapshots[at].cut_at > span(age) {
                    self.gone[at] = Some(Because::TooOld);
                }
            }
        }
    }

    /// What stays whatever the rules say.
    fn protect(&mut self) {
        for (at, snapshot) in self.snapshots.iter().enumerate() {
            if snapshot.pinned {
                self.protected[at].insert(Because::Pinned);
            }
            if snapshot.cut_at > self.now {
                self.protected[at].insert(Because::InTheFuture);
            }
        }
        self.newest_of_each_component(PROVEN).into_values().for_each(|at| {
            self.protected[at].insert(Because::LastProven);
        });
        let verified = self.newest_of_each_component(VERIFIED);
        verified.values().for_each(|&at| {
            self.protected[at].insert(Because::LastVerified);
        });
        let rank = |at: usize| (self.snapshots[at].cut_at, &self.snapshots[at].id);
        for (at, snapshot) in self.snapshots.iter().enumerate() {
            let outlived = |component: &String| verified.get(component).is_some_and(|&newer| rank(newer) > rank(at));
            let has_newer = !snapshot.components.is_empty() && snapshot.components.iter().all(outlived);
            if !has_newer && snapshot.cut_at <= self.now && !self.protected[at].contains(&Because::LastVerified) {
                self.protected[at].insert(Because::NothingNewer);
            }
        }
    }

    /// The newest snapshot of each component that reached a level. What a restore replaced is evidence of nothing.
    fn newest_of_each_component(&self, level: Level) -> BTreeMap<&'s String, usize> {
        let mut newest = BTreeMap::new();
        for at in self.places(|snapshot| snapshot.reason != Reason::Safety && snapshot.reached(level)) {
            let snapshot = &self.snapshots[at];
            for component in snapshot.components.iter().filter(|component| !snapshot.damaged.contains(component)) {
                newest.entry(component).or_insert(at);
            }
        }
        newest
    }
}

fn span(time: Millis) -> TimeDelta {
    TimeDelta::milliseconds(i64::try_from(time.0).unwrap_or(i64::MAX))
}
