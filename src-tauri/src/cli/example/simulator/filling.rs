//! A file that grows where the data is.

use std::{
    fs::{self, File, OpenOptions},
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use quarterdeck_model::Outcome;

use super::{super::files, mood::Mood};

/// It grows by so much at each request.
const STEP: usize = 1 << 20;
/// It never grows beyond this.
const MOST: u64 = 512 << 20;

/// The file; removed when the mood is another one, and at the end.
pub(super) struct Filling {
    path: PathBuf,
    file: Option<File>,
}

impl Filling {
    pub(super) fn new(folder: &Path) -> Self {
        Self { path: folder.join("data").join("forgotten-export.csv"), file: None }
    }

    /// Grows, or is gone. A full disk is what was asked for: it ends the growth, not the application.
    pub(super) fn go_on(&mut self, mood: Mood) -> Outcome<()> {
        if mood != Mood::Filling {
            self.remove();
            return Ok(());
        }
        if self.file.is_none() {
            let opened = OpenOptions::new().append(true).create(true).mode(0o600).open(&self.path);
            self.file = Some(opened.map_err(|error| files::fault(&self.path, &error))?);
        }
        if let Some(file) = self.file.as_mut().filter(|file| file.metadata().is_ok_and(|of| of.len() < MOST)) {
            let _ = file.write_all(&vec![b','; STEP]);
        }
        Ok(())
    }

    fn remove(&mut self) {
        if self.file.take().is_some() {
            let _ = fs::remove_file(&self.path);
        }
    }
}

impl Drop for Filling {
    fn drop(&mut self) {
        self.remove();
    }
}
