//! `http_config`, and requests to the servers of channels.

use std::time::Duration;

use chrono::DateTime;
use quarterdeck_document::{
    findings::Findings,
    yaml::{Node, Value},
};
use quarterdeck_model::{Fault, Outcome};
use reqwest::{
    Method, Url,
    header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER},
};

use super::{
    Delivery,
    given::Given,
    plain,
    secret::{Revealed, Secret},
    tls::Tls,
};
use crate::{
    collectors::http::{
        aside::Aside,
        client::{Connections, Make, Proxied, make, within},
        timing::Stopwatch,
        verifier::Note,
        words,
    },
    sample::Moment,
    template::base64,
};

/// What is read of an answer.
const ANSWER: usize = 64 * 1024;

/// The longest that a server may ask us to wait.
const LONGEST_WAIT: Duration = Duration::from_secs(3600);

const KEYS: &[&str] = &[
    "authorization",
    "basic_auth",
    "bearer_token",
    "bearer_token_file",
    "enable_http2",
    "follow_redirects",
    "http_headers",
    "no_proxy",
    "oauth2",
    "proxy_connect_header",
    "proxy_from_environment",
    "proxy_url",
    "tls_config",
];

/// What an `http_config` says.
#[derive(Debug, Clone, Default)]
pub struct Http {
    /// How one is let in.
    access: Option<Access>,
    tls: Tls,
    stays: bool,
    proxy: Option<Secret>,
    not_for: Option<String>,
    proxy_by_environment: bool,
    headers: Vec<(String, Secret)>,
    /// What it asks for that is not done here.
    pub remark: Option<&'static str>,
}

#[derive(Debug, Clone)]
enum Access {
    /// A user and a password.
    Basic(Secret, Option<Secret>),
    /// A word and what follows it: `Bearer …`.
    Word(String, Secret),
}

impl Http {
    /// Reads it; where there is none, what was said for all channels.
    pub fn read(node: Option<&Node>, path: &str, otherwise: &Self, findings: &mut Findings) -> Self {
        let Some(given) = node.and_then(|node| Given::read(node, path, KEYS, findings)) else { return otherwise.clone() };
        let tls = given.node("tls_config").and_then(|node| Tls::read(node, &given.path("tls_config"), findings));
        let unspoken = [
            ("oauth2", "http_config.oauth2 is not spoken here: what is sent carries no token"),
            ("proxy_connect_header", "http_config.proxy_connect_header is not sent to the proxy"),
        ];
        Self {
            access: access(&given, findings),
            tls: tls.unwrap_or_default(),
            stays: given.truth("follow_redirects", findings) == Some(false),
            proxy: given.secret("proxy_url", findings),
            not_for: given.text("no_proxy", findings),
            proxy_by_environment: given.truth("proxy_from_environment", findings).unwrap_or(false),
            headers: headers(&given, findings),
            remark: unspoken.iter().find(|(key, _)| given.node(key).is_some()).map(|(_, remark)| *remark),
        }
    }

    /// The same, but let in by a token, unless it says another way itself.
    #[must_use]
    pub fn with_token(&self, token: Secret) -> Self {
        Self { access: Some(Access::Word("Bearer".to_owned(), token)), ..self.clone() }
    }

    /// True where it says how one is let in.
    pub fn has_access(&self) -> bool {
        self.access.is_some()
    }

    /// Asks a server. The limit counts for all of it. What comes back is either an answer, or how the message fared.
    pub async fn ask(&self, question: Question, limit: Duration, revealed: &mut Revealed) -> Result<Answer, Delivery> {
        let host = Url::parse(&question.address).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
        match tokio::time::timeout(limit, self.converse(question, &host, limit, revealed)).await {
            Ok(result) => result,
            Err(_) => Err(Delivery::again(format!("{host}: {}", words::silent(limit)))),
        }
    }

