use std::{fs, path::Path};

use quarterdeck_model::{Clock, Face, JobCtx, monitor::CollectorStatus};
use quarterdeck_monitor::{
    sample::is_stale,
    series::Series,
    source::{Matcher, Source, Test, Wanted as Asked},
};
use quarterdeck_testkit::{FixedClock, Peer, Scratch, shop};
use serde_json::json;

use super::*;
use crate::{Home, collecting::status::stored};

struct Bench {
    scratch: Scratch,
    clock: Arc<FixedClock>,
    engine: Arc<Engine>,
    beat: Beat,
}

impl Bench {
    fn new() -> Self {
        let scratch = Scratch::new();
        let clock = Arc::new(FixedClock::default());
        let home = Home::find(Some(&scratch.file("home"))).unwrap();
        let engine = Engine::open(home, Arc::clone(&clock) as Arc<dyn Clock>).unwrap();
        let beat = Beat::new(&engine, Post::Window, CancelToken::default());
        Self { scratch, clock, engine, beat }
    }

    fn call(&self, operation: &str, request: serde_json::Value) {
        self.engine.call(Face::Cli, operation, request, None).unwrap();
    }

    /// A system with one database, `name`/main.
    fn add(&self, name: &str, collect: &str) -> std::path::PathBuf {
        let folder = self.scratch.file(name);
        fs::create_dir(&folder).unwrap();
        shop(&folder.join("shop.db"), 50, "wal");
        self.define(&folder, name, collect);
        self.call("add_system", json!({"path": folder}));
        folder
    }

    fn define(&self, folder: &Path, name: &str, collect: &str) {
        let text = format!("name: {name}\nenvironment: development\ncomponents: {{main: {{kind: sqlite, path: shop.db}}}}\n{collect}");
        fs::write(folder.join("quarterdeck.yaml"), text).unwrap();
    }

    fn later(&mut self, seconds: u64) -> Option<Instant> {
        self.clock.advance(Duration::from_secs(seconds));
        // Definitions are looked at by a clock that no test moves.
        if let Some(held) = &mut self.beat.held {
            held.looked = None;
        }
        self.beat.beat(&mut |_| false).unwrap().unwrap()
    }

    fn states(&self) -> Vec<CollectorStatus> {
        stored(&self.engine.home().series()).unwrap().0
    }

    /// Times, in seconds before now, and values of the series of one name.
    fn samples(&self, name: &str) -> Vec<(String, Vec<(i64, f64)>)> {
        let series = Series::read(&self.engine.home().series());
        let snapshot = series.snapshot().unwrap();
        let now = self.clock.now().timestamp_millis();
        let matchers = [Matcher { label: "__name__".to_owned(), test: Test::Is(name.to_owned()) }];
        let asked = Asked { matchers: &matchers, after: 0, until: now, facet: quarterdeck_monitor::source::Facet::Last };
        let mut found = Vec::new();
        let mut each = |selected: quarterdeck_monitor::source::Selected<'_>| {
            let samples = selected.samples.iter().map(|sample| ((now - sample.at) / 1_000, sample.value)).collect();
            found.push((selected.labels.to_string(), samples));
            Ok(())
        };
        snapshot.visit(&asked, &JobCtx::detached(), &mut each).unwrap();
        found
    }
}

