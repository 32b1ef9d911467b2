//! Access logs in the common and the combined format, as Apache httpd, nginx and many others write them.
//!
//! <https://httpd.apache.org/docs/current/logs.html#accesslog>,
//! <https://nginx.org/en/docs/http/ngx_http_log_module.html#log_format>

use std::borrow::Cow;

use memchr::{memchr, memchr2};

use crate::shape;

/// A request that a web server answered. Fields in quotes are as written, to be read by [`unescape`]; `-` is nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Access<'m> {
    /// The server's name, and often its port, where the format puts it first (`vhost_combined`).
    pub virtual_host: Option<&'m str>,
    /// The client's address or name.
    pub remote_host: &'m str,
    /// The client's name by RFC 1413; in API Gateway's format the caller.
    pub remote_logname: Option<&'m str>,
    /// Who logged in.
    pub remote_user: Option<&'m str>,
    /// When, like `10/Oct/2000:13:55:36 -0700`.
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
        let (first, rest) = word(line)?;
        let (second, rest) = word(rest)?;
        let (third, rest) = word(rest)?;
        let (hosts, rest) = if rest.starts_with('[') {
            ([None, Some(first), Some(second), Some(third)], rest)
        } else {
            let (fourth, rest) = word(rest)?;
            ([Some(first), Some(second), Some(third), Some(fourth)], rest)
        };
        let (time, rest) = rest.strip_prefix('[')?.split_at_checked(shape::ACCESS_TIME.len())?;
        if !shape::is_access_time(time) {
            return None;
        }
        let (request, rest) = quoted(rest.strip_prefix("] ")?)?;
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
        let [virtual_host, remote_host, remote_logname, remote_user] = hosts;
        Some(Self {
            virtual_host: virtual_host.and_then(present),
            remote_host: remote_host?,
            remote_logname: remote_logname.and_then(present),
            remote_user: remote_user.and_then(present),
            time,
            request: present(request),
            status,
            response_bytes: present(bytes),
            referer: present(referer),
            user_agent: present(user_agent),
            rest: rest.trim_ascii(),
        })
    }

    /// The parts of the request's first line; nothing if it is none, such as the bytes of a TLS handshake.
    pub fn request_line(&self) -> Option<RequestLine<'m>> {
        let (method, rest) = part(self.request?);
        let (target, rest) = part(rest?);
        let (protocol, rest) = rest.map(part).unzip();
        let is_request = rest.flatten().is_none()
            && !method.is_empty()
            && method.bytes().all(|byte| byte.is_ascii_uppercase() || matches!(byte, b'-' | b'_'))
            && !target.is_empty();
        is_request.then_some(RequestLine { method, target, protocol })
    }
}

/// A field without quotes, and what follows the space behind it.
fn word(text: &str) -> Option<(&str, &str)> {
    let (word, rest) = shape::token(text)?;
    Some((word, rest.strip_prefix(' ')?))
}

/// The text up to a space, and what follows one.
fn part(text: &str) -> (&str, Option<&str>) {
    match memchr(b' ', text.as_bytes()) {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    }
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
