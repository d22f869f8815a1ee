//! A run of smoke tests: one case after the other, so that none is in the way of another one's time.

use std::time::Instant as Moment;

use quarterdeck_model::{
    Class, Count, Fault, Instant, JobId, Millis, Outcome,
    job::{Phase, Unit},
    readiness::{SmokeOutcome, SmokeResult, SmokeRun},
    system::{Component, System, Target},
};
use quarterdeck_readiness::smoke::{Asks, Case};
use quarterdeck_store::{failpoint, intents, smoke as stored};

use super::{
    asking::{self, Answered, Ground},
    copies::{Copies, database},
    files::{self, SuiteFile},
    is_meant, load, missing,
};
use crate::{
    drill::{Scratch, choose},
    intent::Intent,
    lookup,
    operation::{Announcement, Scope},
    ops::RunSmoke,
    readiness::gathering::Field,
};

const COPY: &str = "Copy databases to scratch";
const RUN: &str = "Run the smoke tests";

/// What is run.
struct Chosen {
    system: System,
    files: Vec<SuiteFile>,
    asked: RunSmoke,
}

impl Chosen {
    fn look(scope: &Scope, asked: &RunSmoke) -> Outcome<Self> {
        let system = lookup::system(&scope.engine, &asked.system)?;
        let mut files = files::of_system(&system)?;
        files.retain(|file| asked.suite.as_ref().is_none_or(|suite| *suite == file.name));
        let chosen = Self { system, files, asked: asked.clone() };
        if chosen.cases().next().is_some() {
            return Ok(chosen);
        }
        match chosen.unreadable().find_map(|file| file.findings.first()) {
            Some(first) => {
                let place = format!("{}:{}:{}", first.file, first.line, first.column);
                Err(Fault::refused("smoke-invalid", format!("{place}: {}", first.message)).hint(first.hint.clone()))
            }
            None => {
                let parts = [&asked.suite, &asked.category, &asked.case];
                let named: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
                Err(missing(&chosen.system, if named.is_empty() { "at all".to_owned() } else { named.join("/") }.as_str()))
            }
        }
    }

    /// The cases with their suites, in the order of the files.
    fn cases(&self) -> impl Iterator<Item = (&SuiteFile, &Case)> {
        let meant = |one: &Case| is_meant(one, self.asked.category.as_deref(), self.asked.case.as_deref());
        self.files.iter().flat_map(move |file| file.cases().iter().filter(move |one| meant(one)).map(move |one| (file, one)))
    }

    /// Files that are meant and cannot be run: what they would have asked is not known.
    fn unreadable(&self) -> impl Iterator<Item = &SuiteFile> {
        self.files.iter().filter(|file| !file.findings.is_empty())
    }

    /// What a case asks in the end: a load asks another one.
    fn of<'c>(file: &'c SuiteFile, case: &'c Case) -> &'c Case {
        let Asks::Load { case: name, .. } = &case.asks else { return case };
        file.cases().iter().find(|other| other.id == *name).unwrap_or(case)
    }

    /// The databases of which a copy is needed, each once.
    fn copied(&self) -> Vec<Component> {
        let mut wanted: Vec<Component> = Vec::new();
        for (file, case) in self.cases() {
            let Asks::Copy { component, .. } = &Self::of(file, case).asks else { continue };
            // What cannot be found is said by the case itself.
            let Ok(database) = database(&self.system, component.as_deref()) else { continue };
            if wanted.iter().all(|known| known.id != database.id) {
                wanted.push(database.clone());
            }
        }
        wanted
    }
}

/// Faults `smoke-missing` and `smoke-invalid`, where nothing could be run.
pub(crate) fn announce_run_smoke(scope: &Scope, asked: &RunSmoke) -> Outcome<Announcement> {
    let chosen = Chosen::look(scope, asked)?;
    let count = Count(chosen.cases().count() as u64);
    let copied = chosen.copied();
    let mut phases = Vec::new();
    if !copied.is_empty() {
        let names: Vec<&str> = copied.iter().map(|database| database.name.as_str()).collect();
        phases.push(Phase::new(COPY, format!("{}: what cases change, they change there.", names.join(", "))));
    }
    phases.push(Phase::new(RUN, format!("{}, one after the other.", count.of("case"))));
    Ok(Announcement {
        title: format!("Smoke tests of {}", chosen.system.name),
        target: Target { system: chosen.system.name.clone(), component: None },
        environment: chosen.system.environment,
        phases,
    })
}

/// Runs. A case that fails is a finding, and no fault: the run has done what it is for.
pub(crate) fn run_smoke(scope: &Scope, asked: &RunSmoke, job: JobId) -> Outcome<SmokeRun> {
    let chosen = Chosen::look(scope, asked)?;
    let copied = chosen.copied();
    if copied.is_empty() {
        return in_place(scope, &chosen, Copies::default(), job);
    }
    let engine = &scope.engine;
    let folder = choose(engine)?;
    engine.store().write(|tx| intents::note(tx, job, &Intent::Smoke { scratch: folder.as_path().into() }))?;
    let scratch = Scratch::make(&folder)?;
    scope.ctx.phase(COPY);
    let ran = Copies::make(scope, &copied, &folder).and_then(|copies| {
        failpoint::reach("smoke.copied")?;
        in_place(scope, &chosen, copies, job)
    });
    let removed = scratch.remove();
    if removed.is_ok() {
        // However it ended, there is nothing left to recover.
        engine.store().write(|tx| intents::clear(tx, job))?;
    }
    let run = ran?;
    removed.map(|()| run)
}

