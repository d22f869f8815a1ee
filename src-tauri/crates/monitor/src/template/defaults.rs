//! The named templates that Alertmanager's configurations count on, in our own words: the subject, the list of alerts, and what each channel
//! says where its configuration leaves it open.

/// Names of files, for faults, and their texts.
pub const FILES: &[(&str, &str)] = &[("default.tmpl", TEXTS), ("email.tmpl", PAGE)];

const TEXTS: &str = include_str!("default.tmpl");
const PAGE: &str = include_str!("email.tmpl");
