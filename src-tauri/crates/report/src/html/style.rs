//! The style sheets of a page: one that all pages share, and the rules of its own.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha2::{Digest as _, Sha256};

use crate::{Document, words};

/// What all pages share. A page can be read without its own rules: the window shows it so, since its policy knows this sheet alone.
pub(super) const SHEET: &str = include_str!("sheet.css");

/// This page's own rules, and what stands at the edges of its printed sheets.
pub(super) fn own(document: &Document, rules: &str) -> String {
    format!(
        "{rules}\n@page{{@top-left{{content:{}}}@bottom-left{{content:{}}}@bottom-right{{content:\"page \" counter(page) \" of \" counter(pages)}}}}\n",
        quoted(&words::running_title(document)),
        quoted(&words::foot(document)),
    )
}

/// What the policy calls the sheet.
pub(super) fn digest(style: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(style.as_bytes())))
}

/// A string of CSS: everything but letters and figures by its number, so that nothing in it can end it, or the element around it.
fn quoted(shown: &str) -> String {
    let character = |c: char| if c.is_alphanumeric() { c.to_string() } else { format!("\\{:x} ", u32::from(c)) };
    format!("\"{}\"", shown.chars().map(character).collect::<String>())
}
