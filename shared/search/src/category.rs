//! What kind of event a line tells of, in the words of the Elastic Common Schema, as Elastic's own AWS integration says it.
//!
//! It follows from the format and a few values, so each way to say it is one constant text, written behind `event.dataset`. The
//! words and the pairs of category and type are ECS's: <https://www.elastic.co/docs/reference/ecs/ecs-category-field-values-reference>;
//! which of them a format has is what the ingest pipelines of <https://github.com/elastic/integrations/tree/main/packages/aws> set.

mod cloudtrail;
mod service;

use logweir_log_formats::lambda::PlatformEvent;
use logweir_log_formats::{Dataset, LogLine};

use crate::field::Field;
use crate::values::Values;

/// The version of ECS that documents follow: the one that Elastic's AWS integration states.
pub(crate) const ECS_VERSION: &str = "8.11.0";

/// The members of `event` for a kind, its categories and its types, with a comma before each.
macro_rules! category {
    (@array $name:literal $first:literal $($more:literal)*) => {
        concat!(",\"", $name, "\":[\"", $first, "\"" $(, ",\"", $more, "\"")*, "]")
    };
    ($kind:literal) => {
        concat!(",\"kind\":\"", $kind, "\"")
    };
    ($kind:literal, $($types:literal)+) => {
        concat!(category!($kind), category!(@array "type" $($types)+))
    };
    ($kind:literal, $($categories:literal)+ => $($types:literal)+) => {
        concat!(category!($kind), category!(@array "category" $($categories)+), category!(@array "type" $($types)+))
    };
}
use category;

/// Members of `event`: kind, categories and types.
pub(crate) fn of(line: &LogLine<'_>, values: &Values<'_>) -> &'static str {
    let is = |field, text| values.is(field, text);
    let failed = || is(Field::EventOutcome, "failure");
    match line {
        LogLine::VpcFlow(_) if is(Field::EventAction, "accept") => {
            category!("event", "network" => "connection" "allowed")
        }
        LogLine::VpcFlow(_) if is(Field::EventAction, "reject") => {
            category!("event", "network" => "connection" "denied")
        }
        LogLine::VpcFlow(_) if values.has(Field::SourceIp) => category!("event", "network" => "connection"),
        // An interval without data, or one that was skipped.
        LogLine::VpcFlow(_) => category!("event", "network" => "info"),
        LogLine::CloudTrail(trail) => cloudtrail::of(&trail.event),
        // No category of ECS is about functions; the types stand alone, as in Elastic's CloudTrail events.
        LogLine::LambdaPlatform(platform) => match platform.event {
            PlatformEvent::Start | PlatformEvent::InitStart | PlatformEvent::RestoreStart => {
                category!("event", "start")
            }
            PlatformEvent::Timeout | PlatformEvent::Fault => category!("event", "error"),
            _ if failed() => category!("event", "end" "error"),
            PlatformEvent::End
            | PlatformEvent::Report
            | PlatformEvent::InitReport
            | PlatformEvent::RestoreReport
            | PlatformEvent::RuntimeDone => category!("event", "end"),
            _ => category!("event", "info"),
        },
        LogLine::ApiGateway(_) | LogLine::Access(_) => web(failed()),
        LogLine::Waf(_) if is(Field::EventAction, "allow") => {
            category!("alert", "web" "network" => "access" "allowed")
        }
        LogLine::Waf(_) if is(Field::EventAction, "block") => category!("alert", "web" "network" => "access" "denied"),
        LogLine::Waf(_) => category!("alert", "web" "network" => "access"),
        LogLine::Route53Resolver(_) if is(Field::EventAction, "block") => {
            category!("event", "network" => "protocol" "denied")
        }
        LogLine::Route53Resolver(_) => category!("event", "network" => "protocol"),
        LogLine::LambdaFunction(_) | LogLine::Json(_) | LogLine::Text(_) => plain(values),
        LogLine::Service(line) => service::of(line.service(), values),
        LogLine::VpcFlowHeader(_) => category!("event", "info"),
    }
}

fn web(failed: bool) -> &'static str {
    if failed { category!("event", "web" => "access" "error") } else { category!("event", "web" => "access") }
}

/// What a program says.
fn plain(values: &Values<'_>) -> &'static str {
    if values.has(Field::ErrorType) || values.is(Field::EventOutcome, "failure") {
        category!("event", "error")
    } else {
        category!("event")
    }
}

/// The value of `event.dataset`, and `event.module` behind it where Elastic has an integration.
pub(crate) fn dataset_of(line: &LogLine<'_>, of: Dataset) -> &'static str {
    match line {
        LogLine::Service(line) => service::dataset(line.service()).unwrap_or_else(|| dataset(of)),
        _ => dataset(of),
    }
}

fn dataset(of: Dataset) -> &'static str {
    match of {
        Dataset::VpcFlow => "\"aws.vpcflow\",\"module\":\"aws\"",
        Dataset::CloudTrail => "\"aws.cloudtrail\",\"module\":\"aws\"",
        Dataset::Lambda => "\"aws.lambda_logs\",\"module\":\"aws\"",
        Dataset::ApiGateway => "\"aws.apigateway_logs\",\"module\":\"aws\"",
        Dataset::Route53Resolver => "\"aws.route53_resolver_logs\",\"module\":\"aws\"",
        Dataset::Waf => "\"aws.waf\",\"module\":\"aws\"",
        Dataset::Eks => "\"eks\"",
        Dataset::Access => "\"access\"",
        Dataset::App => "\"app\"",
    }
}

/// What stands in `event.dataset` of the documents of a dataset: the name that Elastic's AWS integration has for it, or ours.
///
/// ```
/// use logweir_log_formats::Dataset;
///
/// assert_eq!(logweir_search::event_dataset(Dataset::Lambda), "aws.lambda_logs");
/// assert_eq!(logweir_search::event_dataset(Dataset::App), "app");
/// ```
pub fn event_dataset(of: Dataset) -> &'static str {
    dataset(of).split('"').nth(1).unwrap_or_default()
}

#[cfg(test)]
mod tests;
