//! What readiness keeps: people who sign, versions of checklists and their copies, statements, measurements, attachments, gates that were seen.

pub mod attachments;
pub mod copies;
mod frozen;
pub mod measurements;
pub mod people;
pub mod seen;
pub mod statements;
