use std::{path::Path, sync::Arc};

use quarterdeck_model::JobCtx;
use quarterdeck_sqlite::holders;
use quarterdeck_store::leases::Owner;
use quarterdeck_testkit::{FixedClock, Peer, Scratch, shop};

use super::*;
use crate::collectors::Shared;

struct Bench {
    clock: Arc<FixedClock>,
    collector: Sqlite,
    path: PathBuf,
    limit: Duration,
}

impl Bench {
    fn new(path: &Path, gauges: Vec<Gauge>, tables: Option<Duration>) -> Self {
        let database = Database { path: path.to_owned(), lease: None, gauges, tables };
        Self { clock: Arc::default(), collector: Sqlite::new(database), path: path.to_owned(), limit: Duration::from_secs(30) }
    }

    fn visit(&mut self) -> (Gathered, Outcome<()>) {
        use quarterdeck_model::Clock;
        let shared = Arc::new(Shared { logs_in_use: holders::logs_in_use(&[&self.path]) });
        let (clock, limit) = (Arc::clone(&self.clock), self.limit);
        let visit = Visit { at: clock.now(), clock, limit, ctx: JobCtx::detached(), shared };
        let mut into = Gathered::default();
        let result = self.collector.collect(&visit, &mut into);
        (into, result)
    }

    fn good(&mut self) -> Gathered {
        let (gathered, result) = self.visit();
        result.unwrap();
        gathered
    }
}

fn gauge(name: &str, sql: &str) -> Gauge {
    let every = Duration::from_secs(60);
    Gauge { name: name.to_owned(), help: String::new(), sql: sql.to_owned(), every, limit: Duration::from_secs(20) }
}

fn values(gathered: &Gathered, name: &str) -> Vec<(String, f64)> {
    let of = gathered.readings.iter().filter(|reading| reading.labels.name() == name);
    of.map(|reading| (reading.labels.to_string(), reading.value)).collect()
}

fn value(gathered: &Gathered, name: &str) -> Option<f64> {
    values(gathered, name).first().map(|(_, value)| *value)
}

#[test]
fn a_database_in_use_is_measured_beside_its_writer_and_left_to_it() {
    let scratch = Scratch::new();
    let path = scratch.odd_file();
    shop(&path, 100, "wal");
    let mut peer = Peer::open(&path);
    peer.run("PRAGMA wal_autocheckpoint = 0; UPDATE orders SET cents = 1;");
    let mut bench = Bench::new(&path, Vec::new(), None);
    let names = scratch.names();
    let gathered = bench.good();
    assert_eq!(value(&gathered, "sqlite_up"), Some(1.0));
    assert_eq!(value(&gathered, "sqlite_checkpoint_lag_frames"), value(&gathered, "sqlite_wal_frames"));
    assert!(value(&gathered, "sqlite_wal_frames") > Some(0.0) && value(&gathered, "sqlite_file_bytes") > Some(0.0));
    assert_eq!(value(&gathered, "sqlite_probe_seconds_count"), Some(1.0));
    assert_eq!(scratch.names(), names);
    assert_eq!(value(&bench.good(), "sqlite_probe_seconds_count"), Some(2.0));
    peer.quit();
    assert_eq!(scratch.names().len(), 1, "its last close tidied its log");
    let gathered = bench.good();
    assert_eq!((value(&gathered, "sqlite_wal_bytes"), value(&gathered, "sqlite_wal_frames")), (Some(0.0), None));
    bench.good();
    assert_eq!(scratch.names().len(), 1, "and we bring none into being");
}

