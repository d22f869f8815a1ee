//! Gates and the poll, from outside: who decides, what turns stale, and what the engine refuses while a gate is closed.
#![allow(clippy::unwrap_used)]

mod bench;
#[path = "bench/ready.rs"]
mod ready;

use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, ThreadId},
};

use chrono::TimeDelta;
use quarterdeck_engine::schedule::{Post, Station};
use quarterdeck_model::{Caller, Clock, Face, Fault, Instant, Role, SystemClock};
use ready::{RELEASE, Ready, passphrase};
use serde_json::{Value, json};

fn code(result: Result<Value, Fault>) -> String {
    result.unwrap_err().code.to_string()
}

/// Plans, and applies what was planned.
fn migrate(ready: &Ready, without: Option<&str>) -> Result<Value, Fault> {
    ready.bench.work("apply_migrations", migration(ready, without))
}

fn migration(ready: &Ready, without: Option<&str>) -> Value {
    let plan = ready.call("plan_migrations", json!({ "source": { "target": "shop" }, "wish": { "kind": "all" } })).unwrap();
    json!({ "target": "shop", "wish": { "kind": "all" }, "plan": plan["digest"], "confirm": plan["confirm"], "without_gate": without })
}

fn write_migration(ready: &Ready, number: u32) {
    let file = ready.folder.join(format!("migrations/{number:03}_step.sql"));
    fs::write(file, format!("CREATE TABLE step_{number}(x);\n")).unwrap();
}

#[test]
fn a_poll_goes_in_its_order_waits_and_is_decided_by_its_director() {
    let ready = Ready::new("staging");
    let copy = ready.open("2.3");
    ready.person("Ada", &["dba", "tech-lead", "stakeholder"]);
    ready.person("Bob", &["dba"]);
    ready.flag(&copy, true);
    assert_eq!(code(ready.answer(&copy, true, "Bob")), "role-missing");
    assert_eq!(code(ready.decide(&copy, true, "Bob")), "role-missing");
    assert_eq!(code(ready.decide(&copy, true, "Ada")), "poll-open");
    ready.sign(&copy, "on-call", "Ada").unwrap();
    ready.sign(&copy, "on-call", "Bob").unwrap();
    assert_eq!(code(ready.call("hold_poll", json!({ "copy": copy, "text": "" }))), "text-needed");
    let held = ready.call("hold_poll", json!({ "copy": copy, "text": "lunch" })).unwrap();
    assert!(held["held"].as_str().unwrap().contains("lunch"), "{held}");
    assert_eq!(code(ready.answer(&copy, true, "Ada")), "poll-held");
    assert_eq!(code(ready.call("hold_poll", json!({ "copy": copy, "text": "x" }))), "poll-held");
    let on = ready.call("resume_poll", json!({ "copy": copy })).unwrap();
    assert_eq!((&on["held"], &on["stations"][0]["state"]), (&Value::Null, &json!("asked")));
    assert_eq!(code(ready.call("resume_poll", json!({ "copy": copy }))), "not-held");
    assert_eq!(ready.answer(&copy, false, "Ada").unwrap()["stations"][0]["state"], "no-go");
    assert_eq!(code(ready.decide(&copy, true, "Ada")), "poll-open");
    assert_eq!(ready.answer(&copy, true, "Ada").unwrap()["stations"][0]["state"], "go");
    assert_eq!(code(ready.answer(&copy, true, "Ada")), "already-signed");
    assert_eq!(ready.gate()["verdict"]["word"], "no-go", "nothing is decided yet");
    assert_eq!(ready.decide(&copy, true, "Ada").unwrap()["decided"], "go");
    assert_eq!(code(ready.decide(&copy, true, "Ada")), "already-signed");
    assert_eq!(ready.gate()["verdict"]["word"], "go");
    assert_eq!(ready.decide(&copy, false, "Ada").unwrap()["decided"], "no-go");
    assert_eq!(ready.gate()["verdict"]["word"], "no-go");
    assert_eq!(ready.call("verify_audit", json!({})).unwrap()["findings"], json!([]));
}

