//! Writes the sample to a folder, for eyes.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test")]

mod sample;

#[test]
#[ignore = "for eyes: writes to the folder in QUARTERDECK_REPORTS"]
fn the_sample_is_written() {
    let folder = std::path::PathBuf::from(std::env::var("QUARTERDECK_REPORTS").unwrap());
    let report = sample::readiness(60);
    std::fs::write(folder.join("readiness.html"), quarterdeck_report::html(&report)).unwrap();
    std::fs::write(folder.join("readiness.pdf"), quarterdeck_report::pdf(&report).unwrap()).unwrap();
    let words = sample::hostile::TEXTS.iter().map(|text| format!("{text} ")).collect::<String>() + &"0123456789".repeat(30);
    let hostile = sample::hostile::everywhere(&words);
    std::fs::write(folder.join("hostile.html"), quarterdeck_report::html(&hostile)).unwrap();
    std::fs::write(folder.join("hostile.pdf"), quarterdeck_report::pdf(&hostile).unwrap()).unwrap();
}
