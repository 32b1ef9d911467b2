//! The transformer's configuration.

use std::fmt;
use std::str::FromStr;

use logweir_aws_support::DeadLetterConfig;
use logweir_lambda_support::{
    ConfigurationError, Environment, GZIP_LEVEL, MAX_DECOMPRESSED_BYTES, METRICS_NAMESPACE, Variable,
};

use crate::output::{Format, Output};

const OUTPUT_FORMAT: Variable = Variable {
    name: "OUTPUT_FORMAT",
    purpose: "what a log event becomes: ndjson (a record of all its fields) or message (the bare line)",
};
const OUTPUT_COMPRESSION: Variable =
    Variable { name: "OUTPUT_COMPRESSION", purpose: "gzip (for S3) or none (for destinations that need text)" };
const PARTITION_BY_LOG_GROUP: Variable = Variable {
    name: "PARTITION_BY_LOG_GROUP",
    purpose: "true adds the partition key log_group for dynamic partitioning",
};
const SURPLUS_DELIVERY_STREAM: Variable = Variable {
    name: "SURPLUS_DELIVERY_STREAM",
    purpose: "direct-put delivery stream for what does not fit an answer, where the source is a Kinesis stream",
};
const DELIVERY_STREAM: Variable = Variable {
    name: "DELIVERY_STREAM",
    purpose: "delivery stream that takes the records of subscriptions and Kinesis events",
};

/// All variables that the transformer reads.
pub const VARIABLES: [Variable; 10] = [
    OUTPUT_FORMAT,
    OUTPUT_COMPRESSION,
    GZIP_LEVEL,
    PARTITION_BY_LOG_GROUP,
    SURPLUS_DELIVERY_STREAM,
    DELIVERY_STREAM,
    DeadLetterConfig::BUCKET,
    DeadLetterConfig::PREFIX,
    MAX_DECOMPRESSED_BYTES,
    METRICS_NAMESPACE,
];

/// The configuration, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// What the output looks like.
    pub output: Output,
    /// Whether records carry the partition key `log_group`.
    pub partition_by_log_group: bool,
    /// Where surplus goes when the source is a Kinesis stream, or instead of back to the source.
    pub surplus_delivery_stream: Option<String>,
    /// Where records of subscriptions and Kinesis events go, and what cannot be decoded of them.
    pub delivery: Option<Delivery>,
    /// What a payload may decompress to, in bytes.
    pub max_decompressed_bytes: usize,
    /// CloudWatch namespace of the metrics.
    pub metrics_namespace: String,
}

/// What the function needs where Firehose does not call it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Name of the delivery stream.
    pub stream: String,
    /// Where undecodable payloads go.
    pub dead_letters: DeadLetterConfig,
}

impl Config {
    /// Reads and checks the configuration; every problem is reported.
    pub fn read(mut environment: Environment) -> Result<Self, ConfigurationError> {
        let format = environment.parsed(OUTPUT_FORMAT, Choice(Format::Ndjson)).0;
        let compress = environment.parsed(OUTPUT_COMPRESSION, Choice(true)).0;
        let level = environment.gzip_level();
        let dead_letters = DeadLetterConfig::read(&environment);
        let delivery = match (environment.optional(DELIVERY_STREAM), dead_letters) {
            (Some(stream), Some(dead_letters)) => Some(Delivery { stream, dead_letters }),
            (None, _) => None,
            (Some(_), None) => {
                environment.problem(format!(
                    "{} is not set: with {} the function is fed payloads that it must be able to set aside",
                    DeadLetterConfig::BUCKET.name,
                    DELIVERY_STREAM.name
                ));
                None
            }
        };
        let config = Self {
            output: Output { format, gzip_level: compress.then_some(level) },
            partition_by_log_group: environment.flag(PARTITION_BY_LOG_GROUP),
            surplus_delivery_stream: environment.optional(SURPLUS_DELIVERY_STREAM),
            delivery,
            max_decompressed_bytes: environment.max_decompressed_bytes(),
            metrics_namespace: environment.metrics_namespace(),
        };
        environment.finish(config)
    }
}

/// One of a few words.
struct Choice<T>(T);

#[derive(Debug)]
struct NotAChoice(&'static str);

impl fmt::Display for NotAChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "it must be {}", self.0)
    }
}

impl FromStr for Choice<Format> {
    type Err = NotAChoice;

    fn from_str(text: &str) -> Result<Self, NotAChoice> {
        match text {
            "ndjson" => Ok(Self(Format::Ndjson)),
            "message" => Ok(Self(Format::Message)),
            _ => Err(NotAChoice("ndjson or message")),
        }
    }
}

impl FromStr for Choice<bool> {
    type Err = NotAChoice;

    fn from_str(text: &str) -> Result<Self, NotAChoice> {
        match text {
            "gzip" => Ok(Self(true)),
            "none" => Ok(Self(false)),
            _ => Err(NotAChoice("gzip or none")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_set_is_a_firehose_transform_and_nonsense_is_told_all_at_once() {
        let config = Config::read(Environment::default()).expect("valid");
        assert_eq!(config.output, Output { format: Format::Ndjson, gzip_level: Some(6) });
        assert_eq!(config.delivery, None);

        let nonsense = [
            ("OUTPUT_FORMAT", "xml"),
            ("OUTPUT_COMPRESSION", "zip"),
            ("GZIP_LEVEL", "10"),
            ("PARTITION_BY_LOG_GROUP", "yes"),
            ("DELIVERY_STREAM", "d"),
            ("MAX_DECOMPRESSED_BYTES", "1"),
        ];
        let error = Config::read(Environment::from_pairs(nonsense)).expect_err("nonsense");
        assert_eq!(error.problems.len(), nonsense.len(), "{error}");
    }
}
