//! The newest values as a file for node_exporter's textfile collector, where somebody asked for it.

use std::{collections::BTreeMap, path::Path};

use quarterdeck_model::Outcome;
use quarterdeck_monitor::{collectors::round::Tick, exposition::textfile, gathered::Reading};

/// Beginnings of names that the exporter has itself, or that Prometheus makes, as it makes `up`.
const THEIRS: [&str; 2] = ["node_", "scrape_"];

/// What each plan brought last.
#[derive(Default)]
pub(super) struct Newest(BTreeMap<String, Vec<Reading>>);

impl Newest {
    /// Learns what a tick brought.
    pub(super) fn learn(&mut self, tick: &Tick) {
        for brought in &tick.brought {
            let theirs = |name: &str| name == "up" || THEIRS.iter().any(|begin| name.starts_with(begin));
            let ours = |reading: &&Reading| !theirs(reading.labels.name());
            self.0.insert(brought.key.clone(), brought.readings.iter().filter(ours).cloned().collect());
        }
        tick.gone.iter().for_each(|key| drop(self.0.remove(key)));
    }

    /// Writes them all, whole or not at all.
    pub(super) fn write(&self, folder: &Path) -> Outcome<()> {
        let all: Vec<Reading> = self.0.values().flatten().cloned().collect();
        textfile::write(folder, &all, |_| None)
    }
}
