//! Migrations on the live database. The safety image is read while the write lock is already held and nothing is written, so no commit falls
//! between it and the first statement; each batch is committed with its rows in the ledger, or leaves nothing; and a kill at any moment
//! leaves a state that the ledger names, with the way back to the one before.

use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant as Moment},
};

use quarterdeck_migrate::{
    apply::{self, Moments, PATIENCE, Ran, Run, settled},
    ledger::new_run,
    lint::CODES,
};
use quarterdeck_model::{
    Fault, Instant, JobId, Millis, Outcome,
    migration::{Direction, MigrationReport},
    readiness::GateAction,
    snapshot::SnapshotId,
};
use quarterdeck_sqlite::held::{self, HeldRead};
use quarterdeck_store::{failpoint, files, intents};
use serde_json::Value;

use super::{
    applied,
    phases::{CHECK, COMMIT, COPY_SAFETY, KEEP, OPEN, RUN, VERIFY, phases},
    place::Registered,
    plan::{Ask, Planned, derive},
    settle::keep,
};
use crate::{
    backup::tool,
    intent::{Intent, Migrate},
    operation::{Announcement, Scope},
    ops::{ApplyMigrations, MigrationSource},
    readiness::{may_pass, require},
    repository,
    restore::{WayBack, safety_path, way_back_pending},
};

/// Checks what a moment can check before the job exists: the plan is still true, nothing stands in the way, and what it asks for was given.
pub(crate) fn announce_apply(scope: &Scope, request: &ApplyMigrations) -> Outcome<Announcement> {
    let planned = planned(scope, request)?;
    ensure_may_run(scope, &planned, request)?;
    let Registered { system, target, .. } = planned.look.place.registered()?.clone();
    may_pass(scope, &system, GateAction::Migrate, request.without_gate.as_deref())?;
    let title = title(&planned, &target, &request.accept_lint);
    scope.engine.lately.accept(asked(request)?, planned);
    Ok(Announcement { title, target, environment: system.environment, phases: phases() })
}

/// Applies. The lease is held: what the digest covers is looked at once more, and must still be so. Where nothing has moved since the
/// announcement, the files that run are those that were read and judged then.
pub(crate) fn apply(scope: &Scope, request: &ApplyMigrations, job: JobId) -> Outcome<MigrationReport> {
    scope.ctx.phase(CHECK);
    failpoint::reach("migrate.accepted")?;
    let planned = match scope.engine.lately.accepted(scope, &source(request), &asked(request)?)? {
        Some(planned) => planned,
        None => planned(scope, request)?,
    };
    ensure_may_run(scope, &planned, request)?;
    let passed = require(scope, &planned.look.place.registered()?.system, GateAction::Migrate, request.without_gate.as_deref())?;
    scope.ctx.phase(OPEN);
    repository::open_or_create(&scope.engine, &planned.look.place.registered()?.system, &scope.caller.who)?;
    let applying = Applying {
        scope,
        registered: planned.look.place.registered()?.clone(),
        planned: &planned,
        accepted_lint: &request.accept_lint,
        passed,
        run: new_run()?,
        safety: safety_path(scope, job)?,
        job,
    };
    applying.perform()
}

/// An apply under way.
pub(super) struct Applying<'a> {
    pub scope: &'a Scope,
    pub registered: Registered,
    pub planned: &'a Planned,
    pub accepted_lint: &'a [String],
    /// The closed gate that was passed, and why.
    pub passed: Option<String>,
    /// The name that its rows have in the ledger.
    pub run: String,
    safety: PathBuf,
    pub job: JobId,
}

