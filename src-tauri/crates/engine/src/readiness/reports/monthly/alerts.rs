//! Alerts of a month: what fired, how long until somebody had it, and until it was over.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use quarterdeck_model::{
    Instant, Millis, Outcome,
    alert::{AlertEvent, AlertEventKind, AlertSeverity},
    inspection::Tone,
    system::System,
};
use quarterdeck_report::{Block, Cell, Column, Note, Section, Table};
use quarterdeck_store::alerts::events;
use serde::Serialize;

use super::month::Month;
use crate::{
    jobs::between,
    operation::Scope,
    readiness::reports::words::{capital, many, short, when},
};

/// More events of a month are not looked at.
const MOST: u32 = 200_000;

/// So many firings are listed.
const WORST: usize = 15;

/// One firing, from its beginning to its end.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Firing {
    pub alert: String,
    pub name: String,
    pub severity: AlertSeverity,
    pub at: Instant,
    /// When somebody had it first, within the month.
    pub acknowledged: Option<Instant>,
    pub by: Option<String>,
    /// When it was over, within the month.
    pub resolved: Option<Instant>,
    pub sentence: String,
}

impl Firing {
    fn of(event: AlertEvent) -> Self {
        let AlertEvent { at, alert, severity, sentence, .. } = event;
        Self { alert: alert.id, name: alert.name, severity, at, acknowledged: None, by: None, resolved: None, sentence }
    }

    /// How long it fired, within what is looked at.
    pub fn length(&self, until: Instant) -> Millis {
        between(self.at, self.resolved.unwrap_or(until))
    }
}

/// What fired in a month.
#[derive(Serialize)]
pub(super) struct Alerts {
    /// That began in it, the oldest first.
    pub firings: Vec<Firing>,
    /// That fired when it began.
    pub carried: Vec<Firing>,
    /// Why not all of it is known.
    pub unknown: Option<String>,
    pub until: Instant,
}

impl Alerts {
    pub fn gather(scope: &Scope, system: &System, month: &Month) -> Outcome<Self> {
        let nothing = |why: &str| Self { firings: Vec::new(), carried: Vec::new(), unknown: Some(why.to_owned()), until: month.until };
        let Some(file) = scope.engine.alerting().known(&scope.engine)? else {
            return Ok(nothing("Nobody has evaluated rules on this machine yet."));
        };
        let name = system.name.as_str();
        let wanted =
            events::Wanted { system: Some(name), from: Some(month.from), until: Some(month.until), most: MOST, ..Default::default() };
        let (mut found, before, since) =
            file.read(|c| Ok((events::list(c, &wanted)?, events::firing_at(c, name, month.from)?, events::known_since(c)?)))?;
        found.retain(|(_, event)| month.holds(event.at));
        found.reverse();
        let (carried, firings) = paired(before, found.into_iter().map(|(_, event)| event));
        let kept = TimeDelta::days(events::DAYS);
        let unknown = match since {
            None => Some("No alert of any system was ever recorded here.".to_owned()),
            Some(_) if month.from + kept < scope.engine.clock().now() => {
                Some(format!("What happened to alerts is kept for {} days.", events::DAYS))
            }
            Some(since) if since >= month.until => Some(format!("What happened to alerts is known since {}.", when(since))),
            Some(_) => None,
        };
        Ok(Self { firings, carried, unknown, until: month.until })
    }

    fn of(&self, severity: AlertSeverity) -> impl Iterator<Item = &Firing> {
        self.firings.iter().filter(move |firing| firing.severity == severity)
    }

    pub fn in_short(&self) -> String {
        let critical = self.of(AlertSeverity::Critical).count();
        match (self.firings.len() as u64, &self.unknown) {
            (0, Some(_)) => "whether alerts fired is not known".to_owned(),
            (0, None) => "no alert fired".to_owned(),
            (all, _) => format!("{} fired, {critical} critical", many(all, "alert")),
        }
    }

    pub fn section(&self, month: &Month) -> Section {
        let mut blocks = Vec::new();
        blocks.extend(self.unknown.as_ref().map(|why| Block::Note(Note::new(Tone::Unknown, "Not known", why.clone()))));
        let severities = [AlertSeverity::Critical, AlertSeverity::Warning, AlertSeverity::Low];
        let rows = severities.into_iter().map(|severity| self.row(severity));
        blocks.push(Block::Table(Table {
            caption: "Alerts that began to fire in the month, by severity".to_owned(),
            columns: vec![
                Column::short("Severity"),
                Column::number("Fired"),
                Column::number("Taken by somebody"),
                Column::words("Time to acknowledge", 3),
                Column::number("Over"),
                Column::words("Time to resolve", 3),
                Column::number("Still firing"),
            ],
            rows: rows.collect(),
            none: String::new(),
        }));
        blocks.push(Block::Table(self.worst(month)));
        if self.firings.len() > WORST {
            blocks.push(Block::Paragraph(format!("The {WORST} gravest and longest of {} are listed.", self.firings.len())));
        }
        if !self.carried.is_empty() {
            blocks.push(Block::Table(self.before(month)));
        }
        let machine = "Alerts of the machine itself belong to no system and are not counted here.";
        blocks.push(Block::Paragraph(machine.to_owned()));
        Section::new("Alerts", blocks)
    }

