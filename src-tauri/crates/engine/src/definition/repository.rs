//! `repository`: where snapshots live, and where its password is found.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use quarterdeck_model::WirePath;

use super::{
    fields::{Fields, text},
    findings::{Findings, Wrong},
    paths,
    yaml::Node,
};

pub(super) const KEYS: [&str; 2] = ["path", "password"];

/// Where a secret is found. Its value is never part of a definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretReference {
    /// A file that only its owner reads: absolute, seen to exist.
    File(PathBuf),
    /// A variable of the environment of the process that needs it.
    Env(String),
    /// A file of that name in `$CREDENTIALS_DIRECTORY`, where systemd puts what a unit loads with `LoadCredential`.
    Credential(String),
}

impl fmt::Display for SecretReference {
    /// As a definition has it; a path that is not UTF-8 in its wire form.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "file:{}", WirePath::from(path.as_path()).encode()),
            Self::Env(name) => write!(f, "env:{name}"),
            Self::Credential(name) => write!(f, "credential:{name}"),
        }
    }
}

/// Reads the repository's folder and password, each as far as it has no finding.
pub(super) fn read(folder: &Path, node: &Node, findings: &mut Findings) -> (Option<PathBuf>, Option<SecretReference>) {
    let Some(fields) = Fields::read(node, "repository", &KEYS, findings) else { return (None, None) };
    let path = fields.required("path", "path: /srv/backup/shop", findings).and_then(|node| {
        let path = fields.path_of("path");
        let folder = paths::repository_folder(folder, text(node, &path, findings)?, &path);
        findings.take(node.at, folder)
    });
    let password = fields.optional("password").and_then(|node| {
        let path = fields.path_of("password");
        let reference = secret(folder, text(node, &path, findings)?, &path);
        findings.take(node.at, reference)
    });
    (path, password)
}

/// Reads a reference to a secret. What is none may be the secret itself, so it is never repeated in a finding.
pub(super) fn secret(folder: &Path, text: &str, path: &str) -> Result<SecretReference, Wrong> {
    match text.split_once(':') {
        Some(("file", "")) => Err(Wrong::new(format!("{path} names no file."), "Write the file behind it, as in: file:/etc/shop/password")),
        Some(("file", file)) => paths::secret_file(folder, file, path).map(SecretReference::File),
        Some(("env", name)) if is_variable(name) => Ok(SecretReference::Env(name.to_owned())),
        Some(("env", _)) => Err(Wrong::new(
            format!("{path} does not name a variable of the environment."),
            "Use letters, digits and underscores behind env:, as in: env:SHOP_BACKUP_PASSWORD",
        )),
        Some(("credential", name)) if is_credential(name) => Ok(SecretReference::Credential(name.to_owned())),
        Some(("credential", _)) => Err(Wrong::new(
            format!("{path} does not name a credential."),
            "Use letters, digits, dots, dashes and underscores behind credential:, as in: credential:shop-backup",
        )),
        Some(("keyring", _)) => Err(Wrong::new(
            format!("{path} is in a keyring, which is not supported by this version."),
            "Refer to a file of mode 0600 instead, as in: file:/etc/shop/password",
        )),
        _ => Err(Wrong::new(
            format!("{path} is not a reference to a secret."),
            "Move the value out of the definition and refer to it, as in: file:/etc/shop/password, env:SHOP_BACKUP_PASSWORD or credential:shop-backup",
        )),
    }
}

fn is_credential(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphanumeric()) && name.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c))
}

fn is_variable(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}
