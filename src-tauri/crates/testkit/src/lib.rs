//! Benches for tests: scratch directories, a fixed clock, a museum of damaged databases.
