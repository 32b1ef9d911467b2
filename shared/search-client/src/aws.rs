//! Calls to AWS: its credentials, and the two calls that answer with a secret or another parameter.
//!
//! Secrets Manager and Systems Manager are asked with the client that this crate has anyway. Their SDK crates take minutes
//! to build (aws-sdk-ssm has some 150 operations) and add megabytes to a binary, for one call each in a protocol of one
//! POST of JSON: <https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html>.

use std::time::{Duration, SystemTime};

use aws_config::{BehaviorVersion, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::ProvideCredentials;
use aws_credential_types::provider::error::CredentialsError;
use bytes::Bytes;
use http::{HeaderValue, Method};
use logweir_https::sdk_http_client;
use serde_json::Value;
use tokio::sync::{Mutex, OnceCell};

use crate::call::Call;
use crate::certificates;
use crate::endpoint::Endpoint;
use crate::error::ClientError;
use crate::failure::causes;
use crate::message::Response;
use crate::secret::Secret;
use crate::secret_arn::SecretArn;
use crate::sign::{Scope, sign_request};
use crate::transport::{Transport, USER_AGENT};

/// Credentials that expire sooner are fetched again.
const LEAST_VALIDITY: Duration = Duration::from_mins(5);
/// Longest answer with a secret: one has 64 KiB at most, four times that when escaped.
const MAX_ANSWER: usize = 1 << 20;

/// The AWS configuration, made when it is needed.
#[derive(Debug)]
pub(crate) struct Aws {
    configuration: OnceCell<SdkConfig>,
    credentials: Mutex<Option<Credentials>>,
    transport: OnceCell<Transport>,
}

impl Aws {
    /// With the caller's configuration, or with that of the environment.
    pub(crate) fn new(configuration: Option<SdkConfig>) -> Self {
        Self {
            configuration: OnceCell::new_with(configuration),
            credentials: Mutex::new(None),
            transport: OnceCell::new(),
        }
    }

    /// The region that is configured.
    pub(crate) async fn region(&self) -> Option<String> {
        self.configuration().await.region().map(ToString::to_string)
    }

    /// Signs a request.
    pub(crate) async fn sign(&self, request: &mut http::Request<Bytes>, scope: Scope<'_>) -> Result<(), ClientError> {
        let credentials = self.credentials().await?;
        sign_request(request, &credentials, scope, now())
            .map_err(|error| ClientError::Configuration { reason: format!("the request cannot be signed: {error}") })
    }

    /// Forgets the credentials, which a server refused.
    pub(crate) async fn forget_credentials(&self) {
        self.credentials.lock().await.take();
    }

    /// Fetches a secret.
    pub(crate) async fn secret(&self, arn: &SecretArn) -> Result<Secret, ClientError> {
        let failed = |reason: String, retryable| ClientError::Secret { arn: arn.to_string(), reason, retryable };
        let answer = match self.answer(arn.call()).await {
            Ok(answer) => answer.map_err(|(reason, retryable)| failed(reason, retryable))?,
            Err(error) => return Err(error.of_secret(arn.as_str())),
        };
        arn.text(&answer).map(|text| Secret::new(&text)).map_err(|reason| failed(reason.to_owned(), false))
    }

    /// What a call answers; the inner error is what AWS refuses it for, and whether it may not later.
    pub(crate) async fn answer(&self, call: Call<'_>) -> Result<Result<Value, (String, bool)>, ClientError> {
        let fetched = self.call(call).await?;
        if !fetched.is_success() {
            return Ok(Err(refusal(&fetched)));
        }
        Ok(fetched.json().map_err(|_| ("the answer is not JSON".to_owned(), false)))
    }

    async fn call(&self, call: Call<'_>) -> Result<Response, ClientError> {
        let Call { service, region, url, target, body } = call;
        let url = self.configuration().await.endpoint_url().map_or(url, str::to_owned);
        let wrong = |reason: String| ClientError::Configuration { reason };
        let endpoint: Endpoint = url.parse().map_err(|error| wrong(format!("AWS_ENDPOINT_URL: {error}")))?;
        let mut request = http::Request::builder()
            .method(Method::POST)
            .uri(endpoint.url("/", &[]))
            .header("host", endpoint.authority())
            .header("content-type", "application/x-amz-json-1.1")
            .header("x-amz-target", target)
            .body(Bytes::from(body.to_string()))
            .map_err(|error| wrong(error.to_string()))?;
        self.sign(&mut request, Scope { service, region, body_digest: false }).await?;
        request.headers_mut().insert("user-agent", HeaderValue::from_static(USER_AGENT));
        let transport =
            self.transport.get_or_try_init(|| async { certificates::tls(None).map(Transport::new) }).await?;
        transport.exchange(&endpoint, request, MAX_ANSWER).await
    }

    async fn credentials(&self) -> Result<Credentials, ClientError> {
        let mut kept = self.credentials.lock().await;
        if let Some(credentials) = kept.as_ref()
            && credentials.expiry().is_none_or(|expiry| expiry > now() + LEAST_VALIDITY)
        {
            return Ok(credentials.clone());
        }
        let Some(provider) = self.configuration().await.credentials_provider() else {
            return Err(ClientError::Credentials { reason: "none are configured".to_owned(), retryable: false });
        };
        let fresh = provider.provide_credentials().await.map_err(|error| no_credentials(&error))?;
        Ok(kept.insert(fresh).clone())
    }

    async fn configuration(&self) -> &SdkConfig {
        self.configuration
            .get_or_init(|| aws_config::defaults(BehaviorVersion::latest()).http_client(sdk_http_client()).load())
            .await
    }
}

/// What AWS says when it refuses, and whether it may not later.
fn refusal(answer: &Response) -> (String, bool) {
    let body: Value = answer.json().unwrap_or_default();
    let text = |name: &str| body[name].as_str().unwrap_or_default();
    let kind = text("__type").rsplit('#').next().unwrap_or_default();
    let message = if text("message").is_empty() { text("Message") } else { text("message") };
    let retryable =
        answer.status >= 500 || answer.status == 429 || kind.contains("Throttl") || kind.contains("InternalService");
    let advice = match kind {
        "AccessDeniedException" => {
            " (the role must be allowed secretsmanager:GetSecretValue or ssm:GetParameter, and kms:Decrypt)"
        }
        _ => "",
    };
    (format!("AWS answered {} {kind}: {message}{advice}", answer.status), retryable)
}

fn no_credentials(error: &CredentialsError) -> ClientError {
    let retryable = matches!(error, CredentialsError::ProviderTimedOut(_) | CredentialsError::ProviderError(_));
    let advice = "; single sign-on and credential_process are not built in: there, run eval \"$(aws configure \
                  export-credentials --format env)\" first";
    // The chain lists its members in lines of their own.
    let reason = causes(error).lines().map(str::trim).collect::<Vec<_>>().join(" ");
    ClientError::Credentials { reason: format!("{reason}{advice}"), retryable }
}

#[expect(clippy::disallowed_methods, reason = "a signature holds the time at which it is made")]
fn now() -> SystemTime {
    SystemTime::now()
}
