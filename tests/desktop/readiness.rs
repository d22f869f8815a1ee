//! Who signs, with what, and what stands then; text from outside; two who sign at once.

use std::fs;

use super::support::{
    PATIENCE, Window,
    ready::{self, Ready, draft, first_passphrase, open_item, passphrase, sign},
    steps, until,
};

/// Adds somebody on the page of settings; the word that sets their passphrase.
fn add_person(window: &Window, name: &str, roles: &str) -> String {
    window.fill("person-name", name);
    window.fill("person-roles", roles);
    window.click("person-add");
    window.see("word-dialog", name);
    let word = window.text_when("one-time-word", |word| word.len() == 19);
    steps::fits(window, &format!("person-{name}"));
    window.click("word-done");
    window.gone("word-dialog");
    word
}

#[test]
fn two_people_sign_an_item_with_passphrases_of_their_own() {
    let ready = Ready::new();
    let window = Window::open(&ready.bench.home());
    window.go("#/readiness/shop");
    window.click("open-checklist");
    window.see("copy-dialog", "2 items");
    assert!(window.refuses("copy-do"), "no release, no copy");
    window.fill("copy-release", "2.3");
    steps::fits(&window, "copy-open");
    window.click("copy-do");
    window.gone("copy-dialog");
    window.see("verdict-word", "No-go");
    open_item(&window, "on-call");
    window.see("item-manual", "by 2 different people");
    window.click("item-sign");
    window.see("nobody", "Nobody can sign in this role yet. An approver adds people in Settings.");
    assert!(window.refuses("sign-do"));
    steps::fits(&window, "sign-nobody");
    window.click_css("[data-testid=nobody] a");
    window.gone("sign-dialog");

    window.see("page-title", "Settings");
    let ada = add_person(&window, "Ada", "dba, tech-lead");
    let bob = add_person(&window, "Bob", "dba");
    add_person(&window, "Cyd", "qa-lead");
    window.see("people", "has to set a passphrase");
    window.go("#/readiness/shop");
    open_item(&window, "on-call");
    sign_once(&window, &ada);
    sign_as_another(&ready);
    sign_twice(&window);
    sign_apart(&window, &bob);
    take_back(&window);
    ready.bench.line("audit verify").done();
}

/// The first passphrase, a wrong one, and then the signature, in the one role that is asked for.
fn sign_once(window: &Window, word: &str) {
    window.click("item-sign");
    window.see("sign-statement", "The on-call team is named and reachable.");
    window.see("first-passphrase", "The first passphrase of Ada");
    let offered = "return [...document.querySelectorAll('[data-testid=sign-person] option')].map((each) => each.innerText)";
    let without = "no passphrase yet";
    assert_eq!(
        window.script(offered),
        serde_json::json!([format!("Ada, {without}"), format!("Bob, {without}")]),
        "nobody without the role is offered"
    );
    first_passphrase(window, "Ada", word);
    window.screenshot("sign-ready");

    window.fill("sign-passphrase", "Ada and a loud harbour");
    window.click("sign-do");
    window.see("sign-fault", "That is not the passphrase of Ada: 4 more tries before a pause of ten minutes.");
    assert_eq!(window.script("return document.querySelector('[data-testid=sign-passphrase]').value"), "", "it is typed anew");
    steps::fits(window, "sign-wrong");

    window.see("sign-role-fixed", "DBA");
    sign(window, "Ada", "phoned both");
    window.see("item-sentence", "1 of 2 signed: Ada");
    assert_eq!(window.attribute("drawer-state", "data-state").as_deref(), Some("waiting"));
}

/// What the window does not offer, the engine refuses, and says what helps.
fn sign_as_another(ready: &Ready) {
    let list = ready.bench.run(["readiness", "shop", "--json"]).done().json();
    let copy = list["copies"][0]["id"].as_str().unwrap().to_owned();
    let role = ready.say("Ada", &["checklist", "sign", &copy, "on-call", "--role", "tech-lead"]).code(3);
    let role = role.fault("role-missing", "On-call team in place is signed as DBA: it takes the role dba");
    assert!(role.out.contains("Sign it in the role dba."), "{}", role.out);
}

