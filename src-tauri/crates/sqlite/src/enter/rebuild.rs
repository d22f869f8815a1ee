//! Enters an image whose pages are laid out differently. Other connections could not follow that, so there must be none.
//!
//! The database is made the sole user's (exclusive locking, rollback journal), the safety image is copied by that same connection, and
//! the Backup API writes every page in one transaction. Then the journal mode comes back.

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use quarterdeck_model::{Count, Fault, JobCtx, Millis, Outcome, job::Unit};
use quarterdeck_store::failpoint;
use rusqlite::{
    ErrorCode,
    backup::{Backup, StepResult},
};

use super::{
    Commit, Entered, Prepared, Safety,
    catch_up::Files,
    open_to_write,
    pages::{self, ImageFile, Layout, PageOne, Pages},
    verify,
};
use crate::{
    holders::holders,
    open::{self, Live},
};

/// Pages that are copied between two looks at Cancel.
const STEP: i32 = 4096;

/// See [`Prepared::enter`], whose promises hold here too.
pub fn enter(
    prepared: Prepared,
    patience: Duration,
    before_commit: &mut dyn FnMut(&Commit) -> Outcome<()>,
    ctx: &JobCtx,
) -> Outcome<Entered> {
    let Prepared { reader, live, image, image_one, image_pages, mut safety, layout, journal_mode, pass: _ } = prepared;
    let target = Target { path: live.path().to_owned(), image, image_one, image_pages, layout, journal_mode };
    // Nobody may have it open, and that means us too.
    drop(reader);
    drop(live);
    let locked = Instant::now();
    let counter = target.copy_alone(&mut safety, patience, before_commit, ctx);
    let lock_held = Millis::from(locked.elapsed());
    // A connection that knew the old layout cannot look at the new one.
    let compared_whole = counter.and_then(|counter| target.compare(&safety, counter, ctx).map_err(super::after_commit));
    // Whatever happened, the database goes back to its journal mode.
    let settled = super::settle(&target.path, &target.journal_mode);
    let compared_whole = compared_whole?;
    settled.map_err(super::after_commit)?;
    let pages = Count(u64::from(image_pages));
    let caught_up = Count(0);
    Ok(Entered { pages_written: pages, pages, lock_held, caught_up, journal_mode: target.journal_mode, compared_whole })
}

/// Sets a journal mode, and lets go of exclusive locking. `Err` with `locked` where others use the database.
pub fn set_journal_mode(live: &Live, wanted: &str) -> Outcome<()> {
    let fault = |error| live.fault(error);
    let set = || -> rusqlite::Result<String> {
        // A read first: the header may say another mode than this connection believes.
        pages::page_count(live)?;
        let mode = live.query_row(&format!("PRAGMA journal_mode = {wanted}"), [], |row| row.get(0))?;
        live.query_row("PRAGMA locking_mode = NORMAL", [], |_| Ok(()))?;
        pages::page_count(live)?;
        Ok(mode)
    };
    match set().map_err(fault)? {
        mode if mode == wanted => Ok(()),
        _ => Err(open::locked(live.path(), open::PATIENCE)),
    }
}

struct Target {
    path: PathBuf,
    image: ImageFile,
    image_one: PageOne,
    image_pages: u32,
    layout: Layout,
    journal_mode: String,
}

impl Target {
    /// Returns the change counter that the database has after the commit.
    fn copy_alone(
        &self,
        safety: &mut Safety,
        patience: Duration,
        before_commit: &mut dyn FnMut(&Commit) -> Outcome<()>,
        ctx: &JobCtx,
    ) -> Outcome<u32> {
        let mut live = open_to_write(&self.path)?;
        self.claim(&live, patience)?;
        failpoint::reach("enter.locked")?;
        let now = pages::page_one(&live).map_err(|error| live.fault(error))?.ok_or_else(|| super::empty(&self.path))?;
        if now.layout() != self.layout {
            return Err(super::changed(&self.path));
        }
        copy_safety(&live, &safety.file, ctx)?;
        // The Backup API adds one to the cookie; here the layout tells before from after.
        let commit = Commit { new_cookie: now.cookie().wrapping_add(1), ..Commit::new(&now, &self.image_one, &self.journal_mode)? };
        self.copy_image(&mut live, ctx, &mut || {
            safety.keep = true;
            before_commit(&commit)
        })?;
        failpoint::reach("enter.committed").map_err(super::after_commit)?;
        Ok(now.change_counter().wrapping_add(1))
    }

