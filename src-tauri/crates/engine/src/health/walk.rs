//! The thirty-second check: everything is looked at now, side by side, each look on a thread of its own. What is not back within the limit is not
//! waited for: it is not known, and that is said. Nothing is written.

use std::{
    sync::{
        Arc,
        mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    },
    time::{Duration, Instant as Timer},
};

use quarterdeck_model::{
    CancelToken, Fault, Instant, JobCtx, Millis, Outcome,
    inspection::Tone,
    job::{Listener, Progress, Unit},
    monitor::{CollectorStatus, HealthCheck, HealthReport},
    system::{Name, System, Target},
};
use quarterdeck_monitor::source::{Memory, Source};

use super::{checks::Judged, chosen, figures::Figures, machine, measuring::Measuring, since::History, system::Subject, text, verdict};
use crate::{
    Engine, collecting,
    definition::{self, Definition},
    migration,
    operation::Scope,
    ops::MigrationSource,
};

/// How long it may take in all.
const LIMIT: Duration = Duration::from_secs(30);

/// Collectors are given up earlier, so that what they brought can still be judged.
const COLLECTORS: Duration = Duration::from_secs(20);

/// How often somebody's wish to stop is looked for.
const LOOK: Duration = Duration::from_millis(100);

/// Of so many systems it is said what changed.
const EXPLAINED: usize = 3;

/// Looks at everything of a system and of the machine, or of all systems.
pub(crate) fn walk(scope: &Scope, only: Option<&Name>) -> Outcome<HealthReport> {
    walk_within(scope, only, LIMIT)
}

fn walk_within(scope: &Scope, only: Option<&Name>, limit: Duration) -> Outcome<HealthReport> {
    let engine = &scope.engine;
    let (began, timer) = (engine.clock().now(), Timer::now());
    let systems = chosen(engine, only)?;
    let (mut awaited, told, cancel) = begin(scope, &systems, only, limit)?;
    let mut checks = Vec::new();
    let waited = gather(scope, &mut awaited, &told, timer + limit, &mut checks);
    cancel.cancel();
    waited?;
    checks.extend(awaited.iter().map(|look| look.unknown(engine.clock().now(), limit)));
    let source = engine.series().snapshot()?;
    History::read(&source, began, &scope.ctx)?.date(&mut checks);
    let now = engine.clock().now();
    let mut report = HealthReport {
        tone: verdict::worst(&checks),
        verdict: said(&checks, now),
        changes: Vec::new(),
        checks,
        began,
        took: Millis(0),
        text: String::new(),
    };
    let troubled = systems.iter().filter(|system| of(&report.checks, &system.name).any(|check| check.tone < Tone::Unknown));
    for system in troubled.take(EXPLAINED) {
        if timer.elapsed() < limit {
            let since = of(&report.checks, &system.name).min_by_key(|check| check.tone).and_then(|check| check.since);
            report.changes.extend(super::changed::of(scope, system, &source, since, now)?);
        }
    }
    report.took = timer.elapsed().into();
    report.text = text::of(&report, engine.host());
    Ok(report)
}

fn of<'c>(checks: &'c [HealthCheck], system: &'c Name) -> impl Iterator<Item = &'c HealthCheck> {
    checks.iter().filter(move |check| check.system.as_ref() == Some(system))
}

/// The verdict: the worst check of all, and how many pass.
fn said(checks: &[HealthCheck], now: Instant) -> String {
    let mut named: Vec<HealthCheck> = checks.to_vec();
    for check in &mut named {
        if let Some(system) = &check.system {
            check.what = format!("{system}, {}", check.what);
        }
    }
    verdict::sort(&mut named);
    let passed = named.iter().filter(|check| verdict::passes(check)).count();
    let sentence = verdict::sentence(&named, now);
    if passed == named.len() { sentence } else { format!("{sentence} {passed} of {} checks pass.", named.len()) }
}

/// One look that somebody waits for.
struct Look {
    key: String,
    what: &'static str,
    system: Option<Name>,
}

impl Look {
    fn unknown(&self, now: Instant, limit: Duration) -> HealthCheck {
        let judged = Judged::new(Tone::Unknown, format!("Not done within {}", Millis::from(limit)));
        self.check(judged, now)
    }

