//! Each way to be wrong, with its place, words and hint.

use std::{
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
};

use quarterdeck_model::{
    Millis,
    drill::Expectation,
    migration::Layout,
    system::{ComponentKind, Environment},
};
use tempfile::TempDir;

use super::*;

mod dashboards;
mod health;
mod measured;

const GOOD: &str = "\
name: shop
environment: production
owner: Shop team <shop@example.com>
components:
  main: {kind: sqlite, path: data/shop.db}
objectives:
  - {scenario: data loss, rto: 1 h, rpo: 30 min}
repository:
  path: ../backup
  password: file:secret
migrations: migrations
";

/// Line, column, part of the message, part of the hint.
type Expected<'a> = (u32, u32, &'a str, &'a str);

/// A folder with a database, a secret of mode 0600, one that is open to all, and a folder of migrations.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in ["data", "migrations"] {
        fs::create_dir(folder.path().join(name)).unwrap();
    }
    for (name, mode) in [("data/shop.db", 0o644), ("secret", 0o600), ("open-secret", 0o644)] {
        let file = folder.path().join(name);
        fs::write(&file, "").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
    }
    symlink("data/shop.db", folder.path().join("link.db")).unwrap();
    symlink("/", folder.path().join("outside")).unwrap();
    folder
}

fn read_text(folder: &Path, text: impl AsRef<[u8]>) -> Reading {
    fs::write(folder.join(FILE_NAME), text).unwrap();
    read(folder).unwrap()
}

