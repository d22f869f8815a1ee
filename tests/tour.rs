//! The main job from beginning to end in the real window, told in plain words: add, back up, damage, restore, verify, undo. `make run`
//! without a display runs it; so does `make test`.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a program for people, and what cannot be set up ends it")]

mod support;

use std::path::{Path, PathBuf};

use support::{Bench, Window, bench::ask, steps};

const ORDERS: u32 = 50_000;

fn main() {
    // It is one test: it is not run where only others are asked for.
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.iter().any(|word| word == "--list" || word == "--ignored" || (!word.starts_with('-') && !"tour".contains(word.as_str()))) {
        return;
    }
    let shots =
        std::env::var_os("QUARTERDECK_SCREENSHOTS").map_or_else(|| Path::new(env!("CARGO_TARGET_TMPDIR")).join("tour"), PathBuf::from);
    let mut teller = Teller { step: 0 };
    tour(&mut teller, &shots);
    println!("\nEach step was a click in the real window. Screenshots: {}", shots.display());
}

/// Says what happens, and numbers it.
struct Teller {
    step: u32,
}

impl Teller {
    fn say(&mut self, words: &str) {
        self.step += 1;
        println!("{:>3}. {words}", self.step);
    }
}

fn tour(teller: &mut Teller, shots: &Path) {
    let bench = Bench::new();
    let path = bench.file("shop.db");
    quarterdeck_testkit::shop(&path, ORDERS, "wal");
    bench.line("example load").done();
    let _writer = bench.start("example load --write 5");
    teller.say("Loaded the example system reputation; something writes to it all the time.");

    let window = Window::opening(&bench.home()).shots(shots).open();
    window.see("database-row", "reputation");
    window.screenshot("1-overview");
    teller.say("Opened the window: the overview shows the example.");
    steps::back_up(&window, "reputation");
    window.screenshot("2-snapshot");
    teller.say("Backed up reputation while it was written to; the copy was read back and its integrity is ok.");

    steps::add(&window, &path);
    steps::back_up(&window, "shop");
    teller.say(&format!("Added {} with {ORDERS} orders, and backed it up.", path.display()));
    assert_eq!(ask(&path, "DELETE FROM orders WHERE id > 100; SELECT count(*) FROM orders;"), "100");
    teller.say("Deleted all orders but 100 with the sqlite3 shell.");

    steps::plan_in_place(&window, "shop");
    window.screenshot("3-plan");
    teller.say("Chose the snapshot in the wizard; the plan says what will happen and what is lost.");
    steps::confirm(&window, "shop");
    window.screenshot("4-report");
    assert_eq!(ask(&path, "PRAGMA integrity_check; SELECT count(*) FROM orders;"), format!("ok\n{ORDERS}"));
    teller.say(&format!("Restored it in place. Verified with the shell: {ORDERS} orders, integrity ok."));

    steps::undo(&window, "shop");
    window.screenshot("5-undone");
    assert_eq!(ask(&path, "PRAGMA integrity_check; SELECT count(*) FROM orders;"), "ok\n100");
    teller.say("Took the restore back with Undo: 100 orders again, integrity ok.");
    window.go("#/audit");
    window.see("page-title", "Audit");
    window.screenshot("6-audit");
    bench.line("audit verify").done();
    window.go("#/overview");
    window.see("database-row", "reputation");
    window.screenshot("7-overview");
    teller.say("The audit trail has a line for each of these acts, and its chain holds.");
}
