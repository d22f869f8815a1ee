//! The sheets: every text is on them and is only text, and they are what a reader, an archive and a screen reader expect.
#![allow(clippy::unwrap_used, reason = "tests")]

mod sample;

use pdf_extract::{Dictionary, Document as Pdf, MediaBox, Object, OutputDev, OutputError, Transform};
use proptest::prelude::{ProptestConfig, any, prop_assert, prop_oneof, proptest};
use quarterdeck_model::Digest;
use quarterdeck_report::{Block, Cell, Checks, Column, Document, Fact, Figure, Section, Signature, Table, pdf};
use sample::hostile;

#[test]
fn every_text_of_the_document_is_on_the_sheets_in_order() {
    let text = all(&pdf(&sample::readiness(12)).unwrap());
    let mut rest = text.as_str();
    for expected in [
        "Readiness of reputation for release 3.4",
        "checklist “Deployment”, version 4",
        "As of 22 Nov 2026, 14:05 UTC",
        "No-go",
        "4 reasons stand",
        "Environment",
        "Production",
        "Contents",
        "What stands against it",
        "The drill of notifications.db is 38 d old",
        "made of measured evidence",
        "Waived until 1 Dec",
        "Score by category",
        "Most of it",
        "Documentation",
        "Items before",
        "Snapshot before the release (0)",
        "data matches, 2.41 GB in 41 s",
        "22 Nov 13:20",
        "Items during",
        "Items after",
        "Nothing is asked in this phase.",
        "the dashed line is what is promised.",
        "Smoke tests of 22 Nov 13:40",
        "No alert fired.",
        "Ada Okafor",
        "22 Nov 13:51 UTC",
        "Not signed",
        "Name, date, signature",
        "CREATE TABLE review_flag",
        "Its way back",
        "Proof",
        "Audit head",
        "Quarterdeck 0.1.0",
        "How to see for yourself",
        "Check the audit trail",
    ] {
        let expected = close(expected);
        rest = &rest[rest.find(&expected).unwrap_or_else(|| panic!("{expected} is missing or too early in\n{text}"))..];
    }
    assert!(text.contains(&Digest::of(b"audit").0), "a digest is whole");
}

#[test]
fn each_sheet_says_what_it_is_a_part_of() {
    let bytes = pdf(&sample::readiness(60)).unwrap();
    let sheets = sheets(&bytes);
    assert!(sheets.len() > 4);
    let evidence = Digest::of(b"evidence").short();
    for (at, sheet) in sheets.iter().enumerate() {
        let foot = format!("as of 22 Nov 2026, 14:05 UTC · evidence {evidence}");
        for expected in
            [format!("page {} of {}", at + 1, sheets.len()), foot, "Quarterdeck".into(), "Readiness of reputation for release 3.4".into()]
        {
            assert!(sheet.contains(&close(&expected)), "{expected} is not on sheet {}:\n{sheet}", at + 1);
        }
    }
}

#[test]
fn heads_of_a_long_table_stand_on_every_sheet_and_no_row_is_lost() {
    let columns = vec![Column::words("Collector", 2), Column::number("Value"), Column::words("What was found", 3)];
    let row = |at: usize| vec![Cell::new(format!("row-{at:04}.")), Cell::new(format!("{at} ms")), Cell::new("nothing unusual")];
    let table = Table { caption: "Everything".into(), columns, rows: (0..2000).map(row).collect(), none: String::new() };
    let sheets = sheets(&pdf(&with(vec![Block::Table(table)])).unwrap());
    assert!(sheets.len() > 30);
    let mut next = 0;
    for (at, sheet) in sheets.iter().enumerate() {
        if sheet.contains("row-") {
            assert!(sheet.contains("Collector") && sheet.contains(&close("What was found")), "sheet {} has no heads", at + 1);
        }
        while sheet.contains(&format!("row-{next:04}.")) {
            next += 1;
        }
    }
    assert_eq!(next, 2000);
}

