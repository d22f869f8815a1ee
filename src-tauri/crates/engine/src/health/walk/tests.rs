//! Looks that nobody waits for any longer, and somebody who does not want to.

use quarterdeck_model::{Class, Face, SystemClock};
use quarterdeck_testkit::{Scratch, shop};
use serde_json::json;

use super::*;
use crate::Home;

/// A registered shop; `cancel` stops what is asked.
fn scope(cancel: &CancelToken) -> (Scratch, Scope) {
    let scratch = Scratch::new();
    let engine = Engine::open(Home::find(Some(&scratch.file("home"))).unwrap(), Arc::new(SystemClock)).unwrap();
    let file = scratch.file("shop.db");
    shop(&file, 5, "wal");
    engine.call(Face::Cli, "add_system", json!({ "path": file }), None).unwrap();
    let caller = engine.caller(Face::Cli).unwrap();
    (scratch, Scope { engine, caller, ctx: JobCtx::new(Arc::new(Unheard), cancel.clone()) })
}

#[test]
fn what_is_not_back_in_time_is_not_known_and_that_is_said() {
    let (_scratch, scope) = scope(&CancelToken::default());
    let report = walk_within(&scope, None, Duration::ZERO).unwrap();
    let keys: Vec<&str> = report.checks.iter().map(|check| check.key.as_str()).collect();
    assert_eq!(keys, ["shop/kept", "shop/promises", "shop/migrations", "machine/collectors"]);
    assert!(report.checks.iter().all(|check| check.tone == Tone::Unknown && check.sentence == "Not done within 0 ms"), "{report:?}");
    assert_eq!(report.tone, Tone::Unknown);
    assert!(report.verdict.ends_with(" 0 of 4 checks pass."), "{}", report.verdict);
}

#[test]
fn it_stops_where_somebody_wants_it_to() {
    let cancel = CancelToken::default();
    let (_scratch, scope) = scope(&cancel);
    cancel.cancel();
    assert_eq!(walk(&scope, None).unwrap_err().class, Class::Cancelled);
}
