//! The report over a copy of a checklist: verdict, score, items with evidence, waivers, signatures.

use quarterdeck_model::{
    Count, Digest, Fault, Outcome,
    inspection::Tone,
    readiness::{Evidence, Item, Poll, Readiness, Statement, StatementKind, VerdictWord},
    system::System,
};
use quarterdeck_report::{Block, Cell, Check, Checks, Column, Document, Fact, Figure, Note, Section, Signature, Signed, Table};
use quarterdeck_store::{
    Connection,
    readiness::copies::{self, CopyRow},
};

use super::{pictures, words};
use crate::{
    chart::{Bars, Columns},
    operation::Scope,
    ops::{GetPoll, GetReadiness, ListChecklists},
    readiness::{self, view},
};

/// The document over the copy that is named, else over the newest one, and what it is about.
pub(super) fn document(scope: &Scope, system: &System, subject: Option<&str>) -> Outcome<(Document, String)> {
    let copy = match subject {
        Some(copy) => copy.to_owned(),
        None => newest(scope, system)?,
    };
    let (readiness, statements) = view::readiness_and_said(scope, &GetReadiness { copy })?;
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
    let before = scope.engine.store().read(|c| scores(c, &copy.id))?;
    document.sections = vec![against(&readiness), score(&readiness, before)?, poll(scope, &readiness)?];
    document.sections.extend(readiness.phases.iter().map(|phase| {
        let checks = phase.items.iter().flat_map(checks).collect();
        let caption = format!("{} of {} items hold", phase.held, phase.items.len());
        let none = "This phase has no items.".to_owned();
        Section::new(phase.title.clone(), vec![Block::Checks(Checks { caption, checks, none })])
    }));
    document.sections.push(said(&readiness, &statements));
    document.closing.evidence = Some(evidence(&readiness));
    Ok((document, format!("{}-{}", copy.checklist, copy.release)))
}

/// Over all evidence as it was measured, and over everything that was said.
fn evidence(readiness: &Readiness) -> Digest {
    let items = readiness.phases.iter().flat_map(|phase| &phase.items);
    let measured = items.flat_map(|item| &item.evidence).map(|evidence| {
        let Evidence { key, digest, measured, stale, .. } = evidence;
        (key, digest, measured, stale)
    });
    Digest::over(&(&readiness.head, measured.collect::<Vec<_>>()))
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
        Fact::new("Opened", format!("{} by {}", words::when(copy.opened), copy.opened_by)),
        Fact::new("Items", format!("{} of {} hold, are waived or do not apply", copy.held, copy.items)),
    ];
    facts.extend(readiness.oldest.map(|oldest| Fact::new("Oldest evidence", words::when(oldest))));
    facts.extend(readiness.score.total.map(|total| Fact::new("Score", format!("{total} of 100"))));
    facts.push(Fact::new("Newest statement", readiness.head.to_string()));
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
                Cell::new(words::when(waiver.until)),
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
        vec![
            Cell::state(Some(Tone::Attention), gate),
            Cell::new(said.who.clone()),
            Cell::new(said.text.clone()),
            Cell::new(words::when(said.at)),
        ]
    });
    let table = Table {
        caption: "Gates that were passed while they were closed".to_owned(),
        columns: vec![Column::short("Gate"), Column::words("By", 2), Column::words("What and why", 5), Column::short("When")],
        rows: rows.collect(),
        none: String::new(),
    };
    (!readiness.bypasses.is_empty()).then_some(Block::Table(table))
}

/// A release and the score that it had in the end.
struct Scored {
    release: String,
    total: u32,
}

/// Scores of earlier copies of the same checklist that were closed with one, the oldest first.
fn scores(connection: &Connection, copy: &str) -> Outcome<Vec<Scored>> {
    let Some(row) = copies::beginning(connection, copy)?.into_iter().next() else { return Ok(Vec::new()) };
    let mut earlier = copies::before(connection, &row)?;
    earlier.reverse();
    let scored = |row: CopyRow| Some(Scored { total: row.closed?.1.score?, release: row.release });
    Ok(earlier.into_iter().filter_map(scored).collect())
}

