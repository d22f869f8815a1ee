//! Requests of smoke tests: any method, redirects not followed, the answer read as far as it may be long.

use std::time::Duration;

use quarterdeck_model::{Fault, Outcome};
use reqwest::{
    Method, Url,
    header::{HeaderMap, HeaderName, HeaderValue, LOCATION},
};

use super::{
    aside::Aside,
    client::{Connections, Make, machine_roots, make},
    timing::Stopwatch,
    verifier::Note,
    words,
};

/// What is read of an answer, in bytes.
pub const MOST: usize = 1 << 20;

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// Its state.
    pub status: u16,
    /// Where it sends its visitors.
    pub location: Option<String>,
    /// Its body, or the first [`MOST`] bytes of it.
    pub body: Vec<u8>,
    /// True where there was more.
    pub is_cut: bool,
}

/// One request, asked again and again over connections that are kept.
pub struct Asking {
    client: reqwest::Client,
    note: Note,
    method: Method,
    address: Url,
    headers: HeaderMap,
    body: Option<String>,
}

impl Asking {
    /// Faults: `bad-address`, `bad-request` for a method or header that HTTP does not have.
    pub fn new(method: &str, address: &str, headers: &[(String, String)], body: Option<&str>) -> Outcome<Self> {
        let bad = |what: String| Fault::usage("bad-request", what).hint("Correct the smoke test.");
        let url = Url::parse(address).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        let url = url.ok_or_else(|| {
            // What stands behind it may be nobody else's business.
            let place = address.split(['?', '#']).next().unwrap_or(address);
            Fault::usage("bad-address", format!("{place} is no address of HTTP.")).hint("Correct the address.")
        })?;
        let method = Method::from_bytes(method.as_bytes()).map_err(|_| bad(format!("{method} is no method of HTTP.")))?;
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            let key = HeaderName::from_bytes(name.as_bytes()).map_err(|_| bad(format!("{name} is no header of HTTP.")))?;
            map.append(key, HeaderValue::from_str(value).map_err(|_| bad(format!("The header {name} has a value that cannot be sent.")))?);
        }
        let note = Note::default();
        let client =
            make(Make { follows: false, ..Make::new(machine_roots(), Connections::Kept) }, &note, &Stopwatch::new(Aside::default()))?;
        Ok(Self { client, note, method, address: url, headers: map, body: body.map(str::to_owned) })
    }

    /// Asks once. `Err` is why there was no whole answer: the end of a sentence that begins with the address.
    pub async fn ask(&self, limit: Duration) -> Result<Reply, String> {
        let mut request = self.client.request(self.method.clone(), self.address.clone()).headers(self.headers.clone()).timeout(limit);
        if let Some(body) = &self.body {
            request = request.body(body.clone());
        }
        let failed = |error: reqwest::Error| words::reason(&error, &self.note.peek(), limit);
        match tokio::time::timeout(limit, self.read(request)).await {
            Ok(read) => read.map_err(failed),
            Err(_) => Err(words::silent(limit)),
        }
    }

    async fn read(&self, request: reqwest::RequestBuilder) -> Result<Reply, reqwest::Error> {
        let mut answer = request.send().await?;
        let status = answer.status().as_u16();
        let location = answer.headers().get(LOCATION).map(|place| String::from_utf8_lossy(place.as_bytes()).chars().take(200).collect());
        let mut body = Vec::new();
        let mut is_cut = false;
        while let Some(piece) = answer.chunk().await? {
            let room = MOST - body.len();
            body.extend_from_slice(&piece[..piece.len().min(room)]);
            if piece.len() > room {
                is_cut = true;
                break;
            }
        }
        Ok(Reply { status, location, body, is_cut })
    }
}
