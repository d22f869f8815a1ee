//! The words that are ours, and how moments and digests are told: the same in both renderings.

use chrono::Datelike as _;
use quarterdeck_model::{Digest, Instant, inspection::Tone};

use crate::Document;

/// Who makes the report.
pub(crate) const PRODUCT: &str = "Quarterdeck";
/// Heads of the columns of checks.
pub(crate) const CHECKS: [&str; 5] = ["State", "Check", "Found", "As of", "Digest"];
/// Heads of the columns of signatures.
pub(crate) const SIGNATURES: [&str; 4] = ["Role", "Said", "Statement", "Person"];
/// In place of a statement that nobody has made.
pub(crate) const NOT_SIGNED: &str = "Not signed";
/// Above the closing block.
pub(crate) const PROOF: &str = "Proof";
/// From so many sections on, a list of them stands at the beginning.
pub(crate) const CONTENTS_FROM: usize = 4;

/// `22 Nov 2026, 14:05 UTC`
pub(crate) fn moment(at: Instant) -> String {
    at.format("%-d %b %Y, %H:%M UTC").to_string()
}

/// Inside a report: without the year where it is the report's own. `22 Nov 14:05`
pub(crate) fn moment_in(document: &Document, at: Instant) -> String {
    let same = at.year() == document.as_of.year();
    at.format(if same { "%-d %b %H:%M" } else { "%-d %b %Y %H:%M" }).to_string()
}

/// `as of 22 Nov 2026, 14:05 UTC · evidence 7f3a 11c9`, at the foot of every page.
pub(crate) fn foot(document: &Document) -> String {
    let evidence = document.closing.evidence.as_ref().map(|digest| format!(" · evidence {}", short(digest)));
    format!("as of {}{}", moment(document.as_of), evidence.unwrap_or_default())
}

/// As much of the title as has room at the head of a sheet.
pub(crate) fn running_title(document: &Document) -> String {
    let title = crate::plain::line(&document.title);
    match title.char_indices().nth(90) {
        Some((end, _)) => format!("{}…", &title[..end]),
        None => title,
    }
}

/// The beginning of a digest. Digests are ours, but a damaged row may hold anything.
pub(crate) fn short(digest: &Digest) -> String {
    crate::plain::line(&digest.short())
}

/// What the closing block says of a report, in order.
pub(crate) fn proof(document: &Document) -> Vec<(&'static str, String)> {
    let closing = &document.closing;
    let mut proof = vec![("As of", moment(document.as_of))];
    proof.extend(closing.evidence.as_ref().map(|digest| ("Evidence", crate::plain::line(&digest.0))));
    proof.extend(closing.audit.as_ref().map(|digest| ("Audit head", crate::plain::line(&digest.0))));
    proof.push(("Made by", crate::plain::line(&format!("{PRODUCT} {}", closing.version))));
    proof
}

/// The name of a tone's shape.
pub(crate) fn shape(tone: Option<Tone>) -> &'static str {
    match tone {
        Some(Tone::Critical) => "critical",
        Some(Tone::Attention) => "attention",
        Some(Tone::Unknown) => "unknown",
        Some(Tone::Working) => "working",
        Some(Tone::Ok) => "ok",
        None => "neutral",
    }
}
