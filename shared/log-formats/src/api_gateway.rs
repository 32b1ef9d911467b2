//! Access logs of Amazon API Gateway, in the two of its formats that can be told: the common log format and JSON.
//!
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html#apigateway-cloudwatch-log-formats>,
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging.html>. The keys of the JSON are the user's; those
//! that AWS's examples propose and the names of the `$context` variables are known.

use std::borrow::Cow;

use logweir_json::Text;

use crate::access::Access;
use crate::object::Value;
use crate::shape;

/// A request that API Gateway answered. `-` is nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ApiGateway<'m> {
    /// `$context.requestId`.
    pub request_id: Cow<'m, str>,
    /// `$context.extendedRequestId`.
    pub extended_request_id: Option<Cow<'m, str>>,
    /// `$context.identity.sourceIp`.
    pub source_ip: Option<Cow<'m, str>>,
    /// `$context.identity.caller`.
    pub caller: Option<Cow<'m, str>>,
    /// `$context.identity.user`.
    pub user: Option<Cow<'m, str>>,
    /// `$context.identity.userAgent`.
    pub user_agent: Option<Cow<'m, str>>,
    /// `$context.requestTime`, like `10/Oct/2000:13:55:36 -0700`.
    pub request_time: Option<Cow<'m, str>>,
    /// `$context.httpMethod`.
    pub http_method: Option<Cow<'m, str>>,
    /// `$context.resourcePath`: the resource's, such as `/orders/{id}`.
    pub resource_path: Option<Cow<'m, str>>,
    /// `$context.path`: the request's.
    pub path: Option<Cow<'m, str>>,
    /// `$context.routeKey`.
    pub route_key: Option<Cow<'m, str>>,
    /// `$context.protocol`.
    pub protocol: Option<Cow<'m, str>>,
    /// `$context.status`, three digits.
    pub status: Cow<'m, str>,
    /// `$context.responseLength`, in bytes.
    pub response_length: Option<Cow<'m, str>>,
    /// `$context.responseLatency`, in milliseconds.
    pub response_latency: Option<Cow<'m, str>>,
    /// `$context.integrationLatency`, in milliseconds.
    pub integration_latency: Option<Cow<'m, str>>,
    /// `$context.error.message`, or that of the integration.
    pub error_message: Option<Cow<'m, str>>,
    /// `$context.xrayTraceId`.
    pub xray_trace_id: Option<Cow<'m, str>>,
    /// `$context.apiId`.
    pub api_id: Option<Cow<'m, str>>,
    /// `$context.stage`.
    pub stage: Option<Cow<'m, str>>,
    /// `$context.domainName`.
    pub domain_name: Option<Cow<'m, str>>,
    /// `$context.accountId`.
    pub account_id: Option<Cow<'m, str>>,
    /// The JSON that it was read from, which may hold more; nothing for the common log format.
    pub json: Option<&'m str>,
}

impl<'m> ApiGateway<'m> {
    /// A line of the common log format with the request id behind it, and nothing but the extended one behind that. An id of
    /// any form is taken if `certain`, which means that somebody said so.
    pub(crate) fn of_access(access: &Access<'m>, certain: bool) -> Option<Self> {
        let mut ids = access.rest.split_ascii_whitespace();
        let (request_id, extended) = (ids.next()?, ids.next());
        let is_id =
            certain && !request_id.starts_with('"') || shape::is_uuid(request_id) || is_http_request_id(request_id);
        let has_agent = access.referer.is_some() || access.user_agent.is_some();
        if !is_id || ids.next().is_some() || has_agent || access.virtual_host.is_some() {
            return None;
        }
        let request = access.request_line();
        Some(Self {
            request_id: Cow::Borrowed(request_id),
            extended_request_id: extended.and_then(present),
            source_ip: present(access.remote_host),
            caller: access.remote_logname.map(Cow::Borrowed),
            user: access.remote_user.map(Cow::Borrowed),
            request_time: Some(Cow::Borrowed(access.time)),
            http_method: request.map(|request| Cow::Borrowed(request.method)),
            resource_path: request.map(|request| Cow::Borrowed(request.target)),
            protocol: request.and_then(|request| request.protocol).map(Cow::Borrowed),
            status: Cow::Borrowed(access.status),
            response_length: access.response_bytes.map(Cow::Borrowed),
            ..Self::default()
        })
    }

