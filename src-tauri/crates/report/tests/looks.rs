//! Writes the sample to a folder, for eyes.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test")]

mod sample;

#[test]
#[ignore = "for eyes: writes to the folder in QUARTERDECK_REPORTS"]
fn the_sample_is_written() {
    let folder = std::path::PathBuf::from(std::env::var("QUARTERDECK_REPORTS").unwrap());
    std::fs::write(folder.join("readiness.html"), quarterdeck_report::html(&sample::readiness(60))).unwrap();
}
