//! The report over a copy of a checklist: verdict, score, items with evidence, waivers, signatures.

use quarterdeck_model::{
    Fault, Outcome,
    inspection::Tone,
    readiness::{Evidence, Item, Readiness, Statement, StatementKind},
    system::System,
};
use quarterdeck_report::{Block, Cell, Check, Checks, Column, Document, Fact, Note, Section, Signature, Signed, Table};

use super::words;
use crate::{
    operation::Scope,
    ops::{GetReadiness, ListChecklists},
    readiness,
};

/// The document over the copy that is named, else over the newest one, and what it is about.
pub(super) fn document(scope: &Scope, system: &System, subject: Option<&str>) -> Outcome<(Document, String)> {
    let copy = match subject {
        Some(copy) => copy.to_owned(),
        None => newest(scope, system)?,
    };
    let readiness = readiness::readiness(scope, &GetReadiness { copy })?;
    if readiness.copy.system != system.name {
        return Err(Fault::usage("other-system", format!("The copy {} is of {}.", readiness.copy.id, readiness.copy.system))
            .hint(format!("Name that system, or a copy of {}.", system.name)));
    }
    let copy = &readiness.copy;
    let mut document = Document::new(format!("{} {}", copy.title, copy.release), readiness.as_of);
    document.subtitle = format!("Readiness of {} ({})", copy.system, copy.environment);
    let (tone, word) = words::verdict(readiness.verdict.word);
    document.verdict = Some(Note::new(tone, word, reasons_in_short(&readiness)));
    document.facts = facts(&readiness);
    document.sections = vec![against(&readiness), score(&readiness), poll(&readiness)];
    document.sections.extend(readiness.phases.iter().map(|phase| {
        let checks = phase.items.iter().flat_map(checks).collect();
        let caption = format!("{} of {} items hold", phase.held, phase.items.len());
        let none = "This phase has no items.".to_owned();
        Section::new(phase.title.clone(), vec![Block::Checks(Checks { caption, checks, none })])
    }));
    document.sections.push(said(&readiness));
    document.closing.evidence = Some(readiness.head.clone());
    Ok((document, format!("{}-{}", copy.checklist, copy.release)))
}

fn newest(scope: &Scope, system: &System) -> Outcome<String> {
    let list = readiness::checklists(scope, &ListChecklists { system: Some(system.name.clone()) })?;
    list.copies.into_iter().next().map(|copy| copy.id).ok_or_else(|| {
        Fault::refused("no-copy", format!("No checklist of {} was ever opened.", system.name))
            .hint(format!("Run: quarterdeck checklist open {} CHECKLIST RELEASE", system.name))
    })
}

fn reasons_in_short(readiness: &Readiness) -> String {
    let reasons = match (readiness.verdict.reasons.len(), readiness.verdict.waivers.len()) {
        (0, 0) => "Nothing stands against it.".to_owned(),
        (0, waivers) => format!("Nothing stands against it but what was waived ({waivers})."),
        (1, _) => "One thing stands against it.".to_owned(),
        (reasons, _) => format!("{reasons} things stand against it."),
    };
    match readiness.bypasses.len() {
        0 => reasons,
        1 => format!("{reasons} A gate was passed while it was closed."),
        bypasses => format!("{reasons} Gates were passed while they were closed ({bypasses})."),
    }
}

fn facts(readiness: &Readiness) -> Vec<Fact> {
    let copy = &readiness.copy;
    let mut facts = vec![
        Fact::new("System", copy.system.to_string()),
        Fact::new("Environment", copy.environment.to_string()),
        Fact::new("Release", copy.release.clone()),
        Fact::new("Checklist", format!("{}, version {}", copy.checklist, copy.version.short())),
        Fact::new("Opened", format!("{} by {}", when(copy.opened), copy.opened_by)),
        Fact::new("Items", format!("{} of {} hold, are waived or do not apply", copy.held, copy.items)),
    ];
    facts.extend(readiness.oldest.map(|oldest| Fact::new("Oldest evidence", when(oldest))));
    facts.extend(readiness.score.total.map(|total| Fact::new("Score", format!("{total} of 100"))));
    facts
}

fn against(readiness: &Readiness) -> Section {
    let verdict = &readiness.verdict;
    let rows = verdict.reasons.iter().map(|reason| {
        let (tone, word) = reason.state.map_or((None, "Open"), words::item);
        let cure = reason.cure.as_ref().map_or_else(String::new, |cure| cure.label.clone());
        vec![Cell::state(tone, word), Cell::new(reason.sentence.clone()), Cell::new(cure)]
    });
    let table = Table {
        caption: "What stands against it".to_owned(),
        columns: vec![Column::short("State"), Column::words("What", 6), Column::words("What helps", 2)],
        rows: rows.collect(),
        none: "Nothing stands against it.".to_owned(),
    };
    let mut blocks = vec![Block::Table(table)];
    if !verdict.waivers.is_empty() {
        let rows = verdict.waivers.iter().map(|waiver| {
            vec![
                Cell::new(waiver.title.clone()),
                Cell::new(waiver.by.clone()),
                Cell::new(waiver.reason.clone()),
                Cell::new(when(waiver.until)),
            ]
        });
        blocks.push(Block::Table(Table {
            caption: "What was waived".to_owned(),
            columns: vec![Column::words("Item", 3), Column::words("By", 2), Column::words("Why", 4), Column::short("Until")],
            rows: rows.collect(),
            none: String::new(),
        }));
    }
    blocks.extend(bypasses(readiness));
    Section::new("Verdict", blocks)
}

