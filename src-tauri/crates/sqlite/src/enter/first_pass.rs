//! The long part, before any lock: copies the live database to the safety image and lists the pages that differ from the image.

use quarterdeck_model::{JobCtx, Outcome, job::Unit};
use quarterdeck_store::failpoint;

use super::{
    catch_up::Files,
    log::{self, Position},
    page_set::PageSet,
    pages::{self, Pages},
};
use crate::open::Live;

/// Under a rollback journal nobody can commit while we read, so that is done in slices of this many bytes, with a chance to commit
/// between them.
const SLICE: u32 = 64 << 20;

/// What is known before the lock is taken.
pub struct FirstPass {
    /// Pages in which the live database differs from the image, as far as both have them.
    pub differing: PageSet,
    /// Pages of the safety image.
    pub pages: u32,
    /// As the writer saw it before the first page was read: while it stays the same, nobody has committed.
    pub data_version: i64,
    /// Where the log stood before the first page was read.
    pub position: Option<Position>,
}

/// Reads the live database once, by `reader`; `writer` only looks whether anybody commits. In WAL mode the read transaction stays open
/// afterwards, so that the log tells later what was committed meanwhile. Otherwise the safety image need not be of one moment:
/// [`super::catch_up`] makes it so.
pub fn run(writer: &Live, reader: &Live, files: &Files<'_>, wal: bool, ctx: &JobCtx) -> Outcome<FirstPass> {
    let data_version = pages::data_version(writer).map_err(|error| writer.fault(error))?;
    let mut pass = FirstPass { differing: PageSet::default(), pages: 0, data_version, position: None };
    if wal {
        pass.position = pin(reader)?;
        slice(reader, files, &mut pass, u32::MAX, ctx)?;
    } else {
        in_slices(reader, files, &mut pass, ctx)?;
    }
    files.safety.set_pages(pass.pages)?;
    files.safety.sync()?;
    failpoint::reach("enter.copied")?;
    Ok(pass)
}

/// Takes the position, then begins the read that makes it count.
fn pin(reader: &Live) -> Outcome<Option<Position>> {
    let fault = |error| reader.fault(error);
    // A connection must have looked at the database before it can tell anything about the log.
    pages::page_count(reader).map_err(fault)?;
    let position = log::position(reader, reader.path()).map_err(fault)?;
    reader.execute_batch("BEGIN").map_err(fault)?;
    pages::page_count(reader).map_err(fault)?;
    Ok(position.filter(|position| log::is_current(*position, reader.path())))
}

fn in_slices(reader: &Live, files: &Files<'_>, pass: &mut FirstPass, ctx: &JobCtx) -> Outcome<()> {
    let fault = |error| reader.fault(error);
    loop {
        let before = pass.pages;
        reader.execute_batch("BEGIN").map_err(fault)?;
        let read = slice(reader, files, pass, SLICE / files.image.page_size, ctx);
        reader.execute_batch("COMMIT").map_err(fault)?;
        read?;
        if pass.pages == before {
            return Ok(());
        }
    }
}

/// Reads up to `most` pages behind those that are known already, inside the transaction of `from`.
fn slice(reader: &Live, files: &Files<'_>, pass: &mut FirstPass, most: u32, ctx: &JobCtx) -> Outcome<()> {
    let fault = |error| reader.fault(error);
    let page_size = files.image.page_size;
    let total = pages::page_count(reader).map_err(fault)?;
    let end = total.min(pass.pages.saturating_add(most));
    let mut cursor = Pages::of(reader).map_err(fault)?;
    let (mut have, mut want) = (Vec::new(), Vec::new());
    while pass.pages < end {
        ctx.checkpoint()?;
        let first = pass.pages + 1;
        let last = end.min(pass.pages + pages::portion(page_size));
        have.clear();
        cursor.append(first, last, &mut have).map_err(fault)?;
        files.safety.write(first, &have)?;
        let common = last.min(files.image_pages);
        if first <= common {
            files.image.read(first, common - first + 1, &mut want)?;
            mark(pass, first, common, &have, &want, page_size);
        }
        pass.pages = last;
        ctx.progress(u64::from(last), Some(u64::from(total)), Unit::Pages);
    }
    Ok(())
}

fn mark(pass: &mut FirstPass, first: u32, last: u32, have: &[u8], want: &[u8], page_size: u32) {
    for number in first..=last {
        let page = |buffer| pages::in_portion(buffer, first, number, page_size).unwrap_or_default();
        if !pages::same(number, page(have), page(want)) {
            pass.differing.set(number, true);
        }
    }
}
