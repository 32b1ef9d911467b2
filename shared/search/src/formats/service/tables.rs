//! Which name of a service's lines fills which field. A field has the meaning of the Elastic Common Schema; what it has no field for
//! stays under `json`.

use std::sync::LazyLock;

use logweir_log_formats::Service;

use super::How;
use crate::field::Field;

/// A name, the field that it fills, and how.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rule {
    pub(super) name: &'static str,
    pub(super) field: Field,
    pub(super) how: How,
}

/// Declares a table: `"name" Field`, and how where it is not as it is.
macro_rules! table {
    ($($name:literal $field:ident $($how:ident $(($word:literal))?)?;)*) => {
        &[$(Rule { name: $name, field: Field::$field, how: table!(@how $($how $(($word))?)?) }),*]
    };
    (@how) => { How::AsIs };
    (@how $how:ident) => { How::$how };
    (@how $how:ident ($word:literal)) => { How::$how($word) };
}

mod aws;
mod schemas;

use aws::{
    APP_SYNC, APPLICATION_LOAD_BALANCER, BEDROCK, CLOUD_FRONT, CONTAINER_INSIGHTS, EKS_AUDIT, EKS_AUTHENTICATOR,
    MYSQL_AUDIT, NETWORK_FIREWALL, NETWORK_LOAD_BALANCER, POSTGRESQL, ROUTE53_PUBLIC, STEP_FUNCTIONS, SYSLOG,
    VPC_LATTICE,
};
use schemas::{OCSF, OPEN_TELEMETRY};

/// What is the document's own, and not what a line says of itself: ids of traces are found wherever they stand.
const OF_THE_DOCUMENT: [Field; 11] = [
    Field::Timestamp,
    Field::Message,
    Field::TraceId,
    Field::SpanId,
    Field::CloudProvider,
    Field::CloudAccountId,
    Field::EventDataset,
    Field::EventId,
    Field::EventStart,
    Field::EventEnd,
    Field::Tags,
];
/// All fields of the table under their own names.
static ECS: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    let client = Rule { name: "client.ip", field: Field::SourceAddress, how: How::Address };
    let is_own = |field: &&Field| !OF_THE_DOCUMENT.contains(field) && !field.path().starts_with("aws.");
    let rules = Field::ALL.iter().filter(is_own).map(|field| {
        let how = if *field == Field::LogLevel { How::Level } else { How::AsIs };
        Rule { name: field.path(), field: *field, how }
    });
    std::iter::once(client).chain(rules).collect()
});

/// The rules of a service.
pub(super) fn of(service: Service) -> &'static [Rule] {
    match service {
        Service::EksAudit => EKS_AUDIT,
        Service::EksAuthenticator => EKS_AUTHENTICATOR,
        Service::ContainerInsights => CONTAINER_INSIGHTS,
        Service::Bedrock => BEDROCK,
        Service::AppSync => APP_SYNC,
        Service::StepFunctions => STEP_FUNCTIONS,
        Service::NetworkFirewall => NETWORK_FIREWALL,
        Service::VpcLattice => VPC_LATTICE,
        Service::CloudFront => CLOUD_FRONT,
        Service::ApplicationLoadBalancer => APPLICATION_LOAD_BALANCER,
        Service::NetworkLoadBalancer => NETWORK_LOAD_BALANCER,
        Service::Route53Public => ROUTE53_PUBLIC,
        Service::MySqlAudit => MYSQL_AUDIT,
        Service::PostgreSql => POSTGRESQL,
        Service::Syslog => SYSLOG,
        Service::OpenTelemetry => OPEN_TELEMETRY,
        Service::Ocsf => OCSF,
        Service::Ecs => &ECS,
    }
}

/// Who writes such lines, where they do not say so themselves.
pub(super) fn provider(service: Service) -> Option<&'static str> {
    Some(match service {
        Service::EksAudit | Service::EksAuthenticator => "eks",
        Service::ContainerInsights => "container-insights",
        Service::Bedrock => "bedrock",
        Service::AppSync => "appsync",
        Service::StepFunctions => "states",
        Service::NetworkFirewall => "network-firewall",
        Service::VpcLattice => "vpc-lattice",
        Service::CloudFront => "cloudfront",
        Service::ApplicationLoadBalancer | Service::NetworkLoadBalancer => "elasticloadbalancing",
        Service::Route53Public => "route53",
        Service::MySqlAudit => "mysql",
        Service::PostgreSql => "postgresql",
        Service::Syslog => "syslog",
        Service::OpenTelemetry | Service::Ocsf | Service::Ecs => return None,
    })
}
