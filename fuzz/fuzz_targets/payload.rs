//! The inflated JSON of a payload: parsed without a panic; what is read can be written, and read again the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use logweir_archive::EventWriter;
use logweir_subscription::Message;

fuzz_target!(|text: &str| {
    let Ok(Message::Data(data)) = Message::parse(text) else { return };
    // What we take for JSON is JSON, also where it is not ours to look into.
    serde_json::from_str::<&serde_json::value::RawValue>(text).expect("accepted what is no JSON");
    let mut lines = Vec::new();
    let writer = EventWriter::new(&data);
    for event in &data.log_events {
        assert_eq!(event.message.text_len(), event.message.decode().len());
        writer.write(event, &mut lines);
    }
    let written = std::str::from_utf8(&lines).expect("records are UTF-8");
    assert_eq!(written.matches('\n').count(), data.log_events.len());
    for (line, event) in written.lines().zip(&data.log_events) {
        let record: logweir_archive::ArchivedEvent = serde_json::from_str(line).expect("a line is a record");
        assert_eq!(record.message, event.message.decode());
        assert_eq!(record.id, event.id.decode());
        assert_eq!(record.timestamp, event.timestamp);
    }
    let mut again = Vec::new();
    data.write_payload(&data.log_events, &mut again);
    let again = std::str::from_utf8(&again).expect("a payload is UTF-8");
    let Ok(Message::Data(copy)) = Message::parse(again) else { panic!("a payload that we wrote is not read") };
    assert_eq!(copy.log_events.len(), data.log_events.len());
    for (copy, event) in copy.log_events.iter().zip(&data.log_events) {
        assert!(copy.message == event.message && copy.id == event.id && copy.timestamp == event.timestamp);
    }
});
