//! The real `sqlite3` shell as a second process: it holds locks, commits and reads while a test looks on.

use std::{
    ffi::OsStr,
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

/// The shell, with one database open. Killed when dropped, which leaves whatever a crash would leave.
pub struct Peer {
    shell: Child,
    to: Option<ChildStdin>,
    from: BufReader<ChildStdout>,
    asked: u32,
}

impl Peer {
    /// Starts the shell on a file. The file is not touched before the first statement.
    pub fn open(path: &Path) -> Self {
        // `exec` keeps the process id; errors come in order with the answers.
        let script = "exec sqlite3 -batch \"$1\" 2>&1";
        let mut shell = Command::new("sh")
            .args([OsStr::new("-c"), OsStr::new(script), OsStr::new("sh"), path.as_os_str()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (to, from) = (shell.stdin.take(), BufReader::new(shell.stdout.take().unwrap()));
        let mut peer = Self { shell, to, from, asked: 0 };
        assert_eq!(peer.run(".timeout 5000"), "", "the sqlite3 shell does not answer");
        peer
    }

    /// Runs statements or dot commands and waits for the answer, errors included, without its last line end.
    pub fn run(&mut self, sql: &str) -> String {
        self.asked += 1;
        let end = format!("answered {}", self.asked);
        let to = self.to.as_mut().unwrap();
        writeln!(to, "{sql}\n.print \"{end}\"").unwrap();
        to.flush().unwrap();
        let mut answer = Vec::new();
        loop {
            let mut line = String::new();
            assert!(self.from.read_line(&mut line).unwrap() > 0, "the sqlite3 shell ended while it ran: {sql}");
            if line.trim_end() == end {
                return answer.join("\n");
            }
            answer.push(line.trim_end().to_owned());
        }
    }

    /// Hands over statements that answer nothing, and does not wait for them.
    pub fn send(&mut self, sql: &str) {
        let to = self.to.as_mut().unwrap();
        writeln!(to, "{sql}").unwrap();
        to.flush().unwrap();
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.shell.id()
    }

    /// Ends the shell in order: it closes its connection, which checkpoints and removes a write-ahead log that nobody else uses.
    pub fn quit(mut self) {
        drop(self.to.take());
        assert!(self.shell.wait().unwrap().success());
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.shell.kill();
        let _ = self.shell.wait();
    }
}
