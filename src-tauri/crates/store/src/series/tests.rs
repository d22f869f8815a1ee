use std::fs;

use rusqlite::Connection;

use super::{chunks::ChunkRow, *};

fn place() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("series.db");
    (folder, path)
}

fn row(id: i64) -> SeriesRow {
    SeriesRow { id, labels: id.to_be_bytes().to_vec(), nature: 1, apart: 0, sparse: false, plan: "host".to_owned() }
}

#[test]
fn a_tick_and_its_new_series_are_there_together_or_not_at_all() {
    let (_folder, path) = place();
    let mut file = File::open(&path).unwrap();
    file.append(&[(5, b"one".to_vec())], &[row(1)]).unwrap();
    // The second series has the labels of the first: the tick goes with it.
    let twice = SeriesRow { labels: row(1).labels, ..row(2) };
    assert!(file.append(&[(6, b"two".to_vec())], &[twice]).is_err());
    let mut reader = File::read(&path).unwrap().unwrap();
    let (ticks, series) = reader.look(|c| Ok((ticks_after(c, 0)?, series_after(c, 0)?))).unwrap();
    assert_eq!(ticks, vec![TickRow { n: 1, at: 5, body: b"one".to_vec() }]);
    assert_eq!(series, vec![row(1)]);
}

#[test]
fn chunks_come_in_the_order_of_time() {
    let (_folder, path) = place();
    let mut file = File::open(&path).unwrap();
    let rows: Vec<ChunkRow> = [(20, 1), (10, 2), (10, 1), (30, 1)].map(|(start, series)| ChunkRow { start, series, body: vec![7] }).into();
    file.write(|tx| chunks::put(tx, 0, &rows)).unwrap();
    let mut seen = Vec::new();
    file.look(|c| {
        chunks::scan_window(c, 0, 10, (1, 5), |series, _| {
            seen.push(series);
            Ok(())
        })
    })
    .unwrap();
    assert_eq!(seen, [1, 2]);
    assert_eq!(file.look(|c| chunks::starts(c, 0, 0, 100)).unwrap(), [10, 20, 30]);
    assert_eq!(file.write(|tx| chunks::cut_before(tx, 0, 30)).unwrap(), 3);
}

#[test]
fn a_file_that_is_not_ours_is_refused_and_set_aside_whole() {
    let (folder, path) = place();
    fs::write(&path, b"this is no database, and it is long enough to be looked at as one").unwrap();
    assert!(File::open(&path).err().unwrap().is("series-damaged"));
    fs::remove_file(&path).unwrap();
    Connection::open(&path).unwrap().execute_batch("CREATE TABLE a (b)").unwrap();
    assert!(File::open(&path).err().unwrap().is("series-damaged"));
    let now = quarterdeck_model::Instant::default();
    fs::write(folder.path().join("series.db-wal"), b"log").unwrap();
    let aside = set_aside(&path, now).unwrap();
    assert_eq!(aside.file_name().unwrap(), "series-damaged-19700101T000000.db");
    assert!(folder.path().join("series-damaged-19700101T000000.db-wal").exists());
    drop(File::open(&path).unwrap());
    assert_ne!(set_aside(&path, now).unwrap(), aside);
}

#[test]
fn a_newer_file_is_left_alone() {
    let (_folder, path) = place();
    drop(File::open(&path).unwrap());
    Connection::open(&path).unwrap().pragma_update(None, "user_version", 2).unwrap();
    assert!(File::open(&path).err().unwrap().is("series-newer"));
    assert!(File::read(&path).err().unwrap().is("series-newer"));
}

#[test]
fn it_is_for_its_user_only_and_has_large_pages() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, path) = place();
    let mut file = File::open(&path).unwrap();
    file.append(&[(1, b"x".to_vec())], &[]).unwrap();
    for entry in fs::read_dir(folder.path()).unwrap() {
        assert_eq!(entry.unwrap().metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
    let size: i64 = file.look(|c| c.query_row("PRAGMA page_size", [], |row| row.get(0)).map_err(fault)).unwrap();
    assert_eq!(size, 8192);
}

#[test]
fn a_reader_notices_that_its_file_was_set_aside() {
    let (_folder, path) = place();
    drop(File::open(&path).unwrap());
    let reader = File::read(&path).unwrap().unwrap();
    assert!(reader.is_current());
    set_aside(&path, quarterdeck_model::Instant::default()).unwrap();
    drop(File::open(&path).unwrap());
    assert!(!reader.is_current());
}

#[test]
fn a_reader_changes_nothing() {
    let (_folder, path) = place();
    assert!(File::read(&path).unwrap().is_none());
    drop(File::open(&path).unwrap());
    let mut reader = File::read(&path).unwrap().unwrap();
    assert!(reader.append(&[(1, b"x".to_vec())], &[]).is_err());
}

#[test]
fn notices_states_and_positions_are_kept() {
    let (_folder, path) = place();
    let mut file = File::open(&path).unwrap();
    file.write(|tx| {
        for n in 0..510 {
            notes::add_notice(tx, &notes::NoticeRow { at: n, tone: "attention".to_owned(), sentence: format!("{n}.") })?;
        }
        notes::set_state(tx, "host", "{}")?;
        notes::set_state(tx, "host", "{\"a\":1}")?;
        notes::set_position(tx, "shop/api", (u64::MAX, 7), 99)
    })
    .unwrap();
    let (notices, states, position) = file.look(|c| Ok((notes::notices(c)?, notes::states(c)?, notes::position(c, "shop/api")?))).unwrap();
    assert_eq!((notices.len(), notices[0].at), (500, 509));
    assert_eq!(states, [("host".to_owned(), "{\"a\":1}".to_owned())]);
    assert_eq!(position, Some(((u64::MAX, 7), 99)));
}
