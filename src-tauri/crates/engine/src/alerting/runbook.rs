//! Pages that say what to do: of a system, of the home, or one that ships.

use std::{fs, io, path::Path};

use quarterdeck_model::{Fault, Outcome, WirePath, alert::Runbook, alert::RunbookBlock, system::Name};

use super::{catalogue, markdown};
use crate::{Engine, lookup, operation::Scope, ops::GetRunbook};

/// The folder beside `quarterdeck.yaml`, and in the home.
pub(crate) const FOLDER: &str = "runbooks";

/// A larger page is not shown; in bytes.
const LARGEST: u64 = 256 * 1024;

/// Reads the page that was asked for. Fault `runbook-missing`.
pub(crate) fn get(scope: &Scope, asked: &GetRunbook) -> Outcome<Runbook> {
    let folder = match &asked.system {
        Some(system) => lookup::system(&scope.engine, system)?.folder.map(|folder| folder.0),
        None => None,
    };
    find(&scope.engine, folder.as_deref(), &asked.name)?.ok_or_else(|| missing(&asked.name, asked.system.as_ref()))
}

/// The page of that name: of a system's folder, else of the home, else one that ships. None where there is none.
pub(super) fn find(engine: &Engine, folder: Option<&Path>, name: &str) -> Outcome<Option<Runbook>> {
    let name = name.strip_suffix(".md").unwrap_or(name);
    let name = name.strip_prefix("runbooks/").unwrap_or(name);
    if !is_name(name) {
        return Ok(None);
    }
    for folder in folder.into_iter().chain([engine.home().folder()]) {
        if let Some(page) = read(&folder.join(FOLDER), name)? {
            return Ok(Some(page));
        }
    }
    Ok(catalogue::runbook(name).map(|text| page(name, None, text)))
}

/// True where a page of that name would be found for a system with that folder.
pub(crate) fn is_there(folder: &Path, name: &str) -> bool {
    is_name(name) && (folder.join(FOLDER).join(format!("{name}.md")).is_file() || catalogue::runbook(name).is_some())
}

/// True for the stem of a file and nothing that leads elsewhere.
pub(super) fn is_name(name: &str) -> bool {
    let fits = |c: char| c.is_alphanumeric() || "-_.".contains(c);
    !name.is_empty() && name.len() <= 120 && !name.starts_with('.') && name.chars().all(fits)
}

/// A page in a folder; what a link in the folder leads to stays in it.
fn read(folder: &Path, name: &str) -> Outcome<Option<Runbook>> {
    let file = folder.join(format!("{name}.md"));
    let trouble = |why: String| Runbook {
        name: name.to_owned(),
        title: name.to_owned(),
        file: Some(WirePath(file.clone())),
        blocks: Vec::new(),
        trouble: Some(why),
    };
    let metadata = match fs::metadata(&file) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound || error.kind() == io::ErrorKind::NotADirectory => return Ok(None),
        Err(error) => return Ok(Some(trouble(format!("The page cannot be read: {error}.")))),
    };
    let inside = folder.canonicalize().and_then(|folder| Ok(file.canonicalize()?.starts_with(folder))).unwrap_or(false);
    if !inside || !metadata.is_file() {
        return Ok(Some(trouble("The page lies outside of its folder, or is no file.".to_owned())));
    }
    if metadata.len() > LARGEST {
        return Ok(Some(trouble("The page is larger than 256 KiB.".to_owned())));
    }
    let bytes = match fs::read(&file) {
        Ok(bytes) => bytes,
        Err(error) => return Ok(Some(trouble(format!("The page cannot be read: {error}.")))),
    };
    let text = String::from_utf8_lossy(&bytes);
    Ok(Some(page(name, Some(WirePath(file.clone())), &text)))
}

fn page(name: &str, file: Option<WirePath>, text: &str) -> Runbook {
    let blocks = markdown::blocks(text);
    let title = blocks.iter().find_map(|block| match block {
        RunbookBlock::Heading { text, .. } => Some(markdown::words(text)),
        _ => None,
    });
    Runbook { name: name.to_owned(), title: title.unwrap_or_else(|| name.to_owned()), file, blocks, trouble: None }
}

fn missing(name: &str, system: Option<&Name>) -> Fault {
    let whose = system.map_or_else(String::new, |system| format!(" of {system}"));
    Fault::refused("runbook-missing", format!("There is no runbook {name:?}{whose}."))
        .hint(format!("Write the page {FOLDER}/NAME.md, in Markdown, beside quarterdeck.yaml."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_do_not_leave_the_folder() {
        for name in ["", "..", "../x", "a/b", ".hidden", "a\\b", "a b", "x\0"] {
            assert!(!is_name(name), "{name:?}");
        }
        assert!(is_name("disk-full") && is_name("Disk_full.2"));
        let folder = tempfile::tempdir().unwrap();
        let pages = folder.path().join(FOLDER);
        fs::create_dir(&pages).unwrap();
        fs::write(folder.path().join("secret.md"), "# Secret").unwrap();
        std::os::unix::fs::symlink(folder.path().join("secret.md"), pages.join("link.md")).unwrap();
        assert!(read(&pages, "link").unwrap().unwrap().trouble.unwrap().contains("outside of its folder"));
        fs::write(pages.join("large.md"), "x".repeat(300_000)).unwrap();
        assert!(read(&pages, "large").unwrap().unwrap().trouble.unwrap().contains("256 KiB"));
        fs::write(pages.join("disk-full.md"), "Before.\n\n# Disk is full\n").unwrap();
        assert_eq!(read(&pages, "disk-full").unwrap().unwrap().title, "Disk is full");
        assert_eq!(read(&pages, "gone").unwrap(), None);
    }
}
