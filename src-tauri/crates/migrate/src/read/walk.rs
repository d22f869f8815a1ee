//! The files of a folder.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use quarterdeck_model::{Fault, Outcome, migration::UnusedFile};

/// How deep folders are looked into; what lies deeper is said to be unused.
const DEEPEST: usize = 8;

/// A file that may be a migration.
pub(super) struct Found {
    /// Its path from the folder, parted by `/`.
    pub(super) name: String,
    /// Where it is.
    pub(super) path: PathBuf,
}

/// What was found.
#[derive(Default)]
pub(super) struct Walked {
    /// In the order of their names.
    pub(super) files: Vec<Found>,
    /// What nothing is read from: hidden files, links that lead elsewhere.
    pub(super) unused: Vec<UnusedFile>,
}

impl Found {
    /// True for a file whose text is read: SQL at the top, SQL in subfolders that some layout knows, and the settings that Flyway and Diesel
    /// keep of one migration.
    pub(super) fn is_text(&self) -> bool {
        let base = self.name.rsplit('/').next().unwrap_or_default();
        let sql = base.len() > 4 && base.as_bytes()[base.len() - 4..].eq_ignore_ascii_case(b".sql");
        match self.name.matches('/').count() {
            0 => sql || base.ends_with(".sql.conf"),
            1 if matches!(base, "up.sql" | "down.sql" | "migration.sql" | "metadata.toml") => true,
            _ => is_flyway(base) && (sql || base.ends_with(".sql.conf")),
        }
    }
}

/// Lists a folder and the folders in it.
pub(super) fn walk(folder: &Path) -> Outcome<Walked> {
    let root = folder.canonicalize().map_err(|error| unreadable(folder, &error))?;
    if !root.is_dir() {
        return Err(Fault::refused("not-a-folder", format!("{} is not a folder.", folder.display()))
            .hint("Name the folder that holds the migrations."));
    }
    let mut walked = Walked::default();
    let entries = fs::read_dir(&root).map_err(|error| unreadable(folder, &error))?;
    visit(&root, entries, "", 0, &mut walked);
    walked.files.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(walked)
}

fn visit(root: &Path, entries: fs::ReadDir, above: &str, depth: usize, walked: &mut Walked) {
    for entry in entries {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                walked.leave(if above.is_empty() { "." } else { above }, format!("cannot be listed whole: {error}"));
                continue;
            }
        };
        let base = entry.file_name().to_string_lossy().into_owned();
        let name = if above.is_empty() { base.clone() } else { format!("{above}/{base}") };
        let path = entry.path();
        match entry.file_type() {
            _ if base.starts_with('.') => walked.leave(&name, "is hidden"),
            Err(error) => walked.leave(&name, format!("cannot be looked at: {error}")),
            Ok(kind) if kind.is_dir() && depth == DEEPEST => walked.leave(&name, "is too deep inside the folder"),
            Ok(kind) if kind.is_dir() => match fs::read_dir(&path) {
                Ok(entries) => visit(root, entries, &name, depth + 1, walked),
                Err(error) => walked.leave(&name, format!("cannot be listed: {error}")),
            },
            Ok(kind) if kind.is_symlink() => match path.canonicalize() {
                Ok(real) if real.is_file() && real.starts_with(root) => walked.files.push(Found { name, path }),
                Ok(real) if real.is_dir() => walked.leave(&name, "is a link to a folder"),
                Ok(_) => walked.leave(&name, "is a link out of the folder"),
                Err(error) => walked.leave(&name, format!("is a link that leads nowhere: {error}")),
            },
            Ok(kind) if kind.is_file() => walked.files.push(Found { name, path }),
            Ok(_) => walked.leave(&name, "is not a file"),
        }
    }
}

impl Walked {
    fn leave(&mut self, file: &str, reason: impl Into<String>) {
        self.unused.push(UnusedFile { file: file.to_owned(), reason: reason.into() });
    }
}

fn is_flyway(base: &str) -> bool {
    matches!(base.as_bytes().first(), Some(b'V' | b'U' | b'R' | b'B')) && base.contains("__")
}

fn unreadable(folder: &Path, error: &io::Error) -> Fault {
    let (code, what) = match error.kind() {
        io::ErrorKind::NotFound => ("folder-missing", "is not there"),
        io::ErrorKind::PermissionDenied => ("permission-denied", "may not be read"),
        io::ErrorKind::NotADirectory => ("not-a-folder", "is not a folder"),
        _ => ("folder-unreadable", "cannot be read"),
    };
    Fault::refused(code, format!("{} {what}.", folder.display()))
        .hint("Name the folder that holds the migrations, and see that it can be read.")
        .fact("error", error.to_string())
}
