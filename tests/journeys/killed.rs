//! Killed at any moment: afterwards *before* or *after*, never between; reported as interrupted; the next run works.

use std::{fs, path::Path};

use serde_json::Value;

use crate::support::{Bench, bench::ask};

/// Points of a backup, in their order.
const BACKUP: &[&str] = &["backup.streaming", "backup.saved", "backup.verified"];

/// Points of a restore to a new file.
const FETCH: &[&str] = &["restore.fetching", "restore.fetched", "restore.before-rename"];

/// Points of a restore into the live file before its commit.
const ENTER: &[&str] =
    &["restore.fetching", "restore.fetched", "enter.copied", "enter.prepared", "enter.locked", "enter.half-written", "enter.before-commit"];

/// Points after it, the last ones while the way back goes into the repository.
const ENTERED: &[&str] = &["enter.committed", "backup.streaming", "backup.saved", "backup.verified"];

/// Points of a repair.
const REPAIR: &[&str] = &["repair.entries-moved", "repair.indexed", "repair.saved", "repair.moved", "repair.indexed#2"];

fn newest_job(bench: &Bench) -> Value {
    bench.line("jobs --json").done().json()[0].clone()
}

/// Orders in the file, which must be whole.
fn orders(path: &Path) -> String {
    let answer = ask(path, "PRAGMA integrity_check; SELECT count(*) FROM orders;");
    answer.strip_prefix("ok\n").unwrap_or_else(|| panic!("{answer}")).to_owned()
}

#[test]
fn a_backup_that_was_killed_is_interrupted_and_the_next_one_works() {
    for point in BACKUP {
        let (bench, path) = Bench::with_shop(500);
        bench.line_with_failpoint("backup shop", &format!("{point}=kill")).killed();
        let job = newest_job(&bench);
        assert_eq!(job["state"], "interrupted", "{point}: {job}");
        assert!(job["recovery"].as_str().is_some_and(|words| !words.is_empty()), "{point}: it says what was done: {job}");
        assert_eq!(orders(&path), "500", "{point}");
        bench.line("backup shop").done();
        let to = bench.file("restored.db");
        bench.line(&format!("restore shop latest --to {}", to.display())).done();
        assert_eq!(orders(&to), "500", "{point}");
        bench.line("audit verify").done();
    }
}

#[test]
fn a_restore_to_a_new_file_that_was_killed_leaves_no_file_that_looks_finished() {
    let (bench, _) = Bench::with_shop(500);
    bench.line("backup shop").done();
    for point in FETCH {
        let to = bench.file(format!("{point}.db"));
        let line = format!("restore shop latest --to {}", to.display());
        bench.line_with_failpoint(&line, &format!("{point}=kill")).killed();
        assert!(!to.exists(), "{point}");
        assert_eq!(newest_job(&bench)["state"], "interrupted", "{point}");
        let folder = fs::read_dir(to.parent().unwrap()).unwrap().map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned());
        let left: Vec<String> = folder.filter(|name| name.contains(point)).collect();
        assert!(left.is_empty(), "{point}: recovery left {left:?}");
        bench.line(&line).done();
        assert_eq!(orders(&to), "500", "{point}");
    }
}

#[test]
fn a_restored_directory_is_whole_or_not_there() {
    let bench = Bench::new();
    let product = bench.file("product");
    fs::create_dir_all(product.join("files")).unwrap();
    fs::write(product.join("files/a"), "a").unwrap();
    fs::write(product.join("files/b"), "b").unwrap();
    let definition = "name: product\nenvironment: development\ncomponents: {files: {kind: directory, path: files}}\n";
    fs::write(product.join("quarterdeck.yaml"), definition).unwrap();
    bench.line(&format!("add {}", product.display())).done();
    bench.line_with_failpoint("backup product", "directory.opened=kill").killed();
    bench.line("backup product").done();
    let to = bench.file("restored");
    let line = format!("restore product latest --to {}", to.display());
    bench.line_with_failpoint(&line, "restore.fetching=kill").killed();
    assert!(!to.exists());
    assert_eq!(newest_job(&bench)["state"], "interrupted");
    let folder = fs::read_dir(to.parent().unwrap()).unwrap().map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned());
    let left: Vec<String> = folder.filter(|name| name.contains("restored")).collect();
    assert!(left.is_empty(), "recovery left {left:?}");
    bench.line(&line).done();
    assert_eq!(fs::read_to_string(to.join("a")).unwrap() + &fs::read_to_string(to.join("b")).unwrap(), "ab");
}

#[test]
fn a_failure_in_the_middle_leaves_everything_as_it_was() {
    let (bench, path) = Bench::with_shop(500);
    bench.line("backup shop").done();
    ask(&path, "DELETE FROM orders WHERE id > 100;");
    for point in ENTER {
        let line = "restore shop latest --in-place --confirm shop --json";
        let failed = bench.line_with_failpoint(line, &format!("{point}=fail")).code(1).json();
        assert_eq!(failed["fault"]["code"], "failpoint", "{point}: {failed}");
        assert_eq!(orders(&path), "100", "{point}");
        let job = newest_job(&bench);
        assert_eq!(job["state"], "failed", "{point}");
        bench.line(&format!("undo {} --plan", job["id"])).code(3);
    }
    bench.line("restore shop latest --in-place --confirm shop").done();
    assert_eq!(orders(&path), "500");
}

