//! What a function wrote, where its runtime says in a fixed place for which request.
//!
//! <https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html>, <https://docs.aws.amazon.com/lambda/latest/dg/python-logging.html>,
//! <https://docs.aws.amazon.com/lambda/latest/dg/java-logging.html>

use std::borrow::Cow;

use logweir_json::{Kind, Text};

use crate::embedded::Embedded;
use crate::object::Value;
use crate::shape;

/// A line of a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Function<'m> {
    /// When, as written: in UTC, with or without a `Z`.
    pub time: Option<Cow<'m, str>>,
    /// Which invocation; nothing while the function begins.
    pub request_id: Option<Cow<'m, str>>,
    /// Which tenant the environment serves; JSON only.
    pub tenant_id: Option<Cow<'m, str>>,
    /// The ARN of a durable execution; JSON only.
    pub execution_arn: Option<Cow<'m, str>>,
    /// The level, such as `INFO`.
    pub level: Cow<'m, str>,
    /// What the function wrote.
    pub body: FunctionBody<'m>,
}

/// What a function wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FunctionBody<'m> {
    /// Text.
    Text(&'m str),
    /// JSON behind the level, or the whole line with the time, the level and the request id in it (Lambda's JSON log format).
    Json(Embedded<'m>),
}

impl<'m> Function<'m> {
    /// Reads a line of text: as the runtimes of Node.js and .NET, that of Python, or Lambda's layout of log4j write it.
    pub fn parse(line: &'m str) -> Option<Self> {
        match line.as_bytes().first()? {
            b'2' => node(line).or_else(|| java(line)),
            b'[' => python(line),
            _ => None,
        }
    }

    /// Lambda's JSON log format: a time, a level, a message and a request's id.
    pub(crate) fn of_members(whole: Embedded<'m>, members: &[(Text<'m>, Value<'m>)]) -> Option<Self> {
        let get = |name: &str| members.iter().find(|(key, _)| key.is(name)).map(|(_, value)| *value);
        let text = |name: &str| get(name)?.text().map(|text| text.decode());
        let time = text("timestamp").filter(|time| shape::is_utc_time(time))?;
        let request_id = text("requestId").or_else(|| text("AWSRequestId")).filter(|id| shape::is_uuid(id))?;
        // Java's runtime knows no level of what was printed.
        // That of Python calls it by another name where an error was not caught.
        let level = text("level").or_else(|| text("log_level"));
        let level = level.filter(|level| is_level(level) || level == "UNDEFINED")?;
        get("message").or_else(|| get("errorMessage")).filter(|message| message.kind != Kind::Null)?;
        Some(Self {
            time: Some(time),
            request_id: Some(request_id),
            tenant_id: text("tenantId"),
            execution_arn: text("executionArn").or_else(|| text("durableExecutionArn")),
            level,
            body: FunctionBody::Json(whole),
        })
    }

    fn new(time: &'m str, request_id: &'m str, level: &'m str, body: &'m str) -> Self {
        let body = Embedded::find(body).map_or(FunctionBody::Text(body), FunctionBody::Json);
        let request_id = shape::is_uuid(request_id).then_some(Cow::Borrowed(request_id));
        Self {
            time: Some(Cow::Borrowed(time)),
            request_id,
            tenant_id: None,
            execution_arn: None,
            level: Cow::Borrowed(level),
            body,
        }
    }
}

/// `2026-11-21T11:20:00.301Z\t<request id>\tERROR\tText`, the id `undefined` outside of invocations.
fn node(line: &str) -> Option<Function<'_>> {
    let (time, rest) = line.split_at(memchr::memchr(b'\t', line.as_bytes())?);
    if !shape::is_utc_time(time) {
        return None;
    }
    let mut parts = rest[1..].splitn(3, '\t');
    let (id, level, body) = (parts.next()?, parts.next()?, parts.next()?);
    let is_function = (shape::is_uuid(id) || id == "undefined") && is_level(level);
    is_function.then(|| Function::new(time, id, level.trim_ascii(), body))
}

/// `[ERROR]\t2026-11-21T11:20:00.301Z\t<request id>\tText`, the id empty outside of invocations.
fn python(line: &str) -> Option<Function<'_>> {
    let mut parts = line.splitn(4, '\t');
    let (level, time, id, body) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let level = level.strip_prefix('[')?.strip_suffix(']')?;
    let is_function = is_level(level) && shape::is_utc_time(time) && (shape::is_uuid(id) || id.is_empty());
    is_function.then(|| Function::new(time, id, level, body))
}

