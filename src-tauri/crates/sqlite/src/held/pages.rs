//! All pages of a held read, in order, as a stream.

use std::{
    io::{self, Read},
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    thread::JoinHandle,
};

use quarterdeck_model::{Digest, Fault, JobCtx, Outcome, job::Unit, plan::hex};
use sha2::{Digest as _, Sha256};

use super::{HeldRead, ImageFacts};

/// Pages travel in portions of about this size.
pub(super) const PORTION: usize = 1 << 20;

/// Portions that wait for a slow consumer; beyond, the read waits with it.
const WAITING: usize = 4;

/// The image as a stream. A thread of its own reads the pages, because a statement cannot leave the thread of its connection, and
/// hashes them while the consumer works.
pub struct PageReader {
    facts: ImageFacts,
    from: Option<Receiver<Message>>,
    thread: Option<JoinHandle<()>>,
    portion: Vec<u8>,
    at: usize,
    outcome: ReadOutcome,
}

/// How the stream ended, for those who gave it to a library that keeps errors to itself.
#[derive(Clone, Default)]
pub struct ReadOutcome(Arc<Mutex<Option<Outcome<Digest>>>>);

enum Message {
    Portion(Vec<u8>),
    Finished(Digest),
    Failed(Fault),
}

impl ReadOutcome {
    /// SHA-256 of the image once every byte of it was consumed; otherwise the fault that ended the stream, or `image-incomplete` where
    /// the consumer stopped before the end.
    pub fn result(&self) -> Outcome<Digest> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone().unwrap_or_else(|| {
            Err(Fault::failed("image-incomplete", "The image was not read to its end.").hint("Take the snapshot again.").may_retry())
        })
    }

    fn set(&self, result: Outcome<Digest>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(result);
    }
}

impl PageReader {
    pub(super) fn start(held: HeldRead, ctx: JobCtx) -> Outcome<Self> {
        let facts = held.facts.clone();
        let (to, from) = sync_channel(WAITING);
        let thread = std::thread::Builder::new().name("image".to_owned()).spawn(move || send_pages(held, &ctx, &to)).map_err(no_thread)?;
        Ok(Self { facts, from: Some(from), thread: Some(thread), portion: Vec::new(), at: 0, outcome: ReadOutcome::default() })
    }

    /// What the image is.
    pub fn facts(&self) -> &ImageFacts {
        &self.facts
    }

    /// How the stream ended; may be asked after the stream was given away.
    pub fn outcome(&self) -> ReadOutcome {
        self.outcome.clone()
    }

    /// Fetches the next portion; `false` at the end, where the read has been let go.
    fn advance(&mut self) -> io::Result<bool> {
        let Some(from) = &self.from else { return self.outcome.result().map(|_| false).map_err(io::Error::other) };
        let result = match from.recv() {
            Ok(Message::Portion(portion)) => {
                (self.portion, self.at) = (portion, 0);
                return Ok(true);
            }
            Ok(Message::Finished(digest)) => Ok(digest),
            Ok(Message::Failed(fault)) => Err(fault),
            Err(_) => Err(Fault::bug("The thread that reads the pages ended without a word.")),
        };
        self.outcome.set(result.clone());
        self.let_go();
        result.map(|_| false).map_err(io::Error::other)
    }

    fn let_go(&mut self) {
        self.from = None;
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has sent no `Finished`, so its outcome is a fault already.
            let _ = thread.join();
        }
    }
}

impl Read for PageReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.at == self.portion.len() {
            if buffer.is_empty() || !self.advance()? {
                return Ok(0);
            }
        }
        let count = buffer.len().min(self.portion.len() - self.at);
        buffer[..count].copy_from_slice(&self.portion[self.at..self.at + count]);
        self.at += count;
        Ok(count)
    }
}

impl Drop for PageReader {
    fn drop(&mut self) {
        self.let_go();
    }
}

fn send_pages(held: HeldRead, ctx: &JobCtx, to: &SyncSender<Message>) {
    let scanned = scan(&held, ctx, |portion| to.send(Message::Portion(portion)).map_err(|_| abandoned()));
    drop(held);
    // Nobody listens any more where the consumer stopped early.
    let _ = to.send(scanned.map_or_else(Message::Failed, Message::Finished));
}

pub(super) fn no_thread(error: io::Error) -> Fault {
    Fault::failed("no-thread", format!("The operating system gives no further thread: {error}.")).hint("End other work first.")
}

/// What ends a scan whose consumer is gone; nobody gets to see it.
pub(super) fn abandoned() -> Fault {
    Fault::cancelled("Nobody reads the image any more.")
}

/// Hands all pages, in order, to `portion_to`, and returns the SHA-256 of them all. Exactly [`ImageFacts::size`] bytes, or a fault.
pub(super) fn scan(held: &HeldRead, ctx: &JobCtx, mut portion_to: impl FnMut(Vec<u8>) -> Outcome<()>) -> Outcome<Digest> {
    let mut hash = Sha256::new();
    read(held, ctx, |portion| {
        hash.update(&portion);
        portion_to(portion)
    })?;
    Ok(Digest(hex(&hash.finalize())))
}

/// Hands all pages, in order, to `portion_to`, in portions of whole pages. Exactly [`ImageFacts::size`] bytes, or a fault.
pub(super) fn read(held: &HeldRead, ctx: &JobCtx, mut portion_to: impl FnMut(Vec<u8>) -> Outcome<()>) -> Outcome<()> {
    let (live, facts) = (&held.live, &held.facts);
    let fault = |error| live.fault(error);
    let page_size = usize::try_from(facts.page_size).unwrap_or(usize::MAX);
    let capacity = PORTION.max(page_size);
    let (mut sent, mut portion) = (0, Vec::with_capacity(capacity));
    let mut statement = live.prepare("SELECT data FROM sqlite_dbpage").map_err(fault)?;
    let mut rows = statement.query([]).map_err(fault)?;
    loop {
        let row = rows.next().map_err(fault)?;
        if let Some(row) = row {
            let page = row.get_ref(0).map_err(fault)?.as_blob().unwrap_or_default();
            portion.extend_from_slice(page);
        }
        if row.is_none() || portion.len() + page_size > capacity {
            ctx.checkpoint()?;
            sent += portion.len() as u64;
            portion_to(std::mem::replace(&mut portion, Vec::with_capacity(capacity)))?;
            ctx.progress(sent, Some(facts.size()), Unit::Bytes);
        }
        if row.is_none() {
            break;
        }
    }
    if sent == facts.size() {
        return Ok(());
    }
    Err(Fault::refused("damaged", format!("{} gave {sent} bytes where {} were promised.", live.path().display(), facts.size()))
        .hint("Run inspect on it: its size does not agree with its header."))
}
