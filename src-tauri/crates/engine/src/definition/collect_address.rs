//! `collect.probes` and `collect.scrapes`: addresses.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use quarterdeck_model::{Bytes, system::Name};
use quarterdeck_monitor::{
    collectors::{
        http::{Expected, Probe, Target},
        scrape::Scrape,
    },
    exposition::Limits,
};

use super::{
    collect::{name, refused, time},
    fields::{Fields, text},
    findings::Findings,
    paths,
    repository::{self, SecretReference},
    size,
    yaml::{Node, Value},
};

pub(super) const PROBE_KEYS: [&str; 9] = ["name", "url", "status", "body", "every", "limit", "ca", "bearer", "basic"];
pub(super) const SCRAPE_KEYS: [&str; 9] = ["name", "url", "series", "bytes", "every", "limit", "ca", "bearer", "basic"];
pub(super) const BASIC_KEYS: [&str; 2] = ["user", "password"];

/// How often an address is asked, unless a definition says otherwise.
const PROBE_EVERY: Duration = Duration::from_secs(30);
const LIMIT: Duration = Duration::from_secs(10);

/// An address, and how one is let in.
#[derive(Debug, Clone, PartialEq)]
pub struct AddressDefinition {
    /// `http://…` or `https://…`.
    pub url: String,
    /// A file of certificates that are trusted beside the machine's own.
    pub ca: Option<PathBuf>,
    /// How one is let in.
    pub access: Option<AccessDefinition>,
    /// How often.
    pub every: Duration,
    /// How long it may take; less than `every`.
    pub limit: Duration,
}

/// How one is let in.
#[derive(Debug, Clone, PartialEq)]
pub enum AccessDefinition {
    /// With a token.
    Bearer(SecretReference),
    /// With a user and a password.
    Basic(String, SecretReference),
}

/// An address that has to answer.
#[derive(Debug, Clone, PartialEq)]
pub struct ProbeDefinition {
    /// Its name.
    pub name: Name,
    /// Where it is.
    pub address: AddressDefinition,
    /// States of an answer that are right; those from 200 to 299 where there is none.
    pub status: Vec<u16>,
    /// What its body has to match.
    pub body: Option<String>,
}

/// An address that serves metrics.
#[derive(Debug, Clone, PartialEq)]
pub struct ScrapeDefinition {
    /// Its name.
    pub name: Name,
    /// Where it is.
    pub address: AddressDefinition,
    /// So many series at most.
    pub series: usize,
    /// So many bytes at most.
    pub bytes: usize,
}

/// Reads one probe.
pub(super) fn probe(folder: &Path, node: &Node, path: &str, findings: &mut Findings) -> Option<ProbeDefinition> {
    let fields = Fields::read(node, path, &PROBE_KEYS, findings)?;
    let name = name(&fields, findings);
    let address = address(folder, &fields, PROBE_EVERY, findings);
    let status = fields.optional("status").map_or(Some(Vec::new()), |node| states(node, &fields.path_of("status"), findings));
    let body = match fields.optional("body") {
        None => None,
        Some(node) => {
            let path = fields.path_of("body");
            let body = text(node, &path, findings)?.to_owned();
            let target = Target { address: "http://127.0.0.1".to_owned(), authority: None, access: None };
            refused(node, &path, Probe::new(target, Expected { status: Vec::new(), body: Some(body.clone()) }), findings)?;
            Some(body)
        }
    };
    Some(ProbeDefinition { name: name?, address: address?, status: status?, body })
}

