//! The page: nothing that a document says is ever markup, and a reader that cannot see finds its way.
#![allow(clippy::unwrap_used, reason = "tests")]

mod sample;

use quarterdeck_model::{Digest, inspection::Tone};
use quarterdeck_report::{Block, Cell, Column, Document, Fact, Figure, Note, Section, Signature, Table, html};
use sample::hostile;

#[test]
fn every_text_of_the_document_is_on_the_page_in_order() {
    let page = html(&sample::readiness(12));
    let mut rest = page.as_str();
    for expected in [
        "<h1>Readiness of reputation for release 3.4</h1>",
        "checklist “Deployment”",
        "22 Nov 2026, 14:05 UTC",
        "No-go",
        "4 reasons stand",
        "Environment",
        "What stands against it</h2>",
        "The drill of notifications.db",
        "made of measured evidence",
        "Waived until 1 Dec",
        "Score by category",
        "Documentation",
        "Checklist</h2>",
        "before</h3>",
        "Snapshot before the release (0)",
        "22 Nov 13:20",
        "during</h3>",
        "after</h3>",
        "a week later</h3>",
        "Nothing is asked in this phase.",
        "<img src=\"data:image/svg+xml;base64,",
        "alt=\"p99 of reads, ms stays",
        "No alert fired.",
        "Ada Okafor",
        "Not signed",
        "CREATE TABLE review_flag",
        "Its way back</h3>",
        "Proof</h2>",
        "Audit head",
        "Quarterdeck 0.1.0",
        "Check the audit trail",
    ] {
        rest = &rest[rest.find(expected).unwrap_or_else(|| panic!("{expected} is missing or too early"))..];
    }
}

/// Every element that a page is made of.
const KNOWN: &str = "!DOCTYPE a body br caption circle code col colgroup dd div dl dt figcaption figure footer h1 h2 h3 head header html img li main \
    meta nav ol p path picture pre section source span strong style svg symbol table tbody td th thead time title tr ul use";

#[test]
fn a_hostile_text_is_only_text_wherever_it_stands() {
    for text in hostile::TEXTS {
        let page = html(&hostile::everywhere(text));
        let tags = tags(&page);
        for tag in &tags {
            let name = tag.trim_start_matches('/').split([' ', '/']).next().unwrap();
            assert!(KNOWN.split(' ').any(|known| known == name), "{text:?} made <{tag}>");
            // Every second piece lies between quotes.
            let outside: String = tag.split('"').step_by(2).collect();
            assert!(!outside.contains(" on") && !outside.contains("style=") && !outside.contains('\''), "{text:?} made <{tag}>");
        }
        assert_eq!(tags.iter().filter(|tag| tag.starts_with("style")).count(), 1, "{text:?}");
        assert_eq!(tags.iter().filter(|tag| tag.starts_with("img")).count(), 1, "{text:?}");
        let steers = |c: char| c.is_control() && c != '\n' || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200b}');
        assert_eq!(page.chars().find(|c| steers(*c)), None, "{text:?}");
    }
}

#[test]
fn what_a_person_wrote_reads_as_they_wrote_it() {
    let document = hostile::everywhere("<b>a & b</b> \"q\" 'q' #let $x$ \\ @y [z] *w* _v_ — 👩\u{200d}🚒 שלום");
    let expected = "&lt;b&gt;a &amp; b&lt;/b&gt; &quot;q&quot; &#39;q&#39; #let $x$ \\ @y [z] *w* _v_ — 👩\u{200d}🚒 שלום";
    assert_eq!(
        html(&document).matches(expected).count(),
        hostile::PLACES + 2,
        "the title stands in the head as well, the heading in no list"
    );
}

#[test]
fn links_lead_to_the_web_and_nowhere_else() {
    let cell = |link: &str| vec![Cell::new("there").link(link)];
    let links = ["https://example.org/?a=1&b=\"2\"", "javascript:alert(1)", "data:text/html,<script>", "file:///etc/passwd"];
    let rows = links.map(cell).to_vec();
    let table = Table { caption: "Links".into(), columns: vec![Column::words("To", 1)], rows, none: String::new() };
    let page = html(&with(vec![Block::Table(table)]));
    assert_eq!(page.matches("<a ").count(), 1);
    assert!(page.contains("<a href=\"https://example.org/?a=1&amp;b=&quot;2&quot;\" rel=\"noreferrer noopener\">there</a>"), "{page}");
}

#[test]
fn headings_go_down_one_step_at_a_time() {
    let mut deep = Section::new("a", Vec::new());
    for name in ["b", "c", "d", "e", "f", "g"] {
        deep = Section { heading: name.into(), blocks: Vec::new(), sections: vec![deep] };
    }
    let mut document = sample::readiness(4);
    document.sections.push(deep);
    let page = html(&document);
    let levels: Vec<u32> = tags(&page).iter().filter_map(|tag| tag.strip_prefix('h')?.split(' ').next()?.parse().ok()).collect();
    assert_eq!(levels[0], 1);
    assert_eq!(levels.iter().filter(|level| **level == 1).count(), 1);
    for pair in levels.windows(2) {
        assert!(pair[1] <= pair[0] + 1, "{levels:?}");
    }
}

