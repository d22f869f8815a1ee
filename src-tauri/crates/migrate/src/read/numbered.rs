//! Files that are told apart by their names alone: plain numbers, golang-migrate, sqlx.

use std::collections::BTreeMap;

use quarterdeck_model::migration::{Layout, Problem};

use super::{
    decode::Text,
    draft::{Draft, Part, Sorted, two_files},
    names::{self, Named, Role},
    sections,
};
use crate::collection::{MigrationKind, VersionKey};

/// The line with which a file of sqlx asks for no transaction; it has to be the first.
const NO_TRANSACTION: &str = "-- no-transaction";
/// The part of a name with which a file of pop asks for no transaction.
const AUTOCOMMIT: &str = ".autocommit.";

/// Migrations by the numbers of their files. Several files under one number are one migration, where the tool has them so.
pub(super) fn sort(layout: Layout, texts: Vec<Text>) -> Sorted {
    let mut sorted = Sorted::default();
    let mut by_version: BTreeMap<VersionKey, Vec<(Named, Text)>> = BTreeMap::new();
    for text in texts {
        match names::named(layout, &text.file.name) {
            Some(named) => by_version.entry(named.version.key.clone()).or_default().push((named, text)),
            None => sorted.unused.push(names::unused(layout, &text.file.name)),
        }
    }
    for files in by_version.into_values() {
        sorted.add(layout, files);
    }
    sorted
}

impl Sorted {
    fn add(&mut self, layout: Layout, mut files: Vec<(Named, Text)>) {
        files.sort_by(|(a, _), (b, _)| a.name.cmp(&b.name));
        let names: Vec<String> = files.iter().map(|(named, _)| named.name.clone()).collect();
        let leads_back = |named: &Named| layout == Layout::Plain && names.iter().any(|other| names::leads_back(&named.name, other));
        let (ups, mut downs): (Vec<_>, Vec<_>) = files.into_iter().partition(|(named, _)| named.role == Role::Up && !leads_back(named));
        let Some((first, _)) = ups.first() else {
            self.problems.extend(downs.iter().map(|(named, text)| down_without_up(named, text)));
            return;
        };
        let mut draft = Draft::new(first.version.clone(), first.name.clone(), MigrationKind::Versioned);
        let mut before: Option<(Named, String)> = None;
        for (named, text) in ups {
            if let Some((other, file)) = before.filter(|(other, _)| layout == Layout::Sqlx || other.name == named.name) {
                self.problems.push(two_files(&other.version, &file, &text));
            }
            self.problems.extend(sections::stray_marker(&text.file));
            before = Some((named, text.file.name.clone()));
            draft.up.push(Part::whole(text));
        }
        draft.says_none = draft.up.iter().find_map(|part| says_none(&part.text));
        downs.reverse();
        draft.down = downs.into_iter().map(|(_, text)| Part::whole(text)).collect();
        self.drafts.push(draft);
    }
}

fn says_none(text: &Text) -> Option<String> {
    if text.file.text.starts_with(NO_TRANSACTION) {
        return Some(NO_TRANSACTION.to_owned());
    }
    text.file.name.contains(AUTOCOMMIT).then(|| format!("{AUTOCOMMIT} in its name"))
}

/// A way down whose way up is not there.
pub(super) fn down_without_up(named: &Named, text: &Text) -> Problem {
    Problem {
        code: "down-without-up".to_owned(),
        at: Some(text.file.position(0)),
        message: format!("{} is the way down of version {}, and no file is its way up.", text.file.name, named.version),
        hint: "Add the way up, or take the file out.".to_owned(),
    }
}
