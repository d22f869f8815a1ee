//! The keys of a channel, read one by one.

use std::time::Duration;

use quarterdeck_document::{
    fields::Fields,
    findings::{Findings, Place},
    yaml::Node,
};

use super::secret::{self, Secret};
use crate::notify::config::value;

/// The keys of a mapping.
pub struct Given<'n> {
    fields: Fields<'n>,
    at: Place,
}

impl<'n> Given<'n> {
    /// A mapping whose keys are known; others have been reported. `send_resolved` and `http_config` are not known by themselves.
    pub fn read(node: &'n Node, path: &str, known: &[&str], findings: &mut Findings) -> Option<Self> {
        Some(Self { fields: Fields::read(node, path, known, findings)?, at: node.at })
    }

    /// What is behind a key, unless it is nothing.
    pub fn node(&self, key: &str) -> Option<&'n Node> {
        value::given(&self.fields, key)
    }

    /// A key with those that lead to it.
    pub fn path(&self, key: &str) -> String {
        self.fields.path_of(key)
    }

    /// Where the mapping begins.
    pub fn at(&self) -> Place {
        self.at
    }

    /// A text that is not empty.
    pub fn text(&self, key: &str, findings: &mut Findings) -> Option<String> {
        let written = value::word(self.node(key)?, &self.path(key), findings)?;
        (!written.text.is_empty()).then_some(written.text)
    }

    /// A text; where the key is not there, what stands for it. A key with an empty text is an empty text.
    pub fn text_or(&self, key: &str, otherwise: &str, findings: &mut Findings) -> String {
        match self.fields.optional(key) {
            None => otherwise.to_owned(),
            Some(node) => value::word(node, &self.path(key), findings).map(|written| written.text).unwrap_or_default(),
        }
    }

    /// True or false.
    pub fn truth(&self, key: &str, findings: &mut Findings) -> Option<bool> {
        value::truth(self.node(key)?, &self.path(key), findings)
    }

    /// A whole number, zero or more.
    pub fn count(&self, key: &str, findings: &mut Findings) -> Option<u64> {
        let node = self.node(key)?;
        let written = value::word(node, &self.path(key), findings)?;
        let count = written.text.parse().ok();
        if count.is_none() {
            findings.add(node.at, format!("{} must be a whole number.", self.path(key)), "Write figures only, such as 10.");
        }
        count
    }

    /// A duration.
    pub fn duration(&self, key: &str, findings: &mut Findings) -> Option<Duration> {
        value::duration(self.node(key)?, &self.path(key), findings)
    }

    /// Names with texts.
    pub fn pairs(&self, key: &str, findings: &mut Findings) -> Vec<(String, String)> {
        let pairs = value::pairs(self.node(key), &self.path(key), findings);
        pairs.into_iter().map(|(name, value)| (name.text, value.text)).collect()
    }

    /// The items of a list.
    pub fn items(&self, key: &str, findings: &mut Findings) -> Vec<(&'n Node, String)> {
        let path = self.path(key);
        let items = value::items(self.node(key), &path, findings).iter().enumerate();
        items.map(|(i, node)| (node, format!("{path}[{i}]"))).collect()
    }

    /// Texts of a list.
    pub fn texts(&self, key: &str, findings: &mut Findings) -> Vec<String> {
        value::words(self.node(key), &self.path(key), findings).into_iter().map(|written| written.text).collect()
    }

    /// A secret behind a key, or in the file that `KEY_file` names; both is a finding.
    pub fn secret(&self, key: &str, findings: &mut Findings) -> Option<Secret> {
        let folder = secret::folder(findings);
        let file_key = format!("{key}_file");
        let written = self.text(key, findings).map(|text| Secret::new(&text, &folder));
        let file = self.text(&file_key, findings).map(|path| Secret::File(folder.join(path)));
        if let (Some(_), Some(_), Some(node)) = (&written, &file, self.node(&file_key)) {
            let message = format!("{} and {} are both there.", self.path(key), self.path(&file_key));
            findings.add(node.at, message, "Keep one of them.");
        }
        written.or(file)
    }

    /// An address that may be a secret: it must begin with `http://` or `https://`, unless it is a reference or a template.
    pub fn address(&self, key: &str, findings: &mut Findings) -> Option<Secret> {
        let secret = self.secret(key, findings)?;
        if let (Some(text), Some(node)) = (secret.written(), self.node(key))
            && !text.contains("{{")
            && !is_address(text)
        {
            // Not repeated: it may be a secret.
            let message = format!("{} is no address of a server.", self.path(key));
            findings.add(node.at, message, "Write it with https:// at its beginning and a host behind it.");
        }
        Some(secret)
    }

    /// Says that a key is missing.
    pub fn missing(&self, key: &str, example: &str, findings: &mut Findings) {
        findings.add(self.at, format!("{} is missing.", self.path(key)), format!("Add a line such as: {example}"));
    }
}

/// True for an address that HTTP can be spoken to.
pub fn is_address(text: &str) -> bool {
    reqwest::Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}
