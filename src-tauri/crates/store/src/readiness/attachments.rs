//! Files beside statements: copied once, under the SHA-256 of what is in them, for this user only.

use std::{
    fs::File,
    io::Read,
    path::{Path, PathBuf},
};

use quarterdeck_model::{Bytes, Digest, Fault, Outcome};

use crate::files;

/// A larger file belongs elsewhere, and a link to it here; in bytes.
pub const LARGEST: u64 = 10_000_000;

/// Copies a file into the folder. Refuses with `too-large`, and with `not-a-file` where it is a folder, a device or a pipe.
pub fn keep(folder: &Path, source: &Path) -> Outcome<(Digest, Bytes)> {
    let metadata = source.metadata().map_err(|error| files::fault("read", source, &error))?;
    if !metadata.is_file() {
        return Err(Fault::refused("not-a-file", format!("{} is not a regular file.", source.display())).hint("Name a file."));
    }
    let mut content = Vec::new();
    let file = File::open(source).map_err(|error| files::fault("read", source, &error))?;
    // It may grow meanwhile: one byte more than allowed is enough to know.
    file.take(LARGEST + 1).read_to_end(&mut content).map_err(|error| files::fault("read", source, &error))?;
    let size = content.len() as u64;
    if size > LARGEST {
        return Err(Fault::refused("too-large", format!("{} is larger than {}.", source.display(), Bytes(LARGEST)))
            .hint("Put it where others can read it, and add a link."));
    }
    let digest = Digest::of(&content);
    let path = path(folder, &digest);
    if !path.exists() {
        files::make_folder(folder)?;
        files::write_private(&path, &content)?;
    }
    Ok((digest, Bytes(size)))
}

/// Where the file of that digest lies.
pub fn path(folder: &Path, digest: &Digest) -> PathBuf {
    folder.join(&digest.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_file_is_kept_once_for_this_user_and_only_up_to_its_limit() {
        let scratch = tempfile::tempdir().unwrap();
        let (folder, source) = (scratch.path().join("attachments"), scratch.path().join("proof.txt"));
        std::fs::write(&source, "seen").unwrap();
        let (digest, size) = keep(&folder, &source).unwrap();
        assert_eq!((&digest, size), (&Digest::of(b"seen"), Bytes(4)));
        assert_eq!(keep(&folder, &source).unwrap().0, digest);
        let kept = path(&folder, &digest);
        assert_eq!(std::fs::read(&kept).unwrap(), b"seen");
        assert_eq!(kept.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);

        File::options().write(true).open(&source).unwrap().set_len(LARGEST + 1).unwrap();
        assert!(keep(&folder, &source).unwrap_err().is("too-large"));
        assert!(keep(&folder, scratch.path()).unwrap_err().is("not-a-file"));
        assert!(keep(&folder, Path::new("/dev/zero")).unwrap_err().is("not-a-file"));
        assert!(keep(&folder, &scratch.path().join("gone")).unwrap_err().is("file-missing"));
    }
}
