//! Taking snapshots, and what restic thinks of them.

use std::fs;

use quarterdeck_testkit::Peer;

use crate::support::{
    Bench,
    bench::{Ran, ask},
};

#[test]
fn the_first_backup_makes_repository_and_key_without_a_question() {
    let (bench, _) = Bench::with_shop(100);
    let report = bench.line("backup shop --json").done().json();
    let snapshot = &report["snapshot"];
    assert_eq!(snapshot["manifest"]["system"], "shop");
    assert_eq!(snapshot["manifest"]["components"][0]["rows"]["orders"], 100);
    let levels: Vec<&str> = snapshot["levels"].as_array().unwrap().iter().map(|reached| reached["level"].as_str().unwrap()).collect();
    assert!(levels.contains(&"integrity-ok"), "it was proved after it was written: {levels:?}");
    use std::os::unix::fs::PermissionsExt;
    let key = bench.home().join("secrets/shop.password");
    assert_eq!(fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
    let listed = bench.line("snapshots shop --json").done().json();
    assert_eq!(listed.to_string().matches(snapshot["id"].as_str().unwrap()).count(), 1, "{listed}");
    assert!(bench.line("snapshots shop").done().out.contains(&snapshot["id"].as_str().unwrap()[..8]));
}

#[test]
fn restic_checks_and_restores_what_was_written() {
    let (bench, path) = Bench::with_shop(2000);
    bench.line("backup shop").done();
    let mut peer = Peer::open(&path);
    peer.run("DELETE FROM orders WHERE id > 1500;");
    bench.line("backup shop").done();
    let mut check = bench.restic("shop");
    check.args(["check", "--read-data"]);
    let checked = Ran::of(check).done();
    assert!(checked.out.contains("no errors were found"), "{}", checked.out);
    let target = bench.file("by-restic");
    let mut restore = bench.restic("shop");
    restore.args(["restore", "latest", "--target"]).arg(&target);
    Ran::of(restore).done();
    let (image, mut rebuild) = (bench.file("by-python.db"), std::process::Command::new("python3"));
    let component = fs::read_dir(target.join("backup/shop/base")).unwrap().next().unwrap().unwrap().file_name();
    let component = component.to_str().unwrap().trim_end_matches(".db.base").to_owned();
    rebuild.arg(target.join("backup/rebuild.py")).arg(target.join("backup/shop")).arg(component).arg(&image);
    assert!(Ran::of(rebuild).done().out.contains("is byte for byte the database of"));
    assert_eq!(ask(&image, "PRAGMA integrity_check; SELECT count(*) FROM orders;"), "ok\n1500");
    assert!(fs::read_to_string(target.join("backup/RESTORE.md")).unwrap().contains("restic -r"));
    peer.quit();
}

#[test]
fn a_damaged_database_is_not_called_a_good_snapshot() {
    let bench = Bench::new();
    let path = bench.file("hurt.db");
    quarterdeck_testkit::museum::index_leaf_flipped(&path);
    bench.line(&format!("add {}", path.display())).done();
    let report = bench.line("backup hurt --json");
    if report.code == Some(0) {
        let levels = report.json()["snapshot"]["levels"].to_string();
        assert!(!levels.contains("integrity-ok"), "{levels}");
        assert_ne!(report.json()["findings"], serde_json::json!([]), "it says what is wrong");
    } else {
        report.code(3).fault("damaged", "hurt");
    }
}

#[test]
fn a_removed_repository_and_a_wrong_key_are_named() {
    let (bench, _) = Bench::with_shop(10);
    bench.line("backup shop").done();
    let key = bench.home().join("secrets/shop.password");
    let right = fs::read(&key).unwrap();
    fs::write(&key, "not the key\n").unwrap();
    let line = format!("restore shop latest --to {} --json", bench.file("elsewhere.db").display());
    bench.line(&line).code(3).fault("wrong-key", "shop");
    fs::write(&key, right).unwrap();
    fs::remove_dir_all(bench.home().join("repository/shop")).unwrap();
    bench.line(&line).code(3).fault("repository-missing", "shop");
    assert!(!bench.file("elsewhere.db").exists());
}
