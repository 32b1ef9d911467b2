//! Saved objects read back into panels.

use std::collections::BTreeMap;

use serde_json::Value;

use super::vis_state::TYPES;
use crate::panel::{Chart, Dashboard, Filter, Measure, Metric, Panel, Place, Split};

/// Saved objects that are not dashboards of panels that are known here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SavedObjectsError {
    /// A line, or a text inside one, is not JSON.
    #[error("{place} is not JSON: {reason}; export the saved objects again")]
    Json {
        /// Which line, or which attribute of which object.
        place: String,
        /// What the parser says.
        reason: String,
    },
    /// Something that has to be there is not.
    #[error("{object} has no {what}; export it again, with related objects")]
    Missing {
        /// The object's id, or its line.
        object: String,
        /// A path in it, or an object that it refers to.
        what: String,
    },
    /// A visualization is of a kind that is not known here.
    #[error("{object} has {what}, which is not among what is drawn here")]
    Unknown {
        /// The object's id.
        object: String,
        /// The kind of chart or aggregation.
        what: String,
    },
}

impl SavedObjectsError {
    /// A stable word for it.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Json { .. } => "saved_object_json",
            Self::Missing { .. } => "saved_object_incomplete",
            Self::Unknown { .. } => "saved_object_unknown",
        }
    }
}

type Objects = BTreeMap<(String, String), Value>;

impl Dashboard {
    /// The dashboards of exported (or shipped) saved objects, in the order of the file.
    pub fn of_saved_objects(ndjson: &str) -> Result<Vec<Self>, SavedObjectsError> {
        let (mut objects, mut ids) = (Objects::new(), Vec::new());
        for (number, line) in ndjson.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let place = format!("line {}", number + 1);
            let object = parse(line, &place)?;
            // The last line of an export counts what was exported.
            let Some(kind) = object["type"].as_str() else { continue };
            let id = text(&object, "/id", &place)?;
            if kind == "dashboard" {
                ids.push(id.clone());
            }
            objects.insert((kind.to_owned(), id), object);
        }
        // A saved search is not drawn, but must have what it searches.
        for ((_, id), search) in objects.iter().filter(|((kind, _), _)| kind == "search") {
            let source = text(search, "/attributes/kibanaSavedObjectMeta/searchSourceJSON", id)?;
            let source = parse(&source, &format!("searchSourceJSON of {id}"))?;
            let (_, pattern) = referred(search, &text(&source, "/indexRefName", id)?, id)?;
            find(&objects, "index-pattern", &pattern, id)?;
        }
        ids.into_iter().map(|id| dashboard(&objects, id)).collect()
    }
}

fn dashboard(objects: &Objects, id: String) -> Result<Dashboard, SavedObjectsError> {
    let object = find(objects, "dashboard", &id, &id)?;
    let written = parse(&text(object, "/attributes/panelsJSON", &id)?, &format!("panelsJSON of {id}"))?;
    let mut panels = Vec::new();
    for panel in written.as_array().into_iter().flatten() {
        let (_, visualization) = referred(object, &text(panel, "/panelRefName", &id)?, &id)?;
        let at = |name: &str| panel["gridData"][name].as_u64().and_then(|value| u32::try_from(value).ok()).unwrap_or(0);
        let place = Place { x: at("x"), y: at("y"), width: at("w"), height: at("h") };
        panels.push(of_visualization(objects, &visualization, place)?);
    }
    let source = object["attributes"]["kibanaSavedObjectMeta"]["searchSourceJSON"].as_str().unwrap_or("{}");
    if !is_plain(&parse(source, &format!("searchSourceJSON of {id}"))?) {
        return Err(SavedObjectsError::Unknown {
            object: id,
            what: "filters, or a query in another language than Lucene's".to_owned(),
        });
    }
    let title = text(object, "/attributes/title", &id)?;
    let description = object["attributes"]["description"].as_str().unwrap_or_default().to_owned();
    Ok(Dashboard { id, title, description, panels })
}

fn of_visualization(objects: &Objects, id: &str, place: Place) -> Result<Panel, SavedObjectsError> {
    let object = find(objects, "visualization", id, id)?;
    let state = parse(&text(object, "/attributes/visState", id)?, &format!("visState of {id}"))?;
    let source = text(object, "/attributes/kibanaSavedObjectMeta/searchSourceJSON", id)?;
    let source = parse(&source, &format!("searchSourceJSON of {id}"))?;
    let (_, pattern) = referred(object, &text(&source, "/indexRefName", id)?, id)?;
    let index = text(find(objects, "index-pattern", &pattern, id)?, "/attributes/title", &pattern)?;
    let unknown = |what: String| SavedObjectsError::Unknown { object: id.to_owned(), what };

    let kind = text(&state, "/type", id)?;
    let chart = TYPES.iter().find(|(_, name)| *name == kind).map(|(chart, _)| *chart);
    let chart = chart.ok_or_else(|| unknown(format!("the type {kind}")))?;
    if !is_plain(&source) {
        return Err(unknown("filters, or a query in another language than Lucene's".to_owned()));
    }
    let mut panel = Panel {
        title: text(object, "/attributes/title", id)?,
        index,
        query: string(&source["query"]["query"]),
        chart,
        metrics: Vec::new(),
        splits: Vec::new(),
        place,
        id: id.to_owned(),
    };
    read_aggs(&mut panel, &state, &unknown)?;
    Ok(panel)
}

