//! Log events as documents of Elasticsearch and `OpenSearch`.
//!
//! [`DocumentWriter`] makes the document of an event, as bytes and without a tree in between: fields of the Elastic Common Schema
//! where it has them, known formats in their namespaces, any other JSON under `json`. [`BodyBuilder`] puts documents into bodies of
//! bulk requests; [`Body::settle`] says, from what a server answers, what comes next for each. [`templates`] are the mappings that the
//! documents are made for.
//!
//! The crate is pure and knows nothing of HTTP, of AWS and of time.

mod alias;
mod answer;
mod bulk;
mod category;
mod common;
mod conflict;
mod document;
mod dynamic;
mod extracted;
mod field;
mod flat;
mod flatten;
mod formats;
mod id;
mod invocation;
mod kinds;
mod lenient;
mod level;
mod lift;
mod object;
mod refusal;
mod related;
mod settings;
mod shared_keys;
mod survey;
mod template;
mod time;
mod values;

pub use answer::{Answer, AnswerError, Outcome};
pub use bulk::{Body, BodyBuilder, HeldUp, Limits, Refused, Settled, Source};
pub use category::event_dataset;
pub use conflict::{Conflict, Conflicts};
pub use document::{Document, DocumentWriter, Marks, set_aside};
pub use field::{Field, Type};
pub use flat::FlatField;
pub use kinds::Kinds;
pub use refusal::{Obstacle, Scope};
pub use settings::{DocumentIds, IndexPrefix, InvalidPrefix, Settings};
pub use survey::{Containment, MAX_FIELDS, MAX_KEYWORD_CHARACTERS, MAX_NAME_BYTES, MAX_OBJECT_DEPTH};
pub use template::{Template, templates};
