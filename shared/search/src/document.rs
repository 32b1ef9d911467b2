//! A log event as a document: fields of fixed names first, then what the format makes of the line.

use logweir_json::write_string;
use logweir_log_formats::lambda::Origin;
use logweir_log_formats::vpc_flow::{Flow, Type as ColumnType};
use logweir_log_formats::{Dataset, Hints, LogLine};
use logweir_subscription::{DataMessage, LogEvent};

use crate::alias;
use crate::category;
use crate::common::Common;
use crate::dynamic::{Keys, snake, write_big_numbers, write_copy, write_plain};
use crate::extracted;
use crate::field::{Field, Place};
use crate::flatten::flatten;
use crate::formats::{Dynamic, fill, fill_survey, fill_traces};
use crate::id::EventIds;
use crate::invocation::Invocation;
use crate::kinds::Kinds;
use crate::lenient::with_nulls;
use crate::object::ObjectWriter;
use crate::related;
use crate::settings::{DocumentIds, Settings};
use crate::shared_keys::takes;
use crate::survey::{Containment, Survey};
use crate::time::Day;
use crate::values::{Value, Values};

/// Most names in a report of Lambda that nobody knows: AWS brings one now and then, but any function can print such a line.
const MAX_OTHERS: usize = 20;
/// Longest reason that a document keeps of why it was set aside, in bytes.
const MAX_REASON_BYTES: usize = 1024;
/// What a document begins with, as far as the text of its message.
const HEAD: &[u8] = b"{\"@timestamp\":\"0000-00-00T00:00:00.000Z\",\"message\":\"";

/// Places in a document that was written, in bytes from its beginning: what it takes to set aside what its line holds, without
/// the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Marks {
    /// Where the message's text ends.
    message: usize,
    /// Behind the last member of `event`.
    event: usize,
    /// Behind the last member of `aws.cloudwatch` that every document has.
    common: usize,
}

/// A document that was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Document {
    /// What its index is named after.
    pub dataset: Dataset,
    /// Where its parts are.
    pub marks: Marks,
}

/// Writes the events of one message as documents, in their order: the first line of a VPC flow log may say how to read the others.
///
/// ```
/// use logweir_search::{DocumentWriter, Settings};
/// use logweir_subscription::Message;
///
/// let json = r#"{"messageType":"DATA_MESSAGE","owner":"123456789012","logGroup":"/app","logStream":"web",
///     "logEvents":[{"id":"36","timestamp":1795260000123,"message":"{\"user\":\"012\"}"}]}"#;
/// let Message::Data(data) = Message::parse(json)? else { panic!("no data message") };
/// let settings = Settings::default();
/// let mut writer = DocumentWriter::new(&settings, &data);
/// let (mut index, mut document) = (Vec::new(), Vec::new());
/// let written = writer.write(&data.log_events[0], &mut document);
/// writer.write_index(written.dataset, data.log_events[0].timestamp, &mut index);
/// assert_eq!(index, b"cwl-app-2026.11.21");
/// let document: serde_json::Value = serde_json::from_slice(&document).expect("JSON");
/// assert_eq!((&document["@timestamp"], &document["json"]["user"]), (&"2026-11-21T11:20:00.123Z".into(), &"012".into()));
/// # Ok::<(), logweir_subscription::Error>(())
/// ```
#[derive(Debug)]
pub struct DocumentWriter<'s> {
    settings: &'s Settings,
    hints: Hints,
    /// The function that writes to the log stream, and the invocation that runs.
    function: Origin,
    invocation: Invocation,
    common: Common,
    ids: EventIds,
    /// That of the event before; those of a message are of one day or two.
    day: Day,
    /// The text of the event before, for the room that it took.
    unescaped: String,
    /// About how many bytes all documents take with their actions.
    bytes: usize,
    /// What stands in names of indices behind the dataset.
    index: Option<&'s str>,
}

