//! The HTTP client of the AWS SDK's clients.

use std::sync::OnceLock;

use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_runtime_api::client::connector_metadata::ConnectorMetadata;
use aws_smithy_runtime_api::client::http::{HttpClient, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;

use crate::roots::trusted_roots;

/// An HTTP client for the SDK's clients, over HTTPS by `ring`. It believes the [`trusted_roots`].
pub fn sdk_http_client() -> SharedHttpClient {
    SharedHttpClient::new(Lazy::default())
}

/// The SDK's own client, made with the first request. By itself it makes a connector each time that a configuration or
/// a client is made, trust store and all, and throws it away; and it reads whatever certificates the machine has.
#[derive(Debug, Default)]
struct Lazy(OnceLock<SharedHttpClient>);

impl HttpClient for Lazy {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        self.0.get_or_init(client).http_connector(settings, components)
    }

    /// What the SDK's own says, which is part of the user agent.
    fn connector_metadata(&self) -> Option<ConnectorMetadata> {
        Some(ConnectorMetadata::new("hyper", Some("1.x".into())))
    }
}

fn client() -> SharedHttpClient {
    let trust = TrustStore::empty().with_pem_certificate(trusted_roots().pem());
    let tls = TlsContext::builder().with_trust_store(trust).build().unwrap_or_default();
    Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).tls_context(tls).build_https()
}
