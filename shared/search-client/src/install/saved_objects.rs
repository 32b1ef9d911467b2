//! Saved objects of OpenSearch Dashboards and Kibana: what is sent, and what is read back.
//!
//! <https://docs.opensearch.org/latest/dashboards/management/management-index/>,
//! <https://www.elastic.co/docs/api/doc/kibana/operation/operation-post-saved-objects-import>

use std::fmt::Write;

use serde_json::{Map, Value, json};

use crate::install::decision::{Decision, Installed, decide};
use crate::install::outcome::Effect;
use crate::install::stamp::{Stamp, digest};

/// Saved objects to be installed.
#[derive(Debug, Clone, PartialEq)]
pub struct SavedObjects {
    pub(crate) version: u64,
    pub(crate) objects: Vec<SavedObject>,
}

/// No saved objects.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line} is no saved object: {reason}")]
pub struct InvalidSavedObjects {
    line: usize,
    reason: String,
}

impl SavedObjects {
    /// Reads them, one JSON object a line, as they are exported. `version` is raised whenever they change.
    pub fn parse(ndjson: &str, version: u64) -> Result<Self, InvalidSavedObjects> {
        let mut objects = Vec::new();
        for (index, line) in ndjson.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let invalid = |reason: String| InvalidSavedObjects { line: index + 1, reason };
            let object: Map<String, Value> = serde_json::from_str(line).map_err(|error| invalid(error.to_string()))?;
            // The last line of an export counts what is in it.
            if object.contains_key("exportedCount") {
                continue;
            }
            let text = |name: &str| object.get(name).and_then(Value::as_str).map(str::to_owned);
            let (Some(kind), Some(id), Some(true)) =
                (text("type"), text("id"), object.get("attributes").map(Value::is_object))
            else {
                return Err(invalid("it lacks type, id or attributes".to_owned()));
            };
            objects.push(SavedObject { kind, id, object });
        }
        Ok(Self { version, objects })
    }
}

/// One of them.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SavedObject {
    pub(crate) kind: String,
    pub(crate) id: String,
    object: Map<String, Value>,
}

/// Where an object can carry a stamp: in a text that the products keep as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Behind its description.
    Description,
    /// In the state of its user interface, a JSON text; its description would be shown on every dashboard.
    UiState,
    /// Nowhere.
    Nowhere,
}

impl SavedObject {
    fn place(&self) -> Place {
        match self.kind.as_str() {
            "visualization" => Place::UiState,
            "index-pattern" => Place::Nowhere,
            _ => Place::Description,
        }
    }

    /// Its name for a person.
    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.kind, self.id)
    }

    /// Type and id, as requests have them.
    pub(crate) fn key(&self) -> Value {
        json!({ "type": self.kind, "id": self.id })
    }

    /// Whether this is one in an answer.
    pub(crate) fn is(&self, other: &Value) -> bool {
        other["type"] == self.kind.as_str() && other["id"] == self.id.as_str()
    }

    /// The stamp for what is sent.
    pub(crate) fn stamp(&self, version: u64) -> Stamp {
        let source = json!({ "attributes": self.object["attributes"], "references": self.object.get("references") });
        Stamp { version, source: digest(&source), installed: None }
    }

    /// What is there, by the object that was given back; nothing if none was.
    pub(crate) fn installed(&self, found: &Value) -> Option<Installed> {
        let mut attributes = found["attributes"].as_object()?.clone();
        let stamp = match self.place() {
            Place::Nowhere => None,
            Place::Description => {
                let text = attributes.get("description").and_then(Value::as_str).unwrap_or_default().to_owned();
                let (description, stamp) = Stamp::split_from(&text);
                attributes.insert("description".to_owned(), json!(description));
                stamp
            }
            Place::UiState => {
                let mut state = ui_state(&attributes);
                let stamp = state.remove("logweir").and_then(|members| Stamp::of_members(&members));
                attributes.insert("uiStateJSON".to_owned(), Value::Object(state));
                stamp
            }
        };
        let mut references = found["references"].as_array().cloned().unwrap_or_default();
        references.sort_by_key(ToString::to_string);
        let digest = digest(&json!({ "attributes": attributes, "references": references }));
        Some(Installed { stamp, digest, revision: Vec::new() })
    }

    /// What is done about what was given back.
    pub(crate) fn decide(&self, version: u64, found: &Value, force: bool) -> Decision {
        let installed = self.installed(found);
        if self.place() != Place::Nowhere || installed.is_none() {
            return decide(version, &self.stamp(version).source, installed.as_ref(), force);
        }
        // An index pattern carries no stamp, and the products write fields into it: it is known by what it stands for.
        let same = |name: &str| found["attributes"][name] == self.object["attributes"][name];
        match (same("title") && same("timeFieldName"), force) {
            (true, _) => Decision::Keep(Effect::Unchanged),
            (false, true) => Decision::Write(Effect::Overwritten),
            (false, false) => {
                let reason = "there is one for other indices or another time field: --force overwrites it".to_owned();
                Decision::Keep(Effect::LeftAlone { reason })
            }
        }
    }

    /// Whether it carries a stamp.
    pub(crate) fn is_stamped(&self) -> bool {
        self.place() != Place::Nowhere
    }

    /// It, with a stamp if it can carry one.
    fn stamped(&self, stamp: &Stamp) -> Value {
        let mut object = Value::Object(self.object.clone());
        let attributes = &mut object["attributes"];
        match self.place() {
            Place::Nowhere => {}
            Place::Description => {
                let text = attributes["description"].as_str().unwrap_or_default();
                attributes["description"] = json!(stamp.append_to(text));
            }
            Place::UiState => {
                let mut state = attributes.as_object().map(ui_state).unwrap_or_default();
                state.insert("logweir".to_owned(), Value::Object(stamp.members()));
                attributes["uiStateJSON"] = json!(Value::Object(state).to_string());
            }
        }
        object
    }
}

