//! The indexer: every log event as a document of Elasticsearch or `OpenSearch`, once.
//!
//! `intake` decodes records and fills bodies, `send` sends each until all of its documents are settled, `outcome` says what came of
//! the documents, `letters` keeps what the server takes in no form, `blocked` what takes nothing, `handler` answers. `server` is connected to when the first document comes.

mod blocked;
mod config;
mod handler;
mod intake;
mod letters;
mod outcome;
mod send;
mod server;

pub use config::{Config, VARIABLES};
pub use handler::Indexer;