fn assert_findings(text: impl AsRef<[u8]>, expected: &[Expected<'_>]) {
    let folder = folder();
    let shown = String::from_utf8_lossy(text.as_ref()).into_owned();
    let reading = read_text(folder.path(), &text);
    let found = &reading.report.findings;
    assert_eq!(found.len(), expected.len(), "{shown}\n{found:#?}");
    for (found, (line, column, message, hint)) in found.iter().zip(expected) {
        assert_eq!((found.line, found.column), (*line, *column), "{shown}\n{found:#?}");
        assert!(found.message.contains(message) && found.hint.contains(hint), "{shown}\n{found:#?}");
        assert!(found.message.ends_with('.') && found.file.0.ends_with(FILE_NAME), "{found:#?}");
    }
    assert_eq!(reading.definition.is_some(), expected.is_empty());
}

/// The good definition with one text in place of another.
fn with(from: &str, to: &str) -> String {
    assert!(GOOD.contains(from), "{from:?}");
    GOOD.replace(from, to)
}

#[test]
fn a_good_definition_is_read_whole() {
    let folder = folder();
    let root = folder.path().canonicalize().unwrap();
    let reading = read_text(folder.path(), GOOD);
    assert_eq!(reading.report.findings, []);
    let definition = reading.definition.unwrap();
    assert_eq!((definition.name.as_str(), definition.environment), ("shop", Environment::Production));
    assert_eq!(definition.owner.as_deref(), Some("Shop team <shop@example.com>"));
    assert_eq!(definition.components.len(), 1);
    assert_eq!(definition.components[0].kind, ComponentKind::Sqlite);
    assert_eq!((definition.components[0].name.as_str(), &definition.components[0].path), ("main", &root.join("data/shop.db")));
    assert_eq!(definition.objectives.len(), 1);
    assert_eq!((definition.objectives[0].rto, definition.objectives[0].rpo), (Millis(3_600_000), Millis(1_800_000)));
    assert_eq!(definition.repository, Some(root.join("../backup")));
    let password = definition.password.clone().unwrap();
    assert_eq!(password, SecretReference::File(root.join("secret")));
    assert_eq!(password.to_string(), format!("file:{}", root.join("secret").display()));
    assert_eq!(definition.migrations, Some(MigrationsDefinition::of(root.join("migrations"), Name::from_file_stem("main"))));
    assert_eq!(load(folder.path()).unwrap(), definition);
}

#[test]
fn the_least_that_will_do_and_other_ways_to_write_it() {
    let least = "name: shop\nenvironment: development\ncomponents: {main: {kind: sqlite, path: data/shop.db}}\n";
    assert_findings(least, &[]);
    assert_findings(format!("\u{feff}# größer\r\n---\r\n{}", least.replace('\n', "\r\n")), &[]);
    assert_findings(least.replace("shop\n", "\"2026\"\n"), &[]);
    assert_findings(with("file:secret", "env:SHOP_PASSWORD"), &[]);
    assert_findings(with("data/shop.db", "./data/../data/shop.db"), &[]);
    assert_findings(with("rpo: 30 min", "rpo: 0 s"), &[]);
    let folder = folder();
    let absolute = folder.path().join("link.db").display().to_string();
    let definition = read_text(folder.path(), with("data/shop.db", &absolute)).definition.unwrap();
    assert_eq!(definition.components[0].path, folder.path().canonicalize().unwrap().join("data/shop.db"));
}

#[test]
fn keys_that_are_unknown_doubled_or_missing() {
    assert_findings(with("owner:", "ownr:"), &[(3, 1, "ownr is not a known key", "Write owner instead.")]);
    assert_findings(with("owner:", "Größe:"), &[(3, 1, "Größe is not a known key", "known here: name, environment, owner")]);
    assert_findings(
        with("kind: sqlite, path", "kind: sqlite, größe: 1, path"),
        &[(5, 24, "components.main.größe is not a known key", "known here: kind, path")],
    );
    assert_findings(
        with("{scenario: data loss,", "{ü: 1, scenari: data loss,"),
        &[
            (7, 5, "objectives[1].scenario is missing", "scenario: data loss"),
            (7, 6, "objectives[1].ü is not a known key", "known here"),
            (7, 12, "objectives[1].scenari is not a known key", "Write scenario instead."),
        ],
    );
    assert_findings(with("owner: Shop", "name: Shop"), &[(3, 1, "name is there twice, first on line 1", "Keep one")]);
    assert_findings(
        with("  path: ../backup\n", "  path: a\n  path: b\n  path: c\n"),
        &[
            (10, 3, "repository.path is there twice, first on line 9", "Keep one"),
            (11, 3, "repository.path is there twice, first on line 9", "Keep one"),
        ],
    );
    assert_findings(
        "owner: me\n",
        &[
            (1, 1, "name is missing", "name: shop"),
            (1, 1, "environment is missing", "environment: production"),
            (1, 1, "components is missing", "kind: sqlite"),
        ],
    );
    assert_findings(
        with("{kind: sqlite, path: data/shop.db}", "{}"),
        &[(5, 9, "components.main.kind is missing", "kind: sqlite"), (5, 9, "components.main.path is missing", "path: data/app.db")],
    );
    assert_findings(with("  path: ../backup\n", ""), &[(9, 3, "repository.path is missing", "/srv/backup/shop")]);
    assert_findings(
        with("rto: 1 h, rpo: 30 min", ""),
        &[(7, 5, "objectives[1].rto is missing", "rto: 30 min"), (7, 5, "rpo is missing", "")],
    );
}

#[test]
fn values_of_the_wrong_type() {
    for (text, place, kind) in [("[a]", (1, 7), "a list"), ("{a: b}", (1, 7), "a mapping")] {
        assert_findings(with("name: shop", &format!("name: {text}")), &[(place.0, place.1, kind, "one value")]);
    }
    for (text, kind) in
        [("2026", "a number"), ("-1.5e3", "a number"), ("0x1F", "a number"), (".inf", "a number"), ("true", "true or false")]
    {
        assert_findings(
            with("name: shop", &format!("name: {text}")),
            &[(1, 7, &format!("name must be text, not {kind}"), "between quotes")],
        );
    }
    for nothing in ["", "~", "null"] {
        assert_findings(
            with("owner: Shop team <shop@example.com>", &format!("owner: {nothing} # größe")),
            &[(3, if nothing.is_empty() { 6 } else { 8 }, "owner has no value", "behind the colon")],
        );
    }
    assert_findings(with("name: shop", "name: ''"), &[(1, 7, "name is empty", "remove the key")]);
    assert_findings("- name: shop\n", &[(1, 1, "The file must be a mapping, not a list", "key: value")]);
    assert_findings("just words\n", &[(1, 1, "The file must be a mapping, not text", "key: value")]);
    assert_findings(
        with("{kind: sqlite, path: data/shop.db}", "data/shop.db"),
        &[(5, 9, "components.main must be a mapping, not text", "key")],
    );
    assert_findings(
        with("  main: {kind: sqlite, path: data/shop.db}\n", "  - data/shop.db\n"),
        &[(5, 3, "components must be a mapping, not a list", "")],
    );
    assert_findings(
        with("  - {scenario: data loss, rto: 1 h, rpo: 30 min}\n", "  rto: 1 h\n"),
        &[(7, 3, "objectives must be a list, not a mapping", "- {")],
    );
    assert_findings(
        with("{scenario: data loss, rto: 1 h, rpo: 30 min}", "soon"),
        &[(7, 5, "objectives[1] must be a mapping, not text", "")],
    );
    assert_findings(
        with("  path: ../backup\n  password: file:secret\n", "  /srv\n"),
        &[(9, 3, "repository must be a mapping, not text", "")],
    );
    assert_findings(
        with("  main: {kind: sqlite, path: data/shop.db}\n", "  {}\n"),
        &[(5, 3, "components names no database", "main: {kind")],
    );
    assert_findings(
        with("name: shop", "[a, b]: shop\nname: shop"),
        &[(1, 1, "A key cannot be a list", "plain text"), (1, 1, "\"\" is not a known key", "")],
    );
}

#[test]
fn words_that_are_not_understood() {
    assert_findings(with("name: shop", "name: My Shop"), &[(1, 7, "name is not a name for a system: \"My Shop\"", "lowercase")]);
    assert_findings(with("  main:", "  Größe:"), &[(5, 3, "components.Größe is not a name for a component", "lowercase")]);
    assert_findings(with("production", "Prodution"), &[(2, 14, "environment is not one that is known: \"Prodution\"", "Write production")]);
    assert_findings(with("production", "moon"), &[(2, 14, "environment is not one", "development, staging, production")]);
    for kind in ["http", "command"] {
        let text = with("kind: sqlite, path: data/shop.db", &format!("url: x, kind: {kind}"));
        assert_findings(text, &[(5, 24, &format!("kind is {kind}, which is not supported by this version"), "Remove the component")]);
    }
    assert_findings(with("kind: sqlite", "kind: sqlit"), &[(5, 16, "not a kind of component: \"sqlit\"", "Write sqlite instead.")]);
    assert_findings(with("kind: sqlite", "kind: oracle"), &[(5, 16, "not a kind of component: \"oracle\"", "Write sqlite instead.")]);
    assert_findings(with("rto: 1 h", "rto: 30"), &[(7, 32, "objectives[1].rto has no unit: \"30\"", "30 min")]);
    assert_findings(
        with("rpo: 30 min", "rpo: 30 minutes"),
        &[(7, 42, "objectives[1].rpo has an unknown unit, \"minutes\"", "Write min instead.")],
    );
    assert_findings(with("rpo: 30 min", "rpo: soon"), &[(7, 42, "objectives[1].rpo is not a duration: \"soon\"", "1 h 30 min")]);
    assert_findings(
        with("objectives:\n", "objectives:\n  - {scenario: data loss, rto: 1 s, rpo: 1 s}\n"),
        &[(8, 5, "objectives[2].scenario is there twice", "Keep one")],
    );
}

#[test]
fn files_and_folders_that_are_missing_or_of_the_wrong_kind() {
    assert_findings(with("data/shop.db", "data/gone.db"), &[(5, 30, "components.main.path does not exist", "Create the database")]);
    assert_findings(with("data/shop.db", "~/shop.db"), &[(5, 30, "components.main.path does not exist", "~ is not expanded")]);
    assert_findings(with("data/shop.db", "$HOME/shop.db"), &[(5, 30, "does not exist", "$ is not expanded")]);
    assert_findings(with("data/shop.db", "data"), &[(5, 30, "components.main.path names a folder", "database file in it")]);
    assert_findings(with("data/shop.db", "/dev/null"), &[(5, 30, "components.main.path is not a regular file", "database file")]);
    assert_findings(with("data/shop.db", "data/shop.db/x"), &[(5, 30, "components.main.path cannot be looked at", "permissions")]);
    assert_findings(with("data/shop.db", "\"data/\\0.db\""), &[(5, 30, "components.main.path cannot be looked at", "permissions")]);
    assert_findings(
        with("  main:", "  also: {kind: sqlite, path: link.db}\n  main:").replace(": migrations", ": {dir: migrations, component: main}"),
        &[(6, 3, "components.main.path is the same file as that of components.also", "once")],
    );
    let directory = |text: &str| with("{kind: sqlite, path: data/shop.db}", &format!("{{kind: directory, path: {text}}}"));
    assert_findings(directory("data"), &[]);
    assert_findings(directory("gone"), &[(5, 33, "components.main.path does not exist", "Create the folder")]);
    assert_findings(directory("data/shop.db"), &[(5, 33, "components.main.path is not a folder", "kind: sqlite")]);
    assert_findings(directory("/"), &[(5, 33, "components.main.path is the root of everything", "belongs to the system")]);
    assert_findings(
        with("  main:", "  files: {kind: directory, path: data}\n  more: {kind: directory, path: ./data}\n  main:"),
        &[(6, 3, "components.more.path is the same folder as that of components.files", "once")],
    );
    assert_findings(with("../backup", "secret"), &[(9, 9, "repository.path is a file, not a folder", "Name a folder")]);
    assert_findings(with("../backup", "~/backup"), &[(9, 9, "repository.path does not exist", "~ is not expanded")]);
    for outside in ["..", "../other", "migrations/../../x", "/etc", "outside"] {
        assert_findings(
            with(": migrations", &format!(": {outside}")),
            &[(11, 13, "migrations leaves the definition's folder", "below quarterdeck.yaml")],
        );
    }
    assert_findings(with(": migrations", ": sql"), &[(11, 13, "migrations does not exist", "Create it")]);
    assert_findings(with(": migrations", ": secret"), &[(11, 13, "migrations is not a folder", "Name a folder")]);
}

#[test]
fn secrets_are_references_and_never_repeated() {
    let folder = folder();
    for secret in ["hunter2", "file;hunter2", "vault:hunter2"] {
        let findings = read_text(folder.path(), with("file:secret", secret)).report.findings;
        assert_eq!((findings.len(), findings[0].line, findings[0].column), (1, 10, 13), "{findings:?}");
        assert!(!format!("{findings:?}").contains("hunter2"), "{findings:?}");
    }
    assert_findings(with("file:secret", "12345678"), &[(10, 13, "repository.password must be text", "quotes")]);
    assert_findings(with("file:secret", "file:gone"), &[(10, 13, "repository.password does not exist", "mode 0600")]);
    assert_findings(with("file:secret", "file:data"), &[(10, 13, "repository.password is not a regular file", "holds the password")]);
    assert_findings(with("file:secret", "'file:'"), &[(10, 13, "repository.password names no file", "file:/etc")]);
    assert_findings(with("file:secret", "file:open-secret"), &[(10, 13, "can be read by other users", "Run: chmod 600 ")]);
    assert_findings(with("file:secret", "env:MY-SHOP"), &[(10, 13, "repository.password does not name a variable", "env:SHOP")]);
    assert_findings(with("file:secret", "credential:shop-backup"), &[]);
    assert_findings(with("file:secret", "credential:../shop"), &[(10, 13, "does not name a credential", "credential:shop-backup")]);
    assert_findings(with("file:secret", "keyring:shop"), &[(10, 13, "keyring, which is not supported", "file")]);
}

#[test]
fn schedules_are_read_strictly_and_a_mistake_in_a_rhythm_has_its_place() {
    let folder = folder();
    let with = |lines: &str| format!("{GOOD}schedules:\n{lines}");
    let text = with(
        "  nightly: {runs: backup, cron: '0 2 * * *', zone: Europe/Berlin}\n  proof: {runs: drill, cron: '@monthly', zone: UTC, enabled: false}\n",
    );
    let schedules = read_text(folder.path(), text).definition.unwrap().schedules.unwrap();
    let shown: Vec<_> = schedules.iter().map(|schedule| (schedule.name.as_str(), schedule.runs.word(), schedule.enabled)).collect();
    assert_eq!(shown, [("nightly", "backup", true), ("proof", "drill", false)]);
    assert_eq!(read_text(folder.path(), GOOD).definition.unwrap().schedules, None);
    let one = |fields: &str| with(&format!("  nightly: {{{fields}}}\n"));
    assert_findings(
        one("runs: backup, cron: '0 25 * * *', zone: UTC"),
        &[(13, 33, "schedules.nightly.cron: \"25\" at character 3", "0 to 23")],
    );
    assert_findings(one("runs: backup, cron: '@daily', zone: Berlin"), &[(13, 49, "no time zone \"Berlin\"", "IANA")]);
    assert_findings(one("runs: backups, cron: '@daily', zone: UTC"), &[(13, 19, "nothing that a schedule can run", "Write backup")]);
    assert_findings(one("runs: backup, cron: '@daily', zone: UTC, enabled: 1"), &[(13, 63, "must be true or false", "true")]);
    assert_findings(
        one("runs: backup, at: '@daily', zone: UTC"),
        &[(13, 12, "cron is missing", "0 2"), (13, 27, "not a known key", "Remove")],
    );
    assert_findings(with("  Nightly: {runs: backup, cron: '@daily', zone: UTC}\n"), &[(13, 3, "not a name for a schedule", "lowercase")]);
    assert_findings(format!("{GOOD}schedules: nightly\n"), &[(12, 12, "schedules must be a mapping", "key: value")]);
}

#[test]
fn what_is_not_yaml_or_not_text() {
    for empty in ["", "\n\n", "# only words\n", "---\n", "---\n...\n"] {
        assert_findings(empty, &[(1, 1, "The file is empty", "name, environment and components")]);
    }
    assert_findings(
        "name: shop\nowner: \"open\ncomponents:\n",
        &[(2, 8, "This is not YAML: invalid indentation in quoted scalar.", "quotes")],
    );
    assert_findings("name: shop\n  owner: me\n", &[(2, 8, "This is not YAML", "indentation")]);
    assert_findings("name: shop\n\towner: me\n", &[(1, 7, "This is not YAML: while scanning a plain scalar, found a tab.", "no tabs")]);
    assert_findings("name: größe: x\n", &[(1, 12, "This is not YAML", "colons")]);
    assert_findings(b"name: shop\nowner: gr\xc3\xb6\xdfe\n", &[(2, 11, "not UTF-8 text from here on", "UTF-8")]);
    assert_findings(format!("{GOOD}---\nname: other\n"), &[(12, 1, "A second document", "one document")]);
    assert_findings(with("owner: Shop", "owner: !secret Shop"), &[(3, 8, "The tag !secret", "Remove the tag")]);
    let text = with("name: shop", "name: &n shop").replace("owner: Shop team <shop@example.com>", "owner: *n");
    assert_findings(text, &[(3, 8, "Aliases (*name) are not read", "Write the value out")]);
    assert_findings(format!("a: {}{}", "[".repeat(20), "]".repeat(20)), &[(1, 19, "nested more than 16 levels", "Flatten")]);
    assert_findings(format!("{}x", "- ".repeat(2000)), &[(1, 33, "nested more than 16 levels", "Flatten")]);
    assert_findings("[".repeat(5000), &[(1, 256, "This is not YAML: recursion limit exceeded", "")]);
    assert_findings(format!("# {}\n{GOOD}", "x".repeat(1024 * 1024)), &[(1, 1, "larger than 1 MiB", "only the definition")]);
}

#[test]
fn all_findings_come_at_once_in_the_order_of_the_file() {
    let text = "nam: shop\nenvironment: prod\ncomponents:\n  main: {kind: http, path: x}\n  B: {kind: sqlite, path: gone.db, x: 1}\nmigrations: ../x\n";
    assert_findings(
        text,
        &[
            (1, 1, "nam is not", "Write name"),
            (1, 1, "name is missing", ""),
            (2, 14, "environment is not", ""),
            (4, 16, "not supported", ""),
            (5, 3, "components.B is not a name", ""),
            (5, 27, "does not exist", ""),
            (5, 36, "components.B.x is not a known key", ""),
            (6, 13, "leaves", ""),
        ],
    );
    let folder = folder();
    let name = read_text(folder.path(), with("production", "moon")).report.name;
    assert_eq!(name.unwrap().as_str(), "shop");
    let fault = load(folder.path()).unwrap_err();
    assert!(fault.is("definition-invalid") && fault.message.contains("quarterdeck.yaml:2:14: environment is not"), "{fault:?}");
    assert!(!fault.message.contains("more") && fault.hint.starts_with("Run: quarterdeck check /"), "{fault:?}");
    fs::write(folder.path().join(FILE_NAME), text).unwrap();
    let fault = load(folder.path()).unwrap_err();
    assert!(fault.message.ends_with("(7 more)") && fault.facts["findings"] == 8, "{fault:?}");
}

#[test]
fn folders_without_a_definition() {
    let folder = folder();
    let report = check(folder.path()).unwrap();
    assert_eq!((report.findings.len(), report.findings[0].line, report.findings[0].column), (1, 1, 1));
    assert!(report.findings[0].message.starts_with("There is no quarterdeck.yaml in /"), "{report:?}");
    assert!(report.findings[0].hint.contains("quarterdeck add FILE.db"), "{report:?}");
    fs::write(folder.path().join("quarterdeck.yml"), GOOD).unwrap();
    assert_eq!(check(folder.path()).unwrap().findings[0].hint, "Rename quarterdeck.yml to quarterdeck.yaml.");

    let refused = |path: PathBuf| check(&path).unwrap_err();
    assert!(refused(folder.path().join("gone")).is("folder-missing"));
    assert!(refused(folder.path().join("secret")).is("not-a-folder"));
    fs::write(folder.path().join(FILE_NAME), GOOD).unwrap();
    assert!(refused(folder.path().join(FILE_NAME)).hint.starts_with("Name its folder: /"));
    fs::remove_file(folder.path().join(FILE_NAME)).unwrap();
    fs::create_dir(folder.path().join(FILE_NAME)).unwrap();
    assert!(check(folder.path()).unwrap().findings[0].message.contains("not a regular file"));
}

#[test]
fn the_shipped_example_has_no_findings_once_its_database_exists() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("migrations")).unwrap();
    let text = include_str!("../../../../../examples/reputation/quarterdeck.yaml");
    let findings = read_text(folder.path(), text).report.findings;
    assert_eq!(findings.len(), 1, "{findings:#?}");
    assert!(findings[0].message.starts_with("components.main.path does not exist"), "{findings:#?}");
    fs::create_dir(folder.path().join("data")).unwrap();
    fs::write(folder.path().join("data/reputation.db"), "").unwrap();
    let definition = load(folder.path()).unwrap();
    assert_eq!((definition.name.as_str(), definition.objectives.len()), ("reputation", 4));
}

