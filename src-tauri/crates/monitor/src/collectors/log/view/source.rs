//! One of the files of a log, plain or packed, read from either side.

use std::{
    collections::VecDeque,
    fs::File,
    io::{self, BufReader, Read, Seek, SeekFrom},
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
};

use flate2::read::MultiGzDecoder;
use quarterdeck_model::{Clock, Fault, Outcome};
use quarterdeck_store::files;

use super::{
    super::follow::open_file,
    neighbours::{self, Identity},
    piece::{self, Keep, Piece, Search, Stretch},
};

/// Bytes that are taken at a time on the way to older lines.
const STEP: u64 = 256 << 10;

/// A last line without an end is one, once nothing was added to it for so many milliseconds.
const QUIET: i64 = 5_000;

/// A file.
pub struct Source {
    /// Where it is.
    pub path: PathBuf,
    /// What it is, whatever it is called.
    pub identity: Identity,
    /// True for the log itself.
    pub live: bool,
    /// True for gzip.
    pub packed: bool,
    /// Bytes, as it lies there.
    pub size: u64,
    /// True where its last line may be taken for one, with or without an end.
    whole: bool,
    file: File,
}

/// All files of a log, the oldest first. Fault `log-missing` where there is none.
pub fn all(log: &Path, clock: &dyn Clock) -> Outcome<Vec<Source>> {
    let mut sources = Vec::new();
    for neighbour in neighbours::of(log)? {
        // It may be rotated away while we look, and another one may be in its place.
        if let Some((file, metadata)) = open_file(&neighbour.path)?.filter(|(_, metadata)| Identity::of(metadata) == neighbour.identity) {
            let (path, packed) = (neighbour.path, neighbour.packed);
            sources.push(Source { path, identity: Identity::of(&metadata), live: false, packed, size: metadata.len(), whole: true, file });
        }
    }
    if let Some((file, metadata)) = open_file(log)? {
        let changed = metadata.modified().map_err(|error| files::fault("look at", log, &error))?;
        let whole = (clock.now() - quarterdeck_model::Instant::from(changed)).num_milliseconds() >= QUIET;
        let identity = Identity::of(&metadata);
        sources.push(Source { path: log.to_owned(), identity, live: true, packed: false, size: metadata.len(), whole, file });
    }
    if sources.is_empty() {
        return Err(Fault::refused("log-missing", format!("{} is not there, and nothing it was rotated to.", log.display()))
            .hint("Look whether its writer runs, and where it writes to."));
    }
    Ok(sources)
}

impl Source {
    /// Behind its last whole line; for packed files behind everything.
    pub fn end(&self) -> Outcome<u64> {
        match (self.packed, self.whole) {
            (true, _) => Ok(u64::MAX),
            (false, true) => Ok(self.size),
            (false, false) => self.line_start(self.size),
        }
    }

    /// The last so many lines before a place where a line begins.
    pub fn before(&self, until: u64, wanted: usize, search: &mut Search<'_>) -> Outcome<Piece> {
        if self.packed {
            return self.unpacked(0, until, Keep::Last(wanted), search);
        }
        let (mut lines, mut end) = (VecDeque::new(), until.min(self.size));
        while lines.len() < wanted && end > 0 && search.left > 0 {
            let start = self.line_start(end.saturating_sub(STEP))?;
            let stretch = Stretch { bytes: self.from(start)?.take(end - start), start, whole: true, path: &self.path };
            // A step is read whole, or its newest lines would be missing.
            let mut unbounded = Search { left: u64::MAX, ..*search };
            let mut piece = piece::read(stretch, Keep::Last(wanted - lines.len()), &mut unbounded)?;
            search.left = search.left.saturating_sub(end - start);
            piece.lines.append(&mut lines);
            (lines, end) = (piece.lines, piece.end);
        }
        Ok(Piece { lines, end })
    }

    /// The first so many lines from a place on where a line begins.
    pub fn after(&self, from: u64, wanted: usize, search: &mut Search<'_>) -> Outcome<Piece> {
        if self.packed {
            return self.unpacked(from, u64::MAX, Keep::First(wanted), search);
        }
        let stretch = Stretch { bytes: self.from(from)?, start: from, whole: self.whole, path: &self.path };
        piece::read(stretch, Keep::First(wanted), search)
    }

    /// A packed file can only be read from its begin.
    fn unpacked(&self, from: u64, until: u64, keep: Keep, search: &mut Search<'_>) -> Outcome<Piece> {
        let mut bytes = MultiGzDecoder::new(BufReader::new(self.from(0)?));
        let skipped = io::copy(&mut (&mut bytes).take(from.min(search.left)), &mut io::sink());
        search.left -= skipped.map_err(|error| files::fault("unpack", &self.path, &error))?;
        let stretch = Stretch { bytes: bytes.take(until - from), start: from, whole: true, path: &self.path };
        let piece = piece::read(stretch, keep, search)?;
        match keep {
            // Its newest lines are behind what may be looked through: to show older ones as if they came next would be wrong.
            Keep::Last(_) if search.left == 0 => {
                Err(Fault::refused("log-large", format!("{} unpacks to too much to be looked through.", self.path.display()))
                    .hint("Unpack it beside the others; plain files are read from either side."))
            }
            _ => Ok(piece),
        }
    }

    /// Where the line begins in which this byte is.
    fn line_start(&self, at: u64) -> Outcome<u64> {
        let mut block = vec![0; 64 << 10];
        let mut end = at;
        while end > 0 {
            let start = end.saturating_sub(block.len() as u64);
            let part = &mut block[..usize::try_from(end - start).unwrap_or(0)];
            self.file.read_exact_at(part, start).map_err(|error| files::fault("read", &self.path, &error))?;
            if let Some(mark) = part.iter().rposition(|byte| *byte == b'\n') {
                return Ok(start + mark as u64 + 1);
            }
            end = start;
        }
        Ok(0)
    }

    fn from(&self, offset: u64) -> Outcome<impl Read + '_> {
        let mut file = &self.file;
        file.seek(SeekFrom::Start(offset)).map_err(|error| files::fault("read", &self.path, &error))?;
        Ok(file)
    }
}
