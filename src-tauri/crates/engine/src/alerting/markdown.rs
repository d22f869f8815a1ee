//! Markdown, read into parts that can only be shown: nothing in it is markup, a script or a picture afterwards.

use std::iter::Peekable;

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};
use quarterdeck_model::alert::{RunbookBlock, RunbookLink, RunbookSpan};

/// Lists and quotations within each other; what lies deeper is shown as plain words.
const DEEPEST: usize = 12;

/// Reads a page.
pub(crate) fn blocks(text: &str) -> Vec<RunbookBlock> {
    let mut options = Options::empty();
    options.insert(Options::ENABLE_TABLES);
    Reader { events: Parser::new_ext(text, options).peekable() }.blocks(0)
}

/// The words of spans, without their looks.
pub(super) fn words(spans: &[RunbookSpan]) -> String {
    spans.iter().map(|span| span.text.as_str()).collect()
}

/// The runbook that a link leads to, where it leads to one: `NAME.md`, `./NAME.md`, `runbooks/NAME.md`.
pub(super) fn named(address: &str) -> Option<&str> {
    let path = address.split(['#', '?']).next().unwrap_or_default();
    let path = path.strip_prefix("./").unwrap_or(path);
    let name = path.strip_prefix("runbooks/").unwrap_or(path).strip_suffix(".md")?;
    super::runbook::is_name(name).then_some(name)
}

/// Where a link leads; none where it leads to what is not opened from here.
pub(super) fn link(title: &str, address: &str) -> Option<RunbookLink> {
    let address = plain(address);
    let title = if title.trim().is_empty() { address.clone() } else { plain(title) };
    let lower = address.to_ascii_lowercase();
    if ["https://", "http://", "mailto:"].iter().any(|scheme| lower.starts_with(scheme)) {
        return Some(RunbookLink { title, address: Some(address), runbook: None });
    }
    let runbook = named(&address)?.to_owned();
    Some(RunbookLink { title, address: None, runbook: Some(runbook) })
}

/// Text without characters that steer a screen or turn its direction.
pub(super) fn plain(text: &str) -> String {
    let steers = |c: char| (c.is_control() && c != '\n' && c != '\t') || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars().filter(|c| !steers(*c)).collect()
}

struct Reader<'t> {
    events: Peekable<Parser<'t>>,
}

impl<'t> Reader<'t> {
    /// Blocks up to the end of what is around them.
    fn blocks(&mut self, depth: usize) -> Vec<RunbookBlock> {
        let mut found = Vec::new();
        while let Some(event) = self.events.peek() {
            match event {
                Event::End(_) => {
                    self.events.next();
                    break;
                }
                Event::Start(tag) if is_block(tag) => {
                    let Some(Event::Start(tag)) = self.events.next() else { break };
                    found.extend(self.block(&tag, depth));
                }
                Event::Rule => {
                    self.events.next();
                    found.push(RunbookBlock::Rule);
                }
                Event::Html(_) => {
                    let Some(Event::Html(text)) = self.events.next() else { break };
                    found.extend(paragraph(vec![span(text.trim_end(), &Look::default())]));
                }
                // Words of a list without blank lines stand by themselves.
                _ => found.extend(paragraph(self.spans(false))),
            }
        }
        found
    }

    fn block(&mut self, tag: &Tag<'t>, depth: usize) -> Option<RunbookBlock> {
        if depth >= DEEPEST {
            return paragraph(vec![span(&self.flat(), &Look::default())]);
        }
        match tag {
            Tag::Heading { level, .. } => Some(RunbookBlock::Heading { level: *level as u8, text: self.spans(true) }),
            Tag::CodeBlock(kind) => {
                let language = match kind {
                    CodeBlockKind::Fenced(words) => words.split([' ', ',', '{']).next().map(plain).unwrap_or_default(),
                    CodeBlockKind::Indented => String::new(),
                };
                let text = self.flat();
                Some(RunbookBlock::Code { language, text: text.trim_end_matches('\n').to_owned() })
            }
            Tag::List(start) => {
                let mut items = Vec::new();
                while let Some(Event::Start(Tag::Item)) = self.events.next() {
                    items.push(self.blocks(depth + 1));
                }
                Some(RunbookBlock::List { start: *start, items })
            }
            Tag::BlockQuote(_) => Some(RunbookBlock::Quote { blocks: self.blocks(depth + 1) }),
            Tag::Table(_) => Some(self.table()),
            Tag::HtmlBlock => paragraph(vec![span(self.flat().trim_end(), &Look::default())]),
            _ => paragraph(self.spans(true)),
        }
    }

