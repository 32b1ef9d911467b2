//! What the members of a JSON line say that every line may say: its level, the error that it tells of, the service and the host.
//!
//! Names are those of loggers and runtimes: of the Elastic Common Schema, of OpenTelemetry, of Lambda's runtimes, of Powertools,
//! pino, bunyan, winston, logback, zap, logrus and Serilog.

use std::borrow::Cow;

use logweir_json::{JsonError, Kind, Scanner, Text};

use crate::field::Field;
use crate::level::Found;
use crate::values::{Value, Values};

/// Longest key that is looked at, in bytes.
const MAX_KEY: usize = 24;
/// Most lines of a stack trace that are put together.
const MAX_FRAMES: usize = 500;

/// What was found, the first of its kind.
#[derive(Debug, Default)]
pub(crate) struct Lifted<'m> {
    level: Found,
    error_type: Option<Text<'m>>,
    error_message: Option<Text<'m>>,
    stack_trace: Option<Stack<'m>>,
    service: Option<Text<'m>>,
    host: Option<Text<'m>>,
}

/// A stack trace: one text, or a line an item.
#[derive(Debug)]
enum Stack<'m> {
    Text(Text<'m>),
    Lines(String),
}

/// What a key says that stands at the top.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    ErrorType,
    ErrorMessage,
    StackTrace,
    /// A stack trace if it has items; the id of a trace stands there too.
    Trace,
    /// An error as an object, or what it says.
    Error,
    /// What the runtime wrote an error as (Lambda's JSON log format).
    Message,
    Service,
    Host,
}

impl Role {
    /// Whether it is a part of an error.
    fn is_of_error(self) -> bool {
        matches!(self, Self::ErrorType | Self::ErrorMessage | Self::StackTrace | Self::Trace)
    }
}

impl<'m> Lifted<'m> {
    /// Looks at a member of the line, whose value the scanner stands before.
    pub(crate) fn take(&mut self, key: &Text<'m>, scanner: &Scanner<'m>) {
        let key = key.decode();
        if key.len() > MAX_KEY {
            return;
        }
        self.level.take(&key, scanner.clone());
        if let Some(role) = role_of(&key) {
            // What is asked for was checked when the line was parsed.
            let _ = self.member(role, &mut scanner.clone());
        }
    }

    fn member(&mut self, role: Role, scanner: &mut Scanner<'m>) -> Result<(), JsonError> {
        match (role, scanner.kind()?) {
            (Role::StackTrace | Role::Trace, Kind::Array) => {
                let lines = lines(scanner)?;
                self.stack_trace.get_or_insert(Stack::Lines(lines));
            }
            (Role::Error | Role::Message, Kind::Object) => self.object(role, scanner)?,
            (Role::Service, Kind::Object) => self.service = self.service.or(name_of(scanner)?),
            (Role::Host, Kind::Object) => self.host = self.host.or(name_of(scanner)?),
            (_, Kind::String) => self.text(role, scanner.string()?),
            _ => {}
        }
        Ok(())
    }

    fn text(&mut self, role: Role, text: Text<'m>) {
        let place = match role {
            Role::ErrorType => &mut self.error_type,
            // structlog and Powertools for Python write the whole trace there.
            Role::Error if !text.decode().contains('\n') => &mut self.error_message,
            Role::ErrorMessage => &mut self.error_message,
            Role::Service => &mut self.service,
            Role::Host => &mut self.host,
            Role::StackTrace | Role::Error => {
                self.stack_trace.get_or_insert(Stack::Text(text));
                return;
            }
            Role::Message | Role::Trace => return,
        };
        place.get_or_insert(text);
    }

    /// The members of an error.
    fn object(&mut self, role: Role, scanner: &mut Scanner<'m>) -> Result<(), JsonError> {
        scanner.open(b'{')?;
        let mut is_first = true;
        while scanner.next(is_first, b'}')? {
            is_first = false;
            let inner = match &*scanner.key()?.decode() {
                "type" | "name" | "class" | "kind" if role == Role::Error => Some(Role::ErrorType),
                "message" | "msg" if role == Role::Error => Some(Role::ErrorMessage),
                key => role_of(key).filter(|role| role.is_of_error()),
            };
            if let Some(inner) = inner {
                self.member(inner, &mut scanner.clone())?;
            }
            scanner.value()?;
        }
        Ok(())
    }

    /// Fills the fields of it that the format has not filled.
    pub(crate) fn fill(self, values: &mut Values<'m>) {
        if let Some(level) = self.level.level() {
            values.text(Field::LogLevel, Some(level));
        }
        for (field, text) in [
            (Field::ErrorType, self.error_type),
            (Field::ErrorMessage, self.error_message),
            (Field::ServiceName, self.service),
            (Field::HostName, self.host),
        ] {
            if !values.has(field) {
                values.literal(field, text);
            }
        }
        match self.stack_trace {
            _ if values.has(Field::ErrorStackTrace) => {}
            Some(Stack::Text(text)) => values.literal(Field::ErrorStackTrace, Some(text)),
            Some(Stack::Lines(lines)) if !lines.is_empty() => {
                values.set(Field::ErrorStackTrace, Value::Plain(Cow::Owned(lines)));
            }
            _ => {}
        }
    }

    /// Whether an error was found, with its type.
    pub(crate) fn is_error(&self) -> bool {
        self.error_type.is_some() && (self.error_message.is_some() || self.stack_trace.is_some())
    }
}

fn role_of(key: &str) -> Option<Role> {
    Some(match key {
        "errorType" | "error.type" | "error_type" | "exception.type" | "exception_name" | "exception_class" => {
            Role::ErrorType
        }
        "errorMessage" | "error.message" | "error_message" | "exception.message" | "exception_message" => {
            Role::ErrorMessage
        }
        "stackTrace"
        | "stack_trace"
        | "stacktrace"
        | "stack"
        | "error.stack_trace"
        | "error.stack"
        | "exception.stacktrace"
        | "errorVerbose"
        | "@x" => Role::StackTrace,
        "trace" => Role::Trace,
        "error" | "err" | "exception" => Role::Error,
        "message" => Role::Message,
        "service" | "service.name" | "service_name" | "serviceName" => Role::Service,
        "host" | "host.name" | "hostname" | "host_name" => Role::Host,
        _ => return None,
    })
}

/// The `name` of an object.
fn name_of<'m>(scanner: &mut Scanner<'m>) -> Result<Option<Text<'m>>, JsonError> {
    scanner.open(b'{')?;
    let mut is_first = true;
    while scanner.next(is_first, b'}')? {
        is_first = false;
        if scanner.key()?.is("name") && scanner.kind()? == Kind::String {
            return scanner.string().map(Some);
        }
        scanner.value()?;
    }
    Ok(None)
}

/// The items of an array, a line each; what is no string stays the JSON that it is.
fn lines(scanner: &mut Scanner<'_>) -> Result<String, JsonError> {
    let mut lines = String::new();
    scanner.open(b'[')?;
    let mut count = 0;
    while scanner.next(count == 0, b']')? {
        count += 1;
        let line = match scanner.kind()? {
            Kind::String => scanner.string()?.decode(),
            _ => Cow::Borrowed(scanner.value()?),
        };
        if count <= MAX_FRAMES {
            if !lines.is_empty() {
                lines.push('\n');
            }
            lines.push_str(line.trim_end_matches('\n'));
        }
    }
    Ok(lines)
}

#[cfg(test)]
mod tests;
