//! A stand-in for what cannot be had here: a search server with Index State Management or Index Lifecycle Management, and
//! OpenSearch Dashboards or Kibana. It answers as their documentation says, and writes what it is given in its own way.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use crate::server::{Received, Reply, Server, answer};

/// What the stand-in holds, by path or by type and id.
pub(crate) type Kept = Arc<Mutex<BTreeMap<String, Value>>>;

/// What a server has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Has {
    Ism,
    Ilm,
    Neither,
}

/// A server, and what it holds.
pub(crate) async fn start(has: Has) -> (Server, Kept) {
    let kept = Kept::default();
    let keeps = Arc::clone(&kept);
    let server = Server::start(None, move |seen| reply(has, &mut keeps.lock().expect("no panic"), seen)).await;
    (server, kept)
}

fn reply(has: Has, kept: &mut BTreeMap<String, Value>, seen: &Received) -> Reply {
    let mut words = seen.line.split(' ');
    let (method, target) = (words.next().expect("a method"), words.next().expect("a target"));
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let body = || serde_json::from_str::<Value>(seen.body()).expect("JSON");
    let no_handler = || {
        let error = format!("no handler found for uri [{path}] and method [{method}]");
        answer(400, "", &json!({ "error": error }).to_string())
    };
    let known = path.starts_with("/_index_template/")
        || path.starts_with("/_component_template/")
        || (path.starts_with("/_plugins/_ism/") && has == Has::Ism)
        || (path.starts_with("/_ilm/") && has == Has::Ilm)
        || path.starts_with("/api/")
        || path.ends_with("/_settings");
    let ok = |value: Value| answer(200, "", &value.to_string());
    match (method, path) {
        _ if !known => no_handler(),
        ("GET", "/api/status") => ok(json!({ "name": "a", "version": { "number": "3.1.0" } })),
        ("POST", "/api/saved_objects/_bulk_get") => ok(bulk_get(kept, &body())),
        ("POST", "/api/saved_objects/_import") if query == "overwrite=true" => ok(import(kept, seen)),
        ("GET", _) => match kept.get(path) {
            None => answer(404, "", r#"{"error":{"type":"resource_not_found_exception","reason":"not found"}}"#),
            Some(value) => ok(as_read(path, value)),
        },
        ("PUT", _) => {
            let mut body = body();
            write_otherwise(&mut body);
            let revision = kept.get(path).map_or(0, |old| old["revision"].as_i64().unwrap_or(0));
            // ISM refuses an update that does not name what it updates.
            if path.starts_with("/_plugins")
                && revision > 0
                && query != format!("if_seq_no={revision}&if_primary_term=1")
            {
                return answer(409, "", r#"{"error":{"reason":"version conflict"}}"#);
            }
            kept.insert(path.to_owned(), json!({ "body": body, "revision": revision + 1 }));
            ok(json!({ "acknowledged": true }))
        }
        ("POST", _) => {
            kept.insert(path.to_owned(), body());
            ok(json!({ "updated_indices": 1, "failures": false, "failed_indices": [] }))
        }
        _ => no_handler(),
    }
}

/// What was put, as it is given back.
fn as_read(path: &str, value: &Value) -> Value {
    let name = path.rsplit('/').next().expect("a name");
    let (body, revision) = (&value["body"], &value["revision"]);
    if path.starts_with("/_index_template/") {
        json!({ "index_templates": [{ "name": name, "index_template": body }] })
    } else if path.starts_with("/_component_template/") {
        json!({ "component_templates": [{ "name": name, "component_template": body }] })
    } else if path.starts_with("/_ilm/") {
        json!({ name: { "version": revision, "modified_date": "2026-11-21T00:00:00Z", "policy": body["policy"] } })
    } else {
        let mut policy = body["policy"].clone();
        policy["policy_id"] = json!(name);
        policy["last_updated_time"] = json!(1_795_260_000_000_u64 + revision.as_u64().unwrap_or(0));
        policy["schema_version"] = json!(21);
        policy["error_notification"] = Value::Null;
        policy["ism_template"][0]["last_updated_time"] = json!(revision);
        policy["states"][1]["actions"][0]["retry"] = json!({ "count": 3, "backoff": "exponential", "delay": "1m" });
        json!({ "_id": name, "_version": revision, "_seq_no": revision, "_primary_term": 1, "policy": policy })
    }
}

/// Servers write numbers as texts, and members that nobody gave them.
fn write_otherwise(body: &mut Value) {
    if let Some(settings) = body["template"]["settings"]["index"].as_object_mut() {
        for value in settings.values_mut().filter(|value| value.is_number()) {
            *value = json!(value.to_string());
        }
        body.as_object_mut().map(|body| body.entry("composed_of").or_insert(json!([])));
        body["data_stream_allowed"] = json!(false);
    }
}

fn bulk_get(kept: &BTreeMap<String, Value>, asked: &Value) -> Value {
    let one = |key: &Value| {
        let missing =
            json!({ "type": key["type"], "id": key["id"], "error": { "statusCode": 404, "error": "Not Found" } });
        kept.get(&object_key(key)).cloned().unwrap_or(missing)
    };
    json!({ "saved_objects": asked.as_array().expect("keys").iter().map(one).collect::<Vec<_>>() })
}

/// Imports what is in the form's file; an object with the id `refused` is.
fn import(kept: &mut BTreeMap<String, Value>, seen: &Received) -> Value {
    assert!(seen.header("osd-xsrf") == "true" && seen.header("kbn-xsrf") == "true");
    let boundary = seen.header("content-type").strip_prefix("multipart/form-data; boundary=").expect("a boundary");
    let (head, rest) = seen.body().split_once("\r\n\r\n").expect("the part's head");
    assert!(head.starts_with(&format!("--{boundary}\r\n")) && head.contains("filename=\"logweir.ndjson\""));
    let (file, end) = rest.rsplit_once(&format!("\r\n--{boundary}--")).expect("the end");
    assert_eq!(end, "\r\n");
    let (mut count, mut errors) = (0, Vec::new());
    for line in file.lines() {
        let mut object: Value = serde_json::from_str(line).expect("an object a line");
        if object["id"] == "refused" {
            let error =
                json!({ "type": "missing_references", "references": [{ "type": "index-pattern", "id": "gone" }] });
            errors.push(json!({ "type": object["type"], "id": object["id"], "error": error }));
            continue;
        }
        // A migration, such as both products make.
        object["attributes"]["migrated"] = json!(true);
        count += 1;
        kept.insert(object_key(&object), object);
    }
    json!({ "success": errors.is_empty(), "successCount": count, "errors": errors })
}

pub(crate) fn object_key(object: &Value) -> String {
    format!("{} {}", object["type"], object["id"]).replace('"', "")
}
