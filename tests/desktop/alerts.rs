//! What somebody on call does: an alert fires, is taken, read about, and over; quiet is agreed on; a rule that cannot fire is seen; ten
//! thousand alerts scroll.

use std::{fs, path::PathBuf};

use quarterdeck_monitor::gathered::Nature;

use super::support::{Bench, PATIENCE, Window, desk::Desk, past::Past, steps, until};

const ENTER: &str = "\u{E007}";
const ESCAPE: &str = "\u{E00C}";

const RULES: &str = r#"groups:
  - name: orders
    interval: 5s
    rules:
      - alert: QueueFull
        expr: file_size_bytes > 1000
        labels: {severity: critical}
        annotations:
          summary: "{{ $value }} bytes wait <img src=x onerror=alert(1)>"
          runbook: queue-full
      - alert: AccuracyLow
        expr: ml_prediction_accuracy < 0.8
        labels: {severity: warning}
"#;

const RUNBOOK: &str = "# The queue is full

See who stopped reading, then [start the readers](start-readers.md).

<script>document.title = 'owned'</script>

![a picture](https://example.com/picture.png)
";

/// A system that watches a file: `QueueFull` fires while that is longer than a thousand bytes. Answers with the file.
fn watched() -> (Bench, PathBuf) {
    let bench = Bench::new();
    let folder = bench.with_definition("shop", &["orders"]);
    let queue = folder.join("queue.txt");
    fs::write(&queue, "x".repeat(5_000)).unwrap();
    let definition = folder.join("quarterdeck.yaml");
    let more = "collect:\n  every: 5 s\n  files:\n    - {name: queue, path: queue.txt}\n";
    fs::write(&definition, fs::read_to_string(&definition).unwrap() + more).unwrap();
    fs::create_dir(folder.join("rules")).unwrap();
    fs::write(folder.join("rules/orders.yml"), RULES).unwrap();
    fs::create_dir(folder.join("runbooks")).unwrap();
    fs::write(folder.join("runbooks/queue-full.md"), RUNBOOK).unwrap();
    fs::write(folder.join("runbooks/start-readers.md"), "# Start the readers\n\n1. One at a time.\n").unwrap();
    let notify = "route: {receiver: desktop, group_wait: 1s, group_interval: 2s, repeat_interval: 1h}\nreceivers: [{name: desktop}]\n";
    fs::write(folder.join("notify.yml"), notify).unwrap();
    bench.line(&format!("add {}", folder.display())).done();
    // It was measured before: what is missing is missing.
    drop(Past::of(&bench.home()));
    (bench, queue)
}

#[test]
fn an_alert_is_chosen_on_the_desktop_taken_read_about_and_over() {
    let (bench, queue) = watched();
    let desk = Desk::start();
    let window = Window::opening(&bench.home()).bus(desk.address()).open();
    window.see("database-row", "shop");
    let shown = until(PATIENCE, || desk.shown("QueueFull")).expect("the desktop shows it");
    assert!(shown.body.contains("5000 bytes wait"), "{}", shown.body);
    // Whoever listens may not listen yet.
    until(PATIENCE, || {
        desk.choose(shown.number);
        hash(&window).starts_with("#/alerts/").then_some(())
    })
    .expect("the notification opens the alert");

    window.see("alert-drawer", "QueueFull");
    window.text_when("alert-chip", |chip| chip.contains("Firing"));
    // Text from outside is text.
    window.see("alert-about", "<img src=x onerror=alert(1)>");
    window.see("alert-expression", "file_size_bytes");
    window.text_when("alert-values", |values| values.contains("limit"));
    window.see("alert-told", "shown as number");
    window.screenshot("alert-firing");

    read_the_runbook(&window);
    window.press(&["a"]);
    window.see("acknowledge-dialog", "QueueFull");
    steps::fits(&window, "alert-acknowledge");
    window.fill("acknowledge-note", "the readers are being started");
    window.click("acknowledge-do");
    window.gone("acknowledge-dialog");
    window.text_when("alert-chip", |chip| chip.contains("Acknowledged"));
    window.see("alert-owner", "the readers are being started");
    window.screenshot("alert-acknowledged");

    fs::write(&queue, "x").unwrap();
    window.text_when("alert-chip", |chip| chip.contains("Resolved"));
    until(PATIENCE, || desk.shown("Over: QueueFull")).expect("the desktop says that it is over");
    window.press(&[ESCAPE]);
    window.gone("alert-drawer");

    window.go("#/history?text=QueueFull");
    window.see("event", "QueueFull");
    let kinds = || window.script("return [...document.querySelectorAll('[data-testid=event-kind]')].map((each) => each.dataset.kind)");
    let told = until(PATIENCE, || Some(kinds()).filter(|kinds| kinds.as_array().is_some_and(|all| all.len() >= 3))).expect("events");
    for kind in ["resolved", "acknowledged", "firing"] {
        assert!(told.as_array().unwrap().iter().any(|each| each == kind), "{kind} in {told}");
    }
    window.go("#/history?tab=notices");
    window.see("notice", "QueueFull");
    steps::fits(&window, "alert-history");
}

/// What a page brings is shown, never run or fetched.
fn read_the_runbook(window: &Window) {
    window.see("alert-runbook", "See who stopped reading");
    window.see("alert-runbook", "<script>");
    assert_eq!(window.count("runbook-link"), 2, "a picture is a link with its words");
    window.click("runbook-link");
    window.see("alert-runbook", "One at a time");
    window.click("runbook-back");
    window.see("alert-runbook", "See who stopped reading");
    let brought = "return document.querySelectorAll('[data-testid=alert-drawer] img, [data-testid=alert-drawer] script').length";
    assert_eq!(window.script(brought), 0);
    assert_ne!(window.script("return document.title"), "owned");
}

#[test]
fn quiet_is_agreed_on_after_what_it_would_hold_was_seen() {
    let (bench, _queue) = watched();
    let window = Window::open(&bench.home());
    window.go("#/alerts");
    window.fill("alerts-search", "QueueFull");
    window.text_when("alert-state", |state| state.contains("Firing"));
    window.click_css("[data-testid=alert-row] td:nth-child(3)");
    window.see("alert-drawer", "QueueFull");
    window.press(&["s"]);
    window.see("silence-sentence", "Would hold 1 of");
    window.see("silence-hit", "QueueFull");
    assert!(window.refuses("silence-do"), "no reason, no silence");
    window.fill("silence-reason", "bulk load");
    steps::fits(&window, "silence-preview");
    window.click("silence-do");
    window.gone("silence-dialog");
    window.text_when("alert-chip", |chip| chip.contains("Silenced"));
    window.see("alert-relations", "bulk load");
    window.go("#/silences");
    window.see("silence", "bulk load");
    window.click("silence-end");
    window.see("silence-end-dialog", "1 alert");
    window.click("silence-end-do");
    window.text_when("silence-state", |state| state.contains("Over"));
    window.go("#/alerts");
    window.fill("alerts-search", "QueueFull");
    window.text_when("alert-state", |state| state.contains("Firing"));

    window.go("#/routes");
    window.fill("route-labels", "severity=critical system=shop");
    window.press(&[ENTER]);
    window.see("route-answer", "desktop");
    window.see("route-told", "is told");
    steps::fits(&window, "routes");
}

#[test]
fn a_rule_that_cannot_fire_is_seen_as_a_defect() {
    let (bench, _queue) = watched();
    let window = Window::open(&bench.home());
    window.go("#/alerts");
    window.fill("alerts-search", "AccuracyLow");
    window.text_when("alert-state", |state| state.contains("No data"));
    window.see("alert-row", "never seen: ml_prediction_accuracy");
    window.go("#/rules");
    window.see("rule-defects", "AccuracyLow");
    window.see("rule-defects", "never seen: ml_prediction_accuracy");
    window.see("rule-defects", "orders.yml:");
    steps::fits(&window, "rules");
    window.fill("rules-search", "AccuracyLow");
    window.click_css("[data-testid=rule-row] td:nth-child(2)");
    window.see("rule-cure", "Have it measured");
    window.see("rule-drawer", "ml_prediction_accuracy < 0.8");
    steps::fits(&window, "rule-defect");
}

#[test]
#[expect(clippy::print_stdout, reason = "how long the steps took is for people to read")]
fn ten_thousand_alerts_scroll() {
    const MANY: usize = 10_000;
    let bench = Bench::new();
    let folder = bench.with_definition("shop", &["orders"]);
    fs::create_dir(folder.join("rules")).unwrap();
    let rules = "groups:\n  - name: many\n    interval: 1m\n    rules:\n      - alert: NodeHot\n        expr: node_heat > 1\n        labels: {severity: warning}\n        annotations: {summary: 'node {{ $labels.node }} is at {{ $value }}'}\n";
    fs::write(folder.join("rules/many.yml"), rules).unwrap();
    fs::write(folder.join("notify.yml"), "route: {receiver: nobody}\nreceivers: [{name: nobody}]\n").unwrap();
    bench.line(&format!("add {}", folder.display())).done();
    let mut past = Past::of(&bench.home());
    for n in 0..MANY {
        let node = format!("n{n}");
        past.series(
            "shop/scrape/test",
            Nature::Gauge,
            &[("__name__", "node_heat"), ("system", "shop"), ("node", &node)],
            (1, 15_000),
            |_| 9.0,
        );
    }
    drop(past);
    let window = Window::open(&bench.home());
    window.go("#/alerts");
    let counted = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>().parse().unwrap_or(0_usize);
    window.text_when("alerts-group-firing", |text| counted(text) >= MANY);
    // From the event of a scroll to the frame that shows it: what the page's scripts take.
    window.script(
        "window.measured = undefined;
         const list = document.querySelector('[data-testid=alerts-scroll]'); const took = []; let began = 0; let rows = 0; let left = 300;
         window.addEventListener('scroll', () => { began = performance.now() }, { capture: true });
         const step = () => {
           list.scrollTop += 138;
           requestAnimationFrame(() => {
             if (began) took.push(performance.now() - began);
             began = 0; rows = Math.max(rows, list.querySelectorAll('tbody tr').length); left -= 1;
             if (left > 0) return setTimeout(step, 0);
             took.sort((a, b) => a - b);
             window.measured = { steps: took.length, median: took[Math.floor(took.length * .5)], p95: took[Math.floor(took.length * .95)], rows };
           });
         };
         step();",
    );
    let measured =
        until(PATIENCE, || Some(window.script("return window.measured ?? null")).filter(|measured| !measured.is_null())).expect("steps");
    println!("ten thousand alerts: {measured}");
    assert!(measured["rows"].as_u64().is_some_and(|rows| rows <= 100), "{measured}");
    assert!(measured["steps"].as_u64().is_some_and(|steps| steps >= 250), "{measured}");
    window.screenshot("alerts-many");
}

fn hash(window: &Window) -> String {
    window.script("return location.hash").as_str().unwrap_or_default().to_owned()
}
