//! Counting lines of a log, whatever is done to the file between two visits.
#![allow(clippy::unwrap_used, clippy::float_cmp, reason = "whole numbers are counted; what cannot be set up ends the test")]

use std::{
    fs::{self, File, OpenOptions},
    io::Write,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use proptest::prelude::*;
use quarterdeck_model::{Clock, JobCtx};
use quarterdeck_monitor::{
    collectors::{
        Blocking, Visit,
        log::{Log, Place, Rules},
    },
    gathered::Gathered,
};
use quarterdeck_testkit::{FixedClock, Scratch};

struct Bench {
    scratch: Scratch,
    place: Arc<Place>,
    log: Log,
}

impl Bench {
    /// Follows a log in which something stood before.
    fn new() -> Self {
        let scratch = Scratch::new();
        fs::write(scratch.file("service.log"), "ERROR of the past\n").unwrap();
        let mut bench = Self::following(scratch, Arc::default());
        assert_eq!(bench.counts(), (0, 0, 0));
        bench
    }

    fn following(scratch: Scratch, place: Arc<Place>) -> Self {
        let log = Log::new(scratch.file("service.log"), rules(), Arc::clone(&place));
        Self { scratch, place, log }
    }

    /// As after a restart: the place is all that is left.
    fn again(self) -> Self {
        let place = Arc::new(Place::new(self.place.get()));
        Self::following(self.scratch, place)
    }

    fn path(&self) -> PathBuf {
        self.scratch.file("service.log")
    }

    fn writes(&self, text: impl AsRef<[u8]>) {
        append(&self.path(), text);
    }

    fn visit(&mut self) -> Gathered {
        let mut gathered = Gathered::default();
        self.log.collect(&visit(), &mut gathered).unwrap();
        gathered
    }

    /// Lines, errors and slow ones since the log is followed; with no remark.
    #[track_caller]
    fn counts(&mut self) -> (u64, u64, u64) {
        let gathered = self.visit();
        assert!(gathered.remarks.is_empty(), "{:?}", gathered.remarks);
        counted(&gathered)
    }
}

fn rules() -> Rules {
    Rules::new([("errors", "^ERROR"), ("slow", "took [0-9]{4,} ms")]).unwrap()
}

fn visit() -> Visit {
    let clock = Arc::new(FixedClock::default());
    Visit { at: clock.now(), clock, limit: Duration::from_secs(60), ctx: JobCtx::detached(), shared: Arc::default() }
}

fn append(path: &Path, text: impl AsRef<[u8]>) {
    OpenOptions::new().append(true).create(true).open(path).unwrap().write_all(text.as_ref()).unwrap();
}

fn counted(gathered: &Gathered) -> (u64, u64, u64) {
    let value = |series: &str| gathered.readings.iter().find(|reading| reading.labels.to_string() == series).unwrap().value as u64;
    (value("log_lines_total"), value("log_matched_lines_total{rule=\"errors\"}"), value("log_matched_lines_total{rule=\"slow\"}"))
}

#[test]
fn what_comes_is_counted_and_the_past_is_not() {
    let mut bench = Bench::new();
    bench.writes("ERROR took 1000 ms\nfine, no ERROR\nERROR\n");
    assert_eq!(bench.counts(), (3, 2, 1));
    assert_eq!(bench.counts(), (3, 2, 1));
}

#[test]
fn half_a_line_waits_for_its_end() {
    let mut bench = Bench::new();
    bench.writes("ERR");
    assert_eq!(bench.counts(), (0, 0, 0));
    bench.writes("OR\nERROR");
    assert_eq!(bench.counts(), (1, 1, 0));
}

#[test]
fn rotation_by_rename_loses_and_doubles_nothing() {
    let mut bench = Bench::new();
    let mut writer = OpenOptions::new().append(true).open(bench.path()).unwrap();
    writer.write_all(b"ERROR 1\nERROR 2\n").unwrap();
    fs::rename(bench.path(), bench.scratch.file("service.log.1")).unwrap();
    bench.writes("ERROR 4\n");
    assert_eq!(bench.counts(), (3, 3, 0));
    // A writer that has not heard of it yet.
    writer.write_all(b"ERROR 3\n").unwrap();
    assert_eq!(bench.counts(), (4, 4, 0));
    bench.writes("ERROR 5\n");
    assert_eq!(bench.counts(), (5, 5, 0));
}

#[test]
fn a_rename_without_a_new_file_yet_is_followed() {
    let mut bench = Bench::new();
    fs::rename(bench.path(), bench.scratch.file("service.log.1")).unwrap();
    append(&bench.scratch.file("service.log.1"), "ERROR 1\n");
    assert_eq!(bench.counts(), (1, 1, 0));
    bench.writes("ERROR 2\n");
    assert_eq!(bench.counts(), (2, 2, 0));
}

#[test]
fn rotation_with_removal_is_read_to_the_end() {
    let mut bench = Bench::new();
    bench.writes("ERROR 1\n");
    // As a rotation that packs at once.
    fs::remove_file(bench.path()).unwrap();
    bench.writes("ERROR 2\n");
    assert_eq!(bench.counts(), (2, 2, 0));
}

#[test]
fn rotation_by_copy_is_seen_even_where_the_file_has_grown_again() {
    let mut bench = Bench::new();
    bench.writes("ERROR 1\n");
    assert_eq!(bench.counts(), (1, 1, 0));
    for text in ["ERROR 2\n".to_owned(), "ERROR of a longer text than all before\n".repeat(2)] {
        fs::copy(bench.path(), bench.scratch.file("service.log.1")).unwrap();
        File::options().write(true).truncate(true).open(bench.path()).unwrap();
        bench.writes(text);
        let gathered = bench.visit();
        assert!(gathered.remarks[0].ends_with("service.log was cut and begun anew."), "{:?}", gathered.remarks);
    }
    assert_eq!(bench.counts(), (4, 4, 0));
}

#[test]
fn after_a_restart_reading_goes_on_where_it_stopped() {
    let mut bench = Bench::new();
    bench.writes("ERROR 1\nERR");
    assert_eq!(bench.counts(), (1, 1, 0));
    let mut bench = bench.again();
    bench.writes("OR 2\nERROR 3\n");
    assert_eq!(bench.counts(), (2, 2, 0));
}

#[test]
fn after_a_restart_rotated_files_are_read_in_their_order() {
    let mut bench = Bench::new();
    bench.writes("ERROR 1\n");
    assert_eq!(bench.counts(), (1, 1, 0));
    bench.writes("ERROR 2\n");
    let aged = |name: &str, seconds: u64| {
        let file = File::options().write(true).open(bench.scratch.file(name)).unwrap();
        file.set_modified(std::time::SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000 + seconds)).unwrap();
    };
    fs::rename(bench.path(), bench.scratch.file("service.log.2")).unwrap();
    fs::write(bench.scratch.file("service.log.1"), "ERROR 3\nERROR 4\n").unwrap();
    fs::write(bench.scratch.file("service.log.3"), "ERROR of the past\n").unwrap();
    bench.writes("ERROR 5\n");
    ["service.log.3", "service.log.2", "service.log.1", "service.log"].iter().zip(1..).for_each(|(name, at)| aged(name, at));
    let mut bench = bench.again();
    assert_eq!(bench.counts(), (4, 4, 0));
}

