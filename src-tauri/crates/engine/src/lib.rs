//! The composition: the one list of operations, jobs, definitions.
