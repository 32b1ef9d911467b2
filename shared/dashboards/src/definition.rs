//! The dashboards themselves: which panels there are.

mod access;
mod application;
mod cloudtrail;
mod lambda;
mod overview;
mod searches;
mod vpc_flow;

use std::collections::BTreeSet;

use crate::panel::{COLUMNS, Chart, Dashboard, Filter, Measure, Metric, Panel, Place, SavedSearch, Split, TIME_FIELD};

/// What the indices' names begin with unless somebody says otherwise.
pub const DEFAULT_PREFIX: &str = "cwl";
/// Version of the dashboards, to be raised whenever the files under dashboards/ change after a release.
pub const VERSION: u64 = 1;

/// Levels of lines that tell of something gone wrong.
const ERROR_LEVELS: &str = "log.level:(error OR fatal OR critical OR severe OR alert OR emergency)";
const LOG_GROUP: &str = "aws.cloudwatch.log_group";

/// All dashboards, over the indices whose names begin with `prefix`.
pub fn dashboards(prefix: &str) -> Vec<Dashboard> {
    vec![
        overview::dashboard(prefix),
        vpc_flow::dashboard(prefix),
        lambda::dashboard(prefix),
        cloudtrail::dashboard(prefix),
        access::dashboard(prefix),
        application::dashboard(prefix),
    ]
}

/// All saved searches, over the indices whose names begin with `prefix`.
pub fn searches(prefix: &str) -> Vec<SavedSearch> {
    searches::searches(prefix)
}

/// What documents of a dataset have in `event.dataset`: Elastic's name where its AWS integration has one. Ours, which names the
/// indices, stood there before.
pub(crate) fn event_dataset(dataset: &str) -> &str {
    match dataset {
        "vpcflow" => "aws.vpcflow",
        "cloudtrail" => "aws.cloudtrail",
        "lambda" => "aws.lambda_logs",
        "apigateway" => "aws.apigateway_logs",
        "route53resolver" => "aws.route53_resolver_logs",
        "waf" => "aws.waf",
        other => other,
    }
}

/// All fields that the panels of all dashboards need in the mappings.
pub fn fields() -> BTreeSet<String> {
    dashboards(DEFAULT_PREFIX).iter().flat_map(|dashboard| &dashboard.panels).flat_map(Panel::fields).collect()
}

/// The pattern of the indices of some datasets; of none, all.
pub(crate) fn index(prefix: &str, datasets: &[&str]) -> String {
    if datasets.is_empty() {
        return format!("{prefix}-*");
    }
    datasets.iter().map(|dataset| format!("{prefix}-{dataset}-*")).collect::<Vec<_>>().join(",")
}

/// A dashboard under construction: panels flow from left to right, and on when a row is full.
struct Builder {
    dashboard: Dashboard,
    index: String,
    name: &'static str,
    query: String,
    next: Place,
}

impl Builder {
    fn new(name: &'static str, title: &str, description: &str, index: String) -> Self {
        let dashboard = Dashboard {
            id: format!("logweir-{name}"),
            title: format!("Logweir: {title}"),
            description: description.to_owned(),
            panels: Vec::new(),
        };
        Self { dashboard, index, name, query: String::new(), next: Place::default() }
    }

    /// What the documents of all panels of the dashboard have in common.
    fn only(mut self, query: &str) -> Self {
        query.clone_into(&mut self.query);
        self
    }

    fn panel(mut self, id: &str, title: &str, chart: Chart, (width, height): (u32, u32), what: What) -> Self {
        if self.next.x + width > COLUMNS {
            self.next = Place { y: self.next.y + self.next.height, ..Place::default() };
        }
        let query = match (self.query.as_str(), what.query.as_str()) {
            (common, "") => common.to_owned(),
            ("", own) => own.to_owned(),
            (common, own) => format!("{common} AND ({own})"),
        };
        self.dashboard.panels.push(Panel {
            id: format!("logweir-{}-{id}", self.name),
            title: title.to_owned(),
            index: self.index.clone(),
            query,
            chart,
            metrics: what.metrics,
            splits: what.splits,
            place: Place { width, height, ..self.next },
        });
        self.next.x += width;
        self.next.height = self.next.height.max(height);
        self
    }

    /// A big number of one metric, titled as it.
    fn number(self, id: &str, width: u32, what: What) -> Self {
        let title = what.metrics.first().map(|metric| metric.label.clone()).unwrap_or_default();
        self.panel(id, &title, Chart::Number, (width, 6), what)
    }

    fn build(self) -> Dashboard {
        self.dashboard
    }
}

/// What a panel shows.
#[derive(Default)]
struct What {
    query: String,
    metrics: Vec<Metric>,
    splits: Vec<Split>,
}

impl What {
    fn add(mut self, measure: Measure, label: &str) -> Self {
        self.metrics.push(Metric { measure, label: label.to_owned() });
        self
    }

    fn count(self, label: &str) -> Self {
        self.add(Measure::Count, label)
    }

    fn sum(self, field: &str, label: &str) -> Self {
        self.add(Measure::Sum(field.to_owned()), label)
    }

    fn average(self, field: &str, label: &str) -> Self {
        self.add(Measure::Average(field.to_owned()), label)
    }

    fn max(self, field: &str, label: &str) -> Self {
        self.add(Measure::Max(field.to_owned()), label)
    }

    /// When the newest of them happened.
    fn newest(self) -> Self {
        self.max(TIME_FIELD, "Newest (UTC)")
    }

    fn distinct(self, field: &str, label: &str) -> Self {
        self.add(Measure::Cardinality(field.to_owned()), label)
    }

    fn percentiles(self, field: &str, percents: &[u8], label: &str) -> Self {
        self.add(Measure::Percentiles(field.to_owned(), percents.to_vec()), label)
    }

    fn of(mut self, query: &str) -> Self {
        query.clone_into(&mut self.query);
        self
    }

    /// By the terms with most of the first metric.
    fn by(self, field: &str, size: u32, label: &str) -> Self {
        self.ordered_by(field, size, label, 0)
    }

    fn ordered_by(mut self, field: &str, size: u32, label: &str, order: usize) -> Self {
        self.splits.push(Split::Terms { field: field.to_owned(), label: label.to_owned(), size, order });
        self
    }

    fn filters(mut self, filters: &[(&str, &str)]) -> Self {
        let filter = |(label, query): &(&str, &str)| Filter { label: (*label).to_owned(), query: (*query).to_owned() };
        self.splits.push(Split::Filters(filters.iter().map(filter).collect()));
        self
    }
}

/// Something to be said about documents.
fn show() -> What {
    What::default()
}
