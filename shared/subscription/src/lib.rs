//! Decodes and encodes what CloudWatch Logs subscriptions deliver.
//!
//! A payload is gzip of one JSON object; it arrives in three [envelopes](Event). [`Decoder`] takes a record through
//! base64, capped decompression and a JSON scanner to a [`Message`] whose strings are still the literals of the
//! decompressed buffer ([`Text`]): nobody pays for unescaping, or for a tree of values, that is thrown away.
//!
//! The crate is pure: no I/O, no clock, no environment, no AWS.
//!
//! ```
//! use logweir_subscription::{Decoder, Event, Message, encode};
//!
//! let payload = encode::Payload {
//!     owner: "123456789012".into(),
//!     log_group: "/app/web".into(),
//!     log_stream: "web-1".into(),
//!     subscription_filters: vec!["all".into()],
//!     policy_level: None,
//!     log_events: vec![encode::Event {
//!         id: "36".into(), timestamp: 1_795_260_000_123, message: "GET / 200".into(), extracted_fields: None,
//!     }],
//! };
//! let event = encode::awslogs_event(&payload.to_gzip()).to_string();
//!
//! let Event::Logs { data } = Event::parse(event.as_bytes())? else { panic!("not awslogs") };
//! let mut decoder = Decoder::default();
//! let Message::Data(data) = decoder.decode_base64(&data)? else { panic!("not data") };
//! assert!(data.log_group.is("/app/web"));
//! assert_eq!(data.log_events[0].message.decode(), "GET / 200");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod base64;
mod decoder;
pub mod encode;
mod envelope;
mod error;
mod fields;
pub mod gzip;
mod inflate;
mod message;
mod names;
mod source;
mod timestamp;

pub use decoder::{DEFAULT_MAX_DECOMPRESSED_BYTES, Decoder};
pub use envelope::{Event, EventError, FirehoseEvent, FirehoseRecord, KinesisRecord};
pub use error::Error;
pub use fields::Fields;
pub use logweir_json::{JsonError, Kind, MAX_DEPTH, Text};
pub use message::{DataMessage, LogEvent, MAX_EVENTS, Message};
pub use names::{Account, EventId, LogGroup, LogStream};
pub use source::{OfSource, Source};
pub use timestamp::MAX_TIMESTAMP;
