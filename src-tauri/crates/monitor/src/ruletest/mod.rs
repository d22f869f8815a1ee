//! `promtool`'s unit tests for rules.
