//! A server that finds something in every bucket.

use serde_json::{Map, Value, json};

/// Terms that whoever can log a line could choose.
pub(crate) const NAMES: [&str; 5] = [
    "/app/web",
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>x",
    "' style='background:red",
    "<b>bold</b> \u{202e}\u{7} & a name that is far longer than there is room for on any chart that anyone would draw",
];

/// What a search server would answer.
pub(crate) fn answer_to(body: &Value) -> Value {
    let mut answer = json!({
        "took": 1, "timed_out": false, "_shards": {"total": 1, "successful": 1, "failed": 0},
        "hits": {"total": {"value": 42, "relation": "eq"}, "hits": []},
    });
    if let Some(aggregations) = body.get("aggs") {
        answer["aggregations"] = Value::Object(answered(aggregations));
    }
    answer
}

fn answered(aggregations: &Value) -> Map<String, Value> {
    let all = aggregations.as_object().expect("aggregations by name").iter();
    all.map(|(name, aggregation)| (name.clone(), one(aggregation))).collect()
}

fn one(aggregation: &Value) -> Value {
    let inner = aggregation.get("aggs").map(answered).unwrap_or_default();
    let bucket = |key: Value, count: u64| {
        let mut bucket = inner.clone();
        bucket.insert("key".to_owned(), key);
        bucket.insert("doc_count".to_owned(), count.into());
        Value::Object(bucket)
    };
    if let Some(filters) = aggregation["filters"]["filters"].as_object() {
        let buckets: Map<_, _> = filters.keys().map(|name| (name.clone(), bucket(Value::Null, 3))).collect();
        return json!({"buckets": buckets});
    }
    if aggregation.get("terms").is_some() {
        let buckets: Vec<_> = NAMES.iter().zip(1..).map(|(name, count)| bucket((*name).into(), 100 / count)).collect();
        return json!({"buckets": buckets, "sum_other_doc_count": 7});
    }
    if aggregation.get("date_histogram").is_some() {
        let at = |minute: u64| bucket((1_795_260_000_000 + minute * 60_000).into(), minute + 1);
        return json!({"buckets": [at(0), at(1), at(30)]});
    }
    if let Some(percents) = aggregation["percentiles"]["percents"].as_array() {
        let values = percents.iter().map(|percent| json!({"key": percent.as_f64(), "value": 12.5}));
        return json!({"values": values.collect::<Vec<_>>()});
    }
    json!({"value": 1234.5})
}
