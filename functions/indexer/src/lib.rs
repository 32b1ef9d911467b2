//! The indexer: every log event as a document of Elasticsearch or `OpenSearch`, once.
//!
//! `intake` decodes records and fills bodies, `send` sends each until all of its documents are settled, `account` says what came of
//! the records, `letters` keeps what the server takes in no form, `handler` answers. `server` is connected to when the first document comes.

mod account;
mod config;
mod handler;
mod intake;
mod letters;
mod send;
mod server;

pub use config::{Config, VARIABLES};
pub use handler::Indexer;
