//! Reads a folder of migrations as the tool that made it would, and loses no file on the way: each is used, or listed with the reason.

mod decode;
mod detect;
mod dialects;
mod diesel;
mod draft;
mod flyway;
mod names;
mod numbered;
mod sections;
mod walk;

use std::path::Path;

use quarterdeck_model::{Digest, Outcome, migration::Layout};

use self::{decode::Text, draft::Sorted};
use crate::{collection::Collection, hash};

/// What is known of a folder before it is read.
#[derive(Debug, Clone, Copy, Default)]
pub struct ReadOptions {
    /// Its layout; absent where the files have to say it.
    pub layout: Option<Layout>,
}

/// Everything in a folder of migrations.
///
/// Faults are about the folder itself: `folder-missing`, `not-a-folder`, `permission-denied`. What is wrong inside it is a problem of the
/// collection, so that everything else can still be shown.
pub fn read(folder: &Path, options: &ReadOptions) -> Outcome<Collection> {
    let walked = walk::walk(folder)?;
    let (texts, mut problems) = decode::texts(&walked.files);
    let (texts, other_dialects) = dialects::ours(texts);
    let (layout, layout_reason) = match options.layout {
        Some(layout) => (layout, "set for this folder".to_owned()),
        None => detect::detect(&texts),
    };
    let Sorted { drafts, unused, problems: sorting } = sort(layout, texts);
    problems.extend(sorting);
    let mut migrations = Vec::with_capacity(drafts.len());
    let mut unused_files = walked.unused;
    for draft in drafts {
        let finished = draft.finish();
        migrations.push(finished.migration);
        problems.extend(finished.problems);
        unused_files.extend(finished.unused);
    }
    let others = walked.files.iter().filter(|found| !found.is_text()).map(|found| names::unused(layout, &found.name));
    unused_files.extend(others.chain(unused).chain(other_dialects));
    unused_files.sort_by(|a, b| a.file.cmp(&b.file));
    Ok(Collection { folder: folder.to_owned(), layout, layout_reason, migrations, unused: unused_files, problems })
}

/// Digest over everything that running these migrations depends on: the basis of plans and rehearsals.
pub fn digest(collection: &Collection) -> Digest {
    let facts: Vec<_> = collection
        .migrations
        .iter()
        .map(|migration| {
            let down = hash::statements(&migration.down);
            (&migration.version.text, &migration.name, &migration.bytes_sha256, &migration.statements_sha256, down)
        })
        .collect();
    Digest::over(&facts)
}

fn sort(layout: Layout, texts: Vec<Text>) -> Sorted {
    match layout {
        Layout::Plain | Layout::GolangMigrate | Layout::Sqlx => numbered::sort(layout, texts),
        Layout::Goose => sections::sort(&sections::GOOSE, texts),
        Layout::Dbmate => sections::sort(&sections::DBMATE, texts),
        Layout::Flyway | Layout::Refinery => flyway::sort(layout, texts),
        Layout::Diesel => diesel::sort(texts),
    }
}
