//! Alerts, rules and routes in words.

use quarterdeck_engine::ops::{AlertEventList, AlertList, OncallList, RouteList, RuleList};
use quarterdeck_model::{
    Instant,
    alert::{
        AlertDetail, AlertNotice, AlertRow, LabelMatcher, MaintenanceRow, RouteNode, RouteTest, RuleCheck, RuleTests, RunbookBlock,
        RunbookSpan, Silence,
    },
    system::DefinitionFinding,
};
use serde::Serialize;

use super::show::{table, time};

pub fn alerts(list: &AlertList) -> String {
    if list.alerts.is_empty() {
        return format!("Nothing fires.\n{}", list.sentence);
    }
    let counts: Vec<String> = list.counts.iter().map(|count| format!("{} {}", count.count, word(&count.state))).collect();
    format!("{}\n{}\n{}", rows(&list.alerts), counts.join(", "), list.sentence)
}

pub fn rows(alerts: &[AlertRow]) -> String {
    let row = |alert: &AlertRow| {
        let state = match &alert.detail {
            Some(detail) => format!("{} ({detail})", word(&alert.state)),
            None => word(&alert.state),
        };
        let about = [alert.system.as_ref().map(ToString::to_string), alert.target.clone()];
        let about: Vec<String> = about.into_iter().flatten().collect();
        vec![word(&alert.severity), alert.name.clone(), about.join(" "), state, time(alert.since), alert.summary.clone(), alert.id.clone()]
    };
    table(&alerts.iter().map(row).collect::<Vec<_>>())
}

pub fn alert(detail: &AlertDetail) -> String {
    let row = &detail.row;
    let mut out = format!("{}\n{}\n\n", row.summary, rows(std::slice::from_ref(row)).trim_end());
    let mut facts = vec![vec!["expression".to_owned(), detail.expression.clone()], vec!["written".to_owned(), detail.place.clone()]];
    let mut fact = |name: &str, value: Option<String>| facts.extend(value.map(|value| vec![name.to_owned(), value]));
    fact("value", row.value.map(|value| value.0.to_string()));
    fact("limit", detail.limit.as_ref().map(|limit| format!("{} {}", limit.sign, limit.value.0)));
    fact("owner", detail.acknowledgement.as_ref().map(|given| format!("{}: {}", given.by, given.note)));
    fact("told", row.told.clone());
    fact("next", row.next.clone());
    fact("flapping", row.flapping.clone());
    for silence in &detail.silences {
        fact("silenced", Some(format!("by {} until {}: {}", silence.by, time(silence.until), silence.reason)));
    }
    for other in &detail.inhibited_by {
        fact("inhibited", Some(format!("by {} ({})", other.name, other.id)));
    }
    out.push_str(&table(&facts));
    let labels: Vec<String> = row.labels.iter().map(|(name, value)| format!("{name}={value:?}")).collect();
    out.push_str(&format!("\n{}\n", labels.join(" ")));
    let part = |title: &str, text: String| if text.trim().is_empty() { String::new() } else { format!("\n{title}\n{text}") };
    let rungs = detail
        .ladder
        .iter()
        .map(|rung| vec![format!("  {}", rung.level), time(rung.at), rung.who.clone(), rung.outcome.clone().unwrap_or_default()]);
    out.push_str(&part("Ladder", table(&rungs.collect::<Vec<_>>())));
    let history = detail.history.iter().take(20).map(|event| vec![format!("  {}", time(event.at)), event.sentence.clone()]);
    out.push_str(&part("History", table(&history.collect::<Vec<_>>())));
    out.push_str(&part("Told", notices(&detail.notices)));
    if let Some(page) = &detail.runbook {
        let text = page.trouble.clone().unwrap_or_else(|| page.blocks.iter().map(|found| block(found, "  ")).collect());
        out.push_str(&part(&format!("Runbook: {}", page.title), text));
    }
    out
}

pub fn events(list: &AlertEventList) -> String {
    if list.events.is_empty() {
        return "Nothing happened.".to_owned();
    }
    let row = |event: &quarterdeck_model::alert::AlertEvent| {
        let system = event.system.as_ref().map(ToString::to_string).unwrap_or_default();
        vec![time(event.at), word(&event.severity), event.alert.name.clone(), system, event.sentence.clone()]
    };
    table(&list.events.iter().map(row).collect::<Vec<_>>())
}

