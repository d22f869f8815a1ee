//! Where in a file a character of a value lies, whatever style of YAML the value is written in.

use quarterdeck_document::{
    findings::{Place, number},
    yaml::Node,
};

/// The place of a byte of a value in the file it was read from.
///
/// Whatever a style does to blanks and line ends, the other characters stand in the file in their order; so these are counted. What an alias
/// stands for has the alias's place.
pub fn inside(file: &str, node: &Node, value: &str, byte: usize) -> Place {
    let target = value.char_indices().filter(|(at, letter)| *at < byte && !letter.is_whitespace()).count();
    let Some(begin) = offset(file, node.at).filter(|begin| !file[*begin..].starts_with('*')) else { return node.at };
    let (from, quote) = content(&file[begin..]);
    let mut letters = Letters { rest: &file[begin + from..], at: begin + from, quote };
    for _ in 1..target {
        letters.next();
    }
    let before = if target > 0 { letters.next() } else { None };
    // Behind all of it begins what is not part of it.
    let found = if byte < value.trim_end().len() { letters.next() } else { before.map(|_| letters.at) };
    found.map_or(node.at, |found| place(file, found))
}

/// Where the content begins: behind a quote, behind the line with a `|` or `>`.
fn content(text: &str) -> (usize, Option<char>) {
    match text.chars().next() {
        Some(quote @ ('"' | '\'')) => (1, Some(quote)),
        Some('|' | '>') => (text.find('\n').map_or(text.len(), |end| end + 1), None),
        _ => (0, None),
    }
}

/// The characters of a scalar that are no blanks, each with its byte in the file; an escape is one of them.
struct Letters<'t> {
    rest: &'t str,
    at: usize,
    quote: Option<char>,
}

impl Letters<'_> {
    fn next(&mut self) -> Option<usize> {
        loop {
            let at = self.at;
            let letter = self.take()?;
            if self.quote == Some('"') && letter == '\\' {
                match self.take()? {
                    // A line end that is escaped, and blanks that are.
                    'n' | 't' | 'r' | '\n' | ' ' => continue,
                    'x' => self.skip(2),
                    'u' => self.skip(4),
                    'U' => self.skip(8),
                    _ => {}
                }
                return Some(at);
            }
            if self.quote == Some('\'') && letter == '\'' {
                self.take();
                return Some(at);
            }
            if !letter.is_whitespace() {
                return Some(at);
            }
        }
    }

    fn take(&mut self) -> Option<char> {
        let letter = self.rest.chars().next()?;
        self.at += letter.len_utf8();
        self.rest = &self.rest[letter.len_utf8()..];
        Some(letter)
    }

    fn skip(&mut self, count: usize) {
        for _ in 0..count {
            self.take();
        }
    }
}

fn offset(file: &str, place: Place) -> Option<usize> {
    let before: usize = file.split_inclusive('\n').take(place.line as usize - 1).map(str::len).sum();
    let line = file.get(before..)?;
    let column = line.char_indices().nth(place.column as usize - 1).map(|(at, _)| at)?;
    Some(before + column)
}

fn place(file: &str, byte: usize) -> Place {
    let before = &file[..byte];
    let line = before.rfind('\n').map_or(0, |end| end + 1);
    Place { line: number(before.matches('\n').count() + 1), column: number(before[line..].chars().count() + 1) }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use quarterdeck_document::{
        findings::Findings,
        yaml::{Manner, Value, read},
    };

    use super::*;

    /// The place of `!` in the only value of the file.
    fn found(file: &str) -> (u32, u32) {
        let manner = Manner { what: "a file", empty: "", deepest: 8, aliases: true };
        let node = read(file, manner, &mut Findings::new(Path::new("a.yml"))).unwrap();
        let Value::Mapping(entries) = node.value else { panic!("no mapping") };
        let Value::Text(text) = &entries[0].node.value else { panic!("no text") };
        let place = inside(file, &entries[0].node, text, text.find('!').unwrap());
        (place.line, place.column)
    }

    #[test]
    fn each_style_knows_its_places() {
        for (file, at) in [
            ("a: x y !z\n", (1, 8)),
            ("a: 'it''s !'\n", (1, 11)),
            ("a: \"x\\n\\\"y\\u0041 !\"\n", (1, 18)),
            ("a: |\n  x\n\n    y !\n", (4, 7)),
            ("a: |2-\n    x\n  !\n", (3, 3)),
            ("a: >\n  x\n  y !\n", (3, 5)),
            ("a: >-\n  x\n\n  y\n   !\n", (5, 4)),
            ("a: x\n   y\n  !\n", (3, 3)),
            ("a: \"ä\n   y\\\n  !\"\n", (3, 3)),
            ("b: \u{e9}\u{e9} !\n", (1, 7)),
        ] {
            assert_eq!(found(file), at, "{file}");
        }
    }
}
