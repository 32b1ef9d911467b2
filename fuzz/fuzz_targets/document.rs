//! Any text as a line: its document is one line of JSON that holds it whole, and so is the one that sets it aside.
#![no_main]

use libfuzzer_sys::fuzz_target;
use logweir_search::{DocumentWriter, Settings, set_aside};
use logweir_subscription::Message;
use serde_json::{Value, json};

fuzz_target!(|line: &str| {
    let payload = json!({"messageType": "DATA_MESSAGE", "owner": "1", "logGroup": "/g", "logStream": "s",
        "logEvents": [{"id": "1", "timestamp": 1_795_260_000_123_i64, "message": line}]})
    .to_string();
    let Ok(Message::Data(data)) = Message::parse(&payload) else { panic!("a payload is one") };
    let settings = Settings::default();
    let (mut bytes, mut aside) = (Vec::new(), Vec::new());
    let document = DocumentWriter::new(&settings, &data).write(&data.log_events[0], &mut bytes);
    set_aside(&bytes, document.marks, "tag", "reason", &mut aside);
    for (bytes, is_aside) in [(&bytes, false), (&aside, true)] {
        assert!(!bytes.contains(&b'\n'));
        let value: Value = serde_json::from_slice(bytes).expect("JSON");
        assert_eq!(value["message"], line);
        assert_eq!(value["aws"]["cloudwatch"]["log_group"], "/g");
        assert_eq!(value["event"].get("original").is_some(), is_aside);
    }
});
