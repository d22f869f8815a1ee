//! Rules as they are, what is wrong with their files, and their unit tests.

use std::{collections::BTreeMap, path::Path};

use quarterdeck_document::findings::Findings;
use quarterdeck_model::{
    Count, Fault, Millis, Outcome,
    alert::{RuleCheck, RuleGroup, RuleTestFile, RuleTests},
    system::DefinitionFinding,
};
use quarterdeck_monitor::{
    rules::{Evaluator, Group, Settings},
    ruletest,
};

use super::{
    evaluation::INTERVAL,
    keeping, links,
    loading::{self, Loading, RuleFile},
    routing, runbook,
    view::View,
};
use crate::{
    operation::Scope,
    ops::{CheckRules, ListRules, RuleList, TestRules},
};

/// Lists groups, as they were evaluated last; those that never were wait.
pub(crate) fn list(scope: &Scope, asked: &ListRules) -> Outcome<RuleList> {
    let view = View::read(&scope.engine)?;
    let loading = Loading::read(&scope.engine)?;
    let mut kept: BTreeMap<String, RuleGroup> = view.groups.into_iter().map(|group| (group.key.clone(), group)).collect();
    let mut groups = Vec::new();
    for file in &loading.files {
        for group in file.groups.iter() {
            let key = format!("{}{}", file.prefix(), group.name);
            groups.push(kept.remove(&key).unwrap_or_else(|| waiting(key, group, file, &loading)));
        }
        if !file.findings.is_empty() {
            // It is used as it was before.
            let prefix = file.prefix();
            let before: Vec<String> = kept.keys().filter(|key| key.starts_with(&prefix)).cloned().collect();
            groups.extend(before.iter().filter_map(|key| kept.remove(key)));
        }
    }
    groups.retain(|group| asked.system.is_none() || group.system == asked.system);
    Ok(RuleList { groups, findings: loading.findings(), as_of: view.now })
}

/// Reads files and folders, and lists what is wrong. Fault `file-missing`.
pub(crate) fn check_rules(_scope: &Scope, asked: &CheckRules) -> Outcome<RuleCheck> {
    let mut check = RuleCheck { files: Count(0), groups: Count(0), rules: Count(0), findings: Vec::new() };
    for path in &asked.paths {
        let path = &path.0;
        if !path.exists() {
            return Err(
                Fault::refused("file-missing", format!("There is no file {}.", path.display())).hint("Name a rule file, or a folder.")
            );
        }
        let files = if path.is_dir() { loading::rule_files(path) } else { vec![path.clone()] };
        for file in files {
            check_file(&file, &mut check);
        }
    }
    Ok(check)
}

/// Runs unit tests.
pub(crate) fn test_rules(scope: &Scope, asked: &TestRules) -> Outcome<RuleTests> {
    let mut tests = RuleTests { files: Vec::new(), passed: Count(0), failed: Count(0) };
    for path in &asked.paths {
        let report = ruletest::run(&path.0, None, &scope.ctx)?;
        let failed = report.cases - report.passed;
        tests.passed.0 += report.passed as u64;
        tests.failed.0 += if failed == 0 { u64::from(!report.failures.is_empty()) } else { failed as u64 };
        let failure =
            |failure: &ruletest::Failure| format!("{}:{}: {}: {}", failure.file.display(), failure.line, failure.test, failure.message);
        let failures = report.failures.iter().map(failure).collect();
        tests.files.push(RuleTestFile { file: path.clone(), passed: Count(report.passed as u64), failures });
    }
    Ok(tests)
}

/// Everything that is wrong with the rules, routes and on-call files of a folder that has a definition.
pub(crate) fn findings_of(folder: &Path) -> Vec<DefinitionFinding> {
    let mut check = RuleCheck { files: Count(0), groups: Count(0), rules: Count(0), findings: Vec::new() };
    loading::rule_files(&folder.join(loading::FOLDER)).iter().for_each(|file| check_file(file, &mut check));
    check.findings.extend(routing::findings_of(folder));
    check.findings
}

fn check_file(path: &Path, check: &mut RuleCheck) {
    if let Some(findings) = routing::findings_in(path) {
        check.files.0 += 1;
        check.findings.extend(findings);
        return;
    }
    let read = loading::read_file(path);
    check.files.0 += 1;
    check.groups.0 += read.groups.len() as u64;
    check.rules.0 += read.groups.iter().map(|group| group.rules.len() as u64).sum::<u64>();
    check.findings.extend(read.findings);
    check.findings.extend(read.remarks);
    check.findings.extend(dead_links(path, &read.groups));
}

/// Runbooks that are named and not there.
fn dead_links(path: &Path, groups: &[Group]) -> Vec<DefinitionFinding> {
    let mut findings = Findings::new(path);
    let folders = [path.parent().and_then(Path::parent), path.parent()];
    for rule in groups.iter().flat_map(|group| &group.rules) {
        let Some(alerting) = rule.alerting() else { continue };
        let annotations: BTreeMap<String, String> =
            alerting.annotations.iter().map(|(name, words)| (name.to_string(), words.text.to_string())).collect();
        let Some(name) = links::runbook(&annotations).filter(|name| !name.contains("{{")) else { continue };
        if !folders.iter().flatten().any(|folder| runbook::is_there(folder, &name)) {
            let message = format!("{}: the runbook {name} is not there.", rule.name);
            findings.add(rule.at, message, format!("Write {}/{name}.md beside quarterdeck.yaml.", runbook::FOLDER));
        }
    }
    findings.in_order()
}

/// A group that was not evaluated yet.
fn waiting(key: String, group: &Group, file: &RuleFile, loading: &Loading) -> RuleGroup {
    let evaluator = Evaluator::new(group.clone(), key, Settings { interval: INTERVAL, ..Settings::default() });
    RuleGroup {
        key: evaluator.key().to_owned(),
        name: group.name.clone(),
        origin: file.origin.word().to_owned(),
        system: file.origin.system().cloned(),
        file: loading::wire(file.path.as_ref()),
        every: Millis::from(evaluator.interval()),
        evaluated: None,
        took: None,
        missed: Count(0),
        rules: evaluator.rules().iter().map(|standing| keeping::rule(standing, &file.origin, loading)).collect(),
    }
}
