//! What the alerting says of itself, as series.

use std::collections::BTreeMap;

use quarterdeck_model::alert::RuleHealth;
use quarterdeck_monitor::{
    gathered::{Gathered, Reading},
    sample::Moment,
};

use super::{evaluation::Running, keeping};
use crate::Engine;

/// How rules are, how long groups take, and what became of notifications.
pub(super) fn readings(engine: &Engine, groups: &[Running], at: Moment) -> Vec<Reading> {
    let mut found = Gathered::default();
    let mut states: BTreeMap<&str, u32> =
        ["ok", "no-data", "error", "stale", "waiting", "idle"].into_iter().map(|state| (state, 0)).collect();
    for running in groups {
        for standing in running.evaluator.rules() {
            let (health, _) = keeping::health(&standing.health, &running.origin);
            let late = standing.evaluated.is_some_and(|last| at - last > 3 * millis(running.evaluator.interval()));
            let state = match health {
                _ if late => "stale",
                RuleHealth::Error => "error",
                RuleHealth::NoData => "no-data",
                RuleHealth::Ok | RuleHealth::Stale => "ok",
                RuleHealth::Waiting => "waiting",
                RuleHealth::Idle => "idle",
            };
            *states.entry(state).or_default() += 1;
        }
        let labels = [("rule_group", running.evaluator.key())];
        found.gauge("quarterdeck_rule_group_last_duration_seconds", &labels, running.took.as_secs_f64());
        found.counter("quarterdeck_rule_group_iterations_missed_total", &labels, running.missed as f64);
    }
    for (state, count) in states {
        found.gauge("quarterdeck_rules", &[("state", state)], f64::from(count));
    }
    found.gauge("quarterdeck_telling_failed", &[], f64::from(u8::from(engine.alerting().trouble().is_some())));
    engine.alerting().count(&mut found);
    found.readings
}

fn millis(duration: std::time::Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX / 4)
}