fn read_aggs(
    panel: &mut Panel,
    state: &Value,
    unknown: &dyn Fn(String) -> SavedObjectsError,
) -> Result<(), SavedObjectsError> {
    let (mut over_time, mut metric_ids) = (false, Vec::new());
    let aggs = || state["aggs"].as_array().into_iter().flatten().filter(|agg| agg["enabled"] != false);
    for agg in aggs() {
        let (kind, params) = (agg["type"].as_str().unwrap_or_default(), &agg["params"]);
        if let Some(measure) = measure(kind, params) {
            metric_ids.push(agg["id"].as_str().unwrap_or_default());
            panel.metrics.push(Metric { measure, label: string(&params["customLabel"]) });
        }
    }
    for agg in aggs() {
        let (kind, params) = (agg["type"].as_str().unwrap_or_default(), &agg["params"]);
        match kind {
            "date_histogram" => over_time = true,
            "terms" => {
                let by = params["orderBy"].as_str().unwrap_or_default();
                let by = by.split('.').next().unwrap_or_default();
                panel.splits.push(Split::Terms {
                    field: string(&params["field"]),
                    label: string(&params["customLabel"]),
                    size: params["size"].as_u64().and_then(|size| u32::try_from(size).ok()).unwrap_or(5),
                    order: metric_ids.iter().position(|id| *id == by).unwrap_or(0),
                });
            }
            "filters"
                if params["filters"].as_array().into_iter().flatten().any(|filter| !is_lucene(&filter["input"])) =>
            {
                return Err(unknown("a filter in another language than Lucene's".to_owned()));
            }
            "filters" => {
                let filters = params["filters"].as_array().into_iter().flatten().map(|filter| {
                    let query = string(&filter["input"]["query"]);
                    let label = filter["label"].as_str().filter(|label| !label.is_empty()).unwrap_or(&query);
                    Filter { label: label.to_owned(), query: query.clone() }
                });
                panel.splits.push(Split::Filters(filters.collect()));
            }
            _ if measure(kind, params).is_some() => {}
            _ => return Err(unknown(format!("the aggregation {kind}"))),
        }
    }
    if over_time != panel.chart.is_over_time() {
        return Err(unknown(format!("the type {} {} time", state["type"], if over_time { "over" } else { "without" })));
    }
    let fits = matches!(
        (panel.chart, panel.metrics.len(), panel.splits.len()),
        (Chart::Number, 1.., 0)
            | (Chart::Bars | Chart::Lines, 1.., _)
            | (Chart::Ranking, 1.., 1)
            | (Chart::Ranking, 1, 2)
            | (Chart::Donut, 1, 1)
            | (Chart::Table, 1.., 1..)
    );
    if fits { Ok(()) } else { Err(unknown("too few or too many metrics or buckets".to_owned())) }
}

/// Whether a search is a query in Lucene's language and nothing else.
fn is_plain(source: &Value) -> bool {
    source["filter"].as_array().is_none_or(Vec::is_empty) && is_lucene(&source["query"])
}

fn is_lucene(query: &Value) -> bool {
    query["language"] == "lucene" || query["query"].as_str().is_none_or(str::is_empty)
}

fn measure(kind: &str, params: &Value) -> Option<Measure> {
    let field = string(&params["field"]);
    Some(match kind {
        "count" => Measure::Count,
        "sum" => Measure::Sum(field),
        "avg" => Measure::Average(field),
        "max" => Measure::Max(field),
        "cardinality" => Measure::Cardinality(field),
        "percentiles" => {
            let percents = params["percents"].as_array().into_iter().flatten();
            let percents = percents.map(|percent| percent.as_u64().and_then(|percent| u8::try_from(percent).ok()));
            Measure::Percentiles(field, percents.collect::<Option<_>>()?)
        }
        _ => return None,
    })
}

fn parse(json: &str, place: &str) -> Result<Value, SavedObjectsError> {
    serde_json::from_str(json)
        .map_err(|error| SavedObjectsError::Json { place: place.to_owned(), reason: error.to_string() })
}

fn text(value: &Value, pointer: &str, object: &str) -> Result<String, SavedObjectsError> {
    let missing = || SavedObjectsError::Missing { object: object.to_owned(), what: pointer[1..].replace('/', ".") };
    value.pointer(pointer).and_then(Value::as_str).map(str::to_owned).ok_or_else(missing)
}

fn string(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn find<'o>(objects: &'o Objects, kind: &str, id: &str, by: &str) -> Result<&'o Value, SavedObjectsError> {
    let missing = || SavedObjectsError::Missing { object: by.to_owned(), what: format!("{kind} {id}") };
    objects.get(&(kind.to_owned(), id.to_owned())).ok_or_else(missing)
}

/// Type and id of what an object refers to by a name.
fn referred(object: &Value, name: &str, id: &str) -> Result<(String, String), SavedObjectsError> {
    let missing = || SavedObjectsError::Missing { object: id.to_owned(), what: format!("reference {name}") };
    let mut references = object["references"].as_array().into_iter().flatten();
    // Newer ones put the panel's index before the name.
    let named = |reference: &&Value| {
        let found = reference["name"].as_str().unwrap_or_default();
        found.strip_suffix(name).is_some_and(|before| before.is_empty() || before.ends_with(':'))
    };
    let reference = references.find(named).ok_or_else(missing)?;
    Ok((string(&reference["type"]), text(reference, "/id", id)?))
}
