//! Readiness in words.

use quarterdeck_engine::ops::{ChecklistList, GateList, PointAnswer, SmokeCaseDetail, SmokeList, ValidationList};
use quarterdeck_model::readiness::{
    Apart, ChecklistCopy, Cure, Evidence, EvidenceVerdict, GateRow, Item, ItemDetail, ItemState, Person, Poll, Readiness, ReleaseScore,
    Score, ScoreTrend, SmokeResult, SmokeRun, Statement, StatementKind, Station, StationState, Validation, Verdict, VerdictWord,
};
use serde::Serialize;

use crate::cli::show::{table, time};

pub fn checklists(list: &ChecklistList) -> String {
    let row = |copy: &ChecklistCopy| {
        let score = copy.score.map_or_else(String::new, |score| format!("{score} of 100"));
        let state = if copy.closed.is_some() { "closed" } else { "open" };
        let state = if copy.bypassed.0 == 0 { state.to_owned() } else { format!("{state}, {} passed", copy.bypassed.of("closed gate")) };
        let held = format!("{} of {} items", copy.held, copy.items);
        let about = format!("{} ({}) {} {}", copy.system, copy.environment, copy.checklist, copy.release);
        vec![verdict_word(copy.verdict).to_owned(), about, held, score, state, short(&copy.id)]
    };
    let mut out = table(&list.copies.iter().map(row).collect::<Vec<_>>());
    if list.copies.is_empty() {
        out.push_str("No copy of a checklist is open. Next: quarterdeck checklist open SYSTEM CHECKLIST RELEASE\n");
    }
    let files = list.checklists.iter().map(|checklist| {
        let state =
            if checklist.findings.is_empty() { checklist.items.of("item") } else { format!("{} mistakes", checklist.findings.len()) };
        vec![format!("{}/{}", checklist.system, checklist.name), checklist.title.clone(), state]
    });
    format!("{out}{}\nChecklists\n{}", trends(&list.trends), table(&files.collect::<Vec<_>>()))
}

/// `2.3 62 (Go) → 2.4 80 (Go, decided, open still)`, one line for each checklist.
fn trends(trends: &[ScoreTrend]) -> String {
    if trends.is_empty() {
        return String::new();
    }
    let release = |of: &ReleaseScore| {
        let score = of.score.map_or_else(|| "no score".to_owned(), |score| score.to_string());
        let mut notes = vec![verdict_word(of.verdict).to_owned()];
        notes.extend((!of.closed).then(|| "decided, open still".to_owned()));
        notes.extend((of.bypassed.0 > 0).then(|| format!("{} passed", of.bypassed.of("closed gate"))));
        format!("{} {score} ({})", of.release, notes.join(", "))
    };
    let row = |trend: &ScoreTrend| {
        let about = format!("{} ({}) {}", trend.system, trend.environment, trend.checklist);
        vec![about, trend.releases.iter().map(release).collect::<Vec<_>>().join(" → ")]
    };
    format!("\nScore over releases\n{}", table(&trends.iter().map(row).collect::<Vec<_>>()))
}

pub fn opened(opened: &ChecklistCopy) -> String {
    format!("{}Next: quarterdeck checklist gather {}", copy(opened), short(&opened.id))
}

pub fn copy(copy: &ChecklistCopy) -> String {
    let score = copy.score.map_or_else(|| "no score".to_owned(), |score| format!("score {score} of 100"));
    format!(
        "{} {} of {} ({}): {}, {score}, {} of {} items. Copy {}\n",
        copy.title,
        copy.release,
        copy.system,
        copy.environment,
        verdict_word(copy.verdict),
        copy.held,
        copy.items,
        short(&copy.id)
    )
}

