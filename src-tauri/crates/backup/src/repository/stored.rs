//! Files of a snapshot that are read here and there.

use std::path::PathBuf;

use quarterdeck_model::{Fault, JobCtx, Outcome, snapshot::SnapshotId};
use rustic_core::vfs::OpenFile;

use super::{Stored, failure, folder::Indexed};

/// Open files, with the index that they are read by.
pub(super) struct OpenFiles {
    pub(super) folder: PathBuf,
    pub(super) id: SnapshotId,
    pub(super) repository: Indexed,
    pub(super) files: Vec<(String, u64, OpenFile)>,
    pub(super) ctx: JobCtx,
}

impl Stored for OpenFiles {
    fn path(&self, file: usize) -> &str {
        self.files.get(file).map_or("", |(path, ..)| path)
    }

    fn size(&self, file: usize) -> u64 {
        self.files.get(file).map_or(0, |(_, size, _)| *size)
    }

    fn read_at(&mut self, file: usize, at: u64, buffer: &mut [u8]) -> Outcome<()> {
        self.ctx.checkpoint()?;
        let Some((path, _, open)) = self.files.get(file) else { return Err(Fault::bug("A file was read that was not opened.")) };
        let Ok(at) = usize::try_from(at) else { return Err(Fault::bug("A file is too long for this machine.")) };
        failure::guarded("read", &self.folder, || {
            let read = self
                .repository
                .read_file_at(open, at, buffer.len())
                .map_err(|error| failure::snapshot_damaged(&self.folder, &self.id, path, &failure::cause(&error)))?;
            if read.len() != buffer.len() {
                return Err(failure::incomplete(&self.folder, &self.id, &format!("{path} ends too early")));
            }
            buffer.copy_from_slice(&read);
            Ok(())
        })
    }
}
