//! Figures of watches that are over are kept, beside whoever collects: that may take longer than a visit of a collector.

use std::{sync::Arc, thread::JoinHandle};

use chrono::TimeDelta;
use quarterdeck_model::{CancelToken, Class, Event, Fault, JobCtx, Outcome};
use quarterdeck_store::validations::{self, ValidationRecord};

use super::{form, plan_of};
use crate::Engine;

/// So long after its end a watch is concluded: what was measured until then is written by then, and its rules are evaluated.
const SETTLED: TimeDelta = TimeDelta::minutes(1);

/// Keeps figures; dropped, it stops.
#[derive(Default)]
pub(crate) struct Concluding {
    at_work: Option<(CancelToken, JoinHandle<Outcome<()>>)>,
}

impl Concluding {
    /// Looks which watches are over, and begins to keep their figures unless that is still going on. A fault is that of the last time.
    pub fn beat(&mut self, engine: &Arc<Engine>) -> Outcome<()> {
        if let Some((_, thread)) = self.at_work.take_if(|(_, thread)| thread.is_finished()) {
            thread.join().unwrap_or_else(|_| Err(Fault::bug("Concluding a watch ended in a panic of the engine.")))?;
        }
        if self.at_work.is_some() {
            return Ok(());
        }
        let over = over(engine)?;
        if !over.is_empty() {
            let ctx = JobCtx::detached();
            let (cancel, engine) = (ctx.cancel_token().clone(), Arc::clone(engine));
            let thread = std::thread::Builder::new().name("watches".to_owned()).spawn(move || conclude(&engine, over, &ctx));
            let thread = thread.map_err(|error| {
                Fault::failed("no-thread", format!("No thread could be started: {error}.")).hint("Close other programs.").may_retry()
            })?;
            self.at_work = Some((cancel, thread));
        }
        Ok(())
    }
}

impl Drop for Concluding {
    fn drop(&mut self) {
        if let Some((cancel, _)) = &self.at_work {
            cancel.cancel();
        }
    }
}

/// Watches that are over and whose figures are not kept; not those whose file cannot be read, of which there are none.
fn over(engine: &Engine) -> Outcome<Vec<ValidationRecord>> {
    let over = engine.store().read(|c| validations::over(c, engine.clock().now() - SETTLED))?;
    Ok(over.into_iter().filter(|record| plan_of(record).is_some()).collect())
}

/// Each by itself: one that cannot be formed keeps the others from nothing. The first fault.
fn conclude(engine: &Engine, over: Vec<ValidationRecord>, ctx: &JobCtx) -> Outcome<()> {
    let mut done = Ok(());
    for record in over {
        let kept = form(engine, record, ctx).and_then(|figures| {
            engine.store().write(|tx| validations::conclude(tx, &figures.id, &figures))?;
            engine.tell(Event::Store);
            Ok(())
        });
        match kept {
            // Whoever measures next goes on.
            Err(fault) if fault.class == Class::Cancelled => return Ok(()),
            kept => done = done.and(kept),
        }
    }
    done
}
