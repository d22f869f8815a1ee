//! The post of the one process that runs the schedules of a home.

use std::{
    sync::{Arc, Weak},
    time::Instant as Moment,
};

use quarterdeck_model::{
    Outcome,
    schedule::{RunOutcome, Schedule},
    system::{Name, System},
};
use quarterdeck_store::schedules::{self, StoredRun};

use super::{
    due, run,
    seat::{Seat, Turn},
    source,
};
use crate::{
    Engine, lookup,
    readiness::{self, Again},
};

/// The lease of the agent: one for each home.
pub const AGENT: &str = "agent";

/// The lease of whoever runs the schedules.
pub(super) const SCHEDULER: &str = "scheduler";

/// How often what dead processes left is looked for, and what files protect is remembered.
const RECOVER: std::time::Duration = std::time::Duration::from_secs(60);

/// Which process it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Post {
    /// The agent: it runs the schedules wherever it lives.
    Agent,
    /// An open window: it stands in while no agent lives.
    Window,
}

impl Post {
    pub(super) fn purpose(self) -> &'static str {
        match self {
            Self::Agent => "The agent",
            Self::Window => "An open window",
        }
    }
}

/// Holds the post, or waits for it, and at each beat starts what is due.
pub struct Station {
    engine: Weak<Engine>,
    seat: Seat,
    recovered: Option<Moment>,
    /// Runs that were begun here and not yet seen to end.
    begun: Vec<i64>,
    /// Evidence of open checklists.
    again: Again,
}

impl Station {
    /// A process that may hold the post.
    pub fn new(engine: &Arc<Engine>, post: Post) -> Self {
        Self {
            engine: Arc::downgrade(engine),
            seat: Seat::new(SCHEDULER, post),
            recovered: None,
            begun: Vec::new(),
            again: Again::default(),
        }
    }

    /// True while this process runs the schedules.
    pub fn is_held(&self) -> bool {
        self.seat.is_held()
    }

    /// Leaves the post to others. Jobs that were begun go on.
    pub fn leave(&mut self) {
        // Whoever comes next measures the same: not both at once.
        self.again.stop();
        self.seat.leave();
    }

    /// One look at what is due; sentences for a log. None where the engine is gone.
    pub fn beat(&mut self) -> Option<Outcome<Vec<String>>> {
        let engine = self.engine.upgrade()?;
        Some(self.beat_of(&engine))
    }

    fn beat_of(&mut self, engine: &Arc<Engine>) -> Outcome<Vec<String>> {
        let mut said = Vec::new();
        if !self.hold(engine, &mut said)? {
            self.again.stop();
            return Ok(said);
        }
        let now_and_then = self.recovered.is_none_or(|then| then.elapsed() >= RECOVER);
        if now_and_then {
            said.extend(engine.recover()?);
            self.recovered = Some(Moment::now());
        }
        for system in lookup::systems(engine)? {
            // One system whose schedules cannot be read must not keep the others from running.
            let seen = if now_and_then { readiness::see(engine, &system) } else { Ok(()) };
            for fault in [seen, claim_due(engine, &system)].into_iter().filter_map(Outcome::err) {
                said.push(format!("{}: {fault}", system.name));
            }
        }
        for waiting in engine.store().read(schedules::open)? {
            said.extend(self.forward(engine, &waiting)?);
        }
        self.say_ends(engine, &mut said)?;
        said.extend(self.again.beat(engine)?);
        Ok(said)
    }

    fn hold(&mut self, engine: &Engine, said: &mut Vec<String>) -> Outcome<bool> {
        let turn = self.seat.sit(engine)?;
        match turn {
            Turn::Kept | Turn::Others => {}
            Turn::Left => said.push("The agent runs the schedules from now on.".to_owned()),
            Turn::Taken => {
                self.recovered = None;
                said.push("The schedules are run here from now on.".to_owned());
            }
        }
        Ok(matches!(turn, Turn::Kept | Turn::Taken))
    }

