//! rules.yaml: what becomes of events on their way, what alarms there are, and which events they look at.
//!
//! [`Rules::parse`] reads a file; it tells every problem at once, with its line and what to do. [`Streams`] keeps, drops, redacts and
//! labels the events of a payload, and [`Watch`] asks all alarms about them at once. docs/streams.md and docs/alarms.md describe the
//! file; [`library`] are alarms that are ready for use.
//!
//! ```
//! use logweir_rules::Rules;
//!
//! let checked = Rules::parse(r#"
//! version: 1
//! alarms:
//!   - name: too-many-404
//!     where: {log_groups: ["/app/web*"]}
//!     pattern: "[ip, id, user, time, request, status = 404, size]"
//!     comparison: GreaterThanThreshold
//!     threshold: 3
//!     period: 5m
//! "#)?;
//! assert_eq!(checked.rules.alarms[0].condition.to_string(), "count > 3 in 5 minutes");
//!
//! let problems = Rules::parse("version: 1\nalarms:\n  - {name: a, pattern: '{ $.a == 1 }', peroid: 90s}").expect_err("six");
//! let lines: Vec<String> = problems.0.iter().map(ToString::to_string).collect();
//! assert!(lines.contains(&"line 3, alarm a: there is no key `peroid` in an alarm; did you mean `period`?".to_owned()));
//! # Ok::<(), logweir_rules::Problems>(())
//! ```
//!
//! The crate is pure and knows nothing of AWS clients and of where a file comes from.

mod alarm;
mod by_log_group;
mod library;
mod names;
mod parse;
mod problem;
mod read;
mod redaction;
mod review;
mod schema;
mod scope;
mod stream;
mod streams;
mod watch;
mod yaml;

pub use alarm::{Alarm, MAX_LINE_BYTES};
pub use library::library;
pub use parse::{Checked, MAX_ALARMS, MAX_RULES_BYTES, MAX_STREAMS, Rules};
pub use problem::{Problem, Problems, Rule};
pub use redaction::{Redaction, RedactionKey};
pub use scope::{Glob, Scope};
pub use stream::{Fate, Field, FieldValue, Share, Stream};
pub use streams::{Applied, Dropped, Labels, Part, Streams, StreamsError};
pub use watch::{Group, Match, Observed, Watch, WatchError};