#[test]
fn in_production_one_person_with_every_role_does_not_go_alone() {
    let ready = Ready::new("production");
    let copy = ready.open("2.3");
    ready.person("Ada", &["dba", "tech-lead", "stakeholder"]);
    ready.person("Bob", &["dba", "stakeholder"]);
    ready.flag(&copy, true);
    ready.sign(&copy, "on-call", "Ada").unwrap();
    ready.sign(&copy, "on-call", "Bob").unwrap();
    assert!(ready.poll(&copy)["apart"]["rule"].as_str().unwrap().starts_with("Each station is another person"));
    let director = |ready: &Ready| ready.poll(&copy)["apart"]["director"].clone();
    assert_eq!(director(&ready), json!({ "sentence": null, "barred": [], "open": true }));
    ready.answer(&copy, true, "Ada").unwrap();
    let fault = ready.decide(&copy, true, "Ada").unwrap_err();
    assert!(fault.is("not-apart") && fault.message.contains("Tech lead"), "{fault}");
    drawn_before_it_is_refused(&ready, &director, &fault);
    assert_eq!(ready.decide(&copy, false, "Ada").unwrap()["decided"], "no-go", "a No needs nobody else");
    assert_eq!(ready.decide(&copy, true, "Bob").unwrap()["decided"], "go");
    assert_eq!(ready.gate()["verdict"]["word"], "go");
    let staging = Ready::new("staging");
    let other = staging.open("2.3");
    staging.to_go(&other);
    assert_eq!(staging.poll(&other)["apart"], Value::Null);
    ready.call("close_checklist", json!({ "copy": copy })).unwrap();
    assert_eq!(director(&ready)["barred"], json!([]), "nobody is asked at a closed copy");
}

/// Whom the engine refuses is named beforehand, in the words of the refusal, and by who they are: nobody else, and nobody without the role.
fn drawn_before_it_is_refused(ready: &Ready, director: &dyn Fn(&Ready) -> Value, fault: &Fault) {
    let sentence = "Ada says Go at Tech lead: another person decides Go.";
    let why = fault.message.trim_end_matches('.');
    assert_eq!(director(ready), json!({ "sentence": sentence, "barred": [{ "person": "Ada", "why": why }], "open": true }));
    ready.call("set_person", json!({ "name": "Bob", "roles": ["dba"] })).unwrap();
    let alone = "Ada says Go at Tech lead: another person decides Go, and nobody else has the role Stakeholder.";
    assert_eq!((&director(ready)["open"], &director(ready)["sentence"]), (&json!(false), &json!(alone)));
    ready.call("set_person", json!({ "name": "Ada", "roles": ["tech-lead"] })).unwrap();
    assert_eq!(director(ready), json!({ "sentence": sentence, "barred": [], "open": true }), "she may not decide anyway");
    // Removed and added again, she is who she was, whatever she is called.
    ready.call("forget_person", json!({ "name": "Ada" })).unwrap();
    ready.person("ada", &["tech-lead", "stakeholder"]);
    assert_eq!(director(ready)["barred"][0]["person"], "ada");
    ready.call("forget_person", json!({ "name": "ada" })).unwrap();
    ready.person("Ada", &["dba", "tech-lead", "stakeholder"]);
    ready.call("set_person", json!({ "name": "Bob", "roles": ["dba", "stakeholder"] })).unwrap();
}

#[test]
fn a_go_turns_stale_with_its_evidence_and_does_not_come_back_by_itself() {
    let ready = Ready::new("staging");
    let copy = ready.open("2.3");
    ready.to_go(&copy);
    ready.flag(&copy, false);
    assert_eq!(ready.gate()["verdict"]["word"], "no-go");
    ready.flag(&copy, true);
    assert_eq!(ready.gate()["verdict"]["word"], "no-go", "what was signed changed meanwhile");
    assert_eq!(ready.poll(&copy)["stations"][0]["state"], "stale");
    ready.answer(&copy, true, "Ada").unwrap();
    ready.decide(&copy, true, "Ada").unwrap();
    assert_eq!(ready.gate()["verdict"]["word"], "go");
    ready.advance(61);
    assert_eq!(ready.gate()["verdict"]["word"], "no-go", "too old");
    ready.gather(&copy);
    assert_eq!(ready.gate()["verdict"]["word"], "go", "measured again, with the same outcome");
}

