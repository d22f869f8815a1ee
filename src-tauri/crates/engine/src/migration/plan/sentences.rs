//! The steps of a plan, in words.

use chrono::TimeDelta;
use quarterdeck_migrate::{
    collection::Transaction,
    settings,
    steps::{Batch, Item},
};
use quarterdeck_model::{
    Count, Instant,
    migration::{ConnectionSettings, Direction, Tool},
};

use super::{
    super::{applied::looked_through, look::Look},
    Draft,
};
use crate::{restore::UNDO_DAYS, truth};

/// What will happen, in order.
pub(super) fn steps(draft: &Draft<'_>, now: Instant) -> Vec<String> {
    if draft.batches.is_empty() {
        let nothing =
            if draft.direction == Direction::Down { "Nothing is applied that could be taken back." } else { "Nothing is pending." };
        return vec![nothing.to_owned()];
    }
    let mut steps = vec![
        format!("Check that {} and its files are still what this plan speaks of, and hold its lease.", draft.look.place.file_name()),
        copy(draft, now),
        connection(&draft.look.settings),
    ];
    steps.extend(draft.batches.iter().enumerate().map(|(at, batch)| run(draft, batch, at == 0)));
    steps.push(afterwards(draft.look).to_owned());
    steps.extend(others(draft));
    steps
}

fn afterwards(look: &Look) -> &'static str {
    if looked_through(&look.journal_mode, look.size) {
        "Keep the safety image as a pinned snapshot, then check the schema and the references between tables."
    } else {
        "Keep the safety image as a pinned snapshot, then check the schema. References between tables are not looked through afterwards: without WAL, writers of a database of this size would wait for it. Where a file turns foreign keys off, they are looked through before the commit all the same."
    }
}

fn copy(draft: &Draft<'_>, now: Instant) -> String {
    let until = truth::moment(now + TimeDelta::days(UNDO_DAYS), now);
    let log = match draft.log() {
        Some(log) => format!("The log and growth need {log} more, as rehearsed."),
        None => "What the log needs beside it is not known: nobody has rehearsed this.".to_owned(),
    };
    format!(
        "Take the write lock, and copy the safety image ({}) before anything is written: writers wait up to {}, and no commit can fall between. It is the way back, kept until {until}. {log}",
        draft.safety(),
        draft.safety_wait
    )
}

fn connection(settings: &ConnectionSettings) -> String {
    let on = |on: bool| if on { "on" } else { "off" };
    format!(
        "Set the connection {}: foreign keys {}, recursive triggers {}, texts in double quotes {}.",
        settings.reason,
        on(settings.foreign_keys),
        on(settings.recursive_triggers),
        if settings.double_quoted_strings { "allowed" } else { "refused" }
    )
}

fn run(draft: &Draft<'_>, batch: &Batch, first: bool) -> String {
    let titles: Vec<String> = batch.items.iter().map(title).collect();
    let statements = Count(batch.statements(&draft.look.collection)).of("statement");
    let (verb, rows) = match draft.direction {
        Direction::Up => ("Run", "the rows that record it"),
        Direction::Down => ("Take back", "the rows that record that"),
    };
    let keys = match batch.foreign_keys {
        Some(on) if on != draft.look.settings.foreign_keys => {
            format!(", with foreign keys {} as the file asks", if on { "on" } else { "off" })
        }
        _ => String::new(),
    };
    let ledger = draft.look.place.ledger.name();
    let made = if first && !draft.look.has_ledger { format!("the new ledger {ledger}") } else { format!("the ledger {ledger}") };
    let commit = if batch.atomic { format!("then commit with {rows} in {made}.") } else { format!("with {rows} in {made}.") };
    format!("{verb} {} ({statements}{keys}), {commit} {}", titles.join(", "), batch.wire().sentence)
}

fn title(item: &Item) -> String {
    let own = match (&item.transaction, item.direction, item.from_ledger.is_empty()) {
        (_, Direction::Down, false) => " by the way down that the ledger has kept",
        (Transaction::TakenOver { .. }, ..) => " (its own BEGIN and COMMIT are ours)",
        _ => "",
    };
    format!("{}{own}", item.title())
}

/// What is not done: other tools are told nothing.
fn others(draft: &Draft<'_>) -> Vec<String> {
    let look = draft.look;
    let told = |tool: Tool, table: &str| match tool {
        Tool::UserVersion => {
            "PRAGMA user_version stays as it is, unless a file sets it: from now on the ledger says what is applied.".to_owned()
        }
        tool => format!("{table} of {} is not written: that tool will not know of this.", settings::name(tool)),
    };
    let says = look.histories.iter().filter(|history| !history.entries.is_empty());
    says.map(|history| told(history.tool, &history.table)).collect()
}
