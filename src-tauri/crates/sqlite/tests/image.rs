//! What an image is found to be.
#![allow(clippy::unwrap_used)]

use std::{fs, os::unix::fs::FileExt, sync::Arc};

use quarterdeck_model::{CancelToken, Count, Digest, JobCtx, job::Listener, job::Progress};
use quarterdeck_sqlite::{image, open};
use quarterdeck_testkit::{Scratch, museum, shop};

type Exhibit = fn(&std::path::Path);

fn check(exhibit: Exhibit) -> image::ImageCheck {
    let scratch = Scratch::new();
    let path = scratch.odd_file();
    exhibit(&path);
    let before = scratch.state();
    let check = image::check(&path, &JobCtx::detached()).unwrap();
    assert_eq!(scratch.state(), before);
    check
}

#[test]
fn a_sound_image_is_counted_and_found_sound_in_either_mode() {
    for mode in ["wal", "delete"] {
        let scratch = Scratch::new();
        let path = scratch.file("image.db");
        shop::shop(&path, 500, mode);
        let before = scratch.state();
        let check = image::check(&path, &JobCtx::detached()).unwrap();
        assert!(check.integrity.is_empty() && check.foreign_keys.is_empty() && check.unchecked.is_empty(), "{check:?}");
        assert_eq!(check.rows["orders"], Count(500));
        assert_eq!((check.page_size, check.application_id, check.user_version), (4096, 1_397_247_824, 7));
        assert_eq!(check.page_count * 4096, fs::metadata(&path).unwrap().len());
        assert_eq!(scratch.state(), before);
    }
}

#[test]
fn damage_is_found_and_named() {
    assert!(!check(museum::index_leaf_flipped).integrity.is_empty());
    assert!(!check(museum::interior_page_flipped).integrity.is_empty());
}

#[test]
fn what_only_the_application_knows_is_unchecked_and_not_damage() {
    let exhibits: [(Exhibit, &str); 3] =
        [(museum::unknown_collation, "german"), (museum::unknown_function, "geo_key"), (museum::unknown_module, "tantivy")];
    for (exhibit, missing) in exhibits {
        let check = check(exhibit);
        assert_eq!(check.integrity, Vec::<String>::new());
        assert!(check.unchecked.iter().any(|what| what.contains(missing)), "{missing}: {:?}", check.unchecked);
        assert_eq!(check.rows["orders"], Count(2000));
    }
}

#[test]
fn orphaned_rows_are_counted_by_table_and_parent() {
    let found = check(museum::missing_parents).foreign_keys;
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].table.as_str(), found[0].parent.as_str(), found[0].rows), ("orders", "customers", Count(3)));
}

#[test]
fn what_is_no_database_is_a_fault() {
    let scratch = Scratch::new();
    let path = scratch.file("image.db");
    museum::encrypted(&path);
    assert!(image::check(&path, &JobCtx::detached()).unwrap_err().is("not-a-database"));
}

struct CancelSoon(CancelToken);

impl Listener for CancelSoon {
    fn phase(&self, _: &str) {}

    fn progress(&self, _: Progress) {
        self.0.cancel();
    }
}

#[test]
fn a_check_reports_progress_and_can_be_cancelled() {
    let scratch = Scratch::new();
    let path = scratch.file("image.db");
    shop::shop(&path, 20_000, "delete");
    let cancel = CancelToken::default();
    let ctx = JobCtx::new(Arc::new(CancelSoon(cancel.clone())), cancel);
    assert!(image::check(&path, &ctx).unwrap_err().is("cancelled"));
}

#[test]
fn the_digest_is_that_of_the_bytes_and_is_refused_beside_a_connection() {
    let scratch = Scratch::new();
    let path = scratch.file("image.db");
    shop::shop(&path, 2000, "delete");
    assert_eq!(image::sha256(&path, &JobCtx::detached()).unwrap(), Digest::of(&fs::read(&path).unwrap()));
    fs::OpenOptions::new().write(true).open(&path).unwrap().write_at(b"x", 5000).unwrap();
    assert_eq!(image::sha256(&path, &JobCtx::detached()).unwrap(), Digest::of(&fs::read(&path).unwrap()));
    let _live = open::read(&path).unwrap();
    assert!(image::sha256(&path, &JobCtx::detached()).unwrap_err().is("bug"));
}
