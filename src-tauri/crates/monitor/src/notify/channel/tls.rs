//! `tls_config`: whom to trust, and what to show of oneself.

use std::sync::Arc;

use quarterdeck_document::{findings::Findings, yaml::Node};
use quarterdeck_model::{Fault, Outcome};
use rustls::{
    RootCertStore,
    pki_types::{CertificateDer, PrivateKeyDer, ServerName, pem::PemObject},
};

use super::{given::Given, secret::Secret};
use crate::collectors::http::client;

const KEYS: &[&str] = &[
    "ca",
    "ca_file",
    "ca_ref",
    "cert",
    "cert_file",
    "cert_ref",
    "key",
    "key_file",
    "key_ref",
    "server_name",
    "insecure_skip_verify",
    "min_version",
    "max_version",
];

/// What a `tls_config` says.
#[derive(Debug, Clone, Default)]
pub struct Tls {
    /// Certificates (PEM) that are trusted in place of the machine's own.
    pub authority: Option<Secret>,
    /// A certificate (PEM) to show.
    pub certificate: Option<Secret>,
    /// Its key (PEM).
    pub key: Option<Secret>,
    /// Whose certificate is expected.
    pub server: Option<String>,
    /// True where any certificate will do.
    pub anybody: bool,
}

impl Tls {
    /// Reads it.
    pub fn read(node: &Node, path: &str, findings: &mut Findings) -> Option<Self> {
        let given = Given::read(node, path, KEYS, findings)?;
        let tls = Self {
            authority: given.secret("ca", findings),
            certificate: given.secret("cert", findings),
            key: given.secret("key", findings),
            server: given.text("server_name", findings),
            anybody: given.truth("insecure_skip_verify", findings).unwrap_or(false),
        };
        if tls.certificate.is_some() != tls.key.is_some() {
            findings.add(given.at(), format!("{path} has only one of cert_file and key_file."), "Give both, or neither.");
        }
        Some(tls)
    }

    /// Whom to trust.
    pub async fn roots(&self) -> Outcome<Arc<RootCertStore>> {
        let Some(secret) = &self.authority else { return Ok(client::machine_roots()) };
        let mut roots = RootCertStore::empty();
        let pem = secret.reveal().await?;
        for certificate in certificates(&pem, secret)? {
            roots.add(certificate).map_err(|error| unusable(secret, &error.to_string()))?;
        }
        if roots.is_empty() { Err(unusable(secret, "there is no certificate in it")) } else { Ok(Arc::new(roots)) }
    }

    /// What to show.
    pub async fn identity(&self) -> Outcome<Option<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>)>> {
        let Some((certificate, key)) = self.certificate.as_ref().zip(self.key.as_ref()) else { return Ok(None) };
        let chain = certificates(&certificate.reveal().await?, certificate)?;
        let pem = key.reveal().await?;
        let key = PrivateKeyDer::from_pem_slice(pem.as_bytes()).map_err(|_| unusable(key, "there is no key in it"))?;
        Ok(Some((chain, key)))
    }

    /// Whose certificate is expected, where that is not the host's.
    pub fn name(&self) -> Outcome<Option<ServerName<'static>>> {
        let name = self.server.as_ref().map(|name| {
            let wrong = |_| Fault::refused("bad-tls", format!("server_name {name:?} is no name.")).hint("Write the name of a host.");
            ServerName::try_from(name.clone()).map_err(wrong)
        });
        name.transpose()
    }
}

fn certificates(pem: &str, secret: &Secret) -> Outcome<Vec<CertificateDer<'static>>> {
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem.as_bytes()).collect();
    read.map_err(|error| unusable(secret, &error.to_string()))
}

fn unusable(secret: &Secret, why: &str) -> Fault {
    let hint = "Name a file with certificates or a key in PEM.";
    Fault::failed("bad-tls", format!("What tls_config names cannot be used ({secret}): {why}.")).hint(hint)
}
