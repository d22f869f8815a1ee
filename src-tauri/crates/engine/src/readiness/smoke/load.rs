//! A load: several ask one case at the same time, for a time or a number of times.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant as Moment},
};

use quarterdeck_model::{Class, JobCtx, Millis, Outcome, readiness::SmokeOutcome};
use quarterdeck_readiness::smoke::{Case, Until, judge, latency, micros};

use super::asking::{Answered, Ground, Limited, Visitor};

/// Times that are asked at most: each is kept until the end.
const MOST: u64 = 1_000_000;

/// Kinds of errors that are told apart.
const KINDS: usize = 20;

/// What all together have seen.
#[derive(Default)]
struct Tally {
    times: Vec<u32>,
    errors: u64,
    kinds: BTreeMap<String, u64>,
}

/// Asks `of` by so many at once. It ends with its time, or after so many times; at the latest `load.limit` later.
pub(super) fn ask(ground: &Ground, load: &Case, of: &Case, (at_once, until): (u32, Until), ctx: &JobCtx) -> Outcome<Answered> {
    let (lasts, most) = match until {
        Until::For(time) => (Some(Duration::from_millis(time.0)), MOST),
        Until::Times(times) => (None, u64::from(times)),
    };
    let limit = Duration::from_millis(load.limit.0) + lasts.unwrap_or_default();
    let limited = Limited::begin(ctx, limit);
    let (begun, given) = (Moment::now(), AtomicU64::new(0));
    let one = || -> Outcome<Tally> {
        let (mut visitor, mut tally) = (Visitor::new(ground), Tally::default());
        while lasts.is_none_or(|lasts| begun.elapsed() < lasts) && given.fetch_add(1, Ordering::Relaxed) < most {
            let asked = Moment::now();
            match visitor.once(of, Duration::from_millis(of.limit.0), &limited.ctx) {
                Ok(answered) => tally.note(asked.elapsed(), &answered),
                Err(fault) if fault.class == Class::Cancelled => break,
                Err(fault) => return Err(fault),
            }
        }
        Ok(tally)
    };
    let all: Mutex<Outcome<Tally>> = Mutex::new(Ok(Tally::default()));
    let mut lacking = 0;
    std::thread::scope(|scope| {
        for _ in 0..at_once {
            let begun = std::thread::Builder::new().name("smoke-load".to_owned()).spawn_scoped(scope, || {
                let done = one();
                let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
                match (&mut *all, done) {
                    (Ok(all), Ok(done)) => all.add(done),
                    (all, Err(fault)) => *all = Err(fault),
                    (Err(_), Ok(_)) => {}
                }
            });
            lacking += u32::from(begun.is_err());
        }
    });
    ctx.checkpoint()?;
    let tally = all.into_inner().unwrap_or_else(PoisonError::into_inner)?;
    let took = Millis::from(begun.elapsed());
    if lacking > 0 {
        return Ok(Answered::error(format!("{lacking} of {at_once} threads could not be started")));
    }
    Ok(told(load, tally, limited.is_late(), took))
}

fn told(load: &Case, tally: Tally, is_late: bool, took: Millis) -> Answered {
    let asked = tally.times.len() as u64;
    let kinds: Vec<String> = tally.kinds.iter().map(|(why, count)| format!("{count} × {why}")).collect();
    let latency = latency(tally.times);
    let (mut outcome, mut sentence) = judge::loaded(load, asked, tally.errors, tally.kinds.keys().next().map(String::as_str));
    if is_late {
        (outcome, sentence) = (SmokeOutcome::Error, format!("it had not ended after {took}, and was stopped; {sentence}"));
    }
    let (outcome, sentence) = judge::timed(load.budget.as_ref(), (outcome, sentence), latency.as_ref(), took);
    Answered { outcome, sentence, detail: (!kinds.is_empty()).then(|| kinds.join("\n")), latency, asked }
}

impl Tally {
    fn note(&mut self, took: Duration, answered: &Answered) {
        self.times.push(micros(took));
        if answered.outcome != SmokeOutcome::Passed {
            self.errors += 1;
            self.count(answered.sentence.clone(), 1);
        }
    }

    fn add(&mut self, other: Self) {
        self.times.extend(other.times);
        self.errors += other.errors;
        for (why, count) in other.kinds {
            self.count(why, count);
        }
    }

    fn count(&mut self, why: String, count: u64) {
        let why = if self.kinds.len() < KINDS || self.kinds.contains_key(&why) { why } else { "others".to_owned() };
        *self.kinds.entry(why).or_default() += count;
    }
}
