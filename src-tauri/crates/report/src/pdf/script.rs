//! The document as the template reads it: JSON whose every text has passed through [`letters`].

use quarterdeck_model::inspection::Tone;
use serde_json::{Value, json};
use typst::{foundations::Bytes, visualize::SvgImage};

use super::{
    letters::{self, code, line, text},
    widths::{longest_line, shares},
};
use crate::{Align, Block, Cell, Check, Checks, Column, Document, Fact, Figure, Note, Section, Signature, Table, plain, words};

/// A row or note of more bytes may be broken between two sheets; others stay whole.
const LONGEST_WHOLE: usize = 1500;

/// What is handed to the template.
pub(super) struct Script {
    pub said: Value,
    /// Names and SVG.
    pub pictures: Vec<(String, Vec<u8>)>,
}

/// Every word and picture of a document.
pub(super) fn of(document: &Document) -> Script {
    let mut setter = Setter { document, pictures: Vec::new() };
    let mut sections = Vec::new();
    for section in &document.sections {
        setter.section(section, 1, &mut sections);
    }
    let said = json!({
        "title": letters::string(&words::title(document)),
        "head": line(&words::title(document)),
        "running": letters::string(&words::running_title(document)),
        "subtitle": line(&document.subtitle),
        "as_of": words::moment(document.as_of),
        "product": words::PRODUCT,
        "foot": letters::string(&words::foot(document)),
        "verdict": document.verdict.as_ref().map(note),
        "facts": facts(&document.facts),
        "contents": document.sections.len() >= words::CONTENTS_FROM,
        "sections": sections,
        "proof": {
            "heading": words::PROOF,
            "facts": words::proof(document).into_iter().map(|(label, is)| json!([line(label), text(&is)])).collect::<Vec<_>>(),
            "long": document.closing.verify.iter().map(String::len).sum::<usize>() > LONGEST_WHOLE,
            "steps_heading": words::STEPS,
            "steps": document.closing.verify.iter().map(|step| text(step)).collect::<Vec<_>>(),
        },
    });
    Script { said, pictures: setter.pictures }
}

struct Setter<'a> {
    document: &'a Document,
    pictures: Vec<(String, Vec<u8>)>,
}

impl Setter<'_> {
    /// Sections become one list with levels.
    fn section(&mut self, section: &Section, level: usize, list: &mut Vec<Value>) {
        let blocks: Vec<Value> = section.blocks.iter().map(|block| self.block(block)).collect();
        list.push(json!({ "level": level, "heading": line(&words::heading(section)), "blocks": blocks }));
        for within in &section.sections {
            self.section(within, level + 1, list);
        }
    }

    fn block(&mut self, block: &Block) -> Value {
        match block {
            Block::Paragraph(prose) => json!({ "kind": "paragraph", "text": text(prose) }),
            Block::List(lines) => json!({ "kind": "list", "lines": lines.iter().map(|line| text(line)).collect::<Vec<_>>() }),
            Block::Code(shown) => json!({ "kind": "code", "text": code(shown) }),
            Block::Note(said) => json!({ "kind": "note", "note": note(said) }),
            Block::Facts(said) => json!({ "kind": "facts", "facts": facts(said) }),
            Block::Table(table) => self.table(table),
            Block::Figure(figure) => self.figure(figure),
            Block::Checks(checks) => self.checks(checks),
            Block::Signatures(signatures) => self.signatures(signatures),
        }
    }

    fn table(&self, table: &Table) -> Value {
        let none = Cell::default();
        let row = |row: &Vec<Cell>| {
            let cells: Vec<&Cell> = (0..table.columns.len()).map(|at| row.get(at).unwrap_or(&none)).collect();
            Row { texts: cells.iter().map(|cell| cell.text.clone()).collect(), cells: cells.into_iter().map(cell).collect() }
        };
        let rows: Vec<Row> = table.rows.iter().map(row).collect();
        grid(&table.caption, &table.columns, &rows, &table.none)
    }

    fn checks(&self, checks: &Checks) -> Value {
        let row = |check: &Check| {
            let as_of = check.as_of.map(|at| words::moment_in(self.document, at)).unwrap_or_default();
            let digest = check.digest.as_ref().map(words::short).unwrap_or_default();
            let cells = vec![
                state_cell(check.tone, &check.word),
                json!({ "text": text(&check.title), "strong": true }),
                json!({ "text": text(&check.evidence) }),
                json!({ "text": text(&as_of) }),
                json!({ "text": text(&digest), "code": true }),
            ];
            Row { texts: vec![check.word.clone(), check.title.clone(), check.evidence.clone(), as_of, digest], cells }
        };
        let rows: Vec<Row> = checks.checks.iter().map(row).collect();
        grid(&checks.caption, &words::checks_columns(), &rows, &checks.none)
    }

    fn signatures(&self, signatures: &[Signature]) -> Value {
        let columns = words::signatures_columns();
        let said = |signature: &Signature| signature.signed.as_ref().map_or(0, |signed| longest_line(&signed.word));
        let longest = [0, signatures.iter().map(said).max().unwrap_or_default(), 0, 0];
        json!({
            "kind": "signatures",
            "columns": columns.iter().map(|column| line(&column.head)).collect::<Vec<_>>(),
            "shares": shares(&columns, &longest),
            "rows": signatures.iter().map(|signature| self.signature(signature)).collect::<Vec<_>>(),
        })
    }

    fn signature(&self, signature: &Signature) -> Value {
        let role = text(&signature.role);
        let Some(signed) = &signature.signed else {
            return json!({ "role": role, "said": state_cell(None, words::WAITS), "statement": text(words::NOT_SIGNED), "open": true });
        };
        json!({
            "role": role,
            "said": state_cell(signed.tone, &signed.word),
            "statement": text(&signed.statement),
            "person": text(&signed.person),
            "at": text(&format!("{} UTC", words::moment_in(self.document, signed.at))),
            "digest": signed.digest.as_ref().map(|digest| text(&words::short(digest))),
            "long": signed.statement.len() + signed.person.len() > LONGEST_WHOLE,
        })
    }

    fn figure(&mut self, figure: &Figure) -> Value {
        let name = readable(&figure.svg).then(|| format!("figure-{}.svg", self.pictures.len()));
        self.pictures.extend(name.clone().map(|name| (name, figure.svg.clone())));
        json!({
            "kind": "figure",
            "file": name,
            "missing": words::NO_PICTURE,
            "caption": text(&figure.caption),
            "alt": letters::string(&words::told(figure)),
        })
    }
}

