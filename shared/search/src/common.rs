//! What every document of a message has beside its line: most of it is written once, for all of them.

use logweir_json::write_string;
use logweir_log_formats::Dataset;
use logweir_subscription::{DataMessage, LogEvent, Text};

use crate::field::Field;
use crate::object::ObjectWriter;
use crate::values::{Value, Values};

/// What the events of one message have in common.
#[derive(Debug)]
pub(crate) struct Common {
    /// The account of the source as a JSON string.
    owner: String,
    /// From behind the key of `cloud.provider` into the text of `event.dataset`, of an event that knows neither region nor
    /// account.
    cloud: Vec<u8>,
    /// From behind `event.id` to behind the last field that every document has.
    place: Vec<u8>,
}

impl Common {
    pub(crate) fn of(data: &DataMessage<'_>) -> Self {
        let (owner, log_stream) = (string(data.account()), string(&data.log_stream));
        let log_group = string(data.source_log_group());
        let (mut cloud, mut place) = (Vec::new(), Vec::new());
        let mut object = ObjectWriter::behind(Field::CloudProvider, &mut cloud);
        object.out.extend_from_slice(b"\"aws\"");
        for (field, value) in [(Field::CloudAccountId, owner.as_str()), (Field::EventDataset, "\"")] {
            object.field(field);
            object.out.extend_from_slice(value.as_bytes());
        }
        let mut object = ObjectWriter::behind(Field::EventId, &mut place);
        // Where it was copied to, if that is elsewhere.
        let central =
            |source: Option<&Text<'_>>, copy: &Text<'_>| source.filter(|source| *source != copy).map(|_| string(copy));
        for (field, value) in [
            (Field::CentralAccount, central(data.source.account.as_deref(), &data.owner)),
            (Field::CentralLogGroup, central(data.source.log_group.as_deref(), &data.log_group)),
            (Field::LogGroup, Some(log_group)),
            (Field::LogStream, Some(log_stream)),
        ] {
            if let Some(value) = value {
                object.field(field);
                object.out.extend_from_slice(value.as_bytes());
            }
        }
        Self { owner, cloud, place }
    }

    /// Sets what an event knows better than its message.
    pub(crate) fn fill<'m>(event: &LogEvent<'m>, values: &mut Values<'m>) {
        let Some(fields) = &event.extracted_fields else { return };
        if let Some(account) = fields.get("@aws.account") {
            values.set(Field::CloudAccountId, Value::Literal(account));
        }
        values.literal(Field::CloudRegion, fields.get("@aws.region"));
    }

    /// Writes all between the fields of the line and those of `event` that its format has.
    pub(crate) fn write_cloud<'m>(&'m self, dataset: Dataset, values: &mut Values<'m>, object: &mut ObjectWriter<'_>) {
        if values.has(Field::CloudRegion) || values.has(Field::CloudAccountId) {
            values.text(Field::CloudProvider, Some("aws"));
            if !values.has(Field::CloudAccountId) {
                values.set(Field::CloudAccountId, Value::Raw(&self.owner));
            }
            values.write(Field::CloudProvider..=Field::CloudAccountId, object);
            object.field(Field::EventDataset);
            object.out.push(b'"');
        } else {
            object.field(Field::CloudProvider);
            object.splice(&self.cloud, Field::EventDataset);
        }
        object.out.extend_from_slice(dataset.as_str().as_bytes());
        object.out.push(b'"');
    }

    /// Writes where the event comes from, behind its id.
    pub(crate) fn write_place(&self, object: &mut ObjectWriter<'_>) {
        object.splice(&self.place, Field::LogStream);
    }
}

/// A text as a JSON string.
fn string(text: &Text<'_>) -> String {
    let mut out = Vec::with_capacity(text.literal_len() + 2);
    write_string(&text.decode(), &mut out);
    // What is written of a `str` is one; the lossy form only spares a panic path.
    String::from_utf8(out).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}
