//! Where the rules are, and what log groups hold, as it is configured.

use std::fmt;
use std::str::FromStr;

use logweir_lambda_support::{Environment, Variable};
use logweir_log_formats::vpc_flow::Formats;
use logweir_log_formats::{LogGroupDatasets, LogGroups};

/// What is configured of the rules.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RulesConfig {
    /// Where they are.
    pub location: RulesLocation,
    /// How often they are asked for, in seconds.
    pub refresh_seconds: u64,
    /// The parameter of Systems Manager that holds the key of keyed hashes.
    pub key_parameter: Option<String>,
    /// What log groups hold: rules look at datasets.
    pub log_groups: LogGroups,
}

impl RulesConfig {
    /// The variable of the place.
    pub const SOURCE: Variable = Variable {
        name: "RULES_SOURCE",
        purpose: "where rules.yaml is: s3://bucket/key or ssm:/parameter/name; empty for the one that is built in",
    };
    /// The variable of the interval.
    pub const REFRESH_SECONDS: Variable =
        Variable { name: "RULES_REFRESH_SECONDS", purpose: "how often the source is asked whether the rules changed" };
    /// The variable of the key.
    pub const KEY_PARAMETER: Variable = Variable {
        name: "REDACTION_KEY_PARAMETER",
        purpose: "name of the secure parameter that holds the key of `redact_with: hash`",
    };

    /// The variable of what log groups hold.
    pub const LOG_GROUP_DATASETS: Variable = Variable {
        name: "LOG_GROUP_DATASETS",
        purpose: "what log groups hold: pattern=dataset or pattern=dataset/index, separated by commas",
    };
    /// The variable of the formats of flow logs.
    pub const VPC_FLOW_FORMAT: Variable = Variable {
        name: "VPC_FLOW_FORMAT",
        purpose: "custom formats of VPC Flow Logs: ${version} ${srcaddr} … or pattern=format, separated by semicolons",
    };

    /// Reads it.
    pub fn read(environment: &mut Environment) -> Self {
        Self {
            location: environment.parsed(Self::SOURCE, RulesLocation::default()),
            refresh_seconds: environment.in_range(Self::REFRESH_SECONDS, 10, 3_600, 60),
            key_parameter: environment.optional(Self::KEY_PARAMETER),
            log_groups: LogGroups {
                datasets: environment.parsed(Self::LOG_GROUP_DATASETS, LogGroupDatasets::default()),
                vpc_flow: environment.parsed(Self::VPC_FLOW_FORMAT, Formats::default()),
            },
        }
    }
}

/// Where the rules are.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum RulesLocation {
    /// In the function itself.
    #[default]
    Packaged,
    /// An object of S3.
    S3 {
        /// Its bucket.
        bucket: String,
        /// Its key.
        key: String,
    },
    /// A parameter of Systems Manager.
    Parameter {
        /// Its name, with the `/` that a path begins with.
        name: String,
    },
}

/// As it is configured.
impl fmt::Display for RulesLocation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Packaged => formatter.write_str("rules.yaml of the function"),
            Self::S3 { bucket, key } => write!(formatter, "s3://{bucket}/{key}"),
            Self::Parameter { name } => write!(formatter, "ssm:{name}"),
        }
    }
}

/// No place of rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it must be s3://bucket/key or ssm:/parameter/name, or empty for the rules that are built in")]
pub struct RulesLocationError;

impl FromStr for RulesLocation {
    type Err = RulesLocationError;

    fn from_str(text: &str) -> Result<Self, RulesLocationError> {
        if let Some((bucket, key)) = text.strip_prefix("s3://").and_then(|place| place.split_once('/'))
            && !bucket.is_empty()
            && !key.is_empty()
        {
            return Ok(Self::S3 { bucket: bucket.to_owned(), key: key.to_owned() });
        }
        // <https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-su-create.html>
        match text.strip_prefix("ssm:") {
            Some(name)
                if name.bytes().any(|byte| byte.is_ascii_alphanumeric())
                    && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/_.-".contains(&byte)) =>
            {
                Ok(Self::Parameter { name: name.to_owned() })
            }
            _ => Err(RulesLocationError),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_built_in_or_in_s3_or_a_parameter() {
        for (text, expected) in [
            ("s3://b/k/rules.yaml", Some(RulesLocation::S3 { bucket: "b".to_owned(), key: "k/rules.yaml".to_owned() })),
            ("ssm:/logweir/rules", Some(RulesLocation::Parameter { name: "/logweir/rules".to_owned() })),
            ("ssm:rules", Some(RulesLocation::Parameter { name: "rules".to_owned() })),
            ("s3://b", None),
            ("s3:///k", None),
            ("ssm:", None),
            ("ssm:/", None),
            ("ssm:/a b", None),
            ("https://rules.example", None),
        ] {
            assert_eq!(text.parse().ok(), expected, "{text}");
        }
        let config = RulesConfig::read(&mut Environment::default());
        assert_eq!((config.location, config.refresh_seconds), (RulesLocation::Packaged, 60));
    }
}
