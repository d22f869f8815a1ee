//! The classic way of writing matchers (pkg/labels/parse.go): names are ASCII, values may stand without quotes and hold almost anything.

use super::{Comparison, Matcher, Unreadable};

/// Go's `\s`.
fn is_space(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\u{c}' | '\r' | ' ')
}

/// Matchers between commas; braces around them may be left out, each by itself.
pub fn matchers(text: &str) -> Result<Vec<Matcher>, Unreadable> {
    let inner = text.strip_prefix('{').unwrap_or(text);
    let begins = text.chars().count() - inner.chars().count();
    let inner = inner.strip_suffix('}').unwrap_or(inner);
    let (mut pieces, mut from, mut quoted, mut escaped) = (Vec::new(), 0, false, false);
    for (at, c) in inner.char_indices() {
        match c {
            ',' if quoted => {}
            ',' => {
                pieces.push((from, &inner[from..at]));
                from = at + 1;
            }
            '"' if escaped => escaped = false,
            '"' => quoted = !quoted,
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    let rest = &inner[from..];
    if !rest.trim().is_empty() {
        pieces.push((from, rest));
    }
    let read = |(from, piece): (usize, &str)| {
        let before = begins + inner[..from].chars().count();
        matcher(piece).map_err(|error| Unreadable { at: before + error.at, ..error })
    };
    pieces.into_iter().map(read).collect()
}

/// One matcher: name, sign, value, with space anywhere between them.
pub fn matcher(text: &str) -> Result<Matcher, Unreadable> {
    let trimmed = text.trim_start_matches(is_space);
    let ends = trimmed.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | ':'))).unwrap_or(trimmed.len());
    let (name, rest) = trimmed.split_at(ends);
    let at = |rest: &str| text.chars().count() - rest.chars().count();
    if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
        return Err(Unreadable::new("a label's name is wanted here", at(trimmed)));
    }
    let rest = rest.trim_start_matches(is_space);
    let signs = [("=~", Comparison::Like), ("!=", Comparison::IsNot), ("!~", Comparison::NotLike), ("=", Comparison::Is)];
    let Some((raw, comparison)) = signs.iter().find_map(|(sign, comparison)| Some((rest.strip_prefix(sign)?, *comparison))) else {
        return Err(Unreadable::new(format!("behind {name} one of =, !=, =~ and !~ is wanted"), at(rest)));
    };
    let raw = raw.trim_matches(is_space);
    let value = unescaped(raw).ok_or_else(|| Unreadable::new("quotes within a value need a backslash before them", at(rest)))?;
    Matcher::new(name, comparison, value).map_err(|error| Unreadable { at: at(rest), ..error })
}

/// The value without quotes and escapes; none where a quote stands alone. A backslash before anything else than `n`, `"` and itself stays.
fn unescaped(raw: &str) -> Option<String> {
    let (inner, mut open) = raw.strip_prefix('"').map_or((raw, false), |inner| (inner, true));
    let (mut value, mut escaped) = (String::new(), false);
    for (at, c) in inner.char_indices() {
        let last = at + 1 >= inner.len();
        match c {
            _ if escaped => {
                escaped = false;
                match c {
                    'n' => value.push('\n'),
                    '"' | '\\' => value.push(c),
                    c => value.extend(['\\', c]),
                }
            }
            '\\' if !last => escaped = true,
            '"' if open && last => open = false,
            '"' => return None,
            c => value.push(c),
        }
    }
    (!open).then_some(value)
}
