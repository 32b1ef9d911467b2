//! The indexer's configuration.

use logweir_aws_support::DeadLetterConfig;
use logweir_intake::Settings as Intake;
use logweir_lambda_support::{
    ConfigurationError, Environment, MAX_DECOMPRESSED_BYTES, METRICS_NAMESPACE, REPORT_BATCH_ITEM_FAILURES, Variable,
};
use logweir_rules_source::RulesConfig;
use logweir_search::{DocumentIds, IndexPrefix, Limits, Settings};
use logweir_search_client::{Authentication, Certificates, Endpoint, Scheme, SecretArn, SigningService};

const SEARCH_ENDPOINT: Variable =
    Variable { name: "SEARCH_ENDPOINT", purpose: "URL of the search server, such as https://search.example:9200" };
const SEARCH_AUTHENTICATION: Variable = Variable {
    name: "SEARCH_AUTHENTICATION",
    purpose: "none, basic, api-key or sigv4; sigv4 for hosts under amazonaws.com unless set",
};
const SEARCH_SIGNING_SERVICE: Variable = Variable {
    name: "SEARCH_SIGNING_SERVICE",
    purpose: "es or aoss, where the host's name does not tell what sigv4 signs for",
};
const SEARCH_SECRET_ARN: Variable = Variable {
    name: "SEARCH_SECRET_ARN",
    purpose: "ARN of the Secrets Manager secret or SSM parameter that holds the credentials",
};
const SEARCH_CA_CERTIFICATE: Variable = Variable {
    name: "SEARCH_CA_CERTIFICATE",
    purpose: "PEM of the authority that signed the server's certificate, or its file",
};
const INDEX_PREFIX: Variable = Variable { name: "INDEX_PREFIX", purpose: "first part of the names of indices" };
const DOCUMENT_IDS: Variable = Variable {
    name: "DOCUMENT_IDS",
    purpose: "event (a repeat is recognised) or server (for time-series collections)",
};
const BULK_BYTES: Variable =
    Variable { name: "BULK_BYTES", purpose: "size of a bulk request before it is compressed, in bytes" };
const BULK_DOCUMENTS: Variable = Variable { name: "BULK_DOCUMENTS", purpose: "documents of a bulk request" };
const BULK_CONCURRENCY: Variable = Variable { name: "BULK_CONCURRENCY", purpose: "bulk requests at a time" };
const INSTALL_TEMPLATES: Variable =
    Variable { name: "INSTALL_TEMPLATES", purpose: "true installs the index templates before the first document" };
const SEARCH_RETENTION_DAYS: Variable = Variable {
    name: "SEARCH_RETENTION_DAYS",
    purpose: "age in days at which the server deletes indices, with INSTALL_TEMPLATES; 0 never",
};

/// All variables that the indexer reads.
pub const VARIABLES: [Variable; 22] = [
    SEARCH_ENDPOINT,
    SEARCH_AUTHENTICATION,
    SEARCH_SIGNING_SERVICE,
    SEARCH_SECRET_ARN,
    SEARCH_CA_CERTIFICATE,
    INDEX_PREFIX,
    DOCUMENT_IDS,
    BULK_BYTES,
    BULK_DOCUMENTS,
    BULK_CONCURRENCY,
    INSTALL_TEMPLATES,
    SEARCH_RETENTION_DAYS,
    DeadLetterConfig::BUCKET,
    DeadLetterConfig::PREFIX,
    MAX_DECOMPRESSED_BYTES,
    METRICS_NAMESPACE,
    REPORT_BATCH_ITEM_FAILURES,
    RulesConfig::SOURCE,
    RulesConfig::REFRESH_SECONDS,
    RulesConfig::KEY_PARAMETER,
    RulesConfig::LOG_GROUP_DATASETS,
    RulesConfig::VPC_FLOW_FORMAT,
];

/// The configuration, checked.
#[derive(Debug, Clone)]
pub struct Config {
    /// The search server.
    pub endpoint: Endpoint,
    /// How the server knows the function.
    pub authentication: Authentication,
    /// Who signed the server's certificate, where it is not one that everybody knows.
    pub certificates: Option<Certificates>,
    /// What documents and indices are like.
    pub settings: Settings,
    /// How large a bulk request may be.
    pub limits: Limits,
    /// Bulk requests at a time.
    pub concurrency: usize,
    /// Whether index templates are installed before the first document.
    pub install_templates: bool,
    /// Age in days at which the server deletes indices; 0 never.
    pub retention_days: u32,
    /// Where goes what can never be indexed.
    pub dead_letters: DeadLetterConfig,
    /// How records are read, but for the rules of streams.
    pub intake: Intake,
    /// Where the rules are.
    pub rules: RulesConfig,
    /// Whether Lambda heeds a partial answer.
    pub reports_batch_item_failures: bool,
    /// CloudWatch namespace of the metrics.
    pub metrics_namespace: String,
}

