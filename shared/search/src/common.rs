//! What every document of a message has beside its line: most of it is written once, for all of them.

use logweir_json::write_string;
use logweir_subscription::{DataMessage, LogEvent, Text};

use crate::category::ECS_VERSION;
use crate::field::Field;
use crate::object::ObjectWriter;
use crate::values::{Value, Values};

/// What the events of one message have in common.
#[derive(Debug)]
pub(crate) struct Common {
    /// The account of the source as a JSON string.
    owner: String,
    /// From behind the key of `cloud.provider` to behind that of `event.dataset`, of an event that knows no more of where it was
    /// than its message.
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
        object.field(Field::CloudAccountId);
        object.out.extend_from_slice(owner.as_bytes());
        version_and_dataset(&mut object);
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

    /// Writes all between the fields of the line and those of `event` that its format has; `dataset` and
    /// `category` are what [`crate::category`] says.
    pub(crate) fn write_cloud<'m>(
        &'m self,
        (dataset, category): (&str, &str),
        values: &mut Values<'m>,
        object: &mut ObjectWriter<'_>,
    ) {
        if [Field::CloudRegion, Field::CloudAccountId, Field::CloudInstanceId].iter().any(|field| values.has(*field)) {
            values.text(Field::CloudProvider, Some("aws"));
            if !values.has(Field::CloudAccountId) {
                values.set(Field::CloudAccountId, Value::Raw(&self.owner));
            }
            values.write(Field::CloudProvider..=Field::CloudInstanceId, object);
            version_and_dataset(object);
        } else {
            object.field(Field::CloudProvider);
            object.splice(&self.cloud, Field::EventDataset);
        }
        object.out.extend_from_slice(dataset.as_bytes());
        object.out.extend_from_slice(category.as_bytes());
    }

    /// Writes where the event comes from, behind its id.
    pub(crate) fn write_place(&self, object: &mut ObjectWriter<'_>) {
        object.splice(&self.place, Field::LogStream);
    }
}

/// Writes the version of the schema, and the key of the dataset.
fn version_and_dataset(object: &mut ObjectWriter<'_>) {
    object.field(Field::EcsVersion);
    object.out.extend_from_slice(b"\"");
    object.out.extend_from_slice(ECS_VERSION.as_bytes());
    object.out.extend_from_slice(b"\"");
    object.field(Field::EventDataset);
}

/// A text as a JSON string.
fn string(text: &Text<'_>) -> String {
    let mut out = Vec::with_capacity(text.literal_len() + 2);
    write_string(&text.decode(), &mut out);
    // What is written of a `str` is one; the lossy form only spares a panic path.
    String::from_utf8(out).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}
