//! What a program prints: the beginning is kept, the rest is drained and counted, so that it neither fills the memory nor waits for a reader. Whoever waits for
//! the program drains it, so that nobody is left reading where the other end is held by somebody who could not be ended.

use std::{
    io,
    os::fd::OwnedFd,
    process::Child,
    time::{Duration, Instant as Moment},
};

use quarterdeck_model::Bytes;
use rustix::{
    event::{PollFd, PollFlags, Timespec},
    io::Errno,
};

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

/// What is read at once, and how often before somebody looks at the time again.
const PIECE: usize = 16 << 10;
const PIECES: usize = 64;

/// What a program prints, while it does.
pub(super) struct Output {
    out: Pipe,
    errors: Pipe,
}

impl Output {
    /// Takes the reading ends.
    pub fn of(child: &mut Child) -> io::Result<Self> {
        Ok(Self { out: Pipe::of(child.stdout.take().map(OwnedFd::from))?, errors: Pipe::of(child.stderr.take().map(OwnedFd::from))? })
    }

    /// Waits so long, or until something is there; takes what is there.
    pub fn attend(&mut self, time: Duration) {
        let ends = [&self.out, &self.errors].into_iter().filter_map(|pipe| pipe.end.as_ref());
        let mut ends: Vec<PollFd<'_>> = ends.map(|end| PollFd::new(end, PollFlags::IN)).collect();
        match Timespec::try_from(time) {
            // One that is interrupted is as good as one that is over.
            Ok(time) if !ends.is_empty() => drop(rustix::event::poll(&mut ends, Some(&time))),
            _ => std::thread::sleep(time),
        }
        self.out.drain();
        self.errors.drain();
    }

    /// What was printed, and what as errors: all of it, or what came until then where somebody still holds the other end.
    pub fn end(mut self, by: Moment) -> (Printed, Printed) {
        while self.out.end.is_some() || self.errors.end.is_some() {
            let left = by.saturating_duration_since(Moment::now());
            if left.is_zero() {
                break;
            }
            self.attend(left);
        }
        (self.out.printed(), self.errors.printed())
    }
}

/// One reading end; none once it is over.
struct Pipe {
    end: Option<OwnedFd>,
    kept: Vec<u8>,
    bytes: u64,
}

impl Pipe {
    fn of(end: Option<OwnedFd>) -> io::Result<Self> {
        if let Some(end) = &end {
            rustix::io::ioctl_fionbio(end, true)?;
        }
        Ok(Self { end, kept: Vec::new(), bytes: 0 })
    }

    fn drain(&mut self) {
        let mut piece = [0; PIECE];
        for _ in 0..PIECES {
            let Some(end) = &self.end else { return };
            match rustix::io::read(end, &mut piece[..]) {
                Ok(0) => self.end = None,
                Ok(length) => {
                    let fitting = length.min(KEPT.saturating_sub(self.kept.len()));
                    self.kept.extend_from_slice(&piece[..fitting]);
                    self.bytes += length as u64;
                }
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => return,
                Err(_) => self.end = None,
            }
        }
    }

    fn printed(self) -> Printed {
        Printed { text: String::from_utf8_lossy(&self.kept).into_owned(), bytes: self.bytes }
    }
}
