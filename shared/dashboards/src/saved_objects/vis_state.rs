//! The state of a visualization: which kind of chart it is, how it looks, and its aggregations.

use serde_json::{Value, json};

use crate::panel::{Chart, Measure, Panel, Split, TIME_FIELD};
use crate::search::{metric_id, order_id};

/// Kinds of visualizations.
pub(super) const TYPES: [(Chart, &str); 6] = [
    (Chart::Number, "metric"),
    (Chart::Bars, "histogram"),
    (Chart::Lines, "line"),
    (Chart::Ranking, "horizontal_bar"),
    (Chart::Donut, "pie"),
    (Chart::Table, "table"),
];

pub(super) fn write(panel: &Panel) -> Value {
    let kind = TYPES.iter().find(|(chart, _)| *chart == panel.chart).map_or("table", |(_, kind)| kind);
    json!({"title": panel.title, "type": kind, "params": params(panel), "aggs": aggs(panel)})
}

fn aggs(panel: &Panel) -> Vec<Value> {
    let agg = |id: String, kind: &str, schema: &str, params: Value| json!({"id": id, "enabled": true, "type": kind, "schema": schema, "params": params});
    let mut aggs = Vec::new();
    for (place, metric) in panel.metrics.iter().enumerate() {
        let (kind, mut params) = match &metric.measure {
            Measure::Count => ("count", json!({})),
            Measure::Sum(field) => ("sum", json!({"field": field})),
            Measure::Average(field) => ("avg", json!({"field": field})),
            Measure::Max(field) => ("max", json!({"field": field})),
            Measure::Cardinality(field) => ("cardinality", json!({"field": field})),
            Measure::Percentiles(field, percents) => ("percentiles", json!({"field": field, "percents": percents})),
        };
        if !metric.label.is_empty() {
            params["customLabel"] = metric.label.as_str().into();
        }
        aggs.push(agg(metric_id(place), kind, "metric", params));
    }
    for (depth, split) in panel.splits.iter().enumerate() {
        let schema = match panel.chart {
            Chart::Table => "bucket",
            Chart::Donut => "segment",
            Chart::Ranking if depth == 0 => "segment",
            _ => "group",
        };
        let (kind, params) = match split {
            Split::Terms { field, label, size, order } => {
                let order_by = panel.metrics.get(*order).map_or_else(|| "_key".to_owned(), |by| order_id(*order, by));
                let params = json!({
                    "field": field, "size": size, "order": "desc", "orderBy": order_by, "customLabel": label,
                    "otherBucket": false, "otherBucketLabel": "Other",
                    "missingBucket": false, "missingBucketLabel": "Missing",
                });
                ("terms", params)
            }
            Split::Filters(filters) => {
                let filters = filters.iter().map(
                    |filter| json!({"label": filter.label, "input": {"query": filter.query, "language": "lucene"}}),
                );
                ("filters", json!({"filters": filters.collect::<Vec<_>>()}))
            }
        };
        aggs.push(agg(panel.bucket_id(depth), kind, schema, params));
    }
    if panel.chart.is_over_time() {
        // The products call the other parameters by different names; their defaults are the same.
        let params = json!({
            "field": TIME_FIELD, "interval": "auto", "drop_partials": false, "min_doc_count": 1, "extended_bounds": {},
        });
        aggs.push(agg(panel.bucket_id(panel.splits.len()), "date_histogram", "segment", params));
    }
    aggs
}

fn params(panel: &Panel) -> Value {
    match panel.chart {
        Chart::Number => json!({
            "type": "metric", "addTooltip": true, "addLegend": false,
            "metric": {
                "percentageMode": false, "useRanges": false, "colorSchema": "Green to Red", "metricColorMode": "None",
                "colorsRange": [{"from": 0, "to": 10000}], "labels": {"show": false}, "invertColors": false,
                "style": {"bgFill": "#000", "bgColor": false, "labelColor": false, "subText": "", "fontSize": 32},
            },
        }),
        Chart::Donut => json!({
            "type": "pie", "addTooltip": true, "addLegend": true, "legendPosition": "right", "isDonut": true,
            "labels": {"show": false, "values": true, "last_level": true, "truncate": 100},
        }),
        Chart::Table => json!({
            "perPage": 10, "showPartialRows": false, "showMetricsAtAllLevels": false,
            "sort": {"columnIndex": null, "direction": null},
            "showTotal": false, "totalFunc": "sum", "percentageCol": "",
        }),
        Chart::Bars | Chart::Lines | Chart::Ranking => axes(panel),
    }
}

/// Of charts with axes.
fn axes(panel: &Panel) -> Value {
    let lies = panel.chart == Chart::Ranking;
    // Bars are of the same kind whether they stand or lie.
    let kind = if panel.chart == Chart::Lines { "line" } else { "histogram" };
    let (category, value) = if lies { ("left", "bottom") } else { ("bottom", "left") };
    let series = panel.metrics.iter().enumerate().map(|(place, metric)| {
        json!({
            "show": true,
            "type": kind,
            "mode": if panel.is_stacked() { "stacked" } else { "normal" },
            "data": {"label": metric.label, "id": metric_id(place)},
            "valueAxis": "ValueAxis-1", "drawLinesBetweenPoints": true, "lineWidth": 2, "showCircles": true,
        })
    });
    json!({
        "type": kind,
        "grid": {"categoryLines": false, "valueAxis": "ValueAxis-1"},
        "categoryAxes": [{
            "id": "CategoryAxis-1", "type": "category", "position": category, "show": true, "style": {},
            "scale": {"type": "linear"}, "title": {},
            "labels": {"show": true, "rotate": 0, "filter": !lies, "truncate": if lies { 200 } else { 100 }},
        }],
        "valueAxes": [{
            "id": "ValueAxis-1", "name": "LeftAxis-1", "type": "value", "position": value, "show": true, "style": {},
            "scale": {"type": "linear", "mode": "normal"}, "title": {"text": ""},
            "labels": {"show": true, "rotate": 0, "filter": true, "truncate": 100},
        }],
        "seriesParams": series.collect::<Vec<_>>(),
        "addTooltip": true, "addLegend": true, "legendPosition": "right", "times": [], "addTimeMarker": false,
        "labels": {"show": false},
        "thresholdLine": {"show": false, "value": 10, "width": 1, "style": "full", "color": "#E7664C"},
    })
}
