//! Report documents: what a manager reads, signs and files away.
//!
//! A [`Document`] is a pure tree. [`html`] makes one page of it that needs nothing else, [`pdf`] makes sheets of A4. The same document gives the
//! same bytes: dates come from it, never from a clock. Every text in it is a stranger's: it is shown, never read as markup.

mod document;
mod html;
mod pdf;
mod plain;
mod words;

pub use document::{
    Align, Block, Cell, Check, Checks, Closing, Column, Document, Fact, Figure, Note, Section, Signature, Signed, Table, Width,
};
pub use html::html;
pub use pdf::pdf;
