//! A page of Markdown, read into parts that can only be shown.

use serde::{Deserialize, Serialize};

use crate::WirePath;

/// What to do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Runbook {
    /// Its name: the file's stem.
    pub name: String,
    /// Its first heading, else its name.
    pub title: String,
    /// Its file; none for one that ships.
    pub file: Option<WirePath>,
    /// In order.
    pub blocks: Vec<RunbookBlock>,
    /// Why it cannot be shown, where that is so: then there are no blocks.
    pub trouble: Option<String>,
}

/// Part of a page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum RunbookBlock {
    /// A heading.
    Heading {
        /// 1 to 6.
        level: u8,
        /// Its words.
        text: Vec<RunbookSpan>,
    },
    /// A paragraph.
    Paragraph {
        /// Its words.
        text: Vec<RunbookSpan>,
    },
    /// Code, as it is.
    Code {
        /// What it was said to be: `sql`, `sh`; empty where nothing was said.
        language: String,
        /// The lines.
        text: String,
    },
    /// A list.
    List {
        /// The first number; none for dots.
        #[cfg_attr(feature = "bindings", ts(type = "number | null"))]
        start: Option<u64>,
        /// The items.
        items: Vec<Vec<RunbookBlock>>,
    },
    /// A quotation.
    Quote {
        /// What is quoted.
        blocks: Vec<RunbookBlock>,
    },
    /// A table.
    Table {
        /// The head.
        head: Vec<Vec<RunbookSpan>>,
        /// The rows.
        rows: Vec<Vec<Vec<RunbookSpan>>>,
    },
    /// A line across.
    Rule,
}

/// Words of one look.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct RunbookSpan {
    /// The words.
    pub text: String,
    /// Set in bold.
    pub strong: bool,
    /// Set in italics.
    pub emphasis: bool,
    /// Set as code.
    pub code: bool,
    /// Where it leads.
    pub link: Option<RunbookLink>,
}

/// Where a link leads.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct RunbookLink {
    /// What is shown.
    pub title: String,
    /// An address (`https:`, `http:`, `mailto:`); none where it leads to another runbook.
    pub address: Option<String>,
    /// The name of another runbook.
    pub runbook: Option<String>,
}
