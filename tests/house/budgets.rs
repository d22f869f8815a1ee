//! How long a file and a function may be.

use crate::{nothing_found, tree};

const RUST_FILE: usize = 700;
const RUST_MEDIAN: usize = 150;
const RUST_FUNCTION: usize = 60;
const UI_FILE: usize = 400;

/// Files and functions that are longer, each with its reason.
const EXCEPTIONS: &[(&str, &str)] = &[("ui/src/api/bindings.ts", "generated")];

#[test]
fn rust_files_can_be_read_in_one_sitting() {
    let mut lengths: Vec<(usize, String)> = rust().into_iter().map(|file| (file.text.lines().count(), file.path)).collect();
    lengths.sort();
    let median = lengths[lengths.len() / 2].0;
    assert!(median <= RUST_MEDIAN, "half of the Rust files have more than {median} lines (at most {RUST_MEDIAN}): part the longest");
    nothing_found(lengths.into_iter().filter(|(lines, _)| *lines > RUST_FILE).map(|(lines, path)| too_long(&path, lines, RUST_FILE)));
}

#[test]
fn ui_files_can_be_read_in_one_sitting() {
    let files = tree::below("ui/", &[".ts", ".svelte", ".css", ".js", ".html"]).into_iter().filter(|file| !excepted(&file.path));
    let lengths = files.map(|file| (file.text.lines().count(), file.path));
    nothing_found(lengths.filter(|(lines, _)| *lines > UI_FILE).map(|(lines, path)| too_long(&path, lines, UI_FILE)));
}

#[test]
fn functions_do_one_thing() {
    nothing_found(rust().into_iter().flat_map(|file| {
        let code = file.code();
        let long = functions(&code).filter(|(_, _, lines)| *lines > RUST_FUNCTION);
        let findings = long.map(|(name, line, lines)| {
            format!(
                "{}:{line}: {name} has {lines} lines (at most {RUST_FUNCTION}): name its parts and make them functions below it",
                file.path
            )
        });
        findings.collect::<Vec<_>>()
    }));
}

#[test]
fn exceptions_are_still_needed() {
    nothing_found(
        EXCEPTIONS
            .iter()
            .filter(|(path, _)| tree::read(path).lines().count() <= UI_FILE)
            .map(|(path, _)| format!("{path} fits by now: take it off the exceptions in tests/house/budgets.rs")),
    );
}

fn rust() -> Vec<tree::File> {
    tree::files().into_iter().filter(|file| file.path.ends_with(".rs") && !excepted(&file.path)).collect()
}

fn excepted(path: &str) -> bool {
    EXCEPTIONS.iter().any(|(excepted, _)| *excepted == path)
}

fn too_long(path: &str, lines: usize, most: usize) -> String {
    format!("{path}: {lines} lines (at most {most}): part it by what its parts are about")
}

/// Name, line and length of each function with a body.
fn functions(code: &str) -> impl Iterator<Item = (&str, usize, usize)> {
    code.match_indices("fn ").filter_map(|(at, _)| {
        let before = code[..at].chars().next_back();
        if before.is_some_and(|c| !c.is_whitespace() && c != '(') {
            return None;
        }
        let rest = &code[at + 3..];
        let name = rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().filter(|name| !name.is_empty())?;
        let open = body(rest)?;
        let lines = rest[open..open + tree::block_length(&rest[open..])].matches('\n').count() + 1;
        Some((name, tree::line_of(code, at), lines))
    })
}

/// Where the body of a function begins; `None` where it is only declared. A `;` inside brackets belongs to an array's type.
fn body(rest: &str) -> Option<usize> {
    let mut depth = 0;
    rest.char_indices().find_map(|(at, c)| {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            '{' | ';' if depth == 0 => return Some((c == '{').then_some(at)),
            _ => {}
        }
        None
    })?
}

#[test]
fn functions_are_measured() {
    let code = "trait A { fn b(); fn c(x: [u8; 4]) -> u8 {\n1\n} }\nfn d() {}\n";
    assert_eq!(functions(code).collect::<Vec<_>>(), [("c", 1, 3), ("d", 4, 1)]);
}
