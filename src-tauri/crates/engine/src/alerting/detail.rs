//! One alert and everything about it.

use std::collections::BTreeMap;

use quarterdeck_model::{
    Fault, Instant, Outcome,
    alert::{
        AlertDetail, AlertEvent, AlertEventKind, AlertLimit, AlertName, AlertRow, AlertState, RuleGroup, RuleHealth, RuleRow, Runbook, Rung,
    },
    monitor::{Float, TimeSpan},
};
use quarterdeck_monitor::promql::{self, limit};
use quarterdeck_store::alerts::{events, notices, rungs};

use super::{
    ladder, links, list, runbook,
    view::{Known, View},
};
use crate::{Engine, lookup, operation::Scope, ops::GetAlert};

/// So many events and notices are shown.
const SHOWN: u32 = 200;

/// Shows an alert, or a rule that cannot become one. Fault `alert-missing`.
pub(crate) fn get(scope: &Scope, asked: &GetAlert) -> Outcome<AlertDetail> {
    let engine = &scope.engine;
    let view = View::read(engine)?;
    if let Some(known) = view.alert(&asked.id) {
        let (group, rule) = view.rule_of(known);
        return whole(engine, &view, list::row(&view, known), Some(known), group, rule);
    }
    if let Some((group, rule)) = view.rule(&asked.id) {
        let state = match rule.health {
            RuleHealth::Error => AlertState::Error,
            RuleHealth::NoData => AlertState::NoData,
            RuleHealth::Stale => AlertState::Stale,
            RuleHealth::Ok | RuleHealth::Waiting | RuleHealth::Idle => AlertState::Resolved,
        };
        let mut row = list::rule_row(&view, group, rule, state);
        if state == AlertState::Resolved {
            (row.summary, row.detail) = (super::words::summary(&rule.annotations, &rule.expression), None);
        }
        return whole(engine, &view, row, None, group, rule);
    }
    Err(Fault::refused("alert-missing", format!("There is no alert {}.", asked.id))
        .hint("It may be over: look at the history, or list what there is with: quarterdeck alerts"))
}

fn whole(engine: &Engine, view: &View, row: AlertRow, known: Option<&Known>, group: &RuleGroup, rule: &RuleRow) -> Outcome<AlertDetail> {
    let (history, notices) = match engine.alerting().known(engine)? {
        Some(file) => file.read(|c| {
            let events = events::list(c, &events::Wanted { alert: Some(&row.id), most: SHOWN, ..events::Wanted::default() })?;
            let notices = notices::list(c, &notices::Wanted { alert: Some(&row.id), most: SHOWN, ..notices::Wanted::default() })?;
            Ok((events.into_iter().map(|(_, event)| event).collect::<Vec<_>>(), notices))
        })?,
        None => (Vec::new(), Vec::new()),
    };
    let labels = known.filter(|known| list::is_active(known)).map(Known::labels);
    let compared = promql::parse(&rule.expression).ok().and_then(|query| limit::compared(&query));
    let annotations = known.map_or_else(|| rule.annotations.clone(), |known| plain(&known.saved.annotations));
    let place =
        group.file.as_ref().map_or_else(|| group.key.clone(), |file| file.0.file_name().unwrap_or_default().to_string_lossy().into_owned());
    Ok(AlertDetail {
        firings: firings(&history, view.now),
        acknowledgement: view.acknowledgement(&row.id).cloned(),
        runbook: page(engine, &row, group, &annotations)?,
        links: links::all(&annotations),
        expression: rule.expression.clone(),
        measured: compared.as_ref().map(|found| found.measured.clone()),
        limit: compared.map(|found| AlertLimit { sign: found.sign.to_owned(), value: Float(found.limit) }),
        hold: rule.hold,
        place: format!("{place}:{}", rule.line),
        annotations,
        history,
        notices,
        ladder: known.map(|known| climb(engine, view, known, rule)).transpose()?.unwrap_or_default(),
        silences: labels.as_ref().map(|labels| view.overlays.silenced(labels, view.now.timestamp_millis())).unwrap_or_default(),
        inhibited_by: labels.as_ref().and_then(|labels| view.inhibited_by(labels)).map(named).into_iter().collect(),
        inhibits: known.map(|known| inhibits(view, known)).unwrap_or_default(),
        as_of: view.now,
        row,
    })
}

