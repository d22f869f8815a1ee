//! The rules that ship, and those of the example: each says how bad it is, has a page that says what to do, and a test in which it fires
//! and one in which it does not. All of them are what promtool's format says, and pass here.
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use quarterdeck_model::JobCtx;
use quarterdeck_monitor::{
    notify::{config, oncall},
    rules::{self, Kind, Words},
    ruletest,
};

/// An alert of a rule file.
struct Alert {
    name: String,
    labels: BTreeMap<String, String>,
    annotations: BTreeMap<String, String>,
}

fn catalogue() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/alerting/catalogue")
}

fn example() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../examples/reputation")
}

/// Files with that ending, in order.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut found: Vec<PathBuf> = paths.filter(|path| path.extension().is_some_and(|it| it == ending)).collect();
    found.sort();
    found
}

/// Every alert of the rule files of a folder, which have nothing wrong with them.
fn alerts(folder: &Path) -> Vec<Alert> {
    let mut found = Vec::new();
    for path in files(folder, "yml") {
        let file = rules::read(&path, &fs::read_to_string(&path).unwrap());
        assert!(file.findings.is_empty() && file.remarks.is_empty(), "{:?} {:?}", file.findings, file.remarks);
        for rule in file.groups.into_iter().flat_map(|group| group.rules) {
            if let Kind::Alerting(alerting) = rule.kind {
                found.push(Alert { name: rule.name, labels: words(&rule.labels), annotations: words(&alerting.annotations) });
            }
        }
    }
    found
}

fn words(pairs: &[(std::sync::Arc<str>, Words)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, words)| (name.to_string(), words.text.to_string())).collect()
}

/// Names of alerts that a test expects to fire, and of those that it expects not to.
fn expected(folder: &Path) -> (BTreeSet<String>, BTreeSet<String>) {
    let (mut fires, mut quiet) = (BTreeSet::new(), BTreeSet::new());
    for path in files(folder, "yml") {
        let text = fs::read_to_string(path).unwrap();
        for case in text.split("alertname: ").skip(1) {
            let name = case.lines().next().unwrap().to_owned();
            let none = case.lines().nth(1).unwrap().trim() == "exp_alerts: []";
            if none { &mut quiet } else { &mut fires }.insert(name);
        }
    }
    (fires, quiet)
}

fn assert_whole(rules: &Path, tests: &Path, runbooks: &Path, least: usize) {
    let alerts = alerts(rules);
    assert!(alerts.len() >= least, "there are only {}", alerts.len());
    let (fires, quiet) = expected(tests);
    let mut names = BTreeSet::new();
    for Alert { name, labels, annotations } in &alerts {
        assert!(names.insert(name.clone()), "{name} is there twice: a definition could not switch one of them off");
        let severity = labels.get("severity").map(String::as_str);
        assert!(matches!(severity, Some("critical" | "warning" | "info")), "{name}: {severity:?}");
        for annotation in ["summary", "description"] {
            assert!(annotations.get(annotation).is_some_and(|text| !text.is_empty()), "{name} has no {annotation}");
        }
        let page = annotations.get("runbook").unwrap_or_else(|| panic!("{name} has no runbook"));
        assert!(runbooks.join(format!("{page}.md")).is_file(), "{name}: {page}.md is not there");
        assert!(fires.contains(name), "no test lets {name} fire");
        assert!(quiet.contains(name), "no test keeps {name} quiet");
    }
    for name in fires.union(&quiet) {
        assert!(names.contains(name), "a test is about {name}, which is no rule");
    }
    assert_pages(runbooks, &alerts);
}

/// Each page belongs to an alert, or to a checklist beside it, is a page, and leads nowhere but to others.
fn assert_pages(runbooks: &Path, alerts: &[Alert]) {
    let wanted: BTreeSet<&str> = alerts.iter().filter_map(|alert| alert.annotations.get("runbook").map(String::as_str)).collect();
    let lists = runbooks.with_file_name("checklists");
    let lists = if lists.is_dir() { files(&lists, "yml") } else { Vec::new() };
    let checklists: String = lists.into_iter().map(|path| fs::read_to_string(path).unwrap()).collect();
    for path in files(runbooks, "md") {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let text = fs::read_to_string(&path).unwrap();
        let whole = text.contains("## Look at") && text.contains("## Do") && text.contains("## Over when");
        let asked = checklists.contains(&format!("runbooks/{name}.md"));
        assert!(asked || wanted.contains(name.as_str()), "{name}.md belongs to no alert and to no checklist");
        assert!(text.starts_with("# ") && (asked || whole), "{name}");
        let links = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        for link in links.filter(|link| !link.starts_with("https://")) {
            assert!(runbooks.join(link).is_file(), "{name}.md: the link to {link} leads nowhere");
        }
    }
}

fn assert_pass(tests: &Path) {
    for path in files(tests, "yml") {
        let report = ruletest::run(&path, None, &JobCtx::detached()).unwrap();
        let failures: Vec<String> = report.failures.iter().map(ToString::to_string).collect();
        assert!(report.passes() && report.cases > 0 && report.remarks.is_empty(), "{}\n{:?}", failures.join("\n"), report.remarks);
    }
}

#[test]
fn every_rule_that_ships_has_a_severity_a_page_and_a_test() {
    let folder = catalogue();
    assert_whole(&folder, &folder.join("tests"), &folder.join("runbooks"), 90);
}

#[test]
fn every_rule_of_the_example_has_a_severity_a_page_and_a_test() {
    let folder = example();
    assert_whole(&folder.join("rules"), &folder.join("rules/tests"), &folder.join("runbooks"), 30);
}

#[test]
fn the_routes_and_the_ladders_of_the_example_can_be_used() {
    let path = example().join("notify.yml");
    let (config, findings) = config::read(&path, &fs::read_to_string(&path).unwrap());
    assert!(findings.is_empty(), "{findings:?}");
    let config = config.unwrap();
    assert_eq!(config.receivers[0].name, "desktop", "it has to work where nothing is set up");
    let receivers: Vec<&str> = config.receivers.iter().map(|receiver| receiver.name.as_str()).collect();
    let path = example().join("oncall.yml");
    let (oncall, findings) = oncall::read(&path, &fs::read_to_string(&path).unwrap(), Some(&receivers));
    assert!(findings.is_empty(), "{findings:?}");
    let oncall = oncall.unwrap();
    let levels = (1..=5).filter(|level| oncall.contacts.iter().any(|contact| contact.role.starts_with(&format!("level {level}:"))));
    assert_eq!((levels.count(), oncall.ladders.len()), (5, 4));
    assert!(oncall.ladders.iter().all(|ladder| ladder.levels.len() >= 3));
}

#[test]
fn the_tests_of_the_rules_that_ship_pass() {
    assert_pass(&catalogue().join("tests"));
}

#[test]
fn the_tests_of_the_example_pass() {
    assert_pass(&example().join("rules/tests"));
}
