//! The three envelopes in which payloads reach a Lambda function.

use std::borrow::Cow;

use logweir_json::{JsonError, Kind, Scanner, Text};

/// Why an event is none that a subscription leads to. The whole invocation fails then: nothing in it is understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EventError {
    /// The event is not UTF-8.
    #[error("the event is not UTF-8")]
    Utf8,
    /// The event is not JSON.
    #[error("the event is not JSON: {0}")]
    Json(#[from] JsonError),
    /// The event has none of the keys by which the envelopes are known.
    #[error(
        "the event is neither a subscription (awslogs.data), a Kinesis event (Records[].kinesis) \
         nor a Firehose transform (records[].recordId)"
    )]
    Unknown,
    /// A record lacks what its answer must name.
    #[error("record {index} has no {field}")]
    Missing {
        /// Index of the record, from 0.
        index: usize,
        /// The key.
        field: &'static str,
    },
}

/// A Lambda event that carries subscription payloads; it borrows from the event's bytes.
///
/// ```
/// use logweir_subscription::Event;
///
/// let event = Event::parse(br#"{"awslogs":{"data":"H4sIAAA"}}"#)?;
/// assert!(matches!(event, Event::Logs { .. }));
/// # Ok::<(), logweir_subscription::EventError>(())
/// ```
#[derive(Debug, Clone)]
pub enum Event<'a> {
    /// CloudWatch Logs invoked the function itself.
    /// <https://docs.aws.amazon.com/lambda/latest/dg/services-cloudwatchlogs.html>
    Logs {
        /// Base64 of the payload.
        data: Cow<'a, str>,
    },
    /// Records of one shard of a Kinesis data stream.
    /// <https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html>
    Kinesis(Vec<KinesisRecord<'a>>),
    /// Records that Firehose wants transformed.
    /// <https://docs.aws.amazon.com/firehose/latest/dev/data-transformation.html>
    Firehose(FirehoseEvent<'a>),
}

/// A record of a Kinesis event.
#[derive(Debug, Clone)]
pub struct KinesisRecord<'a> {
    /// What a partial answer names.
    pub sequence_number: Cow<'a, str>,
    /// The stream it was read from; empty if the event does not say.
    pub stream_arn: Cow<'a, str>,
    /// Base64 of the payload.
    pub data: Cow<'a, str>,
}

/// A Firehose transform event.
#[derive(Debug, Clone)]
pub struct FirehoseEvent<'a> {
    /// The delivery stream that asks.
    pub delivery_stream_arn: Cow<'a, str>,
    /// Whether the delivery stream reads a Kinesis stream: then nobody can put records to it.
    pub from_kinesis: bool,
    /// The records, each of which wants an answer.
    pub records: Vec<FirehoseRecord<'a>>,
}

/// A record of a Firehose transform event.
#[derive(Debug, Clone)]
pub struct FirehoseRecord<'a> {
    /// What the answer names.
    pub record_id: Cow<'a, str>,
    /// Base64 of the payload.
    pub data: Cow<'a, str>,
}

impl<'a> Event<'a> {
    /// Finds out which envelope `event` is, and its records.
    pub fn parse(event: &'a [u8]) -> Result<Self, EventError> {
        let text = simdutf8::basic::from_utf8(event).map_err(|_| EventError::Utf8)?;
        let mut keys = Keys::default();
        let mut scanner = Scanner::new(text);
        members(&mut scanner, |key, scanner| {
            match key.decode().as_ref() {
                "awslogs" => object(scanner, |key, scanner| keep(key, "data", scanner, &mut keys.data))?,
                "Records" => keys.kinesis = Some(array(scanner, kinesis_record)?),
                "records" => keys.firehose = Some(array(scanner, firehose_record)?),
                "deliveryStreamArn" => keys.delivery_stream_arn = string(scanner)?,
                "sourceKinesisStreamArn" => keys.source = string(scanner)?,
                _ => return Ok(false),
            }
            Ok(true)
        })?;
        if scanner.peek().is_some() {
            return Err(EventError::Json(JsonError {
                offset: scanner.position(),
                reason: "something follows the event",
            }));
        }
        keys.event()
    }
}

/// What was found at the top of an event.
#[derive(Default)]
struct Keys<'a> {
    data: Option<Text<'a>>,
    kinesis: Option<Vec<Found<'a>>>,
    firehose: Option<Vec<Found<'a>>>,
    delivery_stream_arn: Option<Text<'a>>,
    source: Option<Text<'a>>,
}

