//! What is shown of a text that somebody else wrote. Both renderings pass everything through here, so both say the same.

/// A text of several lines. What cannot be seen but steers what is seen, or hides, is shown by its number: `[U+202E]`.
pub(crate) fn lines(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '\r' if characters.peek() == Some(&'\n') => {}
            '\n' | '\u{2028}' | '\u{2029}' => shown.push('\n'),
            '\t' => shown.push_str("    "),
            c if hides(c) => shown.push_str(&number(c)),
            c => shown.push(c),
        }
    }
    shown
}

/// The same on one line: a name, a heading, a word.
pub(crate) fn line(text: &str) -> String {
    lines(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// How a character is told that is not shown itself.
pub(crate) fn number(c: char) -> String {
    format!("[U+{:04X}]", u32::from(c))
}

/// Control characters, what turns the direction of writing, and what takes no room; sources: Unicode's Bidi_Control and
/// Default_Ignorable_Code_Point. The joiners and selectors stay that Persian, Hindi and emoji are written with.
fn hides(c: char) -> bool {
    let turns = matches!(c, '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let takes_no_room = matches!(c,
        '\u{00ad}' | '\u{034f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200b}'
        | '\u{2060}'..='\u{2065}' | '\u{206a}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}');
    c.is_control() || turns || takes_no_room || u32::from(c) & 0xfffe == 0xfffe
}

/// Where a link may lead; anything else could run something or read a file.
pub(crate) fn target(link: &str) -> Option<&str> {
    let known = ["https://", "http://", "mailto:"];
    let leads = known.iter().any(|scheme| link.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)));
    (leads && !link.chars().any(|c| c.is_whitespace() || hides(c))).then_some(link)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_or_hides_is_shown_by_its_number() {
        assert_eq!(lines("a\u{202e}b\u{7}c\u{200b}d\r\ne\tf\u{feff}"), "a[U+202E]b[U+0007]c[U+200B]d\ne    f[U+FEFF]");
        assert_eq!(line("  two\n lines\u{2028}and more "), "two lines and more");
        for kept in ["שלום", "مرحبا", "می\u{200c}خواهم", "👩\u{200d}🚒", "e\u{301}", "€ → ≤ 中文"] {
            assert_eq!(lines(kept), kept);
        }
    }

    #[test]
    fn a_link_leads_to_the_web_or_to_a_mailbox() {
        for leads in ["https://example.org/a?b=c#d", "HTTP://example.org", "mailto:dba@example.org"] {
            assert_eq!(target(leads), Some(leads));
        }
        for stays in [
            "javascript:alert(1)",
            "java\nscript:x",
            "data:text/html,x",
            "file:///etc/passwd",
            "//example.org",
            "#there",
            "",
            "https://a b",
            "é",
        ] {
            assert_eq!(target(stays), None, "{stays}");
        }
    }
}
