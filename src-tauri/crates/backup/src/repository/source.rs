//! Files on their way into the repository. Each must give exactly the bytes that were announced.

use std::{
    ffi::OsStr,
    io::{self, Read},
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    vec,
};

use quarterdeck_model::Fault;
use rustic_core::{
    ReadSource, ReadSourceEntry, RusticResult,
    jiff::Timestamp,
    repofile::{Metadata, Node, NodeType},
};

use super::{SourceFile, watched::Watch};

/// The files of one snapshot, in the order in which the format wants them.
pub(super) struct Sources {
    files: Mutex<Vec<SourceFile>>,
    size: u64,
    watch: Arc<Watch>,
}

impl Sources {
    pub(super) fn new(mut files: Vec<SourceFile>, watch: Arc<Watch>) -> Self {
        files.sort_by(|a, b| a.path.split('/').cmp(b.path.split('/')));
        let size = files.iter().map(|file| file.size).sum();
        Self { files: Mutex::new(files), size, watch }
    }

    fn entry(&self, file: SourceFile) -> ReadSourceEntry<WatchedReader> {
        let path = PathBuf::from(&file.path);
        let mtime = Timestamp::from_millisecond(file.modified.timestamp_millis()).ok();
        let metadata = Metadata { size: file.size, mode: Some(0o600), mtime, ..Metadata::default() };
        let name = path.file_name().unwrap_or(OsStr::new("")).to_owned();
        let reader = WatchedReader { inner: file.reader, path: file.path, left: file.size, watch: Arc::clone(&self.watch) };
        ReadSourceEntry { path, node: Node::new_node(&name, NodeType::File, metadata), open: Some(reader) }
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
        files.into_iter().map(|file| Ok(self.entry(file))).collect::<Vec<_>>().into_iter()
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
