//! Several pieces of evidence at once. One that does not end is stopped; one that does not even stop is left alone, and said to be unknown.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
        mpsc::{self, Receiver, RecvTimeoutError, Sender},
    },
    time::{Duration, Instant as Moment},
};

use quarterdeck_model::{CancelToken, Fault, JobCtx, Millis, Outcome, job::Unit};
use quarterdeck_readiness::{checklist::EvidenceDefinition, measurement::Measurement};

use super::{Brought, Field, limit, measure, measurement};

/// So many are measured at once.
const AT_ONCE: usize = 8;

/// So many may live in this process at the same time, those included that were given up: on a disk that answers nobody, each gathering would leave some
/// more behind.
static LIVING: Living = Living::at_most(128);

/// How often limits, and whether somebody cancels, are looked at.
const LOOK: Duration = Duration::from_millis(50);

/// How long one that was told to stop may take to do so.
const GRACE: Duration = Duration::from_secs(5);

/// Measurements are handed over when there are so many, or so old is the first of them.
const BATCH: usize = 64;
const HAND_OVER: Duration = Duration::from_secs(1);

/// A piece of evidence and its key (`ITEM/NUMBER`).
pub(crate) type Wanted = (String, EvidenceDefinition);

/// A key and what was measured.
pub(crate) type Measured = (String, Measurement);

/// Measures all of them, and hands over what came, in batches, in the order in which it came. Progress is in checks.
///
/// `Err` where the caller cancels (what came until then was handed over) or `keep` fails.
pub(crate) fn measure_all(
    field: &Arc<Field>,
    wanted: Vec<Wanted>,
    ctx: &JobCtx,
    keep: &mut dyn FnMut(Vec<Measured>) -> Outcome<()>,
) -> Outcome<()> {
    measure_some(field, wanted, AT_ONCE, ctx, keep)
}

/// The same, with so many at once.
pub(super) fn measure_some(
    field: &Arc<Field>,
    wanted: Vec<Wanted>,
    at_once: usize,
    ctx: &JobCtx,
    keep: &mut dyn FnMut(Vec<Measured>) -> Outcome<()>,
) -> Outcome<()> {
    measure_among(&LIVING, field, wanted, at_once, ctx, keep)
}

fn measure_among(
    living: &'static Living,
    field: &Arc<Field>,
    wanted: Vec<Wanted>,
    at_once: usize,
    ctx: &JobCtx,
    keep: &mut dyn FnMut(Vec<Measured>) -> Outcome<()>,
) -> Outcome<()> {
    let all = wanted.len() as u64;
    let (send, receive) = mpsc::channel();
    let mut crew = Crew {
        living,
        field,
        at_once,
        send,
        receive,
        waiting: wanted.into_iter(),
        running: Vec::new(),
        done: Vec::new(),
        held: Moment::now(),
    };
    let mut count = 0;
    ctx.progress(0, Some(all), Unit::Checks);
    while crew.fill()? {
        if let Err(cancelled) = ctx.checkpoint() {
            crew.stop();
            crew.hand_over(keep)?;
            return Err(cancelled);
        }
        count += crew.wait()?;
        ctx.progress(count, Some(all), Unit::Checks);
        if crew.done.len() >= BATCH || crew.held.elapsed() >= HAND_OVER {
            crew.hand_over(keep)?;
        }
    }
    crew.hand_over(keep)
}

/// Threads that measure, and how many may.
struct Living {
    count: AtomicUsize,
    most: usize,
}

impl Living {
    const fn at_most(most: usize) -> Self {
        Self { count: AtomicUsize::new(0), most }
    }

    /// Room for one more; none where there are too many.
    fn enter(&'static self) -> Option<One> {
        let more = |count| (count < self.most).then_some(count + 1);
        self.count.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).is_ok().then(|| One(self))
    }
}

/// One of them, until it is dropped.
struct One(&'static Living);

impl Drop for One {
    fn drop(&mut self) {
        self.0.count.fetch_sub(1, Ordering::Relaxed);
    }
}

struct Crew<'a> {
    living: &'static Living,
    field: &'a Arc<Field>,
    at_once: usize,
    send: Sender<(usize, Outcome<Measurement>)>,
    receive: Receiver<(usize, Outcome<Measurement>)>,
    waiting: std::vec::IntoIter<Wanted>,
    running: Vec<Running>,
    done: Vec<Measured>,
    held: Moment,
}

/// One that is being measured.
struct Running {
    number: usize,
    key: String,
    evidence: Arc<EvidenceDefinition>,
    begun: Moment,
    limit: Duration,
    cancel: CancelToken,
}

