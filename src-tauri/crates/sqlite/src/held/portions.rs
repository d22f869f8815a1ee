//! All bytes of an image, in order and hashed, for somebody who looks at each page and may want to look a second time.
//!
//! Three threads, because none of the three parts is much faster than another: one reads, one hashes the whole, and the caller's own does
//! with the pages what it wants. Between them wait at most [`WAITING`] portions each, so memory does not grow with the image.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
    sync::mpsc::{Receiver, SyncSender, sync_channel},
    thread::{Builder, Scope, ScopedJoinHandle},
};

use quarterdeck_model::{Digest, Fault, JobCtx, Outcome, job::Unit, plan::hex};
use quarterdeck_store::files;
use sha2::{Digest as _, Sha256};

use super::{
    HeldRead,
    pages::{self, PORTION, abandoned},
};

/// Portions of about a megabyte that wait between two of the threads.
const WAITING: usize = 8;

/// Whether somebody wants more of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// The next portion.
    GoOn,
    /// Nothing more; that is no fault.
    Stop,
}

impl HeldRead {
    /// Hands all pages, in order and in portions of whole pages, to `each`, and returns the SHA-256 of the image; `None` where `each`
    /// stopped before the end. The read stays held, as of the same moment, for a second pass.
    pub fn portions(&mut self, ctx: &JobCtx, each: &mut dyn FnMut(&[u8]) -> Outcome<Flow>) -> Outcome<Option<Digest>> {
        run(move |to| pages::read(self, ctx, |portion| to.send(portion).map_err(|_| abandoned())), each)
    }
}

/// The same for a copy in a file: from where it stands to its end, in portions of 1 MiB, which is whole pages of any size. `path` is for
/// the words of faults.
pub fn file_portions(file: File, path: &Path, ctx: &JobCtx, each: &mut dyn FnMut(&[u8]) -> Outcome<Flow>) -> Outcome<Option<Digest>> {
    let fault = |error: io::Error| files::fault("read", path, &error);
    let size = file.metadata().map_err(fault)?.len();
    let read = move |to: SyncSender<Vec<u8>>| {
        let mut sent = 0;
        loop {
            ctx.checkpoint()?;
            let mut portion = Vec::with_capacity(PORTION);
            (&file).take(PORTION as u64).read_to_end(&mut portion).map_err(fault)?;
            if portion.is_empty() {
                return Ok(());
            }
            sent += portion.len() as u64;
            to.send(portion).map_err(|_| abandoned())?;
            ctx.progress(sent, Some(size), Unit::Bytes);
        }
    };
    run(read, each)
}

fn run<R>(read: R, each: &mut dyn FnMut(&[u8]) -> Outcome<Flow>) -> Outcome<Option<Digest>>
where
    R: FnOnce(SyncSender<Vec<u8>>) -> Outcome<()> + Send,
{
    let ((to_hash, from_read), (to_caller, from_hash)) = (sync_channel(WAITING), sync_channel(WAITING));
    std::thread::scope(|scope| {
        // Where the second thread cannot be had, its end of the queue is gone with it and the first one ends.
        let reading = spawn(scope, "pages", move || read(to_hash))?;
        let hashing = spawn(scope, "hash", move || hash(from_read, &to_caller))?;
        let looked = look(from_hash, each);
        let (read, digest) = (join(reading), join(hashing)?);
        match looked? {
            Flow::Stop => Ok(None),
            Flow::GoOn => read?.map(|()| Some(digest)),
        }
    })
}

/// The queue goes away with the return, which ends the other two threads.
fn look(portions: Receiver<Vec<u8>>, each: &mut dyn FnMut(&[u8]) -> Outcome<Flow>) -> Outcome<Flow> {
    for portion in portions {
        if each(&portion)? == Flow::Stop {
            return Ok(Flow::Stop);
        }
    }
    Ok(Flow::GoOn)
}

/// Of what arrived until the queue ended, or nobody wanted more.
fn hash(portions: Receiver<Vec<u8>>, to: &SyncSender<Vec<u8>>) -> Digest {
    let mut hash = Sha256::new();
    for portion in portions {
        hash.update(&portion);
        if to.send(portion).is_err() {
            break;
        }
    }
    Digest(hex(&hash.finalize()))
}

fn spawn<'scope, T: Send + 'scope>(
    scope: &'scope Scope<'scope, '_>,
    name: &str,
    work: impl FnOnce() -> T + Send + 'scope,
) -> Outcome<ScopedJoinHandle<'scope, T>> {
    Builder::new().name(name.to_owned()).spawn_scoped(scope, work).map_err(pages::no_thread)
}

fn join<T>(thread: ScopedJoinHandle<'_, T>) -> Outcome<T> {
    thread.join().map_err(|_| Fault::bug("A thread that reads an image panicked."))
}
