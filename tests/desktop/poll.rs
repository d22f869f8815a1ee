//! From the first station to Go, how a Go falls, and what a closed gate keeps back.

use std::fs;

use super::support::{
    PATIENCE, Window,
    ready::{RELEASE, Ready, draft, sign, stands, station},
    steps, until,
};

/// The window on the poll of a copy.
fn polled(ready: &Ready, copy: &str) -> Window {
    let window = Window::open(&ready.bench.home());
    window.go(&format!("#/readiness/{copy}"));
    window.click("open-poll");
    window.see("poll-counts", "");
    window
}

#[test]
fn stations_answer_in_their_order_and_the_director_decides_go() {
    let ready = Ready::new();
    let copy = ready.signed("2.3");
    let window = polled(&ready, &copy);
    window.see("poll-word", "Asking Tech lead");
    assert_eq!((station(&window, "tech-lead").as_str(), station(&window, "qa-lead").as_str()), ("asked", "waiting"));
    let evidence = window.script("return [...document.querySelectorAll('[data-station=tech-lead] [data-testid=shown-item]')].map((each) => `${each.dataset.item} ${each.dataset.state}`)");
    assert_eq!(evidence, serde_json::json!(["totals holds", "on-call holds"]), "beside the buttons");
    assert!(window.refuses("say-go-qa-lead") && window.refuses("decide-go"));
    assert!(!window.refuses("say-no-go-qa-lead"), "a No-go waits for nobody");
    window.see("decide-refusal", "Go cannot be decided: Tech lead was not answered yet, QA lead waits.");
    window.see("apart-rule", "Each station is another person, and whoever decides is none of them.");
    assert_eq!((window.count("apart-qa-lead"), window.count("decide-apart")), (0, 0), "nobody said anything yet");
    steps::fits(&window, "poll-begun");

    window.click("say-no-go-tech-lead");
    draft(&window, "Ada", "");
    assert!(window.refuses("sign-do"), "a No-go needs a reason");
    steps::fits(&window, "poll-no-go");
    sign(&window, "Ada", "the build is red");
    stands(&window, "tech-lead", "no-go");
    window.see("decide-refusal", "Tech lead says No-go");
    window.see("station-sentence", "the build is red");
    window.screenshot("poll-said-no");
    window.click("say-go-tech-lead");
    sign(&window, "Ada", "green again");
    stands(&window, "tech-lead", "go");

    hold_and_resume(&window);
    says_it_elsewhere(&ready, &window);
    window.click("say-go-qa-lead");
    sign(&window, "Bob", "");
    stands(&window, "qa-lead", "go");
    ready.gate(3);
    window.see("poll-word", "All stand: the director decides");
    decide(&window);
    let verdict = ready.gate(0);
    assert_eq!(verdict["reasons"], serde_json::json!([]));
    window.click("poll-back");
    window.see("verdict-word", "Go");
    assert_eq!(window.attribute("verdict", "data-word").as_deref(), Some("go"));
    steps::fits(&window, "readiness-go");
    take_back(&ready, &window, &copy);
}

/// Whoever spoke at one station is no answer at another: that is said before anybody types a passphrase.
fn says_it_elsewhere(ready: &Ready, window: &Window) {
    window.see("apart-qa-lead", "Ada says Go at Tech lead: another person says Go here.");
    window.see("decide-apart", "Ada says Go at Tech lead: another person decides Go.");
    assert_eq!(window.count("apart-tech-lead"), 0, "it has answered");
    let roles = |name: &str, roles: &str| {
        ready.bench.line(&format!("people roles {name} {roles}")).done();
    };
    roles("Ada", "dba tech-lead qa-lead");
    window.click("say-go-qa-lead");
    let offered = "return [...document.querySelectorAll('[data-testid=sign-person] option')].map((each) => each.innerText)";
    let both = serde_json::json!(["Ada, spoke elsewhere", "Bob"]);
    until(PATIENCE, || (window.script(offered) == both).then_some(())).expect("Ada has the role of both stations");
    assert_eq!(window.script("return document.querySelector('[data-testid=sign-person]').value"), "Bob", "who may is named first");
    draft(window, "Ada", "");
    assert!(window.refuses("sign-do"));
    assert_eq!(reason(window, "sign-do"), "Ada says Go at Tech lead already, and another person has to say it here.");
    steps::fits(window, "poll-not-apart");
    window.click("sign-leave");
    window.gone("sign-dialog");

    roles("Bob", "dba");
    let nobody = "Ada says Go at Tech lead: another person says Go here, and nobody else has the role QA lead.";
    window.see("apart-qa-lead", nobody);
    assert!(window.refuses("say-go-qa-lead") && !window.refuses("say-no-go-qa-lead"), "a No-go needs nobody else");
    assert!(reason(window, "say-go-qa-lead").starts_with(nobody));
    steps::fits(window, "poll-nobody-left");
    roles("Bob", "dba qa-lead");
    window.text_when("apart-qa-lead", |text| text == "Ada says Go at Tech lead: another person says Go here.");
}

