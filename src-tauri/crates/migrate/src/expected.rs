//! The schema that the applied files give, from nothing.

use quarterdeck_model::{
    JobCtx, Outcome,
    migration::{ConnectionSettings, MigrationState},
};
use quarterdeck_sqlite::schema::{self, Schema};

use crate::{
    apply::failure::{self, Failed},
    collection::Collection,
    ledger::Ledger,
    session::Session,
    steps::Item,
    timeline::{Line, Timeline},
};

/// What the files come to.
#[derive(Debug, Clone, PartialEq)]
pub enum Expected {
    /// This schema.
    Known(Schema),
    /// Nobody can say, for the reason in this sentence.
    Unknown(String),
}

/// Runs what is applied, in memory and in the order of the files. Can be cancelled.
pub fn schema(
    collection: &Collection,
    timeline: &Timeline,
    settings: &ConnectionSettings,
    ledger: &Ledger,
    ctx: &JobCtx,
) -> Outcome<Expected> {
    if let Some(why) = timeline.lines.iter().find_map(unknown) {
        return Ok(Expected::Unknown(why));
    }
    // Rows of the files are kept only where a later file may need them, and nobody waits for a disk.
    let session = Session::in_memory(settings, ledger, ctx)?;
    session.expect(timeline.lines.len() as u64);
    for line in timeline.lines.iter().filter(|line| is_applied(line)) {
        let Some((at, migration)) = line.migration.and_then(|at| Some((at, collection.migrations.get(at)?))) else { continue };
        let item = Item::up(at, line, migration, 0);
        if let Some(why) = run(&session, collection, &item, settings)? {
            return Ok(Expected::Unknown(why));
        }
        session.count();
    }
    let found = schema::read(session.live()).map_err(|error| session.live().fault(error))?;
    Ok(Expected::Known(found))
}

/// Answers why a migration does not run from nothing.
fn run(session: &Session, collection: &Collection, item: &Item, settings: &ConnectionSettings) -> Outcome<Option<String>> {
    let foreign_keys = item.foreign_keys().unwrap_or(settings.foreign_keys);
    session.set_foreign_keys(foreign_keys)?;
    let ran = session.run_freely(item, collection)?;
    session.roll_back()?;
    let Err(stopped) = ran else { return Ok(None) };
    let failed = Failed { path: session.live().path(), collection, item, left: Vec::new(), committed: &[], now: failure::now(&[], false) };
    let fault = failed.statement(&stopped);
    if fault.is("cancelled") {
        return Err(fault);
    }
    let failure = failed.of_statement(&stopped);
    let at = format!("{}:{}:{}", failure.at.file, failure.at.line, failure.at.column);
    Ok(Some(format!("The applied files do not run from nothing: {} fails at {at}: {}.", item.title(), failure.message)))
}

fn is_applied(line: &Line) -> bool {
    matches!(line.state, MigrationState::Applied | MigrationState::Baseline | MigrationState::Modified)
}

fn unknown(line: &Line) -> Option<String> {
    let version = &line.version;
    match line.state {
        MigrationState::Missing | MigrationState::Future => Some(format!("{version} is applied, and there is no file to compare with.")),
        MigrationState::Failed => Some(format!("{version} stopped half-way: the live schema is between two versions.")),
        MigrationState::Unknown => Some("Nothing says which migrations are applied.".to_owned()),
        MigrationState::Applied | MigrationState::Baseline if line.migration.is_none() => {
            Some(format!("{version} is applied, and its file is not SQL, or gone for good."))
        }
        _ => None,
    }
}