#[test]
fn the_score_of_each_release_that_was_decided_or_closed_makes_a_trend() {
    let ready = Ready::new("staging");
    let trend = || ready.call("list_checklists", json!({ "system": "shop" })).unwrap()["trends"].clone();
    let first = ready.open("2.2");
    assert_eq!(trend(), json!([]), "open, and nothing is decided");
    ready.call("close_checklist", json!({ "copy": first })).unwrap();
    let second = ready.open("2.3");
    ready.to_go(&second);
    ready.flag(&second, false);
    let told = trend();
    assert_eq!((told.as_array().unwrap().len(), &told[0]["checklist"], &told[0]["environment"]), (1, &json!("release"), &json!("staging")));
    let brief = |told: &Value| {
        let releases = told[0]["releases"].as_array().unwrap();
        releases.iter().map(|of| json!([of["release"], of["score"], of["verdict"], of["closed"]])).collect::<Vec<_>>()
    };
    assert_eq!(brief(&told), [json!(["2.2", 0, "no-go", true]), json!(["2.3", 100, "go", false])], "as it was when it was decided");
    ready.call("close_checklist", json!({ "copy": second })).unwrap();
    assert_eq!(brief(&trend())[1], json!(["2.3", 25, "no-go", true]), "and as it was when it was closed");
    assert_eq!(ready.call("list_checklists", json!({})).unwrap()["trends"], trend());
    assert_eq!(ready.call("verify_audit", json!({})).unwrap()["findings"], json!([]));
}

#[test]
fn a_gate_keeps_back_migrations_until_it_says_go_and_again_once_that_is_stale() {
    let ready = Ready::now("staging");
    write_migration(&ready, 1);
    let fault = migrate(&ready, None).unwrap_err();
    assert!(fault.is("gate-closed"), "{fault}");
    assert!(fault.message.contains("go-live") && fault.message.contains("no copy of release is open"), "{fault}");
    let copy = ready.open("2.3");
    let fault = migrate(&ready, None).unwrap_err();
    assert!(fault.is("gate-closed") && fault.facts["reasons"].as_array().unwrap().len() > 1, "{fault:?}");
    assert_eq!(fault.facts["gate"], "go-live");
    ready.to_go(&copy);
    migrate(&ready, None).unwrap();
    assert_eq!(ready.bench.sql("SELECT count(*) FROM step_1"), "0");

    write_migration(&ready, 2);
    ready.flag(&copy, false);
    assert_eq!(code(migrate(&ready, None)), "gate-closed");
    ready.flag(&copy, true);
    assert_eq!(code(migrate(&ready, None)), "gate-closed");
    assert_eq!(ready.bench.sql("SELECT count(*) FROM sqlite_schema WHERE name = 'step_2'"), "0");
}

/// Two hours later for every thread but the one that made it, once that is said: time that passes between the acceptance of a job and its
/// run.
struct Later {
    home: ThreadId,
    later: AtomicBool,
}

impl Clock for Later {
    fn now(&self) -> Instant {
        let passes = self.later.load(Ordering::SeqCst) && thread::current().id() != self.home;
        SystemClock.now() + TimeDelta::hours(if passes { 2 } else { 0 })
    }
}

#[test]
fn a_go_that_turns_stale_after_the_job_was_accepted_is_refused_under_the_lease() {
    let clock = Arc::new(Later { home: thread::current().id(), later: AtomicBool::new(false) });
    let ready = Ready::by("staging", clock.clone(), Arc::default());
    write_migration(&ready, 1);
    let copy = ready.open("2.3");
    ready.to_go(&copy);
    clock.later.store(true, Ordering::SeqCst);
    assert_eq!(ready.gate()["verdict"]["word"], "go", "as far as whoever asks can see");
    let fault = migrate(&ready, None).unwrap_err();
    assert!(fault.is("gate-closed"), "{fault}");
    let jobs = ready.call("list_jobs", json!({})).unwrap();
    let refused = jobs.as_array().unwrap().iter().find(|job| job["operation"] == "apply_migrations").unwrap();
    assert_eq!(refused["fault"]["code"], "gate-closed", "the job was accepted, and refused when it ran");
    clock.later.store(false, Ordering::SeqCst);
    migrate(&ready, None).unwrap();
}