fn score(readiness: &Readiness, before: Vec<Scored>) -> Outcome<Section> {
    let categories = &readiness.score.categories;
    let rows = categories.iter().map(|category| {
        let lost: Vec<String> =
            category.lost.iter().map(|lost| format!("{}: {}", points(lost.points), title(readiness, &lost.item))).collect();
        vec![Cell::new(words::word(&category.category)), Cell::new(category.score.to_string()), Cell::new(lost.join("\n"))]
    });
    let table = Table {
        caption: "Score of 100 by category, and what costs points".to_owned(),
        columns: vec![Column::short("Category"), Column::number("Score"), Column::words("Lost", 5)],
        rows: rows.collect(),
        none: "No item counts for a score.".to_owned(),
    };
    let mut blocks = Vec::new();
    if !categories.is_empty() {
        blocks.push(Block::Figure(by_category(readiness)?));
    }
    blocks.push(Block::Table(table));
    blocks.extend(
        readiness.score.before.as_ref().map(|before| {
            Block::Paragraph(format!("Release {} had {} of 100 on {}.", before.release, before.total, words::when(before.at)))
        }),
    );
    if let Some(total) = readiness.score.total.filter(|_| !before.is_empty()) {
        blocks.push(Block::Figure(trend(readiness, total, before)?));
    }
    Ok(Section::new("Score", blocks))
}

fn title<'r>(readiness: &'r Readiness, id: &'r str) -> &'r str {
    readiness.phases.iter().flat_map(|phase| &phase.items).find(|item| item.id == id).map_or(id, |item| item.title.as_str())
}

fn points(points: u32) -> String {
    Count(u64::from(points)).of("point")
}

fn by_category(readiness: &Readiness) -> Outcome<Figure> {
    let categories = &readiness.score.categories;
    let bars = categories.iter().map(|category| {
        let score = category.score;
        (words::capital(&words::word(&category.category)), f64::from(score), format!("{score} of 100"))
    });
    let said: Vec<String> = categories.iter().map(|category| format!("{} {}", words::word(&category.category), category.score)).collect();
    let caption = "Points of each category: the weight of what holds or is waived, as a share of all of its weight.".to_owned();
    let alt = format!("Points of 100 by category: {}.", said.join(", "));
    pictures::bars(&Bars { title: "Points of 100 by category", bars: bars.collect() }, caption, alt)
}

/// From release to release.
fn trend(readiness: &Readiness, total: u32, before: Vec<Scored>) -> Outcome<Figure> {
    let copy = &readiness.copy;
    let mut scores = before;
    scores.push(Scored { release: copy.release.clone(), total });
    let said: Vec<String> = scores.iter().map(|scored| format!("{} {}", scored.release, scored.total)).collect();
    let caption = format!("Score of each release that was closed with one, and of {} as it stands.", copy.release);
    let alt = format!("Scores of 100, the oldest first: {}.", said.join(", "));
    let columns = scores.iter().map(|scored| (scored.release.clone(), vec![f64::from(scored.total)])).collect();
    let drawn = Columns { title: "Score of 100 by release", kinds: &[("score", Tone::Ok)], columns, most: Some(100.0), figures: true };
    pictures::columns(&drawn, caption, alt)
}

/// Every station is a signature, given or open.
fn poll(scope: &Scope, readiness: &Readiness) -> Outcome<Section> {
    if readiness.stations.is_empty() {
        return Ok(Section::new("Poll", vec![Block::Paragraph("The checklist has no poll.".to_owned())]));
    }
    let signatures = readiness.stations.iter().map(|station| {
        let (tone, word) = words::station(station.state);
        let signed = station.statement.as_ref().map(|statement| Signed {
            person: name(statement),
            tone,
            word: word.to_owned(),
            statement: if statement.text.is_empty() { station.sentence.clone() } else { statement.text.clone() },
            at: statement.at,
            digest: statement.shown.clone(),
        });
        Signature { role: station.title.clone(), signed }
    });
    let mut signatures: Vec<Signature> = signatures.collect();
    let poll = readiness::poll(scope, &GetPoll { copy: readiness.copy.id.clone() })?;
    signatures.push(decision(&poll));
    Ok(Section::new("Poll", vec![Block::Signatures(signatures)]))
}

/// What the director said, and whether it still counts.
fn decision(poll: &Poll) -> Signature {
    let role = format!("{}, who decides", poll.director_title);
    let signed = poll.decision.as_ref().map(|statement| {
        let (tone, word) = match (counts(statement), statement.verdict) {
            (Some(lost), _) => lost,
            (None, Some(VerdictWord::NoGo)) => (Some(Tone::Critical), "No-go"),
            (None, _) => (Some(Tone::Ok), "Go"),
        };
        signed(statement, tone, word)
    });
    Signature { role, signed }
}

