//! Saved objects: what OpenSearch Dashboards and Kibana import, one JSON object a line, and the way back.
//!
//! Both products still take the shape that Kibana 7.10, their last common ancestor, wrote, and bring it up to date themselves.
//! What is written here follows the sample data that they ship, such as
//! <https://github.com/opensearch-project/OpenSearch-Dashboards/blob/main/src/plugins/home/server/services/sample_data/data_sets/logs/saved_objects.ts>.

mod read;
mod saved_search;
mod vis_state;

use std::collections::BTreeSet;
use std::fmt::Write;

use serde_json::{Map, Value, json};

pub use read::SavedObjectsError;

use crate::colour::{Colour, known_values};
use crate::definition::{dashboards, fields, searches};
use crate::panel::{Dashboard, Panel, Split, TIME_FIELD};
use crate::unit::Unit;

/// Who imports the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Product {
    /// OpenSearch Dashboards 1 to 3.
    OpenSearchDashboards,
    /// Kibana 7.10 and above, 8 and 9.
    Kibana,
}

/// The newest versions of the three types that OpenSearch Dashboards knows; it refuses newer ones. Kibana has newer ones and brings
/// these up to date. The last entry of each list of migrations:
/// `src/plugins/{data,visualizations,dashboard}/server/saved_objects/*_migrations.ts` in OpenSearch Dashboards.
const INDEX_PATTERN_VERSION: &str = "7.6.0";
const VISUALIZATION_VERSION: &str = "7.10.0";
const DASHBOARD_VERSION: &str = "7.9.3";
/// The version that the panels of a dashboard were written by.
const PANELS_VERSION: &str = "7.10.0";
/// The name by which a search source refers to its index pattern.
const INDEX_REFERENCE: &str = "kibanaSavedObjectMeta.searchSourceJSON.index";

/// The file that `product` imports: index patterns, saved searches, visualizations and dashboards over the indices that begin with `prefix`.
///
/// Ids do not depend on the prefix: importing again replaces what was imported before.
pub fn saved_objects(product: Product, prefix: &str) -> String {
    let dashboards = dashboards(prefix);
    let panels = || dashboards.iter().flat_map(|dashboard| &dashboard.panels);
    let searches = searches(prefix);
    let patterns: BTreeSet<_> =
        panels().map(|panel| panel.index.as_str()).chain(searches.iter().map(|search| search.index.as_str())).collect();
    let mut lines = String::new();
    let objects = patterns
        .into_iter()
        .map(|pattern| index_pattern(prefix, pattern))
        .chain(searches.iter().map(|search| saved_search::write(prefix, search)))
        .chain(panels().map(|panel| visualization(prefix, panel)))
        .chain(dashboards.iter().map(|dashboard| of_dashboard(product, dashboard)));
    for object in objects {
        // Writing to a `String` cannot fail.
        let _ = writeln!(lines, "{object}");
    }
    lines
}

/// `cwl-access-*,cwl-apigateway-*` as `logweir-access-apigateway`: the same for every prefix.
fn index_pattern_id(prefix: &str, pattern: &str) -> String {
    let dataset = |part: &str| match part.strip_prefix(prefix).map(|rest| rest.trim_matches(['-', '*'])) {
        None | Some("") => "all".to_owned(),
        Some(dataset) => dataset.to_owned(),
    };
    format!("logweir-{}", pattern.split(',').map(dataset).collect::<Vec<_>>().join("-"))
}

fn index_pattern(prefix: &str, pattern: &str) -> Value {
    let formats: Map<_, _> =
        fields().into_iter().filter_map(|field| Some((field.clone(), field_format(&field)?))).collect();
    json!({
        "type": "index-pattern",
        "id": index_pattern_id(prefix, pattern),
        "attributes": {
            "title": pattern,
            "timeFieldName": TIME_FIELD,
            // None: both products ask the server which fields there are.
            "fields": "[]",
            "fieldFormatMap": Value::Object(formats).to_string(),
        },
        "references": [],
        "migrationVersion": {"index-pattern": INDEX_PATTERN_VERSION},
    })
}

