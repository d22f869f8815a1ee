//! Lines out of a stretch of a file.

use std::{collections::VecDeque, io::Read, path::Path};

use quarterdeck_model::{JobCtx, Outcome};
use quarterdeck_store::files;
use regex::Regex;

use super::super::split::{Line, Splitter};

/// What a page looks for, and how far.
pub struct Search<'s> {
    /// Only lines that it matches.
    pub filter: Option<&'s Regex>,
    /// Bytes that may still be looked through.
    pub left: u64,
    /// Whether anybody still wants the page.
    pub ctx: &'s JobCtx,
}

/// A line as it stands in its file.
#[derive(Debug, PartialEq, Eq)]
pub struct Raw {
    /// Where it begins.
    pub start: u64,
    /// What it says.
    pub bytes: Vec<u8>,
    /// True where it went on.
    pub cut: bool,
}

/// Lines of one file.
#[derive(Debug, Default)]
pub struct Piece {
    /// In the order of the file.
    pub lines: VecDeque<Raw>,
    /// Where looking ended: the first byte that was looked at on the way to older lines, the first that was not on the way to newer ones.
    pub end: u64,
}

/// Which lines of a stretch are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// The first so many; what follows is not looked at.
    First(usize),
    /// The last so many.
    Last(usize),
}

/// A stretch of bytes that begins where a line begins.
pub struct Stretch<'f, R> {
    /// The bytes.
    pub bytes: R,
    /// Where they begin in the file.
    pub start: u64,
    /// True where a last line without an end is one all the same.
    pub whole: bool,
    /// Whose they are.
    pub path: &'f Path,
}

/// Reads a stretch. `end` is where it begins, or the first line that was kept, for the last lines; behind what was taken, for the first.
pub fn read<R: Read>(mut stretch: Stretch<'_, R>, keep: Keep, search: &mut Search<'_>) -> Outcome<Piece> {
    let mut taken = Taken { lines: VecDeque::new(), keep, over: None, dropped: false };
    let mut splitter = Splitter::at(stretch.start);
    let mut block = vec![0; 64 << 10];
    let filter = search.filter;
    // At least one line, however long it is: whoever comes back must find another place.
    while (search.left > 0 || splitter.start() == stretch.start) && taken.over.is_none() {
        search.ctx.checkpoint()?;
        let length = stretch.bytes.read(&mut block).map_err(|error| files::fault("read", stretch.path, &error))?;
        if length == 0 {
            if stretch.whole {
                splitter.finish(&mut |line| taken.add(&line, filter));
            }
            break;
        }
        search.left = search.left.saturating_sub(length as u64);
        splitter.feed(&block[..length], &mut |line| taken.add(&line, filter));
    }
    let end = match keep {
        Keep::First(_) => taken.over.unwrap_or(splitter.start()),
        Keep::Last(_) if taken.dropped => taken.lines.front().map_or(stretch.start, |first| first.start),
        Keep::Last(_) => stretch.start,
    };
    Ok(Piece { lines: taken.lines, end })
}

struct Taken {
    lines: VecDeque<Raw>,
    keep: Keep,
    /// Where the first line begins for which there was no room.
    over: Option<u64>,
    dropped: bool,
}

impl Taken {
    fn add(&mut self, line: &Line<'_>, filter: Option<&Regex>) {
        if self.over.is_some() || filter.is_some_and(|filter| !filter.is_match(&String::from_utf8_lossy(line.bytes))) {
            return;
        }
        match self.keep {
            Keep::First(most) if self.lines.len() >= most => {
                self.over = Some(line.start);
                return;
            }
            Keep::Last(most) if self.lines.len() >= most => {
                self.dropped = true;
                if self.lines.pop_front().is_none() {
                    return;
                }
            }
            _ => {}
        }
        self.lines.push_back(Raw { start: line.start, bytes: line.bytes.to_vec(), cut: line.cut });
    }
}
