//! What people do in the window, one step after the other. The tests and `make run` without a display take the same steps.

use std::path::Path;

use super::{PATIENCE, Window, until};

/// Adds a file in the dialog, or on the first page of a new store. Ends on the page of the system.
#[track_caller]
pub fn add(window: &Window, path: &Path) {
    window.go("#/overview");
    window.see("page-title", "Overview");
    until(PATIENCE, || (window.count("first-database") + window.count("database-row") > 0).then_some(())).expect("the overview is there");
    if window.count("first-database") == 0 {
        window.click("add-open");
    }
    window.fill("add-path", path.to_str().unwrap());
    window.text_when("add-verdict", |text| !text.contains("Looking"));
    window.click("add-submit");
    window.gone("add-submit");
}

/// Takes a snapshot on the system's page and waits until it is in the list.
#[track_caller]
pub fn back_up(window: &Window, system: &str) {
    start_backup(window, system);
    window.see("snapshot-details", "integrity ok");
    window.see("tray-job", "succeeded");
}

/// Asks for a snapshot.
#[track_caller]
pub fn start_backup(window: &Window, system: &str) {
    window.go(&format!("#/snapshots/{system}"));
    window.see("page-title", "Snapshots");
    // What is true now comes by itself, and moves the button where it comes last.
    window.see("truth", "");
    window.click("backup-now");
}

/// Chooses the newest snapshot and the live file, and shows the plan.
#[track_caller]
pub fn plan_in_place(window: &Window, system: &str) {
    window.go(&format!("#/snapshots/{system}"));
    window.click("restore-open");
    window.click("destination-in-place");
    window.click("restore-plan");
    window.see("restore-plan-view", "What will happen");
}

/// Types the name that the plan in view asks for, starts it, and waits for the report.
#[track_caller]
pub fn confirm(window: &Window, word: &str) {
    window.fill("confirm-word", word);
    window.click("restore-start");
    report(window);
}

/// Takes back the restore whose report is in view.
#[track_caller]
pub fn undo(window: &Window, word: &str) {
    window.click("undo-open");
    window.see("restore-plan-view", "What will happen");
    window.fill("confirm-word", word);
    window.click("undo-start");
    report(window);
}

/// Waits for the end of the job in view, which must be a good one.
#[track_caller]
pub fn report(window: &Window) {
    let words = window.see("report-outcome", "");
    assert_eq!(window.attribute("report-outcome", "data-state").as_deref(), Some("succeeded"), "{words}");
    window.see("restore-report", "");
}

/// Chooses a value in a menu.
#[track_caller]
pub fn choose(window: &Window, menu: &str, value: &str) {
    window.click_css(&format!("[data-testid={menu}] option[value=\"{value}\"]"));
}

/// Says of the database whose migrations are in view that it holds what the files up to a version make.
#[track_caller]
pub fn set_baseline(window: &Window, version: &str) {
    window.see("migration-notices", "nobody knows");
    window.click("notice-baseline");
    choose(window, "adopt-baseline", version);
    window.see("adopt-says", "");
    window.click("adopt-start");
    window.gone("adopt-dialog");
    window.see("timeline-here", version);
}

/// Rehearses what is pending on a copy of the live database, and waits for the result beside the timeline.
#[track_caller]
pub fn rehearse(window: &Window) {
    window.click("rehearse-open");
    window.see("rehearse-dialog", "copy");
    window.click("rehearse-start");
    window.gone("rehearse-dialog");
    window.see("rehearsal-strip", "Rehearsal of");
}

/// Applies what is pending, typing the word that production asks for. Ends on the report, which must be good.
#[track_caller]
pub fn apply_migrations(window: &Window, word: &str) {
    window.click("apply-open");
    window.see("apply-plan", "What will happen");
    assert!(window.refuses("apply-start"), "no name, nothing is applied");
    window.fill("confirm-word", word);
    window.click("apply-start");
    let words = window.see("report-outcome", "");
    assert_eq!(window.attribute("report-outcome", "data-state").as_deref(), Some("succeeded"), "{words}");
    window.see("migration-report", "What ran");
}

/// Runs a drill of the system whose page is in view, which must pass.
#[track_caller]
pub fn drill(window: &Window) {
    window.click("drill-open");
    window.see("drill-dialog", "scratch");
    window.click("drill-start");
    window.gone("drill-dialog");
    window.see("drill-details", "Passed");
}

/// From now on, keeps what every progress bar of the page says.
pub fn watch_progress(window: &Window) {
    window.script(
        "window.seenProgress = [];
         const look = () => { for (const bar of document.querySelectorAll('[role=progressbar]')) window.seenProgress.push(Number(bar.getAttribute('aria-valuenow'))); };
         new MutationObserver(look).observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ['aria-valuenow'] });",
    );
}

/// What the progress bars said since then, each value once, in order.
pub fn progress_seen(window: &Window) -> Vec<u64> {
    let seen = window.script("return [...new Set(window.seenProgress)]");
    seen.as_array().unwrap().iter().filter_map(serde_json::Value::as_u64).collect()
}

/// Nothing of the page reaches beyond it: neither the window nor a part that scrolls downwards has to be moved sideways, and every button is
/// inside the window. Writes what it looks like.
#[track_caller]
pub fn fits(window: &Window, name: &str) {
    let shot = window.screenshot(name);
    // One pixel is what rounding makes of a half.
    let beyond = window.script(
        "const wide = [document.documentElement, ...document.querySelectorAll('.page-body, .page-head, .page-foot, .scrolls, dialog, dialog .body, .drawer, .drawer-body')];
         const cut = [...document.querySelectorAll('main button, main a.button, dialog[open] button')].filter((each) => {
           const box = each.getBoundingClientRect();
           return box.width > 0 && (box.left < 0 || box.right > innerWidth);
         });
         return [...wide.filter((each) => each.scrollWidth > each.clientWidth + 1), ...cut].map((each) => `${each.tagName} ${each.className}`);",
    );
    assert_eq!(beyond, serde_json::json!([]), "{}", shot.display());
}
