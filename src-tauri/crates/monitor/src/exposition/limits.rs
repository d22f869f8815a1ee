//! How much a scrape may bring: whoever serves more is told so, and takes nothing of ours with it.

/// The most of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes, unpacked.
    pub bytes: usize,
    /// Samples.
    pub samples: usize,
    /// Labels of one sample, its name included.
    pub labels: usize,
    /// Bytes of a name of a metric or label.
    pub name: usize,
    /// Bytes of a label's value.
    pub value: usize,
    /// Bytes of a line.
    pub line: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { bytes: 16 << 20, samples: 20_000, labels: 64, name: 256, value: 2_048, line: 64 << 10 }
    }
}

impl Limits {
    /// None but that of a line: for files that somebody chose to import.
    pub fn import() -> Self {
        Self { bytes: usize::MAX, samples: usize::MAX, ..Self::default() }
    }
}
