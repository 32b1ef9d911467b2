//! Which format a message is in: the first of those that it wholly is.

use std::borrow::Cow;

use logweir_json::{Kind, MAX_DEPTH, Scanner, Text};

use crate::access::Access;
use crate::api_gateway::ApiGateway;
use crate::cloudtrail::CloudTrail;
use crate::dataset::{Dataset, Hints};
use crate::embedded::Embedded;
use crate::lambda::{Function, Platform};
use crate::object;
use crate::route53_resolver::Route53Resolver;
use crate::service::{Service, ServiceLine};
use crate::traces::Traces;
use crate::vpc_flow::{Flow, Format};
use crate::waf::Waf;

/// How many members of an object are kept without asking for more memory; the formats that are known have fewer.
const MEMBERS: usize = 32;

/// What a message is. All of it borrows from the message and the hints; what is large is boxed, so that a flow is not.
#[derive(Debug, Clone, PartialEq)]
pub enum LogLine<'m> {
    /// A flow of a VPC or a transit gateway.
    VpcFlow(Flow<'m>),
    /// A line that says which columns the flows behind it have.
    VpcFlowHeader(Format),
    /// An event of `CloudTrail`.
    CloudTrail(Box<CloudTrail<'m>>),
    /// A line of Lambda itself.
    LambdaPlatform(Box<Platform<'m>>),
    /// A line of a function that its runtime put the request's id to.
    LambdaFunction(Function<'m>),
    /// A request that API Gateway answered.
    ApiGateway(Box<ApiGateway<'m>>),
    /// A request that a web server answered.
    Access(Access<'m>),
    /// A query that the Route 53 resolver answered.
    Route53Resolver(Box<Route53Resolver<'m>>),
    /// A request that a web ACL judged.
    Waf(Box<Waf<'m>>),
    /// A line of a service or a logger that a table of names is enough for.
    Service(ServiceLine<'m>),
    /// Other JSON, or text with JSON in it.
    Json(Embedded<'m>),
    /// Anything else: the whole message.
    Text(&'m str),
}

impl<'m> LogLine<'m> {
    /// Says what a message is. Each format is told by its first bytes and taken only if the whole message is in it; whatever is
    /// in doubt is [`LogLine::Json`] or [`LogLine::Text`]. Time is linear in the message.
    pub fn parse(message: &'m str, hints: &'m Hints) -> Self {
        if message.trim_ascii_start().starts_with('{') {
            if let Some(record) = of_object(message, hints) {
                return record;
            }
        } else if let Some(record) = of_text(message, hints) {
            return record;
        }
        Embedded::find(message).map_or(Self::Text(message), Self::Json)
    }

    /// What the message counts to: what is configured for its log group, or what its format belongs to.
    pub fn dataset(&self, hints: &Hints) -> Dataset {
        hints.dataset.unwrap_or(match self {
            Self::VpcFlow(_) | Self::VpcFlowHeader(_) => Dataset::VpcFlow,
            Self::CloudTrail(_) => Dataset::CloudTrail,
            Self::LambdaPlatform(_) | Self::LambdaFunction(_) => Dataset::Lambda,
            Self::ApiGateway(_) => Dataset::ApiGateway,
            Self::Access(_) => Dataset::Access,
            Self::Route53Resolver(_) => Dataset::Route53Resolver,
            Self::Waf(_) => Dataset::Waf,
            Self::Service(line) => line.service().dataset(),
            Self::Json(_) | Self::Text(_) => Dataset::App,
        })
    }

    /// The ids of traces, spans and requests in `message`, which is the one that this was parsed from. Where the format has a
    /// place for an id, that one counts.
    pub fn traces(&self, message: &'m str) -> Traces<'m> {
        // An id of these is one with an escape in it, which no id has, if it does not lie in the message; an empty one
        // is none.
        let borrowed = |id: Option<&Cow<'m, str>>| match id {
            Some(Cow::Borrowed(id)) if !id.is_empty() => Some(*id),
            _ => None,
        };
        let mut traces = match self {
            Self::VpcFlow(_) | Self::VpcFlowHeader(_) | Self::Route53Resolver(_) => return Traces::default(),
            _ => Traces::find(message),
        };
        let (request_id, span_id) = match self {
            Self::LambdaPlatform(platform) => {
                (borrowed(platform.request_id.as_ref()), borrowed(platform.segment_id.as_ref()))
            }
            Self::LambdaFunction(function) => (borrowed(function.request_id.as_ref()), None),
            Self::ApiGateway(gateway) => (borrowed(Some(&gateway.request_id)), None),
            _ => (None, None),
        };
        traces.request_id = request_id.or(traces.request_id);
        traces.span_id = span_id.or(traces.span_id);
        traces
    }
}

/// Keys of which each known format of objects has one: a bit each.
const TYPE: u8 = 1;
const REQUEST_ID: u8 = 1 << 1;
const EVENT_VERSION: u8 = 1 << 2;
const WEB_ACL_ID: u8 = 1 << 3;
const QUERY_TIMESTAMP: u8 = 1 << 4;
/// What stands around an event of `CloudTrail`.
const ENVELOPE: u8 = 1 << 5;
const SERVICE: u8 = 1 << 6;

/// Which of them a key is.
fn signs_of(key: &Text<'_>) -> u8 {
    match &*key.decode() {
        "type" => TYPE,
        "requestId" | "AWSRequestId" => REQUEST_ID,
        "eventVersion" => EVENT_VERSION,
        "webaclId" => WEB_ACL_ID,
        "query_timestamp" => QUERY_TIMESTAMP,
        "detail-type" | "Records" => ENVELOPE,
        key if Service::is_sign(key) => SERVICE,
        _ => 0,
    }
}

/// A message that begins like an object.
fn of_object<'m>(message: &'m str, hints: &Hints) -> Option<LogLine<'m>> {
    // The object itself is the outermost level.
    let mut scanner = Scanner::new(message).max_depth(MAX_DEPTH - 1);
    scanner.peek();
    let start = scanner.position();
    let mut members = Vec::with_capacity(MEMBERS);
    let mut signs = 0;
    let whole = object::members(message, &mut scanner, |key, value| {
        signs |= signs_of(&key);
        members.push((key, value));
    });
    if whole.is_err() {
        if signs & REQUEST_ID == 0 || !hints.allows(Dataset::ApiGateway) {
            return None;
        }
        let gateway = ApiGateway::of_broken(message, &members, hints.dataset.is_some())?;
        return Some(LogLine::ApiGateway(Box::new(gateway)));
    }
    let (json, suffix) = (&message[start..scanner.position()], &message[scanner.position()..]);
    let whole = Embedded { prefix: &message[..start], json, suffix, kind: Kind::Object };
    if !whole.is_whole() {
        return None;
    }
    let members = members.as_slice();
    // Most objects are somebody's own: no format is tried whose sign is not there.
    let known = |dataset, sign| (signs & sign != 0 && hints.allows(dataset)).then_some(members);
    let platform = known(Dataset::Lambda, TYPE).and_then(|members| Platform::of_members(json, members));
    let record = platform
        .map(|platform| LogLine::LambdaPlatform(Box::new(platform)))
        .or_else(|| Function::of_members(whole, known(Dataset::Lambda, REQUEST_ID)?).map(LogLine::LambdaFunction))
        .or_else(|| {
            let trail = CloudTrail::of_members(json, known(Dataset::CloudTrail, EVENT_VERSION)?)?;
            Some(LogLine::CloudTrail(Box::new(trail)))
        })
        .or_else(|| {
            let trail = CloudTrail::of_envelope(known(Dataset::CloudTrail, ENVELOPE)?)?;
            Some(LogLine::CloudTrail(Box::new(trail)))
        })
        .or_else(|| Some(LogLine::Waf(Box::new(Waf::of_members(json, known(Dataset::Waf, WEB_ACL_ID)?)?))))
        .or_else(|| {
            let query = Route53Resolver::of_members(json, known(Dataset::Route53Resolver, QUERY_TIMESTAMP)?)?;
            Some(LogLine::Route53Resolver(Box::new(query)))
        })
        .or_else(|| {
            let members = known(Dataset::ApiGateway, REQUEST_ID)?;
            let gateway = ApiGateway::of_members(json, members, hints.dataset.is_some())?;
            Some(LogLine::ApiGateway(Box::new(gateway)))
        })
        .or_else(|| {
            let service = (signs & SERVICE != 0).then(|| Service::of_members(members))??;
            service.is_allowed(hints.dataset).then_some(LogLine::Service(ServiceLine::Json(service, whole)))
        });
    Some(record.unwrap_or(LogLine::Json(whole)))
}

/// A message that does not begin like an object.
fn of_text<'m>(message: &'m str, hints: &'m Hints) -> Option<LogLine<'m>> {
    if hints.allows(Dataset::VpcFlow) {
        let configured = hints.vpc_flow.iter().find_map(|format| Flow::parse(message, format));
        if let Some(flow) = configured.or_else(|| Flow::detect(message)) {
            return Some(LogLine::VpcFlow(flow));
        }
        if let Some(format) = Format::of_header(message) {
            return Some(LogLine::VpcFlowHeader(format));
        }
    }
    if hints.allows(Dataset::Lambda) {
        if let Some(platform) = Platform::parse(message) {
            return Some(LogLine::LambdaPlatform(Box::new(platform)));
        }
        if let Some(function) = Function::parse(message) {
            return Some(LogLine::LambdaFunction(function));
        }
    }
    if let Some(line) = ServiceLine::of_text(message, hints.dataset) {
        return Some(LogLine::Service(line));
    }
    if !hints.allows(Dataset::Access) && !hints.allows(Dataset::ApiGateway) {
        return None;
    }
    let access = Access::parse(message)?;
    if hints.allows(Dataset::ApiGateway)
        && let Some(gateway) = ApiGateway::of_access(&access, hints.dataset.is_some())
    {
        return Some(LogLine::ApiGateway(Box::new(gateway)));
    }
    Some(LogLine::Access(access))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FLOW: &str = "2 123456789012 eni-0a1b2c3d4e5f60718 10.0.1.17 198.51.100.9 443 51532 6 25 18420 1795260000 1795260059 ACCEPT OK";
    const ACCESS: &str = r#"203.0.113.7 - - [21/Nov/2026:11:20:00 +0000] "GET / HTTP/1.1" 200 88"#;
    const START: &str = "START RequestId: 6f1b7a0e-2d8e-4a6c-9a53-1f4de0c2b7aa Version: $LATEST\n";

    fn hints(dataset: Option<Dataset>) -> Hints {
        Hints { dataset, vpc_flow: Vec::new() }
    }

    #[test]
    fn what_is_configured_bounds_what_is_tried() {
        for (message, dataset) in [(FLOW, Dataset::VpcFlow), (ACCESS, Dataset::Access), (START, Dataset::Lambda)] {
            assert_eq!(LogLine::parse(message, &hints(None)).dataset(&hints(None)), dataset, "{message}");
            for only in Dataset::ALL {
                let hints = hints(Some(only));
                let record = LogLine::parse(message, &hints);
                let is_text = matches!(record, LogLine::Text(text) if text == message);
                let is_access = only == Dataset::ApiGateway && dataset == Dataset::Access;
                assert_eq!(is_text, only != dataset && !is_access, "{only}: {message}");
                assert_eq!(record.dataset(&hints), only);
            }
        }
    }

    #[test]
    fn a_configured_format_comes_first() {
        let hints = Hints { dataset: None, vpc_flow: vec!["${srcaddr} ${bytes}".parse().expect("a format")] };
        for (message, is_flow) in [("10.0.0.1 5", true), ("- -\n", true), (FLOW, true), ("10.0.0.1 five", false)] {
            assert_eq!(matches!(LogLine::parse(message, &hints), LogLine::VpcFlow(_)), is_flow, "{message}");
        }
        let header = LogLine::parse("version vpc-id srcaddr", &hints);
        assert!(matches!(header, LogLine::VpcFlowHeader(format) if format.columns().len() == 3));
    }

    #[test]
    fn what_is_nested_too_deep_to_be_read_again_is_text() {
        let hints = hints(None);
        for (before, after) in [("{\"a\":", "}"), ("[", "]")] {
            for (depth, is_json) in [(MAX_DEPTH, true), (MAX_DEPTH + 1, false)] {
                let message = format!("{}0{}", before.repeat(depth), after.repeat(depth));
                let record = LogLine::parse(&message, &hints);
                let whole = matches!(&record, LogLine::Json(found) if found.is_whole());
                assert_eq!(whole, is_json, "{depth} levels of {before}");
                assert!(!whole || Scanner::new(&message).value().is_ok());
            }
        }
    }

    #[test]
    fn anything_else_is_json_or_text() {
        let hints = hints(None);
        for (message, is_json) in [
            ("", false),
            ("\n", false),
            ("plain", false),
            ("{", false),
            ("{}", true),
            (r#"{"a":1} b"#, true),
            (r#"a {"b":1}"#, true),
            ("[1]", true),
            ("\u{feff}{\"a\":1}", true),
            ("2 apples", false),
        ] {
            match LogLine::parse(message, &hints) {
                LogLine::Json(found) => {
                    assert!(is_json, "{message}");
                    assert_eq!(format!("{}{}{}", found.prefix, found.json, found.suffix), message);
                }
                LogLine::Text(text) => assert!(!is_json && text == message, "{message}"),
                other => panic!("{message}: {other:?}"),
            }
        }
    }

    /// Found by fuzzing.
    #[test]
    fn an_empty_request_id_is_none() {
        let line = r#"{"time":"2022-10-21T14:05:05.766Z","type":"platform.report","record":{"requestId":"","status":"success"}}"#;
        let hints = Hints::default();
        let record = LogLine::parse(line, &hints);
        assert!(matches!(record, LogLine::LambdaPlatform(_)), "{record:?}");
        assert_eq!(record.traces(line).request_id, None);
    }
}
