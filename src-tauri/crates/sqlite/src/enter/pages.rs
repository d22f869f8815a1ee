//! Pages of the live database, read and written through SQLite, and pages of image files, read as bytes.

use std::{
    fs::File,
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
};

use quarterdeck_model::{Fault, Outcome};
use quarterdeck_store::files;
use rusqlite::{CachedStatement, Connection};
use serde::{Deserialize, Serialize};

use crate::gate::RawPass;

/// The page that holds the byte at 1 GiB, on which SQLite locks, is never used
/// (<https://www.sqlite.org/fileformat2.html#the_lock_byte_page>).
const LOCK_BYTE: u32 = 0x4000_0000;

/// How pages are laid out. Other connections cannot follow a change of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layout {
    /// Bytes a page.
    pub page_size: u32,
    /// Bytes at the end of each page that SQLite leaves to extensions.
    pub reserved: u8,
    /// Text encoding as the header has it: 1 UTF-8, 2 UTF-16le, 3 UTF-16be.
    pub encoding: u32,
}

/// Page 1, or at least its header of 100 bytes (<https://www.sqlite.org/fileformat2.html#the_database_header>).
pub struct PageOne(pub Vec<u8>);

impl PageOne {
    /// Read and write version: 2 2 in WAL mode, 1 1 otherwise.
    pub fn versions(&self) -> [u8; 2] {
        [self.0[18], self.0[19]]
    }

    /// How pages are laid out.
    pub fn layout(&self) -> Layout {
        let page_size = match u16::from_be_bytes([self.0[16], self.0[17]]) {
            1 => 65_536,
            size => u32::from(size),
        };
        // A database that never held a table says 0, which SQLite takes for UTF-8.
        Layout { page_size, reserved: self.0[20], encoding: self.number(56).max(1) }
    }

    /// Counts transactions; not all of them in WAL mode.
    pub fn change_counter(&self) -> u32 {
        self.number(24)
    }

    /// Counts schema changes; other connections read the schema again when it differs from what they know.
    pub fn cookie(&self) -> u32 {
        self.number(40)
    }

    /// True where each commit, or each `incremental_vacuum`, may move pages.
    pub fn auto_vacuum(&self) -> bool {
        self.number(52) != 0
    }

    /// As page 1 of a live database that keeps its journal mode and, for the time being, its cookie, and whose header says its true size.
    /// The change counter and the version marks are written by SQLite itself at the commit.
    pub fn entering(&self, now: &Self, page_count: u32) -> Vec<u8> {
        let mut page = self.0.clone();
        page[18..20].copy_from_slice(&now.versions());
        page[28..32].copy_from_slice(&page_count.to_be_bytes());
        page[40..44].copy_from_slice(&now.0[40..44]);
        page
    }

    fn number(&self, at: usize) -> u32 {
        u32::from_be_bytes([self.0[at], self.0[at + 1], self.0[at + 2], self.0[at + 3]])
    }
}

/// True where two pages of the same number say the same. On page 1, what SQLite keeps for itself does not count: journal mode, change
/// counter, size (compared apart, because old versions left it stale), schema cookie, version marks.
pub fn same(number: u32, a: &[u8], b: &[u8]) -> bool {
    if number != 1 {
        return a == b;
    }
    let parts = [0..18, 20..24, 32..40, 44..92, 100..a.len()];
    a.len() == b.len() && parts.into_iter().all(|part| a[part.clone()] == b[part])
}

/// Pages that are read at once: about a megabyte.
pub fn portion(page_size: u32) -> u32 {
    ((1 << 20) / page_size).max(1)
}

/// The page in a buffer that begins with page `first`.
pub fn in_portion(buffer: &[u8], first: u32, number: u32, page_size: u32) -> Option<&[u8]> {
    let start = (number - first) as usize * page_size as usize;
    buffer.get(start..start + page_size as usize)
}

/// The page that SQLite never uses: whatever an image holds there means nothing.
pub fn lock_byte(page_size: u32) -> u32 {
    LOCK_BYTE / page_size + 1
}

/// Pages as a connection sees them.
pub struct Pages<'c>(CachedStatement<'c>);

impl<'c> Pages<'c> {
    /// Pages of this connection's main database.
    pub fn of(connection: &'c Connection) -> rusqlite::Result<Self> {
        connection.prepare_cached("SELECT data FROM sqlite_dbpage WHERE pgno = ?1").map(Self)
    }