pub fn readiness(readiness: &Readiness) -> String {
    let mut out = copy(&readiness.copy);
    out.push_str(&readiness.changed.as_ref().map_or_else(String::new, |changed| format!("Its file is newer: {changed}.\n")));
    out.push_str(&verdict(&readiness.verdict));
    if !readiness.bypasses.is_empty() {
        out.push_str(&format!("\nPassed while closed\n{}", statements(&readiness.bypasses)));
    }
    out.push_str(&score(&readiness.score));
    for phase in &readiness.phases {
        out.push_str(&format!("\n{} ({} of {})\n{}", phase.title, phase.held, phase.items.len(), items(&phase.items)));
    }
    if !readiness.stations.is_empty() {
        let rows = readiness.stations.iter().map(|station| vec![station.title.clone(), word(&station.state), station.sentence.clone()]);
        out.push_str(&format!("\nPoll\n{}", table(&rows.collect::<Vec<_>>())));
    }
    format!("{out}\nHead of its statements: {}", readiness.head)
}

fn score(score: &Score) -> String {
    let Some(total) = score.total else { return String::new() };
    let before = score.before.as_ref().map_or_else(String::new, |before| format!(", {} at {}", before.total, before.release));
    let rows = score.categories.iter().map(|category| {
        let lost: Vec<String> = category.lost.iter().map(|lost| format!("-{}: {} ({})", lost.points, lost.item, lost.sentence)).collect();
        vec![format!("  {}", word(&category.category)), category.score.to_string(), lost.join("; ")]
    });
    format!("\nScore {total} of 100{before}\n{}", table(&rows.collect::<Vec<_>>()))
}

fn items(items: &[Item]) -> String {
    let row = |item: &Item| vec![format!("  {}", state(item)), item.title.clone(), item.sentence.clone(), item.id.clone()];
    table(&items.iter().map(row).collect::<Vec<_>>())
}

fn state(item: &Item) -> String {
    let late = if item.overdue { ", overdue" } else { "" };
    format!("{}{late}", if item.state == ItemState::Refused { "no".to_owned() } else { word(&item.state) })
}

pub fn item(detail: &ItemDetail) -> String {
    let item = &detail.item;
    let mut out = format!("{}\n{}: {}\n", item.title, state(item), item.sentence);
    out.push_str(&item.manual.as_ref().map_or_else(String::new, |manual| format!("To sign: {manual}\n")));
    out.push_str(&item.evidence.iter().map(evidence).collect::<String>());
    if !detail.history.is_empty() {
        out.push_str(&format!("\nSaid of it\n{}", statements(&detail.history)));
    }
    out
}

fn evidence(evidence: &Evidence) -> String {
    let stale = if evidence.stale { ", stale" } else { "" };
    let at = evidence.measured.map_or_else(|| "never measured".to_owned(), time);
    let mut out = format!("  {}{stale}  {}  {}  ({at}; {})\n", word(&evidence.verdict), evidence.title, evidence.sentence, evidence.source);
    for line in evidence.detail.iter().flat_map(|detail| detail.lines()).take(20) {
        out.push_str(&format!("      {line}\n"));
    }
    out
}

pub fn statements(statements: &[Statement]) -> String {
    let row = |statement: &Statement| {
        let stands = match (statement.revoked_by, statement.stale) {
            (Some(by), _) => format!("revoked by {by}"),
            (None, true) => "stale".to_owned(),
            (None, false) => String::new(),
        };
        let who = match (&statement.person, &statement.role) {
            (Some(person), Some(role)) => format!("{person}, {role}"),
            (Some(person), None) => person.clone(),
            (None, _) => statement.who.clone(),
        };
        let until = statement.until.map_or_else(String::new, |until| format!("until {}", time(until)));
        let said = match (statement.kind, &statement.gate, statement.verdict) {
            (StatementKind::Decide, _, Some(verdict)) => format!("decides {}", verdict_word(verdict)),
            (StatementKind::Close, _, Some(verdict)) => format!("closes at {}", verdict_word(verdict)),
            (StatementKind::Bypass, Some(gate), _) => format!("passes the closed gate {gate}"),
            (StatementKind::Withdraw, Some(gate), _) => {
                format!("withdraws the gate {gate} of {}", statement.action.as_ref().map(word).unwrap_or_default())
            }
            (other, ..) => kind(other).to_owned(),
        };
        vec![statement.number.to_string(), time(statement.at), who, said, until, statement.text.clone(), stands]
    };
    table(&statements.iter().map(row).collect::<Vec<_>>())
}

