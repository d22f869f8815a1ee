//! Why an address did not answer, in words.

use std::{error::Error, io, time::Duration};

use quarterdeck_model::{Instant, Millis};
use rustls::CertificateError;

use super::verifier::Shown;

/// How a definition trusts a certificate.
pub const BY_CA: &str = "name it under `ca:`";

/// What kept an answer from coming: the end of a sentence that begins with the address.
pub fn reason(error: &reqwest::Error, shown: &Shown, limit: Duration) -> String {
    why(error, error.is_timeout().then(|| silent(limit)), shown)
}

/// The same of any error, with the word for its being too slow, where it is that. An error is not asked for its own words where it has
/// causes: they may hold the address, which may be a secret.
pub fn why(error: &(dyn Error + 'static), slow: Option<String>, shown: &Shown) -> String {
    let causes = causes(error);
    if let Some(tls) = causes.iter().find_map(|cause| cause.downcast_ref::<rustls::Error>()) {
        return refused(tls, shown);
    }
    if let Some(slow) = slow {
        return slow;
    }
    if let Some(io) = causes.iter().rev().find_map(|cause| cause.downcast_ref::<io::Error>()) {
        return match io.kind() {
            io::ErrorKind::ConnectionRefused => "nobody listens there (connection refused)".to_owned(),
            io::ErrorKind::ConnectionReset => "the connection was cut by the other side".to_owned(),
            io::ErrorKind::UnexpectedEof => "the connection ended in the middle of the answer".to_owned(),
            _ => io.to_string(),
        };
    }
    causes.last().map_or_else(|| error.to_string(), ToString::to_string)
}

/// No answer in time.
pub fn silent(limit: Duration) -> String {
    format!("there was no whole answer within {}", Millis::from(limit))
}

/// An error and everything behind it. What an `io::Error` wraps is not among its own sources.
fn causes<'e>(error: &'e (dyn Error + 'static)) -> Vec<&'e (dyn Error + 'static)> {
    let mut found: Vec<&(dyn Error + 'static)> = Vec::new();
    let mut next = error.source();
    while let Some(cause) = next {
        found.push(cause);
        let wrapped = cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref).map(|inner| inner as &(dyn Error + 'static));
        next = wrapped.or_else(|| cause.source());
    }
    found
}

fn refused(tls: &rustls::Error, shown: &Shown) -> String {
    let ended = || {
        shown
            .until
            .and_then(|until| Instant::from_timestamp(until, 0))
            .map_or_else(String::new, |until| until.format(" on %Y-%m-%d at %H:%M UTC").to_string())
    };
    match tls {
        rustls::Error::InvalidCertificate(CertificateError::Expired | CertificateError::ExpiredContext { .. }) => {
            format!("its certificate has expired{}", ended())
        }
        rustls::Error::InvalidCertificate(CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. }) => {
            "its certificate is not valid yet; compare the clocks".to_owned()
        }
        rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer | CertificateError::Other(_)) if shown.by_itself => {
            format!("its certificate is signed by itself; {BY_CA} to trust it")
        }
        rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer) => {
            "its certificate is signed by nobody whom this machine trusts".to_owned()
        }
        rustls::Error::InvalidCertificate(CertificateError::NotValidForName) => "its certificate is for another name".to_owned(),
        rustls::Error::InvalidCertificate(CertificateError::NotValidForNameContext { presented, .. }) => {
            format!("its certificate is for another name: {}", presented.join(", "))
        }
        rustls::Error::InvalidCertificate(other) => format!("its certificate does not hold: {other}"),
        other => format!("TLS did not come about: {other}"),
    }
}
