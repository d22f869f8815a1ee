//! What happens under the write lock, between BEGIN IMMEDIATE and COMMIT: the differing pages go in and are read back.

use quarterdeck_model::{Fault, JobCtx, Outcome};
use quarterdeck_store::failpoint;

use super::{
    catch_up::Files,
    page_set::PageSet,
    pages::{self, PageOne, Pages},
};
use crate::open::Live;

/// What is to be written, known once the lock is held.
pub struct Change<'c> {
    /// The files.
    pub files: &'c Files<'c>,
    /// Pages to write; page 1 is always among them.
    pub pages: &'c PageSet,
    /// Page 1 as it will be, but for the cookie.
    pub first: Vec<u8>,
    /// Pages of the live database now.
    pub live_pages: u32,
}

impl Change<'_> {
    /// Writes, cuts off what is too much, and compares what was written.
    ///
    /// Pages behind the old end cannot be read back before the commit: SQLite does not show them until then.
    ///
    /// The cookie comes last. Every statement compares it with what the connection knows, and would read the schema again in the midst of
    /// old and new pages.
    pub fn apply(&self, live: &Live, now: &PageOne, cookie: u32, ctx: &JobCtx) -> Outcome<()> {
        let fault = |error| live.fault(error);
        if now.auto_vacuum() {
            // A COMMIT would move pages of the image if it has unused ones. The incremental mode leaves that to its owner. Only this
            // connection is meant: the setting in the file is on page 1, which is written below.
            live.pragma_update(None, "auto_vacuum", 2).map_err(fault)?;
        }
        // While readers keep a full cache from being spilled, SQLite must not wait for each page, but keep it in memory.
        live.busy_timeout(std::time::Duration::ZERO).map_err(fault)?;
        self.journal_what_is_cut_off(live, now)?;
        self.write(live, ctx)?;
        self.read_back(live)?;
        if self.files.image_pages < self.live_pages {
            // Each further write of a page takes this back. It happens at the commit.
            let cut = "INSERT INTO sqlite_dbpage(pgno, data) VALUES(?1, NULL)";
            live.execute(cut, [self.files.image_pages + 1]).map_err(fault)?;
        }
        live.pragma_update(None, "schema_version", cookie.cast_signed()).map_err(fault)
    }

    /// Writes each page that will be cut off onto itself, so that its content is in the rollback journal.
    ///
    /// `sqlite_dbpage` only makes the database shorter, as VACUUM does with pages whose content was moved before. Without this, a kill
    /// between the truncation of the file and the end of the commit would leave a journal that cannot bring these pages back.
    fn journal_what_is_cut_off(&self, live: &Live, now: &PageOne) -> Outcome<()> {
        if now.versions() == [2, 2] {
            return Ok(());
        }
        let fault = |error| live.fault(error);
        let mut cursor = Pages::of(live).map_err(fault)?;
        let mut page = Vec::new();
        for number in self.files.image_pages + 1..=self.live_pages {
            if number != pages::lock_byte(self.files.image.page_size) {
                page.clear();
                cursor.append(number, number, &mut page).map_err(fault)?;
                put(live, number, &page)?;
            }
        }
        Ok(())
    }

    fn write(&self, live: &Live, ctx: &JobCtx) -> Outcome<()> {
        let (half, mut page) = (self.pages.len() / 2, Vec::new());
        for (written, number) in (0..).zip(self.pages.iter()) {
            if written == half {
                failpoint::reach("enter.half-written")?;
            }
            if written % 1024 == 0 {
                ctx.checkpoint()?;
            }
            put(live, number, self.wanted(number, &mut page)?)?;
        }
        Ok(())
    }

    fn read_back(&self, live: &Live) -> Outcome<()> {
        let fault = |error| live.fault(error);
        let mut cursor = Pages::of(live).map_err(fault)?;
        let mut page = Vec::new();
        for number in self.pages.iter().take_while(|number| *number <= self.live_pages) {
            let wanted = self.wanted(number, &mut page)?;
            if !cursor.show(number, |have| have == Some(wanted)).map_err(fault)? {
                return Err(Fault::failed(
                    "entry-not-exact",
                    format!("Page {number} of {} was not written as it was read back.", live.path().display()),
                )
                .hint("Check the machine's memory and disk; the database is as it was."));
            }
        }
        Ok(())
    }

    fn wanted<'p>(&'p self, number: u32, buffer: &'p mut Vec<u8>) -> Outcome<&'p [u8]> {
        if number == 1 {
            return Ok(&self.first);
        }
        self.files.image.read(number, 1, buffer)?;
        Ok(buffer)
    }
}

fn put(live: &Live, number: u32, page: &[u8]) -> Outcome<()> {
    live.prepare_cached("INSERT INTO sqlite_dbpage(pgno, data) VALUES(?1, ?2)")
        .and_then(|mut statement| statement.execute((number, page)))
        .map(drop)
        .map_err(|error| live.fault(error))
}