pub fn notices(notices: &[AlertNotice]) -> String {
    if notices.is_empty() {
        return "Nobody was told anything.".to_owned();
    }
    let row = |notice: &AlertNotice| {
        let to = format!("{} by {} {}", notice.receiver, notice.channel, notice.to);
        vec![
            time(notice.ended.unwrap_or(notice.at)),
            word(&notice.state),
            to.trim().to_owned(),
            word(&notice.reason),
            notice.answer.clone(),
            notice.title.clone(),
        ]
    };
    table(&notices.iter().map(row).collect::<Vec<_>>())
}

pub fn silences(silences: &[Silence]) -> String {
    if silences.is_empty() {
        return "There are no silences.".to_owned();
    }
    let row = |silence: &Silence| {
        let until = format!("{} to {}", time(silence.from), time(silence.until));
        vec![
            silence.id.clone(),
            word(&silence.state),
            matchers(&silence.matchers),
            until,
            format!("holds {}", silence.holds),
            silence.by.clone(),
            silence.reason.clone(),
        ]
    };
    table(&silences.iter().map(row).collect::<Vec<_>>())
}

pub fn maintenance(rows: &[MaintenanceRow]) -> String {
    if rows.is_empty() {
        return "There are no maintenance windows.".to_owned();
    }
    let when = |at: Option<Instant>, words: &str| at.map(|at| format!("{words} {}", time(at)));
    let row = |row: &MaintenanceRow| {
        let next = when(row.now_until, "now, until").or(when(row.next, "next")).unwrap_or_else(|| "never".to_owned());
        vec![
            row.window.name.clone(),
            matchers(&row.window.matchers),
            row.sentence.clone(),
            next,
            row.window.by.clone(),
            row.window.reason.clone(),
        ]
    };
    table(&rows.iter().map(row).collect::<Vec<_>>())
}

pub fn rules(list: &RuleList) -> String {
    let mut out = String::new();
    for group in &list.groups {
        let evaluated = group.evaluated.map_or_else(|| "not evaluated yet".to_owned(), |at| format!("evaluated {}", time(at)));
        out.push_str(&format!("{} every {}, {evaluated}\n", group.key, group.every));
        let rows = group.rules.iter().map(|rule| vec![format!("  {}", rule.name), word(&rule.health), rule.sentence.clone()]);
        out.push_str(&table(&rows.collect::<Vec<_>>()));
    }
    if !list.findings.is_empty() {
        out.push_str(&format!("\n{}", findings(&list.findings)));
    }
    out
}

pub fn rule_check(check: &RuleCheck) -> String {
    let count = format!("{} files, {} groups, {} rules", check.files, check.groups, check.rules);
    let out = if check.findings.is_empty() { format!("{count}: in order.") } else { format!("{}\n{count}.", findings(&check.findings)) };
    check.remarks.iter().fold(out, |out, remark| format!("{out}\n{remark}"))
}

pub fn rule_tests(tests: &RuleTests) -> String {
    let mut out = String::new();
    for file in &tests.files {
        let verdict = if file.failures.is_empty() { "passed" } else { "FAILED" };
        out.push_str(&format!("{}: {verdict}\n", file.file));
        for failure in &file.failures {
            out.push_str(&format!("  {}\n", failure.replace('\n', "\n  ")));
        }
    }
    format!("{out}{} passed, {} failed.", tests.passed, tests.failed)
}

pub fn routes(list: &RouteList) -> String {
    let mut out = String::new();
    for router in &list.routers {
        let file = router.file.as_ref().map(|file| format!(" ({file})")).unwrap_or_default();
        out.push_str(&format!("{}{file}: {}\n", router.key, router.in_use));
        if let Some(root) = &router.root {
            node(root, 1, &mut out);
        }
        let channels = router.receivers.iter().flat_map(|receiver| {
            receiver.channels.iter().map(|channel| {
                let remark = channel.remark.as_ref().map(|remark| format!(" ({remark})")).unwrap_or_default();
                vec![format!("  {}", receiver.name), channel.kind.clone(), channel.to.clone(), format!("{}{remark}", channel.sentence)]
            })
        });
        out.push_str(&table(&channels.collect::<Vec<_>>()));
        for inhibition in &router.inhibitions {
            out.push_str(&format!("  inhibits: {inhibition}\n"));
        }
        if !router.findings.is_empty() {
            out.push_str(&findings(&router.findings));
        }
    }
    out
}

