//! E-mail: what it says, and to whom.

use std::time::{Duration, UNIX_EPOCH};

use chrono::DateTime;
use lettre::{
    Address, Message as Letter,
    address::Envelope,
    message::{
        Attachment, Mailboxes, MultiPart, SinglePart,
        header::{ContentType, HeaderName, HeaderValue},
    },
};
use quarterdeck_document::{findings::Findings, yaml::Node};

use super::{
    Common, Delivery, Global, Telling,
    given::Given,
    plain,
    secret::Secret,
    smtp::{Login, Server},
    tls::Tls,
};

const KEYS: &[&str] = &[
    "send_resolved",
    "to",
    "from",
    "hello",
    "smarthost",
    "auth_username",
    "auth_password",
    "auth_password_file",
    "auth_secret",
    "auth_secret_file",
    "auth_identity",
    "headers",
    "html",
    "text",
    "require_tls",
    "tls_config",
    "force_implicit_tls",
    "threading",
];

/// Where a page shows the picture; else it comes last.
const CHART: &str = "<!-- chart -->";

/// The picture's name inside of the letter.
const CHART_ID: &str = "chart@quarterdeck";

/// An address for letters, and the server that takes them.
#[derive(Debug, Clone)]
pub struct Email {
    server: Server,
    to: String,
    from: String,
    /// Names as they are written in letters, with templates.
    headers: Vec<(String, String)>,
    html: String,
    text: String,
    threads: Option<Threads>,
}

/// How letters about the same group hang together.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Threads {
    Always,
    Daily,
}

impl Email {
    /// Reads one of `email_configs`.
    pub fn read(node: &Node, path: &str, global: &Global, findings: &mut Findings) -> Option<(Common, Self)> {
        let given = Given::read(node, path, KEYS, findings)?;
        let mut common = Common::read(&given, false, findings);
        let to = given.text("to", findings);
        if to.is_none() {
            given.missing("to", "to: people@example.org", findings);
        }
        let from = given.text("from", findings).or_else(|| global.smtp.from.clone());
        if from.is_none() {
            given.missing("from", "from: alerts@example.org", findings);
        }
        let headers = headers(&given, findings);
        let email = Self {
            server: server(&given, global, &mut common, findings)?,
            to: to?,
            from: from?,
            headers,
            html: given.text_or("html", "{{ template \"email.default.html\" . }}", findings),
            text: given.text_or("text", "", findings),
            threads: threads(&given, findings),
        };
        Some((common, email))
    }

    /// To whom.
    pub fn summary(&self) -> String {
        plain::line(&self.to, 200)
    }

    pub(super) async fn tell(&self, telling: &Telling<'_>) -> Result<Delivery, Delivery> {
        let (envelope, letter) = self.letter(telling)?;
        self.server.deliver(&envelope, &letter.formatted(), telling.limit).await
    }

    pub(super) fn rehearse(&self, telling: &Telling<'_>) -> Result<(), Delivery> {
        self.letter(telling).map(drop)
    }

    fn letter(&self, telling: &Telling<'_>) -> Result<(Envelope, Letter), Delivery> {
        let (from, to) = (addresses("from", &self.from, telling)?, addresses("to", &self.to, telling)?);
        let from = match <[_; 1]>::try_from(from.into_iter().collect::<Vec<_>>()) {
            Ok([from]) => from,
            Err(others) => return Err(Delivery::refused(format!("from must be one address, not {}", others.len()))),
        };
        let envelope = Envelope::new(Some(from.email.clone()), to.iter().map(|mailbox| mailbox.email.clone()).collect());
        let envelope = envelope.map_err(|error| Delivery::refused(format!("the letter has no addresses: {error}")))?;
        let now = UNIX_EPOCH + Duration::from_millis(u64::try_from(telling.means.now).unwrap_or(0));
        let mut builder = Letter::builder().from(from.clone()).date(now).message_id(Some(name(telling, &from.email)));
        for mailbox in to {
            builder = builder.to(mailbox);
        }
        if let Some(threads) = self.threads {
            let root = root(telling, threads);
            builder = builder.references(root.clone()).in_reply_to(root);
        }
        let parts = self.parts(telling)?;
        let mut letter = builder.envelope(envelope.clone()).multipart(parts).map_err(unwritable)?;
        for (name, template) in &self.headers {
            let value = telling.line(template, plain::TITLE)?;
            let name = HeaderName::new_from_ascii(name.clone()).map_err(unwritable)?;
            letter.headers_mut().insert_raw(HeaderValue::new(name, value));
        }
        Ok((envelope, letter))
    }

    /// Text before the page, which readers prefer (RFC 2046 §5.1.4); the picture lies beside the page.
    fn parts(&self, telling: &Telling<'_>) -> Result<MultiPart, Delivery> {
        let mut parts = MultiPart::alternative().build();
        if !self.text.is_empty() {
            parts = parts.singlepart(SinglePart::plain(telling.text(&self.text)?));
        }
        if self.html.is_empty() {
            return Ok(parts);
        }
        let page = telling.page(&self.html)?;
        let Some(chart) = telling.means.chart else { return Ok(parts.singlepart(SinglePart::html(page))) };
        let kind = ContentType::parse("image/png").map_err(unwritable)?;
        let picture = Attachment::new_inline_with_name(CHART_ID.to_owned(), "chart.png".to_owned()).body(chart.to_vec(), kind);
        let page = SinglePart::html(with_chart(&page));
        Ok(parts.multipart(MultiPart::related().singlepart(page).singlepart(picture)))
    }
}

