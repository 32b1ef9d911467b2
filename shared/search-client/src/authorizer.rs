//! What makes a request that of somebody.

use std::sync::Arc;

use aws_config::SdkConfig;
use bytes::Bytes;
use http::HeaderValue;
use http::header::AUTHORIZATION;

use crate::authentication::{Authentication, SigningService, api_key, basic};
use crate::aws::Aws;
use crate::endpoint::Endpoint;
use crate::error::ClientError;
use crate::secret_store::SecretStore;
use crate::sign::Scope;

/// What makes a request that of somebody.
#[derive(Debug)]
pub(crate) enum Authorizer {
    Nobody,
    Header(HeaderValue),
    Stored(SecretStore),
    Signed { aws: Arc<Aws>, service: SigningService, region: Option<String> },
}

impl Authorizer {
    pub(crate) fn new(
        authentication: Authentication,
        endpoint: &Endpoint,
        configuration: Option<SdkConfig>,
    ) -> Result<Self, ClientError> {
        let wrong = |reason: &str| ClientError::Configuration { reason: reason.to_owned() };
        let aws = || Arc::new(Aws::new(configuration));
        Ok(match authentication {
            Authentication::None => Self::Nobody,
            Authentication::Basic { username, password } => Self::Header(
                basic(&username, &password).map_err(|reason| wrong(&format!("basic authentication: {reason}")))?,
            ),
            Authentication::ApiKey(key) => {
                Self::Header(api_key(&key).map_err(|reason| wrong(&format!("API key: {reason}")))?)
            }
            Authentication::Stored { scheme, secret } => Self::Stored(SecretStore::new(aws(), scheme, secret)),
            Authentication::SigV4 { service, region } => {
                let amazon = endpoint.amazon();
                let service = service
                    .or(amazon.as_ref().map(|amazon| amazon.service))
                    .ok_or_else(|| wrong("the host's name does not tell the service to sign for: say es or aoss"))?;
                Self::Signed { aws: aws(), service, region: region.or(amazon.map(|amazon| amazon.region)) }
            }
        })
    }

    /// Adds what shows who asks. The headers of the request are signed, so no more may be added or changed.
    pub(crate) async fn authorize(&self, request: &mut http::Request<Bytes>) -> Result<(), ClientError> {
        let header = match self {
            Self::Nobody => return Ok(()),
            Self::Header(header) => header.clone(),
            Self::Stored(store) => store.header().await?,
            Self::Signed { aws, service, region } => {
                let region = match region {
                    Some(region) => Some(region.clone()),
                    None => aws.region().await,
                };
                let region = region.ok_or_else(|| ClientError::Configuration {
                    reason: "the region to sign for is not known: set AWS_REGION, or say it".to_owned(),
                })?;
                let body_digest = *service == SigningService::Aoss;
                return aws.sign(request, Scope { service: service.name(), region: &region, body_digest }).await;
            }
        };
        request.headers_mut().insert(AUTHORIZATION, header);
        Ok(())
    }

    /// Whether a request that was refused with the header `refused` may be taken now.
    pub(crate) async fn renew(&self, refused: Option<&HeaderValue>) -> bool {
        match (self, refused) {
            (Self::Stored(store), Some(refused)) => store.renew(refused).await.unwrap_or_else(|error| {
                tracing::warn!(%error, "the server refused the secret, which cannot be fetched again");
                false
            }),
            (Self::Signed { aws, .. }, _) => {
                aws.forget_credentials().await;
                false
            }
            _ => false,
        }
    }
}
