//! Evidence over a time rests on series that were measured all that time.

use super::*;

/// What is measured at one visit: gauges of the shop, by name. None where nobody visits.
type Visit = Option<Vec<(&'static str, f64)>>;

impl Place {
    /// Writes a visit for each minute back from now, so many of them.
    fn visited(&self, minutes: i64, visit: impl Fn(i64) -> Visit) {
        let policy = Policy::default();
        let mut writer = Writer::open(&self.scope.engine.home().series(), policy, Arc::clone(&self.clock) as Arc<dyn Clock>).unwrap();
        let now = self.clock.now().timestamp_millis();
        for back in (0..=minutes).rev() {
            let Some(gauges) = visit(back) else { continue };
            let mut tick = Gathered::default();
            tick.gauge("quarterdeck_collecting", &[], 1.0);
            gauges.iter().for_each(|(name, value)| tick.gauge(name, &[("system", "shop")], *value));
            writer.append(now - 60_000 * back, &[Ticked { key: "all".to_owned(), readings: tick.readings }], &[]).unwrap();
        }
    }

    fn before(&self, minutes: i64) -> String {
        (self.clock.now() - chrono::TimeDelta::minutes(minutes)).format("%Y-%m-%d %H:%M UTC").to_string()
    }
}

/// `load` was measured for two hours; `other` ended twenty minutes ago, while somebody went on measuring.
fn one_ended() -> Place {
    let place = Place::new();
    place.visited(120, |back| Some(if back < 20 { vec![("load", 1.0)] } else { vec![("load", 1.0), ("other", 1.0)] }));
    place
}

#[test]
fn what_was_measured_all_the_time_holds() {
    let place = one_ended();
    for query in ["load", "rate(load[5m])", "max_over_time(load[30m])", "sum(load) / count(load)", "max_over_time(load[30m:1m])"] {
        place.says(&format!("{{promql: '{query}', over: 30 min, expect: {{below: 5}}}}"), Holds, "worst of the last 30 min");
    }
    place.says("{promql: 'max_over_time(load[30m])', expect: {below: 5}}", Holds, "below 5 expected");
}

#[test]
fn a_series_that_ended_is_measured_no_longer_however_far_a_query_looks_back() {
    let place = one_ended();
    let words = format!("other not measured for 20 min of 30 min, since {}; in the rest 1, below 5 expected", place.before(20));
    for query in ["max_over_time(other[5m])", "max_over_time(other[1h])", "sum(max_over_time(other[1h]))", "max_over_time(other[1h:1m])"] {
        place.says(&format!("{{promql: '{query}', over: 30 min, expect: {{below: 5}}}}"), Unknown, &words);
    }
    for query in ["max_over_time(other[30m])", "sum(last_over_time(other[30m]))"] {
        place.says(&format!("{{promql: '{query}', expect: {{below: 5}}}}"), Unknown, &words);
    }
    let words = format!("other not measured for 20 min of 35 min, since {}", place.before(20));
    place.says("{promql: 'max_over_time(max_over_time(other[5m])[30m:1m])', expect: {below: 5}}", Unknown, &words);
    // What breaks its bound breaks it in whatever was measured.
    let words = format!(
        "below 1 expected: worst of the last 30 min, at {}; other not measured for 20 min, since {}",
        place.before(30),
        place.before(20)
    );
    place.says("{promql: 'max_over_time(other[1h])', over: 30 min, expect: {below: 1}}", Fails, &words);
}

#[test]
fn a_query_that_brought_no_number_says_nothing_of_that_time() {
    let place = Place::new();
    place.visited(120, |back| Some(vec![("load", if back < 20 { 9.0 } else { 1.0 })]));
    let words = format!("not measured for 41 min of 1 h, until {}; in the rest 9", place.before(20));
    let said = place.says("{promql: load > 5, over: 1 h, expect: {below: 10}}", Unknown, &words);
    assert!(said.sentence.starts_with("not measured"), "its series was: {}", said.sentence);
    // Of a time that is no longer than a minute each step counts.
    let place = Place::new();
    place.visited(0, |_| Some(vec![("load", 1.0)]));
    place.says("{promql: load, over: 1 min, expect: {below: 5}}", Unknown, "not measured for 60 s of 60 s; in the rest 1");
}

#[test]
fn a_moment_over_a_time_needs_what_it_looks_back_to_as_well() {
    let place = Place::new();
    place.visited(40, |_| Some(vec![("load", 1.0)]));
    place.says("{promql: 'max_over_time(load[5m])', over: 30 min, expect: {below: 5}}", Holds, "");
    let words = format!("not measured for 49 min of 1 h 30 min, until {}", place.before(41));
    place.says("{promql: 'max_over_time(load[1h])', over: 30 min, expect: {below: 5}}", Unknown, &words);
    place.says("{promql: 'max_over_time(load[7d])', over: 1 min, expect: {below: 5}}", Unknown, "not measured for 6 d 23 h of 7 d");
}

#[test]
fn a_gathering_that_lasts_sees_what_is_measured_meanwhile() {
    let place = Place::new();
    place.visited(60, |_| Some(vec![("load", 1.0)]));
    let (field, evidence) = (place.field(), evidence_of("{promql: load, over: 30 min, expect: {below: 5}}"));
    let measured = |verdict: EvidenceVerdict| {
        let said = measure(&field, &evidence, &JobCtx::detached()).unwrap();
        assert_eq!(said.verdict, verdict, "{}", said.sentence);
    };
    measured(Holds);
    place.clock.advance(Duration::from_secs(20 * 60));
    place.visited(19, |_| Some(vec![("load", 1.0)]));
    measured(Holds);
    place.clock.advance(Duration::from_secs(20 * 60));
    measured(Unknown);
}

#[test]
fn when_nobody_measured_nothing_was_measured() {
    let place = Place::new();
    place.visited(120, |back| (!(11..30).contains(&back)).then(|| vec![("load", 1.0)]));
    let words = format!("not measured for 19 min of 1 h, from {} until {}; in the rest 1", place.before(30), place.before(11));
    for query in ["load", "max_over_time(load[1h])", "vector(1)", "absent(nothing)"] {
        let said = place.says(&format!("{{promql: '{query}', over: 1 h, expect: {{below: 5}}}}"), Unknown, &words);
        assert!(said.sentence.starts_with("not measured"), "no series is to blame: {}", said.sentence);
    }
    place.says("{promql: 'max_over_time(load[1h])', expect: {below: 5}}", Unknown, &words);
    place.says("{promql: load, over: 10 min, expect: {below: 5}}", Holds, "worst of the last 10 min");
}

#[test]
fn each_selector_has_to_be_there_unless_another_one_stands_in() {
    let place = one_ended();
    for query in [
        "max_over_time(load[30m]) + max_over_time(other[30m])",
        "sum(max_over_time(other[30m])) / sum(max_over_time(load[30m]))",
        "max_over_time(load[30m]) and max_over_time(other[30m])",
    ] {
        place.says(&format!("{{promql: '{query}', expect: {{below: 5}}}}"), Unknown, "other not measured for 20 min of 30 min, since ");
    }
    for query in [
        "max_over_time(load[30m]) or max_over_time(other[30m])",
        "max_over_time(load[30m]) unless max_over_time(other[30m]) > 5",
        "sum(max_over_time(other[30m])) or vector(0)",
        "sum(last_over_time({__name__=~\"load|other\"}[30m]))",
        "absent_over_time(nothing[30m])",
        "absent(ALERTS{alertstate=\"firing\"})",
        "sum_over_time(vector(1)[30m:1m]) / 30",
    ] {
        place.says(&format!("{{promql: '{query}', expect: {{below: 5}}}}"), Holds, "");
        place.says(&format!("{{promql: '{query}', over: 30 min, expect: {{below: 5}}}}"), Holds, "");
    }
}

#[test]
fn what_is_kept_more_coarsely_was_measured_all_the_same() {
    let place = Place::new();
    place.visited(3 * 1_440, |_| Some(vec![("load", 1.0)]));
    let (folder, clock) = (place.scope.engine.home().series(), Arc::clone(&place.clock) as Arc<dyn Clock>);
    let mut writer = Writer::open(&folder, Policy { raw: 1, ..Policy::default() }, clock).unwrap();
    for _ in 0..200 {
        writer.keep(place.clock.now().timestamp_millis()).unwrap();
    }
    drop(writer);
    let series = place.field().series().unwrap();
    let ago = place.clock.now() - chrono::TimeDelta::days(2);
    assert!(quarterdeck_monitor::source::Source::coarsest(&*series, ago.timestamp_millis()) > 0, "single samples are gone");
    place.says("{promql: load, over: 3 d, expect: {below: 5}}", Holds, "worst of the last 3 d");
    place.says("{promql: 'max_over_time(load[3d])', expect: {below: 5}}", Holds, "");
}
