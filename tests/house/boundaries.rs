//! What only one place may do.

use crate::{nothing_found, tree};

/// Words of code that belong to one place.
struct Boundary {
    words: &'static [&'static str],
    /// Beginnings of paths where they are at home.
    home: &'static [&'static str],
    /// Paths where they are allowed all the same, each with its reason.
    exceptions: &'static [(&'static str, &'static str)],
    /// Where the code belongs instead.
    instead: &'static str,
}

const BOUNDARIES: &[Boundary] = &[
    Boundary {
        words: &["tauri::", "tauri_build::", "tauri_plugin"],
        home: &["src-tauri/src/desktop/", "src-tauri/build.rs"],
        exceptions: &[],
        instead: "only the window knows Tauri: give the engine an operation and call it from src-tauri/src/desktop",
    },
    Boundary {
        words: &["println!", "print!", "eprintln!", "eprint!", "dbg!", "io::stdout", "io::stderr"],
        home: &["src-tauri/src/cli/"],
        exceptions: &[
            ("src-tauri/build.rs", "cargo listens to its standard output"),
            ("src-tauri/src/agent/journal.rs", "the journal of the system reads the agent's standard error"),
            ("src-tauri/src/desktop/start.rs", "a window that cannot open has nowhere else to say so"),
        ],
        instead: "standard output is the wire of another face: return it, and print it in src-tauri/src/cli",
    },
    Boundary {
        words: &["fs::rename", "fs::write", "fs::copy", "fs::hard_link", "File::create(", ".truncate(true)", "fs::remove_dir_all"],
        home: &["src-tauri/crates/store/src/files.rs"],
        exceptions: &[
            ("src-tauri/build.rs", "runs on the developer's machine and writes only what git ignores"),
            ("src-tauri/crates/store/src/failpoint.rs", "exists only in builds for tests"),
            ("src-tauri/src/cli/example/simulator/journal.rs", "plays an application, whose log and process file are its own"),
        ],
        instead: "a file is written whole or not at all: use store::files",
    },
    Boundary {
        words: &["Utc::now", "Local::now", "SystemTime::now"],
        home: &["src-tauri/crates/model/src/clock.rs"],
        exceptions: &[],
        instead: "only model::clock knows the time: take a &dyn Clock (std::time::Instant is fine for measuring how long something took)",
    },
    Boundary {
        words: &["Connection::open"],
        // The example plays the application that owns its database.
        home: &["src-tauri/crates/sqlite/src/", "src-tauri/crates/store/src/", "src-tauri/src/cli/example"],
        exceptions: &[],
        instead: "opening a target the wrong way drops locks or writes to it: use sqlite::open",
    },
    Boundary {
        words: &["rustic_core", "rustic_backend"],
        home: &["src-tauri/crates/backup/src/repository/"],
        exceptions: &[],
        instead: "the library behind the repository changes with every version: extend the trait in backup::repository (docs/decisions/0003)",
    },
    Boundary {
        words: &["promql_parser::"],
        home: &["src-tauri/crates/monitor/src/promql/parse.rs"],
        exceptions: &[],
        instead: "behind that file a query is our own tree (docs/decisions/0019)",
    },
    Boundary {
        words: &["unsafe {", "unsafe fn", "unsafe impl"],
        home: &[],
        exceptions: &[],
        instead: "this product holds other people's data: find a safe way, rustix and rusqlite have most of them",
    },
    Boundary {
        words: &["process::Command", "Command::new("],
        home: &["src-tauri/crates/engine/src/program/"],
        exceptions: &[],
        instead: "definitions are data from a repository, not trusted code: programs that evidence and smoke tests name are begun by engine::program, with its limits (docs/decisions/0029), and no others are",
    },
    Boundary {
        words: &["Result<(), String>", ", String>> {", "anyhow::", "Box<dyn Error", "Box<dyn std::error::Error"],
        home: &[],
        exceptions: &[],
        instead: "everything that goes wrong has one shape: return Outcome<T>, whose Fault names the thing and says what to do",
    },
];

#[test]
fn code_is_where_it_belongs() {
    let mut findings = Vec::new();
    for file in tree::shipped_rust() {
        let code = file.shipped_code();
        for boundary in BOUNDARIES {
            if boundary.home.iter().any(|home| file.path.starts_with(home))
                || boundary.exceptions.iter().any(|(path, _)| *path == file.path)
            {
                continue;
            }
            for word in boundary.words {
                for at in occurrences(&code, word) {
                    findings.push(format!("{}:{}: `{word}`: {}", file.path, tree::line_of(&code, at), boundary.instead));
                }
            }
        }
    }
    nothing_found(findings);
}

#[test]
fn exceptions_are_still_needed() {
    let exceptions = BOUNDARIES.iter().flat_map(|boundary| boundary.exceptions.iter().map(move |(path, _)| (boundary.words, *path)));
    nothing_found(exceptions.filter_map(|(words, path)| {
        let code = tree::File { path: path.to_owned(), text: tree::read(path) }.code();
        let used = words.iter().any(|word| code.contains(word));
        (!used).then(|| format!("{path}: uses none of {words:?} any more: take it off the exceptions in tests/house/boundaries.rs"))
    }));
}

/// Where a word begins, unless it is the end of a longer name.
fn occurrences<'a>(code: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    code.match_indices(word).map(|(at, _)| at).filter(move |&at| {
        let before = code[..at].chars().next_back();
        !word.starts_with(char::is_alphanumeric) || !before.is_some_and(|c| c.is_alphanumeric() || c == '_')
    })
}
