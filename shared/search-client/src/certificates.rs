//! Whom a server's certificate is believed from.

use std::sync::Arc;

use logweir_https::trusted_roots;
use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

use crate::error::ClientError;

/// Certificates of authorities, besides those of the machine: one for a server that an organisation signed itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificates(Vec<CertificateDer<'static>>);

/// No certificates.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    /// The file cannot be read.
    #[error("the file {path} of the CA's certificate cannot be read: {reason}")]
    Unreadable {
        /// Which one.
        path: String,
        /// Why.
        reason: String,
    },
    /// Not the text that it must be.
    #[error("the CA's certificate is not in the PEM format (-----BEGIN CERTIFICATE-----): {reason}")]
    NotPem {
        /// Why.
        reason: String,
    },
    /// No certificate in it.
    #[error(
        "there is no certificate in it: give the certificate of the CA that signed the server's, in the PEM format"
    )]
    None,
    /// A certificate that is none.
    #[error("certificate number {number} of the CA cannot be used: {reason}")]
    Unusable {
        /// Which one, from 1.
        number: usize,
        /// Why.
        reason: String,
    },
}

impl Certificates {
    /// Reads one or several certificates in the PEM format; anything else in it, such as a key, is left out.
    pub fn from_pem(text: &[u8]) -> Result<Self, CertificateError> {
        let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(text).collect();
        let certificates = certificates.map_err(|error| CertificateError::NotPem { reason: error.to_string() })?;
        if certificates.is_empty() {
            return Err(CertificateError::None);
        }
        let mut roots = RootCertStore::empty();
        for (index, certificate) in certificates.iter().enumerate() {
            let added = roots.add(certificate.clone());
            added.map_err(|error| CertificateError::Unusable { number: index + 1, reason: error.to_string() })?;
        }
        Ok(Self(certificates))
    }

    /// Reads them from `value`: the PEM text itself, or the path of a file that holds it.
    pub fn from_text_or_file(value: &str) -> Result<Self, CertificateError> {
        if value.contains("-----BEGIN") {
            return Self::from_pem(value.as_bytes());
        }
        let path = value.trim();
        let text = std::fs::read(path);
        Self::from_pem(
            &text.map_err(|error| CertificateError::Unreadable { path: path.to_owned(), reason: error.to_string() })?,
        )
    }
}

/// The TLS configuration: authorities of the machine, and `more`. There is no way to leave the check out.
pub(crate) fn tls(more: Option<&Certificates>) -> Result<ClientConfig, ClientError> {
    let mut roots = trusted_roots().store().clone();
    roots.add_parsable_certificates(more.iter().flat_map(|more| more.0.iter().cloned()));
    if roots.is_empty() {
        let reason = "this machine has no certificates of authorities: install the package ca-certificates, or give the \
                      CA's certificate";
        return Err(ClientError::Configuration { reason: reason.to_owned() });
    }
    configuration(roots)
}

/// The TLS configuration for servers that are reached without it.
pub(crate) fn no_tls() -> Result<ClientConfig, ClientError> {
    configuration(RootCertStore::empty())
}

fn configuration(roots: RootCertStore) -> Result<ClientConfig, ClientError> {
    let versions =
        ClientConfig::builder_with_provider(Arc::new(ring::default_provider())).with_safe_default_protocol_versions();
    let versions =
        versions.map_err(|error| ClientError::Configuration { reason: format!("TLS cannot be used: {error}") })?;
    Ok(versions.with_root_certificates(roots).with_no_client_auth())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_certificate_is_refused() {
        let refused = |text: &str| Certificates::from_text_or_file(text).unwrap_err();
        assert!(matches!(refused("/no/such/file.pem"), CertificateError::Unreadable { .. }));
        assert_eq!(Certificates::from_pem(b"a"), Err(CertificateError::None));
        assert!(matches!(refused("-----BEGIN CERTIFICATE-----\na"), CertificateError::NotPem { .. }));
        let no_certificate = "-----BEGIN CERTIFICATE-----\nYQ==\n-----END CERTIFICATE-----\n";
        assert!(matches!(refused(no_certificate), CertificateError::Unusable { number: 1, .. }));
    }
}
