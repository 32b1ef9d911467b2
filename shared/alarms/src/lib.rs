//! Alarm states from evidence: what CloudWatch alarms mean, decided without a clock.
//!
//! A [`Condition`] says when an alarm is in ALARM. What its log events say is kept as [`Evidence`], which merges in any order and
//! any number of times to the same; [`step`] goes on from a [`Status`] with it and tells the [`Transition`]s. [`Notification`] is what
//! people are told of one, and [`message`] how.
//!
//! The crate is pure and knows nothing of rules files, payloads and AWS clients.

mod codec;
mod condition;
mod evaluate;
mod evidence;
mod measure;
pub mod message;
mod notification;
mod sketch;
mod state;
mod step;
mod storage;
mod timeline;

pub use codec::CodecError;
pub use condition::{
    Change, Comparison, Condition, MAX_EXACT_COUNT, Measure, NewValue, Period, PeriodError, Threshold, TreatMissingData,
};
pub use evaluate::{Datapoint, Verdict, evaluate, evaluation_range};
pub use evidence::{EventKey, Evidence, Line, Observation};
pub use notification::{Notification, NotificationPolicy, Notify, QuietHours, Severity, announce};
pub use sketch::Reading;
pub use state::{AlarmState, Announced, Status, Transition};
pub use step::{floor_minute, step};
pub use storage::{Contribution, Write, contributions, reduced, surplus};
pub use timeline::timeline;
