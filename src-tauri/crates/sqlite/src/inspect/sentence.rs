//! The verdict as one sentence that claims no more than was looked at.

use quarterdeck_model::{
    Count,
    inspection::{Depth, Inspection, Verdict},
};

/// One sentence for people.
pub(crate) fn of(inspection: &Inspection) -> String {
    let name = inspection.path.file_name();
    let worst = inspection.findings.first().map_or("", |finding| finding.what.as_str());
    match inspection.verdict {
        Verdict::Healthy => healthy(&name, inspection),
        Verdict::Damaged => format!("{name} is damaged. {worst}"),
        Verdict::NotADatabase => format!("{name} is not a database. {worst}"),
        Verdict::Empty if inspection.size.0 == 0 => format!("{name} is empty: it has zero bytes."),
        Verdict::Empty => format!("{name} is an empty database: it has no tables."),
        Verdict::Encrypted => format!("{name} is encrypted, or not a database: nothing in it can be read without a key."),
        Verdict::Locked => format!("{name} is locked. {worst}"),
        Verdict::Unreadable => format!("{name} cannot be read. {worst}"),
    }
}

fn healthy(name: &str, inspection: &Inspection) -> String {
    let seen = match inspection.depth {
        Depth::Glance if inspection.schema_fingerprint.is_none() => {
            format!("Nothing wrong was seen in the header of {name}; what it holds was not looked at.")
        }
        Depth::Glance => format!("Nothing wrong was seen in {name} at a glance; only the full inspection reads every page."),
        Depth::Full if inspection.unchecked.is_empty() => format!("{name} is healthy: SQLite checked all of it and found no fault."),
        Depth::Full => {
            let count = Count(inspection.unchecked.len() as u64);
            let things = if count.0 == 1 { "thing" } else { "things" };
            format!("{name} is healthy as far as it can be checked here; {count} {things} only its application can check.")
        }
    };
    match inspection.findings.first() {
        Some(finding) => format!("{seen} But look at this: {}", finding.what),
        None => seen,
    }
}
