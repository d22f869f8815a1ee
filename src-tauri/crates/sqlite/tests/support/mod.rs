//! What the tests about entering share.
#![allow(dead_code, clippy::unwrap_used)] // each test binary uses its part

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use quarterdeck_sqlite::fingerprint::schema_fingerprint;
use quarterdeck_testkit::{Scratch, shop};
use rusqlite::{Connection, types::Value};

/// A live database, an image of it, and a place for the safety image.
pub struct Bench {
    pub scratch: Scratch,
    pub live: PathBuf,
    pub image: PathBuf,
    pub safety: PathBuf,
}

impl Bench {
    /// A shop, and an image that is equal to it.
    pub fn new(mode: &str, page_size: u32, rows: u32) -> Self {
        let scratch = Scratch::new();
        let (live, image, safety) = (scratch.odd_file(), scratch.file("image.db"), scratch.file("safety.db"));
        shop::shop_with_page_size(&live, rows, mode, page_size);
        fs::copy(&live, &image).unwrap();
        Self { scratch, live, image, safety }
    }

    /// Names beside the live database that begin with its name.
    pub fn sidecars(&self) -> Vec<String> {
        let name = self.live.file_name().unwrap().to_string_lossy().into_owned();
        let names = fs::read_dir(self.scratch.path()).unwrap().map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned());
        names.filter(|other| other.starts_with(&name) && *other != name).collect()
    }
}

/// Runs statements on a file and closes it.
pub fn sql(path: &Path, statements: &str) {
    Connection::open(path).unwrap().execute_batch(statements).unwrap();
}

/// The first value of a query, as text.
pub fn ask(path: &Path, query: &str) -> String {
    match Connection::open(path).unwrap().query_row(query, [], |row| row.get(0)).unwrap() {
        Value::Text(text) => text,
        Value::Integer(number) => number.to_string(),
        other => panic!("{other:?}"),
    }
}

/// What a pragma says.
pub fn journal_mode(path: &Path) -> String {
    ask(path, "PRAGMA journal_mode")
}

/// Everything that a user can see in a database: integrity, schema, header fields, and each row of each table.
pub fn content(path: &Path) -> Vec<String> {
    let connection = Connection::open(path).unwrap();
    connection.busy_timeout(std::time::Duration::from_secs(10)).unwrap();
    let mut seen = vec![schema_fingerprint(&connection).unwrap().0];
    for pragma in ["integrity_check", "user_version", "application_id", "encoding", "page_size"] {
        seen.push(format!("{:?}", connection.pragma_query_value(None, pragma, |row| row.get::<_, Value>(0)).unwrap()));
    }
    let mut names = connection.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0 ORDER BY name").unwrap();
    let names: Vec<String> = names.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    for name in names {
        let mut statement = connection.prepare(&format!("SELECT rowid, * FROM \"{name}\" NOT INDEXED ORDER BY 1")).unwrap();
        let columns = statement.column_count();
        let mut rows = statement.query([]).unwrap();
        let mut digest = String::new();
        while let Some(row) = rows.next().unwrap() {
            let values: Vec<Value> = (0..columns).map(|index| row.get(index).unwrap()).collect();
            digest = quarterdeck_model::Digest::of(format!("{digest}{values:?}").as_bytes()).0;
        }
        seen.push(format!("{name}: {digest}"));
    }
    seen
}

/// A file system of one megabyte.
pub struct SmallDisk {
    pub path: PathBuf,
}

impl SmallDisk {
    /// `None`, with a line that says so, where this machine does not let us mount one.
    pub fn mount(scratch: &Scratch) -> Option<Self> {
        let path = scratch.file("small");
        fs::create_dir(&path).unwrap();
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=1m", "tmpfs"]).arg(&path).output();
        if mounted.is_ok_and(|output| output.status.success()) {
            return Some(Self { path });
        }
        #[allow(clippy::print_stderr)]
        {
            eprintln!("SKIPPED full disk: this user cannot mount a tmpfs");
        }
        None
    }

    /// Nothing can be written from now on.
    pub fn make_read_only(&self) {
        assert!(Command::new("mount").args(["-o", "remount,ro"]).arg(&self.path).status().unwrap().success());
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.path).output();
    }
}