    fn check(&self, judged: Judged, now: Instant) -> HealthCheck {
        let next = self.system.as_ref().map_or_else(|| "health".to_owned(), |system| format!("health/{system}"));
        let check = machine::check("", self.what, judged, now);
        HealthCheck { key: self.key.clone(), system: self.system.clone(), next: Some(next), ..check }
    }
}

/// What a thread tells.
enum Told {
    /// A collector is back.
    Collector,
    /// The look of this key is over.
    Over(String, Outcome<Vec<HealthCheck>>, Duration),
}

type Run = Box<dyn FnOnce(&JobCtx, &Sender<Told>) -> Outcome<Vec<HealthCheck>> + Send>;

/// Begins all looks.
fn begin(scope: &Scope, systems: &[System], only: Option<&Name>, limit: Duration) -> Outcome<(Vec<Look>, Receiver<Told>, CancelToken)> {
    let (tell, told) = channel();
    let cancel = CancelToken::default();
    let mut looks = Vec::new();
    let mut add = |look: Look, run: Run| -> Outcome<()> {
        let (key, tell) = (look.key.clone(), tell.clone());
        let ctx = JobCtx::new(Arc::new(Unheard), cancel.clone());
        let thread = std::thread::Builder::new().name("health-check".to_owned()).spawn(move || {
            let timer = Timer::now();
            let found = run(&ctx, &tell);
            // Nobody listens any more where the time is over.
            let _ = tell.send(Told::Over(key, found, timer.elapsed()));
        });
        thread
            .map_err(|error| Fault::failed("no-thread", format!("No thread could be started: {error}.")).hint("Close other programs."))?;
        looks.push(look);
        Ok(())
    };
    for system in systems {
        let look = |part: &str, what| Look { key: format!("{}/{part}", system.name), what, system: Some(system.name.clone()) };
        let (engine, known) = (Arc::clone(&scope.engine), system.clone());
        add(look("kept", "Databases and backups"), Box::new(move |ctx, _| kept(&engine, &known, ctx)))?;
        let (engine, known) = (Arc::clone(&scope.engine), system.clone());
        add(look("promises", "Promises"), Box::new(move |ctx, _| promised(&engine, &known, ctx)))?;
        let (own, known) = (scope.clone(), system.clone());
        add(look("migrations", "Migrations"), Box::new(move |ctx, _| migrations(&own, &known, ctx)))?;
    }
    let (engine, known, only) = (Arc::clone(&scope.engine), systems.to_vec(), only.cloned());
    let look = Look { key: "machine/collectors".to_owned(), what: "Collectors", system: None };
    let most = COLLECTORS.min(limit * 2 / 3);
    add(look, Box::new(move |ctx, tell| collected(&engine, &known, only.as_ref(), most, ctx, tell)))?;
    Ok((looks, told, cancel))
}