#[test]
fn the_same_document_is_the_same_file() {
    let once = pdf(&sample::readiness(12)).unwrap();
    assert!(once == pdf(&sample::readiness(12)).unwrap());
    let mut later = sample::readiness(12);
    later.as_of = sample::at("2026-11-22T14:06:00Z");
    assert!(once != pdf(&later).unwrap());
}

#[test]
fn a_hostile_text_is_only_text_wherever_it_stands() {
    for text in hostile::TEXTS {
        let bytes = pdf(&hostile::everywhere(text)).unwrap_or_else(|fault| panic!("{text:?}: {fault}"));
        let file = Pdf::load_mem(&bytes).unwrap();
        for object in file.objects.values() {
            let Ok(dictionary) = object.as_dict() else { continue };
            for key in [&b"JS"[..], b"JavaScript", b"OpenAction", b"AA", b"Launch", b"EmbeddedFile", b"RichMedia"] {
                assert!(!dictionary.has(key), "{text:?} made {}", String::from_utf8_lossy(key));
            }
            let leads = dictionary.get(b"URI").ok().and_then(|uri| uri.as_str().ok());
            assert!(leads.is_none_or(|uri| uri == b"https://example.org"), "{text:?} made a link to {leads:?}");
        }
    }
}

#[test]
fn what_a_person_wrote_reads_as_they_wrote_it() {
    let written = "<b>a & b</b> \"q\" 'q' #let $x$ \\ @y [z] *w* _v_ `c` -- ... ~ = + / // \\u{41} €";
    let text = all(&pdf(&hostile::everywhere(written)).unwrap());
    // What a figure shows is told to those who cannot see it; the title stands in the head of later sheets as well.
    let seen = text.matches(&close(written)).count();
    assert!(seen >= hostile::PLACES - 1, "{seen} in\n{text}");
    let text = all(&pdf(&hostile::everywhere("a\u{202e}b\u{7}c 中👩\u{200d}🚒")).unwrap());
    assert!(text.contains(&close("a[U+202E]b[U+0007]c [U+4E2D][U+1F469][U+1F692]")), "{text}");
    let text = all(&pdf(&hostile::everywhere("Ελλάδα Київ Łódź Հայ ქართ ≤ → ✓ ё")).unwrap());
    assert!(text.contains(&close("Ελλάδα Київ Łódź Հայ ქართ ≤ → ✓ ё")), "{text}");
}

#[test]
fn a_word_without_end_stays_inside_its_column() {
    let word = "0123456789".repeat(1000);
    let cells = vec![vec![Cell::new(&word), Cell::new(&word)]];
    let table =
        Table { caption: word.clone(), columns: vec![Column::words(&word, 1), Column::short("Two")], rows: cells, none: String::new() };
    let bytes = pdf(&with(vec![Block::Table(table)])).unwrap();
    assert!(all(&bytes).matches("0123456789").count() > 1950);
    let (left, right) = edges(&bytes);
    // The first letter of a line may stand out a little.
    assert!(left > 48.0 && right < 545.0, "letters begin between {left} and {right}; the sheet's margins end at 51 and 544");
    let long = all(&pdf(&with(vec![Block::Paragraph("word ".repeat(200_000))])).unwrap());
    assert!(long.contains(&close("word … 980000 more characters are in the report as HTML.")), "a text of a megabyte is cut");
    let many = vec![vec![Cell::new("a ".repeat(9000)), Cell::new("short")]];
    let table =
        Table { caption: String::new(), columns: vec![Column::words("One", 1), Column::short("Two")], rows: many, none: String::new() };
    let sheets = sheets(&pdf(&with(vec![Block::Table(table)])).unwrap());
    assert!(sheets.len() > 1 && sheets.concat().matches("aa").count() > 4400, "a row that is longer than a sheet is broken");
}

