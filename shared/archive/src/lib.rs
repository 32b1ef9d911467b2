//! What Logweir writes and replay reads: records, the keys and objects of the archive, dead letters.
//!
//! Pure: names and bytes are made of content alone, never of the time of writing or of chance, so that whatever is
//! delivered again is recognised. docs/archive-layout.md is the page for those who read the archive.

mod dead_letter;
mod event;
mod group;
mod key;
mod object;
mod press;
mod segment;
mod template;

pub use dead_letter::{DeadLetter, Letter};
pub use event::{ArchivedEvent, EventWriter, archived_events};
pub use key::ArchiveKey;
pub use object::{Batch, Grouping, MAX_TEXT_BYTES, Object, Refused};
pub use press::Press;
pub use segment::{decode_segments, encode_segments};
pub use template::{DEFAULT_TEMPLATE, KeyTemplate, TemplateError};
