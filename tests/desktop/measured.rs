//! What the example's application does, on the pages that read it: its log, what was promised of it, how it grows.

use std::{
    fs,
    io::{BufRead, BufReader},
    process::Stdio,
};

use super::support::{Bench, Owned, PATIENCE, Window, past, steps, until};

/// The example with a past of one day and its application running, at a port of its own.
fn living() -> (Bench, Owned) {
    let bench = Bench::new();
    bench.line("example load --rows 300").done();
    let size = fs::metadata(bench.home().join("examples/reputation/data/reputation.db")).unwrap().len();
    past::of_the_example(&bench.home(), size);
    let mut command = bench.command(["example", "serve", "--port", "0", "--rate", "8"]);
    let mut application = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut said = String::new();
    BufReader::new(application.stdout.take().unwrap()).read_line(&mut said).unwrap();
    let port = said.split_once("127.0.0.1:").and_then(|(_, rest)| rest.split_once('/')).map(|(port, _)| port.to_owned());
    let port = port.unwrap_or_else(|| panic!("no port in {said:?}"));
    let definition = bench.home().join("examples/reputation/quarterdeck.yaml");
    fs::write(&definition, fs::read_to_string(&definition).unwrap().replace("127.0.0.1:9188", &format!("127.0.0.1:{port}"))).unwrap();
    (bench, Owned(application))
}

/// How many lines the foot of a log says were read.
fn lines(window: &Window) -> u64 {
    let foot = window.text_now("log-foot").unwrap_or_default();
    foot.split(' ').next().and_then(|figure| figure.replace(',', "").parse().ok()).unwrap_or(0)
}

#[test]
fn a_log_is_followed_and_narrowed_while_it_grows() {
    let (bench, _application) = living();
    let window = Window::open(&bench.home());
    window.go("#/logs/reputation");
    window.see("log-foot", "service.log");
    let before = until(PATIENCE, || Some(lines(&window)).filter(|lines| *lines > 3)).expect("lines are there");
    until(PATIENCE, || (lines(&window) > before).then_some(())).expect("more come while nobody asks");
    window.fill("log-filter", "review answered in \\d+ ms");
    window.see("log-foot", "that match");
    assert!(
        window
            .script("return [...document.querySelectorAll('[data-testid=log-line]')].every((line) => line.querySelector('mark'))")
            .as_bool()
            .unwrap()
    );
    steps::fits(&window, "log-filtered");
    window.fill("log-filter", "review (");
    window.see("fault-notice", "review (");
    steps::fits(&window, "log-wrong-filter");
    window.fill("log-filter", "no line says this");
    window.see("log-lines", "matches");
    // Once empties the field, twice leaves it.
    window.press(&["\u{E00C}"]);
    window.press(&["\u{E00C}"]);
    window.text_when("log-foot", |foot| !foot.contains("match"));
    window.press(&["k"]);
    window.press(&["\u{E007}"]);
    window.see("log-whole", "answered in");
    steps::fits(&window, "log-line");
}

#[test]
fn promises_and_growth_stand_beside_what_was_measured() {
    let (bench, _application) = living();
    let window = Window::open(&bench.home());
    window.go("#/promises/reputation");
    window.see("promise-verdict", "SLA of reputation: ");
    assert_eq!(window.count("promise-row"), 9);
    assert!(window.count("promise-partial") > 0, "a day of thirty is said to be little");
    steps::fits(&window, "promises");
    steps::choose(&window, "promise-window", "86400000");
    window.see("promise-verdict", "promises are kept");
    let review = window.script("return [...document.querySelectorAll('[data-testid=promise-row]')].map((row) => row.innerText).find((text) => text.includes('Appeal review'))");
    let review = review.as_str().unwrap().replace('\u{a0}', " ");
    assert!(review.contains("< 15 ms") && review.contains("alert > 25 ms") && review.contains("of 99 %"), "{review}");
    window.screenshot("promises-of-a-day");
    window.click_css("[data-testid='promise-Appeal review']");
    window.see("page-title", "Explore");

    window.go("#/capacity/reputation");
    window.see("capacity", "main");
    window.click_css("[data-row='database/main'] td:nth-child(2)");
    window.see("capacity-detail", "main");
    window.see("capacity-plan", "500\u{a0}MB");
    window.see("capacity-method", "Theil");
    steps::fits(&window, "capacity");
}
