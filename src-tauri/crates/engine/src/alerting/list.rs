//! Alerts and rules that cannot fire, worst first.

use std::collections::BTreeMap;

use quarterdeck_model::{
    Count, Instant, Millis, Outcome,
    alert::{AlertCount, AlertRow, AlertSeverity, AlertState, NoticeState, RuleGroup, RuleHealth, RuleRow},
    monitor::Float,
};
use quarterdeck_monitor::alert::{Alert, machine::State};
use quarterdeck_store::leases::Lease;

use super::{
    coming,
    view::{Known, View, moment},
    words,
};
use crate::{
    Engine,
    health::words::when,
    operation::Scope,
    ops::{AlertList, ListAlerts},
    schedule::AGENT,
};

/// Nothing was evaluated for so long: somebody should know. In seconds.
const QUIET: i64 = 180;

/// Lists.
pub(crate) fn list(scope: &Scope, asked: &ListAlerts) -> Outcome<AlertList> {
    let view = View::read(&scope.engine)?;
    let mut rows: Vec<AlertRow> = view.alerts.iter().filter(|known| is_listed(known)).map(|known| row(&view, known)).collect();
    rows.extend(unable(&view));
    let mut counts: BTreeMap<AlertState, u64> = BTreeMap::new();
    for row in &rows {
        *counts.entry(row.state).or_default() += 1;
    }
    let wanted = |row: &AlertRow| {
        (asked.system.is_none() || row.system == asked.system) && (asked.states.is_empty() || asked.states.contains(&row.state))
    };
    rows.retain(wanted);
    sort(&mut rows);
    Ok(AlertList {
        alerts: rows,
        counts: counts.into_iter().map(|(state, count)| AlertCount { state, count: Count(count) }).collect(),
        evaluated: view.evaluated(),
        sentence: sentence(&view, by_agent(&scope.engine)?),
        silences: u32::try_from(view.overlays.active(view.now.timestamp_millis())).unwrap_or(u32::MAX),
        as_of: view.now,
    })
}

/// Worst first: by severity, then by state, then the oldest.
pub(super) fn sort(rows: &mut [AlertRow]) {
    rows.sort_by(|one, other| {
        (one.severity, one.state, one.since, &one.name, &one.id).cmp(&(other.severity, other.state, other.since, &other.name, &other.id))
    });
}

/// True for what is in the list: not what only remembers that it went to and fro.
pub(super) fn is_listed(known: &Known) -> bool {
    known.saved.course.state != State::Inactive || known.saved.course.flapping.times().is_some()
}

/// True for what is pending or fires.
pub(super) fn is_active(known: &Known) -> bool {
    known.fires() || known.saved.course.state == State::Pending
}

/// An alert as a row.
pub(super) fn row(view: &View, known: &Known) -> AlertRow {
    let (group, rule) = view.rule_of(known);
    let (labels, course) = (&known.saved.labels, &known.saved.course);
    let alert = known.alert(&rule.expression);
    let (state, detail) = standing(view, known, rule, &alert);
    let (next, next_at) = coming::next(view, known, rule, state, &alert).unzip();
    let notice = known.told.and_then(|n| view.told.get(&n));
    let since = match course.state {
        _ if known.fires() => course.fired.unwrap_or(course.active),
        State::Resolved => course.ended.unwrap_or(course.active),
        State::Pending | State::Firing | State::Inactive => course.active,
    };
    AlertRow {
        id: known.saved.id.clone(),
        name: words::line(known.name()),
        rule: rule.key.clone(),
        state,
        detail,
        severity: words::severity(labels.get("severity").map(String::as_str).unwrap_or_default()),
        summary: words::summary(&known.saved.annotations, &rule.expression),
        system: words::system(labels),
        environment: words::environment(labels),
        target: words::target(labels),
        since: moment(since),
        active: (course.state != State::Resolved).then(|| moment(course.active)),
        value: Some(Float(known.value())),
        owner: view.acknowledgement(&known.saved.id).map(|given| given.by.clone()),
        told: notice.map(|notice| coming::told(notice, view.now)),
        untold: notice.is_some_and(|notice| notice.state == NoticeState::Failed),
        next,
        next_at,
        flapping: course.flapping.times().map(|times| format!("{times} times to and fro")),
        as_of: group.evaluated.unwrap_or(view.now),
        labels: labels.clone(),
    }
}

