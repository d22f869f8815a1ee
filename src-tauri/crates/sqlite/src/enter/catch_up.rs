//! Brings the safety image and the list of differing pages up to date, under the write lock.

use quarterdeck_model::{JobCtx, Outcome};

use super::{
    first_pass::FirstPass,
    log::{self, Since},
    pages::{self, ImageFile, Pages},
};
use crate::open::Live;

/// The files that are compared with the live database.
pub struct Files<'f> {
    /// What is entered.
    pub image: &'f ImageFile,
    /// Its pages.
    pub image_pages: u32,
    /// What is kept for Undo.
    pub safety: &'f ImageFile,
}

/// Makes the safety image equal to the live database, page by page, and returns how many pages that took. `live` holds the write lock,
/// `reader` has ended its read. The safety image is synced.
pub fn catch_up(live: &Live, reader: &Live, files: &Files<'_>, pass: &mut FirstPass, ctx: &JobCtx) -> Outcome<u64> {
    let fault = |error| live.fault(error);
    if pages::data_version(live).map_err(fault)? == pass.data_version {
        return Ok(0);
    }
    let since = match pass.position {
        Some(position) => log::since(position, reader, live.path(), files.image.page_size).map_err(fault)?,
        None => None,
    };
    let live_pages = pages::page_count(live).map_err(fault)?;
    let changed = match since {
        Some(since) => follow(live, files, pass, &since, live_pages, ctx)?,
        None => compare_all(live, files, pass, live_pages, ctx)?,
    };
    files.safety.set_pages(live_pages)?;
    pass.pages = live_pages;
    files.safety.sync()?;
    Ok(changed)
}

/// Looks only at pages that the log names.
fn follow(live: &Live, files: &Files<'_>, pass: &mut FirstPass, since: &Since, live_pages: u32, ctx: &JobCtx) -> Outcome<u64> {
    let certain = since.smallest.min(pass.pages);
    let named = since.pages.iter().filter(|page| *page <= certain.min(live_pages));
    let mut changed = 0;
    for page in named {
        changed += portion(live, files, pass, page, page)?;
    }
    changed += range(live, files, pass, certain.saturating_add(1), live_pages, ctx)?;
    Ok(changed)
}

fn compare_all(live: &Live, files: &Files<'_>, pass: &mut FirstPass, live_pages: u32, ctx: &JobCtx) -> Outcome<u64> {
    range(live, files, pass, 1, live_pages, ctx)
}

fn range(live: &Live, files: &Files<'_>, pass: &mut FirstPass, first: u32, last: u32, ctx: &JobCtx) -> Outcome<u64> {
    let (mut changed, mut first) = (0, first);
    while first <= last {
        ctx.checkpoint()?;
        let end = last.min(first - 1 + pages::portion(files.image.page_size));
        changed += portion(live, files, pass, first, end)?;
        first = end + 1;
    }
    Ok(changed)
}

/// Compares a few pages with the safety image as they lie there; journal mode and counters count here, because Undo gives back what was.
fn portion(live: &Live, files: &Files<'_>, pass: &mut FirstPass, first: u32, last: u32) -> Outcome<u64> {
    let page_size = files.image.page_size;
    let (mut have, mut known, mut want) = (Vec::new(), Vec::new(), Vec::new());
    Pages::of(live).and_then(|mut cursor| cursor.append(first, last, &mut have)).map_err(|error| live.fault(error))?;
    let common = last.min(pass.pages);
    if first <= common {
        files.safety.read(first, common - first + 1, &mut known)?;
    }
    let mut changed = 0;
    for number in first..=last {
        let page = pages::in_portion(&have, first, number, page_size).unwrap_or_default();
        if pages::in_portion(&known, first, number, page_size) == Some(page) {
            continue;
        }
        files.safety.write(number, page)?;
        changed += 1;
        if number <= files.image_pages {
            files.image.read(number, 1, &mut want)?;
            pass.differing.set(number, !pages::same(number, page, &want));
        }
    }
    Ok(changed)
}
