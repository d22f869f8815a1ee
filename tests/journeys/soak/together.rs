//! Ten minutes of everything at once on one store: the real window, the real agent, the command line, and somebody who writes. `SECONDS`
//! sets another length.

use std::{
    collections::BTreeMap,
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use quarterdeck_testkit::{Peer, shop};
use rustix::process::Signal;

use super::setting;
use crate::support::{Bench, PATIENCE, Window, agent::Agent, bench::Ran, bench::ask, steps, until};

/// What the command line does, again and again.
const LINES: [&str; 14] = [
    "backup shop",
    "snapshots shop",
    "drill shop",
    "systems",
    "repository shop",
    "forget shop",
    "prune shop",
    "check-repository shop",
    "jobs",
    "prove shop",
    "schedule shop",
    "check-repository shop --read some",
    "check-repository till --read all",
    "audit verify",
];

/// Where the window goes meanwhile, by the name of the page.
const PAGES: [(&str, &str); 7] = [
    ("Overview", "#/overview"),
    ("Snapshots", "#/snapshots/shop"),
    ("Drills", "#/drills/shop"),
    ("Schedules", "#/schedules/shop"),
    ("Repository", "#/repository/shop"),
    ("Jobs", "#/jobs"),
    ("Audit", "#/audit"),
];

/// Refusals that name somebody else who is at work, or whose plan was overtaken by one: whoever asked asks again.
const ASK_AGAIN: [&str; 2] = ["target-busy", "plan-stale"];

/// What happened, counted.
#[derive(Default)]
struct Counts {
    lines: BTreeMap<&'static str, u64>,
    refused: BTreeMap<String, u64>,
    pages: u64,
    backups_in_the_window: u64,
}

#[test]
#[ignore = "soak: ten minutes"]
fn the_window_the_agent_and_the_command_line_at_once() {
    let time = Duration::from_secs(setting("SECONDS", 600));
    let (bench, path) = Bench::with_shop(5_000);
    let till = bench.file("till.db");
    shop(&till, 500, "delete");
    bench.line(&format!("add {}", till.display())).done();
    bench.line("keep shop --last 10").done();
    for (name, runs, at) in [("each-minute", "backup", "* * * * *"), ("care", "maintain", "*/2 * * * *"), ("proof", "drill", "*/3 * * * *")]
    {
        bench.run(["schedule", "shop", "set", name, "--runs", runs, "--at", at, "--zone", "UTC"]).done();
    }
    // The window first, so that it runs the schedules until the agent takes them over.
    let window = Window::open(&bench.home());
    window.see("database-row", "shop");
    let mut agent = Agent::start(&bench, "agent", &[]);
    agent.says("The schedules are run here from now on.");
    let (over, deadline) = (AtomicBool::new(false), Instant::now() + time);
    let mut counts = Counts::default();
    let commits = std::thread::scope(|scope| {
        let (bench, path, over, _one_for_all) = (&bench, &path, &over, Ends(&over));
        let goes_on = move || Instant::now() < deadline && !over.load(Ordering::Relaxed);
        let writer = scope.spawn(move || write(path, goes_on, Ends(over)));
        let line = scope.spawn(move || command_line(bench, goes_on, Ends(over)));
        (counts.pages, counts.backups_in_the_window) = click(&window, &bench.home().join("quarterdeck.db"), goes_on);
        (counts.lines, counts.refused) = line.join().unwrap();
        writer.join().unwrap()
    });
    drop(window);
    agent.signal(Signal::TERM);
    assert_eq!(agent.ends().code(), Some(0));
    judge(&bench, time, &counts, commits);
    assert_eq!(ask(&path, "PRAGMA integrity_check"), "ok");
}

/// Where one of them fails, the others need not go on.
struct Ends<'a>(&'a AtomicBool);

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.store(true, Ordering::Relaxed);
        }
    }
}

