//! What only shows when it goes on for long. `make soak`.

mod kills;
mod lines;
#[cfg(feature = "desktop")]
mod together;

use std::{path::Path, process::Command};

use quarterdeck_model::Digest;

/// What the tables hold, as one digest.
fn content(path: &Path) -> String {
    let dump = Command::new("sqlite3").arg(path).arg(".dump").output().unwrap();
    assert!(dump.status.success(), "{}", String::from_utf8_lossy(&dump.stderr));
    Digest::of(&dump.stdout).0
}

/// A number from the environment.
fn setting(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(otherwise)
}

/// Marsaglia's xorshift64 (Journal of Statistical Software 8(14), 2003): the same numbers for the same seed.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }
}