impl Config {
    /// Reads the configuration; every problem is in the error.
    pub fn read(mut environment: Environment) -> Result<Self, ConfigurationError> {
        let url = environment.required(SEARCH_ENDPOINT);
        let endpoint = match url.parse::<Endpoint>() {
            Ok(endpoint) => Some(endpoint),
            Err(_) if url.is_empty() => None,
            Err(error) => {
                environment.problem(format!("{} is {url:?}: {error}", SEARCH_ENDPOINT.name));
                None
            }
        };
        let authentication = authentication(&mut environment, endpoint.as_ref());
        check(&mut environment, endpoint.as_ref(), &authentication);
        let certificates = certificates(&mut environment);
        let rules = RulesConfig::read(&mut environment);
        let settings = settings(&mut environment, &rules);
        let limits = Limits {
            bytes: environment.in_range(BULK_BYTES, 1 << 10, 64 << 20, 5 << 20),
            documents: environment.in_range(BULK_DOCUMENTS, 1, 100_000, 2_000),
        };
        let concurrency = environment.in_range(BULK_CONCURRENCY, 1, 64, 4);
        let install_templates = environment.flag(INSTALL_TEMPLATES);
        let retention_days = environment.in_range(SEARCH_RETENTION_DAYS, 0, 36_500, 0);
        let intake = environment.intake();
        let reports_batch_item_failures = environment.reports_batch_item_failures();
        let metrics_namespace = environment.metrics_namespace();
        environment.required(DeadLetterConfig::BUCKET);
        let parts = (endpoint, DeadLetterConfig::read(&environment));
        // A part is missing only where a problem was noted.
        let (Some(endpoint), Some(dead_letters)) = environment.finish(parts)? else {
            return Err(ConfigurationError { problems: vec!["the configuration is incomplete".to_owned()] });
        };
        Ok(Self {
            endpoint,
            authentication,
            certificates,
            settings,
            limits,
            concurrency,
            install_templates,
            retention_days,
            dead_letters,
            intake,
            rules,
            reports_batch_item_failures,
            metrics_namespace,
        })
    }
}

fn authentication(environment: &mut Environment, endpoint: Option<&Endpoint>) -> Authentication {
    let secret = environment.optional(SEARCH_SECRET_ARN).and_then(|arn| match arn.parse::<SecretArn>() {
        Ok(arn) => Some(arn),
        Err(error) => {
            environment.problem(format!("{}: {error}", SEARCH_SECRET_ARN.name));
            None
        }
    });
    let service = environment.optional(SEARCH_SIGNING_SERVICE).and_then(|name| match name.parse::<SigningService>() {
        Ok(service) => Some(service),
        Err(error) => {
            environment.problem(format!("{} is {name:?}: {error}", SEARCH_SIGNING_SERVICE.name));
            None
        }
    });
    let is_amazon = service.is_some() || endpoint.is_some_and(|endpoint| endpoint.amazon().is_some());
    let scheme = environment.optional(SEARCH_AUTHENTICATION);
    let stored = |environment: &mut Environment, scheme| {
        if let Some(secret) = &secret {
            return Authentication::Stored { scheme, secret: secret.clone() };
        }
        environment.problem(format!("{} needs {}", SEARCH_AUTHENTICATION.name, SEARCH_SECRET_ARN.name));
        Authentication::None
    };
    match scheme.as_deref() {
        Some("sigv4") => Authentication::SigV4 { service, region: None },
        None if is_amazon && secret.is_none() => Authentication::SigV4 { service, region: None },
        Some("basic") => stored(environment, Scheme::Basic),
        // Who names a secret wants it used; most are a name and a password.
        None if secret.is_some() => stored(environment, Scheme::Basic),
        Some("api-key") => stored(environment, Scheme::ApiKey),
        None | Some("none") => Authentication::None,
        Some(other) => {
            environment.problem(format!(
                "{} is {other:?}: it must be none, basic, api-key or sigv4",
                SEARCH_AUTHENTICATION.name
            ));
            Authentication::None
        }
    }
}

/// What the client would refuse, but only when the first document comes.
fn check(environment: &mut Environment, endpoint: Option<&Endpoint>, authentication: &Authentication) {
    let Some(endpoint) = endpoint else { return };
    let is_told = match authentication {
        Authentication::SigV4 { service, .. } => service.is_some() || endpoint.amazon().is_some(),
        _ => true,
    };
    if !is_told {
        environment.problem(format!(
            "{} is needed: {endpoint} does not tell what sigv4 signs for, es or aoss",
            SEARCH_SIGNING_SERVICE.name
        ));
    }
    let is_open = !endpoint.is_secure() && !endpoint.is_loopback();
    if is_open && !matches!(authentication, Authentication::None) {
        environment.problem(format!(
            "{} is {endpoint}: credentials are not sent over plain http, give its https:// address",
            SEARCH_ENDPOINT.name
        ));
    }
}

