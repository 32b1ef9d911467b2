//! The transformer's configuration.

use std::fmt;
use std::str::FromStr;

use logweir_aws_support::DeadLetterConfig;
use logweir_intake::Settings;
use logweir_lambda_support::{
    ConfigurationError, Environment, GZIP_LEVEL, MAX_DECOMPRESSED_BYTES, METRICS_NAMESPACE, REPORT_BATCH_ITEM_FAILURES,
    Variable,
};
use logweir_rules_source::RulesConfig;

use crate::destination::Destination;
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
const CUT_BY_HOUR: Variable = Variable {
    name: "CUT_BY_HOUR",
    purpose: "true puts back payloads with events of several hours in pieces of one each, for partitioning by event time",
};
const FORWARD_STREAM: Variable =
    Variable { name: "FORWARD_STREAM", purpose: "Kinesis stream, name or ARN, to which records of Kinesis events go" };
const FORWARD_DELIVERY_STREAM: Variable = Variable {
    name: "FORWARD_DELIVERY_STREAM",
    purpose: "delivery stream, name or ARN, to which records of Kinesis events go instead",
};

/// All variables that the transformer reads.
pub const VARIABLES: [Variable; 18] = [
    OUTPUT_FORMAT,
    OUTPUT_COMPRESSION,
    GZIP_LEVEL,
    PARTITION_BY_LOG_GROUP,
    CUT_BY_HOUR,
    SURPLUS_DELIVERY_STREAM,
    FORWARD_STREAM,
    FORWARD_DELIVERY_STREAM,
    REPORT_BATCH_ITEM_FAILURES,
    DeadLetterConfig::BUCKET,
    DeadLetterConfig::PREFIX,
    MAX_DECOMPRESSED_BYTES,
    METRICS_NAMESPACE,
    RulesConfig::SOURCE,
    RulesConfig::REFRESH_SECONDS,
    RulesConfig::KEY_PARAMETER,
    RulesConfig::LOG_GROUP_DATASETS,
    RulesConfig::VPC_FLOW_FORMAT,
];

/// The configuration, checked.
#[derive(Debug, Clone)]
pub struct Config {
    /// What the output looks like.
    pub output: Output,
    /// Whether records carry the partition key `log_group`.
    pub partition_by_log_group: bool,
    /// Whether payloads with events of several hours are cut, so that each event lies under its own.
    pub cut_by_hour: bool,
    /// Where surplus goes when the source is a Kinesis stream, or instead of back to the source.
    pub surplus_delivery_stream: Option<String>,
    /// Where records of Kinesis events go, and what cannot be decoded of them.
    pub forward: Option<Forward>,
    /// Whether Lambda heeds a partial answer.
    pub reports_batch_item_failures: bool,
    /// How records are read, but for the rules of streams.
    pub intake: Settings,
    /// Where the rules are.
    pub rules: RulesConfig,
    /// Threads that work on an event.
    pub threads: usize,
    /// CloudWatch namespace of the metrics.
    pub metrics_namespace: String,
}

/// What the function needs where Firehose does not call it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forward {
    /// Where records go.
    pub destination: Destination,
    /// Where undecodable payloads go.
    pub dead_letters: DeadLetterConfig,
}

impl Config {
    /// Reads and checks the configuration; every problem is reported.
    pub fn read(mut environment: Environment) -> Result<Self, ConfigurationError> {
        let format = environment.parsed(OUTPUT_FORMAT, Choice(Format::Ndjson)).0;
        let compress = environment.parsed(OUTPUT_COMPRESSION, Choice(true)).0;
        let level = environment.gzip_level();
        let config = Self {
            output: Output { format, gzip_level: compress.then_some(level) },
            partition_by_log_group: environment.flag(PARTITION_BY_LOG_GROUP),
            cut_by_hour: environment.flag(CUT_BY_HOUR),
            surplus_delivery_stream: environment.optional(SURPLUS_DELIVERY_STREAM),
            forward: forward(&mut environment),
            reports_batch_item_failures: environment.reports_batch_item_failures(),
            intake: environment.intake(),
            rules: RulesConfig::read(&mut environment),
            threads: environment.threads(),
            metrics_namespace: environment.metrics_namespace(),
        };
        environment.finish(config)
    }
}

fn forward(environment: &mut Environment) -> Option<Forward> {
    let streams = (environment.optional(FORWARD_STREAM), environment.optional(FORWARD_DELIVERY_STREAM));
    let (variable, destination) = match streams {
        (None, None) => return None,
        (Some(stream), None) => (FORWARD_STREAM, Destination::stream(&stream)),
        (None, Some(stream)) => (FORWARD_DELIVERY_STREAM, Destination::delivery_stream(&stream)),
        (Some(_), Some(_)) => {
            environment.problem(format!(
                "{} and {} are both set: records go to one of them",
                FORWARD_STREAM.name, FORWARD_DELIVERY_STREAM.name
            ));
            return None;
        }
    };
    let dead_letters = DeadLetterConfig::read(environment);
    if dead_letters.is_none() {
        environment.problem(format!(
            "{} is not set: with {} the function is fed payloads that it must be able to set aside",
            DeadLetterConfig::BUCKET.name,
            variable.name
        ));
    }
    let destination = destination.map_err(|error| environment.problem(format!("{}: {error}", variable.name))).ok()?;
    Some(Forward { destination, dead_letters: dead_letters? })
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
        assert_eq!(config.output, Output { format: Format::Ndjson, gzip_level: Some(8) });
        assert_eq!((config.forward, config.reports_batch_item_failures), (None, false));

        let nonsense = [
            ("OUTPUT_FORMAT", "xml"),
            ("OUTPUT_COMPRESSION", "zip"),
            ("GZIP_LEVEL", "10"),
            ("PARTITION_BY_LOG_GROUP", "yes"),
            ("CUT_BY_HOUR", "1"),
            ("REPORT_BATCH_ITEM_FAILURES", "on"),
            ("MAX_DECOMPRESSED_BYTES", "1"),
        ];
        let error = Config::read(Environment::from_pairs(nonsense)).expect_err("nonsense");
        assert_eq!(error.problems.len(), nonsense.len(), "{error}");
    }

    #[test]
    fn it_forwards_one_way_and_sets_aside_what_it_cannot_read() {
        let read = |pairs: &[(&str, &str)]| Config::read(Environment::from_pairs(pairs.iter().copied()));
        let problems = |pairs: &[(&str, &str)]| read(pairs).expect_err("nonsense").problems.join("; ");
        let bucket = ("DEAD_LETTER_BUCKET", "d");
        let config = read(&[("FORWARD_STREAM", "s"), bucket]).expect("valid");
        assert_eq!(config.forward.map(|forward| forward.destination), Destination::stream("s").ok());
        assert!(problems(&[("FORWARD_STREAM", "s")]).contains("DEAD_LETTER_BUCKET is not set: with FORWARD_STREAM"));
        let both = problems(&[("FORWARD_STREAM", "s"), ("FORWARD_DELIVERY_STREAM", "d"), bucket]);
        assert_eq!(both, "FORWARD_STREAM and FORWARD_DELIVERY_STREAM are both set: records go to one of them");
        let wrong = problems(&[("FORWARD_DELIVERY_STREAM", "arn:aws:kinesis:eu-west-1:1:stream/s"), bucket]);
        assert!(wrong.starts_with("FORWARD_DELIVERY_STREAM: "), "{wrong}");
    }
}
