//! Tables.

use std::fmt::Write;

use super::text::{escape, shorten};
use crate::answer::Row;
use crate::panel::Panel;
use crate::unit::Unit;

/// A table; the first column of numbers has bars behind them.
pub(super) fn draw(panel: &Panel, keys: &[String], columns: &[(String, Unit)], rows: &[Row], width: f64) -> String {
    let limit = limit(keys.len(), columns, width);
    let mut head = String::new();
    for key in keys {
        // Writing to a `String` cannot fail, here and below.
        let _ = write!(head, "<th>{}</th>", escape(key));
    }
    for (name, unit) in columns {
        let class = if *unit == Unit::Time { "when" } else { "amount" };
        let _ = write!(head, "<th class=\"{class}\">{}</th>", escape(name));
    }
    let first = |row: &Row| row.values.first().copied().flatten();
    let largest = rows.iter().filter_map(first).fold(0.0, f64::max);

    let mut body = String::new();
    let mut above: &[String] = &[];
    for row in rows {
        body.push_str("<tr>");
        let mut same = true;
        for (place, key) in row.keys.iter().enumerate() {
            // A name that stands above already need not be read again.
            same &= place + 1 < row.keys.len() && above.get(place) == Some(key);
            let class = if same { " class=\"again\"" } else { "" };
            let _ = write!(body, "<td{class} title=\"{}\">{}</td>", escape(key), escape(&shorten(key, limit)));
        }
        above = &row.keys;
        for (place, ((_, unit), value)) in columns.iter().zip(&row.values).enumerate() {
            cell(&mut body, *unit, *value, (place == 0 && largest > 0.0).then_some(largest));
        }
        body.push_str("</tr>\n");
    }
    format!(
        "<div class=\"scroll\"><table aria-label=\"{}\" data-panel=\"{}\" data-marks=\"{marks}\" data-empty=\"{}\">\
         <thead><tr>{head}</tr></thead><tbody>\n{body}</tbody></table></div>",
        escape(&panel.title),
        escape(&panel.id),
        rows.is_empty(),
        marks = rows.len(),
    )
}

/// How many characters of a key there is room for, beside the numbers.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is between 16 and the page's width")]
#[expect(clippy::cast_precision_loss, reason = "a handful of columns")]
fn limit(keys: usize, columns: &[(String, Unit)], width: f64) -> usize {
    let numbers: f64 = columns.iter().map(|(_, unit)| if *unit == Unit::Time { 150.0 } else { 80.0 }).sum();
    (((width - numbers) / keys.max(1) as f64 - 10.0) / 7.4).max(16.0) as usize
}

fn cell(body: &mut String, unit: Unit, value: Option<f64>, largest: Option<f64>) {
    let class = if unit == Unit::Time { "when" } else { "amount" };
    let Some(value) = value else {
        let _ = write!(body, "<td class=\"{class} none\">–</td>");
        return;
    };
    let bar = largest.filter(|_| unit != Unit::Time).map_or_else(String::new, |largest| {
        format!(" style=\"--p:{:.1}%\"", (value / largest * 100.0).clamp(0.0, 100.0))
    });
    let bars = if bar.is_empty() { "" } else { " bars" };
    let _ = write!(
        body,
        "<td class=\"{class}{bars}\"{bar} title=\"{}\">{}</td>",
        escape(&unit.format_exactly(value)),
        escape(&unit.format(value))
    );
}
