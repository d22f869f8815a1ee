//! What an item is for: Markdown as markup that can only show words. Everything in it is read into parts first, and each part written
//! anew: no tag, attribute or address of the file survives.

use quarterdeck_model::alert::{RunbookBlock, RunbookSpan};

use crate::alerting::markdown_blocks;

/// The words of a file as markup.
pub(super) fn html(text: &str) -> String {
    blocks(&markdown_blocks(text))
}

fn blocks(all: &[RunbookBlock]) -> String {
    all.iter().map(block).collect()
}

fn block(one: &RunbookBlock) -> String {
    match one {
        RunbookBlock::Heading { level, text } => {
            // Under the heading of the item, which is the third.
            let level = (*level).saturating_add(3).min(6);
            format!("<h{level}>{}</h{level}>", spans(text))
        }
        RunbookBlock::Paragraph { text } => format!("<p>{}</p>", spans(text)),
        RunbookBlock::Code { text, .. } => format!("<pre><code>{}</code></pre>", escaped(text)),
        RunbookBlock::List { start, items } => {
            let items: String = items.iter().map(|item| format!("<li>{}</li>", blocks(item))).collect();
            match start {
                Some(start) => format!("<ol start=\"{start}\">{items}</ol>"),
                None => format!("<ul>{items}</ul>"),
            }
        }
        RunbookBlock::Quote { blocks: quoted } => format!("<blockquote>{}</blockquote>", blocks(quoted)),
        RunbookBlock::Table { head, rows } => {
            let row = |cells: &[Vec<RunbookSpan>], tag: &str| {
                let cells: String = cells.iter().map(|cell| format!("<{tag}>{}</{tag}>", spans(cell))).collect();
                format!("<tr>{cells}</tr>")
            };
            let rows: String = rows.iter().map(|cells| row(cells, "td")).collect();
            format!("<table><thead>{}</thead><tbody>{rows}</tbody></table>", row(head, "th"))
        }
        RunbookBlock::Rule => "<hr>".to_owned(),
    }
}

fn spans(all: &[RunbookSpan]) -> String {
    all.iter().map(span).collect()
}

/// Addresses are shown beside their words, and lead nowhere by themselves.
fn span(one: &RunbookSpan) -> String {
    let mut text = escaped(&one.text);
    for (_, tag) in [(one.code, "code"), (one.emphasis, "em"), (one.strong, "strong")].iter().filter(|(set, _)| *set) {
        text = format!("<{tag}>{text}</{tag}>");
    }
    match one.link.as_ref().and_then(|link| link.address.as_ref()).filter(|address| **address != one.text) {
        Some(address) => format!("{text} <code>{}</code>", escaped(address)),
        None => text,
    }
}

fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_hostile_page_is_markup_afterwards() {
        let hostile = "Look <script>alert(1)</script> <img src=x onerror=alert(2)>\n\n<iframe src=//x></iframe>\n\n[x](javascript:alert(3)) **b**\n\n![p](http://t/p.png)\n\n```\n</code><b>\n```";
        let html = html(hostile);
        for tag in ["<script", "<img", "<iframe", "href", "<b>", "<a"] {
            assert!(!html.contains(tag), "{tag} in {html}");
        }
        assert!(html.contains("&lt;script&gt;") && html.contains("<strong>b</strong>"), "{html}");
    }

    #[test]
    fn what_is_written_is_shown() {
        let html = html("# Why\n\nSee [docs](https://example.org/a?b&c).\n\n1. one\n2. two\n");
        assert!(html.starts_with("<h4>Why</h4>"), "{html}");
        assert!(html.contains("docs <code>https://example.org/a?b&amp;c</code>") && html.contains("<ol start=\"1\"><li>"), "{html}");
    }
}
