//! Every state from every side, and random histories beside a recomputation that shares no code.

mod apart;
mod history;
mod judge;
mod polls;
mod scene;
mod scores;
mod states;
mod truth;