fn kind(kind: StatementKind) -> &'static str {
    match kind {
        StatementKind::Sign => "signs",
        StatementKind::Refuse => "says no",
        StatementKind::Go => "says Go",
        StatementKind::Exempt => "exempts",
        StatementKind::NotApplicable => "does not apply",
        StatementKind::Note => "remarks",
        StatementKind::Revoke => "revokes",
        StatementKind::Hold => "holds",
        StatementKind::Resume => "resumes",
        StatementKind::Decide => "decides",
        StatementKind::Bypass => "passes a closed gate",
        StatementKind::Withdraw => "withdraws a gate",
        StatementKind::Open => "opens",
        StatementKind::Close => "closes",
    }
}

pub fn verdict(verdict: &Verdict) -> String {
    let mut out = format!("{}\n", verdict_word(verdict.word));
    for reason in &verdict.reasons {
        out.push_str(&format!("  {}{}\n", reason.sentence, reason.cure.as_ref().map(cure).unwrap_or_default()));
    }
    for waiver in &verdict.waivers {
        out.push_str(&format!("  waived until {}: {} ({}: {})\n", time(waiver.until), waiver.title, waiver.by, waiver.reason));
    }
    if let Some(oldest) = verdict.oldest {
        out.push_str(&format!("  oldest evidence {}\n", time(oldest)));
    }
    out
}

/// What helps, and the command that does it.
fn cure(cure: &Cure) -> String {
    let command = cure.job.as_ref().map_or_else(String::new, |job| format!(": {}", job.command));
    format!("  → {}{command}", cure.label)
}

pub fn gate(row: &GateRow) -> String {
    let copy = row.copy.as_ref().map_or_else(|| "no copy is open".to_owned(), |copy| format!("copy {}", short(copy)));
    format!("{} of {} ({}, {copy}): {}", row.name, row.system, row.title, verdict(&row.verdict))
}

pub fn gates(list: &GateList) -> String {
    if list.gates.is_empty() {
        return "No checklist has a gate.".to_owned();
    }
    let row = |gate: &GateRow| {
        let protects: Vec<String> = gate.protects.iter().map(word).collect();
        let protects =
            if protects.is_empty() { "protects nothing by itself".to_owned() } else { format!("protects {}", protects.join(", ")) };
        vec![verdict_word(gate.verdict.word).to_owned(), format!("{}/{}", gate.system, gate.name), gate.title.clone(), protects]
    };
    table(&list.gates.iter().map(row).collect::<Vec<_>>())
}

pub fn poll(poll: &Poll) -> String {
    let rows =
        poll.stations.iter().map(|station| vec![format!("  {}", word(&station.state)), station.title.clone(), station.sentence.clone()]);
    let mut out = format!("{} {}\n{}", poll.title, poll.release, table(&rows.collect::<Vec<_>>()));
    out.push_str(&poll.apart.as_ref().map_or_else(String::new, |apart| who_else(poll, apart)));
    out.push_str(&format!("Without the director: {}", verdict(&poll.verdict)));
    match (&poll.decided, &poll.refusal) {
        (Some(VerdictWord::Go | VerdictWord::Waived), Some(refusal)) => {
            out.push_str(&format!("Decided Go by the {}, and it does not stand: {refusal}\n", poll.director_title));
        }
        (Some(decided), _) => out.push_str(&format!("Decided by the {}: {}\n", poll.director_title, verdict_word(*decided))),
        (None, Some(refusal)) => out.push_str(&format!("Not decided. Go cannot be decided: {refusal}\n")),
        (None, None) => out.push_str(&format!("Not decided. It is the {}'s turn.\n", poll.director_title)),
    }
    out
}

