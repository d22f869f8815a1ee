//! What a program prints: the beginning is kept, the rest is drained and counted, so that it neither fills the memory nor waits for a reader.

use std::{
    io::Read,
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{self, Receiver},
    },
    time::Instant as Moment,
};

use quarterdeck_model::{Bytes, Fault, Outcome};

/// So much of it is kept.
pub(crate) const KEPT: usize = 64 << 10;

/// What was printed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Printed {
    /// Its beginning, at most 64 KiB; what is no UTF-8 is replaced.
    pub text: String,
    /// How much there was in all.
    pub bytes: u64,
}

impl Printed {
    /// True where more was printed than was kept.
    pub fn is_cut(&self) -> bool {
        self.bytes > KEPT as u64
    }

    /// The text, and how much was left out.
    pub fn whole(&self) -> String {
        match self.is_cut() {
            true => format!("{}\n… {} more were left out", self.text, Bytes(self.bytes - KEPT as u64)),
            false => self.text.clone(),
        }
    }
}

#[derive(Default)]
struct SoFar {
    kept: Vec<u8>,
    bytes: u64,
}

/// Somebody reading until the end.
pub(super) struct Reading {
    so_far: Arc<Mutex<SoFar>>,
    over: Receiver<()>,
}

impl Reading {
    /// Reads on a thread of its own.
    pub fn begin(pipe: Option<impl Read + Send + 'static>) -> Outcome<Self> {
        let so_far = Arc::<Mutex<SoFar>>::default();
        let (end, over) = mpsc::channel();
        if let Some(pipe) = pipe {
            let own = Arc::clone(&so_far);
            let read = move || {
                drain(pipe, &own);
                drop(end);
            };
            std::thread::Builder::new().name("program-output".to_owned()).spawn(read).map_err(|error| {
                Fault::failed("no-thread", format!("No thread could be started: {error}.")).hint("Close other programs.").may_retry()
            })?;
        }
        Ok(Self { so_far, over })
    }

    /// What was read by then: all of it, unless somebody who could not be ended still holds the other end.
    pub fn end(self, by: Moment) -> Printed {
        // It ends by the sender going away; nothing is ever sent.
        let _ = self.over.recv_timeout(by.saturating_duration_since(Moment::now()));
        let read = self.so_far.lock().unwrap_or_else(PoisonError::into_inner);
        Printed { text: String::from_utf8_lossy(&read.kept).into_owned(), bytes: read.bytes }
    }
}

fn drain(mut pipe: impl Read, so_far: &Mutex<SoFar>) {
    let mut buffer = vec![0; 16 << 10];
    loop {
        match pipe.read(&mut buffer) {
            Ok(0) => return,
            Ok(length) => {
                let mut read = so_far.lock().unwrap_or_else(PoisonError::into_inner);
                let fitting = length.min(KEPT.saturating_sub(read.kept.len()));
                read.kept.extend_from_slice(&buffer[..fitting]);
                read.bytes += length as u64;
            }
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(_) => return,
        }
    }
}
