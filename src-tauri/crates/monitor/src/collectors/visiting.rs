//! One visit: begun on the runtime, with a limit, and never waited for beyond it. A collector that panics has failed, and comes back.

use std::{
    future::poll_fn,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::mpsc::Sender,
    task::Poll,
    time::{Duration, Instant as Moment},
};

use quarterdeck_model::{Class, Fault, Millis, Outcome};
use tokio::runtime::Handle;

use super::{Collector, Visit};
use crate::gathered::Gathered;

/// A collector that comes back from its visit.
pub(super) struct Back {
    /// Whose slot.
    pub(super) key: String,
    /// Which visit: one that nobody waits for any more brings nothing.
    pub(super) visit: u64,
    /// It.
    pub(super) collector: Collector,
    /// What it brought, also where it failed.
    pub(super) gathered: Gathered,
    /// Whether it failed.
    pub(super) result: Outcome<()>,
    /// How long it took.
    pub(super) took: Duration,
}

/// Begins a visit after `pause`; its end is told to `home`.
pub(super) fn begin(runtime: &Handle, key: String, number: u64, collector: Collector, visit: Visit, pause: Duration, home: Sender<Back>) {
    let blocking = runtime.clone();
    runtime.spawn(async move {
        tokio::time::sleep(pause).await;
        // A tick that ended meanwhile has nobody left who listens.
        let come_back = move |collector, gathered, result, begun: Moment| {
            let _ = home.send(Back { key, visit: number, collector, gathered, result, took: begun.elapsed() });
        };
        let begun = Moment::now();
        match collector {
            Collector::Blocking(mut collector) => drop(blocking.spawn_blocking(move || {
                let mut gathered = Gathered::default();
                let done = catch_unwind(AssertUnwindSafe(|| collector.collect(&visit, &mut gathered)));
                let result = done.unwrap_or_else(|cause| Err(panicked(&*cause)));
                come_back(Collector::Blocking(collector), gathered, in_time(result, &visit), begun);
            })),
            Collector::Online(mut collector) => {
                let mut gathered = Gathered::default();
                let result = online(&mut *collector, &visit, &mut gathered).await;
                come_back(Collector::Online(collector), gathered, result, begun);
            }
        }
    });
}

async fn online(collector: &mut dyn super::Online, visit: &Visit, gathered: &mut Gathered) -> Outcome<()> {
    // Making the future may panic as well as running it: both happen when it is polled.
    let mut visiting = Box::pin(async move { collector.collect(visit, gathered).await });
    let guarded = poll_fn(|cx| match catch_unwind(AssertUnwindSafe(|| visiting.as_mut().poll(cx))) {
        Ok(poll) => poll,
        Err(cause) => Poll::Ready(Err(panicked(&*cause))),
    });
    tokio::time::timeout(visit.limit, guarded).await.unwrap_or_else(|_| Err(late(visit.limit)))
}

/// A collector that heeds its limit says that it was cancelled; nobody did.
fn in_time(result: Outcome<()>, visit: &Visit) -> Outcome<()> {
    match result {
        Err(fault) if fault.class == Class::Cancelled && visit.ctx.cancel_token().is_cancelled() => Err(late(visit.limit)),
        result => result,
    }
}

/// A visit did not end within its limit.
pub(super) fn late(limit: Duration) -> Fault {
    Fault::failed("too-slow", format!("It did not answer within {}.", Millis::from(limit))).hint("Look at what it measures.").may_retry()
}

fn panicked(cause: &(dyn std::any::Any + Send)) -> Fault {
    let words = cause.downcast_ref::<&str>().copied().or_else(|| cause.downcast_ref::<String>().map(String::as_str));
    Fault::bug(format!("A collector broke off: {}.", words.unwrap_or("without a word").trim_end_matches('.')))
}
