//! Bars and lines over time.

use std::fmt::Write;

use super::text::{attributes, escape, px};
use super::{axis, legend};
use crate::answer::Series;
use crate::colour::Colour;
use crate::panel::{Chart, Panel};
use crate::range::Range;
use crate::unit::{Unit, time};

/// Where things are on the chart.
struct Frame {
    left: f64,
    top: f64,
    width: f64,
    height: f64,
    /// When the first bucket begins, and how much time there is from there to the end of the last one.
    first: i64,
    span: f64,
    slot: f64,
    /// The value at the top.
    largest: f64,
}

#[expect(clippy::cast_precision_loss, reason = "places of buckets and spans of time are far below 2^53")]
impl Frame {
    fn x_of_slot(&self, place: usize) -> f64 {
        self.left + self.slot * place as f64
    }

    fn x_of_time(&self, at: i64) -> f64 {
        self.left + self.width * (at - self.first) as f64 / self.span
    }

    fn y(&self, value: f64) -> f64 {
        self.top + self.height * (1.0 - (value / self.largest).clamp(0.0, 1.0))
    }
}

/// A chart with its legend.
pub(super) fn draw(panel: &Panel, range: &Range, series: &[Series], (width, height): (f64, f64)) -> String {
    let starts = range.buckets();
    let colours = Colour::of_all(series.iter().map(|series| series.name.as_str()));
    let stacked = panel.chart == Chart::Bars;
    let at = |series: &Series, place: usize| series.values.get(place).copied().flatten();
    let largest_of = |place: usize| {
        let values = series.iter().filter_map(|series| at(series, place));
        if stacked { values.sum() } else { values.fold(0.0, f64::max) }
    };
    let largest = (0..starts.len()).map(largest_of).fold(0.0, f64::max);
    let unit = series.first().map_or(Unit::Count, |series| series.unit);
    let ticks = axis::values(largest, (height / 45.0).clamp(2.0, 5.0).floor(), axis::is_whole(unit));
    let labels: Vec<_> = ticks.iter().map(|tick| unit.format(*tick)).collect();
    let longest = labels.iter().map(|label| label.chars().count()).max().unwrap_or(0);
    let frame = frame(range, &starts, (width, height), longest, ticks.last().copied().unwrap_or(1.0));

    let mut body = axes(&frame, ticks.iter().copied().zip(labels), width);
    let marks =
        if stacked { bars(&frame, series, &colours, &mut body) } else { lines(&frame, series, &colours, &mut body) };
    slots(&frame, &starts, series, &mut body);
    format!(
        "<svg viewBox=\"0 0 {w} {h}\" width=\"{w}\" height=\"{h}\" {}>{body}</svg>{}",
        attributes(&panel.id, &panel.title, marks),
        legend::of_series(series, &colours),
        w = px(width),
        h = px(height),
    )
}

#[expect(clippy::cast_precision_loss, reason = "places of buckets and spans of time are far below 2^53")]
fn frame(range: &Range, starts: &[i64], (width, height): (f64, f64), longest: usize, largest: f64) -> Frame {
    let left = longest as f64 * 6.2 + 10.0;
    let plot = width - left - 6.0;
    let count = starts.len().max(1);
    Frame {
        left,
        top: 8.0,
        width: plot,
        height: height - 30.0,
        first: starts.first().copied().unwrap_or(0),
        span: (range.interval_milliseconds() as f64) * count as f64,
        slot: plot / count as f64,
        largest,
    }
}

fn axes(frame: &Frame, ticks: impl Iterator<Item = (f64, String)>, width: f64) -> String {
    let mut body = String::new();
    for (tick, label) in ticks {
        let y = frame.y(tick);
        let class = if tick == 0.0 { "base" } else { "rule" };
        // Writing to a `String` cannot fail, here and below.
        let _ = write!(
            body,
            "<line class=\"{class}\" x1=\"{}\" y1=\"{y}\" x2=\"{}\" y2=\"{y}\"/><text class=\"tick end\" x=\"{}\" y=\"{}\">{}</text>",
            px(frame.left),
            px(width - 6.0),
            px(frame.left - 8.0),
            px(y + 3.5),
            escape(&label),
            y = px(y),
        );
    }
    #[expect(clippy::cast_possible_truncation, reason = "a cast of a number of labels saturates")]
    let end = frame.first.saturating_add(frame.span as i64);
    #[expect(clippy::cast_possible_truncation, reason = "a cast of a number of labels saturates")]
    for (at, name) in axis::times(frame.first, end, (frame.width / 75.0) as i64) {
        let (x, bottom) = (frame.x_of_time(at), frame.top + frame.height);
        if x > frame.left + frame.width - 12.0 {
            continue;
        }
        let class = if x < frame.left + 14.0 { "tick" } else { "tick middle" };
        let _ = write!(
            body,
            "<line class=\"base\" x1=\"{x}\" y1=\"{}\" x2=\"{x}\" y2=\"{}\"/><text class=\"{class}\" x=\"{x}\" y=\"{}\">{}</text>",
            px(bottom),
            px(bottom + 4.0),
            px(bottom + 17.0),
            escape(&name),
            x = px(x),
        );
    }
    body
}

