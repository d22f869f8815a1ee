//! The real window, clicked: what a DBA does at 3 a.m. (docs/decisions/0007).
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "what cannot be set up ends the test")]

#[path = "desktop/alerts.rs"]
mod alerts;
#[path = "desktop/health.rs"]
mod health;
#[path = "desktop/measured.rs"]
mod measured;
#[path = "desktop/poll.rs"]
mod poll;
#[path = "desktop/readiness.rs"]
mod readiness;
mod support;

use std::fs;

use support::{Bench, PATIENCE, Window, bench::ask, steps, until};

#[test]
fn the_window_opens_on_an_added_database() {
    let (bench, _) = Bench::with_shop(100);
    let window = Window::open(&bench.home());
    window.see("database-row", "shop");
    window.screenshot("overview-one");
}

#[test]
fn deleted_rows_come_back_by_the_wizard_and_undo_takes_that_back() {
    let bench = Bench::new();
    let path = bench.file("shop.db");
    quarterdeck_testkit::shop(&path, 400_000, "wal");
    let window = Window::open(&bench.home());
    steps::add(&window, &path);
    steps::watch_progress(&window);
    steps::back_up(&window, "shop");
    let seen = steps::progress_seen(&window);
    assert!(seen.len() >= 2, "progress was seen moving: {seen:?}");
    assert_eq!(ask(&path, "DELETE FROM orders WHERE id % 2 = 0; SELECT count(*) FROM orders;"), "200000");

    steps::plan_in_place(&window, "shop");
    window.see("plan-loss", "orders");
    steps::confirm(&window, "shop");
    assert_eq!(ask(&path, "PRAGMA integrity_check; SELECT count(*) FROM orders;"), "ok\n400000");
    window.screenshot("report");

    steps::undo(&window, "shop");
    assert_eq!(ask(&path, "PRAGMA integrity_check; SELECT count(*) FROM orders;"), "ok\n200000");
}

#[test]
fn in_production_nothing_starts_before_the_name_is_typed() {
    let bench = Bench::new();
    let path = bench.file("shop.db");
    quarterdeck_testkit::shop(&path, 1000, "wal");
    bench.line(&format!("add {} --environment production", path.display())).done();
    bench.line("backup shop").done();
    ask(&path, "DELETE FROM orders;");
    let window = Window::open(&bench.home());
    steps::plan_in_place(&window, "shop");
    window.see("confirm-bar", "shop");
    assert!(window.refuses("restore-start"), "no name, no restore");
    window.fill("confirm-word", "ship");
    assert!(window.refuses("restore-start"), "a wrong name, no restore");
    window.screenshot("confirm-production");
    steps::confirm(&window, "shop");
    assert_eq!(ask(&path, "SELECT count(*) FROM orders;"), "1000");
}

#[test]
fn cancel_stops_a_backup_and_leaves_no_snapshot() {
    let (bench, _) = Bench::with_shop(2000);
    let gate = bench.file("go");
    let window = Window::opening(&bench.home()).failpoint(format!("backup.streaming=wait:{}", gate.display())).open();
    steps::start_backup(&window, "shop");
    until(PATIENCE, || gate.with_extension("here").exists().then_some(())).expect("the backup is under way");
    window.screenshot("running");
    window.click("tray-cancel");
    fs::write(&gate, "").unwrap();
    window.see("tray-job", "cancelled");
    assert_eq!(window.count("snapshot-row"), 0);
    assert_eq!(bench.line("jobs --json").done().json()[0]["state"], "cancelled");
}

#[test]
fn a_file_that_is_no_database_is_named_before_it_is_added() {
    let bench = Bench::new();
    let path = bench.file("diary.db");
    quarterdeck_testkit::museum::text_file(&path);
    let window = Window::open(&bench.home());
    window.fill("add-path", path.to_str().unwrap());
    window.text_when("add-verdict", |text| text.to_lowercase().contains("not a database") || text.to_lowercase().contains("not an sqlite"));
    assert!(window.refuses("add-submit"));
    window.screenshot("refused");
}

#[test]
fn the_palette_goes_everywhere_by_keyboard() {
    const CONTROL: &str = "\u{E009}";
    const ENTER: &str = "\u{E007}";
    let (bench, _) = Bench::with_shop(100);
    let window = Window::open(&bench.home());
    window.see("database-row", "shop");
    window.press(&[CONTROL, "k"]);
    window.fill("palette-query", "audit");
    window.press(&[ENTER]);
    window.see("page-title", "Audit");
}

