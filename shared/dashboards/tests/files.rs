//! The files under dashboards/ are what the code makes of the definition, and say the same read back.
//!
//! `UPDATE_EXPECT=1` writes them anew: read what changed before you commit it.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use logweir_dashboards::{
    COLUMNS, DEFAULT_PREFIX, Dashboard, GrafanaSource, Panel, Product, SavedObjectsError, dashboards, grafana,
    saved_objects,
};
use serde_json::Value;

const PRODUCTS: [Product; 2] = [Product::OpenSearchDashboards, Product::Kibana];

#[expect(clippy::disallowed_methods, reason = "whoever runs the test says so, as with any snapshot test")]
fn update() -> bool {
    std::env::var_os("UPDATE_EXPECT").is_some()
}

#[test]
fn files_are_what_the_code_makes() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../dashboards");
    for (name, made) in [
        ("opensearch-dashboards.ndjson", saved_objects(Product::OpenSearchDashboards, DEFAULT_PREFIX)),
        ("kibana.ndjson", saved_objects(Product::Kibana, DEFAULT_PREFIX)),
        ("grafana-opensearch.json", grafana(GrafanaSource::OpenSearch, DEFAULT_PREFIX)),
        ("grafana-elasticsearch.json", grafana(GrafanaSource::Elasticsearch, DEFAULT_PREFIX)),
    ] {
        let path = folder.join(name);
        if update() {
            fs::write(&path, &made).expect("the file can be written");
        }
        let file = fs::read_to_string(&path).unwrap_or_default();
        assert!(file == made, "dashboards/{name} is not what the code makes: run with UPDATE_EXPECT=1");
    }
}

#[test]
fn what_is_written_is_read_back() {
    for prefix in ["cwl", "team-a", "c"] {
        for product in PRODUCTS {
            let read = Dashboard::of_saved_objects(&saved_objects(product, prefix)).unwrap();
            assert_eq!(read, dashboards(prefix), "{product:?} {prefix}");
        }
    }
}

#[test]
fn a_prefix_changes_index_patterns_only() {
    let of = |prefix| saved_objects(Product::Kibana, prefix);
    assert_eq!(of("cwl").replace("cwl-", "team-a-"), of("team-a"));
    assert_eq!(
        grafana(GrafanaSource::Elasticsearch, "cwl").replace("cwl-", "b-"),
        grafana(GrafanaSource::Elasticsearch, "b")
    );
}

#[test]
fn references_lead_somewhere_and_ids_are_ours() {
    let file = saved_objects(Product::OpenSearchDashboards, DEFAULT_PREFIX);
    let objects: Vec<Value> = file.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let name = |object: &Value| (object["type"].clone().to_string(), object["id"].clone().to_string());
    let names: BTreeSet<_> = objects.iter().map(name).collect();
    assert_eq!(names.len(), objects.len(), "an id stands twice");
    for object in &objects {
        assert!(object["id"].as_str().unwrap().starts_with("logweir-"), "{}", object["id"]);
        for reference in object["references"].as_array().unwrap() {
            assert!(names.contains(&name(reference)), "{reference} leads nowhere");
        }
    }
}

#[test]
fn panels_lie_side_by_side() {
    for dashboard in dashboards(DEFAULT_PREFIX) {
        let mut taken = BTreeSet::new();
        for Panel { place, id, title, .. } in &dashboard.panels {
            assert!(place.width > 0 && place.height > 0 && place.x + place.width <= COLUMNS, "{id} {place:?}");
            assert!(!title.is_empty());
            for cell in (0..place.width).flat_map(|x| (0..place.height).map(move |y| (x, y))) {
                assert!(taken.insert((place.x + cell.0, place.y + cell.1)), "{id} lies on another panel");
            }
        }
    }
}

#[test]
fn other_saved_objects_are_refused_in_words() {
    let file = saved_objects(Product::Kibana, DEFAULT_PREFIX);
    let read = |text: &str| Dashboard::of_saved_objects(text).unwrap_err();
    assert_eq!(read("{").code(), "saved_object_json");
    assert_eq!(read(r#"{"type":"dashboard"}"#).code(), "saved_object_incomplete");
    assert_eq!(read(&file.replace(r#"\"type\":\"pie\"}"#, r#"\"type\":\"vega\"}"#)).code(), "saved_object_unknown");
    assert_eq!(read(&file.replace("lucene", "kuery")).code(), "saved_object_unknown");
    assert_eq!(
        read(&file.replace(r#"\"type\":\"cardinality\""#, r#"\"type\":\"median\""#)).code(),
        "saved_object_unknown"
    );
    let cut = file.lines().skip(1).collect::<Vec<_>>().join("\n");
    assert!(
        matches!(read(&cut), SavedObjectsError::Missing { what, .. } if what.starts_with("index-pattern logweir-"))
    );
    assert_eq!(Dashboard::of_saved_objects("\n{\"exportedCount\":0}\n"), Ok(Vec::new()));
    // Whatever is taken away, it is an error or fewer dashboards.
    for (number, line) in file.lines().enumerate().step_by(7) {
        for end in (0..line.len()).step_by(97).filter(|end| line.is_char_boundary(*end)) {
            let _ = Dashboard::of_saved_objects(&line[..end]);
        }
        let others = file.lines().enumerate().filter(|(at, _)| *at != number).map(|(_, line)| line);
        let without = others.collect::<Vec<_>>().join("\n");
        let stands_alone = ["dashboard", "search"].iter().any(|kind| line.contains(&format!("\"type\":\"{kind}\"")));
        assert!(Dashboard::of_saved_objects(&without).is_err() || stands_alone, "{line}");
    }
}

#[test]
fn what_a_person_changed_is_read_or_refused() {
    let file = saved_objects(Product::OpenSearchDashboards, DEFAULT_PREFIX);
    let change = |from: &str, to: &str| {
        assert!(file.contains(from), "{from}");
        Dashboard::of_saved_objects(&file.replace(from, to))
    };
    // As newer ones write it.
    assert_eq!(change("\"name\":\"panel_", "\"name\":\"7:panel_"), Ok(dashboards(DEFAULT_PREFIX)));
    for (from, to) in [
        (r#"\"filter\":[]"#, r#"\"filter\":[{\"meta\":{}}]"#),
        (r#"\"percents\":[95,99]"#, r#"\"percents\":[99.9]"#),
        (r#"\"schema\":\"segment\",\"type\":\"terms\""#, r#"\"schema\":\"segment\",\"type\":\"geohash\""#),
        (r#"\"enabled\":true"#, r#"\"enabled\":false"#),
        (
            r#"{\"language\":\"lucene\",\"query\":\"event.action:accept\"}"#,
            r#"{\"language\":\"kuery\",\"query\":\"a:b\"}"#,
        ),
    ] {
        assert_eq!(change(from, to).map_err(|error| error.code()), Err("saved_object_unknown"), "{from}");
    }
}