fn bars(frame: &Frame, series: &[Series], colours: &[Colour], body: &mut String) -> usize {
    let gap = if frame.slot > 6.0 { 2.0 } else { frame.slot * 0.15 };
    let mut marks = 0;
    let mut sums = vec![0.0; series.iter().map(|series| series.values.len()).max().unwrap_or(0)];
    for (series, colour) in series.iter().zip(colours) {
        let _ = write!(body, "<g class=\"{}\">", colour.class());
        for (place, value) in series.values.iter().enumerate() {
            let Some(value) = value.filter(|value| *value > 0.0) else { continue };
            let (bottom, top) = (frame.y(sums[place]), frame.y(sums[place] + value));
            sums[place] += value;
            // However little it is, it is there.
            let height = (bottom - top).max(0.6);
            let _ = write!(
                body,
                "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/>",
                px(frame.x_of_slot(place) + gap / 2.0),
                px(bottom - height),
                px(frame.slot - gap),
                px(height)
            );
            marks += 1;
        }
        body.push_str("</g>");
    }
    marks
}

fn lines(frame: &Frame, series: &[Series], colours: &[Colour], body: &mut String) -> usize {
    let mut marks = 0;
    for (series, colour) in series.iter().zip(colours) {
        let value = |value: Option<f64>| if series.none_is_nought { value.or(Some(0.0)) } else { value };
        let points = series.values.iter().enumerate().filter_map(|(place, found)| Some((place, value(*found)?)));
        let points: Vec<_> =
            points.map(|(place, value)| (place, frame.x_of_slot(place) + frame.slot / 2.0, frame.y(value))).collect();
        let (mut path, mut across) = (String::new(), String::new());
        let mut before: Option<(usize, f64, f64)> = None;
        for &(place, x, y) in &points {
            match before {
                Some((last, ..)) if last + 1 == place => _ = write!(path, "L{} {}", px(x), px(y)),
                _ => _ = write!(path, "M{} {}", px(x), px(y)),
            }
            // Where nothing is known the eye is led, no more.
            if let Some((last, from_x, from_y)) = before
                && last + 1 < place
            {
                let _ = write!(across, "M{} {}L{} {}", px(from_x), px(from_y), px(x), px(y));
            }
            before = Some((place, x, y));
        }
        let class = colour.class();
        let _ = write!(
            body,
            "<g class=\"{class}\"><path class=\"across\" d=\"{across}\"/><path class=\"line\" d=\"{path}\"/>"
        );
        for &(place, x, y) in &points {
            // A point of nought, of what is nought mostly, is line enough.
            let shown = series.values.get(place).copied().flatten().is_some_and(|value| value != 0.0);
            if shown {
                let _ = write!(body, "<circle cx=\"{}\" cy=\"{}\" r=\"2\"/>", px(x), px(y));
                marks += 1;
            }
        }
        body.push_str("</g>");
    }
    marks
}

/// What the values of a bucket are, where the pointer is.
fn slots(frame: &Frame, starts: &[i64], series: &[Series], body: &mut String) {
    for (place, start) in starts.iter().enumerate() {
        let values = series.iter().filter_map(|series| {
            let value = series.values.get(place).copied().flatten()?;
            Some(format!("\n{}: {}", series.name, series.unit.format(value)))
        });
        let values: String = values.collect();
        if values.is_empty() {
            continue;
        }
        #[expect(clippy::cast_precision_loss, reason = "times are far below 2^53 milliseconds")]
        let at = time(*start as f64, "%Y-%m-%d %H:%M:%S UTC");
        let _ = write!(
            body,
            "<rect class=\"slot\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"><title>{at}{}</title></rect>",
            px(frame.x_of_slot(place)),
            px(frame.top),
            px(frame.slot),
            px(frame.height),
            escape(&values)
        );
    }
}