#[test]
fn the_wizard_fits_its_window_in_the_dark() {
    let (bench, path) = Bench::with_shop(2000);
    bench.line("backup shop").done();
    ask(&path, "DELETE FROM orders WHERE id % 2 = 0;");
    let window = Window::opening(&bench.home()).dark().open();
    steps::plan_in_place(&window, "shop");
    window.see("plan-loss", "orders");
    steps::fits(&window, "plan-dark");
    window.fill("confirm-word", "shop");
    steps::fits(&window, "confirm-dark");
    steps::confirm(&window, "shop");
    steps::fits(&window, "report-dark");
    window.click("undo-open");
    window.see("restore-plan-view", "What will happen");
    window.see("confirm-bar", "shop");
    steps::fits(&window, "undo-dark");
}

#[test]
fn long_names_and_paths_fit_the_smallest_window() {
    const NAME: &str = "customer-feedback-and-survey-answers-of-the-northern-region";
    let bench = Bench::new();
    let path = bench.file(format!("{NAME}.sqlite3"));
    quarterdeck_testkit::shop(&path, 500, "wal");
    bench.line(&format!("add {} --name {NAME} --environment staging", path.display())).done();
    bench.line(&format!("backup {NAME}")).done();
    let window = Window::open(&bench.home());
    window.resize(900, 600);
    for (name, address) in PAGES {
        window.go(&address.replace("shop", NAME));
        window.text_when("page-title", |title| !title.is_empty() && (*name == "overview" || title != "Overview"));
        steps::fits(&window, &format!("{name}-long"));
    }
    window.go(&format!("#/system/{NAME}"));
    window.click("forget-open");
    window.see("forget-dialog", NAME);
    steps::fits(&window, "forget-long");
}

#[test]
fn one_component_of_several_comes_back_alone() {
    let bench = Bench::new();
    let folder = bench.with_definition("shop", &["orders", "customers"]);
    bench.line(&format!("add {}", folder.display())).done();
    bench.line("backup shop").done();
    for name in ["orders", "customers"] {
        ask(&folder.join(format!("{name}.db")), "DELETE FROM orders;");
    }
    let window = Window::open(&bench.home());
    window.go("#/snapshots/shop");
    window.click("restore-open");
    steps::choose(&window, "restore-component", "customers");
    window.click("destination-in-place");
    window.click("restore-plan");
    window.see("restore-plan-view", "customers");
    steps::confirm(&window, "customers");
    window.screenshot("component-report");
    assert_eq!(ask(&folder.join("customers.db"), "SELECT count(*) FROM orders;"), "500");
    assert_eq!(ask(&folder.join("orders.db"), "SELECT count(*) FROM orders;"), "0", "the other one stays as it is");
}

#[test]
fn a_point_is_picked_on_the_timeline_and_that_one_comes_back() {
    const LEFT: &str = "\u{E012}";
    const RIGHT: &str = "\u{E014}";
    let (bench, path) = Bench::with_shop(300);
    for label in ["first", "second", "third"] {
        bench.line(&format!("backup shop --label {label}")).done();
        ask(&path, "DELETE FROM orders WHERE id IN (SELECT id FROM orders LIMIT 100);");
    }
    let window = Window::open(&bench.home());
    window.go("#/snapshots/shop");
    window.see("snapshot-details", "third");
    // A click far from any snapshot takes the nearest one; the arrows go on from there.
    window.script(
        "const track = document.querySelector('[data-testid=snapshot-timeline] [role=slider]'); const box = track.getBoundingClientRect();
         track.dispatchEvent(new MouseEvent('click', { bubbles: true, clientX: box.left + 4, clientY: box.top + 20 }));
         track.focus();",
    );
    window.see("snapshot-details", "first");
    window.press(&[RIGHT]);
    window.see("snapshot-details", "second");
    window.press(&[LEFT]);
    window.see("snapshot-details", "first");
    window.press(&[RIGHT]);
    window.screenshot("timeline-second");
    let file = bench.file("second.db");
    window.click("restore-open");
    window.fill("restore-path", file.to_str().unwrap());
    window.click("restore-plan");
    window.click("restore-start");
    steps::report(&window);
    assert_eq!(ask(&file, "SELECT count(*) FROM orders;"), "200");
}

