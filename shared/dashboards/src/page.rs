//! The answers as one static HTML page: no network, no script, no font of somebody else's.

mod axis;
mod donut;
mod legend;
mod panel;
mod ranking;
mod table;
mod text;
mod time_chart;

use std::fmt::Write;

use serde_json::Value;

use crate::answer::SearchError;
use crate::panel::{COLUMNS, Dashboard};
use crate::range::Range;
use crate::unit::time;
use text::escape;

const STYLE: &str = include_str!("page/style.css");
/// Nothing may be loaded and nothing run, should any text ever be taken for markup.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'";

/// A page of dashboards.
///
/// Every panel has exactly one element with the attributes `data-panel` (its id), `data-marks` (how many bars, points, slices,
/// numbers or rows were drawn) and `data-empty` (`true` if there was nothing to show, with the reason in words); one that the
/// server refused also has `data-error`. Charts are `<svg role="img">`.
#[derive(Debug, Clone)]
pub struct Page {
    title: String,
    range: Range,
    sections: Vec<Section>,
}

#[derive(Debug, Clone)]
struct Section {
    id: String,
    title: String,
    body: String,
}

impl Page {
    /// A page without dashboards. `range` is what was searched.
    pub fn new(title: &str, range: Range) -> Self {
        Self { title: title.to_owned(), range, sections: Vec::new() }
    }

    /// Adds a dashboard: `answers` are the servers' to the searches of its panels, in their order, or why there is none.
    pub fn add(&mut self, dashboard: &Dashboard, answers: &[Result<Value, SearchError>]) {
        let missing = Err(SearchError::NotAsked);
        let mut body = String::new();
        for (place, panel) in dashboard.panels.iter().enumerate() {
            let answer = answers.get(place).unwrap_or(&missing);
            body.push_str(&panel::draw(panel, &self.range, answer));
        }
        let title = dashboard.title.strip_prefix("Logweir: ").unwrap_or(&dashboard.title).to_owned();
        let body = format!(
            "<section id=\"{id}\"><h2>{title}</h2><p class=\"about\">{about}</p>\n<div class=\"grid\">\n{body}</div></section>\n",
            id = escape(&dashboard.id),
            title = escape(&title),
            about = escape(&dashboard.description),
        );
        self.sections.push(Section { id: dashboard.id.clone(), title, body });
    }

    /// The page's text.
    pub fn to_html(&self) -> String {
        let title = escape(&self.title);
        let mut navigation = String::new();
        for section in &self.sections {
            // Writing to a `String` cannot fail.
            let _ = write!(navigation, "<a href=\"#{}\">{}</a>", escape(&section.id), escape(&section.title));
        }
        let bodies: String = self.sections.iter().map(|section| section.body.as_str()).collect();
        #[expect(clippy::cast_precision_loss, reason = "times are far below 2^53 milliseconds")]
        let at = |milliseconds: i64| time(milliseconds as f64, "%Y-%m-%d %H:%M:%S");
        let (from, to, interval) = (at(self.range.from()), at(self.range.to()), self.range.interval());
        format!(
            "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\"><meta name=\"referrer\" content=\"no-referrer\">\n\
             <title>{title}</title>\n<style>\n{STYLE}</style></head>\n<body>\n\
             <header><h1>{title}</h1><p class=\"range\"><time>{from}</time> to <time>{to}</time> UTC<span>{interval} a bucket</span></p></header>\n\
             <nav>{navigation}</nav>\n<main>\n{bodies}</main>\n\
             <footer>Drawn by <code>logweir</code> from the searches of the dashboards it ships. All times are UTC.</footer>\n\
             </body></html>\n"
        )
    }
}

/// The width in pixels that so many columns have on a screen that is wide enough (the style sheet's `--gap` and `main`).
fn width_of(columns: u32) -> f64 {
    const PAGE: f64 = 1340.0;
    const GAP: f64 = 12.0;
    const PADDING: f64 = 34.0;
    let column = (PAGE - GAP * f64::from(COLUMNS - 1)) / f64::from(COLUMNS);
    let columns = f64::from(columns.clamp(1, COLUMNS));
    (columns * column + (columns - 1.0) * GAP - PADDING).max(80.0)
}
