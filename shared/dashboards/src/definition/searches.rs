//! Saved searches: what Discover opens with, a table of events with the columns of their dataset.

use super::{ERROR_LEVELS, LOG_GROUP, index};
use crate::panel::SavedSearch;

/// One for all events, one for errors, one for each dataset. A field of the schema that most have comes first.
pub(super) fn searches(prefix: &str) -> Vec<SavedSearch> {
    let everything = ["log.level", "event.dataset", LOG_GROUP, "message"];
    let request = ["http.request.method", "url.path", "http.response.status_code", "source.ip", "user.name"];
    let mut searches = vec![
        search(prefix, "", "all", "All events", &everything),
        SavedSearch {
            query: format!("{ERROR_LEVELS} OR error.type:*"),
            ..search(prefix, "", "errors", "Errors", &["log.level", "error.type", LOG_GROUP, "trace.id", "message"])
        },
    ];
    for (dataset, title, columns) in [
        (
            "vpcflow",
            "VPC Flow Logs",
            &[
                "event.action",
                "source.ip",
                "source.port",
                "destination.ip",
                "destination.port",
                "network.transport",
                "network.bytes",
                "aws.vpcflow.interface_id",
            ][..],
        ),
        (
            "cloudtrail",
            "AWS CloudTrail",
            &[
                "event.provider",
                "event.action",
                "user.name",
                "source.address",
                "cloud.region",
                "event.outcome",
                "error.type",
            ],
        ),
        ("lambda", "AWS Lambda", &["log.level", "faas.name", "aws.lambda.event", "faas.execution", "message"]),
        ("apigateway", "Amazon API Gateway", &[&request[..], &["event.duration", "http.request.id"]].concat()),
        ("access", "Access logs", &[&request[..], &["http.response.body.bytes", "user_agent.original"]].concat()),
        (
            "route53resolver",
            "Route 53 resolver",
            &[
                "source.ip",
                "dns.question.type",
                "dns.question.name",
                "dns.response_code",
                "dns.resolved_ip",
                "cloud.instance.id",
            ],
        ),
        (
            "waf",
            "AWS WAF",
            &[
                "event.action",
                "rule.id",
                "source.ip",
                "source.geo.country_iso_code",
                "url.domain",
                "url.path",
                "http.request.method",
            ],
        ),
        ("eks", "Amazon EKS", &["log.level", "aws.cloudwatch.log_stream", "message"]),
        ("app", "Applications", &["log.level", "service.name", LOG_GROUP, "trace.id", "message"]),
    ] {
        searches.push(search(prefix, dataset, dataset, title, columns));
    }
    searches
}

fn search(prefix: &str, dataset: &str, id: &str, title: &str, columns: &[&str]) -> SavedSearch {
    let datasets: &[&str] = if dataset.is_empty() { &[] } else { &[dataset] };
    SavedSearch {
        id: format!("logweir-search-{id}"),
        title: format!("Logweir: {title}"),
        index: index(prefix, datasets),
        query: String::new(),
        columns: columns.iter().map(|column| (*column).to_owned()).collect(),
    }
}
