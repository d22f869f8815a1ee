//! What lint says of the files.

use quarterdeck_model::{
    Count, Outcome,
    inspection::Tone,
    migration::{LintMark, Problem, RehearsalStanding, Severity},
};

use super::{look::Look, place::Place, rehearsals};
use crate::{
    operation::Scope,
    ops::{LintMigrations, LintReport},
};

/// Of all migrations, or of those that are not applied.
pub(crate) fn lint(scope: &Scope, request: &LintMigrations) -> Outcome<LintReport> {
    let look = Look::at(scope, Place::find(scope, &request.source)?)?;
    let marks = marks(&look, rehearsals::standing(scope, &look, &look.next())?.as_ref(), request.all);
    let problems = look.collection.problems.clone();
    let judged = if request.all { look.collection.migrations.len() } else { look.unapplied().len() };
    let (sentence, tone) = sentence(&marks, &problems, judged, request.all);
    Ok(LintReport { sentence, tone, marks, problems })
}

/// Marks of these files, in their order, with those that only a rehearsal can give, while it holds.
pub(super) fn marks(look: &Look, rehearsal: Option<&RehearsalStanding>, all: bool) -> Vec<LintMark> {
    let mut marks = look.marks(all);
    let holds = rehearsal.filter(|standing| standing.stale.is_empty());
    marks.extend(holds.into_iter().flat_map(|standing| look.rehearsed_marks(&standing.rehearsal)));
    let place = |version: &str| look.collection.migrations.iter().position(|migration| migration.version.text == version);
    marks.sort_by_cached_key(|mark| (place(&mark.version), mark.at.file.clone(), mark.at.line, mark.at.column, mark.code.clone()));
    marks
}

/// True for a mark that keeps its migration from being applied.
pub(super) fn refuses(mark: &LintMark) -> bool {
    mark.severity == Severity::Error && mark.waived.is_none()
}

fn sentence(marks: &[LintMark], problems: &[Problem], judged: usize, all: bool) -> (String, Tone) {
    let open = |severity| Count(marks.iter().filter(|mark| mark.severity == severity && mark.waived.is_none()).count() as u64);
    let (errors, warnings, notes) = (open(Severity::Error), open(Severity::Warning), open(Severity::Note));
    let waived = Count(marks.iter().filter(|mark| mark.waived.is_some()).count() as u64);
    let parts =
        [(errors, errors.of("error")), (warnings, warnings.of("warning")), (notes, notes.of("note")), (waived, format!("{waived} waived"))];
    let found: Vec<String> = parts.into_iter().filter(|(number, _)| number.0 > 0).map(|(_, words)| words).collect();
    let whose = format!("{}{}", Count(judged as u64).of("migration"), if all { "" } else { " not applied" });
    let found = if found.is_empty() { "nothing".to_owned() } else { found.join(", ") };
    let tone = match () {
        () if errors.0 > 0 || !problems.is_empty() => Tone::Critical,
        () if warnings.0 > 0 => Tone::Attention,
        () => Tone::Ok,
    };
    let trouble = match Count(problems.len() as u64) {
        Count(0) => String::new(),
        number => format!(" The folder has {}.", number.of("problem")),
    };
    (format!("Lint finds {found} in {whose}.{trouble}"), tone)
}
