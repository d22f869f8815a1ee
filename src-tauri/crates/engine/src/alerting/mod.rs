//! Alerts: rules that are evaluated after each tick, and who is told.

mod catalogue;
mod markdown;
mod runbook;

use quarterdeck_model::{Fault, Outcome, alert::*};

use crate::{operation::Scope, ops::*};

pub(crate) fn list(_scope: &Scope, _asked: &ListAlerts) -> Outcome<AlertList> {
    Err(Fault::bug("Not built yet."))
}

pub(crate) fn get(_scope: &Scope, _asked: &GetAlert) -> Outcome<AlertDetail> {
    Err(Fault::bug("Not built yet."))
}

pub(crate) fn events(_scope: &Scope, _asked: &ListAlertEvents) -> Outcome<AlertEventList> {
    Err(Fault::bug("Not built yet."))
}

pub(crate) fn notices(_scope: &Scope, _asked: &ListNotices) -> Outcome<NoticeList> {
    Err(Fault::bug("Not built yet."))
}

pub(crate) fn acknowledge(_scope: &Scope, _asked: &AcknowledgeAlerts) -> Outcome<()> {
    Err(Fault::bug("Not built yet."))
}

pub(crate) fn withdraw(_scope: &Scope, _asked: &WithdrawAcknowledgement) -> Outcome<()> {
    Err(Fault::bug("Not built yet."))
}

pub(crate) fn rules(_scope: &Scope, _asked: &ListRules) -> Outcome<RuleList> {
    Err(Fault::bug("Not built yet."))
}

pub(crate) fn check_rules(_scope: &Scope, _asked: &CheckRules) -> Outcome<RuleCheck> {
    Err(Fault::bug("Not built yet."))
}

pub(crate) fn test_rules(_scope: &Scope, _asked: &TestRules) -> Outcome<RuleTests> {
    Err(Fault::bug("Not built yet."))
}

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

pub(crate) fn runbook(scope: &Scope, asked: &GetRunbook) -> Outcome<Runbook> {
    runbook::get(scope, asked)
}
