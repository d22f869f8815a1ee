//! The rules of the house (docs/architecture.md). Each failure says where the code belongs instead. What clippy can see, clippy holds
//! (clippy.toml); what it cannot see is here.
#![allow(clippy::unwrap_used, reason = "what cannot be set up ends the test")]

#[path = "house/boundaries.rs"]
mod boundaries;
#[path = "house/budgets.rs"]
mod budgets;
#[path = "house/direction.rs"]
mod direction;
#[path = "house/layout.rs"]
mod layout;
#[path = "house/tree.rs"]
mod tree;
#[path = "house/ui.rs"]
mod ui;
#[path = "house/window.rs"]
mod window;
#[path = "house/words.rs"]
mod words;

/// Fails with every finding, one on a line.
#[track_caller]
fn nothing_found(findings: impl IntoIterator<Item = String>) {
    let findings: Vec<String> = findings.into_iter().collect();
    assert!(findings.is_empty(), "{} against the rules of the house:\n{}", findings.len(), findings.join("\n"));
}
