//! Asking a case once.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
    time::{Duration, Instant as Moment},
};

use quarterdeck_model::{Fault, JobCtx, Outcome, readiness::EvidenceVerdict};
use quarterdeck_readiness::{
    expect::Expectation,
    smoke::{Ask, Case},
};
use quarterdeck_sqlite::{
    held::{self, HeldRead},
    question::{Asker, Reply},
};

use super::http::Client;
use crate::readiness::gathering::{Brought, Field, judged_reply};

/// Where cases are asked: one system, one run.
pub(super) struct Ground {
    /// The system, as whoever asks may see it.
    pub field: Field,
    /// Where private copies of databases lie.
    pub scratch: PathBuf,
    /// Copies that were made, by component.
    copies: Mutex<HashMap<String, PathBuf>>,
    /// Connections to copies that nobody uses now.
    askers: Mutex<HashMap<PathBuf, Vec<Asker>>>,
    http: Client,
}

/// What came of asking once, and how long that took.
pub(super) struct Once {
    pub brought: Brought,
    /// Microseconds; of the asking alone.
    pub micros: u32,
}

impl Ground {
    pub(super) fn new(field: Field, scratch: PathBuf) -> Outcome<Self> {
        let http = Client::new(field.scope.engine.network()?)?;
        Ok(Self { field, scratch, copies: Mutex::default(), askers: Mutex::default(), http })
    }

    /// Asks. `Err` only where the caller cancels.
    pub(super) fn ask(&self, case: &Case, ctx: &JobCtx) -> Outcome<Once> {
        ctx.checkpoint()?;
        let began = Moment::now();
        let brought = match self.bring(case, ctx) {
            Err(fault) if fault.class == quarterdeck_model::Class::Cancelled => return Err(fault),
            Err(fault) => Brought::unknown(fault.message),
            Ok(brought) => brought,
        };
        Ok(Once { brought, micros: u32::try_from(began.elapsed().as_micros()).unwrap_or(u32::MAX) })
    }

    fn bring(&self, case: &Case, ctx: &JobCtx) -> Outcome<Brought> {
        let limit = Duration::from_millis(case.limit.0);
        let nothing = Expectation::default();
        let expect = case.expect.as_ref().unwrap_or(&nothing);
        match &case.ask {
            Ask::Measured(source) => crate::readiness::gathering::bring_source(&self.field, source, case.expect.as_ref(), Some(limit), ctx),
            Ask::OnCopy { component, sql, fails } => self.on_copy(component.as_deref(), sql, fails.as_deref(), expect, limit, ctx),
            Ask::Http { .. } => Ok(self.http.ask(&case.ask, case.expect.as_ref(), limit, self.field.now())),
            Ask::Load { .. } => Err(Fault::bug("A load was asked once.")),
        }
    }

    fn on_copy(
        &self,
        component: Option<&str>,
        sql: &str,
        fails: Option<&str>,
        expect: &Expectation,
        limit: Duration,
        ctx: &JobCtx,
    ) -> Outcome<Brought> {
        let copy = self.copy(component, ctx)?;
        let lock = || self.askers.lock().unwrap_or_else(PoisonError::into_inner);
        let idle = lock().get_mut(&copy).and_then(Vec::pop);
        let mut asker = match idle {
            Some(asker) => asker,
            None => Asker::of_copy(&copy)?,
        };
        let reply = asker.ask(sql, limit, ctx)?;
        lock().entry(copy).or_default().push(asker);
        Ok(match (fails, reply) {
            (Some(words), Reply::Refused(why)) if why.contains(words) => Brought::holds(format!("refused: {why}")).valued(Some(why)),
            (Some(words), Reply::Refused(why)) => Brought::fails(format!("refused for another reason, {why:?}; {words:?} expected")),
            (Some(_), Reply::Rows(_)) => Brought::fails("it was not refused"),
            (None, Reply::Refused(why)) => Brought::fails(format!("refused: {why}")),
            (_, Reply::None(why)) => Brought::unknown(format!("no answer: {why}")),
            (None, Reply::Rows(rows)) => judged_reply(&rows, expect, self.field.now()),
        })
    }

    /// The private copy of a database, made when the first case needs it.
    fn copy(&self, component: Option<&str>, ctx: &JobCtx) -> Outcome<PathBuf> {
        let mut databases = self.field.system.databases();
        let database = match component {
            None => databases.next(),
            Some(name) => databases.find(|database| database.name.as_str() == name),
        };
        let database = database.ok_or_else(|| {
            let named = component.unwrap_or("at all");
            Fault::refused("no-such-component", format!("{} has no database {named}.", self.field.system.name))
                .hint("Correct the smoke test.")
        })?;
        let mut copies = self.copies.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(made) = copies.get(&database.id) {
            return Ok(made.clone());
        }
        let to = self.scratch.join(format!("{}.db", copies.len()));
        stage(&database.path.0, &to, &self.field, ctx)?;
        copies.insert(database.id.clone(), to.clone());
        Ok(to)
    }
}

/// Copies inside one held read. A database whose writers would wait for that is copied only where they wait a moment.
fn stage(path: &Path, to: &Path, field: &Field, ctx: &JobCtx) -> Outcome<()> {
    let stall = held::expected_stall(path)?;
    if let Some(stall) = stall.filter(|stall| *stall > crate::backup::STALL_LIMIT) {
        let message = format!("Writers of {} would wait up to {stall} while it is copied.", path.display());
        return Err(Fault::refused("stall-not-accepted", message).hint("Switch the database to WAL mode, or remove `on: copy`."));
    }
    let held = HeldRead::open(path, field.scope.engine.clock())?;
    held::stage(held, to, stall.map(|stall| Duration::from_millis(stall.0)), ctx).map(drop)
}

/// True where asking again may find something else than what was found first.
pub(super) fn holds(brought: &Brought) -> bool {
    brought.verdict == EvidenceVerdict::Holds
}
