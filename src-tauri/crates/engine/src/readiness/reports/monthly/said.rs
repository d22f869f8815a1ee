//! What was signed, waived and decided in a month.

use quarterdeck_model::{
    Outcome,
    inspection::Tone,
    readiness::{Statement, StatementKind, VerdictWord},
    system::System,
};
use quarterdeck_report::{Block, Cell, Column, Section, Table};
use quarterdeck_store::readiness::{
    copies::{self, CopyRow},
    statements,
};
use serde::Serialize;

use super::{LISTED, beyond, month::Month};
use crate::{
    operation::Scope,
    readiness::reports::words::{self, short},
};

/// More copies of one system are not looked at.
const COPIES: u32 = 10_000;

/// A statement, and of which copy.
#[derive(Serialize)]
pub(super) struct Saying {
    pub copy: String,
    pub statement: Statement,
}

/// What people said; remarks are left out.
#[derive(Serialize)]
pub(super) struct Said {
    /// Decisions, gates that were passed or withdrawn, and copies that were opened and closed.
    pub decided: Vec<Saying>,
    /// Everything else, the oldest first.
    pub signed: Vec<Saying>,
}

impl Said {
    pub fn gather(scope: &Scope, system: &System, month: &Month) -> Outcome<Self> {
        let mut all = scope.engine.store().read(|c| {
            let mut all = Vec::new();
            for copy in copies::list(c, Some(&system.name), COPIES)? {
                let of_month = statements::list(c, &copy.id)?.into_iter().filter(|said| month.holds(said.at));
                all.extend(of_month.map(|statement| Saying { copy: name(&copy), statement }));
            }
            Ok(all)
        })?;
        all.retain(|said| said.statement.kind != StatementKind::Note);
        all.sort_by_key(|said| said.statement.at);
        use StatementKind::{Bypass, Close, Decide, Open, Withdraw};
        let (decided, signed) = all.into_iter().partition(|said| matches!(said.statement.kind, Decide | Bypass | Withdraw | Open | Close));
        Ok(Self { decided, signed })
    }

    pub fn section(&self) -> Section {
        let mut blocks = vec![
            Block::Table(table("Decisions, and copies that were opened and closed (UTC)", &self.decided, "Nothing was decided.")),
            Block::Table(table("Signatures, waivers and answers (UTC)", &self.signed, "Nobody signed anything.")),
        ];
        blocks.extend(beyond(self.decided.len(), "decisions").map(Block::Paragraph));
        blocks.extend(beyond(self.signed.len(), "statements").map(Block::Paragraph));
        Section::new("Signed and decided", blocks)
    }
}

fn name(copy: &CopyRow) -> String {
    format!("{} {}", copy.title, copy.release)
}

fn table(caption: &str, said: &[Saying], none: &str) -> Table {
    Table {
        caption: caption.to_owned(),
        columns: vec![
            Column::short("When"),
            Column::words("Of", 3),
            Column::short("Said"),
            Column::words("About", 2),
            Column::words("Who", 3),
            Column::words("In which words", 4),
        ],
        rows: said.iter().take(LISTED).map(cells).collect(),
        none: none.to_owned(),
    }
}

fn cells(saying: &Saying) -> Vec<Cell> {
    let Saying { copy, statement } = saying;
    let who = statement.person.clone().unwrap_or_else(|| statement.who.clone());
    let role = statement.role.as_ref().map(|role| format!(", {role}")).unwrap_or_default();
    let about = [&statement.item, &statement.station, &statement.gate].into_iter().flatten().next().cloned().unwrap_or_default();
    vec![
        Cell::new(short(statement.at)),
        Cell::new(copy.clone()),
        word(statement),
        Cell::new(about),
        Cell::new(format!("{who}{role}")),
        Cell::new(statement.text.clone()),
    ]
}

fn word(statement: &Statement) -> Cell {
    if statement.revoked_by.is_some() {
        return Cell::state(Tone::Attention, "Revoked since");
    }
    match (statement.kind, statement.verdict) {
        (StatementKind::Decide, Some(verdict)) => {
            let (tone, word) = words::verdict(verdict);
            let word = if verdict == VerdictWord::NoGo { word } else { "Go" };
            Cell::state(tone, word)
        }
        (kind @ (StatementKind::Bypass | StatementKind::Withdraw), _) => Cell::state(Tone::Attention, words::kind(kind)),
        (kind, _) => Cell::new(words::kind(kind)),
    }
}
