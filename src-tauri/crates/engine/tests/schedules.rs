//! Schedules: who decides, what runs when, which process runs it, and what is said when it does not happen.
#![allow(clippy::unwrap_used)]

mod bench;

use std::{sync::Arc, time::Duration};

use bench::Bench;
use quarterdeck_engine::{
    Engine,
    schedule::{AGENT, Post, Station},
};
use quarterdeck_model::{Caller, Clock, Face, Role, schedule::Runs};
use quarterdeck_store::leases::{Lease, Owner};
use quarterdeck_testkit::{FixedClock, shop};
use serde_json::{Value, json};

const HOUR: Duration = Duration::from_secs(3600);

/// A registered shop with one snapshot, at 13:40 on a clock that stands still.
fn bench() -> (Bench, Arc<FixedClock>) {
    let clock = Arc::new(FixedClock::default());
    (Bench::with_clock(Arc::clone(&clock) as Arc<dyn Clock>).with_shop("wal"), clock)
}

fn daily(bench: &Bench) {
    set(bench, "backup", "0 2 * * *").unwrap();
}

fn set(bench: &Bench, runs: &str, cron: &str) -> Result<Value, quarterdeck_model::Fault> {
    bench
        .call("set_schedules", json!({ "system": "shop", "schedules": [{ "name": "nightly", "runs": runs, "cron": cron, "zone": "UTC" }] }))
}

fn list(bench: &Bench) -> Value {
    bench.call("get_schedules", json!({ "system": "shop" })).unwrap()
}

fn recent(bench: &Bench) -> Vec<Value> {
    list(bench)["schedules"][0]["recent"].as_array().unwrap().clone()
}

/// One look at what is due; jobs that begin are waited for.
fn beat(station: &mut Station, engine: &Arc<Engine>) -> Vec<String> {
    let said = station.beat().unwrap().unwrap();
    while !engine.running().is_empty() {
        std::thread::yield_now();
    }
    said
}

/// The row of the newest run, once whoever follows its job has recorded the end.
fn ended(bench: &Bench) -> Value {
    loop {
        let run = recent(bench).into_iter().next().unwrap();
        let recorded = bench.store("SELECT outcome FROM schedule_runs ORDER BY id DESC LIMIT 1");
        if recorded != "running" {
            return run;
        }
        std::thread::yield_now();
    }
}

fn owner(purpose: &str) -> Owner {
    Owner { pid: std::process::id(), who: "ada".to_owned(), purpose: purpose.to_owned(), since: FixedClock::default().now() }
}

#[test]
fn what_is_due_runs_once_as_the_agent_and_the_snapshot_says_why() {
    let (bench, clock) = bench();
    daily(&bench);
    let mut station = Station::new(&bench.engine, Post::Agent);
    assert_eq!(beat(&mut station, &bench.engine), ["The schedules are run here from now on."]);
    assert_eq!(recent(&bench), Vec::<Value>::new(), "nothing that was due before it was set");
    clock.advance(13 * HOUR);
    assert_eq!(beat(&mut station, &bench.engine), ["shop: nightly (backup) has begun, job 2."]);
    let run = ended(&bench);
    assert_eq!((&run["outcome"], &run["due_at"], &run["missed"]), (&json!("succeeded"), &json!("2026-11-23T02:00:00Z"), &json!(0)));
    assert_eq!(beat(&mut station, &bench.engine), ["shop: nightly (backup) is done."]);
    let snapshots = bench.call("list_snapshots", json!({ "system": "shop" })).unwrap();
    assert_eq!(snapshots["snapshots"][0]["manifest"]["reason"], "scheduled");
    let job = bench.call("get_job", json!({ "job": run["job"] })).unwrap();
    assert_eq!(job["face"], "agent");
    clock.advance(HOUR);
    assert_eq!(beat(&mut station, &bench.engine), Vec::<String>::new());
    assert_eq!(recent(&bench).len(), 1);
}

