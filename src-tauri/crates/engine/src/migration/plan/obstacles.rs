//! What stands in the way of an apply, each as the fault that refuses it.

use quarterdeck_migrate::{collection::Collection, history::History, steps::Batch};
use quarterdeck_model::{Count, Fault, Outcome, migration::LintMark};
use quarterdeck_store::files;

use super::{
    super::{lint::refuses, look::Look},
    Draft,
};
use crate::{backup::no_room, operation::Scope};

/// Why no batches could be made; every problem of the folder, where that is why.
pub(super) fn of_batches(collection: &Collection, refused: Option<Fault>) -> Vec<Fault> {
    let Some(fault) = refused else { return Vec::new() };
    let more = if fault.is("folder-has-problems") { collection.problems.get(1..).unwrap_or_default() } else { &[] };
    let more = more.iter().map(|problem| {
        let at = problem.at.as_ref().map_or_else(String::new, |at| format!("{}:{}: ", at.file, at.line));
        Fault::refused("folder-has-problems", format!("{at}{}", problem.message)).hint(problem.hint.clone())
    });
    std::iter::once(fault).chain(more.collect::<Vec<_>>()).collect()
}

/// What another tool remembers, and our ledger does not: with rows of one apply in the ledger, it would look as if nothing else had ever run.
pub(super) fn of_histories(look: &Look, batches: &[Batch]) -> Vec<Fault> {
    if batches.is_empty() {
        return Vec::new();
    }
    let adopted = |tool| look.lines.iter().any(|line| line.tool == Some(tool));
    let foreign = look.histories.iter().filter(|history| !history.entries.is_empty() && !adopted(history.tool));
    let name = look.place.registered.as_ref().map_or_else(|| "SYSTEM".to_owned(), |registered| registered.target.to_string());
    let fault = |history: &History| {
        let known = Count(history.entries.len() as u64).of("migration");
        Fault::refused(
            "history-not-adopted",
            format!("{} says that {known} were applied, and the ledger does not know them.", history.table),
        )
        .hint(format!("Take them over first: quarterdeck migrate adopt {name}"))
    };
    foreign.map(fault).collect()
}

/// Lint errors that nobody has waived in the file or accepted for this run.
pub(super) fn of_lint(marks: &[LintMark], accepted: &[String]) -> Vec<Fault> {
    let is_accepted = |mark: &LintMark| accepted.iter().any(|code| code.eq_ignore_ascii_case(&mark.code));
    let refusing = marks.iter().filter(|mark| refuses(mark) && !is_accepted(mark));
    let fault = |mark: &LintMark| {
        let LintMark { code, at, what, .. } = mark;
        Fault::refused("lint-errors", format!("{}:{}: {code}: {what}", at.file, at.line))
            .hint(format!("Change the file, waive {code} in it with a reason, or accept it for this run with --accept-lint {code}."))
            .fact("code", code.as_str())
    };
    refusing.map(fault).collect()
}

/// The safety image, and the log where a rehearsal has measured it, must find room.
pub(super) fn of_space(scope: &Scope, draft: &Draft<'_>) -> Outcome<Vec<Fault>> {
    if draft.batches.is_empty() {
        return Ok(Vec::new());
    }
    let (database, safety) = (&draft.look.place.database, scope.engine.home().safety());
    let (image, log) = (draft.safety().0, draft.log().map_or(0, |log| log.0));
    let mut short = Vec::new();
    if files::same_disk(database, &safety)? {
        short.extend(no_room(database, image.saturating_add(log))?);
    } else {
        short.extend(no_room(database, log)?);
        short.extend(no_room(&safety, image)?);
    }
    Ok(short.into_iter().map(|what| Fault::refused("no-room", what).hint("Make room there, and plan again.")).collect())
}
