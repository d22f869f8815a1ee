//! The store of series: what was written is read, gaps stay gaps, and what is over its time goes.

#![allow(clippy::unwrap_used)]

use std::{io::Write, sync::Arc};

use quarterdeck_model::{Instant, JobCtx};
use quarterdeck_monitor::{
    gathered::{Gathered, Nature},
    labels::Labels,
    sample::{Sample, is_stale},
    series::{Brought, Policy, Series, Writer},
    source::{Facet, Matcher, Source, Test, Wanted},
};
use quarterdeck_testkit::FixedClock;
use tempfile::TempDir;

/// 2026-01-01T00:00:00Z.
const BEGIN: i64 = 1_767_225_600_000;
const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;

fn writer(folder: &TempDir, policy: Policy) -> Writer {
    let clock = FixedClock::at(&Instant::from_timestamp_millis(BEGIN + 30 * 24 * HOUR).unwrap().to_rfc3339());
    Writer::open(folder.path(), policy, Arc::new(clock)).unwrap()
}

fn brought(value: f64) -> Vec<Brought> {
    let mut gathered = Gathered::default();
    gathered.gauge("size_bytes", &[("db", "main")], value);
    gathered.counter("hits_total", &[], value * 2.0);
    vec![Brought { key: "shop/sqlite/main".to_owned(), readings: gathered.readings }]
}

fn samples_of(folder: &TempDir, name: &str, span: (i64, i64), facet: Facet) -> Vec<Sample> {
    let matchers = [Matcher { label: "__name__".to_owned(), test: Test::Is(name.to_owned()) }];
    let wanted = Wanted { matchers: &matchers, after: span.0, until: span.1, facet };
    let mut found = Vec::new();
    let snapshot = Series::read(folder.path()).snapshot().unwrap();
    let collect = &mut |selected: quarterdeck_monitor::source::Selected<'_>| {
        // Where an instant looks back farther, samples from before are handed over, too.
        found.extend(selected.samples.iter().filter(|sample| sample.at > span.0));
        Ok(())
    };
    snapshot.visit(&wanted, &JobCtx::detached(), collect).unwrap();
    found
}

fn all(folder: &TempDir, name: &str) -> Vec<(i64, f64)> {
    samples_of(folder, name, (0, i64::MAX), Facet::Last).into_iter().map(|sample| (sample.at, sample.value)).collect()
}

#[test]
fn what_was_written_is_read_before_and_after_its_window_is_closed() {
    let folder = TempDir::new().unwrap();
    let mut writer = writer(&folder, Policy::default());
    let expected: Vec<(i64, f64)> = (0..300).map(|n| (BEGIN + n * MINUTE, n as f64)).collect();
    for (at, value) in &expected {
        writer.append(*at, &brought(*value), &[]).unwrap();
    }
    assert_eq!(all(&folder, "size_bytes"), expected);
    for _ in 0..3 {
        writer.keep(BEGIN + 300 * MINUTE).unwrap();
        assert_eq!(all(&folder, "size_bytes"), expected);
    }
    let part = samples_of(&folder, "hits_total", (BEGIN + MINUTE, BEGIN + 3 * MINUTE), Facet::Last);
    assert_eq!(part.iter().map(|sample| sample.value).collect::<Vec<_>>(), [4.0, 6.0]);
    assert!(writer.take_notes().is_empty());
}

#[test]
fn a_gap_stays_a_gap_over_a_restart() {
    let folder = TempDir::new().unwrap();
    let mut first = writer(&folder, Policy::default());
    for n in 0..3 {
        first.append(BEGIN + n * 15_000, &brought(1.0), &[]).unwrap();
    }
    drop(first);
    let mut second = writer(&folder, Policy::default());
    second.append(BEGIN + HOUR, &brought(2.0), &[]).unwrap();
    let found = all(&folder, "size_bytes");
    assert_eq!(found.len(), 5);
    assert!(is_stale(found[3].1) && found[3].0 == BEGIN + 45_000, "{found:?}");
    assert_eq!(found[4], (BEGIN + HOUR, 2.0));
}

