//! "I have it."

use quarterdeck_model::{
    Fault, Instant, Outcome,
    alert::{Acknowledgement, AlertEvent, AlertEventKind, AlertName},
    monitor::Float,
};
use quarterdeck_store::{acknowledgements, alerts::events};

use super::{
    view::{Known, View},
    words,
};
use crate::{
    operation::Scope,
    ops::{AcknowledgeAlerts, WithdrawAcknowledgement},
};

/// A note is cut there, in characters.
const LONGEST: usize = 2_000;

/// Takes alerts. Faults: `alert-missing`, `alert-over`, `bad-time`; then none is taken.
pub(crate) fn acknowledge(scope: &Scope, asked: &AcknowledgeAlerts) -> Outcome<()> {
    let engine = &scope.engine;
    let view = View::read(engine)?;
    if asked.ids.is_empty() {
        return Err(Fault::usage("alert-needed", "No alert was named.").hint("Name at least one alert."));
    }
    if asked.until.is_some_and(|until| until <= view.now) {
        return Err(Fault::usage("bad-time", "The acknowledgement would be over before it begins.").hint("Name a moment to come."));
    }
    let taken: Vec<&Known> = asked.ids.iter().map(|id| takeable(&view, id)).collect::<Outcome<_>>()?;
    let note: String = super::markdown::plain(asked.note.trim()).chars().take(LONGEST).collect();
    let given = Acknowledgement { by: scope.caller.who.clone(), at: view.now, note: note.clone(), until: asked.until };
    engine.store().write(|tx| taken.iter().try_for_each(|known| acknowledgements::put(tx, &known.saved.id, &given)))?;
    let until = asked.until.map(|until| format!(" until {}", crate::health::words::when(until, view.now))).unwrap_or_default();
    let said = if note.is_empty() { String::new() } else { format!(": {note}") };
    let sentence = format!("acknowledged by {}{until}{said}", given.by);
    tell(scope, &view, &taken, AlertEventKind::Acknowledged, &sentence)
}

/// Gives an alert back. Fault `not-acknowledged`.
pub(crate) fn withdraw(scope: &Scope, asked: &WithdrawAcknowledgement) -> Outcome<()> {
    let engine = &scope.engine;
    let view = View::read(engine)?;
    if !engine.store().write(|tx| acknowledgements::drop(tx, &asked.id))? {
        return Err(Fault::refused("not-acknowledged", format!("Nobody has the alert {}.", asked.id)).hint("Look at the list of alerts."));
    }
    let known: Vec<&Known> = view.alert(&asked.id).into_iter().collect();
    tell(scope, &view, &known, AlertEventKind::Unacknowledged, &format!("given back by {}", scope.caller.who))
}

fn takeable<'v>(view: &'v View, id: &str) -> Outcome<&'v Known> {
    let known = view
        .alert(id)
        .ok_or_else(|| Fault::refused("alert-missing", format!("There is no alert {id}.")).hint("List them with: quarterdeck alerts"))?;
    if known.fires() {
        return Ok(known);
    }
    Err(Fault::refused("alert-over", format!("{} ({id}) does not fire.", known.name())).hint("Only what fires is acknowledged."))
}

/// Keeps what somebody did in the history, and wakes whoever tells people.
fn tell(scope: &Scope, view: &View, all: &[&Known], kind: AlertEventKind, sentence: &str) -> Outcome<()> {
    let engine = &scope.engine;
    if !all.is_empty() {
        let file = engine.alerting().file(engine)?;
        let by = Some(scope.caller.who.as_str());
        file.write(|tx| all.iter().try_for_each(|known| events::add(tx, &event(known, kind, sentence, by, view.now)).map(drop)))?;
    }
    engine.alerting().wake();
    engine.tell(quarterdeck_model::Event::Alert);
    Ok(())
}

/// Something that happened to an alert.
pub(super) fn event(known: &Known, kind: AlertEventKind, sentence: &str, by: Option<&str>, at: Instant) -> AlertEvent {
    let labels = &known.saved.labels;
    AlertEvent {
        at,
        alert: AlertName { id: known.saved.id.clone(), name: known.name().to_owned() },
        system: words::system(labels),
        severity: words::severity(labels.get("severity").map(String::as_str).unwrap_or_default()),
        kind,
        sentence: sentence.to_owned(),
        by: by.map(str::to_owned),
        value: Some(Float(known.value())),
    }
}
