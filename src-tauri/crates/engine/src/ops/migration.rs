//! Migrations as they stand: the timeline, the files, lint, plans, and the small changes around them.

use quarterdeck_model::{
    Outcome, Role, WirePath,
    inspection::Tone,
    migration::{Layout, LintMark, MigrationList, MigrationPlan, MigrationText, MigrationWish, Problem},
    system::Target,
};
use serde::{Deserialize, Serialize};

use crate::{
    migration,
    operation::{Command, Query, Scope},
};

/// Which database, and which folder of migrations: a target, or both paths of a lone file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct MigrationSource {
    /// The system, and the component where it has several databases.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub target: Option<Target>,
    /// A database file that need not be registered; only without a target.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub database: Option<WirePath>,
    /// The folder; absent for the one that the definition or the store names.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub folder: Option<WirePath>,
}

impl MigrationSource {
    /// The migrations of a target, from the folder that is set for it or from this one.
    pub fn of(target: Target, folder: Option<WirePath>) -> Self {
        Self { target: Some(target), database: None, folder }
    }
}

/// The timeline of a database.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct ListMigrations {
    /// Which database and folder.
    pub source: MigrationSource,
}

impl Query for ListMigrations {
    const NAME: &str = "list_migrations";
    const SUMMARY: &str = "Lists every migration with what has become of it, what other tools have left, and every file that is not used.";
    type Response = MigrationList;

    fn answer(self, scope: &Scope) -> Outcome<MigrationList> {
        migration::list(scope, &self.source)
    }
}

/// The text of one migration.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct GetMigration {
    /// Which database and folder.
    pub source: MigrationSource,
    /// Which migration.
    pub version: String,
}

impl Query for GetMigration {
    const NAME: &str = "get_migration";
    const SUMMARY: &str = "Shows the files of one migration with their text, and what the ledger says of it.";
    type Response = MigrationText;

    fn answer(self, scope: &Scope) -> Outcome<MigrationText> {
        migration::text(scope, &self.source, &self.version)
    }
}

/// What is wrong with the files.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct LintMigrations {
    /// Which database and folder.
    pub source: MigrationSource,
    /// True for all migrations; otherwise those that are not applied.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional, as = "Option<bool>"))]
    pub all: bool,
}

/// What lint has found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct LintReport {
    /// One sentence.
    pub sentence: String,
    /// How it is.
    pub tone: Tone,
    /// In the order of the files; waived ones among them.
    pub marks: Vec<LintMark>,
    /// What stands in the way of applying anything.
    pub problems: Vec<Problem>,
}

impl Query for LintMigrations {
    const NAME: &str = "lint_migrations";
    const SUMMARY: &str = "Says what is wrong with the files: code, file and line, why, and how to write it instead. Runs nothing.";
    type Response = LintReport;

    fn answer(self, scope: &Scope) -> Outcome<LintReport> {
        migration::lint(scope, &self)
    }
}

/// What applying, or a way down, would do.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct PlanMigrations {
    /// Which database and folder.
    pub source: MigrationSource,
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
    /// Codes of lint errors that are accepted for this run, e.g. `QD-L10`.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional, as = "Option<Vec<String>>"))]
    pub accept_lint: Vec<String>,
}

impl Query for PlanMigrations {
    const NAME: &str = "plan_migrations";
    const SUMMARY: &str =
        "Says what an apply or a way down will do: what commits together, who waits how long, and what stands in the way.";
    type Response = MigrationPlan;

    fn answer(self, scope: &Scope) -> Outcome<MigrationPlan> {
        migration::plan(scope, &self)
    }
}

/// Declares that the file of an applied migration, as it is now, is what was applied; or that it is gone for good.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct ReblessMigration {
    /// The system, and the component where it has several databases.
    pub target: Target,
    /// The folder; absent for the one that is set.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub folder: Option<WirePath>,
    /// Which migration.
    pub version: String,
    /// Why; it stays in the ledger.
    pub reason: String,
}

impl Command for ReblessMigration {
    const NAME: &str = "rebless_migration";
    const ROLE: Role = Role::Operator;
    const SUMMARY: &str =
        "Declares, with a reason, that the file of an applied migration as it is now is what was applied, or that it is gone for good.";
    type Response = MigrationList;

    fn touches(&self) -> String {
        format!("{} {}", self.target, self.version)
    }

    fn perform(self, scope: &Scope) -> Outcome<MigrationList> {
        migration::rebless(scope, &self)
    }
}

/// Begins a migration: the next number, and the markers of the layout.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct NewMigration {
    /// Which database and folder; a lone folder suffices.
    pub source: MigrationSource,
    /// Its name, in words or with `_`.
    pub name: String,
}

/// What was begun.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct NewFile {
    /// Its version.
    pub version: String,
    /// The layout that it follows.
    pub layout: Layout,
    /// The files that were made, up before down.
    pub files: Vec<WirePath>,
    /// Their text, file by file.
    pub texts: Vec<String>,
}

impl Command for NewMigration {
    const NAME: &str = "new_migration";
    const ROLE: Role = Role::Operator;
    const SUMMARY: &str = "Makes the file of a new migration with the next number and the markers of the layout; never overwrites one.";
    type Response = NewFile;

    fn touches(&self) -> String {
        let target = self.source.target.as_ref().map(ToString::to_string);
        target.or_else(|| self.source.folder.as_ref().map(WirePath::encode)).unwrap_or_default()
    }

    fn perform(self, scope: &Scope) -> Outcome<NewFile> {
        migration::begin(scope, &self)
    }
}

/// Sets where the migrations of a registered file lie, for systems whose definition does not say so.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct SetMigrations {
    /// The system, and the component where it has several databases.
    pub target: Target,
    /// The folder.
    pub folder: WirePath,
    /// The layout; absent to have it detected.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub layout: Option<Layout>,
}

impl Command for SetMigrations {
    const NAME: &str = "set_migrations";
    const ROLE: Role = Role::Operator;
    const SUMMARY: &str = "Sets the folder of migrations of a database whose definition names none.";
    type Response = MigrationList;

    fn touches(&self) -> String {
        self.target.to_string()
    }

    fn perform(self, scope: &Scope) -> Outcome<MigrationList> {
        migration::set(scope, &self)
    }
}