impl<'a> Keys<'a> {
    fn event(self) -> Result<Event<'a>, EventError> {
        let text = |text: Option<Text<'a>>| text.map_or(Cow::Borrowed(""), |text| text.decode());
        if let Some(data) = self.data {
            return Ok(Event::Logs { data: data.decode() });
        }
        if let Some(records) = self.kinesis {
            let record = |(index, record): (usize, Found<'a>)| match record.name {
                Some(name) => Ok(KinesisRecord {
                    sequence_number: name.decode(),
                    stream_arn: text(record.stream_arn),
                    data: text(record.data),
                }),
                // A record of another service (S3, SQS, DynamoDB) has no `kinesis` at all.
                None if record.data.is_none() => Err(EventError::Unknown),
                None => Err(EventError::Missing { index, field: "sequenceNumber" }),
            };
            let records: Result<_, _> = records.into_iter().enumerate().map(record).collect();
            return records.map(Event::Kinesis);
        }
        if let Some(records) = self.firehose {
            let record = |(index, record): (usize, Found<'a>)| match record.name {
                Some(name) => Ok(FirehoseRecord { record_id: name.decode(), data: text(record.data) }),
                None => Err(EventError::Missing { index, field: "recordId" }),
            };
            let records: Result<_, _> = records.into_iter().enumerate().map(record).collect();
            return Ok(Event::Firehose(FirehoseEvent {
                delivery_stream_arn: text(self.delivery_stream_arn),
                from_kinesis: self.source.is_some(),
                records: records?,
            }));
        }
        Err(EventError::Unknown)
    }
}

/// What was found of a record.
#[derive(Default)]
struct Found<'a> {
    name: Option<Text<'a>>,
    stream_arn: Option<Text<'a>>,
    data: Option<Text<'a>>,
}

fn kinesis_record<'a>(scanner: &mut Scanner<'a>) -> Result<Found<'a>, JsonError> {
    let mut found = Found::default();
    object(scanner, |key, scanner| {
        if !key.is("kinesis") {
            return keep(key, "eventSourceARN", scanner, &mut found.stream_arn);
        }
        object(scanner, |key, scanner| {
            Ok(keep(key, "sequenceNumber", scanner, &mut found.name)? || keep(key, "data", scanner, &mut found.data)?)
        })?;
        Ok(true)
    })?;
    Ok(found)
}

fn firehose_record<'a>(scanner: &mut Scanner<'a>) -> Result<Found<'a>, JsonError> {
    let mut found = Found::default();
    object(scanner, |key, scanner| {
        Ok(keep(key, "recordId", scanner, &mut found.name)? || keep(key, "data", scanner, &mut found.data)?)
    })?;
    Ok(found)
}

/// Keeps the string under `key` if it is the one named.
fn keep<'a>(
    key: Text<'a>,
    name: &str,
    scanner: &mut Scanner<'a>,
    value: &mut Option<Text<'a>>,
) -> Result<bool, JsonError> {
    let is_it = key.is(name);
    if is_it {
        *value = string(scanner)?;
    }
    Ok(is_it)
}

fn string<'a>(scanner: &mut Scanner<'a>) -> Result<Option<Text<'a>>, JsonError> {
    if scanner.kind()? == Kind::String {
        return scanner.string().map(Some);
    }
    scanner.value().map(|_| None)
}

/// Walks the members of an object; `member` says whether it read the value, which is stepped over otherwise.
fn members<'a>(
    scanner: &mut Scanner<'a>,
    mut member: impl FnMut(Text<'a>, &mut Scanner<'a>) -> Result<bool, JsonError>,
) -> Result<(), JsonError> {
    scanner.open(b'{')?;
    let mut first = true;
    while scanner.next(first, b'}')? {
        first = false;
        let key = scanner.key()?;
        if !member(key, scanner)? {
            scanner.value()?;
        }
    }
    Ok(())
}

/// Walks the members of the next value if it is an object, and steps over it otherwise.
fn object<'a>(
    scanner: &mut Scanner<'a>,
    member: impl FnMut(Text<'a>, &mut Scanner<'a>) -> Result<bool, JsonError>,
) -> Result<(), JsonError> {
    if scanner.kind()? == Kind::Object {
        return members(scanner, member);
    }
    scanner.value().map(|_| ())
}

/// The elements of the next value; none if it is no array.
fn array<'a, T>(
    scanner: &mut Scanner<'a>,
    mut element: impl FnMut(&mut Scanner<'a>) -> Result<T, JsonError>,
) -> Result<Vec<T>, JsonError> {
    let mut elements = Vec::new();
    if scanner.kind()? != Kind::Array {
        scanner.value()?;
        return Ok(elements);
    }
    scanner.open(b'[')?;
    while scanner.next(elements.is_empty(), b']')? {
        elements.push(element(scanner)?);
    }
    Ok(elements)
}
