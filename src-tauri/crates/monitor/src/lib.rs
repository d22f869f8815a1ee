//! Health: what is measured, where it is kept, and what can be asked of it. A series is labels and samples; collectors bring readings, the
//! store of series keeps them, PromQL asks.

pub mod alert;
pub mod changes;
pub mod collectors;
pub mod exposition;
pub mod forecast;
pub mod gathered;
pub mod labels;
pub mod notify;
pub mod promql;
pub mod promqltest;
pub mod rules;
pub mod ruletest;
pub mod sample;
pub mod series;
pub mod source;
pub mod template;
