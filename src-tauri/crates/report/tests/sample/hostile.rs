//! Texts that try to be more than text, and a document that has one of them in every place.

use quarterdeck_model::{Digest, inspection::Tone};
use quarterdeck_report::{Block, Cell, Check, Checks, Column, Document, Fact, Figure, Note, Section, Signature, Signed, Table};

use super::at;

pub const TEXTS: &[&str] = &[
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)",
    "</style><script>alert(1)</script>",
    "</title></head><body onload=alert(1)>",
    "<!-- --><![CDATA[x]]>&amp;&lt;&#60;",
    "#panic(\"run\") #import \"@preview/x:1.0.0\" #read(\"/etc/passwd\")",
    "$ x^2 $ \\ *strong* _emph_ @reference <label> // comment /* */ = Heading - item + item / term: x ~ -- --- ... `raw` [content]",
    "\"; #eval(\"1\") \"\\u{41}\\\"",
    "\u{202e}desrever\u{202c} \u{2066}isolated\u{2069} \u{200b}zero\u{feff}",
    "bell\u{7} null\u{0} escape\u{1b}[31m delete\u{7f} next\u{85}line\rreturn",
    "line\nbreak\r\nand\u{2028}more\ttab",
    "👩\u{200d}🚒 🇩🇪 ❤\u{fe0f} 中文 日本語 हिन्दी עברית العربية ไทย e\u{301}\u{302}\u{303}",
    "%PDF-1.7 (unbalanced \\( << /JS (app.alert) >> endobj stream",
    "\u{fffe}\u{ffff}\u{fffd}\u{e000}\u{10ffff}",
    "   ",
    "",
];

/// How often the text is seen in [`everywhere`].
pub const PLACES: usize = 29;

/// The text in every place that takes one.
pub fn everywhere(text: &str) -> Document {
    let word = || text.to_owned();
    let note = || Note::new(Tone::Critical, word(), word());
    let mut document = Document::new(word(), at("2026-11-22T14:05:00Z"));
    document.subtitle = word();
    document.verdict = Some(note());
    document.facts = vec![Fact::new(word(), word())];
    let table = |rows| Table { caption: word(), columns: vec![Column::words(word(), 1), Column::short("Short")], rows, none: word() };
    let row = vec![Cell::new(word()).link("https://example.org"), Cell::state(Tone::Ok, word())];
    let check = Check { tone: None, word: word(), title: word(), evidence: word(), as_of: None, digest: None };
    let signed = Signed { person: word(), tone: None, word: word(), statement: word(), at: document.as_of, digest: Some(Digest(word())) };
    let blocks = vec![
        Block::Paragraph(word()),
        Block::List(vec![word()]),
        Block::Code(word()),
        Block::Note(note()),
        Block::Facts(vec![Fact::new(word(), word())]),
        Block::Table(table(vec![row])),
        Block::Table(table(Vec::new())),
        Block::Figure(Figure {
            svg: b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>".to_vec(),
            dark: None,
            caption: word(),
            alt: word(),
        }),
        Block::Checks(Checks { caption: "Checks".into(), checks: vec![check], none: word() }),
        Block::Signatures(vec![Signature { role: word(), signed: Some(signed) }, Signature::open("Open")]),
    ];
    document.sections = vec![Section::new(word(), blocks)];
    document.closing.version = "0.1.0".into();
    document.closing.verify = vec![word()];
    document
}
