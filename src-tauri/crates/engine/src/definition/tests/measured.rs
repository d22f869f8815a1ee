//! What is measured.

use std::time::Duration;

use quarterdeck_monitor::collectors::{process::Which, unit::Bus};

use super::*;

const ALL: &str = "collect:
  every: 5 s
  labels: {team: front}
  databases:
    main:
      tables: never
      gauges:
        - {name: orders_open, help: Orders that wait, sql: SELECT count(*) FROM orders}
        - {name: 'shop:cents', sql: SELECT 1, every: 5 min, limit: 100 ms}
  processes:
    - {name: service, pid_file: run/service.pid}
    - {name: front, port: 8080}
    - {name: worker, executable: /usr/bin/worker}
  units:
    - {unit: shop}
    - {unit: shop.timer, bus: user}
  probes:
    - {name: front, url: 'https://shop.example/health', status: [200, 204], body: 'ok|fine', limit: 2 s, every: 1 min, ca: ca.pem, bearer: env:TOKEN}
    - {name: plain, url: 'http://127.0.0.1:80', status: 200}
  scrapes:
    - {name: service, url: 'http://127.0.0.1:9188/metrics', series: 500, bytes: 2 MB, basic: {user: ada, password: file:secret}}
  logs:
    - {name: service, path: logs/service.log, rules: [{name: errors, match: '^ERROR'}]}
  files:
    - {name: export, path: /srv/export.csv, at_most: 26 h}
";

#[test]
fn all_that_can_be_measured_is_read() {
    let folder = folder();
    let reading = read_text(folder.path(), format!("{GOOD}{ALL}"));
    assert_eq!(reading.report.findings, []);
    let base = folder.path().canonicalize().unwrap();
    let collect = reading.definition.unwrap().collect;
    assert_eq!((collect.every, collect.labels["team"].as_str()), (Duration::from_secs(5), "front"));
    let main = &collect.databases[0];
    assert_eq!((main.component.as_str(), main.tables, main.gauges.len()), ("main", None, 2));
    assert_eq!((main.gauges[0].every, main.gauges[0].limit), (Duration::from_secs(60), Duration::from_secs(2)));
    let ways: Vec<&Which> = collect.processes.iter().map(|process| &process.which).collect();
    let pid_file = Which::PidFile(base.join("run/service.pid"));
    assert_eq!(ways, [&pid_file, &Which::Port(8080), &Which::Executable("/usr/bin/worker".to_owned())]);
    assert_eq!(collect.units.iter().map(|unit| unit.bus).collect::<Vec<_>>(), [Bus::System, Bus::User]);
    let (front, plain) = (&collect.probes[0], &collect.probes[1]);
    assert_eq!((&front.status[..], front.body.as_deref(), front.address.limit), (&[200, 204][..], Some("ok|fine"), Duration::from_secs(2)));
    assert_eq!(front.address.access, Some(AccessDefinition::Bearer(SecretReference::Env("TOKEN".to_owned()))));
    assert_eq!((plain.address.every, plain.address.limit), (Duration::from_secs(30), Duration::from_secs(10)));
    let scrape = &collect.scrapes[0];
    assert_eq!((scrape.series, scrape.bytes, scrape.address.every), (500, 2_000_000, Duration::from_secs(5)));
    assert_eq!(scrape.address.limit, Duration::from_secs(4), "less than the time between two visits");
    assert_eq!(collect.logs[0].path, base.join("logs/service.log"));
    assert_eq!((collect.files[0].path.as_path(), collect.files[0].at_most), (Path::new("/srv/export.csv"), Some(Millis(93_600_000))));
}

#[test]
fn without_a_word_databases_are_measured_every_fifteen_seconds() {
    let reading = read_text(folder().path(), GOOD);
    assert_eq!(reading.definition.unwrap().collect, CollectDefinition::default());
    assert_eq!(CollectDefinition::default().every, Duration::from_secs(15));
}

#[test]
fn what_cannot_be_measured_so_is_said_at_its_place() {
    for (line, message, hint) in [
        ("every: 1 s", "collect.every is not between 5 s and 1 h.", "every: 5 s"),
        ("labels: {instance: a}", "collect.labels.instance is not a name for a label.", "none of: system"),
        ("labels: {'1a': b}", "is not a name for a label", "letters"),
        ("databases: {other: {}}", "collect.databases.other is no database", "Name one of: main."),
        ("databases: {main: {gauges: [{name: 1x, sql: SELECT 1}]}}", "is not a name for a number of yours", "orders_open"),
        ("databases: {main: {gauges: [{name: sqlite_up, sql: SELECT 1}]}}", "is not a name for a number of yours", "orders_open"),
        ("databases: {main: {gauges: [{name: x, sql: DELETE FROM x}]}}", "is no SELECT", "may change"),
        ("databases: {main: {gauges: [{name: x, sql: SELECT 1}, {name: x, sql: SELECT 2}]}}", "is there twice: x", "of its own"),
        ("processes: [{name: a}]", "collect.processes[1] must say one of pid_file", "pid_file: run"),
        ("processes: [{name: a, port: 80, executable: x}]", "must say one of pid_file", "pid_file: run"),
        ("processes: [{name: a, port: 70000}]", "collect.processes[1].port is not a port.", "65535"),
        ("processes: [{name: a, pid_file: ../run.pid}]", "leaves the definition's folder", "whole path"),
        ("processes: [{name: a, port: 1}, {name: a, port: 2}]", "collect.processes[2] is there twice: a.", "of its own"),
        ("units: [{unit: 'a b'}]", "collect.units[1].unit: ", "systemctl"),
        ("units: [{unit: a, bus: both}]", "neither system nor user", "system or user"),
        ("probes: [{name: a, url: 'file:///etc/passwd'}]", "collect.probes[1].url: ", ""),
        ("probes: [{name: a, url: 'http://x', status: 99}]", "is no list of states", "[200, 204]"),
        ("probes: [{name: a, url: 'http://x', body: '('}]", "collect.probes[1].body: ", ""),
        ("probes: [{name: a, url: 'http://x', bearer: hunter2}]", "is not a reference to a secret", "file:"),
        ("probes: [{name: a, url: 'http://x', bearer: env:A, basic: {user: a, password: env:B}}]", "beside bearer", "Keep one"),
        ("scrapes: [{name: a, url: 'http://x', series: 0}]", "is not a number from 1", "20000"),
        ("scrapes: [{name: a, url: 'http://x', bytes: many}]", "collect.scrapes[1].bytes", ""),
        ("logs: [{name: a, path: ~/a.log}]", "is not a path", "~ is not expanded"),
        ("logs: [{name: a, path: a.log, rules: [{name: b, match: '['}]}]", "collect.logs[1].rules[1].match: ", ""),
        ("files: [{name: a, path: a, at_most: soon}]", "collect.files[1].at_most is not a duration", "1 h 30 min"),
        ("files: {a: b}", "collect.files must be a list", "line of its own"),
        ("commands: [ls]", "collect.commands is not a known key.", ""),
    ] {
        let reading = read_text(folder().path(), format!("{GOOD}collect:\n  {line}\n"));
        let found = &reading.report.findings;
        assert_eq!(found.len(), 1, "{line}: {found:#?}");
        assert!(found[0].message.contains(message) && found[0].hint.contains(hint), "{line}: {found:#?}");
        assert!(found[0].line == 13 && !found[0].message.contains("hunter2"), "{line}: {found:#?}");
    }
}
