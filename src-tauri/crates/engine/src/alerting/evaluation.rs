//! Rules are evaluated after each tick, by whoever measures. What comes out is written at the same moment, what changed is kept in the file
//! of the alerts, and whoever tells people is woken.

use std::{
    collections::{BTreeMap, HashMap},
    path::PathBuf,
    sync::{Arc, Weak},
    time::{Duration, Instant as Timer},
};

use quarterdeck_model::{
    Event, Instant, JobCtx, Outcome,
    alert::{AlertEvent, AlertEventKind, AlertName, RuleHealth},
    system::Name,
};
use quarterdeck_monitor::{
    alert::{Alert, machine::State},
    gathered::Reading,
    labels::Labels,
    promql::{self, Options, Steps, Value, limit},
    rules::{Evaluator, Group, Instance, SavedGroup, Settings, Standing, Transition},
    sample::Moment,
    series::{Brought, Snapshot},
};
use quarterdeck_store::alerts::{self, File, states};

use super::{
    board::Board,
    keeping::{self, Written},
    loading::{Loading, Origin, RuleFile},
    own, telling, words,
};
use crate::{Engine, collecting::AfterTick};

/// Groups that name no interval are evaluated as often as most collectors visit.
pub(super) const INTERVAL: Duration = Duration::from_secs(15);

/// How often files are looked at.
const LOOK: Duration = Duration::from_secs(10);

/// How often it is asked whether a rule could have had series; in milliseconds.
const DATA: i64 = 60_000;

/// Before it was measured for so long, nobody can tell what is missing: some things are measured seldom. In milliseconds.
const WARM: i64 = 2 * 60_000;

/// What every tick brings.
const COLLECTING: &str = "quarterdeck_collecting";

/// An alert whose rule is gone is told as over for so long; in milliseconds.
const FAREWELL: i64 = 15 * 60_000;

/// The hook of whoever measures.
pub(crate) struct Evaluation {
    engine: Weak<Engine>,
    held: Option<Held>,
    /// Whoever tells people lives as long.
    living: Arc<()>,
}

/// What only whoever evaluates has.
struct Held {
    file: Arc<File>,
    loading: Loading,
    looked: Timer,
    /// It was measured for long enough to tell what is missing.
    is_warm: bool,
    groups: Vec<Running>,
    /// Not written yet.
    events: Vec<AlertEvent>,
    /// Series of groups that are gone, to be marked stale.
    ended: Vec<Reading>,
    /// Alerts whose rule is gone, until they were told as over.
    departed: Vec<Alert>,
    /// Groups that are to be forgotten.
    gone: Vec<String>,
}

/// A group and what is known of its evaluations.
pub(super) struct Running {
    pub evaluator: Evaluator,
    pub origin: Origin,
    pub path: Option<PathBuf>,
    /// Its place in the list.
    pub place: usize,
    /// Which evaluation was the last.
    slot: Option<i64>,
    /// When that began, by a clock that does not run while the machine sleeps.
    began: Option<Timer>,
    pub missed: u64,
    pub took: Duration,
    /// When it was asked for data last.
    asked: Moment,
    /// Since when each rule is as it is.
    pub since: HashMap<String, (RuleHealth, Moment)>,
    /// What the file knows of each alert.
    pub written: Written,
    flapping: HashMap<String, bool>,
    is_new: bool,
}

/// What an evaluation looks at.
struct Now<'e> {
    at: Moment,
    snapshot: &'e Snapshot,
    is_warm: bool,
    loading: &'e Loading,
    ctx: &'e JobCtx,
}

impl Evaluation {
    /// For a home; nothing is read before the first tick.
    pub(crate) fn new(engine: &Arc<Engine>) -> Self {
        Self { engine: Arc::downgrade(engine), held: None, living: Arc::default() }
    }

    /// Starts the thread that tells people while this one evaluates.
    pub(crate) fn telling(self, engine: &Arc<Engine>) -> Outcome<Self> {
        telling::start(engine, Arc::downgrade(&self.living))?;
        Ok(self)
    }

    /// Looks at the files at the next tick, however lately that was done.
    #[cfg(test)]
    pub(crate) fn hurry(&mut self) {
        if let Some(held) = &mut self.held {
            held.looked = Timer::now().checked_sub(LOOK * 2).unwrap_or_else(Timer::now);
        }
    }
}

