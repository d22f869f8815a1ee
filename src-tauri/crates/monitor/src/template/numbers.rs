//! Numbers as Go reads and writes them (<https://pkg.go.dev/strconv>), and as Prometheus makes them readable.

use super::{Said, Wrong, value::Value};

/// A number in a template.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Literal {
    /// Without a point.
    Whole(i64),
    /// With a point or an exponent.
    Number(f64),
}

/// Reads a literal: `1`, `-0x1f`, `1_000`, `1.5`, `1e3`.
pub fn literal(text: &str) -> Option<Literal> {
    let (negative, digits) = match text.strip_prefix(['-', '+']) {
        Some(digits) => (text.starts_with('-'), digits),
        None => (false, text),
    };
    if !digits.starts_with(|c: char| c.is_ascii_digit() || c == '.') || digits.ends_with('_') {
        return None;
    }
    let digits = digits.replace('_', "").to_lowercase();
    let based = |prefix: &str, base: u32| digits.strip_prefix(prefix).map(|rest| i128::from_str_radix(rest, base).ok());
    let whole = based("0x", 16).or_else(|| based("0b", 2)).or_else(|| based("0o", 8));
    let whole = whole.or_else(|| {
        let octal = digits.len() > 1 && digits.starts_with('0') && digits.bytes().all(|c| c.is_ascii_digit());
        octal.then(|| i128::from_str_radix(&digits, 8).ok())
    });
    let whole = whole.unwrap_or_else(|| digits.parse().ok());
    match whole {
        Some(number) => i64::try_from(if negative { -number } else { number }).ok().map(Literal::Whole),
        None => {
            let plain = digits.bytes().all(|c| c.is_ascii_digit() || b".e+-".contains(&c)) && digits.contains(['.', 'e']);
            let number: f64 = plain.then(|| digits.parse().ok())??;
            Some(Literal::Number(if negative { -number } else { number }))
        }
    }
}

/// Any value as a float, as Prometheus's functions take it.
pub fn float(value: &Value) -> Said<f64> {
    match value {
        Value::Number(number) => Ok(*number),
        Value::Whole(number) => Ok(*number as f64),
        Value::Span(nanoseconds) => Ok(*nanoseconds as f64 / 1e9),
        Value::Text(text) | Value::Vouched(_, text) => {
            let number = text.trim_start_matches('+').parse::<f64>().ok().filter(|_| !text.starts_with("+-"));
            number.ok_or_else(|| Wrong::new(format!("{:?} is no number", shortened(text))))
        }
        other => Err(Wrong::new(format!("{} is no number", other.kind()))),
    }
}

/// The beginning of a text, for a sentence.
pub fn shortened(text: &str) -> String {
    if text.chars().count() <= 60 { text.to_owned() } else { format!("{}…", text.chars().take(60).collect::<String>()) }
}

/// `%g`: the shortest text that means the same float, or so many digits.
pub fn general(number: f64, digits: Option<usize>) -> String {
    if !number.is_finite() {
        return not_finite(number);
    }
    let scientific = match digits {
        None => format!("{number:e}"),
        Some(digits) => format!("{number:.*e}", digits.max(1) - 1),
    };
    let Some((mantissa, exponent)) = split(&scientific) else { return scientific };
    let negative = mantissa.starts_with('-');
    let figures: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let figures = match figures.trim_end_matches('0') {
        "" => "0",
        kept => kept,
    };
    let sign = if negative { "-" } else { "" };
    // Where as few figures as possible are written, Go decides as if they were six.
    let most = digits.map_or(6, |digits| digits.max(1) as i32);
    if exponent < -4 || exponent >= most {
        let (first, rest) = figures.split_at(1);
        let point = if rest.is_empty() { "" } else { "." };
        return format!("{sign}{first}{point}{rest}{}", exponent_of(exponent));
    }
    format!("{sign}{}", positional(figures, exponent))
}

/// `%e`.
pub fn scientific(number: f64, digits: usize) -> String {
    if !number.is_finite() {
        return not_finite(number);
    }
    let text = format!("{number:.digits$e}");
    match split(&text) {
        Some((mantissa, exponent)) => format!("{mantissa}{}", exponent_of(exponent)),
        None => text,
    }
}

