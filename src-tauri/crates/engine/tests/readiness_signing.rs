//! Statements, from outside: who may say what, of what was shown, once; and nothing that was typed is kept.
#![allow(clippy::unwrap_used)]

mod bench;
#[path = "bench/ready.rs"]
mod ready;

use std::{fs, sync::Barrier, thread};

use quarterdeck_model::{Caller, Face, Fault};
use ready::{Ready, passphrase, signing};
use serde_json::{Value, json};

fn code(result: Result<Value, Fault>) -> String {
    result.unwrap_err().code.to_string()
}

#[test]
fn four_eyes_are_two_people_in_the_role_over_what_was_shown() {
    let ready = Ready::new("staging");
    let copy = ready.open("2.3");
    ready.person("Ada", &["dba"]);
    ready.person("Bob", &["dba"]);
    ready.person("Eve", &["tech-lead"]);
    let shown = ready.item(&copy, "on-call")["shown"].clone();
    assert_eq!(code(ready.call("sign_item", signing(&copy, "on-call", "Ada", &json!("0".repeat(64))))), "shown-changed");
    assert_eq!(code(ready.sign(&copy, "on-call", "Eve")), "role-missing");
    assert_eq!(code(ready.sign(&copy, "on-call", "Nobody")), "no-such-person");
    assert_eq!(code(ready.sign(&copy, "flag", "Ada")), "not-signed");
    assert_eq!(code(ready.call("sign_item", signing("ffff", "on-call", "Ada", &shown))), "no-such-copy");
    let mut request = signing(&copy, "on-call", "Ada", &shown);
    request["person"] = json!("ada");
    let signed = ready.call("sign_item", request).unwrap();
    assert_eq!((&signed["person"], &signed["kind"], &signed["number"]), (&json!("Ada"), &json!("sign"), &json!(2)));
    assert_eq!(code(ready.sign(&copy, "on-call", "Ada")), "already-signed");
    assert_eq!(ready.item(&copy, "on-call")["state"], "waiting");
    let bob = ready.sign(&copy, "on-call", "Bob").unwrap();
    assert_eq!(ready.item(&copy, "on-call")["state"], "holds");

    let revoke = |number: &Value, name: &str, text: &str| {
        ready.call(
            "revoke_statement",
            json!({ "copy": copy, "number": number, "text": text, "person": name, "passphrase": passphrase(name) }),
        )
    };
    assert_eq!(code(revoke(&bob["number"], "Bob", "")), "text-needed");
    assert_eq!(code(revoke(&json!(99), "Bob", "wrong")), "no-such-statement");
    assert_eq!(code(revoke(&json!(1), "Bob", "wrong")), "not-revocable");
    revoke(&bob["number"], "Bob", "too early").unwrap();
    assert_eq!(code(revoke(&bob["number"], "Bob", "again")), "already-revoked");
    assert_eq!(ready.item(&copy, "on-call")["state"], "waiting");
    let viewer = Caller { who: "guest".to_owned(), face: Face::Cli, roles: [].into() };
    let others = json!({ "copy": copy, "number": signed["number"], "text": "no", "person": "Bob", "passphrase": passphrase("Bob") });
    assert_eq!(code(ready.bench.engine.call_as(viewer, "revoke_statement", others, None)), "forbidden");
    let detail = ready.call("get_item", json!({ "copy": copy, "item": "on-call" })).unwrap();
    assert_eq!(detail["history"].as_array().unwrap().len(), 3, "{detail}");
    assert_eq!(ready.call("verify_audit", json!({})).unwrap()["findings"], json!([]));
}

#[test]
fn nobody_is_a_second_pair_of_eyes_by_being_written_another_way() {
    let ready = Ready::new("staging");
    let copy = ready.open("2.3");
    ready.person("Ada Illich", &["dba"]);
    ready.sign(&copy, "on-call", "Ada Illich").unwrap();
    let add = |name: &str| ready.call("add_person", json!({ "name": name, "roles": ["dba"] }));
    // Case, blanks, signs, a Cyrillic letter, l for I.
    for name in ["ada illich", " Ada  Illich", "Ada-Illich", "\u{410}da Illich", "Ada lllich"] {
        assert_eq!(code(add(name)), "person-exists", "{name}");
    }
    assert_eq!(code(add("Ada\u{200b} Illich")), "bad-name");
    // Removed and added anew, under the name or under one that looks like it.
    for name in ["Ada Illich", "\u{410}da Illich"] {
        let there = ready.call("list_people", json!({})).unwrap()["people"][0]["name"].clone();
        ready.call("forget_person", json!({ "name": there })).unwrap();
        assert_eq!(code(ready.sign(&copy, "on-call", "Ada Illich")), "no-such-person");
        ready.person(name, &["dba"]);
        assert_eq!(code(ready.sign(&copy, "on-call", name)), "already-signed", "{name}");
    }
    assert_eq!(ready.item(&copy, "on-call")["state"], "waiting");
    ready.person("Bob", &["dba"]);
    ready.sign(&copy, "on-call", "Bob").unwrap();
    assert_eq!(ready.item(&copy, "on-call")["state"], "holds");
    assert_eq!(ready.call("verify_audit", json!({})).unwrap()["findings"], json!([]));
}