/// How a field's values are shown, where a plain number would not do.
fn field_format(field: &str) -> Option<Value> {
    match Unit::of_field(field) {
        Unit::Bytes => Some(json!({"id": "bytes", "params": {"pattern": "0,0.[0]b"}})),
        Unit::Milliseconds | Unit::Megabytes => Some(json!({"id": "number", "params": {"pattern": "0,0.[0]"}})),
        // A port or a number of an account is a name, not an amount.
        Unit::Count if matches!(field.rsplit('.').next(), Some("port" | "status_code")) => {
            Some(json!({"id": "number", "params": {"pattern": "0"}}))
        }
        Unit::Count | Unit::Time => None,
    }
}

fn visualization(prefix: &str, panel: &Panel) -> Value {
    let search_source = json!({
        "query": {"query": panel.query, "language": "lucene"},
        "filter": [],
        "indexRefName": INDEX_REFERENCE,
    });
    json!({
        "type": "visualization",
        "id": panel.id,
        "attributes": {
            "title": panel.title,
            "description": "",
            "visState": vis_state::write(panel).to_string(),
            "uiStateJSON": json!({"vis": {"colors": colours(panel)}}).to_string(),
            "version": 1,
            "kibanaSavedObjectMeta": {"searchSourceJSON": search_source.to_string()},
        },
        "references": [
            {"type": "index-pattern", "id": index_pattern_id(prefix, &panel.index), "name": INDEX_REFERENCE}
        ],
        "migrationVersion": {"visualization": VISUALIZATION_VERSION},
    })
}

/// The colours of what has a meaning.
fn colours(panel: &Panel) -> Map<String, Value> {
    let names = panel.splits.iter().flat_map(|split| match split {
        Split::Filters(filters) => filters.iter().map(|filter| filter.label.as_str()).collect::<Vec<_>>(),
        Split::Terms { field, .. } => known_values(field).to_vec(),
    });
    names.filter_map(|name| Some((name.to_owned(), Colour::of_meaning(name)?.hex().into()))).collect()
}

fn of_dashboard(product: Product, dashboard: &Dashboard) -> Value {
    let name = |place: usize| format!("panel_{place}");
    let panels = dashboard.panels.iter().enumerate().map(|(place, panel)| {
        let index = (place + 1).to_string();
        let grid = panel.place;
        json!({
            "version": PANELS_VERSION,
            "gridData": {"x": grid.x, "y": grid.y, "w": grid.width, "h": grid.height, "i": index},
            "panelIndex": index,
            "embeddableConfig": {},
            "panelRefName": name(place),
        })
    });
    let references = dashboard
        .panels
        .iter()
        .enumerate()
        .map(|(place, panel)| json!({"type": "visualization", "id": panel.id, "name": name(place)}));
    let options = match product {
        Product::OpenSearchDashboards => json!({"useMargins": true, "hidePanelTitles": false}),
        // One value has one colour on all panels.
        Product::Kibana => {
            json!({"useMargins": true, "hidePanelTitles": false, "syncColors": true, "syncTooltips": true})
        }
    };
    json!({
        "type": "dashboard",
        "id": dashboard.id,
        "attributes": {
            "title": dashboard.title,
            "description": dashboard.description,
            "hits": 0,
            "panelsJSON": Value::Array(panels.collect()).to_string(),
            "optionsJSON": options.to_string(),
            "version": 1,
            "timeRestore": true,
            "timeFrom": "now-24h",
            "timeTo": "now",
            "refreshInterval": {"pause": true, "value": 0},
            "kibanaSavedObjectMeta": {
                "searchSourceJSON": json!({"query": {"query": "", "language": "kuery"}, "filter": []}).to_string()
            },
        },
        "references": references.collect::<Vec<_>>(),
        "migrationVersion": {"dashboard": DASHBOARD_VERSION},
    })
}
