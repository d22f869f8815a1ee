//! What Quarterdeck measures of itself, over a home with a database and its repository.

use std::{sync::Arc, time::Duration};

use quarterdeck_model::{Clock, Face, JobCtx};
use quarterdeck_monitor::{
    collectors::{Blocking, Shared, Visit},
    gathered::{Density, Gathered},
};
use quarterdeck_testkit::{FixedClock, Scratch, shop};
use serde_json::json;

use super::*;
use crate::Home;

struct Bench {
    _scratch: Scratch,
    clock: Arc<FixedClock>,
    engine: Arc<Engine>,
}

impl Bench {
    /// A registered shop, backed up once, two hours ago.
    fn new() -> Self {
        let (scratch, clock) = (Scratch::new(), Arc::new(FixedClock::default()));
        let home = Home::find(Some(&scratch.file("home"))).unwrap();
        let engine = Engine::open(home, Arc::clone(&clock) as Arc<dyn Clock>).unwrap();
        let file = scratch.file("shop.db");
        shop(&file, 20, "wal");
        engine.call(Face::Cli, "add_system", json!({ "path": file }), None).unwrap();
        engine.call(Face::Cli, "backup_system", json!({ "system": "shop" }), None).unwrap();
        while !engine.running().is_empty() {
            std::thread::yield_now();
        }
        clock.advance(Duration::from_secs(7_200));
        Self { _scratch: scratch, clock, engine }
    }

    fn visit(&self, mut collector: impl Blocking) -> Gathered {
        let clock = Arc::clone(&self.clock) as Arc<dyn Clock>;
        let visit = Visit { at: clock.now(), clock, limit: LIMIT, ctx: JobCtx::detached(), shared: Arc::new(Shared::default()) };
        let mut into = Gathered::default();
        collector.collect(&visit, &mut into).unwrap();
        into
    }
}

fn value(gathered: &Gathered, metric: &str) -> Option<f64> {
    gathered.readings.iter().find(|reading| reading.labels.name() == metric).map(|reading| reading.value)
}

#[test]
fn backups_are_measured_by_component_and_as_a_whole() {
    let bench = Bench::new();
    let found = bench.visit(backup::Backups::new(Arc::downgrade(&bench.engine), "shop".parse().unwrap()));
    assert_eq!(value(&found, "backup_age_seconds"), Some(7_200.0));
    assert_eq!((value(&found, "backup_overdue"), value(&found, "backup_snapshots")), (Some(0.0), Some(1.0)));
    assert!(value(&found, "backup_repository_bytes").unwrap() > 1_000.0);
    assert_eq!(value(&found, "backup_proof_timestamp_seconds"), None, "nothing was proved by a restore");
    assert_eq!(value(&found, "backup_promised_seconds"), None, "nothing was promised of a lone file");
    let level = found.readings.iter().find(|reading| reading.labels.name() == "backup_level").unwrap();
    assert_eq!((level.labels.get("component"), level.labels.get("level").is_empty()), ("shop", false));
    assert!(found.readings.iter().all(|reading| matches!(reading.density, Density::Sparse(APART))));
}

#[test]
fn a_database_without_migrations_brings_nothing_and_is_no_fault() {
    let bench = Bench::new();
    let found = bench.visit(migration::Ledgers::new(Arc::downgrade(&bench.engine), "shop".parse().unwrap()));
    assert!(found.readings.is_empty());
}

#[test]
fn this_home_is_measured() {
    let bench = Bench::new();
    let found = bench.visit(schedule::Schedules::new(Arc::downgrade(&bench.engine)));
    for (metric, expected) in [
        ("quarterdeck_schedules", 0.0),
        ("quarterdeck_schedules_late", 0.0),
        ("quarterdeck_jobs_failed_last_day", 0.0),
        ("quarterdeck_agent_up", 0.0),
        ("quarterdeck_series", 0.0),
    ] {
        assert_eq!(value(&found, metric), Some(expected), "{metric}");
    }
}

#[test]
fn every_check_becomes_a_number() {
    let bench = Bench::new();
    let found = bench.visit(checks::Checks::new(Arc::downgrade(&bench.engine)));
    let of = |key: &str| found.readings.iter().find(|reading| reading.labels.get("check") == key).map(|reading| reading.value);
    assert_eq!((of("shop/backup/shop"), of("shop/proof/shop"), of("machine/measuring")), (Some(0.0), Some(1.0), Some(1.0)));
    assert!(found.readings.iter().all(|reading| reading.labels.name() == "quarterdeck_check"));
}

#[test]
fn without_an_engine_nothing_is_measured() {
    let fault = living(&Weak::new()).err().unwrap();
    assert_eq!(fault.class, quarterdeck_model::Class::Cancelled);
}