#[test]
fn a_machine_that_slept_over_three_runs_makes_up_once_and_a_clock_that_goes_back_repeats_nothing() {
    let (bench, clock) = bench();
    daily(&bench);
    let mut station = Station::new(&bench.engine, Post::Agent);
    clock.advance(3 * 24 * HOUR);
    beat(&mut station, &bench.engine);
    let run = ended(&bench);
    assert_eq!((&run["due_at"], &run["missed"]), (&json!("2026-11-25T02:00:00Z"), &json!(2)));
    for _ in 0..3 {
        beat(&mut station, &bench.engine);
    }
    assert_eq!(recent(&bench).len(), 1);
    let back = Arc::new(FixedClock::at("2026-11-24T13:00:00Z"));
    let engine = Engine::open(bench.engine.home().clone(), back.clone()).unwrap();
    drop(station);
    let mut station = Station::new(&engine, Post::Agent);
    beat(&mut station, &engine);
    assert_eq!(ended(&bench)["due_at"], "2026-11-24T02:00:00Z", "rather one snapshot too many than silence until the clock is there again");
    back.advance(14 * HOUR);
    beat(&mut station, &engine);
    assert_eq!(recent(&bench).len(), 2, "02:00 of the 25th has its run");
    back.advance(24 * HOUR);
    beat(&mut station, &engine);
    assert_eq!(ended(&bench)["due_at"], "2026-11-26T02:00:00Z");
}

#[test]
fn one_process_runs_the_schedules_the_agent_before_a_window_and_another_takes_over() {
    let (bench, clock) = bench();
    daily(&bench);
    let other = Engine::open(bench.engine.home().clone(), clock.clone()).unwrap();
    let (mut window, mut agent) = (Station::new(&bench.engine, Post::Window), Station::new(&other, Post::Agent));
    beat(&mut window, &bench.engine);
    beat(&mut agent, &other);
    assert!(window.is_held() && !agent.is_held(), "the post is taken");
    assert_eq!(list(&bench)["scheduler"]["what"], "An open window");
    let lives = Lease::take(&bench.engine.home().leases(), AGENT, &owner("The agent")).unwrap();
    assert_eq!(beat(&mut window, &bench.engine), ["The agent runs the schedules from now on."]);
    clock.advance(13 * HOUR);
    beat(&mut agent, &other);
    assert!(agent.is_held() && !window.is_held());
    beat(&mut window, &bench.engine);
    ended(&bench);
    assert_eq!(recent(&bench).len(), 1);
    drop((agent, lives));
    beat(&mut window, &bench.engine);
    assert!(window.is_held(), "the window stands in again");
}

#[test]
fn two_processes_that_both_look_start_a_moment_once() {
    let (bench, clock) = bench();
    daily(&bench);
    let other = Engine::open(bench.engine.home().clone(), clock.clone()).unwrap();
    clock.advance(13 * HOUR);
    for _ in 0..4 {
        // Each believes to hold the post, as after a takeover.
        let mut first = Station::new(&bench.engine, Post::Agent);
        beat(&mut first, &bench.engine);
        drop(first);
        beat(&mut Station::new(&other, Post::Agent), &other);
    }
    ended(&bench);
    assert_eq!(bench.store("SELECT count(*) FROM jobs WHERE face = 'agent'"), "1");
}

#[test]
fn a_run_that_cannot_start_waits_then_is_skipped_and_says_why() {
    let (bench, clock) = bench();
    daily(&bench);
    let mut station = Station::new(&bench.engine, Post::Agent);
    let key = format!("component-{}", bench.store("SELECT id FROM components"));
    let line = || bench.call("get_overview", json!({})).unwrap()["databases"][0]["lease"].clone();
    assert!(line().is_null());
    let held = Lease::take(&bench.engine.home().leases(), &key, &owner("A long restore")).unwrap();
    assert_eq!(line()["what"], "A long restore");
    clock.advance(12 * HOUR + HOUR / 2);
    let said = beat(&mut station, &bench.engine);
    assert!(said.iter().any(|line| line.contains("waits: A long restore has worked")), "{said:?}");
    assert_eq!(recent(&bench)[0]["outcome"], "waiting");
    clock.advance(Duration::from_secs(10));
    assert_eq!(beat(&mut station, &bench.engine), Vec::<String>::new(), "not at every beat");
    clock.advance(HOUR);
    let said = beat(&mut station, &bench.engine);
    assert!(said[0].contains("was skipped") && said[0].contains("A long restore"), "{said:?}");
    let run = recent(&bench)[0].clone();
    assert_eq!((&run["outcome"], run["job"].is_null()), (&json!("skipped"), true));
    assert!(list(&bench)["findings"].to_string().contains("A long restore"));
    drop(held);
    beat(&mut station, &bench.engine);
    assert_eq!(recent(&bench).len(), 1, "its time is over");
}

