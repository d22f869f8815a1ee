//! What nobody may read: written in the configuration, in a file beside it, or in the environment. It is looked up when it is needed, and
//! no text that leaves this folder holds it.

use std::{
    fmt,
    io::Read,
    path::{Path, PathBuf},
};

use quarterdeck_document::findings::Findings;
use quarterdeck_model::{Fault, Outcome};

use crate::collectors::http::aside::Aside;

/// A secret is no longer than this.
const LONGEST: u64 = 64 * 1024;

/// Where a secret is.
#[derive(Clone, PartialEq, Eq)]
pub enum Secret {
    /// In the configuration itself.
    Written(String),
    /// In a file; blanks around it do not count.
    File(PathBuf),
    /// In a variable of the environment.
    Environment(String),
}

impl Secret {
    /// What was written behind a key: `env:NAME` and `file:PATH` are references, everything else is the secret itself.
    pub fn new(written: &str, folder: &Path) -> Self {
        match (written.strip_prefix("env:"), written.strip_prefix("file:")) {
            (Some(name), _) => Self::Environment(name.to_owned()),
            (_, Some(path)) => Self::File(folder.join(path)),
            _ => Self::Written(written.to_owned()),
        }
    }

    /// The secret that is written here, if it is.
    pub fn written(&self) -> Option<&str> {
        match self {
            Self::Written(text) => Some(text),
            _ => None,
        }
    }

    /// Looks it up. Fault `secret-missing`.
    pub async fn reveal(&self) -> Outcome<String> {
        let missing =
            |why: String, hint: String| Fault::failed("secret-missing", format!("The secret {self} is not there: {why}.")).hint(hint);
        match self {
            Self::Written(text) => Ok(text.clone()),
            Self::Environment(name) => std::env::var(name)
                .map_err(|_| missing("the variable is not set".to_owned(), format!("Set {name} before starting Quarterdeck."))),
            Self::File(path) => {
                let file = path.clone();
                let read = Aside::default().run(move || read(&file)).await?;
                read.map_err(|error| missing(error.to_string(), format!("Write it to {}.", path.display())).may_retry())
            }
        }
    }
}

fn read(path: &Path) -> std::io::Result<String> {
    let mut text = String::new();
    std::fs::File::open(path)?.take(LONGEST).read_to_string(&mut text)?;
    Ok(text.trim().to_owned())
}

/// Where it is, never what it is.
impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Written(_) => f.write_str("***"),
            Self::File(path) => write!(f, "file:{}", path.display()),
            Self::Environment(name) => write!(f, "env:{name}"),
        }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The folder that relative paths of a configuration start from.
pub fn folder(findings: &Findings) -> PathBuf {
    let file: &Path = findings.file().as_ref();
    file.parent().map(Path::to_path_buf).unwrap_or_default()
}

/// Secrets that were looked up for one message: they are taken out of what is said of it.
#[derive(Default)]
pub struct Revealed(Vec<String>);

impl Revealed {
    /// Looks one up and takes note of it.
    pub async fn reveal(&mut self, secret: &Secret) -> Outcome<String> {
        let text = secret.reveal().await?;
        self.note(&text);
        Ok(text)
    }

    /// Takes note of what must not be shown; of an address also of what follows its host.
    pub fn note(&mut self, text: &str) {
        let path = text.split_once("://").and_then(|(_, rest)| rest.split_once('/')).map(|(_, path)| path);
        // What is shorter is found by chance all over a text.
        let long = [Some(text).filter(|text| text.len() >= 4), path.filter(|path| path.len() >= 12)];
        self.0.extend(long.into_iter().flatten().map(str::to_owned));
        self.0.sort_by_key(|text| std::cmp::Reverse(text.len()));
    }

    /// A text without any of them.
    pub fn hide(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, secret| text.replace(secret.as_str(), "***"))
    }
}
