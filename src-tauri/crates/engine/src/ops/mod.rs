//! THE LIST. Everything that the outside may ask is declared once, in a file of this folder, and named once, in [`LIST`]. Every door is
//! made from that list: the window's command, `quarterdeck call`, the stdio methods, the TypeScript bindings, docs/operations.md, the
//! check of roles, the audit verbs, and the test that calls each operation below its role.
//!
//! The request type *is* the operation. Its trait is its kind, and the kind is a promise (see [`Query`], [`Command`], [`Work`]).

mod alert;
mod audit;
mod backup;
mod capacity;
mod care;
mod checklist;
mod dashboard;
mod drill;
mod gate;
mod health;
mod inspect;
mod jobs;
mod key;
mod log;
mod maintenance;
mod merge;
mod migration;
mod migration_apply;
mod migration_report;
mod picture;
mod proof;
mod query;
mod report;
mod restore;
mod retention;
mod roles;
mod route;
mod rule;
mod runbook;
mod schedule;
mod session;
mod sign;
mod silence;
mod smoke;
mod systems;
mod undo;
mod validation;

pub use self::{
    alert::*, audit::*, backup::*, capacity::*, care::*, checklist::*, dashboard::*, drill::*, gate::*, health::*, inspect::*, jobs::*,
    key::*, log::*, maintenance::*, merge::*, migration::*, migration_apply::*, migration_report::*, picture::*, proof::*, query::*,
    report::*, restore::*, retention::*, roles::*, route::*, rule::*, runbook::*, schedule::*, session::*, sign::*, silence::*, smoke::*,
    systems::*, undo::*, validation::*,
};

use crate::operation::Entry;

