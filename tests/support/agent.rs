//! The real agent.

use std::{
    ffi::OsStr,
    io::{BufRead, BufReader},
    process::{ExitStatus, Stdio},
    sync::{Arc, Mutex},
};

use rustix::process::{Pid, Signal, kill_process};

use super::{Bench, Owned, PATIENCE, until};

/// An agent that runs, and what it says.
pub struct Agent {
    child: Owned,
    said: Arc<Mutex<String>>,
}

impl Agent {
    /// Starts it with the words of a line and more in its environment.
    pub fn start(bench: &Bench, arguments: &str, environment: &[(&str, &OsStr)]) -> Self {
        let mut command = bench.command(arguments.split(' '));
        command.envs(environment.iter().copied()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let said = Arc::new(Mutex::new(String::new()));
        let (lines, to) = (BufReader::new(child.stderr.take().unwrap()), Arc::clone(&said));
        std::thread::spawn(move || lines.lines().for_each(|line| to.lock().unwrap().push_str(&(line.unwrap() + "\n"))));
        Self { child: Owned(child), said }
    }

    /// Waits until it has said this.
    #[track_caller]
    pub fn says(&self, words: &str) {
        let heard = until(PATIENCE, || self.said.lock().unwrap().contains(words).then_some(()));
        assert!(heard.is_some(), "the agent did not say {words:?} but:\n{}", self.said.lock().unwrap());
    }

    /// Its process id.
    pub fn pid(&self) -> i32 {
        Pid::as_raw(Some(self.child.pid()))
    }

    /// Sends it a signal.
    pub fn signal(&self, signal: Signal) {
        kill_process(self.child.pid(), signal).unwrap();
    }

    /// Waits for its end.
    pub fn ends(&mut self) -> ExitStatus {
        self.child.0.wait().unwrap()
    }
}
