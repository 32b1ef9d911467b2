//! Access logs in the common and the combined format, as Apache httpd, nginx and many others write them.
//!
//! <https://httpd.apache.org/docs/current/logs.html#accesslog>,
//! <https://nginx.org/en/docs/http/ngx_http_log_module.html#log_format>

mod client;

use std::borrow::Cow;

use memchr::{memchr, memchr_iter, memchr2};

use crate::shape;
use client::Client;

/// How far the time may lie behind the beginning, and how many brackets may stand before it: addresses have some.
const MAX_HEAD: usize = 512;
const MAX_BRACKETS: usize = 4;

/// A request that a web server answered. Fields in quotes are as written, to be read by [`unescape`]; `-` is nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Access<'m> {
    /// The server's name, and often its port, where the format puts it first (`vhost_combined`).
    pub virtual_host: Option<&'m str>,
    /// The client's address or name: the first address where proxies wrote several.
    pub remote_host: &'m str,
    /// The client's name by RFC 1413; in API Gateway's format the caller.
    pub remote_logname: Option<&'m str>,
    /// Who logged in.
    pub remote_user: Option<&'m str>,
    /// When, like `10/Oct/2000:13:55:36 -0700`, with a fraction of a second or in the form of ISO 8601.
    pub time: &'m str,
    /// The request's first line.
    pub request: Option<&'m str>,
    /// The answer's status, three digits.
    pub status: &'m str,
    /// Bytes of the answer without its headers; 0 is often written as `-`.
    pub response_bytes: Option<&'m str>,
    /// Where the client came from (combined).
    pub referer: Option<&'m str>,
    /// Which program the client is (combined).
    pub user_agent: Option<&'m str>,
    /// What follows, without the white space around it: fields that somebody added.
    pub rest: &'m str,
}

/// The parts of a request's first line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestLine<'m> {
    /// The method, such as `GET`.
    pub method: &'m str,
    /// The path with its query, or a whole URL; as written.
    pub target: &'m str,
    /// The protocol, such as `HTTP/1.1`; HTTP/0.9 has none.
    pub protocol: Option<&'m str>,
}

impl<'m> Access<'m> {
    /// Reads a line whose fields are those of the common format at least.
    pub fn parse(line: &'m str) -> Option<Self> {
        let (head, time, rest) = around_time(line)?;
        let client = Client::parse(head)?;
        let (request, rest) = quoted(rest.strip_prefix(' ')?)?;
        let (status, rest) = shape::token(rest.strip_prefix(' ')?)?;
        let (bytes, rest) = shape::token(rest.strip_prefix(' ')?)?;
        if !shape::fits(status, b"000") || bytes != "-" && !shape::is_digits(bytes) {
            return None;
        }
        let combined = quoted(rest.trim_ascii_start()).and_then(|(referer, rest)| {
            let (user_agent, rest) = quoted(rest.strip_prefix(' ')?)?;
            Some((referer, user_agent, rest))
        });
        let (referer, user_agent, rest) = combined.unwrap_or(("-", "-", rest));
        Some(Self {
            virtual_host: client.virtual_host.and_then(present),
            remote_host: client.host,
            remote_logname: present(client.logname),
            remote_user: present(client.user),
            time,
            request: present(request),
            status,
            response_bytes: present(bytes),
            referer: present(referer),
            user_agent: present(user_agent),
            rest: rest.trim_ascii(),
        })
    }

    /// The parts of the request's first line: the first word, the last, and all between, blanks and all. Nothing if it is none,
    /// such as the bytes of a TLS handshake.
    pub fn request_line(&self) -> Option<RequestLine<'m>> {
        let (method, rest) = self.request?.trim_ascii_end().split_once(' ')?;
        let (target, protocol) = match rest.rsplit_once(' ') {
            Some((target, protocol)) if protocol.starts_with("HTTP/") => (target, Some(protocol)),
            _ => (rest, None),
        };
        let target = target.trim_ascii();
        let is_method = |byte: u8| byte.is_ascii_alphabetic() || matches!(byte, b'-' | b'_');
        let is_sure =
            protocol.is_some() || target.starts_with('/') || method.bytes().all(|byte| byte.is_ascii_uppercase());
        let is_request = !method.is_empty() && method.bytes().all(is_method) && is_sure && !target.is_empty();
        is_request.then_some(RequestLine { method, target, protocol })
    }
}