    async fn converse(&self, question: Question, host: &str, limit: Duration, revealed: &mut Revealed) -> Result<Answer, Delivery> {
        let address = Url::parse(&question.address).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        let Some(address) = address else { return Err(Delivery::refused("the address is none that HTTP can be spoken to")) };
        let note = Note::default();
        let client = self.client(&note).await.map_err(|fault| Delivery::from_fault(&fault))?;
        let headers = self.headers(&question, revealed).await.map_err(|fault| Delivery::from_fault(&fault))?;
        let request = client.request(question.method, address).headers(headers).body(question.body).timeout(within(limit));
        let failed = |error: reqwest::Error, revealed: &Revealed| {
            let why = words::reason(&error.without_url(), &note.peek(), limit).replace(words::BY_CA, "name it in tls_config under ca_file");
            Delivery::again(format!("{host}: {}", plain::quoted(&revealed.hide(&why))))
        };
        let mut answer = request.send().await.map_err(|error| failed(error, revealed))?;
        let (status, waits, is_json) = (answer.status(), header(&answer, RETRY_AFTER), header(&answer, CONTENT_TYPE));
        let mut body = Vec::new();
        while body.len() < ANSWER {
            match answer.chunk().await {
                Ok(Some(piece)) => body.extend_from_slice(&piece[..piece.len().min(ANSWER - body.len())]),
                Ok(None) => break,
                // What was taken was taken, even if the rest of the answer is lost.
                Err(_) if status.is_success() => break,
                Err(error) => return Err(failed(error, revealed)),
            }
        }
        let body = revealed.hide(&String::from_utf8_lossy(&body));
        let is_json = is_json.is_some_and(|kind| kind.starts_with("application/json"));
        Ok(Answer { host: host.to_owned(), status: status.as_u16(), waits, is_json, body })
    }

    async fn client(&self, note: &Note) -> Outcome<reqwest::Client> {
        let mut making = Make::new(self.tls.roots().await?, Connections::Each);
        making.identity = self.tls.identity().await?;
        making.name = self.tls.name()?;
        making.anybody = self.tls.anybody;
        making.follows = !self.stays;
        making.proxy = match &self.proxy {
            None if self.proxy_by_environment => Proxied::ByEnvironment,
            None => Proxied::Nobody,
            Some(address) => {
                let bad = |_| Fault::refused("bad-address", "proxy_url is no address of a proxy.").hint("Write it as http://host:port.");
                let proxy = reqwest::Proxy::all(address.reveal().await?).map_err(bad)?;
                Proxied::Through(Box::new(proxy.no_proxy(self.not_for.as_deref().and_then(reqwest::NoProxy::from_string))))
            }
        };
        make(making, note, &Stopwatch::new(Aside::default()))
    }

    async fn headers(&self, question: &Question, revealed: &mut Revealed) -> Outcome<HeaderMap> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        for (name, secret) in &self.headers {
            let bad = || Fault::refused("bad-header", format!("The header {} of http_config cannot be sent.", plain::quoted(name)));
            let value = revealed.reveal(secret).await?;
            let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| bad())?;
            headers.insert(name, HeaderValue::from_str(&value).map_err(|_| bad())?);
        }
        let access = match (&question.authorization, &self.access) {
            (Some(text), _) => Some(text.clone()),
            (None, None) => None,
            (None, Some(Access::Word(word, secret))) => Some(format!("{word} {}", revealed.reveal(secret).await?)),
            (None, Some(Access::Basic(user, password))) => {
                let user = user.reveal().await?;
                let password = match password {
                    None => String::new(),
                    Some(password) => revealed.reveal(password).await?,
                };
                let pair = base64::plain(format!("{user}:{password}").as_bytes());
                revealed.note(&pair);
                Some(format!("Basic {pair}"))
            }
        };
        if let Some(access) = access {
            let bad = |_| Fault::refused("bad-header", "A secret cannot be sent: it holds what no header may hold.");
            headers.insert(AUTHORIZATION, HeaderValue::from_str(&access).map_err(bad)?);
        }
        Ok(headers)
    }
}