    fn table(&mut self) -> RunbookBlock {
        let (mut head, mut rows) = (Vec::new(), Vec::new());
        while let Some(event) = self.events.next() {
            match event {
                Event::Start(Tag::TableHead) => head = self.cells(),
                Event::Start(Tag::TableRow) => rows.push(self.cells()),
                _ => break,
            }
        }
        RunbookBlock::Table { head, rows }
    }

    fn cells(&mut self) -> Vec<Vec<RunbookSpan>> {
        let mut cells = Vec::new();
        while let Some(Event::Start(Tag::TableCell)) = self.events.next() {
            cells.push(self.spans(true));
        }
        cells
    }

    /// Words up to the end of what is around them (`closed`), or up to the next block.
    fn spans(&mut self, closed: bool) -> Vec<RunbookSpan> {
        let (mut found, mut looks) = (Vec::<RunbookSpan>::new(), vec![Look::default()]);
        while let Some(event) = self.events.peek() {
            let ends = looks.len() == 1
                && match event {
                    Event::End(_) => true,
                    Event::Start(tag) => !closed && is_block(tag),
                    Event::Rule | Event::Html(_) => !closed,
                    _ => false,
                };
            if ends {
                if closed {
                    self.events.next();
                }
                break;
            }
            let look = looks.last().cloned().unwrap_or_default();
            let text = match self.events.next() {
                Some(Event::Start(tag)) => {
                    looks.push(look.within(&tag));
                    continue;
                }
                Some(Event::End(_)) => {
                    looks.pop();
                    continue;
                }
                Some(Event::Code(text)) => span(&text, &Look { code: true, ..look }),
                Some(Event::SoftBreak) => span(" ", &look),
                Some(Event::HardBreak) => span("\n", &look),
                Some(Event::Text(text) | Event::InlineHtml(text) | Event::Html(text)) => span(&text, &look),
                _ => continue,
            };
            join(&mut found, text);
        }
        found
    }

    /// All words up to the end of what is around them.
    fn flat(&mut self) -> String {
        let (mut text, mut open) = (String::new(), 0_usize);
        for event in self.events.by_ref() {
            match event {
                Event::Start(_) => open += 1,
                Event::End(_) if open == 0 => break,
                Event::End(end) => {
                    open -= 1;
                    if matches!(end, TagEnd::Paragraph | TagEnd::Item) {
                        text.push('\n');
                    }
                }
                Event::Text(words) | Event::Code(words) | Event::Html(words) | Event::InlineHtml(words) => text.push_str(&words),
                Event::SoftBreak | Event::HardBreak => text.push('\n'),
                _ => {}
            }
        }
        plain(&text)
    }
}

/// How words are set.
#[derive(Clone, Default)]
struct Look {
    strong: bool,
    emphasis: bool,
    code: bool,
    link: Option<RunbookLink>,
}

impl Look {
    fn within(mut self, tag: &Tag<'_>) -> Self {
        match tag {
            Tag::Strong => self.strong = true,
            Tag::Emphasis => self.emphasis = true,
            // A picture is never loaded: its words lead to it.
            Tag::Link { dest_url, title, .. } | Tag::Image { dest_url, title, .. } => self.link = link(title, dest_url),
            _ => {}
        }
        self
    }
}

fn span(text: &str, look: &Look) -> RunbookSpan {
    RunbookSpan { text: plain(text), strong: look.strong, emphasis: look.emphasis, code: look.code, link: look.link.clone() }
}

/// Adds words; those that look like the ones before go on there.
fn join(found: &mut Vec<RunbookSpan>, new: RunbookSpan) {
    match found.last_mut() {
        Some(last) if (last.strong, last.emphasis, last.code, &last.link) == (new.strong, new.emphasis, new.code, &new.link) => {
            last.text.push_str(&new.text);
        }
        _ => found.push(new),
    }
}

