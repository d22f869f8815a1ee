//! Who may do what, and the trail that says who did.

use std::process::Command;

use crate::support::{Bench, bench::ask};

#[test]
fn the_first_user_is_operator_and_cannot_lock_everybody_out() {
    let bench = Bench::new();
    let who = bench.line("call get_session {}").done().json()["who"].as_str().unwrap().to_owned();
    let roles = bench.line("roles list --json").done().json();
    let held: Vec<&str> =
        roles.as_array().unwrap().iter().filter(|grant| grant["who"] == who).map(|grant| grant["role"].as_str().unwrap()).collect();
    assert!(held.contains(&"operator") && held.contains(&"approver"), "{roles}");
    bench.line(&format!("roles revoke {who} operator --json")).code(3).fault("last-operator", &who);
}

#[test]
fn below_its_role_an_operation_is_refused_and_leaves_a_line() {
    let (bench, _) = Bench::with_shop(10);
    let who = bench.line("call get_session {}").done().json()["who"].as_str().unwrap().to_owned();
    bench.line("roles grant ada operator").done();
    bench.line(&format!("roles revoke {who} operator")).done();
    bench.line("backup shop --json").code(3).fault("forbidden", "operator");
    bench.line("snapshots shop").done();
    let audit = bench.line("audit list --json").done().json();
    let refused = audit.as_array().unwrap().iter().find(|line| line["operation"] == "backup_system").unwrap();
    assert_eq!((refused["outcome"].as_str(), refused["who"].as_str()), (Some("forbidden"), Some(who.as_str())));
}

#[test]
fn a_rewritten_audit_trail_shows() {
    let (bench, _) = Bench::with_shop(10);
    bench.line("backup shop").done();
    let trail = bench.line("audit list --json").done().json();
    for operation in ["add_system", "backup_system"] {
        assert!(trail.as_array().unwrap().iter().any(|line| line["operation"] == operation), "{operation} is not in {trail}");
    }
    bench.line("audit verify").done();
    let store = bench.home().join("quarterdeck.db");
    let tables = ask(&store, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE '%audit%';");
    assert_eq!(tables.lines().count(), 1, "{tables}");
    // Somebody with the file and the shell, who also takes away whatever guards the rows.
    let triggers = ask(&store, &format!("SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = '{tables}';"));
    let guards: String = triggers.lines().map(|name| format!("DROP TRIGGER \"{name}\"; ")).collect();
    ask(&store, &format!("{guards}UPDATE {tables} SET who = 'mallory' WHERE number = 2;"));
    let verdict = bench.line("audit verify --json").code(1).json();
    assert!(verdict["findings"].to_string().contains('2'), "it names the line: {verdict}");
}

#[test]
fn the_store_is_closed_to_other_users() {
    use std::os::unix::fs::PermissionsExt;
    let (bench, _) = Bench::with_shop(10);
    bench.line("backup shop").done();
    let found = Command::new("find").arg(bench.home()).args(["-perm", "/077", "-not", "-path", "*/repository/*"]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&found.stdout), "", "readable by others");
    assert_eq!(std::fs::metadata(bench.home()).unwrap().permissions().mode() & 0o777, 0o700);
}