/// Gates that were passed while they were closed; nothing where none was.
fn bypasses(readiness: &Readiness) -> Option<Block> {
    let rows = readiness.bypasses.iter().map(|said| {
        let gate = said.gate.clone().unwrap_or_default();
        vec![Cell::state(Some(Tone::Attention), gate), Cell::new(said.who.clone()), Cell::new(said.text.clone()), Cell::new(when(said.at))]
    });
    let table = Table {
        caption: "Gates that were passed while they were closed".to_owned(),
        columns: vec![Column::short("Gate"), Column::words("By", 2), Column::words("What and why", 5), Column::short("When")],
        rows: rows.collect(),
        none: String::new(),
    };
    (!readiness.bypasses.is_empty()).then_some(Block::Table(table))
}

fn score(readiness: &Readiness) -> Section {
    let rows = readiness.score.categories.iter().map(|category| {
        let lost: Vec<String> = category.lost.iter().map(|lost| format!("{} points: {}", lost.points, lost.item)).collect();
        vec![Cell::new(words::word(&category.category)), Cell::new(category.score.to_string()), Cell::new(lost.join(", "))]
    });
    let before = readiness
        .score
        .before
        .as_ref()
        .map(|before| format!("Release {} had {} of 100 on {}.", before.release, before.total, when(before.at)));
    let table = Table {
        caption: "Score of 100 by category, and what costs points".to_owned(),
        columns: vec![Column::short("Category"), Column::number("Score"), Column::words("Lost", 5)],
        rows: rows.collect(),
        none: "No item counts for a score.".to_owned(),
    };
    let mut blocks = vec![Block::Table(table)];
    blocks.extend(before.map(Block::Paragraph));
    Section::new("Score", blocks)
}

/// Every station is a signature, given or open.
fn poll(readiness: &Readiness) -> Section {
    if readiness.stations.is_empty() {
        return Section::new("Poll", vec![Block::Paragraph("The checklist has no poll.".to_owned())]);
    }
    let signatures = readiness.stations.iter().map(|station| {
        let (tone, word) = words::station(station.state);
        let signed = station.statement.as_ref().map(|statement| Signed {
            person: statement.person.clone().unwrap_or_else(|| statement.who.clone()),
            tone,
            word: word.to_owned(),
            statement: if statement.text.is_empty() { station.sentence.clone() } else { statement.text.clone() },
            at: statement.at,
            digest: Some(statement.digest.clone()),
        });
        Signature { role: station.title.clone(), signed }
    });
    Section::new("Poll", vec![Block::Signatures(signatures.collect())])
}

/// An item, and below it each piece of its evidence.
fn checks(item: &Item) -> Vec<Check> {
    let (tone, word) = words::item(item.state);
    let head =
        Check { tone, word: word.to_owned(), title: item.title.clone(), evidence: item.sentence.clone(), as_of: item.since, digest: None };
    let below = |evidence: &Evidence| {
        let (tone, word) = words::evidence(evidence.verdict, evidence.stale);
        Check {
            tone: Some(tone),
            word: word.to_owned(),
            title: format!("· {}", evidence.title),
            evidence: evidence.sentence.clone(),
            as_of: evidence.measured,
            digest: evidence.digest.clone(),
        }
    };
    std::iter::once(head).chain(item.evidence.iter().filter(|_| item.evidence.len() > 1).map(below)).collect()
}

fn said(readiness: &Readiness) -> Section {
    let items = readiness.phases.iter().flat_map(|phase| &phase.items);
    let statements = items.flat_map(|item| item.statements.iter().map(move |statement| (item, statement)));
    let signatures = statements.filter(|(_, statement)| statement.kind != StatementKind::Note).map(|(item, statement)| Signature {
        role: format!("{}: {}", role(statement), item.title),
        signed: Some(Signed {
            person: statement.person.clone().unwrap_or_else(|| statement.who.clone()),
            tone: None,
            word: words::kind(statement.kind).to_owned(),
            statement: statement.text.clone(),
            at: statement.at,
            digest: Some(statement.digest.clone()),
        }),
    });
    let signatures: Vec<Signature> = signatures.collect();
    if signatures.is_empty() {
        return Section::new("Signatures", vec![Block::Paragraph("Nobody has signed an item.".to_owned())]);
    }
    Section::new("Signatures", vec![Block::Signatures(signatures)])
}

fn role(statement: &Statement) -> String {
    statement.role.clone().unwrap_or_else(|| "operating system's user".to_owned())
}

fn when(at: quarterdeck_model::Instant) -> String {
    at.format("%-d %b %Y, %H:%M UTC").to_string()
}
