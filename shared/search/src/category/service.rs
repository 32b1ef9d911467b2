//! Lines of services that have no format of their own.

use logweir_log_formats::Service;

use super::category;
use crate::field::Field;
use crate::values::Values;

/// Members of `event`: kind, categories and types.
pub(super) fn of(service: Service, values: &Values<'_>) -> &'static str {
    let failed = values.is(Field::EventOutcome, "failure");
    match service {
        Service::NetworkFirewall => firewall(values),
        Service::VpcLattice | Service::CloudFront | Service::ApplicationLoadBalancer | Service::AppSync => {
            super::web(failed)
        }
        Service::NetworkLoadBalancer => category!("event", "network" => "connection"),
        Service::Route53Public => category!("event", "network" => "protocol"),
        Service::MySqlAudit if failed => category!("event", "database" => "access" "error"),
        Service::MySqlAudit => category!("event", "database" => "access"),
        Service::PostgreSql if failed || values.has(Field::ErrorType) || is_error(values) => {
            category!("event", "database" => "error")
        }
        Service::PostgreSql => category!("event", "database" => "info"),
        Service::EksAuthenticator => category!("event", "authentication" => "info"),
        Service::ContainerInsights => category!("metric"),
        // Services that no category of ECS is about, and loggers: what they say, only they know.
        Service::EksAudit
        | Service::Bedrock
        | Service::StepFunctions
        | Service::Syslog
        | Service::OpenTelemetry
        | Service::Ocsf
        | Service::Ecs => super::plain(values),
    }
}

/// An alert of Network Firewall names a rule, a flow does not.
fn firewall(values: &Values<'_>) -> &'static str {
    let is = |text| values.is(Field::EventAction, text);
    match values.has(Field::RuleId) {
        true if is("blocked") => category!("alert", "network" => "connection" "denied"),
        true if is("allowed") => category!("alert", "network" => "connection" "allowed"),
        true => category!("alert", "network" => "connection"),
        false => category!("event", "network" => "connection"),
    }
}

fn is_error(values: &Values<'_>) -> bool {
    ["error", "fatal", "critical", "panic"].iter().any(|level| values.is(Field::LogLevel, level))
}

/// The value of `event.dataset` and `event.module`, where Elastic has an integration for the service.
pub(super) fn dataset(service: Service) -> Option<&'static str> {
    Some(match service {
        Service::EksAudit => "\"kubernetes.audit_logs\",\"module\":\"kubernetes\"",
        Service::NetworkFirewall => "\"aws.firewall_logs\",\"module\":\"aws\"",
        Service::CloudFront => "\"aws.cloudfront_logs\",\"module\":\"aws\"",
        Service::ApplicationLoadBalancer | Service::NetworkLoadBalancer => "\"aws.elb_logs\",\"module\":\"aws\"",
        Service::Route53Public => "\"aws.route53_public_logs\",\"module\":\"aws\"",
        _ => return None,
    })
}
