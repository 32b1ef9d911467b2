//! The transformer: subscription payloads to decoded records, for Firehose, and to other streams.
//!
//! Called by Firehose it answers record by record ([`Transform`]); with Kinesis records it forwards what they hold to another stream
//! ([`plan`]). Which of them it is shows in the event.

mod answer;
mod config;
mod cut;
mod data;
mod destination;
mod firehose;
mod forward;
mod forwarder;
mod handler;
mod kinesis;
mod order;
mod output;
mod partition;
mod transform;

pub use answer::{Answer, MAX_ANSWER_BYTES, to_response};
pub use config::{Config, Forward, VARIABLES};
pub use destination::{Destination, NotAStream, StreamName};
pub use forward::{Outgoing, Plan, plan};
pub use handler::Transformer;
pub use output::{Format, Output};
pub use transform::{Surplus, Transform, Transformed};
