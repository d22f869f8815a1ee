//! Transactions and pragmas in files.

use quarterdeck_model::migration::{LintMark, Severity};

use super::{
    codes,
    context::{Context, Seen, milder},
};
use crate::collection::{StatementKind, Transaction};

/// Pragmas whose value stays in the file.
const LASTING: &[&str] = &["user_version", "application_id", "journal_mode", "auto_vacuum", "page_size", "encoding"];

/// QD-L20.
pub(super) fn foreign_keys(context: &Context<'_>) -> Vec<LintMark> {
    let marks = context.up.iter().enumerate().filter_map(|(number, seen)| {
        let wanted = seen.pragma()?.foreign_keys()?;
        let inside = match &context.migration.transaction {
            Transaction::Ours => true,
            Transaction::TakenOver { skipped, .. } => !skipped.contains(&number),
            Transaction::Alone { .. } => context.is_inside_own(number),
        };
        let now = context.foreign_keys_at(number);
        inside.then(|| {
            let state = if now { "on" } else { "off" };
            let mark = context.mark(
                codes::FOREIGN_KEYS_INSIDE,
                seen,
                format!("Foreign keys stay {state}: inside a transaction this does nothing."),
            );
            if now && !wanted { mark } else { milder(mark, Severity::Note) }
        })
    });
    marks.collect()
}

/// QD-L21: one mark for the first BEGIN or COMMIT of a migration.
pub(super) fn own(context: &Context<'_>) -> Vec<LintMark> {
    let controls = |seen: &&Seen<'_>| matches!(seen.statement.kind, StatementKind::Begin | StatementKind::Commit | StatementKind::Rollback);
    let Some(seen) = context.up.iter().find(controls) else { return Vec::new() };
    match &context.migration.transaction {
        Transaction::Alone { reason } => {
            vec![context.mark(codes::OWN_TRANSACTION, seen, format!("It stands alone, because of this: {reason}. It is not one step."))]
        }
        _ => {
            let what = "Its own transaction is taken over: it runs in one with its row in the ledger.".to_owned();
            vec![milder(context.mark(codes::OWN_TRANSACTION, seen, what), Severity::Note)]
        }
    }
}

/// QD-L22.
pub(super) fn outside(context: &Context<'_>) -> Vec<LintMark> {
    let Transaction::Alone { .. } = &context.migration.transaction else { return Vec::new() };
    let marks = context.up.iter().filter_map(|seen| {
        let name = match seen.statement.kind {
            StatementKind::Vacuum => "VACUUM".to_owned(),
            StatementKind::Pragma => {
                seen.pragma().filter(|pragma| pragma.is_for_outside()).map(|pragma| format!("PRAGMA {}", pragma.name))?
            }
            _ => return None,
        };
        Some(context.mark(codes::NO_TRANSACTION, seen, format!("{name} makes the whole migration run without a transaction.")))
    });
    marks.collect()
}

/// QD-L23.
pub(super) fn writable_schema(context: &Context<'_>) -> Vec<LintMark> {
    let marks = context.up.iter().filter_map(|seen| {
        let value = seen.pragma().filter(|pragma| pragma.name == "writable_schema")?.value?;
        let on = !matches!(value.as_str(), "0" | "off" | "no" | "false" | "reset");
        on.then(|| context.mark(codes::WRITABLE_SCHEMA, seen, "Lets the file write to sqlite_schema.".to_owned()))
    });
    marks.collect()
}

/// QD-L24, in both ways.
pub(super) fn other_databases(context: &Context<'_>) -> Vec<LintMark> {
    let marks = context.up.iter().chain(&context.down).filter_map(|seen| {
        let name = match seen.statement.kind {
            StatementKind::Attach => "ATTACH",
            StatementKind::Detach => "DETACH",
            StatementKind::VacuumInto => "VACUUM INTO",
            _ => return None,
        };
        Some(context.mark(codes::OTHER_DATABASE, seen, format!("{name} reaches for another file.")))
    });
    marks.collect()
}

/// QD-L26.
pub(super) fn lasting(context: &Context<'_>) -> Vec<LintMark> {
    let marks = context.up.iter().filter_map(|seen| {
        let pragma = seen.pragma().filter(|pragma| LASTING.contains(&pragma.name.as_str()))?;
        let value = pragma.value?;
        let mark = context.mark(codes::LASTING_PRAGMA, seen, format!("Sets {} to {value}, and that stays.", pragma.name));
        // These two are there for applications, are written in the transaction, and go back with it.
        let usual = matches!(pragma.name.as_str(), "user_version" | "application_id");
        Some(if usual { milder(mark, Severity::Note) } else { mark })
    });
    marks.collect()
}
