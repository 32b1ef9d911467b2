//! The panels' fields are those that the indices' mappings have from their first event on: of a field that no index has, Dashboards
//! and Kibana show an error instead of an empty panel.

use std::collections::{BTreeMap, BTreeSet};

use logweir_dashboards::{DEFAULT_PREFIX, Measure, Panel, Product, Split, dashboards, fields, saved_objects, searches};
use logweir_log_formats::Dataset;
use logweir_search::{FlatField, event_dataset, templates};
use serde_json::Value;

/// Fields of queries that come with the first event that has them. A query for what is not there finds nothing, as it should.
const IN_QUERIES_ONLY: [&str; 1] = ["aws.cloudtrail.user_identity.type"];

/// The types of the fields of some datasets, by path.
fn mapping(index: &str) -> BTreeMap<String, String> {
    let templates = templates(&DEFAULT_PREFIX.parse().expect("a prefix"), FlatField::FlatObject);
    let is_searched =
        |pattern: &str| index.split(',').any(|part| part == pattern || part == format!("{DEFAULT_PREFIX}-*"));
    let mut types = BTreeMap::new();
    for template in templates {
        if is_searched(template.body["index_patterns"][0].as_str().expect("a pattern")) {
            collect(&template.body["template"]["mappings"]["properties"], "", &mut types);
        }
    }
    types
}

fn collect(properties: &Value, parent: &str, types: &mut BTreeMap<String, String>) {
    for (name, field) in properties.as_object().expect("fields by name") {
        match field.get("properties") {
            Some(inner) => collect(inner, &format!("{parent}{name}."), types),
            None => _ = types.insert(format!("{parent}{name}"), field["type"].as_str().unwrap_or_default().to_owned()),
        }
    }
}

fn panels() -> impl Iterator<Item = Panel> {
    dashboards(DEFAULT_PREFIX).into_iter().flat_map(|dashboard| dashboard.panels)
}

#[test]
fn every_field_is_mapped() {
    for panel in panels() {
        let types = mapping(&panel.index);
        assert!(!types.is_empty(), "{} searches indices that nobody writes: {}", panel.id, panel.index);
        for field in panel.fields() {
            let known = types.contains_key(&field) || IN_QUERIES_ONLY.contains(&field.as_str());
            assert!(known, "{field} of {} is not in the mappings of {}", panel.id, panel.index);
        }
    }
}

#[test]
fn every_column_of_a_saved_search_is_mapped() {
    for search in searches(DEFAULT_PREFIX) {
        let types = mapping(&search.index);
        assert!(!types.is_empty(), "{} searches indices that nobody writes: {}", search.id, search.index);
        for column in &search.columns {
            assert!(types.contains_key(column), "{column} of {} is not in the mappings of {}", search.id, search.index);
        }
    }
}

#[test]
fn every_dataset_has_a_saved_search() {
    let found: BTreeSet<_> = searches(DEFAULT_PREFIX).into_iter().map(|search| search.index).collect();
    for dataset in Dataset::ALL {
        assert!(found.contains(&format!("{DEFAULT_PREFIX}-{dataset}-*")), "{dataset}");
    }
    let file = saved_objects(Product::Kibana, DEFAULT_PREFIX);
    let written = file.lines().filter(|line| line.contains("\"type\":\"search\"")).count();
    assert_eq!(written, searches(DEFAULT_PREFIX).len());
}

#[test]
fn queries_name_datasets_as_documents_do() {
    for dataset in Dataset::ALL {
        let name = dataset.as_str();
        let of_grafana = logweir_dashboards::grafana(logweir_dashboards::GrafanaSource::OpenSearch, DEFAULT_PREFIX);
        let asks = of_grafana.contains(&format!("event.dataset:({name} OR "));
        assert!(!asks || of_grafana.contains(event_dataset(dataset)), "{name}");
    }
}

#[test]
fn what_is_computed_is_of_a_type_for_it() {
    for panel in panels() {
        let types = mapping(&panel.index);
        let of = |field: &str| types.get(field).map(String::as_str).unwrap_or_default();
        for metric in &panel.metrics {
            let allowed: &[&str] = match &metric.measure {
                Measure::Count => continue,
                Measure::Cardinality(_) => &["keyword", "ip"],
                Measure::Max(_) => &["long", "double", "date"],
                Measure::Sum(_) | Measure::Average(_) | Measure::Percentiles(..) => &["long", "double"],
            };
            let field = metric.measure.field().expect("all others read a field");
            assert!(allowed.contains(&of(field)), "{field} of {} is {:?}", panel.id, of(field));
        }
        for split in &panel.splits {
            if let Split::Terms { field, .. } = split {
                assert!(
                    ["keyword", "ip", "long", "boolean"].contains(&of(field)),
                    "{field} of {} is {:?}",
                    panel.id,
                    of(field)
                );
            }
        }
    }
}

#[test]
fn all_fields_are_those_of_the_panels() {
    assert_eq!(fields(), panels().flat_map(|panel| panel.fields()).collect::<BTreeSet<_>>());
}