#[test]
fn a_drill_is_run_and_its_proof_is_read_on_the_overview() {
    let (bench, _) = Bench::with_shop(2000);
    bench.line("backup shop").done();
    let window = Window::open(&bench.home());
    window.go("#/drills/shop");
    window.see("empty-state", "No drill yet");
    window.screenshot("drills-empty");
    steps::drill(&window);
    window.see("drill-details", "Image");
    window.see("drill-chart-time", "Measured time to be back of 1 drill");
    steps::fits(&window, "drills-passed");
    window.go("#/overview");
    window.see("database-row", "Proved restorable");
    window.screenshot("overview-drilled");
}

#[test]
fn a_rotten_pack_is_shown_and_explained_and_the_way_out_is_a_button() {
    let (bench, _) = Bench::with_shop(4000);
    bench.line("backup shop --label sound").done();
    bench.rot("shop");
    let window = Window::open(&bench.home());
    window.go("#/repository/shop");
    window.click("check-reading-all");
    window.click("check-open");
    window.see("damage", "The pack");
    assert_eq!(window.attribute("repository-standing", "data-tone").as_deref(), Some("critical"));
    window.see("affected", "shop cannot be restored");
    window.see("still-restorable", "Its only snapshot cannot be restored");
    window.see("care-steps", "Back up");
    steps::fits(&window, "repository-rotten");

    window.go("#/snapshots/shop");
    window.see("snapshot-row", "Damaged");
    window.see("snapshot-damage", "cannot be restored");
    window.screenshot("snapshots-rotten");

    window.go("#/repository/shop");
    window.click("repair-open");
    window.see("repair-dialog", "Move 1 damaged pack");
    window.screenshot("repair-plan");
    window.click("repair-start");
    window.gone("repair-dialog");
    window.see("tray-job", "succeeded");
}

#[test]
fn one_snapshot_is_forgotten_by_name_and_the_last_proof_is_not() {
    let (bench, path) = Bench::with_shop(100);
    for id in 1..4 {
        ask(&path, &format!("DELETE FROM orders WHERE id = {id}"));
        bench.line("backup shop").done();
    }
    let window = Window::open(&bench.home());
    window.go("#/snapshots/shop");
    window.click("forget-snapshot-open");
    window.see("forget-snapshot-stays", "the last that is proved");
    assert!(window.refuses("forget-snapshot-confirm"));
    window.click("forget-snapshot-keep");
    window.gone("forget-snapshot-dialog");

    let listed = || window.script("return document.querySelectorAll('[data-testid=snapshot-row]').length").as_u64().unwrap();
    let before = listed();
    window.script("document.querySelectorAll('[data-testid=snapshot-row]')[1].click()");
    window.click("forget-snapshot-open");
    window.see("forget-snapshot-loss", "nothing could be restored then: a gap of");
    window.screenshot("snapshot-forget");
    window.click("forget-snapshot-confirm");
    window.gone("forget-snapshot-dialog");
    until(PATIENCE, || (listed() == before - 1).then_some(())).expect("the snapshot is off the list");
}

#[test]
fn a_migration_is_read_rehearsed_applied_and_taken_back() {
    let bench = Bench::new();
    let folder = bench.with_migrations();
    let path = folder.join("shop.db");
    bench.line(&format!("add {}", folder.display())).done();
    let window = Window::open(&bench.home());
    window.go("#/migrations/shop");
    window.see("page-title", "Migrations");
    steps::set_baseline(&window, "0001");
    window.see("unused-files", "has no version in its name");
    window.see("migration-name", "0002_grades.sql");
    window.see("lint-mark", "QD-L32");
    window.see("rehearsal-strip", "Not rehearsed");
    steps::fits(&window, "migrations-pending");

    steps::rehearse(&window);
    window.see("rehearsal-strip", "0002 yes");
    assert_eq!(ask(&path, "SELECT count(*) FROM pragma_table_info('orders');"), "2", "only the copy was changed");
    window.screenshot("migrations-rehearsed");

    steps::apply_migrations(&window, "shop");
    assert_eq!(ask(&path, "PRAGMA integrity_check; SELECT count(*) FROM orders WHERE grade = 'large';"), "ok\n3");
    steps::fits(&window, "migrations-report");
    let report = window.script("return location.hash");
    ask(&path, "INSERT INTO orders (total) VALUES (13);");

    window.click("report-close");
    window.see("timeline-here", "0002");
    window.click("drift-open");
    window.text_when("drift-open", |label| label == "No drift");
    steps::fits(&window, "migrations-drift");

    window.go(report.as_str().unwrap());
    window.click("undo-open");
    window.see("plan-loss", "since the migrations");
    window.screenshot("migrations-undo");
    window.fill("confirm-word", "shop");
    window.click("undo-start");
    steps::report(&window);
    assert_eq!(
        ask(&path, "PRAGMA integrity_check; SELECT count(*) FROM pragma_table_info('orders'); SELECT count(*) FROM orders;"),
        "ok\n2\n3"
    );
    window.go("#/migrations/shop");
    window.see("timeline-here", "0001");
    window.see("apply-open", "Apply 1 migration");
}

