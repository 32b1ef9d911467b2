//! What each format makes of the fields of a document.

mod cloudtrail;
mod http;
mod lambda;
mod network;

use std::borrow::Cow;

use logweir_json::Text;
use logweir_log_formats::vpc_flow::Flow;
use logweir_log_formats::{LogLine, Traces};

use crate::dynamic::Keys;
use crate::field::Field;
use crate::level;
use crate::survey::Survey;
use crate::values::{Value, Values};

/// What of a line is not in fields of fixed names.
#[derive(Debug)]
pub(crate) enum Dynamic<'m> {
    /// Nothing.
    None,
    /// The columns of a flow log.
    Flow(Flow<'m>),
    /// JSON that becomes the object of this name within `aws`.
    Known { name: &'static str, json: &'m str, keys: Keys },
    /// JSON of anybody, an object.
    Object(&'m str),
    /// JSON of a function, in which the runtime put an object or an array where text belongs.
    Structured(&'m str),
    /// JSON of anybody, an array.
    Array(&'m str),
    /// Names and values that AWS brought since, of a line of Lambda.
    Report(Vec<(&'m str, &'m str)>),
}

impl<'m> Dynamic<'m> {
    fn of_json(json: &'m str) -> Self {
        if json.starts_with('[') { Self::Array(json) } else { Self::Object(json) }
    }

    /// The JSON of it, if it is JSON.
    pub(crate) fn json(&self) -> Option<&'m str> {
        match self {
            Self::Known { json, .. } | Self::Object(json) | Self::Structured(json) | Self::Array(json) => Some(json),
            Self::None | Self::Flow(_) | Self::Report(_) => None,
        }
    }
}

/// Fills the fields that a record's format has, and says what is left.
pub(crate) fn fill<'m>(record: &LogLine<'m>, log_group: &'m str, values: &mut Values<'m>) -> Dynamic<'m> {
    match record {
        LogLine::VpcFlow(flow) => {
            network::flow(flow, values);
            Dynamic::Flow(*flow)
        }
        LogLine::CloudTrail(trail) => {
            cloudtrail::fill(&trail.event, values);
            Dynamic::Known {
                name: "cloudtrail",
                json: trail.json,
                keys: Keys::Snake { as_written_below: &cloudtrail::FREE_FORM },
            }
        }
        LogLine::LambdaPlatform(platform) => {
            lambda::platform(platform, log_group, values);
            match platform.json {
                Some(json) => Dynamic::of_json(json),
                None if platform.others.is_empty() => Dynamic::None,
                None => Dynamic::Report(platform.others.clone()),
            }
        }
        LogLine::LambdaFunction(function) => lambda::function(function, log_group, values),
        LogLine::ApiGateway(gateway) => {
            http::api_gateway(gateway, values);
            gateway.json.map_or(Dynamic::None, |json| Dynamic::Known { name: "apigateway", json, keys: Keys::SNAKE })
        }
        LogLine::Access(access) => {
            http::access(access, values);
            Dynamic::None
        }
        LogLine::Waf(waf) => {
            http::waf(waf, values);
            Dynamic::Known { name: "waf", json: waf.json, keys: Keys::SNAKE }
        }
        LogLine::Route53Resolver(query) => {
            network::query(&query.query, values);
            Dynamic::Known { name: "route53resolver", json: query.json, keys: Keys::SNAKE }
        }
        LogLine::Json(found) => {
            if !found.is_whole() {
                values.text(Field::LogLevel, level::of_text(found.prefix));
            }
            Dynamic::of_json(found.json)
        }
        LogLine::Text(text) => {
            values.text(Field::LogLevel, level::of_text(text));
            Dynamic::None
        }
        LogLine::VpcFlowHeader(_) => Dynamic::None,
    }
}

/// Fills the ids that lead to other lines.
pub(crate) fn fill_traces<'m>(traces: &Traces<'m>, values: &mut Values<'m>) {
    values.text(Field::TraceId, traces.trace_id());
    values.text(Field::SpanId, traces.span_id);
    values.text(Field::HttpRequestId, traces.request_id);
    if traces.w3c_trace_id.is_some() {
        values.text(Field::XrayTraceId, traces.xray_trace_id);
    }
}

/// Takes over what a look through the JSON of anybody found.
pub(crate) fn fill_survey<'m>(survey: &mut Survey<'m>, values: &mut Values<'m>) {
    if let Some(level) = survey.level.take() {
        values.set(Field::LogLevel, Value::Plain(level));
    }
}

/// A literal's text without its escapes.
fn decoded(text: Option<Text<'_>>) -> Option<Cow<'_, str>> {
    text.map(|text| text.decode())
}
