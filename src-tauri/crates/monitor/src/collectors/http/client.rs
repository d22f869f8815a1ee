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
    pki_types::{CertificateDer, PrivateKeyDer, ServerName, pem::PemObject},
};

use super::{
    aside::Aside,
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
    aside: Aside,
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
        let (aside, note) = (Aside::default(), Note::default());
        let watch = Stopwatch::new(aside.clone());
        Ok(Self { target, address, connections, made: None, aside, note, watch })
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
    pub async fn request(&mut self, limit: Duration) -> Outcome<RequestBuilder> {
        match tokio::time::timeout(limit, self.prepare()).await {
            Ok(request) => request,
            Err(_) => {
                Err(Fault::failed("visit-unprepared", format!("What is needed to visit {} could not be read in time.", self.address()))
                    .hint("Look whether the disk answers that holds the secret or the certificates.")
                    .may_retry())
            }
        }
    }

    async fn prepare(&mut self) -> Outcome<RequestBuilder> {
        let authority = self.target.authority.clone();
        let state = match authority.clone() {
            None => None,
            Some(file) => Some(self.aside.run(move || state(&file)).await??),
        };
        let client = match &self.made {
            Some(made) if made.authority == state => made.client.clone(),
            _ => {
                let client = self.client(self.aside.run(move || roots(authority.as_deref())).await??)?;
                self.made = Some(Made { client: client.clone(), authority: state });
                client
            }
        };
        let request = client.get(self.address.clone());
        Ok(match self.target.access.clone() {
            None => request,
            Some(Access::Bearer(secret)) => request.bearer_auth(self.aside.run(move || secret()).await??),
            Some(Access::Basic(user, secret)) => request.basic_auth(user, Some(self.aside.run(move || secret()).await??)),
        })
    }

    fn client(&self, roots: Arc<RootCertStore>) -> Outcome<reqwest::Client> {
        make(Make::new(roots, self.connections), &self.note, &self.watch)
    }
}

/// What a client is made with.
pub struct Make {
    /// Whom it trusts.
    pub roots: Arc<RootCertStore>,
    /// What it shows of itself to a server that asks.
    pub identity: Option<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>)>,
    /// Whose certificate it expects, where that is not the address's host.
    pub name: Option<ServerName<'static>>,
    /// True where any certificate will do.
    pub anybody: bool,
    /// False where it goes nowhere else than it was told.
    pub follows: bool,
    /// Who stands between.
    pub proxy: Proxied,
    /// How often a connection is made.
    pub connections: Connections,
}

/// Who stands between a client and its server.
pub enum Proxied {
    /// Nobody, whatever the environment says.
    Nobody,
    /// Whom the environment names, as in `HTTPS_PROXY`.
    ByEnvironment,
    /// This one.
    Through(Box<reqwest::Proxy>),
}

impl Make {
    /// A client that follows redirects, and speaks to its server itself.
    pub fn new(roots: Arc<RootCertStore>, connections: Connections) -> Self {
        Self { roots, identity: None, name: None, anybody: false, follows: true, proxy: Proxied::Nobody, connections }
    }
}

/// Makes a client under a watch.
pub fn make(make: Make, note: &Note, watch: &Stopwatch) -> Outcome<reqwest::Client> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = Verifier::new(make.roots, Arc::clone(&provider), note.clone()).expecting(make.name, make.anybody);
    let unusable = |error: rustls::Error| Fault::failed("bad-tls", format!("TLS cannot be set up: {error}."));
    let tls = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(unusable)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier));
    let mut tls = match make.identity {
        None => tls.with_no_client_auth(),
        Some((certificates, key)) => tls.with_client_auth_cert(certificates, key).map_err(unusable)?,
    };
    tls.resumption = Resumption::store(Arc::new(watch.clone()));
    let (watched, note, follows) = (watch.clone(), note.clone(), make.follows);
    let redirects = move |attempt: redirect::Attempt<'_>| if follows { follow(attempt, &note) } else { attempt.stop() };
    let builder = reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .dns_resolver(Arc::new(watch.clone()))
        .connector_layer(tower_layer::layer_fn(move |inner| Watched { inner, watch: watched.clone() }))
        .referer(false)
        .redirect(redirect::Policy::custom(redirects))
        .user_agent(concat!("quarterdeck/", env!("CARGO_PKG_VERSION")));
    let builder = match make.proxy {
        Proxied::Nobody => builder.no_proxy(),
        Proxied::ByEnvironment => builder,
        Proxied::Through(proxy) => builder.no_proxy().proxy(*proxy),
    };
    let builder = match make.connections {
        // What is measured of a probe is what is sent: a body that unpacks to gigabytes stays packed.
        Connections::Each => builder.pool_max_idle_per_host(0).no_gzip(),
        Connections::Kept => builder.pool_max_idle_per_host(1),
    };
    builder.build().map_err(|error| Fault::bug(format!("No HTTP client can be made: {error}.")))
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
fn state(file: &Path) -> Outcome<(SystemTime, u64)> {
    let unreadable = |error: std::io::Error| bad_authority(file, &error.to_string());
    let metadata = std::fs::metadata(file).map_err(unreadable)?;
    Ok((metadata.modified().map_err(unreadable)?, metadata.len()))
}

fn roots(authority: Option<&Path>) -> Outcome<Arc<RootCertStore>> {
    let Some(file) = authority else { return Ok(machine_roots()) };
    let mut roots = RootCertStore::clone(&machine_roots());
    let trusted = roots.len();
    for certificate in CertificateDer::pem_file_iter(file).map_err(|error| bad_authority(file, &error.to_string()))? {
        let certificate = certificate.map_err(|error| bad_authority(file, &error.to_string()))?;
        roots.add(certificate).map_err(|error| bad_authority(file, &error.to_string()))?;
    }
    if roots.len() == trusted { Err(bad_authority(file, "it holds no certificate")) } else { Ok(Arc::new(roots)) }
}

/// Whom this machine trusts: read once in a process, and shared. A machine without any trusts nobody.
pub(crate) fn machine_roots() -> Arc<RootCertStore> {
    static ROOTS: OnceLock<Arc<RootCertStore>> = OnceLock::new();
    let read = || {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        Arc::new(roots)
    };
    Arc::clone(ROOTS.get_or_init(read))
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