#[test]
fn an_empty_document_is_a_sheet_all_the_same() {
    let mut document = Document::new("", sample::at("2026-11-22T14:05:00Z"));
    let none = || Table { caption: String::new(), columns: Vec::new(), rows: vec![Vec::new()], none: String::new() };
    let blocks = vec![
        Block::Paragraph(String::new()),
        Block::List(Vec::new()),
        Block::Code(String::new()),
        Block::Facts(Vec::new()),
        Block::Facts(vec![Fact::new("", "")]),
        Block::Signatures(Vec::new()),
        Block::Table(none()),
        Block::Checks(Checks::default()),
        Block::List(vec![String::new()]),
    ];
    for blocks in [Vec::new(), blocks] {
        document.sections = vec![Section::new("", blocks)];
        let bytes = pdf(&document).unwrap();
        assert_eq!(sheets(&bytes).len(), 1);
        assert!(all(&bytes).contains(&close("page 1 of 1")));
    }
}

#[test]
fn it_is_tagged_and_says_title_author_language_and_dates() {
    let file = Pdf::load_mem(&pdf(&sample::readiness(12)).unwrap()).unwrap();
    let catalog = file.catalog().unwrap();
    assert_eq!(catalog.get(b"Lang").unwrap().as_str().unwrap(), b"en");
    assert!(catalog.has(b"StructTreeRoot") && catalog.has(b"Outlines"));
    let marked = follow(&file, catalog.get(b"MarkInfo").unwrap());
    assert!(marked.get(b"Marked").unwrap().as_bool().unwrap());
    assert!(follow(&file, catalog.get(b"ViewerPreferences").unwrap()).get(b"DisplayDocTitle").unwrap().as_bool().unwrap());
    let about = follow(&file, file.trailer.get(b"Info").unwrap());
    let said = |key: &[u8]| pdf_extract::decode_text_string(about.get(key).unwrap()).unwrap();
    assert_eq!(said(b"Title"), "Readiness of reputation for release 3.4");
    assert_eq!((said(b"Author"), said(b"Creator")), ("Quarterdeck".into(), "Quarterdeck 0.1.0".into()));
    assert!(said(b"CreationDate").starts_with("D:20261122140500"), "{}", said(b"CreationDate"));
    let meta = file.get_object(catalog.get(b"Metadata").unwrap().as_reference().unwrap()).unwrap().as_stream().unwrap();
    let meta = String::from_utf8_lossy(&meta.decompressed_content().unwrap_or_else(|_| meta.content.clone())).into_owned();
    assert!(meta.contains("<pdfuaid:part>1</pdfuaid:part>") || meta.contains("pdfuaid:part=\"1\""), "{meta}");
}

#[test]
fn its_tags_tell_heads_tables_and_figures_apart() {
    let file = Pdf::load_mem(&pdf(&sample::readiness(12)).unwrap()).unwrap();
    let tags: Vec<String> = file.objects.values().filter_map(|object| tag(object.as_dict().ok()?)).collect();
    let count = |name: &str| tags.iter().filter(|tag| *tag == name).count();
    assert_eq!((count("Title"), count("H1"), count("H2"), count("Figure")), (1, 8, 5, 3));
    assert!(count("Table") >= 6 && count("TH") > 20 && count("TD") > 60 && count("LI") >= 5);
    let told =
        file.objects.values().filter_map(|object| object.as_dict().ok()).filter(|dictionary| tag(dictionary).as_deref() == Some("Figure"));
    assert!(told.into_iter().all(|figure| figure.has(b"Alt")));
}

#[test]
fn bookmarks_lead_to_every_section() {
    let file = Pdf::load_mem(&pdf(&sample::readiness(12)).unwrap()).unwrap();
    let root = follow(&file, file.catalog().unwrap().get(b"Outlines").unwrap());
    let names = bookmarks(&file, root);
    for name in ["What stands against it", "Checklist", "  before", "  a week later", "What the release changes", "  Its way back", "Proof"]
    {
        assert!(names.contains(&name.to_owned()), "{name} is not in {names:?}");
    }
}