/// The levels of its ladder with what became of each.
fn climb(engine: &Engine, view: &View, known: &Known, rule: &RuleRow) -> Outcome<Vec<Rung>> {
    let alert = known.alert(&rule.expression);
    let router = view.router(&alert.labels).filter(|_| known.fires());
    let Some(oncall) = router.and_then(|router| view.routers.oncall_of(&router.key)) else { return Ok(Vec::new()) };
    let climbed = view.climbed.get(&alert.id).cloned().unwrap_or_default();
    let told = match engine.alerting().known(engine)? {
        Some(file) => file.read(|c| {
            let with = |rung: rungs::RungRow| Ok((rung, rung.notice.map(|n| notices::get(c, n)).transpose()?.flatten()));
            climbed.iter().copied().map(with).collect::<Outcome<Vec<_>>>()
        })?,
        None => Vec::new(),
    };
    let still = view.acknowledgement(&alert.id).is_some()
        || view.overlays.is_silenced(&alert.labels, view.now.timestamp_millis())
        || view.inhibited_by(&alert.labels).is_some();
    Ok(ladder::rungs(&oncall.oncall, &alert, &told, still, &view.overlays))
}

/// The alerts that this one explains.
fn inhibits(view: &View, known: &Known) -> Vec<AlertName> {
    const MOST: usize = 100;
    if !known.fires() {
        return Vec::new();
    }
    let explained = |other: &&Known| view.inhibited_by(&other.labels()).is_some_and(|by| by.saved.id == known.saved.id);
    view.alerts.iter().filter(|other| other.fires()).filter(explained).take(MOST).map(named).collect()
}

fn named(known: &Known) -> AlertName {
    AlertName { id: known.saved.id.clone(), name: known.name().to_owned() }
}

/// Annotations without what steers a screen, each of a bearable length.
fn plain(annotations: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    const MOST: usize = 16 * 1024;
    annotations.iter().map(|(name, text)| (name.clone(), super::markdown::plain(text).chars().take(MOST).collect())).collect()
}

/// The page that is named: of the alert's system, of the rule's, of the home, or one that ships.
fn page(engine: &Engine, row: &AlertRow, group: &RuleGroup, annotations: &BTreeMap<String, String>) -> Outcome<Option<Runbook>> {
    let Some(name) = links::runbook(annotations) else { return Ok(None) };
    let system = group.system.as_ref().or(row.system.as_ref());
    // A system that is no more has no pages.
    let folder = system.and_then(|system| lookup::system(engine, system).ok()).and_then(|system| system.folder);
    let found = runbook::find(engine, folder.as_ref().map(|folder| folder.0.as_path()), &name)?;
    let trouble = Some(format!("There is no page {}/{name}.md.", runbook::FOLDER));
    Ok(Some(found.unwrap_or_else(|| Runbook { name: name.clone(), title: name, file: None, blocks: Vec::new(), trouble })))
}

/// When it fired, oldest first; the last one may go on.
fn firings(history: &[AlertEvent], now: Instant) -> Vec<TimeSpan> {
    let mut found = Vec::new();
    let mut begun: Option<Instant> = None;
    for event in history.iter().rev() {
        match event.kind {
            AlertEventKind::Firing => begun = begun.or(Some(event.at)),
            AlertEventKind::Resolved => found.extend(begun.take().map(|from| TimeSpan { from, until: event.at })),
            _ => {}
        }
    }
    found.extend(begun.map(|from| TimeSpan { from, until: now }));
    found
}
