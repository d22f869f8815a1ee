//! Text from outside as text: without control characters, and no longer than a channel takes.

/// A title's most characters.
pub const TITLE: usize = 1024;

/// A body's most bytes.
pub const BODY: usize = 64 * 1024;

/// One line: what ends a line becomes a blank.
pub fn line(text: &str, most: usize) -> String {
    let text = text.trim();
    let kept = text.chars().map(|c| if c.is_control() || is_invisible(c) { ' ' } else { c });
    cut(kept, most)
}

/// Lines.
pub fn lines(text: &str, most: usize) -> String {
    let unwanted = |c: &char| (c.is_control() && !"\n\t".contains(*c)) || is_invisible(*c);
    cut(text.chars().filter(|c| !unwanted(c)), most)
}

/// So many characters at most, with a mark where some were left out.
fn cut(mut characters: impl Iterator<Item = char>, most: usize) -> String {
    let mut out: String = characters.by_ref().take(most).collect();
    if characters.next().is_some() {
        out.pop();
        out.push('…');
    }
    out
}

/// Characters that turn the direction of a text, or divide lines beside the control characters: a label may not rewrite what stands
/// beside it.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// A text as part of a sentence, as somebody else wrote it.
pub fn quoted(text: &str) -> String {
    line(text, 300)
}
