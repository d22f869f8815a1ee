//! The images of a system's databases, all as of one moment. A database that nobody has committed to is not read; it is not even opened
//! where nobody has committed to any of them.

use std::{path::PathBuf, time::Instant as Moment};

use quarterdeck_backup::take::{Component as TakenComponent, Image, Parent};
use quarterdeck_model::{
    Clock, JobCtx, JobId, Millis, Outcome,
    inspection::{Finding, Tone},
    system::{Component, System},
};
use quarterdeck_sqlite::{
    held::{self, HeldRead},
    seen::{self, Seen},
};
use quarterdeck_store::{failpoint, files};

use crate::{backup::COPY, operation::Scope, parents::Known};

/// The databases at a moment.
pub(crate) struct Cut {
    /// In the order of the system's databases.
    pub components: Vec<TakenComponent>,
    /// How long commits waited; absent where nobody waits.
    pub stall: Option<Millis>,
    /// What each database looked like before its read began, by the component's id.
    pub seen: Vec<(String, Option<Seen>)>,
    /// What was noticed.
    pub findings: Vec<Finding>,
}

/// Where the copy of a database goes whose writers wait.
pub(crate) fn staging(scope: &Scope, component: &Component, job: JobId) -> PathBuf {
    scope.engine.home().scratch().join(format!("stage-{job}-{}", component.id))
}

/// Cuts all databases of a system; `known` is what is known of each.
pub(crate) fn cut(scope: &Scope, system: &System, known: &[Known], job: JobId, ctx: &JobCtx) -> Outcome<Cut> {
    let clock = scope.engine.clock();
    // Read before anything else: whoever has not committed by the time that is asked has not committed by now.
    let now = clock.now();
    let databases: Vec<(&Component, &Known)> = system.databases().zip(known).collect();
    let unchanged = databases.iter().map(|(component, known)| known.is_unchanged(component)).collect::<Outcome<Vec<_>>>()?;
    if unchanged.iter().all(|unchanged| *unchanged) {
        let taken = |(component, known): (&Component, &Known)| taken(component, Image::Unchanged { cut_at: now }, known.parent());
        let components = databases.into_iter().map(taken).collect();
        return Ok(Cut { components, stall: None, seen: Vec::new(), findings: Vec::new() });
    }
    let mut cutting = Cutting { scope, job, ctx, clock, stall: None, findings: Vec::new() };
    let limits = databases.iter().map(|(component, _)| held::expected_stall(&component.path.0)).collect::<Outcome<Vec<_>>>()?;
    let mut seen = Vec::new();
    for ((component, _), unchanged) in databases.iter().zip(&unchanged) {
        let now = if *unchanged { None } else { seen::capture(&component.path.0, clock)? };
        seen.push((component.id.clone(), now));
    }
    failpoint::reach("backup.seen")?;
    let reads = cutting.reads(&databases, &unchanged)?;
    let mut components = Vec::new();
    for (((component, known), read), limit) in databases.into_iter().zip(reads).zip(limits) {
        let (image, parent) = match read {
            Read::Unchanged(cut_at) => (Image::Unchanged { cut_at: cut_at.unwrap_or(now) }, known.parent()),
            Read::Held(held) => (cutting.image(component, *held, limit)?, known.parent_with_pages(&scope.engine, component)),
        };
        components.push(taken(component, image, parent));
    }
    Ok(Cut { components, stall: cutting.stall, seen, findings: cutting.findings })
}

fn taken(component: &Component, image: Image, parent: Option<Parent>) -> TakenComponent {
    TakenComponent { id: component.id.clone(), name: component.name.clone(), file: component.path.file_name(), image, parent }
}

enum Read {
    /// Nobody has committed until then; absent: until the beginning.
    Unchanged(Option<quarterdeck_model::Instant>),
    Held(Box<HeldRead>),
}

struct Cutting<'a> {
    scope: &'a Scope,
    job: JobId,
    ctx: &'a JobCtx,
    clock: &'a dyn Clock,
    stall: Option<Millis>,
    findings: Vec<Finding>,
}

impl Cutting<'_> {
    /// One held read on each database that has to be read.
    fn reads(&mut self, databases: &[(&Component, &Known)], unchanged: &[bool]) -> Outcome<Vec<Read>> {
        let held = |held: HeldRead| Read::Held(Box::new(held));
        if let [(only, _)] = databases {
            return Ok(vec![held(HeldRead::open(&only.path.0, self.clock)?)]);
        }
        let paths: Vec<PathBuf> = databases.iter().map(|(component, _)| component.path.0.clone()).collect();
        let mut still = vec![false; paths.len()];
        let mut under_lock = || {
            for ((still, (component, known)), unchanged) in still.iter_mut().zip(databases).zip(unchanged) {
                *still = *unchanged && known.seen().is_some_and(|seen| seen::is_still(&component.path.0, seen));
            }
        };
        match held::barrier(&paths, self.clock, &mut under_lock) {
            Ok(reads) => {
                let read = |(read, still): (HeldRead, bool)| if still { Read::Unchanged(Some(read.facts().cut_at)) } else { held(read) };
                Ok(reads.into_iter().zip(still).map(read).collect())
            }
            Err(fault) if fault.is("locked") => {
                self.findings.push(Finding {
                    tone: Tone::Attention,
                    what: format!("The databases were not cut at the same moment: {}", fault.message),
                    next: "Back up again when no long transaction is under way.".to_owned(),
                });
                let one = |((component, _), unchanged): (&(&Component, &Known), &bool)| match unchanged {
                    true => Ok(Read::Unchanged(None)),
                    false => HeldRead::open(&component.path.0, self.clock).map(held),
                };
                databases.iter().zip(unchanged).map(one).collect()
            }
            Err(fault) => Err(fault),
        }
    }

    /// Where writers wait for the read, the database is copied at once and let go.
    fn image(&mut self, component: &Component, held: HeldRead, limit: Option<Millis>) -> Outcome<Image> {
        if !held.blocks_writers() {
            return Ok(Image::Held(held));
        }
        self.ctx.phase(COPY);
        files::make_folder(&self.scope.engine.home().scratch())?;
        let path = staging(self.scope, component, self.job);
        let since = Moment::now();
        let limit = limit.map(|limit| std::time::Duration::from_millis(limit.0));
        let staged = held::stage(held, &path, limit, self.ctx)?;
        self.stall = Some(self.stall.unwrap_or_default().max(since.elapsed().into()));
        Ok(Image::Staged { path, staged })
    }
}