/// Four eyes are those of two people.
fn sign_twice(window: &Window) {
    window.click("item-sign");
    draft(window, "Ada", "");
    window.click("sign-do");
    window.see("sign-fault", "Ada said so already, with statement");
    window.see("sign-fault", "Let another person sign");
    steps::fits(window, "sign-twice");
    window.click("sign-leave");
    window.gone("sign-dialog");
}

/// The other one signs, and what was signed stands there with everything that it is worth.
fn sign_apart(window: &Window, word: &str) {
    window.click("item-sign");
    first_passphrase(window, "Bob", word);
    let shown = window.script("return document.querySelector('[data-testid=sign-dialog] .digest code').innerText");
    sign(window, "Bob", "");
    window.text_when("drawer-state", |state| state.contains("Holds"));
    let newest = window.text_when("statement", |text| text.contains("by Bob"));
    let said = window.script("return document.querySelector('[data-testid=statement] .head').innerText.replaceAll('\\u00a0', ' ')");
    assert!(said.as_str().unwrap().starts_with("Signed by Bob (DBA), "), "{said}");
    let time = said.as_str().unwrap().rsplit(' ').next().unwrap();
    assert!(time.len() == 5 && time.as_bytes()[2] == b':', "{said} has a time");
    let digest = shown.as_str().unwrap().replace(' ', "");
    assert!(digest.len() == 8 && newest.contains(&format!("shown {digest}")), "{newest} names {digest}");
    assert_eq!(window.count("revoke"), 2);
    steps::fits(window, "signed");
}

/// A signature is never edited: another statement takes it back, and both stay.
fn take_back(window: &Window) {
    window.click_css(
        "[data-testid=statement]:last-of-type [data-testid=revoke], [data-testid=statement]:nth-of-type(2) [data-testid=revoke]",
    );
    window.see("sign-dialog", "Revoke statement");
    assert!(window.refuses("sign-do"), "it needs a reason");
    steps::fits(window, "revoke");
    sign(window, "Ada", "one of them is ill");
    window.see("item-sentence", "1 of 2 signed: Bob");
    let gone = window.script("return document.querySelectorAll('[data-testid=statement][data-revoked]').length");
    assert_eq!(gone, 1, "it stays in sight");
    window.see("item-history", "one of them is ill");
    window.see("item-history", "phoned both");
    steps::fits(window, "revoked");
}

/// The same item in two windows on one store, as of two people who work on one machine from two desktops.
#[test]
fn two_windows_sign_the_same_item_and_neither_signature_is_lost() {
    let ready = Ready::new();
    ready.person("Ada", &["dba"]);
    ready.person("Bob", &["dba"]);
    let copy = ready.open("2.3");
    let gate = ready.bench.file("go");
    let first = Window::opening(&ready.bench.home()).failpoint(format!("sign.proved#1=wait:{}", gate.display())).open();
    let second = Window::open(&ready.bench.home());
    for (window, person, words) in [(&first, "Ada", "phoned both"), (&second, "Bob", "both are awake")] {
        window.go(&format!("#/checklist/{copy}/on-call"));
        window.click("item-sign");
        draft(window, person, words);
    }
    // Ada's passphrase was right in the first window; before her signature is kept, Bob signs in the second one.
    first.click("sign-do");
    until(PATIENCE, || gate.with_extension("here").exists().then_some(())).expect("the passphrase was right");
    second.click("sign-do");
    second.gone("sign-dialog");
    first.see("item-sentence", "1 of 2 signed: Bob");
    fs::write(&gate, "").unwrap();
    first.gone("sign-dialog");
    for window in [&first, &second] {
        window.text_when("drawer-state", |state| state.contains("Holds"));
        let history = window.see("item-history", "phoned both");
        assert!(history.contains("both are awake"), "{history}");
        assert_eq!(window.count("revoke"), 2, "neither is lost");
    }

    // Who said it in one window did so in the other.
    second.click("item-sign");
    draft(&second, "Ada", "");
    second.click("sign-do");
    second.see("sign-fault", "Ada said so already, with statement");
    steps::fits(&second, "sign-rival");
    second.click("sign-leave");
    second.gone("sign-dialog");
    // Taken back here, it is gone there. The newest is Ada's.
    second.click("revoke");
    sign(&second, "Ada", "one of them is ill");
    first.see("item-sentence", "1 of 2 signed: Bob");
    first.see("item-history", "one of them is ill");
    steps::fits(&first, "sign-rivals");
    ready.bench.line("audit verify").done();
}

