//! What Grafana shows otherwise than it would: colours by meaning, and columns by name and unit.

use serde_json::{Value, json};

use super::grafana_unit;
use crate::colour::{Colour, known_values};
use crate::panel::{Chart, Measure, Panel, Split};
use crate::unit::Unit;

pub(super) fn of_panel(panel: &Panel) -> Vec<Value> {
    let names = panel.splits.iter().flat_map(|split| match split {
        Split::Filters(filters) => filters.iter().map(|filter| filter.label.as_str()).collect::<Vec<_>>(),
        Split::Terms { field, .. } => known_values(field).to_vec(),
    });
    let mut overrides: Vec<_> = names.filter_map(colour).collect();
    if panel.chart == Chart::Table || panel.metrics.len() > 1 {
        overrides.extend(panel.metrics.iter().flat_map(|metric| columns(&metric.measure, &metric.label)));
    }
    if panel.chart == Chart::Table {
        let terms = panel.splits.iter().filter_map(|split| match split {
            Split::Terms { field, label, .. } => Some(json!({
                "matcher": {"id": "byName", "options": field},
                "properties": [{"id": "displayName", "value": label}, {"id": "unit", "value": "string"}],
            })),
            Split::Filters(_) => None,
        });
        overrides.extend(terms);
    }
    overrides
}

fn colour(name: &str) -> Option<Value> {
    let colour = Colour::of_meaning(name)?.hex();
    Some(json!({
        "matcher": {"id": "byName", "options": name},
        "properties": [{"id": "color", "value": {"mode": "fixed", "fixedColor": colour}}],
    }))
}

/// Names and units of a metric's columns. Grafana calls them `Max`, or `Max field` where there are more of the kind.
fn columns(measure: &Measure, label: &str) -> Vec<Value> {
    let (kind, field) = match measure {
        Measure::Count => ("Count", ""),
        Measure::Sum(field) => ("Sum", field.as_str()),
        Measure::Average(field) => ("Average", field.as_str()),
        Measure::Max(field) => ("Max", field.as_str()),
        Measure::Cardinality(field) => ("Unique Count", field.as_str()),
        Measure::Percentiles(field, percents) => {
            let one = |percent: &u8| {
                let name = format!("p{percent} {label}");
                column(&format!("/^p{percent}(\\.0)? {}$/", literally(field)), name.trim_end(), measure)
            };
            return percents.iter().map(one).collect();
        }
    };
    vec![column(&format!("/^{kind}( {})?$/", literally(field)), label, measure)]
}

fn column(pattern: &str, name: &str, measure: &Measure) -> Value {
    json!({
        "matcher": {"id": "byRegexp", "options": pattern},
        "properties": [
            {"id": "displayName", "value": name},
            {"id": "unit", "value": grafana_unit(Unit::of(measure))},
        ],
    })
}

fn literally(field: &str) -> String {
    field.replace('.', "\\.")
}