/// How an alert stands, and what stands beside it.
fn standing(view: &View, known: &Known, rule: &RuleRow, alert: &Alert) -> (AlertState, Option<String>) {
    let course = &known.saved.course;
    if !known.fires() {
        return match course.state {
            State::Pending => {
                let left = i64::try_from(rule.hold.0).unwrap_or(i64::MAX) - course.held_for(known.looked);
                (AlertState::Pending, Some(format!("{} left", Millis(u64::try_from(left).unwrap_or(0)))))
            }
            State::Firing | State::Resolved | State::Inactive => {
                let lasted = course.fired.zip(course.ended).and_then(|(from, until)| u64::try_from(until - from).ok());
                (AlertState::Resolved, lasted.map(|lasted| format!("after {}", Millis(lasted))))
            }
        };
    }
    if let Some(given) = view.acknowledgement(&known.saved.id) {
        let until = given.until.map(|until| format!(" until {}", when(until, view.now))).unwrap_or_default();
        return (AlertState::Acknowledged, Some(format!("by {}{until}", given.by)));
    }
    let at = view.now.timestamp_millis();
    if let Some(silenced) = view.overlays.silenced(&alert.labels, at).into_iter().max_by_key(|silenced| silenced.until) {
        let what = if silenced.maintenance { format!("{}, ", silenced.id) } else { String::new() };
        return (AlertState::Silenced, Some(format!("{what}until {}", when(silenced.until, view.now))));
    }
    if let Some(by) = view.inhibited_by(&alert.labels) {
        return (AlertState::Inhibited, Some(format!("by {}", words::line(by.name()))));
    }
    if let Some(quiet) = coming::muted(view, &alert.labels) {
        return (AlertState::Muted, Some(quiet));
    }
    (AlertState::Firing, None)
}

/// Rules that are in no state to become an alert. Where nobody evaluates any more, one row says so for all of them; where a whole group is
/// left behind, one row does for the group.
fn unable(view: &View) -> Vec<AlertRow> {
    if let Some(last) = view.evaluated().filter(|last| is_quiet(*last, view.now)) {
        let first = view.groups.iter().find_map(|group| group.rules.first().map(|rule| (group, rule)));
        let said = format!("No rule was evaluated since {}.", when(last, view.now));
        return first.map(|(group, rule)| stale_row(view, group, rule, "Rules", said)).into_iter().collect();
    }
    view.groups.iter().flat_map(|group| unable_of(view, group)).collect()
}

fn unable_of(view: &View, group: &RuleGroup) -> Vec<AlertRow> {
    if let Some(rule) = group.rules.first().filter(|_| group.rules.iter().all(|rule| rule.health == RuleHealth::Stale)) {
        let said = format!("{} rules were not evaluated for too long.", Count(group.rules.len() as u64));
        return vec![stale_row(view, group, rule, &group.name, said)];
    }
    let state = |rule: &RuleRow| match rule.health {
        RuleHealth::Error => Some(AlertState::Error),
        RuleHealth::NoData => Some(AlertState::NoData),
        RuleHealth::Stale => Some(AlertState::Stale),
        RuleHealth::Ok | RuleHealth::Waiting | RuleHealth::Idle => None,
    };
    let found = group.rules.iter().filter(|rule| !rule.records || rule.health == RuleHealth::Error);
    found.filter_map(|rule| state(rule).map(|state| rule_row(view, group, rule, state))).collect()
}

/// One row for many rules; it opens the first of them.
fn stale_row(view: &View, group: &RuleGroup, rule: &RuleRow, name: &str, said: String) -> AlertRow {
    let labels = BTreeMap::new();
    let row = rule_row(view, group, rule, AlertState::Stale);
    AlertRow { name: words::line(name), summary: said, severity: AlertSeverity::Warning, labels, ..row }
}

pub(super) fn rule_row(view: &View, group: &RuleGroup, rule: &RuleRow, state: AlertState) -> AlertRow {
    AlertRow {
        id: rule.key.clone(),
        name: rule.name.clone(),
        rule: rule.key.clone(),
        state,
        detail: Some(rule.sentence.clone()),
        severity: rule.severity.unwrap_or(AlertSeverity::Warning),
        summary: match state {
            AlertState::NoData => "Cannot fire: nothing to look at.".to_owned(),
            AlertState::Error => "Cannot be evaluated.".to_owned(),
            _ => "Not evaluated for too long.".to_owned(),
        },
        system: group.system.clone(),
        environment: None,
        target: None,
        since: rule.since.or(group.evaluated).unwrap_or(view.now),
        active: None,
        value: rule.value,
        owner: None,
        told: None,
        untold: false,
        next: None,
        next_at: None,
        flapping: None,
        as_of: group.evaluated.unwrap_or(view.now),
        labels: rule.labels.clone(),
    }
}

/// True where an agent lives.
fn by_agent(engine: &Engine) -> Outcome<bool> {
    Lease::is_held(&engine.home().leases(), AGENT)
}

/// Who evaluates how many rules.
fn sentence(view: &View, by_agent: bool) -> String {
    let rules: usize = view.groups.iter().map(|group| group.rules.len()).sum();
    match view.evaluated() {
        None => "No rule was evaluated yet: an agent or an open window does that.".to_owned(),
        Some(last) if is_quiet(last, view.now) => {
            format!("No rule was evaluated since {}: neither an agent nor a window ran.", when(last, view.now))
        }
        Some(_) => {
            let who = if by_agent { "The agent" } else { "An open window" };
            format!("{who} evaluates {} rules.", Count(rules as u64))
        }
    }
}

/// True where nobody evaluates any more.
pub(super) fn is_quiet(last: Instant, now: Instant) -> bool {
    (now - last).num_seconds() > QUIET
}