#[test]
fn keep_rules_are_numbers_and_durations_and_none_of_them_is_zero() {
    let folder = folder();
    let keep = |rules: &str| format!("{GOOD}keep: {rules}\n");
    let reading = read_text(folder.path(), keep("{last: 3, hourly: 24, within: 2 d, before-change: 5, at-most: 100, no-older-than: 90 d}"));
    let rules = reading.definition.unwrap().keep.unwrap();
    assert_eq!((rules.last, rules.hourly, rules.daily, rules.before_change, rules.at_most), (Some(3), Some(24), None, Some(5), Some(100)));
    assert_eq!((rules.within, rules.no_older_than), (Some(Millis(172_800_000)), Some(Millis(90 * 86_400_000))));
    for (rules, message, hint) in [
        ("{}", "keep has no rule", "daily: 7"),
        ("{daily: 0}", "keep.daily is not a number of 1 or more", "daily: 7"),
        ("{daily: many}", "keep.daily is not a number", "daily: 7"),
        ("{daily: -1}", "keep.daily is not a number", "daily: 7"),
        ("{within: 0 d}", "keep.within is zero", "30 d"),
        ("{no-older-than: 30}", "keep.no-older-than has no unit", "30 min"),
        ("{dayly: 1, last: 1}", "keep.dayly is not a known key", "Write daily instead."),
        ("7", "keep must be a mapping", "key: value"),
    ] {
        let reading = read_text(folder.path(), keep(rules));
        let found = &reading.report.findings;
        assert!(reading.definition.is_none() && found.len() == 1, "{rules}: {found:?}");
        assert!(found[0].message.contains(message) && found[0].hint.contains(hint), "{rules}: {found:?}");
    }
}

