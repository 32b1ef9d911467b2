//! Draws the shipped dashboards by hand:
//!
//! ```text
//! page searches FROM TO <dashboards/opensearch-dashboards.ndjson >searches.ndjson
//! curl -H 'content-type: application/x-ndjson' --data-binary @searches.ndjson "$SEARCH_ENDPOINT/_msearch" >answers.json
//! page draw FROM TO answers.json <dashboards/opensearch-dashboards.ndjson >page.html
//! ```
#![expect(clippy::print_stdout, reason = "what it writes is what it is for")]

use std::error::Error;
use std::io::{Read, stdin};

use logweir_dashboards::{Dashboard, Page, Range};
use serde_json::{Value, json};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [what, from, to, rest @ ..] = arguments.as_slice() else {
        return Err("searches|draw FROM TO [ANSWERS]".into());
    };
    let range = Range::new(from.parse()?, to.parse()?);
    let mut objects = String::new();
    stdin().read_to_string(&mut objects)?;
    let dashboards = Dashboard::of_saved_objects(&objects)?;
    if what == "searches" {
        for panel in dashboards.iter().flat_map(|dashboard| &dashboard.panels) {
            let search = panel.search(&range);
            println!("{}\n{}", json!({"index": search.index, "ignore_unavailable": true}), search.body);
        }
        return Ok(());
    }
    let mut answers: Value = serde_json::from_str(&std::fs::read_to_string(rest.first().ok_or("which answers?")?)?)?;
    let mut answers = answers["responses"].as_array_mut().ok_or("no responses")?.drain(..).map(Ok);
    let mut page = Page::new("Logs", range);
    for dashboard in &dashboards {
        let answers: Vec<_> = answers.by_ref().take(dashboard.panels.len()).collect();
        page.add(dashboard, &answers);
    }
    print!("{}", page.to_html());
    Ok(())
}
