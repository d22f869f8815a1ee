use std::sync::Mutex;

use quarterdeck_model::Outcome;
use quarterdeck_testkit::FixedClock;
use tokio::runtime::Runtime;

use super::*;
use crate::collectors::{Blocking, Online, Visiting};

type Measure = dyn FnMut(&Visit, &mut Gathered) -> Outcome<()> + Send;

struct Scripted(Box<Measure>);

impl Blocking for Scripted {
    fn collect(&mut self, visit: &Visit, into: &mut Gathered) -> Outcome<()> {
        (self.0)(visit, into)
    }
}

/// Waits for a word that never comes.
struct Silent;

impl Online for Silent {
    fn collect<'v>(&'v mut self, _: &'v Visit, into: &'v mut Gathered) -> Visiting<'v> {
        into.gauge("half", &[], 1.0);
        Box::pin(std::future::pending())
    }
}

struct Broken;

impl Online for Broken {
    fn collect<'v>(&'v mut self, _: &'v Visit, _: &'v mut Gathered) -> Visiting<'v> {
        Box::pin(async { panic!("it is broken") })
    }
}

struct Bench {
    runtime: Runtime,
    clock: Arc<FixedClock>,
    round: Round,
}

impl Bench {
    fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let clock = Arc::new(FixedClock::default());
        let round = Round::new(runtime.handle().clone(), Arc::clone(&clock) as Arc<dyn Clock>).hurried();
        Self { runtime, clock, round }
    }

    fn put(&mut self, key: &str, limit: Duration, measure: impl FnMut(&Visit, &mut Gathered) -> Outcome<()> + Send + 'static) {
        self.round.put(plan(key, limit, Collector::Blocking(Box::new(Scripted(Box::new(measure))))));
    }

    fn tick(&mut self) -> Tick {
        self.round.tick(self.clock.now(), &Arc::default())
    }

    fn later(&mut self, seconds: u64) -> Tick {
        self.clock.advance(Duration::from_secs(seconds));
        self.tick()
    }

    fn state(&self, key: &str) -> &State {
        &self.round.slots().find(|slot| slot.key == key).unwrap().state
    }
}

fn plan(key: &str, limit: Duration, collector: Collector) -> Plan {
    let labels = vec![("system".to_owned(), "shop".to_owned()), ("job".to_owned(), "test".to_owned())];
    Plan { key: key.to_owned(), kind: "file", about: "a test".to_owned(), labels, every: Duration::from_secs(15), limit, collector }
}

const LONG: Duration = Duration::from_secs(60);
const SHORT: Duration = Duration::from_millis(20);

fn value(tick: &Tick, key: &str, name: &str) -> Option<f64> {
    let of = |brought: &&Brought| brought.key == key || brought.key == visits_of(key);
    tick.brought.iter().filter(of).flat_map(|brought| &brought.readings).find(|reading| reading.labels.name() == name).map(|r| r.value)
}

