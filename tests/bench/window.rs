//! How soon the window can be used, and what it takes at rest.

use std::{fs, time::Duration};

use crate::{
    ground::{line, median},
    support::{Bench, Window},
};

const ROUNDS: usize = 5;

pub fn run() {
    let (bench, _) = Bench::with_shop(2000);
    let mut times = Vec::new();
    let mut memory = 0;
    for _ in 0..ROUNDS {
        let window = Window::open(&bench.home());
        window.see("database-row", "shop");
        times.push(window.age());
        std::thread::sleep(Duration::from_secs(3)); // at rest
        memory = memory.max(proportional_set_size());
    }
    line("from the start of its process to a page that can be used", median(times), None);
    println!("  memory at rest, all processes of the window: {} MiB PSS", memory / 1024);
}

/// The sum over the window's process and the web view's, in KiB.
fn proportional_set_size() -> u64 {
    let processes = fs::read_dir("/proc").unwrap().filter_map(|entry| Some(entry.ok()?.path())).filter(|path| {
        let name = fs::read_to_string(path.join("comm")).unwrap_or_default();
        // The kernel keeps fifteen characters of a name.
        name.starts_with("quarterdeck-des") || name.starts_with("WebKitWebProces") || name.starts_with("WebKitNetworkPr")
    });
    let sizes = processes.filter_map(|path| {
        let rollup = fs::read_to_string(path.join("smaps_rollup")).ok()?;
        rollup.lines().find_map(|line| line.strip_prefix("Pss:")?.trim().trim_end_matches(" kB").parse::<u64>().ok())
    });
    sizes.sum()
}
