//! A readiness report of a system that is made up, as large as asked for.

#[allow(dead_code, reason = "not every test is about them")]
pub mod hostile;

use quarterdeck_model::{Digest, Instant, inspection::Tone};
use quarterdeck_report::{Block, Cell, Check, Checks, Closing, Column, Document, Fact, Figure, Note, Section, Signature, Signed, Table};

/// `2026-11-22T14:05:00Z`
pub fn at(moment: &str) -> Instant {
    moment.parse().unwrap()
}

/// Everything a report can hold, with so many checks.
pub fn readiness(checks: usize) -> Document {
    let mut document = Document::new("Readiness of reputation for release 3.4", at("2026-11-22T14:05:00Z"));
    document.subtitle = "Production on db-prod-1 · checklist “Deployment”, version 4 of 20 Nov".into();
    document.verdict = Some(Note::new(
        Tone::Critical,
        "No-go",
        "4 reasons stand against release 3.4: the QA lead says No-go, one drill is too old, one item is not signed, one is not known.",
    ));
    document.facts = vec![
        Fact::new("System", "reputation"),
        Fact::new("Environment", "Production"),
        Fact::new("Window", "24 Nov 2026, 02:00 to 04:00 UTC"),
        Fact::new("Score", "82 of 100 (79 at release 3.3)"),
        Fact::new("Director", "Head of operations"),
    ];
    document.sections = vec![reasons(), score(), checklist(checks), charts(), smoke(), signatures(), migration()];
    document.closing = Closing {
        evidence: Some(Digest::of(b"evidence")),
        audit: Some(Digest::of(b"audit")),
        version: "0.1.0".into(),
        verify: vec![
            "Ask for the evidence again: quarterdeck gate reputation production --json".into(),
            "Compare its digest with the one above.".into(),
            "Check the audit trail: quarterdeck audit --verify".into(),
        ],
    };
    document
}

fn reasons() -> Section {
    Section::new(
        "What stands against it",
        vec![
            Block::Note(Note::new(Tone::Critical, "No-go", "The QA lead: error rate 6.8 %, 1 % allowed.")),
            Block::Note(Note::new(Tone::Attention, "Stale", "The drill of notifications.db is 38 d old, 31 d allowed.")),
            Block::Note(Note::new(Tone::Unknown, "Not known", "Replication lag: the collector has not answered since 13:20.")),
            Block::Note(Note::new(None, "Waits", "“Runbooks read by whoever is on call” is not signed.")),
            Block::Paragraph("A verdict is made of measured evidence and of what people have signed, and of nothing else.\nWhat is waived is listed with its reason and its end.".into()),
            Block::List(vec!["Waived until 1 Dec: TLS on the internal port, by the head of operations.".into(), "Not applicable: replication, as there is one host.".into()]),
        ],
    )
}

fn score() -> Section {
    let rows = [
        ("Data", 92, 8, "drill of notifications.db is 38 d old"),
        ("Monitoring", 88, 12, "2 rules cannot fire"),
        ("Security", 76, 24, "default token in staging.yml"),
        ("Operations", 81, 19, "3 runbook links lead nowhere"),
        ("Performance", 84, 16, "review p99 31 ms, 25 ms promised"),
        ("Documentation", 70, 30, "handover 5 of 9 sections"),
    ];
    let row = |(name, score, lost, why): &(&str, i32, i32, &str)| {
        let tone = if *score >= 80 { Tone::Ok } else { Tone::Attention };
        vec![
            Cell::new(*name),
            Cell::state(tone, if *score >= 80 { "enough" } else { "too low" }),
            Cell::new(score.to_string()),
            Cell::new(lost.to_string()),
            Cell::new(*why).link("https://example.org/runbooks"),
        ]
    };
    let table = Table {
        caption: "Score by category".into(),
        columns: vec![
            Column::words("Category", 2),
            Column::short("State"),
            Column::number("Score"),
            Column::number("Lost"),
            Column::words("Most of it", 4),
        ],
        rows: rows.iter().map(row).collect(),
        none: "Nothing is scored.".into(),
    };
    Section::new("Score", vec![Block::Table(table)])
}

fn checklist(checks: usize) -> Section {
    let phase = |name: &str, from: usize, until: usize| {
        let checks = (from..until).map(check).collect();
        Section::new(
            name,
            vec![Block::Checks(Checks { caption: format!("Items {name}"), checks, none: "Nothing is asked in this phase.".into() })],
        )
    };
    let mut section = Section::new("Checklist", Vec::new());
    section.sections = vec![
        phase("before", 0, checks / 2),
        phase("during", checks / 2, checks * 3 / 4),
        phase("after", checks * 3 / 4, checks),
        phase("a week later", 0, 0),
    ];
    section
}

