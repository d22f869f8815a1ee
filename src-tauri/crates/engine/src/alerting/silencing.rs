//! Agreed quiet: what there is, what it would hold, and its beginning and end.

use chrono::TimeDelta;
use quarterdeck_model::{
    Count, Fault, Outcome,
    alert::{AlertRow, AlertSeverity, MaintenanceRow, Silence, SilenceState},
};
use quarterdeck_monitor::{
    labels::Labels,
    notify::silence::{self, window::Window},
};
use quarterdeck_store::silences::{self, SilenceRow};

use super::{list as rows, overlay, view::View, words};
use crate::{
    operation::Scope,
    ops::{AddSilence, EndSilence, ForgetMaintenance, PreviewSilence, SetMaintenance, SilenceList, SilencePreview},
};

/// Silences that ended are listed for so long.
const LISTED: TimeDelta = TimeDelta::days(5);

/// So many alerts are shown before a silence is made.
const SHOWN: usize = 200;

/// Lists silences and maintenance windows.
pub(crate) fn list(scope: &Scope) -> Outcome<SilenceList> {
    let view = View::read(&scope.engine)?;
    let active = active(&view);
    let (kept, windows) = scope.engine.store().read(|c| Ok((silences::ending_after(c, view.now - LISTED)?, silences::maintenance(c)?)))?;
    let mut found: Vec<Silence> = kept.iter().map(|row| wire(row, &view, &active)).collect();
    let order = |silence: &Silence| match silence.state {
        SilenceState::Active => (0, silence.until),
        SilenceState::Coming => (1, silence.from),
        SilenceState::Over => (2, silence.until),
    };
    found.sort_by_key(order);
    let maintenance = windows.into_iter().map(|agreed| {
        let read = Window::read(&agreed);
        window_row(agreed, read, &view, &active)
    });
    Ok(SilenceList { silences: found, maintenance: maintenance.collect(), as_of: view.now })
}

/// Tells what a silence would hold.
pub(crate) fn preview(scope: &Scope, asked: &PreviewSilence) -> Outcome<SilencePreview> {
    let matchers = silence::matchers(&asked.matchers)?;
    let view = View::read(&scope.engine)?;
    let all = view.alerts.iter().filter(|known| rows::is_active(known));
    let (mut count, mut held): (u64, Vec<AlertRow>) = (0, Vec::new());
    for known in all {
        count += 1;
        if matchers.hold(&known.labels()) {
            held.push(rows::row(&view, known));
        }
    }
    rows::sort(&mut held);
    let critical = held.iter().filter(|row| row.severity == AlertSeverity::Critical).count();
    let of_them = if critical == 0 { String::new() } else { format!(", {critical} of them critical") };
    let found = held.len();
    held.truncate(SHOWN);
    let sentence = format!("Would hold {found} of {count} alerts{of_them}.");
    Ok(SilencePreview { alerts: held, count: Count(found as u64), all: Count(count), sentence, as_of: view.now })
}

/// Makes a silence.
pub(crate) fn add(scope: &Scope, asked: &AddSilence) -> Outcome<Silence> {
    let engine = &scope.engine;
    let now = engine.clock().now();
    silence::matchers(&asked.matchers)?;
    let row = SilenceRow {
        id: crate::scope::random_id()?,
        matchers: asked.matchers.clone(),
        from: asked.from.unwrap_or(now).max(now),
        until: asked.until,
        by: scope.caller.who.clone(),
        reason: super::markdown::plain(asked.reason.trim()),
        made: now,
    };
    overlay::silence(&row).check(now.timestamp_millis())?;
    engine.store().write(|tx| silences::add(tx, &row))?;
    changed(scope);
    let view = View::read(engine)?;
    Ok(wire(&row, &view, &active(&view)))
}

/// Ends a silence. Fault `silence-missing`.
pub(crate) fn end(scope: &Scope, asked: &EndSilence) -> Outcome<()> {
    let now = scope.engine.clock().now();
    if !scope.engine.store().write(|tx| silences::end(tx, &asked.id, now))? {
        return Err(Fault::refused("silence-missing", format!("There is no silence {} that goes on.", asked.id))
            .hint("List them with: quarterdeck silences"));
    }
    changed(scope);
    Ok(())
}

/// Sets a maintenance window. Faults: `bad-window`, `bad-matcher` and those of silences.
pub(crate) fn set(scope: &Scope, asked: &SetMaintenance) -> Outcome<MaintenanceRow> {
    let engine = &scope.engine;
    let mut agreed = asked.window.clone();
    agreed.by = scope.caller.who.clone();
    agreed.reason = super::markdown::plain(agreed.reason.trim());
    if agreed.name.trim().is_empty() || agreed.reason.is_empty() {
        return Err(Fault::usage("bad-window", "A maintenance window has a name and a reason.").hint("Give it both."));
    }
    let window = Window::read(&agreed)?;
    engine.store().write(|tx| silences::set_maintenance(tx, &agreed))?;
    changed(scope);
    let view = View::read(engine)?;
    let active = active(&view);
    Ok(window_row(agreed, Ok(window), &view, &active))
}

/// Forgets a maintenance window. Fault `window-missing`.
pub(crate) fn forget(scope: &Scope, asked: &ForgetMaintenance) -> Outcome<()> {
    if !scope.engine.store().write(|tx| silences::forget_maintenance(tx, &asked.name))? {
        return Err(Fault::refused("window-missing", format!("There is no maintenance window {:?}.", asked.name))
            .hint("List them with: quarterdeck maintenance"));
    }
    changed(scope);
    Ok(())
}

/// Labels of what is pending or fires.
fn active(view: &View) -> Vec<Labels> {
    view.alerts.iter().filter(|known| rows::is_active(known)).map(super::view::Known::labels).collect()
}

fn wire(row: &SilenceRow, view: &View, active: &[Labels]) -> Silence {
    let (silence, at) = (overlay::silence(row), view.now.timestamp_millis());
    Silence {
        id: row.id.clone(),
        matchers: row.matchers.clone(),
        from: row.from,
        until: row.until,
        by: row.by.clone(),
        reason: row.reason.clone(),
        made: row.made,
        state: silence.state(at),
        holds: Count(active.iter().filter(|labels| silence.holds(labels, at)).count() as u64),
    }
}

/// One that this version cannot read says so.
fn window_row(agreed: quarterdeck_model::alert::Maintenance, read: Outcome<Window>, view: &View, active: &[Labels]) -> MaintenanceRow {
    let at = view.now.timestamp_millis();
    match read {
        Ok(window) => MaintenanceRow {
            sentence: window.sentence(),
            now_until: window.active_until(at).map(words::instant),
            next: window.next(at).map(words::instant),
            holds: Count(active.iter().filter(|labels| window.holds(labels, at)).count() as u64),
            window: agreed,
        },
        Err(fault) => MaintenanceRow { window: agreed, sentence: fault.message, now_until: None, next: None, holds: Count(0) },
    }
}

fn changed(scope: &Scope) {
    scope.engine.alerting().wake();
    scope.engine.tell(quarterdeck_model::Event::Alert);
}