#[test]
fn an_approver_passes_a_closed_gate_with_a_reason_and_that_is_written_down() {
    let ready = Ready::now("staging");
    write_migration(&ready, 1);
    let copy = ready.open("2.3");
    let operator = Caller { who: "ops".to_owned(), face: Face::Cli, roles: [Role::Operator].into() };
    let request = migration(&ready, Some("the site is down"));
    assert_eq!(code(ready.bench.engine.call_as(operator, "apply_migrations", request, None)), "forbidden");
    assert_eq!(code(migrate(&ready, Some("  "))), "text-needed");
    let report = migrate(&ready, Some("the site is down")).unwrap()["report"].clone();
    let check = report["checks"].as_array().unwrap().iter().find(|check| check["what"] == "Gate").unwrap().clone();
    assert!(check["result"].as_str().unwrap().ends_with("the site is down"), "{check}");
    let lines = ready.call("list_audit", json!({})).unwrap();
    let line = lines.as_array().unwrap().iter().find(|line| line["operation"] == "without_gate").unwrap();
    assert_eq!((&line["target"], &line["detail"]), (&json!("shop/go-live"), &json!("the site is down")));
    let said = bypasses(&ready, &copy);
    assert_eq!((said.len(), &said[0]["kind"], &said[0]["gate"]), (1, &json!("bypass"), &json!("go-live")));
    let text = said[0]["text"].as_str().unwrap();
    assert!(text.starts_with("Migrated while it was closed (") && text.ends_with("): the site is down"), "{text}");
    assert_eq!(ready.gate()["verdict"]["word"], "no-go", "it opens nothing");
    ready.person("Ada", &["dba"]);
    let revoke = json!({ "copy": copy, "number": said[0]["number"], "text": "no", "person": "Ada", "passphrase": passphrase("Ada") });
    assert_eq!(code(ready.call("revoke_statement", revoke)), "not-revocable");
    let report = ready.call("write_report", json!({ "system": "shop", "kind": "readiness", "form": "html" })).unwrap().to_string();
    assert!(report.contains("Gates that were passed while they were closed") && report.contains("the site is down"), "{report}");
}

/// What is said of gates that were passed while they were closed, and counted.
fn bypasses(ready: &Ready, copy: &str) -> Vec<Value> {
    let readiness = ready.readiness(copy);
    let said = readiness["bypasses"].as_array().unwrap().clone();
    assert_eq!(readiness["copy"]["bypassed"], said.len());
    let list = ready.call("list_checklists", json!({})).unwrap();
    let listed = list["copies"].as_array().unwrap().iter().find(|listed| listed["id"] == copy).unwrap();
    assert_eq!(listed["bypassed"], said.len());
    assert_eq!(ready.call("verify_audit", json!({})).unwrap()["findings"], json!([]));
    said
}

#[test]
fn a_gate_that_was_passed_while_no_copy_was_open_is_told_by_the_closed_one_and_by_the_next() {
    let ready = Ready::now("staging");
    write_migration(&ready, 1);
    migrate(&ready, Some("before any copy")).unwrap();
    let first = ready.open("2.3");
    let said = bypasses(&ready, &first);
    assert_eq!((said.len(), &said[0]["gate"]), (1, &json!("go-live")));
    let text = said[0]["text"].as_str().unwrap();
    assert!(text.starts_with("Before this copy was opened, ") && text.ends_with("before any copy"), "{text}");
    let closed = ready.call("close_checklist", json!({ "copy": first })).unwrap();
    write_migration(&ready, 2);
    migrate(&ready, Some("between two copies")).unwrap();
    let said = bypasses(&ready, &first);
    assert_eq!((said.len(), &ready.readiness(&first)["copy"]["verdict"]), (2, &closed["verdict"]), "its figures stay");
    let second = ready.open("2.4");
    let said = bypasses(&ready, &second);
    assert_eq!(said.len(), 1, "what the first copy said itself is not said again: {said:?}");
    assert!(said[0]["text"].as_str().unwrap().ends_with("between two copies"), "{said:?}");
    assert_eq!(bypasses(&ready, &ready.open("2.5")).len(), 0, "another one is open and says it");
}

