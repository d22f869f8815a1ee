//! Prometheus's rule files: read, evaluated, and asked whether a rule can fire at all.
