//! An address: whether it answers, how fast, for how long its certificate is good, and whether it says what it should. The names are those
//! of blackbox_exporter.

pub(crate) mod aside;
pub mod asking;
pub mod client;
mod der;
pub mod timing;
pub mod verifier;
pub(crate) mod words;

use std::time::{Duration, Instant};

use quarterdeck_model::{Bytes, Fault, Outcome};
use regex::bytes::{Regex, RegexBuilder};
use reqwest::{Response, Version, header::LOCATION};

pub use client::{Access, Secret, Target};
use client::{Connections, Visitor, within};

use super::{Online, Visit, Visiting};
use crate::gathered::Gathered;

/// What is read of an answer; nothing is looked for behind it.
const BODY: usize = 1 << 20;

/// What an answer must be like.
#[derive(Debug, Clone, Default)]
pub struct Expected {
    /// One of these; where there is none, any from 200 to 299.
    pub status: Vec<u16>,
    /// An expression that must match in the first MiB of its body.
    pub body: Option<String>,
}

/// Visits an address as a stranger would, over a connection of its own.
pub struct Probe {
    visitor: Visitor,
    status: Vec<u16>,
    body: Option<Regex>,
}

impl Probe {
    /// Faults: `bad-address`, `bad-expression`.
    pub fn new(target: Target, expected: Expected) -> Outcome<Self> {
        let visitor = Visitor::new(target, Connections::Each)?;
        let body = expected.body.as_deref().map(expression).transpose()?;
        Ok(Self { visitor, status: expected.status, body })
    }
}

impl Online for Probe {
    fn collect<'v>(&'v mut self, visit: &'v Visit, into: &'v mut Gathered) -> Visiting<'v> {
        Box::pin(async move {
            let began = Instant::now();
            let limit = within(visit.limit);
            let request = self.visitor.request(limit).await?;
            let (_, _) = (self.visitor.note.take(), self.visitor.watch.take());
            let mut found = Found::default();
            let verdict = match tokio::time::timeout(limit, self.look(request, &mut found, limit)).await {
                Ok(verdict) => verdict,
                Err(_) => Err(Flaw(words::silent(limit))),
            };
            found.took = began.elapsed();
            self.say(&found, &verdict, into);
            Ok(())
        })
    }
}

/// What is wrong with an address: the end of a sentence that begins with it. A visit that finds one has done its work.
struct Flaw(String);

/// What a visit saw, as far as it came.
#[derive(Default)]
struct Found {
    status: Option<u16>,
    version: Option<f64>,
    length: Option<u64>,
    /// Where a redirect leads that was not followed.
    place: Option<String>,
    asked: Option<Instant>,
    first_byte: Option<Instant>,
    whole: Option<Instant>,
    missed: bool,
    took: Duration,
}

impl Probe {
    /// Asks, and looks at the answer.
    async fn look(&self, request: reqwest::RequestBuilder, found: &mut Found, limit: Duration) -> Result<(), Flaw> {
        let explained = |error: reqwest::Error| Flaw(words::reason(&error, &self.visitor.note.peek(), limit));
        found.asked = Some(Instant::now());
        let mut answer = request.timeout(limit).send().await.map_err(explained)?;
        found.first_byte = Some(Instant::now());
        found.head(&answer);
        let mut body = Vec::new();
        while body.len() < BODY {
            let Some(piece) = answer.chunk().await.map_err(explained)? else { break };
            body.extend_from_slice(&piece[..piece.len().min(BODY - body.len())]);
        }
        found.whole = Some(Instant::now());
        self.judge(found, &body)
    }

