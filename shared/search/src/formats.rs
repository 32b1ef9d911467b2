//! What each format makes of the fields of a document.

mod cloudtrail;
mod http;
mod lambda;
mod network;
mod service;

use std::borrow::Cow;

use logweir_json::Text;
use logweir_log_formats::LogLine;
use logweir_log_formats::lambda::Origin;
use logweir_log_formats::vpc_flow::Flow;

use crate::dynamic::Keys;
use crate::field::Field;
use crate::level;
use crate::survey::Survey;
use crate::values::Values;

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
pub(crate) fn fill<'m>(record: &LogLine<'m>, function: &'m Origin, values: &mut Values<'m>) -> Dynamic<'m> {
    // Of a function is every line of its log group and its log streams.
    lambda::place(function, values);
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
            lambda::platform(platform, values);
            match platform.json {
                Some(json) if platform.holds_more => Dynamic::of_json(json),
                Some(_) => Dynamic::None,
                None if platform.others.is_empty() => Dynamic::None,
                None => Dynamic::Report(platform.others.clone()),
            }
        }
        LogLine::LambdaFunction(function) => lambda::function(function, values),
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
        LogLine::Service(line) => service::fill(line, values),
        LogLine::Json(found) => {
            if !found.is_whole() {
                values.text(Field::LogLevel, level::of_text(found.prefix));
            }
            if function.is_function() {
                lambda::announced(found.prefix, values);
            }
            Dynamic::of_json(found.json)
        }
        LogLine::Text(text) => {
            values.text(Field::LogLevel, level::of_text(text));
            if function.is_function() {
                lambda::uncaught(text, false, values);
            }
            Dynamic::None
        }
        LogLine::VpcFlowHeader(_) => Dynamic::None,
    }
}

/// Fills the ids that lead to other lines.
pub(crate) fn fill_traces<'m>(record: &LogLine<'m>, message: &'m str, values: &mut Values<'m>) {
    let traces = record.traces(message);
    values.text(Field::TraceId, traces.trace_id());
    values.text(Field::SpanId, traces.span_id);
    // That of an invocation is `faas.execution`: no request of HTTP has it.
    if !matches!(record, LogLine::LambdaPlatform(_) | LogLine::LambdaFunction(_)) {
        values.text(Field::HttpRequestId, traces.request_id);
    }
    values.text(Field::XrayTraceId, traces.xray_trace_id);
}

/// Takes over what a look through the JSON of anybody found.
pub(crate) fn fill_survey<'m>(
    survey: &mut Survey<'m>,
    dynamic: &Dynamic<'m>,
    function: &Origin,
    values: &mut Values<'m>,
) {
    // Formats that are known have places of their own for it.
    if matches!(dynamic, Dynamic::Known { .. }) {
        return;
    }
    let lifted = std::mem::take(&mut survey.lifted);
    let is_error = function.is_function() && lifted.is_error();
    lifted.fill(values);
    // What a runtime writes of an error that was not caught has a level in some languages only.
    if is_error && !values.has(Field::LogLevel) {
        values.text(Field::LogLevel, Some("error"));
    }
}

/// A literal's text without its escapes.
fn decoded(text: Option<Text<'_>>) -> Option<Cow<'_, str>> {
    text.map(|text| text.decode())
}
