//! What nobody should send, do or have: text that is wrong or endless, clocks that jump, disks that are full, files that are spoiled. Each is
//! told, and measuring goes on.

#![allow(clippy::unwrap_used)]

use std::{fs, os::unix::fs::FileExt, path::PathBuf, sync::Arc};

use quarterdeck_model::{Instant, JobCtx};
use quarterdeck_monitor::{
    exposition::{Limits, Parser},
    gathered::Gathered,
    sample::{Sample, is_stale},
    series::{Brought, Policy, Series, Writer},
    source::{Facet, Matcher, Source, Test, Wanted},
};
use quarterdeck_testkit::FixedClock;
use tempfile::TempDir;

/// 2026-01-01T00:00:00Z.
const BEGIN: i64 = 1_767_225_600_000;
const RHYTHM: i64 = 15_000;
const HOUR: i64 = 3_600_000;

fn writer_at(folder: &TempDir, at: i64) -> Writer {
    let clock = FixedClock::at(&Instant::from_timestamp_millis(at).unwrap().to_rfc3339());
    Writer::open(folder.path(), Policy::default(), Arc::new(clock)).unwrap()
}

fn writer(folder: &TempDir) -> Writer {
    writer_at(folder, BEGIN + 24 * HOUR)
}

fn brought(value: f64) -> Vec<Brought> {
    let mut gathered = Gathered::default();
    gathered.gauge("size_bytes", &[], value);
    vec![Brought { key: "shop/sqlite/main".to_owned(), readings: gathered.readings }]
}

/// Ticks from a number up to another one, windows closed as they end.
fn ticks(writer: &mut Writer, numbers: std::ops::Range<i64>) {
    for n in numbers {
        writer.append(BEGIN + n * RHYTHM, &brought(n as f64), &[]).unwrap();
        writer.keep(BEGIN + n * RHYTHM).unwrap();
    }
}

fn all(folder: &TempDir) -> Vec<Sample> {
    let matchers = [Matcher { label: "__name__".to_owned(), test: Test::Is("size_bytes".to_owned()) }];
    let wanted = Wanted { matchers: &matchers, after: 0, until: i64::MAX, facet: Facet::Last };
    let mut found = Vec::new();
    let snapshot = Series::read(folder.path()).snapshot().unwrap();
    snapshot
        .visit(&wanted, &JobCtx::detached(), &mut |selected| {
            found.extend_from_slice(selected.samples);
            Ok(())
        })
        .unwrap();
    found
}

fn sentences(writer: &mut Writer) -> Vec<String> {
    writer.take_notes().into_iter().map(|note| note.sentence).collect()
}

fn file(folder: &TempDir) -> PathBuf {
    folder.path().join("series.db")
}

/// The writer that finds the file as it is: says so, keeps it under another name, begins anew and measures.
fn set_aside_and_begun_anew(folder: &TempDir, from: i64) {
    let mut second = writer(folder);
    ticks(&mut second, from..from + 3);
    let told = sentences(&mut second);
    assert!(told.iter().any(|sentence| sentence.contains("set aside as") && sentence.contains("series-damaged-")), "{told:?}");
    assert_eq!(all(folder).last().unwrap().value, (from + 2) as f64);
    let aside = fs::read_dir(folder.path()).unwrap().filter(|entry| {
        entry.as_ref().unwrap().file_name().to_string_lossy().ends_with(".db") && entry.as_ref().unwrap().path() != file(folder)
    });
    assert_eq!(aside.count(), 1);
}

fn half_a_day(folder: &TempDir) -> i64 {
    let mut writer = writer(folder);
    ticks(&mut writer, 0..1_000);
    1_000
}

#[test]
fn exposition_nan_and_inf_are_values() {
    let folder = TempDir::new().unwrap();
    let mut parser = Parser::new(Limits::default());
    parser.feed(b"a NaN\nb +Inf\nc -Inf\n").unwrap();
    let scraped = parser.finish().unwrap();
    let mut writer = writer(&folder);
    writer.append(BEGIN, &[Brought { key: "x".to_owned(), readings: scraped.readings }], &[]).unwrap();
    let mut values = Vec::new();
    let wanted = Wanted { matchers: &[], after: 0, until: i64::MAX, facet: Facet::Last };
    let collect = &mut |selected: quarterdeck_monitor::source::Selected<'_>| {
        values.push(selected.samples[0].value);
        Ok(())
    };
    Series::read(folder.path()).snapshot().unwrap().visit(&wanted, &JobCtx::detached(), collect).unwrap();
    assert!(values[0].is_nan() && !is_stale(values[0]));
    assert_eq!(values[1..], [f64::INFINITY, f64::NEG_INFINITY]);
}

