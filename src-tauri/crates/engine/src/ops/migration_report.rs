//! What a database is by its migrations: drift, declared queries, figures, and all of it on one page.

use quarterdeck_model::{
    Digest, Instant, Outcome,
    migration::{DatabaseStats, LedgerLine, MigrationList, Validation},
};
use serde::{Deserialize, Serialize};

use super::MigrationSource;
use crate::{
    migration,
    operation::{Query, Scope},
};

/// Live schema against what the files give from nothing.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct ValidateDatabase {
    /// Which database and folder.
    pub source: MigrationSource,
    /// True to run `integrity_check` too; it reads the whole database.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional, as = "Option<bool>"))]
    pub integrity: bool,
}

impl Query for ValidateDatabase {
    const NAME: &str = "validate_database";
    const SUMMARY: &str =
        "Compares the live schema with what the applied files give from nothing; foreign keys, integrity, declared queries.";
    type Response = Validation;

    fn answer(self, scope: &Scope) -> Outcome<Validation> {
        migration::validate(scope, &self.source, self.integrity)
    }
}

/// Everything about the migrations of a database on one page.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct ReportMigrations {
    /// Which database and folder.
    pub source: MigrationSource,
}

/// Everything about the migrations of a database.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct MigrationsReport {
    /// The timeline.
    pub list: MigrationList,
    /// The ledger, oldest first.
    pub entries: Vec<LedgerLine>,
    /// Drift, foreign keys, declared queries.
    pub validation: Validation,
    /// Rows and room by table.
    pub stats: DatabaseStats,
    /// The same as one page of HTML that needs nothing else.
    pub html: String,
    /// The head of this store's audit trail then.
    pub audit_head: Option<Digest>,
    /// When it was made.
    pub as_of: Instant,
    /// Digest of everything above but the HTML, which shows it.
    pub evidence: Digest,
}

impl Query for ReportMigrations {
    const NAME: &str = "report_migrations";
    const SUMMARY: &str = "Puts everything about the migrations of a database on one page, as JSON and as HTML.";
    type Response = MigrationsReport;

    fn answer(self, scope: &Scope) -> Outcome<MigrationsReport> {
        migration::report(scope, &self.source)
    }
}

/// Rows and room by table.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct GetDatabaseStats {
    /// Which database; the folder is not needed.
    pub source: MigrationSource,
}

impl Query for GetDatabaseStats {
    const NAME: &str = "get_database_stats";
    const SUMMARY: &str = "Says how many rows and bytes each table has, and which indexes.";
    type Response = DatabaseStats;

    fn answer(self, scope: &Scope) -> Outcome<DatabaseStats> {
        migration::stats(scope, &self.source)
    }
}