/// `%f`.
pub fn fixed(number: f64, digits: usize) -> String {
    if number.is_finite() { format!("{number:.digits$}") } else { not_finite(number) }
}

fn not_finite(number: f64) -> String {
    if number.is_nan() {
        "NaN"
    } else if number > 0.0 {
        "+Inf"
    } else {
        "-Inf"
    }
    .to_owned()
}

fn split(scientific: &str) -> Option<(&str, i32)> {
    let (mantissa, exponent) = scientific.split_once('e')?;
    Some((mantissa, exponent.parse().ok()?))
}

/// At least two figures: `e+06`.
fn exponent_of(exponent: i32) -> String {
    format!("e{}{:02}", if exponent < 0 { '-' } else { '+' }, exponent.abs())
}

/// Figures with a point behind the first one moved by the exponent.
fn positional(figures: &str, exponent: i32) -> String {
    let places = usize::try_from(exponent + 1).unwrap_or(0);
    if exponent < 0 {
        let zeros = "0".repeat(exponent.unsigned_abs() as usize - 1);
        format!("0.{zeros}{figures}")
    } else if figures.len() <= places {
        format!("{figures}{}", "0".repeat(places - figures.len()))
    } else {
        format!("{}.{}", &figures[..places], &figures[places..])
    }
}

/// `1.235M`: four figures and a prefix of the SI.
pub fn humanize(number: f64) -> String {
    if number == 0.0 || !number.is_finite() {
        return general(number, Some(4));
    }
    let (scaled, prefix) =
        if number.abs() >= 1.0 { scaled_down(number, 1000.0, &["k", "M", "G", "T", "P", "E", "Z", "Y"]) } else { scaled_up(number) };
    format!("{}{prefix}", general(scaled, Some(4)))
}

/// `1.177Mi`: four figures and a binary prefix.
pub fn humanize_1024(number: f64) -> String {
    if number.abs() <= 1.0 || !number.is_finite() {
        return general(number, Some(4));
    }
    let (scaled, prefix) = scaled_down(number, 1024.0, &["ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi"]);
    format!("{}{prefix}", general(scaled, Some(4)))
}

/// `1d 2h 3m 4s` of seconds; below one second, `123.5ms`.
pub fn humanize_duration(seconds: f64) -> String {
    if !seconds.is_finite() {
        return general(seconds, Some(4));
    }
    if seconds == 0.0 {
        return "0s".to_owned();
    }
    if seconds.abs() < 1.0 {
        let (scaled, prefix) = scaled_up(seconds);
        return format!("{}{prefix}s", general(scaled, Some(4)));
    }
    let sign = if seconds < 0.0 { "-" } else { "" };
    let seconds = seconds.abs();
    let whole = seconds as i64;
    let (s, m, h, d) = (whole % 60, whole / 60 % 60, whole / 3600 % 24, whole / 86_400);
    match (d, h, m) {
        (0, 0, 0) => format!("{sign}{}s", general(seconds, Some(4))),
        (0, 0, _) => format!("{sign}{m}m {s}s"),
        (0, _, _) => format!("{sign}{h}h {m}m {s}s"),
        _ => format!("{sign}{d}d {h}h {m}m {s}s"),
    }
}

/// `12.35%` of a share of one.
pub fn humanize_percentage(share: f64) -> String {
    format!("{}%", general(share * 100.0, Some(4)))
}

fn scaled_down<'p>(mut number: f64, step: f64, prefixes: &[&'p str]) -> (f64, &'p str) {
    let mut prefix = "";
    for next in prefixes {
        if number.abs() < step {
            break;
        }
        prefix = next;
        number /= step;
    }
    (number, prefix)
}

fn scaled_up(mut number: f64) -> (f64, &'static str) {
    let mut prefix = "";
    for next in ["m", "u", "n", "p", "f", "a", "z", "y"] {
        if number.abs() >= 1.0 {
            break;
        }
        prefix = next;
        number *= 1000.0;
    }
    (number, prefix)
}
