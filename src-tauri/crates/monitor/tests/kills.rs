//! `kill -9` of the process that writes series: at most the tick under way is missing, and the file is never damaged.

#![allow(clippy::unwrap_used)]

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
    sync::Arc,
    thread,
    time::Duration,
};

use quarterdeck_model::{Instant, JobCtx};
use quarterdeck_monitor::{
    gathered::Gathered,
    sample::is_stale,
    series::{Brought, Policy, Series, Writer},
    source::{Facet, Matcher, Source, Test, Wanted},
};
use quarterdeck_testkit::FixedClock;
use tempfile::TempDir;

/// 2026-01-01T00:00:00Z.
const BEGIN: i64 = 1_767_225_600_000;

/// 20 ticks make a window, so that kills fall into closings, too.
const RHYTHM: i64 = 3 * 60_000;

fn writer(folder: &Path, raw: i64) -> Writer {
    let clock = FixedClock::at(&Instant::from_timestamp_millis(BEGIN + 300 * 86_400_000).unwrap().to_rfc3339());
    Writer::open(folder, Policy { raw, ..Policy::default() }, Arc::new(clock)).unwrap()
}

/// A tick of 50 series that are all the number of the tick.
fn brought(n: i64) -> Vec<Brought> {
    let mut gathered = Gathered::default();
    for part in 0..50 {
        gathered.gauge("number", &[("part", &part.to_string())], n as f64);
    }
    vec![Brought { key: "shop/sqlite/main".to_owned(), readings: gathered.readings }]
}

/// What is there, for each series; marks of gaps left out.
fn numbers(folder: &Path) -> Vec<Vec<i64>> {
    let matchers = [Matcher { label: "__name__".to_owned(), test: Test::Is("number".to_owned()) }];
    let wanted = Wanted { matchers: &matchers, after: 0, until: i64::MAX, facet: Facet::Last };
    let mut found = Vec::new();
    let snapshot = Series::read(folder).snapshot().unwrap();
    let collect = &mut |selected: quarterdeck_monitor::source::Selected<'_>| {
        found.push(selected.samples.iter().filter(|sample| !is_stale(sample.value)).map(|sample| sample.value as i64).collect());
        Ok(())
    };
    snapshot.visit(&wanted, &JobCtx::detached(), collect).unwrap();
    assert!(snapshot.damaged().is_empty(), "{:?}", snapshot.damaged());
    found
}

/// The number that was told last.
fn told(folder: &Path) -> i64 {
    fs::read_to_string(folder.join("told")).unwrap().lines().last().unwrap().parse().unwrap()
}

/// This program again, which writes from a number on.
fn child(folder: &Path, from: i64, raw: i64) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "write_until_killed", "--nocapture"]);
    command.env("QUARTERDECK_SERIES_KILLED", folder).env("QUARTERDECK_SERIES_FROM", from.to_string());
    command.env("QUARTERDECK_SERIES_RAW_DAYS", raw.to_string());
    command
}

/// The other half of the tests below: writes until it is killed, and tells each tick that was written.
#[test]
fn write_until_killed() {
    let Ok(folder) = std::env::var("QUARTERDECK_SERIES_KILLED").map(PathBuf::from) else { return };
    let number = |name: &str| std::env::var(name).unwrap().parse::<i64>().unwrap();
    let mut writer = writer(&folder, number("QUARTERDECK_SERIES_RAW_DAYS"));
    let mut told = fs::OpenOptions::new().append(true).create(true).open(folder.join("told")).unwrap();
    for n in number("QUARTERDECK_SERIES_FROM").. {
        let at = BEGIN + n * RHYTHM;
        writer.append(at, &brought(n), &[]).unwrap();
        writeln!(told, "{n}").unwrap();
        writeln!(std::io::stdout(), "{n}").unwrap();
        writer.keep(at).unwrap();
    }
}

#[test]
fn eight_kills_take_at_most_the_tick_under_way() {
    kills(8);
}

#[test]
#[ignore = "soak: a hundred kills"]
fn a_hundred_kills_take_at_most_the_tick_under_way() {
    kills(100);
}

fn kills(rounds: u64) {
    let folder = TempDir::new().unwrap();
    let mut next = 0;
    for round in 0..rounds {
        let mut running = child(folder.path(), next, 15).stdout(Stdio::piped()).spawn().unwrap();
        // After a different number of ticks each time, and somewhere in the next one.
        let ticks = usize::try_from(20 + round * 7 % 60).unwrap();
        let rest = wait(&mut running, ticks);
        thread::sleep(Duration::from_micros(round * 977 % 7_000));
        running.kill().unwrap();
        running.wait().unwrap();
        drop(rest);
        let told = told(folder.path());
        let found = numbers(folder.path());
        assert_eq!(found.len(), 50);
        let last = *found[0].last().unwrap();
        assert!(last == told || last == told + 1, "{last} is not {told} or the next");
        assert!(found.iter().all(|series| series.iter().copied().eq(0..=last)), "round {round}");
        let checked = quarterdeck_store::series::File::open(&folder.path().join("series.db")).unwrap().integrity().unwrap();
        assert_eq!(checked, "ok", "round {round}");
        next = last + 1;
    }
}

/// Waits until so many ticks were told; what it will tell has to be read on, or it ends by itself.
fn wait(running: &mut Child, ticks: usize) -> BufReader<ChildStdout> {
    let mut told = BufReader::new(running.stdout.take().unwrap());
    let (mut line, mut seen) = (String::new(), 0);
    while seen <= ticks {
        line.clear();
        assert!(told.read_line(&mut line).unwrap() > 0, "it ended by itself");
        seen += usize::from(line.trim().parse::<i64>().is_ok());
    }
    told
}

/// Where the file is half way between two states; the writer is ended there as `kill -9` would.
#[cfg(feature = "failpoints")]
#[test]
fn a_kill_while_a_window_is_closed_or_cut_changes_nothing_that_was_told() {
    for point in ["series.appended#50=kill", "series.closing=kill", "series.closed=kill", "series.cut=kill"] {
        let folder = TempDir::new().unwrap();
        let status = child(folder.path(), 0, 0).env("QUARTERDECK_FAILPOINT", point).stdout(Stdio::null()).status().unwrap();
        assert!(!status.success());
        let told = told(folder.path());
        assert!(numbers(folder.path()).iter().all(|series| *series.last().unwrap() == told), "{point}");
        let mut next = writer(folder.path(), 15);
        next.append(BEGIN + (told + 1) * RHYTHM, &brought(told + 1), &[]).unwrap();
        next.keep(BEGIN + (told + 1) * RHYTHM).unwrap();
        assert!(numbers(folder.path()).iter().all(|series| *series.last().unwrap() == told + 1), "{point}");
    }
}
