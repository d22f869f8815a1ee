//! What other people's YAML has and the grammar forbids, though the libraries of Go read it: quoted texts whose further lines are not
//! indented.

use std::borrow::Cow;

use saphyr_parser::{Parser, ScanError};

/// What the parser says then.
const NOT_INDENTED: &str = "invalid indentation in quoted scalar";

/// So many such texts are put right in one file.
const MOST: usize = 100;

/// The text with quoted texts indented where they have to be. That changes none of them: what begins a further line is folded away.
pub(crate) fn indented(text: &str) -> Cow<'_, str> {
    let mut text = Cow::Borrowed(text);
    for _ in 0..MOST {
        let Some(begin) = trouble(&text) else { break };
        text = Cow::Owned(put_right(&text, begin));
    }
    text
}

/// The byte where a quoted text begins that is not indented; none where there is no such text.
fn trouble(text: &str) -> Option<usize> {
    let wrong: ScanError = Parser::new_from_str(text).find_map(Result::err).filter(|error| error.info() == NOT_INDENTED)?;
    let before: usize = text.split_inclusive('\n').take(wrong.marker().line().checked_sub(1)?).map(str::len).sum();
    let column = text.get(before..)?.char_indices().nth(wrong.marker().col())?.0;
    Some(before + column)
}

fn put_right(text: &str, begin: usize) -> String {
    let line = text[..begin].rfind('\n').map_or(0, |end| end + 1);
    let blanks = " ".repeat(text[line..begin].chars().count() + 1);
    let mut letters = text[begin..].char_indices().peekable();
    let quote = letters.next().map_or('"', |(_, quote)| quote);
    let mut out = text[..=begin].to_owned();
    let mut end = text.len();
    while let Some((at, letter)) = letters.next() {
        if letter == quote && !(quote == '\'' && letters.next_if(|(_, next)| *next == quote).is_some()) {
            end = begin + at;
            break;
        }
        out.push(letter);
        match letter {
            '\\' if quote == '"' => match letters.next() {
                Some((_, '\n')) => out.extend(["\n", &blanks]),
                escaped => out.extend(escaped.map(|(_, escaped)| escaped)),
            },
            '\'' if quote == '\'' => out.push(quote),
            '\n' => out.push_str(&blanks),
            _ => {}
        }
    }
    out.push_str(&text[end..]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn further_lines_are_indented() {
        let text = "a:\n  - b: \"x{\n      y\n    }\"\n  - c: 'it''s\n  z'\n";
        let right = indented(text);
        assert!(Parser::new_from_str(&right).all(|event| event.is_ok()), "{right}");
        assert_eq!(right, "a:\n  - b: \"x{\n              y\n            }\"\n  - c: 'it''s\n          z'\n");
        assert_eq!(indented("a: 'x'\n"), "a: 'x'\n");
        assert_eq!(indented("a: \"x\n"), "a: \"x\n");
    }

    #[test]
    fn an_escaped_line_end_stays_escaped() {
        let right = indented("a:\n  - b: \"x \\\n  y \\\" z\n  \"\n");
        assert!(Parser::new_from_str(&right).all(|event| event.is_ok()), "{right}");
    }
}
