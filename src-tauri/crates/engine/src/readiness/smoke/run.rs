//! The job that runs smoke tests.

use std::{sync::Arc, time::Instant as Moment};

use quarterdeck_model::{
    Count, Fault, JobId, Outcome,
    job::{Phase, Unit},
    readiness::{EvidenceVerdict, Latency, SmokeOutcome, SmokeResult, SmokeRun},
    system::Target,
};
use quarterdeck_readiness::smoke::{Ask, Case, latency};
use quarterdeck_store::{intents, smoke as kept};

use super::{
    asking::Ground,
    files,
    load::{self, Asked},
};
use crate::{
    drill::{Scratch, choose},
    intent::Intent,
    lookup,
    operation::{Announcement, Scope},
    ops::RunSmoke,
    readiness::gathering::Field,
};

const RUN: &str = "Run";

/// What will be run. Faults `no-such-smoke-test`, `definition-invalid`, `no-smoke-tests`.
pub(crate) fn announce_run_smoke(scope: &Scope, asked: &RunSmoke) -> Outcome<Announcement> {
    let system = lookup::system(&scope.engine, &asked.system)?;
    let chosen = files::chosen(&system, asked.suite.as_deref(), asked.category.as_deref(), asked.case.as_deref())?;
    if chosen.is_empty() {
        return Err(Fault::refused("no-smoke-tests", format!("{} has no smoke tests.", system.name))
            .hint("Write smoke/NAME.yml beside its quarterdeck.yaml (docs/smoke.md)."));
    }
    Ok(Announcement {
        title: format!("Smoke tests of {} ({})", system.name, chosen.len()),
        target: Target { system: system.name, component: None },
        environment: system.environment,
        phases: vec![Phase::new(RUN, format!("{} smoke tests, one after the other, each within its limit.", chosen.len()))],
    })
}

/// Runs them. What was found is kept as it comes; a caller who cancels keeps what was found until then.
pub(crate) fn run_smoke(scope: &Scope, asked: &RunSmoke, job: JobId) -> Outcome<SmokeRun> {
    let engine = &scope.engine;
    let system = lookup::system(engine, &asked.system)?;
    let suites = files::of_system(&system)?;
    let chosen = files::chosen(&system, asked.suite.as_deref(), asked.category.as_deref(), asked.case.as_deref())?;
    let folder = choose(engine)?;
    engine.store().write(|tx| intents::note(tx, job, &Intent::Rehearse { scratch: folder.as_path().into() }))?;
    let scratch = Scratch::make(&folder)?;
    let (began, clock) = (engine.clock().now(), Moment::now());
    let ground = Arc::new(Ground::new(Field::new(scope, system.clone()), folder)?);
    scope.ctx.phase(RUN);
    let mut results = Vec::with_capacity(chosen.len());
    let mut stopped = None;
    for (done, (suite, case)) in chosen.iter().enumerate() {
        scope.ctx.progress(done as u64, Some(chosen.len() as u64), Unit::Checks);
        let whole = suites.iter().find(|file| file.name == *suite).and_then(|file| file.suite.as_ref());
        match one(&ground, suite, case, whole, scope) {
            Ok(result) => {
                engine.store().write(|tx| kept::add_result(tx, &system.name, &result))?;
                results.push(result);
            }
            Err(cancelled) => {
                stopped = Some(cancelled);
                break;
            }
        }
    }
    // Its connections have to be closed before their files go.
    drop(ground);
    scratch.remove()?;
    let run = summed(results, chosen.len(), system.name, job, began, clock)?;
    engine.store().write(|tx| {
        intents::clear(tx, job)?;
        kept::add_run(tx, &run)
    })?;
    stopped.map_or(Ok(run), Err)
}

fn one(
    ground: &Arc<Ground>,
    suite: &str,
    case: &Case,
    whole: Option<&quarterdeck_readiness::smoke::Suite>,
    scope: &Scope,
) -> Outcome<SmokeResult> {
    let at = scope.engine.clock().now();
    let asked = match &case.ask {
        Ask::Load { case: of, at_once, length } => {
            let of = whole.and_then(|suite| suite.case(of)).ok_or_else(|| Fault::bug("A load asks a case that is not there."))?;
            load::at_once(ground, of, *at_once, *length, &scope.ctx)?
        }
        _ => load::in_turn(ground, case, case.budget.map_or(1, |budget| budget.of), &scope.ctx)?,
    };
    let Asked { brought, micros, count } = asked;
    let latency = latency(micros);
    let (outcome, sentence) = judged(case, brought.verdict, brought.sentence, latency.as_ref());
    Ok(SmokeResult {
        suite: suite.to_owned(),
        case: case.id.clone(),
        title: case.title.clone(),
        category: case.category.clone(),
        at,
        outcome,
        sentence,
        asked: Count(count),
        latency,
        detail: brought.detail,
        definition: case.digest.clone(),
    })
}

/// The expectation first, then the budget.
fn judged(case: &Case, verdict: EvidenceVerdict, sentence: String, latency: Option<&Latency>) -> (SmokeOutcome, String) {
    match (verdict, case.budget, latency) {
        (EvidenceVerdict::Fails, ..) => (SmokeOutcome::Failed, sentence),
        (EvidenceVerdict::Unknown, ..) => (SmokeOutcome::Error, sentence),
        (EvidenceVerdict::Holds, Some(budget), Some(latency)) => {
            let took = millis(latency.p99);
            if u64::from(latency.p99) > budget.p99.0 * 1_000 {
                (SmokeOutcome::Slow, format!("p99 {took} over {}, {} allowed; {sentence}", latency.count.of("asking"), budget.p99))
            } else {
                (SmokeOutcome::Passed, format!("{sentence}; p99 {took} of {} allowed", budget.p99))
            }
        }
        (EvidenceVerdict::Holds, ..) => (SmokeOutcome::Passed, sentence),
    }
}

fn millis(micros: u32) -> String {
    format!("{:.1} ms", f64::from(micros) / 1_000.0)
}

fn summed(
    results: Vec<SmokeResult>,
    chosen: usize,
    system: quarterdeck_model::system::Name,
    job: JobId,
    began: quarterdeck_model::Instant,
    clock: Moment,
) -> Outcome<SmokeRun> {
    let passed = results.iter().filter(|result| result.outcome == SmokeOutcome::Passed).count();
    let failed: Vec<&str> =
        results.iter().filter(|result| result.outcome != SmokeOutcome::Passed).map(|result| result.case.as_str()).collect();
    let skipped = chosen - results.len();
    let mut sentence = format!("{passed} of {chosen} passed");
    if !failed.is_empty() {
        let named = failed.iter().take(5).copied().collect::<Vec<_>>().join(", ");
        let more = if failed.len() > 5 { format!(" and {} more", failed.len() - 5) } else { String::new() };
        sentence.push_str(&format!("; {} did not: {named}{more}", failed.len()));
    }
    if skipped > 0 {
        sentence.push_str(&format!("; {skipped} were not asked"));
    }
    let (failed, count) = (failed.len(), |of: usize| Count(of as u64));
    Ok(SmokeRun {
        id: crate::scope::random_id()?,
        system,
        job: Some(job),
        began,
        took: clock.elapsed().into(),
        passed: count(passed),
        failed: count(failed),
        skipped: count(skipped),
        results,
        sentence: sentence + ".",
    })
}
