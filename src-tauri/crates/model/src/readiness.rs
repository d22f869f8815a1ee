//! Checklists, evidence, signatures, verdicts, smoke tests, watches and reports, as every face sees them.

mod checklist;
mod evidence;
mod item;
mod person;
mod poll;
mod report;
mod smoke;
mod statement;
mod validation;
mod verdict;

pub use self::{checklist::*, evidence::*, item::*, person::*, poll::*, report::*, smoke::*, statement::*, validation::*, verdict::*};