fn paragraph(text: Vec<RunbookSpan>) -> Option<RunbookBlock> {
    text.iter().any(|span| !span.text.trim().is_empty()).then_some(RunbookBlock::Paragraph { text })
}

fn is_block(tag: &Tag<'_>) -> bool {
    !matches!(tag, Tag::Emphasis | Tag::Strong | Tag::Strikethrough | Tag::Link { .. } | Tag::Image { .. })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> serde_json::Value {
        serde_json::to_value(blocks(text)).unwrap()
    }

    fn text(block: &RunbookBlock) -> String {
        match block {
            RunbookBlock::Heading { text, .. } | RunbookBlock::Paragraph { text } => words(text),
            RunbookBlock::Code { text, .. } => text.clone(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_page_becomes_its_parts() {
        let found = blocks(
            "# Disk full\n\nFirst *look*, then **act** on `df`.\nIt goes on.\n\n1. one\n2. two\n   - deep\n\n> said\n\n```sql x\nSELECT 1;\n```\n\n| a | b |\n|---|---|\n| 1 | `2` |\n\n---\n",
        );
        assert_eq!(text(&found[0]), "Disk full");
        let RunbookBlock::Paragraph { text: spans } = &found[1] else { panic!("{found:?}") };
        assert_eq!(words(spans), "First look, then act on df. It goes on.");
        assert!(spans[1].emphasis && spans[3].strong && spans[5].code);
        let RunbookBlock::List { start: Some(1), items } = &found[2] else { panic!("{found:?}") };
        assert_eq!((items.len(), text(&items[0][0]).as_str()), (2, "one"));
        assert!(matches!(&items[1][1], RunbookBlock::List { start: None, .. }));
        assert!(matches!(&found[3], RunbookBlock::Quote { blocks } if text(&blocks[0]) == "said"));
        assert_eq!(found[4], RunbookBlock::Code { language: "sql".to_owned(), text: "SELECT 1;".to_owned() });
        let RunbookBlock::Table { head, rows } = &found[5] else { panic!("{found:?}") };
        assert_eq!((words(&head[1]).as_str(), words(&rows[0][1]).as_str()), ("b", "2"));
        assert_eq!(found[6], RunbookBlock::Rule);
    }

    #[test]
    fn scripts_are_words_and_pictures_are_links() {
        let found = blocks(
            "<script>alert(1)</script>\n\nA <b onclick=x>b</b> ![chart](https://evil.example/pixel.png)\n\n[run](javascript:alert(1)) [other](disk-full.md#now) [up](../../etc/passwd.md)\n",
        );
        assert_eq!(text(&found[0]), "<script>alert(1)</script>");
        assert!(text(&found[1]).starts_with("A <b onclick=x>b</b> chart"));
        let RunbookBlock::Paragraph { text: spans } = &found[1] else { panic!("{found:?}") };
        assert_eq!(spans[1].link.as_ref().unwrap().address.as_deref(), Some("https://evil.example/pixel.png"));
        let RunbookBlock::Paragraph { text: spans } = &found[2] else { panic!("{found:?}") };
        let links: Vec<_> = spans.iter().filter_map(|span| span.link.as_ref()).collect();
        assert_eq!(links.len(), 1, "neither a script nor a way out of the folder: {links:?}");
        assert_eq!(links[0].runbook.as_deref(), Some("disk-full"));
    }

    #[test]
    fn what_is_too_deep_or_hostile_ends_as_words() {
        let found = blocks(&format!("{} deep\n", ">".repeat(400)));
        assert!(format!("{found:?}").contains("deep"));
        let found = blocks(&format!("{}x{}\n", "*".repeat(3_000), "*".repeat(3_000)));
        assert!(format!("{found:?}").contains('x'));
        assert_eq!(text(&blocks("a\u{1b}[31m\u{202e}b")[0]), "a[31mb");
        assert_eq!(json(""), serde_json::json!([]));
        assert_eq!(json("<!-- only a remark -->\n")[0]["kind"], "paragraph");
    }
}
