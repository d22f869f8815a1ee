//! Taking over what another tool remembers, and declaring what nobody remembers: rows for our ledger. Never a write to another table.

use quarterdeck_migrate::{
    adopt,
    apply::Basis,
    ledger::{self, Record, Stamp},
    read, settings,
};
use quarterdeck_model::{
    Count, Digest, Fault, Outcome,
    migration::{MigrationList, Tool},
    system::Target,
};
use quarterdeck_sqlite::open::Live;

use super::{list, look::Look, place::Place};
use crate::{
    backup::{stale, tool},
    jobs::take_leases,
    operation::Scope,
    ops::{AdoptMigrations, AdoptionPlan, MigrationSource, PlanAdoption, ReblessMigration},
};

/// A reason is one line; in characters.
const LONGEST_REASON: usize = 200;

/// What is asked to be taken over.
#[derive(Clone, Copy)]
struct Ask<'a> {
    tool: Option<Tool>,
    baseline: Option<&'a str>,
    reason: Option<&'a str>,
}

/// What it comes to.
#[derive(Default)]
struct Found {
    tool: Option<Tool>,
    records: Vec<Record>,
    disagreements: Vec<String>,
    steps: Vec<String>,
    obstacles: Vec<Fault>,
}

/// Which rows would be written.
pub(crate) fn plan_adoption(scope: &Scope, request: &PlanAdoption) -> Outcome<AdoptionPlan> {
    let look = Look::at(scope, Place::find(scope, &request.source)?)?;
    let ask = Ask { tool: request.tool, baseline: request.baseline.as_deref(), reason: None };
    let found = find(scope, &look, ask, &ledger::new_run()?)?;
    Ok(plan(&look, ask, found))
}

/// Writes them, under the lease of the database and in one transaction, if they are still what the plan has shown.
pub(crate) fn adopt(scope: &Scope, request: &AdoptMigrations) -> Outcome<MigrationList> {
    let reason = request.reason.as_deref().map(reason).transpose()?;
    let source = MigrationSource::of(request.target.clone(), request.folder.clone());
    let place = Place::find(scope, &source)?;
    let target = place.registered()?.target.clone();
    let leases = take_leases(&scope.engine, &target, &scope.caller.who, format!("Adoption of the migrations of {target}"))?;
    let look = Look::at(scope, place)?;
    let ask = Ask { tool: request.tool, baseline: request.baseline.as_deref(), reason };
    let run = ledger::new_run()?;
    let Found { records, disagreements, mut obstacles, tool, .. } = find(scope, &look, ask, &run)?;
    let digest = digest(&look, ask, &records);
    if digest != request.plan {
        return Err(stale(&request.plan, &digest));
    }
    if !obstacles.is_empty() {
        return Err(obstacles.swap_remove(0));
    }
    if let (Some(first), None) = (disagreements.first(), reason) {
        return Err(Fault::refused("adopt-modified", first.clone())
            .hint("Put the file back as it was applied, or adopt it with a reason.")
            .fact("disagreements", disagreements.clone()));
    }
    append(&look, &records)?;
    let whose = tool.map_or("a baseline", settings::name);
    let why = reason.map(|reason| format!(": {reason}")).unwrap_or_default();
    let detail = format!("{} of {whose}, run {run}{why}", Count(records.len() as u64).of("row"));
    audit(scope, "adopt_migrations", &target, "adopted", &detail)?;
    drop(leases); // the list would name them
    list(scope, &source)
}

/// Declares one file to be what was applied, or to be gone for good.
pub(crate) fn rebless(scope: &Scope, request: &ReblessMigration) -> Outcome<MigrationList> {
    let reason = reason(&request.reason)?;
    let source = MigrationSource::of(request.target.clone(), request.folder.clone());
    let place = Place::find(scope, &source)?;
    let target = place.registered()?.target.clone();
    let leases = take_leases(&scope.engine, &target, &scope.caller.who, format!("Reblessing {} of {target}", request.version))?;
    let look = Look::at(scope, place)?;
    let Some(line) = look.timeline.find(&request.version) else {
        return Err(Fault::refused("version-missing", format!("There is no migration {}.", request.version))
            .hint("Name a version as the list of migrations shows it.")
            .fact("version", request.version.as_str()));
    };
    let migration = line.migration.and_then(|at| look.collection.migrations.get(at));
    let run = ledger::new_run()?;
    let record = adopt::rebless(line, migration, reason, stamp(scope, &run, &tool()))?;
    append(&look, std::slice::from_ref(&record))?;
    let hash = record.line.statements_sha256.as_ref().map_or_else(|| "no file".to_owned(), Digest::short);
    audit(scope, "rebless_migration", &target, "reblessed", &format!("{} as {hash}: {reason}", line.version))?;
    drop(leases); // the list would name them
    list(scope, &source)
}

