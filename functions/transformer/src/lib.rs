//! The transformer: subscription payloads to decoded records, for Firehose.
//!
//! Called by Firehose it answers record by record ([`Transform`]); called by a subscription or with Kinesis records it
//! puts what they hold to a delivery stream. Which of them it is shows in the event.

mod answer;
mod config;
mod deliver;
mod firehose;
mod handler;
mod output;
mod pack;
mod plan;
mod split;
mod transform;

pub use answer::{Answer, MAX_ANSWER_BYTES, to_response};
pub use config::{Config, Delivery, VARIABLES};
pub use handler::Transformer;
pub use output::{Format, Output};
pub use transform::{Surplus, Transform, Transformed};
