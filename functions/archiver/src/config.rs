//! The archiver's configuration.

use aws_sdk_s3::types::StorageClass;
use logweir_archive::{DEFAULT_TEMPLATE, Grouping, KeyTemplate};
use logweir_aws_support::DeadLetterConfig;
use logweir_intake::Settings;
use logweir_lambda_support::{
    ConfigurationError, Environment, GZIP_LEVEL, MAX_DECOMPRESSED_BYTES, METRICS_NAMESPACE, Variable,
};
use logweir_rules_source::RulesConfig;

const ARCHIVE_BUCKET: Variable = Variable { name: "ARCHIVE_BUCKET", purpose: "bucket of the archive" };
const ARCHIVE_PREFIX: Variable = Variable { name: "ARCHIVE_PREFIX", purpose: "the template's {prefix}" };
const ARCHIVE_KEY_TEMPLATE: Variable =
    Variable { name: "ARCHIVE_KEY_TEMPLATE", purpose: "where objects go; docs/archive-layout.md lists the fields" };
const ARCHIVE_RAW: Variable = Variable {
    name: "ARCHIVE_RAW",
    purpose: "true archives events as they come, before the rules of streams, under {prefix}/raw",
};
const ARCHIVE_OBJECT_PER: Variable = Variable {
    name: "ARCHIVE_OBJECT_PER",
    purpose: "batch (few, large objects) or payload (the same objects however batches are cut)",
};
const ARCHIVE_STORAGE_CLASS: Variable =
    Variable { name: "ARCHIVE_STORAGE_CLASS", purpose: "S3 storage class of new objects" };
const ARCHIVE_KMS_KEY_ARN: Variable =
    Variable { name: "ARCHIVE_KMS_KEY_ARN", purpose: "KMS key of new objects; the bucket's own encryption unless set" };
const PUT_CONCURRENCY: Variable = Variable { name: "PUT_CONCURRENCY", purpose: "objects that are put at once" };

/// All variables that the archiver reads.
pub const VARIABLES: [Variable; 18] = [
    ARCHIVE_BUCKET,
    ARCHIVE_PREFIX,
    ARCHIVE_KEY_TEMPLATE,
    ARCHIVE_RAW,
    ARCHIVE_OBJECT_PER,
    ARCHIVE_STORAGE_CLASS,
    ARCHIVE_KMS_KEY_ARN,
    GZIP_LEVEL,
    PUT_CONCURRENCY,
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
    /// Bucket of the archive.
    pub bucket: String,
    /// Where objects go.
    pub template: KeyTemplate,
    /// Which events may share an object.
    pub grouping: Grouping,
    /// Gzip level, 1 to 9.
    pub gzip_level: u32,
    /// Storage class of new objects.
    pub storage_class: StorageClass,
    /// KMS key of new objects, if not the bucket's own encryption.
    pub kms_key: Option<String>,
    /// Objects that are put at once.
    pub put_concurrency: usize,
    /// Where undecodable payloads go.
    pub dead_letters: DeadLetterConfig,
    /// How records are read, but for the rules of streams.
    pub intake: Settings,
    /// Where the rules are.
    pub rules: RulesConfig,
    /// Events are archived as they come: the rules of streams are for others.
    pub is_raw: bool,
    /// Threads that work on a batch.
    pub threads: usize,
    /// CloudWatch namespace of the metrics.
    pub metrics_namespace: String,
}

impl Config {
    /// Reads and checks the configuration; every problem is reported.
    pub fn read(mut environment: Environment) -> Result<Self, ConfigurationError> {
        let bucket = environment.required(ARCHIVE_BUCKET);
        environment.required(DeadLetterConfig::BUCKET);
        let mut prefix = environment.optional(ARCHIVE_PREFIX).unwrap_or_else(|| "logs".to_owned());
        let template = environment.optional(ARCHIVE_KEY_TEMPLATE).unwrap_or_else(|| DEFAULT_TEMPLATE.to_owned());
        let is_raw = environment.flag(ARCHIVE_RAW);
        if is_raw {
            prefix.push_str("/raw");
            if !template.contains("{prefix}") {
                let (raw, template) = (ARCHIVE_RAW.name, ARCHIVE_KEY_TEMPLATE.name);
                environment.problem(format!("{raw} needs {{prefix}} in {template}: keys say what is raw by it"));
            }
        }
        let template = KeyTemplate::new(&template, &prefix)
            .map_err(|error| environment.problem(format!("{} is {template:?}: {error}", ARCHIVE_KEY_TEMPLATE.name)))
            .ok();
        let grouping = match environment.optional(ARCHIVE_OBJECT_PER).as_deref() {
            None | Some("batch") => Grouping::Batch,
            Some("payload") => Grouping::Payload,
            Some(other) => {
                environment.problem(format!("{} is {other:?}: it must be batch or payload", ARCHIVE_OBJECT_PER.name));
                Grouping::Batch
            }
        };
        let storage_class = environment.optional(ARCHIVE_STORAGE_CLASS);
        let storage_class = storage_class.as_deref().map_or(StorageClass::Standard, StorageClass::from);
        if !StorageClass::values().contains(&storage_class.as_str()) {
            environment
                .problem(format!("{} is {storage_class}: S3 has no such storage class", ARCHIVE_STORAGE_CLASS.name));
        }
        let gzip_level = environment.gzip_level();
        let put_concurrency = environment.in_range(PUT_CONCURRENCY, 1, 64, 8);
        let intake = environment.intake();
        let rules = RulesConfig::read(&mut environment);
        let parts = (template, DeadLetterConfig::read(&environment));
        let kms_key = environment.optional(ARCHIVE_KMS_KEY_ARN);
        let threads = environment.threads();
        let metrics_namespace = environment.metrics_namespace();
        // A part is missing only where a problem was noted.
        let (Some(template), Some(dead_letters)) = environment.finish(parts)? else {
            return Err(ConfigurationError { problems: vec!["the configuration is incomplete".to_owned()] });
        };
        Ok(Self {
            bucket,
            template,
            grouping,
            gzip_level,
            storage_class,
            kms_key,
            put_concurrency,
            dead_letters,
            intake,
            rules,
            is_raw,
            threads,
            metrics_namespace,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_buckets_are_enough_and_nonsense_is_told_all_at_once() {
        let buckets = [("ARCHIVE_BUCKET", "a"), ("DEAD_LETTER_BUCKET", "d")];
        let config = Config::read(Environment::from_pairs(buckets)).expect("valid");
        assert_eq!(
            (config.gzip_level, config.grouping, config.storage_class),
            (8, Grouping::Batch, StorageClass::Standard)
        );

        let nonsense = [
            ("ARCHIVE_KEY_TEMPLATE", "{owner}"),
            ("ARCHIVE_RAW", "true"),
            ("ARCHIVE_OBJECT_PER", "day"),
            ("ARCHIVE_STORAGE_CLASS", "WARM"),
            ("GZIP_LEVEL", "0"),
            ("PUT_CONCURRENCY", "0"),
        ];
        let error = Config::read(Environment::from_pairs(nonsense)).expect_err("nonsense");
        assert_eq!(error.problems.len(), nonsense.len() + 2, "{error}");
    }
}