    /// A JSON object that has a request's id and a status and, unless it is `certain`, its time in the form of access logs and
    /// what was asked for.
    pub(crate) fn of_members(json: &'m str, members: &[(Text<'m>, Value<'m>)], certain: bool) -> Option<Self> {
        // Most objects are somebody's own.
        members.iter().find(|(key, _)| key.is("requestId"))?;
        let mut record = Self { json: Some(json), ..Self::default() };
        for (key, value) in members {
            if let Some(text) = value.plain().filter(|text| !matches!(&**text, "" | "-")) {
                record.take(&key.decode(), text);
            }
        }
        // Of a request that matched no route they are `-`.
        let asks =
            |key: &Text<'_>| ["httpMethod", "routeKey", "resourcePath", "eventType"].iter().any(|name| key.is(name));
        let asked = members.iter().any(|(key, _)| asks(key));
        let timed = record.request_time.as_ref().is_some_and(|time| shape::is_access_time(time));
        let is_request = !record.request_id.is_empty() && shape::fits(&record.status, b"000");
        (is_request && (certain || asked && timed)).then_some(record)
    }

    /// A JSON object that ends in the middle: a value had quotation marks, as API Gateway writes values as they are. What stands
    /// before that member counts.
    pub(crate) fn of_broken(message: &'m str, members: &[(Text<'m>, Value<'m>)], certain: bool) -> Option<Self> {
        let (last, before) = members.split_last()?;
        // The last member is whole if another follows it.
        let behind = last.1.raw.as_ptr() as usize - message.as_ptr() as usize + last.1.raw.len();
        let is_whole = message.get(behind..)?.trim_ascii_start().starts_with(',');
        let record = Self::of_members(message, if is_whole { members } else { before }, certain)?;
        Some(Self { json: None, ..record })
    }

    fn take(&mut self, key: &str, text: Cow<'m, str>) {
        match key {
            "requestId" => self.request_id = text,
            "requestTime" => self.request_time = Some(text),
            "status" => self.status = text,
            "extendedRequestId" => self.extended_request_id = Some(text),
            "ip" | "sourceIp" | "sourceIP" => self.source_ip = Some(text),
            "caller" => self.caller = Some(text),
            "user" => self.user = Some(text),
            "userAgent" => self.user_agent = Some(text),
            "httpMethod" | "method" => self.http_method = Some(text),
            "resourcePath" => self.resource_path = Some(text),
            "path" => self.path = Some(text),
            "routeKey" => self.route_key = Some(text),
            "protocol" => self.protocol = Some(text),
            "responseLength" => self.response_length = Some(text),
            "responseLatency" => self.response_latency = Some(text),
            "integrationLatency" => self.integration_latency = Some(text),
            "errorMessage" | "error" | "integrationError" | "integrationErrorMessage" => {
                self.error_message = Some(text);
            }
            "xrayTraceId" => self.xray_trace_id = Some(text),
            "apiId" => self.api_id = Some(text),
            "stage" => self.stage = Some(text),
            "domainName" => self.domain_name = Some(text),
            "accountId" => self.account_id = Some(text),
            _ => {}
        }
    }
}

fn present(text: &str) -> Option<Cow<'_, str>> {
    (text != "-").then_some(Cow::Borrowed(text))
}

/// `JKJaXmPLvHcESHA=`, as HTTP APIs write a request's id.
fn is_http_request_id(text: &str) -> bool {
    let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'+' | b'/');
    text.len() == 16 && text.strip_suffix('=').is_some_and(|id| id.bytes().all(is_base64))
}

#[cfg(test)]
mod tests {
    use crate::{Dataset, Hints, LogLine};

    /// The formats that AWS proposes, filled in.
    const REST: &str = r#"{ "requestId":"c6af9ac6-7b61-11e6-9a41-93e8deadbeef", "ip": "203.0.113.7", "caller":"-", "user":"alice", "requestTime":"21/Nov/2026:11:20:00 +0000", "httpMethod":"GET", "resourcePath":"/orders/{id}", "status":"200", "protocol":"HTTP/1.1", "responseLength":"88" }"#;
    const HTTP: &str = r#"{ "requestId":"JKJaXmPLvHcESHA=", "ip": "203.0.113.7", "requestTime":"21/Nov/2026:11:20:00 +0000", "httpMethod":"GET","routeKey":"GET /orders", "status":404, "protocol":"HTTP/1.1", "responseLength":"88", "more":{} }"#;
    /// The format of WebSocket APIs.
    const WEB_SOCKET: &str = r#"{"requestId": "177a5660-9b20-4614-b620-51dd4d56fb4c","ip": "203.0.113.7","caller": "-","user": "-","requestTime": "19/Jul/2023:16:17:17 +0000","eventType": "-","routeKey": "-","status": "403","connectionId": "-"}"#;
    const COMMON: &str = r#"203.0.113.7 - alice [21/Nov/2026:11:20:00 +0000] "GET /orders/{id} HTTP/1.1" 200 88 c6af9ac6-7b61-11e6-9a41-93e8deadbeef"#;

