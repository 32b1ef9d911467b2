//! The alarmer: alarms on log events as they arrive, told to SNS.
//!
//! `intake` is what events say, `decide` what becomes of a status (both pure); `keeper` writes evidence and statuses, `outbox`
//! publishes, `evaluate` is the schedule's. `store` is the table of states, `publish` the way to SNS.

mod config;
mod decide;
mod evaluate;
mod handler;
mod intake;
mod keeper;
mod metrics;
mod outbox;
mod publish;
mod store;
#[cfg(test)]
mod testing;

pub use config::{Config, VARIABLES};
pub use handler::Alarmer;
pub use publish::{NoTopicArn, TopicProblem, Topics};
