//! What a payload says: a control message, or log events that borrow from the decompressed buffer.

use crate::Error;
use crate::fields::Fields;
use crate::names::{Account, EventId, LogGroup, LogStream};
use crate::source::Source;
use crate::timestamp::milliseconds;
use logweir_json::{Kind, Scanner, Text};

/// How many events a payload may hold. An event of nothing takes two dozen bytes in a payload and thrice that in memory,
/// whatever is made of it besides; `PutLogEvents` takes 10,000 at a time.
/// <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html>
pub const MAX_EVENTS: usize = 1 << 19;

/// How many names of subscription filters a payload may hold, for the same reason; a log group has two.
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html>
const MAX_FILTERS: usize = 1 << 10;

/// How many digits CloudWatch Logs writes an event's id with.
const ID_DIGITS: usize = 56;

/// A subscription message.
///
/// Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html>.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "there is one at a time, and nearly all are data messages")]
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
    pub owner: Account<'a>,
    /// Name of the log group.
    pub log_group: LogGroup<'a>,
    /// Name of the log stream.
    pub log_stream: LogStream<'a>,
    /// Names of the subscription filters that matched.
    pub subscription_filters: Vec<Text<'a>>,
    /// `ACCOUNT_LEVEL_POLICY` where an account-level subscription policy sent the batch.
    pub policy_level: Option<Text<'a>>,
    /// The events, in the order of the stream.
    pub log_events: Vec<LogEvent<'a>>,
    /// Whether any event has extracted fields: most messages need not be looked through for them.
    pub has_extracted_fields: bool,
    /// Where all events came from before they were centralised, as far as [`Self::by_source`] found out.
    pub source: Source<'a>,
    /// How many lone surrogates the payload's strings hold; each is U+FFFD in every output.
    pub lone_surrogates: usize,
}

/// One log event.
#[derive(Debug, Clone, PartialEq)]
pub struct LogEvent<'a> {
    /// CloudWatch Logs' id of the event: the same at every delivery.
    pub id: EventId<'a>,
    /// Milliseconds since 1970, from 0 to [`MAX_TIMESTAMP`](crate::MAX_TIMESTAMP).
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
        let message = Parser { scanner: &mut scanner, has_extracted_fields: false }.message()?;
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
    has_extracted_fields: bool,
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
            owner: owner.map(Account).ok_or(missing("owner"))?,
            log_group: log_group.map(LogGroup).ok_or(missing("logGroup"))?,
            log_stream: log_stream.map(LogStream).ok_or(missing("logStream"))?,
            subscription_filters: filters,
            policy_level,
            log_events: events.ok_or(missing("logEvents"))?,
            has_extracted_fields: self.has_extracted_fields,
            source: Source::default(),
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
            if filters.len() == MAX_FILTERS {
                return Err(Error::TooManyFilters { limit: MAX_FILTERS });
            }
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
            if events.len() == MAX_EVENTS {
                return Err(Error::TooManyEvents { limit: MAX_EVENTS });
            }
            let event = match self.usual_log_event() {
                Some(event) => event,
                None => self.log_event(events.len())?,
            };
            events.push(event);
            if events.len() == 1 {
                // Events of a batch are alike, so the first tells about how many there are.
                let more = self.scanner.rest_len() / (self.scanner.position() - start).max(64);
                events.reserve(more.min(MAX_EVENTS));
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
        let id = match scanner.digits_body::<ID_DIGITS>() {
            Some(id) => id,
            None => scanner.string_body().ok()?,
        };
        scanner.skip_literal(br#","timestamp":"#)?;
        let timestamp = scanner.thirteen_digits()?;
        scanner.skip_literal(br#","message":""#)?;
        let message = scanner.string_body().ok()?;
        scanner.skip_literal(b"}")?;
        Some(LogEvent { id: EventId(id), timestamp, message, extracted_fields: None })
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
                        Kind::Object => {
                            self.has_extracted_fields = true;
                            Some(Fields::checked(self.scanner.value()?))
                        }
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
            id: id.map(EventId).ok_or(missing("id"))?,
            timestamp: timestamp.ok_or(missing("timestamp"))?,
            message: message.ok_or(missing("message"))?,
            extracted_fields,
        })
    }

    /// Milliseconds as a number, or as a string of one, which exists in the wild.
    fn timestamp(&mut self, event: usize) -> Result<i64, Error> {
        let written = match self.scanner.kind()? {
            Kind::Number => milliseconds(self.scanner.number()?),
            Kind::String => milliseconds(&self.scanner.string()?.decode()),
            found => return Err(wrong(Some(event), "timestamp", "a number", found)),
        };
        written.ok_or(Error::Timestamp { event })
    }
}
