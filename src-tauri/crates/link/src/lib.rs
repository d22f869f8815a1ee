//! The conversation between a face and an engine.
