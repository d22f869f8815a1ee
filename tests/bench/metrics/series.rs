//! What it costs to take a day of samples in, and to keep it.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use quarterdeck_model::Instant as Moment;
use quarterdeck_monitor::series::{Policy, Writer};
use quarterdeck_testkit::{FixedClock, Scratch};

use crate::{
    history::{self, BEGIN},
    prometheus,
};

/// The same samples in both.
pub struct Both {
    pub scratch: Scratch,
    pub hours: i64,
    pub ours: PathBuf,
    pub blocks: PathBuf,
}

pub fn run(peer: &Path) -> Both {
    let scratch = Scratch::new();
    let folder = std::env::var_os("KEEP").map_or_else(|| scratch.path(), PathBuf::from);
    let (text, ours, blocks) = (folder.join("history.txt"), folder.join("series"), folder.join("blocks"));
    let hours = std::env::var("HOURS").ok().and_then(|hours| hours.parse().ok()).unwrap_or(24);
    if ours.exists() && blocks.exists() {
        println!("  taken from {}", folder.display());
        return Both { scratch, hours, ours, blocks };
    }
    let samples = history::write(&text, hours);
    println!("  1,000 series, {hours} h at 15 s: {samples} samples, {} MB of text", fs::metadata(&text).unwrap().len() / 1_000_000);
    let theirs_took = prometheus::import(peer, &text, &blocks);
    let ours_took = import(&text, &ours, hours);
    fs::remove_file(&text).unwrap();
    println!("  {:<44} {:>8} {:>12}", "", "seconds", "bytes/sample");
    let line = |what: &str, took: Duration, bytes: u64| {
        println!("  {what:<44} {:>8.2} {:>12.3}", took.as_secs_f64(), bytes as f64 / samples as f64);
    };
    let (our_bytes, their_bytes) = (size(&ours), size(&blocks));
    line("prometheus: promtool create-blocks-from", theirs_took, their_bytes);
    line("quarterdeck: Writer::import, synced", ours_took, our_bytes);
    println!(
        "  ratio                                        {:>8.2} × {:>10.3} ×",
        ours_took.as_secs_f64() / theirs_took.as_secs_f64(),
        our_bytes as f64 / their_bytes as f64
    );
    Both { scratch, hours, ours, blocks }
}

fn import(text: &Path, into: &Path, hours: i64) -> Duration {
    let clock = FixedClock::at(&Moment::from_timestamp(BEGIN + hours * 3_600, 0).unwrap().to_rfc3339());
    let since = Instant::now();
    let mut writer = Writer::open(into, Policy::default(), Arc::new(clock)).unwrap();
    writer.import(File::open(text).unwrap()).unwrap();
    drop(writer);
    since.elapsed()
}

/// Bytes of all files below a folder.
pub fn size(folder: &Path) -> u64 {
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| if path.is_dir() { size(&path) } else { path.metadata().unwrap().len() })
        .sum()
}