#[test]
fn gauges_are_asked_at_their_own_pace_and_a_failing_one_stops_no_other() {
    let scratch = Scratch::new();
    let path = scratch.file("shop.db");
    shop(&path, 20, "delete");
    let gauges = vec![
        gauge("orders_open", "SELECT customer_id AS \"of whom\", count(*) FROM orders GROUP BY 1"),
        gauge("broken", "SELECT count(*) FROM nowhere"),
        gauge("evil", "DELETE FROM orders RETURNING 1"),
        gauge("talkative", "SELECT printf('%.*c', 3000, 'x'), 1"),
        gauge("cents", "SELECT sum(cents) FROM orders"),
    ];
    let mut bench = Bench::new(&path, gauges, None);
    let gathered = bench.good();
    let open = |n| [(r#"orders_open{of_whom="1"}"#.to_owned(), 10.0), (r#"orders_open{of_whom="2"}"#.to_owned(), n)];
    assert_eq!(values(&gathered, "orders_open"), open(10.0));
    assert!(value(&gathered, "cents").is_some());
    assert_eq!(gathered.remarks.len(), 3, "{:?}", gathered.remarks);
    assert!(gathered.remarks[2].ends_with("has a text of 3,000 bytes, and a label has 2,048 at most"), "{:?}", gathered.remarks);
    assert!(gathered.remarks[0].starts_with("broken has no value: no such table: nowhere"), "{:?}", gathered.remarks);
    Peer::open(&path).run("DELETE FROM orders WHERE id = 20;");
    assert_eq!(values(&bench.good(), "orders_open"), open(10.0), "its answer stands until it is due");
    bench.clock.advance(Duration::from_secs(60));
    assert_eq!(values(&bench.good(), "orders_open"), open(9.0));
}

#[test]
fn tables_are_counted_seldom() {
    let scratch = Scratch::new();
    let path = scratch.file("shop.db");
    shop(&path, 200, "wal");
    let mut bench = Bench::new(&path, Vec::new(), Some(Duration::from_secs(6 * 3_600)));
    let mut rows = Vec::new();
    // A slow machine needs several visits.
    while rows.len() < 2 {
        rows.extend(values(&bench.good(), "sqlite_table_rows"));
    }
    assert_eq!(
        rows,
        [(r#"sqlite_table_rows{table="customers"}"#.to_owned(), 20.0), (r#"sqlite_table_rows{table="orders"}"#.to_owned(), 200.0)]
    );
    bench.clock.advance(Duration::from_secs(3_600));
    assert!(values(&bench.good(), "sqlite_table_rows").is_empty());
    bench.clock.advance(Duration::from_secs(5 * 3_600));
    assert!(!values(&bench.good(), "sqlite_table_bytes").is_empty());
}

#[test]
fn a_lock_that_is_not_let_go_of_is_a_failure_with_figures() {
    let scratch = Scratch::new();
    let path = scratch.file("shop.db");
    shop(&path, 20, "delete");
    let mut peer = Peer::open(&path);
    peer.run("BEGIN EXCLUSIVE;");
    let mut bench = Bench::new(&path, Vec::new(), None);
    bench.limit = Duration::from_millis(50);
    let (gathered, result) = bench.visit();
    assert!(result.unwrap_err().is("locked"));
    assert_eq!((value(&gathered, "sqlite_up"), value(&gathered, "sqlite_lock_timeouts_total")), (Some(0.0), Some(1.0)));
    assert!(value(&gathered, "sqlite_lock_wait_seconds_sum") > Some(0.03));
    assert!(value(&gathered, "sqlite_page_count").is_some());
    peer.run("COMMIT;");
    bench.limit = Duration::from_secs(30);
    assert_eq!(value(&bench.good(), "sqlite_up"), Some(1.0));
}

#[test]
fn a_database_that_is_restored_now_is_left_alone_and_one_that_is_gone_says_so() {
    let scratch = Scratch::new();
    let path = scratch.file("shop.db");
    shop(&path, 20, "delete");
    let leases = scratch.file("leases");
    let database =
        Database { path: path.clone(), lease: Some((leases.clone(), "component-1".to_owned())), gauges: Vec::new(), tables: None };
    let mut bench = Bench { collector: Sqlite::new(database), ..Bench::new(&path, Vec::new(), None) };
    let owner = |purpose: &str| {
        use quarterdeck_model::Clock;
        Owner { pid: 1, who: "ada".to_owned(), purpose: purpose.to_owned(), since: FixedClock::default().now() }
    };
    let held = Lease::take(&leases, "component-1", &owner("Restore of shop (job 12)")).unwrap();
    let gathered = bench.good();
    assert_eq!((gathered.readings.len(), gathered.remarks), (0, vec!["at work: Restore of shop (job 12)".to_owned()]));
    drop(held);
    let _backup = Lease::take(&leases, "component-1", &owner("Backup of shop")).unwrap();
    assert_eq!(value(&bench.good(), "sqlite_up"), Some(1.0));
    std::fs::remove_file(&path).unwrap();
    assert!(bench.visit().1.unwrap_err().is("file-missing"));
}