#[test]
fn a_plan_that_is_gone_leaves_one_mark() {
    let folder = TempDir::new().unwrap();
    let mut writer = writer(&folder, Policy::default());
    writer.append(BEGIN, &brought(1.0), &[]).unwrap();
    for n in 1..4 {
        writer.append(BEGIN + n * 15_000, &[], &["shop/sqlite/main".to_owned()]).unwrap();
    }
    let found = all(&folder, "hits_total");
    assert_eq!(found.len(), 2);
    assert!(is_stale(found[1].1));
}

#[test]
fn sparse_series_are_written_when_they_change_or_it_is_time() {
    let folder = TempDir::new().unwrap();
    let mut writer = writer(&folder, Policy::default());
    for n in 0..30 {
        let mut gathered = Gathered::default();
        gathered.sparse("backup_age_level", &[], if n < 5 { 1.0 } else { 2.0 }, 10 * MINUTE);
        writer.append(BEGIN + n * MINUTE, &[Brought { key: "shop/backup/main".to_owned(), readings: gathered.readings }], &[]).unwrap();
    }
    let minutes: Vec<i64> = all(&folder, "backup_age_level").iter().map(|(at, _)| (at - BEGIN) / MINUTE).collect();
    assert_eq!(minutes, [0, 5, 15, 25]);
}

#[test]
fn stretches_stand_for_samples_that_are_cut() {
    let folder = TempDir::new().unwrap();
    let mut writer = writer(&folder, Policy { raw: 2, ..Policy::default() });
    let labels = Labels::new([("__name__", "size_bytes")]);
    let mut gathered = Gathered::default();
    gathered.gauge("size_bytes", &[], 0.0);
    assert_eq!(gathered.readings[0].labels, labels);
    let samples: Vec<Sample> = (0..6 * 24 * 60).map(|n| Sample { at: BEGIN + n * MINUTE, value: (n % 7) as f64 }).collect();
    writer.backfill(&gathered.readings[0], "import", &samples).unwrap();
    for _ in 0..12 {
        writer.keep(BEGIN + 6 * 24 * HOUR).unwrap();
    }
    let day = |facet| samples_of(&folder, "size_bytes", (BEGIN + HOUR, BEGIN + 2 * HOUR), facet);
    assert_eq!((day(Facet::Last).len(), day(Facet::Most).iter().map(|sample| sample.value).fold(0.0, f64::max)), (12, 6.0));
    assert_eq!(day(Facet::Count).iter().map(|sample| sample.value).sum::<f64>(), 60.0);
    let recent = samples_of(&folder, "size_bytes", (BEGIN + 5 * 24 * HOUR, BEGIN + 5 * 24 * HOUR + HOUR), Facet::Last);
    assert_eq!(recent.len(), 60);
}

#[test]
fn new_series_over_the_limit_are_refused_and_told() {
    let folder = TempDir::new().unwrap();
    let mut writer = writer(&folder, Policy { most_series: 1, ..Policy::default() });
    let appended = writer.append(BEGIN, &brought(1.0), &[]).unwrap();
    assert_eq!((appended.samples, appended.refused), (1, 1));
    assert!(writer.take_notes()[0].sentence.contains("the most that are kept"));
}

#[test]
fn readers_see_whole_ticks_and_an_empty_home_is_empty() {
    let folder = TempDir::new().unwrap();
    assert!(all(&folder, "size_bytes").is_empty());
    let mut writer = writer(&folder, Policy::default());
    let series = Series::read(folder.path());
    for n in 0..20 {
        writer.append(BEGIN + n * 15_000, &brought(n as f64), &[]).unwrap();
        let snapshot = series.snapshot().unwrap();
        assert_eq!(snapshot.values("__name__", &[]), ["hits_total", "size_bytes"]);
        assert_eq!(snapshot.series(&[]).len(), 2);
    }
}