/// What stands before the time, the time, and what stands behind its brackets.
fn around_time(line: &str) -> Option<(&str, &str, &str)> {
    let beginning = &line.as_bytes()[..line.len().min(MAX_HEAD)];
    memchr_iter(b'[', beginning).take(MAX_BRACKETS).find_map(|bracket| {
        let head = line[..bracket].strip_suffix(' ')?;
        let rest = &line[bracket + 1..];
        if !rest.as_bytes().first()?.is_ascii_digit() {
            return None;
        }
        let (time, rest) = rest.split_once(']')?;
        is_time(time).then_some((head, time, rest))
    })
}

/// The time of the common format, with a fraction of a second or without, or one of ISO 8601.
fn is_time(text: &str) -> bool {
    if shape::is_access_time(text) || shape::is_utc_time(text) {
        return true;
    }
    let (Some((time, _)), Some((before, zone))) =
        (text.split_at_checked(20), text.split_at_checked(text.len().saturating_sub(6)))
    else {
        return false;
    };
    let is_fraction =
        |text: &str| text.strip_prefix(['.', ',']).is_some_and(|digits| shape::is_digits(digits) && digits.len() <= 9);
    if shape::fits(zone, b" +0000") {
        return shape::fits(time, b"00/aaa/0000:00:00:00") && before.get(20..).is_some_and(is_fraction);
    }
    let seconds = before.get(..19).is_some_and(|time| shape::fits(time, b"0000-00-00T00:00:00"));
    seconds && shape::fits(zone, b"+00:00") && before.get(19..).is_some_and(|rest| rest.is_empty() || is_fraction(rest))
}

/// A field in quotes, without them, and what follows.
fn quoted(text: &str) -> Option<(&str, &str)> {
    let body = text.strip_prefix('"')?;
    let mut at = 0;
    loop {
        at += memchr2(b'"', b'\\', &body.as_bytes()[at..])?;
        if body.as_bytes()[at] == b'"' {
            return Some((&body[..at], &body[at + 1..]));
        }
        // A backslash keeps what follows, whatever that is, from ending the field.
        at += 1 + body[at + 1..].chars().next()?.len_utf8();
    }
}

fn present(field: &str) -> Option<&str> {
    (!field.is_empty() && field != "-").then_some(field)
}

/// A field in quotes as the server got it: without the escapes of Apache (`\"`, `\n`, `\xhh`) and nginx (`\xHH`). Bytes that are
/// no UTF-8 become U+FFFD.
pub fn unescape(field: &str) -> Cow<'_, str> {
    if memchr(b'\\', field.as_bytes()).is_none() {
        return Cow::Borrowed(field);
    }
    let mut out = Vec::with_capacity(field.len());
    let mut rest = field.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let (byte, length) = if *first == b'\\' { unescape_one(behind) } else { (*first, 0) };
        out.push(byte);
        rest = &behind[length..];
    }
    Cow::Owned(String::from_utf8(out).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
}

/// The byte that an escape stands for, and how many bytes behind the backslash it takes.
fn unescape_one(behind: &[u8]) -> (u8, usize) {
    let hex = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    match behind {
        [b'x', high, low, ..] => match (hex(*high), hex(*low)) {
            (Some(high), Some(low)) => (high << 4 | low, 3),
            _ => (b'\\', 0),
        },
        [b'n', ..] => (b'\n', 1),
        [b'r', ..] => (b'\r', 1),
        [b't', ..] => (b'\t', 1),
        [b'b', ..] => (8, 1),
        [b'v', ..] => (11, 1),
        [byte @ (b'"' | b'\\'), ..] => (*byte, 1),
        _ => (b'\\', 0),
    }
}

#[cfg(test)]
mod tests;
