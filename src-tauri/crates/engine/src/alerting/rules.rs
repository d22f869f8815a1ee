//! Rules as they are, and their unit tests.

use std::collections::BTreeMap;

use quarterdeck_model::{
    Count, Millis, Outcome,
    alert::{RuleGroup, RuleTestFile, RuleTests},
};
use quarterdeck_monitor::{
    rules::{Evaluator, Group, Settings},
    ruletest,
};

use super::{
    evaluation::INTERVAL,
    keeping,
    loading::{self, Loading, RuleFile},
    view::View,
};
use crate::{
    operation::Scope,
    ops::{ListRules, RuleList, TestRules},
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