impl AfterTick for Evaluation {
    fn is_due(&mut self, at: Instant) -> bool {
        let at = at.timestamp_millis();
        match &self.held {
            Some(held) => held.groups.iter().any(|running| running.is_due(at)),
            // The first one is with the first visits.
            None => false,
        }
    }

    fn after(&mut self, at: Instant) -> Outcome<Vec<Brought>> {
        let Some(engine) = self.engine.upgrade() else { return Ok(Vec::new()) };
        if self.held.is_none() {
            self.held = Some(Held::open(&engine)?);
        }
        let Some(held) = &mut self.held else { return Ok(Vec::new()) };
        held.evaluate(&engine, at.timestamp_millis())
    }

    fn left(&mut self) {
        self.held = None;
        if let Some(engine) = self.engine.upgrade() {
            engine.alerting().leave();
        }
    }
}

impl Held {
    fn open(engine: &Arc<Engine>) -> Outcome<Self> {
        let file = engine.alerting().file(engine)?;
        let (looked, loading) = (Timer::now(), Loading::read(engine)?);
        let mut held = Self {
            file,
            loading,
            looked,
            is_warm: false,
            groups: Vec::new(),
            events: Vec::new(),
            ended: Vec::new(),
            departed: Vec::new(),
            gone: Vec::new(),
        };
        let (groups, alerts) = held.file.read(|c| Ok((states::groups(c)?, states::all(c)?)))?;
        let mut saved: BTreeMap<String, SavedGroup> = groups.iter().map(keeping::saved_group).collect();
        for alert in &alerts {
            // What a later version wrote says nothing here.
            let Some(read) = keeping::saved_alert(alert) else { continue };
            saved.entry(alert.group.clone()).or_default().alerts.push(read);
        }
        held.reload(engine.clock().now().timestamp_millis(), saved);
        held.publish(engine);
        Ok(held)
    }

    fn evaluate(&mut self, engine: &Arc<Engine>, at: Moment) -> Outcome<Vec<Brought>> {
        if self.looked.elapsed() >= LOOK {
            self.looked = Timer::now();
            if self.loading.look(engine)? {
                self.reload(at, BTreeMap::new());
            }
        }
        let due: Vec<usize> = (0..self.groups.len()).filter(|index| self.groups[*index].is_due(at)).collect();
        let mut found = vec![Brought { key: "rules".to_owned(), readings: std::mem::take(&mut self.ended) }];
        if due.is_empty() && self.gone.is_empty() && self.events.is_empty() {
            return Ok(found);
        }
        let snapshot = engine.series().snapshot()?;
        let ctx = JobCtx::detached();
        self.is_warm = self.is_warm || was_measured(at - WARM, &snapshot, &ctx)?;
        let mut changed = !self.events.is_empty() || !self.gone.is_empty();
        for index in &due {
            let loading = &self.loading;
            let running = &mut self.groups[*index];
            let now = Now { at, snapshot: &snapshot, is_warm: self.is_warm, loading, ctx: &ctx };
            let events = running.evaluate(&now, &mut found[0].readings);
            changed |= !events.is_empty();
            self.events.extend(events);
        }
        found.push(Brought { key: "quarterdeck/rules".to_owned(), readings: own::readings(engine, &self.groups, at) });
        self.keep(&due, at, changed)?;
        self.publish(engine);
        engine.tell(Event::Alert);
        Ok(found)
    }