/// Hears of the looks until all are over, or the time is; those that are not stay in `awaited`.
fn gather(scope: &Scope, awaited: &mut Vec<Look>, told: &Receiver<Told>, until: Timer, checks: &mut Vec<HealthCheck>) -> Outcome<()> {
    let all = awaited.len() as u64;
    let mut collectors = 0;
    while !awaited.is_empty() && Timer::now() < until {
        scope.ctx.checkpoint()?;
        let over = all - awaited.len() as u64;
        scope.ctx.progress(over + collectors, Some(all + collectors), Unit::Steps);
        match told.recv_timeout(LOOK.min(until.saturating_duration_since(Timer::now()))) {
            Ok(Told::Collector) => collectors += 1,
            Ok(Told::Over(key, found, took)) => {
                let Some(at) = awaited.iter().position(|look| look.key == key) else { continue };
                let look = awaited.remove(at);
                match found {
                    Ok(found) => {
                        let measured =
                            |check: HealthCheck| if check.took.0 == 0 { HealthCheck { took: took.into(), ..check } } else { check };
                        checks.extend(found.into_iter().map(measured));
                    }
                    Err(fault) => checks.push(look.check(Judged::new(Tone::Attention, &*fault.message), scope.engine.clock().now())),
                }
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    Ok(())
}

fn subject<'s>(
    engine: &'s Engine,
    system: &'s System,
    definition: Option<&'s Definition>,
    (figures, source): (&'s Figures, &'s dyn Source),
    now: Instant,
    ctx: &'s JobCtx,
) -> Subject<'s> {
    Subject { engine, system, definition, figures, source, collectors: &[], now, ctx }
}

fn kept(engine: &Engine, system: &System, ctx: &JobCtx) -> Outcome<Vec<HealthCheck>> {
    let nothing = (Figures::default(), Memory::default());
    subject(engine, system, None, (&nothing.0, &nothing.1), engine.clock().now(), ctx).kept(true)
}

fn promised(engine: &Engine, system: &System, ctx: &JobCtx) -> Outcome<Vec<HealthCheck>> {
    let Some(folder) = &system.folder else { return Ok(Vec::new()) };
    let source = engine.series().snapshot()?;
    let figures = Figures::default();
    let definition = definition::load(&folder.0)?;
    subject(engine, system, Some(&definition), (&figures, &source), engine.clock().now(), ctx).promised(&definition.promises)
}

/// The migrations of each database that has any, read from the files and the live ledger.
fn migrations(scope: &Scope, system: &System, ctx: &JobCtx) -> Outcome<Vec<HealthCheck>> {
    let scope = Scope { ctx: ctx.clone(), ..scope.clone() };
    let now = scope.engine.clock().now();
    let mut found = Vec::new();
    for component in system.databases() {
        let target = Target { system: system.name.clone(), component: Some(component.name.clone()) };
        let judged = match migration::list(&scope, &MigrationSource { target: Some(target), database: None, folder: None }) {
            Ok(list) => Judged::new(list.tone, list.sentence),
            Err(fault) if fault.is("no-migrations") => continue,
            Err(fault) => Judged::new(Tone::Attention, fault.message),
        };
        let check = machine::check("", &format!("Migrations of {}", component.name), judged, now);
        found.push(HealthCheck {
            key: format!("{}/migrations/{}", system.name, component.name),
            system: Some(system.name.clone()),
            next: Some(format!("migrations/{}", system.name)),
            ..check
        });
    }
    Ok(found)
}

/// Visits every collector, and judges what they bring.
fn collected(
    engine: &Arc<Engine>,
    systems: &[System],
    only: Option<&Name>,
    most: Duration,
    ctx: &JobCtx,
    tell: &Sender<Told>,
) -> Outcome<Vec<HealthCheck>> {
    let mut each = |_: &CollectorStatus| drop(tell.send(Told::Collector));
    let looked = collecting::look(engine, only, most, &mut each)?;
    let now = engine.clock().now();
    let figures = Figures::read(&looked.measured, now, ctx)?;
    // How fast a disk fills is in the past only.
    let past = engine.series().snapshot()?;
    let mut found = machine::measured(&figures, &past, now, ctx)?;
    for system in systems {
        let definition = system.folder.as_ref().and_then(|folder| definition::load(&folder.0).ok());
        let subject = subject(engine, system, definition.as_ref(), (&figures, &looked.measured), now, ctx);
        // The file and the ledger themselves are asked as well.
        let asked =
            |check: &HealthCheck| ["migrations", "database"].iter().any(|part| check.key.starts_with(&format!("{}/{part}/", system.name)));
        found.extend(subject.measured().into_iter().filter(|check| !asked(check)));
    }
    found.push(machine::measuring(&Measuring::read(engine, now)?.collecting, now));
    if let Some(judged) = machine::telling(engine, &past, now, ctx)? {
        found.push(HealthCheck { next: Some("routes".to_owned()), ..machine::check("telling", "Telling", judged, now) });
    }
    found.extend(looked.collectors.iter().map(|status| machine::collector(status, now)));
    Ok(found)
}

/// Nobody watches how far a single look is.
struct Unheard;

impl Listener for Unheard {
    fn phase(&self, _: &str) {}

    fn progress(&self, _: Progress) {}
}

#[cfg(test)]
mod tests;
