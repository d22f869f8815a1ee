//! The oldest history of all: an application that counts its migrations in `PRAGMA user_version`.

use quarterdeck_migrate::{
    collection::{Collection, MigrationKind},
    difference,
    expected::{self, Expected},
    history::{self, Entry, History},
    ledger::Ledger,
    timeline,
};
use quarterdeck_model::{
    JobCtx, Outcome,
    migration::{ConnectionSettings, Tool},
};
use quarterdeck_sqlite::schema::Schema;

/// What a database is measured with.
pub(super) struct Measure<'a> {
    pub collection: &'a Collection,
    pub schema: &'a Schema,
    /// Histories that were found; none of them says anything.
    pub histories: &'a [History],
    pub settings: &'a ConnectionSettings,
    pub ledger: &'a Ledger,
}

/// The history that a number stands for: the first so many files, if the schema is what they give from nothing. A number that means
/// something else, e.g. a release, is no history, and nothing is guessed from it.
pub(super) fn history(user_version: i32, measure: &Measure<'_>, ctx: &JobCtx) -> Outcome<Option<History>> {
    let Measure { collection, schema, histories, settings, ledger } = measure;
    let versioned = || collection.migrations.iter().filter(|migration| migration.kind == MigrationKind::Versioned);
    let number = usize::try_from(user_version).unwrap_or_default();
    if number == 0 || number > versioned().count() || !collection.problems.is_empty() {
        return Ok(None);
    }
    let entries = versioned().take(number).map(|migration| entry(&migration.version.text, &migration.name)).collect();
    let remarks = vec![format!("user_version is {number}, and the schema is what the first {number} of the files give")];
    let history = History { tool: Tool::UserVersion, table: "PRAGMA user_version".to_owned(), entries, remarks, up_to: false };
    let timeline = timeline::of(collection, &[], std::slice::from_ref(&history), true);
    let Expected::Known(expected) = expected::schema(collection, &timeline, settings, ledger, ctx)? else { return Ok(None) };
    let same = difference::between(&expected, schema, &history::tables(histories)).is_empty();
    Ok(same.then_some(history))
}

fn entry(version: &str, name: &str) -> Entry {
    Entry {
        version: version.to_owned(),
        name: Some(name.to_owned()),
        at: None,
        success: true,
        baseline: false,
        checksum: None,
        took: None,
        who: None,
    }
}
