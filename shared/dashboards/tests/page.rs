//! What is drawn: everything that an answer holds, nothing that it does not, and text as text.

mod answers;

use std::collections::BTreeSet;

use jiff::Timestamp;
use logweir_dashboards::{Chart, DEFAULT_PREFIX, Dashboard, Page, Panel, Range, SearchError, dashboards};
use serde_json::{Value, json};

use answers::{NAMES, answer_to};

fn range() -> Range {
    let at = |milliseconds| Timestamp::from_millisecond(milliseconds).expect("a time");
    Range::new(at(1_795_260_000_000), at(1_795_263_600_000 - 1))
}

fn panels() -> Vec<Panel> {
    dashboards(DEFAULT_PREFIX).into_iter().flat_map(|dashboard| dashboard.panels).collect()
}

fn named(id: &str) -> Panel {
    panels().into_iter().find(|panel| panel.id == id).expect("a panel of that id")
}

/// A page of one panel.
fn draw(panel: &Panel, answer: Result<Value, &str>) -> String {
    let mut page = Page::new("a page", range());
    let dashboard = Dashboard {
        id: "d".to_owned(),
        title: "Dashboard".to_owned(),
        description: String::new(),
        panels: vec![panel.clone()],
    };
    page.add(&dashboard, &[answer.map_err(|reason| SearchError::Refused(Some(reason.to_owned())))]);
    page.to_html()
}

/// An attribute of the panel's element.
fn attribute<'p>(page: &'p str, name: &str) -> &'p str {
    let found: Vec<_> = page.split(&format!(" {name}=\"")).skip(1).collect();
    assert_eq!(found.len(), 1, "{name} stands once");
    found[0].split('"').next().unwrap_or_default()
}

fn marks(page: &str) -> usize {
    attribute(page, "data-marks").parse().expect("a number")
}

#[test]
fn everything_that_was_answered_is_drawn() {
    for panel in panels() {
        let search = panel.search(&range());
        let page = draw(&panel, Ok(answer_to(&search.body)));
        // Answers are of `NAMES.len()` terms, or all filters, and three buckets of time.
        let values = panel.metrics.iter().map(|metric| match &metric.measure {
            logweir_dashboards::Measure::Percentiles(_, percents) => percents.len(),
            _ => 1,
        });
        let parts: usize = panel
            .splits
            .iter()
            .map(|split| match split {
                logweir_dashboards::Split::Terms { .. } => NAMES.len(),
                logweir_dashboards::Split::Filters(filters) => filters.len(),
            })
            .product();
        let values: usize = values.sum();
        let expected = match panel.chart {
            Chart::Number => values,
            Chart::Bars | Chart::Lines => parts * values * 3,
            Chart::Ranking => parts * values,
            Chart::Donut | Chart::Table => parts,
        };
        assert_eq!(marks(&page), expected, "{}", panel.id);
        assert_eq!(attribute(&page, "data-empty"), "false", "{}", panel.id);
        assert_eq!(attribute(&page, "data-panel"), panel.id);
        assert!(!page.contains("NaN") && !page.contains("inf\""), "{}", panel.id);
    }
}

#[test]
fn nothing_runs_and_nothing_is_loaded() {
    for panel in panels() {
        let page = draw(&panel, Ok(answer_to(&panel.search(&range()).body)));
        for markup in [
            "<script",
            "<img",
            "<b>bold",
            "onerror=alert(1)>x",
            "http://",
            "https://",
            "url(",
            "@import",
            "javascript:",
        ] {
            assert!(!page.contains(markup), "{} has {markup}", panel.id);
        }
        assert!(page.contains("content=\"default-src 'none'; style-src 'unsafe-inline'\""));
    }
    let hostile = "</title><script>alert(1)</script>";
    let mut page = Page::new(hostile, range());
    let dashboard = Dashboard {
        id: "\"><script>".to_owned(),
        title: hostile.to_owned(),
        description: hostile.to_owned(),
        panels: vec![Panel {
            title: hostile.to_owned(),
            id: "'\"><script>".to_owned(),
            ..named("logweir-overview-events")
        }],
    };
    page.add(&dashboard, &[Err(SearchError::Refused(Some(hostile.to_owned())))]);
    page.add(&dashboard, &[]);
    assert!(!page.to_html().contains("<script"));
}

#[test]
fn long_names_are_shortened_and_kept_in_full() {
    let mut answer = answer_to(&named("logweir-overview-busiest").search(&range()).body);
    let name = "/aws/lambda/".to_owned() + &"x".repeat(300) + "-end";
    answer["aggregations"]["2"]["buckets"][0]["key"] = name.as_str().into();
    let page = draw(&named("logweir-overview-busiest"), Ok(answer));
    assert!(page.contains(&format!("<title>{name}</title>")) && page.contains("…xxx"));

    // What fits is not.
    let panel = named("logweir-vpcflow-destination-ports");
    let answer = (1..=12).map(|length| json!({"key": "5".repeat(length), "doc_count": 3}));
    let answer =
        json!({"hits": {"total": {"value": 9}}, "aggregations": {"2": {"buckets": answer.collect::<Vec<_>>()}}});
    assert!(!draw(&Panel { splits: panel.splits[..1].to_vec(), ..panel }, Ok(answer)).contains('…'));
}