    /// Brings a run that is not over one step on.
    fn forward(&mut self, engine: &Arc<Engine>, run: &StoredRun) -> Outcome<Option<String>> {
        let now = engine.clock().now();
        let rhythm = schedule_of(engine, &run.system, &run.schedule)?.and_then(|schedule| schedule.rhythm().ok());
        if run.recorded == RunOutcome::Running {
            // Only jobs whose process is gone: the others have somebody who follows them.
            if run.run.outcome != RunOutcome::Running {
                run::settle(engine, run.id, rhythm.as_ref())?;
            }
            return Ok(None);
        }
        let superseded = engine.store().read(|connection| schedules::last_due(connection, &run.system, &run.schedule, now))?;
        let superseded = superseded.is_some_and(|newest| newest > run.run.due_at);
        let first = run.attempted_at.is_none();
        if superseded || (!first && !rhythm.as_ref().is_some_and(|rhythm| run::within(rhythm, run, now))) {
            return skip(engine, run, superseded).map(Some);
        }
        if !due::may_try(run.attempted_at, now) {
            return Ok(None);
        }
        self.begun.push(run.id);
        run::attempt(engine, run)
    }

    fn say_ends(&mut self, engine: &Engine, said: &mut Vec<String>) -> Outcome<()> {
        let mut open = Vec::new();
        for id in std::mem::take(&mut self.begun) {
            let Some(run) = engine.store().read(|connection| schedules::get(connection, id))? else { continue };
            match run.recorded {
                RunOutcome::Running if !open.contains(&id) => open.push(id),
                RunOutcome::Succeeded => said.push(format!("{}: {} ({}) is done.", run.system, run.schedule, run.runs.word())),
                RunOutcome::Cancelled => said.push(format!("{}: {} ({}) was cancelled.", run.system, run.schedule, run.runs.word())),
                RunOutcome::Failed | RunOutcome::Interrupted if run.run.job.is_some() => {
                    let why = run.run.reason.unwrap_or_default();
                    said.push(format!("{}: {} ({}) failed: {why}", run.system, run.schedule, run.runs.word()));
                }
                _ => {}
            }
        }
        self.begun = open;
        Ok(())
    }
}

/// Gives what is due its row, and remembers how the schedules are now.
fn claim_due(engine: &Engine, system: &System) -> Outcome<()> {
    let decided = source::decided(engine, system)?;
    if let Some(fault) = decided.fault.filter(|_| decided.schedules.is_empty()) {
        return Err(fault);
    }
    let now = engine.clock().now();
    for schedule in &decided.schedules {
        let rhythm = schedule.rhythm()?;
        let (since, last) = engine.store().read(|connection| {
            let since = schedules::seen_since(connection, &system.name, schedule)?.filter(|since| *since <= now);
            Ok((since, schedules::last_due(connection, &system.name, &schedule.name, now)?))
        })?;
        let Some(since) = since else {
            engine.store().write(|tx| schedules::see(tx, &system.name, schedule, now))?;
            continue;
        };
        let due = due::due(&rhythm, since, last, now).filter(|_| schedule.enabled);
        if let Some(due) = due {
            engine.store().write(|tx| schedules::claim(tx, &system.name, schedule, due, now))?;
        }
    }
    let gone = engine.store().read(|connection| schedules::seen(connection, &system.name))?;
    for schedule in gone.iter().filter(|known| !decided.schedules.iter().any(|schedule| schedule.name == known.name)) {
        engine.store().write(|tx| schedules::lose_sight(tx, &system.name, &schedule.name))?;
    }
    Ok(())
}

/// The schedule as it was seen last; none where it is gone, or kept without being run.
fn schedule_of(engine: &Engine, system: &Name, name: &Name) -> Outcome<Option<Schedule>> {
    let seen = engine.store().read(|connection| schedules::seen(connection, system))?;
    Ok(seen.into_iter().find(|schedule| &schedule.name == name && schedule.enabled))
}

fn skip(engine: &Engine, run: &StoredRun, superseded: bool) -> Outcome<String> {
    let why = run.run.reason.clone().unwrap_or_else(|| "the schedule is gone or switched off".to_owned());
    let until = if superseded { "until the next one was due" } else { "while its window was open" };
    let reason = format!("It could not start {until}: {why}");
    let now = engine.clock().now();
    let outcome = if run.run.job.is_some() { RunOutcome::Failed } else { RunOutcome::Skipped };
    engine.store().write(|tx| schedules::stand(tx, run.id, outcome, &reason, now))?;
    Ok(format!("{}: {} ({}) was skipped. {reason}", run.system, run.schedule, run.runs.word()))
}
