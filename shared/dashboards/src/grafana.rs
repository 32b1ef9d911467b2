//! One dashboard for Grafana: the same panels, a row a dashboard.
//!
//! Written after how Grafana reads answers:
//! <https://github.com/grafana/grafana/blob/main/pkg/tsdb/elasticsearch/response_parser.go>.

mod overrides;

use serde_json::{Value, json};

use crate::colour::Colour;
use crate::definition::{dashboards, event_dataset};
use crate::panel::{Chart, Dashboard, Measure, Panel, Split, TIME_FIELD};
use crate::search::{metric_id, order_id};
use crate::unit::Unit;

/// Whose data Grafana shows. Both plugins read the same queries, but each only from its own kind of server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GrafanaSource {
    /// The plugin `grafana-opensearch-datasource`.
    OpenSearch,
    /// The built-in data source `elasticsearch`.
    Elasticsearch,
}

impl GrafanaSource {
    fn plugin(self) -> (&'static str, &'static str) {
        match self {
            Self::OpenSearch => ("grafana-opensearch-datasource", "OpenSearch"),
            Self::Elasticsearch => ("elasticsearch", "Elasticsearch"),
        }
    }
}

/// How Grafana's 24 columns and rows of 38 pixels stand to those of a dashboard.
const COLUMNS: u32 = 2;
const ROWS: u32 = 2;

/// The file that Grafana imports. It asks for a data source, whose index name must be `{prefix}-*` and whose time field `@timestamp`.
pub fn grafana(source: GrafanaSource, prefix: &str) -> String {
    let (plugin, name) = source.plugin();
    let (mut panels, mut y) = (Vec::new(), 0);
    for dashboard in dashboards(prefix) {
        row(&dashboard, prefix, source, &mut panels, &mut y);
    }
    let dashboard = json!({
        "__inputs": [{
            "name": "DS_LOGWEIR", "label": "Logs", "type": "datasource", "pluginId": plugin, "pluginName": name,
            "description": format!("A data source over the indices {prefix}-* with the time field {TIME_FIELD}"),
        }],
        "__requires": [
            {"type": "grafana", "id": "grafana", "name": "Grafana", "version": "9.0.0"},
            {"type": "datasource", "id": plugin, "name": name, "version": "1.0.0"},
        ],
        "uid": "logweir", "title": "Logweir", "tags": ["logweir", "aws", "logs"],
        "description": "Logs of AWS by Logweir: overview, VPC Flow Logs, Lambda, CloudTrail, access logs, application logs.",
        "editable": true, "graphTooltip": 1, "schemaVersion": 37, "version": 1, "timezone": "utc", "refresh": "",
        "time": {"from": "now-24h", "to": "now"},
        "templating": {"list": [{
            "name": "datasource", "label": "Data source", "type": "datasource", "query": plugin, "hide": 0,
            "current": {"text": name, "value": "${DS_LOGWEIR}"}, "refresh": 1, "options": [], "multi": false,
        }]},
        "annotations": {"list": []},
        "panels": panels,
    });
    format!("{dashboard:#}\n")
}

fn row(dashboard: &Dashboard, prefix: &str, source: GrafanaSource, panels: &mut Vec<Value>, y: &mut u32) {
    let title = dashboard.title.trim_start_matches("Logweir: ");
    panels.push(json!({
        "id": panels.len() + 1, "type": "row", "title": title, "collapsed": false, "panels": [],
        "gridPos": {"x": 0, "y": *y, "w": 24, "h": 1},
    }));
    *y += 1;
    // Rows are rounded up, so panels follow one another by rows rather than by their own places.
    let (mut line, mut height, mut x) = (0, 0, 0);
    for panel in &dashboard.panels {
        if panel.place.y != line {
            (line, *y, height, x) = (panel.place.y, *y + height, 0, 0);
        }
        let (w, h) = (panel.place.width.div_ceil(COLUMNS).min(24 - x), panel.place.height.div_ceil(ROWS));
        let mut value = of_panel(panel, prefix, source);
        value["id"] = (panels.len() + 1).into();
        value["gridPos"] = json!({"x": x, "y": *y, "w": w, "h": h});
        panels.push(value);
        (x, height) = (x + w, height.max(h));
    }
    *y += height;
}

fn of_panel(panel: &Panel, prefix: &str, source: GrafanaSource) -> Value {
    let (plugin, _) = source.plugin();
    let data_source = json!({"type": plugin, "uid": "${datasource}"});
    let (kind, options) = match panel.chart {
        Chart::Number => {
            let options = json!({"colorMode": "value", "graphMode": "none", "textMode": "value",
                "reduceOptions": {"calcs": ["sum"], "fields": "", "values": false}});
            ("stat", options)
        }
        Chart::Bars | Chart::Lines => (
            "timeseries",
            json!({"legend": {"displayMode": "list", "placement": "bottom"}, "tooltip": {"mode": "multi", "sort": "desc"}}),
        ),
        Chart::Ranking => {
            let options = json!({"orientation": "horizontal", "xTickLabelMaxLength": 40, "showValue": "auto",
                "stacking": if panel.is_stacked() { "normal" } else { "none" }, "legend": {"displayMode": "list"}});
            ("barchart", options)
        }
        Chart::Donut => {
            let options = json!({"pieType": "donut", "legend": {"displayMode": "table", "values": ["value", "percent"]},
                "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": true}});
            ("piechart", options)
        }
        Chart::Table => ("table", json!({"showHeader": true, "cellHeight": "sm"})),
    };
    let unit = panel.metrics.first().map_or(Unit::Count, |metric| Unit::of(&metric.measure));
    let custom = match panel.chart {
        Chart::Bars => {
            json!({"drawStyle": "bars", "fillOpacity": 90, "lineWidth": 0, "stacking": {"mode": "normal", "group": "A"}})
        }
        Chart::Lines => json!({"drawStyle": "line", "lineWidth": 2, "spanNulls": true, "showPoints": "auto"}),
        _ => json!({}),
    };
    let mut defaults = json!({"unit": grafana_unit(unit), "custom": custom});
    if panel.chart == Chart::Number {
        let colour = Colour::of_title(&panel.title).map_or("text", Colour::hex);
        defaults["color"] = json!({"mode": "fixed", "fixedColor": colour});
    }
    json!({
        "type": kind, "title": panel.title, "datasource": data_source, "options": options,
        "transformations": transformations(panel),
        "fieldConfig": {"defaults": defaults, "overrides": overrides::of_panel(panel)},
        "targets": targets(panel, prefix, source, &data_source),
    })
}

