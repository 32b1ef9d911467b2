//! One exchange with a server. The only place where bytes leave.

use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_ENCODING, LOCATION};
use http::{HeaderMap, HeaderValue};
use http_body_util::{BodyExt, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use url::Url;

use crate::endpoint::Endpoint;
use crate::error::ClientError;
use crate::failure;
use crate::message::{Response, retry_after};

/// What servers see as the client's name.
pub(crate) const USER_AGENT: &str = concat!("logweir/", env!("CARGO_PKG_VERSION"));
/// How long a connection may take to be made.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a connection is kept while nothing is sent: less than the minute after which load balancers forget it.
const IDLE_TIMEOUT: Duration = Duration::from_secs(30);
/// How many such connections are kept.
const MAX_IDLE: usize = 8;

/// Connections to servers.
#[derive(Debug)]
pub(crate) struct Transport {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
}

impl Transport {
    pub(crate) fn new(tls: rustls::ClientConfig) -> Self {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_connect_timeout(Some(CONNECT_TIMEOUT));
        let connector =
            HttpsConnectorBuilder::new().with_tls_config(tls).https_or_http().enable_http1().wrap_connector(tcp);
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE_TIMEOUT)
            .pool_max_idle_per_host(MAX_IDLE)
            .build(connector);
        Self { client }
    }

    /// Sends `request` to `endpoint`; the whole answer, of at most `limit` bytes.
    pub(crate) async fn exchange(
        &self,
        endpoint: &Endpoint,
        request: http::Request<Bytes>,
        limit: usize,
    ) -> Result<Response, ClientError> {
        let server = endpoint.to_string();
        let answer = self.client.request(request.map(Full::new)).await;
        let answer =
            answer.map_err(|error| failure::of_exchange(&server, endpoint.host(), endpoint.is_secure(), &error))?;
        let (head, body) = answer.into_parts();
        let status = head.status.as_u16();
        // Whatever its code: with a body that is not read, the connection is closed.
        if head.status.is_redirection() {
            return Err(ClientError::Redirect { server, status, location: location(endpoint, &head.headers) });
        }
        if head.headers.get(CONTENT_ENCODING).is_some_and(|encoding| encoding != HeaderValue::from_static("identity")) {
            let reason = "it is compressed, which was not asked for".to_owned();
            return Err(ClientError::Protocol { server, reason });
        }
        let body = Limited::new(body, limit).collect().await;
        let body = body.map_err(|error| failure::of_body(&server, limit, error.as_ref()))?.to_bytes();
        Ok(Response { status, retry_after: retry_after(&head.headers), body })
    }
}

/// Where a redirect leads: scheme, host and path, for the rest may be secret.
fn location(endpoint: &Endpoint, headers: &HeaderMap) -> String {
    let to = headers.get(LOCATION).and_then(|value| value.to_str().ok());
    let base = Url::parse(&endpoint.to_string()).ok();
    to.and_then(|to| Url::options().base_url(base.as_ref()).parse(to).ok()).map_or_else(
        || "nowhere".to_owned(),
        |url| format!("{}://{}{}", url.scheme(), &url[url::Position::BeforeHost..url::Position::AfterPort], url.path()),
    )
}
