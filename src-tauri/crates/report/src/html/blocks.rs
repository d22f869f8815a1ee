//! Each kind of block as HTML.

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::{
    Page,
    parts::{self, attribute, text, text_line},
};
use crate::{Align, Block, Cell, Check, Checks, Column, Figure, Signature, Table, Width, plain, words};

/// Longest text that a column which fits keeps on one line.
const ONE_LINE: usize = 24;
const BRIEF: &str = " class=\"brief\"";

impl Page<'_> {
    pub(super) fn block(&mut self, block: &Block) -> String {
        match block {
            Block::Paragraph(prose) => format!("<p class=\"prose\">{}</p>\n", text(prose)),
            Block::List(lines) if lines.is_empty() => String::new(),
            Block::List(lines) => {
                format!("<ul>\n{}</ul>\n", lines.iter().map(|line| format!("<li>{}</li>\n", text(line))).collect::<String>())
            }
            Block::Code(code) => format!("<pre tabindex=\"0\"><code>{}</code></pre>\n", text(code)),
            Block::Note(note) => parts::note(note, "note"),
            Block::Facts(facts) if facts.is_empty() => String::new(),
            Block::Facts(facts) => parts::facts(facts),
            Block::Table(table) => self.table(table),
            Block::Figure(figure) => self::figure(figure),
            Block::Checks(checks) => self.checks(checks),
            Block::Signatures(signatures) => self.signatures(signatures),
        }
    }

    fn table(&mut self, table: &Table) -> String {
        let cells = |row: &Vec<Cell>| {
            let cells = table.columns.iter().enumerate().map(|(at, column)| cell(row.get(at), column));
            cells.collect::<Vec<_>>()
        };
        let rows = table.rows.iter().map(cells).collect::<Vec<_>>();
        self.grid(&table.caption, &table.columns, &rows, &table.none)
    }

    fn checks(&mut self, checks: &Checks) -> String {
        let row = |check: &Check| {
            let as_of = check.as_of.map(|at| words::moment_in(self.document, at)).unwrap_or_default();
            let digest = check.digest.as_ref().map(|digest| format!("<code>{}</code>", text(&words::short(digest))));
            vec![
                (String::new(), parts::state(check.tone, &check.word)),
                (String::new(), format!("<strong>{}</strong>", text(&check.title))),
                (String::new(), text(&check.evidence)),
                (BRIEF.to_owned(), text(&as_of)),
                (BRIEF.to_owned(), digest.unwrap_or_default()),
            ]
        };
        let rows: Vec<_> = checks.checks.iter().map(row).collect();
        self.grid(&checks.caption, &words::checks_columns(), &rows, &checks.none)
    }

    fn signatures(&mut self, signatures: &[Signature]) -> String {
        let row = |signature: &Signature| {
            let role = (String::new(), format!("<strong>{}</strong>", text(&signature.role)));
            let Some(signed) = &signature.signed else {
                let waits = parts::state(None, words::WAITS);
                return vec![
                    role,
                    (String::new(), waits),
                    (String::new(), words::NOT_SIGNED.to_owned()),
                    (" class=\"to-sign\"".to_owned(), String::new()),
                ];
            };
            let of = signed.digest.as_ref().map(|digest| format!("<br>of evidence <code>{}</code>", text(&words::short(digest))));
            let who = format!("{}<br>{} UTC{}", text(&signed.person), words::moment_in(self.document, signed.at), of.unwrap_or_default());
            vec![
                role,
                (String::new(), parts::state(signed.tone, &signed.word)),
                (String::new(), text(&signed.statement)),
                (String::new(), who),
            ]
        };
        let rows: Vec<_> = signatures.iter().map(row).collect();
        self.grid("Signatures", &words::signatures_columns(), &rows, "No signature is asked for.")
    }

    /// Cells are an attribute and HTML each; the first of a row is its head.
    fn grid(&mut self, caption: &str, columns: &[Column], rows: &[Vec<(String, String)>], none: &str) -> String {
        if rows.is_empty() {
            return format!("<p class=\"none\"><strong>{}</strong> {}</p>\n", text_line(caption), text(none));
        }
        self.tables += 1;
        self.widths(columns);
        let name = |column: &Column| format!("<th scope=\"col\"{}>{}</th>", side(column.align), text_line(&column.head));
        let heads: String = columns.iter().map(name).collect();
        let mut set = format!(
            "<div class=\"wide\"><table id=\"t{}\">\n<caption>{}</caption>\n<colgroup>{}</colgroup>\n<thead>\n<tr>{heads}</tr>\n</thead>\n<tbody>\n",
            self.tables,
            text_line(caption),
            "<col>".repeat(columns.len()),
        );
        for row in rows {
            set.push_str("<tr>");
            for (at, (attributes, cell)) in row.iter().enumerate() {
                let tag = if at == 0 { "th scope=\"row\"" } else { "td" };
                set.push_str(&format!("<{tag}{attributes}>{cell}</{}>", &tag[..2]));
            }
            set.push_str("</tr>\n");
        }
        set + "</tbody>\n</table></div>\n"
    }

    /// An attribute `style` would be against the page's own policy, so widths are rules of its style sheet.
    fn widths(&mut self, columns: &[Column]) {
        let share = |column: &Column| if let Width::Share(parts) = column.width { u32::from(parts.max(1)) } else { 0 };
        let all: u32 = columns.iter().map(share).sum();
        for (at, column) in columns.iter().enumerate() {
            let width = match share(column) {
                0 => "1px".to_owned(),
                parts => format!("{}%", parts * 100 / all),
            };
            self.rules.push_str(&format!("#t{} col:nth-child({}){{width:{width}}}", self.tables, at + 1));
        }
    }
}

/// Attributes and content; a cell that is missing is empty.
fn cell(cell: Option<&Cell>, column: &Column) -> (String, String) {
    let Some(cell) = cell else { return (String::new(), String::new()) };
    let shown = match cell.tone {
        Some(tone) => parts::state(Some(tone), &cell.text),
        None => text(&cell.text),
    };
    let shown = match cell.link.as_deref().and_then(plain::target) {
        Some(target) => format!("<a href=\"{}\" rel=\"noreferrer noopener\">{shown}</a>", attribute(target)),
        None => shown,
    };
    let brief = column.width == Width::Fit && cell.text.chars().count() <= ONE_LINE;
    let class = match (column.align, brief) {
        (Align::End, true) => " class=\"end brief\"",
        (Align::End, false) => " class=\"end\"",
        (Align::Start, true) => BRIEF,
        (Align::Start, false) => "",
    };
    (class.to_owned(), shown)
}

fn side(align: Align) -> &'static str {
    if align == Align::End { " class=\"end\"" } else { "" }
}

/// A picture in an `img`: what it contains cannot run, and cannot fetch.
fn figure(figure: &Figure) -> String {
    let address = |svg: &[u8]| format!("data:image/svg+xml;base64,{}", STANDARD.encode(svg));
    let dark =
        figure.dark.as_ref().map(|dark| format!("<source media=\"screen and (prefers-color-scheme: dark)\" srcset=\"{}\">", address(dark)));
    let alone = if dark.is_none() { " class=\"day\"" } else { "" };
    format!(
        "<figure>\n<picture{alone}>{}<img src=\"{}\" alt=\"{}\"></picture>\n<figcaption>{}</figcaption>\n</figure>\n",
        dark.unwrap_or_default(),
        address(&figure.svg),
        attribute(&words::told(figure)),
        text(&figure.caption),
    )
}
