//! What a payload says: a control message, or log events that borrow from the decompressed buffer.

use crate::Error;
use crate::fields::Fields;
use logweir_json::{Kind, Scanner, Text};

/// The latest timestamp that is read: the last millisecond of the year 9999, so that every date has four digits.
pub const MAX_TIMESTAMP: i64 = 253_402_300_799_999;

/// A subscription message.
///
/// Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html>.
#[derive(Debug, Clone, PartialEq)]
pub enum Message<'a> {
    /// CloudWatch Logs checks that the destination can be reached. Holds no log events of anybody.
    Control,
    /// Log events of one stream.
    Data(DataMessage<'a>),
}

/// A batch of log events of one log stream.
#[derive(Debug, Clone, PartialEq)]
pub struct DataMessage<'a> {
    /// Account that owns the log group.
    pub owner: Text<'a>,
    /// Name of the log group.
    pub log_group: Text<'a>,
    /// Name of the log stream.
    pub log_stream: Text<'a>,
    /// Names of the subscription filters that matched.
    pub subscription_filters: Vec<Text<'a>>,
    /// `ACCOUNT_LEVEL_POLICY` where an account-level subscription policy sent the batch.
    pub policy_level: Option<Text<'a>>,
    /// The events, in the order of the stream.
    pub log_events: Vec<LogEvent<'a>>,
    /// How many lone surrogates the payload's strings hold; each is U+FFFD in every output.
    pub lone_surrogates: usize,
}

/// One log event.
#[derive(Debug, Clone, PartialEq)]
pub struct LogEvent<'a> {
    /// CloudWatch Logs' id of the event: the same at every delivery.
    pub id: Text<'a>,
    /// Milliseconds since 1970, from 0 to [`MAX_TIMESTAMP`].
    pub timestamp: i64,
    /// The log line.
    pub message: Text<'a>,
    /// What a filter pattern or an enriched subscription extracted.
    pub extracted_fields: Option<Fields<'a>>,
}

impl<'a> Message<'a> {
    /// Parses the JSON text of one message.
    pub fn parse(json: &'a str) -> Result<Self, Error> {
        let mut scanner = Scanner::new(json);
        match scanner.kind()? {
            Kind::Object => {}
            found => return Err(Error::NotAnObject { found }),
        }
        let message = Parser { scanner: &mut scanner }.message()?;
        match scanner.peek() {
            None => Ok(message),
            Some(_) => Err(Error::TrailingData { bytes: scanner.rest_len() }),
        }
    }
}

/// How a key's value is refused when it is of the wrong kind.
fn wrong(event: Option<usize>, field: &'static str, expected: &'static str, found: Kind) -> Error {
    Error::WrongKind { event, field, expected, found }
}

struct Parser<'s, 'a> {
    scanner: &'s mut Scanner<'a>,
}

