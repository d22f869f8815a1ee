//! `V1__name.sql`: Flyway, and refinery, which has the names from it.

use std::collections::BTreeMap;

use quarterdeck_model::migration::{Layout, Problem};

use super::{
    decode::Text,
    draft::{Draft, Drafts, Part, Sorted, two_files},
    names::{self, Named, Role},
    numbered::down_without_up,
};
use crate::collection::MigrationKind;

/// Migrations by the letter and the version in their names.
pub(super) fn sort(layout: Layout, texts: Vec<Text>) -> Sorted {
    let mut sorted = Sorted::default();
    let mut drafts = Drafts::new();
    let (settings, texts): (Vec<_>, Vec<_>) = texts.into_iter().partition(|text| text.file.name.ends_with(SETTINGS));
    let mut settings: BTreeMap<String, Text> = settings.into_iter().map(|text| (text.file.name.clone(), text)).collect();
    let mut downs = Vec::new();
    for text in texts {
        match names::named(layout, &text.file.name) {
            None => sorted.unused.push(names::unused(layout, &text.file.name)),
            Some(named) if named.role == Role::Down => downs.push((named, text)),
            Some(named) => {
                let conf = settings.remove(&format!("{}.conf", text.file.name)).filter(|_| layout == Layout::Flyway);
                sorted.place(&mut drafts, named, text, conf.as_ref());
            }
        }
    }
    for (named, text) in downs {
        match drafts.get_mut(&(false, named.version.key.clone(), false)) {
            Some(draft) => draft.down.push(Part::whole(text)),
            None => sorted.problems.push(down_without_up(&named, &text)),
        }
    }
    sorted.unused.extend(settings.keys().map(|name| names::unused(layout, name)));
    sorted.drafts = drafts.into_values().collect();
    if layout == Layout::Flyway {
        sorted.problems.extend(sorted.drafts.iter().flat_map(|draft| &draft.up).filter_map(|part| placeholder(&part.text)));
    }
    sorted
}

const SETTINGS: &str = ".sql.conf";

impl Sorted {
    fn place(&mut self, drafts: &mut Drafts, named: Named, text: Text, settings: Option<&Text>) {
        let kind = match named.role {
            Role::Repeatable => MigrationKind::Repeatable,
            Role::Baseline => MigrationKind::Baseline,
            Role::Up | Role::Down => MigrationKind::Versioned,
        };
        let mut draft = Draft::new(named.version, named.name, kind);
        draft.says_none = settings.and_then(|settings| says_none(&settings.file.text));
        match drafts.get(&draft.place()).and_then(|first| first.up.first()) {
            Some(first) => self.problems.push(two_files(&draft.version, &first.text.file.name, &text)),
            None => {
                draft.up.push(Part::whole(text));
                drafts.insert(draft.place(), draft);
            }
        }
    }
}

/// `executeInTransaction=false` in the settings of a script.
fn says_none(settings: &str) -> Option<String> {
    let line = settings.lines().map(str::trim).find(|line| line.to_ascii_lowercase().replace(' ', "") == "executeintransaction=false")?;
    Some(line.to_owned())
}

/// The first `${name}`, which Flyway would replace; a comment counts as it does for Flyway.
fn placeholder(text: &Text) -> Option<Problem> {
    let at = text.file.text.find("${")?;
    let name = text.file.text.get(at..)?.split_inclusive('}').next()?;
    Some(Problem {
        code: "flyway-placeholder".to_owned(),
        at: Some(text.file.position(at)),
        message: format!("Flyway would replace {name} by a value of its settings; here it would be run as it is written."),
        hint: "Write the value into the file.".to_owned(),
    })
}
