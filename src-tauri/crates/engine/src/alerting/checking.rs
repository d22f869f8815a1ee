//! What is wrong with files of rules, routes, runbooks and tests, each finding with its place.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use quarterdeck_document::{
    findings::{Findings, Place},
    yaml::{self, Node, Value},
};
use quarterdeck_model::{
    Count, Fault, Outcome,
    alert::{RuleCheck, RunbookBlock, RunbookSpan},
    system::DefinitionFinding,
};
use quarterdeck_monitor::rules::{Group, file::MANNER};

use super::{links, loading, markdown, routing, runbook};
use crate::{operation::Scope, ops::CheckRules};

/// The folder of unit tests, below that of the rules.
const TESTS: &str = "tests";

/// Reads files and folders, and lists what is wrong. Fault `file-missing`.
pub(crate) fn check_rules(_scope: &Scope, asked: &CheckRules) -> Outcome<RuleCheck> {
    let mut check = nothing();
    for path in &asked.paths {
        let path = &path.0;
        if !path.exists() {
            return Err(
                Fault::refused("file-missing", format!("There is no file {}.", path.display())).hint("Name a rule file, or a folder.")
            );
        }
        if path.is_dir() {
            folder(path, &mut check);
        } else {
            file(path, &mut check);
        }
    }
    Ok(check)
}

/// Everything that is wrong with the rules, their tests, the routes, the on-call file and the runbooks of a folder that has a definition.
pub(crate) fn check_definition(definition: &Path) -> RuleCheck {
    let mut check = nothing();
    folder(&definition.join(loading::FOLDER), &mut check);
    check.findings.extend(routing::findings_of(definition));
    for page in pages(&definition.join(runbook::FOLDER)) {
        check.findings.extend(dead_ends(definition, &page));
    }
    check
}

/// Names of alerts that the unit tests of a definition are about.
pub(crate) fn tested(definition: &Path) -> BTreeSet<String> {
    let files = loading::rule_files(&definition.join(loading::FOLDER).join(TESTS)).into_iter();
    let names = files.flat_map(|path| {
        let text = fs::read_to_string(&path).unwrap_or_default();
        let root = yaml::read(&text, MANNER, &mut Findings::new(&path));
        root.map(|root| values(&root, "alertname")).unwrap_or_default()
    });
    names.map(|(_, name)| name).collect()
}

fn nothing() -> RuleCheck {
    RuleCheck { files: Count(0), groups: Count(0), rules: Count(0), findings: Vec::new(), remarks: Vec::new() }
}

/// A folder of rule files, and the unit tests below it.
fn folder(path: &Path, check: &mut RuleCheck) {
    let mut groups = Vec::new();
    for path in loading::rule_files(path) {
        groups.extend(file(&path, check));
    }
    let rules = || groups.iter().flat_map(|group| &group.rules);
    let names: BTreeSet<&str> = rules().map(|rule| &*rule.name).collect();
    let mut untested: BTreeSet<&str> = rules().filter(|rule| rule.alerting().is_some()).map(|rule| &*rule.name).collect();
    for path in loading::rule_files(&path.join(TESTS)) {
        check.findings.extend(tests_of_nothing(&path, &names, &mut untested));
    }
    check.remarks.extend(without_test(&untested));
}

/// Says which alerts no unit test names; nothing where there is none.
fn without_test(names: &BTreeSet<&str>) -> Option<String> {
    const NAMED: usize = 5;
    let (count, named) = (names.len(), names.iter().take(NAMED).copied().collect::<Vec<_>>().join(", "));
    let more = if count > NAMED { format!(" and {} more", count - NAMED) } else { String::new() };
    let nouns = if count == 1 { "alert has" } else { "alerts have" };
    (count > 0).then(|| format!("{count} {nouns} no unit test in {}/{TESTS}: {named}{more}.", loading::FOLDER))
}