    fn row(&self, severity: AlertSeverity) -> Vec<Cell> {
        let all: Vec<&Firing> = self.of(severity).collect();
        let taken: Vec<Millis> = all.iter().filter_map(|firing| Some(between(firing.at, firing.acknowledged?))).collect();
        let over: Vec<Millis> = all.iter().filter_map(|firing| Some(between(firing.at, firing.resolved?))).collect();
        vec![
            Cell::new(word(severity).1),
            Cell::new(all.len().to_string()),
            Cell::new(taken.len().to_string()),
            Cell::new(times(taken, "nobody took one")),
            Cell::new(over.len().to_string()),
            Cell::new(times(over.clone(), "none was over")),
            Cell::new((all.len() - over.len()).to_string()),
        ]
    }

    /// The gravest first, and of those the longest.
    fn worst(&self, month: &Month) -> Table {
        let mut worst: Vec<&Firing> = self.firings.iter().collect();
        worst.sort_by_key(|firing| (firing.severity, std::cmp::Reverse(firing.length(self.until)), firing.at));
        Table {
            caption: "The gravest and longest (UTC)".to_owned(),
            columns: listed(),
            rows: worst.into_iter().take(WORST).map(|firing| cells(firing, month)).collect(),
            none: if self.unknown.is_some() { "None is known." } else { "No alert fired." }.to_owned(),
        }
    }

    fn before(&self, month: &Month) -> Table {
        Table {
            caption: "Alerts that fired when the month began".to_owned(),
            columns: listed(),
            rows: self.carried.iter().take(WORST).map(|firing| cells(firing, month)).collect(),
            none: String::new(),
        }
    }
}

/// Firings that had begun before, and those that began then, each with what became of it.
pub(super) fn paired(before: Vec<AlertEvent>, found: impl Iterator<Item = AlertEvent>) -> (Vec<Firing>, Vec<Firing>) {
    let mut all: Vec<Firing> = before.into_iter().map(Firing::of).collect();
    let carried = all.len();
    let mut open: BTreeMap<String, usize> = all.iter().enumerate().map(|(at, firing)| (firing.alert.clone(), at)).collect();
    for event in found {
        match event.kind {
            AlertEventKind::Firing => {
                open.insert(event.alert.id.clone(), all.len());
                all.push(Firing::of(event));
            }
            AlertEventKind::Acknowledged => {
                if let Some(firing) =
                    open.get(&event.alert.id).and_then(|at| all.get_mut(*at)).filter(|firing| firing.acknowledged.is_none())
                {
                    (firing.acknowledged, firing.by) = (Some(event.at), event.by);
                }
            }
            AlertEventKind::Resolved => {
                if let Some(firing) = open.remove(&event.alert.id).and_then(|at| all.get_mut(at)) {
                    firing.resolved = Some(event.at);
                }
            }
            _ => {}
        }
    }
    let firings = all.split_off(carried);
    (all, firings)
}

/// The middle and the longest of times.
pub(super) fn times(mut times: Vec<Millis>, none: &str) -> String {
    times.sort_unstable();
    match times.as_slice() {
        [] => none.to_owned(),
        [one] => one.to_string(),
        all => {
            let half = all.len() / 2;
            let middle = if all.len() % 2 == 1 { all[half] } else { Millis(u64::midpoint(all[half - 1].0, all[half].0)) };
            format!("median {middle}, longest {}", all[all.len() - 1])
        }
    }
}

fn listed() -> Vec<Column> {
    vec![
        Column::words("Alert", 3),
        Column::short("Severity"),
        Column::short("Fired"),
        Column::words("Taken", 2),
        Column::words("Over", 2),
        Column::words("What", 4),
    ]
}

fn cells(firing: &Firing, month: &Month) -> Vec<Cell> {
    let (tone, severity) = word(firing.severity);
    let taken = firing.acknowledged.map(|at| {
        let by = firing.by.as_ref().map(|by| format!(" by {by}")).unwrap_or_default();
        format!("after {}{by}", between(firing.at, at))
    });
    let over = firing.resolved.map(|at| format!("after {}", between(firing.at, at)));
    let still = if month.over { "fired when the month ended" } else { "fires" };
    let fired = if month.holds(firing.at) { short(firing.at) } else { when(firing.at) };
    vec![
        Cell::new(firing.name.clone()),
        Cell::state(tone, severity),
        Cell::new(fired),
        Cell::new(taken.unwrap_or_else(|| "by nobody".to_owned())),
        Cell::new(over.unwrap_or_else(|| format!("{still}, {} so far", firing.length(month.until)))),
        Cell::new(capital(&firing.sentence)),
    ]
}

fn word(severity: AlertSeverity) -> (Tone, &'static str) {
    match severity {
        AlertSeverity::Critical => (Tone::Critical, "Critical"),
        AlertSeverity::Warning => (Tone::Attention, "Warning"),
        AlertSeverity::Low => (Tone::Unknown, "Low"),
    }
}
