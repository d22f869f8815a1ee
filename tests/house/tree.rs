//! The files of the tree, as text and as code without words.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;

/// Folders whose content nobody wrote.
const MADE: &[&str] = &[".git", "target", "node_modules", "dist", "gen", "screenshots"];

/// One text file.
pub struct File {
    /// Its path from the root, parted by `/`.
    pub path: String,
    /// All of it.
    pub text: String,
}

/// The root of the repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// One file, by its path from the root.
pub fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// One JSON file.
pub fn json(path: &str) -> Value {
    serde_json::from_str(&read(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Every text file that somebody wrote.
pub fn files() -> Vec<File> {
    let mut found = Vec::new();
    walk(root(), &mut found);
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

/// Every file below a folder whose name ends with one of the given endings.
pub fn below(folder: &str, endings: &[&str]) -> Vec<File> {
    files().into_iter().filter(|file| file.path.starts_with(folder) && endings.iter().any(|ending| file.path.ends_with(ending))).collect()
}

/// The Rust files of what is shipped: no tests, no testkit.
pub fn shipped_rust() -> Vec<File> {
    let crates = below("src-tauri/", &[".rs"]);
    crates
        .into_iter()
        .filter(|file| !file.path.contains("/tests/") && !file.path.ends_with("/tests.rs") && !file.path.contains("/testkit/"))
        .collect()
}

fn walk(folder: &Path, found: &mut Vec<File>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path: PathBuf = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if MADE.contains(&name.as_str()) {
            continue;
        }
        if path.is_dir() {
            walk(&path, found);
        } else if let Ok(text) = fs::read_to_string(&path) {
            found.push(File { path: path.strip_prefix(root()).unwrap().to_string_lossy().into_owned(), text });
        }
    }
}

impl File {
    /// The Rust code without comments, strings and characters. Lines stay where they are.
    pub fn code(&self) -> String {
        blank_words(&self.text)
    }

    /// [`Self::code`] without what is only compiled for tests.
    pub fn shipped_code(&self) -> String {
        let mut code = self.code();
        while let Some(start) = code.find("#[cfg(test)]") {
            let rest = &code[start..];
            let end = match (rest.find('{'), rest.find(';')) {
                (Some(open), semicolon) if semicolon.is_none_or(|at| open < at) => start + open + block_length(&rest[open..]),
                (_, Some(semicolon)) => start + semicolon + 1,
                _ => code.len(),
            };
            let blank: String = code[start..end].chars().map(|c| if c == '\n' { '\n' } else { ' ' }).collect();
            code.replace_range(start..end, &blank);
        }
        code
    }
}

/// The number of the line in which a byte lies, counted from 1.
pub fn line_of(text: &str, at: usize) -> usize {
    text[..at].matches('\n').count() + 1
}

/// The length in bytes of the block that begins with the `{` at the start of `code`, which has no words in it.
pub fn block_length(code: &str) -> usize {
    let mut depth = 0;
    for (at, byte) in code.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' if depth == 1 => return at + 1,
            b'}' => depth -= 1,
            _ => {}
        }
    }
    code.len()
}

/// Replaces comments, strings and characters by blanks, byte for byte.
fn blank_words(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = bytes.to_vec();
    let mut at = 0;
    while at < bytes.len() {
        let length = word_length(&bytes[at..], at.checked_sub(1).map(|before| bytes[before]));
        for byte in &mut out[at..at + length] {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
        at += length.max(1);
    }
    String::from_utf8(out).unwrap()
}

/// The length of the comment, string or character at the start of `rest`; 0 where there is none.
fn word_length(rest: &[u8], before: Option<u8>) -> usize {
    let in_name = before.is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    match rest {
        [b'/', b'/', ..] => rest.iter().position(|&byte| byte == b'\n').unwrap_or(rest.len()),
        [b'/', b'*', ..] => find(rest, b"*/", 2).map_or(rest.len(), |at| at + 2),
        [b'"', ..] => string_length(rest),
        [b'b' | b'c', b'"', ..] if !in_name => 1 + string_length(&rest[1..]),
        [b'r', b'"' | b'#', ..] if !in_name => raw_string_length(rest),
        [b'b', b'r', b'"' | b'#', ..] if !in_name => 1 + raw_string_length(&rest[1..]),
        [b'\'', b'\\', ..] => find(rest, b"'", 3).map_or(rest.len(), |at| at + 1),
        // A character of one to four bytes; anything else behind a quote is a lifetime.
        [b'\'', second, ..] => {
            let end = 1 + std::str::from_utf8(&rest[1..rest.len().min(1 + utf8_length(*second))]).map_or(1, str::len);
            if rest.get(end) == Some(&b'\'') { end + 1 } else { 0 }
        }
        _ => 0,
    }
}

fn utf8_length(first: u8) -> usize {
    match first {
        0xF0.. => 4,
        0xE0.. => 3,
        0xC0.. => 2,
        _ => 1,
    }
}

fn string_length(rest: &[u8]) -> usize {
    let mut at = 1;
    while at < rest.len() {
        match rest[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    rest.len()
}

fn raw_string_length(rest: &[u8]) -> usize {
    let hashes = rest[1..].iter().take_while(|&&byte| byte == b'#').count();
    if rest.get(1 + hashes) != Some(&b'"') {
        return 0; // r#name
    }
    let end = [b"\"".as_slice(), &b"#".repeat(hashes)].concat();
    find(rest, &end, 2 + hashes).map_or(rest.len(), |at| at + end.len())
}

fn find(rest: &[u8], wanted: &[u8], from: usize) -> Option<usize> {
    (from..rest.len()).find(|&at| rest[at..].starts_with(wanted))
}

#[test]
fn words_are_not_code() {
    let file = |text: &str| File { path: String::new(), text: text.to_owned() };
    let source = file(
        "let a = \"b{\"; // c{\nlet d: &'e str = r#\"f\"{\"#; let g = '{'; /* h\n{ */ let i = '\\'';\n#[cfg(test)]\nmod tests { fn j() {} }\nlet k;",
    );
    let code = source.code();
    for word in ["b{", "c{", "f\"", "h\n{", "'{'"] {
        assert!(!code.contains(word), "{word} in\n{code}");
    }
    assert!(code.contains("let d: &'e str") && code.contains("let i = ") && code.contains("fn j"));
    assert_eq!(code.len(), source.text.len());
    let shipped = source.shipped_code();
    assert!(!shipped.contains("fn j") && shipped.contains("let k;"), "{shipped}");
    assert_eq!(line_of(&shipped, shipped.find("let k").unwrap()), 6);
}