#[test]
fn after_a_restart_a_file_that_is_gone_is_said_to_be() {
    let mut bench = Bench::new();
    bench.writes("ERROR 1\n");
    assert_eq!(bench.counts(), (1, 1, 0));
    fs::remove_file(bench.path()).unwrap();
    bench.writes("ERROR 2\n");
    let mut bench = bench.again();
    let gathered = bench.visit();
    assert_eq!(counted(&gathered), (1, 1, 0));
    assert!(gathered.remarks[0].contains("is gone; lines that were added to it since are not counted"), "{:?}", gathered.remarks);
}

#[test]
fn after_a_restart_another_file_under_the_same_number_is_told_from_ours() {
    let bench = Bench::new();
    bench.writes("ERROR 1\n");
    // Begun anew and grown again, while nobody looked: where a line ended, none ends.
    fs::write(bench.path(), "ERROR of a longer text than all that came before it\nERROR 2\n").unwrap();
    let mut bench = bench.again();
    let gathered = bench.visit();
    assert_eq!((counted(&gathered), gathered.remarks.len()), ((2, 2, 0), 1));
}

#[test]
fn the_last_line_of_the_past_is_counted_once_it_ends() {
    let scratch = Scratch::new();
    fs::write(scratch.file("service.log"), "ERROR of the past\nERR").unwrap();
    let mut bench = Bench::following(scratch, Arc::default());
    assert_eq!(bench.counts(), (0, 0, 0));
    let mut bench = bench.again();
    bench.writes("OR\n");
    assert_eq!(bench.counts(), (1, 1, 0));
}

#[test]
fn a_past_of_one_endless_line_is_no_line_of_ours() {
    let scratch = Scratch::new();
    fs::write(scratch.file("service.log"), "ERROR".repeat(50_000)).unwrap();
    let mut bench = Bench::following(scratch, Arc::default());
    assert_eq!(bench.counts(), (0, 0, 0));
    bench.writes("\nERROR\n");
    assert_eq!(bench.counts(), (2, 1, 0));
}