fn in_place(scope: &Scope, chosen: &Chosen, copies: Copies, job: JobId) -> Outcome<SmokeRun> {
    scope.ctx.phase(RUN);
    let clock = scope.engine.clock();
    let (began, watch) = (clock.now(), Moment::now());
    let ground = Ground { field: Field::new(scope, chosen.system.clone()), copies };
    let total = chosen.cases().count() as u64;
    let (mut results, mut unasked, mut cancelled): (Vec<SmokeResult>, Vec<SmokeResult>, Option<Fault>) = Default::default();
    for (number, (file, case)) in (0..).zip(chosen.cases()) {
        scope.ctx.progress(number, Some(total), Unit::Checks);
        let at = clock.now();
        if cancelled.is_none() {
            match ask(&ground, file, case, scope) {
                Ok(answered) => {
                    results.push(result(file, case, at, answered));
                    failpoint::reach("smoke.case")?;
                    continue;
                }
                Err(fault) if fault.class == Class::Cancelled => cancelled = Some(fault),
                Err(fault) => return Err(fault),
            }
        }
        let skipped = Answered { outcome: SmokeOutcome::Skipped, ..Answered::error("not asked: the run was cancelled") };
        unasked.push(result(file, case, at, skipped));
    }
    drop(ground);
    let mut run = SmokeRun {
        id: crate::scope::random_id()?,
        system: chosen.system.name.clone(),
        job: Some(job),
        began,
        took: Millis::from(watch.elapsed()),
        passed: count(&results, |outcome| outcome == SmokeOutcome::Passed),
        failed: count(&results, |outcome| matches!(outcome, SmokeOutcome::Slow | SmokeOutcome::Failed | SmokeOutcome::Error)),
        skipped: Count(count(&results, |outcome| outcome == SmokeOutcome::Skipped).0 + unasked.len() as u64),
        unreadable: Count(chosen.unreadable().count() as u64),
        results,
        sentence: String::new(),
    };
    run.sentence = sentence(&run, chosen);
    scope.engine.store().write(|tx| stored::record(tx, &run, &unasked))?;
    match cancelled {
        Some(fault) => Err(fault),
        None => Ok(run),
    }
}

fn ask(ground: &Ground, file: &SuiteFile, case: &Case, scope: &Scope) -> Outcome<Answered> {
    scope.ctx.checkpoint()?;
    let of = Chosen::of(file, case);
    if let Asks::Copy { component, .. } = &of.asks
        && let Ok(database) = database(&ground.field.system, component.as_deref())
        && let Some(why) = ground.copies.obstacle(database)
    {
        return Ok(Answered { outcome: SmokeOutcome::Skipped, ..Answered::error(format!("not asked: {why}")) });
    }
    match &case.asks {
        Asks::Load { at_once, until, .. } => load::ask(ground, case, of, (*at_once, *until), &scope.ctx),
        _ => asking::ask(ground, case, &scope.ctx),
    }
}

fn result(file: &SuiteFile, case: &Case, at: Instant, answered: Answered) -> SmokeResult {
    SmokeResult {
        suite: file.name.clone(),
        case: case.id.clone(),
        title: case.title.clone(),
        category: case.category.clone(),
        at,
        outcome: answered.outcome,
        sentence: answered.sentence,
        asked: Count(answered.asked),
        latency: answered.latency,
        detail: answered.detail,
        definition: case.digest.clone(),
    }
}

fn count(results: &[SmokeResult], wanted: impl Fn(SmokeOutcome) -> bool) -> Count {
    Count(results.iter().filter(|result| wanted(result.outcome)).count() as u64)
}

/// `34 of 35 passed in 2.1 s; 1 failed: appeal-search.`
fn sentence(run: &SmokeRun, chosen: &Chosen) -> String {
    const MOST: usize = 5;
    let all = run.passed.0 + run.failed.0 + run.skipped.0;
    let mut sentence = format!("{} of {all} passed in {}", run.passed, run.took);
    let bad = |result: &&SmokeResult| !matches!(result.outcome, SmokeOutcome::Passed | SmokeOutcome::Skipped);
    let names: Vec<&str> = run.results.iter().filter(bad).map(|result| result.case.as_str()).collect();
    if !names.is_empty() {
        let more = names.len().saturating_sub(MOST);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        sentence.push_str(&format!("; {} failed: {}{more}", run.failed, names[..names.len().min(MOST)].join(", ")));
    }
    if run.skipped.0 > 0 {
        sentence.push_str(&format!("; {} not asked", run.skipped));
    }
    for file in chosen.unreadable() {
        sentence.push_str(&format!("; {} was not run: it has {}", file.name, Count(file.findings.len() as u64).of("finding")));
    }
    sentence + "."
}