/// `2026-11-21 11:20:00 <request id> ERROR Text`, as `aws-lambda-java-log4j2` proposes.
fn java(line: &str) -> Option<Function<'_>> {
    let (time, rest) = line.split_at_checked(19)?;
    let (id, rest) = rest.strip_prefix(' ')?.split_once(' ')?;
    let (level, body) = shape::token(rest)?;
    let is_function = shape::fits(time, b"0000-00-00 00:00:00") && shape::is_uuid(id) && is_level(level);
    is_function.then(|| Function::new(time, id, level, body.trim_ascii_start()))
}

/// The levels of the runtimes.
const LEVELS: [&str; 13] = [
    "TRACE",
    "DEBUG",
    "INFO",
    "WARN",
    "WARNING",
    "ERROR",
    "FATAL",
    "CRITICAL",
    "INFORMATION",
    "FAIL",
    "CRIT",
    "DBUG",
    "TRCE",
];

fn is_level(level: &str) -> bool {
    let level = level.trim_ascii();
    LEVELS.iter().any(|known| level.eq_ignore_ascii_case(known))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Hints, LogLine};

    const ID: &str = "6f1b7a0e-2d8e-4a6c-9a53-1f4de0c2b7aa";

    #[test]
    fn lines_of_the_runtimes() {
        for (line, level, text, has_id) in [
            (
                format!("2026-11-21T11:20:00.301Z\t{ID}\tERROR\tTask failed:\n    at order.js:41:9\n"),
                "ERROR",
                "Task failed:\n    at order.js:41:9\n",
                true,
            ),
            ("2025-02-10T07:37:11.523Z\tundefined\tERROR\tUncaught\n".to_owned(), "ERROR", "Uncaught\n", false),
            (format!("[INFO]\t2026-11-21T11:20:00.301Z\t{ID}\tbegan\n"), "INFO", "began\n", true),
            ("[WARNING]\t2026-11-21T11:20:00.301Z\t\tcold\n".to_owned(), "WARNING", "cold\n", false),
            (format!("2026-11-21 11:20:00 {ID} INFO  Orders:12 - began\n"), "INFO", "Orders:12 - began\n", true),
        ] {
            let function = Function::parse(&line).unwrap_or_else(|| panic!("{line:?}"));
            assert_eq!((&*function.level, function.body), (level, FunctionBody::Text(text)), "{line:?}");
            assert_eq!(function.request_id.as_deref(), has_id.then_some(ID));
            let hints = Hints::default();
            assert_eq!(LogLine::parse(&line, &hints), LogLine::LambdaFunction(function));
            assert_eq!(LogLine::parse(&line, &hints).traces(&line).request_id, has_id.then_some(ID));
        }
    }

    #[test]
    fn json_in_and_around() {
        let line = format!("2026-11-21T11:20:00.301Z\t{ID}\tINFO\torder {{\"n\":1}}\n");
        let FunctionBody::Json(found) = Function::parse(&line).expect("a line").body else { panic!("{line}") };
        assert_eq!((found.prefix, found.json, found.suffix), ("order ", r#"{"n":1}"#, "\n"));
        let hints = Hints::default();
        for key in ["requestId", "AWSRequestId"] {
            let line = format!(
                r#"{{"timestamp":"2026-11-21T11:20:00.301Z","level":"INFO","{key}":"{ID}","message":{{"n":1}}}}"#
            );
            let LogLine::LambdaFunction(function) = LogLine::parse(&line, &hints) else { panic!("{line}") };
            assert_eq!((function.request_id.as_deref(), &*function.level), (Some(ID), "INFO"));
            assert!(matches!(function.body, FunctionBody::Json(found) if found.json == line));
        }
    }

    #[test]
    fn other_lines_are_none() {
        for line in [
            "",
            "2026-11-21T11:20:00.301Z\tjob\tERROR\tno",
            "2026-11-21T11:20:00.301Z\tundefined\tno",
            "[INFO] began",
            "[INFO]\tnow\t\tno",
            "2",
        ] {
            assert_eq!(Function::parse(line), None, "{line:?}");
        }
    }
}
