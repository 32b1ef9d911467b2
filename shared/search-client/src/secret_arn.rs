//! Where a secret is.

use std::fmt;
use std::str::FromStr;

use serde_json::{Value, json};

use crate::call::{Call, parameter_call, parameter_value};

/// The name of a secret of Secrets Manager or of a parameter of Systems Manager.
///
/// ```
/// use logweir_search_client::SecretArn;
///
/// assert!("arn:aws:secretsmanager:eu-west-1:123456789012:secret:search-AbCdEf".parse::<SecretArn>().is_ok());
/// assert!("arn:aws:ssm:eu-west-1:123456789012:parameter/search/key".parse::<SecretArn>().is_ok());
/// assert!("arn:aws:s3:::bucket".parse::<SecretArn>().is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretArn {
    arn: String,
    keeper: Keeper,
    region: String,
    /// What the names of all hosts of its partition end with.
    suffix: &'static str,
}

/// Who keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Keeper {
    SecretsManager,
    SystemsManager,
}

/// No name of a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "it is no ARN of a secret: write arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME or \
     arn:aws:ssm:REGION:ACCOUNT:parameter/NAME ({reason})"
)]
pub struct SecretArnError {
    reason: &'static str,
}

impl SecretArn {
    /// The ARN, as it was given.
    pub fn as_str(&self) -> &str {
        &self.arn
    }

    /// Name of the service, in hosts and in signatures.
    fn service(&self) -> &'static str {
        match self.keeper {
            Keeper::SecretsManager => "secretsmanager",
            Keeper::SystemsManager => "ssm",
        }
    }

    /// The service's address: <https://docs.aws.amazon.com/general/latest/gr/asm.html>, `…/ssm.html`.
    fn service_url(&self) -> String {
        format!("https://{}.{}.{}", self.service(), self.region, self.suffix)
    }

    /// The call that answers with the secret.
    pub(crate) fn call(&self) -> Call<'_> {
        match self.keeper {
            Keeper::SecretsManager => Call {
                service: self.service(),
                region: &self.region,
                url: self.service_url(),
                target: "secretsmanager.GetSecretValue",
                body: json!({ "SecretId": self.arn }),
            },
            Keeper::SystemsManager => parameter_call(self.service_url(), &self.region, &self.arn),
        }
    }

    /// The secret in the answer to that call.
    pub(crate) fn text(&self, answer: &Value) -> Result<String, &'static str> {
        match self.keeper {
            Keeper::SecretsManager => match (answer["SecretString"].as_str(), answer["SecretBinary"].as_str()) {
                (Some(text), _) => Ok(text.to_owned()),
                (None, Some(binary)) => {
                    let bytes = base64_simd::STANDARD.decode_to_vec(binary).ok();
                    bytes.and_then(|bytes| String::from_utf8(bytes).ok()).ok_or("it is binary: store it as text")
                }
                (None, None) => Err("the answer of Secrets Manager holds none"),
            },
            Keeper::SystemsManager => parameter_value(answer),
        }
    }
}

impl FromStr for SecretArn {
    type Err = SecretArnError;

    fn from_str(arn: &str) -> Result<Self, SecretArnError> {
        let refused = |reason| Err(SecretArnError { reason });
        let arn = arn.trim();
        let parts: Vec<&str> = arn.splitn(6, ':').collect();
        let ["arn", partition, service, region, account, resource] = *parts.as_slice() else {
            return refused("it has not six parts");
        };
        let keeper = match (service, resource.split_once([':', '/'])) {
            ("secretsmanager", Some(("secret", name))) if !name.is_empty() => Keeper::SecretsManager,
            ("ssm", Some(("parameter", name))) if !name.is_empty() => Keeper::SystemsManager,
            _ => return refused("it names neither a secret nor a parameter"),
        };
        // <https://docs.aws.amazon.com/general/latest/gr/rande.html>
        let suffix = match partition {
            "aws" | "aws-us-gov" => "amazonaws.com",
            "aws-cn" => "amazonaws.com.cn",
            "aws-eusc" => "amazonaws.eu",
            _ => return refused("its partition is not known"),
        };
        // They become part of a host's name: nothing in them may lead elsewhere.
        if region.is_empty()
            || !region.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        {
            return refused("its region is not one");
        }
        if account.is_empty() || !account.bytes().all(|byte| byte.is_ascii_digit()) {
            return refused("its account is not one");
        }
        Ok(Self { arn: arn.to_owned(), keeper, region: region.to_owned(), suffix })
    }
}

impl fmt::Display for SecretArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.arn)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_service_is_that_of_region_and_partition() {
        let url = |arn: &str| arn.parse::<SecretArn>().unwrap().service_url();
        let secret = |partition: &str, region: &str| {
            format!("arn:{partition}:secretsmanager:{region}:123456789012:secret:a/b-AbCdEf")
        };
        assert_eq!(url(&secret("aws", "eu-west-1")), "https://secretsmanager.eu-west-1.amazonaws.com");
        assert_eq!(url(&secret("aws-us-gov", "us-gov-west-1")), "https://secretsmanager.us-gov-west-1.amazonaws.com");
        assert_eq!(
            url("arn:aws-cn:ssm:cn-north-1:123456789012:parameter/a/b"),
            "https://ssm.cn-north-1.amazonaws.com.cn"
        );
    }

    #[test]
    fn what_is_no_secret_is_refused() {
        for arn in [
            "",
            "search",
            "arn:aws:s3:::bucket",
            "arn:aws:secretsmanager:eu-west-1:123456789012:secret:",
            "arn:aws:secretsmanager:evil.example/:123456789012:secret:a",
            "arn:aws:secretsmanager::123456789012:secret:a",
            "arn:aws:ssm:eu-west-1:123456789012:document/a",
            "arn:aws-iso:ssm:us-iso-east-1:123456789012:parameter/a",
        ] {
            assert!(arn.parse::<SecretArn>().is_err(), "{arn}");
        }
    }

    #[test]
    fn answers_hold_text_or_bytes_that_are_text() {
        let secret: SecretArn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:a".parse().unwrap();
        assert_eq!(secret.text(&json!({ "SecretString": "a" })).unwrap(), "a");
        assert_eq!(secret.text(&json!({ "SecretBinary": "YQ==" })).unwrap(), "a");
        assert!(secret.text(&json!({ "SecretBinary": "/w==" })).is_err());
        let parameter: SecretArn = "arn:aws:ssm:eu-west-1:123456789012:parameter/a".parse().unwrap();
        assert_eq!(parameter.text(&json!({ "Parameter": { "Value": "a" } })).unwrap(), "a");
        assert!(parameter.text(&json!({})).is_err());
    }
}
