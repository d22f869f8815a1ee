//! A client for one target. It speaks HTTP and HTTPS and nothing else, follows few redirects, and takes no more than it was told to.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
    time::{Duration, SystemTime},
};

use quarterdeck_model::{Fault, Outcome};
use reqwest::{RequestBuilder, Url, redirect};
use rustls::{
    ClientConfig, RootCertStore,
    client::Resumption,
    pki_types::{CertificateDer, pem::PemObject},
};

use super::{
    timing::{Stopwatch, Watched},
    verifier::{Note, Verifier},
};

/// Redirects that are followed.
const REDIRECTS: usize = 5;

/// A secret, fetched at each visit, so that a new one counts at once. Its value is never kept or shown.
pub type Secret = Arc<dyn Fn() -> Outcome<String> + Send + Sync>;

/// An address, and how it is spoken to.
#[derive(Clone)]
pub struct Target {
    /// `http://…` or `https://…`. What stands in it as user and password is refused: definitions hold no secrets.
    pub address: String,
    /// A file of certificates (PEM) that are trusted beside the machine's own.
    pub authority: Option<PathBuf>,
    /// What opens the door.
    pub access: Option<Access>,
}

/// How a visitor proves who it is.
#[derive(Clone)]
pub enum Access {
    /// `Authorization: Bearer …`.
    Bearer(Secret),
    /// A user and a password.
    Basic(String, Secret),
}

/// How often a connection is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Connections {
    /// At each visit: what a stranger who comes now would see is measured.
    Each,
    /// Once, and kept between visits.
    Kept,
}

/// Speaks to one target.
pub struct Visitor {
    target: Target,
    address: Url,
    connections: Connections,
    made: Option<Made>,
    /// What the last visit showed.
    pub note: Note,
    /// How long the parts of the last visit took.
    pub watch: Stopwatch,
}

struct Made {
    client: reqwest::Client,
    authority: Option<(SystemTime, u64)>,
}

impl Visitor {
    /// Checks the address. Fault `bad-address`.
    pub fn new(target: Target, connections: Connections) -> Outcome<Self> {
        let address = Url::parse(&target.address).map_err(|error| bad_address(&target.address, &error.to_string()))?;
        if !matches!(address.scheme(), "http" | "https") {
            return Err(bad_address(&target.address, "it begins with neither http:// nor https://"));
        }
        if !address.username().is_empty() || address.password().is_some() {
            // Not repeated: it may hold a password.
            return Err(bad_address("of a probe", "it holds a user or a password"));
        }
        Ok(Self { target, address, connections, made: None, note: Note::default(), watch: Stopwatch::default() })
    }

    /// The address, for people.
    pub fn address(&self) -> &str {
        &self.target.address
    }

    /// True where it is spoken to over TLS.
    pub fn is_encrypted(&self) -> bool {
        self.address.scheme() == "https"
    }

    /// A request to the target. Faults: what keeps it from being made on our side: a file of certificates, a secret.
    pub async fn request(&mut self) -> Outcome<RequestBuilder> {
        let state = authority_state(self.target.authority.clone()).await?;
        let client = match &self.made {
            Some(made) if made.authority == state => made.client.clone(),
            _ => {
                let client = self.client(roots(self.target.authority.clone()).await?)?;
                self.made = Some(Made { client: client.clone(), authority: state });
                client
            }
        };
        let request = client.get(self.address.clone());
        Ok(match self.target.access.clone() {
            None => request,
            Some(Access::Bearer(secret)) => request.bearer_auth(aside(move || secret()).await?),
            Some(Access::Basic(user, secret)) => request.basic_auth(user, Some(aside(move || secret()).await?)),
        })
    }

