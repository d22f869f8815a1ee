//! A report as one page of HTML: no script, nothing fetched, every text escaped. It is read in a browser, printed, and kept with a ticket.

mod parts;

use quarterdeck_model::migration::DatabaseStats;
use quarterdeck_model::{
    Count, Instant, WirePath,
    inspection::Tone,
    migration::{LedgerLine, MigrationList, MigrationState, RehearsalStanding, SchemaDifference, Validation, WayDown},
};

use self::parts::{code, list, page_of, section, table, text};
use crate::ops::MigrationsReport;

/// The page.
pub(super) fn page(report: &MigrationsReport) -> String {
    let MigrationsReport { list, entries, validation, stats, audit_head, as_of, evidence, .. } = report;
    let title = format!("Migrations of {}", name(list));
    let head = audit_head.as_ref().map_or_else(|| "empty".to_owned(), ToString::to_string);
    let foot = format!(
        "<footer><p>Made {}. Evidence {}. Head of the audit trail {}.</p></footer>",
        moment(*as_of),
        code(&evidence.to_string()),
        code(&head)
    );
    let body = [
        format!("<h1>{}</h1><p class=\"lead {}\">{}</p>", text(&title), class(list.tone), text(&list.sentence)),
        about(list),
        timeline(list),
        rehearsal(list.rehearsal.as_ref()),
        verdict(validation),
        figures(stats),
        ledger(entries),
        unused(list),
        foot,
    ];
    page_of(&title, &body.concat())
}

fn name(list: &MigrationList) -> String {
    list.target.as_ref().map_or_else(|| list.database.file_name(), ToString::to_string)
}

fn about(list: &MigrationList) -> String {
    let path = |path: &WirePath| code(&path.to_string());
    let on = |on: bool| if on { "on" } else { "off" };
    let settings = format!(
        "foreign keys {}, recursive triggers {}, double-quoted strings {} ({})",
        on(list.settings.foreign_keys),
        on(list.settings.recursive_triggers),
        on(list.settings.double_quoted_strings),
        list.settings.reason
    );
    let ledger = if list.has_ledger { list.ledger.clone() } else { format!("{}, not there yet", list.ledger) };
    let mut rows = vec![
        vec!["Database".to_owned(), path(&list.database)],
        vec!["Folder".to_owned(), path(&list.folder)],
        vec!["Layout".to_owned(), text(&format!("{}: {}", word(&list.layout), list.layout_reason))],
        vec!["Ledger".to_owned(), text(&ledger)],
        vec!["Connection".to_owned(), text(&settings)],
    ];
    rows.extend(list.histories.iter().map(|history| {
        let adopted = if history.adopted { ", adopted" } else { "" };
        let what = format!("{} in {}: {}{adopted}", word(&history.tool), history.table, history.applied.of("version"));
        vec!["Found".to_owned(), text(&what)]
    }));
    table(&[], &rows)
}

fn timeline(list: &MigrationList) -> String {
    let rows: Vec<Vec<String>> = list
        .lines
        .iter()
        .map(|line| {
            let state = format!("<span class=\"{}\">{}</span>", class(line.tone), text(&word(&line.state)));
            let hash = line.statements_sha256.as_ref().map(|digest| code(&digest.short())).unwrap_or_default();
            vec![
                code(&line.version),
                text(&line.name),
                state,
                line.applied_at.map(moment).unwrap_or_default(),
                text(line.who.as_deref().unwrap_or_default()),
                line.took.map(|took| text(&took.to_string())).unwrap_or_default(),
                hash,
                text(if line.has_down { "yes" } else { "none" }),
                text(&line.sentence),
            ]
        })
        .collect();
    let pending = list.lines.iter().filter(|line| line.state == MigrationState::Pending).count();
    let title = format!("Timeline ({} in all, {pending} pending)", list.lines.len());
    section(&title, &table(&["Version", "Name", "State", "Applied", "By", "Took", "Statements", "Way down", "Remarks"], &rows))
}

fn rehearsal(standing: Option<&RehearsalStanding>) -> String {
    let Some(RehearsalStanding { rehearsal, stale }) = standing else {
        return section("Rehearsal", "<p>Nobody has rehearsed these migrations.</p>");
    };
    let holds = match stale.as_slice() {
        [] => String::new(),
        reasons => format!("<p class=\"attention\">It holds no more: {}.</p>", text(&reasons.join("; "))),
    };
    let said = format!("<p class=\"{}\">{} {}</p>", class(rehearsal.tone), moment(rehearsal.at), text(&rehearsal.sentence));
    let rows: Vec<Vec<String>> = rehearsal
        .steps
        .iter()
        .map(|step| {
            let (pages, changed) = (step.pages_written.to_string(), step.rows_changed.to_string());
            vec![code(&step.version), text(&step.took.to_string()), pages, changed, way_down(&step.down)]
        })
        .collect();
    section("Rehearsal", &[said, holds, table(&["Version", "Took", "Pages written", "Rows changed", "Way down"], &rows)].concat())
}

