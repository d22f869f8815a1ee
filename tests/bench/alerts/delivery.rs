//! From a breach to a message.
pub fn run() {}
