//! What a search server answered, as what a chart draws.
//!
//! Answers are somebody else's: whatever is missing or of another type is taken for absent.

use serde_json::Value;

use crate::panel::{Chart, Measure, Panel, Split};
use crate::range::Range;
use crate::search::metric_id;
use crate::unit::Unit;

/// Values under one name, as many as there are places for them.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Series {
    pub(crate) name: String,
    pub(crate) unit: Unit,
    pub(crate) values: Vec<Option<f64>>,
    /// Where nothing was found there was none, rather than something unknown.
    pub(crate) none_is_nought: bool,
}

/// A line of a table.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Row {
    pub(crate) keys: Vec<String>,
    pub(crate) values: Vec<Option<f64>>,
}

/// What a chart draws.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Data {
    /// One value each.
    Numbers(Vec<Series>),
    /// A value for each bucket of the range.
    Times(Vec<Series>),
    /// A value for each name.
    Ranked { names: Vec<String>, series: Vec<Series> },
    /// A table.
    Rows { keys: Vec<String>, columns: Vec<(String, Unit)>, rows: Vec<Row> },
}

/// What was read of an answer.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Reading {
    pub(crate) data: Data,
    /// How many documents were found.
    pub(crate) documents: u64,
    /// How many shards were asked, if the answer says so: none if there is no such index.
    pub(crate) shards: Option<u64>,
    /// What makes the values less than the truth.
    pub(crate) warning: Option<String>,
}

/// One value of a metric.
struct Column<'p> {
    place: usize,
    measure: &'p Measure,
    percent: Option<u8>,
    name: String,
    unit: Unit,
}

/// Why nothing can be drawn of a search.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SearchError {
    /// Nobody asked the server.
    #[error("not asked for")]
    NotAsked,
    /// The server refused, and said why, or nothing.
    #[error("{}", .0.as_deref().unwrap_or("the server gave no reason"))]
    Refused(Option<String>),
    /// What came back is something else.
    #[error("the answer is none of a search")]
    NoSearch,
}

impl SearchError {
    /// Why the server refused a search, if that is its answer.
    pub fn of_answer(answer: &Value) -> Option<Self> {
        answer.get("error").map(|error| Self::Refused(reason(error).map(str::to_owned)))
    }
}

/// Reads an answer, or says what the server said went wrong.
pub(crate) fn read(panel: &Panel, range: &Range, answer: &Value) -> Result<Reading, SearchError> {
    if let Some(error) = SearchError::of_answer(answer) {
        return Err(error);
    }
    let total = &answer["hits"]["total"];
    let documents = total.get("value").unwrap_or(total).as_u64().ok_or(SearchError::NoSearch)?;
    let failed = answer["_shards"]["failed"].as_u64().unwrap_or(0);
    let shards = answer["_shards"]["total"].as_u64();
    let warning = if failed > 0 {
        let why = reason(&answer["_shards"]["failures"][0]["reason"]).unwrap_or("the server does not say why");
        Some(format!("{failed} of {} shards failed: {why}", shards.unwrap_or(failed)))
    } else if answer["timed_out"] == true {
        Some("The server ran out of time: values are too low.".to_owned())
    } else {
        None
    };
    let root = Root { documents, aggregations: &answer["aggregations"] };
    Ok(Reading { data: data(panel, range, &root), documents, shards, warning })
}

fn reason(error: &Value) -> Option<&str> {
    let causes = [&error["root_cause"][0]["reason"], &error["caused_by"]["reason"], &error["reason"], error];
    causes.into_iter().find_map(Value::as_str)
}

struct Root<'a> {
    documents: u64,
    aggregations: &'a Value,
}

fn data(panel: &Panel, range: &Range, root: &Root<'_>) -> Data {
    let columns = columns(panel);
    match panel.chart {
        Chart::Number => {
            let of_root = |column: &Column<'_>| match column.measure {
                #[expect(clippy::cast_precision_loss, reason = "it is drawn with some three digits")]
                Measure::Count => Some(root.documents as f64),
                _ => value(column, root.aggregations),
            };
            Data::Numbers(columns.iter().map(|column| series(column, vec![of_root(column)])).collect())
        }
        Chart::Bars | Chart::Lines => Data::Times(times(panel, range, &columns, root.aggregations)),
        Chart::Ranking | Chart::Donut => ranked(panel, &columns, root.aggregations),
        Chart::Table => {
            let mut rows = Vec::new();
            collect_rows(panel, root.aggregations, &mut Vec::new(), &mut |keys, bucket| {
                let values = columns.iter().map(|column| value(column, bucket)).collect();
                rows.push(Row { keys: keys.to_vec(), values });
            });
            let keys = panel.splits.iter().map(|split| match split {
                Split::Terms { label, field, .. } => if label.is_empty() { field } else { label }.clone(),
                Split::Filters(_) => String::new(),
            });
            let columns = columns.into_iter().map(|column| (column.name, column.unit)).collect();
            Data::Rows { keys: keys.collect(), columns, rows }
        }
    }
}

