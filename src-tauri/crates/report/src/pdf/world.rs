//! Everything the library can see: the template, one document, its pictures, our fonts. No files, no network, no clock.

use std::{collections::HashMap, sync::LazyLock};

use typst::{
    Library, LibraryExt as _, World,
    diag::{FileError, FileResult},
    foundations::{Bytes, Datetime, Duration},
    syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot},
    text::{Font, FontBook},
    utils::LazyHash,
};

use super::{fonts::FONTS, script};
use crate::Document;

const TEMPLATE: &str = include_str!("report.typ");

static LIBRARY: LazyLock<LazyHash<Library>> = LazyLock::new(|| LazyHash::new(Library::default()));

/// What lies on the setter's desk.
pub(super) struct Desk {
    template: Source,
    files: HashMap<FileId, Bytes>,
}

impl Desk {
    /// One document, ready to be set.
    pub fn of(document: &Document) -> Self {
        let script = script::of(document);
        let mut files: HashMap<_, _> = script.pictures.into_iter().filter_map(|(name, svg)| Some((id(&name)?, Bytes::new(svg)))).collect();
        files.extend(id("document.json").map(|name| (name, Bytes::from_string(script.said.to_string()))));
        let template = match id("report.typ") {
            Some(id) => Source::new(id, TEMPLATE.to_owned()),
            None => Source::detached(TEMPLATE),
        };
        Self { template, files }
    }
}

/// The library remembers names for good, so there are few of them, and all are ours.
fn id(name: &str) -> Option<FileId> {
    Some(RootedPath::new(VirtualRoot::Project, VirtualPath::new(name).ok()?).intern())
}

impl World for Desk {
    fn library(&self) -> &LazyHash<Library> {
        &LIBRARY
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &FONTS.book
    }

    fn main(&self) -> FileId {
        self.template.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.template.id() { Ok(self.template.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        self.files.get(&id).cloned().ok_or(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        FONTS.fonts.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}
