//! What an apply or a way down would do, in sentences and figures.

mod obstacles;
mod sentences;

use quarterdeck_migrate::steps::{self, Batch, Manner};
use quarterdeck_model::{
    Bytes, Class, Digest, Fault, Millis, Outcome,
    migration::{Direction, LintMark, MigrationPlan, MigrationWish, RehearsalStanding},
    readiness::GateAction,
    system::Environment,
};
use quarterdeck_sqlite::{held, holders};

use super::{facts::Facts, lint, look::Look, phases, place::Place, rehearsals};
use crate::{
    backup::STALL_LIMIT,
    operation::Scope,
    ops::{MigrationSource, PlanMigrations},
    readiness::notice,
};

/// What is wanted, and how.
pub(super) struct Ask {
    pub wish: MigrationWish,
    /// Every migration commits by itself.
    pub each: bool,
    /// Migrations that are earlier than an applied one run, too.
    pub out_of_order: bool,
    /// Codes of lint errors that are accepted for this run.
    pub accept_lint: Vec<String>,
}

/// A plan, with what it was made from.
pub(super) struct Planned {
    pub look: Look,
    pub batches: Vec<Batch>,
    pub plan: MigrationPlan,
    /// What the digest of the plan is over.
    pub facts: Facts,
    /// The plan's obstacles as the faults that an apply is refused with; the first one is the one to tell.
    pub obstacles: Vec<Fault>,
}

/// What this would do.
pub(crate) fn plan(scope: &Scope, request: &PlanMigrations) -> Outcome<MigrationPlan> {
    let PlanMigrations { wish, each, out_of_order, accept_lint, .. } = request.clone();
    let planned = derive(scope, &request.source, &Ask { wish, each, out_of_order, accept_lint })?;
    scope.engine.lately.show(&planned);
    let registered = planned.look.place.registered.as_ref();
    let gate = registered.map(|registered| notice(&scope.engine, &registered.system, GateAction::Migrate)).transpose()?.flatten();
    Ok(MigrationPlan { gate, ..planned.plan })
}

/// Looks and plans. What stands in the way is an obstacle of the plan; faults are only those of looking, and `version-missing`.
pub(super) fn derive(scope: &Scope, source: &MigrationSource, ask: &Ask) -> Outcome<Planned> {
    let look = Look::at(scope, Place::find(scope, source)?)?;
    let manner = Manner { each: ask.each, out_of_order: ask.out_of_order };
    let (batches, refused) = match steps::batches(&look.collection, &look.timeline, &ask.wish, manner) {
        Ok(batches) => (batches, None),
        Err(fault) if fault.class == Class::Refused && !fault.is("version-missing") => (Vec::new(), Some(fault)),
        Err(fault) => return Err(fault),
    };
    let rehearsal = rehearsals::standing(scope, &look, &batches)?;
    let draft = Draft::new(scope, ask, &look, &batches, rehearsal)?;
    let mut obstacles = obstacles::of_batches(&look.collection, refused);
    obstacles.extend(obstacles::of_histories(&look, &batches));
    obstacles.extend(obstacles::of_lint(&draft.marks, &ask.accept_lint));
    let room = obstacles::of_space(scope, &draft)?;
    let has_room = room.is_empty();
    obstacles.extend(room);
    let facts = Facts::of(&look, &batches, draft.direction, has_room)?;
    let plan = draft.plan(scope, facts.digest(), &obstacles)?;
    Ok(Planned { look, batches, plan, facts, obstacles })
}

/// A plan while it is made.
struct Draft<'a> {
    look: &'a Look,
    batches: &'a [Batch],
    direction: Direction,
    /// The newest rehearsal of exactly these migrations.
    rehearsal: Option<RehearsalStanding>,
    /// Of what would run.
    marks: Vec<LintMark>,
    /// How long the safety image may take.
    safety_wait: Millis,
}

impl<'a> Draft<'a> {
    fn new(scope: &Scope, ask: &Ask, look: &'a Look, batches: &'a [Batch], rehearsal: Option<RehearsalStanding>) -> Outcome<Self> {
        scope.ctx.checkpoint()?;
        let direction = if matches!(ask.wish, MigrationWish::Down { .. }) { Direction::Down } else { Direction::Up };
        let marks = marks(look, batches, direction, rehearsal.as_ref());
        let safety_wait = if batches.is_empty() { Millis(0) } else { held::copy_time(&look.place.database)? };
        Ok(Self { look, batches, direction, rehearsal, marks, safety_wait })
    }

    fn plan(self, scope: &Scope, digest: Digest, obstacles: &[Fault]) -> Outcome<MigrationPlan> {
        let place = &self.look.place;
        let target = place.registered.as_ref().map(|registered| registered.target.clone());
        Ok(MigrationPlan {
            gate: None,
            digest,
            confirm: target.as_ref().filter(|_| self.asks(place.environment())).map(|target| target.confirmation().clone()),
            target,
            environment: place.environment(),
            database: place.database.clone().into(),
            direction: self.direction,
            batches: self.batches.iter().map(Batch::wire).collect(),
            steps: sentences::steps(&self, scope.engine.clock().now()),
            phases: phases::phases(),
            settings: self.look.settings.clone(),
            writers_wait: self.fresh().map(|standing| Millis(self.safety_wait.0.saturating_add(standing.rehearsal.writers_wait.0))),
            safety_wait: self.safety_wait,
            wait_needs_consent: self.safety_wait > STALL_LIMIT,
            disk: Bytes(self.safety().0.saturating_add(self.log().map_or(0, |log| log.0))),
            holders: holders::holders(&place.database)?,
            obstacles: obstacles.iter().map(|fault| format!("{} {}", fault.message, fault.hint).trim_end().to_owned()).collect(),
            marks: self.marks,
            rehearsal: self.rehearsal,
            as_of: scope.engine.clock().now(),
        })
    }

    /// Migrations are everyday work where somebody develops, and they can be undone; elsewhere the name is typed.
    fn asks(&self, environment: Environment) -> bool {
        !self.batches.is_empty() && environment != Environment::Development
    }

    /// A rehearsal that still holds.
    fn fresh(&self) -> Option<&RehearsalStanding> {
        self.rehearsal.as_ref().filter(|standing| standing.stale.is_empty())
    }

    /// What the safety image needs.
    fn safety(&self) -> Bytes {
        if self.batches.is_empty() { Bytes(0) } else { self.look.size }
    }

    /// What the log and growth need; nobody knows before a rehearsal.
    fn log(&self) -> Option<Bytes> {
        self.fresh().map(|standing| standing.rehearsal.disk)
    }
}

/// Marks of what would run. On a way down only those count that speak of ways down.
fn marks(look: &Look, batches: &[Batch], direction: Direction, rehearsal: Option<&RehearsalStanding>) -> Vec<LintMark> {
    const OF_WAYS_DOWN: [&str; 2] = ["QD-L31", "QD-L32"];
    let runs = |mark: &LintMark| batches.iter().flat_map(|batch| &batch.items).any(|item| item.version == mark.version);
    let counts = |mark: &LintMark| direction == Direction::Up || OF_WAYS_DOWN.contains(&mark.code.as_str());
    let marks = lint::marks(look, rehearsal, direction == Direction::Down);
    marks.into_iter().filter(|mark| runs(mark) && counts(mark)).collect()
}
