//! Files on their way into the repository. Each must give exactly the bytes that were announced.

use std::{
    ffi::OsStr,
    io::{self, Read},
    sync::{Arc, Mutex, PoisonError},
    vec,
};

use quarterdeck_model::{Fault, Outcome};
use rustic_core::{
    ErrorKind, ReadSource, ReadSourceEntry, RusticError, RusticResult,
    jiff::Timestamp,
    repofile::{Metadata, Node, NodeType},
};

use super::{About, Content, Moment, SourceFile, failure, watched::Watch};

/// The files of one snapshot, in the order in which the format wants them.
pub(super) struct Sources {
    files: Mutex<Vec<Entry>>,
    size: u64,
    watch: Arc<Watch>,
}

/// A file, and for one that is taken over, what the other snapshot says of it.
pub(super) struct Entry {
    pub(super) file: SourceFile,
    pub(super) taken_over: Option<Metadata>,
}

/// Bytes that will be read, or were found on a disk unchanged.
pub(super) fn streamed(files: &[SourceFile]) -> u64 {
    files.iter().filter(|file| matches!(file.content, Content::Stream(_) | Content::Found(..))).map(|file| file.size).sum()
}

impl Sources {
    pub(super) fn new(mut files: Vec<Entry>, watch: Arc<Watch>) -> Self {
        files.sort_by(|a, b| a.file.path.cmp(&b.file.path));
        let size = files.iter().map(|entry| entry.file.size).sum();
        Self { files: Mutex::new(files), size, watch }
    }

    /// The library takes a file over where size and times equal the other snapshot's; it must not do so by chance, so a stream gets a
    /// time of change that nothing else has. One that it should take over and does not, it would read: that reader fails.
    fn entry(&self, Entry { file, taken_over }: Entry) -> Outcome<ReadSourceEntry<WatchedReader>> {
        let SourceFile { path, size, modified, content } = file;
        let shown = path.display().to_string();
        let streamed = || -> Outcome<Metadata> {
            let mtime = Timestamp::from_millisecond(modified.timestamp_millis()).ok();
            Ok(Metadata { size, mode: Some(0o600), mtime, ctime: Some(unheard_of()?), ..Metadata::default() })
        };
        let (kind, metadata, reader): (_, _, Option<Box<dyn Read + Send>>) = match content {
            Content::Stream(reader) => (NodeType::File, streamed()?, Some(reader)),
            Content::Same(id) => {
                let lost = Lost(failure::reference_lost(&shown, &id, "parts of it are gone"));
                (NodeType::File, taken_over.map_or_else(streamed, Ok)?, Some(Box::new(lost)))
            }
            Content::Found(about, reader) => (NodeType::File, found(&about, size)?, Some(reader)),
            Content::Link(about, target) => (NodeType::from_link(&target), found(&about, 0)?, None),
            Content::Folder(about) => (NodeType::Dir, found(&about, 0)?, None),
        };
        let name = path.file_name().unwrap_or(OsStr::new("")).to_owned();
        let open = reader.map(|inner| WatchedReader { inner, path: shown, left: metadata.size, watch: Arc::clone(&self.watch) });
        Ok(ReadSourceEntry { path, node: Node::new_node(&name, kind, metadata), open })
    }
}

/// What the format keeps of something that was found on a disk.
fn found(about: &About, size: u64) -> Outcome<Metadata> {
    let timestamp = |(seconds, nanoseconds): Moment| Timestamp::new(seconds, i32::try_from(nanoseconds).unwrap_or(0)).ok();
    Ok(Metadata {
        mode: Some(about.mode),
        mtime: timestamp(about.modified),
        ctime: Some(about.changed.and_then(timestamp).map_or_else(unheard_of, Ok)?),
        uid: Some(about.owner.0),
        gid: Some(about.owner.1),
        inode: about.inode,
        device_id: about.device,
        size,
        links: about.names,
        ..Metadata::default()
    })
}

/// A moment that no other file has.
fn unheard_of() -> Outcome<Timestamp> {
    let mut random = [0; 8];
    getrandom::fill(&mut random).map_err(|error| {
        Fault::failed("no-randomness", format!("The operating system gives no random numbers: {error}.")).hint("Look at the system's log.")
    })?;
    let random = u64::from_be_bytes(random);
    let (seconds, nanoseconds) = ((random >> 32).cast_signed(), u32::try_from(random % 1_000_000_000).unwrap_or(0).cast_signed());
    Timestamp::new(seconds, nanoseconds).map_err(|error| Fault::bug(format!("{random} makes no moment: {error}.")))
}

/// The reader of a file that is not to be read.
struct Lost(Fault);

impl Read for Lost {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::Error::other(self.0.clone()))
    }
}

impl ReadSource for Sources {
    type Open = WatchedReader;
    type Iter = vec::IntoIter<RusticResult<ReadSourceEntry<WatchedReader>>>;

    fn size(&self) -> RusticResult<Option<u64>> {
        Ok(Some(self.size))
    }

    fn entries(&self) -> Self::Iter {
        let files = std::mem::take(&mut *self.files.lock().unwrap_or_else(PoisonError::into_inner));
        let entry = |entry| {
            self.entry(entry).map_err(|fault| {
                self.watch.fail(fault.clone());
                RusticError::new(ErrorKind::Other, fault.message)
            })
        };
        files.into_iter().map(entry).collect::<Vec<_>>().into_iter()
    }
}

/// Counts, and keeps the first fault where the library would only log it.
pub(super) struct WatchedReader {
    inner: Box<dyn Read + Send>,
    path: String,
    left: u64,
    watch: Arc<Watch>,
}

impl Read for WatchedReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.read_on(buffer).map_err(|fault| {
            self.watch.fail(fault.clone());
            io::Error::other(fault)
        })
    }
}

impl WatchedReader {
    fn read_on(&mut self, buffer: &mut [u8]) -> Result<usize, Fault> {
        self.watch.verdict()?;
        let read = loop {
            match self.inner.read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => break other.map_err(|error| self.fault(error))?,
            }
        };
        let bytes = read as u64;
        if bytes > self.left || (read == 0 && self.left > 0 && !buffer.is_empty()) {
            return Err(self.other_size(bytes > self.left));
        }
        self.left -= bytes;
        self.watch.advance(bytes)?;
        Ok(read)
    }

    /// A reader's own fault, where it has one.
    fn fault(&self, error: io::Error) -> Fault {
        match error.downcast::<Fault>() {
            Ok(fault) => fault,
            Err(error) => Fault::failed("source-unreadable", format!("{} could not be read to its end: {error}.", self.path))
                .hint("Check the disk and the system's log."),
        }
    }

    fn other_size(&self, longer: bool) -> Fault {
        let how = if longer { "longer" } else { "shorter" };
        Fault::failed("source-changed", format!("{} is {how} than it was when the snapshot began.", self.path))
            .hint("Take the snapshot again.")
            .may_retry()
    }
}