#[test]
fn a_log_that_is_not_there_yet_is_counted_from_its_begin() {
    let mut bench = Bench::following(Scratch::new(), Arc::default());
    let gathered = bench.visit();
    assert!(gathered.remarks[0].ends_with("service.log is not there."), "{:?}", gathered.remarks);
    bench.writes("ERROR 1\n");
    assert_eq!(bench.counts(), (1, 1, 0));
}

#[test]
fn much_at_once_is_read_over_several_visits() {
    let mut bench = Bench::new();
    bench.writes("ERROR took 1234 ms\n".repeat(500_000));
    let gathered = bench.visit();
    assert!(gathered.remarks[0].ends_with("more are read at the next visit."), "{:?}", gathered.remarks);
    assert!((8 << 20) / 19 - 10 < counted(&gathered).0 && counted(&gathered).0 < 500_000);
    assert_eq!(bench.counts(), (500_000, 500_000, 500_000));
}

#[test]
fn long_lines_and_bytes_that_are_no_text_are_lines() {
    let mut bench = Bench::new();
    bench.writes([b"ERROR \xff\xfe\n".to_vec(), b"ERROR ".to_vec(), vec![b'x'; 300_000], b" took 9999 ms\n\0\n".to_vec()].concat());
    assert_eq!(bench.counts(), (3, 2, 0));
}

#[test]
fn what_is_no_file_is_refused_and_does_not_hang() {
    let scratch = Scratch::new();
    fs::create_dir(scratch.file("folder")).unwrap();
    rustix::fs::mkfifoat(rustix::fs::CWD, scratch.file("pipe"), rustix::fs::Mode::RUSR).unwrap();
    for name in ["folder", "pipe"] {
        let mut log = Log::new(scratch.file(name), rules(), Arc::default());
        let fault = log.collect(&visit(), &mut Gathered::default()).unwrap_err();
        assert!(fault.is("no-log-file"), "{fault}");
    }
}

#[test]
fn an_expression_that_cannot_be_read_is_named() {
    assert!(Rules::new([("errors", "(")]).unwrap_err().is("bad-expression"));
}

/// What may happen to a log.
#[derive(Debug, Clone)]
enum Event {
    /// So many bytes, of which each eighth or so ends a line.
    Append(Vec<u8>),
    Visit,
    Rename,
    /// By copy, as it is meant to be done: when nothing is half written.
    Cut,
    Restart,
}

fn event() -> impl Strategy<Value = Event> {
    let bytes = proptest::collection::vec(prop_oneof![1 => Just(b'\n'), 7 => b'a'..b'z'], 1..60);
    prop_oneof![4 => bytes.prop_map(Event::Append), 3 => Just(Event::Visit), 1 => Just(Event::Rename), 1 => Just(Event::Cut), 1 => Just(Event::Restart)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]
    /// Whatever happens, in whatever order: each line is counted once.
    #[test]
    fn nothing_is_lost_and_nothing_doubled(events in proptest::collection::vec(event(), 1..40)) {
        let (mut bench, mut written, mut counted_before, mut renamed) = (Bench::new(), 0_u64, 0_u64, 0);
        let mut visited_since = true;
        for event in events {
            match event {
                Event::Append(bytes) => {
                    written += bytes.iter().filter(|byte| **byte == b'\n').count() as u64;
                    bench.writes(bytes);
                }
                Event::Visit => {
                    bench.visit();
                    visited_since = true;
                }
                // Between two visits a log is rotated once: a day and a quarter of a minute.
                Event::Rename if visited_since && bench.path().exists() => {
                    bench.writes("\n");
                    written += 1;
                    renamed += 1;
                    fs::rename(bench.path(), bench.scratch.file(format!("service.log.{renamed}"))).unwrap();
                    visited_since = false;
                }
                Event::Cut => {
                    bench.writes("end\n");
                    bench.visit();
                    bench.visit();
                    File::options().write(true).truncate(true).open(bench.path()).unwrap();
                    bench.visit();
                    bench.writes(format!("{written}\n"));
                    written += 2;
                    visited_since = true;
                }
                Event::Restart => {
                    counted_before += counted(&bench.visit()).0;
                    bench = bench.again();
                    // Its first visit finds the place again.
                    bench.visit();
                    visited_since = true;
                }
                Event::Rename => {}
            }
        }
        bench.writes("\n");
        bench.visit();
        prop_assert_eq!(counted_before + counted(&bench.visit()).0, written + 1);
    }
}
