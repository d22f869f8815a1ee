use std::{collections::BTreeMap, sync::Arc, time::Duration};

use quarterdeck_model::{Clock, JobCtx};
use quarterdeck_testkit::FixedClock;

use super::*;

fn values(gathered: &Gathered) -> BTreeMap<String, f64> {
    gathered.readings.iter().map(|reading| (reading.labels.to_string(), reading.value)).collect()
}

fn read(parse: fn(&str, &mut Gathered), text: &str) -> BTreeMap<String, f64> {
    let mut gathered = Gathered::default();
    parse(text, &mut gathered);
    values(&gathered)
}

#[test]
fn processors_of_old_and_new_kernels() {
    // 2.6.18 had no steal column for some, 3.10 has ten columns, 6.x the same; the first line is their sum.
    let old = read(cpu::read, "cpu  10 20 30 40 50 60 70\ncpu0 100 0 50 4000 7 0 1\nbtime 1700000000\n");
    assert_eq!(old[r#"node_cpu_seconds_total{cpu="0", mode="idle"}"#], 40.0);
    assert_eq!((old.len(), old["node_boot_time_seconds"]), (8, 1_700_000_000.0));
    let new = read(cpu::read, "cpu  1 1 1 1 1 1 1 1 1 1\ncpu0 1 2 3 4 5 6 7 800 9 10\ncpu17 0 0 0 0 0 0 0 0 0 0\nintr 5 5\nctxt 77\n");
    assert_eq!(new[r#"node_cpu_seconds_total{cpu="0", mode="steal"}"#], 8.0);
    assert_eq!(new.len(), 16);
}

#[test]
fn memory_with_and_without_what_old_kernels_do_not_tell() {
    let old = read(
        memory::read,
        "MemTotal:      1017856 kB\nMemFree:  16 kB\nBuffers: 1 kB\nCached: 2 kB\nSwapTotal: 0 kB\nHugePages_Total:   0\n",
    );
    assert_eq!(old["node_memory_MemTotal_bytes"], 1_017_856.0 * 1_024.0);
    assert!(!old.contains_key("node_memory_MemAvailable_bytes") && old.len() == 5);
    let new = read(memory::read, "MemTotal: 24684084 kB\nMemAvailable: 22145440 kB\nSwapCached: 0 kB\nnonsense\nMemFree: much kB\n");
    assert_eq!((new.len(), new["node_memory_MemAvailable_bytes"]), (2, 22_145_440.0 * 1_024.0));
}

#[test]
fn load_network_and_pressure() {
    let load = read(load::read, "11.47 10.62 8.17 14/167 18151\n");
    assert_eq!((load["node_load1"], load["node_load15"], load.len()), (11.47, 8.17, 3));
    let text = "Inter-|   Receive        |  Transmit\n face |bytes    packets errs drop fifo frame compressed multicast|bytes packets errs\n\
        \x20   lo:1504375278 3046206 0 0 0 0 0 0 1504375278 3046206 0 0 0 0 0 0\n  eth0: 10 1 2 0 0 0 0 0 30 1 4 0 0 0 0 0\nveth12: 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1\n";
    let network = read(network::read, text);
    assert_eq!(network[r#"node_network_receive_bytes_total{device="lo"}"#], 1_504_375_278.0);
    assert_eq!(network[r#"node_network_transmit_errs_total{device="eth0"}"#], 4.0);
    assert_eq!(network.len(), 8);
    let mut gathered = Gathered::default();
    let text = "some avg10=8.49 avg60=8.22 avg300=7.31 total=1567812822\nfull avg10=0.00 avg60=0.00 avg300=0.03 total=600983269\n";
    pressure::read("io", text, &mut gathered);
    pressure::read("cpu", text, &mut gathered);
    let pressure = values(&gathered);
    assert_eq!(pressure["node_pressure_io_stalled_seconds_total"], 600.983269);
    assert_eq!((pressure["node_pressure_cpu_waiting_seconds_total"], pressure.len()), (1567.812822, 3));
}

#[test]
fn disks_of_kernels_with_fourteen_and_with_twenty_columns() {
    let text = "   8       0 sda 100 2 2048 500 10 3 4096 60 0 700 800\n   8       1 sda1 1 1 1 1 1 1 1 1 1 1 1\n\
        \x20 254       0 vda 5 0 8 1 9 0 16 2 0 3000 4 0 0 0 0 6 7\n   7       0 loop0 0 0 0 0 0 0 0 0 0 0 0\n";
    let disks = read(disks::transfers, text);
    assert_eq!(disks[r#"node_disk_read_bytes_total{device="sda"}"#], 1_048_576.0);
    assert_eq!(disks[r#"node_disk_io_time_seconds_total{device="sda"}"#], 0.7);
    assert_eq!(disks[r#"node_disk_writes_completed_total{device="vda"}"#], 9.0);
    assert_eq!(disks.len(), 10);
}

#[test]
fn text_that_makes_no_sense_brings_nothing() {
    for parse in [cpu::read, memory::read, load::read, network::read, disks::transfers] {
        assert!(read(parse, "\u{fffd}\ncpu\ncpux y z\n:::\n1 2\n").len() <= 2);
        assert!(read(parse, "").is_empty());
    }
}

#[test]
fn this_machine_tells_all_of_it() {
    let clock = Arc::new(FixedClock::default());
    let visit = Visit { at: clock.now(), clock, limit: Duration::from_secs(60), ctx: JobCtx::detached(), shared: Arc::default() };
    let mut gathered = Gathered::default();
    Host::default().collect(&visit, &mut gathered).unwrap();
    let found = values(&gathered);
    for name in ["node_cpu_seconds_total{", "node_memory_MemTotal_bytes", "node_load1", "node_boot_time_seconds", "node_uname_info{"] {
        assert!(found.keys().any(|key| key.starts_with(name)), "{name}");
    }
    let size =
        |name: &str| found.iter().find(|(key, _)| key.starts_with(name) && key.contains(r#"mountpoint="/""#)).map(|(_, value)| *value);
    assert!(size("node_filesystem_size_bytes") >= size("node_filesystem_avail_bytes") && size("node_filesystem_size_bytes") > Some(0.0));
    assert_eq!(found["node_time_seconds"], 1_795_354_800.0);
    assert!(found.values().all(|value| value.is_finite()));
}
