//! Everything about the migrations of a database on one page.

use quarterdeck_model::{Digest, Outcome};
use quarterdeck_store::audit;

use super::{html, list, look::Look, place::Place, stats, validate};
use crate::{
    operation::Scope,
    ops::{MigrationSource, MigrationsReport},
};

/// Puts it together. Reads the database several times: what it says is of several moments, each of which is named.
pub(crate) fn report(scope: &Scope, source: &MigrationSource) -> Outcome<MigrationsReport> {
    let list = list(scope, source)?;
    let entries = Look::at(scope, Place::find(scope, source)?)?.lines;
    let validation = validate(scope, source, false)?;
    let stats = stats(scope, source)?;
    let audit_head = scope.engine.store().read(audit::head)?;
    let as_of = scope.engine.clock().now();
    let evidence = Digest::over(&(&list, &entries, &validation, &stats, &audit_head, as_of));
    let mut report = MigrationsReport { list, entries, validation, stats, html: String::new(), audit_head, as_of, evidence };
    report.html = html::page(&report);
    Ok(report)
}