/// One file; its groups.
fn file(path: &Path, check: &mut RuleCheck) -> Vec<Group> {
    check.files.0 += 1;
    if let Some(findings) = routing::findings_in(path) {
        check.findings.extend(findings);
        return Vec::new();
    }
    let read = loading::read_file(path);
    check.groups.0 += read.groups.len() as u64;
    check.rules.0 += read.groups.iter().map(|group| group.rules.len() as u64).sum::<u64>();
    check.findings.extend(read.findings);
    check.findings.extend(read.remarks);
    check.findings.extend(dead_links(path, &read.groups));
    read.groups
}

/// Runbooks that rules name and that are not there.
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

/// Tests that name rule files or alerts that are not there; those alerts that are named leave the untested ones.
fn tests_of_nothing(path: &Path, names: &BTreeSet<&str>, untested: &mut BTreeSet<&str>) -> Vec<DefinitionFinding> {
    let mut findings = Findings::new(path);
    let text = fs::read_to_string(path).unwrap_or_default();
    let Some(root) = yaml::read(&text, MANNER, &mut findings) else { return findings.in_order() };
    for (place, name) in values(&root, "alertname") {
        untested.remove(&*name);
        if !names.contains(&*name) {
            findings.add(place, format!("No rule is named {name}."), "Correct the name, or remove the case.");
        }
    }
    for (place, name) in values(&root, "rule_files") {
        let there = name.contains(['*', '?', '[']) || path.parent().is_some_and(|folder| folder.join(&name).is_file());
        if !there {
            findings.add(place, format!("There is no rule file {name}."), "Name it relative to the file of the tests.");
        }
    }
    findings.in_order()
}

/// Texts behind a key, wherever it stands, and those of a list behind it.
fn values(node: &Node, key: &str) -> Vec<(Place, String)> {
    let text = |node: &Node| match &node.value {
        Value::Text(text) => Some((node.at, text.to_string())),
        _ => None,
    };
    match &node.value {
        Value::Mapping(entries) => entries
            .iter()
            .flat_map(|entry| match &entry.node.value {
                Value::Sequence(items) if entry.key == key => items.iter().filter_map(text).collect(),
                _ if entry.key == key => text(&entry.node).into_iter().collect(),
                _ => values(&entry.node, key),
            })
            .collect(),
        Value::Sequence(items) => items.iter().flat_map(|item| values(item, key)).collect(),
        _ => Vec::new(),
    }
}

/// Markdown pages of a folder; none where there is no such folder.
fn pages(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut pages: Vec<PathBuf> = entries.filter_map(Result::ok).map(|entry| entry.path()).collect();
    pages.retain(|path| path.extension().is_some_and(|ending| ending == "md"));
    pages.sort();
    pages
}

/// Links of a page that lead to a page that is not there.
fn dead_ends(definition: &Path, page: &Path) -> Vec<DefinitionFinding> {
    let mut findings = Findings::new(page);
    let text = fs::read_to_string(page).unwrap_or_default();
    let mut named = BTreeSet::new();
    markdown::blocks(&text)
        .iter()
        .for_each(|block| spans(block, &mut |span| named.extend(span.link.as_ref().and_then(|link| link.runbook.clone()))));
    for name in named.iter().filter(|name| !runbook::is_there(definition, name)) {
        let at = text.find(&format!("{name}.md")).map_or(Place::START, |at| Place::behind(&text[..at]));
        findings.add(at, format!("The runbook {name} is not there."), format!("Write {}/{name}.md, or correct the link.", runbook::FOLDER));
    }
    findings.in_order()
}

/// Hands over the words of a part of a page.
fn spans(block: &RunbookBlock, each: &mut impl FnMut(&RunbookSpan)) {
    match block {
        RunbookBlock::Heading { text, .. } | RunbookBlock::Paragraph { text } => text.iter().for_each(each),
        RunbookBlock::Code { .. } | RunbookBlock::Rule => {}
        RunbookBlock::List { items, .. } => items.iter().flatten().for_each(|inner| spans(inner, each)),
        RunbookBlock::Quote { blocks } => blocks.iter().for_each(|inner| spans(inner, each)),
        RunbookBlock::Table { head, rows } => head.iter().chain(rows.iter().flatten()).flatten().for_each(each),
    }
}