impl<'s> DocumentWriter<'s> {
    /// A writer for the events of `data`.
    pub fn new(settings: &'s Settings, data: &DataMessage<'_>) -> Self {
        let (group, stream) = (data.source_log_group().decode(), data.log_stream.decode());
        Self {
            settings,
            hints: settings.log_groups.hints(&group).in_log_stream(&stream),
            index: settings.log_groups.index(&group),
            function: Origin::of(&group, &stream),
            invocation: Invocation::default(),
            common: Common::of(data),
            ids: EventIds::of(data),
            day: Day::default(),
            unescaped: String::new(),
            bytes: data.log_events.iter().map(usual_bytes).sum(),
        }
    }

    /// The same where rules say what the events are, or what stands in the name of their index behind that: they count more than
    /// what is said of the log group.
    #[must_use]
    pub fn labelled(mut self, dataset: Option<Dataset>, index: Option<&'s str>) -> Self {
        self.hints.dataset = dataset.or(self.hints.dataset);
        self.index = index.or(self.index);
        self
    }

    /// About how many bytes the documents of all events take with their actions.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Appends the document of `event`: one line without a line feed.
    pub fn write(&mut self, event: &LogEvent<'_>, out: &mut Vec<u8>) -> Document {
        self.write_behind(event, out, |_, _, _| {})
    }

    /// Appends the document of `event` behind what `head` appends, which is told the dataset.
    pub(crate) fn write_behind(
        &mut self,
        event: &LogEvent<'_>,
        out: &mut Vec<u8>,
        head: impl FnOnce(&Self, Dataset, &mut Vec<u8>),
    ) -> Document {
        let mut unescaped = std::mem::take(&mut self.unescaped);
        let message = event.message.decode_in(&mut unescaped);
        let mut record = LogLine::parse(message, &self.hints);
        let with_nulls = matches!(record, LogLine::Text(_)).then(|| with_nulls(message)).flatten();
        let message = match &with_nulls {
            Some(with_nulls) => {
                record = LogLine::parse(with_nulls, &self.hints);
                with_nulls
            }
            None => message,
        };
        let dataset = record.dataset(&self.hints);
        self.day.turn_to(event.timestamp);
        self.invocation.begin(&record);
        head(self, dataset, out);
        let marks = self.write_record(event, message, &record, dataset, out);
        self.invocation.end(&record);
        if let LogLine::VpcFlowHeader(format) = record {
            self.hints.vpc_flow.insert(0, format);
        }
        self.unescaped = unescaped;
        Document { dataset, marks }
    }

