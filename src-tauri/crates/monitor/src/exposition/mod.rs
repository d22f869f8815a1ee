//! Prometheus's text format, in and out (0.0.4, and the part of OpenMetrics that people serve).

mod history;
pub mod limits;
pub mod line;
pub mod parse;
pub mod textfile;
pub mod write;

pub use history::History;
pub use limits::Limits;
pub use parse::{Parser, Scraped};
