//! Horizontal bars.

use std::fmt::Write;

use super::legend;
use super::text::{attributes, escape, px, shorten};
use crate::answer::Series;
use crate::colour::Colour;
use crate::panel::Panel;
use crate::unit::Unit;

/// How wide a character is, of fonts that are wide.
const CHARACTER: f64 = 7.2;

/// Bars with their names on the left and their values at the end.
pub(super) fn draw(panel: &Panel, names: &[String], series: &[Series], width: f64) -> String {
    let stacked = panel.is_stacked();
    let mut colours = Colour::of_all(series.iter().map(|series| series.name.as_str()));
    if let ([_], [colour]) = (series, colours.as_mut_slice()) {
        // One series needs no legend; what it counts may be bad all the same.
        *colour = Colour::of_title(&panel.title).unwrap_or(Colour::Series(0));
    }
    let unit = series.first().map_or(Unit::Count, |series| series.unit);
    let at = |series: &Series, place: usize| series.values.get(place).copied().flatten().unwrap_or(0.0).max(0.0);
    let total = |place: usize| {
        let values = series.iter().map(|series| at(series, place));
        if stacked { values.sum() } else { values.fold(0.0, f64::max) }
    };
    let largest = (0..names.len()).map(total).fold(0.0, f64::max);
    let largest = if largest > 0.0 && largest.is_finite() { largest } else { 1.0 };

    let lanes = if stacked { 1 } else { series.len().max(1) };
    #[expect(clippy::cast_precision_loss, reason = "a handful of bars")]
    let (row, lane) = if lanes == 1 { (26.0, 16.0) } else { (12.0 + 15.0 * lanes as f64, 13.0) };
    #[expect(clippy::cast_precision_loss, reason = "a handful of bars")]
    let height = row * names.len() as f64 + 4.0;
    let longest = names.iter().map(|name| name.chars().count()).max().unwrap_or(0);
    #[expect(clippy::cast_precision_loss, reason = "a length of text")]
    let left = (longest as f64 * CHARACTER + 12.0).clamp(40.0, width * 0.46);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is between 0 and the page's width")]
    let limit = ((left - 12.0) / CHARACTER + 0.1) as usize;
    let scale = |value: f64| (width - left - 72.0) * (value / largest).min(1.0);

    let (mut body, mut marks) = (String::new(), 0);
    for (place, name) in names.iter().enumerate() {
        #[expect(clippy::cast_precision_loss, reason = "a handful of bars")]
        let top = 2.0 + row * place as f64;
        // Writing to a `String` cannot fail, here and below.
        let _ = write!(
            body,
            "<text class=\"name end\" x=\"{}\" y=\"{}\">{}<title>{}</title></text>",
            px(left - 10.0),
            px(top + row / 2.0 + 4.0),
            escape(&shorten(name, limit)),
            escape(name)
        );
        let mut x = left;
        for (index, (series, colour)) in series.iter().zip(&colours).enumerate() {
            let value = at(series, place);
            #[expect(clippy::cast_precision_loss, reason = "a handful of bars")]
            let y = if stacked {
                top + (row - lane) / 2.0
            } else {
                top + (row - 15.0 * lanes as f64) / 2.0 + 15.0 * index as f64
            };
            if value > 0.0 {
                let length = scale(value).max(1.5);
                let _ = write!(
                    body,
                    "<rect class=\"{} bar\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"><title>{}: {}: {}</title></rect>",
                    colour.class(),
                    px(x),
                    px(y),
                    px(length),
                    px(lane),
                    escape(name),
                    escape(&series.name),
                    series.unit.format_exactly(value)
                );
                marks += 1;
                x += if stacked { length } else { 0.0 };
            }
            if !stacked {
                value_text(&mut body, left + scale(value), y + lane / 2.0, &series.unit.format(value));
            }
        }
        if stacked {
            value_text(&mut body, x, top + row / 2.0, &unit.format(total(place)));
        }
    }
    let legend = if series.len() > 1 { legend::of_series(series, &colours) } else { String::new() };
    format!(
        "<svg viewBox=\"0 0 {w} {h}\" width=\"{w}\" height=\"{h}\" {}>{body}</svg>{legend}",
        attributes(&panel.id, &panel.title, marks),
        w = px(width),
        h = px(height),
    )
}

fn value_text(body: &mut String, x: f64, middle: f64, text: &str) {
    let _ =
        write!(body, "<text class=\"value\" x=\"{}\" y=\"{}\">{}</text>", px(x + 6.0), px(middle + 4.0), escape(text));
}
