//! What a failed exchange was.

use std::error::Error;
use std::io;

use http_body_util::LengthLimitError;
use hyper_util::client::legacy;
use rustls::CertificateError;

use crate::error::ClientError;

/// The error for a request that was sent to `server` (and to `host` of it), when there is no answer.
pub(crate) fn of_exchange(server: &str, host: &str, secure: bool, error: &legacy::Error) -> ClientError {
    let server = server.to_owned();
    if let Some(tls) = find::<rustls::Error>(error) {
        return ClientError::Tls { server, reason: advice(host, tls) };
    }
    if error.is_connect() {
        let ended = find::<io::Error>(error).is_some_and(|error| error.kind() == io::ErrorKind::UnexpectedEof);
        let advice = if secure && ended { "; it may not speak TLS: is it http://?" } else { "" };
        return ClientError::Connect { server, reason: format!("{}{advice}", causes_of_client(error)) };
    }
    let advice = if secure { "" } else { "; it may speak TLS: is it https://?" };
    let reason = format!("{}{advice}", causes_of_client(error));
    match find::<hyper::Error>(error) {
        Some(error) if error.is_parse() => ClientError::Protocol { server, reason },
        _ => ClientError::Cut { server, reason },
    }
}

/// The error for a body that did not come whole.
pub(crate) fn of_body(server: &str, limit: usize, error: &(dyn Error + 'static)) -> ClientError {
    let server = server.to_owned();
    if find::<LengthLimitError>(error).is_some() {
        return ClientError::TooLarge { server, limit };
    }
    match find::<hyper::Error>(error) {
        Some(error) if error.is_parse() => ClientError::Protocol { server, reason: causes(error) },
        _ => ClientError::Cut { server, reason: causes(error) },
    }
}

/// What is wrong with a TLS connection, and what to do.
fn advice(host: &str, error: &rustls::Error) -> String {
    let advice = match error {
        rustls::Error::InvalidCertificate(error) => match error {
            CertificateError::UnknownIssuer | CertificateError::BadSignature => {
                "no authority that is known here signed its certificate: give the CA's certificate"
            }
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                return format!("its certificate is not for {host}: use a name that is in the certificate ({error})");
            }
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
                "its certificate has expired: renew it"
            }
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                "its certificate is not valid yet: are the clocks right?"
            }
            _ => "its certificate is refused",
        },
        rustls::Error::InvalidMessage(_) => "what it answers is not TLS: is it http://?",
        _ => "it and this client do not agree",
    };
    format!("{advice} ({error})")
}

/// The first cause of type `T`. An `io::Error` hides what it was made of from `source`.
fn find<'a, T: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a T> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        let inner = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        next = inner.map(|inner| inner as &(dyn Error + 'static)).or_else(|| error.source());
    }
    None
}

/// The causes of a failed exchange, without the client's own words for it.
fn causes_of_client(error: &legacy::Error) -> String {
    causes(error.source().unwrap_or(error))
}

/// An error and its causes; a cause that its effect quotes is not said twice.
pub(crate) fn causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(error) = next {
        let cause = error.to_string();
        if !text.contains(&cause) {
            text = format!("{text}: {cause}");
        }
        next = error.source();
    }
    text
}
