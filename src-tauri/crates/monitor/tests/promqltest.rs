//! Scripts of queries: our own, and any folder of Prometheus's that `QUARTERDECK_PROMQLTEST_DIR` names.
#![allow(clippy::print_stdout, reason = "the counts are what the test is for")]
#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};

use quarterdeck_monitor::promqltest::run::run;

/// Failures that are understood: file, line of the case, why.
const KNOWN: &[(&str, usize, &str)] =
    &[("functions.test", 523, "our texts are UTF-8: the library reads \\xff as the letter U+00FF, which is a valid label")];

/// Scripts about what this evaluator does not have; a case of theirs that passes would prove nothing.
const ELSEWHERE: &[(&str, &str)] = &[
    ("native_histograms.test", "the script is about native histograms"),
    ("extended_vectors.test", "the script is about anchored and smoothed ranges"),
    ("duration_expression.test", "the script is about durations that are computed"),
    ("info.test", "the script is about joining with info metrics"),
    ("start_timestamps.test", "the script is about start timestamps"),
    ("type_and_unit.test", "the script is about labels for types and units"),
];

#[test]
fn queries_answer_as_their_scripts_say() {
    let named = std::env::var_os("QUARTERDECK_PROMQLTEST_DIR");
    let folder = named.map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/promql"), PathBuf::from);
    let mut scripts = Vec::new();
    below(&folder, &mut scripts);
    assert!(!scripts.is_empty(), "no script below {}", folder.display());
    let (mut passed, mut failed, mut skipped, mut unknown) = (0, 0, 0, 0);
    for path in scripts {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let mut outcomes = run(&std::fs::read_to_string(&path).unwrap());
        if let Some((_, why)) = ELSEWHERE.iter().find(|(file, _)| *file == name) {
            outcomes = outcomes.all_skipped(why);
        }
        let left_out: usize = outcomes.skipped.values().sum();
        println!("{name}: {} passed, {} failed, {left_out} skipped", outcomes.passed, outcomes.failed.len());
        outcomes.skipped.iter().for_each(|(why, count)| println!("    {count} skipped: {why}"));
        for (line, how) in &outcomes.failed {
            let known = KNOWN.iter().find(|(file, at, _)| *file == name && at == line);
            println!("    line {line}: {how}{}", known.map_or(String::new(), |(.., why)| format!(" (known: {why})")));
            unknown += usize::from(known.is_none());
        }
        passed += outcomes.passed;
        failed += outcomes.failed.len();
        skipped += left_out;
    }
    println!("total: {passed} passed, {failed} failed, {skipped} skipped");
    assert_eq!(unknown, 0, "cases failed that are not in the list of known ones");
}

fn below(folder: &Path, scripts: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            below(&path, scripts);
        } else if path.extension().is_some_and(|extension| extension == "test") {
            scripts.push(path);
        }
    }
}
