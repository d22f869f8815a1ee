//! Evidence by a file of the definition's folder.

use std::{
    fs::{Metadata, OpenOptions},
    io::{ErrorKind, Read},
    os::unix::fs::OpenOptionsExt,
    path::{Component, Path, PathBuf},
};

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};
use quarterdeck_model::{Bytes, Instant, Outcome, readiness::EvidenceVerdict};
use quarterdeck_readiness::expect::{Condition, Expectation, Found};
use quarterdeck_sqlite::gate::RawPass;
use quarterdeck_store::files;

use super::{Brought, Field, address, unmeasured};

/// A larger file is not read.
const LARGEST: u64 = 1 << 20;

/// Looks at the file, and reads it where something is expected of what it says.
pub(super) fn measure(field: &Field, path: &str, headings: &[String], expect: &Expectation) -> Outcome<Brought> {
    let Some((file, metadata)) = look(field.folder()?, path)? else {
        let judged = Brought::judged(expect, &Found::Missing, field.now());
        let sentence = format!("there is no file {path}");
        return Ok(Brought {
            sentence: if judged.verdict == EvidenceVerdict::Fails { sentence } else { judged.sentence.clone() },
            ..judged
        });
    };
    let needs_text = !headings.is_empty() || expect.conditions.iter().any(|condition| part(condition) == TEXT);
    let text = needs_text.then(|| read(field, path, &file, &metadata)).transpose()?;
    let changed = metadata.modified().map(Instant::from).map_or(Found::Missing, Found::At);
    let parts = [&Found::Flag(true), &changed, &text.clone().map_or(Found::Missing, Found::Text)];
    let judged = Brought::judged_by_part(expect, &parts, part, field.now());
    let judged = match text.as_deref().map(|text| lacking(text, headings)).filter(|lacking| !lacking.is_empty()) {
        Some(lacking) => Brought::fails(format!("{path}: {}", lacking.join(", "))),
        None if judged.verdict == EvidenceVerdict::Holds => {
            Brought { sentence: format!("{path} is there, {}", Bytes(metadata.len())), ..judged }
        }
        None => Brought { sentence: format!("{path}: {}", judged.sentence), ..judged },
    };
    Ok(judged.valued(changed.value()).seen_at(address_of(field, path)).with(text))
}

/// Which part a condition looks at: that it is there, when it was changed, what it says.
fn part(condition: &Condition) -> usize {
    match condition {
        Condition::Exists(_) => 0,
        Condition::NewerThan(_) => 1,
        _ => TEXT,
    }
}

const TEXT: usize = 2;

/// The file with all links followed, where it is one and lies inside.
fn look(folder: &Path, path: &str) -> Outcome<Option<(PathBuf, Metadata)>> {
    let leaves = || unmeasured(format!("{path} leaves the definition's folder"));
    if Path::new(path).components().any(|part| !matches!(part, Component::Normal(_) | Component::CurDir)) {
        return Err(leaves());
    }
    let unreadable = |error: std::io::Error| unmeasured(format!("{path} cannot be looked at: {error}"));
    let folder = folder.canonicalize().map_err(unreadable)?;
    let file = match folder.join(path).canonicalize() {
        Ok(file) => file,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(None),
        Err(error) => return Err(unreadable(error)),
    };
    if !file.starts_with(&folder) {
        return Err(leaves());
    }
    let metadata = std::fs::metadata(&file).map_err(unreadable)?;
    if !metadata.is_file() {
        return Err(unmeasured(format!("{path} is not a regular file")));
    }
    Ok(Some((file, metadata)))
}

/// Its text.
fn read(field: &Field, path: &str, file: &Path, metadata: &Metadata) -> Outcome<String> {
    if metadata.len() > LARGEST {
        return Err(unmeasured(format!("{path} is larger than {}, and is not read", Bytes(LARGEST))));
    }
    if is_of_a_database(field, file)? {
        return Err(unmeasured(format!("{path} belongs to a database, and is not read")));
    }
    // Closing a file that this process has open as a database would drop its locks.
    let Ok(Some(_pass)) = RawPass::take(file) else {
        return Err(unmeasured(format!("{path} is in use here as a database, and is not read")));
    };
    let mut bytes = Vec::new();
    // What became a pipe since it was looked at must not keep anybody waiting.
    let flags = rustix::fs::OFlags::NONBLOCK.bits();
    let opened = OpenOptions::new().read(true).custom_flags(flags.cast_signed()).open(file);
    let read = opened.and_then(|opened| opened.take(LARGEST).read_to_end(&mut bytes));
    read.map_err(|error| unmeasured(format!("{path} cannot be read: {error}")))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// True for registered databases and what stands beside them.
fn is_of_a_database(field: &Field, file: &Path) -> Outcome<bool> {
    let own = |database: &PathBuf| {
        file == database || ["-wal", "-shm", "-journal"].iter().any(|suffix| file == files::with_suffix(database, suffix))
    };
    Ok(field.databases()?.iter().any(own))
}

/// What is wrong with each heading that has to be there; text has to stand under it, or under a heading below it.
fn lacking(text: &str, wanted: &[String]) -> Vec<String> {
    let sections = sections(text);
    let of = |wanted: &str| sections.iter().filter(|section| section.title.trim().eq_ignore_ascii_case(wanted.trim())).collect::<Vec<_>>();
    let wrong = wanted.iter().filter_map(|wanted| match of(wanted).as_slice() {
        [] => Some(format!("no heading {wanted:?}")),
        found if found.iter().any(|section| section.has_text) => None,
        _ => Some(format!("nothing stands under {wanted:?}")),
    });
    wrong.collect()
}

struct Section {
    level: HeadingLevel,
    title: String,
    has_text: bool,
}

fn sections(text: &str) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    let mut in_heading = false;
    for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::Heading { level, .. }) => {
                in_heading = true;
                sections.push(Section { level, title: String::new(), has_text: false });
            }
            Event::End(TagEnd::Heading(_)) => in_heading = false,
            Event::Text(words) | Event::Code(words) if in_heading => {
                if let Some(section) = sections.last_mut() {
                    section.title.push_str(&words);
                }
            }
            Event::Text(words) | Event::Code(words) if !words.trim().is_empty() => mark(&mut sections),
            _ => {}
        }
    }
    sections
}

/// Text stands under the last heading, and under those above it.
fn mark(sections: &mut [Section]) {
    let mut above = None;
    for section in sections.iter_mut().rev() {
        if above.is_none_or(|above| section.level < above) {
            section.has_text = true;
            above = Some(section.level);
        }
    }
}

fn address_of(field: &Field, path: &str) -> Option<String> {
    let page = path.strip_prefix("runbooks/")?.strip_suffix(".md").filter(|page| !page.contains('/'))?;
    Some(format!("runbook/{}?system={}", address::encoded(page), field.system.name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_need_text_under_them() {
        let text = "# Restore\n\n## Before\n\nAsk.\n\n## Rollback\n\n# Empty\n\n<!-- later -->\n\n```\n# Not one\n```\n";
        let wanted = |names: &[&str]| lacking(text, &names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
        assert!(wanted(&["Restore", "before"]).is_empty(), "text below a heading of a lower level counts");
        assert_eq!(wanted(&["Rollback", "Not one"]), ["nothing stands under \"Rollback\"", "no heading \"Not one\""]);
        assert!(wanted(&["Empty"]).is_empty(), "code is text, too");
        assert_eq!(lacking("# A\n<!-- x -->\n", &["A".to_owned()]), ["nothing stands under \"A\""]);
    }
}
