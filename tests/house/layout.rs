//! What lies at the top, and what must not lie anywhere.

use std::fs;

use crate::{nothing_found, tree};

/// Everything at the top of the tree, each with what it is.
const TOP: &[(&str, &str)] = &[
    ("Cargo.toml", "workspace and root package"),
    ("Cargo.lock", "its exact versions"),
    ("tauri.conf.json", "the window and its bundle"),
    ("src-tauri", "all Rust code"),
    ("ui", "the page"),
    ("icons", "the icon set"),
    ("tests", "rules of the house, journeys, the real window"),
    ("docs", "for people"),
    ("examples", "systems that ship"),
    ("packaging", "what an installation puts beside the program"),
    ("scripts", "what the Makefile calls"),
    ("Makefile", "the commands"),
    ("README.md", "the door"),
    ("CONTRIBUTING.md", "how to take part"),
    ("CHANGELOG.md", "what changed"),
    ("LICENSE", "MIT"),
    ("clippy.toml", "rules that clippy holds"),
    ("rustfmt.toml", "how Rust is set"),
    ("deny.toml", "licences and sources that are welcome"),
    (".cargo", "flags of the SQLite that is bundled"),
    (".ci", "what a machine runs for each change"),
    (".git", "history"),
    (".gitignore", "what is made, not written"),
];

/// What is made here and ignored by git.
const MADE: &[&str] = &["target", "gen", "screenshots"];

#[test]
fn the_top_of_the_tree_is_short() {
    let names = fs::read_dir(tree::root()).unwrap().map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned());
    nothing_found(
        names
            .filter(|name| !MADE.contains(&name.as_str()) && !TOP.iter().any(|(known, _)| known == name))
            .map(|name| format!("{name}: does not belong at the top: code goes to src-tauri or ui, words to docs, programs to scripts")),
    );
    nothing_found(
        TOP.iter().filter(|(name, _)| !tree::root().join(name).exists()).map(|(name, what)| format!("{name} ({what}) is missing")),
    );
}

#[test]
fn the_tree_names_no_machine_and_no_private_registry() {
    // Put together here, so that this file does not find itself.
    let homes = ["/ro|ot/", "/ho|me/", "/wo|rk/", "/Us|ers/"].map(|home| home.replace('|', ""));
    // Ada is made up: she is in the stand-in for the engine.
    let real = |line: &str| line.replace("/home|/ada/".replace('|', "").as_str(), "");
    nothing_found(tree::files().into_iter().filter(|file| !file.path.ends_with("Cargo.lock")).flat_map(|file| {
        let found = file.text.lines().enumerate().filter(|(_, line)| homes.iter().any(|home| real(line).contains(home)));
        found.map(|(at, line)| format!("{}:{}: {}: name no place on one machine", file.path, at + 1, line.trim())).collect::<Vec<_>>()
    }));
    let foreign = |line: &str| line.contains("source = ") && !line.contains("registry+https://github.com/rust-lang/crates.io-index");
    nothing_found(
        tree::read("Cargo.lock")
            .lines()
            .filter(|line| foreign(line))
            .map(|line| format!("Cargo.lock: {line}: everybody must be able to fetch it")),
    );
    let foreign = |line: &str| line.contains("\"resolved\":") && !line.contains("https://registry.npmjs.org/");
    nothing_found(
        tree::read("ui/package-lock.json")
            .lines()
            .filter(|line| foreign(line))
            .map(|line| format!("ui/package-lock.json: {line}: everybody must be able to fetch it")),
    );
}

#[test]
fn the_door_names_the_two_commands() {
    let readme = tree::read("README.md");
    for command in ["make run", "make test"] {
        assert!(readme.contains(command), "README.md does not name {command}");
    }
}

#[test]
fn links_between_documents_lead_somewhere() {
    nothing_found(tree::files().into_iter().filter(|file| file.path.ends_with(".md") && !file.path.starts_with("examples/")).flat_map(
        |file| {
            let folder = tree::root().join(&file.path).parent().unwrap().to_owned();
            let targets = file.text.split("](").skip(1).filter_map(|rest| rest.split([')', '#']).next());
            let dead = targets.filter(|target| !target.is_empty() && !target.contains("://") && !folder.join(target).exists());
            dead.map(|target| format!("{}: the link to {target} leads nowhere", file.path)).collect::<Vec<_>>()
        },
    ));
}