#[test]
fn empty_panels_say_why() {
    let panel = named("logweir-vpcflow-rejected-sources");
    let nothing = |shards: u64, documents: u64| {
        Ok(json!({"_shards": {"total": shards, "failed": 0}, "hits": {"total": {"value": documents}},
            "aggregations": {"2": {"buckets": []}}}))
    };
    for (answer, reason) in [
        (nothing(0, 0), "There is no index <code>cwl-vpcflow-*</code> yet."),
        (nothing(1, 0), "No events in this time match <code>event.action:reject</code>."),
        (nothing(1, 1234), "1,234 events, but none with a value in <code>event.action</code>, <code>source.ip</code>."),
        (Err("401: no such user"), "The search failed: 401: no such user"),
        (
            Ok(
                json!({"error": {"reason": "all shards failed", "root_cause": [{"reason": "no <field>"}]}, "status": 400}),
            ),
            "The search failed: no &lt;field&gt;",
        ),
        (Ok(json!([])), "The search failed: the answer is none of a search"),
    ] {
        let failed = reason.starts_with("The search failed");
        let page = draw(&panel, answer);
        assert!(page.contains(reason), "{reason}");
        assert_eq!((attribute(&page, "data-empty"), marks(&page)), ("true", 0));
        assert_eq!(page.contains("data-error=\"true\""), failed);
    }
    // A number of nothing is a number, and empty.
    let page = draw(&named("logweir-overview-events"), nothing(1, 0));
    assert!(page.contains(">0</p>") && attribute(&page, "data-empty") == "true");
}

#[test]
fn values_less_than_the_truth_are_said_to_be() {
    let panel = named("logweir-overview-events");
    let mut answer = answer_to(&panel.search(&range()).body);
    answer["_shards"] = json!({"total": 5, "failed": 2, "failures": [{"reason": {"reason": "<out of memory>"}}]});
    assert!(draw(&panel, Ok(answer)).contains("2 of 5 shards failed: &lt;out of memory&gt;"));
}

#[test]
fn gaps_of_lines_are_bridged_thinly() {
    let panel = named("logweir-lambda-duration");
    let bucket = |minute: u64, value: Value| {
        json!({"key": 1_795_260_000_000_u64 + minute * 60_000, "doc_count": 1, "1": {"value": value},
            "2": {"values": [{"key": 95.0, "value": value}, {"key": 99.0, "value": null}]}})
    };
    let buckets = [
        bucket(0, json!(1.0)),
        bucket(1, json!(2.0)),
        bucket(2, json!(null)),
        bucket(9, json!(4.0)),
        bucket(99, json!(9)),
    ];
    let answer = json!({"hits": {"total": {"value": 4}}, "aggregations": {"3": {"buckets": buckets}}});
    let page = draw(&panel, Ok(answer));
    assert_eq!(marks(&page), 6, "three of the average, three of p95, none of p99, none outside the range");
    assert_eq!(page.matches("class=\"across\" d=\"M").count(), 2);
}

/// Whatever is changed in an answer, a page comes of it.
#[test]
fn answers_with_missing_or_strange_parts() {
    let strange =
        [json!(null), json!("text"), json!(-1), json!(1e308), json!([]), json!({}), json!(true), json!(u64::MAX)];
    let mut kinds = BTreeSet::new();
    // One panel of each kind will do.
    let is_new = |panel: &Panel| kinds.insert((format!("{:?}", panel.chart), panel.metrics.len(), panel.splits.len()));
    for panel in panels().into_iter().filter(is_new) {
        let answer = answer_to(&panel.search(&range()).body);
        for pointer in pointers(&answer) {
            for value in &strange {
                let mut changed = answer.clone();
                *changed.pointer_mut(&pointer).expect("it was there") = value.clone();
                let page = draw(&panel, Ok(changed));
                assert!(!page.contains("NaN") && !page.contains("inf\""), "{} {pointer} {value}", panel.id);
            }
        }
    }
}

/// The places in a value, of lists the first only.
fn pointers(value: &Value) -> Vec<String> {
    let inner: Vec<(String, &Value)> = match value {
        Value::Object(members) => {
            members.iter().map(|(key, value)| (key.replace('~', "~0").replace('/', "~1"), value)).collect()
        }
        Value::Array(items) => items.iter().take(1).map(|value| ("0".to_owned(), value)).collect(),
        _ => Vec::new(),
    };
    let below =
        inner.iter().flat_map(|(key, value)| pointers(value).into_iter().map(move |rest| format!("/{key}{rest}")));
    std::iter::once(String::new()).chain(below).collect()
}
