//! The last look, after the lock was let go.

use quarterdeck_model::{Fault, JobCtx, Outcome, job::Unit};

use super::{
    catch_up::Files,
    pages::{self, Pages},
};
use crate::open::Live;

/// As in the first pass: writers get their turn between slices where they would have to wait.
const SLICE: u32 = 64 << 20;

/// True where the whole live database was compared and equals the image; false where somebody committed before that was done, so that it
/// has moved on.
///
/// The writer is only asked whether `data_version`, that of its transaction, is still true: it wrote pages behind the back of its own
/// cache, so that it must not look at the database as a database any more.
pub fn verify(writer: &Live, reader: &Live, files: &Files<'_>, data_version: i64, wal: bool, ctx: &JobCtx) -> Outcome<bool> {
    let fault = |error| reader.fault(error);
    let slice = if wal { u32::MAX } else { SLICE / files.image.page_size };
    let mut done = 0;
    while done < files.image_pages {
        let end = files.image_pages.min(done.saturating_add(slice));
        reader.execute_batch("BEGIN").map_err(fault)?;
        let compared = verify_slice(writer, reader, files, data_version, (done + 1, end), ctx);
        reader.execute_batch("COMMIT").map_err(fault)?;
        if !compared? {
            return Ok(false);
        }
        done = end;
    }
    Ok(true)
}

/// The reader takes its place first. If the writer sees no foreign commit after that, there was none before it either.
fn verify_slice(writer: &Live, reader: &Live, files: &Files<'_>, data_version: i64, range: (u32, u32), ctx: &JobCtx) -> Outcome<bool> {
    let pages = pages::page_count(reader).map_err(|error| reader.fault(error))?;
    if pages::data_version(writer).map_err(|error| writer.fault(error))? != data_version {
        return Ok(false);
    }
    if pages != files.image_pages {
        return Err(differs(reader, "the number of its pages"));
    }
    compare(reader, files, range.0, range.1, ctx).map(|()| true)
}

/// Compares pages inside the present transaction.
pub fn compare(live: &Live, files: &Files<'_>, first: u32, last: u32, ctx: &JobCtx) -> Outcome<()> {
    let fault = |error| live.fault(error);
    let page_size = files.image.page_size;
    let mut cursor = Pages::of(live).map_err(fault)?;
    let (mut have, mut want, mut first) = (Vec::new(), Vec::new(), first);
    while first <= last {
        let end = last.min(first - 1 + pages::portion(page_size));
        have.clear();
        cursor.append(first, end, &mut have).map_err(fault)?;
        files.image.read(first, end - first + 1, &mut want)?;
        for number in first..=end {
            let page = |buffer| pages::in_portion(buffer, first, number, page_size).unwrap_or_default();
            if number != pages::lock_byte(page_size) && !pages::same(number, page(&have), page(&want)) {
                return Err(differs(live, &format!("page {number}")));
            }
        }
        ctx.progress(u64::from(end), Some(u64::from(files.image_pages)), Unit::Pages);
        first = end + 1;
    }
    Ok(())
}

fn differs(live: &Live, what: &str) -> Fault {
    Fault::failed("entered-differs", format!("The image was entered into {}, but {what} differs from it now.", live.path().display()))
        .hint("Check the disk, then undo this restore.")
        .fact("committed", true)
}
