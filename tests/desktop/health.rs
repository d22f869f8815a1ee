//! What support sees when something is slow: the cause in three clicks, a chart taken along, the thirty-second check.

use std::path::Path;

use std::fs;

use quarterdeck_monitor::gathered::Nature;

use super::support::{Bench, PATIENCE, Window, past::Past, steps, until};

const ESCAPE: &str = "\u{E00C}";
const LEFT: &str = "\u{E012}";

/// Two hours of a system whose reviews took 11 ms, and for the last 25 minutes 310 ms.
fn slowed() -> Bench {
    let bench = Bench::new();
    let folder = bench.with_definition("shop", &["orders"]);
    let definition = folder.join("quarterdeck.yaml");
    let more = "collect:\n  every: 5 s\npromises:\n  - {name: Review, query: max(review_seconds), unit: s, target: \"< 0.025\", alert: \"> 0.1\", window: 1 h}\n";
    fs::write(&definition, fs::read_to_string(&definition).unwrap() + more).unwrap();
    fs::create_dir(folder.join("dashboards")).unwrap();
    let dashboard = "title: Overview\nspan: 1 h\npanels:\n  - title: Review\n    kind: lines\n    unit: s\n    query: max(review_seconds)\n    thresholds:\n      - {value: 0.025, tone: attention, name: target}\n  - title: Size of the log\n    kind: area\n    unit: bytes\n    query: sqlite_wal_bytes\n";
    fs::write(folder.join("dashboards/overview.yml"), dashboard).unwrap();
    bench.line(&format!("add {}", folder.display())).done();
    bench.line("backup shop").done();
    let labels = [("__name__", "review_seconds"), ("system", "shop")];
    Past::of(&bench.home()).series("shop/scrape/test", Nature::Gauge, &labels, (481, 15_000), |back| {
        (if back >= 26 * 60_000 { 0.011 } else { 0.310 }) * (1.0 + (back / 15_000 % 3) as f64 / 200.0)
    });
    bench
}

#[test]
fn a_slowdown_is_found_from_the_overview_in_three_clicks() {
    let bench = slowed();
    let window = Window::open(&bench.home());
    window.see("health-line", "Review");
    window.screenshot("health-overview");
    window.click("health-line-shop");
    window.see("verdict", "Review");
    assert_ne!(window.attribute("verdict", "data-tone").as_deref(), Some("ok"));
    window.see("changes", "Review went from 11");
    window.screenshot("health-system");
    let first = (0..8).find(|n| window.text_now(&format!("change-{n}")).is_some_and(|text| text.contains("Review went"))).unwrap();
    window.click(&format!("change-{first}"));
    window.see("page-title", "Explore");
    window.see("explore-chart", "");
    // The first and the last value of the stretch are those before and after.
    window.script("document.querySelector('[data-testid=explore-chart-plot]').focus()");
    window.press(&[LEFT]);
    window.see("explore-chart-readout", "31");
    window.screenshot("health-cause");
}

#[test]
fn a_chart_is_zoomed_and_taken_along() {
    let bench = slowed();
    let window = Window::open(&bench.home());
    window.go("#/health/shop");
    window.see("panel-0-now", "");
    window.drag("[data-testid=panel-0] .u-over", 0.4, 0.8);
    until(PATIENCE, || hash(&window).contains("from=").then_some(())).expect("the span is in the address");
    window.see("panel-0-now", "");
    window.screenshot("health-zoomed");
    steps::fits(&window, "health-zoomed-fits");
    for (form, begins) in [("svg", &b"<svg"[..]), ("png", &b"\x89PNG"[..])] {
        let file = bench.file(format!("review.{form}"));
        window.script(&chosen(&file));
        window.click("panel-0-acts");
        window.click(&format!("panel-0-{form}"));
        let picture = until(PATIENCE, || fs::read(&file).ok().filter(|bytes| bytes.len() > 500)).expect("the picture is written");
        assert!(picture.starts_with(begins) || picture.starts_with(b"<?xml"), "{form}");
    }
    window.press(&[ESCAPE]);
    until(PATIENCE, || (!hash(&window).contains("from=")).then_some(())).expect("Escape goes back");
}

#[test]
fn the_thirty_second_check_ends_in_a_verdict_that_can_be_copied() {
    let bench = slowed();
    let window = Window::open(&bench.home());
    window.go("#/health");
    window.see("health-verdict", "shop");
    window.press(&["c"]);
    window.text_when("check-verdict", |text| text.contains("checks in"));
    assert_ne!(window.attribute("check-verdict", "data-tone").as_deref(), Some("ok"));
    window.see("check-drawer", "Review");
    steps::fits(&window, "health-check");
    window.click("check-copy");
    window.see("toast", "copied");
    window.press(&[ESCAPE]);
    window.gone("check-drawer");
}

#[test]
fn a_wrong_query_is_marked_in_its_place() {
    let bench = slowed();
    let window = Window::open(&bench.home());
    window.go("#/explore");
    window.see("explore-empty", "PromQL");
    window.fill("explore-query", "max(review_seconds");
    window.click("explore-ask");
    window.see("explore-query-caret", "^");
    window.fill("explore-query", "max(review_seconds)");
    window.click("explore-ask");
    window.see("explore-table", "310");
    steps::fits(&window, "explore");
}

fn hash(window: &Window) -> String {
    window.script("return location.hash").as_str().unwrap_or_default().to_owned()
}

/// Answers in the place of the desktop's own dialog, which no driver reaches.
fn chosen(file: &Path) -> String {
    let answer = serde_json::json!(file).to_string();
    format!(
        "window.realFetch ??= window.fetch;
         window.fetch = (url, asked) => /plugin(:|%3A)dialog(\\||%7C)save/i.test(String(url))
           ? Promise.resolve(new Response({}, {{ headers: {{ 'Content-Type': 'application/json', 'Tauri-Response': 'ok' }} }}))
           : window.realFetch(url, asked);",
        serde_json::json!(answer)
    )
}
