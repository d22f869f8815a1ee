//! Names that say nothing, and words that promise something for later (docs/glossary.md).

use crate::{nothing_found, tree};

/// Parts of names behind which anything can hide.
const HOLLOW: &[&str] = &["Manager", "Service", "Helper", "Helpers", "Util", "Utils", "Processor", "Info", "Data", "Handler"];

#[test]
fn types_and_modules_say_what_they_are() {
    let sources = tree::files().into_iter().filter(|file| [".rs", ".ts", ".svelte"].iter().any(|ending| file.path.ends_with(ending)));
    nothing_found(sources.flat_map(|file| {
        let mut names: Vec<(usize, String)> = file.path.split(['/', '.']).map(|part| (1, part.to_owned())).collect();
        if !file.path.ends_with("bindings.ts") {
            names.extend(declared(&file));
        }
        let hollow = names.into_iter().filter_map(|(line, name)| {
            let word = parts(&name).into_iter().find(|part| HOLLOW.iter().any(|hollow| hollow.eq_ignore_ascii_case(part)))?;
            Some(format!("{}:{line}: {name}: `{word}` says nothing: name what it is or does, with a noun of docs/glossary.md", file.path))
        });
        hollow.collect::<Vec<_>>()
    }));
}

#[test]
fn nothing_is_left_for_later() {
    // Put together here, so that this file does not find itself.
    let later = [["TO", "DO"], ["FIX", "ME"], ["XX", "X:"], ["to", "do!("], ["unimpl", "emented!("]].map(|parts| parts.concat());
    nothing_found(tree::files().into_iter().flat_map(|file| {
        let found = file.text.lines().enumerate().filter(|(_, line)| later.iter().any(|word| line.contains(word)));
        found.map(|(at, line)| format!("{}:{}: {}: finish it, or write an issue", file.path, at + 1, line.trim())).collect::<Vec<_>>()
    }));
}

#[test]
fn people_are_spoken_to_calmly() {
    // Letters of the made-up people in the example.
    const LETTERS: &str = "src-tauri/src/cli/example/words.rs";
    let sources = tree::files()
        .into_iter()
        .filter(|file| file.path != LETTERS && [".rs", ".ts", ".svelte"].iter().any(|ending| file.path.ends_with(ending)));
    let loud = ["success", "pleas"].map(|stem| if stem == "success" { format!("{stem}fully") } else { format!("{stem}e ") });
    nothing_found(sources.flat_map(|file| {
        // Tests may quote what others say.
        let spoken = file.text.split("#[cfg(test)]").next().unwrap_or_default();
        let found = spoken.lines().enumerate().filter(|(_, line)| loud.iter().any(|word| line.to_lowercase().contains(word)));
        found
            .map(|(at, line)| format!("{}:{}: {}: say what is, without manners or applause", file.path, at + 1, line.trim()))
            .collect::<Vec<_>>()
    }));
}

/// Names of types and modules that a file declares, with their lines.
fn declared(file: &tree::File) -> Vec<(usize, String)> {
    let code = if file.path.ends_with(".rs") { file.code() } else { file.text.clone() };
    let mut names = Vec::new();
    for (at, line) in code.lines().enumerate() {
        let mut words = line.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty());
        let Some(keyword) = words.find(|word| !["pub", "crate", "super", "export", "default", "declare", "abstract"].contains(word)) else {
            continue;
        };
        if ["struct", "enum", "trait", "type", "mod", "class", "interface"].contains(&keyword) {
            names.extend(words.next().map(|name| (at + 1, name.to_owned())));
        }
    }
    names
}

/// `WirePath`, `wire_path` and `wire-path` → `Wire`, `Path`.
fn parts(name: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    for c in name.chars() {
        if c.is_uppercase() || "_-".contains(c) {
            parts.push(String::new());
        }
        if !"_-".contains(c) {
            parts.last_mut().unwrap().push(c);
        }
    }
    parts
}
