//! What Logweir installs on a server: index templates, deletion by age, dashboards. Idempotently, and never over what a person
//! changed unless told to.
//!
//! Each thing carries a [`Stamp`](stamp::Stamp): who made it, of which version, the digest of what was sent, and the digest of
//! what the server gives back. By these a later run tells what a person changed from what a server writes in its own way.

mod decision;
mod effects;
mod exchange;
mod index_template;
mod lifecycle;
mod outcome;
mod saved_objects;
mod stamp;

use std::time::Duration;

use serde_json::Value;

pub use effects::{install_lifecycle, install_saved_objects, install_templates};
pub use outcome::{Effect, Outcome, Thing};
pub use saved_objects::{InvalidSavedObjects, SavedObjects};

/// How things are installed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InstallOptions {
    /// Whether what a person changed, or somebody else made, is overwritten.
    pub force: bool,
    /// Whether nothing is changed: what would be done is told.
    pub dry_run: bool,
    /// What a request may take.
    pub timeout: Duration,
}

impl Default for InstallOptions {
    fn default() -> Self {
        Self { force: false, dry_run: false, timeout: Duration::from_mins(1) }
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
    /// First part of the names of all indices.
    pub prefix: String,
    /// After how many days an index is deleted; 0 never.
    pub days: u32,
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
