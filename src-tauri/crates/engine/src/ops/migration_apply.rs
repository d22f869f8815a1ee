//! Migrations that run: on the live database with a way back, on a copy; and histories of other tools that are taken over.

use quarterdeck_model::{
    Digest, JobId, Outcome, Role, WirePath,
    migration::{FoundHistory, LedgerLine, MigrationList, MigrationReport, MigrationWish, Rehearsal, Tool},
    system::Target,
};
use quarterdeck_store::leases::Lease;
use serde::{Deserialize, Serialize};

use super::MigrationSource;
use crate::{
    migration,
    operation::{Announcement, AtOnce, Command, Query, Scope, Work},
};

/// Applies migrations, or takes them back by their ways down.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct ApplyMigrations {
    /// The system, and the component where it has several databases.
    pub target: Target,
    /// The folder; absent for the one that is set.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub folder: Option<WirePath>,
    /// What is wanted.
    pub wish: MigrationWish,
    /// True to commit each migration by itself.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional, as = "Option<bool>"))]
    pub each: bool,
    /// True to apply migrations that come before the latest applied one.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional, as = "Option<bool>"))]
    pub out_of_order: bool,
    /// Codes of lint errors that are accepted for this run.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional, as = "Option<Vec<String>>"))]
    pub accept_lint: Vec<String>,
    /// The digest of the plan that was shown.
    pub plan: Digest,
    /// The word that was typed, where the plan asks for one.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub confirm: Option<String>,
    /// Consent to writers waiting while the safety image is read, where the plan asks for it.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional, as = "Option<bool>"))]
    pub accept_stall: bool,
    /// Why a closed gate is passed: an emergency, by an approver.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub without_gate: Option<String>,
}

impl Work for ApplyMigrations {
    const NAME: &str = "apply_migrations";
    const ROLE: Role = Role::Operator;
    const SUMMARY: &str =
        "Applies migrations to the live database, or takes them back by their ways down; with a safety image and a way back.";
    type Report = MigrationReport;

    fn announce(&self, scope: &Scope) -> Outcome<Announcement> {
        migration::announce_apply(scope, self)
    }

    fn run(self, scope: &Scope, job: JobId) -> Outcome<MigrationReport> {
        migration::apply(scope, &self, job)
    }
}

/// Runs migrations on a copy, and their ways down.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct RehearseMigrations {
    /// The system, and the component where it has several databases.
    pub target: Target,
    /// The folder; absent for the one that is set.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub folder: Option<WirePath>,
    /// What is wanted.
    pub wish: MigrationWish,
    /// True to commit each migration by itself.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional, as = "Option<bool>"))]
    pub each: bool,
    /// True to rehearse migrations that come before the latest applied one.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional, as = "Option<bool>"))]
    pub out_of_order: bool,
    /// A snapshot's identifier, its first figures, or `latest`; absent to copy the live database.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub snapshot: Option<String>,
    /// Consent to writers of a database without WAL waiting while it is copied.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional, as = "Option<bool>"))]
    pub accept_stall: bool,
}

impl Work for RehearseMigrations {
    const NAME: &str = "rehearse_migrations";
    const ROLE: Role = Role::Operator;
    const SUMMARY: &str =
        "Runs migrations and their ways down on a copy: time, pages, rows, schema, integrity. The live database is only read.";
    type Report = Rehearsal;

    fn announce(&self, scope: &Scope) -> Outcome<Announcement> {
        migration::announce_rehearsal(scope, self)
    }

    fn leases(_: &Scope, _: &Announcement) -> Outcome<Vec<Lease>> {
        Ok(Vec::new()) // it touches no live file
    }

    fn run(self, scope: &Scope, job: JobId) -> Outcome<Rehearsal> {
        migration::rehearse(scope, &self, job)
    }
}

impl AtOnce for RehearseMigrations {
    fn command_line(&self) -> String {
        format!("quarterdeck migrate rehearse {}", self.target)
    }
}

/// What taking over another tool's history would write.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct PlanAdoption {
    /// Which database and folder.
    pub source: MigrationSource,
    /// Whose history, where several were found.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub tool: Option<Tool>,
    /// The version up to which everything counts as applied, where there is no history.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub baseline: Option<String>,
}

/// What taking over would write. Nothing in it was written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct AdoptionPlan {
    /// Over the schema, ledger, histories and files, and over the rows.
    pub digest: Digest,
    /// One sentence.
    pub sentence: String,
    /// Whose history is taken over; absent for a baseline.
    pub tool: Option<Tool>,
    /// Every history that was found.
    pub histories: Vec<FoundHistory>,
    /// The rows that our ledger would get.
    pub rows: Vec<LedgerLine>,
    /// Where history and files disagree, e.g. `007: goose applied other statements than the file has now`.
    pub disagreements: Vec<String>,
    /// True where it is refused without a reason.
    pub needs_reason: bool,
    /// What will happen, in order.
    pub steps: Vec<String>,
    /// Reasons why it would be refused; empty where it can be done.
    pub obstacles: Vec<String>,
}

impl Query for PlanAdoption {
    const NAME: &str = "plan_adoption";
    const SUMMARY: &str =
        "Says which rows taking over another tool's history, or a baseline, will write, and where history and files disagree.";
    type Response = AdoptionPlan;

    fn answer(self, scope: &Scope) -> Outcome<AdoptionPlan> {
        migration::plan_adoption(scope, &self)
    }
}

/// Takes over another tool's history into our ledger, or sets a baseline. Never writes to theirs.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct AdoptMigrations {
    /// The system, and the component where it has several databases.
    pub target: Target,
    /// The folder; absent for the one that is set.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub folder: Option<WirePath>,
    /// Whose history, where several were found.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub tool: Option<Tool>,
    /// The version up to which everything counts as applied, where there is no history.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub baseline: Option<String>,
    /// The digest of the plan that was shown.
    pub plan: Digest,
    /// Why, where history and files disagree; it stays in the ledger.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub reason: Option<String>,
}

impl Command for AdoptMigrations {
    const NAME: &str = "adopt_migrations";
    const ROLE: Role = Role::Operator;
    const SUMMARY: &str = "Takes over another tool's history into the database's own ledger, or sets a baseline; never writes to theirs.";
    type Response = MigrationList;

    fn touches(&self) -> String {
        self.target.to_string()
    }

    fn perform(self, scope: &Scope) -> Outcome<MigrationList> {
        migration::adopt(scope, &self)
    }
}