#[test]
fn a_restore_in_place_that_was_killed_is_before_or_after_and_can_be_run_again() {
    for journal_mode in ["wal", "delete"] {
        for point in ENTER.iter().chain(ENTERED) {
            let (bench, path) = Bench::with_shop_in(500, journal_mode);
            bench.line("backup shop").done();
            ask(&path, "DELETE FROM orders WHERE id > 100;");
            bench.line_with_failpoint("restore shop latest --in-place --confirm shop", &format!("{point}=kill")).killed();
            let job = newest_job(&bench);
            assert_eq!(job["state"], "interrupted", "{point}: {job}");
            let wanted = if ENTERED.contains(point) { "500" } else { "100" };
            assert_eq!(orders(&path), wanted, "{journal_mode} {point}: {job}");
            if ENTERED.contains(point) {
                bench.line(&format!("undo {} --confirm shop", job["id"])).done();
                assert_eq!(orders(&path), "100", "{journal_mode} {point}: Undo survives");
            }
            bench.line("restore shop latest --in-place --confirm shop").done();
            assert_eq!(orders(&path), "500", "{journal_mode} {point}");
            bench.line("audit verify").done();
        }
    }
}

#[test]
fn an_undo_that_was_killed_is_before_or_after_and_can_be_run_again() {
    for point in ENTER.iter().chain(ENTERED) {
        let (bench, path) = Bench::with_shop(500);
        bench.line("backup shop").done();
        ask(&path, "DELETE FROM orders WHERE id > 100;");
        bench.line("restore shop latest --in-place --confirm shop").done();
        let restore = newest_job(&bench)["id"].clone();
        bench.line_with_failpoint(&format!("undo {restore} --confirm shop"), &format!("{point}=kill")).killed();
        let undo = newest_job(&bench);
        assert_eq!(undo["state"], "interrupted", "{point}: {undo}");
        let (now, again, then) = if ENTERED.contains(point) { ("100", &undo["id"], "500") } else { ("500", &restore, "100") };
        assert_eq!(orders(&path), now, "{point}: {undo}");
        bench.line(&format!("undo {again} --confirm shop")).done();
        assert_eq!(orders(&path), then, "{point}: what was before can be had again");
    }
}

#[test]
fn a_file_that_sqlite_cannot_open_is_in_its_place_or_replaced_whole() {
    for point in ["replace.move", "replace.moved"] {
        for turn in 1..=3 {
            let (bench, path) = Bench::with_shop(200);
            bench.line("backup shop").done();
            let broken = "this was a database once\n".repeat(400);
            fs::write(&path, &broken).unwrap();
            let line = "restore shop latest --in-place --confirm shop";
            let ran = bench.line_with_failpoint(line, &format!("{point}#{turn}=kill"));
            if ran.code == Some(0) {
                break; // there is no such turn
            }
            ran.killed();
            let job = newest_job(&bench);
            assert_eq!(job["state"], "interrupted", "{point}#{turn}: {job}");
            if fs::read(&path).unwrap() != broken.as_bytes() {
                assert_eq!(orders(&path), "200", "{point}#{turn}");
            }
            bench.line(line).done();
            assert_eq!(orders(&path), "200", "{point}#{turn}");
        }
    }
}

#[test]
fn a_repair_that_was_killed_calls_nothing_healthy_and_can_be_run_again() {
    for point in REPAIR {
        let (bench, _) = Bench::with_shop(2_000);
        bench.line("backup shop").done();
        rot(&bench);
        bench.line("check-repository shop --read all").code(1);
        bench.line_with_failpoint("repair shop", &format!("{point}=kill")).killed();
        let job = newest_job(&bench);
        assert_eq!((job["operation"].as_str(), job["state"].as_str()), (Some("repair_repository"), Some("interrupted")), "{point}: {job}");
        let said = bench.line("check-repository shop --json").code(1);
        let findings = said.json()["findings"].to_string();
        assert!(!findings.contains("is missing"), "{point}: recovery has put the index right: {findings}");
        // Killed behind the last thing that it had to move, it has nothing left to do.
        assert!(matches!(bench.line("repair shop").code, Some(1 | 3)), "{point}");
        bench.line("backup shop").done();
        let healed = bench.line("check-repository shop --read all --json").done().json();
        assert_eq!((healed["tone"].as_str(), healed["affected"].as_array().map(Vec::len)), (Some("ok"), Some(0)), "{point}: {healed}");
        bench.line("audit verify").done();
    }
}

/// Turns a bit in the middle of the largest pack.
fn rot(bench: &Bench) {
    let detail = bench.line("repository shop --json").done().json();
    let places = fs::read_dir(Path::new(detail["path"].as_str().unwrap()).join("data")).unwrap();
    let packs = places.flat_map(|place| fs::read_dir(place.unwrap().path()).unwrap()).map(|entry| entry.unwrap().path());
    let largest = packs.max_by_key(|pack| fs::metadata(pack).unwrap().len()).unwrap();
    let mut bytes = fs::read(&largest).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&largest, bytes).unwrap();
}
