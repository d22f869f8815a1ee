//! A script as commands.

use super::points::{Described, described, unquoted};
use crate::{
    promql::{Steps, lexer::millis},
    sample::Moment,
};

/// One command.
#[derive(Debug, Clone)]
pub enum Command {
    /// Forget all series.
    Clear,
    /// Series with a sample every so many milliseconds from the beginning of time.
    Load(i64, Vec<Described>),
    /// The same, and native histograms made of them, which are not read.
    LoadBoth(i64, Vec<Described>),
    /// A question.
    Ask(Case),
    /// What cannot be read or is not ours; why.
    Unread(usize, String),
}

/// A query and what it is to answer.
#[derive(Debug, Clone, Default)]
pub struct Case {
    /// Line of the script, from 1.
    pub line: usize,
    /// The query.
    pub query: String,
    /// When.
    pub steps: Option<Steps>,
    /// One moment.
    pub instant: bool,
    /// What must be said beside the values.
    pub expected: Vec<Expected>,
    /// Series in the order of the script.
    pub series: Vec<Described>,
    /// A number instead of series.
    pub number: Option<f64>,
    /// A text instead of series.
    pub text: Option<String>,
    /// Samples of a range: the first one's moment and the distance.
    pub range: Option<(Moment, i64)>,
}

/// What must be said, and with which words.
#[derive(Debug, Clone)]
pub struct Expected {
    /// `fail`, `warn`, `info`, `no_warn`, `no_info`, `ordered`.
    pub what: String,
    /// Words that must be in it.
    pub words: Option<String>,
    /// An expression that must match it.
    pub pattern: Option<String>,
}

/// Reads a script.
pub fn commands(script: &str) -> Vec<Command> {
    let mut commands = Vec::new();
    let mut lines = script.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with('#')).peekable();
    while let Some((index, line)) = lines.next() {
        let words = line.trim();
        if words.is_empty() {
            continue;
        }
        let mut body = Vec::new();
        if words != "clear" {
            while let Some((_, next)) = lines.next_if(|(_, next)| !next.trim().is_empty() && !begins(next)) {
                body.push(next.trim());
            }
        }
        commands.push(command(index + 1, words, &body));
    }
    commands
}

fn begins(line: &str) -> bool {
    ["eval", "load", "clear"].iter().any(|word| line.starts_with(word))
}

fn command(line: usize, words: &str, body: &[&str]) -> Command {
    let (first, rest) = words.split_once(char::is_whitespace).unwrap_or((words, ""));
    let unread = |why: &str| Command::Unread(line, why.to_owned());
    match first {
        "clear" => Command::Clear,
        "load" | "load_with_nhcb" => match (duration(rest.trim()), body.iter().map(|line| described(line)).collect::<Option<Vec<_>>>()) {
            (Some(step), Some(series)) if first == "load" => Command::Load(step, series),
            (Some(step), Some(series)) => Command::LoadBoth(step, series),
            _ => unread("load that is not read"),
        },
        _ if first.starts_with("eval") => {
            case(line, first, rest.trim(), body).map_or_else(|| unread("case that is not read"), Command::Ask)
        }
        _ => unread("command that is not known"),
    }
}

fn case(line: usize, verb: &str, rest: &str, body: &[&str]) -> Option<Case> {
    let mut case = Case { line, ..Case::default() };
    if let Some(what) = verb.strip_prefix("eval_") {
        case.expected.push(Expected { what: what.to_owned(), words: None, pattern: None });
    }
    let mut words = Words(rest);
    case.instant = match words.next()? {
        "instant" => true,
        "range" => false,
        _ => return None,
    };
    if case.instant {
        words.next().filter(|word| *word == "at")?;
        let at = duration(words.next()?)?;
        case.steps = Some(Steps { from: at, until: at, step: 0 });
    } else {
        case.steps = Some(span(&mut words)?);
    }
    case.query = words.0.trim().to_owned();
    for line in body {
        expectation(&mut case, line)?;
    }
    Some(case)
}

fn span(words: &mut Words<'_>) -> Option<Steps> {
    words.next().filter(|word| *word == "from")?;
    let from = duration(words.next()?)?;
    words.next().filter(|word| *word == "to")?;
    let until = duration(words.next()?)?;
    words.next().filter(|word| *word == "step")?;
    Some(Steps { from, until, step: duration(words.next()?)? })
}

fn expectation(case: &mut Case, line: &str) -> Option<()> {
    if let Some(message) = line.strip_prefix("expected_fail_message") {
        case.expected.push(Expected { what: "fail".to_owned(), words: Some(message.trim().to_owned()), pattern: None });
    } else if let Some(pattern) = line.strip_prefix("expected_fail_regexp") {
        case.expected.push(Expected { what: "fail".to_owned(), words: None, pattern: Some(pattern.trim().to_owned()) });
    } else if let Some(rest) = line.strip_prefix("expect ") {
        let mut words = Words(rest);
        match words.next()? {
            "string" => case.text = Some(unquoted(words.0.trim())),
            "range" => {
                words.next().filter(|word| *word == "vector")?;
                let steps = span(&mut words)?;
                case.range = Some((steps.from, steps.step));
            }
            what => {
                let rest = words.0.trim();
                let said = rest.strip_prefix("msg:").map(|words| words.trim().to_owned());
                let pattern = rest.strip_prefix("regex:").map(|pattern| pattern.trim().to_owned());
                case.expected.push(Expected { what: what.to_owned(), words: said, pattern });
            }
        }
    } else if let (true, Some(number)) = (case.series.is_empty(), super::points::number(line)) {
        case.number = Some(number);
    } else {
        case.series.push(described(line)?);
    }
    Some(())
}

/// The words of a line, one after the other.
struct Words<'t>(&'t str);

impl<'t> Words<'t> {
    fn next(&mut self) -> Option<&'t str> {
        let rest = self.0.trim_start();
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        self.0 = &rest[end..];
        (end > 0).then(|| &rest[..end])
    }
}

/// Milliseconds of `1m30s`, `-5m` or seconds as a bare number.
pub fn duration(written: &str) -> Option<i64> {
    let (sign, written) = written.strip_prefix('-').map_or((1, written), |rest| (-1, rest));
    millis(written).or_else(|| written.parse::<f64>().ok().map(|seconds| (seconds * 1_000.0).round() as i64)).map(|millis| millis * sign)
}
