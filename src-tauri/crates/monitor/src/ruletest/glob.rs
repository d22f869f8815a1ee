//! Patterns for files as Go's `filepath.Glob` takes them: `*`, `?`, `[a-z]` and `\` within one part of a path.

use std::path::{Component, Path, PathBuf};

/// The files a pattern names, sorted; a part that cannot be read has none.
pub fn files(pattern: &Path) -> Vec<PathBuf> {
    let mut found = vec![PathBuf::new()];
    for part in pattern.components() {
        let text = part.as_os_str().to_string_lossy();
        found = match part {
            Component::Normal(_) if text.contains(['*', '?', '[', '\\']) => {
                let pattern: Vec<char> = text.chars().collect();
                found.iter().flat_map(|folder| entries(folder, &pattern)).collect()
            }
            _ => found.into_iter().map(|folder| folder.join(part)).collect(),
        };
    }
    found.retain(|path| path.exists());
    found
}

fn entries(folder: &Path, pattern: &[char]) -> Vec<PathBuf> {
    let within = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let Ok(entries) = std::fs::read_dir(within) else { return Vec::new() };
    let named = entries.flatten().filter(|entry| {
        let name: Vec<char> = entry.file_name().to_string_lossy().chars().collect();
        matches(pattern, &name)
    });
    let mut found: Vec<PathBuf> = named.map(|entry| folder.join(entry.file_name())).collect();
    found.sort();
    found
}

fn matches(pattern: &[char], name: &[char]) -> bool {
    match pattern {
        [] => name.is_empty(),
        ['*', rest @ ..] => (0..=name.len()).any(|skipped| matches(rest, &name[skipped..])),
        ['?', rest @ ..] => !name.is_empty() && matches(rest, &name[1..]),
        ['[', rest @ ..] => class(rest, name),
        ['\\', letter, rest @ ..] | [letter, rest @ ..] => name.first() == Some(letter) && matches(rest, &name[1..]),
    }
}

/// `[a-z]` or `[^a-z]`; one that does not end matches nothing.
fn class(pattern: &[char], name: &[char]) -> bool {
    let Some(end) = pattern.iter().skip(1).position(|letter| *letter == ']').map(|at| at + 1) else { return false };
    let Some(letter) = name.first() else { return false };
    let (negated, inner) = match &pattern[..end] {
        ['^', inner @ ..] => (true, inner),
        inner => (false, inner),
    };
    let (mut within, mut at) = (false, 0);
    while at < inner.len() {
        let ranged = inner.get(at + 1) == Some(&'-') && at + 2 < inner.len();
        let last = if ranged { inner[at + 2] } else { inner[at] };
        within |= (inner[at]..=last).contains(letter);
        at += if ranged { 3 } else { 1 };
    }
    within != negated && matches(&pattern[end + 1..], &name[1..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_as_in_go() {
        let cases = [
            ("*.yml", "a.yml", true),
            ("*.yml", "a.yaml", false),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("[a-c]x", "bx", true),
            ("[^a-c]x", "bx", false),
            ("[ab]*", "bcd", true),
            ("[a", "a", false),
            (r"\*", "*", true),
            ("*a*b*", "xaybz", true),
        ];
        for (pattern, name, wanted) in cases {
            let chars = |text: &str| text.chars().collect::<Vec<_>>();
            assert_eq!(matches(&chars(pattern), &chars(name)), wanted, "{pattern} {name}");
        }
    }

    #[test]
    fn files_are_found() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b/one.yml", "a/one.yml", "a/two.txt"] {
            std::fs::create_dir_all(folder.path().join(name).parent().unwrap()).unwrap();
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        let found = |pattern: &str| -> Vec<String> {
            let inner = |path: PathBuf| path.strip_prefix(folder.path()).unwrap().display().to_string();
            files(&folder.path().join(pattern)).into_iter().map(inner).collect()
        };
        assert_eq!(found("*/*.yml"), ["a/one.yml", "b/one.yml"]);
        assert_eq!(found("a/two.txt"), ["a/two.txt"]);
        assert!(found("a/three.txt").is_empty() && found("c/*").is_empty());
    }
}