pub fn route_test(test: &RouteTest) -> String {
    let mut out = format!("By {}, at {}:\n", test.router, time(test.at));
    for answer in &test.told {
        let muted = answer.muted.as_ref().map(|muted| format!(", {muted}")).unwrap_or_default();
        out.push_str(&format!("{} {}{muted}, in the group {}\n", answer.receiver, answer.sentence, answer.group));
        answer.why.iter().for_each(|why| out.push_str(&format!("  {why}\n")));
    }
    for held in &test.held {
        out.push_str(&format!("Held: {held}\n"));
    }
    for level in &test.ladder {
        out.push_str(&format!("Ladder: {level}\n"));
    }
    out
}

pub fn oncall(list: &OncallList) -> String {
    if list.oncall.is_empty() {
        return "There is no oncall.yml.".to_owned();
    }
    let mut out = String::new();
    for file in &list.oncall {
        out.push_str(&format!("{} ({})\n", file.key, file.file));
        for rota in &file.rotas {
            out.push_str(&format!("  {}: {} until {} ({})\n", rota.name, rota.now, time(rota.until), rota.sentence));
        }
        let contacts =
            file.contacts.iter().map(|contact| vec![format!("  {}", contact.name), contact.role.clone(), contact.ways.join(", ")]);
        out.push_str(&table(&contacts.collect::<Vec<_>>()));
        for ladder in &file.ladders {
            let levels: Vec<String> = ladder.levels.iter().map(|level| format!("{} {}", level.after, level.tell.join(" and "))).collect();
            out.push_str(&format!("  ladder {} for {}: {}\n", ladder.name, ladder.matchers.join(" "), levels.join(", then ")));
        }
        if !file.findings.is_empty() {
            out.push_str(&findings(&file.findings));
        }
    }
    out
}

fn node(route: &RouteNode, depth: usize, out: &mut String) {
    let matchers = if route.matchers.is_empty() { "everything".to_owned() } else { route.matchers.join(" ") };
    let goes_on = if route.goes_on { ", goes on" } else { "" };
    out.push_str(&format!("{}{matchers} -> {}, {}{goes_on}\n", "  ".repeat(depth), route.receiver, route.grouping));
    route.routes.iter().for_each(|below| node(below, depth + 1, out));
}

fn findings(findings: &[DefinitionFinding]) -> String {
    let line = |finding: &DefinitionFinding| {
        format!("{}:{}:{}: {}\n  {}\n", finding.file, finding.line, finding.column, finding.message, finding.hint)
    };
    findings.iter().map(line).collect()
}

fn matchers(matchers: &[LabelMatcher]) -> String {
    let one = |matcher: &LabelMatcher| format!("{}{}{:?}", matcher.label, matcher.sign, matcher.value);
    matchers.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// A part of a runbook as plain text.
fn block(found: &RunbookBlock, indent: &str) -> String {
    let line = |text: &str| format!("{indent}{}\n", text.replace('\n', &format!("\n{indent}")));
    match found {
        RunbookBlock::Heading { text, .. } => format!("\n{}", line(&words(text))),
        RunbookBlock::Paragraph { text } => line(&words(text)),
        RunbookBlock::Code { text, .. } => line(&format!("    {}", text.replace('\n', "\n    "))),
        RunbookBlock::List { start, items } => {
            let item = |(at, blocks): (usize, &Vec<RunbookBlock>)| {
                let text: String = blocks.iter().map(|inner| block(inner, &format!("{indent}   "))).collect();
                let mark = start.map_or_else(|| "-".to_owned(), |start| format!("{}.", start + at as u64));
                format!("{indent}{mark} {}\n", text.trim())
            };
            items.iter().enumerate().map(item).collect()
        }
        RunbookBlock::Quote { blocks } => blocks.iter().map(|inner| block(inner, &format!("{indent}| "))).collect(),
        RunbookBlock::Table { head, rows } => {
            let cells = |row: &[Vec<RunbookSpan>]| row.iter().map(|cell| words(cell)).collect::<Vec<String>>();
            let all: Vec<Vec<String>> = std::iter::once(cells(head)).chain(rows.iter().map(|row| cells(row))).collect();
            line(table(&all).trim_end())
        }
        RunbookBlock::Rule => line("---"),
    }
}

fn words(spans: &[RunbookSpan]) -> String {
    spans.iter().map(|span| span.text.as_str()).collect()
}

/// An enumeration's word, as it is on the wire.
fn word(value: &impl Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}