    /// Takes what the files say now; groups go on where they were.
    fn reload(&mut self, at: Moment, mut saved: BTreeMap<String, SavedGroup>) {
        let mut before: HashMap<String, Running> =
            std::mem::take(&mut self.groups).into_iter().map(|running| (running.evaluator.key().to_owned(), running)).collect();
        for file in &self.loading.files {
            for group in file.groups.iter() {
                let key = format!("{}{}", file.prefix(), group.name);
                let mut evaluator = Evaluator::new(group.clone(), key.clone(), settings(&self.loading, file));
                let place = self.groups.len();
                let mut running = match before.remove(&key) {
                    Some(old) => {
                        let (evaluator, kept) = old.parted();
                        let mut new = Evaluator::new(group.clone(), key.clone(), settings(&self.loading, file));
                        new.inherit(evaluator);
                        Running { evaluator: new, ..kept(file) }
                    }
                    None => {
                        evaluator.restore(saved.remove(&key).unwrap_or_default());
                        Running::new(evaluator, file)
                    }
                };
                running.place = place;
                self.groups.push(running);
            }
        }
        // What a wrong file said before this process began is left as it was.
        let wrong: Vec<String> = self.loading.files.iter().filter(|file| !file.findings.is_empty()).map(RuleFile::prefix).collect();
        let gone = before.into_values().map(|running| running.evaluator);
        let orphans = saved.into_iter().filter(|(key, _)| !wrong.iter().any(|prefix| key.starts_with(prefix.as_str())));
        let orphans: Vec<Evaluator> = orphans.map(|(key, saved)| orphan(key, saved)).collect();
        for evaluator in gone.chain(orphans) {
            self.retire(evaluator, at);
        }
    }

    fn retire(&mut self, evaluator: Evaluator, at: Moment) {
        let key = evaluator.key().to_owned();
        let active: Vec<Alert> = evaluator.active().filter_map(|(standing, instance)| instance.alert(&standing.rule.expression)).collect();
        let (readings, changes) = evaluator.retire(at);
        self.ended.extend(readings);
        for change in &changes {
            self.events.extend(event(change, None));
            let alert = active.iter().find(|alert| alert.id == change.id).cloned();
            let alert = alert.or_else(|| (change.from == State::Firing).then(|| departed(change)));
            self.departed.extend(alert.map(|alert| Alert { ends: Some(at), ..alert }));
        }
        self.gone.push(key);
    }

    /// Writes what is known now: synced where something changed.
    fn keep(&mut self, due: &[usize], at: Moment, changed: bool) -> Outcome<()> {
        let mut rows = Vec::new();
        for index in due {
            rows.push(keeping::rows(&mut self.groups[*index], &self.loading, at, changed)?);
        }
        let (events, gone) = (&self.events, &self.gone);
        let write = |tx: &quarterdeck_store::Transaction<'_>| {
            gone.iter().try_for_each(|key| states::drop_group(tx, key))?;
            events.iter().try_for_each(|event| alerts::events::add(tx, event).map(drop))?;
            rows.iter().try_for_each(|rows| rows.write(tx))
        };
        let written = if changed { self.file.write(write) } else { self.file.jot(write) };
        match written {
            Ok(()) => {
                self.events.clear();
                self.gone.clear();
                Ok(())
            }
            Err(fault) => {
                // All of it is written again.
                due.iter().for_each(|index| self.groups[*index].written.forget());
                Err(fault)
            }
        }
    }

    /// Shows whoever tells people what there is to tell.
    fn publish(&mut self, engine: &Engine) {
        let now = engine.clock().now().timestamp_millis();
        self.departed.retain(|alert| alert.ends.is_none_or(|ends| now - ends < FAREWELL));
        let mut board = Board { alerts: self.departed.clone(), evaluated: now, ..Board::default() };
        for running in &self.groups {
            for (standing, instance) in running.active(&self.loading) {
                board.alerts.extend(instance.alert(&standing.rule.expression));
            }
        }
        board.systems = self.loading.systems.clone();
        engine.alerting().publish(board);
    }
}

/// True where somebody measured at that moment.
fn was_measured(at: Moment, snapshot: &Snapshot, ctx: &JobCtx) -> Outcome<bool> {
    let steps = Steps { from: at, until: at, step: 0 };
    let answer = promql::evaluate(&promql::parse(COLLECTING)?, snapshot, steps, &Options::default(), ctx)?;
    Ok(matches!(answer.value, Value::Vector(found) if !found.is_empty()))
}

impl Running {
    fn new(evaluator: Evaluator, file: &RuleFile) -> Self {
        Self {
            evaluator,
            origin: file.origin.clone(),
            path: file.path.clone(),
            place: 0,
            slot: None,
            began: None,
            missed: 0,
            took: Duration::ZERO,
            asked: Moment::MIN,
            since: HashMap::new(),
            written: Written::default(),
            flapping: HashMap::new(),
            is_new: true,
        }
    }