impl Applying<'_> {
    fn perform(&self) -> Outcome<MigrationReport> {
        let ctx = &self.scope.ctx;
        self.note()?;
        ctx.phase(COPY_SAFETY);
        let mut image = SafetyImage {
            scope: self.scope,
            path: &self.safety,
            limit: self.planned.plan.safety_wait,
            last: self.planned.batches.len().saturating_sub(1),
            taken: None,
        };
        let ran = failpoint::reach("migrate.noted").and_then(|()| self.statements(&mut image));
        let ran = match (ran, image.taken) {
            (Ok(ran), Some(taken)) => (ran, taken),
            (Ok(_), None) => return Err(self.ended_early(Fault::bug("Migrations ran without a safety image."), None)),
            (Err(fault), taken) => return Err(self.ended_early(fault, taken.as_ref())),
        };
        let (ran, taken) = ran;
        let undo = self.keep(&taken)?;
        failpoint::reach("migrate.kept")?;
        ctx.phase(VERIFY);
        applied::report(self, ran, &taken, undo)
    }

    /// From here on recovery knows where to look.
    fn note(&self) -> Outcome<()> {
        let look = &self.planned.look;
        let migrate = Migrate {
            target: self.registered.target.clone(),
            live: look.place.database.as_path().into(),
            safety: self.safety.as_path().into(),
            journal_mode: look.journal_mode.clone(),
            ledger: look.place.ledger.name().to_owned(),
            run: self.run.clone(),
            versions: self.versions(),
        };
        self.scope.engine.store().write(|tx| intents::note(tx, self.job, &Intent::Migrate(migrate)))
    }

    fn statements(&self, moments: &mut SafetyImage<'_>) -> Outcome<Ran> {
        let look = &self.planned.look;
        let run = Run {
            path: &look.place.database,
            ledger: &look.place.ledger,
            collection: &look.collection,
            batches: &self.planned.batches,
            settings: &look.settings,
            who: &self.scope.caller.who,
            program: &tool(),
            run: &self.run,
            patience: PATIENCE,
            basis: &look.basis,
        };
        apply::apply(&run, moments, self.scope.engine.clock(), &self.scope.ctx)
    }

    /// Puts the safety image into the repository. Where that fails, recovery will do it.
    fn keep(&self, taken: &Taken) -> Outcome<(SnapshotId, Instant)> {
        self.scope.ctx.phase(KEEP);
        let way_back = WayBack { safety: &self.safety, journal_mode: &taken.journal_mode, cut_at: taken.cut_at };
        let Registered { system, component, .. } = &self.registered;
        keep(self.scope, system, component, &way_back, self.job)
            .map_err(|fault| way_back_pending("The migrations were committed", fault, &self.safety).fact("undo", self.job.0))
    }

    /// What becomes of an apply that did not come to its end. The file itself is asked whether anything was committed.
    fn ended_early(&self, fault: Fault, taken: Option<&Taken>) -> Fault {
        let Some(taken) = taken else { return self.as_before(fault) };
        let place = &self.planned.look.place;
        match settled(&place.database, &place.ledger, &self.run) {
            Ok(lines) if lines.is_empty() => self.as_before(fault),
            Ok(_) => match self.keep(taken) {
                Ok(_) => {
                    let hint = format!("{} Or go back to the state before all of it: quarterdeck undo {}.", fault.hint, self.job);
                    fault.hint(hint.trim()).fact("undo", self.job.0)
                }
                Err(pending) => {
                    let message = format!("{} {}", fault.message, pending.message);
                    Fault { message, ..fault }.hint(pending.hint).fact("way_back", self.safety.display().to_string())
                }
            },
            // Whether something was committed is not known: recovery asks again, and the image stays until then.
            Err(unread) => {
                let message = format!("{} Afterwards the database could not be read: {}", fault.message, unread.message);
                let hint = format!("Start Quarterdeck again: it finishes this. Until then the state before is {}.", self.safety.display());
                Fault { message, ..fault }.hint(hint).fact("way_back", self.safety.display().to_string())
            }
        }
    }

    /// Nothing was changed: what was prepared goes. What cannot be removed now is noted, and recovery removes it.
    fn as_before(&self, fault: Fault) -> Fault {
        let removed = files::remove(&self.safety).and_then(|()| self.scope.engine.store().write(|tx| intents::clear(tx, self.job)));
        match removed {
            Ok(()) => fault,
            Err(left) => fault.fact("left_behind", left.message),
        }
    }

    fn versions(&self) -> Vec<String> {
        self.planned.batches.iter().flat_map(|batch| &batch.items).map(|item| item.version.clone()).collect()
    }
}

/// Takes the safety image at the moment when the write lock is held and nothing is written.
struct SafetyImage<'a> {
    scope: &'a Scope,
    path: &'a Path,
    /// Writers were told that they wait no longer than this.
    limit: Millis,
    /// The number of the last batch.
    last: usize,
    taken: Option<Taken>,
}

