//! Lines of services and loggers whose fields are told by one table each: this crate says what a line is and finds its columns,
//! whoever makes documents has the tables.

mod cloudfront;
mod columns;
mod database;
mod dns;
mod eks;
mod load_balancer;
mod syslog;

use logweir_json::{Kind, Text};

pub use columns::Columns;

use crate::dataset::Dataset;
use crate::embedded::Embedded;
use crate::object::Value;

/// Whose line it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Service {
    /// An audit event of Kubernetes
    /// (<https://kubernetes.io/docs/reference/config-api/apiserver-audit.v1/>).
    EksAudit,
    /// The authenticator of a cluster's control plane
    /// (<https://docs.aws.amazon.com/eks/latest/userguide/control-plane-logs.html>).
    EksAuthenticator,
    /// Container Insights
    /// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-reference.html>).
    ContainerInsights,
    /// An invocation of a model of Bedrock
    /// (<https://docs.aws.amazon.com/bedrock/latest/userguide/model-invocation-logging.html>).
    Bedrock,
    /// A request or a field of `AppSync` (<https://docs.aws.amazon.com/appsync/latest/devguide/monitoring.html>).
    AppSync,
    /// An event of an execution of Step Functions (<https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html>).
    StepFunctions,
    /// An alert or a flow of Network Firewall
    /// (<https://docs.aws.amazon.com/network-firewall/latest/developerguide/firewall-logging-contents.html>).
    NetworkFirewall,
    /// A request in VPC Lattice (<https://docs.aws.amazon.com/vpc-lattice/latest/ug/monitoring-access-logs.html>).
    VpcLattice,
    /// A request to `CloudFront`, JSON or columns
    /// (<https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logs-reference.html>).
    CloudFront,
    /// A request to an Application Load Balancer
    /// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html>).
    ApplicationLoadBalancer,
    /// A TLS connection to a Network Load Balancer
    /// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-access-logs.html>).
    NetworkLoadBalancer,
    /// A query of a public hosted zone (<https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/query-logs.html>).
    Route53Public,
    /// The audit log of `MySQL` and `MariaDB`
    /// (<https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.MySQL.Options.AuditPlugin.html>,
    /// <https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraMySQL.Auditing.html>).
    MySqlAudit,
    /// `PostgreSQL` with the prefix that RDS gives each line, or as CSV
    /// (<https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_LogAccess.Concepts.PostgreSQL.overview.parameter-groups.html>,
    /// <https://www.postgresql.org/docs/current/runtime-config-logging.html#RUNTIME-CONFIG-LOGGING-CSVLOG>).
    PostgreSql,
    /// Syslog (<https://www.rfc-editor.org/rfc/rfc5424>, <https://www.rfc-editor.org/rfc/rfc3164>), and as `rsyslog` and `journald`
    /// write files.
    Syslog,
    /// The data model of `OpenTelemetry` in JSON (<https://opentelemetry.io/docs/specs/otel/logs/data-model/>).
    OpenTelemetry,
    /// The Open Cybersecurity Schema Framework (<https://schema.ocsf.io/>).
    Ocsf,
    /// The Elastic Common Schema, as loggers write it (<https://www.elastic.co/docs/reference/ecs/logging/intro>).
    Ecs,
}

impl Service {
    /// What its lines count to.
    pub fn dataset(self) -> Dataset {
        match self {
            Self::EksAudit | Self::EksAuthenticator => Dataset::Eks,
            Self::VpcLattice | Self::CloudFront | Self::ApplicationLoadBalancer | Self::NetworkLoadBalancer => {
                Dataset::Access
            }
            _ => Dataset::App,
        }
    }

    /// What is configured for the log group, and whether it lets lines of this service be recognised. What a logger writes, any
    /// host of programs may hold.
    pub(crate) fn is_allowed(self, only: Option<Dataset>) -> bool {
        let is_of_logger = matches!(self, Self::OpenTelemetry | Self::Ecs);
        only.is_none_or(|only| only == self.dataset() || is_of_logger && matches!(only, Dataset::Lambda | Dataset::Eks))
    }

    /// Whether a key of an object is one that a service is told by.
    pub(crate) fn is_sign(key: &str) -> bool {
        matches!(
            key,
            "auditID"
                | "ClusterName"
                | "schemaType"
                | "graphQLAPIId"
                | "execution_arn"
                | "firewall_name"
                | "serviceNetworkArn"
                | "sourceVpcArn"
                | "x-edge-location"
                | "class_uid"
                | "body"
                | "Body"
                | "ecs.version"
                | "ecs"
        )
    }

