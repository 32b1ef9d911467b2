//! The one way in, the same for every function: from a Lambda event to the messages of its records, and what became of each.
//!
//! ```text
//! Event ─ Batch ─ Reader: decode → own logs out → cut by source → rules of streams ─ Content ─ the function ─ Verdict ─ Books ─ Balance
//! ```
//!
//! A function supplies what it does with a message, and nothing else: a record that cannot be decoded, that holds nothing, that the
//! function refuses, or that makes the code panic never gets in the way of the others, and each is accounted for. [`take_in`] does it
//! for all records of an invocation, side by side and in their order; a function that has to wait in between reads them one by
//! one ([`Reader::read`], [`Books::enter`]).
//!
//! ```
//! use logweir_intake::{Batch, Lane, Content, Settings, Verdict, take_in};
//! use logweir_subscription::{Event, encode};
//!
//! let json = br#"{"messageType":"DATA_MESSAGE","owner":"1","logGroup":"/app","logStream":"s",
//!     "logEvents":[{"id":"7","timestamp":1,"message":"hello"}]}"#;
//! let event = encode::kinesis_event(&[&json[..], b"no payload"]).to_string();
//! let event = Event::parse(event.as_bytes())?;
//! let batch = Batch::of(&event)?;
//! let mut lanes = [Lane::new(&Settings::default(), ())];
//! let done = take_in(&mut lanes, &batch.records, Vec::new(), |(), _, content, turn| {
//!     let Content::Parts(parts) = content else { return Verdict::Delivered };
//!     let mut books = turn.take(|| false);
//!     for part in parts.iter() {
//!         books.shared.extend(part.data.log_events.iter().map(|event| event.message.to_string()));
//!     }
//!     Verdict::Delivered
//! });
//! assert_eq!(done.shared, ["hello"]);
//! assert_eq!((done.letters.len(), done.letters[0].code), (1, "UnknownFormat"));
//! assert!(done.ledger.balance(None).check().is_ok());
//! assert_eq!(batch.answer(None).as_deref(), Some(r#"{"batchItemFailures":[]}"#));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The crate is pure: no I/O, no clock, no environment; it starts threads and catches panics.

mod batch;
mod books;
mod own_logs;
mod parts;
mod problem;
mod reader;
mod shelf;
mod side_by_side;
mod take_in;

pub use batch::{Batch, FirehoseTransform, Incoming};
pub use books::{Books, Verdict};
pub use logweir_archive::Letter;
pub use own_logs::OwnLogGroups;
pub use parts::{Part, Parts};
pub use problem::{Problem, caught};
pub use reader::{Content, Reader, Settings};
pub use side_by_side::{Held, Turn};
pub use take_in::{Lane, lanes, take_in, take_in_beside};