fn ui_state(attributes: &Map<String, Value>) -> Map<String, Value> {
    let text = attributes.get("uiStateJSON").and_then(Value::as_str).unwrap_or_default();
    serde_json::from_str(text).unwrap_or_default()
}

/// The file to import, in a form: its content type, and its body.
pub(crate) fn form<'a>(objects: impl Iterator<Item = (&'a SavedObject, &'a Stamp)>) -> (String, String) {
    let mut file = String::new();
    for (object, stamp) in objects {
        let _ = writeln!(file, "{}", object.stamped(stamp));
    }
    // A boundary may be in no line of the file. JSON in lines holds no line that begins with a dash.
    let boundary = "logweir-saved-objects-7d1f0c";
    let body = format!(
        "--{boundary}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"logweir.ndjson\"\r\n\
         content-type: application/ndjson\r\n\r\n{file}\r\n--{boundary}--\r\n"
    );
    (format!("multipart/form-data; boundary={boundary}"), body)
}

/// Why an object was not imported, by the answer to an import; nothing if it was.
pub(crate) fn refusal(object: &SavedObject, answer: &Value) -> Option<String> {
    let error = answer["errors"].as_array()?.iter().find(|error| object.is(error))?;
    let error = &error["error"];
    let kind = error["type"].as_str().unwrap_or("unknown");
    let missing = error["references"].as_array().into_iter().flatten();
    let missing: Vec<_> = missing.filter_map(|reference| reference["id"].as_str()).collect();
    Some(match (error["message"].as_str(), missing.is_empty()) {
        (Some(message), _) => format!("the import of it failed ({kind}): {message}"),
        (None, false) => format!("the import of it failed: it refers to {}, which is not there", missing.join(", ")),
        (None, true) => format!("the import of it failed: {kind}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINES: &str = r#"{"type":"index-pattern","id":"p","attributes":{"title":"cwl-*","timeFieldName":"@timestamp"},"references":[]}
{"type":"visualization","id":"v","attributes":{"title":"V","description":"","uiStateJSON":"{\"vis\":{}}"},"references":[]}
{"type":"dashboard","id":"d","attributes":{"title":"D","description":"All of it"}}
{"exportedCount":3,"missingRefCount":0}
"#;

    #[test]
    fn objects_carry_their_stamp_unseen() {
        let objects = SavedObjects::parse(LINES, 2).unwrap();
        assert_eq!(objects.objects.len(), 3);
        for object in &objects.objects {
            let stamp = Stamp { installed: Some("ab".to_owned()), ..object.stamp(2) };
            let sent = object.stamped(&stamp);
            let installed = object.installed(&sent).unwrap();
            assert_eq!(installed.stamp, object.is_stamped().then_some(stamp));
            let plain = object.installed(&Value::Object(object.object.clone())).unwrap();
            assert_eq!(installed.digest, plain.digest, "the digest does not see the stamp");
        }
        let visualization = objects.objects[1].stamped(&objects.objects[1].stamp(2));
        assert_eq!(visualization["attributes"]["description"], "");
    }

    #[test]
    fn an_index_pattern_is_known_by_what_it_stands_for() {
        let pattern = &SavedObjects::parse(LINES, 2).unwrap().objects[0];
        let found =
            |title: &str| json!({ "attributes": { "title": title, "timeFieldName": "@timestamp", "fields": "[…]" } });
        assert_eq!(pattern.decide(2, &found("cwl-*"), false), Decision::Keep(Effect::Unchanged));
        assert!(matches!(pattern.decide(2, &found("a-*"), false), Decision::Keep(Effect::LeftAlone { .. })));
        assert_eq!(pattern.decide(2, &found("a-*"), true), Decision::Write(Effect::Overwritten));
        assert_eq!(pattern.decide(2, &json!({ "error": {} }), false), Decision::Write(Effect::Created));
    }

    #[test]
    fn what_is_no_saved_object_is_told_by_its_line() {
        let told = |text: &str| SavedObjects::parse(text, 1).unwrap_err().to_string();
        assert!(told("\n{\"type\":\"a\",\"id\":\"b\"}").starts_with("line 2 is no saved object: it lacks"));
        assert!(told("[]").starts_with("line 1 is no saved object"));
    }
}