#[test]
fn a_gate_keeps_back_a_restore_in_place_and_no_other() {
    let ready = Ready::now("staging");
    ready.bench.work("backup_system", json!({ "system": "shop" })).unwrap();
    let copy = ready.open("2.3");
    let plan = ready.bench.plan();
    assert_eq!(plan["gate"]["open"], false, "{}", plan["gate"]);
    assert_eq!(code(ready.bench.restore(&plan, "shop")), "gate-closed");
    let elsewhere = json!({ "kind": "new-file", "path": ready.bench.scratch.file("elsewhere.db") });
    let planned = ready.call("plan_restore", json!({ "target": "shop", "snapshot": "latest", "destination": elsewhere })).unwrap();
    let request = json!({ "target": "shop", "snapshot": planned["snapshot"], "destination": elsewhere, "plan": planned["digest"] });
    ready.bench.work("restore_component", request).unwrap();
    assert!(planned.get("gate").is_none());
    ready.to_go(&copy);
    let plan = ready.bench.plan();
    assert!(plan["gate"]["sentence"].as_str().unwrap().starts_with("The gate go-live says Go, until "), "{}", plan["gate"]);
    let job = ready.bench.restore(&plan, "shop").unwrap()["job"].clone();
    ready.flag(&copy, false);
    ready.bench.undo(&job).unwrap();
}

#[test]
fn neither_an_edited_nor_a_broken_file_opens_a_gate() {
    let ready = Ready::now("staging");
    write_migration(&ready, 1);
    let copy = ready.open("2.3");
    ready.write("release", &RELEASE.replace("protects: [migrate, restore], ", ""));
    assert_eq!(code(migrate(&ready, None)), "gate-closed");
    ready.write("release", "title: {");
    assert_eq!(code(migrate(&ready, None)), "gate-closed");
    ready.call("close_checklist", json!({ "copy": copy })).unwrap();
    assert_eq!(code(migrate(&ready, None)), "gate-closed");
    assert_eq!(code(ready.call("check_gate", json!({ "system": "shop", "gate": "gone" }))), "no-such-gate");
    fs::remove_file(ready.folder.join("checklists/release.yml")).unwrap();
    assert_eq!(code(migrate(&ready, None)), "gate-closed");
}

#[test]
fn a_file_that_nobody_could_ever_read_protects_everything_but_in_development() {
    for (environment, outcome) in [("production", "gate-closed"), ("development", "done")] {
        let ready = Ready::now(environment);
        write_migration(&ready, 1);
        ready.write("release", "title: {");
        let went = migrate(&ready, None);
        if outcome == "done" {
            went.unwrap();
            continue;
        }
        let fault = went.unwrap_err();
        assert!(fault.is(outcome) && fault.message.contains("checklists/release.yml cannot be read"), "{fault}");
        assert!(fault.hint.contains("Mend checklists/release.yml"), "{}", fault.hint);
        ready.write("release", &RELEASE.replace("protects: [migrate, restore], ", ""));
        migrate(&ready, None).unwrap();
    }
}

/// What `check` and the health page say of gates and environments.
fn loud(ready: &Ready) -> (String, Value) {
    let report = ready.call("check_definition", json!({ "folder": ready.folder })).unwrap();
    let health = ready.call("get_health", json!({})).unwrap();
    let check = health["systems"][0]["checks"].as_array().unwrap().iter().find(|check| check["key"] == "shop/gates").cloned();
    (report["findings"].to_string(), check.unwrap_or_default())
}