/// What a screen reader says of why a button is at rest.
fn reason(window: &Window, id: &str) -> String {
    let read = "return (document.querySelector('[data-testid=ID]').getAttribute('aria-describedby') ?? '').split(' ')
                  .map((each) => document.getElementById(each)?.innerText ?? '').join(' ').trim()";
    window.script(&read.replace("ID", id)).as_str().unwrap_or_default().to_owned()
}

/// What is decided is no more than what it rests on.
fn take_back(ready: &Ready, window: &Window, copy: &str) {
    window.click("open-poll");
    window.see("poll-word", "Decided: Go");
    assert_eq!(window.attribute("poll-standing", "data-look").as_deref(), Some("ok"));
    ready.say("Bob", &["poll", "no-go", copy, "qa-lead", "--text", "the last test failed"]).done();
    stands(window, "qa-lead", "no-go");
    window.see("poll-word", "Decided Go, and it does not stand");
    assert_eq!(window.attribute("poll-standing", "data-look").as_deref(), Some("attention"));
    steps::fits(window, "poll-taken-back");
    ready.gate(3);
}

/// It waits where it is, and goes on there.
fn hold_and_resume(window: &Window) {
    stands(window, "qa-lead", "asked");
    window.click("poll-hold");
    assert!(window.refuses("hold-do"), "a hold needs a reason");
    window.fill("hold-text", "the tester is in the lift");
    steps::fits(window, "poll-hold");
    window.click("hold-do");
    stands(window, "qa-lead", "held");
    window.see("poll-word", "Hold at QA lead");
    window.see("poll-counts", "the tester is in the lift");
    assert!(window.refuses("say-go-qa-lead") && window.refuses("decide-go"));
    steps::fits(window, "poll-held");
    window.click("poll-resume");
    stands(window, "qa-lead", "asked");
    assert_eq!(station(window, "tech-lead"), "go", "what was said before stands");
}

fn decide(window: &Window) {
    until(PATIENCE, || (!window.refuses("decide-go")).then_some(())).expect("Go can be decided");
    window.click("decide-go");
    window.see("sign-role-fixed", "Release lead");
    draft(window, "Dan", "off we go");
    steps::fits(window, "poll-decide");
    window.click("sign-do");
    window.gone("sign-dialog");
    window.see("poll-word", "Decided: Go");
    assert_eq!(window.attribute("poll", "data-decided").as_deref(), Some("go"));
    steps::fits(window, "poll-go");
}

#[test]
fn a_go_falls_with_its_evidence_before_everybodys_eyes_and_stays_down() {
    let ready = Ready::with(&RELEASE.replace("lasts: 1 h", "lasts: 1 min"));
    let copy = ready.signed("2.3");
    ready.decided(&copy);
    let window = polled(&ready, &copy);
    window.see("poll-word", "Decided: Go");
    // Nobody asks for it: the open window measures again once half of its minute is over, and says so by itself.
    ready.sql("UPDATE orders SET total = -1 WHERE id = 2");
    until(2 * PATIENCE, || (station(&window, "tech-lead") == "stale").then_some(())).expect("the Go of the tech lead is stale");
    window.see("poll-word", "The decision no longer stands");
    assert_eq!(window.attribute("poll", "data-decided"), None);
    assert_eq!(station(&window, "qa-lead"), "stale");
    assert!(window.refuses("decide-go"));
    window.see("station-sentence", "Orders below zero changed");
    steps::fits(&window, "poll-stale");
    let verdict = ready.gate(3);
    assert!(verdict["reasons"][0]["sentence"].as_str().unwrap().starts_with("Every order has a total: 1 row"), "{verdict}");
    window.click("poll-back");
    window.see("verdict-word", "No-go");
    window.see("verdict-reasons", "Every order has a total: 1 row");
    window.screenshot("readiness-stale");

    ready.sql("UPDATE orders SET total = 1 WHERE id = 2");
    window.click("gather");
    window.see("verdict-reasons", "Ada signed");
    window.see("verdict-reasons", "Orders below zero changed");
    window.click_css("[data-testid=item-open][data-item=totals]");
    window.text_when("drawer-state", |state| state.contains("Stale"));
    window.see("item-evidence", "Holds");
    assert_eq!(window.attribute("statement", "data-stale").as_deref(), Some("true"));
    steps::fits(&window, "signature-stale");
    assert_eq!(ready.gate(3)["word"], "no-go", "what was signed changed meanwhile: it is signed anew");
}

