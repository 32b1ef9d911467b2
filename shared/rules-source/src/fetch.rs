//! Rules out of S3 and Systems Manager.

use aws_sdk_s3::error::SdkError;
use aws_sdk_s3::operation::get_object::GetObjectOutput;
use logweir_aws_support::{CallError, configuration, s3_client};
use logweir_rules::MAX_RULES_BYTES;
use logweir_search_client::Parameters;
use tokio::sync::OnceCell;

use crate::config::RulesLocation;
use crate::judge::Answer;

/// The clients, made when they are needed.
#[derive(Debug, Default)]
pub(crate) struct Fetcher {
    s3: OnceCell<aws_sdk_s3::Client>,
    parameters: OnceCell<Parameters>,
}

impl Fetcher {
    /// Asks once. `version` is the one that need not come again.
    pub(crate) async fn fetch(&self, location: &RulesLocation, version: Option<&str>) -> Result<Answer, CallError> {
        match location {
            RulesLocation::Packaged => Ok(Answer::Unchanged),
            RulesLocation::S3 { bucket, key } => self.object(bucket, key, version).await,
            RulesLocation::Parameter { name } => self.parameter(name).await.map(Answer::unversioned),
        }
    }

    async fn object(&self, bucket: &str, key: &str, version: Option<&str>) -> Result<Answer, CallError> {
        let client = self.s3.get_or_init(s3_client).await;
        let request = client.get_object().bucket(bucket).key(key).set_if_none_match(version.map(str::to_owned));
        match Box::pin(request.send()).await {
            Ok(object) => read(object).await,
            Err(SdkError::ServiceError(failed)) if failed.raw().status().as_u16() == 304 => Ok(Answer::Unchanged),
            Err(error) => Err(CallError::of(&error)),
        }
    }

    /// What a parameter holds.
    pub(crate) async fn parameter(&self, name: &str) -> Result<String, CallError> {
        let new = || async { Parameters::new(configuration().await.clone()) };
        let text = self.parameters.get_or_init(new).await.text(name).await;
        text.map_err(|error| CallError::new(error.code(), error.to_string(), error.is_retryable()))
    }
}

/// Reads an object, no further than rules go.
async fn read(mut object: GetObjectOutput) -> Result<Answer, CallError> {
    let version = object.e_tag.take().unwrap_or_default();
    let mut bytes = Vec::new();
    while let Some(chunk) = object.body.next().await {
        // The connection was cut, or what came is not what was stored.
        bytes.extend_from_slice(&chunk.map_err(|error| CallError::new("", error.to_string(), true))?);
        if bytes.len() > MAX_RULES_BYTES {
            let problem =
                format!("they are longer than {MAX_RULES_BYTES} bytes: leave some out, or split them among functions");
            return Ok(Answer::Useless { problem, version });
        }
    }
    Ok(match String::from_utf8(bytes) {
        Ok(text) => Answer::Text { text, version },
        Err(_) => Answer::Useless { problem: "they are not UTF-8: store them as such".to_owned(), version },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_s3::primitives::ByteStream;

    async fn of(bytes: Vec<u8>) -> Answer {
        let object = GetObjectOutput::builder().e_tag("\"tag\"").body(ByteStream::from(bytes)).build();
        read(object).await.expect("it is there")
    }

    #[tokio::test]
    async fn an_object_is_text_within_bounds_or_useless() {
        assert!(matches!(of(b"version: 1".to_vec()).await, Answer::Text { version, .. } if version == "\"tag\""));
        assert!(matches!(of(vec![b'#'; MAX_RULES_BYTES]).await, Answer::Text { .. }));
        assert!(matches!(of(vec![b'#'; MAX_RULES_BYTES + 1]).await, Answer::Useless { .. }));
        assert!(matches!(of(vec![0xff]).await, Answer::Useless { .. }));
    }
}