#[test]
fn a_gate_whose_checklist_is_gone_stays_closed_until_the_file_is_back_or_an_approver_withdraws_it() {
    let ready = Ready::now("staging");
    write_migration(&ready, 1);
    let copy = ready.open("2.3");
    ready.to_go(&copy);
    assert_eq!((loud(&ready).0.as_str(), &loud(&ready).1["tone"]), ("[]", &json!("ok")));
    ready.call("close_checklist", json!({ "copy": copy })).unwrap();
    let file = ready.folder.join("checklists/release.yml");
    fs::remove_file(&file).unwrap();
    let fault = migrate(&ready, None).unwrap_err();
    assert!(
        fault.is("gate-closed") && fault.message.contains("the checklist release that protected migrations and restores is gone"),
        "{fault}"
    );
    assert!(fault.hint.contains("Restore checklists/release.yml as it was, or let an approver withdraw the gate"), "{}", fault.hint);
    let (check, health) = loud(&ready);
    assert!(check.contains("The gate go-live stays closed: the checklist release"), "{check}");
    assert_eq!(health["tone"], "critical", "{health}");
    let withdraw = json!({ "system": "shop", "gate": "go-live", "text": "the platform gates releases now" });
    // Back as it was: nothing was lost.
    ready.write("release", RELEASE);
    assert_eq!(code(ready.call("withdraw_gate", withdraw.clone())), "gate-protects");
    assert_eq!((loud(&ready).0.as_str(), &loud(&ready).1["tone"]), ("[]", &json!("ok")));
    fs::remove_file(&file).unwrap();
    let operator = Caller { who: "ops".to_owned(), face: Face::Cli, roles: [Role::Operator].into() };
    assert_eq!(code(ready.bench.engine.call_as(operator, "withdraw_gate", withdraw.clone(), None)), "forbidden");
    assert_eq!(code(ready.call("withdraw_gate", json!({ "system": "shop", "gate": "other", "text": "x" }))), "no-such-gate");
    assert_eq!(code(ready.call("withdraw_gate", json!({ "system": "shop", "gate": "go-live", "text": " " }))), "text-needed");
    let said = ready.call("withdraw_gate", withdraw).unwrap();
    assert_eq!((&said[0]["kind"], &said[0]["gate"], &said[0]["action"]), (&json!("withdraw"), &json!("go-live"), &json!("migrate")));
    assert_eq!((said.as_array().unwrap().len(), &said[1]["action"]), (2, &json!("restore")));
    assert_eq!(ready.call("list_gates", json!({})).unwrap()["gates"], json!([]));
    migrate(&ready, None).unwrap();
    assert_eq!(ready.call("verify_audit", json!({})).unwrap()["findings"], json!([]));
    // Another copy that protects is remembered anew.
    write_migration(&ready, 2);
    ready.write("release", RELEASE);
    ready.open("2.4");
    fs::remove_file(&file).unwrap();
    assert_eq!(code(migrate(&ready, None)), "gate-closed");
}

#[test]
fn a_copy_of_an_edited_file_does_not_get_around_what_the_one_before_protected() {
    let ready = Ready::now("staging");
    write_migration(&ready, 1);
    let first = ready.open("2.3");
    ready.call("close_checklist", json!({ "copy": first })).unwrap();
    ready.write("release", &RELEASE.replace("protects: [migrate, restore], ", "protects: [restore], "));
    let second = ready.open("2.4");
    assert_eq!(code(migrate(&ready, None)), "gate-closed");
    let gates = ready.call("list_gates", json!({})).unwrap()["gates"].clone();
    assert_eq!(gates.as_array().unwrap().len(), 1, "{gates}");
    let reason = gates[0]["verdict"]["reasons"][0]["sentence"].as_str().unwrap();
    assert_eq!(reason, "the checklist release protected migrations for 2.3, and does not any more");
    ready.call("withdraw_gate", json!({ "system": "shop", "gate": "go-live", "text": "restores alone" })).unwrap();
    migrate(&ready, None).unwrap();
    assert_eq!(ready.gate()["protects"], json!(["restore"]));
    // Moved to another file: the one that is left behind is withdrawn, not the other.
    ready.call("close_checklist", json!({ "copy": second })).unwrap();
    fs::rename(ready.folder.join("checklists/release.yml"), ready.folder.join("checklists/deploy.yml")).unwrap();
    let named = || ready.call("list_gates", json!({})).unwrap()["gates"].as_array().unwrap().len();
    assert_eq!(named(), 2);
    ready.call("withdraw_gate", json!({ "system": "shop", "gate": "go-live", "text": "it is in deploy.yml now" })).unwrap();
    assert_eq!(named(), 1);
    assert_eq!((&ready.gate()["checklist"], &ready.gate()["protects"]), (&json!("deploy"), &json!(["restore"])));
}

