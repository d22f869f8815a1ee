//! Which receivers get an alert: as `amtool config routes test` says, over configurations of ours with more than two hundred label sets
//! each.
//!
//! Beside `NAME.yml` stands `NAME.answers`: on each line the receivers, then the labels, between tabs. The answers were recorded from
//! amtool 0.25; with `QUARTERDECK_AMTOOL=/path/to/amtool` they are asked for again and written where they differ, and with
//! `QUARTERDECK_ALERTMANAGER_DIR=/path/to/source` its own example configurations are asked, too.
#![allow(clippy::print_stdout, reason = "the counts are what the test is for")]
#![allow(clippy::unwrap_used)]

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use quarterdeck_monitor::{
    labels::Labels,
    notify::{config, matcher, route},
};

/// The configuration's name, its file, and label sets with the receivers that were recorded.
struct Fixture {
    file: PathBuf,
    cases: Vec<(String, Vec<String>)>,
}

#[test]
fn receivers_are_those_that_were_recorded_from_amtool() {
    let fixtures = fixtures();
    assert!(fixtures.len() >= 10 && fixtures.iter().all(|fixture| fixture.cases.len() >= 200));
    let mut count = 0;
    for Fixture { file, cases } in &fixtures {
        let config = read(file);
        for (recorded, labels) in cases {
            assert_eq!(receivers(&config, labels), *recorded, "{}: {labels:?}", file.display());
            count += 1;
        }
    }
    println!("{count} label sets on {} configurations", fixtures.len());
}

#[test]
fn receivers_are_those_that_amtool_names_now() {
    let Some(amtool) = std::env::var_os("QUARTERDECK_AMTOOL").map(PathBuf::from) else {
        println!("skipped: QUARTERDECK_AMTOOL names no amtool");
        return;
    };
    let (mut count, mut differ) = (0, Vec::new());
    for Fixture { file, cases } in fixtures() {
        let config = read(&file);
        let answers: Vec<String> = cases.iter().map(|(_, labels)| ask(&amtool, &file, labels)).collect();
        for ((_, labels), answer) in cases.iter().zip(&answers) {
            count += 1;
            let ours = receivers(&config, labels);
            if ours != *answer {
                differ.push(format!("{}: {labels:?}: ours {ours}, amtool {answer}", file.display()));
            }
        }
        let lines = cases.iter().zip(answers).map(|((_, labels), answer)| format!("{answer}\t{}\n", labels.join("\t")));
        std::fs::write(file.with_extension("answers"), lines.collect::<String>()).unwrap();
    }
    println!("{count} label sets asked, {} differ", differ.len());
    assert_eq!(differ, [""; 0]);
}

#[test]
fn alertmanager_s_own_examples_are_read_as_it_reads_them() {
    let (amtool, folder) = (std::env::var_os("QUARTERDECK_AMTOOL"), std::env::var_os("QUARTERDECK_ALERTMANAGER_DIR"));
    let (Some(amtool), Some(folder)) = (amtool.map(PathBuf::from), folder.map(PathBuf::from)) else {
        println!("skipped: QUARTERDECK_AMTOOL and QUARTERDECK_ALERTMANAGER_DIR do not name amtool and Alertmanager's source");
        return;
    };
    let mut files = Vec::new();
    ["config/testdata", "doc/examples", "cli/testdata", "examples/ha"].iter().for_each(|under| below(&folder.join(under), &mut files));
    let (mut both, mut neither, mut asked, mut differ) = (0, 0, 0, Vec::new());
    for file in files {
        let theirs = Command::new(&amtool).arg("check-config").arg(&file).output().unwrap();
        let (config, findings) = config::read(&file, &std::fs::read_to_string(&file).unwrap());
        match (theirs.status.success(), config) {
            (true, Some(config)) => {
                both += 1;
                for labels in sets_for(&config.route) {
                    asked += 1;
                    let (ours, answer) = (receivers(&config, &labels), ask(&amtool, &file, &labels));
                    if ours != answer {
                        differ.push(format!("{}: {labels:?}: ours {ours}, amtool {answer}", file.display()));
                    }
                }
            }
            (false, None) => neither += 1,
            (true, None) => println!("only theirs: {}: {findings:?}", file.display()),
            (false, Some(_)) => println!("only ours: {}: {}", file.display(), String::from_utf8_lossy(&theirs.stdout).replace('\n', " ")),
        }
    }
    println!("{both} files read by both, {neither} refused by both; {asked} label sets asked, {} differ", differ.len());
    assert_eq!(differ, [""; 0]);
}

