//! Values as text, the way Go's fmt writes them (<https://pkg.go.dev/fmt>).

use super::{
    LONGEST, Said, Wrong, escape, layout, numbers,
    value::{Of, Value},
};

/// Widths and precisions beyond this are refused.
const WIDEST: usize = 1024;

/// A value as an action writes it.
pub fn shown(value: &Value) -> Said<String> {
    match value {
        Value::Nothing => Ok("<no value>".to_owned()),
        value => plain(value),
    }
}

/// `%v`.
pub fn plain(value: &Value) -> Said<String> {
    let mut out = String::new();
    write(value, &mut |value| scalar(value), &mut out)?;
    Ok(out)
}

/// `print`: a blank between two values of which neither is text.
pub fn print(values: &[Value]) -> Said<String> {
    let mut out = String::new();
    for (at, value) in values.iter().enumerate() {
        let is_text = |value: &Value| matches!(value, Value::Text(_) | Value::Vouched(..));
        if at > 0 && !is_text(value) && !is_text(&values[at - 1]) {
            out.push(' ');
        }
        out.push_str(&plain(value)?);
        bounded(&out)?;
    }
    Ok(out)
}

/// `println`: a blank between all of them, and the end of a line.
pub fn print_line(values: &[Value]) -> Said<String> {
    let mut out = String::new();
    for (at, value) in values.iter().enumerate() {
        out.push_str(if at > 0 { " " } else { "" });
        out.push_str(&plain(value)?);
        bounded(&out)?;
    }
    out.push('\n');
    Ok(out)
}

/// What is no list, map or record.
fn scalar(value: &Value) -> String {
    match value {
        Value::Nothing => "<nil>".to_owned(),
        Value::Truth(truth) => truth.to_string(),
        Value::Whole(number) => number.to_string(),
        Value::Number(number) => numbers::general(*number, None),
        Value::Text(text) | Value::Vouched(_, text) => text.to_string(),
        Value::Time(time) => layout::format(time, layout::PLAIN),
        Value::Span(span) => layout::span(*span),
        Value::Labels(_) | Value::List(_) | Value::Map(_) | Value::Record(_) => String::new(),
    }
}

/// Writes a value with everything in it.
fn write(value: &Value, scalar: &mut dyn FnMut(&Value) -> String, out: &mut String) -> Said<()> {
    bounded(out)?;
    match value {
        Value::Labels(labels) => {
            out.push_str(&super::member::pairs(labels).map(|(n, v)| format!("{n}={v}")).collect::<Vec<_>>().join(", "))
        }
        Value::List(list) if list.of == Of::Pairs => {
            for (at, item) in list.items.iter().enumerate() {
                out.push_str(if at > 0 { ", " } else { "" });
                let Value::Record(pair) = item else { continue };
                let texts: Vec<String> = pair.fields.iter().map(|(_, value)| scalar(value)).collect();
                out.push_str(&texts.join("="));
                bounded(out)?;
            }
        }
        Value::List(list) => around("[", list.items.iter().map(|item| ("", item)), "]", scalar, out)?,
        Value::Map(map) => around("map[", map.entries.iter().map(|(name, value)| (&**name, value)), "]", scalar, out)?,
        Value::Record(record) => around("{", record.theirs().map(|(_, value)| ("", value)), "}", scalar, out)?,
        value => out.push_str(&scalar(value)),
    }
    bounded(out)
}

fn around<'v>(
    open: &str,
    items: impl Iterator<Item = (&'v str, &'v Value)>,
    close: &str,
    scalar: &mut dyn FnMut(&Value) -> String,
    out: &mut String,
) -> Said<()> {
    out.push_str(open);
    for (at, (name, value)) in items.enumerate() {
        out.push_str(if at > 0 { " " } else { "" });
        if !name.is_empty() {
            out.push_str(name);
            out.push(':');
        }
        write(value, scalar, out)?;
    }
    out.push_str(close);
    Ok(())
}

