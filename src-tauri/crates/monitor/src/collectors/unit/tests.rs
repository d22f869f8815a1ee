//! Units of a systemd that is made up: it speaks D-Bus over a pair of sockets.

use std::{fs, os::unix::net::UnixStream, time::Duration};

use quarterdeck_testkit::Scratch;
use zbus::{connection::Builder, zvariant::OwnedObjectPath};

use super::*;
use crate::collectors::trial::found;

/// Knows one unit.
struct Systemd;

#[zbus::interface(name = "org.freedesktop.systemd1.Manager")]
impl Systemd {
    fn load_unit(&self, name: &str) -> OwnedObjectPath {
        OwnedObjectPath::try_from(if name == "shop.service" { "/unit/shop" } else { "/unit/none" }).unwrap()
    }
}

struct Loaded(bool);

#[zbus::interface(name = "org.freedesktop.systemd1.Unit")]
impl Loaded {
    #[zbus(property)]
    fn load_state(&self) -> &'static str {
        if self.0 { "loaded" } else { "not-found" }
    }

    #[zbus(property)]
    fn active_state(&self) -> &'static str {
        if self.0 { "active" } else { "inactive" }
    }

    #[zbus(property)]
    fn active_enter_timestamp(&self) -> u64 {
        1_700_000_000_500_000
    }
}

struct Running;

#[zbus::interface(name = "org.freedesktop.systemd1.Service")]
impl Running {
    #[zbus(property, name = "Type")]
    fn kind(&self) -> &'static str {
        "notify"
    }

    #[zbus(property, name = "NRestarts")]
    fn restarts(&self) -> u32 {
        3
    }

    #[zbus(property)]
    fn memory_current(&self) -> u64 {
        1_048_576
    }

    /// Not counted: nobody asked systemd to.
    #[zbus(property, name = "CPUUsageNSec")]
    fn cpu(&self) -> u64 {
        u64::MAX
    }
}

/// Our end of a conversation with it, and its own, which has to live as long.
async fn systemd() -> (zbus::Connection, zbus::Connection) {
    let (ours, theirs) = UnixStream::pair().unwrap();
    let server = Builder::async_io_unix_stream(theirs).server(zbus::Guid::generate()).unwrap().p2p();
    let server = server.serve_at("/org/freedesktop/systemd1", Systemd).unwrap();
    let server = server.serve_at("/unit/shop", Loaded(true)).unwrap().serve_at("/unit/shop", Running).unwrap();
    let server = server.serve_at("/unit/none", Loaded(false)).unwrap();
    let (server, client) = tokio::join!(server.build(), Builder::async_io_unix_stream(ours).p2p().build());
    (client.unwrap(), server.unwrap())
}

async fn collected(unit: &Unit, peer: &Connection, limit: Duration) -> (Gathered, Outcome<()>) {
    let mut gathered = Gathered::default();
    let outcome = unit.look(async { Ok(peer.clone()) }, limit, &mut gathered).await;
    (gathered, outcome)
}

#[tokio::test]
async fn systemd_is_asked() {
    let (ours, _theirs) = systemd().await;
    let unit = Unit::new("shop", Bus::System).unwrap();
    let (gathered, outcome) = collected(&unit, &ours, Duration::from_secs(60)).await;
    outcome.unwrap();
    assert_eq!(
        found(&gathered),
        [
            "node_systemd_unit_state{name=\"shop.service\", state=\"active\", type=\"notify\"} 1",
            "node_systemd_unit_state{name=\"shop.service\", state=\"activating\", type=\"notify\"} 0",
            "node_systemd_unit_state{name=\"shop.service\", state=\"deactivating\", type=\"notify\"} 0",
            "node_systemd_unit_state{name=\"shop.service\", state=\"failed\", type=\"notify\"} 0",
            "node_systemd_unit_state{name=\"shop.service\", state=\"inactive\", type=\"notify\"} 0",
            "node_systemd_service_restart_total{name=\"shop.service\"} 3",
            "node_systemd_unit_start_time_seconds{name=\"shop.service\"} 1700000000.5",
            "systemd_unit_memory_current_bytes{name=\"shop.service\"} 1048576",
        ]
    );
}

#[tokio::test]
async fn a_unit_that_systemd_does_not_know_is_a_fault() {
    let (ours, _theirs) = systemd().await;
    let unit = Unit::new("none.service", Bus::System).unwrap();
    let (gathered, outcome) = collected(&unit, &ours, Duration::from_secs(60)).await;
    assert!(outcome.unwrap_err().is("no-unit") && gathered.readings.is_empty());
}

#[tokio::test]
async fn without_an_answer_the_control_group_is_read_and_that_is_said() {
    let (ours, theirs) = UnixStream::pair().unwrap();
    // Somebody who says who he is, and then nothing.
    let server = Builder::async_io_unix_stream(theirs).server(zbus::Guid::generate()).unwrap().p2p().build();
    let (server, client) = tokio::join!(server, Builder::async_io_unix_stream(ours).p2p().build());
    let (_silent, client) = (server.unwrap(), client.unwrap());
    let scratch = Scratch::new();
    let group = scratch.file("system.slice/shop.service");
    fs::create_dir_all(&group).unwrap();
    for (file, text) in [
        ("../cgroup.controllers", "cpu memory\n"),
        ("cgroup.events", "populated 1\nfrozen 0\n"),
        ("memory.current", "4096\n"),
        ("cpu.stat", "usage_usec 2500000\nuser_usec 1\n"),
    ] {
        fs::write(group.join(file), text).unwrap();
    }
    let unit = Unit { groups: scratch.path(), ..Unit::new("shop.service", Bus::System).unwrap() };
    let (gathered, outcome) = collected(&unit, &client, Duration::from_millis(300)).await;
    outcome.unwrap();
    let found = found(&gathered);
    assert!(found.contains(&"node_systemd_unit_state{name=\"shop.service\", state=\"active\"} 1".to_owned()), "{found:?}");
    assert!(found.contains(&"systemd_unit_memory_current_bytes{name=\"shop.service\"} 4096".to_owned()), "{found:?}");
    assert!(found.contains(&"systemd_unit_cpu_seconds_total{name=\"shop.service\"} 2.5".to_owned()), "{found:?}");
    assert!(gathered.remarks[0].contains("what its control group tells"), "{:?}", gathered.remarks);

    let mut other = Unit { name: "other.service".to_owned(), ..unit };
    let (gathered, outcome) = collected(&other, &client, Duration::from_millis(300)).await;
    outcome.unwrap();
    assert!(self::found(&gathered).contains(&"node_systemd_unit_state{name=\"other.service\", state=\"inactive\"} 1".to_owned()));

    other.groups = scratch.file("nothing");
    let (gathered, outcome) = collected(&other, &client, Duration::from_millis(300)).await;
    assert!(outcome.unwrap_err().is("unit-unknown") && gathered.readings.is_empty());
}

#[test]
fn what_is_no_name_of_a_unit_is_refused() {
    for name in ["", "../../etc", "a b", "ä"] {
        let Err(fault) = Unit::new(name, Bus::System) else { panic!("{name}") };
        assert!(fault.is("bad-unit"), "{fault}");
    }
    assert_eq!(Unit::new("shop@1", Bus::User).unwrap().name, "shop@1.service");
    assert_eq!(Unit::new("backup.timer", Bus::User).unwrap().name, "backup.timer");
}
