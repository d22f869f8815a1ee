//! Scripts that load samples and say what queries answer: the language of Prometheus's own `promqltest`, read from its README.

pub mod points;
pub mod report;
pub mod run;
pub mod script;
