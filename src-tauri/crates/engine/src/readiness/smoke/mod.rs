//! Smoke tests: suites of a definition, run as a job, with the history of each case (docs/smoke.md).

mod asking;
mod files;
mod http;
mod load;
mod run;

use quarterdeck_model::{
    Fault, Instant, Outcome,
    readiness::{SmokeCase, SmokeMark, SmokeResult, SmokeSuite},
    system::{Name, System},
};
use quarterdeck_readiness::smoke::Case;
use quarterdeck_store::smoke as kept;

use self::files::SuiteFile;
use crate::{
    Engine, lookup,
    operation::Scope,
    ops::{GetSmokeCase, ListSmoke, SmokeCaseDetail, SmokeList},
};

pub(crate) use self::{
    files::findings_of as smoke_findings,
    run::{announce_run_smoke, run_smoke},
};

/// Marks of a case's history.
const MARKS: u32 = 60;

/// Runs that are listed.
const RUNS: u32 = 20;

/// Results of a case that are handed over, and how many of them with their details.
const RESULTS: u32 = 200;
const DETAILED: usize = 10;

/// Lists suites, with the newest result and the history of each case.
pub(crate) fn smoke(scope: &Scope, asked: &ListSmoke) -> Outcome<SmokeList> {
    let engine = &scope.engine;
    let systems = match &asked.system {
        Some(name) => vec![lookup::system(engine, name)?],
        None => lookup::systems(engine)?,
    };
    let mut suites = Vec::new();
    for system in &systems {
        for file in files::of_system(system)? {
            suites.push(suite(engine, system, file)?);
        }
    }
    let runs = engine.store().read(|c| kept::runs(c, asked.system.as_ref(), RUNS))?;
    Ok(SmokeList { suites, runs, as_of: engine.clock().now() })
}

/// Shows one case with its results.
pub(crate) fn smoke_case(scope: &Scope, asked: &GetSmokeCase) -> Outcome<SmokeCaseDetail> {
    let engine = &scope.engine;
    let system = lookup::system(engine, &asked.system)?;
    let suites = files::of_system(&system)?;
    let found = suites.iter().find(|file| file.name == asked.suite).and_then(|file| file.suite.as_ref()?.case(&asked.case));
    let case = found.ok_or_else(|| no_such_case(&format!("{}/{}", asked.suite, asked.case), &system.name))?;
    let mut results = engine.store().read(|c| kept::results(c, &system.name, &asked.suite, &asked.case, RESULTS))?;
    let case = listed(case, &results);
    results.iter_mut().skip(DETAILED).for_each(|result| result.detail = None);
    Ok(SmokeCaseDetail { case, results, as_of: engine.clock().now() })
}

/// The newest result of each case that is meant, by `SUITE/CASE`; none of a case that was never run as it is now.
pub(crate) fn newest(
    scope: &Scope,
    system: &System,
    suite: Option<&str>,
    category: Option<&str>,
    case: Option<&str>,
) -> Outcome<Vec<(String, Option<SmokeResult>)>> {
    let mut found = Vec::new();
    for (name, one) in files::chosen(system, suite, category, case)? {
        let newest = scope.engine.store().read(|c| kept::results(c, &system.name, &name, &one.id, 1))?.pop();
        // What was found of another version of the case says nothing of this one.
        found.push((format!("{name}/{}", one.id), newest.filter(|result| result.definition == one.digest)));
    }
    Ok(found)
}

/// How many smoke tests passed, of how many that were asked, in a stretch of time.
pub(crate) fn passed_between(engine: &Engine, system: &Name, from: Instant, until: Instant) -> Outcome<(u64, u64)> {
    use quarterdeck_model::readiness::SmokeOutcome::{Passed, Skipped};
    let results = engine.store().read(|c| kept::between(c, system, from, until))?;
    let asked = results.iter().filter(|result| result.outcome != Skipped);
    let passed = asked.clone().filter(|result| result.outcome == Passed).count();
    Ok((passed as u64, asked.count() as u64))
}

fn suite(engine: &Engine, system: &System, file: SuiteFile) -> Outcome<SmokeSuite> {
    let mut cases = Vec::new();
    for case in file.suite.iter().flat_map(|suite| &suite.cases) {
        let results = engine.store().read(|c| kept::results(c, &system.name, &file.name, &case.id, MARKS))?;
        cases.push(listed(case, &results));
    }
    let title = file.suite.as_ref().map_or_else(|| file.name.clone(), |suite| suite.title.clone());
    Ok(SmokeSuite { system: system.name.clone(), name: file.name, title, file: file.path.into(), findings: file.findings, cases })
}

/// A case as it is listed; results are newest first.
fn listed(case: &Case, results: &[SmokeResult]) -> SmokeCase {
    let micros = |result: &SmokeResult| result.latency.as_ref().map(|latency| latency.p99);
    let mark = |result: &SmokeResult| SmokeMark { at: result.at, outcome: result.outcome, micros: micros(result) };
    let newest = results.first();
    let same = newest.map(|newest| results.iter().take_while(|result| result.outcome == newest.outcome));
    SmokeCase {
        id: case.id.clone(),
        title: case.title.clone(),
        category: case.category.clone(),
        kind: case.kind().to_owned(),
        asks: case.asks(),
        expected: case.expected(),
        budget: case.budget.map(|budget| budget.p99),
        newest: newest.map(|newest| SmokeResult { detail: None, ..newest.clone() }),
        history: results.iter().take(MARKS as usize).rev().map(mark).collect(),
        since: same.and_then(Iterator::last).map(|result| result.at),
    }
}

fn no_such_case(named: &str, system: &Name) -> Fault {
    Fault::refused("no-such-smoke-test", format!("{system} has no smoke test {named}."))
        .hint(format!("List them with: quarterdeck smoke list {system}"))
}