    /// Makes this connection the only one. In WAL mode leaving that mode proves it; under a rollback journal idle connections hold no lock,
    /// so that other processes are looked for.
    fn claim(&self, live: &Live, patience: Duration) -> Outcome<()> {
        if !holders(&self.path)?.is_empty() {
            return Err(self.refusal());
        }
        let alone = || -> rusqlite::Result<String> {
            live.busy_timeout(patience)?;
            live.query_row("PRAGMA locking_mode = EXCLUSIVE", [], |_| Ok(()))?;
            live.query_row("PRAGMA journal_mode = DELETE", [], |row| row.get(0))
        };
        match alone() {
            Ok(mode) if mode == "delete" => {
                live.execute_batch("BEGIN EXCLUSIVE; COMMIT").map_err(|error| super::busy(live, patience, error))
            }
            Err(error) if error.sqlite_error_code() != Some(ErrorCode::DatabaseBusy) => Err(live.fault(error)),
            _ => Err(self.refusal()),
        }
    }

    /// `commit_now` is called before the last page, which brings the commit with it.
    fn copy_image(&self, live: &mut Live, ctx: &JobCtx, commit_now: &mut dyn FnMut() -> Outcome<()>) -> Outcome<()> {
        let source = open::image(&self.image.path)?;
        let fault = |error| open::fault(&self.path, error);
        let backup = Backup::new(&source, live).map_err(fault)?;
        let step = |pages: i32| match backup.step(pages).map_err(fault)? {
            StepResult::Busy | StepResult::Locked => Err(open::locked(&self.path, open::PATIENCE)),
            _ => Ok(()),
        };
        let mut left = i32::try_from(self.image_pages - 1).unwrap_or(i32::MAX);
        while left > 0 {
            ctx.checkpoint()?;
            step(left.min(STEP))?;
            left -= left.min(STEP);
        }
        failpoint::reach("enter.half-written")?;
        ctx.checkpoint()?;
        commit_now()?;
        failpoint::reach("enter.before-commit")?;
        step(-1)
    }

    /// False where somebody who waited has committed since.
    fn compare(&self, safety: &Safety, counter: u32, ctx: &JobCtx) -> Outcome<bool> {
        let live = open_to_write(&self.path)?;
        let fault = |error| live.fault(error);
        live.execute_batch("BEGIN").map_err(fault)?;
        let one = pages::page_one(&live).map_err(fault)?.ok_or_else(|| super::empty(&self.path))?;
        if one.change_counter() != counter {
            return Ok(false);
        }
        let files = Files { image: &self.image, image_pages: self.image_pages, safety: &safety.file };
        verify::compare(&live, &files, 1, self.image_pages, &ctx.past_return()).map(|()| true)
    }

    fn refusal(&self) -> Fault {
        let (layout, wanted) = (self.layout, self.image_one.layout());
        let why = match () {
            () if layout.page_size != wanted.page_size => {
                format!("pages of {} bytes and the image of {}", layout.page_size, wanted.page_size)
            }
            () if layout.reserved != wanted.reserved => {
                format!("{} reserved bytes a page and the image {}", layout.reserved, wanted.reserved)
            }
            () => "another text encoding than the image".to_owned(),
        };
        let name = self.path.display();
        Fault::refused("page-size-differs", format!("{name} has {why}, and other connections that use it could not follow such a change."))
            .hint("Restore to a new file, or stop everything that uses the database.")
            .fact("path", name.to_string())
    }
}

fn copy_safety(live: &Live, safety: &ImageFile, ctx: &JobCtx) -> Outcome<()> {
    let fault = |error| live.fault(error);
    let total = pages::page_count(live).map_err(fault)?;
    let mut cursor = Pages::of(live).map_err(fault)?;
    let (mut done, mut buffer) = (0, Vec::new());
    while done < total {
        ctx.checkpoint()?;
        let last = total.min(done + pages::portion(safety.page_size));
        buffer.clear();
        cursor.append(done + 1, last, &mut buffer).map_err(fault)?;
        safety.write(done + 1, &buffer)?;
        done = last;
        ctx.progress(u64::from(done), Some(u64::from(total)), Unit::Pages);
    }
    safety.sync()
}