/// Bars want names, and a port is a number.
fn transformations(panel: &Panel) -> Value {
    match panel.splits.first() {
        Some(Split::Terms { field, .. }) if field.rsplit('.').next() == Some("port") => json!([{
            "id": "convertFieldType",
            "options": {"conversions": [{"targetField": field, "destinationType": "string"}], "fields": {}},
        }]),
        _ => json!([]),
    }
}

fn grafana_unit(unit: Unit) -> &'static str {
    match unit {
        Unit::Count => "short",
        Unit::Bytes => "decbytes",
        Unit::Milliseconds => "ms",
        Unit::Megabytes => "mbytes",
        Unit::Time => "dateTimeAsIso",
    }
}

/// The queries of a panel. Grafana asks one index name, so the dataset is part of the query.
fn targets(panel: &Panel, prefix: &str, source: GrafanaSource, data_source: &Value) -> Vec<Value> {
    let datasets: Vec<_> = panel
        .index
        .split(',')
        .filter_map(|part| part.strip_prefix(prefix)?.strip_prefix('-')?.strip_suffix("-*"))
        .collect();
    let mut names: Vec<_> = datasets.iter().flat_map(|dataset| [*dataset, event_dataset(dataset)]).collect();
    names.dedup();
    let dataset = match names.as_slice() {
        [] => String::new(),
        [one] => format!("event.dataset:{one}"),
        several => format!("event.dataset:({})", several.join(" OR ")),
    };
    let query = match (dataset.as_str(), panel.query.as_str()) {
        (dataset, "") => dataset.to_owned(),
        ("", query) => query.to_owned(),
        (dataset, query) => format!("{dataset} AND ({query})"),
    };
    let metrics = panel.metrics.iter().enumerate().map(|(place, metric)| {
        let (kind, field, settings) = match &metric.measure {
            Measure::Count => return json!({"id": metric_id(place), "type": "count"}),
            Measure::Sum(field) => ("sum", field, json!({})),
            Measure::Average(field) => ("avg", field, json!({})),
            Measure::Max(field) => ("max", field, json!({})),
            Measure::Cardinality(field) => ("cardinality", field, json!({})),
            Measure::Percentiles(field, percents) => {
                let percents: Vec<_> = percents.iter().map(u8::to_string).collect();
                ("percentiles", field, json!({"percents": percents}))
            }
        };
        json!({"id": metric_id(place), "type": kind, "field": field, "settings": settings})
    });
    let metrics: Vec<_> = metrics.collect();
    let mut buckets: Vec<_> =
        panel.splits.iter().enumerate().map(|(depth, split)| bucket(panel, depth, split)).collect();
    if panel.chart.is_over_time() || buckets.is_empty() {
        // Grafana takes no query without buckets. A number is one bucket, as wide as time.
        let interval = if buckets.is_empty() && !panel.chart.is_over_time() { "36500d" } else { "auto" };
        buckets.push(json!({
            "id": panel.bucket_id(panel.splits.len()), "type": "date_histogram", "field": TIME_FIELD,
            "settings": {"interval": interval, "min_doc_count": "0", "trimEdges": "0", "timeZone": "utc"},
        }));
    }
    let mut target = json!({
        "refId": "A", "datasource": data_source, "query": query, "alias": "", "timeField": TIME_FIELD,
        "metrics": metrics, "bucketAggs": buckets,
    });
    if source == GrafanaSource::OpenSearch {
        target["queryType"] = "lucene".into();
        target["luceneQueryType"] = "Metric".into();
    }
    vec![target]
}

fn bucket(panel: &Panel, depth: usize, split: &Split) -> Value {
    match split {
        Split::Terms { field, size, order, .. } => {
            let by = panel.metrics.get(*order).filter(|metric| metric.measure != Measure::Count);
            let by = by.map_or_else(|| "_count".to_owned(), |metric| grafana_order(&order_id(*order, metric)));
            json!({
                "id": panel.bucket_id(depth), "type": "terms", "field": field,
                "settings": {"size": size.to_string(), "order": "desc", "orderBy": by, "min_doc_count": "1"},
            })
        }
        Split::Filters(filters) => {
            let filters: Vec<_> =
                filters.iter().map(|filter| json!({"label": filter.label, "query": filter.query})).collect();
            json!({"id": panel.bucket_id(depth), "type": "filters", "settings": {"filters": filters}})
        }
    }
}

/// `1.95` as Grafana writes it: `1[95.0]`.
fn grafana_order(id: &str) -> String {
    id.split_once('.').map_or_else(|| id.to_owned(), |(metric, percent)| format!("{metric}[{percent}.0]"))
}
