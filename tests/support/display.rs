//! A display that nobody else sees.

use std::{
    io::{BufRead, BufReader},
    process::{Command, Stdio},
};

use super::Owned;

/// An X server without a screen. It picks a free number by itself.
pub struct Display {
    name: String,
    _server: Owned,
}

impl Display {
    /// Starts one of the given size in pixels.
    pub fn start(width: u32, height: u32) -> Self {
        let mut server = Command::new("Xvfb")
            .args(["-displayfd", "1", "-nolisten", "tcp", "-screen", "0", &format!("{width}x{height}x24")])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("Xvfb does not start ({error}): run scripts/setup"));
        let mut number = String::new();
        let out = server.stdout.take().unwrap();
        let server = Owned(server);
        BufReader::new(out).read_line(&mut number).unwrap();
        assert!(!number.trim().is_empty(), "Xvfb found no free display");
        Self { name: format!(":{}", number.trim()), _server: server }
    }

    /// For `$DISPLAY`.
    pub fn name(&self) -> &str {
        &self.name
    }
}