#[test]
fn a_run_that_waited_starts_as_soon_as_it_can() {
    let (bench, clock) = bench();
    daily(&bench);
    let mut station = Station::new(&bench.engine, Post::Agent);
    let key = format!("component-{}", bench.store("SELECT id FROM components"));
    let held = Lease::take(&bench.engine.home().leases(), &key, &owner("A short restore")).unwrap();
    clock.advance(12 * HOUR + HOUR / 2);
    beat(&mut station, &bench.engine);
    drop(held);
    clock.advance(Duration::from_secs(31));
    beat(&mut station, &bench.engine);
    assert_eq!(ended(&bench)["outcome"], "succeeded");
}

#[test]
fn a_run_whose_process_died_is_tried_again_while_its_window_is_open() {
    let (mut bench, clock) = bench();
    daily(&bench);
    clock.advance(12 * HOUR + HOUR / 2);
    beat(&mut Station::new(&bench.engine, Post::Agent), &bench.engine);
    ended(&bench);
    // As if it had died in the middle.
    bench.store(
        "UPDATE schedule_runs SET outcome = 'running'; UPDATE jobs SET state = 'running', finished_at = NULL, report = NULL, process = 'gone' WHERE id = 2",
    );
    bench.engine = Engine::open(bench.engine.home().clone(), clock.clone()).unwrap();
    let mut station = Station::new(&bench.engine, Post::Agent);
    let said = beat(&mut station, &bench.engine);
    assert!(said.iter().any(|line| line.contains("Job 2 (Backup of shop) was interrupted")), "{said:?}");
    clock.advance(Duration::from_secs(60));
    beat(&mut station, &bench.engine);
    let run = ended(&bench);
    assert_eq!((&run["outcome"], &run["job"]), (&json!("succeeded"), &json!(3)));
}

#[test]
fn what_did_not_happen_is_said_on_every_page_with_what_to_do() {
    let (bench, clock) = bench();
    let findings = |bench: &Bench| {
        let overview = bench.call("get_overview", json!({})).unwrap()["databases"][0]["findings"].to_string();
        let detail = bench.call("get_system", json!({ "system": "shop" })).unwrap()["databases"][0]["findings"].to_string();
        assert_eq!(overview, detail);
        overview
    };
    assert!(!findings(&bench).contains("schedules"), "nobody promised anything");
    let unattended = |bench: &Bench| bench.call("get_overview", json!({})).unwrap()["unattended"].clone();
    assert_eq!(unattended(&bench), json!([]));
    daily(&bench);
    assert_eq!(unattended(&bench), json!([{ "system": "shop", "schedules": 1 }]));
    assert!(findings(&bench).contains("Nothing runs the schedules") && findings(&bench).contains("quarterdeck agent --install"));
    clock.advance(2 * 24 * HOUR);
    let text = findings(&bench);
    assert!(text.contains("nightly never ran; it was promised for") && text.contains("quarterdeck schedule shop run nightly"), "{text}");
    assert_eq!(list(&bench)["schedules"][0]["overdue"]["since"], "2026-11-23T02:00:00Z");
    let mut station = Station::new(&bench.engine, Post::Agent);
    beat(&mut station, &bench.engine);
    assert_eq!(unattended(&bench), json!([]));
    ended(&bench);
    let text = findings(&bench);
    assert!(!text.contains("Nothing runs") && !text.contains("nightly"), "{text}");
    clock.advance(26 * HOUR);
    let text = findings(&bench);
    assert!(text.contains("nightly is 13 h 40 min overdue; promised: Every day at 02:00, UTC"), "{text}");
    bench.work("backup_system", json!({ "system": "shop" })).unwrap();
    assert!(!findings(&bench).contains("overdue"), "a snapshot by hand keeps the promise");
    std::fs::remove_file(&bench.file).unwrap();
    assert!(findings(&bench).contains("The source has vanished"), "{}", findings(&bench));
    clock.advance(13 * HOUR);
    beat(&mut station, &bench.engine);
    let run = recent(&bench)[0].clone();
    assert!(run["outcome"] == "failed" && run["reason"].as_str().unwrap().contains("shop.db"), "{run}");
}