#[test]
fn a_damaged_chunk_is_left_out_and_named() {
    let folder = TempDir::new().unwrap();
    let mut writer = writer(&folder, Policy::default());
    for n in 0..300 {
        writer.append(BEGIN + n * MINUTE, &brought(n as f64), &[]).unwrap();
        writer.keep(BEGIN + n * MINUTE).unwrap();
    }
    let spoil = "UPDATE chunks SET body = x'0102030405' WHERE series = 1 AND start = (SELECT min(start) FROM chunks)";
    writer.file().write(|tx| tx.execute_batch(spoil).map_err(quarterdeck_store::series::fault)).unwrap();
    assert_eq!(all(&folder, "size_bytes").first().unwrap(), &(BEGIN + HOUR, 60.0));
    assert_eq!(all(&folder, "hits_total").len(), 300);
    let snapshot = Series::read(folder.path()).snapshot().unwrap();
    let matchers = [Matcher { label: "db".to_owned(), test: Test::Is("main".to_owned()) }];
    let wanted = Wanted { matchers: &matchers, after: 0, until: i64::MAX, facet: Facet::Last };
    snapshot.visit(&wanted, &JobCtx::detached(), &mut |_| Ok(())).unwrap();
    assert!(snapshot.damaged()[0].contains("size_bytes{db=\"main\"}"), "{:?}", snapshot.damaged());
}

#[test]
fn the_past_comes_in_as_open_metrics() {
    let folder = TempDir::new().unwrap();
    let mut text = b"# TYPE hits counter\n".to_vec();
    for n in 0..1_000 {
        writeln!(text, "hits_total{{a=\"1\"}} {} {}", n * 3, BEGIN / 1_000 + n * 60).unwrap();
    }
    text.extend(b"# EOF\n");
    let mut writer = writer(&folder, Policy::default());
    assert_eq!(writer.import(text.as_slice()).unwrap(), 1_000);
    assert_eq!(all(&folder, "hits_total"), (0..1_000).map(|n| (BEGIN + n * MINUTE, n as f64 * 3.0)).collect::<Vec<_>>());
    assert!(writer.import("a 1\n# EOF\n".as_bytes()).unwrap_err().is("exposition-wrong"));
    assert!(writer.import("a 1 5\na 1 4\n# EOF\n".as_bytes()).unwrap_err().is("series-unordered"));
}

#[test]
fn nature_is_kept() {
    let folder = TempDir::new().unwrap();
    let mut writer = writer(&folder, Policy::default());
    writer.append(BEGIN, &brought(1.0), &[]).unwrap();
    let rows = writer.file().look(|c| quarterdeck_store::series::series_after(c, 0)).unwrap();
    let counters = rows.iter().filter(|row| row.nature == 1).count();
    assert_eq!((rows.len(), counters), (2, 1));
    assert_ne!(Nature::Gauge, Nature::Counter);
}

#[test]
fn looks_share_what_they_decoded_and_each_sees_its_own_moment() {
    let folder = TempDir::new().unwrap();
    let mut writer = writer(&folder, Policy::default());
    let series = Series::read(folder.path());
    let count = |snapshot: &quarterdeck_monitor::series::Snapshot| {
        let wanted = Wanted { matchers: &[], after: 0, until: i64::MAX, facet: Facet::Last };
        let mut count = 0;
        let add = &mut |selected: quarterdeck_monitor::source::Selected<'_>| {
            count += selected.samples.len();
            Ok(())
        };
        snapshot.visit(&wanted, &JobCtx::detached(), add).unwrap();
        count
    };
    let mut early = Vec::new();
    for n in 0..200 {
        writer.append(BEGIN + n * MINUTE, &brought(n as f64), &[]).unwrap();
        if n % 20 == 0 {
            early.push((2 * (n as usize + 1), series.snapshot().unwrap()));
        }
        assert_eq!(count(&series.snapshot().unwrap()), 2 * (n as usize + 1));
        writer.keep(BEGIN + n * MINUTE).unwrap();
    }
    // Windows were closed meanwhile: looks that began before still see what they saw.
    for (expected, snapshot) in &early {
        assert_eq!(count(snapshot), *expected);
    }
    drop(early);
    series.rest();
    assert_eq!(count(&series.snapshot().unwrap()), 400);
}

