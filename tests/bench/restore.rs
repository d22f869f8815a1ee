//! A verified restore to a new file, against restic's restore and SQLite's own check; both synced.

use std::{path::Path, time::Duration};

use crate::{
    ground::{large, line, median, time, time_shell},
    snapshot::restic_on,
};

const ROUNDS: usize = 3;

pub fn run() {
    let (bench, path) = large(1000);
    bench.line("backup shop").done();
    let own = bench.file("restic");
    time(restic_on(&own).arg("init"));
    time(restic_on(&own).arg("backup").arg(&path));
    let (mut ours, mut restic, mut restic_own) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let to = bench.file(format!("ours-{round}.db"));
        ours.push(time(&mut bench.command(["restore", "shop", "latest", "--to", to.to_str().unwrap()])));
        std::fs::remove_file(&to).unwrap();
        let to = bench.file(format!("restic-{round}"));
        let mut restore = bench.restic("shop");
        restic.push(time(restore.args(["restore", "latest", "--target"]).arg(&to)) + check(&to.join("backup/shop/base")));
        std::fs::remove_dir_all(&to).unwrap();
        restic_own.push(
            time(restic_on(&own).args(["restore", "latest", "--target"]).arg(&to))
                + check(&to.join(path.parent().unwrap().strip_prefix("/").unwrap())),
        );
        std::fs::remove_dir_all(&to).unwrap();
    }
    let (ours, restic) = (median(ours), median(restic));
    line("quarterdeck restore --to, verified and synced", ours, None);
    line("restic restore of our repository, integrity_check, sync", restic, None);
    line("restic restore of its own repository, the same", median(restic_own), None);
    line("quarterdeck restore", ours, Some(("restic on our repository", restic)));
}

/// SQLite's check of the one database in a folder, then a sync of it.
fn check(folder: &Path) -> Duration {
    let image =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).max_by_key(|path| path.metadata().unwrap().len()).unwrap();
    time_shell("sync \"$1\"; sqlite3 \"file:$1?immutable=1\" 'PRAGMA integrity_check' | grep -qx ok", &[&image])
}

/// The time since the start of 1970 of an RFC 3339 time in UTC, as the engine writes it.
pub fn moment(text: &str) -> Duration {
    let seconds =
        rusqlite::Connection::open_in_memory().unwrap().query_row("SELECT unixepoch(?, 'subsec')", [text], |row| row.get(0)).unwrap();
    Duration::from_secs_f64(seconds)
}
