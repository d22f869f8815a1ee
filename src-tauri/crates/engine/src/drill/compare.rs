//! What a restored image was found to be, beside what its manifest says.

use quarterdeck_backup::restore::FetchedImage;
use quarterdeck_model::{Count, Instant, inspection::Tone, restore::Check};

/// One line each for image, schema, rows, integrity and foreign keys. A difference never comes this far: fetching refuses it.
pub(super) fn lines(fetched: &FetchedImage) -> Vec<Check> {
    let (found, image, at) = (&fetched.check, &fetched.component, fetched.checked_at);
    let rows: u64 = found.rows.values().map(|rows| rows.0).sum();
    let counted = format!("{}, {}", Count(found.rows.len() as u64).of("table"), Count(rows).of("row"));
    let rows = match &image.rows {
        Some(_) => line("Rows", format!("{counted}, as in the manifest"), at),
        None => Check { tone: Tone::Unknown, ..line("Rows", format!("{counted}; the manifest has no counts"), at) },
    };
    let orphans: u64 = found.foreign_keys.iter().map(|violation| violation.rows.0).sum();
    let keys = match orphans {
        0 => line("Foreign keys", "none points nowhere".to_owned(), at),
        rows => Check {
            tone: Tone::Attention,
            ..line("Foreign keys", format!("{} without a parent, as when it was taken", Count(rows).of("row")), at)
        },
    };
    let mut lines = vec![
        line("Image", format!("{}, SHA-256 {} as in the manifest", fetched.size, fetched.sha256.short()), fetched.read_at),
        line("Schema", format!("{} as in the manifest", found.schema_fingerprint.short()), at),
        rows,
        line("Integrity", "integrity_check ok".to_owned(), at),
        keys,
    ];
    lines.extend(found.unchecked.iter().map(|what| Check { tone: Tone::Unknown, ..line("Not checked", what.clone(), at) }));
    lines
}

fn line(what: &str, result: String, at: Instant) -> Check {
    Check { what: what.to_owned(), result, tone: Tone::Ok, at }
}
