//! `logweir search draw`.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::Args;
use jiff::{SignedDuration, Timestamp};
use logweir_dashboards::{Dashboard, Page, Product, Range, SearchError, saved_objects};
use logweir_search::IndexPrefix;
use logweir_search_client::{Client, Method, Request};
use serde::Deserialize;
use serde_json::{Value, json};

use super::connection::Connection;

/// What all searches together may take.
const TIMEOUT: Duration = Duration::from_mins(2);

pub(super) const HELP: &str = "\
Exit codes: 0 done, 1 some panels could not be drawn, or the server did not answer, 2 wrong flags or an unwritable file.

Example:
  logweir search draw --endpoint http://127.0.0.1:9200 --last 6h --output dashboards.html";

#[derive(Debug, Args)]
pub(crate) struct Draw {
    #[command(flatten)]
    connection: Connection,
    /// First part of the names of all indices.
    #[arg(long, default_value_t)]
    prefix: IndexPrefix,
    /// How long before now the page begins: 90m, 6h, 7d.
    #[arg(long, value_name = "TIME", default_value = "24h", value_parser = duration, conflicts_with = "from")]
    last: SignedDuration,
    /// When the page begins, such as 2026-11-21T08:00:00Z.
    #[arg(long, value_name = "TIME")]
    from: Option<Timestamp>,
    /// When it ends; now, unless given.
    #[arg(long, value_name = "TIME", requires = "from")]
    to: Option<Timestamp>,
    /// File to write, which any browser opens without a network; - is standard output.
    #[arg(long, value_name = "FILE", default_value = "logweir-dashboards.html")]
    output: PathBuf,
}

#[derive(Deserialize)]
struct Answers {
    responses: Vec<Value>,
}

/// Whether every panel was drawn.
pub(super) async fn run(options: &Draw, out: &mut impl Write) -> Result<bool> {
    let (client, _) = options.connection.clients(None)?;
    let now = now();
    let to = options.to.unwrap_or(now);
    let from = options.from.unwrap_or(now.saturating_sub(options.last)?);
    if from >= to {
        bail!("the page would end ({to}) before it begins ({from})");
    }
    let range = Range::new(from, to);
    // As a product would read them: what is drawn is what was installed.
    let dashboards =
        Dashboard::of_saved_objects(&saved_objects(Product::OpenSearchDashboards, options.prefix.as_str()))?;
    let mut answers = search(&client, &dashboards, &range).await?.into_iter();
    let mut page = Page::new("Logs", range);
    let (mut panels, mut failed) = (0, 0);
    for dashboard in &dashboards {
        let answers: Vec<_> = answers.by_ref().take(dashboard.panels.len()).collect();
        panels += answers.len();
        failed += answers.iter().filter(|answer| answer.is_err()).count();
        page.add(dashboard, &answers);
    }
    if options.output == Path::new("-") {
        out.write_all(page.to_html().as_bytes())?;
    } else {
        fs::write(&options.output, page.to_html())
            .with_context(|| format!("{} cannot be written", options.output.display()))?;
        writeln!(out, "{}: {} dashboards, {panels} panels", options.output.display(), dashboards.len())?;
    }
    if failed > 0 {
        crate::complain(&format_args!("{failed} of {panels} panels could not be drawn; the page says why in each"));
    }
    Ok(failed == 0)
}

/// All searches in one request; the answers in the order of the panels.
async fn search(client: &Client, dashboards: &[Dashboard], range: &Range) -> Result<Vec<Result<Value, SearchError>>> {
    let mut body = String::new();
    for panel in dashboards.iter().flat_map(|dashboard| &dashboard.panels) {
        let search = panel.search(range);
        let header = json!({"index": search.index, "ignore_unavailable": true});
        body.extend([header.to_string(), search.body.to_string()].into_iter().flat_map(|line| [line, "\n".to_owned()]));
    }
    let request = Request::new(Method::POST, "_msearch").body("application/x-ndjson", body);
    let response = client.send(&request, TIMEOUT).await?;
    if !response.is_success() {
        let words = String::from_utf8_lossy(&response.body);
        let words: String = words.chars().take(300).collect();
        bail!("{} answers {}: {words}", client.endpoint(), response.status);
    }
    let Answers { responses } = response.json().context("the server's answer is not that of a search")?;
    let answer = |response| SearchError::of_answer(&response).map_or(Ok(response), Err);
    Ok(responses.into_iter().map(answer).collect())
}

/// A text is no length of time, or one of more than ten years.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no time: write 90m, 6h or 7d")]
struct DurationError(String);

fn duration(text: &str) -> Result<SignedDuration, DurationError> {
    let wrong = || DurationError(text.to_owned());
    let unit = text.chars().next_back().ok_or_else(wrong)?;
    let hours_or_minutes: i64 = text[..text.len() - unit.len_utf8()].parse().map_err(|_| wrong())?;
    let minutes = match unit {
        'm' => 1,
        'h' => 60,
        'd' => 24 * 60,
        _ => return Err(wrong()),
    };
    let total = hours_or_minutes.checked_mul(minutes).filter(|minutes| (1..=10 * 366 * 24 * 60).contains(minutes));
    total.map(SignedDuration::from_mins).ok_or_else(wrong)
}

#[expect(clippy::disallowed_methods, reason = "the end of the page, unless it is given")]
fn now() -> Timestamp {
    Timestamp::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times() {
        assert_eq!(duration("90m"), Ok(SignedDuration::from_mins(90)));
        assert_eq!(duration("7d"), Ok(SignedDuration::from_hours(168)));
        for text in ["", "h", "6", "-1h", "0m", "6x", "9999999999999999999d", "é"] {
            assert!(duration(text).is_err(), "{text}");
        }
    }
}