#[test]
fn groups_have_the_names_that_were_recorded_from_alertmanager() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let config = read(&folder.join("groups.yml"));
    let notes = ["plain", "tab\tand\nline", "ünï \\ back", "q\"uote", "bell\u{7}\u{7f}\u{80}\u{2028}🙂", "nb\u{a0}sp"];
    let mut keys: Vec<String> = Vec::new();
    for name in ["x", "a\"b"] {
        for (i, note) in notes.iter().enumerate() {
            let labels = Labels::new([("alertname", name), ("note", note), ("host", &format!("h{i}"))]);
            let paths = route::matching(&config.route, &labels);
            keys.extend(paths.iter().map(|path| path.route.group_key(&path.route.group_labels(&labels))));
        }
    }
    keys.sort();
    let text = std::fs::read_to_string(folder.join("groups.keys")).unwrap();
    let mut recorded: Vec<&str> = text.lines().collect();
    recorded.sort_unstable();
    assert_eq!(keys, recorded);
}

/// Label sets that come near each route: the values its matchers name, one left out, one wrong.
fn sets_for(root: &route::Route) -> Vec<Vec<String>> {
    let mut sets = vec![Vec::new()];
    for route in root.all() {
        let named = route.matchers.iter().map(|matcher| {
            let value = matcher.value.split('|').next().unwrap_or_default();
            format!("{}={}", matcher.label, value.trim_matches(['^', '(', ')', '$']).replace(".*", "x"))
        });
        let named: Vec<String> = named.filter(|label| !label.ends_with('=')).collect();
        for left_out in 0..named.len() {
            sets.push(named.iter().enumerate().filter(|(i, _)| *i != left_out).map(|(_, label)| label.clone()).collect());
            sets.push(named.iter().enumerate().map(|(i, label)| format!("{label}{}", if i == left_out { "-" } else { "" })).collect());
        }
        sets.push(named);
    }
    sets
}

fn fixtures() -> Vec<Fixture> {
    let mut files = Vec::new();
    below(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/routes"), &mut files);
    let fixture = |file: PathBuf| {
        let text = std::fs::read_to_string(file.with_extension("answers")).unwrap();
        let case = |line: &str| {
            let (receivers, labels) = line.split_once('\t').unwrap_or((line, ""));
            (receivers.to_owned(), labels.split('\t').filter(|label| !label.is_empty()).map(str::to_owned).collect())
        };
        Fixture { cases: text.lines().map(case).collect(), file }
    };
    files.into_iter().map(fixture).collect()
}

fn read(file: &Path) -> config::Config {
    let (config, findings) = config::read(file, &std::fs::read_to_string(file).unwrap());
    config.unwrap_or_else(|| panic!("{findings:#?}"))
}

fn receivers(config: &config::Config, labels: &[String]) -> String {
    let labels = Labels::new(labels.iter().map(|label| matcher::pair(label).unwrap()));
    let paths = route::matching(&config.route, &labels);
    paths.iter().map(|path| path.route.receiver.as_str()).collect::<Vec<_>>().join(",")
}

fn ask(amtool: &Path, file: &Path, labels: &[String]) -> String {
    let said = Command::new(amtool).args(["config", "routes", "test", "--config.file"]).arg(file).args(labels).output().unwrap();
    assert!(said.status.success(), "{}: {labels:?}: {}", file.display(), String::from_utf8_lossy(&said.stderr));
    String::from_utf8(said.stdout).unwrap().trim_end_matches('\n').to_owned()
}

fn below(folder: &Path, files: &mut Vec<PathBuf>) {
    let mut found: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    found.sort();
    files.extend(found.into_iter().filter(|path| path.extension().is_some_and(|extension| extension == "yml")));
}