#[test]
fn several_windows_are_closed_after_a_long_pause() {
    let folder = TempDir::new().unwrap();
    let mut writer = writer(&folder, Policy::default());
    for n in 0..600 {
        writer.append(BEGIN + n * MINUTE, &brought(n as f64), &[]).unwrap();
    }
    for _ in 0..10 {
        writer.keep(BEGIN + 600 * MINUTE).unwrap();
    }
    let left = writer.file().look(|c| quarterdeck_store::series::ticks_after(c, 0)).unwrap();
    assert_eq!(left[0].at, BEGIN + 540 * MINUTE);
}

#[test]
fn series_of_which_nothing_is_left_are_forgotten() {
    let folder = TempDir::new().unwrap();
    let policy = Policy { raw: 1, five_minutes: 2, hours: 40, ..Policy::default() };
    let mut writer = writer(&folder, policy);
    let gauge = |name: &str| {
        let mut gathered = Gathered::default();
        gathered.gauge(name, &[], 1.0);
        gathered.readings.remove(0)
    };
    let hour = |from: i64| -> Vec<Sample> { (0..60).map(|n| Sample { at: from + n * MINUTE, value: 1.0 }).collect() };
    let later = BEGIN + 100 * 24 * HOUR;
    writer.backfill(&gauge("old"), "import", &hour(BEGIN)).unwrap();
    writer.backfill(&gauge("lives"), "import", &hour(BEGIN)).unwrap();
    writer.backfill(&gauge("lives"), "import", &hour(later)).unwrap();
    writer.backfill(&gauge("newest"), "import", &hour(later)).unwrap();
    let series = Series::read(folder.path());
    assert_eq!(series.snapshot().unwrap().values("__name__", &[]), ["lives", "newest", "old"]);
    for _ in 0..20 {
        writer.keep(later + 2 * HOUR).unwrap();
    }
    assert_eq!(series.snapshot().unwrap().values("__name__", &[]), ["lives", "newest"]);
    // One that comes again is a new one.
    writer.backfill(&gauge("old"), "import", &hour(later)).unwrap();
    assert_eq!(series.snapshot().unwrap().values("__name__", &[]), ["lives", "newest", "old"]);
}

#[test]
fn slow_plans_are_looked_back_further_in() {
    let folder = TempDir::new().unwrap();
    let mut writer = writer(&folder, Policy::default());
    let look_back = || {
        let wanted = Wanted { matchers: &[], after: 0, until: i64::MAX, facet: Facet::Last };
        let mut found = Vec::new();
        let add = &mut |selected: quarterdeck_monitor::source::Selected<'_>| {
            found.push(selected.look_back / MINUTE);
            Ok(())
        };
        Series::read(folder.path()).snapshot().unwrap().visit(&wanted, &JobCtx::detached(), add).unwrap();
        found
    };
    writer.append(BEGIN, &brought(1.0), &[]).unwrap();
    assert_eq!(look_back(), [5, 5]);
    writer.pace("shop/sqlite/main", std::time::Duration::from_secs(600)).unwrap();
    assert_eq!(look_back(), [25, 25]);
}

#[test]
fn facts_tell_how_much_there_is_and_since_when() {
    let folder = TempDir::new().unwrap();
    let policy = Policy::default();
    assert_eq!(Series::read(folder.path()).snapshot().unwrap().facts(&policy).unwrap().oldest, None);
    let mut writer = writer(&folder, policy);
    for n in 3..300 {
        writer.append(BEGIN + n * MINUTE, &brought(n as f64), &[]).unwrap();
        writer.keep(BEGIN + n * MINUTE).unwrap();
    }
    writer.append(BEGIN, &brought(1.0), &[]).unwrap();
    let snapshot = Series::read(folder.path()).snapshot().unwrap();
    let facts = snapshot.facts(&policy).unwrap();
    assert_eq!(facts.oldest.unwrap().timestamp_millis(), BEGIN + 3 * MINUTE);
    assert_eq!(facts.newest.unwrap().timestamp_millis(), BEGIN + 299 * MINUTE);
    assert!(facts.series.0 == 2 && facts.bytes.0 > 8_192);
    assert!(
        facts.policy.starts_with("Each sample stays 15 days, one in five minutes 400 days, one in an hour 5 years"),
        "{}",
        facts.policy
    );
    assert!(snapshot.notices().unwrap()[0].sentence.starts_with("The clock went back"));
}
