//! Our own figures as a file for node_exporter's textfile collector.

use std::path::Path;

use quarterdeck_model::Outcome;
use quarterdeck_store::files;

use super::write;
use crate::{gathered::Reading, sample::is_stale};

/// The name of the file; the collector reads `*.prom`.
pub const FILE: &str = "quarterdeck.prom";

/// Writes the newest values, whole or not at all, so that whoever reads never sees half of them.
pub fn write(folder: &Path, newest: &[Reading], about: impl Fn(&str) -> Option<String>) -> Outcome<()> {
    let alive: Vec<Reading> = newest.iter().filter(|reading| !is_stale(reading.value)).cloned().collect();
    files::write_shared(&folder.join(FILE), write::text(&alive, about).as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        exposition::{Limits, Parser},
        gathered::Gathered,
        sample::STALE,
    };

    #[test]
    fn others_can_read_it_and_what_has_no_value_is_not_in_it() {
        let folder = tempfile::tempdir().unwrap();
        let mut gathered = Gathered::default();
        gathered.gauge("a", &[], 1.0);
        gathered.gauge("b", &[], STALE);
        write(folder.path(), &gathered.readings, |_| None).unwrap();
        let mut parser = Parser::new(Limits::default());
        parser.feed(&std::fs::read(folder.path().join(FILE)).unwrap()).unwrap();
        let back = parser.finish().unwrap();
        assert_eq!((back.readings.len(), back.readings[0].labels.name()), (1, "a"));
        assert!(write(&folder.path().join("none"), &gathered.readings, |_| None).unwrap_err().is("file-missing"));
    }
}
