//! Runs the tests of a file.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use quarterdeck_model::{JobCtx, Outcome, system::DefinitionFinding};
use regex::Regex;

use super::{
    Failure, Report, compare,
    file::{self, AlertCase, Test, TestFile},
    glob,
    world::World,
};
use crate::{
    labels::Labels,
    rules::{self, Evaluator, Group, Health, Settings},
};

/// How long one evaluation, and one query, may take.
const PATIENCE: Duration = Duration::from_secs(100);

/// Runs the tests of a file.
pub fn file(path: &Path, only: Option<&Regex>, ctx: &JobCtx) -> Outcome<Report> {
    let mut report = Report { file: path.to_owned(), ..Report::default() };
    let read = std::fs::read_to_string(path).map_err(|error| {
        let message = format!("The file cannot be read: {error}.");
        vec![Failure { file: path.to_owned(), line: 1, test: String::new(), message }]
    });
    let read = read.and_then(|text| file::read(path, &text).map_err(|findings| findings.iter().map(|found| told(found, "")).collect()));
    match read {
        Ok(file) => tests(&file, only, &mut report, ctx)?,
        Err(failures) => report.failures = failures,
    }
    Ok(report)
}

fn told(finding: &DefinitionFinding, test: &str) -> Failure {
    let message = format!("{} {}", finding.message, finding.hint);
    Failure { file: PathBuf::from(finding.file.to_string()), line: finding.line, test: test.to_owned(), message }
}

fn tests(file: &TestFile, only: Option<&Regex>, report: &mut Report, ctx: &JobCtx) -> Outcome<()> {
    report.rules = rule_files(file, report);
    let groups = groups(&report.rules, &file.order);
    for test in file.tests.iter().filter(|test| only.is_none_or(|only| only.is_match(&test.name))) {
        ctx.checkpoint()?;
        match &groups {
            Ok(groups) => Run { file, test, report: &mut *report, ctx }.test(groups),
            Err(findings) => report.failures.extend(findings.iter().map(|finding| told(finding, &test.name))),
        }
    }
    ctx.checkpoint()
}

fn rule_files(file: &TestFile, report: &mut Report) -> Vec<PathBuf> {
    let folder = report.file.parent().unwrap_or(Path::new("")).to_owned();
    let mut all = Vec::new();
    for pattern in &file.rules {
        let found = glob::files(&folder.join(pattern));
        if found.is_empty() {
            report.remarks.push(format!("No file is named {pattern}."));
        }
        all.extend(found);
    }
    all
}

/// The groups of all files, each with its file, in the order in which they are evaluated.
fn groups(files: &[PathBuf], order: &[String]) -> Result<Vec<(PathBuf, Group)>, Vec<DefinitionFinding>> {
    let (mut all, mut findings) = (Vec::new(), Vec::new());
    for path in files {
        let read = match std::fs::read_to_string(path) {
            Ok(text) => rules::read(path, &text),
            Err(error) => {
                let message = format!("The rule file cannot be read: {error}.");
                let finding = DefinitionFinding { file: path.as_path().into(), line: 1, column: 1, message, hint: String::new() };
                rules::File { findings: vec![finding], ..rules::File::default() }
            }
        };
        findings.extend(read.findings);
        all.extend(read.groups.into_iter().map(|group| (path.clone(), group)));
    }
    all.sort_by_key(|(_, group)| order.iter().position(|name| *name == group.name).unwrap_or(0));
    if findings.is_empty() { Ok(all) } else { Err(findings) }
}

/// One test.
struct Run<'r> {
    file: &'r TestFile,
    test: &'r Test,
    report: &'r mut Report,
    ctx: &'r JobCtx,
}

impl Run<'_> {
    fn test(&mut self, groups: &[(PathBuf, Group)]) {
        let test = self.test;
        self.report.cases += test.alerts.len() + test.queries.len();
        if let Some(nameless) = test.alerts.iter().find(|case| case.name.is_empty()) {
            return self.fail(nameless.line, "alertname is missing: name the alert that is expected.".to_owned());
        }
        let mut world = match World::new(test) {
            Ok((world, native)) => {
                let remarks = native.iter().map(|labels| format!("Native histograms are not read; left out: {labels}."));
                self.report.remarks.extend(remarks);
                world
            }
            Err((line, message)) => return self.fail(line, message),
        };
        let settings = self.settings();
        let evaluator = |(path, group): &(PathBuf, Group)| {
            let key = format!("{}/{}", path.display(), group.name);
            Evaluator::new(group.clone(), key, settings.clone())
        };
        let mut groups: Vec<Evaluator> = groups.iter().map(evaluator).collect();
        if self.evaluate(&mut world, &mut groups) {
            self.queries(&world);
        }
    }

    fn settings(&self) -> Settings {
        Settings {
            external: Labels::new(self.test.external.clone()),
            external_url: self.test.external_url.clone(),
            interval: Duration::from_millis(self.test.interval.unsigned_abs()),
            // Evaluations are as far apart as the test says, whatever the interval of the group.
            most_at_once: Some(Duration::MAX),
            step: Duration::from_millis(self.file.step.unsigned_abs()),
            patience: Some(PATIENCE),
            ..Settings::default()
        }
    }

    /// Evaluates from the beginning to the last moment that something is expected at, and looks at the alerts on the way. False where a rule
    /// failed: then nothing else is looked at.
    fn evaluate(&mut self, world: &mut World, groups: &mut [Evaluator]) -> bool {
        let test = self.test;
        let mut cases: Vec<&AlertCase> = test.alerts.iter().collect();
        cases.sort_by_key(|case| case.at);
        let mut cases = cases.into_iter().peekable();
        let last = test.alerts.iter().map(|case| case.at).chain(test.queries.iter().map(|case| case.at)).max().unwrap_or(0);
        let mut passed = 0;
        while passed <= last && self.ctx.checkpoint().is_ok() {
            let at = test.start + passed;
            world.until(at);
            let mut well = true;
            for group in groups.iter_mut() {
                well &= self.evaluated(world, group, at);
            }
            if !well {
                return false;
            }
            while let Some(case) = cases.next_if(|case| case.at < passed.saturating_add(self.file.step)) {
                let failure = compare::alerts(case, groups);
                self.judge(case.line, failure);
            }
            passed = passed.saturating_add(self.file.step);
        }
        true
    }

    fn evaluated(&mut self, world: &World, group: &mut Evaluator, at: i64) -> bool {
        let evaluated = group.evaluate(at, world, &mut |at, readings| world.keep(at, readings), self.ctx);
        let mut well = true;
        for (outcome, standing) in evaluated.rules.iter().zip(group.rules()) {
            if let Health::Error(message) = &outcome.health {
                let after = rules::duration::shown(at - self.test.start);
                self.fail(self.test.line, format!("the rule {} fails after {after}: {message}", standing.rule.name));
                well = false;
            }
        }
        well
    }

    fn queries(&mut self, world: &World) {
        for case in &self.test.queries {
            let failure = compare::query(case, self.test.start, self.file, world, PATIENCE, self.ctx);
            self.judge(case.line, failure);
        }
    }

    fn judge(&mut self, line: u32, failure: Option<String>) {
        match failure {
            None => self.report.passed += 1,
            Some(message) => self.fail(line, message),
        }
    }

    fn fail(&mut self, line: u32, message: String) {
        self.report.failures.push(Failure { file: self.report.file.clone(), line, test: self.test.name.clone(), message });
    }
}
