//! A panel as the request that OpenSearch Dashboards and Kibana send for it.

use serde_json::{Map, Value, json};

use crate::panel::{Measure, Metric, Panel, Split, TIME_FIELD};
use crate::range::Range;

/// What is asked of a search server.
#[derive(Debug, Clone, PartialEq)]
pub struct Search {
    /// The indices, such as `cwl-vpcflow-*`; several by commas. Those that are not there are to be ignored
    /// (`ignore_unavailable=true`).
    pub index: String,
    /// The body of `POST /{index}/_search`.
    pub body: Value,
}

impl Panel {
    /// The search whose answer the panel shows.
    pub fn search(&self, range: &Range) -> Search {
        let mut filter = vec![json!({"range": {TIME_FIELD: {
            "gte": range.from(), "lte": range.to(), "format": "epoch_millis"
        }}})];
        if !self.query.is_empty() {
            filter.push(query_string(&self.query));
        }
        let mut body = json!({"size": 0, "track_total_hits": true, "query": {"bool": {"filter": filter}}});
        let aggregations = self.aggregations(0, range);
        if !aggregations.is_empty() {
            body["aggs"] = Value::Object(aggregations);
        }
        Search { index: self.index.clone(), body }
    }

    /// The aggregation that divides by `splits[depth]`, or after the last by time, or after that the metrics.
    fn aggregations(&self, depth: usize, range: &Range) -> Map<String, Value> {
        let name = self.bucket_id(depth);
        let over_time = self.chart.is_over_time();
        let (mut bucket, order) = match self.splits.get(depth) {
            Some(Split::Terms { field, size, order, .. }) => {
                let metric = self.metrics.get(*order).map(|metric| (*order, metric));
                let by = metric.map_or_else(|| "_count".to_owned(), |(place, metric)| order_key(place, metric));
                (json!({"terms": {"field": field, "size": size, "order": {by: "desc"}}}), metric)
            }
            Some(Split::Filters(filters)) => {
                let filters = filters.iter().map(|filter| (filter.label.clone(), query_string(&filter.query)));
                (json!({"filters": {"filters": filters.collect::<Map<_, _>>()}}), None)
            }
            None if over_time && depth == self.splits.len() => (
                json!({"date_histogram": {
                    "field": TIME_FIELD, "fixed_interval": range.interval(), "time_zone": "UTC", "min_doc_count": 1
                }}),
                None,
            ),
            None => return self.metric_aggregations(),
        };
        let mut inner = self.aggregations(depth + 1, range);
        // The values of an order stand beside what they order, wherever else they are wanted.
        if let Some((place, metric)) = order
            && let Some(aggregation) = aggregation(metric)
        {
            inner.insert(metric_id(place), aggregation);
        }
        if !inner.is_empty() {
            bucket["aggs"] = Value::Object(inner);
        }
        Map::from_iter([(name, bucket)])
    }

    fn metric_aggregations(&self) -> Map<String, Value> {
        let named = |(place, metric)| aggregation(metric).map(|aggregation| (metric_id(place), aggregation));
        self.metrics.iter().enumerate().filter_map(named).collect()
    }

    /// What the aggregation of `splits[depth]` is called, in searches as in saved objects; behind the last one, that of time.
    pub(crate) fn bucket_id(&self, depth: usize) -> String {
        (self.metrics.len() + depth + 1).to_string()
    }
}

/// What the aggregation of a metric is called.
pub(crate) fn metric_id(place: usize) -> String {
    (place + 1).to_string()
}

/// What orders terms, as search servers write it.
fn order_key(place: usize, metric: &Metric) -> String {
    if metric.measure == Measure::Count { "_count".to_owned() } else { order_id(place, metric) }
}

/// What orders terms, as saved objects write it: of percentiles, the first.
pub(crate) fn order_id(place: usize, metric: &Metric) -> String {
    match &metric.measure {
        Measure::Percentiles(_, percents) => {
            format!("{}.{}", metric_id(place), percents.first().copied().unwrap_or(50))
        }
        _ => metric_id(place),
    }
}

/// A metric's aggregation; the count of documents needs none.
fn aggregation(metric: &Metric) -> Option<Value> {
    Some(match &metric.measure {
        Measure::Count => return None,
        Measure::Sum(field) => json!({"sum": {"field": field}}),
        Measure::Average(field) => json!({"avg": {"field": field}}),
        Measure::Max(field) => json!({"max": {"field": field}}),
        Measure::Cardinality(field) => json!({"cardinality": {"field": field}}),
        Measure::Percentiles(field, percents) => {
            json!({"percentiles": {"field": field, "percents": percents, "keyed": false}})
        }
    })
}

fn query_string(query: &str) -> Value {
    json!({"query_string": {"query": query, "analyze_wildcard": true, "time_zone": "UTC"}})
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use serde_json::json;

    use crate::{Range, dashboards};

    fn body(id: &str) -> serde_json::Value {
        let at = |milliseconds| Timestamp::from_millisecond(milliseconds).unwrap();
        let range = Range::new(at(1_795_260_000_000), at(1_795_263_600_000));
        let all = dashboards("logs");
        let panel = all.iter().flat_map(|dashboard| &dashboard.panels).find(|panel| panel.id == id).unwrap();
        panel.search(&range).body
    }

    #[test]
    fn splits_are_outside_time() {
        let body = body("logweir-overview-datasets");
        assert_eq!(
            body["aggs"],
            json!({"2": {
                "terms": {"field": "event.dataset", "size": 10, "order": {"_count": "desc"}},
                "aggs": {"3": {"date_histogram": {
                    "field": "@timestamp", "fixed_interval": "1m", "time_zone": "UTC", "min_doc_count": 1
                }}}
            }})
        );
        assert_eq!(body["query"]["bool"]["filter"][0]["range"]["@timestamp"]["gte"], 1_795_260_000_000_i64);
    }

    #[test]
    fn an_order_is_beside_what_it_orders() {
        let body = body("logweir-lambda-slowest");
        let terms = &body["aggs"]["2"];
        assert_eq!(terms["terms"]["order"], json!({"1.95": "desc"}));
        assert_eq!(terms["aggs"]["1"]["percentiles"]["percents"], json!([95]));
        assert_eq!(body["query"]["bool"]["filter"][1]["query_string"]["query"], "aws.lambda.event:report");
    }
}