fn columns(panel: &Panel) -> Vec<Column<'_>> {
    let mut columns = Vec::new();
    for (place, metric) in panel.metrics.iter().enumerate() {
        let (measure, unit) = (&metric.measure, Unit::of(&metric.measure));
        let mut push = |percent, name| columns.push(Column { place, measure, percent, name, unit });
        match measure {
            Measure::Percentiles(_, percents) => {
                for percent in percents {
                    push(Some(*percent), format!("p{percent} {}", metric.label).trim_end().to_owned());
                }
            }
            _ => push(None, metric.label.clone()),
        }
    }
    columns
}

/// A column's value in a bucket.
fn value(column: &Column<'_>, bucket: &Value) -> Option<f64> {
    let found = &bucket[metric_id(column.place)];
    let value = match column.percent {
        _ if *column.measure == Measure::Count => bucket["doc_count"].as_f64(),
        Some(percent) => {
            let mut values = found["values"].as_array()?.iter();
            values.find(|value| value["key"].as_f64() == Some(f64::from(percent)))?["value"].as_f64()
        }
        None => found["value"].as_f64(),
    };
    value.filter(|value| value.is_finite())
}

fn series(column: &Column<'_>, values: Vec<Option<f64>>) -> Series {
    let none_is_nought = column.measure.adds_up() || matches!(column.measure, Measure::Cardinality(_));
    Series { name: column.name.clone(), unit: column.unit, values, none_is_nought }
}

/// The buckets of the split at `depth`, by name.
fn buckets<'a>(panel: &Panel, depth: usize, parent: &'a Value) -> Vec<(String, &'a Value)> {
    let buckets = &parent[panel.bucket_id(depth)]["buckets"];
    match panel.splits.get(depth) {
        Some(Split::Filters(filters)) => {
            let found = filters.iter().filter_map(|filter| Some((filter.label.clone(), buckets.get(&filter.label)?)));
            found.collect()
        }
        _ => buckets.as_array().into_iter().flatten().map(|bucket| (key(bucket), bucket)).collect(),
    }
}

fn key(bucket: &Value) -> String {
    match (&bucket["key_as_string"], &bucket["key"]) {
        (Value::String(text), _) | (_, Value::String(text)) => text.clone(),
        (_, key) => key.to_string(),
    }
}

/// Calls `each` with the keys and the bucket of every combination of splits.
fn collect_rows<'a>(
    panel: &Panel,
    parent: &'a Value,
    keys: &mut Vec<String>,
    each: &mut impl FnMut(&[String], &'a Value),
) {
    if keys.len() == panel.splits.len() {
        return each(keys, parent);
    }
    for (key, bucket) in buckets(panel, keys.len(), parent) {
        keys.push(key);
        collect_rows(panel, bucket, keys, each);
        keys.pop();
    }
}

fn times(panel: &Panel, range: &Range, columns: &[Column<'_>], root: &Value) -> Vec<Series> {
    let starts = range.buckets();
    let mut all = Vec::new();
    collect_rows(panel, root, &mut Vec::new(), &mut |keys, parent| {
        for column in columns {
            let mut values = vec![None; starts.len()];
            for (_, bucket) in buckets(panel, panel.splits.len(), parent) {
                // What lies outside the range is nobody's.
                let start = bucket["key"].as_i64().and_then(|key| starts.binary_search(&key).ok());
                if let Some(slot) = start.and_then(|place| values.get_mut(place)) {
                    *slot = value(column, bucket);
                }
            }
            let mut series = series(column, values);
            if !keys.is_empty() {
                let key = keys.join(" · ");
                series.name = if columns.len() == 1 { key } else { format!("{key} · {}", series.name) };
            }
            all.push(series);
        }
    });
    all
}

fn ranked(panel: &Panel, columns: &[Column<'_>], root: &Value) -> Data {
    let outer = buckets(panel, 0, root);
    let mut all: Vec<Series> = Vec::new();
    if panel.chart == Chart::Donut || panel.splits.len() < 2 {
        let values = |column| outer.iter().map(|(_, bucket)| value(column, bucket)).collect();
        all.extend(columns.iter().map(|column| series(column, values(column))));
    } else if let Some(column) = columns.first() {
        for (place, (_, parent)) in outer.iter().enumerate() {
            for (key, bucket) in buckets(panel, 1, parent) {
                let known = all.iter().position(|series| series.name == key).unwrap_or_else(|| {
                    all.push(Series { name: key, ..series(column, vec![None; outer.len()]) });
                    all.len() - 1
                });
                all[known].values[place] = value(column, bucket);
            }
        }
    }
    Data::Ranked { names: outer.into_iter().map(|(name, _)| name).collect(), series: all }
}