    /// Shows page `number`; `None` behind the end.
    pub fn show<T>(&mut self, number: u32, f: impl FnOnce(Option<&[u8]>) -> T) -> rusqlite::Result<T> {
        let mut rows = self.0.query([number])?;
        match rows.next()? {
            Some(row) => Ok(f(row.get_ref(0)?.as_blob_or_null()?)),
            None => Ok(f(None)),
        }
    }

    /// Appends pages from `first` to `last` to `buffer`; a page that is missing makes it shorter.
    pub fn append(&mut self, first: u32, last: u32, buffer: &mut Vec<u8>) -> rusqlite::Result<()> {
        (first..=last).try_for_each(|number| self.show(number, |page| buffer.extend_from_slice(page.unwrap_or_default())))
    }
}

/// Page 1; `None` where the file is empty.
pub fn page_one(connection: &Connection) -> rusqlite::Result<Option<PageOne>> {
    Pages::of(connection)?.show(1, |page| page.map(|page| PageOne(page.to_vec())))
}

/// Pages, as the transaction sees it.
pub fn page_count(connection: &Connection) -> rusqlite::Result<u32> {
    connection.pragma_query_value(None, "page_count", |row| row.get(0))
}

/// Changes exactly when another connection has committed since this connection last looked.
pub fn data_version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.pragma_query_value(None, "data_version", |row| row.get(0))
}

/// An image in a file that nobody uses as a database.
pub struct ImageFile {
    /// Where it is.
    pub path: PathBuf,
    /// Its bytes.
    pub file: File,
    /// Bytes a page.
    pub page_size: u32,
    /// Keeps connections of ours away from a file that was there before.
    pub _pass: Option<RawPass>,
}

impl ImageFile {
    /// Opens an image and reads its first page. `Err` where it is not exactly as long as its pages are, or is a database in use.
    pub fn open(path: &Path) -> Outcome<(Self, PageOne, u32)> {
        let incomplete = || {
            Fault::refused("image-incomplete", format!("{} is not a complete image of a database.", path.display()))
                .hint("Fetch the image from the repository again.")
        };
        let pass = RawPass::take(path).map_err(|error| files::fault("read", path, &error))?;
        if pass.is_none() {
            return Err(Fault::bug(format!("{} was given as an image while a connection of ours has it open.", path.display())));
        }
        let file = File::open(path).map_err(|error| files::fault("read", path, &error))?;
        let length = file.metadata().map_err(|error| files::fault("read", path, &error))?.len();
        let mut header = vec![0; 100];
        file.read_exact_at(&mut header, 0).map_err(|_| incomplete())?;
        let page_size = PageOne(header).layout().page_size;
        let pages = length.checked_div(u64::from(page_size)).and_then(|pages| u32::try_from(pages).ok()).unwrap_or_default();
        if pages == 0 || page_size < 512 || length != u64::from(pages) * u64::from(page_size) {
            return Err(incomplete());
        }
        let image = Self { path: path.to_owned(), file, page_size, _pass: pass };
        let mut first = Vec::new();
        image.read(1, 1, &mut first)?;
        Ok((image, PageOne(first), pages))
    }

    /// Reads `count` pages from page `first` on. `buffer` is used again between calls and gets their length.
    pub fn read(&self, first: u32, count: u32, buffer: &mut Vec<u8>) -> Outcome<()> {
        buffer.resize(count as usize * self.page_size as usize, 0);
        self.file.read_exact_at(buffer, self.offset(first)).map_err(|error| files::fault("read", &self.path, &error))
    }

    /// Writes pages from page `first` on.
    pub fn write(&self, first: u32, pages: &[u8]) -> Outcome<()> {
        self.file.write_all_at(pages, self.offset(first)).map_err(|error| files::fault("write", &self.path, &error))
    }

    /// Cuts or extends it to a number of pages.
    pub fn set_pages(&self, count: u32) -> Outcome<()> {
        self.file.set_len(u64::from(count) * u64::from(self.page_size)).map_err(|error| files::fault("write", &self.path, &error))
    }

    /// Waits until the disk has it.
    pub fn sync(&self) -> Outcome<()> {
        self.file.sync_all().map_err(|error| files::fault("write", &self.path, &error))
    }

    fn offset(&self, page: u32) -> u64 {
        u64::from(page - 1) * u64::from(self.page_size)
    }
}
