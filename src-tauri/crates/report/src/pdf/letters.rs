//! A text as the template takes it: lines, each in pieces between which a line may be broken.

use std::borrow::Cow;

use serde_json::{Value, json};
use unicode_segmentation::UnicodeSegmentation as _;

use super::fonts::FONTS;
use crate::plain;

/// Setting takes time by the letter. What is longer is cut, and says so; the page of HTML has all of it.
const LONGEST_TEXT: usize = 20_000;
/// The same for what is one line: headings, heads of columns, labels.
const LONGEST_LINE: usize = 500;
/// A word of more letters may be broken anywhere, or it would run out of its column.
const LONGEST_WORD: usize = 20;
/// So many letters stay together then.
const PIECE: usize = 8;

/// Several lines.
pub(super) fn text(raw: &str) -> Value {
    lines(&plain::lines(&bounded(raw, LONGEST_TEXT)))
}

/// One line.
pub(super) fn line(raw: &str) -> Value {
    lines(&plain::line(&bounded(raw, LONGEST_LINE)))
}

/// One line as a plain string, for what takes no other.
pub(super) fn string(raw: &str) -> String {
    known(&plain::line(&bounded(raw, LONGEST_LINE)))
}

/// Several lines whose spaces are all kept.
pub(super) fn code(raw: &str) -> Value {
    let shown = known(&plain::lines(&bounded(raw, LONGEST_TEXT)));
    // An ordinary space at the edge of a line is swallowed.
    let kept = |line: &str| {
        let words = line.trim_start_matches(' ');
        format!("{}{words}", "\u{a0}".repeat(line.len() - words.len()))
    };
    Value::from(shown.trim_end_matches('\n').split('\n').map(|line| pieces(&kept(line))).collect::<Vec<_>>())
}

fn bounded(raw: &str, most: usize) -> Cow<'_, str> {
    match raw.char_indices().nth(most) {
        Some((end, _)) => format!("{} … {} more characters are in the report as HTML.", &raw[..end], raw[end..].chars().count()).into(),
        None => raw.into(),
    }
}

fn lines(shown: &str) -> Value {
    Value::from(known(shown).split('\n').map(pieces).collect::<Vec<_>>())
}

/// Letters that no font has are told by their number; what only changes the letter beside it is left out then.
fn known(shown: &str) -> String {
    if shown.is_ascii() {
        return shown.to_owned();
    }
    let mut set = String::with_capacity(shown.len());
    let mut told = false;
    for c in shown.chars() {
        let joins = matches!(c, '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}');
        match c {
            _ if joins && (told || !FONTS.have(c)) => continue,
            c if c == '\n' || FONTS.have(c) => set.push(c),
            c => set.push_str(&plain::number(c)),
        }
        told = c != '\n' && !FONTS.have(c);
    }
    set
}

/// A line of short words is one piece.
fn pieces(line: &str) -> Value {
    let too_long = |word: &str| word.len() > LONGEST_WORD && word.graphemes(true).count() > LONGEST_WORD;
    if !line.split(' ').any(too_long) {
        return json!([line]);
    }
    let mut pieces: Vec<String> = vec![String::new()];
    for (at, word) in line.split(' ').enumerate() {
        let last = pieces.last_mut().filter(|_| at > 0);
        if let Some(last) = last {
            last.push(' ');
        }
        if !too_long(word) {
            pieces.last_mut().into_iter().for_each(|last| last.push_str(word));
            continue;
        }
        for (at, letter) in word.graphemes(true).enumerate() {
            if at % PIECE == 0 && at > 0 {
                pieces.push(String::new());
            }
            pieces.last_mut().into_iter().for_each(|last| last.push_str(letter));
        }
    }
    json!(pieces)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_long_words_are_in_pieces_and_nothing_is_lost() {
        assert_eq!(text("short words\nin lines"), json!([["short words"], ["in lines"]]));
        assert_eq!(text(""), json!([[""]]));
        assert_eq!(text("a b012345678901234567890 c"), json!([["a b0123456", "78901234", "567890 c"]]));
        assert_eq!(code("a\n   b\n"), json!([["a"], ["\u{a0}\u{a0}\u{a0}b"]]));
    }

    #[test]
    fn letters_without_a_font_are_told_by_their_number() {
        assert_eq!(string("ok 中 👩\u{200d}🚒\u{fe0f}"), "ok [U+4E2D] [U+1F469][U+1F692]");
        assert_eq!(string("❤\u{fe0f} e\u{301}"), "❤\u{fe0f} e\u{301}");
    }
}