/// The reason that somebody gives, as one line.
fn reason(text: &str) -> Outcome<&str> {
    let reason = text.trim();
    if reason.is_empty() || reason.chars().count() > LONGEST_REASON || reason.chars().any(char::is_control) {
        return Err(Fault::usage("bad-reason", format!("The reason is one line of 1 to {LONGEST_REASON} characters."))
            .hint("Say in a few words why the file is right."));
    }
    Ok(reason)
}

/// What stands in the way of it is an obstacle, and no fault: a plan shows it.
fn find(scope: &Scope, look: &Look, ask: Ask<'_>, run: &str) -> Outcome<Found> {
    let (program, mut found) = (tool(), Found::default());
    let stamp = stamp(scope, run, &program);
    if let Err(fault) = look.place.registered() {
        found.obstacles.push(fault);
    }
    match (ask.baseline, adopt::choose(&look.collection, &look.histories, ask.tool)) {
        (Some(_), _) if ask.tool.is_some() => {
            return Err(Fault::usage("bad-adoption", "Either the history of a tool is taken over, or a baseline is set.")
                .hint("Name one of the two."));
        }
        (Some(version), _) => match adopt::baseline(&look.collection, &look.lines, version, stamp, ask.reason) {
            Err(fault) => found.obstacles.push(fault),
            Ok(records) => {
                found.steps = vec![
                    format!("{} count as applied up to {version}; none of them is run.", Count(records.len() as u64).of("migration")),
                    "Whether the schema is what they give is told by: quarterdeck migrate validate".to_owned(),
                ];
                found.records = records;
            }
        },
        (None, Err(fault)) => found.obstacles.push(fault),
        (None, Ok(history)) => {
            let adoption = adopt::of(&look.collection, history, &look.lines, stamp, ask.reason);
            found.tool = Some(history.tool);
            if adoption.records.is_empty() {
                let what = format!("The ledger has taken over everything that {} remembers.", settings::name(history.tool));
                found.obstacles.push(Fault::refused("nothing-to-adopt", what).hint("Look at the list of migrations."));
            }
            (found.records, found.disagreements, found.steps) = (adoption.records, adoption.disagreements, adoption.steps);
        }
    }
    Ok(found)
}

fn plan(look: &Look, ask: Ask<'_>, found: Found) -> AdoptionPlan {
    let rows = Count(found.records.len() as u64).of("row");
    let sentence = match (found.obstacles.first(), ask.baseline, found.tool) {
        (Some(obstacle), ..) => obstacle.message.clone(),
        (None, Some(version), _) => format!("{} gets {rows}: a baseline at {version}.", look.place.ledger.name()),
        (None, None, tool) => {
            let whose = tool.map_or("another tool", settings::name);
            format!("{} gets {rows} from the history of {whose}.", look.place.ledger.name())
        }
    };
    AdoptionPlan {
        digest: digest(look, ask, &found.records),
        sentence,
        tool: found.tool,
        histories: look.found(),
        needs_reason: !found.disagreements.is_empty(),
        rows: found.records.into_iter().map(|record| record.line).collect(),
        disagreements: found.disagreements,
        steps: found.steps,
        obstacles: found.obstacles.iter().map(ToString::to_string).collect(),
    }
}

/// Over what the rows are made from, and over the rows but for moment, run and reason, which a plan cannot know.
fn digest(look: &Look, ask: Ask<'_>, records: &[Record]) -> Digest {
    let rows: Vec<_> = records
        .iter()
        .map(|Record { line, .. }| (&line.version, &line.name, line.kind, line.done, &line.bytes_sha256, &line.statements_sha256))
        .collect();
    Digest::over(&(&look.basis, read::digest(&look.collection), ask.tool, ask.baseline, rows))
}

/// Adds rows if, under the write lock, the database is still the one that was looked at.
fn append(look: &Look, records: &[Record]) -> Outcome<()> {
    let place = &look.place;
    let mut unchanged = |live: &Live| match Basis::of(live, &place.ledger)? == look.basis {
        true => Ok(()),
        false => Err(Fault::refused("plan-stale", format!("{} has changed since it was looked at.", place.file_name()))
            .hint("Look at the new plan, then confirm that one.")
            .may_retry()),
    };
    ledger::append_all(&place.database, &place.ledger, records, &tool(), &mut unchanged)
}

fn stamp<'a>(scope: &'a Scope, run: &'a str, program: &'a str) -> Stamp<'a> {
    Stamp { at: scope.engine.clock().now(), who: &scope.caller.who, run, program }
}

fn audit(scope: &Scope, operation: &str, target: &Target, outcome: &str, detail: &str) -> Outcome<()> {
    scope.audit(operation, &target.to_string(), outcome, detail)
}
