//! The alarmer's configuration.

use logweir_aws_support::DeadLetterConfig;
use logweir_intake::Settings;
use logweir_lambda_support::{
    ConfigurationError, Environment, MAX_DECOMPRESSED_BYTES, METRICS_NAMESPACE, REPORT_BATCH_ITEM_FAILURES, Variable,
};
use logweir_rules_source::RulesConfig;

use crate::publish::{Topics, check_topic_arn};

const STATE_TABLE: Variable = Variable { name: "STATE_TABLE", purpose: "DynamoDB table of the alarms' states" };
const TOPIC_ARNS: Variable = Variable {
    name: "TOPIC_ARNS",
    purpose: "SNS topics by severity and name: critical=arn,high=arn,medium=arn,low=arn,info=arn,payments=arn",
};
const CHAT_TOPIC_ARN: Variable =
    Variable { name: "CHAT_TOPIC_ARN", purpose: "SNS topic whose messages are for AWS's chat service" };
const DASHBOARDS_URL: Variable =
    Variable { name: "DASHBOARDS_URL", purpose: "base URL of OpenSearch Dashboards or Kibana, for links" };
const STATE_CONCURRENCY: Variable =
    Variable { name: "STATE_CONCURRENCY", purpose: "requests to the state table at a time" };
const NOTIFICATIONS_PER_MINUTE: Variable = Variable {
    name: "NOTIFICATIONS_PER_MINUTE",
    purpose: "messages that a topic gets one by one in a minute; the rest are grouped into one",
};

/// All variables that the alarmer reads.
pub const VARIABLES: [Variable; 16] = [
    RulesConfig::SOURCE,
    RulesConfig::REFRESH_SECONDS,
    RulesConfig::KEY_PARAMETER,
    RulesConfig::LOG_GROUP_DATASETS,
    RulesConfig::VPC_FLOW_FORMAT,
    STATE_TABLE,
    TOPIC_ARNS,
    CHAT_TOPIC_ARN,
    DASHBOARDS_URL,
    STATE_CONCURRENCY,
    NOTIFICATIONS_PER_MINUTE,
    DeadLetterConfig::BUCKET,
    DeadLetterConfig::PREFIX,
    MAX_DECOMPRESSED_BYTES,
    METRICS_NAMESPACE,
    REPORT_BATCH_ITEM_FAILURES,
];

/// The configuration, checked.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where the rules are.
    pub rules: RulesConfig,
    /// The table of states.
    pub state_table: String,
    /// Where messages go.
    pub topics: Topics,
    /// Where messages for AWS's chat service go.
    pub chat_topic_arn: Option<String>,
    /// What links to dashboards begin with, without a `/` at the end.
    pub dashboards_url: Option<String>,
    /// Requests to the table at a time.
    pub state_concurrency: usize,
    /// Messages that a topic gets one by one in a minute.
    pub notifications_per_minute: u32,
    /// Where goes what can never be read.
    pub dead_letters: DeadLetterConfig,
    /// How records are read.
    pub intake: Settings,
    /// Whether Lambda heeds a partial answer.
    pub reports_batch_item_failures: bool,
    /// CloudWatch namespace of the metrics.
    pub metrics_namespace: String,
}

impl Config {
    /// Reads the configuration; every problem is in the error.
    pub fn read(mut environment: Environment) -> Result<Self, ConfigurationError> {
        let rules = RulesConfig::read(&mut environment);
        let state_table = table(&mut environment);
        let topics = topics(&mut environment);
        let chat_topic_arn = chat_topic(&mut environment);
        let dashboards_url = dashboards_url(&mut environment);
        let state_concurrency = environment.in_range(STATE_CONCURRENCY, 1, 128, 16);
        let notifications_per_minute = environment.in_range(NOTIFICATIONS_PER_MINUTE, 1, 1_000, 20);
        let intake = environment.intake();
        let reports_batch_item_failures = environment.reports_batch_item_failures();
        let metrics_namespace = environment.metrics_namespace();
        environment.required(DeadLetterConfig::BUCKET);
        let parts = (topics, DeadLetterConfig::read(&environment));
        // A part is missing only where a problem was noted.
        let (Some(topics), Some(dead_letters)) = environment.finish(parts)? else {
            return Err(ConfigurationError { problems: vec!["the configuration is incomplete".to_owned()] });
        };
        Ok(Self {
            rules,
            state_table,
            topics,
            chat_topic_arn,
            dashboards_url,
            state_concurrency,
            notifications_per_minute,
            dead_letters,
            intake,
            reports_batch_item_failures,
            metrics_namespace,
        })
    }
}

