//! What is done at set times, from the command line.

use std::{fs, os::unix::fs::PermissionsExt};

use serde_json::json;

use crate::support::{
    Bench,
    bench::{Ran, ask},
};

#[test]
fn a_schedule_is_set_shown_run_and_taken_away() {
    let (bench, _) = Bench::with_shop(20);
    assert!(bench.line("schedule shop").done().out.contains("quarterdeck schedule shop set nightly"));
    bench.run(["schedule", "shop", "set", "nightly", "--at", "0 2 * * *", "--zone", "Europe/Berlin"]).done();
    bench.run(["schedule", "shop", "set", "proof", "--runs", "drill", "--at", "@monthly", "--zone", "UTC", "--disabled"]).done();
    let words = bench.line("schedule shop list").done().out;
    for expected in [
        "nightly  backup: Every day at 02:00, Europe/Berlin",
        "proof  drill: On day 1 of each month at 00:00, UTC, not enabled",
        "never ran",
        "Nobody runs them now.",
    ] {
        assert!(words.contains(expected), "{expected:?} is not in\n{words}");
    }
    let report = bench.line("schedule shop run nightly --json").done().json();
    assert_eq!(report["snapshot"]["manifest"]["reason"], "scheduled");
    let list = bench.line("schedule shop --json").done().json();
    let view = &list["schedules"][0];
    assert_eq!((view["last"]["outcome"].as_str(), view["next"].as_array().unwrap().len()), (Some("succeeded"), 5), "{list}");
    assert_eq!(list["schedules"][1]["next"], json!([]));
    bench.line("schedule shop remove proof").done();
    bench.line("schedule shop remove proof --json").code(3).fault("schedule-missing", "proof");
    bench.line("schedule shop run proof --json").code(3).fault("schedule-missing", "proof");
    assert!(bench.line("snapshots shop").done().out.contains("scheduled"));
}

#[test]
fn a_rhythm_that_cannot_be_understood_has_a_place() {
    let (bench, _) = Bench::with_shop(10);
    let set = |at: &str, zone: &str| bench.run(["schedule", "shop", "set", "nightly", "--at", at, "--zone", zone, "--json"]).code(2);
    let fault = set("0 25 * * *", "UTC").fault("bad-schedule", "\"25\" at character 3").json();
    assert_eq!(fault["fault"]["facts"]["position"], 3);
    set("@daily", "Europe/Nowhere").fault("unknown-zone", "Europe/Nowhere");
    bench.run(["schedule", "shop", "set", "nightly", "--at", "@daily", "--zone", "UTC", "--runs", "vacuum", "--json"]).code(2);
}

#[test]
fn the_environment_speaks_where_nobody_else_does() {
    let bench = Bench::new();
    let path = bench.file("shop.db");
    quarterdeck_testkit::shop(&path, 20, "wal");
    let run = |arguments: &[&str], variables: &[(&str, &str)]| {
        let mut command = bench.command(arguments);
        command.envs(variables.iter().copied());
        Ran::of(command)
    };
    let folder = bench.file("backups");
    let folder = folder.to_str().unwrap();
    run(&["add", path.to_str().unwrap()], &[("BACKUP_DIR", folder)]).done();
    let on = [("BACKUP_ENABLED", "true"), ("BACKUP_INTERVAL_HOURS", "6"), ("BACKUP_COMPRESS", "off")];
    let list = run(&["schedule", "shop", "--json"], &on).done().json();
    assert_eq!((&list["source"], &list["schedules"][0]["words"]), (&json!("environment"), &json!("Every 6 hours, UTC")));
    run(&["schedule", "shop", "run", "environment"], &on).done();
    assert!(fs::read_dir(format!("{folder}/shop/snapshots")).unwrap().count() > 0);
    assert_eq!(bench.line("schedule shop --json").done().json()["schedules"], json!([]));
    bench.run(["schedule", "shop", "set", "nightly", "--at", "@daily", "--zone", "UTC"]).done();
    assert_eq!(run(&["schedule", "shop", "--json"], &on).done().json()["source"], "store");
    bench.line("restore shop latest --in-place --plan").done();
}

#[test]
fn a_password_can_be_a_credential_of_systemd() {
    let bench = Bench::new();
    let folder = bench.file("system");
    fs::create_dir(&folder).unwrap();
    quarterdeck_testkit::shop(&folder.join("shop.db"), 20, "wal");
    fs::write(
        folder.join("quarterdeck.yaml"),
        "name: shop\nenvironment: development\ncomponents: {main: {kind: sqlite, path: shop.db}}\nrepository: {path: copies, password: 'credential:shop-backup'}\nschedules: {nightly: {runs: backup, cron: '@daily', zone: UTC}}\n",
    )
    .unwrap();
    bench.line(&format!("add {}", folder.display())).done();
    bench.line("backup shop --json").code(3).fault("password-missing", "shop-backup");
    let credentials = bench.file("credentials");
    fs::create_dir(&credentials).unwrap();
    let run = |line: &str| {
        let mut command = bench.command(line.split(' '));
        command.env("CREDENTIALS_DIRECTORY", &credentials);
        Ran::of(command)
    };
    run("backup shop --json").code(3).fault("password-missing", "was not loaded");
    fs::write(credentials.join("shop-backup"), "a long enough secret\n").unwrap();
    fs::set_permissions(credentials.join("shop-backup"), fs::Permissions::from_mode(0o440)).unwrap();
    run("schedule shop run nightly").done();
    run("schedule shop set nightly --at @hourly --zone UTC --json").code(3).fault("definition-decides", "quarterdeck.yaml");
}

#[test]
fn what_the_environment_says_of_compression_is_seen_on_the_disk() {
    let sizes = ["off", "on", "19"].map(|level| {
        let (bench, path) = Bench::with_shop(10);
        ask(
            &path,
            "CREATE TABLE letters (text); WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
             INSERT INTO letters SELECT 'Dear customer, your order number ' || i || ' has left the warehouse of the northern region.' FROM n",
        );
        let mut command = bench.command(["backup", "shop"]);
        command.env("BACKUP_COMPRESS", level);
        Ran::of(command).done();
        let repository = bench.line("repository shop --json").done().json();
        bench.line("check-repository shop --read all").done();
        repository["size"].as_f64().unwrap()
    });
    let [off, on, most] = sizes;
    assert!(off > 1.5 * on && on >= most, "off {off}, on {on}, 19 {most}");
}
