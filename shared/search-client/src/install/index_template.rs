//! An index template as the server takes it and gives it back.
//!
//! <https://docs.opensearch.org/latest/im-plugin/index-templates/>,
//! <https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-indices-put-index-template>

use http::Method;
use serde_json::{Map, Value, json};

use crate::install::decision::Installed;
use crate::install::exchange::Installable;
use crate::install::outcome::Thing;
use crate::install::stamp::{Stamp, digest};
use crate::install::{Lifecycle, Template};
use crate::message::Request;

/// An index template, with what the server's own deletion by age needs in it.
#[derive(Debug)]
pub(crate) struct IndexTemplate {
    name: String,
    body: Map<String, Value>,
}

impl IndexTemplate {
    /// `custom` is the component template that is a person's, if it is there.
    pub(crate) fn new(template: &Template, lifecycle: &Lifecycle, custom: Option<&str>) -> Self {
        let mut body = template.body.clone();
        if let Lifecycle::Ilm { policy } = lifecycle {
            body["template"]["settings"]["index"]["lifecycle"] = json!({ "name": policy });
        }
        if let Some(custom) = custom {
            body["composed_of"] = json!([custom]);
        }
        let body = if let Value::Object(body) = body { body } else { Map::new() };
        Self { name: template.name.clone(), body }
    }

    fn path(&self) -> String {
        format!("_index_template/{}", self.name)
    }
}

impl Installable for IndexTemplate {
    fn thing(&self) -> Thing {
        Thing::IndexTemplate
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn version(&self) -> u64 {
        self.body.get("version").and_then(Value::as_u64).unwrap_or(0)
    }

    fn source(&self) -> String {
        digest(&Value::Object(self.body.clone()))
    }

    fn read(&self) -> Request {
        Request::new(Method::GET, self.path())
    }

    fn installed(&self, answer: &Value) -> Option<Installed> {
        let mut template = answer["index_templates"].as_array()?.first()?["index_template"].clone();
        let meta = template.as_object_mut()?.remove("_meta").unwrap_or_default();
        Some(Installed { stamp: Stamp::of_members(&meta), digest: digest(&template), revision: Vec::new() })
    }

    fn write(&self, stamp: &Stamp, _installed: Option<&Installed>) -> Request {
        let mut body = self.body.clone();
        let mut meta = match body.remove("_meta") {
            Some(Value::Object(meta)) => meta,
            _ => Map::new(),
        };
        meta.append(&mut stamp.members());
        body.insert("_meta".to_owned(), Value::Object(meta));
        Request::new(Method::PUT, self.path()).json(&Value::Object(body))
    }

    fn advice(&self, reason: &str) -> Option<&'static str> {
        // Elasticsearch and OpenSearch in the same words.
        reason.contains("same priority").then_some("give that other template another priority, or delete it")
    }
}