fn way_down(down: &WayDown) -> String {
    let (tone, words) = match down {
        WayDown::Back { took, rows } if rows.is_empty() => (Tone::Ok, format!("in {took}, the schema is the same again")),
        WayDown::Back { took, rows } => (Tone::Attention, format!("in {took}, {} with other rows", Count(rows.len() as u64).of("table"))),
        WayDown::NotBack { differences } => {
            (Tone::Critical, format!("the schema is another one: {}", Count(differences.len() as u64).of("difference")))
        }
        WayDown::Failed { failure } => (Tone::Critical, format!("failed: {}", failure.message)),
        WayDown::None => (Tone::Attention, "none".to_owned()),
        WayDown::NotTried => (Tone::Unknown, "not tried".to_owned()),
    };
    format!("<span class=\"{}\">{}</span>", class(tone), text(&words))
}

fn verdict(validation: &Validation) -> String {
    let drift = match (&validation.drift_unknown, validation.drift.as_slice()) {
        (Some(why), _) => unless_said(&validation.sentence, why),
        (None, []) => unless_said(&validation.sentence, "The live schema is what the applied files give"),
        (None, drift) => {
            table(&["What", "The files declare", "The database has", "Cure"], &drift.iter().map(differing).collect::<Vec<_>>())
        }
    };
    let orphans = validation
        .foreign_keys
        .iter()
        .map(|orphans| format!("{} of {} point to nothing in {}", orphans.rows.of("row"), orphans.table, orphans.parent));
    let queries: Vec<Vec<String>> = validation
        .queries
        .iter()
        .map(|query| {
            let index = query.index.as_deref().map(code).unwrap_or_default();
            vec![text(query.name.as_str()), text(&query.what), code(&query.plan.join("\n")), index]
        })
        .collect();
    let queries =
        if queries.is_empty() { String::new() } else { table(&["Query", "Verdict", "SQLite's plan", "Index that helps"], &queries) };
    let said = format!("<p class=\"{}\">{} {}</p>", class(validation.tone), moment(validation.as_of), text(&validation.sentence));
    let problems = validation.problems.iter().map(|problem| format!("{} {}", problem.message, problem.hint));
    section("Drift, references, queries", &[said, drift, list_of(orphans), queries, list_of(problems)].concat())
}

/// A paragraph, where the sentence above it does not say the same.
fn unless_said(sentence: &str, more: &str) -> String {
    if sentence.contains(more) { String::new() } else { format!("<p>{}.</p>", text(more.trim_end_matches('.'))) }
}

fn differing(difference: &SchemaDifference) -> Vec<String> {
    let sql = |sql: &Option<String>| sql.as_deref().map(code).unwrap_or_default();
    vec![text(&difference.what), sql(&difference.expected), sql(&difference.found), sql(&difference.cure)]
}

fn figures(stats: &DatabaseStats) -> String {
    let rows: Vec<Vec<String>> = stats
        .tables
        .iter()
        .map(|one| {
            let rows = one.rows.map_or_else(|| "cannot be counted".to_owned(), |rows| rows.to_string());
            vec![text(&one.table), rows, one.bytes.to_string(), one.index_bytes.to_string(), text(&one.indexes.join(", "))]
        })
        .collect();
    let (views, triggers) = (stats.views.of("view"), stats.triggers.of("trigger"));
    let said = format!("<p>{} in all, {} of it free; {views}, {triggers}.</p>", stats.size, stats.free);
    section("Tables", &[said, table(&["Table", "Rows", "Own pages", "Indexes", "Names of indexes"], &rows)].concat())
}

fn ledger(entries: &[LedgerLine]) -> String {
    let rows: Vec<Vec<String>> = entries
        .iter()
        .map(|entry| {
            let short =
                |digest: &Option<quarterdeck_model::Digest>| digest.as_ref().map(|digest| code(&digest.short())).unwrap_or_default();
            vec![
                code(&entry.version),
                text(&entry.name),
                text(&word(&entry.kind)),
                moment(entry.at),
                text(&entry.who),
                entry.took.map(|took| text(&took.to_string())).unwrap_or_default(),
                short(&entry.bytes_sha256),
                short(&entry.statements_sha256),
                text(entry.reason.as_deref().unwrap_or_default()),
            ]
        })
        .collect();
    section("Ledger", &table(&["Version", "Name", "What", "When", "By", "Took", "Bytes", "Statements", "Reason"], &rows))
}

fn unused(list: &MigrationList) -> String {
    let files = list.unused.iter().map(|unused| format!("{}: {}", unused.file, unused.reason));
    let files = list_of(files);
    if files.is_empty() { files } else { section("Files that are not used", &files) }
}

fn list_of(lines: impl Iterator<Item = String>) -> String {
    list(&lines.map(|line| text(&line)).collect::<Vec<_>>())
}

fn class(tone: Tone) -> &'static str {
    match tone {
        Tone::Critical => "critical",
        Tone::Attention | Tone::Unknown => "attention",
        Tone::Working | Tone::Ok => "fine",
    }
}

/// A word of the wire, for people.
fn word(word: &impl serde::Serialize) -> String {
    let word = serde_json::to_value(word).ok().and_then(|value| value.as_str().map(|text| text.replace('-', " ")));
    word.unwrap_or_default()
}

fn moment(at: Instant) -> String {
    format!("<time>{} UTC</time>", at.format("%Y-%m-%d %H:%M:%S"))
}