#[test]
fn a_refusal_and_a_waiver_say_why_and_a_waiver_ends() {
    let ready = Ready::new("staging");
    let copy = ready.open("2.3");
    ready.person("Ada", &["dba"]);
    let shown = ready.item(&copy, "flag")["shown"].clone();
    let mut no = signing(&copy, "flag", "Ada", &shown);
    no["refuse"] = json!(true);
    assert_eq!(code(ready.call("sign_item", no.clone())), "text-needed");
    no["text"] = json!("the pole is broken");
    ready.call("sign_item", no).unwrap();
    assert_eq!(ready.item(&copy, "flag")["state"], "refused");
    let now = ready.item(&copy, "flag")["statements"][0]["at"].as_str().unwrap().parse::<quarterdeck_model::Instant>().unwrap();
    let waive = |days: i64, text: &str| {
        let until = now + chrono::TimeDelta::days(days);
        let request = json!({ "copy": copy, "item": "flag", "applies": true, "text": text, "until": until, "person": "Ada",
            "passphrase": passphrase("Ada") });
        ready.call("waive_item", request)
    };
    assert_eq!(code(waive(1, " ")), "text-needed");
    assert_eq!(code(waive(91, "no pole")), "bad-time");
    assert_eq!(code(waive(-1, "no pole")), "bad-time");
    waive(1, "no pole").unwrap();
    assert_eq!(ready.item(&copy, "flag")["state"], "waived");
    assert_eq!(ready.readiness(&copy)["verdict"]["waivers"][0]["reason"], "no pole");
    ready.advance(25 * 60);
    assert_eq!(ready.item(&copy, "flag")["state"], "refused");
}

#[test]
fn notes_carry_a_link_or_a_file_of_their_own() {
    let ready = Ready::new("staging");
    let copy = ready.open("2.3");
    let note = |more: Value| {
        let mut request = json!({ "copy": copy, "item": "flag", "text": "" });
        request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        ready.call("note_item", request)
    };
    assert_eq!(code(note(json!({}))), "text-needed");
    assert_eq!(code(note(json!({ "link": "javascript:alert(1)" }))), "bad-link");
    assert_eq!(code(note(json!({ "file": ready.folder }))), "not-a-file");
    let database = &ready.bench.file;
    let twin = ready.folder.join("twin");
    fs::hard_link(database, &twin).unwrap();
    assert_eq!(code(note(json!({ "file": database }))), "live-database", "reading it would drop our locks on it");
    assert_eq!(code(note(json!({ "file": twin }))), "live-database");
    assert_eq!(code(note(json!({ "file": ready.bench.scratch.file("home/quarterdeck.db") }))), "own-file");
    let linked = note(json!({ "link": "https://example.org/1" })).unwrap();
    assert_eq!(linked["attachment"]["link"], "https://example.org/1");
    let file = ready.folder.join("proof.txt");
    fs::write(&file, "seen").unwrap();
    let kept = note(json!({ "file": file })).unwrap();
    let digest = kept["attachment"]["digest"].as_str().unwrap();
    assert_eq!(fs::read(ready.bench.scratch.file("home/attachments").join(digest)).unwrap(), b"seen");
}

#[test]
fn five_wrong_passphrases_pause_a_person_for_ten_minutes() {
    let ready = Ready::new("staging");
    let copy = ready.open("2.3");
    ready.person("Ada", &["dba"]);
    let shown = ready.item(&copy, "on-call")["shown"].clone();
    let mut wrong = signing(&copy, "on-call", "Ada", &shown);
    wrong["passphrase"] = json!("not the one at all");
    let barrier = Barrier::new(5);
    let mut codes: Vec<String> = thread::scope(|scope| {
        let tries: Vec<_> = (0..5)
            .map(|_| {
                scope.spawn(|| {
                    barrier.wait();
                    code(ready.call("sign_item", wrong.clone()))
                })
            })
            .collect();
        tries.into_iter().map(|one| one.join().unwrap()).collect()
    });
    codes.sort();
    assert!(codes.contains(&"person-paused".to_owned()), "{codes:?}");
    let fault = ready.sign(&copy, "on-call", "Ada").unwrap_err();
    assert!(fault.is("person-paused"), "the right one, too, waits: {fault}");
    assert!(ready.call("list_people", json!({})).unwrap()["people"][0]["paused_until"].is_string());
    ready.advance(11);
    ready.sign(&copy, "on-call", "Ada").unwrap();
}

