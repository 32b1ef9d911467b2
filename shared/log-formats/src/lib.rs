//! What the message of a log event is: known formats, parsed into types that borrow from it.
//!
//! [`LogLine::parse`] says which format a message is in. A format is taken only if the whole message is in it, so a wrong guess
//! loses nothing: what is in doubt is JSON or text, and everything of the message can be had from the record. Numbers stay as
//! they are written, JSON stays JSON.
//!
//! ```
//! use logweir_log_formats::{Dataset, Hints, LogLine};
//!
//! let hints = Hints::of_log_group("/aws/lambda/orders");
//! let line = "REPORT RequestId: 6f1b7a0e-2d8e-4a6c-9a53-1f4de0c2b7aa\tDuration: 143.21 ms\tBilled Duration: 144 ms\t\
//!             Memory Size: 256 MB\tMax Memory Used: 91 MB\tInit Duration: 212.78 ms\t\n";
//! let record = LogLine::parse(line, &hints);
//! let LogLine::LambdaPlatform(report) = &record else { panic!("a report") };
//! assert_eq!(report.metrics.init_duration_ms, Some("212.78"));
//! assert_eq!(record.dataset(&hints), Dataset::Lambda);
//! assert_eq!(record.traces(line).request_id, Some("6f1b7a0e-2d8e-4a6c-9a53-1f4de0c2b7aa"));
//!
//! let hints = Hints { vpc_flow: vec!["${srcaddr} ${dstaddr} ${bytes}".parse()?], ..Hints::default() };
//! let LogLine::VpcFlow(flow) = LogLine::parse("10.0.1.17 198.51.100.9 18420", &hints) else { panic!("a flow") };
//! assert_eq!(flow.values().map(|(column, _)| column.name()).collect::<Vec<_>>(), ["srcaddr", "dstaddr", "bytes"]);
//!
//! let LogLine::Json(found) = LogLine::parse(r#"WARN slow {"ms": 5e3}"#, &hints) else { panic!("JSON") };
//! assert_eq!((found.prefix, found.json), ("WARN slow ", r#"{"ms": 5e3}"#));
//! # Ok::<(), logweir_log_formats::vpc_flow::FormatError>(())
//! ```
//!
//! The crate is pure and knows nothing of payloads, of search servers and of AWS clients.

pub mod access;
mod api_gateway;
pub mod cloudtrail;
mod dataset;
mod embedded;
pub mod lambda;
mod line;
mod log_groups;
mod object;
pub mod route53_resolver;
mod service;
mod shape;
mod traces;
pub mod vpc_flow;
pub mod waf;

pub use api_gateway::ApiGateway;
pub use dataset::{Dataset, Hints, UnknownDataset};
pub use embedded::{Embedded, MAX_BEGINNINGS};
pub use line::LogLine;
pub use log_groups::{Held, InvalidDatasets, LogGroupDatasets, LogGroups};
pub use service::{Columns, Service, ServiceLine};
pub use traces::Traces;
