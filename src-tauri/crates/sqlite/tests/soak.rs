//! What takes long or much disk: `cargo test -p quarterdeck-sqlite --test soak -- --ignored --nocapture`.
#![allow(clippy::unwrap_used)]

mod support;

use std::{
    fs,
    io::Read,
    path::Path,
    time::{Duration, Instant},
};

use quarterdeck_model::{Digest, JobCtx, SystemClock};
use quarterdeck_sqlite::{enter, held, held::HeldRead, image};
use quarterdeck_testkit::Scratch;
use rusqlite::{Connection, backup::Backup};
use support::{ask, journal_mode, sql};

/// More than 1 GiB, so that the lock-byte page is inside.
fn large(path: &Path, mode: &str) {
    let connection = Connection::open(path).unwrap();
    connection.pragma_update(None, "journal_mode", mode).unwrap();
    let rows = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2200000) INSERT INTO t SELECT i, i % 1000, randomblob(450) FROM n";
    connection.execute_batch(&format!("CREATE TABLE t(id INTEGER PRIMARY KEY, a INTEGER, v BLOB); {rows}")).unwrap();
}

#[allow(clippy::print_stderr)]
fn say(what: &str) {
    eprintln!("{what}");
}

#[test]
#[ignore = "writes several gigabytes"]
fn a_database_beyond_the_lock_byte_page_is_read_staged_and_entered() {
    for mode in ["wal", "delete"] {
        let scratch = Scratch::new();
        let [live, image, safety, staged] = ["live.db", "image.db", "safety.db", "staged.db"].map(|name| scratch.file(name));
        large(&live, mode);
        let ctx = JobCtx::detached();

        let began = Instant::now();
        let mut reader = HeldRead::open(&live, &SystemClock).unwrap().into_reader(&ctx).unwrap();
        let mut file = fs::File::create(&image).unwrap();
        let mut buffer = vec![0; 1 << 20];
        loop {
            match reader.read(&mut buffer).unwrap() {
                0 => break,
                count => std::io::Write::write_all(&mut file, &buffer[..count]).unwrap(),
            }
        }
        say(&format!("{mode}: streamed {} bytes in {:?}", file.metadata().unwrap().len(), began.elapsed()));
        let digest: Digest = reader.outcome().result().unwrap();
        assert_eq!(image::sha256(&image, &ctx).unwrap(), digest);
        let began = Instant::now();
        let held = HeldRead::open(&live, &SystemClock).unwrap();
        assert_eq!(held::stage(held, &staged, None, &ctx).unwrap().sha256, digest);
        say(&format!("{mode}: staged in {:?}", began.elapsed()));
        fs::remove_file(&staged).unwrap();

        sql(
            &live,
            "UPDATE t SET v = randomblob(450) WHERE id IN (SELECT abs(random()) % 2200000 + 1 FROM t LIMIT 22000); CREATE INDEX ia ON t(a);",
        );
        let began = Instant::now();
        let prepared = enter::prepare(&live, &image, &safety, &ctx).unwrap();
        let (took, differing) = (began.elapsed(), prepared.differing());
        let entered = prepared.enter(Duration::from_secs(5), &mut |_| Ok(()), &ctx).unwrap();
        say(&format!("{mode}: first pass {took:?}; {differing} pages differ, {entered:?}, all in {:?}", began.elapsed()));
        assert!(entered.compared_whole);
        assert!(entered.pages_written.0 * 100 <= (differing + 1) * 105);
        assert_eq!(ask(&live, "PRAGMA integrity_check"), "ok");
        assert_eq!(ask(&safety, "PRAGMA integrity_check"), "ok");
        assert_eq!(journal_mode(&live), mode);

        // The same by the Backup API, which copies its safety image under the lock.
        let began = Instant::now();
        let mut target = Connection::open(&live).unwrap();
        target.execute_batch("BEGIN IMMEDIATE").unwrap();
        let other = Connection::open(&live).unwrap();
        let mut copy = Connection::open(scratch.file("copy.db")).unwrap();
        Backup::new(&other, &mut copy).unwrap().step(-1).unwrap();
        target.execute_batch("ROLLBACK").unwrap();
        drop((other, copy));
        let source = Connection::open(&image).unwrap();
        Backup::new(&source, &mut target).unwrap().step(-1).unwrap();
        let peer = began.elapsed();
        say(&format!(
            "{mode}: Backup API with its safety copy {peer:?}; ratio of the locks {:.2}",
            entered.lock_held.0 as f64 / peer.as_secs_f64() / 1000.0
        ));
    }
}
