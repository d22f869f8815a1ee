//! A safety image as something to be stored: described from what it is, however damaged, because it is the way back.

use std::{fs::File, os::unix::fs::FileExt, path::Path};

use quarterdeck_model::{Digest, Fault, Instant, JobCtx, Outcome};
use quarterdeck_store::files;

use crate::{
    fingerprint::schema_fingerprint,
    held::{ImageFacts, Staged},
    image,
    inspect::header,
    open,
};

/// Describes a safety image that nobody else uses. `journal_mode` is that of the live file; the image is as of `cut_at`.
///
/// The schema of a damaged database may be unreadable; then its fingerprint is that of the empty text.
pub fn describe(path: &Path, journal_mode: &str, cut_at: Instant, ctx: &JobCtx) -> Outcome<Staged> {
    let sha256 = image::sha256(path, ctx)?;
    let fault = |error| files::fault("read", path, &error);
    let file = File::open(path).map_err(fault)?;
    let size = file.metadata().map_err(fault)?.len();
    let mut bytes = vec![0; header::LENGTH];
    file.read_exact_at(&mut bytes, 0).map_err(fault)?;
    let header = header::parse(&bytes).ok_or_else(|| Fault::bug(format!("The safety image {} has no header.", path.display())))?;
    drop(file);
    let schema = open::image(path).ok().and_then(|image| schema_fingerprint(&image).ok()).unwrap_or_else(|| Digest::of(b""));
    let facts = ImageFacts {
        page_size: header.page_size,
        page_count: size / u64::from(header.page_size),
        application_id: header.application_id,
        user_version: header.user_version,
        journal_mode: journal_mode.to_owned(),
        schema_fingerprint: schema,
        cut_at,
    };
    Ok(Staged { facts, sha256 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;
    use quarterdeck_testkit::{Scratch, shop};

    #[test]
    fn it_is_described_as_it_is_even_with_an_unreadable_schema() {
        let scratch = Scratch::new();
        let path = scratch.file("shop.db");
        shop(&path, 20, "delete");
        let whole = describe(&path, "wal", DateTime::UNIX_EPOCH, &JobCtx::detached()).unwrap();
        assert_eq!(whole.facts.size(), std::fs::metadata(&path).unwrap().len());
        assert_ne!(whole.facts.schema_fingerprint, Digest::of(b""));
        let file = File::options().write(true).open(&path).unwrap();
        file.write_all_at(&[0xff; 64], 100).unwrap();
        drop(file);
        let damaged = describe(&path, "wal", DateTime::UNIX_EPOCH, &JobCtx::detached()).unwrap();
        assert_eq!(damaged.facts.schema_fingerprint, Digest::of(b""));
        assert_ne!(damaged.sha256, whole.sha256);
    }
}
