//! One panel: its frame, and why it is empty if it is.

use serde_json::Value;

use super::text::{attributes, escape};
use super::{donut, ranking, table, time_chart, width_of};
use crate::answer::{self, Data, Reading, SearchError, Series};
use crate::colour::Colour;
use crate::panel::{Chart, Panel};
use crate::range::Range;
use crate::unit::Unit;

/// A panel's element.
pub(super) fn draw(panel: &Panel, range: &Range, answer: &Result<Value, SearchError>) -> String {
    let reading = match answer {
        Ok(answer) => answer::read(panel, range, answer),
        Err(error) => Err(error.clone()),
    };
    let (body, warning) = match reading {
        Ok(reading) => (body(panel, range, &reading), reading.warning),
        Err(error) => (failed(panel, &error), None),
    };
    let warning = warning.map_or_else(String::new, |text| format!("<p class=\"note\">{}</p>", escape(&text)));
    let kind = match panel.chart {
        Chart::Number => "number",
        Chart::Table => "tabular",
        _ if panel.place.width > crate::panel::COLUMNS / 2 => "chart wide",
        _ => "chart",
    };
    format!(
        "<article class=\"panel {kind}\" style=\"--w:{width}\"><h3>{title}</h3>{warning}{body}</article>\n",
        width = panel.place.width.clamp(1, crate::panel::COLUMNS),
        title = escape(&panel.title),
    )
}

fn body(panel: &Panel, range: &Range, reading: &Reading) -> String {
    let width = width_of(panel.place.width);
    // Title and legend take some of the rows.
    let height = (f64::from(panel.place.height.clamp(6, 60)) * 23.0 - 76.0).max(60.0);
    match &reading.data {
        Data::Numbers(numbers) => numbers_of(panel, numbers, reading.documents == 0),
        data if !has_values(data) => empty(panel, reading),
        Data::Times(series) => time_chart::draw(panel, range, series, (width, height)),
        Data::Ranked { names, series } if panel.chart == Chart::Donut => donut::draw(panel, names, series),
        Data::Ranked { names, series } => ranking::draw(panel, names, series, width),
        Data::Rows { keys, columns, rows } => table::draw(panel, keys, columns, rows, width),
    }
}

/// Whether there is anything to draw.
fn has_values(data: &Data) -> bool {
    let drawn = |series: &[Series]| {
        let values = series.iter().flat_map(|series| &series.values).flatten();
        values.copied().any(|value| value != 0.0)
    };
    match data {
        Data::Numbers(series) | Data::Times(series) | Data::Ranked { series, .. } => drawn(series),
        Data::Rows { rows, .. } => !rows.is_empty(),
    }
}

/// Big numbers. None of what is counted is a number as well, but a quiet one.
fn numbers_of(panel: &Panel, numbers: &[Series], nothing: bool) -> String {
    let mut body = String::new();
    let mut label = panel.title.clone();
    for number in numbers {
        let value = number.values.first().copied().flatten();
        let shown = value.map_or_else(|| "–".to_owned(), |value| number.unit.format(value));
        let exactly = value.map_or_else(|| "no value".to_owned(), |value| number.unit.format_exactly(value));
        let class = match Colour::of_title(&panel.title) {
            _ if nothing || value.is_none_or(|value| value == 0.0) => Colour::Quiet.class(),
            Some(colour) => colour.class(),
            None => "plain".to_owned(),
        };
        label = format!("{label}: {exactly}");
        let name = if numbers.len() > 1 { format!("<small>{}</small>", escape(&number.name)) } else { String::new() };
        let (digits, unit) = match shown.split_once(' ') {
            Some((digits, unit)) if number.unit != Unit::Time => (digits, format!("<small> {}</small>", escape(unit))),
            _ => (shown.as_str(), String::new()),
        };
        body = format!("{body}<p class=\"{class}\" title=\"{}\">{}{unit}{name}</p>", escape(&exactly), escape(digits));
    }
    let marks =
        if nothing { 0 } else { numbers.iter().filter(|number| number.values.iter().any(Option::is_some)).count() };
    format!("<div class=\"numbers\" {}>{body}</div>", attributes(&panel.id, &label, marks))
}

/// Why there is nothing to see.
fn empty(panel: &Panel, reading: &Reading) -> String {
    let index = escape(&panel.index);
    let reason = if reading.shards == Some(0) {
        format!("There is no index <code>{index}</code> yet.")
    } else if reading.documents > 0 {
        let mut fields = panel.fields();
        fields.remove(crate::panel::TIME_FIELD);
        let fields: Vec<_> = fields.iter().map(|field| format!("<code>{}</code>", escape(field))).collect();
        let count = Unit::Count.format_exactly(count(reading.documents));
        format!("{count} events, but none with a value in {}.", fields.join(", "))
    } else if panel.query.is_empty() {
        format!("No events in <code>{index}</code> in this time.")
    } else {
        format!("No events in this time match <code>{}</code>.", escape(&panel.query))
    };
    format!("<div class=\"empty\" {}><p>{reason}</p></div>", attributes(&panel.id, &panel.title, 0))
}

fn failed(panel: &Panel, error: &SearchError) -> String {
    format!(
        "<div class=\"empty failed\" data-error=\"true\" {}><p>The search failed: {}</p></div>",
        attributes(&panel.id, &panel.title, 0),
        escape(&error.to_string())
    )
}

#[expect(clippy::cast_precision_loss, reason = "it is shown to a person")]
fn count(documents: u64) -> f64 {
    documents as f64
}
