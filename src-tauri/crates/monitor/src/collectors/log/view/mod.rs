//! Pages of a log, for people: the newest lines, those before, those that came since; over the files it was rotated to. Nothing is kept
//! between two pages: a token says where the next one begins, and finds its file again under another name.

mod piece;
mod source;
mod token;

use std::{collections::VecDeque, path::Path};

use quarterdeck_model::{
    Bytes, Clock, Count, Fault, JobCtx, Outcome,
    monitor::{LogLine, LogPage},
};
use regex::Regex;

use super::{Rules, neighbours};
use piece::{Raw, Search};
use source::Source;
use token::Token;

/// Bytes that one page looks through at most; a filter that matches nothing ends there, and says so.
const SEARCH: u64 = 64 << 20;

/// Places in a line that are marked at most.
const MARKS: usize = 64;

/// Which way from a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// To older lines.
    Before,
    /// To newer ones.
    After,
}

/// Which page.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'w> {
    /// `before` or `after` of a page; where there is none, the newest lines are wanted.
    pub at: Option<&'w str>,
    /// Which way from there.
    pub direction: Direction,
    /// Only lines that this expression matches.
    pub filter: Option<&'w str>,
    /// How many lines at most.
    pub lines: usize,
}

/// One page. Faults: `bad-filter`, `bad-token`, `log-missing`, `log-turned`, and what keeps a file from being read.
pub fn page(log: &Path, rules: &Rules, wanted: &Wanted<'_>, clock: &dyn Clock, ctx: &JobCtx) -> Outcome<LogPage> {
    let filter = wanted.filter.map(expression).transpose()?;
    let sources = source::all(log, clock)?;
    let mut search = Search { filter: filter.as_ref(), left: SEARCH, ctx };
    let (begin, turned) = begin(log, &sources, wanted)?;
    let most = wanted.lines.max(1);
    let found = match wanted.at.map(|_| wanted.direction) {
        Some(Direction::After) => forward(&sources, begin, most, &mut search)?,
        Some(Direction::Before) | None => backward(&sources, begin, most, &mut search)?,
    };
    let shown = &sources[found.shown];
    Ok(LogPage {
        sentence: found.sentence(shown, wanted.filter, turned, search.left == 0),
        before: found.from.filter(|from| *from != (0, 0)).map(|place| token(&sources, place)),
        after: token(&sources, found.until),
        file: shown.path.as_path().into(),
        size: Bytes(shown.size),
        turned: turned != Turned::No,
        lines: found.lines.iter().map(|raw| line(raw, filter.as_ref(), rules)).collect(),
        as_of: clock.now(),
    })
}

/// A place: which file, the oldest first, and which byte of it, unpacked.
type Place = (usize, u64);

/// Whether the log was rotated since a token was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turned {
    No,
    Yes,
    /// And the file of the token is not there any more.
    Lost,
}

struct Found {
    lines: VecDeque<Raw>,
    from: Option<Place>,
    until: Place,
    /// The file that is named: that of the newest line.
    shown: usize,
}

fn begin(log: &Path, sources: &[Source], wanted: &Wanted<'_>) -> Outcome<(Place, Turned)> {
    let last = sources.len() - 1;
    let Some(text) = wanted.at else { return Ok(((last, sources[last].end()?), Turned::No)) };
    let token = Token::parse(text)?;
    let here = sources.iter().position(|source| source.identity == token.identity);
    match here {
        Some(at) if token.offset <= sources[at].size || sources[at].packed => {
            let turned = if token.live && !sources[at].live { Turned::Yes } else { Turned::No };
            Ok(((at, token.offset), turned))
        }
        // Cut, or packed and removed: what came since is all in the log as it is now.
        _ if wanted.direction == Direction::After => Ok(((last, 0), Turned::Lost)),
        _ => Err(Fault::refused("log-turned", format!("{} was rotated, and the lines before are not where they were.", log.display()))
            .hint("Begin again at the newest lines.")),
    }
}

fn backward(sources: &[Source], begin: Place, wanted: usize, search: &mut Search<'_>) -> Outcome<Found> {
    let mut found = Found { lines: VecDeque::new(), from: Some(begin), until: begin, shown: begin.0 };
    let (mut at, mut until) = begin;
    loop {
        let piece = sources[at].before(until, wanted - found.lines.len(), search)?;
        if found.lines.is_empty() && !piece.lines.is_empty() {
            found.shown = at;
        }
        piece.lines.into_iter().rev().for_each(|raw| found.lines.push_front(raw));
        found.from = Some((at, piece.end));
        if found.lines.len() >= wanted || search.left == 0 || piece.end > 0 || at == 0 {
            return Ok(found);
        }
        at -= 1;
        until = sources[at].end()?;
    }
}

fn forward(sources: &[Source], begin: Place, wanted: usize, search: &mut Search<'_>) -> Outcome<Found> {
    let mut found = Found { lines: VecDeque::new(), from: Some(begin), until: begin, shown: begin.0 };
    let (mut at, mut from) = begin;
    loop {
        let piece = sources[at].after(from, wanted - found.lines.len(), search)?;
        if !piece.lines.is_empty() {
            found.shown = at;
        }
        found.lines.extend(piece.lines);
        found.until = (at, piece.end);
        if found.lines.len() >= wanted || search.left == 0 || at + 1 == sources.len() {
            return Ok(found);
        }
        (at, from) = (at + 1, 0);
    }
}

impl Found {
    fn sentence(&self, shown: &Source, filter: Option<&str>, turned: Turned, stopped: bool) -> String {
        let name = shown.path.file_name().unwrap_or_default().to_string_lossy();
        let lines = Count(self.lines.len() as u64).of("line");
        let mut sentence = match filter {
            None => format!("{lines} of {name}"),
            Some(filter) => format!("{lines} of {name} with {filter}"),
        };
        if stopped {
            sentence.push_str(&format!("; {} were looked through, go on for more", Bytes(SEARCH)));
        }
        match turned {
            Turned::No => {}
            Turned::Yes => sentence.push_str("; the log was rotated meanwhile"),
            Turned::Lost => sentence.push_str("; the log was rotated meanwhile, and lines between may be missing here"),
        }
        sentence.push('.');
        sentence
    }
}

fn token(sources: &[Source], (at, offset): Place) -> String {
    Token { live: sources[at].live, identity: sources[at].identity, offset }.to_string()
}

fn line(raw: &Raw, filter: Option<&Regex>, rules: &Rules) -> LogLine {
    let text = String::from_utf8_lossy(&raw.bytes).into_owned();
    let matched = filter.map_or_else(Vec::new, |filter| marks(&text, filter));
    LogLine { cut: raw.cut, matched, rules: rules.of(&raw.bytes), text }
}

/// Where an expression matches, in UTF-16 units: what is counted in where pages are drawn.
fn marks(text: &str, filter: &Regex) -> Vec<(u32, u32)> {
    let (mut at, mut units) = (0, 0_u32);
    let mut place = |byte: usize| {
        units += text[at..byte].chars().map(|c| c.len_utf16() as u32).sum::<u32>();
        at = byte;
        units
    };
    let matches = filter.find_iter(text).filter(|found| !found.is_empty()).take(MARKS);
    matches.map(|found| (place(found.start()), place(found.end()))).collect()
}

fn expression(text: &str) -> Outcome<Regex> {
    regex::RegexBuilder::new(text).size_limit(1 << 20).build().map_err(|error| {
        Fault::usage("bad-filter", format!("The filter {text} cannot be read: {error}."))
            .hint("Put a backslash before brackets and dots that are meant as they are.")
    })
}
