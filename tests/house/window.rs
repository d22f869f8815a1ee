//! What the page in the window may do.

use std::collections::BTreeSet;

use crate::{nothing_found, tree};

/// Everything that the page may ask of Tauri itself. Whatever else it wants is an operation of the engine.
const CAPABILITIES: &[&str] =
    &["allow-call", "core:event:allow-listen", "core:event:allow-unlisten", "dialog:allow-open", "dialog:allow-save"];

#[test]
fn the_one_command_is_the_one_that_is_permitted() {
    let mut commands = BTreeSet::new();
    for file in tree::below("src-tauri/src/desktop/", &[".rs"]) {
        let code = file.code();
        for (at, _) in code.match_indices("#[tauri::command") {
            let name = code[at..].split("fn ").nth(1).and_then(|rest| rest.split(['(', '<']).next()).unwrap_or_default();
            commands.insert(name.to_owned());
        }
    }
    let permitted: BTreeSet<String> = tree::below("src-tauri/permissions/", &[".toml"])
        .iter()
        .flat_map(|file| file.text.lines().filter(|line| line.starts_with("commands.allow")).map(str::to_owned).collect::<Vec<_>>())
        .flat_map(|line| line.split('"').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>())
        .collect();
    assert_eq!(commands, permitted, "the commands in src-tauri/src/desktop and in src-tauri/permissions differ");
    assert_eq!(
        commands.len(),
        1,
        "there is one command, and every operation goes through it: add the operation to the engine's list instead"
    );
}

#[test]
fn the_page_may_do_no_more_than_it_needs() {
    let files = tree::below("src-tauri/capabilities/", &[".json"]);
    assert_eq!(files.len(), 1, "one window, one capability file");
    let capability = tree::json(&files[0].path);
    let permissions: Vec<&str> =
        capability["permissions"].as_array().unwrap().iter().map(|permission| permission.as_str().unwrap()).collect();
    assert_eq!(permissions, CAPABILITIES, "make it an operation of the engine, which checks roles and writes the audit trail");
    assert_eq!(capability["windows"], serde_json::json!(["main"]));
    assert_eq!(capability.get("remote"), None, "no page from elsewhere may call the engine");
}

#[test]
fn the_page_runs_nothing_that_was_not_built_with_it() {
    let security = &tree::json("tauri.conf.json")["app"]["security"];
    let policy = security["csp"].as_object().unwrap();
    let sheet = sheet_of_reports();
    nothing_found(policy.iter().filter_map(|(directive, sources)| {
        let sources = sources.as_str().unwrap();
        let known = ["'self'", "'none'", "data:", "ipc:", "http://ipc.localhost"];
        let ours = |source: &str| known.contains(&source) || (directive == "style-src" && source == sheet);
        let foreign = sources.split(' ').find(|source| !ours(source))?;
        Some(format!("tauri.conf.json: {directive} allows {foreign}: bundle it with the page, or make it an operation"))
    }));
    for directive in ["default-src", "script-src"] {
        assert_eq!(policy[directive], "'self'", "{directive}");
    }
    // A report is shown in a frame that inherits this policy: without the sheet that all reports share it would be bare.
    assert_eq!(policy["style-src"], format!("'self' {sheet}"), "style-src of tauri.conf.json");
    assert_eq!(security["freezePrototype"], true);
    assert_eq!(tree::json("tauri.conf.json")["app"]["withGlobalTauri"], false);
    assert_eq!(security["capabilities"], serde_json::json!(["main"]));
}

/// The sheet that all reports share, as their own policy names it: the first of two.
fn sheet_of_reports() -> String {
    let page = quarterdeck_report::html(&quarterdeck_report::Document::new("Readiness", chrono::DateTime::UNIX_EPOCH));
    let named = page.split("style-src ").nth(1).and_then(|rest| rest.split(' ').next());
    named.expect("a report names its sheet").to_owned()
}