fn access(given: &Given<'_>, findings: &mut Findings) -> Option<Access> {
    if let Some(node) = given.node("basic_auth") {
        let keys = ["username", "username_file", "username_ref", "password", "password_file", "password_ref"];
        let basic = Given::read(node, &given.path("basic_auth"), &keys, findings)?;
        let (user, password) = (basic.secret("username", findings), basic.secret("password", findings));
        return Some(Access::Basic(user.unwrap_or_else(|| Secret::Written(String::new())), password));
    }
    if let Some(node) = given.node("authorization") {
        let keys = ["type", "credentials", "credentials_file", "credentials_ref"];
        let word = Given::read(node, &given.path("authorization"), &keys, findings)?;
        let kind = word.text("type", findings).unwrap_or_else(|| "Bearer".to_owned());
        return Some(Access::Word(kind, word.secret("credentials", findings)?));
    }
    given.secret("bearer_token", findings).map(|token| Access::Word("Bearer".to_owned(), token))
}

/// `http_headers: {Name: {values: […], secrets: […], files: […]}}`.
fn headers(given: &Given<'_>, findings: &mut Findings) -> Vec<(String, Secret)> {
    let Some(Value::Mapping(entries)) = given.node("http_headers").map(|node| &node.value) else { return Vec::new() };
    let folder = super::secret::folder(findings);
    let mut headers = Vec::new();
    for entry in entries {
        let path = format!("{}.{}", given.path("http_headers"), entry.key);
        let Some(header) = Given::read(&entry.node, &path, &["values", "secrets", "files"], findings) else { continue };
        let written = [header.texts("values", findings), header.texts("secrets", findings)].concat();
        let written = written.iter().map(|text| Secret::new(text, &folder));
        let files = header.texts("files", findings).into_iter().map(|path| Secret::File(folder.join(path)));
        headers.extend(written.chain(files).map(|secret| (entry.key.clone(), secret)));
    }
    headers
}

fn header(answer: &reqwest::Response, name: HeaderName) -> Option<String> {
    answer.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

/// What a server is asked.
pub struct Question {
    /// How.
    pub method: Method,
    /// Where; may be a secret.
    pub address: String,
    /// JSON.
    pub body: Vec<u8>,
    /// What `http_config` would say otherwise.
    pub authorization: Option<String>,
}

impl Question {
    /// JSON that is posted.
    pub fn post(address: String, body: &serde_json::Value) -> Self {
        Self { method: Method::POST, address, body: body.to_string().into_bytes(), authorization: None }
    }
}

/// What a server said.
#[derive(Debug)]
pub struct Answer {
    host: String,
    /// The status.
    pub status: u16,
    waits: Option<String>,
    /// True where its body says that it is JSON.
    pub is_json: bool,
    /// Its body, or the beginning of it, without secrets.
    pub body: String,
}

impl Answer {
    /// How a message fared: 2xx took it; 408, 425, 429 and 5xx may take it later.
    pub fn delivery(&self, now: Moment) -> Delivery {
        let said = if self.body.trim().is_empty() { String::new() } else { format!(": {}", plain::quoted(&self.body)) };
        let words = format!("{} answered {}{said}", self.host, self.status);
        match self.status {
            200..300 => Delivery::Sent { answer: words },
            408 | 425 | 429 | 500..600 => Delivery::Again { why: words, after: self.wait(now) },
            _ => Delivery::Refused { why: words },
        }
    }

    /// The same where the server says in another way that it refused.
    pub fn refused(&self, why: &str) -> Delivery {
        Delivery::Refused { why: format!("{} answered {}: {}", self.host, self.status, plain::quoted(why)) }
    }

    /// How long it wants us to wait: so many seconds, or up to a time (RFC 9110 §10.2.3).
    fn wait(&self, now: Moment) -> Option<Duration> {
        let text = self.waits.as_deref()?.trim();
        let seconds = text.parse::<u64>().ok().map(Duration::from_secs);
        let until = || {
            let at = DateTime::parse_from_rfc2822(text).ok()?.timestamp_millis();
            Some(Duration::from_millis(u64::try_from(at - now).unwrap_or(0)))
        };
        seconds.or_else(until).map(|wait| wait.min(LONGEST_WAIT))
    }
}
