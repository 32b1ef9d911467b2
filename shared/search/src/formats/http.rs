//! Requests of HTTP: access logs, API Gateway, WAF.

use std::borrow::Cow;

use logweir_log_formats::ApiGateway;
use logweir_log_formats::access::{Access, unescape};
use logweir_log_formats::waf::Waf;

use memchr::memchr;

use super::decoded;
use crate::field::Field;
use crate::time::nanoseconds;
use crate::values::{Value, Values};

/// Fills the fields of a line of an access log.
pub(super) fn access<'m>(access: &Access<'m>, values: &mut Values<'m>) {
    values.text(Field::UrlDomain, access.virtual_host.map(without_port));
    let remote_host = Some(access.remote_host).filter(|host| *host != "-");
    values.address(Field::SourceAddress, Field::SourceIp, remote_host.map(Cow::Borrowed));
    values.text(Field::UserName, access.remote_user.map(unescape));
    values.text(Field::HttpRequestReferrer, access.referer.map(unescape));
    values.text(Field::UserAgentOriginal, access.user_agent.map(unescape));
    values.integer(Field::HttpResponseBodyBytes, access.response_bytes);
    status(access.status, values);
    let Some(request) = access.request_line() else { return };
    values.text(Field::HttpRequestMethod, Some(request.method));
    target(unescape(request.target), values);
    values.text(Field::HttpVersion, request.protocol.and_then(version));
}

/// Fills the fields of a request that API Gateway answered.
pub(super) fn api_gateway<'m>(gateway: &ApiGateway<'m>, values: &mut Values<'m>) {
    values.address(Field::SourceAddress, Field::SourceIp, gateway.source_ip.clone());
    values.text(Field::UserName, gateway.user.clone().or_else(|| gateway.caller.clone()));
    values.text(Field::UserAgentOriginal, gateway.user_agent.clone());
    values.text(Field::UrlDomain, gateway.domain_name.clone());
    values.text(Field::HttpRequestMethod, gateway.http_method.clone());
    values.integer(Field::HttpResponseBodyBytes, gateway.response_length.as_deref());
    values.text(Field::EventReason, gateway.error_message.clone());
    status(&gateway.status, values);
    if let Some(path) = gateway.path.clone().or_else(|| gateway.resource_path.clone()) {
        target(path, values);
    }
    if let Some(Cow::Borrowed(protocol)) = &gateway.protocol {
        values.text(Field::HttpVersion, version(protocol));
    }
    if let Some(latency) = gateway.response_latency.as_deref().and_then(nanoseconds) {
        values.set(Field::EventDuration, Value::Integer(latency));
    }
}

/// Fills the fields of a request that a web ACL judged.
pub(super) fn waf<'m>(waf: &Waf<'m>, values: &mut Values<'m>) {
    let (judged, request) = (&waf.request, &waf.request.http_request);
    values.literal(Field::RuleId, judged.terminating_rule_id);
    values.text(Field::EventAction, decoded(judged.action).map(|action| action.to_ascii_lowercase()));
    values.text(Field::NetworkProtocol, Some("http"));
    values.integer(Field::HttpResponseStatusCode, judged.response_code_sent);
    values.address(Field::SourceAddress, Field::SourceIp, decoded(request.client_ip));
    values.literal(Field::SourceGeoCountry, request.country);
    values.literal(Field::HttpRequestId, request.request_id);
    values.literal(Field::HttpRequestMethod, request.http_method);
    values.text(
        Field::HttpVersion,
        decoded(request.http_version).map(|text| version(&text).unwrap_or_default().to_owned()),
    );
    values.literal(Field::UrlScheme, request.scheme);
    values.text(Field::UrlDomain, decoded(request.host).or_else(|| decoded(waf.header("host"))));
    values.literal(Field::UrlPath, request.uri);
    values.literal(Field::UrlQuery, request.args);
    values.text(Field::UserAgentOriginal, decoded(waf.header("user-agent")));
}

/// A host's name without the port behind it.
fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if !name.contains(':') && port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

pub(super) fn status(status: &str, values: &mut Values<'_>) {
    values.integer(Field::HttpResponseStatusCode, Some(status));
    let outcome = match status.as_bytes().first() {
        Some(b'1'..=b'3') => Some("success"),
        Some(b'4' | b'5') => Some("failure"),
        _ => None,
    };
    values.text(Field::EventOutcome, outcome);
}

/// What was asked for: a path with its query, or a whole URL.
pub(super) fn target<'m>(target: Cow<'m, str>, values: &mut Values<'m>) {
    match &target {
        Cow::Borrowed(text) => {
            let (path, query) = path_and_query(text);
            values.text(Field::UrlPath, path);
            values.text(Field::UrlQuery, query);
        }
        Cow::Owned(text) => {
            let (path, query) = path_and_query(text);
            values.text(Field::UrlPath, path.map(str::to_owned));
            values.text(Field::UrlQuery, query.map(str::to_owned));
        }
    }
    values.text(Field::UrlOriginal, Some(target));
}

fn path_and_query(target: &str) -> (Option<&str>, Option<&str>) {
    let rest = if target.starts_with('/') {
        target
    } else {
        target.split_once("://").and_then(|(_, rest)| rest.find('/').map(|at| &rest[at..])).unwrap_or_default()
    };
    match memchr(b'?', rest.as_bytes()) {
        _ if rest.is_empty() => (None, None),
        Some(at) => (Some(&rest[..at]), Some(&rest[at + 1..])),
        None => (Some(rest), None),
    }
}

/// `1.1` of `HTTP/1.1`.
pub(super) fn version(protocol: &str) -> Option<&str> {
    memchr(b'/', protocol.as_bytes()).map(|at| &protocol[at + 1..])
}