fn certificates(environment: &mut Environment) -> Option<Certificates> {
    let text = environment.optional(SEARCH_CA_CERTIFICATE)?;
    match Certificates::from_text_or_file(&text) {
        Ok(certificates) => Some(certificates),
        Err(error) => {
            environment.problem(format!("{}: {error}", SEARCH_CA_CERTIFICATE.name));
            None
        }
    }
}

fn settings(environment: &mut Environment, rules: &RulesConfig) -> Settings {
    let prefix = environment.parsed(INDEX_PREFIX, IndexPrefix::default());
    let ids = match environment.optional(DOCUMENT_IDS).as_deref() {
        None | Some("event") => DocumentIds::Event,
        Some("server") => DocumentIds::Server,
        Some(other) => {
            environment.problem(format!("{} is {other:?}: it must be event or server", DOCUMENT_IDS.name));
            DocumentIds::Event
        }
    };
    Settings { prefix, ids, log_groups: rules.log_groups.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<Config, ConfigurationError> {
        let needed = [("SEARCH_ENDPOINT", "https://search.example"), ("DEAD_LETTER_BUCKET", "d")];
        Config::read(Environment::from_pairs(needed.iter().chain(pairs).copied()))
    }

    #[test]
    fn an_endpoint_and_a_bucket_are_enough() {
        let config = read(&[]).expect("valid");
        assert!(matches!(config.authentication, Authentication::None));
        assert_eq!((config.limits, config.concurrency), (Limits { bytes: 5 << 20, documents: 2_000 }, 4));
        assert_eq!(config.settings, Settings::default());
    }

    #[test]
    fn who_authenticates_how() {
        let arn = ("SEARCH_SECRET_ARN", "arn:aws:secretsmanager:eu-west-1:123456789012:secret:search-AbCdEf");
        let amazon = ("SEARCH_ENDPOINT", "https://search-x-abc.eu-west-1.es.amazonaws.com");
        for (pairs, expected) in [
            (vec![amazon], "SigV4"),
            (vec![("SEARCH_AUTHENTICATION", "sigv4"), ("SEARCH_SIGNING_SERVICE", "aoss")], "SigV4"),
            (vec![arn], "Stored { scheme: Basic"),
            (vec![amazon, arn], "Stored { scheme: Basic"),
            (vec![arn, ("SEARCH_AUTHENTICATION", "api-key")], "Stored { scheme: ApiKey"),
            (vec![amazon, ("SEARCH_AUTHENTICATION", "none")], "None"),
        ] {
            let found = format!("{:?}", read(&pairs).expect("valid").authentication);
            assert!(found.starts_with(expected), "{pairs:?}: {found}");
        }
    }

    #[test]
    fn credentials_have_a_service_and_a_safe_way() {
        for pairs in [
            vec![("SEARCH_AUTHENTICATION", "sigv4")],
            vec![
                ("SEARCH_ENDPOINT", "http://search.example"),
                ("SEARCH_SECRET_ARN", "arn:aws:secretsmanager:eu-west-1:123456789012:secret:search-AbCdEf"),
            ],
        ] {
            assert_eq!(read(&pairs).expect_err("refused").problems.len(), 1, "{pairs:?}");
        }
        assert!(read(&[("SEARCH_ENDPOINT", "http://search.example")]).is_ok());
    }

    #[test]
    fn nonsense_is_told_all_at_once() {
        let nonsense = [
            ("SEARCH_ENDPOINT", "search.example"),
            ("DEAD_LETTER_BUCKET", ""),
            ("SEARCH_AUTHENTICATION", "basic"),
            ("SEARCH_SECRET_ARN", "my-secret"),
            ("SEARCH_SIGNING_SERVICE", "s3"),
            ("SEARCH_CA_CERTIFICATE", "/no/such/file"),
            ("INDEX_PREFIX", "Logs"),
            ("DOCUMENT_IDS", "mine"),
            ("LOG_GROUP_DATASETS", "x"),
            ("VPC_FLOW_FORMAT", "${"),
            ("BULK_BYTES", "1"),
            ("BULK_DOCUMENTS", "0"),
            ("BULK_CONCURRENCY", "0"),
            ("INSTALL_TEMPLATES", "yes"),
            ("SEARCH_RETENTION_DAYS", "-1"),
        ];
        let error = read(&nonsense).expect_err("nonsense");
        assert_eq!(error.problems.len(), nonsense.len(), "{error}");
    }
}