    fn write_record<'m>(
        &'m self,
        event: &LogEvent<'m>,
        message: &'m str,
        record: &LogLine<'m>,
        dataset: Dataset,
        out: &mut Vec<u8>,
    ) -> Marks {
        let mut values = Values::new();
        Common::fill(event, &mut values);
        // Where a format has a place for an id, that one counts.
        fill_traces(record, message, &mut values);
        let dynamic = fill(record, &self.function, &mut values);
        self.invocation.fill(&self.function, &mut values);
        let mut survey = dynamic.json().map(Survey::of);
        if let Some(survey) = &mut survey {
            fill_survey(survey, &dynamic, &self.function, &mut values);
        }

        let start = out.len();
        out.reserve(2 * event.message.literal_len() + 1024);
        out.extend_from_slice(b"{\"@timestamp\":\"");
        self.day.write_iso(event.timestamp, out);
        out.extend_from_slice(b"\",\"message\":\"");
        event.message.write_literal(out);
        let message_end = out.len() - start;
        out.push(b'"');
        let mut object = ObjectWriter::resume(out);
        values.write(Field::LogLevel..=Field::FaasColdstart, &mut object);
        related::write(record, &values, &mut object);
        let category = (category::dataset_of(record, dataset), category::of(record, &values));
        self.common.write_cloud(category, &mut values, &mut object);
        values.write(Field::EventAction..=Field::EventDuration, &mut object);
        object.field(Field::EventId);
        Value::Literal(*event.id).write(object.out);
        let event_end = object.out.len() - start;
        self.common.write_place(&mut object);
        if let Some(fields) = &event.extracted_fields {
            object.key(Place { parent: "aws.cloudwatch", name: "extracted_fields" });
            extracted::write(fields, object.out);
        }
        let common_end = object.out.len() - start;
        let marks = Marks { message: message_end, event: event_end, common: common_end };
        let containment = match &dynamic {
            Dynamic::Report(others) if others.len() > MAX_OTHERS => Some(Containment::Fields),
            _ => survey.as_ref().and_then(|survey| survey.containment),
        };
        write_dynamic(&dynamic, survey.as_ref(), &values, object);
        if let Some(containment) = containment {
            rewrite(start, &|path, _| is_of_the_line(path), Some(containment.tag()), out);
        } else if matches!(dynamic, Dynamic::Object(_)) && survey.is_some_and(|survey| survey.has_misfits) {
            rewrite(
                start,
                &|path, kinds| path.strip_prefix("json.").is_some_and(|key| !takes(key, || kinds)),
                None,
                out,
            );
        }
        marks
    }

    /// Appends the name of the index that a document belongs to: what it is, so that the index has a template and does not grow old
    /// unseen, what rules or the settings of its log group say besides, and the event's day in UTC.
    pub fn write_index(&self, dataset: Dataset, timestamp: i64, out: &mut Vec<u8>) {
        out.extend_from_slice(self.settings.prefix.as_str().as_bytes());
        out.push(b'-');
        out.extend_from_slice(dataset.as_str().as_bytes());
        if let Some(index) = self.index {
            out.push(b'-');
            out.extend_from_slice(index.as_bytes());
        }
        out.push(b'-');
        self.day.of(timestamp).write(out);
    }

    /// Appends the id that a document has, as a JSON string: a digest of where the event was logged and of its id, so that it is
    /// there once, and events of two accounts with one id are two. Nothing, where the server makes the ids.
    pub fn write_id(&self, event: &LogEvent<'_>, out: &mut Vec<u8>) -> bool {
        if self.settings.ids == DocumentIds::Server {
            return false;
        }
        self.ids.write(event, out);
        true
    }
}

/// Whether a path is that of what a format makes of a line, as a whole.
pub(crate) fn is_of_the_line(path: &str) -> bool {
    let of_format = |name: &str| !matches!(name, "cloudwatch" | "xray" | "lambda") && !name.contains('.');
    path == "json" || path == "aws.lambda.others" || path.strip_prefix("aws.").is_some_and(of_format)
}

/// Writes the document that was written last again, with members moved.
fn rewrite(start: usize, moves: &dyn Fn(&str, Kinds) -> bool, tag: Option<&str>, out: &mut Vec<u8>) {
    let written = out.split_off(start);
    let is_done = std::str::from_utf8(&written).is_ok_and(|document| flatten(document, moves, tag, out).is_ok());
    // What was just written is JSON; if it were not, it would go as it is.
    if !is_done {
        out.truncate(start);
        out.extend_from_slice(&written);
    }
}

/// About how many bytes the document of an event takes with its action: the line, what is made of it, what all have.
fn usual_bytes(event: &LogEvent<'_>) -> usize {
    2 * event.message.literal_len() + 512
}

