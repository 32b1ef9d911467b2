//! Records on their way back to the payload that they could have come in.

use std::io;

use logweir_archive::Record;
use logweir_subscription::encode::{Event, Payload};

/// A payload of the record's stream, without events.
pub(crate) fn payload_of(record: &Record) -> Payload {
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
pub(crate) fn event_of(record: &Record) -> io::Result<Event> {
    let extracted_fields =
        record.extracted_fields.as_ref().map(|fields| serde_json::from_str(fields.get())).transpose()?;
    Ok(Event { id: record.id.clone(), timestamp: record.timestamp, message: record.message.clone(), extracted_fields })
}