impl Crew<'_> {
    /// Begins as many as may run at once; false where none is left and none runs.
    fn fill(&mut self) -> Outcome<bool> {
        while self.running.len() < self.at_once {
            let Some((key, evidence)) = self.waiting.next() else { break };
            self.begin(key, Arc::new(evidence))?;
        }
        Ok(!self.running.is_empty())
    }

    fn begin(&mut self, key: String, evidence: Arc<EvidenceDefinition>) -> Outcome<()> {
        let Some(one) = self.living.enter() else {
            let why = format!("nothing more is measured: {} that were begun before have not ended", self.living.most);
            self.done.push((key, measurement(self.field, &evidence, Brought::unknown(why), Duration::ZERO)));
            return Ok(());
        };
        let number = self.waiting.len();
        let ctx = JobCtx::detached();
        let cancel = ctx.cancel_token().clone();
        let (field, own, send) = (Arc::clone(self.field), Arc::clone(&evidence), self.send.clone());
        let work = move || {
            let begun = Moment::now();
            let measured = catch_unwind(AssertUnwindSafe(|| measure(&field, &own, &ctx)));
            let measured = measured.unwrap_or_else(|_| {
                Ok(measurement(&field, &own, Brought::unknown("measuring it ended in a panic of the engine"), begun.elapsed()))
            });
            drop(one);
            // Nobody may be waiting for it any more.
            let _ = send.send((number, measured));
        };
        std::thread::Builder::new().name("evidence".to_owned()).spawn(work).map_err(|error| {
            Fault::failed("no-thread", format!("No thread could be started: {error}.")).hint("Close other programs.").may_retry()
        })?;
        self.running.push(Running { number, key, limit: limit(&evidence), evidence, begun: Moment::now(), cancel });
        Ok(())
    }

    /// Waits for one to end, and looks after those that do not; how many are over.
    fn wait(&mut self) -> Outcome<u64> {
        let before = self.done.len();
        match self.receive.recv_timeout(LOOK) {
            Ok((number, outcome)) => self.take(number, outcome),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Err(Fault::bug("Nobody measures evidence any more.")),
        }
        while let Ok((number, outcome)) = self.receive.try_recv() {
            self.take(number, outcome);
        }
        self.running.iter().filter(|running| running.begun.elapsed() >= running.limit).for_each(|running| running.cancel.cancel());
        let lost = |running: &Running| running.begun.elapsed() >= running.limit + GRACE;
        for number in self.running.iter().filter(|running| lost(running)).map(|running| running.number).collect::<Vec<_>>() {
            self.give_up(number);
        }
        Ok((self.done.len() - before) as u64)
    }

    fn take(&mut self, number: usize, outcome: Outcome<Measurement>) {
        match outcome {
            Ok(measured) => {
                // One that was given up before may still come.
                if let Some(running) = self.leave(number) {
                    self.done.push((running.key, measured));
                }
            }
            // It was told to stop: its time was over.
            Err(_) => self.give_up(number),
        }
    }

    fn give_up(&mut self, number: usize) {
        let Some(running) = self.leave(number) else { return };
        let late = Brought::unknown(format!("it was not over after {}, and was stopped", Millis::from(running.limit)));
        let measured = measurement(self.field, &running.evidence, late, running.begun.elapsed());
        self.done.push((running.key, measured));
    }

    fn leave(&mut self, number: usize) -> Option<Running> {
        let at = self.running.iter().position(|running| running.number == number)?;
        Some(self.running.swap_remove(at))
    }

    /// Tells all to stop, and waits a little for those that heed it.
    fn stop(&mut self) {
        self.running.iter().for_each(|running| running.cancel.cancel());
        let begun = Moment::now();
        while !self.running.is_empty() && begun.elapsed() < GRACE {
            if let Ok((number, outcome)) = self.receive.recv_timeout(LOOK) {
                let running = self.leave(number);
                if let (Some(running), Ok(measured)) = (running, outcome) {
                    self.done.push((running.key, measured));
                }
            }
        }
    }

    fn hand_over(&mut self, keep: &mut dyn FnMut(Vec<Measured>) -> Outcome<()>) -> Outcome<()> {
        self.held = Moment::now();
        match self.done.is_empty() {
            true => Ok(()),
            false => keep(std::mem::take(&mut self.done)),
        }
    }
}

#[cfg(test)]
mod tests {
    use quarterdeck_model::readiness::EvidenceVerdict;

    use super::*;
    use crate::readiness::gathering::tests::{Place, evidence_of};

    #[test]
    fn nothing_more_is_begun_beside_too_many_that_have_not_ended() {
        static LIVING: Living = Living::at_most(1);
        let place = Place::new();
        let field = Arc::new(place.field());
        let measure = || {
            let wanted = (0..3).map(|number| (format!("item/{number}"), evidence_of("{sql: SELECT 1, expect: {is: 1}}"))).collect();
            let mut came = Vec::new();
            let mut keep = |batch: Vec<Measured>| {
                came.extend(batch.into_iter().map(|(_, measured)| (measured.verdict, measured.sentence)));
                Ok(())
            };
            measure_among(&LIVING, &field, wanted, 1, &JobCtx::detached(), &mut keep).unwrap();
            came
        };
        let hung = LIVING.enter();
        let why = "nothing more is measured: 1 that were begun before have not ended";
        assert_eq!(measure(), vec![(EvidenceVerdict::Unknown, why.to_owned()); 3]);
        drop(hung);
        assert!(measure().iter().all(|(verdict, _)| *verdict == EvidenceVerdict::Holds));
        assert_eq!(LIVING.count.load(Ordering::Relaxed), 0);
    }
}
