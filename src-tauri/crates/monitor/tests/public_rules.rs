//! Rule files and unit tests that others published: all below a folder that `QUARTERDECK_RULES` names, one folder for each project; of these
//! only the ones whose path holds `QUARTERDECK_RULES_ONLY`, with all that differs.
//!
//! Files with rules have to load; files with tests have to give the verdicts of `promtool`, which `PROMTOOL` names.
#![allow(clippy::print_stdout, reason = "the counts are what the test is for")]
#![allow(clippy::unwrap_used)]

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::Command,
};

use quarterdeck_model::JobCtx;
use quarterdeck_monitor::{
    rules::{Kind, read},
    ruletest,
};

/// Tests whose verdict differs from that of promtool 2.42, and why.
const KNOWN: &[(&str, &str)] = &[
    ("data_plane/crashloopbackoff_test.yaml", RANGES),
    ("data_plane/kyverno_test.yaml", RANGES),
    ("data_plane/node_alerts_test.yaml", RANGES),
    ("recording/caching_availability_recording_rules_test.yaml", RANGES),
    ("unit_tests/RHACSCentralScrapeFailed.yaml", RANGES),
    ("unit_tests/RHACSEmailsenderScrapeFailed.yaml.yaml", RANGES),
    ("unit_tests/RHACSFleetshardSyncScrapeFailed.yaml", RANGES),
    ("tests/absent_alert-test.yaml", RANGES),
    ("tests/tests.yaml", RANGES),
    ("no-test-group-interval.yml", "promtool 3 takes the interval of the file"),
    ("start-time-test.yml", "start_timestamp is new in promtool 3"),
];

const RANGES: &str = "in Prometheus 2 a range takes in the sample at its beginning, in 3 it does not";

/// What is counted of a project.
#[derive(Default)]
struct Count {
    files: usize,
    groups: usize,
    alerts: usize,
    records: usize,
    refused: Vec<String>,
    tests: usize,
    cases: usize,
    passed: usize,
    passing: usize,
    compared: usize,
    different: Vec<String>,
}

#[test]
#[ignore = "peer: wants a folder of public rules in QUARTERDECK_RULES"]
fn public_rules_load_and_their_tests_give_promtools_verdicts() {
    let Some(folder) = std::env::var_os("QUARTERDECK_RULES").map(PathBuf::from) else {
        println!("skipped: QUARTERDECK_RULES names no folder");
        return;
    };
    let mut projects: BTreeMap<String, Count> = BTreeMap::new();
    let mut files = Vec::new();
    below(&folder, &mut files);
    let only = std::env::var("QUARTERDECK_RULES_ONLY").unwrap_or_default();
    for path in files.into_iter().filter(|path| path.to_string_lossy().contains(&only)) {
        let inner = path.strip_prefix(&folder).unwrap();
        let project = inner.components().next().unwrap().as_os_str().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        let count = projects.entry(project).or_default();
        let begins =
            |words: &[&str]| text.lines().any(|line| words.iter().any(|word| line.trim_start_matches([' ', '-']).starts_with(word)));
        let at_margin = |word: &str| text.lines().any(|line| line.starts_with(word));
        if at_margin("tests:") || at_margin("rule_files:") && !at_margin("scrape_configs:") {
            tests(&path, inner, count);
        } else if begins(&["groups:"]) && begins(&["alert:", "record:"]) {
            rules(&path, inner, &text, count);
        }
    }
    told(&projects);
    let different: Vec<&String> = projects.values().flat_map(|count| &count.different).collect();
    let unknown = different.iter().filter(|line| !line.contains(" (known: "));
    assert_eq!(unknown.count(), 0, "verdicts differ from promtool's without a known reason");
}

fn rules(path: &Path, inner: &Path, text: &str, count: &mut Count) {
    let file = read(path, text);
    count.files += 1;
    count.groups += file.groups.len();
    for rule in file.groups.iter().flat_map(|group| &group.rules) {
        match rule.kind {
            Kind::Alerting(_) => count.alerts += 1,
            Kind::Recording => count.records += 1,
        }
    }
    let first = file.findings.first();
    count.refused.extend(first.map(|first| format!("{}:{}:{} {}", inner.display(), first.line, first.column, first.message)));
}

fn tests(path: &Path, inner: &Path, count: &mut Count) {
    let report = ruletest::run(path, None, &JobCtx::detached()).unwrap();
    count.tests += 1;
    count.cases += report.cases;
    count.passed += report.passed;
    count.passing += usize::from(report.passes());
    println!("{} {}", if report.passes() { "pass" } else { "fail" }, inner.display());
    if std::env::var_os("QUARTERDECK_RULES_ONLY").is_some() {
        report.failures.iter().for_each(|failure| println!("    {failure}"));
    }
    let Some(promtool) = std::env::var_os("PROMTOOL") else { return };
    let theirs = Command::new(promtool).args(["test", "rules"]).arg(path).output().unwrap();
    count.compared += 1;
    if theirs.status.success() != report.passes() {
        let ours = report.failures.iter().map(|failure| format!("\n      {failure}")).collect::<String>();
        let said = format!("{}{}", String::from_utf8_lossy(&theirs.stdout), String::from_utf8_lossy(&theirs.stderr));
        let said: Vec<&str> = said.lines().filter(|line| !line.trim().is_empty()).take(12).collect();
        let verdicts = if report.passes() { "passes here" } else { "fails here" };
        let known = KNOWN.iter().find(|(name, _)| inner.ends_with(name)).map_or(String::new(), |(_, why)| format!(" (known: {why})"));
        count.different.push(format!("{}: {verdicts}{known}{ours}\n      promtool: {}", inner.display(), said.join("\n        ")));
    }
}

fn told(projects: &BTreeMap<String, Count>) {
    for (project, count) in projects {
        let Count { files, groups, alerts, records, tests, cases, passed, passing, compared, .. } = count;
        println!("{project}: {files} files, {groups} groups, {alerts} alerts, {records} records; refused {}", count.refused.len());
        println!(
            "  {tests} test files, {passing} pass; {cases} cases, {passed} pass; verdicts compared {compared}, different {}",
            count.different.len()
        );
        count.refused.iter().chain(&count.different).for_each(|line| println!("    {line}"));
    }
}

fn below(folder: &Path, files: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            below(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "yml" || extension == "yaml") {
            files.push(path);
        }
    }
}