/// Who must be different people, and whom that keeps from saying Go where somebody still has to.
fn who_else(poll: &Poll, apart: &Apart) -> String {
    let open = poll.stations.iter().filter(|station| station.state != StationState::Go);
    let stations = open.filter_map(|station| Some((&station.title, apart.stations.get(&station.id)?)));
    let director =
        Some((&poll.director_title, &apart.director)).filter(|_| poll.decided.is_none_or(|decided| decided == VerdictWord::NoGo));
    let told = stations.chain(director).filter_map(|(title, seat)| Some(format!("  {title}: {}\n", seat.sentence.as_ref()?)));
    format!("{}\n{}", apart.rule, told.collect::<String>())
}

pub fn station(poll: &Poll, station: &Station) -> String {
    let shown: Vec<Item> = poll.items.iter().filter(|item| station.items.contains(&item.id)).cloned().collect();
    format!("{}: {}\n{}", station.title, station.sentence, items(&shown))
}

pub fn people(people: &[Person]) -> String {
    if people.is_empty() {
        return "Nobody can sign yet. Next: quarterdeck people add NAME ROLE".to_owned();
    }
    let row = |person: &Person| {
        let state = match (person.ready, person.paused_until) {
            (_, Some(until)) => format!("paused until {}", time(until)),
            (true, None) => "can sign".to_owned(),
            (false, None) => "has no passphrase yet".to_owned(),
        };
        vec![person.name.clone(), person.roles.join(", "), state]
    };
    table(&people.iter().map(row).collect::<Vec<_>>())
}

pub fn points(answer: &PointAnswer) -> String {
    let row = |point: &quarterdeck_engine::ops::Point| match point.verdict {
        None => vec![point.name.clone(), point.title.clone(), point.expected.clone()],
        Some(verdict) => vec![verdict_of(verdict).to_owned(), point.name.clone(), point.sentence.clone()],
    };
    table(&answer.points.iter().map(row).collect::<Vec<_>>())
}

fn verdict_of(verdict: EvidenceVerdict) -> &'static str {
    match verdict {
        EvidenceVerdict::Holds => "holds",
        EvidenceVerdict::Fails => "fails",
        EvidenceVerdict::Unknown => "not known",
    }
}

pub fn validations(list: &ValidationList) -> String {
    if list.validations.is_empty() {
        return "Nothing was watched yet. Next: quarterdeck validation start SYSTEM".to_owned();
    }
    let row = |watch: &Validation| {
        vec![word(&watch.verdict), watch.system.to_string(), watch.sentence.clone(), time(watch.from), short(&watch.id)]
    };
    table(&list.validations.iter().map(row).collect::<Vec<_>>())
}

pub fn validation(watch: &Validation) -> String {
    let rows = watch.rows.iter().map(|row| {
        let share = format!("{:.0} % measured", row.measured.0 * 100.0);
        vec![format!("  {}", word(&row.verdict)), row.name.clone(), row.shown.clone(), row.target.clone(), share, row.how.clone()]
    });
    let release = watch.release.as_ref().map_or_else(String::new, |release| format!(" {release}"));
    format!(
        "{} of {}{release}, {} to {}\n{}\n{}{} fired\nWatch {}",
        watch.title,
        watch.system,
        time(watch.from),
        time(watch.until),
        watch.sentence,
        table(&rows.collect::<Vec<_>>()),
        watch.alerts.of("alert"),
        short(&watch.id)
    )
}

pub fn smoke_run(run: &SmokeRun) -> String {
    format!("{}\n{} It took {}.", table(&run.results.iter().map(smoke_row).collect::<Vec<_>>()), run.sentence, run.took)
}

fn smoke_row(result: &SmokeResult) -> Vec<String> {
    vec![word(&result.outcome), format!("{}/{}", result.suite, result.case), result.title.clone(), result.sentence.clone()]
}