/// Everything that a page could trip over, in each place that a file or a person can fill.
fn hostile() -> String {
    let long = "endless".repeat(60);
    format!(
        "\
title: 'Release \u{202e}<img src=x onerror=\"window.owned = 1\">'
roles: {{dba: '<b>DBA</b> \u{202e}ABD', release-lead: 'Lead of {long}'}}
phases:
  before:
    title: '<script>window.owned = 1</script>'
    items:
      picture:
        title: '<img src=x onerror=\"window.owned = 1\">'
        why: 'See [this](javascript:window.owned=1) and [that](https://example.com/that) <img src=x onerror=\"window.owned = 1\"> ![p](x.png)'
        owner: dba
        category: data
        evidence: {{command: [printf, '<script>window.owned = 1</script> \\033[31m {long}'], expect: {{contains: 'nowhere {long}'}}, title: '<b>{long}</b>'}}
      long:
        title: '{long}'
        owner: release-lead
        manual: {{statement: '<a href=\"javascript:window.owned=1\">{long}</a>'}}
      turned:
        title: '\u{202e}\u{2067}gnorw si gnihton שלום العربية'
        manual: {{statement: '\u{202e}nothing is wrong', role: dba}}
gates:
  go-live: {{title: '<i>{long}</i>', protects: [migrate], needs: {{poll: true}}}}
poll:
  director: release-lead
  gate: go-live
  stations:
    one: {{title: '<u>one</u>', role: dba, shows: [picture, long, turned]}}
    two: {{title: '{long}', role: release-lead, shows: [picture]}}
"
    )
}

#[test]
fn what_a_file_or_a_person_says_is_shown_as_text() {
    let ready = Ready::with(&hostile());
    let release = "<img src=x onerror=alert(1)> 3.2";
    ready.bench.run(["checklist", "open", "shop", "release", "\u{202e}3.2", "--json"]).code(2).fault("bad-release", "A release");
    let copy = ready.open(release);
    ready.bench.line("migrate adopt shop --baseline 0001").done();
    let name = "<svg onload=alert(1)> Ada";
    ready.person(name, &["dba", "release-lead"]);
    ready.bench.run(["checklist", "gather", &copy]).done();
    ready.bench.run(["checklist", "note", &copy, "picture", "[x](javascript:alert(1)) <img src=x onerror=alert(1)>"]).done();
    ready.say(name, &["checklist", "refuse", &copy, "picture", "--text", "<b>no</b>"]).done();
    let window = Window::open(&ready.bench.home());
    window.resize(900, 600);
    for item in ["picture", "long", "turned"] {
        window.go(&format!("#/checklist/{copy}/{item}"));
        window.see("item-drawer", "What was said");
        window.see("item-history", "");
        steps::fits(&window, &format!("hostile-{item}"));
        is_text(&window);
    }
    window.go(&format!("#/checklist/{copy}/picture"));
    window.see("item-why", "<img src=x onerror=\"window.owned = 1\">");
    window.see("item-history", "[x](javascript:alert(1)) <img src=x onerror=alert(1)>");
    window.click_css("[data-testid=evidence-detail] summary");
    window.see("evidence-detail", "<script>window.owned = 1</script>");
    window.see("item-why", "See this and that https://example.com/that");
    is_text(&window);
    window.click("drawer-close");
    window.see("checklist", "<img src=x onerror=\"window.owned = 1\">");
    let turned = window.script(
        "return [...document.body.innerText].filter((sign) => '\\u202a\\u202b\\u202d\\u202e\\u2066\\u2067\\u2068'.includes(sign)).length",
    );
    assert_eq!(turned, 0, "nothing turns the text around it");

    hostile_dialogs(&window, &copy, name);
}