fn with_chart(page: &str) -> String {
    let image = format!("<p><img src=\"cid:{CHART_ID}\" alt=\"The value over time\" style=\"max-width: 100%;\"></p>");
    if page.contains(CHART) {
        page.replacen(CHART, &image, 1)
    } else if let Some(at) = page.rfind("</body>") {
        format!("{}{image}{}", &page[..at], &page[at..])
    } else {
        format!("{page}{image}")
    }
}

fn unwritable(error: impl std::fmt::Display) -> Delivery {
    Delivery::refused(format!("the letter cannot be written: {error}"))
}

fn addresses(key: &str, template: &str, telling: &Telling<'_>) -> Result<Mailboxes, Delivery> {
    let text = telling.line(template, plain::BODY)?;
    text.parse().map_err(|_| Delivery::refused(format!("{key} holds no addresses: {}", plain::quoted(&text))))
}

/// The name of a letter. The same group at the same moment has the same one: a letter that was sent twice can be told from two.
fn name(telling: &Telling<'_>, from: &Address) -> String {
    format!("<{}.{}@{}>", &telling.key()[..16], telling.means.now, from.domain())
}

/// The letter that all letters of a group answer to; nobody has it.
fn root(telling: &Telling<'_>, threads: Threads) -> String {
    let day = DateTime::from_timestamp_millis(telling.means.now).map(|now| now.format("%Y-%m-%d").to_string());
    let day = day.filter(|_| threads == Threads::Daily).unwrap_or_default();
    format!("<alert-{}-{day}@quarterdeck>", &telling.key()[..16])
}

/// Headers of the configuration; the subject where it has none.
fn headers(given: &Given<'_>, findings: &mut Findings) -> Vec<(String, String)> {
    let mut headers: Vec<(String, String)> = Vec::new();
    for (name, template) in given.pairs("headers", findings) {
        let name = canonical(&name);
        if let (true, Some(node)) = (headers.iter().any(|(known, _)| *known == name), given.node("headers")) {
            findings.add(node.at, format!("{} has {name} twice.", given.path("headers")), "Keep one of them; capitals do not count.");
        }
        headers.push((name, template));
    }
    if !headers.iter().any(|(name, _)| name == "Subject") {
        headers.push(("Subject".to_owned(), "{{ template \"email.default.subject\" . }}".to_owned()));
    }
    headers
}

/// `message-id` → `Message-Id`.
fn canonical(name: &str) -> String {
    let part = |part: &str| part.get(..1).map_or(String::new(), |first| first.to_uppercase() + &part[1..].to_lowercase());
    name.split('-').map(part).collect::<Vec<_>>().join("-")
}

fn threads(given: &Given<'_>, findings: &mut Findings) -> Option<Threads> {
    let node = given.node("threading")?;
    let threading = Given::read(node, &given.path("threading"), &["enabled", "thread_by_date"], findings)?;
    if threading.truth("enabled", findings) != Some(true) {
        return None;
    }
    match threading.text("thread_by_date", findings).as_deref() {
        Some("daily") => Some(Threads::Daily),
        Some("none") => Some(Threads::Always),
        _ => {
            findings.add(node.at, format!("{} is not known.", threading.path("thread_by_date")), "Write none or daily.");
            None
        }
    }
}

/// The server of the channel, or that of all channels.
fn server(given: &Given<'_>, global: &Global, common: &mut Common, findings: &mut Findings) -> Option<Server> {
    let smtp = &global.smtp;
    let (own, own_secret) = (given.secret("auth_password", findings), given.secret("auth_secret", findings));
    let password = own.or_else(|| smtp.password.clone());
    let secret = own_secret.or_else(|| smtp.secret.clone());
    let user = given.text("auth_username", findings).or_else(|| smtp.user.clone());
    if user.is_some() && password.is_none() && secret.is_some() {
        common.remarks.push("CRAM-MD5 is not spoken here: give auth_password or auth_password_file instead of auth_secret");
    }
    if given.text("auth_identity", findings).or_else(|| smtp.identity.clone()).is_some() {
        common.remarks.push("auth_identity is not sent");
    }
    let tls = given.node("tls_config").and_then(|node| Tls::read(node, &given.path("tls_config"), findings));
    let plain = given.truth("require_tls", findings).map_or(smtp.plain, |required| !required);
    let implicit = given.truth("force_implicit_tls", findings).or(smtp.implicit);
    let Some(smarthost) = given.text("smarthost", findings).or_else(|| smtp.host.clone()) else {
        given.missing("smarthost", "smarthost: mail.example.org:587", findings);
        return None;
    };
    let split = smarthost.rsplit_once(':').and_then(|(host, port)| Some((host.trim_matches(['[', ']']).to_owned(), port.parse().ok()?)));
    let Some((host, port)) = split.filter(|(host, _)| !host.is_empty()) else {
        let at = given.node("smarthost").map_or(given.at(), |node| node.at);
        findings.add(at, "smarthost must be a host and a port.", "Write it as mail.example.org:587.");
        return None;
    };
    Some(Server {
        host,
        port,
        hello: given.text("hello", findings).or_else(|| smtp.hello.clone()).unwrap_or_else(|| "localhost".to_owned()),
        login: user.zip(password).map(|(user, password): (String, Secret)| Login { user, password }),
        needs_tls: !plain,
        implicit: implicit.unwrap_or(port == 465),
        tls: tls.unwrap_or_else(|| smtp.tls.clone()),
    })
}
