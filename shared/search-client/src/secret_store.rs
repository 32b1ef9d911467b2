//! A secret of AWS, kept while it works.

use std::sync::Arc;
use std::time::Duration;

use http::HeaderValue;
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::authentication::{Scheme, of_secret};
use crate::aws::Aws;
use crate::error::ClientError;
use crate::secret_arn::SecretArn;

/// How long a secret that was fetched again and had not changed is believed: a server that refuses for another reason must
/// not make every request ask AWS too.
const BELIEVED: Duration = Duration::from_secs(30);

/// The header that a secret makes, fetched when it is first needed.
#[derive(Debug)]
pub(crate) struct SecretStore {
    aws: Arc<Aws>,
    scheme: Scheme,
    arn: SecretArn,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    header: Option<HeaderValue>,
    /// When it was last fetched again in vain.
    unchanged: Option<Instant>,
}

impl SecretStore {
    pub(crate) fn new(aws: Arc<Aws>, scheme: Scheme, arn: SecretArn) -> Self {
        Self { aws, scheme, arn, kept: Mutex::default() }
    }

    /// The header `Authorization`.
    pub(crate) async fn header(&self) -> Result<HeaderValue, ClientError> {
        let mut kept = self.kept.lock().await;
        if let Some(header) = &kept.header {
            return Ok(header.clone());
        }
        Ok(kept.header.insert(self.fetch().await?).clone())
    }

    /// Whether there is another header than `refused` by now: fetches the secret again, unless another request just did.
    pub(crate) async fn renew(&self, refused: &HeaderValue) -> Result<bool, ClientError> {
        let mut kept = self.kept.lock().await;
        if kept.header.as_ref().is_some_and(|header| header != refused) {
            return Ok(true);
        }
        if kept.unchanged.is_some_and(|at| at.elapsed() < BELIEVED) {
            return Ok(false);
        }
        let fresh = self.fetch().await?;
        let changed = fresh != refused;
        kept.unchanged = (!changed).then(Instant::now);
        kept.header = Some(fresh);
        Ok(changed)
    }

    async fn fetch(&self) -> Result<HeaderValue, ClientError> {
        let text = self.aws.secret(&self.arn).await?;
        tracing::debug!(arn = self.arn.as_str(), "the secret was fetched");
        of_secret(self.scheme, &text).map_err(|reason| ClientError::Secret {
            arn: self.arn.to_string(),
            reason: reason.to_owned(),
            retryable: false,
        })
    }
}
