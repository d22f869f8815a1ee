//! Certificates are judged by webpki, and noted before that: an expired one is measured, too.

use std::sync::{Arc, Mutex, PoisonError};

use rustls::{
    CertificateError, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
    client::{
        WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::CryptoProvider,
    pki_types::{CertificateDer, ServerName, UnixTime},
};

use super::der;

/// What the last visit showed.
#[derive(Debug, Clone, Default)]
pub struct Shown {
    /// When the first of its certificates ends, in seconds since 1970.
    pub until: Option<i64>,
    /// True where the server's certificate was signed by itself.
    pub by_itself: bool,
    /// What both agreed on, e.g. `TLS 1.3`; nothing where they did not.
    pub version: Option<&'static str>,
    /// How often the visitor was sent on.
    pub redirects: usize,
}

/// Shared by a client, its handshakes and its redirects.
#[derive(Debug, Clone, Default)]
pub struct Note(Arc<Mutex<Shown>>);

impl Note {
    /// What was noted since the last time.
    pub fn take(&self) -> Shown {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// What was noted so far.
    pub fn peek(&self) -> Shown {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Notes something.
    pub fn set(&self, change: impl FnOnce(&mut Shown)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

/// Notes, then asks webpki.
#[derive(Debug)]
pub struct Verifier {
    judge: Option<Arc<WebPkiServerVerifier>>,
    provider: Arc<CryptoProvider>,
    note: Note,
    name: Option<ServerName<'static>>,
    anybody: bool,
}

impl Verifier {
    /// Trusts these roots. Where there are none, nobody is trusted, and plain HTTP works all the same.
    pub fn new(roots: Arc<RootCertStore>, provider: Arc<CryptoProvider>, note: Note) -> Self {
        // It refuses empty roots, and nothing else without revocation lists.
        let judge = WebPkiServerVerifier::builder_with_provider(roots, Arc::clone(&provider)).build().ok();
        Self { judge, provider, note, name: None, anybody: false }
    }

    /// Expects another name than the address has, or trusts anybody: because a user said so.
    pub fn expecting(self, name: Option<ServerName<'static>>, anybody: bool) -> Self {
        Self { name, anybody, ..self }
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        server: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        stapled: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let ends = std::iter::once(server).chain(others).filter_map(|certificate| der::read(certificate)).map(|read| read.until);
        let by_itself = der::read(server).is_some_and(|read| read.subject == read.issuer);
        let until = ends.min();
        self.note.set(|shown| (shown.until, shown.by_itself) = (until, by_itself));
        let name = self.name.as_ref().unwrap_or(name);
        match &self.judge {
            _ if self.anybody => Ok(ServerCertVerified::assertion()),
            Some(judge) => judge.verify_server_cert(server, others, name, stapled, now),
            None => Err(Error::InvalidCertificate(CertificateError::UnknownIssuer)),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.note.set(|shown| shown.version = Some("TLS 1.2"));
        rustls::crypto::verify_tls12_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.note.set(|shown| shown.version = Some("TLS 1.3"));
        rustls::crypto::verify_tls13_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
