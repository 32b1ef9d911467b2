//! The client.

use std::time::Duration;

use aws_config::SdkConfig;
use bytes::Bytes;
use http::header::{AUTHORIZATION, HOST, USER_AGENT as USER_AGENT_HEADER};
use http::{HeaderName, HeaderValue};

use crate::authentication::Authentication;
use crate::authorizer::Authorizer;
use crate::certificates::{self, Certificates};
use crate::endpoint::Endpoint;
use crate::error::ClientError;
use crate::message::{Request, Response};
use crate::transport::{Transport, USER_AGENT};

/// What a client needs to know.
#[derive(Debug, Clone)]
pub struct ClientConfig {
    /// The server.
    pub endpoint: Endpoint,
    /// How it learns who asks.
    pub authentication: Authentication,
    /// Authorities besides those of the machine.
    pub certificates: Option<Certificates>,
    /// Whether credentials may be sent in the clear to another machine.
    pub allow_http: bool,
    /// The AWS configuration, if the caller has one; else that of the environment is loaded when it is needed.
    pub aws: Option<SdkConfig>,
}

impl ClientConfig {
    /// A client of `endpoint` that shows no credentials.
    pub fn new(endpoint: Endpoint) -> Self {
        Self { endpoint, authentication: Authentication::None, certificates: None, allow_http: false, aws: None }
    }
}

/// A client of one server. Its connections are kept and used again; it can be used by many tasks at once.
#[derive(Debug)]
pub struct Client {
    endpoint: Endpoint,
    authorizer: Authorizer,
    transport: Transport,
}

impl Client {
    /// Makes a client; nothing is sent yet.
    pub fn new(config: ClientConfig) -> Result<Self, ClientError> {
        let ClientConfig { endpoint, authentication, certificates, allow_http, aws } = config;
        if authentication != Authentication::None && !endpoint.is_secure() && !endpoint.is_loopback() && !allow_http {
            let reason = format!(
                "credentials would be sent to {endpoint} in the clear: use https:// (with the CA's certificate, if it is your \
                 own), or allow HTTP in so many words"
            );
            return Err(ClientError::Configuration { reason });
        }
        let tls = if endpoint.is_secure() { certificates::tls(certificates.as_ref()) } else { certificates::no_tls() };
        let authorizer = Authorizer::new(authentication, &endpoint, aws)?;
        Ok(Self { endpoint, authorizer, transport: Transport::new(tls?) })
    }

    /// The server.
    pub fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// Sends a request, and gives up after `timeout`. An answer of any status is an answer, but for redirects.
    ///
    /// Nothing is repeated, with one exception: when the server answers 401 or 403 and the secret has changed since it was
    /// fetched, the request is sent once more with the new one.
    pub async fn send(&self, request: &Request, timeout: Duration) -> Result<Response, ClientError> {
        let done = tokio::time::timeout(timeout, self.exchange(request)).await;
        done.unwrap_or_else(|_| Err(ClientError::Timeout { server: self.endpoint.to_string(), after: timeout }))
    }

    async fn exchange(&self, request: &Request) -> Result<Response, ClientError> {
        let (response, shown) = self.exchange_once(request).await?;
        if matches!(response.status, 401 | 403) && self.authorizer.renew(shown.as_ref()).await {
            return Ok(self.exchange_once(request).await?.0);
        }
        Ok(response)
    }

    /// One exchange, and the header `Authorization` that was shown.
    async fn exchange_once(&self, request: &Request) -> Result<(Response, Option<HeaderValue>), ClientError> {
        let mut message = self.message(request).map_err(|error| ClientError::Configuration {
            reason: format!("no request can be made of {} {}: {error}", request.method, request.path),
        })?;
        self.authorizer.authorize(&mut message).await?;
        message.headers_mut().insert(USER_AGENT_HEADER, HeaderValue::from_static(USER_AGENT));
        let shown = message.headers().get(AUTHORIZATION).cloned();
        let response = self.transport.exchange(&self.endpoint, message, request.max_response_bytes).await?;
        Ok((response, shown))
    }

    fn message(&self, request: &Request) -> Result<http::Request<Bytes>, http::Error> {
        let mut message = http::Request::builder()
            .method(request.method.clone())
            .uri(self.endpoint.url(&request.path, &request.query))
            .header(HOST, self.endpoint.authority())
            .body(request.body.clone())?;
        for (name, value) in &request.headers {
            message.headers_mut().insert(HeaderName::from_bytes(name.as_bytes())?, HeaderValue::from_str(value)?);
        }
        Ok(message)
    }
}