#[test]
fn of_the_environment_in_the_file_and_the_registered_one_the_stricter_counts() {
    let ready = Ready::now("production");
    write_migration(&ready, 1);
    let copy = ready.open("2.3");
    let file = ready.folder.join("quarterdeck.yaml");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replace("environment: production", "environment: development")).unwrap();
    let fault = migrate(&ready, None).unwrap_err();
    assert!(fault.is("gate-closed"), "{fault}");
    let both = "The definition of shop says development, and it was added as production: production counts";
    let plan = ready.call("plan_migrations", json!({ "source": { "target": "shop" }, "wish": { "kind": "all" } })).unwrap();
    assert!(plan["gate"]["sentence"].as_str().unwrap().contains(both), "{}", plan["gate"]);
    let (check, health) = loud(&ready);
    assert!(check.contains(both), "{check}");
    assert_eq!((&health["tone"], &health["sentence"]), (&json!("attention"), &json!(both)));
    assert_eq!(ready.readiness(&copy)["copy"]["environment"], "production");
    // Added anew as what the file says: what protected it in production does so until somebody withdraws it.
    ready.call("forget_system", json!({ "system": "shop" })).unwrap();
    ready.call("add_system", json!({ "path": ready.folder })).unwrap();
    let fault = migrate(&ready, None).unwrap_err();
    let why =
        "the checklist release protected migrations and restores in production, and does not in development, as which shop counts now";
    assert!(fault.is("gate-closed") && fault.message.contains(why), "{fault}");
    // The other way round: a development system whose file says production is protected at once.
    fs::write(&file, text).unwrap();
    let fault = migrate(&ready, None).unwrap_err();
    assert!(fault.is("gate-closed") && !fault.message.contains("does not in"), "{fault}");
    assert!(loud(&ready).0.contains("says production, and it was added as development: production counts"));
}

/// A shop whose definition lies beside its database, as on a share, with one checklist (none where empty), added before any copy is opened.
fn beside(environment: &str, checklist: &str) -> Ready {
    let mut ready = Ready::now(environment);
    ready.call("forget_system", json!({ "system": "shop" })).unwrap();
    ready.folder = ready.bench.scratch.file("share");
    fs::create_dir(&ready.folder).unwrap();
    let path = ready.bench.file.display();
    let definition = format!("name: shop\nenvironment: {environment}\ncomponents:\n  main: {{kind: sqlite, path: {path}}}\n");
    fs::write(ready.folder.join("quarterdeck.yaml"), definition).unwrap();
    if !checklist.is_empty() {
        fs::create_dir(ready.folder.join("checklists")).unwrap();
        ready.write("release", checklist);
    }
    ready.call("add_system", json!({ "path": ready.folder })).unwrap();
    ready.bench.work("backup_system", json!({ "system": "shop" })).unwrap();
    ready
}

fn restore(ready: &Ready) -> Result<Value, Fault> {
    ready.bench.restore(&ready.bench.plan(), "shop")
}

#[test]
fn a_definition_that_is_not_mounted_opens_no_gate() {
    let ready = beside("staging", RELEASE);
    let elsewhere = ready.bench.scratch.file("elsewhere");
    let away = || fs::rename(&ready.folder, &elsewhere).unwrap();
    let back = || fs::rename(&elsewhere, &ready.folder).unwrap();
    away();
    // An empty folder is what a share that is not mounted leaves.
    for mount_point in [false, true] {
        if mount_point {
            fs::create_dir(&ready.folder).unwrap();
        }
        let fault = restore(&ready).unwrap_err();
        let why = "quarterdeck.yaml is not there: its folder was moved, or is not mounted, and gates that were seen there stay closed";
        assert!(fault.is("gate-closed") && fault.message.contains("go-live") && fault.message.contains(why), "{fault}");
        assert!(fault.hint.contains("Bring the folder back"), "{}", fault.hint);
        assert_eq!(ready.gate()["protects"], json!(["migrate", "restore"]));
        let health = ready.call("get_health", json!({})).unwrap()["systems"][0]["checks"].clone();
        let gates = health.as_array().unwrap().iter().find(|check| check["key"] == "shop/gates").unwrap();
        assert_eq!(gates["tone"], "critical", "{gates}");
    }
    fs::remove_dir(&ready.folder).unwrap();
    // In an emergency it is passed as any other, and the first copy tells it.
    let plan = ready.bench.plan();
    assert!(plan["gate"]["sentence"].as_str().unwrap().contains("not mounted"), "{}", plan["gate"]);
    let request = json!({ "target": "shop", "snapshot": plan["snapshot"], "destination": { "kind": "in-place" }, "plan": plan["digest"],
        "confirm": "shop", "without_gate": "the share is down" });
    ready.bench.work("restore_component", request).unwrap();
    back();
    let fault = restore(&ready).unwrap_err();
    assert!(fault.is("gate-closed") && fault.message.contains("no copy of release is open"), "{fault}");
    let copy = ready.open("2.3");
    assert!(bypasses(&ready, &copy)[0]["text"].as_str().unwrap().ends_with("the share is down"));
    // What a copy that is open says goes on to count.
    ready.to_go(&copy);
    away();
    restore(&ready).unwrap();
    ready.call("close_checklist", json!({ "copy": copy })).unwrap();
    assert_eq!(code(restore(&ready)), "gate-closed");
}