    /// The evaluator, and everything else as it goes on.
    fn parted(self) -> (Evaluator, impl FnOnce(&RuleFile) -> Self) {
        let Self { evaluator, slot, began, missed, took, since, written, flapping, .. } = self;
        let kept = move |file: &RuleFile| {
            let empty = Evaluator::new(nothing(), String::new(), Settings::default());
            Self { slot, began, missed, took, since, written, flapping, ..Self::new(empty, file) }
        };
        (evaluator, kept)
    }

    fn is_due(&self, at: Moment) -> bool {
        self.is_new || self.slot != Some(self.evaluator.slot(at))
    }

    /// Its alerts, without those that a system has switched off.
    pub(super) fn active<'r>(&'r self, loading: &'r Loading) -> impl Iterator<Item = (&'r Standing, &'r Instance)> {
        let shipped = self.origin == Origin::Shipped;
        self.evaluator
            .active()
            .filter(move |(standing, instance)| !shipped || !loading.is_off(&standing.rule.name, instance.labels.get("system")))
    }

    fn evaluate(&mut self, now: &Now<'_>, found: &mut Vec<Reading>) -> Vec<AlertEvent> {
        let Now { at, snapshot, is_warm, loading, ctx } = *now;
        self.count_missed(at);
        let shipped = self.origin == Origin::Shipped;
        let is_off = |labels: &Labels| shipped && loading.is_off(labels.get("alertname"), labels.get("system"));
        let mut append = |_: Moment, readings: Vec<Reading>| {
            found.extend(readings.into_iter().filter(|reading| !is_off(&reading.labels)));
            Ok(())
        };
        let evaluated = self.evaluator.evaluate(at, snapshot, &mut append, ctx);
        self.took = evaluated.took;
        if !is_warm {
            self.evaluator.wait_for_data();
        } else if at.saturating_sub(self.asked) >= DATA {
            self.asked = at;
            self.evaluator.look_for_data(at, snapshot, snapshot, ctx);
        }
        self.is_new = false;
        let told = evaluated.changes.iter().filter(|change| !is_off(&change.labels));
        let mut events: Vec<AlertEvent> = told.flat_map(|change| event(change, self.standing(&change.rule))).collect();
        events.extend(self.health_changes(at));
        events.extend(self.flapping_changes(at, loading));
        events
    }

    fn standing(&self, key: &str) -> Option<&Standing> {
        self.evaluator.rules().iter().find(|standing| standing.key == key)
    }

    /// What fell out because the evaluations before took too long; a sleep is no fault of theirs.
    fn count_missed(&mut self, at: Moment) {
        let slot = self.evaluator.slot(at);
        if let (Some(before), Some(began)) = (self.slot, self.began) {
            let awake = u64::try_from(began.elapsed().as_millis() / self.evaluator.interval().as_millis().max(1)).unwrap_or(0);
            self.missed += u64::try_from(slot - before - 1).unwrap_or(0).min(awake.saturating_sub(1));
        }
        (self.slot, self.began) = (Some(slot), Some(Timer::now()));
    }

    /// Rules that failed, lost their data, or are well again.
    fn health_changes(&mut self, at: Moment) -> Vec<AlertEvent> {
        let mut events = Vec::new();
        for standing in self.evaluator.rules() {
            let (health, sentence) = keeping::health(&standing.health, &self.origin);
            let before = self.since.get(&standing.key).map(|(before, _)| *before);
            if before == Some(health) {
                continue;
            }
            self.since.insert(standing.key.clone(), (health, at));
            if health.is_defect() || before.is_some_and(RuleHealth::is_defect) {
                events.push(rule_event(standing, &sentence, at, self.origin.system()));
            }
        }
        events
    }

    fn flapping_changes(&mut self, at: Moment, loading: &Loading) -> Vec<AlertEvent> {
        let mut events = Vec::new();
        let mut now = HashMap::new();
        for (standing, instance) in self.active(loading) {
            let flaps = instance.course.flapping.times();
            let before = self.flapping.get(&instance.id).copied().unwrap_or(false);
            if flaps.is_some() != before {
                let sentence = match flaps {
                    Some(times) => format!("went to and fro {times} times within half an hour; it is told as firing until it is steady"),
                    None => "is steady again".to_owned(),
                };
                events.extend(happened(instance, standing, AlertEventKind::Flapping, sentence, at));
            }
            if flaps.is_some() {
                now.insert(instance.id.clone(), true);
            }
        }
        self.flapping = now;
        events
    }
}

