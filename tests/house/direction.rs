//! Which crate may know which.

use crate::{nothing_found, tree};

/// Each crate, and the crates of ours that it may name. Peers do not know each other: they cooperate through operations.
const MAY_KNOW: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("document", &["model"]),
    ("report", &["model"]),
    ("store", &["model"]),
    ("sqlite", &["model", "store"]),
    ("backup", &["model", "store", "sqlite"]),
    ("migrate", &["model", "store", "sqlite"]),
    ("monitor", &["model", "document", "store", "sqlite"]),
    ("readiness", &["model", "document"]),
    ("engine", &["model", "document", "report", "store", "sqlite", "backup", "migrate", "monitor", "readiness", "report"]),
    ("link", &["model", "engine"]),
    ("app", &["model", "engine", "link"]),
    ("testkit", &["model"]),
];

#[test]
fn crates_only_know_what_is_below_them() {
    nothing_found(manifests().into_iter().flat_map(|(name, manifest)| {
        let Some((_, allowed)) = MAY_KNOW.iter().find(|(known, _)| *known == name) else {
            return vec![format!(
                "{name}: a new crate is a new boundary: say in tests/house/direction.rs and docs/architecture.md what it may know"
            )];
        };
        let wrong = dependencies(&manifest).filter(|used| !allowed.contains(&used.as_str()));
        wrong
            .map(|used| format!("{name} names {used} (it may name {allowed:?}): move the code down, or make it an operation of the engine"))
            .collect()
    }));
}

#[test]
fn the_testkit_is_only_for_tests() {
    nothing_found(manifests().into_iter().filter_map(|(name, manifest)| {
        dependencies(&manifest).any(|used| used == "testkit").then(|| format!("{name} ships the testkit: name it under [dev-dependencies]"))
    }));
}

#[test]
fn only_the_root_package_can_bring_tauri() {
    nothing_found(
        manifests().into_iter().filter(|(name, manifest)| name != "app" && manifest.contains("tauri")).map(|(name, _)| {
            format!("{name} names Tauri: only src-tauri/src/desktop and build.rs know it, and both are in the root package")
        }),
    );
    let root = tree::read("Cargo.toml");
    nothing_found(
        root.lines()
            .filter(|line| line.starts_with("tauri") && line.contains(" = {") && !line.contains("optional = true"))
            .map(|line| format!("Cargo.toml: {line}: must be optional, or the command line links WebKit")),
    );
}

/// Every crate of ours by its short name, and its Cargo.toml.
fn manifests() -> Vec<(String, String)> {
    let manifests = tree::files().into_iter().filter(|file| file.path == "Cargo.toml" || file.path.ends_with("/Cargo.toml"));
    manifests.map(|file| (short_name(&file.text), file.text)).collect()
}

fn short_name(manifest: &str) -> String {
    let name = manifest.lines().skip_while(|line| *line != "[package]").find_map(|line| line.strip_prefix("name = \"quarterdeck-"));
    name.unwrap_or_else(|| panic!("a package without our name:\n{manifest}")).trim_end_matches('"').to_owned()
}

/// Crates of ours in `[dependencies]` and `[build-dependencies]`, by short name.
fn dependencies(manifest: &str) -> impl Iterator<Item = String> {
    let mut section = "";
    manifest
        .lines()
        .filter(move |line| {
            if line.starts_with('[') {
                section = line;
            }
            matches!(section, "[dependencies]" | "[build-dependencies]")
        })
        .filter_map(|line| line.strip_prefix("quarterdeck-"))
        .map(|rest| rest.split(['.', ' ', '=']).next().unwrap_or_default().to_owned())
        .collect::<Vec<_>>()
        .into_iter()
}
