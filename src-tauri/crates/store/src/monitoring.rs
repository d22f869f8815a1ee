//! How measuring is set on this machine, and how promises were kept on days that are over.

use std::path::PathBuf;

use quarterdeck_model::{Bytes, Outcome, WirePath, monitor::Monitoring, system::Name};
use rusqlite::{Connection, params};

use crate::database::{fault, optional};

/// Days of each sample, where nobody has set them.
pub const RAW_DAYS: u32 = 15;

/// The most room for series, where nobody has set it.
pub const MOST_BYTES: Bytes = Bytes(4 << 30);

const TEXTFILE: &str = "textfile";
const RAW: &str = "raw_days";
const MOST: &str = "most_bytes";

/// How a promise was kept on one day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PromiseDay {
    /// Days since 1970, UTC.
    pub day: i64,
    /// Steps within the target.
    pub good: u32,
    /// Steps that were measured.
    pub measured: u32,
    /// The mean of what was measured; none where nothing was.
    pub mean: Option<f64>,
}

/// How measuring is set; what nobody has set is as it is by default.
pub fn settings(connection: &Connection) -> Outcome<Monitoring> {
    let textfile = setting(connection, TEXTFILE)?.map(|path| WirePath(PathBuf::from(path)));
    let raw_days = setting(connection, RAW)?.and_then(|days| days.parse().ok()).unwrap_or(RAW_DAYS);
    let most_bytes = setting(connection, MOST)?.and_then(|bytes| bytes.parse().ok()).map_or(MOST_BYTES, Bytes);
    Ok(Monitoring { textfile, raw_days, most_bytes })
}

/// Sets how measuring is done. A folder whose name is no UTF-8 is refused by the caller.
pub fn set(connection: &Connection, settings: &Monitoring) -> Outcome<()> {
    let textfile = settings.textfile.as_ref().and_then(|path| path.0.to_str()).map(str::to_owned);
    put(connection, TEXTFILE, textfile.as_deref())?;
    put(connection, RAW, Some(&settings.raw_days.to_string()))?;
    put(connection, MOST, Some(&settings.most_bytes.0.to_string()))
}

/// Days that are over and known, from `from` up to and without `until`, oldest first; those of another basis are left out.
pub fn promise_days(connection: &Connection, system: &Name, name: &str, basis: &str, from: i64, until: i64) -> Outcome<Vec<PromiseDay>> {
    let sql = "SELECT day, good, measured, mean FROM promise_days
        WHERE system = ?1 AND name = ?2 AND basis = ?3 AND day >= ?4 AND day < ?5 ORDER BY day";
    let mut statement = connection.prepare_cached(sql).map_err(fault)?;
    let read = statement.query_map(params![system.as_str(), name, basis, from, until], |row| {
        Ok(PromiseDay { day: row.get(0)?, good: row.get(1)?, measured: row.get(2)?, mean: row.get(3)? })
    });
    read.and_then(Iterator::collect).map_err(fault)
}

/// Keeps how a promise was kept on a day, in place of what was kept for it before.
pub fn keep_promise_day(connection: &Connection, system: &Name, name: &str, basis: &str, day: &PromiseDay) -> Outcome<()> {
    let sql = "INSERT OR REPLACE INTO promise_days (system, name, day, basis, good, measured, mean) VALUES (?, ?, ?, ?, ?, ?, ?)";
    let values = params![system.as_str(), name, day.day, basis, day.good, day.measured, day.mean];
    connection.execute(sql, values).map(|_| ()).map_err(fault)
}

/// Forgets days before one.
pub fn forget_promise_days(connection: &Connection, before: i64) -> Outcome<()> {
    connection.execute("DELETE FROM promise_days WHERE day < ?", [before]).map(|_| ()).map_err(fault)
}

fn setting(connection: &Connection, key: &str) -> Outcome<Option<String>> {
    optional(connection.query_row("SELECT value FROM monitor_settings WHERE key = ?", [key], |row| row.get(0)))
}

fn put(connection: &Connection, key: &str, value: Option<&str>) -> Outcome<()> {
    let done = match value {
        Some(value) => connection.execute("INSERT OR REPLACE INTO monitor_settings (key, value) VALUES (?, ?)", [key, value]),
        None => connection.execute("DELETE FROM monitor_settings WHERE key = ?", [key]),
    };
    done.map(|_| ()).map_err(fault)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Store;

    #[test]
    fn settings_are_those_of_the_machine_and_absent_ones_are_the_default() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("quarterdeck.db")).unwrap();
        let default = store.read(settings).unwrap();
        assert_eq!(default, Monitoring { textfile: None, raw_days: 15, most_bytes: Bytes(4 << 30) });
        let wanted = Monitoring { textfile: Some(WirePath("/var/lib/node_exporter".into())), raw_days: 30, most_bytes: Bytes(1 << 30) };
        store.write(|tx| set(tx, &wanted)).unwrap();
        assert_eq!(store.read(settings).unwrap(), wanted);
        store.write(|tx| set(tx, &default)).unwrap();
        assert_eq!(store.read(settings).unwrap(), default);
    }

    #[test]
    fn days_of_a_promise_count_while_it_stays_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("quarterdeck.db")).unwrap();
        let shop: Name = "shop".parse().unwrap();
        let days: Vec<PromiseDay> =
            (20_000..20_005).map(|day| PromiseDay { day, good: 1_400, measured: 1_440, mean: Some(0.25) }).collect();
        store.write(|tx| days.iter().try_for_each(|day| keep_promise_day(tx, &shop, "Front page", "ab", day))).unwrap();
        let read = |basis: &str| store.read(|c| promise_days(c, &shop, "Front page", basis, 20_001, 20_004)).unwrap();
        assert_eq!(read("ab"), days[1..4]);
        assert_eq!(read("cd"), []);
        store.write(|tx| forget_promise_days(tx, 20_003)).unwrap();
        assert_eq!(read("ab"), days[3..4]);
    }
}
