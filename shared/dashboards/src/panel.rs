//! What dashboards consist of, in terms of none of the products that show them.

use std::collections::BTreeSet;

/// The field that every document has: when the event happened.
pub const TIME_FIELD: &str = "@timestamp";
/// How many columns a dashboard has, in OpenSearch Dashboards and Kibana as here.
pub const COLUMNS: u32 = 48;

/// A page of panels on one subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dashboard {
    /// Stable, such as `logweir-overview`: importing again replaces it.
    pub id: String,
    /// Such as `Logweir: Overview`.
    pub title: String,
    /// One sentence: what it shows.
    pub description: String,
    /// From top left to bottom right.
    pub panels: Vec<Panel>,
}

/// A table of events, as Discover opens it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedSearch {
    /// Stable, such as `logweir-search-vpcflow`.
    pub id: String,
    /// Such as `Logweir: VPC Flow Logs`.
    pub title: String,
    /// The indices, such as `cwl-vpcflow-*`.
    pub index: String,
    /// Which documents are shown, in Lucene's query language; empty for all.
    pub query: String,
    /// The fields that are shown beside the time.
    pub columns: Vec<String>,
}

/// One chart, number or table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Panel {
    /// Stable, such as `logweir-vpcflow-bytes`.
    pub id: String,
    /// What is shown, with its unit.
    pub title: String,
    /// The indices, such as `cwl-vpcflow-*`; several by commas.
    pub index: String,
    /// Which documents count, in Lucene's query language; empty for all.
    pub query: String,
    /// How it is drawn.
    pub chart: Chart,
    /// What is drawn, at least one.
    pub metrics: Vec<Metric>,
    /// What it is divided by, the outermost first. Charts over time are divided by time besides, innermost.
    pub splits: Vec<Split>,
    /// Where on the dashboard.
    pub place: Place,
}

/// A kind of chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Chart {
    /// Big numbers, one a metric.
    Number,
    /// Bars over time, stacked where there is a split.
    Bars,
    /// Lines over time.
    Lines,
    /// Horizontal bars, one a term; a second split stacks them, several metrics stand side by side.
    Ranking,
    /// Shares of a whole.
    Donut,
    /// A row a combination of terms, a column a metric.
    Table,
}

impl Chart {
    /// Whether it has an axis of time.
    pub fn is_over_time(self) -> bool {
        matches!(self, Self::Bars | Self::Lines)
    }
}

/// One or more values taken from a set of documents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Metric {
    /// How they are computed.
    pub measure: Measure,
    /// What people call it, with its unit where a number does not show it.
    pub label: String,
}

/// How a value is computed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Measure {
    /// The number of documents.
    Count,
    /// The sum of a field's values.
    Sum(String),
    /// Their mean.
    Average(String),
    /// The largest.
    Max(String),
    /// How many different ones there are, approximately above some thousands.
    Cardinality(String),
    /// The values below which so many percent of them lie.
    Percentiles(String, Vec<u8>),
}

impl Measure {
    /// The field that it reads.
    pub fn field(&self) -> Option<&str> {
        match self {
            Self::Count => None,
            Self::Sum(field)
            | Self::Average(field)
            | Self::Max(field)
            | Self::Cardinality(field)
            | Self::Percentiles(field, _) => Some(field),
        }
    }

    /// Whether the values of parts add up to that of the whole; only then may they be stacked, and a missing one is nought.
    pub fn adds_up(&self) -> bool {
        matches!(self, Self::Count | Self::Sum(_))
    }
}

/// What a panel's documents are divided by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Split {
    /// By the values of a field, those with most of a metric.
    Terms {
        /// The field.
        field: String,
        /// What people call its values.
        label: String,
        /// How many values are shown.
        size: u32,
        /// The metric that orders them, by its place in [`Panel::metrics`].
        order: usize,
    },
    /// By queries.
    Filters(Vec<Filter>),
}

/// The documents that a query finds, under a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    /// Such as `5xx`.
    pub label: String,
    /// In Lucene's query language.
    pub query: String,
}

/// A rectangle of a dashboard's grid.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Place {
    /// Columns from the left.
    pub x: u32,
    /// Rows from the top.
    pub y: u32,
    /// In columns, of [`COLUMNS`].
    pub width: u32,
    /// In rows.
    pub height: u32,
}

impl Panel {
    /// Whether the values of its innermost split are parts of a whole.
    pub(crate) fn is_stacked(&self) -> bool {
        let bars = matches!(self.chart, Chart::Bars | Chart::Ranking);
        bars && self.metrics.len() == 1 && self.metrics[0].measure.adds_up()
    }

    /// The fields that the panel needs in the indices' mappings: those of its metrics, splits and queries.
    pub fn fields(&self) -> BTreeSet<String> {
        let mut fields = BTreeSet::from([TIME_FIELD.to_owned()]);
        fields.extend(self.metrics.iter().filter_map(|metric| metric.measure.field()).map(str::to_owned));
        fields.extend(fields_of_query(&self.query));
        for split in &self.splits {
            match split {
                Split::Terms { field, .. } => _ = fields.insert(field.clone()),
                Split::Filters(filters) => {
                    fields.extend(filters.iter().flat_map(|filter| fields_of_query(&filter.query)));
                }
            }
        }
        fields
    }
}

/// The names before the colons of a query; ours hold none in their values.
fn fields_of_query(query: &str) -> impl Iterator<Item = String> {
    let is_name = |byte: char| byte.is_ascii_alphanumeric() || matches!(byte, '.' | '_' | '@');
    let mut pieces: Vec<_> = query.split(':').collect();
    pieces.pop();
    pieces.into_iter().filter_map(move |piece| piece.rsplit(|byte| !is_name(byte)).next()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::fields_of_query;

    #[test]
    fn fields_stand_before_colons() {
        let fields = |query| fields_of_query(query).collect::<Vec<_>>();
        assert_eq!(fields(""), [""; 0]);
        assert_eq!(
            fields("NOT aws.lambda.event:* AND (log.level:(error OR fatal))"),
            ["aws.lambda.event", "log.level"]
        );
        assert_eq!(fields("http.response.status_code:[400 TO 499]"), ["http.response.status_code"]);
    }
}
