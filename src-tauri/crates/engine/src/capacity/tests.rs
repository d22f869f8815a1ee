//! Sizes over time, plans, and the words for both.

use chrono::DateTime;
use quarterdeck_model::{
    WirePath,
    system::{Component, ComponentKind, Environment},
};
use quarterdeck_monitor::{sample::Sample, source::Memory};

use super::*;

const DAY: i64 = 86_400_000;

fn now() -> Instant {
    DateTime::UNIX_EPOCH + TimeDelta::days(20_000)
}

fn system() -> System {
    System {
        name: "shop".parse().unwrap(),
        environment: Environment::Production,
        owner: None,
        folder: None,
        components: vec![Component {
            id: "id".to_owned(),
            name: "main".parse().unwrap(),
            kind: ComponentKind::Sqlite,
            path: WirePath("/srv/shop/shop.db".into()),
        }],
        objectives: Vec::new(),
        repository: WirePath("/backup/shop".into()),
        password: None,
        added_at: now() - TimeDelta::days(100),
    }
}

/// A sample each hour for so many days; `value` of the day.
fn samples(days: i64, value: impl Fn(f64) -> f64) -> Vec<Sample> {
    let begin = now().timestamp_millis() - days * DAY;
    (1..=days * 24).map(|hour| Sample { at: begin + hour * 3_600_000, value: value(hour as f64 / 24.0) }).collect()
}

fn labels(pairs: &[(&str, &str)]) -> Labels {
    Labels::new(pairs.iter().copied())
}

fn disk(mount: &str) -> [Labels; 2] {
    ["node_filesystem_avail_bytes", "node_filesystem_size_bytes"]
        .map(|name| labels(&[(NAME, name), ("mountpoint", mount), ("device", mount)]))
}

fn points(days: i64, value: impl Fn(f64) -> f64) -> Points {
    let mut memory = Memory::default();
    memory.extend(labels(&[(NAME, "size")]), samples(days, value));
    read(&memory, &[is(NAME, "size")], now(), None, &|value| value, &JobCtx::detached()).unwrap()
}

fn lines(source: &Memory, plans: &[CapacityDefinition]) -> Vec<CapacityLine> {
    let system = system();
    Grown { system: &system, plans, source, now: now(), ctx: &JobCtx::detached() }.disks().unwrap()
}

#[test]
fn medians_are_as_coarse_as_leaves_enough_of_them() {
    for (days, word) in [(30, "a day"), (10, "six hours"), (2, "an hour")] {
        let points = points(days, |day| 1e9 + 1e6 * day);
        assert!(points.method().starts_with(&format!("One median for {word}. ")), "{days}: {}", points.method());
        let trend = points.trend().unwrap();
        assert!((trend.slope - 1e6).abs() < 2e4, "{days}: {trend:?}");
    }
    assert!(points(1, |_| 1.0).trend().is_none_or(|trend| trend.slope == 0.0));
}

#[test]
fn sentences_say_what_the_interval_allows() {
    let of = |slope: f64, least: f64, most: f64| Trend { slope, least, most, level: 1e9, since: 0.0 };
    let said = |trend: &Trend, room: f64| sentence(Some(1e9), Some(trend), Some(trend.full(room)), true);
    assert_eq!(said(&of(12e6, 9e6, 15e6), 492e6), "Grows by 12.0 MB a day (9.00 MB to 15.0 MB): full in 41 d (32 d to 54 d).");
    assert_eq!(said(&of(1e6, -1e6, 3e6), 1e9), "1.00 GB now; no growth that can be told from none.");
    assert_eq!(said(&of(-2e6, -3e6, -1e6), 1e9), "1.00 GB now; it shrinks by 2.00 MB a day.");
    assert_eq!(said(&of(1.0, 0.5, 2.0), 1e12), "Grows by 1 B a day (1 B to 2 B): not full in a hundred years.");
    assert_eq!(sentence(None, None, None, true), "Not measured yet.");
    assert_eq!(sentence(Some(5e3), None, None, true), "5.00 kB now; too little was measured to say how it grows.");
}

#[test]
fn the_disk_of_a_place_is_the_one_mounted_nearest() {
    let mut source = Memory::default();
    for (mount, free) in [("/", 4e11), ("/srv", 5e11), ("/home", 6e11)] {
        let [avail, size] = disk(mount);
        source.extend(avail, samples(30, |day| free - 1e9 * day));
        source.extend(size, samples(30, |_| 1e12));
    }
    let lines = lines(
        &source,
        &[CapacityDefinition {
            of: Planned::Disk("/srv/data".into()),
            initial: None,
            year: Some(Bytes(600_000_000_000)),
            three_years: None,
            since: Some(now() - TimeDelta::days(1)),
        }],
    );
    let names: Vec<&str> = lines.iter().map(|line| line.what.as_str()).collect();
    assert_eq!(names, ["/", "/srv"], "of the repository, and of the database");
    let srv = &lines[1];
    assert_eq!((srv.now, srv.limit), (Some(Bytes(530_000_000_000)), Some(Bytes(1_000_000_000_000))));
    assert!((srv.growth.unwrap().0 - 1e9).abs() < 1e6, "{srv:?}");
    assert_eq!(srv.full.map(|full| full.0.div_ceil(86_400_000)), Some(470));
    assert_eq!((srv.plan.len(), srv.plan[0].word.as_str()), (1, "1 year"));
    assert!(srv.plan[0].expected.unwrap() > Bytes(890_000_000_000), "{srv:?}");
    assert!(srv.tone == Tone::Attention && srv.sentence.ends_with(" It outgrows its plan: 600 GB for 1 year."), "{srv:?}");
}

#[test]
fn a_disk_that_fills_is_full_soon_and_one_that_does_not_is_not() {
    let soon = |free: fn(f64) -> f64| {
        let [avail, _] = disk("/");
        let mut source = Memory::default();
        source.extend(avail.clone(), samples(2, free));
        let newest = free(2.0);
        full_soon(&source, &avail, (newest, 1e12), now(), &JobCtx::detached()).unwrap()
    };
    let days = soon(|day| 1e11 - 2e10 * day).unwrap().0 as f64 / 86_400_000.0;
    assert!((days - 3.0).abs() < 0.1, "{days}");
    assert_eq!(soon(|_| 1e11), None);
    assert_eq!(soon(|day| 1e11 + 1e9 * day), None);
}

#[test]
fn what_is_full_soon_is_critical() {
    let days = |days: u64| Some(Millis(days * 86_400_000));
    assert_eq!(
        (tone(true, days(7), false), tone(true, days(30), false), tone(true, days(31), false)),
        (Tone::Critical, Tone::Attention, Tone::Ok)
    );
    assert_eq!((tone(true, None, true), tone(false, None, false), tone(true, None, false)), (Tone::Attention, Tone::Unknown, Tone::Ok));
}
