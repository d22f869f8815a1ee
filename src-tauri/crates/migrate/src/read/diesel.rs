//! A folder for each migration: Diesel with `up.sql` and `down.sql`, Prisma with `migration.sql`.

use std::collections::BTreeMap;

use quarterdeck_model::migration::Layout;

use super::{
    decode::Text,
    draft::{Draft, Part, Sorted, two_files},
    names::{self, Role},
    numbered::down_without_up,
};
use crate::collection::{MigrationKind, VersionKey};

/// Settings of one migration of Diesel's.
const SETTINGS: &str = "metadata.toml";

/// Migrations by their folders, in the order of their versions as text.
pub(super) fn sort(texts: Vec<Text>) -> Sorted {
    let mut sorted = Sorted::default();
    let mut drafts: BTreeMap<VersionKey, Draft> = BTreeMap::new();
    let (mut downs, mut settings) = (Vec::new(), BTreeMap::new());
    for text in texts {
        if let Some((folder, SETTINGS)) = text.file.name.split_once('/') {
            settings.insert(folder.to_owned(), text);
            continue;
        }
        match names::named(Layout::Diesel, &text.file.name) {
            None => sorted.unused.push(names::unused(Layout::Diesel, &text.file.name)),
            Some(named) if named.role == Role::Down => downs.push((named, text)),
            Some(named) => {
                let draft = drafts
                    .entry(named.version.key.clone())
                    .or_insert_with(|| Draft::new(named.version.clone(), named.name, MigrationKind::Versioned));
                if let Some(first) = draft.up.first() {
                    sorted.problems.push(two_files(&named.version, &first.text.file.name, &text));
                } else {
                    draft.up.push(Part::whole(text));
                }
            }
        }
    }
    for (named, text) in downs {
        match drafts.get_mut(&named.version.key) {
            Some(draft) => draft.down.push(Part::whole(text)),
            None => sorted.problems.push(down_without_up(&named, &text)),
        }
    }
    for draft in drafts.values_mut() {
        let folder = draft.up.first().and_then(|part| part.text.file.name.split('/').next());
        let conf = folder.and_then(|folder| settings.remove(folder));
        draft.says_none = conf.and_then(|conf| says_none(&conf.file.text));
    }
    sorted.unused.extend(settings.values().map(|text| names::unused(Layout::Diesel, &text.file.name)));
    sorted.drafts = drafts.into_values().collect();
    sorted
}

/// `run_in_transaction = false` in the settings of a migration.
fn says_none(settings: &str) -> Option<String> {
    let line = settings.lines().map(str::trim).find(|line| line.replace(' ', "") == "run_in_transaction=false")?;
    Some(line.to_owned())
}