pub fn smoke(list: &SmokeList) -> String {
    if list.suites.is_empty() {
        return "No system has smoke tests. Write smoke/NAME.yml beside a quarterdeck.yaml (docs/smoke.md).".to_owned();
    }
    let mut out = String::new();
    for suite in &list.suites {
        out.push_str(&format!("{} of {}\n", suite.title, suite.system));
        out.extend(suite.findings.iter().map(|found| format!("  {}:{}: {}\n", found.file, found.line, found.message)));
        let rows = suite.cases.iter().map(|case| {
            let (state, said) = case.newest.as_ref().map_or_else(
                || ("never run".to_owned(), String::new()),
                |newest| (word(&newest.outcome), format!("{}  {}", time(newest.at), newest.sentence)),
            );
            vec![format!("  {state}"), case.id.clone(), case.category.clone(), case.title.clone(), said]
        });
        out.push_str(&table(&rows.collect::<Vec<_>>()));
    }
    out
}

pub fn smoke_case(detail: &SmokeCaseDetail) -> String {
    let case = &detail.case;
    let rows = detail.results.iter().map(|result| {
        let p99 = result.latency.as_ref().map_or_else(String::new, |latency| format!("p99 {:.1} ms", f64::from(latency.p99) / 1_000.0));
        vec![format!("  {}", word(&result.outcome)), time(result.at), p99, result.sentence.clone()]
    });
    format!("{} ({})\n  asks {}\n  expects {}\n{}", case.title, case.category, case.asks, case.expected, table(&rows.collect::<Vec<_>>()))
}

fn verdict_word(verdict: VerdictWord) -> &'static str {
    match verdict {
        VerdictWord::Go => "Go",
        VerdictWord::Waived => "Go, with waivers",
        VerdictWord::NoGo => "No-go",
    }
}

/// Enough of an identifier to name it.
fn short(id: &str) -> String {
    id.chars().take(8).collect()
}

/// A word of the wire, as people read it.
fn word(value: &impl Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(|text| text.replace('-', " "))).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use quarterdeck_engine::{
        operation::AtOnce,
        ops::{BackupSystem, DrillSystem, GatherEvidence, ProveSnapshot, RehearseMigrations, RunSmoke},
    };
    use quarterdeck_model::{migration::MigrationWish, system::Target};

    use super::*;
    use crate::cli::args::Arguments;

    #[test]
    fn what_helps_is_said_with_a_command_that_is_understood() {
        let system = || "shop".parse().unwrap();
        let page = || "readiness/shop".to_owned();
        let (target, wish) = (Target { system: system(), component: None }, MigrationWish::All);
        let rehearse =
            RehearseMigrations { target, folder: None, wish, each: false, out_of_order: false, snapshot: None, accept_stall: false };
        let suite = Some("core".to_owned());
        let cures = [
            BackupSystem { system: system(), label: None, reason: None, plan: None, accept_stall: false }.cure("Back up", page()),
            ProveSnapshot { system: system(), snapshot: None }.cure("Prove snapshot", page()),
            DrillSystem { system: system(), snapshot: None, component: None }.cure("Run drill", page()),
            GatherEvidence { copy: "7f3a".to_owned(), items: vec!["orders".to_owned()] }.cure("Measure again", page()),
            RunSmoke { system: system(), suite, category: None, case: None }.cure("Run smoke tests", page()),
            rehearse.cure("Rehearse", page()),
        ];
        let said: Vec<String> = cures.into_iter().map(|found| cure(&found.unwrap())).collect();
        assert_eq!(
            (&*said[0], &*said[4]),
            ("  → Back up: quarterdeck backup shop", "  → Run smoke tests: quarterdeck smoke run shop --suite core")
        );
        for line in said {
            let command = line.split_once(": ").unwrap().1;
            assert!(Arguments::try_parse_from(command.split(' ')).is_ok(), "{command}");
        }
        let page = Cure { label: "See drift".to_owned(), address: Some(page()), job: None };
        assert_eq!(cure(&page), "  → See drift");
    }
}
