//! One request and its answer, for those who look at what was said.

use std::{sync::Arc, time::Duration};

use quarterdeck_model::Outcome;
use reqwest::Method;

use super::{
    BODY,
    aside::Aside,
    client::{Connections, Make, machine_roots, make},
    timing::Stopwatch,
    verifier::Note,
    words,
};

/// What is asked.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// `GET`, `POST`, `PUT`, `DELETE` or `HEAD`.
    pub method: &'a str,
    /// `http://…` or `https://…`.
    pub url: &'a str,
    /// Names and values.
    pub headers: &'a [(String, String)],
    /// What is sent.
    pub body: Option<&'a str>,
    /// For all of it.
    pub limit: Duration,
}

/// What was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replied {
    /// Its status.
    pub status: u16,
    /// Its body, the first MiB of it.
    pub body: Vec<u8>,
    /// There was more.
    pub is_cut: bool,
}

impl Replied {
    /// The body as text; what is no UTF-8 is replaced.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// Asks, over connections that are kept; redirects are not followed.
pub struct Asker {
    client: reqwest::Client,
    note: Note,
}

impl Asker {
    /// Trusts whom this machine trusts. Fault: TLS cannot be set up.
    pub fn new() -> Outcome<Self> {
        let (aside, note) = (Aside::default(), Note::default());
        let how = Make { follows: false, ..Make::new(Arc::clone(&machine_roots()), Connections::Kept) };
        let client = make(how, &note, &Stopwatch::new(aside))?;
        Ok(Self { client, note })
    }

    /// Asks once. `Err` says in words why there was no answer.
    pub async fn ask(&self, question: &Question<'_>) -> Result<Replied, String> {
        match tokio::time::timeout(question.limit, self.exchange(question)).await {
            Ok(replied) => replied.map_err(|error| words::reason(&error, &self.note.peek(), question.limit)),
            Err(_) => Err(words::silent(question.limit)),
        }
    }

    async fn exchange(&self, question: &Question<'_>) -> Result<Replied, reqwest::Error> {
        // Methods come from a list of our own.
        let method = Method::from_bytes(question.method.as_bytes()).unwrap_or(Method::GET);
        let mut request = self.client.request(method, question.url);
        for (name, value) in question.headers {
            request = request.header(name, value);
        }
        if let Some(body) = question.body {
            request = request.body(body.to_owned());
        }
        let mut response = request.send().await?;
        let (status, mut body) = (response.status().as_u16(), Vec::new());
        while let Some(piece) = response.chunk().await? {
            body.extend_from_slice(&piece);
            if body.len() > BODY {
                body.truncate(BODY);
                return Ok(Replied { status, body, is_cut: true });
            }
        }
        Ok(Replied { status, body, is_cut: false })
    }
}
