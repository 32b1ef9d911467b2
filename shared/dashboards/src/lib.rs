//! Dashboards: one definition of their panels, and what is made of it.
//!
//! - [`dashboards`] and [`searches`] are the definition; [`fields`] what its panels need of the mappings.
//! - [`saved_objects`] is what OpenSearch Dashboards and Kibana import, [`grafana`] what Grafana does.
//! - [`Dashboard::of_saved_objects`] is the way back: what is shipped is what is tested.
//! - [`Panel::search`] is the request that a panel stands for.
//! - [`Page`] draws the answers as one HTML file that needs neither network nor script.
//!
//! No I/O, no clock: whoever has a search server asks it, and says what time it is.
//!
//! ```
//! use logweir_dashboards::{Dashboard, Page, Product, Range, saved_objects};
//! use serde_json::json;
//!
//! let range = Range::new("2026-11-21T11:00:00Z".parse()?, "2026-11-21T12:00:00Z".parse()?);
//! let mut page = Page::new("Logs of the demo", range);
//! for dashboard in Dashboard::of_saved_objects(&saved_objects(Product::OpenSearchDashboards, "cwl"))? {
//!     // Here a server would be asked: POST /{search.index}/_search?ignore_unavailable=true with {search.body}.
//!     let searches = dashboard.panels.iter().map(|panel| panel.search(&range));
//!     let answers: Vec<_> = searches.map(|_search| Ok(json!({"hits": {"total": {"value": 0}}}))).collect();
//!     page.add(&dashboard, &answers);
//! }
//! assert!(page.to_html().starts_with("<!doctype html>"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod answer;
mod colour;
mod definition;
mod grafana;
mod page;
mod panel;
mod range;
mod saved_objects;
mod search;
mod unit;

pub use answer::SearchError;
pub use definition::{DEFAULT_PREFIX, VERSION, dashboards, fields, searches};
pub use grafana::{GrafanaSource, grafana};
pub use page::Page;
pub use panel::{COLUMNS, Chart, Dashboard, Filter, Measure, Metric, Panel, Place, SavedSearch, Split, TIME_FIELD};
pub use range::Range;
pub use saved_objects::{Product, SavedObjectsError, saved_objects};
pub use search::Search;