    /// Whose object it is that has these members.
    pub(crate) fn of_members(members: &[(Text<'_>, Value<'_>)]) -> Option<Self> {
        let find = |name: &str| members.iter().find(|(key, _)| key.is(name)).map(|(_, value)| *value);
        let is = |name: &str, kind: Kind| find(name).is_some_and(|value| value.kind == kind);
        let text = |name: &str| find(name).and_then(Value::text);
        let all = |names: &[&str]| names.iter().all(|name| is(name, Kind::String));
        let any = |names: &[&str]| names.iter().any(|name| find(name).is_some());
        let is_audit = || text("apiVersion").is_some_and(|version| version.decode().starts_with("audit.k8s.io/"));
        let is_record = |found: bool, service: Self| found.then_some(service);
        is_record(
            all(&["auditID", "verb"]) && text("kind").is_some_and(|kind| kind.is("Event")) && is_audit(),
            Self::EksAudit,
        )
        .or_else(|| is_record(all(&["ClusterName", "Type"]) && any(&["Timestamp"]), Self::ContainerInsights))
        .or_else(|| {
            let is_invocation = text("schemaType").is_some_and(|kind| kind.is("ModelInvocationLog"));
            is_record(is_invocation && all(&["modelId", "operation"]), Self::Bedrock)
        })
        .or_else(|| is_record(all(&["logType", "requestId", "graphQLAPIId"]), Self::AppSync))
        .or_else(|| is_record(all(&["execution_arn", "type"]) && any(&["event_timestamp"]), Self::StepFunctions))
        .or_else(|| is_record(all(&["firewall_name"]) && is("event", Kind::Object), Self::NetworkFirewall))
        .or_else(|| {
            let has_network = any(&["serviceNetworkArn", "sourceVpcArn"]) && any(&["targetGroupArn", "serviceArn"]);
            is_record(has_network && any(&["responseCode"]) && any(&["sourceIpPort"]), Self::VpcLattice)
        })
        .or_else(|| {
            let has_edge = all(&["x-edge-location"]) && any(&["sc-status"]);
            is_record(has_edge && any(&["c-ip", "cs-method", "cs-uri-stem"]), Self::CloudFront)
        })
        .or_else(|| {
            let is_class = is("class_uid", Kind::Number) && is("metadata", Kind::Object);
            is_record(is_class && any(&["activity_id", "type_uid", "severity_id"]), Self::Ocsf)
        })
        .or_else(|| {
            let is_versioned = is("ecs.version", Kind::String)
                || find("ecs").is_some_and(|ecs| ecs.kind == Kind::Object && ecs.raw.contains("\"version\""));
            is_record(is_versioned, Self::Ecs)
        })
        .or_else(|| {
            let severity = [
                "severityText",
                "severityNumber",
                "severity_text",
                "severity_number",
                "SeverityText",
                "SeverityNumber",
            ];
            let more =
                ["attributes", "resource", "Attributes", "Resource", "timeUnixNano", "traceId", "TraceId", "trace_id"];
            is_record(any(&["body", "Body"]) && any(&severity) && any(&more), Self::OpenTelemetry)
        })
    }
}

/// A line of a service.
#[derive(Debug, Clone, PartialEq)]
pub enum ServiceLine<'m> {
    /// An object, which is the whole line.
    Json(Service, Embedded<'m>),
    /// A line of text without its line feed, and its columns.
    Text(Service, &'m str, Columns<'m>),
}

impl<'m> ServiceLine<'m> {
    /// Whose it is.
    pub fn service(&self) -> Service {
        match self {
            Self::Json(service, _) | Self::Text(service, ..) => *service,
        }
    }

    /// Reads a line that is no JSON; `only` is what the log group holds alone.
    pub(crate) fn of_text(line: &'m str, only: Option<Dataset>) -> Option<Self> {
        let first = *line.as_bytes().first()?;
        let line = line.trim_end_matches(['\n', '\r']);
        let found = match first {
            b'0'..=b'9' => database::postgresql(line)
                .or_else(|| database::mysql_audit(line))
                .or_else(|| dns::public_query(line))
                .or_else(|| cloudfront::columns(line))
                .or_else(|| syslog::of_file(line)),
            b'h' | b'w' | b'g' => load_balancer::application(line),
            b't' => load_balancer::network(line).or_else(|| eks::authenticator(line)),
            b'<' => syslog::with_priority(line),
            b'A'..=b'S' => syslog::of_file(line),
            _ => None,
        };
        let (service, columns) = found?;
        service.is_allowed(only).then_some(Self::Text(service, line, columns))
    }
}

#[cfg(test)]
mod tests;
