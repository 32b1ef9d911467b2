//! Parameters of Systems Manager.

use aws_config::SdkConfig;

use crate::aws::Aws;
use crate::call::{parameter_call, parameter_value};
use crate::error::ClientError;

/// Parameters of Systems Manager in the region that is configured, for who needs no more of it than to read them: its SDK crate has
/// some 150 operations.
#[derive(Debug)]
pub struct Parameters {
    aws: Aws,
}

impl Parameters {
    /// With the caller's configuration.
    pub fn new(configuration: SdkConfig) -> Self {
        Self { aws: Aws::new(Some(configuration)) }
    }

    /// What a parameter holds, decrypted if it is a secure one.
    pub async fn text(&self, name: &str) -> Result<String, ClientError> {
        let failed = |reason: String, retryable| ClientError::Parameter { name: name.to_owned(), reason, retryable };
        let Some(region) = self.aws.region().await else {
            return Err(failed("the region is not known: set AWS_REGION".to_owned(), false));
        };
        let url = format!("https://ssm.{region}.{}", suffix(&region));
        let answer = match self.aws.answer(parameter_call(url, &region, name)).await {
            Ok(answer) => answer.map_err(|(reason, retryable)| failed(reason, retryable))?,
            Err(error) => return Err(failed(error.to_string(), error.is_retryable())),
        };
        parameter_value(&answer).map_err(|reason| failed(reason.to_owned(), false))
    }
}

/// What the names of all hosts of a region's partition end with: <https://docs.aws.amazon.com/general/latest/gr/rande.html>.
fn suffix(region: &str) -> &'static str {
    match region.split('-').next() {
        Some("cn") => "amazonaws.com.cn",
        Some("eusc") => "amazonaws.eu",
        _ => "amazonaws.com",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_partition_has_its_hosts() {
        for (region, expected) in [
            ("eu-west-1", "amazonaws.com"),
            ("us-gov-west-1", "amazonaws.com"),
            ("cn-north-1", "amazonaws.com.cn"),
            ("eusc-de-east-1", "amazonaws.eu"),
        ] {
            assert_eq!(suffix(region), expected, "{region}");
        }
    }
}
