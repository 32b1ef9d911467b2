//! What Logweir installs on a server: index templates, deletion by age, dashboards. Idempotently, and never over what a person
//! changed unless told to.
//!
//! Each thing carries a [`Stamp`](stamp::Stamp): who made it, of which version, the digest of what was sent, and the digest of
//! what the server gives back. By these a later run tells what a person changed from what a server writes in its own way.

mod custom;
mod dashboards;
mod decision;
mod effects;
mod exchange;
mod index_template;
mod lifecycle;
mod outcome;
mod saved_objects;
mod settings;
mod stamp;

use std::time::Duration;

use serde_json::Value;

pub use dashboards::{dashboards_product, install_saved_objects};
pub use effects::{install_lifecycle, install_templates};
pub(crate) use exchange::{ask, reason};
pub use outcome::{Effect, Outcome, Thing};
pub use saved_objects::{InvalidSavedObjects, SavedObjects};
pub use settings::install_index_settings;

/// How things are installed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InstallOptions {
    /// Whether what a person changed, or somebody else made, is overwritten.
    pub force: bool,
    /// Whether nothing is changed: what would be done is told.
    pub dry_run: bool,
    /// What a request may take.
    pub timeout: Duration,
    /// Whether what is installed is made by guess, as the server does not tell what it is: then it replaces nothing of its own version,
    /// which somebody may have made who was told.
    pub is_guess: bool,
}

impl Default for InstallOptions {
    fn default() -> Self {
        Self { force: false, dry_run: false, timeout: Duration::from_mins(1), is_guess: false }
    }
}

/// An index template to be installed. Its version is that of the body.
#[derive(Debug, Clone, PartialEq)]
pub struct Template {
    /// Its name.
    pub name: String,
    /// The body of `PUT _index_template/{name}`.
    pub body: Value,
}

/// Deletion by age to be installed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retention {
    /// First part of the names of all indices, and last part of the policy's name.
    pub prefix: String,
    /// After how many days an index is deleted; 0 never. If nothing is said, a policy that is there stays as it is.
    pub days: Option<u32>,
    /// The indices: no more than Logweir's own, for `cwl-*` would be those of the prefix `cwl-test` too.
    pub index_patterns: Vec<String>,
}

impl Retention {
    /// Deletion of the indices that `templates` are for.
    pub fn new(prefix: &str, days: Option<u32>, templates: &[Template]) -> Self {
        Self { prefix: prefix.to_owned(), days, index_patterns: patterns(templates) }
    }

    /// The indices, as a path names them.
    fn indices(&self) -> String {
        self.index_patterns.join(",")
    }
}

/// The indices that templates are for.
fn patterns(templates: &[Template]) -> Vec<String> {
    let patterns = templates.iter().filter_map(|template| template.body["index_patterns"].as_array()).flatten();
    patterns.filter_map(|pattern| pattern.as_str().map(str::to_owned)).collect()
}

/// How a server deletes by age.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lifecycle {
    /// Index State Management of OpenSearch, which finds the indices by their names.
    Ism,
    /// Index Lifecycle Management of Elasticsearch: templates name the policy.
    Ilm {
        /// Its name.
        policy: String,
    },
    /// Not at all, or not as was asked: `logweir search expire` does it.
    None,
}

/// Who takes saved objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DashboardsProduct {
    /// OpenSearch Dashboards.
    OpenSearchDashboards,
    /// Kibana.
    Kibana,
}

/// Where in the product saved objects are kept; where it keeps them by itself, if nothing is said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DashboardsPlace {
    /// A space of Kibana.
    pub space: Option<String>,
    /// A tenant of OpenSearch Dashboards.
    pub tenant: Option<String>,
}