fn check(at_: usize) -> Check {
    let (tone, word) = [
        (Some(Tone::Ok), "holds"),
        (Some(Tone::Ok), "holds"),
        (Some(Tone::Critical), "fails"),
        (Some(Tone::Attention), "stale"),
        (Some(Tone::Unknown), "not known"),
        (None, "waits"),
    ][at_ % 6];
    let (title, evidence) = [
        ("Snapshot before the release", "data matches, 2.41 GB in 41 s"),
        (
            "Restore drilled within 31 d",
            "reputation.db: proved restorable 20 Nov 02:14 in 41 s, losing at most 5 min; notifications.db 38 d old",
        ),
        ("Error rate below 1 %", "6.8 % over 1 h, 1 % allowed; worst at 13:42"),
        ("Disk has room for twice the databases", "81 GB free, 4.8 GB needed"),
        ("Handover names an owner for each component", "docs/handover.md: the heading “Owners” is missing"),
    ][at_ % 5];
    Check {
        tone,
        word: word.into(),
        title: format!("{title} ({at_})"),
        evidence: evidence.into(),
        as_of: Some(at("2026-11-22T13:20:00Z")),
        digest: Some(Digest::of(&at_.to_le_bytes())),
    }
}

fn charts() -> Section {
    let figures = ["p99 of reads, ms", "Error rate, %", "Free room, GB"];
    let figure = |(which, name): (usize, &&str)| {
        Block::Figure(Figure {
            svg: chart(which, name, false),
            dark: Some(chart(which, name, true)),
            caption: format!("{name}, last 48 h; the dashed line is what is promised."),
            alt: format!("{name} stays below its limit but for two peaks on 22 Nov."),
        })
    };
    Section::new("Behaviour in the last 48 hours", figures.iter().enumerate().map(figure).collect())
}

fn chart(which: usize, name: &str, dark: bool) -> Vec<u8> {
    let (ground, ink, line) = if dark { ("#181b1e", "#d2d5d9", "#7ea8f8") } else { ("#fdfdfc", "#32363c", "#2f62b8") };
    let points: String = (0..720)
        .map(|x| format!("{},{:.1} ", 40 + x, 110.0 - 60.0 * ((x + which * 40) as f64 / 37.0).sin() * (x as f64 / 720.0)))
        .collect();
    format!("<svg xmlns='http://www.w3.org/2000/svg' width='800' height='200' viewBox='0 0 800 200'><rect width='800' height='200' fill='{ground}'/><line x1='40' x2='760' y1='45' y2='45' stroke='#b3241c' stroke-dasharray='6 4'/><polyline fill='none' stroke-width='1.6' stroke='{line}' points='{points}'/><text x='40' y='24' fill='{ink}' font-family='Inter, system-ui, sans-serif' font-size='13'>{name}</text></svg>").into_bytes()
}

fn smoke() -> Section {
    let row = |at: usize| {
        let (tone, word) = if at % 7 == 3 { (Tone::Critical, "fails") } else { (Tone::Ok, "passes") };
        vec![
            Cell::new(format!("Reviews of product {at} are found")),
            Cell::new(["data", "reads", "writes", "load", "limits"][at % 5]),
            Cell::state(tone, word),
            Cell::new(format!("{}.{} ms", at % 9, at % 10)),
            Cell::new("10 ms"),
        ]
    };
    let table = Table {
        caption: "Smoke tests of 22 Nov 13:40".into(),
        columns: vec![
            Column::words("Case", 4),
            Column::words("Category", 1),
            Column::short("Result"),
            Column::number("p99"),
            Column::number("Allowed"),
        ],
        rows: (0..24).map(row).collect(),
        none: "No smoke test ran.".into(),
    };
    let none = Table {
        caption: "Alerts that fired".into(),
        columns: vec![Column::words("Alert", 1)],
        rows: Vec::new(),
        none: "No alert fired.".into(),
    };
    Section::new("Smoke tests and alerts", vec![Block::Table(table), Block::Table(none)])
}

fn signatures() -> Section {
    let signed = |role: &str, person: &str, tone, word: &str, statement: &str| Signature {
        role: role.into(),
        signed: Some(Signed {
            person: person.into(),
            tone: Some(tone),
            word: word.into(),
            statement: statement.into(),
            at: at("2026-11-22T13:51:00Z"),
            digest: Some(Digest::of(role.as_bytes())),
        }),
    };
    Section::new(
        "Signatures",
        vec![Block::Signatures(vec![
            signed("Tech lead", "Ada Okafor", Tone::Attention, "Go, stale", "I have read the plan and the rehearsal."),
            signed(
                "QA lead",
                "Bo Lindqvist",
                Tone::Critical,
                "No-go",
                "Error rate 6.8 %, 1 % allowed. I will look again when it is below for an hour.",
            ),
            signed("DevOps lead", "Chidi Novák", Tone::Ok, "Go", "Safety image, drill and rollback are proved."),
            Signature::open("Stakeholder"),
        ])],
    )
}

fn migration() -> Section {
    let mut section = Section::new("What the release changes", vec![
        Block::Facts(vec![Fact::new("Migrations", "2 pending, 14 applied"), Fact::new("Rehearsed", "22 Nov 2026, 11:02 UTC, 3.2 s on a copy")]),
        Block::Code("CREATE TABLE review_flag (\n    review_id INTEGER NOT NULL REFERENCES review(id),\n    reason    TEXT    NOT NULL CHECK (reason <> '')\n) STRICT;".into()),
    ]);
    section.sections.push(Section::new(
        "Its way back",
        vec![Block::Paragraph("Undo drops review_flag and brings back 0 rows; until 24 Nov 2026, 04:00 UTC.".into())],
    ));
    section
}
