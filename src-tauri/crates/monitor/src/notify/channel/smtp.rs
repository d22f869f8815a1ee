//! A conversation with a mail server (RFC 5321), over TLS from the start or from STARTTLS on (RFC 3207).

use std::{error::Error, time::Duration};

use lettre::{
    address::Envelope,
    transport::smtp::{
        authentication::{Credentials, Mechanism},
        client::{AsyncSmtpConnection, Certificate, CertificateStore, Identity, TlsParameters},
        extension::ClientId,
    },
};
use quarterdeck_model::{Fault, Outcome};

use super::{
    Delivery, plain,
    secret::{Revealed, Secret},
    tls::Tls,
};
use crate::collectors::http::{aside::Aside, verifier::Shown, words};

/// Mechanisms that are offered, in this order.
const MECHANISMS: [Mechanism; 2] = [Mechanism::Plain, Mechanism::Login];

/// A server that takes letters.
#[derive(Debug, Clone)]
pub struct Server {
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Who we say we are.
    pub hello: String,
    /// How one is let in.
    pub login: Option<Login>,
    /// True where nothing is sent without TLS.
    pub needs_tls: bool,
    /// True where TLS begins before the first word.
    pub implicit: bool,
    /// Whom to trust.
    pub tls: Tls,
}

/// A user and a password.
#[derive(Debug, Clone)]
pub struct Login {
    /// Who.
    pub user: String,
    /// The password.
    pub password: Secret,
}

impl Server {
    /// Hands a letter over. The limit counts for all of it.
    pub async fn deliver(&self, envelope: &Envelope, letter: &[u8], limit: Duration) -> Result<Delivery, Delivery> {
        let mut step = Step("connecting");
        match tokio::time::timeout(limit, self.converse(envelope, letter, limit, &mut step)).await {
            Ok(result) => result,
            Err(_) => Err(Delivery::again(format!("{}:{}: {} ({})", self.host, self.port, words::silent(limit), step.0))),
        }
    }

    async fn converse(&self, envelope: &Envelope, letter: &[u8], limit: Duration, step: &mut Step) -> Result<Delivery, Delivery> {
        let mut revealed = Revealed::default();
        let tls = if self.implicit || self.needs_tls { Some(self.parameters().await?) } else { None };
        let hello = ClientId::Domain(plain::line(&self.hello, 255));
        let failed = |step: &Step, error: lettre::transport::smtp::Error, revealed: &Revealed| self.failed(step.0, &error, limit, revealed);
        let at_once = tls.clone().filter(|_| self.implicit);
        let mut server = AsyncSmtpConnection::connect_tokio1((self.host.as_str(), self.port), Some(limit), &hello, at_once, None)
            .await
            .map_err(|error| failed(step, error, &revealed))?;
        if let Some(tls) = tls.filter(|_| !self.implicit) {
            *step = Step("STARTTLS");
            if !server.can_starttls() {
                let why = format!("{}:{} offers no STARTTLS, and require_tls is true", self.host, self.port);
                return Err(Delivery::again(why));
            }
            server.starttls(tls, &hello).await.map_err(|error| failed(step, error, &revealed))?;
        }
        *step = Step("AUTH");
        if let Some((login, mechanism)) = self.login.as_ref().zip(server.server_info().get_auth_mechanism(&MECHANISMS)) {
            if !server.is_encrypted() && !self.is_here() {
                let why = format!("{}:{} would get the password without TLS: set require_tls", self.host, self.port);
                return Err(Delivery::refused(why));
            }
            let password = revealed.reveal(&login.password).await.map_err(|fault| Delivery::from_fault(&fault))?;
            revealed.note(&crate::template::base64::plain(password.as_bytes()));
            let credentials = Credentials::new(login.user.clone(), password);
            server.auth(&[mechanism], &credentials).await.map_err(|error| failed(step, error, &revealed))?;
        }
        *step = Step("the letter");
        let answer = server.send(envelope, letter).await.map_err(|error| failed(step, error, &revealed))?;
        let said: Vec<&str> = answer.message().collect();
        let said = plain::quoted(&revealed.hide(&format!("{}:{} answered {} {}", self.host, self.port, answer.code(), said.join(" "))));
        // The letter was taken; a server that does not say goodbye takes nothing back.
        drop(server.quit().await);
        Ok(Delivery::Sent { answer: said })
    }

    /// True where the server is this machine: nobody listens in between.
    fn is_here(&self) -> bool {
        ["localhost", "127.0.0.1", "::1"].contains(&self.host.as_str())
    }

    async fn parameters(&self) -> Result<TlsParameters, Delivery> {
        let (tls, host) = (self.tls.clone(), self.host.clone());
        let reveal = async |secret: &Option<Secret>| match secret {
            Some(secret) => secret.reveal().await.map(Some),
            None => Ok(None),
        };
        let material =
            async || -> Outcome<_> { Ok((reveal(&tls.authority).await?, reveal(&tls.certificate).await?, reveal(&tls.key).await?)) };
        let (authority, certificate, key) = material().await.map_err(|fault| Delivery::from_fault(&fault))?;
        let name = tls.server.clone().unwrap_or(host);
        // The machine's own certificates are read from disk.
        let built = Aside::default().run(move || parameters(name, tls.anybody, authority, certificate.zip(key))).await;
        built.and_then(|built| built).map_err(|fault| Delivery::from_fault(&fault))
    }

    /// What a server refuses for good (5xx) stays refused; everything else may be otherwise later.
    fn failed(&self, step: &str, error: &lettre::transport::smtp::Error, limit: Duration, revealed: &Revealed) -> Delivery {
        let slow = error.is_timeout().then(|| words::silent(limit));
        let why = match error.status() {
            Some(_) => error.to_string(),
            None => words::why(error, slow, &Shown::default()),
        };
        let why = format!("{}:{}: {step}: {}", self.host, self.port, plain::quoted(&revealed.hide(&why)));
        if error.is_permanent() { Delivery::refused(why) } else { Delivery::again(why) }
    }
}

/// Where in a conversation we are.
struct Step(&'static str);

fn parameters(name: String, anybody: bool, authority: Option<String>, identity: Option<(String, String)>) -> Outcome<TlsParameters> {
    let wrong = |error: &dyn Error| Fault::failed("bad-tls", format!("tls_config cannot be used: {error}."));
    let mut builder = TlsParameters::builder(name).dangerous_accept_invalid_certs(anybody).dangerous_accept_invalid_hostnames(anybody);
    if let Some(pem) = authority {
        let certificate = Certificate::from_pem(pem.as_bytes()).map_err(|error| wrong(&error))?;
        builder = builder.certificate_store(CertificateStore::None).add_root_certificate(certificate);
    }
    if let Some((certificate, key)) = identity {
        builder = builder.identify_with(Identity::from_pem(certificate.as_bytes(), key.as_bytes()).map_err(|error| wrong(&error))?);
    }
    builder.build().map_err(|error| wrong(&error))
}
