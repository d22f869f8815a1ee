//! `/proc/net/dev` (proc_pid_net(5)).

use crate::gathered::Gathered;

/// Interfaces that are one end of another one here.
const INNER: [&str; 3] = ["veth", "ifb", "dummy"];

/// Bytes and errors of each interface.
pub(super) fn read(dev: &str, into: &mut Gathered) {
    for line in dev.lines() {
        // Old kernels put no space behind the colon; a name may hold one (`eth0:1`).
        let Some((device, counters)) = line.rsplit_once(':') else { continue };
        let device = device.trim();
        let values: Vec<f64> = counters.split_ascii_whitespace().map_while(|field| field.parse().ok()).collect();
        if values.len() < 11 || INNER.iter().any(|inner| device.starts_with(inner)) {
            continue;
        }
        let labels = [("device", device)];
        into.counter("node_network_receive_bytes_total", &labels, values[0]);
        into.counter("node_network_receive_errs_total", &labels, values[2]);
        into.counter("node_network_transmit_bytes_total", &labels, values[8]);
        into.counter("node_network_transmit_errs_total", &labels, values[10]);
    }
}