/// A table's name, or its ARN:
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html>.
fn table(environment: &mut Environment) -> String {
    let table = environment.required(STATE_TABLE);
    let is_name = |name: &str| {
        (3..=255).contains(&name.len())
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte))
    };
    let is_arn = table.starts_with("arn:") && table.split_once(":table/").is_some_and(|(_, name)| is_name(name));
    if !table.is_empty() && !is_name(&table) && !is_arn {
        environment
            .problem(format!("{} is {table:?}: it must be the name or the ARN of a DynamoDB table", STATE_TABLE.name));
    }
    table
}

fn topics(environment: &mut Environment) -> Option<Topics> {
    let text = environment.required(TOPIC_ARNS);
    if text.is_empty() {
        return None;
    }
    match Topics::parse(&text) {
        Ok(topics) => Some(topics),
        Err(problems) => {
            for problem in problems {
                environment.problem(format!("{}: {problem}", TOPIC_ARNS.name));
            }
            None
        }
    }
}

fn chat_topic(environment: &mut Environment) -> Option<String> {
    let arn = environment.optional(CHAT_TOPIC_ARN)?;
    if let Err(problem) = check_topic_arn(&arn) {
        environment.problem(format!("{} is {arn:?}: {problem}", CHAT_TOPIC_ARN.name));
    }
    Some(arn)
}

/// What links are made of: it must not change what follows it.
fn dashboards_url(environment: &mut Environment) -> Option<String> {
    let url = environment.optional(DASHBOARDS_URL)?;
    let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://")).unwrap_or_default();
    let is_plain = url.bytes().all(|byte| byte.is_ascii_graphic() && !b"?#\"'<>\\".contains(&byte));
    if host.trim_start_matches('/').is_empty() || !is_plain {
        environment.problem(format!(
            "{} is {url:?}: it must be as https://dashboards.example/_dashboards, without anything behind its path",
            DASHBOARDS_URL.name
        ));
    }
    Some(url.trim_end_matches('/').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARN: &str = "arn:aws:sns:eu-west-1:123456789012:alarms";

    fn read(pairs: &[(&str, &str)]) -> Result<Config, ConfigurationError> {
        let topics = format!("medium={ARN}");
        let needed = [("STATE_TABLE", "alarms"), ("TOPIC_ARNS", topics.as_str()), ("DEAD_LETTER_BUCKET", "d")];
        Config::read(Environment::from_pairs(needed.iter().chain(pairs).copied()))
    }

    #[test]
    fn a_table_a_topic_and_a_bucket_are_enough() {
        let config = read(&[]).expect("valid");
        assert_eq!((config.state_concurrency, config.notifications_per_minute), (16, 20));
        assert_eq!((config.chat_topic_arn, config.dashboards_url), (None, None));
    }

    #[test]
    fn links_begin_with_the_address_of_dashboards() {
        let config = read(&[("DASHBOARDS_URL", "https://search.example/_dashboards/")]).expect("valid");
        assert_eq!(config.dashboards_url.as_deref(), Some("https://search.example/_dashboards"));
        for url in ["search.example", "https://", "https://a b", "https://a?x", "https://a#x"] {
            assert!(read(&[("DASHBOARDS_URL", url)]).is_err(), "{url}");
        }
    }

    #[test]
    fn a_table_has_a_name_or_an_arn() {
        for (table, is_taken) in [
            ("logweir-alarms_1.x", true),
            ("arn:aws:dynamodb:eu-west-1:123456789012:table/alarms", true),
            ("ab", false),
            ("a table", false),
            ("arn:aws:dynamodb:eu-west-1:123456789012:index/alarms", false),
        ] {
            assert_eq!(read(&[("STATE_TABLE", table)]).is_ok(), is_taken, "{table}");
        }
    }

    #[test]
    fn nonsense_is_told_all_at_once() {
        let nonsense = [
            ("RULES_SOURCE", "rules.yaml"),
            ("RULES_REFRESH_SECONDS", "9"),
            ("STATE_TABLE", ""),
            ("TOPIC_ARNS", "medium=my-topic"),
            ("CHAT_TOPIC_ARN", "chat"),
            ("DASHBOARDS_URL", "dashboards"),
            ("STATE_CONCURRENCY", "0"),
            ("NOTIFICATIONS_PER_MINUTE", "many"),
            ("DEAD_LETTER_BUCKET", ""),
            ("MAX_DECOMPRESSED_BYTES", "1"),
        ];
        let error = read(&nonsense).expect_err("nonsense");
        assert_eq!(error.problems.len(), nonsense.len(), "{error}");
    }
}