/// The same in dialogs, and on the page of the poll.
fn hostile_dialogs(window: &Window, copy: &str, name: &str) {
    open_item(window, "long");
    window.click("item-sign");
    window.see("sign-role-fixed", "Lead of endless");
    window.see("sign-statement", "<a href=\"javascript:window.owned=1\">");
    steps::fits(window, "hostile-sign");
    draft(window, name, "<b>yes</b>");
    is_text(window);
    window.click("sign-leave");
    window.gone("sign-dialog");
    window.click("item-note");
    window.see("note-dialog", "endless");
    steps::fits(window, "hostile-note");
    window.press(&["\u{E00C}"]);
    window.gone("note-dialog");
    window.go(&format!("#/poll/{copy}"));
    window.see("station", "<u>one</u>");
    steps::fits(window, "hostile-poll");
    window.click("say-no-go-one");
    window.see("sign-dialog", "<u>one</u>");
    steps::fits(window, "hostile-answer");
    is_text(window);
    window.click("sign-leave");
    window.click("poll-hold");
    steps::fits(window, "hostile-hold");
    window.click("hold-leave");
    window.go("#/apply/shop");
    window.see("gate-notice", "<img src=x onerror=\"window.owned = 1\">");
    steps::fits(window, "hostile-gate");
    is_text(window);
}

/// Nothing of it was built, fetched or run.
#[track_caller]
fn is_text(window: &Window) {
    assert_eq!(window.script("return window.owned ?? null"), serde_json::Value::Null);
    let built = "return [...document.querySelectorAll('img, main script, main a[href^=javascript], dialog a[href^=javascript], main u, [onerror], [onload]')].map((each) => each.outerHTML)";
    assert_eq!(window.script(built), serde_json::json!([]));
}

#[test]
fn what_changes_while_somebody_signs_is_said_and_looked_at_again() {
    let ready = Ready::new();
    ready.person("Ada", &["dba"]);
    let copy = ready.open("2.3");
    ready.bench.run(["checklist", "gather", &copy]).done();
    let gate = ready.bench.file("go");
    let window = Window::opening(&ready.bench.home()).failpoint(format!("sign.proved#1=wait:{}", gate.display())).open();
    window.go("#/readiness/shop");
    open_item(&window, "totals");
    window.click("item-sign");
    draft(&window, "Ada", "all there");
    // Between the passphrase and the signature, somebody else's work is measured.
    window.click("sign-do");
    until(PATIENCE, || gate.with_extension("here").exists().then_some(())).expect("the passphrase was right");
    ready.sql("UPDATE orders SET total = -1 WHERE id = 2");
    ready.bench.run(["checklist", "gather", &copy]).done();
    fs::write(&gate, "").unwrap();
    window.see("shown-changed", "Orders below zero was");
    window.see("shown-changed", "no rows (holds), and is 1 row, first id 2 (fails).");
    assert!(window.refuses("sign-do"), "what is there now is looked at first");
    steps::fits(&window, "shown-changed");
    let said = ready.bench.run(["checklist", "item", &copy, "totals", "--json"]).done().json();
    assert_eq!(said["history"], serde_json::json!([]), "nothing was said");

    // It changes back while it is looked at: that is said before anybody signs.
    window.click("look-again");
    window.gone("shown-changed");
    window.see("sign-shown", "1 row");
    ready.sql("UPDATE orders SET total = 1 WHERE id = 2");
    ready.bench.run(["checklist", "gather", &copy]).done();
    window.see("shown-changed", "and is");
    window.fill("sign-passphrase", &passphrase("Ada"));
    assert!(window.refuses("sign-do"));
    window.click("look-again");
    ready::sign(&window, "Ada", "all there now");
    window.text_when("drawer-state", |state| state.contains("Holds"));
}

/// An item that a snapshot cures, and a gate that waits for it.
const WITHOUT_SNAPSHOT: &str = "\
title: Release
phases:
  before:
    title: Before
    items:
      snapshot: {title: Snapshot before the release, category: data, critical: true, evidence: {point: snapshot-age}}
gates:
  go-live: {title: Deploy to production, protects: [migrate]}
";

#[test]
fn a_press_of_the_button_cures_and_the_page_shows_it() {
    let ready = Ready::with(WITHOUT_SNAPSHOT);
    let copy = ready.open("2.3");
    ready.bench.run(["checklist", "gather", &copy]).done();
    let said = ready.bench.line("gate shop go-live").code(3);
    assert!(said.out.contains("expected  → Back up: quarterdeck backup shop"), "{}", said.out);
    let window = Window::open(&ready.bench.home());
    window.go("#/readiness/shop");
    window.see("verdict-word", "No-go");
    window.see("cure", "Back up");
    steps::fits(&window, "cure");
    window.click("cure");
    window.text_when("verdict-word", |word| word == "Go");
    assert_eq!(window.attribute("item-state", "data-state").as_deref(), Some("holds"));
    ready.gate(0);
}