/// How a statement that no longer counts is told; none where it does.
fn counts(statement: &Statement) -> Option<(Option<Tone>, &'static str)> {
    match statement {
        Statement { revoked_by: Some(_), .. } => Some((Some(Tone::Attention), "Revoked")),
        Statement { stale: true, .. } => Some((Some(Tone::Attention), "Stale")),
        _ => None,
    }
}

/// The digest is that of what was shown to whoever said it.
fn signed(statement: &Statement, tone: Option<Tone>, word: &str) -> Signed {
    Signed {
        person: name(statement),
        tone,
        word: word.to_owned(),
        statement: statement.text.clone(),
        at: statement.at,
        digest: statement.shown.clone(),
    }
}

/// An item, and below it each piece of its evidence.
fn checks(item: &Item) -> Vec<Check> {
    let (tone, word) = words::item(item.state);
    // What rests on one measurement shows that one.
    let only = Some(&item.evidence).filter(|all| all.len() == 1).and_then(|all| all.first());
    let head = Check {
        tone,
        word: word.to_owned(),
        title: item.title.clone(),
        evidence: item.sentence.clone(),
        as_of: only.and_then(|only| only.measured).or(item.since),
        digest: only.and_then(|only| only.digest.clone()),
    };
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

/// Who signed what, and below it what was taken back.
fn said(readiness: &Readiness, all: &[Statement]) -> Section {
    let items = readiness.phases.iter().flat_map(|phase| &phase.items);
    let statements = items.flat_map(|item| item.statements.iter().map(move |statement| (item, statement)));
    let signatures = statements.filter(|(_, statement)| statement.kind != StatementKind::Note).map(|(item, statement)| {
        let tone = match statement.kind {
            StatementKind::Sign => Some(Tone::Ok),
            StatementKind::Refuse => Some(Tone::Critical),
            StatementKind::Exempt => Some(Tone::Attention),
            _ => None,
        };
        let (tone, word) = counts(statement).unwrap_or((tone, words::kind(statement.kind)));
        let mut signed = signed(statement, tone, word);
        if signed.statement.is_empty() {
            signed.statement = item.manual.clone().unwrap_or_default();
        }
        Signature { role: format!("{}: {}", role(statement), item.title), signed: Some(signed) }
    });
    let signatures: Vec<Signature> = signatures.collect();
    let nobody = || Block::Paragraph("Nobody has signed an item.".to_owned());
    let mut blocks = vec![if signatures.is_empty() { nobody() } else { Block::Signatures(signatures) }];
    blocks.extend(revoked(readiness, all));
    Section::new("Signatures", blocks)
}

/// Who revoked whose what, when and why, in the order in which that was said; nothing where nobody did.
fn revoked(readiness: &Readiness, statements: &[Statement]) -> Option<Block> {
    let told = statements.iter().filter(|said| said.kind == StatementKind::Revoke);
    let pairs = told.filter_map(|by| Some((by, statements.iter().find(|said| said.revoked_by == Some(by.number))?)));
    let rows = pairs.filter(|(_, said)| said.kind != StatementKind::Note).map(|(by, said)| {
        vec![
            Cell::new(format!("{}\n{}", words::kind(said.kind), about(readiness, said))),
            Cell::new(format!("{}\n{}", name(said), words::when(said.at))),
            Cell::new(format!("{}\n{}", name(by), words::when(by.at))),
            Cell::new(by.text.clone()),
        ]
    });
    let rows: Vec<Vec<Cell>> = rows.collect();
    (!rows.is_empty()).then(|| {
        Block::Table(Table {
            caption: "What was revoked: it counts no more, and stays".to_owned(),
            columns: vec![Column::words("What", 3), Column::words("Said by", 2), Column::words("Revoked by", 2), Column::words("Why", 4)],
            rows,
            none: String::new(),
        })
    })
}

/// The item or station that something was said of; the poll where it is neither.
fn about(readiness: &Readiness, said: &Statement) -> String {
    let station = said.station.as_deref().map(|id| readiness.stations.iter().find(|of| of.id == id).map_or(id, |of| of.title.as_str()));
    station.or_else(|| Some(title(readiness, said.item.as_deref()?))).unwrap_or("the poll").to_owned()
}

/// Who said it.
fn name(statement: &Statement) -> String {
    statement.person.clone().unwrap_or_else(|| statement.who.clone())
}

fn role(statement: &Statement) -> String {
    statement.role.clone().unwrap_or_else(|| "operating system's user".to_owned())
}