#[test]
fn databases_and_the_machine_are_measured_without_a_word_about_them() {
    let mut bench = Bench::new();
    let folder = bench.add("shop", "");
    let mut peer = Peer::open(&folder.join("shop.db"));
    peer.run("PRAGMA wal_autocheckpoint = 0; UPDATE orders SET cents = 1;");
    assert_eq!(bench.later(0), None, "the place on the grid may be somebody else's");
    let mut events = bench.engine.events();
    assert!(bench.later(5).is_some() && bench.beat.is_held());
    assert_eq!(bench.beat.said(), ["Health is measured here from now on."]);
    assert_eq!(events.try_recv().unwrap(), Event::Tick);
    let lag = bench.samples("sqlite_checkpoint_lag_frames");
    assert_eq!(lag.len(), 1);
    assert_eq!(
        lag[0].0,
        r#"sqlite_checkpoint_lag_frames{component="main", environment="development", instance="shop/main", job="sqlite", system="shop"}"#
    );
    assert!(lag[0].1[0].1 > 0.0);
    assert!(!bench.samples("node_memory_MemTotal_bytes").is_empty() && !bench.samples("node_filesystem_avail_bytes").is_empty());
    assert_eq!(bench.samples("quarterdeck_collecting"), [("quarterdeck_collecting".to_owned(), vec![(0, 1.0)])]);
    let states: Vec<(String, String)> = bench.states().into_iter().map(|state| (state.key, state.sentence)).collect();
    let keys: Vec<&str> = states.iter().map(|state| &*state.0).collect();
    let ours = ["quarterdeck/checks", "quarterdeck/schedules", "shop/backup/repository", "shop/migration/ledger"];
    assert_eq!(keys, [&["host"], &ours[..], &["shop/sqlite/main"]].concat());
    assert!(states[5].1.starts_with("measured 13:40:05 UTC in "), "{states:?}");
    assert_eq!(bench.later(5), None, "nobody is due");
    assert!(bench.later(5).is_some());
    assert_eq!(bench.samples("sqlite_up")[0].1, [(10, 1.0), (0, 1.0)]);
}