#[test]
fn a_figure_that_cannot_be_read_is_said_to_be_missing() {
    for svg in ["", "no picture", "<svg", "<svg xmlns='http://www.w3.org/2000/svg'><image href='/etc/passwd'/></svg>"] {
        let figure = Figure { svg: svg.into(), dark: None, caption: "Errors per hour".into(), alt: "Errors".into() };
        let text = all(&pdf(&with(vec![Block::Figure(figure), Block::Signatures(vec![Signature::open("DBA")])])).unwrap());
        assert!(text.contains(&close("Errors per hour")), "{text}");
        assert!(text.contains(&close("This figure could not be read.")), "{svg}: {text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_keeps_a_report_from_being_set(text in prop_oneof![any::<String>(), "\\PC{0,80}", "[\u{0}-\u{ffff}]{0,80}"]) {
        let row = vec![Cell::state(None, &text), Cell::new(&text).link(&text)];
        let table = Table { caption: text.clone(), columns: vec![Column::short(&text), Column::words(&text, 1)], rows: vec![row], none: text.clone() };
        let mut document = with(vec![Block::Paragraph(text.clone()), Block::Code(text.clone()), Block::Table(table)]);
        document.title = text.clone();
        document.sections[0].heading = text;
        prop_assert!(pdf(&document).is_ok());
    }
}

fn with(blocks: Vec<Block>) -> Document {
    let mut document = Document::new("Report", sample::at("2026-11-22T14:05:00Z"));
    document.sections = vec![Section::new("Section", blocks)];
    document
}

/// The text of each sheet, without spaces: where a line is broken is not what is asked.
fn sheets(bytes: &[u8]) -> Vec<String> {
    pdf_extract::extract_text_from_mem_by_pages(bytes).unwrap().iter().map(|sheet| close(sheet)).collect()
}

fn all(bytes: &[u8]) -> String {
    sheets(bytes).concat()
}

fn close(text: &str) -> String {
    text.split_whitespace().collect()
}

fn follow<'a>(file: &'a Pdf, object: &'a Object) -> &'a Dictionary {
    file.dereference(object).unwrap().1.as_dict().unwrap()
}

fn tag(dictionary: &Dictionary) -> Option<String> {
    let element = dictionary.get(b"Type").is_ok_and(|kind| kind.as_name().is_ok_and(|name| name == b"StructElem"));
    let name = dictionary.get(b"S").ok()?.as_name().ok()?;
    element.then(|| String::from_utf8_lossy(name).into_owned())
}

/// Names of bookmarks, those within a section with spaces before them.
fn bookmarks(file: &Pdf, parent: &Dictionary) -> Vec<String> {
    let mut names = Vec::new();
    let mut next = parent.get(b"First").ok();
    while let Some(one) = next {
        let one = follow(file, one);
        names.push(pdf_extract::decode_text_string(one.get(b"Title").unwrap()).unwrap());
        names.extend(bookmarks(file, one).into_iter().map(|name| format!("  {name}")));
        next = one.get(b"Next").ok();
    }
    names
}

/// How far left and right letters begin, in points from the left edge.
fn edges(bytes: &[u8]) -> (f64, f64) {
    let mut seen = Edges(f64::MAX, f64::MIN);
    pdf_extract::output_doc(&Pdf::load_mem(bytes).unwrap(), &mut seen).unwrap();
    (seen.0, seen.1)
}

struct Edges(f64, f64);

impl OutputDev for Edges {
    fn begin_page(&mut self, _: u32, _: &MediaBox, _: Option<(f64, f64, f64, f64)>) -> Result<(), OutputError> {
        Ok(())
    }

    fn end_page(&mut self) -> Result<(), OutputError> {
        Ok(())
    }

    fn output_character(&mut self, at: &Transform, _: f64, _: f64, _: f64, _: &str) -> Result<(), OutputError> {
        (self.0, self.1) = (self.0.min(at.m31), self.1.max(at.m31));
        Ok(())
    }

    fn begin_word(&mut self) -> Result<(), OutputError> {
        Ok(())
    }

    fn end_word(&mut self) -> Result<(), OutputError> {
        Ok(())
    }

    fn end_line(&mut self) -> Result<(), OutputError> {
        Ok(())
    }
}
