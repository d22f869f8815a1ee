//! The document as one page of HTML: no script, nothing fetched, readable on a screen by day and night and on paper.

mod blocks;
mod parts;
mod style;

use parts::{text, text_line};

use crate::{Document, Section, words};

/// One self-contained page. Nothing in it runs: its policy allows its own style sheets by digest, and pictures that it carries itself.
pub fn html(document: &Document) -> String {
    let mut page = Page { document, rules: String::new(), tables: 0 };
    let body = page.body();
    let own = style::own(document, &page.rules);
    let sheets = format!("'{}' '{}'", style::digest(style::SHEET), style::digest(&own));
    let policy = format!("default-src 'none'; style-src {sheets}; img-src data:; base-uri 'none'; form-action 'none'");
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"referrer\" content=\"no-referrer\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"author\" content=\"{}\">\n\
         <title>{}</title>\n<style>{}</style>\n<style>{own}</style>\n</head>\n<body>\n{}\n<main>\n{body}</main>\n</body>\n</html>\n",
        words::PRODUCT,
        text_line(&words::title(document)),
        style::SHEET,
        parts::SHAPES,
    )
}

/// What grows while a page is put together.
struct Page<'a> {
    document: &'a Document,
    /// Rules of style that only this page has: the widths of its columns.
    rules: String,
    tables: usize,
}

impl Page<'_> {
    fn body(&mut self) -> String {
        let mut body = self.head();
        body.push_str(&self.contents());
        for (at, section) in self.document.sections.iter().enumerate() {
            body.push_str(&self.section(section, 2, &format!("s{}", at + 1)));
        }
        body.push_str(&self.proof());
        body
    }

    fn head(&mut self) -> String {
        let document = self.document;
        let subtitle = match document.subtitle.is_empty() {
            true => String::new(),
            false => format!("<p class=\"subtitle\">{}</p>\n", text_line(&document.subtitle)),
        };
        let verdict = document.verdict.as_ref().map(|note| parts::note(note, "verdict")).unwrap_or_default();
        let facts = if document.facts.is_empty() { String::new() } else { parts::facts(&document.facts) };
        format!(
            "<header>\n<h1>{}</h1>\n{subtitle}<p class=\"as-of\">As of <time datetime=\"{}\">{}</time></p>\n{verdict}{facts}</header>\n",
            text_line(&words::title(document)),
            document.as_of.format("%Y-%m-%dT%H:%M:%SZ"),
            words::moment(document.as_of),
        )
    }

    /// A list of sections, where there are enough of them to be lost in.
    fn contents(&self) -> String {
        let sections = &self.document.sections;
        if sections.len() < words::CONTENTS_FROM {
            return String::new();
        }
        let line =
            |(at, section): (usize, &Section)| format!("<li><a href=\"#s{}\">{}</a></li>\n", at + 1, text_line(&words::heading(section)));
        let lines: String = sections.iter().enumerate().map(line).collect();
        format!("<nav aria-label=\"Contents\">\n<ol>\n{lines}</ol>\n</nav>\n")
    }

    fn section(&mut self, section: &Section, level: usize, id: &str) -> String {
        let heading = text_line(&words::heading(section));
        let mut set = format!("<section aria-labelledby=\"{id}\">\n<h{level} id=\"{id}\">{heading}</h{level}>\n");
        for block in &section.blocks {
            set.push_str(&self.block(block));
        }
        for (at, within) in section.sections.iter().enumerate() {
            set.push_str(&self.section(within, (level + 1).min(6), &format!("{id}-{}", at + 1)));
        }
        set + "</section>\n"
    }

    fn proof(&self) -> String {
        let facts =
            words::proof(self.document).into_iter().map(|(label, said)| parts::fact(label, &format!("<code>{}</code>", text(&said))));
        let steps = &self.document.closing.verify;
        let step = |step: &String| format!("<li>{}</li>\n", text(step));
        let steps = match steps.is_empty() {
            true => String::new(),
            false => format!("<h3>{}</h3>\n<ol>\n{}</ol>\n", words::STEPS, steps.iter().map(step).collect::<String>()),
        };
        format!(
            "<footer aria-labelledby=\"{id}\">\n<h2 id=\"{id}\">{}</h2>\n<dl>\n{}</dl>\n{steps}</footer>\n",
            words::PROOF,
            facts.collect::<String>(),
            id = "proof",
        )
    }
}