#[test]
fn exposition_duplicates_are_counted_and_the_first_counts() {
    let mut parser = Parser::new(Limits::default());
    parser.feed(b"a{b=\"1\"} 1\na{b=\"1\"} 2\n").unwrap();
    let scraped = parser.finish().unwrap();
    assert_eq!((scraped.readings.len(), scraped.readings[0].value, scraped.duplicates), (1, 1.0, 1));
}

#[test]
fn exposition_of_100_000_series_is_refused_and_one_that_may_is_kept() {
    let text: String = (0..100_000).map(|n| format!("a{{n=\"{n}\"}} 1\n")).collect();
    let fault = Parser::new(Limits::default()).feed(text.as_bytes()).unwrap_err();
    assert!(fault.is("exposition-too-large") && fault.message.contains("20000 samples"), "{fault}");
    let mut parser = Parser::new(Limits { samples: 100_000, ..Limits::default() });
    parser.feed(text.as_bytes()).unwrap();
    assert_eq!(parser.finish().unwrap().readings.len(), 100_000);
}

#[test]
fn exposition_of_gigabytes_ends_at_its_limit() {
    let (mut parser, piece) = (Parser::new(Limits::default()), b"# a comment that says nothing at all, again and again\n".repeat(1_000));
    let mut fed = 0;
    let fault = loop {
        match parser.feed(&piece) {
            Ok(()) => fed += piece.len(),
            Err(fault) => break fault,
        }
    };
    assert!(fed <= 16 << 20 && fault.is("exposition-too-large"), "{fed}: {fault}");
    let endless = Parser::new(Limits::default()).feed(&vec![b'a'; 1 << 20]).unwrap_err();
    assert!(endless.message.contains("a line of more than"), "{endless}");
}

#[test]
fn exposition_with_half_a_line_fails_as_a_whole() {
    let mut parser = Parser::new(Limits::default());
    parser.feed(b"a 1\nb{c=\"d").unwrap();
    let fault = parser.finish().unwrap_err();
    assert!(fault.is("exposition-wrong") && fault.message.contains("line 2"), "{fault}");
}

#[test]
fn a_clock_that_steps_back_is_told_once_and_waited_for() {
    let folder = TempDir::new().unwrap();
    let mut writer = writer(&folder);
    ticks(&mut writer, 100..110);
    ticks(&mut writer, 90..115);
    let told = sentences(&mut writer);
    assert_eq!(told.iter().filter(|sentence| sentence.starts_with("The clock went back by")).count(), 1, "{told:?}");
    assert!(all(&folder).windows(2).all(|pair| pair[0].at < pair[1].at));
    assert_eq!(all(&folder).len(), 15);
}

#[test]
fn a_clock_that_was_ahead_leaves_nothing_in_the_future() {
    let folder = TempDir::new().unwrap();
    let mut first = writer(&folder);
    ticks(&mut first, 0..10);
    ticks(&mut first, 9_000_000..9_000_005);
    drop(first);
    // A reader that saw the future forgets it.
    let series = Series::read(folder.path());
    drop(series.snapshot().unwrap());
    let mut second = writer(&folder);
    ticks(&mut second, 5_761..5_764);
    assert!(sentences(&mut second)[0].contains("ahead of the clock"));
    let values: Vec<f64> = all(&folder).into_iter().map(|sample| sample.value).filter(|value| !is_stale(*value)).collect();
    assert_eq!(values[values.len() - 3..], [5_761.0, 5_762.0, 5_763.0]);
    assert!(all(&folder).iter().all(|sample| sample.at < BEGIN + 25 * HOUR));
}

