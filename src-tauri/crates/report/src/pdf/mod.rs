//! The document as sheets of A4, set by the typst library from one template of ours (docs/decisions/0028).
//!
//! The template is constant; what a document says reaches it as strings of JSON and is never read as its language.

mod fonts;
mod letters;
mod script;
mod widths;
mod world;

use chrono::{Datelike as _, Timelike as _};
use quarterdeck_model::{Fault, Outcome};
use typst::{
    diag::SourceDiagnostic,
    foundations::{Datetime, Smart},
};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

use crate::{Document, plain, words};

/// A PDF 1.7 that keeps to PDF/UA-1: tagged, with a title, a language, bookmarks, and words for each figure. Its dates are the document's.
///
/// Takes some hundred milliseconds of this thread. A figure that cannot be read is said to be missing in its place.
/// Fails with `report-not-set` where the library gives up, which is a mistake of ours.
pub fn pdf(document: &Document) -> Outcome<Vec<u8>> {
    let world = world::Desk::of(document);
    let set = typst::compile::<PagedDocument>(&world).output.map_err(|found| not_set(document, &found));
    let pdf = set.and_then(|set| typst_pdf::pdf(&set, &options(document)?).map_err(|found| not_set(document, &found)));
    // What the library keeps for the next time would be kept for good: an engine runs for months, and reports are rare.
    typst::comemo::evict(0);
    pdf
}

fn options(document: &Document) -> Outcome<PdfOptions> {
    let standards =
        PdfStandards::new(&[PdfStandard::Ua_1]).map_err(|refused| Fault::bug(format!("PDF/UA-1 is refused: {}", refused.message())))?;
    let evidence = document.closing.evidence.as_ref().map(|digest| digest.0.as_str()).unwrap_or_default();
    Ok(PdfOptions {
        ident: Smart::Custom(format!("{}\n{}\n{evidence}", document.title, document.as_of)),
        creator: Smart::Custom(Some(plain::line(&format!("{} {}", words::PRODUCT, document.closing.version)))),
        timestamp: moment(document).map(Timestamp::new_utc),
        standards,
        ..PdfOptions::default()
    })
}

fn moment(document: &Document) -> Option<Datetime> {
    let (day, time) = (document.as_of.date_naive(), document.as_of.time());
    let small = |number: u32| u8::try_from(number).unwrap_or_default();
    Datetime::from_ymd_hms(day.year(), small(day.month()), small(day.day()), small(time.hour()), small(time.minute()), small(time.second()))
}

fn not_set(document: &Document, found: &[SourceDiagnostic]) -> Fault {
    let why = found.iter().map(|one| one.message.as_str()).collect::<Vec<_>>().join("; ");
    let mut fault = Fault::bug(format!("The report “{}” could not be set as a PDF: {why}.", words::title(document)));
    fault.code = "report-not-set".into();
    fault.hint("Save it as HTML, which can be printed, and report the text above.")
}
