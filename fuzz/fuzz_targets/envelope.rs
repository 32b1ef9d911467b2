//! A Lambda event and the compressed bytes in it: no panic, and never more memory than the cap allows.
#![no_main]

use libfuzzer_sys::fuzz_target;
use logweir_subscription::{Decoder, Event};

const CAP: usize = 1 << 16;

fuzz_target!(|bytes: &[u8]| {
    let mut decoder = Decoder::new(CAP);
    // The bytes as a payload: gzip, zlib, JSON.
    let _ = decoder.decode(bytes);
    if let Ok(text) = decoder.text(bytes) {
        assert!(text.len() <= CAP);
    }
    // The bytes as an event.
    match Event::parse(bytes) {
        Ok(Event::Logs { data }) => drop(decoder.decode_base64(&data)),
        Ok(Event::Kinesis(records)) => records.iter().for_each(|record| drop(decoder.decode_base64(&record.data))),
        Ok(Event::Firehose(event)) => event.records.iter().for_each(|record| drop(decoder.decode_base64(&record.data))),
        Err(_) => {}
    }
});
