//! Prometheus's rule files: read, evaluated, and asked whether a rule can fire at all.

mod alerts;
pub mod duration;
mod entry;
pub mod file;
pub mod group;
pub mod instance;
pub mod lacking;
pub mod layer;
mod place;
mod records;
pub mod rule;
pub mod standing;
mod words;

pub use file::{File, read};
pub use group::{Append, Evaluated, Evaluator, RuleOutcome, SavedGroup, Settings};
pub use instance::{Instance, Saved, Transition};
pub use layer::Layer;
pub use rule::{Alerting, Group, Kind, Rule, Words};
pub use standing::{Health, Standing};
