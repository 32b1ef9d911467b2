//! Payloads as rules see them: records on their way back to the one that they could have come in, and events by their source.

use std::io;

use logweir_archive::ArchivedEvent;
use logweir_subscription::DataMessage;
use logweir_subscription::encode::{Event, Payload};

/// A payload of the record's stream, without events.
pub(crate) fn payload_of(record: &ArchivedEvent) -> Payload {
    Payload {
        owner: record.owner.clone(),
        log_group: record.log_group.clone(),
        log_stream: record.log_stream.clone(),
        subscription_filters: Vec::new(),
        policy_level: record.policy_level.clone(),
        log_events: Vec::new(),
    }
}

/// The event of a record.
pub(crate) fn event_of(record: &ArchivedEvent) -> io::Result<Event> {
    let extracted_fields =
        record.extracted_fields.as_ref().map(|fields| serde_json::from_str(fields.get())).transpose()?;
    Ok(Event { id: record.id.clone(), timestamp: record.timestamp, message: record.message.clone(), extracted_fields })
}

/// The message cut by where its events were written, as the functions do.
pub(crate) fn by_source<'a>(data: &DataMessage<'a>) -> Vec<DataMessage<'a>> {
    let mut data = data.clone();
    match data.by_source() {
        Some(parts) => parts.into_iter().map(|(part, _)| part).collect(),
        None => vec![data],
    }
}