#[test]
fn what_is_due_is_visited_at_aligned_times_and_labelled() {
    let mut bench = Bench::new();
    bench.put("shop/file/export", LONG, |visit, into| {
        into.gauge("at_seconds", &[], visit.at.timestamp() as f64);
        into.gauge("named", &[("job", "its own"), ("part", "a")], 1.0);
        Ok(())
    });
    bench.clock.advance(Duration::from_secs(7));
    let tick = bench.tick();
    assert_eq!(value(&tick, "shop/file/export", "at_seconds"), Some(bench.clock.now().timestamp() as f64));
    assert_eq!(value(&tick, "shop/file/export", "up"), Some(1.0));
    assert_eq!(value(&tick, "shop/file/export", "scrape_samples_scraped"), Some(2.0));
    let named = tick.brought.iter().flat_map(|b| &b.readings).find(|r| r.labels.name() == "named").unwrap();
    assert_eq!(named.labels.to_string(), r#"named{exported_job="its own", job="test", part="a", system="shop"}"#);
    assert!(tick.gone.is_empty());
    // Seven seconds past a multiple of fifteen: the next one is eight seconds away, not fifteen.
    assert!(!bench.round.is_due(bench.clock.now()));
    assert!(bench.later(7).visited.is_empty());
    assert_eq!(bench.later(1).visited, ["shop/file/export"]);
}

#[test]
fn a_clock_that_went_back_keeps_nobody_waiting() {
    let mut bench = Bench::new();
    bench.put("a", LONG, |_, _| Ok(()));
    bench.tick();
    bench.clock = Arc::new(FixedClock::at("2026-11-22T12:00:00Z"));
    assert_eq!(bench.tick().visited, ["a"]);
}

#[test]
fn a_failure_keeps_what_was_gathered_and_says_since_when() {
    let mut bench = Bench::new();
    let bring = Arc::new(Mutex::new(true));
    let brings = Arc::clone(&bring);
    bench.put("a", LONG, move |_, into| {
        if *brings.lock().unwrap() {
            into.gauge("half", &[], 1.0);
        }
        Err(Fault::failed("torn", "The file is torn."))
    });
    let first = bench.clock.now();
    let tick = bench.tick();
    assert_eq!((value(&tick, "a", "half"), value(&tick, "a", "up")), (Some(1.0), Some(0.0)));
    assert!(tick.gone.is_empty());
    *bring.lock().unwrap() = false;
    let tick = bench.later(15);
    assert_eq!(tick.gone, ["a"]);
    assert_eq!(value(&tick, "a", "quarterdeck_collector_failures_total"), Some(2.0));
    let state = bench.state("a");
    assert_eq!((state.since, state.last, state.failures), (Some(first), None, 2));
    assert!(state.fault.as_ref().is_some_and(|fault| fault.is("torn")));
}

#[test]
fn a_panic_is_a_failure_of_that_visit_and_the_next_one_is_made() {
    let mut bench = Bench::new();
    let mut visits = 0;
    bench.put("a", LONG, move |_, _| {
        visits += 1;
        assert!(visits != 1, "first visit");
        Ok(())
    });
    bench.round.put(plan("b", LONG, Collector::Online(Box::new(Broken))));
    let tick = bench.tick();
    assert_eq!((value(&tick, "a", "up"), value(&tick, "b", "up")), (Some(0.0), Some(0.0)));
    assert_eq!(bench.state("a").fault.as_ref().unwrap().message, "A collector broke off: first visit.");
    assert_eq!(bench.state("b").fault.as_ref().unwrap().message, "A collector broke off: it is broken.");
    assert_eq!(value(&bench.later(15), "a", "up"), Some(1.0));
    assert_eq!(bench.state("a").since, None);
}

#[test]
fn one_that_hangs_keeps_nobody_waiting_is_shown_and_is_not_visited_twice() {
    let mut bench = Bench::new();
    let (free, freed) = channel::<()>();
    let (came, coming) = channel::<u32>();
    let mut visits = 0;
    bench.put("hangs", SHORT, move |_, into| {
        visits += 1;
        into.gauge("late", &[], 1.0);
        freed.recv().unwrap();
        came.send(visits).unwrap();
        Ok(())
    });
    bench.put("well", LONG, |_, _| Ok(()));
    let since = bench.clock.now();
    let tick = bench.tick();
    assert_eq!((value(&tick, "hangs", "up"), value(&tick, "well", "up")), (Some(0.0), Some(1.0)));
    assert_eq!(value(&tick, "hangs", "quarterdeck_collector_hanging"), Some(1.0));
    assert_eq!((value(&tick, "hangs", "late"), tick.gone), (None, vec!["hangs".to_owned()]));
    let tick = bench.later(15);
    assert_eq!((value(&tick, "hangs", "up"), tick.gone), (Some(0.0), vec!["hangs".to_owned()]));
    assert!(bench.state("hangs").hanging && bench.state("hangs").since == Some(since));
    // It comes home: what it brought is too old, and it may go again.
    free.send(()).unwrap();
    assert_eq!(coming.recv().unwrap(), 1);
    free.send(()).unwrap();
    let tick = (0..100_000).find_map(|_| Some(bench.later(15)).filter(|tick| value(tick, "hangs", "up") == Some(1.0))).unwrap();
    assert_eq!(value(&tick, "hangs", "late"), Some(1.0));
    assert!(!bench.state("hangs").hanging);
    drop(free);
}

#[test]
fn one_that_heeds_its_limit_is_late_and_not_hanging() {
    let mut bench = Bench::new();
    bench.put("slow", SHORT, |visit, into| {
        into.gauge("first", &[], 1.0);
        while visit.ctx.checkpoint().is_ok() {
            std::thread::yield_now();
        }
        visit.ctx.checkpoint()
    });
    bench.round.put(plan("silent", SHORT, Collector::Online(Box::new(Silent))));
    let tick = bench.tick();
    for key in ["slow", "silent"] {
        let state = bench.state(key);
        assert_eq!(state.fault.as_ref().unwrap().message, "It did not answer within 20 ms.", "{key}");
        assert!(!state.hanging, "{key}");
    }
    assert_eq!((value(&tick, "slow", "first"), value(&tick, "silent", "half")), (Some(1.0), Some(1.0)));
}

#[test]
fn a_plan_that_is_taken_away_ends_its_series_once() {
    let mut bench = Bench::new();
    bench.put("a", LONG, |_, _| Ok(()));
    bench.tick();
    bench.round.remove("a");
    assert!(bench.round.is_due(bench.clock.now()));
    assert_eq!(bench.tick().gone, ["a", "a/visits"]);
    assert!(bench.tick().gone.is_empty());
}

#[test]
fn a_look_at_everything_tells_each_as_it_comes_back() {
    let mut bench = Bench::new();
    bench.put("a", LONG, |_, _| Ok(()));
    bench.tick();
    bench.round.put(plan("b", LONG, Collector::Online(Box::new(Silent))));
    let mut told = Vec::new();
    let (now, shared) = (bench.clock.now(), Arc::default());
    let tick = bench.round.tick_all(now, &shared, SHORT, &mut |slot| told.push((slot.key.clone(), slot.state.fault.is_none())));
    assert_eq!(told, [("a".to_owned(), true), ("b".to_owned(), false)]);
    assert_eq!(tick.visited, ["a", "b"]);
    bench.runtime.shutdown_background();
}

#[test]
fn nobody_is_waited_for_once_everything_ends() {
    let mut bench = Bench::new();
    let ending = CancelToken::default();
    bench.round = bench.round.until(ending.clone());
    bench.put("ends", LONG, move |_, _| {
        ending.cancel();
        Ok(())
    });
    bench.round.put(plan("silent", LONG, Collector::Online(Box::new(Silent))));
    let tick = bench.tick();
    assert!(tick.gone.is_empty() && value(&tick, "silent", "up").is_none());
}