fn settings(loading: &Loading, file: &RuleFile) -> Settings {
    let scope = file.origin.system().map(ToString::to_string);
    let environment = file.origin.system().and_then(|name| loading.systems.get(name)).map(|system| system.environment.to_string());
    let added = scope.iter().map(|system| ("system", system.clone())).chain(environment.map(|environment| ("environment", environment)));
    Settings { added: Labels::new(added), scope, interval: INTERVAL, ..Settings::default() }
}

/// A group of which only the alerts are left.
fn orphan(key: String, saved: SavedGroup) -> Evaluator {
    let mut evaluator = Evaluator::new(nothing(), key, Settings::default());
    evaluator.restore(saved);
    evaluator
}

fn nothing() -> Group {
    let (labels, rules, at) = (Vec::new(), Vec::new(), quarterdeck_document::findings::Place::START);
    Group { name: String::new(), interval: None, query_offset: None, limit: 0, labels, rules, at }
}

/// An alert whose rule is gone, as it was.
fn departed(change: &Transition) -> Alert {
    let Transition { id, labels, annotations, at, value, .. } = change.clone();
    Alert { id, labels, annotations, starts: at, ends: None, value, expression: String::new() }
}

/// What a change is called in the history.
fn event(change: &Transition, standing: Option<&Standing>) -> Option<AlertEvent> {
    let compared = standing.and_then(|standing| limit::compared(&standing.rule.query));
    let value = words::value(change.value, compared.as_ref());
    let (kind, sentence) = match (change.from, change.to) {
        (_, State::Pending) => (AlertEventKind::Pending, format!("pending: {value}")),
        (_, State::Firing) => (AlertEventKind::Firing, format!("fires: {value}")),
        (State::Firing, State::Resolved) => {
            (AlertEventKind::Resolved, format!("is over; it was {} last", words::value(change.value, None)))
        }
        (State::Firing, State::Inactive) => (AlertEventKind::Resolved, "is over: its rule is gone".to_owned()),
        (State::Pending, State::Inactive | State::Resolved) => (AlertEventKind::Withdrawn, "was over before it fired".to_owned()),
        _ => return None,
    };
    let labels = words::pairs(&change.labels);
    Some(AlertEvent {
        at: words::instant(change.at),
        alert: AlertName { id: change.id.clone(), name: labels.get("alertname").cloned().unwrap_or_default() },
        system: words::system(&labels),
        severity: words::severity(change.labels.get("severity")),
        kind,
        sentence,
        by: None,
        value: Some(quarterdeck_model::monitor::Float(change.value)),
    })
}

fn happened(instance: &Instance, standing: &Standing, kind: AlertEventKind, sentence: String, at: Moment) -> Option<AlertEvent> {
    Some(AlertEvent {
        at: words::instant(at),
        alert: AlertName { id: instance.id.clone(), name: standing.rule.name.clone() },
        system: words::system(&words::pairs(&instance.labels)),
        severity: words::severity(instance.labels.get("severity")),
        kind,
        sentence,
        by: None,
        value: Some(quarterdeck_model::monitor::Float(instance.value)),
    })
}

fn rule_event(standing: &Standing, sentence: &str, at: Moment, system: Option<&Name>) -> AlertEvent {
    let labels: BTreeMap<&str, &str> = standing.rule.labels.iter().map(|(name, words)| (&**name, &*words.text)).collect();
    AlertEvent {
        at: words::instant(at),
        alert: AlertName { id: standing.key.clone(), name: standing.rule.name.clone() },
        system: system.cloned(),
        severity: words::severity(labels.get("severity").copied().unwrap_or_default()),
        kind: AlertEventKind::Rule,
        sentence: if sentence.is_empty() { "the rule can fire again".to_owned() } else { format!("the rule: {sentence}") },
        by: None,
        value: None,
    }
}