#[test]
fn a_schedule_is_written_in_plain_sight_of_its_words_and_next_runs() {
    let (bench, _) = Bench::with_shop(100);
    let window = Window::open(&bench.home());
    window.go("#/schedules/shop");
    window.see("empty-state", "No schedule yet");
    window.click("schedule-add");
    window.fill("schedule-zone", "Europe/Berlin");
    window.fill("schedule-cron", "61 3 * * *");
    window.see("schedule-dialog", "61");
    until(PATIENCE, || window.refuses("schedule-keep").then_some(())).expect("a rhythm that cannot be read is not kept");
    window.screenshot("schedule-wrong");
    window.fill("schedule-cron", "30 3 * * 1-5");
    window.see("schedule-words", "Monday to Friday at 03:30, Europe/Berlin");
    assert_eq!(window.script("return document.querySelectorAll('[data-testid=schedule-next] li').length"), 5);
    window.screenshot("schedule-editor");
    window.click("schedule-keep");
    window.gone("schedule-dialog");
    window.see("schedule-says", "Monday to Friday at 03:30");
    assert_eq!(window.script("return document.querySelectorAll('[data-testid=schedule-coming] li').length"), 5);
    window.see("scheduler", "runs the schedules since");
    steps::fits(&window, "schedules");
}

/// Pages by name and address.
const PAGES: &[(&str, &str)] = &[
    ("overview", "#/overview"),
    ("health", "#/health"),
    ("health-of-one", "#/health/shop"),
    ("health-checks", "#/health/shop?tab=checks"),
    ("health-collectors", "#/health/shop?tab=collectors"),
    ("alerts", "#/alerts"),
    ("rules", "#/rules"),
    ("routes", "#/routes"),
    ("silences", "#/silences"),
    ("alert-history", "#/history"),
    ("messages", "#/history?tab=notices"),
    ("explore", "#/explore"),
    ("promises", "#/promises/shop"),
    ("capacity", "#/capacity/shop"),
    ("logs", "#/logs/shop"),
    ("system", "#/system/shop"),
    ("snapshots", "#/snapshots/shop"),
    ("migrations", "#/migrations/shop"),
    ("apply", "#/apply/shop"),
    ("drills", "#/drills/shop"),
    ("schedules", "#/schedules/shop"),
    ("retention", "#/retention/shop"),
    ("repository", "#/repository/shop"),
    ("restore", "#/restore/shop"),
    ("jobs", "#/jobs"),
    ("audit", "#/audit"),
    ("settings", "#/settings"),
];

#[test]
fn every_page_opens_light_and_dark_and_breaks_no_rule_of_the_window() {
    let (bench, _) = Bench::with_shop(500);
    bench.line("backup shop").done();
    for (look, opening) in [("light", Window::opening(&bench.home())), ("dark", Window::opening(&bench.home()).dark())] {
        let window = opening.open();
        window.script("window.broken = []; addEventListener('securitypolicyviolation', (event) => window.broken.push(event.violatedDirective + ' ' + event.blockedURI)); addEventListener('error', (event) => window.broken.push(event.message)); addEventListener('unhandledrejection', (event) => window.broken.push(String(event.reason)));");
        for (name, address) in PAGES {
            window.go(address);
            window.text_when("page-title", |title| !title.is_empty() && (*name == "overview" || title != "Overview"));
            window.screenshot(&format!("{name}-{look}"));
        }
        assert_eq!(window.script("return window.broken"), serde_json::json!([]), "{look}");
    }
}
