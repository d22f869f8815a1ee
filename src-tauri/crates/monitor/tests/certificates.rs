//! What a probe says of certificates, good and bad: how long each lasts is measured all the same.
#![allow(clippy::unwrap_used, clippy::float_cmp, reason = "numbers that were set are compared; what cannot be set up ends the test")]

mod loopback;

use std::{path::PathBuf, sync::Arc};

use loopback::{Does, Server, collected, names, ok, serve_with, value};
use quarterdeck_monitor::{
    collectors::http::{Expected, Probe, Target},
    gathered::Gathered,
};
use quarterdeck_testkit::Scratch;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use rustls::{
    ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer},
};
use tokio::io::AsyncWriteExt;

/// The first second of 2040, and of 2020.
const FAR: f64 = 2_208_988_800.0;
const PAST: f64 = 1_577_836_800.0;

/// Somebody who signs certificates, and the file that says so.
struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    scratch: Scratch,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.not_after = date_time_ymd(2045, 1, 1);
        params.distinguished_name.push(rcgen::DnType::CommonName, "Authority");
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let scratch = Scratch::new();
        std::fs::write(scratch.file("ca.pem"), issuer.pem()).unwrap();
        Self { issuer, scratch }
    }

    fn file(&self) -> PathBuf {
        self.scratch.file("ca.pem")
    }

    fn signs(&self, name: &str, from: i32, until: i32) -> (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>) {
        let key = KeyPair::generate().unwrap();
        let certificate = params(name, from, until).signed_by(&key, &self.issuer).unwrap();
        (vec![certificate.der().clone()], PrivateKeyDer::try_from(key.serialize_der()).unwrap())
    }
}

fn params(name: &str, from: i32, until: i32) -> CertificateParams {
    let mut params = CertificateParams::new([name.to_owned()]).unwrap();
    params.not_before = date_time_ymd(from, 1, 1);
    params.not_after = date_time_ymd(until, 1, 1);
    params
}