#[test]
fn a_one_time_word_works_once_and_for_a_week() {
    let ready = Ready::new("staging");
    assert_eq!(code(ready.call("add_person", json!({ "name": "", "roles": [] }))), "bad-name");
    assert_eq!(code(ready.call("add_person", json!({ "name": "Ada\u{202e}", "roles": ["dba"] }))), "bad-name");
    assert_eq!(code(ready.call("add_person", json!({ "name": "Ada", "roles": ["DBA"] }))), "bad-role");
    let word = ready.call("add_person", json!({ "name": "Ada", "roles": ["dba"] })).unwrap()["word"].clone();
    assert_eq!(code(ready.call("add_person", json!({ "name": "ADA", "roles": [] }))), "person-exists");
    let set = |present: &Value, new: &str| ready.call("set_passphrase", json!({ "name": "Ada", "present": present, "passphrase": new }));
    assert_eq!(code(set(&word, "short")), "weak-passphrase");
    let copy = ready.open("2.3");
    assert_eq!(code(ready.sign(&copy, "on-call", "Ada")), "no-passphrase");
    set(&word, "a quiet harbour").unwrap();
    assert_eq!(code(set(&word, "another harbour")), "wrong-passphrase");
    assert_eq!(code(set(&json!("a quiet harbour"), "a quiet harbour")), "weak-passphrase", "the same again");
    // Whatever the script, what was typed is compared.
    set(&json!("a quiet harbour"), "тихая гавань у моря").unwrap();
    set(&json!("тихая гавань у моря"), "другая гавань у моря").unwrap();
    let changed = ready.call("set_person", json!({ "name": "ada", "roles": ["tech-lead"], "forgotten": true })).unwrap();
    assert_eq!((&changed["person"]["ready"], &changed["person"]["roles"]), (&json!(false), &json!(["tech-lead"])));
    ready.advance(8 * 24 * 60);
    assert_eq!(code(set(&changed["word"]["word"], "a third harbour")), "word-ended");
    ready.call("forget_person", json!({ "name": "Ada" })).unwrap();
    assert_eq!(code(ready.call("forget_person", json!({ "name": "Ada" }))), "no-such-person");
}

#[test]
fn two_who_sign_at_once_are_both_heard_and_one_who_signs_twice_at_once_is_heard_once() {
    let ready = Ready::new("staging");
    let copy = ready.open("2.3");
    ready.person("Ada", &["dba"]);
    ready.person("Bob", &["dba"]);
    let shown = ready.item(&copy, "on-call")["shown"].clone();
    let barrier = Barrier::new(4);
    let results: Vec<Result<Value, Fault>> = thread::scope(|scope| {
        let all: Vec<_> = ["Ada", "Bob", "Ada", "Bob"]
            .map(|name| {
                let (ready, copy, shown, barrier) = (&ready, &copy, &shown, &barrier);
                scope.spawn(move || {
                    barrier.wait();
                    ready.call("sign_item", signing(copy, "on-call", name, shown))
                })
            })
            .into_iter()
            .collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let mut numbers: Vec<u64> = results.iter().flatten().map(|said| said["number"].as_u64().unwrap()).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, [2, 3], "{results:?}");
    assert!(results.iter().filter_map(|one| one.as_ref().err()).all(|fault| fault.is("already-signed")), "{results:?}");
    assert_eq!(ready.item(&copy, "on-call")["state"], "holds");
    assert_eq!(ready.call("verify_audit", json!({})).unwrap()["findings"], json!([]));
}

#[test]
fn nothing_that_was_typed_is_found_anywhere_in_the_home() {
    let ready = Ready::new("staging");
    let copy = ready.open("2.3");
    let word = ready.call("add_person", json!({ "name": "Ada", "roles": ["dba"] })).unwrap()["word"].as_str().unwrap().to_owned();
    let (own, wrong) = ("velvet-anchor-93", "crimson-rudder-17");
    ready.call("set_passphrase", json!({ "name": "Ada", "present": word, "passphrase": own })).unwrap();
    let mut request = signing(&copy, "on-call", "Ada", &ready.item(&copy, "on-call")["shown"]);
    request["passphrase"] = json!(wrong);
    let fault = ready.call("sign_item", request.clone()).unwrap_err();
    assert!(!format!("{fault:?}").contains(wrong));
    request["passphrase"] = json!({ "typed": wrong });
    let fault = ready.call("sign_item", request.clone()).unwrap_err();
    assert!(!format!("{fault:?}").contains(wrong), "{fault:?}");
    request["passphrase"] = json!(own);
    ready.call("sign_item", request).unwrap();
    let plain = word.replace('-', "");
    let typed = [own, wrong, &word, &plain].map(str::as_bytes);
    let mut files = 0;
    let mut folders = vec![ready.bench.scratch.file("home")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let Ok(bytes) = fs::read(&path) else { continue };
            files += 1;
            for typed in typed {
                assert!(!bytes.windows(typed.len()).any(|part| part == typed), "{} holds what was typed", path.display());
            }
        }
    }
    assert!(files > 2);
    assert!(!format!("{:?}", quarterdeck_model::readiness::Passphrase(own.to_owned())).contains(own));
}
