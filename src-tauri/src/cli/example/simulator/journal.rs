//! The application's log and process file.

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::Write,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use quarterdeck_model::{Clock, Outcome};

use super::super::files;

/// A log of this size is renamed and a new one begun, as logrotate does.
const TURNS_AT: u64 = 4 << 20;

/// `logs/service.log` and `run/service.pid`.
pub(super) struct Journal<'a> {
    log: PathBuf,
    process: PathBuf,
    file: File,
    size: u64,
    clock: &'a dyn Clock,
}

impl<'a> Journal<'a> {
    pub(super) fn open(folder: &Path, clock: &'a dyn Clock) -> Outcome<Self> {
        for part in ["logs", "run"] {
            let path = folder.join(part);
            DirBuilder::new().recursive(true).mode(0o700).create(&path).map_err(|error| files::fault(&path, &error))?;
        }
        let (log, process) = (folder.join("logs/service.log"), folder.join("run/service.pid"));
        fs::write(&process, format!("{}\n", std::process::id())).map_err(|error| files::fault(&process, &error))?;
        let file = append(&log)?;
        let size = file.metadata().map_or(0, |of| of.len());
        let mut journal = Self { log, process, file, size, clock };
        journal.line("INFO", "began")?;
        Ok(journal)
    }

    pub(super) fn error(&mut self, what: &str) -> Outcome<()> {
        self.line("ERROR", what)
    }

    pub(super) fn line(&mut self, level: &str, what: &str) -> Outcome<()> {
        if self.size > TURNS_AT {
            let old = self.log.with_extension("log.1");
            fs::rename(&self.log, &old).map_err(|error| files::fault(&old, &error))?;
            (self.file, self.size) = (append(&self.log)?, 0);
        }
        let line = format!("{} {level} {what}\n", self.clock.now().format("%Y-%m-%dT%H:%M:%S%.3fZ"));
        // Where the disk is full the line is lost, as in most applications.
        if self.file.write_all(line.as_bytes()).is_ok() {
            self.size += line.len() as u64;
        }
        Ok(())
    }

    /// The last line.
    pub(super) fn end(&mut self) -> Outcome<()> {
        self.line("INFO", "ended")
    }
}

impl Drop for Journal<'_> {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.process);
    }
}

fn append(path: &Path) -> Outcome<File> {
    OpenOptions::new().append(true).create(true).mode(0o600).open(path).map_err(|error| files::fault(path, &error))
}
