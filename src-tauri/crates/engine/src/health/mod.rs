//! How systems are, since when, and what changed. What is measured and kept is gathered (`figures`, `system`, `machine`), judged by pure
//! functions (`checks`), dated by the history of the checks (`since`), put in one line (`verdict`), and what moved meanwhile is named (`changed`).
//! docs/health.md says what each check means.

mod changed;
pub(crate) mod checks;
pub(crate) mod figures;
mod machine;
mod measuring;
mod settings;
pub(crate) mod since;
mod system;
mod text;
mod verdict;
mod walk;
pub(crate) mod words;

use quarterdeck_model::{
    Instant, JobCtx, Outcome,
    inspection::Tone,
    monitor::{Health, HealthCheck},
    system::{Name, System},
};
use quarterdeck_monitor::series::Snapshot;

use self::{checks::Judged, figures::Figures, measuring::Measuring, since::History, system::Subject};
pub(crate) use self::{measuring::list as collectors, settings::set as set_monitoring, walk::walk};
use crate::{Engine, definition, lookup, operation::Scope};

/// How systems are, from what was measured last and what the store knows.
pub(crate) fn get(scope: &Scope, only: Option<&Name>) -> Outcome<Health> {
    let engine = &scope.engine;
    let now = engine.clock().now();
    let systems = chosen(engine, only)?;
    let view = View::open(engine, now, scope.ctx.clone())?;
    let history = History::read(&view.source, now, &scope.ctx)?;
    let mut lines = Vec::with_capacity(systems.len());
    for system in &systems {
        let mut checks = view.system(system)?;
        history.date(&mut checks);
        let mut line = verdict::line(system.name.clone(), system.environment, checks, Vec::new(), now);
        // What changed is looked for where somebody asks why.
        if only.is_some() || line.tone < Tone::Unknown {
            line.changes = changed::of(scope, system, &view.source, line.since, now)?;
        }
        lines.push(line);
    }
    lines.sort_by(|a, b| (a.tone, std::cmp::Reverse(a.since), &a.system).cmp(&(b.tone, std::cmp::Reverse(b.since), &b.system)));
    let mut checks = view.machine()?;
    history.date(&mut checks);
    let machine = verdict::line(machine::name(engine)?, machine::environment(&systems), checks, Vec::new(), now);
    Ok(Health { systems: lines, machine, collecting: view.measuring.collecting, as_of: now })
}

/// Every check as it is now, without its history: what whoever measures writes down each minute.
pub(crate) fn snapshot(engine: &Engine, ctx: &JobCtx) -> Outcome<Vec<HealthCheck>> {
    let view = View::open(engine, engine.clock().now(), ctx.clone())?;
    let mut checks = view.machine()?;
    for system in lookup::systems(engine)? {
        checks.extend(view.system(&system)?);
    }
    Ok(checks)
}

fn chosen(engine: &Engine, only: Option<&Name>) -> Outcome<Vec<System>> {
    match only {
        Some(name) => Ok(vec![lookup::system(engine, name)?]),
        None => lookup::systems(engine),
    }
}

/// One look at everything that was measured.
struct View<'e> {
    engine: &'e Engine,
    source: Snapshot,
    figures: Figures,
    measuring: Measuring,
    now: Instant,
    ctx: JobCtx,
}

impl<'e> View<'e> {
    fn open(engine: &'e Engine, now: Instant, ctx: JobCtx) -> Outcome<Self> {
        let source = engine.series().snapshot()?;
        let figures = Figures::read(&source, now, &ctx)?;
        let measuring = Measuring::read(engine, now)?;
        Ok(Self { engine, source, figures, measuring, now, ctx })
    }

    fn system(&self, system: &System) -> Outcome<Vec<HealthCheck>> {
        let definition = system.folder.as_ref().map(|folder| definition::load(&folder.0));
        let read = definition.as_ref().and_then(|definition| definition.as_ref().ok());
        let subject = Subject {
            engine: self.engine,
            system,
            definition: read,
            figures: &self.figures,
            source: &self.source,
            collectors: &self.measuring.collectors,
            now: self.now,
            ctx: &self.ctx,
        };
        // Where nobody measures, a glance is all there is.
        let mut found = subject.kept(!self.measuring.is_fresh())?;
        found.extend(subject.measured());
        match &definition {
            Some(Ok(definition)) => found.extend(subject.promised(&definition.promises)?),
            Some(Err(fault)) => {
                found.push(subject.check("definition", "Definition", Judged::new(Tone::Attention, &*fault.message), self.now, "system"));
            }
            None => {}
        }
        if self.measuring.is_fresh() {
            let of_it = self.measuring.collectors.iter().filter(|status| status.system.as_ref() == Some(&system.name));
            found.extend(of_it.map(|status| machine::collector(status, self.now)));
        } else {
            let judged = Judged::new(Tone::Unknown, self.measuring.collecting.sentence.trim_end_matches('.'));
            found.push(subject.check("measuring", "Measuring", judged, self.now, "health"));
        }
        Ok(found)
    }

    fn machine(&self) -> Outcome<Vec<HealthCheck>> {
        let mut found = machine::measured(&self.figures, &self.source, self.now, &self.ctx)?;
        found.push(machine::measuring(&self.measuring.collecting, self.now));
        if let Some(judged) = machine::alerts(self.engine, None)? {
            found.push(HealthCheck { next: Some("alerts".to_owned()), ..machine::check("alerts", "Alerts", judged, self.now) });
        }
        if let Some(judged) = machine::telling(self.engine, &self.source, self.now, &self.ctx)? {
            found.push(HealthCheck { next: Some("routes".to_owned()), ..machine::check("telling", "Telling", judged, self.now) });
        }
        if self.measuring.is_fresh() {
            let of_it = self.measuring.collectors.iter().filter(|status| status.system.is_none());
            found.extend(of_it.map(|status| machine::collector(status, self.now)));
        }
        Ok(found)
    }
}