async fn server(
    versions: &[&'static rustls::SupportedProtocolVersion],
    shown: (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>),
) -> Server {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ServerConfig::builder_with_provider(provider).with_protocol_versions(versions).unwrap();
    let tls = builder.with_no_client_auth().with_single_cert(shown.0, shown.1).unwrap();
    serve_with(Some(tls), |_| Does::Answer(ok("well"))).await
}

async fn probed(server: &Server, authority: Option<PathBuf>) -> Gathered {
    let target = Target { authority, ..server.target("/") };
    let (gathered, outcome) = collected(&mut Probe::new(target, Expected::default()).unwrap()).await;
    outcome.unwrap();
    gathered
}

#[track_caller]
fn failed(gathered: &Gathered, until: f64, why: &str) {
    assert_eq!(value(gathered, "probe_success"), 0.0, "{:?}", gathered.remarks);
    assert_eq!(value(gathered, "probe_ssl_earliest_cert_expiry"), until);
    assert!(gathered.remarks[0].contains(why), "{:?}", gathered.remarks);
}

#[tokio::test]
async fn a_good_certificate_and_both_versions_are_told() {
    let authority = Authority::new();
    for (version, said) in [(&rustls::version::TLS12, "TLS 1.2"), (&rustls::version::TLS13, "TLS 1.3")] {
        let server = server(&[version], authority.signs("127.0.0.1", 2020, 2040)).await;
        let gathered = probed(&server, Some(authority.file())).await;
        assert_eq!(value(&gathered, "probe_success"), 1.0, "{:?}", gathered.remarks);
        assert_eq!(value(&gathered, "probe_ssl_earliest_cert_expiry"), FAR);
        assert_eq!(value(&gathered, &format!("probe_tls_version_info{{version={said:?}}}")), 1.0);
        assert_eq!(value(&gathered, "probe_http_ssl"), 1.0);
        assert!(value(&gathered, "probe_http_duration_seconds{phase=\"tls\"}") > 0.0);
    }
}

#[tokio::test]
async fn an_expired_one_is_measured_and_named_with_its_end() {
    let authority = Authority::new();
    let server = server(rustls::ALL_VERSIONS, authority.signs("127.0.0.1", 2010, 2020)).await;
    failed(&probed(&server, Some(authority.file())).await, PAST, "its certificate has expired on 2020-01-01 at 00:00 UTC.");
}

#[tokio::test]
async fn one_of_the_future_is_named() {
    let authority = Authority::new();
    let server = server(rustls::ALL_VERSIONS, authority.signs("127.0.0.1", 2039, 2040)).await;
    failed(&probed(&server, Some(authority.file())).await, FAR, "its certificate is not valid yet");
}

#[tokio::test]
async fn one_for_another_name_is_named_with_that_name() {
    let authority = Authority::new();
    let server = server(rustls::ALL_VERSIONS, authority.signs("other.example", 2020, 2040)).await;
    let gathered = probed(&server, Some(authority.file())).await;
    failed(&gathered, FAR, "its certificate is for another name:");
    assert!(gathered.remarks[0].contains("other.example"), "{:?}", gathered.remarks);
}

#[tokio::test]
async fn one_signed_by_a_stranger_is_named() {
    let server = server(rustls::ALL_VERSIONS, Authority::new().signs("127.0.0.1", 2020, 2040)).await;
    failed(&probed(&server, None).await, FAR, "its certificate is signed by nobody whom this machine trusts");
}

#[tokio::test]
async fn one_signed_by_itself_is_named_and_can_be_trusted() {
    for is_ca in [IsCa::NoCa, IsCa::Ca(BasicConstraints::Unconstrained)] {
        let (key, mut params) = (KeyPair::generate().unwrap(), params("127.0.0.1", 2020, 2040));
        params.is_ca = is_ca;
        let own = params.self_signed(&key).unwrap();
        let scratch = Scratch::new();
        std::fs::write(scratch.file("own.pem"), own.pem()).unwrap();
        let server = server(rustls::ALL_VERSIONS, (vec![own.der().clone()], PrivateKeyDer::try_from(key.serialize_der()).unwrap())).await;
        failed(&probed(&server, None).await, FAR, "its certificate is signed by itself; name it under `ca:` to trust it");
        if is_ca == IsCa::NoCa {
            let gathered = probed(&server, Some(scratch.file("own.pem"))).await;
            assert_eq!(value(&gathered, "probe_success"), 1.0, "{:?}", gathered.remarks);
        }
    }
}

#[tokio::test]
async fn of_a_chain_the_first_end_counts() {
    let authority = Authority::new();
    let (mut chain, key) = authority.signs("127.0.0.1", 2020, 2060);
    chain.push(authority.issuer.der().clone());
    let server = server(rustls::ALL_VERSIONS, (chain, key)).await;
    // The authority's own, 2045.
    assert_eq!(value(&probed(&server, Some(authority.file())).await, "probe_ssl_earliest_cert_expiry"), 2_366_841_600.0);
}

#[tokio::test]
async fn one_that_speaks_no_tls_is_named() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("https://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
    });
    let target = Target { address, authority: None, access: None };
    let (gathered, _) = collected(&mut Probe::new(target, Expected::default()).unwrap()).await;
    assert_eq!(value(&gathered, "probe_success"), 0.0);
    assert!(gathered.remarks[0].contains("TLS did not come about"), "{:?}", gathered.remarks);
    assert!(!names(&gathered).contains(&"probe_ssl_earliest_cert_expiry".to_owned()));
}

#[tokio::test]
async fn a_file_of_authorities_is_read_again_when_it_changes() {
    let (authority, other) = (Authority::new(), Authority::new());
    let server = server(rustls::ALL_VERSIONS, authority.signs("127.0.0.1", 2020, 2040)).await;
    let target = Target { authority: Some(other.file()), ..server.target("/") };
    let mut probe = Probe::new(target, Expected::default()).unwrap();
    assert_eq!(value(&collected(&mut probe).await.0, "probe_success"), 0.0);
    std::fs::write(other.file(), format!("both\n{}{}", other.issuer.pem(), authority.issuer.pem())).unwrap();
    assert_eq!(value(&collected(&mut probe).await.0, "probe_success"), 1.0);
    for bad in ["", "no certificate"] {
        std::fs::write(other.file(), bad).unwrap();
        assert!(collected(&mut probe).await.1.unwrap_err().is("bad-authority"));
    }
    std::fs::remove_file(other.file()).unwrap();
    assert!(collected(&mut probe).await.1.unwrap_err().is("bad-authority"));
}