/// Every operation, in the order of the documentation.
pub static LIST: &[Entry] = &[
    Entry::query::<GetSession>(),
    Entry::query::<InspectFile>(),
    Entry::command::<CancelQuery>(),
    Entry::command::<AddSystem>(),
    Entry::command::<ForgetSystem>(),
    Entry::query::<GetOverview>(),
    Entry::query::<GetSystem>(),
    Entry::query::<CheckDefinition>(),
    Entry::query::<PlanBackup>(),
    Entry::work::<BackupSystem>(),
    Entry::query::<ListSnapshots>(),
    Entry::work::<ProveSnapshot>(),
    Entry::work::<MergeDeltas>(),
    Entry::work::<DrillSystem>(),
    Entry::query::<ListDrills>(),
    Entry::query::<DrawDrills>(),
    Entry::command::<CreateRecoveryKit>(),
    Entry::query::<GetRepository>(),
    Entry::query::<CheckRepository>(),
    Entry::work::<RereadRepository>(),
    Entry::work::<MaintainSystem>(),
    Entry::query::<PlanRepair>(),
    Entry::work::<RepairRepository>(),
    Entry::query::<PreviewRetention>(),
    Entry::command::<SetRetention>(),
    Entry::work::<ForgetSnapshots>(),
    Entry::command::<PinSnapshot>(),
    Entry::command::<UnpinSnapshot>(),
    Entry::work::<PruneRepository>(),
    Entry::query::<PlanRestore>(),
    Entry::work::<RestoreComponent>(),
    Entry::query::<PlanUndo>(),
    Entry::work::<UndoRestore>(),
    Entry::query::<ListMigrations>(),
    Entry::query::<GetMigration>(),
    Entry::query::<LintMigrations>(),
    Entry::query::<PlanMigrations>(),
    Entry::work::<ApplyMigrations>(),
    Entry::work::<RehearseMigrations>(),
    Entry::query::<ValidateDatabase>(),
    Entry::query::<PlanAdoption>(),
    Entry::command::<AdoptMigrations>(),
    Entry::command::<ReblessMigration>(),
    Entry::query::<ReportMigrations>(),
    Entry::query::<GetDatabaseStats>(),
    Entry::command::<NewMigration>(),
    Entry::command::<SetMigrations>(),
    Entry::query::<GetSchedules>(),
    Entry::query::<PreviewSchedule>(),
    Entry::command::<SetSchedules>(),
    Entry::command::<RunSchedule>(),
    Entry::query::<GetHealth>(),
    Entry::query::<CheckHealth>(),
    Entry::query::<ListCollectors>(),
    Entry::query::<ListHappenings>(),
    Entry::command::<SetMonitoring>(),
    Entry::query::<QueryInstant>(),
    Entry::raw_query::<QueryRange>(),
    Entry::query::<CompleteQuery>(),
    Entry::query::<ListSeries>(),
    Entry::query::<ExportMetrics>(),
    Entry::query::<ListDashboards>(),
    Entry::query::<GetDashboard>(),
    Entry::raw_query::<DrawChart>(),
    Entry::command::<SaveChart>(),
    Entry::query::<ListPromises>(),
    Entry::query::<ListCapacity>(),
    Entry::query::<ListAlerts>(),
    Entry::query::<GetAlert>(),
    Entry::query::<ListAlertEvents>(),
    Entry::query::<ListNotices>(),
    Entry::command::<AcknowledgeAlerts>(),
    Entry::command::<WithdrawAcknowledgement>(),
    Entry::query::<ListRules>(),
    Entry::query::<CheckRules>(),
    Entry::query::<TestRules>(),
    Entry::query::<ListRoutes>(),
    Entry::query::<TestRoute>(),
    Entry::query::<ListOncall>(),
    Entry::command::<TestReceiver>(),
    Entry::command::<RunFireDrill>(),
    Entry::query::<ListSilences>(),
    Entry::query::<PreviewSilence>(),
    Entry::command::<AddSilence>(),
    Entry::command::<EndSilence>(),
    Entry::command::<SetMaintenance>(),
    Entry::command::<ForgetMaintenance>(),
    Entry::query::<GetRunbook>(),
    Entry::query::<ListChecklists>(),
    Entry::command::<OpenChecklist>(),
    Entry::command::<CloseChecklist>(),
    Entry::query::<GetReadiness>(),
    Entry::query::<GetItem>(),
    Entry::work::<GatherEvidence>(),
    Entry::query::<CheckPoint>(),
    Entry::command::<SignItem>(),
    Entry::command::<RevokeStatement>(),
    Entry::command::<WaiveItem>(),
    Entry::command::<NoteItem>(),
    Entry::query::<ListPeople>(),
    Entry::command::<AddPerson>(),
    Entry::command::<SetPassphrase>(),
    Entry::command::<SetPerson>(),
    Entry::command::<ForgetPerson>(),
    Entry::query::<ListGates>(),
    Entry::query::<CheckGate>(),
    Entry::query::<GetPoll>(),
    Entry::command::<AnswerPoll>(),
    Entry::command::<HoldPoll>(),
    Entry::command::<ResumePoll>(),
    Entry::command::<DecidePoll>(),
    Entry::command::<WithdrawGate>(),
    Entry::query::<ListSmoke>(),
    Entry::query::<GetSmokeCase>(),
    Entry::work::<RunSmoke>(),
    Entry::query::<ListValidations>(),
    Entry::query::<GetValidation>(),
    Entry::command::<StartValidation>(),
    Entry::command::<StopValidation>(),
    Entry::raw_query::<WriteReport>(),
    Entry::command::<SaveReport>(),
    Entry::query::<ListLogs>(),
    Entry::query::<ReadLog>(),
    Entry::query::<ListJobs>(),
    Entry::query::<GetJob>(),
    Entry::command::<CancelJob>(),
    Entry::query::<ListRoles>(),
    Entry::command::<GrantRole>(),
    Entry::command::<RevokeRole>(),
    Entry::query::<ListAudit>(),
    Entry::query::<VerifyAudit>(),
];

/// The operation of that name.
pub fn find(name: &str) -> Option<&'static Entry> {
    LIST.iter().find(|entry| entry.name == name)
}