#[test]
fn a_definition_that_changes_is_followed_and_a_broken_one_leaves_what_was() {
    let mut bench = Bench::new();
    let folder = bench.add("shop", "collect: {every: 5 s, files: [{name: export, path: export.csv}]}\n");
    bench.later(0);
    bench.later(5);
    assert_eq!(bench.samples("file_exists")[0].1, [(0, 0.0)]);
    bench.define(&folder, "shop", "collect: {every: never}\n");
    bench.later(5);
    assert_eq!(bench.samples("file_exists")[0].1.len(), 2);
    let notices = bench.beat.held.as_mut().unwrap().writer.file().look(notes::notices).unwrap();
    assert_eq!(notices.len(), 1, "{notices:?}");
    assert!(notices[0].sentence.starts_with("shop is measured as its definition said last: "), "{notices:?}");
    bench.define(&folder, "shop", "collect: {every: 5 s, labels: {team: front}}\n");
    bench.later(5);
    let exists = bench.samples("file_exists");
    assert!(is_stale(exists[0].1.last().unwrap().1), "{exists:?}");
    assert!(bench.samples("sqlite_up").iter().any(|(labels, _)| labels.contains(r#"team="front""#)));
    assert!(!bench.states().iter().any(|state| state.kind == "file"));
    bench.call("forget_system", json!({"system": "shop"}));
    bench.later(5);
    assert!(is_stale(bench.samples("sqlite_up").last().unwrap().1.last().unwrap().1));
}

#[test]
fn how_far_a_log_was_read_outlives_the_process() {
    let mut bench = Bench::new();
    let folder =
        bench.add("shop", "collect: {every: 5 s, logs: [{name: service, path: service.log, rules: [{name: errors, match: '^ERROR'}]}]}\n");
    let log = folder.join("service.log");
    fs::write(&log, "INFO old\n").unwrap();
    bench.later(0);
    bench.later(5);
    fs::write(&log, "INFO old\nERROR one\n").unwrap();
    bench.later(5);
    bench.beat.leave();
    fs::write(&log, "INFO old\nERROR one\nERROR two\nINFO three\n").unwrap();
    bench.beat = Beat::new(&bench.engine, Post::Window, CancelToken::default());
    bench.later(5);
    bench.later(5);
    let lines: Vec<f64> = bench.samples("log_lines_total")[0].1.iter().map(|(_, value)| *value).filter(|value| !value.is_nan()).collect();
    assert_eq!(lines, [0.0, 1.0, 2.0], "counted on from where it was read to");
}

#[test]
fn a_second_process_does_not_measure_and_takes_over_where_the_first_leaves() {
    let mut bench = Bench::new();
    bench.later(0);
    let mut other = Beat::new(&bench.engine, Post::Agent, CancelToken::default());
    assert_eq!(other.beat(&mut |_| false).unwrap().unwrap(), None);
    assert!(!other.is_held() && bench.beat.is_held());
    bench.beat.leave();
    other.beat(&mut |_| false).unwrap().unwrap();
    assert!(other.is_held());
    assert_eq!(bench.later(5), None);
    assert!(!bench.beat.is_held());
}

#[test]
fn one_look_at_everything_writes_nothing() {
    let bench = Bench::new();
    let folder = bench.add("shop", "");
    bench.add("other", "");
    let before = fs::read_dir(&folder).unwrap().count();
    let mut told = Vec::new();
    let name: Name = "shop".parse().unwrap();
    let look = crate::collecting::look(&bench.engine, Some(&name), Duration::from_secs(30), &mut |status| told.push(status.key.clone()));
    let look = look.unwrap();
    told.sort();
    assert_eq!(told, ["host", "quarterdeck/schedules", "shop/backup/repository", "shop/migration/ledger", "shop/sqlite/main"]);
    assert!(look.collectors.iter().all(|status| status.fault.is_none()));
    assert!(!bench.engine.home().series().exists());
    assert_eq!(fs::read_dir(&folder).unwrap().count(), before);
    let matchers = [Matcher { label: "__name__".to_owned(), test: Test::Is("sqlite_page_count".to_owned()) }];
    let asked = Asked { matchers: &matchers, after: 0, until: i64::MAX, facet: quarterdeck_monitor::source::Facet::Last };
    let mut pages = 0.0;
    let mut each = |selected: quarterdeck_monitor::source::Selected<'_>| {
        pages = selected.samples[0].value;
        Ok(())
    };
    look.measured.visit(&asked, &JobCtx::detached(), &mut each).unwrap();
    assert!(pages > 1.0);
}

#[test]
fn the_newest_values_leave_as_a_file_where_somebody_asks_for_it() {
    let mut bench = Bench::new();
    bench.add("shop", "collect: {every: 5 s}\n");
    bench.later(0);
    let folder = bench.scratch.file("textfile");
    let set = |bench: &Bench| {
        let settings = bench.engine.store().read(monitoring::settings).unwrap();
        let settings = Monitoring { textfile: Some(folder.as_path().into()), ..settings };
        bench.engine.store().write(|tx| monitoring::set(tx, &settings)).unwrap();
    };
    set(&bench);
    bench.later(5);
    bench.later(5);
    let notices = bench.beat.held.as_mut().unwrap().writer.file().look(notes::notices).unwrap();
    assert_eq!(notices.len(), 1, "said once: {notices:?}");
    fs::create_dir(&folder).unwrap();
    bench.later(5);
    let text = fs::read_to_string(folder.join("quarterdeck.prom")).unwrap();
    assert!(text.contains("sqlite_page_count{") && !text.contains("node_") && !text.contains("\nup{"), "{text}");
}

#[test]
fn the_thread_ticks_by_itself_and_stops_without_waiting_for_anybody() {
    let scratch = Scratch::new();
    let home = Home::find(Some(&scratch.file("home"))).unwrap();
    let engine = Engine::open(home, Arc::new(quarterdeck_model::SystemClock)).unwrap();
    let mut events = engine.events();
    let collecting = crate::collecting::Collecting::start(&engine, Post::Window, |_| {}).unwrap();
    let (tell, heard) = std::sync::mpsc::channel();
    collecting.after_tick(Box::new(move |at: Instant| {
        // Nobody listens any more once the test has seen enough.
        let _ = tell.send(at);
        Vec::new()
    }));
    while events.blocking_recv().unwrap() != Event::Tick {}
    assert_eq!(heard.recv().unwrap().timestamp_millis() % GRID, 0);
    assert!(collecting.is_held() || collecting.quiet_for() < Duration::from_secs(60));
    collecting.stop();
    assert!(!collecting.is_held());
}
