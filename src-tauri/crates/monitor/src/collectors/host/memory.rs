//! `/proc/meminfo` (proc_meminfo(5)).

use crate::gathered::Gathered;

/// What is kept of it, in its own words.
const KEPT: [&str; 7] = ["MemTotal", "MemFree", "MemAvailable", "Buffers", "Cached", "SwapTotal", "SwapFree"];

/// Bytes of memory.
pub(super) fn read(meminfo: &str, into: &mut Gathered) {
    for line in meminfo.lines() {
        let Some((name, rest)) = line.split_once(':').filter(|(name, _)| KEPT.contains(name)) else { continue };
        let mut fields = rest.split_ascii_whitespace();
        let value = fields.next().and_then(|field| field.parse::<f64>().ok());
        // `kB` means 1,024 bytes here.
        let unit = if fields.next() == Some("kB") { 1_024.0 } else { 1.0 };
        if let Some(value) = value {
            into.gauge(&format!("node_memory_{name}_bytes"), &[], value * unit);
        }
    }
}