/// Commits until it is over; says how often. Nobody here waits for longer than the busy timeout of the shell.
fn write(path: &Path, goes_on: impl Fn() -> bool, _end: Ends<'_>) -> u64 {
    let (mut peer, mut commits) = (Peer::open(path), 0);
    while goes_on() {
        let from = commits * 37 % 5_000;
        assert_eq!(peer.run(&format!("UPDATE orders SET cents = cents + 1 WHERE id BETWEEN {from} AND {from} + 20;")), "");
        commits += 1;
        std::thread::sleep(Duration::from_millis(50)); // a load, not a race
    }
    peer.quit();
    commits
}

/// Each line in turn, each done in the end.
fn command_line(bench: &Bench, goes_on: impl Fn() -> bool, _end: Ends<'_>) -> (BTreeMap<&'static str, u64>, BTreeMap<String, u64>) {
    let (mut lines, mut refused) = (BTreeMap::new(), BTreeMap::new());
    for line in LINES.into_iter().cycle().take_while(|_| goes_on()) {
        let done = until(PATIENCE, || {
            let ran = bench.line(&format!("{line} --json"));
            match asks_again(&ran) {
                None => Some(ran.done()),
                Some(code) => {
                    *refused.entry(code).or_default() += 1;
                    None
                }
            }
        });
        done.unwrap_or_else(|| panic!("{line} was refused for {PATIENCE:?}: {refused:?}"));
        *lines.entry(line).or_default() += 1;
    }
    (lines, refused)
}

/// The code of the refusal, where it is one of those.
fn asks_again(ran: &Ran) -> Option<String> {
    if ran.code != Some(3) {
        return None;
    }
    let code = ran.json()["fault"]["code"].as_str()?.to_owned();
    ASK_AGAIN.contains(&&*code).then_some(code)
}

/// Goes from page to page, none of which shows a fault, and takes a snapshot in each round.
fn click(window: &Window, store: &Path, goes_on: impl Fn() -> bool) -> (u64, u64) {
    let (mut pages, mut backups) = (0, 0);
    while goes_on() {
        for (title, address) in PAGES {
            window.go(address);
            window.see("page-title", title);
            assert_eq!(window.count("fault-notice"), 0, "{title}: {:?}", window.text_now("fault-notice"));
            pages += 1;
        }
        steps::start_backup(window, "till");
        let taken = || ask(store, "SELECT count(*) FROM jobs WHERE face = 'desktop' AND state = 'succeeded'").parse().ok();
        backups = until(PATIENCE, || taken().filter(|taken: &u64| *taken > backups)).expect("the backup that was clicked ends well");
    }
    (pages, backups)
}

/// What the store says of all that.
#[expect(clippy::print_stdout, reason = "the summary is what a soak is for")]
fn judge(bench: &Bench, time: Duration, counts: &Counts, commits: u64) {
    let store = |sql: &str| ask(&bench.home().join("quarterdeck.db"), sql);
    assert_eq!(store("PRAGMA integrity_check"), "ok");
    bench.line("audit verify").done();
    assert_eq!(store("SELECT id, operation, state, fault FROM jobs WHERE state <> 'succeeded'"), "", "every job ended well");
    assert_eq!(store("SELECT system, schedule, due_at FROM schedule_runs GROUP BY 1, 2, 3 HAVING count(*) > 1"), "");
    // A moment has one row by construction; that it had one job is seen from the other side.
    assert_eq!(
        store("SELECT id, operation FROM jobs WHERE face = 'agent' AND id NOT IN (SELECT job FROM schedule_runs WHERE job IS NOT NULL)"),
        "",
        "no due moment ran twice"
    );
    let runs: u64 = store("SELECT count(*) FROM jobs WHERE face = 'agent' AND operation = 'backup_system'").parse().unwrap();
    assert!(runs >= time.as_secs() / 120, "the agent took {runs} snapshots in {time:?}");
    let check = bench.line("check-repository shop --read all --json").done().json();
    let jobs = store(
        "SELECT group_concat(face || ' ' || operation || ': ' || n, ', ') FROM (SELECT face, operation, count(*) AS n FROM jobs GROUP BY 1, 2)",
    );
    println!("{} s, {commits} commits, {} pages, {} backups clicked", time.as_secs(), counts.pages, counts.backups_in_the_window);
    println!("command line: {:?}; asked again after {:?}", counts.lines, counts.refused);
    println!("jobs: {jobs}\n{}", check["sentence"]);
}
