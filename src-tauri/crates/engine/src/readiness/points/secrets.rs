//! Points about what a definition has written out. A secret is named by its place, and never repeated.

use std::{fs, path::Path};

use quarterdeck_document::{
    findings::Findings,
    yaml::{self, Node, Value},
};
use quarterdeck_model::{JobCtx, Outcome};
use quarterdeck_readiness::secret::{ends_in_secret, in_query, in_text, names_secret};

use super::{
    Seen, amiss, counted, listed, none_of,
    security::{definition_files, secret},
};
use crate::{definition::SecretReference, readiness::gathering::Field};

/// Words in names of keys whose values are secrets.
const SECRET: [&str; 10] =
    ["password", "passphrase", "passwd", "secret", "token", "credentials", "api_key", "apikey", "service_key", "routing_key"];

/// What begins so says where a secret lies.
const REFERENCES: [&str; 4] = ["env:", "file:", "credential:", "keyring:"];

/// What stands before a secret in a header.
const SCHEMES: [&str; 3] = ["Basic ", "Bearer ", "Digest "];

/// Passwords that are tried first by whoever should not be in.
const WELL_KNOWN: [&str; 14] = [
    "password",
    "passw0rd",
    "changeme",
    "change-me",
    "admin",
    "administrator",
    "secret",
    "default",
    "12345678",
    "123456789",
    "quarterdeck",
    "postgres",
    "letmein",
    "qwertyui",
];

/// A shorter password is guessed.
const SHORTEST: usize = 8;

/// Deeper files are not read.
const DEEPEST: usize = 64;

pub(super) fn references(field: &Field, ctx: &JobCtx) -> Outcome<Seen> {
    let written = Written::of(field, ctx)?;
    let wrong: Vec<String> = written.secrets().map(|secret| secret.place).collect();
    Ok(written.unless_unread(&wrong, none_of(&wrong, "secrets", "are written out")))
}

pub(super) fn defaults(field: &Field, ctx: &JobCtx) -> Outcome<Seen> {
    let written = Written::of(field, ctx)?;
    let mut known: Vec<Secret> = own(field)?.into_iter().chain(written.secrets()).collect();
    let all = known.len();
    known.retain(|secret| secret.value.chars().count() < SHORTEST || WELL_KNOWN.contains(&secret.value.to_lowercase().as_str()));
    let wrong: Vec<String> = known.into_iter().map(|secret| secret.place).collect();
    let seen = match all {
        0 => Seen::unknown("no password can be read here"),
        all => amiss(wrong.clone(), all, "passwords", ("are neither short nor well known", "are short or well known")),
    };
    Ok(written.unless_unread(&wrong, seen))
}

/// The password of the repository, where it can be read.
fn own(field: &Field) -> Outcome<Option<Secret>> {
    let path = match secret(field)? {
        Some(SecretReference::File(path)) => path,
        Some(SecretReference::Env(name)) => {
            return Ok(std::env::var(&name).ok().map(|value| Secret { place: format!("the variable {name}"), value }));
        }
        Some(SecretReference::Credential(_)) => return Ok(None),
        None => field.scope.engine.home().password(&field.system.name),
    };
    Ok(path.is_file().then(|| {
        let value = fs::read_to_string(&path).unwrap_or_default();
        Secret { place: path.display().to_string(), value: value.trim_end_matches('\n').to_owned() }
    }))
}

pub(super) fn addresses(field: &Field, ctx: &JobCtx) -> Outcome<Seen> {
    let written = Written::of(field, ctx)?;
    let called: Vec<&Scalar> = written.scalars.iter().filter(|scalar| is_address(&scalar.value)).collect();
    let open = |value: &str| value.strip_prefix("http://").is_some_and(|rest| !is_here(rest));
    let wrong: Vec<String> = called.iter().filter(|scalar| open(&scalar.value)).map(|scalar| scalar.place(&scalar.key)).collect();
    let words = format!("{} of {} addresses are called without TLS", wrong.len(), called.len());
    let words = if wrong.is_empty() { words } else { format!("{words}: {}", listed(&wrong)) };
    Ok(written.unless_unread(&wrong, counted(wrong.len(), words)))
}

fn is_address(value: &str) -> bool {
    value.starts_with("http://") || value.starts_with("https://")
}