    #[test]
    fn both_formats() {
        let hints = Hints::default();
        for (message, status, path) in
            [(REST, "200", Some("/orders/{id}")), (HTTP, "404", None), (COMMON, "200", Some("/orders/{id}"))]
        {
            let record = LogLine::parse(message, &hints);
            let LogLine::ApiGateway(found) = &record else { panic!("{message}: {record:?}") };
            assert_eq!(record.dataset(&hints), Dataset::ApiGateway);
            assert_eq!((&*found.status, found.resource_path.as_deref()), (status, path), "{message}");
            assert_eq!(
                (found.source_ip.as_deref(), found.response_length.as_deref()),
                (Some("203.0.113.7"), Some("88"))
            );
            assert_eq!((found.caller.as_deref(), found.json.is_some()), (None, message.starts_with('{')));
            assert_eq!(record.traces(message).request_id, Some(&*found.request_id));
        }
    }

    /// Values are written as they are, quotation marks and nothing alike.
    #[test]
    fn what_stands_before_a_broken_value_counts() {
        let hints = Hints::default();
        let head = r#"{ "requestId":"c6af9ac6-7b61-11e6-9a41-93e8deadbeef", "ip": "203.0.113.7", "requestTime":"21/Nov/2026:11:20:00 +0000", "httpMethod":"GET", "routeKey":"GET /x", "status":"502""#;
        for (tail, is_request) in [
            (r#", "userAgent":"say "hi" now"}"#, true),
            (r#", "error":""Internal server error""}"#, true),
            (r#", "integrationLatency":-}"#, true),
            (r#", "integrationLatency":}"#, true),
            (r#", "userAgent":"cut"#, true),
            (r#" "x""#, false),
        ] {
            let message = format!("{head}{tail}");
            let record = LogLine::parse(&message, &hints);
            assert_eq!(record.dataset(&hints) == Dataset::ApiGateway, is_request, "{message}");
            if let LogLine::ApiGateway(found) = &record {
                assert_eq!((&*found.status, found.source_ip.as_deref()), ("502", Some("203.0.113.7")), "{message}");
                assert_eq!((&found.user_agent, &found.error_message, found.json), (&None, &None, None), "{message}");
            }
        }
        let other = r#"{"requestId":"c6af9ac6-7b61-11e6-9a41-93e8deadbeef","status":"x","a":"b"c"}"#;
        assert!(!matches!(LogLine::parse(other, &hints), LogLine::ApiGateway(_)));
    }

    #[test]
    fn other_lines_are_not() {
        let hints = Hints::default();
        for message in [
            r#"{"requestId":"c6af9ac6-7b61-11e6-9a41-93e8deadbeef","requestTime":"2026-11-21T11:20:00Z","httpMethod":"GET","status":"200"}"#,
            r#"{"requestId":"c6af9ac6-7b61-11e6-9a41-93e8deadbeef","requestTime":"21/Nov/2026:11:20:00 +0000","status":"200"}"#,
            r#"203.0.113.7 - - [21/Nov/2026:11:20:00 +0000] "GET / HTTP/1.1" 200 88 0.012"#,
            r#"203.0.113.7 - - [21/Nov/2026:11:20:00 +0000] "GET / HTTP/1.1" 200 88"#,
        ] {
            assert!(!matches!(LogLine::parse(message, &hints), LogLine::ApiGateway(_)), "{message}");
        }
        assert!(matches!(LogLine::parse(WEB_SOCKET, &hints), LogLine::ApiGateway(found) if found.status == "403"));
        let configured = Hints { dataset: Some(Dataset::ApiGateway), ..Hints::default() };
        let message = r#"203.0.113.7 - - [21/Nov/2026:11:20:00 +0000] "GET / HTTP/1.1" 200 88 any-id extended="#;
        let LogLine::ApiGateway(found) = LogLine::parse(message, &configured) else { panic!("{message}") };
        assert_eq!((&*found.request_id, found.extended_request_id.as_deref()), ("any-id", Some("extended=")));
        let message = r#"{"requestId":"any-id","status":200,"requestTimeEpoch":1795260000123}"#;
        assert!(matches!(LogLine::parse(message, &configured), LogLine::ApiGateway(_)));
        assert!(matches!(LogLine::parse(message, &hints), LogLine::Json(_)));
    }
}