/// Writes what the format makes of the line, and ends the document.
fn write_dynamic(
    dynamic: &Dynamic<'_>,
    survey: Option<&Survey<'_>>,
    values: &Values<'_>,
    mut object: ObjectWriter<'_>,
) {
    let is_plain = survey.is_some_and(|survey| survey.is_plain);
    // All that lies in `aws`, then all that does not: no object is entered twice.
    match dynamic {
        Dynamic::Flow(flow) => write_flow(flow, &mut object),
        Dynamic::Known { name, json, keys } => {
            object.key(Place { parent: "aws", name });
            write_copy(json, *keys, object.out);
        }
        _ => {}
    }
    values.write(Field::XrayTraceId..=Field::LambdaOutOfMemory, &mut object);
    if let Dynamic::Report(others) = dynamic {
        for (index, (name, value)) in others.iter().enumerate() {
            // The first of a name counts.
            if others[..index].iter().any(|(other, _)| snake(other) == snake(name)) {
                continue;
            }
            object.enter("aws.lambda.others");
            object.begin();
            write_string(&snake(name), object.out);
            object.out.push(b':');
            write_string(value, object.out);
        }
    }
    values.write(Field::ErrorType..=Field::ErrorMessage, &mut object);
    match dynamic {
        Dynamic::Object(json) => {
            object.key(Place { parent: "", name: "json" });
            if is_plain { write_plain(json, object.out) } else { write_copy(json, Keys::AsWritten, object.out) }
        }
        Dynamic::Structured(json) => {
            object.key(Place { parent: "", name: "json" });
            write_copy(json, Keys::MessageApart, object.out);
        }
        Dynamic::Array(json) => {
            object.key(Place { parent: "json", name: "items" });
            if is_plain { write_plain(json, object.out) } else { write_copy(json, Keys::AsWritten, object.out) }
        }
        _ => {}
    }
    if survey.is_some_and(|survey| survey.has_big_numbers)
        && let Some(json) = dynamic.json()
    {
        let (place, keys) = match dynamic {
            Dynamic::Array(_) => (Place { parent: "json_big", name: "items" }, Keys::AsWritten),
            Dynamic::Structured(_) => (Place { parent: "", name: "json_big" }, Keys::MessageApart),
            Dynamic::Known { keys, .. } => (Place { parent: "", name: "json_big" }, *keys),
            _ => (Place { parent: "", name: "json_big" }, Keys::AsWritten),
        };
        object.key(place);
        write_big_numbers(json, keys, object.out);
    }
    object.finish();
}

/// Writes the columns of a flow log under their names.
fn write_flow(flow: &Flow<'_>, object: &mut ObjectWriter<'_>) {
    object.enter("aws.vpcflow");
    let columns = flow.columns();
    for (index, (column, value)) in flow.values().enumerate() {
        let Some(value) = value else { continue };
        // A format may name a column twice, and most have a field of another name.
        let is_elsewhere = column.field().is_some_and(alias::is_elsewhere);
        if is_elsewhere || columns[..index].contains(column) {
            continue;
        }
        let is_number = column.field().is_some_and(|field| field.value_type() == ColumnType::Integer);
        // No field holds an integer of more than 63 bits; no flow has one.
        if is_number && value.parse::<i64>().is_err() {
            continue;
        }
        object.begin();
        object.out.push(b'"');
        object.out.extend(column.name().bytes().map(|byte| if byte == b'-' { b'_' } else { byte }));
        object.out.extend_from_slice(b"\":");
        if is_number { object.out.extend_from_slice(value.as_bytes()) } else { write_string(value, object.out) }
    }
}

/// Appends the document that keeps the line of another one as text: all that is common, with the whole line under
/// `event.original`, the tag, and the reason under `error.message`. `marks` must be those of `document`, which must not be one that
/// was set aside before.
pub fn set_aside(document: &[u8], marks: Marks, tag: &str, reason: &str, out: &mut Vec<u8>) {
    let Marks { message, event, common } = marks;
    out.extend_from_slice(&document[..event]);
    out.extend_from_slice(b",\"original\":\"");
    out.extend_from_slice(&document[HEAD.len()..message]);
    out.push(b'"');
    out.extend_from_slice(&document[event..common]);
    out.extend_from_slice(b"}},\"error\":{\"message\":");
    let mut end = reason.len().min(MAX_REASON_BYTES);
    while !reason.is_char_boundary(end) {
        end -= 1;
    }
    write_string(&reason[..end], out);
    out.extend_from_slice(b"},\"tags\":[");
    write_string(tag, out);
    out.extend_from_slice(b"]}");
}

#[cfg(test)]
mod tests;