#[test]
fn what_never_had_checklists_or_is_in_development_is_not_held_up_by_a_folder_that_is_away() {
    let unprotecting = RELEASE.replace("protects: [migrate, restore], ", "");
    let everywhere = RELEASE.replace("environments: [staging, production]\n", "");
    for (environment, checklist) in [("production", ""), ("production", unprotecting.as_str()), ("development", everywhere.as_str())] {
        let ready = beside(environment, checklist);
        fs::rename(&ready.folder, ready.bench.scratch.file("elsewhere")).unwrap();
        restore(&ready).unwrap();
    }
}

#[test]
fn what_was_seen_counts_as_it_was_seen_last_and_until_an_approver_withdraws_it() {
    let ready = beside("staging", "");
    let elsewhere = ready.bench.scratch.file("elsewhere");
    fs::create_dir(ready.folder.join("checklists")).unwrap();
    ready.write("release", RELEASE);
    let look = || Station::new(&ready.bench.engine, Post::Agent).beat().unwrap().unwrap();
    look();
    // Whoever edits what never was opened may do so; a file that cannot be read is what it was.
    ready.write("release", &RELEASE.replace("protects: [migrate, restore], ", "protects: [restore], "));
    look();
    ready.write("release", "title: {");
    look();
    fs::rename(ready.folder.join("checklists"), &elsewhere).unwrap();
    let fault = restore(&ready).unwrap_err();
    assert!(
        fault.is("gate-closed") && fault.message.contains("checklists is not there, and gates that were seen there stay closed"),
        "{fault}"
    );
    assert_eq!(ready.gate()["protects"], json!(["restore"]));
    let withdraw = |gate: &str| ready.call("withdraw_gate", json!({ "system": "shop", "gate": gate, "text": "the share is gone" }));
    assert_eq!(code(withdraw("other")), "no-such-gate");
    assert_eq!(withdraw("go-live").unwrap(), json!([]), "there is no copy that could say it");
    let lines = ready.call("list_audit", json!({})).unwrap();
    let line = lines.as_array().unwrap().iter().find(|line| line["operation"] == "seen_gate_withdrawn").unwrap();
    assert_eq!((&line["target"], &line["detail"]), (&json!("shop/go-live"), &json!("the share is gone")));
    restore(&ready).unwrap();
    fs::rename(&elsewhere, ready.folder.join("checklists")).unwrap();
    ready.write("release", RELEASE);
    assert_eq!(code(restore(&ready)), "gate-closed");
    assert_eq!(ready.call("verify_audit", json!({})).unwrap()["findings"], json!([]));
}

#[test]
fn checklists_that_cannot_be_read_close_what_they_may_protect_and_an_emergency_passes() {
    for (environment, outcome) in [("staging", "gate-closed"), ("development", "done")] {
        let ready = beside(environment, "");
        fs::write(ready.folder.join("checklists"), "no folder").unwrap();
        let went = restore(&ready);
        if outcome == "done" {
            went.unwrap();
            continue;
        }
        let fault = went.unwrap_err();
        assert!(fault.is(outcome) && fault.message.contains("so what it protects is not known"), "{fault}");
        let plan = ready.bench.plan();
        let request = json!({ "target": "shop", "snapshot": plan["snapshot"], "destination": { "kind": "in-place" }, "plan": plan["digest"],
            "confirm": "shop", "without_gate": "the disk is broken" });
        ready.bench.work("restore_component", request).unwrap();
    }
}
