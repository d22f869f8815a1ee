//! What the tests at the top share: the real command line with a home of its own, and the real window on a display of its own.
#![allow(dead_code, reason = "each test binary uses its part")]

pub mod agent;
pub mod bench;
#[cfg(feature = "desktop")]
pub mod desk;
#[cfg(feature = "desktop")]
pub mod display;
#[cfg(feature = "desktop")]
pub mod past;
#[cfg(feature = "desktop")]
pub mod ready;
#[cfg(feature = "desktop")]
pub mod steps;
#[cfg(feature = "desktop")]
pub mod webdriver;
#[cfg(feature = "desktop")]
pub mod window;

use std::{
    process::Child,
    time::{Duration, Instant},
};

pub use bench::Bench;
#[cfg(feature = "desktop")]
pub use window::Window;

/// How long anything may take before a test gives up. Never a measure of speed: a busy machine has to fit.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A process that ends with its owner, also when the test fails: asked first, so that it can tidy, then made to.
pub struct Owned(pub Child);

impl Owned {
    /// Its process id.
    pub fn pid(&self) -> rustix::process::Pid {
        rustix::process::Pid::from_child(&self.0)
    }
}

impl Drop for Owned {
    fn drop(&mut self) {
        let _ = rustix::process::kill_process(self.pid(), rustix::process::Signal::TERM);
        let ended = until(Duration::from_secs(3), || matches!(self.0.try_wait(), Ok(Some(_))).then_some(()));
        if ended.is_none() {
            let _ = self.0.kill();
            let _ = self.0.wait();
        }
    }
}

/// Asks again and again until there is an answer; `None` once `patience` is over.
pub fn until<T>(patience: Duration, mut ask: impl FnMut() -> Option<T>) -> Option<T> {
    let deadline = Instant::now() + patience;
    loop {
        if let Some(answer) = ask() {
            return Some(answer);
        }
        if Instant::now() >= deadline {
            return None;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}