fn bounded(out: &str) -> Said<()> {
    if out.len() > LONGEST { Err(Wrong::too_long()) } else { Ok(()) }
}

/// What stands between `%` and the verb.
#[derive(Debug, Default, Clone, Copy)]
struct Flags {
    left: bool,
    plus: bool,
    zero: bool,
    blank: bool,
    sharp: bool,
    width: Option<usize>,
    precision: Option<usize>,
}

/// `printf`.
pub fn printf(format: &str, values: &[Value]) -> Said<String> {
    let (mut out, mut rest, mut next) = (String::new(), format, 0);
    let mut chosen = false;
    while let Some(percent) = rest.find('%') {
        out.push_str(&rest[..percent]);
        rest = &rest[percent + 1..];
        let flags = flags(&mut rest, values, &mut next, &mut chosen)?;
        let Some(verb) = rest.chars().next() else {
            out.push_str("%!(NOVERB)");
            return Ok(out);
        };
        rest = &rest[verb.len_utf8()..];
        if verb == '%' {
            out.push('%');
            continue;
        }
        match values.get(next) {
            None => out.push_str(&format!("%!{verb}(MISSING)")),
            Some(value) => write(value, &mut |value| padded(verbal(value, verb, flags), value, flags), &mut out)?,
        }
        next += 1;
        bounded(&out)?;
    }
    out.push_str(rest);
    if next < values.len() && !chosen {
        let extra: Said<Vec<String>> = values[next..].iter().map(|value| Ok(format!("{}={}", value.kind(), plain(value)?))).collect();
        out.push_str(&format!("%!(EXTRA {})", extra?.join(", ")));
    }
    bounded(&out)?;
    Ok(out)
}

/// Flags, width, precision, and the number of an argument in brackets.
fn flags(rest: &mut &str, values: &[Value], next: &mut usize, chosen: &mut bool) -> Said<Flags> {
    let mut flags = Flags::default();
    while let Some(c) = rest.chars().next().filter(|c| "-+0 #".contains(*c)) {
        match c {
            '-' => flags.left = true,
            '+' => flags.plus = true,
            '0' => flags.zero = true,
            ' ' => flags.blank = true,
            _ => flags.sharp = true,
        }
        *rest = &rest[1..];
    }
    index(rest, next, chosen);
    flags.width = number(rest, values, next)?;
    if let Some(after) = rest.strip_prefix('.') {
        *rest = after;
        index(rest, next, chosen);
        flags.precision = Some(number(rest, values, next)?.unwrap_or(0));
    }
    index(rest, next, chosen);
    Ok(flags)
}

fn index(rest: &mut &str, next: &mut usize, chosen: &mut bool) {
    let Some((number, after)) = rest.strip_prefix('[').and_then(|inside| inside.split_once(']')) else { return };
    if let Some(number) = number.parse::<usize>().ok().and_then(|number| number.checked_sub(1)) {
        (*rest, *next, *chosen) = (after, number, true);
    }
}

/// Figures, or `*` for the next value.
fn number(rest: &mut &str, values: &[Value], next: &mut usize) -> Said<Option<usize>> {
    let found = if let Some(after) = rest.strip_prefix('*') {
        *rest = after;
        let value = values.get(*next).map_or(Ok(0), Value::as_whole)?;
        *next += 1;
        Some(usize::try_from(value).unwrap_or(0))
    } else {
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let figures = &rest[..end];
        *rest = &rest[end..];
        if figures.is_empty() { None } else { Some(figures.parse().unwrap_or(usize::MAX)) }
    };
    if found.is_some_and(|number| number > WIDEST) {
        return Err(Wrong::new(format!("a width may be {WIDEST} at most")));
    }
    Ok(found)
}

