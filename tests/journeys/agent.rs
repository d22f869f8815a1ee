//! The agent: told to systemd, alone in its home, and honest when it is stopped.

use std::{
    ffi::OsStr,
    fs,
    os::{
        linux::net::SocketAddrExt,
        unix::net::{SocketAddr, UnixDatagram},
    },
    process::Command,
};

use rustix::process::Signal;
use serde_json::{Value, json};

use crate::support::{Bench, PATIENCE, agent::Agent, bench::Ran, bench::ask, until};

/// A shop with a nightly backup that was due long ago.
fn overdue() -> Bench {
    let (bench, _) = Bench::with_shop(50);
    bench.run(["schedule", "shop", "set", "nightly", "--at", "0 2 * * *", "--zone", "UTC"]).done();
    ask(&bench.home().join("quarterdeck.db"), "UPDATE schedules_seen SET since = '2026-01-01T00:00:00.000Z'");
    bench
}

fn last_run(bench: &Bench) -> Value {
    bench.line("schedule shop --json").done().json()["schedules"][0]["last"].clone()
}

fn succeeded(bench: &Bench) -> Option<Value> {
    Some(last_run(bench)).filter(|run| run["outcome"] == "succeeded")
}

fn receive(socket: &UnixDatagram) -> String {
    let mut buffer = [0; 4096];
    let length = socket.recv(&mut buffer).unwrap();
    String::from_utf8(buffer[..length].to_vec()).unwrap()
}

#[test]
fn systemd_hears_that_it_is_ready_lives_and_stops() {
    let (bench, _) = Bench::with_shop(10);
    let path = bench.file("notify");
    let name = format!("quarterdeck-test-{}", std::process::id());
    let on_path = (UnixDatagram::bind(&path).unwrap(), path.into_os_string());
    let abstract_socket = UnixDatagram::bind_addr(&SocketAddr::from_abstract_name(&name).unwrap()).unwrap();
    for (socket, address) in [on_path, (abstract_socket, format!("@{name}").into())] {
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut agent = Agent::start(&bench, "agent", &[("NOTIFY_SOCKET", &address), ("WATCHDOG_USEC", OsStr::new("200000"))]);
        let ready = receive(&socket);
        assert!(ready.starts_with("READY=1\nSTATUS="), "{ready}");
        let mut heard = Vec::new();
        while !(heard.contains(&"WATCHDOG=1".to_owned()) && heard.contains(&"STATUS=Runs the schedules".to_owned())) {
            heard.push(receive(&socket));
        }
        agent.signal(Signal::TERM);
        while receive(&socket) != "STOPPING=1" {}
        assert_eq!(agent.ends().code(), Some(0));
        agent.says("SIGTERM: no new runs from now on.");
        agent.says("Stopped.");
    }
}

#[test]
fn a_home_has_one_agent_and_it_makes_up_for_what_was_missed_once() {
    let bench = overdue();
    let agent = Agent::start(&bench, "agent", &[]);
    agent.says("shop: nightly (backup) has begun, job 1.");
    let pid = agent.pid().to_string();
    bench.line("agent --json").code(3).fault("agent-running", &pid);
    let run = until(PATIENCE, || succeeded(&bench)).expect("the backup is made");
    assert!(run["missed"].as_u64().unwrap() > 100, "{run}");
    agent.says("shop: nightly (backup) is done.");
    let words = bench.line("schedule shop").done().out;
    assert!(words.contains("Every day at 02:00, UTC") && words.contains("The agent runs them (process "), "{words}");
    assert!(!bench.line("systems").done().out.contains("Nothing runs the schedules"));
    assert_eq!(bench.line("jobs --json").done().json().as_array().unwrap().len(), 1);
    assert!(bench.line("audit list").done().out.contains("agent"), "the trail says through which door");
}

#[test]
fn while_the_agent_runs_a_schedule_nobody_else_does() {
    let bench = overdue();
    let gate = bench.file("go");
    let failpoint = format!("backup.streaming=wait:{}", gate.display());
    let agent = Agent::start(&bench, "agent", &[("QUARTERDECK_FAILPOINT", OsStr::new(&failpoint))]);
    until(PATIENCE, || gate.with_extension("here").exists().then_some(())).expect("the backup is under way");
    bench.line("schedule shop run nightly --json").code(3).fault("target-busy", "The run of nightly of shop");
    bench.line("backup shop --json").code(3).fault("target-busy", "Backup of shop");
    fs::write(&gate, "").unwrap();
    agent.says("shop: nightly (backup) is done.");
    bench.line("schedule shop run nightly").done();
    let jobs = bench.line("jobs --json").done().json();
    assert_eq!(jobs.as_array().unwrap().len(), 2, "{jobs}");
}

#[test]
fn an_agent_that_is_stopped_lets_a_backup_end() {
    let bench = overdue();
    let gate = bench.file("go");
    let failpoint = format!("backup.streaming=wait:{}", gate.display());
    let mut agent = Agent::start(&bench, "agent", &[("QUARTERDECK_FAILPOINT", OsStr::new(&failpoint))]);
    until(PATIENCE, || gate.with_extension("here").exists().then_some(())).expect("the backup is under way");
    agent.signal(Signal::TERM);
    agent.says("Job 1 (Backup of shop) may go on for 60 s.");
    fs::write(&gate, "").unwrap();
    assert_eq!(agent.ends().code(), Some(0));
    agent.says("Job 1 (Backup of shop) is done.");
    assert_eq!(last_run(&bench)["outcome"], "succeeded");
}

