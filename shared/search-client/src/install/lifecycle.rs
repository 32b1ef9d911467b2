//! Deletion by age, as servers do it by themselves.
//!
//! Both count from when an index was CREATED, not from the day in its name: for events that come in time the two are one.
//! No server that can be had from the package registries has either: these follow the documentation, and are tested against
//! a stand-in.

use http::Method;
use serde_json::{Value, json};

use crate::install::Retention;
use crate::install::decision::Installed;
use crate::install::exchange::Installable;
use crate::install::outcome::Thing;
use crate::install::stamp::{Stamp, digest};
use crate::message::Request;

/// Version of the policies, raised whenever they change.
const VERSION: u64 = 1;

/// The name of the policy of either kind.
pub(crate) fn policy_name(prefix: &str) -> String {
    format!("logweir-{prefix}")
}

/// A policy of Index State Management: <https://docs.opensearch.org/latest/im-plugin/ism/api/>.
#[derive(Debug)]
pub(crate) struct IsmPolicy<'a> {
    name: String,
    retention: &'a Retention,
    days: u32,
}

impl<'a> IsmPolicy<'a> {
    pub(crate) fn new(retention: &'a Retention) -> Self {
        Self { name: policy_name(&retention.prefix), retention, days: retention.days.unwrap_or(0) }
    }

    /// Gives it to the indices that are there already and have no policy.
    pub(crate) fn add_to_indices(&self) -> Request {
        let path = format!("_plugins/_ism/add/{}", self.retention.indices());
        Request::new(Method::POST, path).json(&json!({ "policy_id": self.name }))
    }

    /// Gives its newest form to the indices that have it: by itself, each goes on with the form that it began with.
    pub(crate) fn change_in_indices(&self) -> Request {
        let path = format!("_plugins/_ism/change_policy/{}", self.retention.indices());
        Request::new(Method::POST, path).json(&json!({ "policy_id": self.name }))
    }

    fn path(&self) -> String {
        format!("_plugins/_ism/policies/{}", self.name)
    }

    fn body(&self, description: &str) -> Value {
        let age = format!("{}d", self.days);
        json!({
            "description": description,
            "default_state": "kept",
            "states": [
                {
                    "name": "kept",
                    "actions": [],
                    "transitions": [{ "state_name": "deleted", "conditions": { "min_index_age": age } }]
                },
                { "name": "deleted", "actions": [{ "delete": {} }], "transitions": [] }
            ],
            "ism_template": [{ "index_patterns": self.retention.index_patterns, "priority": 300 }]
        })
    }

    fn description(&self) -> String {
        format!("Deletes the indices of Logweir {} days after they were created.", self.days)
    }
}

impl Installable for IsmPolicy<'_> {
    fn thing(&self) -> Thing {
        Thing::LifecyclePolicy
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn version(&self) -> u64 {
        VERSION
    }

    fn source(&self) -> String {
        digest(&self.body(&self.description()))
    }

    fn read(&self) -> Request {
        Request::new(Method::GET, self.path())
    }

    fn installed(&self, answer: &Value) -> Option<Installed> {
        let mut policy = answer["policy"].clone();
        let members = policy.as_object_mut()?;
        // What the server adds, or counts.
        for added in ["policy_id", "last_updated_time", "schema_version", "error_notification", "user"] {
            members.remove(added);
        }
        for template in members.get_mut("ism_template").and_then(Value::as_array_mut).into_iter().flatten() {
            template.as_object_mut().map(|template| template.remove("last_updated_time"));
        }
        let description = members.get("description").and_then(Value::as_str).unwrap_or_default().to_owned();
        let (description, stamp) = Stamp::split_from(&description);
        members.insert("description".to_owned(), json!(description));
        let revision = [("_seq_no", "if_seq_no"), ("_primary_term", "if_primary_term")];
        let revision = revision.into_iter().map(|(from, to)| (to.to_owned(), answer[from].to_string())).collect();
        Some(Installed { stamp, digest: digest(&policy), revision })
    }

    fn write(&self, stamp: &Stamp, installed: Option<&Installed>) -> Request {
        let request = Request::new(Method::PUT, self.path());
        let revision = installed.map_or([].as_slice(), |installed| &installed.revision);
        let request = revision.iter().fold(request, |request, (name, value)| request.query(name, value));
        request.json(&json!({ "policy": self.body(&stamp.append_to(&self.description())) }))
    }
}

/// A policy of Index Lifecycle Management:
/// <https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-ilm-put-lifecycle>.
#[derive(Debug)]
pub(crate) struct IlmPolicy<'a> {
    name: String,
    retention: &'a Retention,
    days: u32,
}

impl<'a> IlmPolicy<'a> {
    pub(crate) fn new(retention: &'a Retention) -> Self {
        Self { name: policy_name(&retention.prefix), retention, days: retention.days.unwrap_or(0) }
    }

    /// Gives it to the indices that are there already and have no policy.
    pub(crate) fn add_to_indices(&self) -> Request {
        Request::new(Method::PUT, format!("{}/_settings", self.retention.indices()))
            .query("preserve_existing", "true")
            // Without it, a dataset of which there is no index yet fails them all.
            .query("allow_no_indices", "true")
            .json(&json!({ "index.lifecycle.name": self.name }))
    }

    fn path(&self) -> String {
        format!("_ilm/policy/{}", self.name)
    }

    fn phases(&self) -> Value {
        json!({ "phases": { "delete": { "min_age": format!("{}d", self.days), "actions": { "delete": {} } } } })
    }
}

impl Installable for IlmPolicy<'_> {
    fn thing(&self) -> Thing {
        Thing::LifecyclePolicy
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn version(&self) -> u64 {
        VERSION
    }

    fn source(&self) -> String {
        digest(&self.phases())
    }

    fn read(&self) -> Request {
        Request::new(Method::GET, self.path())
    }

    fn installed(&self, answer: &Value) -> Option<Installed> {
        let mut policy = answer[&self.name]["policy"].clone();
        let meta = policy.as_object_mut()?.remove("_meta").unwrap_or_default();
        Some(Installed { stamp: Stamp::of_members(&meta), digest: digest(&policy), revision: Vec::new() })
    }

    fn write(&self, stamp: &Stamp, _installed: Option<&Installed>) -> Request {
        let mut policy = self.phases();
        policy["_meta"] = Value::Object(stamp.members());
        Request::new(Method::PUT, self.path()).json(&json!({ "policy": policy }))
    }
}
