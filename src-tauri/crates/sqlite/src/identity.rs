//! Whether a file is still the file that it was.

use std::{
    fs::{self, File},
    io,
    os::unix::fs::{FileExt, MetadataExt},
    path::Path,
};

use quarterdeck_model::{JobCtx, Outcome, WirePath};
use quarterdeck_store::files;
use serde::Serialize;

use crate::{
    gate::RawPass,
    inspect::{header, wal::Wal},
    open,
};

/// What a plan remembers of its target, so that its application can refuse another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Identity {
    /// The file, with links resolved.
    pub path: WirePath,
    /// The file system.
    pub device: u64,
    /// The file's number in it.
    pub inode: u64,
    /// `PRAGMA application_id`; absent where the file has no readable header.
    pub application_id: Option<i32>,
    /// Bytes a page; absent where the file has no readable header.
    pub page_size: Option<u32>,
}

impl Identity {
    /// True where both are the same file of the same application, whatever name led to it.
    pub fn same_file(&self, other: &Self) -> bool {
        (self.device, self.inode, self.application_id) == (other.device, other.inode, other.application_id)
    }
}

/// Reads the identity of a file, writing and leaving nothing. A file that SQLite cannot open, and one that this user may not read, have one
/// too. `Err` where it cannot be found.
///
/// The header is that of the last commit, also where that commit is only in the write-ahead log. With a hot journal it is that of the file.
pub fn read(path: &Path) -> Outcome<Identity> {
    let path = path.canonicalize().map_err(|error| files::fault("find", path, &error))?;
    let metadata = fs::metadata(&path).map_err(|error| files::fault("find", &path, &error))?;
    let (application_id, page_size) = if metadata.is_file() { header_of(&path)? } else { (None, None) };
    Ok(Identity { path: WirePath(path), device: metadata.dev(), inode: metadata.ino(), application_id, page_size })
}

fn header_of(path: &Path) -> Outcome<(Option<i32>, Option<u32>)> {
    let Some(_pass) = RawPass::take(path).map_err(|error| files::fault("find", path, &error))? else {
        return through_sqlite(path);
    };
    // The log first: what a checkpoint takes out of it in between is in the file by then.
    let logged = logged_first_page(path)?;
    let bytes = match logged.map_or_else(|| first_bytes(path), Ok) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => return Ok((None, None)),
        Err(error) => return Err(files::fault("read", path, &error)),
    };
    let header = header::parse(&bytes);
    Ok((header.as_ref().map(|header| header.application_id), header.map(|header| header.page_size)))
}

/// The first page as the log has it; none where it is not in the log. A writer that begins the log anew meanwhile has checkpointed it
/// before, so after a few such rounds the file says the same.
fn logged_first_page(path: &Path) -> Outcome<Option<Vec<u8>>> {
    const ROUNDS: u32 = 5;
    let fault = |error| files::fault("read", path, &error);
    for _ in 0..ROUNDS {
        let wal = match Wal::beside(path, &JobCtx::detached()) {
            Ok(Some(wal)) => wal,
            Ok(None) => return Ok(None),
            Err(fault) if fault.is("permission-denied") => return Ok(None),
            Err(fault) => return Err(fault),
        };
        let page = wal.page(1).map_err(fault)?;
        if wal.is_current().map_err(fault)? {
            return Ok(page);
        }
    }
    Ok(None)
}

/// While this process has the file open its bytes must not be touched by plain input and output.
fn through_sqlite(path: &Path) -> Outcome<(Option<i32>, Option<u32>)> {
    let live = open::read(path)?;
    let pragma = |name| live.pragma_query_value(None, name, |row| row.get::<_, i64>(0)).map_err(|error| live.fault(error));
    match pragma("application_id").and_then(|application| Ok((application, pragma("page_size")?))) {
        Ok((application, page)) => Ok((i32::try_from(application).ok(), u32::try_from(page).ok())),
        Err(fault) if fault.is("not-a-database") || fault.is("damaged") => Ok((None, None)),
        Err(fault) => Err(fault),
    }
}

fn first_bytes(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; header::LENGTH];
    let length = File::open(path)?.read_at(&mut bytes, 0)?;
    bytes.truncate(length);
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use quarterdeck_testkit::{Peer, Scratch, museum, shop};

    #[test]
    fn every_exhibit_has_an_identity_and_is_left_as_it_was() {
        for (name, maker) in museum::ALL {
            let scratch = Scratch::new();
            let path = scratch.odd_file();
            maker(&path);
            let before = scratch.state();
            let identity = read(&path).unwrap();
            assert!(identity.same_file(&read(&path).unwrap()), "{name}");
            assert_eq!(scratch.state(), before, "{name}");
        }
    }

    #[test]
    fn a_file_that_sqlite_cannot_read_has_one_beside_our_connection_too() {
        let scratch = Scratch::new();
        let path = scratch.file("noise.db");
        museum::encrypted(&path);
        let alone = read(&path).unwrap();
        let _ours = crate::gate::LivePass::take(&path).unwrap();
        assert_eq!(read(&path).unwrap(), alone);
    }

    #[test]
    fn another_file_under_the_same_name_is_another() {
        let scratch = Scratch::new();
        let (path, link) = (scratch.file("shop.db"), scratch.file("link.db"));
        shop(&path, 20, "delete");
        std::os::unix::fs::symlink(&path, &link).unwrap();
        let before = read(&path).unwrap();
        assert_eq!((before.application_id, before.page_size), (Some(1_397_247_824), Some(4096)));
        assert_eq!(before, read(&link).unwrap());
        fs::rename(&path, scratch.file("old.db")).unwrap();
        shop(&path, 20, "delete");
        assert!(!before.same_file(&read(&path).unwrap()));
        fs::remove_file(&path).unwrap();
        assert!(read(&link).unwrap_err().is("file-missing"));
    }

    #[test]
    fn it_stays_the_same_while_a_writer_begins_the_log_anew_all_the_time() {
        let scratch = Scratch::new();
        let path = scratch.file("shop.db");
        shop(&path, 20, "wal");
        let mut peer = Peer::open(&path);
        // A small log that is begun anew every few commits, and page 1 in each: the database grows.
        peer.run("PRAGMA wal_autocheckpoint = 4; CREATE TABLE grows (x);");
        let before = read(&path).unwrap();
        for _ in 0..50 {
            peer.send(&"INSERT INTO grows VALUES (randomblob(9000));".repeat(40));
            for _ in 0..40 {
                assert_eq!(read(&path).unwrap(), before);
            }
        }
    }

    #[test]
    fn a_header_that_is_only_in_the_log_counts() {
        let scratch = Scratch::new();
        let path = scratch.file("shop.db");
        shop(&path, 20, "wal");
        let mut peer = Peer::open(&path);
        peer.run("PRAGMA application_id = 42;");
        assert_eq!(read(&path).unwrap().application_id, Some(42));
        let ours = open::read(&path).unwrap();
        assert_eq!(read(&path).unwrap().application_id, Some(42), "beside a connection of ours");
        drop(ours);
        drop(peer);
        assert_eq!(read(&path).unwrap().application_id, Some(42), "after the other process died");
    }
}
