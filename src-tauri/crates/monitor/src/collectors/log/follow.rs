//! Reads on in a log where the last visit ended, whatever was done to the file meanwhile: renamed, packed, cut, or begun anew.

use std::{
    fs::{File, Metadata, OpenOptions},
    io,
    os::unix::fs::{FileExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use quarterdeck_model::{Fault, JobCtx, Outcome};
use quarterdeck_store::files;
use rustix::fs::OFlags;

use super::{
    LINE, Position,
    neighbours::{self, Identity},
    split::Splitter,
};

/// Bytes before our place that are remembered: where others stand there, the file was begun anew and has grown again.
const TAIL: usize = 128;

/// Follows one log.
#[derive(Debug)]
pub struct Follower {
    path: PathBuf,
    start: Start,
    reading: Option<Reading>,
    /// The one before, just rotated: its writer may add to it until it hears of that.
    previous: Option<Reading>,
}

/// Where the first visit begins.
#[derive(Debug)]
enum Start {
    /// At its end: what was there before us is the past.
    End,
    /// Where somebody stopped before.
    Kept(Position),
    /// At its begin: it was not there when we were.
    Begin,
}

/// What one visit read.
#[derive(Debug, Default)]
pub struct Read {
    /// Bytes.
    pub bytes: u64,
    /// Bytes that are there and were not read.
    pub left: u64,
    /// What a person should know.
    pub remarks: Vec<String>,
}

#[derive(Debug)]
struct Reading {
    file: File,
    identity: Identity,
    offset: u64,
    tail: Vec<u8>,
    splitter: Splitter,
}

impl Follower {
    /// From where somebody stopped; from its end where nobody has read it before.
    pub fn new(path: PathBuf, kept: Option<Position>) -> Self {
        Self { path, start: kept.map_or(Start::End, Start::Kept), reading: None, previous: None }
    }

    /// Where to go on after a restart: a line that has no end yet is read again.
    pub fn position(&self) -> Option<Position> {
        let kept = |start: &Start| if let Start::Kept(position) = start { Some(*position) } else { None };
        self.reading.as_ref().map_or_else(
            || kept(&self.start),
            |reading| {
                let Identity { device, inode } = reading.identity;
                Some(Position { device, inode, offset: reading.splitter.start() })
            },
        )
    }

    /// Hands over each line that came since, at most so many bytes of them. What was read before a fault has been handed over.
    pub fn read(&mut self, most: u64, ctx: &JobCtx, read: &mut Read, each: &mut dyn FnMut(&[u8])) -> Outcome<()> {
        if let Some(mut previous) = self.previous.take() {
            previous.read_on(&self.path, most, ctx, read, each)?;
            previous.splitter.finish(&mut |line| each(line.bytes));
        }
        let now = look(&self.path)?;
        if self.reading.is_none() {
            self.reading = self.begin(now.as_ref(), read)?;
        }
        while let Some(reading) = &mut self.reading {
            let here = now.as_ref().is_some_and(|now| Identity::of(now) == reading.identity);
            if here && reading.was_begun_anew(&self.path)? {
                read.remarks.push(format!("{} was cut and begun anew.", self.path.display()));
                reading.splitter.finish(&mut |line| each(line.bytes));
                reading.go_to(0);
            }
            reading.read_on(&self.path, most, ctx, read, each)?;
            read.left = reading.left(&self.path)?;
            if here || read.left > 0 {
                break;
            }
            // It is called something else by now, or gone: its end is its end, once there is another one.
            let Some(next) = self.next(&now)? else { break };
            self.previous = self.reading.replace(next);
        }
        Ok(())
    }

    fn begin(&mut self, now: Option<&Metadata>, read: &mut Read) -> Outcome<Option<Reading>> {
        let reading = match (&self.start, now) {
            (Start::Kept(position), _) => match self.found_again(*position, now)? {
                Some(reading) => Some(reading),
                None if now.is_some() => {
                    read.remarks.push(format!(
                        "The file where reading of {} stopped is gone; lines that were added to it since are not counted.",
                        self.path.display()
                    ));
                    open(&self.path, 0)?
                }
                None => None,
            },
            (Start::End, Some(_)) => open_at_end(&self.path)?,
            (Start::Begin, Some(_)) => open(&self.path, 0)?,
            (Start::End | Start::Begin, None) => None,
        };
        if reading.is_none() {
            read.remarks.push(format!("{} is not there.", self.path.display()));
            if matches!(self.start, Start::End) {
                self.start = Start::Begin;
            }
        }
        Ok(reading)
    }

    /// The file where somebody stopped, under its name or a rotated one.
    fn found_again(&self, position: Position, now: Option<&Metadata>) -> Outcome<Option<Reading>> {
        let wanted = Identity { device: position.device, inode: position.inode };
        if now.is_some_and(|now| Identity::of(now) == wanted) {
            return open(&self.path, position.offset);
        }
        let neighbours = self.neighbours()?;
        match neighbours.into_iter().find(|neighbour| neighbour.identity == wanted && !neighbour.packed) {
            Some(neighbour) => open(&neighbour.path, position.offset),
            None => Ok(None),
        }
    }

    /// The file that was begun when the present one was rotated: after a long absence another rotated one, otherwise the log itself.
    fn next(&self, now: &Option<Metadata>) -> Outcome<Option<Reading>> {
        let Some(reading) = &self.reading else { return Ok(None) };
        let ended = reading.metadata(&self.path)?.modified().map_err(|error| files::fault("look at", &self.path, &error))?;
        let log = now.as_ref().map(Identity::of);
        let newer = self.neighbours()?.into_iter().find(|neighbour| {
            neighbour.modified > ended && !neighbour.packed && neighbour.identity != reading.identity && Some(neighbour.identity) != log
        });
        let next = open(newer.as_ref().map_or(&self.path, |neighbour| &neighbour.path), 0)?;
        // Renamed between two looks: the next visit sees more.
        Ok(next.filter(|next| next.identity != reading.identity))
    }

    fn neighbours(&self) -> Outcome<Vec<neighbours::Neighbour>> {
        match neighbours::of(&self.path) {
            // A log without a folder has none.
            Err(fault) if fault.is("file-missing") => Ok(Vec::new()),
            other => other,
        }
    }
}

impl Reading {
    /// Its writer has cut it, whether or not it has grown beyond our place since.
    fn was_begun_anew(&self, path: &Path) -> Outcome<bool> {
        if self.metadata(path)?.len() < self.offset {
            return Ok(true);
        }
        let mut tail = vec![0; self.tail.len()];
        match self.file.read_exact_at(&mut tail, self.offset - self.tail.len() as u64) {
            Ok(()) => Ok(tail != self.tail),
            // Cut between the two looks.
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(true),
            Err(error) => Err(files::fault("read", path, &error)),
        }
    }

    fn read_on(&mut self, path: &Path, most: u64, ctx: &JobCtx, read: &mut Read, each: &mut dyn FnMut(&[u8])) -> Outcome<()> {
        let mut block = vec![0; 64 << 10];
        while read.bytes < most {
            ctx.checkpoint()?;
            let length = self.file.read_at(&mut block, self.offset).map_err(|error| files::fault("read", path, &error))?;
            if length == 0 {
                break;
            }
            self.offset += length as u64;
            read.bytes += length as u64;
            self.splitter.feed(&block[..length], &mut |line| each(line.bytes));
            self.remember(&block[..length]);
        }
        Ok(())
    }

    fn remember(&mut self, block: &[u8]) {
        self.tail.extend_from_slice(&block[block.len().saturating_sub(TAIL)..]);
        self.tail.drain(..self.tail.len().saturating_sub(TAIL));
    }

    /// Goes to where a line begins.
    fn go_to(&mut self, offset: u64) {
        self.offset = offset;
        self.tail.clear();
        if offset > 0 {
            self.tail.push(b'\n');
        }
        self.splitter = Splitter::at(offset);
    }

    fn left(&self, path: &Path) -> Outcome<u64> {
        Ok(self.metadata(path)?.len().saturating_sub(self.offset))
    }

    fn metadata(&self, path: &Path) -> Outcome<Metadata> {
        self.file.metadata().map_err(|error| files::fault("look at", path, &error))
    }
}

/// Nothing where it is not there.
fn look(path: &Path) -> Outcome<Option<Metadata>> {
    match std::fs::metadata(path) {
        Ok(metadata) if metadata.is_file() => Ok(Some(metadata)),
        Ok(_) => Err(no_file(path)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(files::fault("look at", path, &error)),
    }
}

/// Opens without waiting: who takes a pipe for a log is not kept hanging by it.
pub(super) fn open_file(path: &Path) -> Outcome<Option<(File, Metadata)>> {
    #[allow(clippy::cast_possible_wrap)] // a bit of the operating system
    let opened = OpenOptions::new().read(true).custom_flags(OFlags::NONBLOCK.bits() as i32).open(path);
    let file = match opened {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(files::fault("read", path, &error)),
    };
    let metadata = file.metadata().map_err(|error| files::fault("look at", path, &error))?;
    if metadata.is_file() { Ok(Some((file, metadata))) } else { Err(no_file(path)) }
}

/// At the begin of its last line, where that has no end yet.
fn open_at_end(path: &Path) -> Outcome<Option<Reading>> {
    let Some(mut reading) = open(path, 0)? else { return Ok(None) };
    let size = reading.metadata(path)?.len();
    let mut last = vec![0; usize::try_from(size).unwrap_or(LINE).min(LINE)];
    let start = size - last.len() as u64;
    match reading.file.read_exact_at(&mut last, start) {
        Ok(()) => match last.iter().rposition(|byte| *byte == b'\n') {
            Some(mark) => reading.go_to(start + mark as u64 + 1),
            None if start == 0 => {}
            // In the middle of a line that is longer than a line may be.
            None => {
                reading.go_to(size);
                reading.tail.clear();
            }
        },
        // Cut between the two looks: all of it is new.
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {}
        Err(error) => return Err(files::fault("read", path, &error)),
    }
    Ok(Some(reading))
}

fn open(path: &Path, offset: u64) -> Outcome<Option<Reading>> {
    let Some((file, metadata)) = open_file(path)? else { return Ok(None) };
    let mut reading = Reading { file, identity: Identity::of(&metadata), offset: 0, tail: Vec::new(), splitter: Splitter::default() };
    reading.go_to(offset);
    Ok(Some(reading))
}

fn no_file(path: &Path) -> Fault {
    Fault::refused("no-log-file", format!("{} is no file that can be read from its begin.", path.display()))
        .hint("Name a plain file; pipes, sockets and folders are not followed.")
}
