//! The archiver: every log event as a line of a gzipped object in S3, under the hour it happened in.

mod config;
mod handler;
mod plan;

pub use config::{Config, VARIABLES};
pub use handler::Archiver;
pub use plan::{Plan, plan};
