//! Points about what is in databases: references that lead nowhere, and queries that read whole tables.

use std::time::Duration;

use quarterdeck_model::{JobCtx, Outcome, inspection::Tone};
use quarterdeck_readiness::expect::{Found, Unit};
use quarterdeck_sqlite::{
    held,
    question::{Reply, Value},
    rows,
};

use super::{Built, Seen, Usual, amiss, listed};
use crate::{definition, readiness::gathering::Field};

pub(super) const POINTS: &[Built] = &[
    Built {
        name: "foreign-keys",
        title: "Rows that refer to rows that are not there",
        expects: Usual::None,
        look: foreign_keys,
        page: ("system/SYSTEM", "See databases"),
    },
    Built {
        name: "indexes-used",
        title: "Declared queries that read a large table whole, or cannot be run",
        expects: Usual::None,
        look: indexes,
        page: ("migrations/SYSTEM", "See queries"),
    },
];

/// A check of all references may take so long.
const LIMIT: Duration = Duration::from_secs(30);

/// A table is large from so many rows on, unless the definition says otherwise.
const LARGE: u64 = 10_000;

fn foreign_keys(field: &Field, ctx: &JobCtx) -> Outcome<Seen> {
    const SQL: &str = "SELECT \"table\", count(*) FROM pragma_foreign_key_check GROUP BY 1 ORDER BY 2 DESC";
    let (mut wrong, mut orphans, mut databases) = (Vec::new(), 0.0, 0);
    for database in field.system.databases() {
        databases += 1;
        let rows = match field.ask(database, SQL, LIMIT, ctx)? {
            Reply::Rows(rows) => rows.first,
            Reply::Refused(why) | Reply::None(why) => return Ok(Seen::Unknown(format!("{} did not answer: {why}", database.name))),
        };
        for row in rows {
            let [Value::Text(table), Value::Integer(count)] = row.as_slice() else { continue };
            #[allow(clippy::cast_precision_loss)] // a count
            let count = *count as f64;
            orphans += count;
            wrong.push(format!("{count} in {}.{table}", database.name));
        }
    }
    let words = match wrong.is_empty() {
        true => format!("no row of {databases} databases refers to one that is not there"),
        false => format!("{orphans} rows refer to rows that are not there: {}", listed(&wrong)),
    };
    Ok(Seen::Figure(Found::Number(orphans, Unit::Plain), words))
}

fn indexes(field: &Field, ctx: &JobCtx) -> Outcome<Seen> {
    let Some(folder) = &field.system.folder else { return Ok(Seen::Unknown("it was added as a file: no query is declared".to_owned())) };
    let definition = definition::load(&folder.0)?;
    if definition.queries.is_empty() {
        return Ok(Seen::Unknown("no query is declared".to_owned()));
    }
    let large = definition.migrations.as_ref().and_then(|migrations| migrations.large_table).unwrap_or(LARGE);
    let mut wrong = Vec::new();
    for database in field.system.databases() {
        let own: Vec<_> = definition.queries.iter().filter(|query| query.component.as_ref() == Some(&database.name)).cloned().collect();
        if own.is_empty() {
            continue;
        }
        let counts = rows::count(&database.path.0, ctx)?;
        let live = held::open_beside(&database.path.0)?;
        let verdicts = quarterdeck_migrate::queries::judge(&live, &own, &counts, large)?;
        wrong.extend(verdicts.into_iter().filter(|verdict| verdict.tone != Tone::Ok).map(|verdict| verdict.name.to_string()));
    }
    Ok(amiss(wrong, definition.queries.len(), "declared queries", ("read what they need", "read a large table whole, or cannot be run")))
}