#[test]
fn the_definition_decides_alone_and_goes_on_while_it_cannot_be_read() {
    let clock = Arc::new(FixedClock::default());
    let bench = Bench::with_clock(clock.clone());
    let folder = bench.scratch.file("system");
    std::fs::create_dir(&folder).unwrap();
    shop(&folder.join("a.db"), 20, "wal");
    let write = |schedules: &str| {
        let text = format!("name: shop\nenvironment: staging\ncomponents:\n  main:\n    kind: sqlite\n    path: a.db\n{schedules}");
        std::fs::write(folder.join("quarterdeck.yaml"), text).unwrap();
    };
    write("schedules:\n  hourly: {runs: backup, cron: '@hourly', zone: UTC}\n");
    bench.call("add_system", json!({ "path": folder })).unwrap();
    assert_eq!((&list(&bench)["source"], &list(&bench)["schedules"][0]["words"]), (&json!("definition"), &json!("Every hour, UTC")));
    let fault = set(&bench, "backup", "@daily").unwrap_err();
    assert!(fault.is("definition-decides") && fault.message.contains("quarterdeck.yaml"), "{fault}");
    let mut station = Station::new(&bench.engine, Post::Agent);
    beat(&mut station, &bench.engine);
    write("schedules: nonsense\n");
    clock.advance(HOUR);
    beat(&mut station, &bench.engine);
    assert_eq!(ended(&bench)["outcome"], "succeeded");
    assert!(list(&bench)["findings"].to_string().contains("its schedules run as they were"), "{}", list(&bench)["findings"]);
    write("");
    assert_eq!(list(&bench)["schedules"], json!([]));
    set(&bench, "backup", "@daily").unwrap();
    assert_eq!(list(&bench)["source"], "store");
    write("schedules: {}\n");
    assert_eq!((&list(&bench)["source"], &list(&bench)["schedules"]), (&json!("definition"), &json!([])));
}

#[test]
fn what_cannot_be_set_is_refused_and_what_cannot_be_run_is_a_clear_fault() {
    let (bench, _) = bench();
    let fault = set(&bench, "backup", "0 25 * * *").unwrap_err();
    assert_eq!((&*fault.code, &fault.facts["position"]), ("bad-schedule", &json!(3)));
    let twice = json!([{ "name": "a", "runs": "backup", "cron": "@daily", "zone": "UTC" }, { "name": "a", "runs": "drill", "cron": "@daily", "zone": "UTC" }]);
    assert!(bench.call("set_schedules", json!({ "system": "shop", "schedules": twice })).unwrap_err().is("name-taken"));
    assert!(bench.call("run_schedule", json!({ "system": "shop", "schedule": "nightly" })).unwrap_err().is("schedule-missing"));
    assert!(bench.call("backup_system", json!({ "system": "shop", "reason": "safety" })).unwrap_err().is("bad-reason"));
    let preview = bench.call("preview_schedule", json!({ "cron": "*/15 * * * *", "zone": "Europe/Berlin" })).unwrap();
    assert_eq!((&preview["words"], preview["next"].as_array().unwrap().len()), (&json!("Every 15 minutes, Europe/Berlin"), 5));
    daily(&bench);
    let viewer = Caller { who: "eve".to_owned(), face: Face::Cli, roles: [Role::Viewer].into() };
    let request = json!({ "system": "shop", "schedule": "nightly" });
    assert!(bench.engine.call_as(viewer, "run_schedule", request.clone(), None).unwrap_err().is("forbidden"));
    let held = Lease::take(&bench.engine.home().leases(), "schedule~shop~nightly", &owner("The run of nightly of shop")).unwrap();
    let fault = bench.call("run_schedule", request.clone()).unwrap_err();
    assert!(fault.is("target-busy") && fault.message.contains("The run of nightly of shop"), "{fault}");
    drop(held);
    assert_eq!(bench.call("run_schedule", request).unwrap()["job"], json!(2));
    assert_eq!(ended(&bench)["outcome"], "succeeded");
}

#[test]
fn everything_that_a_schedule_can_run_is_an_operation() {
    for word in Runs::WORDS {
        let operation = Runs::from_word(word).unwrap().operation();
        assert!(quarterdeck_engine::ops::find(operation).is_some(), "{operation}");
    }
}

#[test]
fn who_may_not_back_up_runs_no_backup_by_schedule() {
    let (bench, clock) = bench();
    daily(&bench);
    bench.call("grant_role", json!({ "who": "ada", "role": "operator" })).unwrap();
    let who = bench.call("get_session", json!({})).unwrap()["who"].clone();
    bench.call("revoke_role", json!({ "who": who, "role": "operator" })).unwrap();
    clock.advance(13 * HOUR);
    beat(&mut Station::new(&bench.engine, Post::Agent), &bench.engine);
    let run = recent(&bench)[0].clone();
    assert!(run["outcome"] == "failed" && run["reason"].as_str().unwrap().contains("takes the role operator"), "{run}");
}