#[test]
fn a_closed_gate_keeps_migrations_back_until_it_opens_or_an_approver_says_why() {
    let ready = Ready::new();
    ready.bench.line("migrate adopt shop --baseline 0001").done();
    let window = Window::open(&ready.bench.home());
    window.go("#/apply/shop");
    window.see("gate-notice", "The gate go-live is closed: no copy of release is open");
    window.click("gate-cure");
    window.see("copy-dialog", "2 items");
    window.see("no-copy", "No copy is open");

    let copy = ready.signed("2.3");
    window.go("#/apply/shop");
    window.see("gate-notice", "The gate go-live is closed: Tech lead: asked, no answer yet (2 more)");
    window.fill("confirm-word", "shop");
    assert!(window.refuses("apply-start"), "the name alone does not open it");
    steps::fits(&window, "gate-closed");
    // The button is a courtesy.
    let refused = ready.bench.line("migrate apply shop --confirm shop --json").code(3).fault("gate-closed", "go-live");
    assert!(refused.out.contains("--without-gate"), "{}", refused.out);
    assert_eq!(grades(&ready), "0");
    window.click("gate-cure");
    window.see("page-title", "2.3");
    assert!(window.script("return location.hash").as_str().unwrap().contains(&copy));

    ready.decided(&copy);
    window.go("#/migrations/shop");
    steps::apply_migrations(&window, "shop");
    assert_eq!(grades(&ready), "1");
    window.screenshot("gate-opened");

    ready.sql("UPDATE orders SET total = -1 WHERE id = 2");
    ready.bench.run(["checklist", "gather", &copy]).done();
    fs::write(ready.folder.join("migrations/0003_notes.sql"), "-- +goose Up\nCREATE TABLE notes (id INTEGER PRIMARY KEY);\n").unwrap();
    pass(&window, &ready);
}

/// In an emergency, with a reason that is kept.
fn pass(window: &Window, ready: &Ready) {
    window.go("#/apply/shop");
    window.see("gate-notice", "Every order has a total");
    assert_eq!(window.attribute("gate-notice", "data-open").as_deref(), Some("false"));
    window.click("gate-cure");
    window.text_when("drawer-state", |state| state.contains("Fails"));
    window.go("#/apply/shop");
    window.fill("confirm-word", "shop");
    window.click_css("[data-testid=gate-notice] label");
    assert!(window.refuses("apply-start"), "it needs a reason");
    window.fill("gate-reason", "the site is down");
    steps::fits(window, "gate-passed");
    window.click("apply-start");
    let words = window.see("report-outcome", "");
    assert_eq!(window.attribute("report-outcome", "data-state").as_deref(), Some("succeeded"), "{words}");
    window.see("migration-report", "the site is down");
    steps::fits(window, "gate-passed-report");
    assert_eq!(ready.sql("SELECT count(*) FROM sqlite_schema WHERE name = 'notes'"), "1");
    let trail = ready.bench.line("audit list --json").done().json();
    let line = trail.as_array().unwrap().iter().find(|line| line["operation"] == "without_gate").expect("the trail has it").clone();
    assert!(line["target"] == "shop/go-live" && line.to_string().contains("the site is down"), "{line}");
    window.go("#/audit");
    window.see("page-title", "Audit");
    let named = until(PATIENCE, || window.script("return document.body.innerText").as_str()?.contains("the site is down").then_some(()));
    window.screenshot("gate-audit");
    named.expect("the page of the trail names the reason");
    ready.bench.line("audit verify").done();
}

fn grades(ready: &Ready) -> String {
    ready.sql("SELECT count(*) FROM pragma_table_info('orders') WHERE name = 'grade'")
}
