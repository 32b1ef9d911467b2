//! Index templates: the mappings that documents are made for.

mod cloudtrail;
mod line;

use logweir_log_formats::Dataset;
use logweir_log_formats::vpc_flow::{Field as Column, Type as ColumnType};
use serde_json::{Map, Value, json};

use crate::alias;
use crate::field::{Field, Type};
use crate::flat::FlatField;
use crate::settings::IndexPrefix;
use crate::survey::MAX_KEYWORD_CHARACTERS;

/// Version of the templates, raised whenever they change.
const VERSION: u32 = 2;
/// Above what servers bring themselves.
const PRIORITY: u32 = 300;

/// More than the longest event of CloudWatch Logs, 1 MB, has characters
/// (<https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html>). A search that marks the words that it
/// found, as Discover's does, fails over a whole index for one longer text.
const MAX_ANALYZED_OFFSET: u32 = 2_000_000;

/// An index template.
#[derive(Debug, Clone, PartialEq)]
pub struct Template {
    /// Its name on the server.
    pub name: String,
    /// Its version.
    pub version: u32,
    /// The body of `PUT _index_template/{name}`.
    pub body: Value,
}

/// The templates of all datasets, for a server that has `flat`.
///
/// ```
/// let templates = logweir_search::templates(&"cwl".parse()?, logweir_search::FlatField::FlatObject);
/// let vpcflow = templates.iter().find(|template| template.name == "cwl-vpcflow").expect("a template");
/// assert_eq!(vpcflow.body["index_patterns"][0], "cwl-vpcflow-*");
/// # Ok::<(), logweir_search::InvalidPrefix>(())
/// ```
pub fn templates(prefix: &IndexPrefix, flat: FlatField) -> Vec<Template> {
    Dataset::ALL.into_iter().map(|dataset| template(prefix, dataset, flat)).collect()
}

fn template(prefix: &IndexPrefix, dataset: Dataset, flat: FlatField) -> Template {
    let name = format!("{prefix}-{dataset}");
    // Where there is no flat type, CloudTrail's events bring the parameters of every service as fields.
    let fields = if dataset == Dataset::CloudTrail && flat == FlatField::None { 5000 } else { 2000 };
    let body = json!({
        "index_patterns": [format!("{name}-*")],
        "priority": PRIORITY,
        "version": VERSION,
        "template": {
            "settings": {"index": {
                "codec": "best_compression",
                "highlight": {"max_analyzed_offset": MAX_ANALYZED_OFFSET.to_string()},
                // A string of digits in a numeric field would be found as the number, and 5.7 in a field of integers as 5.
                "mapping": {"coerce": "false", "total_fields": {"limit": fields.to_string()}},
                "query": {"default_field": ["message", "event.original"]},
            }},
            "mappings": {
                "date_detection": false,
                "numeric_detection": false,
                "dynamic_templates": line::dynamic_templates(flat),
                "properties": properties(dataset, flat),
            },
        },
    });
    Template { name, version: VERSION, body }
}

fn keyword() -> Value {
    json!({"type": "keyword", "ignore_above": MAX_KEYWORD_CHARACTERS})
}

fn mapping(field_type: Type) -> Value {
    match field_type {
        Type::Keyword => keyword(),
        other => json!({"type": other.as_str()}),
    }
}

/// The mapping of a field of the table. Texts are found by their words and phrases; nobody asks how often a line has a word.
fn mapping_of(field: Field, flat: FlatField) -> Value {
    match (field, field.field_type()) {
        (_, Type::Text) => flat.text(),
        // The document's id ends in it.
        (Field::EventId, of) => flat.unindexed(mapping(of)),
        (_, of) => mapping(of),
    }
}

/// The fields that every document may have, and those of the dataset.
fn properties(dataset: Dataset, flat: FlatField) -> Value {
    let mut properties = Map::new();
    for field in Field::ALL {
        insert(&mut properties, field.path(), mapping_of(*field, flat));
    }
    insert(&mut properties, "event.original", flat.text());
    for (path, mapping) in line::properties(flat).into_iter().chain(of_dataset(dataset, flat)) {
        insert(&mut properties, &path, mapping);
    }
    for (name, field) in alias::of_dataset(dataset) {
        insert(&mut properties, &name, json!({"type": "alias", "path": field.path()}));
    }
    Value::Object(properties)
}

fn of_dataset(dataset: Dataset, flat: FlatField) -> Vec<(String, Value)> {
    let date = mapping(Type::Date);
    match dataset {
        Dataset::VpcFlow => {
            let column = |column: &Column| {
                let field_type = match column.value_type() {
                    ColumnType::Integer => Type::Long,
                    ColumnType::Address => Type::Ip,
                    ColumnType::Text => Type::Keyword,
                };
                (format!("aws.vpcflow.{}", column.name().replace('-', "_")), mapping(field_type))
            };
            // Sums and ranges read the columns of values; few ask for one number of bytes.
            let counted = [Field::NetworkBytes, Field::NetworkPackets, Field::EventStart, Field::EventEnd]
                .map(|field| (field.path().to_owned(), flat.unindexed(mapping(field.field_type()))));
            Column::ALL.iter().map(column).chain(counted).collect()
        }
        Dataset::CloudTrail => cloudtrail::properties(flat),
        Dataset::Route53Resolver => vec![("aws.route53resolver.query_timestamp".to_owned(), date)],
        Dataset::Waf => vec![("aws.waf.timestamp".to_owned(), date)],
        // Formats of API Gateway put numbers into quotes or not, and `-` for none. A dashboard asks for them beside access logs,
        // where there may be no gateway at all.
        Dataset::ApiGateway | Dataset::Access => {
            ["status", "response_length", "response_latency", "integration_latency"]
                .map(|name| {
                    let mapping = json!({"type": "double", "coerce": true, "ignore_malformed": true});
                    (format!("aws.apigateway.{name}"), mapping)
                })
                .into()
        }
        Dataset::Lambda | Dataset::Eks | Dataset::App => Vec::new(),
    }
}

/// Puts a mapping where its path says.
fn insert(properties: &mut Map<String, Value>, path: &str, mapping: Value) {
    match path.split_once('.') {
        None => {
            properties.insert(path.to_owned(), mapping);
        }
        Some((object, rest)) => {
            let inner = properties.entry(object).or_insert_with(|| json!({"properties": {}}));
            if let Some(inner) = inner.get_mut("properties").and_then(Value::as_object_mut) {
                insert(inner, rest, mapping);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_has_its_mapping() {
        for template in templates(&IndexPrefix::default(), FlatField::FlatObject) {
            let properties = &template.body["template"]["mappings"]["properties"];
            for field in Field::ALL {
                let pointer = format!("/{}/type", field.path().replace('.', "/properties/"));
                let mut found = properties.pointer(&pointer).and_then(Value::as_str);
                if found == Some("alias") {
                    // Another name of a field of the same type.
                    let path = properties.pointer(&pointer.replace("/type", "/path")).and_then(Value::as_str);
                    let target = Field::ALL.iter().find(|field| Some(field.path()) == path).expect("a field");
                    found = Some(target.field_type().as_str());
                }
                let expected = field.field_type().as_str().replace("text", "match_only_text");
                assert_eq!(found, Some(expected.as_str()), "{} of {}", field.path(), template.name);
            }
        }
    }
}
