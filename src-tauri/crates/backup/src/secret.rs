//! Passwords of repositories: made by chance, kept in a file that nobody else can read, never shown.

use std::{fs::File, io::Read, os::unix::fs::MetadataExt, path::Path};

use quarterdeck_model::{Fault, Outcome, plan::hex};
use quarterdeck_store::files;

use crate::kit;

/// Longer than any password that makes sense; a larger file is something else.
const MOST_BYTES: u64 = 4096;

/// The password of a repository. It has no `Debug` and no `Display`, so that it cannot get into a log or a fault by accident.
#[derive(Clone)]
pub struct Password(String);

impl Password {
    /// A new one: 256 bits from the operating system, as 64 hexadecimal figures.
    pub fn generate() -> Outcome<Self> {
        Ok(Self(hex(&random::<32>()?)))
    }

    /// One that somebody chose. Refuses an empty one (`password-empty`).
    pub fn from_text(text: &str) -> Outcome<Self> {
        if text.is_empty() {
            return Err(Fault::refused("password-empty", "The password is empty.").hint("Name a password with at least one character."));
        }
        Ok(Self(text.to_owned()))
    }

    /// Reads a password file; white space around the password does not count, as with `restic --password-file`.
    ///
    /// Refuses a file that other users can read or write (`secret-exposed`).
    pub fn read(path: &Path) -> Outcome<Self> {
        let file = File::open(path).map_err(|error| files::fault("read the password file", path, &error))?;
        let metadata = file.metadata().map_err(|error| files::fault("read the password file", path, &error))?;
        if metadata.mode() & 0o077 != 0 {
            return Err(exposed(path, metadata.mode() & 0o777));
        }
        Self::from_file(file, path)
    }

    fn from_file(file: File, path: &Path) -> Outcome<Self> {
        let mut text = String::new();
        file.take(MOST_BYTES).read_to_string(&mut text).map_err(|error| files::fault("read the password file", path, &error))?;
        match text.trim() {
            "" => Err(Fault::refused("password-empty", format!("The password file {} is empty.", path.display()))
                .hint("Put back the file that belongs to the repository.")
                .fact("path", path.display().to_string())),
            password => Ok(Self(password.to_owned())),
        }
    }

    /// Reads a credential of systemd. Who may read it is systemd's business; its mode may show a group where an access list is behind it.
    pub fn read_credential(path: &Path) -> Outcome<Self> {
        let file = File::open(path).map_err(|error| files::fault("read the credential", path, &error))?;
        Self::from_file(file, path)
    }

    /// Writes it to a file for this user only (0600), whole or not at all.
    pub fn write(&self, path: &Path) -> Outcome<()> {
        files::write_private(path, format!("{}\n", self.0).as_bytes())
    }

    /// The password itself, for the one who needs it to open or print it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// Random bytes from the operating system.
pub(crate) fn random<const N: usize>() -> Outcome<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| {
        Fault::failed("no-randomness", format!("The operating system gave no random bytes: {error}.")).hint("Check the operating system.")
    })?;
    Ok(bytes)
}

fn exposed(path: &Path, mode: u32) -> Fault {
    let name = path.display();
    Fault::refused("secret-exposed", format!("Other users of this machine may read the password file {name} (mode {mode:03o})."))
        .hint(format!("Close it with: chmod 600 {}", kit::quoted(&name.to_string())))
        .fact("path", name.to_string())
        .fact("mode", format!("{mode:03o}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{fs, os::unix::fs::PermissionsExt};

    #[test]
    fn a_password_comes_back_from_its_file_and_no_two_are_equal() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        let password = Password::generate().unwrap();
        password.write(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        assert_eq!(Password::read(&path).map(|read| read.expose().to_owned()), Ok(password.expose().to_owned()));
        assert_eq!(password.expose().len(), 64);
        assert_ne!(password.expose(), Password::generate().unwrap().expose());
    }

    #[test]
    fn a_file_that_others_can_read_is_refused_and_the_hint_closes_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        Password::generate().unwrap().write(&path).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let fault = Password::read(&path).err().unwrap();
        assert!(fault.is("secret-exposed"), "{fault}");
        assert!(fault.hint.contains("chmod 600"), "{fault}");
        assert!(Password::read(&folder.path().join("none")).err().unwrap().is("file-missing"));
    }

    #[test]
    fn an_empty_file_is_no_password() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        files::write_private(&path, b" \n").unwrap();
        assert!(Password::read(&path).err().unwrap().is("password-empty"));
        assert!(Password::from_text("").err().unwrap().is("password-empty"));
    }
}
