//! Points about how databases are asked.

use quarterdeck_model::{JobCtx, Outcome, inspection::Tone};
use quarterdeck_sqlite::{held, rows};

use super::{Built, Helps, Seen, Usual, amiss};
use crate::{definition, readiness::gathering::Field};

pub(super) const POINTS: &[Built] = &[Built {
    name: "indexes-used",
    title: "Declared queries that read a large table whole, or cannot be run",
    expects: Usual::None,
    look: indexes,
    page: "migrations/SYSTEM?show=drift",
    helps: Helps::There("See queries"),
}];

/// A table is large from so many rows on, unless the definition says otherwise.
const LARGE: u64 = 10_000;

fn indexes(field: &Field, ctx: &JobCtx) -> Outcome<Seen> {
    let Some(folder) = &field.system.folder else { return Ok(Seen::unknown("it was added as a file: no query is declared")) };
    let definition = definition::load(&folder.0)?;
    if definition.queries.is_empty() {
        return Ok(Seen::unknown("no query is declared"));
    }
    let large = definition.migrations.as_ref().and_then(|migrations| migrations.large_table).unwrap_or(LARGE);
    let (mut wrong, mut all) = (Vec::new(), 0);
    for database in field.system.databases() {
        let own: Vec<_> = definition.queries.iter().filter(|query| query.component.as_ref() == Some(&database.name)).cloned().collect();
        if own.is_empty() {
            continue;
        }
        all += own.len();
        let counts = rows::count(&database.path.0, ctx)?;
        let live = held::open_beside(&database.path.0)?;
        let verdicts = quarterdeck_migrate::queries::judge(&live, &own, &counts, large)?;
        wrong.extend(verdicts.into_iter().filter(|verdict| verdict.tone != Tone::Ok).map(|verdict| verdict.name.to_string()));
    }
    Ok(amiss(wrong, all, "declared queries", ("read what they need", "read a large table whole, or cannot be run")))
}
