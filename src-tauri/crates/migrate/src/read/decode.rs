//! Bytes → text, or the problem that stands in the way.

use std::{fs, sync::Arc};

use quarterdeck_model::{Digest, migration::Problem};

use super::walk::Found;
use crate::source::SourceFile;

/// Largest file that is read, in bytes.
const LARGEST: u64 = 512 << 20;
/// A byte order mark in UTF-8.
pub(super) const MARK: &[u8] = &[0xef, 0xbb, 0xbf];

/// A file that was read.
#[derive(Clone)]
pub(super) struct Text {
    /// Without a byte order mark.
    pub(super) file: Arc<SourceFile>,
    /// Whether the file has one.
    pub(super) marked: bool,
}

/// Reads every file whose text is wanted.
pub(super) fn texts(files: &[Found]) -> (Vec<Text>, Vec<Problem>) {
    let (mut texts, mut problems) = (Vec::with_capacity(files.len()), Vec::new());
    for found in files.iter().filter(|found| found.is_text()) {
        match text(found) {
            Ok(text) => texts.push(text),
            Err(problem) => problems.push(*problem),
        }
    }
    (texts, problems)
}

fn text(found: &Found) -> Result<Text, Box<Problem>> {
    let unreadable = |error: std::io::Error| {
        let message = format!("{} cannot be read: {error}.", found.name);
        problem("file-unreadable", &found.name, "", message, "Make it readable, or take it out of the folder.")
    };
    let size = fs::metadata(&found.path).map_err(unreadable)?.len();
    if size > LARGEST {
        let message = format!("{} has {size} bytes; files of up to {LARGEST} are read.", found.name);
        return Err(problem("file-too-large", &found.name, "", message, "Part it into several migrations."));
    }
    let bytes = fs::read(&found.path).map_err(unreadable)?;
    decode(found, bytes)
}

fn decode(found: &Found, mut bytes: Vec<u8>) -> Result<Text, Box<Problem>> {
    let digest = Digest::of(&bytes);
    let marked = bytes.starts_with(MARK);
    if marked {
        bytes.drain(..MARK.len());
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let bytes = error.into_bytes();
        let what = if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) { "is UTF-16" } else { "is not UTF-8" };
        not_utf8(&found.name, &String::from_utf8_lossy(&bytes[..valid]), what)
    })?;
    if let Some(at) = text.bytes().position(|byte| byte == 0) {
        return Err(not_utf8(&found.name, &text[..at], "has a zero byte, where SQLite would stop reading"));
    }
    Ok(Text { file: SourceFile::new(found.path.clone(), found.name.clone(), text, digest), marked })
}

fn not_utf8(name: &str, before: &str, what: &str) -> Box<Problem> {
    problem("not-utf-8", name, before, format!("{name} {what}."), "Store it as UTF-8.")
}

/// A problem just behind `before`, which is the beginning of the file.
fn problem(code: &str, name: &str, before: &str, message: String, hint: &str) -> Box<Problem> {
    let start = SourceFile::new(name.into(), name.to_owned(), before.to_owned(), Digest::of(b""));
    Box::new(Problem { code: code.to_owned(), at: Some(start.position(before.len())), message, hint: hint.to_owned() })
}