#[test]
fn tables_say_what_they_are_and_which_cell_is_a_head() {
    let page = html(&sample::readiness(12));
    let tables = page.matches("<table ").count();
    assert_eq!(page.matches("<caption>").count(), tables);
    assert_eq!(page.matches("<thead>").count(), tables);
    assert!(page.matches("<th scope=\"row\"").count() > 12 && !page.contains("<th>"));
    assert_eq!(page.matches("<img ").count(), page.matches(" alt=\"").count());
    assert!(page.starts_with("<!DOCTYPE html>\n<html lang=\"en\">"));
}

#[test]
fn a_state_has_a_word_and_a_shape_beside_its_hue() {
    for (tone, shape) in [
        (Some(Tone::Ok), "ok"),
        (Some(Tone::Attention), "attention"),
        (Some(Tone::Critical), "critical"),
        (Some(Tone::Unknown), "unknown"),
        (Some(Tone::Working), "working"),
        (None, "neutral"),
    ] {
        let page = html(&with(vec![Block::Note(Note::new(tone, "The word", "The sentence."))]));
        assert!(page.contains(&format!("<span class=\"state {shape}\"><svg class=\"mark\" viewBox=\"0 0 16 16\" aria-hidden=\"true\"><use href=\"#mark-{shape}\"/></svg><span>The word</span></span>")), "{page}");
        assert!(page.contains(&format!("<symbol id=\"mark-{shape}\"")));
    }
}

#[test]
fn the_policy_allows_its_style_sheets_and_pictures_inside() {
    use base64::Engine as _;
    use sha2::Digest as _;
    let page = html(&sample::readiness(4));
    let sheets: Vec<&str> = page.split("<style>").skip(1).map(|rest| rest.split("</style>").next().unwrap()).collect();
    let digest = |style: &str| base64::engine::general_purpose::STANDARD.encode(sha2::Sha256::digest(style));
    let [shared, own] = sheets[..] else { panic!("{} sheets", sheets.len()) };
    assert!(page.contains(&format!(
        "content=\"default-src 'none'; style-src 'sha256-{}' 'sha256-{}'; img-src data:; base-uri 'none'; form-action 'none'\"",
        digest(shared),
        digest(own)
    )));
    // The window knows the shared sheet by its digest: it is the same of every page.
    assert!(html(&Document::new("Another", sample::at("2026-11-22T14:05:00Z"))).contains(&format!("<style>{shared}</style>")));
    assert!(!page.contains("<script") && !page.contains("<link"));
    assert_eq!(
        page.matches("http").count(),
        page.matches("https://example.org").count() + page.matches("http-equiv").count(),
        "nothing is fetched"
    );
}

#[test]
fn the_same_document_is_the_same_page() {
    assert_eq!(html(&sample::readiness(30)), html(&sample::readiness(30)));
}

#[test]
fn an_empty_document_is_a_page_all_the_same() {
    let mut document = Document::new("", sample::at("2026-11-22T14:05:00Z"));
    let blocks = vec![
        Block::Paragraph(String::new()),
        Block::List(Vec::new()),
        Block::Code(String::new()),
        Block::Facts(Vec::new()),
        Block::Signatures(Vec::new()),
        Block::Table(Table { caption: String::new(), columns: Vec::new(), rows: vec![Vec::new()], none: String::new() }),
        Block::Checks(quarterdeck_report::Checks::default()),
    ];
    for blocks in [Vec::new(), blocks] {
        document.sections = vec![Section::new("", blocks)];
        let page = html(&document);
        assert!(page.contains("<title>Report</title>") && page.contains("<h1>Report</h1>"), "{page}");
        assert!(page.contains("As of <time datetime=\"2026-11-22T14:05:00Z\">22 Nov 2026, 14:05 UTC</time>"));
    }
}

#[test]
fn rows_have_as_many_cells_as_there_are_columns() {
    let columns = vec![Column::words("One", 1), Column::number("Two")];
    let rows = vec![vec![Cell::new("only one")], vec![Cell::new("a"), Cell::new("b"), Cell::new("too many")]];
    let page = html(&with(vec![Block::Table(Table { caption: "Rows".into(), columns, rows, none: String::new() })]));
    assert!(page.contains("<tr><th scope=\"row\">only one</th><td></td></tr>"), "{page}");
    assert!(!page.contains("too many"));
}

#[test]
fn a_figure_without_words_of_its_own_is_told_by_its_caption() {
    let figure = Figure { svg: b"<svg/>".to_vec(), dark: None, caption: "Errors".into(), alt: String::new() };
    let page =
        html(&with(vec![Block::Figure(figure), Block::Facts(vec![Fact::new("a", "b")]), Block::Signatures(vec![Signature::open("DBA")])]));
    assert!(page.contains("alt=\"Errors\""), "{page}");
    assert!(page.contains("PHN2Zy8+"));
}

fn with(blocks: Vec<Block>) -> Document {
    let mut document = Document::new("Report", sample::at("2026-11-22T14:05:00Z"));
    document.closing.evidence = Some(Digest::of(b""));
    document.sections = vec![Section::new("Section", blocks)];
    document
}

/// What stands between `<` and `>`, the style sheets' own text left out.
fn tags(page: &str) -> Vec<String> {
    let (head, rest) = page.split_once("<style>").unwrap();
    let (_, body) = rest.rsplit_once("</style>").unwrap();
    let page = format!("{head}<style></style>{body}");
    page.split('<').skip(1).map(|rest| rest.split('>').next().unwrap().to_owned()).collect()
}