#[test]
fn a_machine_that_slept_leaves_a_gap() {
    let folder = TempDir::new().unwrap();
    let mut writer = writer(&folder);
    ticks(&mut writer, 0..10);
    ticks(&mut writer, 1_000..1_010);
    let found = all(&folder);
    assert_eq!((found.len(), is_stale(found[10].value), found[10].at), (21, true, BEGIN + 10 * RHYTHM));
}

#[test]
fn a_full_disk_is_told_and_no_tick_is_lost_while_it_lasts_ten_minutes() {
    let folder = TempDir::new().unwrap();
    let mut writer = writer(&folder);
    ticks(&mut writer, 0..2);
    writer.file().limit_pages(1).unwrap();
    let wide = |n: i64| {
        let mut tick = brought(n as f64);
        for part in 0..200 {
            let mut gathered = Gathered::default();
            gathered.gauge("many", &[("part", &format!("{n}-{part}-{}", "x".repeat(60)))], 1.0);
            tick[0].readings.extend(gathered.readings);
        }
        tick
    };
    let waiting: Vec<usize> = (2..42).map(|n| writer.append(BEGIN + n * RHYTHM, &wide(n), &[]).unwrap().waiting).collect();
    assert!(*waiting.last().unwrap() > 0, "{waiting:?}");
    writer.file().limit_pages(100_000).unwrap();
    assert_eq!(writer.append(BEGIN + 42 * RHYTHM, &wide(42), &[]).unwrap().waiting, 0);
    assert_eq!(all(&folder).iter().map(|sample| sample.value).collect::<Vec<_>>(), (0..=42).map(f64::from).collect::<Vec<_>>());
    let told = sentences(&mut writer);
    assert!(
        told.iter().any(|sentence| sentence.contains("full")) && told.iter().any(|sentence| sentence.contains("recorded again")),
        "{told:?}"
    );
}

#[test]
fn a_series_file_damaged_at_its_head_is_set_aside() {
    let folder = TempDir::new().unwrap();
    let n = half_a_day(&folder);
    fs::OpenOptions::new().write(true).open(file(&folder)).unwrap().write_all_at(&[0xa5; 100], 0).unwrap();
    set_aside_and_begun_anew(&folder, n);
}

#[test]
fn a_series_file_damaged_in_its_middle_is_set_aside() {
    let folder = TempDir::new().unwrap();
    let n = half_a_day(&folder);
    let length = fs::metadata(file(&folder)).unwrap().len();
    let spoiled = vec![0xa5; usize::try_from(length).unwrap() - 8_192];
    fs::OpenOptions::new().write(true).open(file(&folder)).unwrap().write_all_at(&spoiled, 8_192).unwrap();
    set_aside_and_begun_anew(&folder, n);
}

#[test]
fn a_series_file_of_no_length_is_begun_anew() {
    let folder = TempDir::new().unwrap();
    let n = half_a_day(&folder);
    fs::write(file(&folder), b"").unwrap();
    let _ = fs::remove_file(folder.path().join("series.db-wal"));
    let mut second = writer(&folder);
    ticks(&mut second, n..n + 3);
    assert_eq!(all(&folder).iter().map(|sample| sample.value).collect::<Vec<_>>(), [1_000.0, 1_001.0, 1_002.0]);
}

#[test]
fn a_series_file_that_is_somebody_elses_is_set_aside_unchanged() {
    let folder = TempDir::new().unwrap();
    let foreign = rusqlite::Connection::open(file(&folder)).unwrap();
    foreign.execute_batch("CREATE TABLE orders (id INTEGER PRIMARY KEY, note TEXT); INSERT INTO orders (note) VALUES ('keep me')").unwrap();
    drop(foreign);
    let before = fs::read(file(&folder)).unwrap();
    set_aside_and_begun_anew(&folder, 0);
    let aside = fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.to_string_lossy().ends_with(".db") && *path != file(&folder));
    let kept = rusqlite::Connection::open(aside.unwrap()).unwrap();
    assert_eq!(kept.query_row("SELECT note FROM orders", [], |row| row.get::<_, String>(0)).unwrap(), "keep me");
    assert!(!before.is_empty());
}

#[test]
fn a_series_file_that_is_text_is_set_aside() {
    let folder = TempDir::new().unwrap();
    fs::write(file(&folder), "not a database at all\n".repeat(500)).unwrap();
    set_aside_and_begun_anew(&folder, 0);
}