/// Reads one scrape; `every` is that of the system.
pub(super) fn scrape(folder: &Path, node: &Node, path: &str, every: Duration, findings: &mut Findings) -> Option<ScrapeDefinition> {
    let fields = Fields::read(node, path, &SCRAPE_KEYS, findings)?;
    let (name, limits) = (name(&fields, findings), Limits::default());
    let address = address(folder, &fields, every, findings);
    let series = match fields.optional("series").map(|node| (node, &node.value)) {
        None => limits.samples,
        Some((_, Value::Number(digits))) if digits.parse::<usize>().is_ok_and(|most| (1..=200_000).contains(&most)) => {
            digits.parse().ok()?
        }
        Some((node, _)) => {
            let message = format!("{} is not a number from 1 to 200000.", fields.path_of("series"));
            findings.add(node.at, message, "Write it as: series: 20000");
            return None;
        }
    };
    let bytes = match fields.optional("bytes") {
        None => limits.bytes,
        Some(node) => {
            let path = fields.path_of("bytes");
            let parsed = size::parse(text(node, &path, findings)?, &path);
            let Bytes(bytes) = findings.take(node.at, parsed)?;
            usize::try_from(bytes).ok()?.clamp(1, 256 << 20)
        }
    };
    Some(ScrapeDefinition { name: name?, address: address?, series, bytes })
}

fn address(folder: &Path, fields: &Fields<'_>, usual: Duration, findings: &mut Findings) -> Option<AddressDefinition> {
    let bounds = (Duration::from_secs(5), Duration::from_secs(3_600));
    let every = time(fields, "every", bounds, findings).unwrap_or(usual);
    let limit = time(fields, "limit", (Duration::from_millis(100), Duration::from_secs(60)), findings);
    let limit = limit.unwrap_or(LIMIT).min(every.mul_f64(0.8));
    let access = access(folder, fields, findings);
    let ca = match fields.optional("ca") {
        None => None,
        Some(node) => {
            let path = fields.path_of("ca");
            let file = paths::outer(folder, text(node, &path, findings)?, &path);
            Some(findings.take(node.at, file)?)
        }
    };
    let node = fields.required("url", "url: http://127.0.0.1:8080/health", findings)?;
    let path = fields.path_of("url");
    let url = text(node, &path, findings)?.to_owned();
    let target = Target { address: url.clone(), authority: None, access: None };
    refused(node, &path, Scrape::new(target, Limits::default()), findings)?;
    Some(AddressDefinition { url, ca, access: access?, every, limit })
}

/// None after a finding, and nothing inside where nobody has to be let in.
#[allow(clippy::option_option)]
fn access(folder: &Path, fields: &Fields<'_>, findings: &mut Findings) -> Option<Option<AccessDefinition>> {
    match (fields.optional("bearer"), fields.optional("basic")) {
        (None, None) => Some(None),
        (Some(_), Some(node)) => {
            findings.add(node.at, format!("{} is there beside bearer.", fields.path_of("basic")), "Keep one of the two.");
            None
        }
        (Some(node), None) => secret(folder, node, &fields.path_of("bearer"), findings).map(AccessDefinition::Bearer).map(Some),
        (None, Some(node)) => {
            let fields = Fields::read(node, &fields.path_of("basic"), &BASIC_KEYS, findings)?;
            let user = fields.required("user", "user: quarterdeck", findings);
            let user = user.and_then(|node| text(node, &fields.path_of("user"), findings));
            let password = fields.required("password", "password: env:PROBE_PASSWORD", findings);
            let password = password.and_then(|node| secret(folder, node, &fields.path_of("password"), findings));
            Some(Some(AccessDefinition::Basic(user?.to_owned(), password?)))
        }
    }
}

fn secret(folder: &Path, node: &Node, path: &str, findings: &mut Findings) -> Option<SecretReference> {
    let reference = repository::secret(folder, text(node, path, findings)?, path);
    findings.take(node.at, reference)
}

fn states(node: &Node, path: &str, findings: &mut Findings) -> Option<Vec<u16>> {
    let state = |node: &Node| match &node.value {
        Value::Number(digits) => digits.parse::<u16>().ok().filter(|state| (100..600).contains(state)),
        _ => None,
    };
    let states = match &node.value {
        Value::Sequence(items) => items.iter().map(state).collect(),
        _ => state(node).map(|state| vec![state]),
    };
    if states.is_none() {
        findings.add(node.at, format!("{path} is no list of states of HTTP."), "Write it as: status: [200, 204]");
    }
    states
}