    fn judge(&self, found: &mut Found, body: &[u8]) -> Result<(), Flaw> {
        let status = found.status.unwrap_or_default();
        let fits = if self.status.is_empty() { (200..300).contains(&status) } else { self.status.contains(&status) };
        found.missed = self.body.as_ref().is_some_and(|wanted| !wanted.is_match(body));
        if !fits {
            let wanted: Vec<String> = self.status.iter().map(ToString::to_string).collect();
            let wanted = if wanted.is_empty() { "200 to 299".to_owned() } else { wanted.join(" or ") };
            let place = found.place.as_ref().map_or_else(String::new, |place| format!(" and sends its visitors to {place}"));
            return Err(Flaw(format!("it answered {status}{place}; {wanted} was wanted")));
        }
        match &self.body {
            Some(wanted) if found.missed && body.len() == BODY => {
                Err(Flaw(format!("{wanted} matches nowhere in the first {} of its answer", Bytes(BODY as u64))))
            }
            Some(wanted) if found.missed => Err(Flaw(format!("{wanted} matches nowhere in its answer"))),
            _ => Ok(()),
        }
    }

    fn say(&self, found: &Found, verdict: &Result<(), Flaw>, into: &mut Gathered) {
        let shown = self.visitor.note.take();
        into.gauge("probe_success", &[], truth(verdict.is_ok()));
        into.gauge("probe_duration_seconds", &[], found.took.as_secs_f64());
        into.gauge("probe_failed_due_to_regex", &[], truth(found.missed));
        into.gauge("probe_http_status_code", &[], found.status.map_or(0.0, f64::from));
        into.gauge("probe_http_redirects", &[], shown.redirects as f64);
        into.gauge("probe_http_ssl", &[], truth(self.visitor.is_encrypted()));
        if let Some(version) = found.version {
            into.gauge("probe_http_version", &[], version);
            into.gauge("probe_http_content_length", &[], found.length.map_or(-1.0, |length| length as f64));
        }
        self.say_parts(found, into);
        if let Some(until) = shown.until {
            into.gauge("probe_ssl_earliest_cert_expiry", &[], until as f64);
        }
        if let Some(version) = shown.version {
            into.gauge("probe_tls_version_info", &[("version", version)], 1.0);
        }
        if let Err(Flaw(why)) = verdict {
            into.remarks.push(format!("{}: {why}.", self.visitor.address()));
        }
    }

    /// Parts that were not reached are zero, as with the exporter.
    fn say_parts(&self, found: &Found, into: &mut Gathered) {
        let parts = self.visitor.watch.take();
        let between = |one: Option<Instant>, other: Option<Instant>| one.zip(other).map_or(Duration::ZERO, |(one, other)| other - one);
        let waited = between(found.asked, found.first_byte).saturating_sub(parts.resolve + parts.connect + parts.tls);
        let phases = [
            ("resolve", parts.resolve),
            ("connect", parts.connect),
            ("tls", parts.tls),
            ("processing", waited),
            ("transfer", between(found.first_byte, found.whole)),
        ];
        for (phase, took) in phases {
            into.gauge("probe_http_duration_seconds", &[("phase", phase)], took.as_secs_f64());
        }
    }
}

impl Found {
    fn head(&mut self, answer: &Response) {
        self.status = Some(answer.status().as_u16());
        self.length = answer.content_length();
        let place = answer.headers().get(LOCATION).filter(|_| answer.status().is_redirection());
        self.place = place.map(|place| String::from_utf8_lossy(place.as_bytes()).chars().take(200).collect());
        self.version = Some(match answer.version() {
            Version::HTTP_09 => 0.9,
            Version::HTTP_10 => 1.0,
            Version::HTTP_2 => 2.0,
            Version::HTTP_3 => 3.0,
            _ => 1.1,
        });
    }
}

/// An expression that may span lines, as blackbox_exporter's.
fn expression(text: &str) -> Outcome<Regex> {
    RegexBuilder::new(text).size_limit(1 << 20).build().map_err(|error| {
        Fault::usage("bad-expression", format!("The expression {text} for the body cannot be read: {error}."))
            .hint("Write it as the crate regex reads it; brackets and dots of a plain text need a backslash.")
    })
}

fn truth(value: bool) -> f64 {
    if value { 1.0 } else { 0.0 }
}