    fn client(&self, roots: Arc<RootCertStore>) -> Outcome<reqwest::Client> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let verifier = Verifier::new(roots, Arc::clone(&provider), self.note.clone());
        let mut tls = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| Fault::bug(format!("TLS cannot be set up: {error}.")))?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier))
            .with_no_client_auth();
        tls.resumption = Resumption::store(Arc::new(self.watch.clone()));
        let (watch, note) = (self.watch.clone(), self.note.clone());
        let builder = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .dns_resolver(Arc::new(self.watch.clone()))
            .connector_layer(tower_layer::layer_fn(move |inner| Watched { inner, watch: watch.clone() }))
            .no_proxy()
            .referer(false)
            .redirect(redirect::Policy::custom(move |attempt| follow(attempt, &note)))
            .user_agent(concat!("quarterdeck/", env!("CARGO_PKG_VERSION")));
        let builder = match self.connections {
            // What is measured of a probe is what is sent: a body that unpacks to gigabytes stays packed.
            Connections::Each => builder.pool_max_idle_per_host(0).no_gzip(),
            Connections::Kept => builder.pool_max_idle_per_host(1),
        };
        builder.build().map_err(|error| Fault::bug(format!("No HTTP client can be made: {error}.")))
    }
}

/// Few, and never to a file or anything else.
fn follow(attempt: redirect::Attempt<'_>, note: &Note) -> redirect::Action {
    note.set(|shown| shown.redirects = attempt.previous().len());
    if !matches!(attempt.url().scheme(), "http" | "https") {
        let scheme = attempt.url().scheme().to_owned();
        attempt.error(format!("it sends its visitors to {scheme}:, which is not followed"))
    } else if attempt.previous().len() > REDIRECTS {
        attempt.error(format!("it sends its visitors on more than {REDIRECTS} times"))
    } else {
        attempt.follow()
    }
}

/// Looked at before each visit: certificates that are renewed count at once.
async fn authority_state(file: Option<PathBuf>) -> Outcome<Option<(SystemTime, u64)>> {
    let Some(file) = file else { return Ok(None) };
    aside(move || {
        let metadata = std::fs::metadata(&file).map_err(|error| bad_authority(&file, &error.to_string()))?;
        let changed = metadata.modified().map_err(|error| bad_authority(&file, &error.to_string()))?;
        Ok(Some((changed, metadata.len())))
    })
    .await
}

async fn roots(authority: Option<PathBuf>) -> Outcome<Arc<RootCertStore>> {
    aside(move || match authority {
        None => Ok(machine_roots()),
        Some(file) => {
            let mut roots = RootCertStore::clone(&machine_roots());
            let certificates = CertificateDer::pem_file_iter(&file).map_err(|error| bad_authority(&file, &error.to_string()))?;
            let mut added = 0;
            for certificate in certificates {
                let certificate = certificate.map_err(|error| bad_authority(&file, &error.to_string()))?;
                roots.add(certificate).map_err(|error| bad_authority(&file, &error.to_string()))?;
                added += 1;
            }
            if added == 0 {
                return Err(bad_authority(&file, "it holds no certificate"));
            }
            Ok(Arc::new(roots))
        }
    })
    .await
}

/// Whom this machine trusts: read once in a process, and shared. A machine without any trusts nobody.
fn machine_roots() -> Arc<RootCertStore> {
    static ROOTS: OnceLock<Arc<RootCertStore>> = OnceLock::new();
    let read = || {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        Arc::new(roots)
    };
    Arc::clone(ROOTS.get_or_init(read))
}

/// Runs what may wait for a disk where nobody waits for it.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> Outcome<T> + Send + 'static) -> Outcome<T> {
    let joined = tokio::task::spawn_blocking(work).await;
    joined.unwrap_or_else(|error| Err(Fault::bug(format!("Reading what a visit needs came to a bad end: {error}."))))
}

/// The time a visit has for the network, so that it can still say what it found when its limit comes.
pub fn within(limit: Duration) -> Duration {
    limit - (limit / 10).min(Duration::from_millis(250))
}

fn bad_address(address: &str, why: &str) -> Fault {
    Fault::usage("bad-address", format!("The address {address} cannot be visited: {why}."))
        .hint("Give an address like https://example.org/health; a secret goes into `bearer:` or `basic:` as a reference.")
}

fn bad_authority(file: &Path, why: &str) -> Fault {
    Fault::failed("bad-authority", format!("The certificates in {} cannot be used: {why}.", file.display()))
        .hint("Name a file with certificates in PEM, as `ca:` asks for.")
}
