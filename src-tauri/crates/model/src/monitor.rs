//! What was measured, as every face sees it.

mod answer;
mod capacity;
mod dashboard;
mod health;
mod log;
mod promise;

pub use self::{answer::*, capacity::*, dashboard::*, health::*, log::*, promise::*};