impl<'a> Parser<'_, 'a> {
    fn message(mut self) -> Result<Message<'a>, Error> {
        let (mut message_type, mut owner, mut log_group, mut log_stream) = (None, None, None, None);
        let (mut policy_level, mut filters, mut events, mut events_at) = (None, Vec::new(), None, None);
        self.scanner.open(b'{')?;
        let mut first = true;
        while self.scanner.next(first, b'}')? {
            first = false;
            let key = self.scanner.key()?;
            match key {
                key if key.is("messageType") => {
                    message_type = Some(self.string(None, "messageType")?);
                }
                key if key.is("owner") => owner = self.optional_string("owner")?,
                key if key.is("logGroup") => log_group = self.optional_string("logGroup")?,
                key if key.is("logStream") => log_stream = self.optional_string("logStream")?,
                key if key.is("policyLevel") => {
                    policy_level = self.optional_string("policyLevel")?;
                }
                key if key.is("subscriptionFilters") => filters = self.subscription_filters()?,
                // The type always comes first; should it not, events are stepped over until it is known.
                key if key.is("logEvents") && (events.is_some() || events_at.is_some()) => {
                    return Err(Error::Duplicate("logEvents"));
                }
                key if key.is("logEvents") => match message_type {
                    Some(kind) if kind.is("DATA_MESSAGE") => events = Some(self.log_events()?),
                    _ => {
                        self.scanner.peek();
                        events_at = Some(self.scanner.position());
                        // Their lone surrogates are counted when they are read.
                        let counted = self.scanner.lone_surrogates;
                        self.scanner.value()?;
                        self.scanner.lone_surrogates = counted;
                    }
                },
                _ => {
                    self.scanner.value()?;
                }
            }
        }
        let missing = |field| Error::Missing { event: None, field };
        let message_type = message_type.ok_or(missing("messageType"))?;
        if message_type.is("CONTROL_MESSAGE") {
            return Ok(Message::Control);
        }
        if !message_type.is("DATA_MESSAGE") {
            let name = message_type.decode().chars().take(64).collect();
            return Err(Error::UnknownMessageType(name));
        }
        if let (None, Some(position)) = (&events, events_at) {
            let end = self.scanner.position();
            self.scanner.go_to(position);
            events = Some(self.log_events()?);
            self.scanner.go_to(end);
        }
        Ok(Message::Data(DataMessage {
            owner: owner.ok_or(missing("owner"))?,
            log_group: log_group.ok_or(missing("logGroup"))?,
            log_stream: log_stream.ok_or(missing("logStream"))?,
            subscription_filters: filters,
            policy_level,
            log_events: events.ok_or(missing("logEvents"))?,
            lone_surrogates: self.scanner.lone_surrogates,
        }))
    }

    fn string(&mut self, event: Option<usize>, field: &'static str) -> Result<Text<'a>, Error> {
        match self.scanner.kind()? {
            Kind::String => Ok(self.scanner.string()?),
            found => Err(wrong(event, field, "a string", found)),
        }
    }

    fn optional_string(&mut self, field: &'static str) -> Result<Option<Text<'a>>, Error> {
        match self.scanner.kind()? {
            Kind::Null => {
                self.scanner.value()?;
                Ok(None)
            }
            _ => self.string(None, field).map(Some),
        }
    }

    fn subscription_filters(&mut self) -> Result<Vec<Text<'a>>, Error> {
        let field = "subscriptionFilters";
        let mut filters = Vec::new();
        match self.scanner.kind()? {
            Kind::Array => {}
            Kind::Null => {
                self.scanner.value()?;
                return Ok(filters);
            }
            found => return Err(wrong(None, field, "an array of strings", found)),
        }
        self.scanner.open(b'[')?;
        while self.scanner.next(filters.is_empty(), b']')? {
            filters.push(self.string(None, field)?);
        }
        Ok(filters)
    }

    fn log_events(&mut self) -> Result<Vec<LogEvent<'a>>, Error> {
        match self.scanner.kind()? {
            Kind::Array => {}
            found => return Err(wrong(None, "logEvents", "an array", found)),
        }
        let mut events = Vec::new();
        self.scanner.open(b'[')?;
        let start = self.scanner.position();
        while self.scanner.next(events.is_empty(), b']')? {
            let event = match self.usual_log_event() {
                Some(event) => event,
                None => self.log_event(events.len())?,
            };
            events.push(event);
            if events.len() == 1 {
                // Events of a batch are alike, so the first tells about how many there are.
                events.reserve(self.scanner.rest_len() / (self.scanner.position() - start).max(64));
            }
        }
        Ok(events)
    }

    /// Reads an event written as CloudWatch Logs writes it, to the byte: nine of ten comparisons are saved. Nothing, and
    /// takes nothing, wherever one differs or something is wrong: then it is read in the general way.
    #[inline]
    fn usual_log_event(&mut self) -> Option<LogEvent<'a>> {
        let start = self.scanner.clone();
        let event = self.usual_members();
        if event.is_none() {
            *self.scanner = start;
        }
        event
    }

    #[inline]
    fn usual_members(&mut self) -> Option<LogEvent<'a>> {
        let scanner = &mut *self.scanner;
        scanner.skip_literal(br#"{"id":""#)?;
        let id = scanner.string_body().ok()?;
        scanner.skip_literal(br#","timestamp":"#)?;
        let timestamp = scanner.thirteen_digits()?;
        scanner.skip_literal(br#","message":""#)?;
        let message = scanner.string_body().ok()?;
        scanner.skip_literal(b"}")?;
        Some(LogEvent { id, timestamp, message, extracted_fields: None })
    }

    fn log_event(&mut self, index: usize) -> Result<LogEvent<'a>, Error> {
        match self.scanner.kind()? {
            Kind::Object => {}
            found => return Err(wrong(Some(index), "logEvents", "an object", found)),
        }
        let (mut id, mut timestamp, mut message, mut extracted_fields) = (None, None, None, None);
        self.scanner.open(b'{')?;
        let mut first = true;
        while self.scanner.next(first, b'}')? {
            first = false;
            let key = self.scanner.key()?;
            match key {
                key if key.is("id") => id = Some(self.string(Some(index), "id")?),
                key if key.is("timestamp") => timestamp = Some(self.timestamp(index)?),
                key if key.is("message") => message = Some(self.string(Some(index), "message")?),
                key if key.is("extractedFields") => {
                    extracted_fields = match self.scanner.kind()? {
                        Kind::Object => Some(Fields::checked(self.scanner.value()?)),
                        Kind::Null => self.scanner.value().map(|_| None)?,
                        found => {
                            return Err(wrong(Some(index), "extractedFields", "an object", found));
                        }
                    };
                }
                _ => {
                    self.scanner.value()?;
                }
            }
        }
        let missing = |field| Error::Missing { event: Some(index), field };
        Ok(LogEvent {
            id: id.ok_or(missing("id"))?,
            timestamp: timestamp.ok_or(missing("timestamp"))?,
            message: message.ok_or(missing("message"))?,
            extracted_fields,
        })
    }

    /// Milliseconds as a number, or as a string of one, which exists in the wild.
    fn timestamp(&mut self, event: usize) -> Result<i64, Error> {
        let written = match self.scanner.kind()? {
            Kind::Number => self.scanner.number()?.parse(),
            Kind::String => self.scanner.string()?.decode().parse(),
            found => return Err(wrong(Some(event), "timestamp", "a number", found)),
        };
        match written {
            Ok(milliseconds @ 0..=MAX_TIMESTAMP) => Ok(milliseconds),
            _ => Err(Error::Timestamp { event }),
        }
    }
}
