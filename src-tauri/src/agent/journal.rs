//! Lines for the journal: plain words on standard error, where systemd picks them up with time and process.

use std::io::Write;

/// Writes a line. A journal that went away keeps no backup from being taken.
pub fn line(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}
