//! What plain restic makes of our repositories.

use std::{fs, path::Path, process::Command};

use quarterdeck_backup::{kit, layout, repository, secret::Password};
use quarterdeck_model::{Clock, Digest, snapshot::Manifest};
use quarterdeck_testkit::Peer;

use crate::bench::Bench;

pub fn restic(bench: &Bench, password: &str, arguments: &[&str]) -> String {
    let output = Command::new("restic")
        .env("RESTIC_PASSWORD", password)
        .args(["--no-cache", "-r"])
        .arg(&bench.folder)
        .args(arguments)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    text
}

#[test]
fn restic_lists_checks_and_restores_what_we_wrote() {
    let bench = Bench::new();
    let snapshot = bench.take(&bench.shop("shop.db", 8_000)).unwrap();
    let password = bench.password.expose();

    let listed = restic(&bench, password, &["snapshots", "--tag", "system:shop"]);
    assert!(listed.contains(snapshot.id.short()) && listed.contains("db1"), "{listed}");
    restic(&bench, password, &["check", "--read-data"]);

    let target = bench.scratch.file("restored");
    restic(&bench, password, &["restore", &snapshot.id.0, "--target", target.to_str().unwrap()]);
    let inside = |path: &str| target.join(path.trim_start_matches('/'));
    let component = &snapshot.manifest.components[0];
    let image = inside(&layout::image(&snapshot.manifest.system, &component.name));
    assert_eq!(Digest::of(&fs::read(&image).unwrap()), component.sha256);
    assert_eq!(Peer::open(&image).run("PRAGMA integrity_check; SELECT count(*) FROM orders;"), "ok\n8000");

    let manifest = fs::read(inside(&layout::manifest(&snapshot.manifest.system))).unwrap();
    assert_eq!(manifest.len() % 65_536, 0);
    assert_eq!(serde_json::from_slice::<Manifest>(&manifest).unwrap(), snapshot.manifest);
    let text = fs::read_to_string(inside(layout::RESTORE_TEXT)).unwrap();
    assert!(text.contains("| `main` | `shop.db` |"), "{text}");
}

#[test]
fn the_key_of_the_recovery_kit_opens_the_repository_and_its_commands_work() {
    let bench = Bench::new();
    let snapshot = bench.take(&bench.shop("shop.db", 100)).unwrap();
    let passphrase = kit::passphrase().unwrap();
    let key = bench.repository.add_key(&Password::from_text(&passphrase).unwrap(), &bench.owner()).unwrap();

    let keys = bench.repository.keys().unwrap();
    assert_eq!(keys.iter().filter(|key| key.current).count(), 1);
    let added = keys.iter().find(|listed| listed.id == key).unwrap();
    assert!(!added.current && added.user.as_deref() == Some("recovery kit"), "{added:?}");

    let page = kit::Kit {
        system: &snapshot.manifest.system,
        host: "db1",
        folder: &bench.folder,
        passphrase: &passphrase,
        key: &key,
        made_at: bench.clock.now(),
    }
    .page();
    let commands: Vec<&str> = page.lines().filter_map(|line| line.trim().strip_prefix("restic -r ")).collect();
    let target = bench.scratch.file("restored");
    for command in commands.iter().filter(|command| !command.contains("key remove")) {
        let command = command.replace("/tmp/restored", target.to_str().unwrap());
        let words: Vec<&str> = command.split(' ').collect();
        assert_eq!(Path::new(words[0]), bench.folder);
        restic(&bench, &passphrase, &words[1..]);
    }
    assert!(target.join("backup/RESTORE.md").exists());
    repository::open(&bench.folder, &Password::from_text(&passphrase).unwrap()).unwrap();
}

#[test]
fn a_repository_that_restic_made_is_used_as_it_is_unless_its_format_is_too_old() {
    let bench = Bench::new();
    let password = bench.password.expose();
    for version in ["1", "2"] {
        let folder = bench.scratch.file(format!("made-by-restic-{version}"));
        let made = Command::new("restic")
            .env("RESTIC_PASSWORD", password)
            .args(["--no-cache", "init", "--repository-version", version, "-r"])
            .arg(&folder)
            .output()
            .unwrap();
        assert!(made.status.success());
        let opened = repository::open(&folder, &bench.password);
        if version == "1" {
            assert!(opened.err().unwrap().is("repository-format"));
            continue;
        }
        let bench = Bench { repository: opened.unwrap(), folder, ..Bench::new() };
        let snapshot = bench.take(&bench.shop("shop.db", 500)).unwrap();
        restic(&bench, password, &["check", "--read-data"]);
        assert_eq!(bench.repository.snapshots().unwrap().snapshots[0].id, snapshot.id);
    }
}
