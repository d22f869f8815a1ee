//! Reports: what a copy, a watch, a drill, a run of migrations or a month says, as a document that stands by itself (docs/reports.md).
//!
//! A report is filled by the same answers that the window shows; nothing in it is written by hand.

mod drill;
mod migration;
mod monthly;
mod pictures;
mod readiness;
#[cfg(test)]
mod tests;
mod validation;
mod words;

use quarterdeck_model::{
    Bytes, Digest, Fault, Outcome,
    readiness::{ReportForm, ReportKind},
};
use quarterdeck_report::{Closing, Document};
use quarterdeck_store::{audit, files};

use crate::{
    lookup,
    operation::Scope,
    ops::{Report, SaveReport, SavedReport, WriteReport},
};

/// Writes a report, without its bytes where it is a PDF.
pub(crate) fn report(scope: &Scope, asked: &WriteReport) -> Outcome<Report> {
    let (document, name) = document(scope, asked)?;
    let bytes = written(&document, asked.form)?;
    let html = (asked.form == ReportForm::Html).then(|| String::from_utf8_lossy(&bytes).into_owned());
    Ok(Report {
        title: document.title.clone(),
        name: format!("{name}.{}", ending(asked.form)),
        form: asked.form,
        html,
        size: Bytes(bytes.len() as u64),
        digest: Digest::of(&bytes),
        as_of: document.as_of,
    })
}

/// Writes a report as bytes.
pub(crate) fn report_bytes(scope: &Scope, asked: &WriteReport) -> Outcome<Vec<u8>> {
    written(&document(scope, asked)?.0, asked.form)
}

/// The same in a file, whole or not at all. Refuses with `file-exists` what nobody said may be replaced, with `not-a-report` to replace anything
/// but a report, and with `unknown-form` a file whose ending says nothing.
pub(crate) fn save_report(scope: &Scope, asked: &SaveReport) -> Outcome<SavedReport> {
    let path = &asked.file.0;
    let by_ending = match path.extension().and_then(|ending| ending.to_str()) {
        Some("pdf") => Some(ReportForm::Pdf),
        Some("html" | "htm") => Some(ReportForm::Html),
        _ => None,
    };
    let form = asked.form.or(by_ending).ok_or_else(|| {
        Fault::usage("unknown-form", format!("The ending of {} does not say how the report is written.", path.display()))
            .hint("End the name in .pdf or .html.")
    })?;
    if asked.replace && path.exists() && by_ending.is_none() {
        return Err(Fault::refused("not-a-report", format!("{} does not look like a report; it is not replaced.", path.display()))
            .hint("Name a file that ends in .pdf or .html."));
    }
    let wanted = WriteReport { kind: asked.kind, system: asked.system.clone(), subject: asked.subject.clone(), form };
    let bytes = report_bytes(scope, &wanted)?;
    let write = if asked.replace { files::write_shared } else { files::create_shared };
    write(path, &bytes)?;
    Ok(SavedReport { file: asked.file.clone(), size: Bytes(bytes.len() as u64), digest: Digest::of(&bytes) })
}

/// The document, and a name for its file.
fn document(scope: &Scope, asked: &WriteReport) -> Outcome<(Document, String)> {
    let system = lookup::system(&scope.engine, &asked.system)?;
    let subject = asked.subject.as_deref().map(str::trim).filter(|subject| !subject.is_empty());
    let (mut document, about) = match asked.kind {
        ReportKind::Readiness => readiness::document(scope, &system, subject)?,
        ReportKind::Validation => validation::document(scope, &system, subject)?,
        ReportKind::Drill => drill::document(scope, &system, subject)?,
        ReportKind::Migration => migration::document(scope, &system, subject)?,
        ReportKind::Monthly => monthly::document(scope, &system, subject)?,
    };
    let evidence = document.closing.evidence.take();
    document.closing = closing(scope, evidence)?;
    if asked.kind == ReportKind::Readiness {
        document.closing.verify.push("Each piece of evidence can be measured again: quarterdeck checklist gather COPY".to_owned());
    }
    let kind = words::word(&asked.kind);
    let safe: String = format!("{}-{kind}-{about}", system.name).chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    Ok((document, safe))
}

/// What every report ends with: what it rests on, and how that is verified.
fn closing(scope: &Scope, evidence: Option<Digest>) -> Outcome<Closing> {
    let head = scope.engine.store().read(audit::head)?;
    Ok(Closing {
        evidence,
        audit: head,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        verify: vec![
            "quarterdeck audit verify recomputes the audit trail and all statements; its head has to follow the one printed here."
                .to_owned(),
        ],
    })
}

fn written(document: &Document, form: ReportForm) -> Outcome<Vec<u8>> {
    match form {
        ReportForm::Html => Ok(quarterdeck_report::html(document).into_bytes()),
        ReportForm::Pdf => quarterdeck_report::pdf(document),
    }
}

fn ending(form: ReportForm) -> &'static str {
    match form {
        ReportForm::Html => "html",
        ReportForm::Pdf => "pdf",
    }
}
