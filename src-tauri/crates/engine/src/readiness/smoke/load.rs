//! Asking a case several times: for its latency, or several at once.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant as Moment},
};

use quarterdeck_model::{Fault, JobCtx, Outcome};
use quarterdeck_readiness::smoke::{Case, Length};

use super::asking::{Ground, Once, holds};
use crate::readiness::gathering::Brought;

/// More latencies of one case are not kept.
const MOST: usize = 1_000_000;

/// What several askings came to.
pub(super) struct Asked {
    /// The first that did not hold, else the last.
    pub brought: Brought,
    /// How long each that held took, in microseconds.
    pub micros: Vec<u32>,
    /// How many there were.
    pub count: u64,
}

/// Asks one after the other; stops at the first that does not hold. The first of several is not counted: it opens what stays open.
pub(super) fn in_turn(ground: &Ground, case: &Case, times: u32, ctx: &JobCtx) -> Outcome<Asked> {
    let first = ground.ask(case, ctx)?;
    if times <= 1 || !holds(&first.brought) {
        return Ok(Asked { brought: first.brought, micros: vec![first.micros], count: 1 });
    }
    let mut asked = Asked { brought: first.brought, micros: Vec::with_capacity(times as usize), count: 1 };
    for _ in 0..times {
        let Once { brought, micros } = ground.ask(case, ctx)?;
        asked.count += 1;
        let good = holds(&brought);
        asked.brought = brought;
        if !good {
            return Ok(asked);
        }
        asked.micros.push(micros);
    }
    Ok(asked)
}

/// Asks by several threads at once, each one after the other. One that does not hold fails it all, and the others go on: how many failed, and
/// why, is counted.
pub(super) fn at_once(ground: &Arc<Ground>, case: &Case, threads: u32, length: Length, ctx: &JobCtx) -> Outcome<Asked> {
    let left = AtomicU32::new(if let Length::Times(times) = length { times } else { u32::MAX });
    let end = Moment::now() + if let Length::For(time) = length { Duration::from_millis(time.0) } else { Duration::from_secs(86_400) };
    let work = || -> Outcome<Worker> {
        let mut worker = Worker::default();
        let take = || left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok();
        while Moment::now() < end && take() {
            worker.add(ground.ask(case, ctx)?);
        }
        Ok(worker)
    };
    let all = std::thread::scope(|scope| {
        let spawn = |_| std::thread::Builder::new().name("load".to_owned()).spawn_scoped(scope, work);
        let threads: Vec<_> = (0..threads).map(spawn).collect();
        let mut all = Worker::default();
        for thread in threads {
            let thread = thread.map_err(|error| Fault::failed("no-thread", format!("No thread could be started: {error}.")))?;
            all.join(thread.join().map_err(|_| Fault::bug("A thread of a load ended by itself."))??);
        }
        Ok::<_, Fault>(all)
    })?;
    Ok(all.asked())
}

/// What one thread found.
#[derive(Default)]
struct Worker {
    micros: Vec<u32>,
    count: u64,
    last: Option<Brought>,
    /// Why askings did not hold, and how many.
    wrong: BTreeMap<String, (u64, Option<Brought>)>,
}

impl Worker {
    fn add(&mut self, once: Once) {
        self.count += 1;
        if holds(&once.brought) {
            if self.micros.len() < MOST {
                self.micros.push(once.micros);
            }
            self.last = Some(once.brought);
        } else {
            let entry = self.wrong.entry(once.brought.sentence.clone()).or_default();
            entry.0 += 1;
            entry.1.get_or_insert(once.brought);
        }
    }

    fn join(&mut self, other: Self) {
        self.micros.extend(other.micros);
        self.count += other.count;
        self.last = self.last.take().or(other.last);
        for (why, (count, brought)) in other.wrong {
            let entry = self.wrong.entry(why).or_default();
            entry.0 += count;
            entry.1 = entry.1.take().or(brought);
        }
    }

    fn asked(self) -> Asked {
        let failed: u64 = self.wrong.values().map(|(count, _)| count).sum();
        let brought = match self.wrong.into_iter().max_by_key(|(_, (count, _))| *count) {
            Some((why, (_, Some(brought)))) => {
                let sentence = format!("{failed} of {} failed, most of them: {why}", self.count);
                Brought { sentence, ..brought }
            }
            _ => self.last.unwrap_or_else(|| Brought::unknown("it was never asked")),
        };
        Asked { brought, micros: self.micros, count: self.count }
    }
}