/// A safety image that is complete and on the disk.
pub(super) struct Taken {
    pub cut_at: Instant,
    pub journal_mode: String,
    /// How long writers waited for it.
    pub took: Millis,
}

impl Moments for SafetyImage<'_> {
    fn locked(&mut self, live: &Path) -> Outcome<()> {
        let since = Moment::now();
        let held = HeldRead::open(live, self.scope.engine.clock())?;
        let staged = held::stage(held, self.path, Some(Duration::from_millis(self.limit.0)), &self.scope.ctx)?;
        let facts = staged.facts;
        self.taken = Some(Taken { cut_at: facts.cut_at, journal_mode: facts.journal_mode, took: since.elapsed().into() });
        failpoint::reach("migrate.safety-copied")?;
        self.scope.ctx.phase(RUN);
        Ok(())
    }

    fn before_commit(&mut self, batch: usize) -> Outcome<()> {
        if batch == self.last {
            self.scope.ctx.phase(COMMIT);
        }
        self.scope.ctx.checkpoint() // a stop that was accepted before this phase began
    }

    fn committed(&mut self, _: usize) -> Outcome<()> {
        Ok(())
    }
}

fn planned(scope: &Scope, request: &ApplyMigrations) -> Outcome<Planned> {
    let ask = Ask {
        wish: request.wish.clone(),
        each: request.each,
        out_of_order: request.out_of_order,
        accept_lint: request.accept_lint.clone(),
    };
    derive(scope, &source(request), &ask)
}

fn source(request: &ApplyMigrations) -> MigrationSource {
    MigrationSource::of(request.target.clone(), request.folder.clone())
}

/// The request as it is compared.
fn asked(request: &ApplyMigrations) -> Outcome<Value> {
    serde_json::to_value(request).map_err(|error| Fault::bug(format!("A request could not be compared: {error}.")))
}

fn ensure_may_run(scope: &Scope, planned: &Planned, request: &ApplyMigrations) -> Outcome<()> {
    let plan = &planned.plan;
    let is_known = |code: &&String| CODES.iter().any(|known| known.code.eq_ignore_ascii_case(code));
    if let Some(unknown) = request.accept_lint.iter().find(|code| !is_known(code)) {
        return Err(Fault::usage("unknown-lint-code", format!("Lint has no code {unknown}.")).hint("The codes are in docs/lint.md."));
    }
    if request.plan != plan.digest {
        return Err(scope.engine.lately.stale(&request.plan, planned));
    }
    if let Some(obstacle) = planned.obstacles.first() {
        return Err(obstacle.clone().fact("obstacles", plan.obstacles.clone()));
    }
    if planned.batches.is_empty() {
        return Err(Fault::refused("nothing-to-migrate", format!("{} needs no migration.", planned.look.place.file_name()))
            .hint("Look at the list of migrations."));
    }
    if let Some(word) = plan.confirm.as_ref().filter(|word| request.confirm.as_deref() != Some(word.as_str())) {
        return Err(Fault::refused("not-confirmed", format!("This changes the live file {} ({}).", plan.database, plan.environment))
            .hint(format!("Type {word} to confirm.")));
    }
    if plan.wait_needs_consent && !request.accept_stall {
        let message = format!("Writers of {} would wait up to {} for the safety image.", request.target, plan.safety_wait);
        return Err(Fault::refused("stall-not-accepted", message)
            .hint("Accept the stall (--accept-stall), or apply when nobody writes.")
            .fact("stall_ms", plan.safety_wait.0));
    }
    Ok(())
}

/// What was accepted is part of it, and so of the audit trail.
fn title(planned: &Planned, target: &quarterdeck_model::system::Target, accepted: &[String]) -> String {
    let versions: Vec<&str> = planned.batches.iter().flat_map(|batch| &batch.items).map(|item| item.version.as_str()).collect();
    let list = match versions.as_slice() {
        [first, .., last] if versions.len() > 3 => format!("{} from {first} to {last}", versions.len()),
        _ => versions.join(", "),
    };
    let accepting = if accepted.is_empty() { String::new() } else { format!(", accepting {}", accepted.join(", ")) };
    match planned.plan.direction {
        Direction::Up => format!("Migration of {target}: {list}{accepting}"),
        Direction::Down => format!("Migration of {target}, taken back: {list}{accepting}"),
    }
}