/// One value under one verb; what the verb is not for is written as Go does, `%!d(string=a)`.
fn verbal(value: &Value, verb: char, flags: Flags) -> String {
    let cut = |text: &str| match flags.precision {
        Some(precision) => text.chars().take(precision).collect(),
        None => text.to_owned(),
    };
    match (value, verb) {
        (Value::Nothing, 'v') => "<nil>".to_owned(),
        (Value::Nothing, _) => format!("%!{verb}(<nil>)"),
        (Value::Number(number), 'v' | 'g' | 'G' | 'e' | 'E' | 'f' | 'F') => float(*number, verb, flags),
        (Value::Whole(number), 'd' | 'v') => signed(number.to_string(), flags),
        (Value::Span(span), 'd') => signed(span.to_string(), flags),
        (Value::Whole(number), 'b' | 'o' | 'O' | 'x' | 'X' | 'c' | 'q' | 'U') => figure(*number, verb, flags),
        (Value::Truth(truth), 't' | 'v') => truth.to_string(),
        (Value::Text(_) | Value::Vouched(..) | Value::Time(_) | Value::Span(_), 's' | 'v') => cut(&scalar(value)),
        (Value::Text(_) | Value::Vouched(..) | Value::Time(_) | Value::Span(_), 'q') => escape::quoted(&cut(&scalar(value))),
        (Value::Text(_) | Value::Vouched(..), 'x' | 'X') => {
            let figures: String = scalar(value).bytes().map(|byte| format!("{byte:02x}")).collect();
            if verb == 'X' { figures.to_uppercase() } else { figures }
        }
        (value, _) => format!("%!{verb}({}={})", value.kind(), scalar(value)),
    }
}

fn float(number: f64, verb: char, flags: Flags) -> String {
    let text = match verb {
        'v' | 'g' | 'G' => numbers::general(number, flags.precision),
        'e' | 'E' => numbers::scientific(number, flags.precision.unwrap_or(6)),
        _ => numbers::fixed(number, flags.precision.unwrap_or(6)),
    };
    let text = if verb.is_uppercase() && number.is_finite() { text.to_uppercase() } else { text };
    signed(text, flags)
}

fn signed(text: String, flags: Flags) -> String {
    match text.starts_with(['-', '+']) || text == "NaN" {
        true => text,
        false if flags.plus => format!("+{text}"),
        false if flags.blank => format!(" {text}"),
        false => text,
    }
}

fn figure(number: i64, verb: char, flags: Flags) -> String {
    let (sign, size) = (if number < 0 { "-" } else { "" }, number.unsigned_abs());
    let character = || u32::try_from(number).ok().and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER);
    let sharp = |prefix: &'static str| if flags.sharp { prefix } else { "" };
    match verb {
        'b' => format!("{sign}{}{size:b}", sharp("0b")),
        'o' => format!("{sign}{}{size:o}", sharp("0")),
        'O' => format!("{sign}0o{size:o}"),
        'x' => format!("{sign}{}{size:x}", sharp("0x")),
        'X' => format!("{sign}{}{size:X}", sharp("0X")),
        'c' => character().to_string(),
        'q' => format!("'{}'", character().escape_default()),
        _ => format!("U+{size:04X}"),
    }
}

/// As wide as was asked for: blanks before, blanks behind, or zeros behind the sign.
fn padded(text: String, value: &Value, flags: Flags) -> String {
    let width = flags.width.unwrap_or(0);
    let missing = width.saturating_sub(text.chars().count());
    let finite = !matches!(value, Value::Number(number) if !number.is_finite());
    if missing == 0 {
        text
    } else if flags.left {
        format!("{text}{}", " ".repeat(missing))
    } else if flags.zero && finite {
        let sign = if text.starts_with(['-', '+']) && !matches!(value, Value::Text(_)) { 1 } else { 0 };
        format!("{}{}{}", &text[..sign], "0".repeat(missing), &text[sign..])
    } else {
        format!("{}{text}", " ".repeat(missing))
    }
}