/// True for an address of this machine: what goes there does not leave it.
fn is_here(rest: &str) -> bool {
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let host = if let Some(six) = host.strip_prefix('[') {
        six.split(']').next().unwrap_or_default()
    } else {
        host.split(':').next().unwrap_or_default()
    };
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// A password and the like, and where it stands, for people.
struct Secret {
    place: String,
    value: String,
}

/// What the YAML files of a definition say.
struct Written {
    scalars: Vec<Scalar>,
    /// Files that are not read whole: what is written there is not known.
    unread: Vec<String>,
}

/// A text, a number or a truth.
struct Scalar {
    file: String,
    line: u32,
    key: String,
    /// The key of what it stands in.
    within: String,
    value: String,
    is_text: bool,
    /// What stands before it in a list.
    before: Option<String>,
}

impl Written {
    fn of(field: &Field, ctx: &JobCtx) -> Outcome<Self> {
        let mut written = Self { scalars: Vec::new(), unread: Vec::new() };
        let folder = field.folder()?;
        for path in definition_files(folder, ctx)? {
            if path.extension().is_some_and(|ending| ending == "yml" || ending == "yaml") {
                written.read(&path, &path.strip_prefix(folder).unwrap_or(&path).display().to_string());
            }
        }
        Ok(written)
    }

    fn read(&mut self, path: &Path, file: &str) {
        let mut findings = Findings::new(path);
        let manner = yaml::Manner { aliases: true, deepest: DEEPEST, ..yaml::DEFINITION };
        let text = fs::read_to_string(path);
        let says_nothing = |text: &String| text.lines().all(|line| line.trim().is_empty() || line.starts_with('#'));
        if text.as_ref().is_ok_and(says_nothing) {
            return;
        }
        let root = text.ok().and_then(|text| yaml::read(&text, manner, &mut findings));
        if root.is_none() || findings.count() > 0 {
            self.unread.push(file.to_owned());
        }
        if let Some(root) = root {
            self.collect(&root, ("", ""), file, None);
        }
    }

    fn collect(&mut self, node: &Node, (within, key): (&str, &str), file: &str, before: Option<&str>) {
        let (value, is_text) = match &node.value {
            Value::Mapping(entries) => return entries.iter().for_each(|entry| self.collect(&entry.node, (key, &entry.key), file, None)),
            Value::Sequence(items) => {
                let texts = items.iter().map(|item| if let Value::Text(text) = &item.value { Some(text.as_str()) } else { None });
                let before = std::iter::once(None).chain(texts);
                return items.iter().zip(before).for_each(|(item, before)| self.collect(item, (within, key), file, before));
            }
            Value::Text(text) => (text, true),
            Value::Number(text) | Value::Truth(text) => (text, false),
            Value::Nothing => return,
        };
        let (key, within) = (key.to_lowercase(), within.to_lowercase());
        let (file, value, before) = (file.to_owned(), value.clone(), before.map(str::to_owned));
        self.scalars.push(Scalar { file, line: node.at.line, key, within, value, is_text, before });
    }

    fn secrets(&self) -> impl Iterator<Item = Secret> {
        self.scalars.iter().flat_map(Scalar::secrets)
    }

    /// What was seen, unless nothing was wrong in what was read, and not all was.
    fn unless_unread(&self, wrong: &[String], seen: Seen) -> Seen {
        if self.unread.is_empty() || !wrong.is_empty() {
            return seen;
        }
        Seen::unknown(format!("what is written in {} is not known, because it cannot be read whole", listed(&self.unread)))
    }
}

impl Scalar {
    fn place(&self, name: &str) -> String {
        format!("{name} in {}:{}", self.file, self.line)
    }

    /// What lets somebody in: all of it, or a part of it.
    fn secrets(&self) -> Vec<Secret> {
        let value = self.value.trim();
        if self.is_named() {
            let value = SCHEMES.iter().find_map(|scheme| value.strip_prefix(scheme)).unwrap_or(value);
            return self.unless_reference(&self.key, value).into_iter().collect();
        }
        if !self.is_text {
            return Vec::new();
        }
        let within = |(name, value): (&str, &str)| {
            self.unless_reference(&format!("{}.{}", self.key, name.trim_start_matches('-').to_lowercase()), value)
        };
        let parts = match self.key.as_str() {
            _ if is_address(value) => in_query(value).map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
            "body" | "command" => in_text(value),
            _ => Vec::new(),
        };
        let parts = parts.iter().filter_map(|(name, value)| within((name.as_str(), value.as_str())));
        let behind_flag = self.before.as_deref().filter(|flag| self.key == "command" && flag.starts_with('-') && !value.starts_with('-'));
        let behind_flag = behind_flag.filter(|flag| ends_in_secret(flag)).and_then(|flag| within((flag, value)));
        let in_authority = authority(value).and_then(|inside| self.unless_reference(&self.key, inside));
        in_authority.into_iter().chain(parts).chain(behind_flag).collect()
    }

    fn is_named(&self) -> bool {
        let words = self.key.replace('-', "_");
        let is_word = self.is_text && SECRET.iter().any(|word| words.contains(word)) && !words.ends_with("_file");
        is_word || if self.within == "headers" { names_secret(&self.key) } else { !self.is_text && ends_in_secret(&self.key) }
    }

    /// What a shell puts in for a variable is no secret that is written out, and neither is what a reference leads to.
    fn unless_reference(&self, name: &str, value: &str) -> Option<Secret> {
        let is_reference = REFERENCES.iter().any(|kind| value.starts_with(kind)) || (self.key == "command" && value.starts_with('$'));
        (!value.is_empty() && !is_reference).then(|| Secret { place: self.place(name), value: value.to_owned() })
    }
}

/// The password in an address, or all of it where somebody is named there without one: that may be a token.
fn authority(value: &str) -> Option<&str> {
    let (_, rest) = value.split_once("://")?;
    let (inside, _) = rest.split(|c: char| c.is_whitespace() || "/?#".contains(c)).next()?.rsplit_once('@')?;
    Some(inside.split_once(':').map_or(value, |(_, password)| password))
}
