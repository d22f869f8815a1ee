//! Files that people write in YAML, read strictly: each key and value knows its place, and everything that is wrong is found in one reading.

pub mod duration;
pub mod fields;
pub mod findings;
mod loose;
pub mod size;
pub mod yaml;
