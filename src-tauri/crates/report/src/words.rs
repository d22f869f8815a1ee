//! The words that are ours, and how moments and digests are told: the same in both renderings.

use chrono::Datelike as _;
use quarterdeck_model::{Digest, Instant, inspection::Tone};

use crate::{Column, Document, Figure, Section};

/// Who makes the report.
pub(crate) const PRODUCT: &str = "Quarterdeck";
/// In place of a statement that nobody has made.
pub(crate) const NOT_SIGNED: &str = "Not signed";
/// The state of a signature that nobody has given.
pub(crate) const WAITS: &str = "waits";
/// In place of a figure that cannot be read.
pub(crate) const NO_PICTURE: &str = "This figure could not be read.";
/// Above what a reader can do to check a report.
pub(crate) const STEPS: &str = "How to see for yourself";
/// Above the closing block.
pub(crate) const PROOF: &str = "Proof";
/// From so many sections on, a list of them stands at the beginning.
pub(crate) const CONTENTS_FROM: usize = 4;

/// Columns of a list of checks.
pub(crate) fn checks_columns() -> [Column; 5] {
    [Column::short("State"), Column::words("Check", 3), Column::words("Found", 5), Column::short("As of (UTC)"), Column::short("Digest")]
}

/// Columns of a list of signatures.
pub(crate) fn signatures_columns() -> [Column; 4] {
    [Column::words("Role", 2), Column::short("Said"), Column::words("Statement", 4), Column::words("Person", 3)]
}

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

/// The title on one line; a report that has none is called what it is.
pub(crate) fn title(document: &Document) -> String {
    let title = crate::plain::line(&document.title);
    if title.is_empty() { "Report".to_owned() } else { title }
}

/// A heading on one line; one without words would be no place to go to.
pub(crate) fn heading(section: &Section) -> String {
    let heading = crate::plain::line(&section.heading);
    if heading.is_empty() { "Untitled".to_owned() } else { heading }
}

/// What a figure shows, for whoever cannot see it.
pub(crate) fn told(figure: &Figure) -> String {
    let told = [&figure.alt, &figure.caption].map(|words| crate::plain::line(words)).into_iter().find(|words| !words.is_empty());
    told.unwrap_or_else(|| "Figure".to_owned())
}

/// As much of the title as has room at the head of a sheet.
pub(crate) fn running_title(document: &Document) -> String {
    let title = title(document);
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
