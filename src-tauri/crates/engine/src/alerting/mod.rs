//! Alerts: rules that are evaluated after each tick, what people agree about them, and who is told (docs/alerts.md).
//!
//! ```text
//! loading ─► evaluation (after each tick) ─► keeping (alerts.db) ─► view ─► list, detail, rules
//!                   └─► board ─► telling (a thread) ─► outbox ─► channels
//! routing, overlay ───────────────┘
//! ```

mod acknowledging;
mod board;
mod catalogue;
mod contact;
mod desktop;
mod detail;
mod evaluation;
mod heartbeat;
mod history;
mod keeping;
mod ladder;
mod links;
mod list;
mod loading;
mod markdown;
mod outbox;
mod overlay;
mod own;
mod parcel;
mod picture;
mod reasons;
mod routing;
mod rules;
mod runbook;
mod telling;
mod view;
mod words;

#[cfg(test)]
mod tests;

use quarterdeck_model::{Fault, Outcome, alert::*};

pub(crate) use self::{
    acknowledging::{acknowledge, withdraw},
    board::Alerting,
    catalogue::shipped_names,
    detail::get,
    evaluation::Evaluation,
    history::{events, notices},
    list::list,
    rules::{check_rules, findings_of, list as rules, test_rules},
    runbook::get as runbook,
};
use crate::{operation::Scope, ops::*};

pub(crate) fn routes(_scope: &Scope) -> Outcome<RouteList> {
    Err(Fault::bug("Not built yet."))
}

pub(crate) fn test_route(_scope: &Scope, _asked: &TestRoute) -> Outcome<RouteTest> {
    Err(Fault::bug("Not built yet."))
}

pub(crate) fn oncall(_scope: &Scope) -> Outcome<OncallList> {
    Err(Fault::bug("Not built yet."))
}

pub(crate) fn test_receiver(_scope: &Scope, _asked: &TestReceiver) -> Outcome<NoticeAnswers> {
    Err(Fault::bug("Not built yet."))
}

pub(crate) fn fire_drill(_scope: &Scope, _asked: &RunFireDrill) -> Outcome<NoticeAnswers> {
    Err(Fault::bug("Not built yet."))
}

pub(crate) fn silences(_scope: &Scope) -> Outcome<SilenceList> {
    Err(Fault::bug("Not built yet."))
}

pub(crate) fn preview_silence(_scope: &Scope, _asked: &PreviewSilence) -> Outcome<SilencePreview> {
    Err(Fault::bug("Not built yet."))
}

pub(crate) fn add_silence(_scope: &Scope, _asked: &AddSilence) -> Outcome<Silence> {
    Err(Fault::bug("Not built yet."))
}

pub(crate) fn end_silence(_scope: &Scope, _asked: &EndSilence) -> Outcome<()> {
    Err(Fault::bug("Not built yet."))
}

pub(crate) fn set_maintenance(_scope: &Scope, _asked: &SetMaintenance) -> Outcome<MaintenanceRow> {
    Err(Fault::bug("Not built yet."))
}

pub(crate) fn forget_maintenance(_scope: &Scope, _asked: &ForgetMaintenance) -> Outcome<()> {
    Err(Fault::bug("Not built yet."))
}
