//! The mapping of the JSON of lines: whatever the first line of a day brings, the types are the same.

use serde_json::{Value, json};

use super::{keyword, mapping};
use crate::field::Type;
use crate::flat::FlatField;
use crate::flatten::FLAT;
use crate::shared_keys::Shape;

/// Names of objects whose members are nobody's to type, wherever they stand: what users, services and protocols put there. Of two
/// of them one may be a value and the other an object of the same name (`app` and `app.kubernetes.io/name`).
const FREE_FORM: &str = "labels|annotations|attributes|[a-zA-Z_]*[hH]eaders|[a-zA-Z]*[pP]arameters|params|managedFields|\
    responseElements|requestObject|responseObject|selector|matchLabels|inputBodyJson|outputBodyJson|variables|_aws";

/// Keys whose values stand elsewhere too, and nearly each of them once: `trace.id`, `span.id`, `@timestamp`, the words of `message`.
const COPIES: &[&str] = &[
    "trace_id",
    "traceId",
    "span_id",
    "spanId",
    "time",
    "timestamp",
    "@timestamp",
    "Timestamp",
    "asctime",
    "ts",
    "message",
    "msg",
];

/// How fields get their types that nobody named. Numbers are doubles, as whole ones are followed by fractions; integers that doubles
/// do not hold stand in `json_big`.
pub(super) fn dynamic_templates(flat: FlatField) -> Value {
    let mut templates = vec![
        json!({"integers": {"match_mapping_type": "long", "mapping": {"type": "double"}}}),
        json!({"fractions": {"match_mapping_type": "double", "mapping": {"type": "double"}}}),
        json!({"strings": {"match_mapping_type": "string", "mapping": keyword()}}),
    ];
    if flat != FlatField::None {
        templates.insert(
            0,
            json!({"free_form": {"match_mapping_type": "object", "match_pattern": "regex", "match": FREE_FORM, "mapping": flat.mapping()}}),
        );
    }
    Value::Array(templates)
}

/// The fields whose types are known before the first line comes.
pub(super) fn properties(flat: FlatField) -> Vec<(String, Value)> {
    let mut properties = vec![(FLAT.to_owned(), flat.mapping())];
    let shapes = [
        (Shape::Word, Some(keyword())),
        (Shape::Number, Some(mapping(Type::Double))),
        (Shape::Flat, (flat != FlatField::None).then(|| flat.mapping())),
    ];
    for (shape, mapping) in shapes {
        let Some(mapping) = mapping else { continue };
        let of = |key: &&str| if COPIES.contains(key) { flat.unindexed(mapping.clone()) } else { mapping.clone() };
        properties.extend(shape.keys().iter().map(|key| (format!("json.{key}"), of(key))));
    }
    properties
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_without_a_flat_type_gets_no_field_of_it() {
        let text = |flat| format!("{} {:?}", dynamic_templates(flat), properties(flat));
        assert!(text(FlatField::FlatObject).contains("flat_object"));
        assert!(text(FlatField::Flattened).contains("flattened"));
        assert!(!text(FlatField::None).contains("flat_object") && !text(FlatField::None).contains("flattened"));
    }
}