/// Lines and letters. Pictures within a picture would have to be fetched, and what is declared before it could become one.
fn readable(svg: &[u8]) -> bool {
    let fetches = [&b"<image"[..], b":image", b"feImage", b"<!"].iter().any(|word| svg.windows(word.len()).any(|part| part == *word));
    !fetches && SvgImage::new(Bytes::new(svg.to_vec())).is_ok()
}

fn note(note: &Note) -> Value {
    json!({ "tone": words::shape(note.tone), "word": text(&note.word), "text": text(&note.text), "long": note.text.len() + note.word.len() > LONGEST_WHOLE })
}

fn facts(facts: &[Fact]) -> Vec<Value> {
    facts.iter().map(|fact| json!([line(&fact.label), text(&fact.text)])).collect()
}

/// A row as it is set, and what it says: its length is what its columns and its breaking depend on.
struct Row {
    cells: Vec<Value>,
    texts: Vec<String>,
}

fn grid(caption: &str, columns: &[Column], rows: &[Row], none: &str) -> Value {
    let longest = |at: usize| rows.iter().filter_map(|row| row.texts.get(at)).map(|text| longest_line(text)).max().unwrap_or_default();
    let longest: Vec<usize> = columns.iter().enumerate().map(|(at, column)| longest(at).max(longest_line(&column.head))).collect();
    let shares = shares(columns, &longest);
    let column =
        |(column, share): (&Column, &u16)| json!({ "head": line(&column.head), "end": column.align == Align::End, "share": share });
    let row = |row: &Row| json!({ "cells": row.cells, "long": row.texts.iter().map(String::len).sum::<usize>() > LONGEST_WHOLE });
    json!({
        "kind": "table",
        "caption": line(caption),
        "columns": columns.iter().zip(&shares).map(column).collect::<Vec<_>>(),
        "rows": rows.iter().map(row).collect::<Vec<_>>(),
        "none": text(none),
    })
}

fn cell(cell: &Cell) -> Value {
    let link = cell.link.as_deref().and_then(plain::target).filter(|_| !cell.text.trim().is_empty());
    json!({ "text": text(&cell.text), "tone": cell.tone.map(|tone| words::shape(Some(tone))), "link": link })
}

fn state_cell(tone: Option<Tone>, word: &str) -> Value {
    json!({ "text": text(word), "tone": words::shape(tone) })
}