#[test]
fn an_agent_that_cannot_wait_cancels_says_so_and_the_next_one_tries_again() {
    let bench = overdue();
    let gate = bench.file("go");
    let failpoint = format!("backup.streaming=wait:{}", gate.display());
    let mut agent = Agent::start(&bench, "agent --drain 0", &[("QUARTERDECK_FAILPOINT", OsStr::new(&failpoint))]);
    until(PATIENCE, || gate.with_extension("here").exists().then_some(())).expect("the backup is under way");
    agent.signal(Signal::INT);
    agent.says("Job 1 (Backup of shop) is cancelled.");
    fs::write(&gate, "").unwrap();
    assert_eq!(agent.ends().code(), Some(4));
    agent.says("Job 1 (Backup of shop) was interrupted");
    let run = last_run(&bench);
    assert_eq!((&run["outcome"], &run["job"]), (&json!("waiting"), &json!(1)));
    ask(&bench.home().join("quarterdeck.db"), "UPDATE schedule_runs SET attempted_at = '2026-01-01T00:00:00.000Z'");
    let agent = Agent::start(&bench, "agent", &[]);
    agent.says("shop: nightly (backup) is done.");
    assert_eq!(succeeded(&bench).unwrap()["job"], 2);
}

#[test]
fn a_job_that_never_ends_is_left_behind_and_said_to_be() {
    let bench = overdue();
    let gate = bench.file("never");
    let failpoint = format!("backup.streaming=wait:{}", gate.display());
    let mut agent = Agent::start(&bench, "agent --drain 0", &[("QUARTERDECK_FAILPOINT", OsStr::new(&failpoint))]);
    until(PATIENCE, || gate.with_extension("here").exists().then_some(())).expect("the backup is under way");
    agent.signal(Signal::TERM);
    assert_eq!(agent.ends().code(), Some(1));
    agent.says("Job 1 (Backup of shop) did not end in time and is interrupted; the next start finishes or takes back its step.");
    assert_eq!(bench.line("jobs show 1 --json").done().json()["state"], "interrupted");
    assert!(bench.line("snapshots shop --json").done().json()["snapshots"].as_array().unwrap().is_empty());
}

#[test]
fn an_agent_that_cannot_read_its_store_says_so_and_ends() {
    let bench = overdue();
    let store = bench.home().join("quarterdeck.db");
    fs::remove_file(bench.home().join("quarterdeck.db-wal")).ok();
    fs::write(&store, "this was a database once\n".repeat(400)).unwrap();
    bench.line("agent --json").code(1).fault("store-damaged", "quarterdeck.db");
    assert!(fs::read_to_string(&store).unwrap().starts_with("this was"), "nothing was made in its place");
}

#[test]
fn another_process_takes_over_when_the_agent_is_killed() {
    let bench = overdue();
    let mut agent = Agent::start(&bench, "agent", &[("QUARTERDECK_FAILPOINT", OsStr::new("backup.saved=kill"))]);
    assert_eq!(agent.ends().code(), None);
    assert!(bench.line("systems").done().out.contains("Nothing runs the schedules"));
    ask(&bench.home().join("quarterdeck.db"), "UPDATE schedule_runs SET attempted_at = '2026-01-01T00:00:00.000Z'");
    let next = Agent::start(&bench, "agent", &[]);
    next.says("The schedules are run here from now on.");
    let settled = until(PATIENCE, || {
        ask(
            &bench.home().join("quarterdeck.db"),
            "UPDATE schedule_runs SET attempted_at = '2026-01-01T00:00:00.000Z' WHERE outcome = 'waiting'",
        );
        succeeded(&bench)
    });
    assert_eq!(settled.expect("the run is made up for")["job"], 2);
    assert_eq!(bench.line("jobs show 1 --json").done().json()["state"], "interrupted");
}

#[test]
#[allow(clippy::print_stderr)] // a skip has a name
fn the_unit_is_written_once_and_systemd_understands_it() {
    let bench = Bench::new();
    let config = bench.file("config");
    let run = |arguments: &str| {
        let mut command = bench.command(arguments.split(' '));
        command.env("XDG_CONFIG_HOME", &config);
        Ran::of(command)
    };
    let printed = run("agent --install").done().out;
    let file = config.join("systemd/user/quarterdeck-agent.service");
    let text = fs::read_to_string(&file).unwrap();
    assert!(printed.starts_with(&text) && printed.contains("systemctl --user enable --now"), "{printed}");
    assert!(text.contains(&format!("Environment=\"QUARTERDECK_HOME={}\"", bench.home().display())), "{text}");
    assert!(!bench.home().exists(), "nothing else is made");
    run("agent --install").done();
    run("agent --install --drain 5 --json").code(3).fault("unit-differs", "quarterdeck-agent.service");
    let runtime = bench.file("runtime");
    fs::create_dir(&runtime).unwrap();
    let verified = Command::new("systemd-analyze").args(["verify", "--user"]).arg(&file).env("XDG_RUNTIME_DIR", &runtime).output();
    let Ok(verified) = verified else {
        eprintln!("skipped: systemd-analyze is not on this machine, so nobody but this test has read the unit");
        return;
    };
    let said = String::from_utf8_lossy(&verified.stderr);
    assert!(verified.status.success() && !said.contains("quarterdeck-agent.service"), "{said}");
}

#[test]
fn an_environment_that_means_nothing_is_refused_before_anything_is_missed() {
    let (bench, _) = Bench::with_shop(10);
    let mut command = bench.command(["agent", "--json"]);
    command.env("BACKUP_ENABLED", "true").env("BACKUP_INTERVAL_HOURS", "7");
    Ran::of(command).code(3).fault("bad-environment", "BACKUP_INTERVAL_HOURS");
}
