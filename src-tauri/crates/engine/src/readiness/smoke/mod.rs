//! Smoke tests: suites as they stand, their runs, and the history of each case (docs/smoke.md).

mod asking;
mod copies;
mod files;
mod load;
mod run;

use quarterdeck_model::{
    Fault, Outcome,
    readiness::{SmokeCase, SmokeResult, SmokeSuite},
    system::{Name, System},
};
use quarterdeck_readiness::smoke::Case;
use quarterdeck_store::{Connection, smoke as stored};

use self::files::SuiteFile;
pub(crate) use self::{
    files::smoke_findings,
    run::{announce_run_smoke, run_smoke},
};
use crate::{
    lookup,
    operation::Scope,
    ops::{GetSmokeCase, ListSmoke, SmokeCaseDetail, SmokeList},
};

/// Runs that a list shows.
const RUNS: u32 = 20;

/// Marks of a case that a list shows.
const MARKS: usize = 60;

/// Results of a case that are shown in full.
const RESULTS: u32 = 200;

/// Lists suites with the newest result and history of each case.
pub(crate) fn smoke(scope: &Scope, asked: &ListSmoke) -> Outcome<SmokeList> {
    let engine = &scope.engine;
    let systems = match &asked.system {
        Some(name) => vec![lookup::system(engine, name)?],
        None => lookup::systems(engine)?,
    };
    let mut suites = Vec::new();
    for system in systems {
        let files = files::of_system(&system)?;
        let read = |c: &Connection| files.into_iter().map(|file| listed(c, &system.name, file)).collect::<Outcome<Vec<_>>>();
        suites.extend(engine.store().read(read)?);
    }
    let runs = engine.store().read(|c| stored::runs(c, asked.system.as_ref(), RUNS))?;
    Ok(SmokeList { suites, runs, as_of: engine.clock().now() })
}

fn listed(connection: &Connection, system: &Name, file: SuiteFile) -> Outcome<SmokeSuite> {
    let cases = file.cases().iter().map(|case| shown(connection, system, &file.name, case)).collect::<Outcome<_>>()?;
    let title = file.suite.as_ref().map_or_else(|| file.name.clone(), |suite| suite.title.clone());
    Ok(SmokeSuite { system: system.clone(), name: file.name, title, file: file.path.into(), findings: file.findings, cases })
}

fn shown(connection: &Connection, system: &Name, suite: &str, case: &Case) -> Outcome<SmokeCase> {
    let newest = stored::results(connection, system, suite, &case.id, 1)?.pop();
    let mut history = stored::marks(connection, system, suite, &case.id)?;
    let since = history.first().and_then(|now| {
        let same = history.iter().take_while(|mark| mark.outcome == now.outcome);
        same.last().map(|mark| mark.at)
    });
    history.truncate(MARKS);
    history.reverse();
    Ok(SmokeCase {
        id: case.id.clone(),
        title: case.title.clone(),
        category: case.category.clone(),
        kind: case.kind().to_owned(),
        asks: case.asked(),
        expected: case.expected(),
        budget: case.budget.and_then(|budget| budget.p99),
        newest: newest.map(|newest| SmokeResult { detail: None, ..newest }),
        history,
        since,
    })
}

/// Shows one case with its results in full. Faults `smoke-missing`.
pub(crate) fn smoke_case(scope: &Scope, asked: &GetSmokeCase) -> Outcome<SmokeCaseDetail> {
    let engine = &scope.engine;
    let system = lookup::system(engine, &asked.system)?;
    let files = files::of_system(&system)?;
    let file = files.iter().find(|file| file.name == asked.suite);
    let case = file.and_then(|file| file.cases().iter().find(|case| case.id == asked.case));
    let case = case.ok_or_else(|| missing(&system, &format!("{}/{}", asked.suite, asked.case)))?;
    engine.store().read(|c| {
        Ok(SmokeCaseDetail {
            case: shown(c, &system.name, &asked.suite, case)?,
            results: stored::results(c, &system.name, &asked.suite, &case.id, RESULTS)?,
            as_of: engine.clock().now(),
        })
    })
}

/// The newest result of each case that is meant, by suite and name; none where it never was run as it is now. A suite that cannot be read
/// stands there as one case without a result.
pub(in crate::readiness) fn newest(
    scope: &Scope,
    system: &System,
    suite: Option<&str>,
    category: Option<&str>,
    case: Option<&str>,
) -> Outcome<Vec<(String, Option<SmokeResult>)>> {
    let files = files::of_system(system)?;
    let mut found = Vec::new();
    for file in files.iter().filter(|file| suite.is_none_or(|suite| suite == file.name)) {
        if !file.findings.is_empty() {
            found.push((format!("{} (the file has findings)", file.name), None));
        }
        for one in file.cases().iter().filter(|one| is_meant(one, category, case)) {
            let name = format!("{}/{}", file.name, one.id);
            let result = scope.engine.store().read(|c| stored::results(c, &system.name, &file.name, &one.id, 1))?.pop();
            found.push(match result {
                Some(result) if result.definition != one.digest => (format!("{name} (changed since)"), None),
                result => (name, result),
            });
        }
    }
    Ok(found)
}

fn is_meant(one: &Case, category: Option<&str>, case: Option<&str>) -> bool {
    category.is_none_or(|category| category == one.category) && case.is_none_or(|case| case == one.id)
}

fn missing(system: &System, what: &str) -> Fault {
    Fault::refused("smoke-missing", format!("{} has no smoke test {what}.", system.name))
        .hint(format!("Look at what there is: quarterdeck smoke list {}", system.name))
}