#[test]
fn the_schema_for_editors_knows_the_same_keys() {
    let schema: serde_json::Value = serde_json::from_str(include_str!("../../../../../docs/definition.schema.json")).unwrap();
    let keys = |path: &str| {
        let mut keys: Vec<String> = schema.pointer(path).unwrap().as_object().unwrap().keys().cloned().collect();
        keys.sort();
        keys
    };
    let sorted = |keys: &[&str]| {
        let mut keys: Vec<String> = keys.iter().map(ToString::to_string).collect();
        keys.sort();
        keys
    };
    assert_eq!(keys("/properties"), sorted(&system::KEYS));
    assert_eq!(keys("/properties/components/additionalProperties/properties"), sorted(&component::KEYS));
    assert_eq!(keys("/properties/objectives/items/properties"), sorted(&objective::KEYS));
    assert_eq!(keys("/properties/repository/properties"), sorted(&repository::KEYS));
    assert_eq!(keys("/properties/drills/items/properties"), sorted(&drill::KEYS));
    assert_eq!(keys("/properties/drills/items/properties/expect/properties"), sorted(&drill::EXPECT_KEYS));
    assert_eq!(keys("/properties/keep/properties"), sorted(&keep::KEYS));
    assert_eq!(keys("/properties/migrations/oneOf/1/properties"), sorted(&migrations::KEYS));
    assert_eq!(keys("/properties/queries/items/properties"), sorted(&queries::KEYS));
    assert_eq!(keys("/properties/promises/items/properties"), sorted(&promise::KEYS));
    assert_eq!(keys("/properties/capacity/items/properties"), sorted(&super::capacity::KEYS));
    assert_eq!(keys("/properties/alerting/properties"), sorted(&super::alerting::KEYS));
    assert_eq!(keys("/properties/alerting/properties/heartbeat/properties"), sorted(&super::alerting::HEARTBEAT_KEYS));
    assert_eq!(keys("/properties/schedules/additionalProperties/properties"), sorted(&schedule::KEYS));
    assert_eq!(keys("/properties/collect/properties"), sorted(&collect::KEYS));
    let of = |part: &str| keys(&format!("/properties/collect/properties/{part}/items/properties"));
    assert_eq!(of("processes"), sorted(&collect::PROCESS_KEYS));
    assert_eq!(of("units"), sorted(&collect::UNIT_KEYS));
    assert_eq!(of("logs"), sorted(&collect::LOG_KEYS));
    assert_eq!(of("logs/items/properties/rules"), sorted(&collect::RULE_KEYS));
    assert_eq!(of("files"), sorted(&collect::FILE_KEYS));
    assert_eq!(of("probes"), sorted(&collect_address::PROBE_KEYS));
    assert_eq!(keys("/properties/collect/properties/probes/items/properties/basic/properties"), sorted(&collect_address::BASIC_KEYS));
    assert_eq!(of("scrapes"), sorted(&collect_address::SCRAPE_KEYS));
    let database = "/properties/collect/properties/databases/additionalProperties/properties";
    assert_eq!(keys(database), sorted(&collect_database::KEYS));
    assert_eq!(keys(&format!("{database}/gauges/items/properties")), sorted(&collect_database::GAUGE_KEYS));
}

#[test]
fn the_documented_example_has_only_the_findings_of_this_disk() {
    let page = include_str!("../../../../../docs/definition.md");
    let text = page.split("```yaml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let folder = folder();
    let findings = read_text(folder.path(), text).report.findings;
    assert!(findings.iter().all(|finding| finding.message.contains("does not exist")), "{findings:#?}");
    let names: Vec<_> = findings.iter().filter_map(|finding| finding.message.split(' ').next()).collect();
    assert_eq!(names, ["components.sessions.path", "repository.password"]);
}

#[test]
fn checks_of_a_drill_are_read_strictly() {
    let drills = |lines: &str| format!("{GOOD}drills:\n{lines}");
    let folder = folder();
    let reading = read_text(
        folder.path(),
        drills(
            "  - {name: orders, sql: SELECT count(*) FROM orders, expect: {min: 1}}\n  - name: none lost\n    component: main\n    sql: |\n      SELECT 1\n    expect: {rows: none}\n    limit: 5 s\n  - {name: sum, sql: VALUES (0), expect: {value: 0}}\n",
        ),
    );
    assert_eq!(reading.report.findings, []);
    let questions = reading.definition.unwrap().drills;
    assert_eq!(questions.len(), 3);
    assert_eq!((questions[0].component.as_str(), questions[0].limit), ("main", Millis(60_000)));
    assert_eq!(questions[0].expect, Expectation::Range { min: Some("1".into()), max: None });
    assert_eq!((questions[1].sql.as_str(), questions[1].limit), ("SELECT 1", Millis(5_000)));
    for (at, item, message, hint) in [
        ("{sql", "{sql: SELECT 1, expect: {rows: some}}", "drills[1].name is missing", "name:"),
        ("DELETE", "{name: a, sql: DELETE FROM orders, expect: {rows: none}}", "drills[1].sql is no SELECT", "one SELECT"),
        ("other", "{name: a, sql: SELECT 1, component: other, expect: {rows: some}}", "is no database", "Name one of: main."),
        ("{rows", "{name: a, sql: SELECT 1, expect: {rows: some, min: 1}}", "must say one thing", "{value: 0}"),
        ("{}}", "{name: a, sql: SELECT 1, expect: {}}", "must say one thing", "{value: 0}"),
        ("few", "{name: a, sql: SELECT 1, expect: {rows: few}}", "neither none nor some", "none or some"),
        ("many", "{name: a, sql: SELECT 1, expect: {min: many}}", "must be a number, not text", "in figures"),
        ("0 s", "{name: a, sql: SELECT 1, expect: {min: 1}, limit: 0 s}", "leaves no time", "60 s"),
    ] {
        let column = 5 + u32::try_from(item.find(at).unwrap()).unwrap();
        assert_findings(drills(&format!("  - {item}\n")), &[(13, column, message, hint)]);
    }
    assert_findings(with("migrations: migrations", "drills: {a: 1}"), &[(11, 9, "drills must be a list", "- {name")]);
    let twice = "  - {name: a, sql: SELECT 1, expect: {rows: some}}\n";
    assert_findings(drills(&twice.repeat(2)), &[(14, 5, "drills[2].name is there twice", "name of its own")]);
    let several = with("components:\n", "components:\n  second: {kind: sqlite, path: link.db}\n").replace("data/shop.db", "open-secret");
    let several = several.replace("migrations: migrations\n", "");
    assert_findings(format!("{several}drills:\n{twice}"), &[(13, 5, "there are several databases", "second, main")]);
}

#[test]
fn migrations_say_of_which_database_and_how_they_run() {
    let with = |migrations: &str| GOOD.replace("migrations: migrations", migrations);
    let root = folder();
    let text = with(
        "migrations: {dir: migrations, layout: goose, ledger: quarterdeck_shop, foreign_keys: true, large_table: 5000, sqlite_at_least: 3.35}",
    );
    let definition = read_text(root.path(), text).definition.unwrap();
    let migrations = definition.migrations.unwrap();
    assert_eq!(migrations.component.as_str(), "main");
    assert_eq!((migrations.layout, migrations.ledger.as_deref()), (Some(Layout::Goose), Some("quarterdeck_shop")));
    assert_eq!((migrations.foreign_keys, migrations.recursive_triggers, migrations.large_table), (Some(true), None, Some(5000)));
    assert_eq!(migrations.sqlite_at_least.as_deref(), Some("3.35"));
    assert_findings(with("migrations: {dir: migrations, layout: gose}"), &[(11, 39, "no layout of migrations", "Write goose instead")]);
    assert_findings(with("migrations: {dir: migrations, ledger: sqlite_x}"), &[(11, 39, "not a name for a ledger", "quarterdeck_")]);
    assert_findings(with("migrations: {dir: migrations, foreign_keys: 1}"), &[(11, 45, "must be true or false", "Write true or false")]);
    assert_findings(with("migrations: {dir: migrations, large_table: 0}"), &[(11, 44, "above 0", "in figures")]);
    assert_findings(with("migrations: {dir: migrations, sqlite_at_least: new}"), &[(11, 48, "no version of SQLite 3", "3.35.5")]);
    assert_findings(with("migrations: {component: main}"), &[(11, 13, "migrations.dir is missing", "dir: migrations")]);
}

#[test]
fn with_several_databases_migrations_and_queries_name_theirs() {
    let two =
        GOOD.replace("objectives:", "  other: {kind: sqlite, path: link.db}\nobjectives:").replace("data/shop.db", "data/../data/shop.db");
    let root = folder();
    fs::remove_file(root.path().join("link.db")).unwrap();
    fs::write(root.path().join("link.db"), "").unwrap();
    let found = read_text(root.path(), &two).report.findings;
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].message.contains("of which database") && found[0].hint.contains("main, other"), "{found:?}");
    let named = two.replace(
        "migrations: migrations",
        "migrations: {dir: migrations, component: other}\nqueries: [{name: all, component: main, sql: SELECT 1}]",
    );
    let definition = read_text(root.path(), named).definition.unwrap();
    assert_eq!(definition.migrations.unwrap().component.as_str(), "other");
    assert_eq!(definition.queries[0].component.as_ref().unwrap().as_str(), "main");
}

#[test]
fn a_query_reads_and_has_a_name() {
    let with = |queries: &str| GOOD.replace("migrations: migrations", queries);
    assert_findings(with("queries: [{name: a, sql: DELETE FROM t}]"), &[(11, 26, "queries[1].sql is no SELECT", "one SELECT")]);
    assert_findings(with("queries: [{name: A b, sql: SELECT 1}]"), &[(11, 18, "not a name for a query", "")]);
    assert_findings(with("queries: {a: 1}"), &[(11, 10, "queries must be a list", "- {name")]);
    let twice = with("queries: [{name: a, sql: SELECT 1}, {name: a, sql: SELECT 2}]");
    assert_findings(twice, &[(11, 37, "there twice", "a name of its own")]);
}
