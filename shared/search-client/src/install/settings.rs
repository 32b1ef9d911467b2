//! A setting of the indices that are there already: templates reach new ones alone.

use std::collections::BTreeMap;

use http::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::client::Client;
use crate::error::ClientError;
use crate::install::exchange::{ask, reason};
use crate::install::outcome::{Effect, Outcome, Thing};
use crate::install::{InstallOptions, Template, patterns};
use crate::message::{Request, Response};

const NAME: &str = "index.highlight.max_analyzed_offset";
/// Longer than any log event, which has a megabyte at most: a search that highlights, as those of Discover do, fails over every index
/// with a text that is longer than this.
/// <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html>
const CHARACTERS: u64 = 2_000_000;
/// Longest list of names in a path: servers take lines of 4,096 bytes.
const MAX_LIST: usize = 3_000;

/// The settings that were asked for, by index.
#[derive(Deserialize)]
struct Listed {
    settings: Value,
}

/// Raises how long a text may be that searches highlight, in the indices that `templates` are for. Those with more stay as they are.
pub async fn install_index_settings(
    client: &Client,
    templates: &[Template],
    options: &InstallOptions,
) -> Result<Outcome, ClientError> {
    let request = on(Method::GET, &patterns(templates).join(","))
        .query("filter_path", "*.settings.index.provided_name,*.settings.index.highlight");
    let answer = ask(client, &request, options.timeout).await?;
    let (name, effect) = if answer.is_success() {
        raise(client, lower(&answer), options).await?
    } else {
        (NAME.to_owned(), Effect::Failed { reason: reason(&answer) })
    };
    Ok(Outcome { thing: Thing::IndexSetting, name, effect, dry_run: options.dry_run })
}

/// The indices that allow less. Without any index, the answer is an empty object.
fn lower(answer: &Response) -> Vec<String> {
    let listed: BTreeMap<String, Listed> = answer.json().unwrap_or_default();
    let allowed = |Listed { settings }: &Listed| match &settings["index"]["highlight"]["max_analyzed_offset"] {
        Value::String(text) => text.parse().unwrap_or(0),
        other => other.as_u64().unwrap_or(0),
    };
    listed.iter().filter(|(_, listed)| allowed(listed) < CHARACTERS).map(|(index, _)| index.clone()).collect()
}

async fn raise(
    client: &Client,
    indices: Vec<String>,
    options: &InstallOptions,
) -> Result<(String, Effect), ClientError> {
    if indices.is_empty() {
        return Ok((NAME.to_owned(), Effect::Unchanged));
    }
    let noun = if indices.len() == 1 { "index" } else { "indices" };
    let name = format!("{NAME} of {} {noun}", indices.len());
    let mut failed = None;
    for list in lists(&indices).into_iter().filter(|_| !options.dry_run) {
        if set(client, &list.join(","), options).await?.is_none() {
            continue;
        }
        // One of them is blocked: the others can have it.
        for index in list {
            if let Some(reason) = set(client, index, options).await? {
                failed.get_or_insert(format!("{index}: {reason}"));
            }
        }
    }
    Ok((name, failed.map_or(Effect::Upgraded, |reason| Effect::Failed { reason })))
}

/// Why it could not be set; nothing if it was.
async fn set(client: &Client, indices: &str, options: &InstallOptions) -> Result<Option<String>, ClientError> {
    let answer = ask(client, &on(Method::PUT, indices).json(&json!({ NAME: CHARACTERS })), options.timeout).await?;
    // Deleted since it was listed.
    Ok((!answer.is_success() && answer.status != 404).then(|| reason(&answer)))
}

fn on(method: Method, indices: &str) -> Request {
    Request::new(method, format!("{indices}/_settings"))
        .query("allow_no_indices", "true")
        .query("ignore_unavailable", "true")
}

/// Names in lists that paths can hold.
fn lists(indices: &[String]) -> Vec<Vec<&str>> {
    let mut lists: Vec<Vec<&str>> = Vec::new();
    let mut length = MAX_LIST;
    for index in indices {
        length += index.len() + 1;
        match lists.last_mut() {
            Some(list) if length <= MAX_LIST => list.push(index),
            _ => {
                lists.push(vec![index]);
                length = index.len() + 1;
            }
        }
    }
    lists
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indices_that_allow_less_are_found() {
        let body = r#"{"a":{"settings":{"index":{"provided_name":"a"}}},
            "b":{"settings":{"index":{"provided_name":"b","highlight":{"max_analyzed_offset":"2000000"}}}},
            "c":{"settings":{"index":{"provided_name":"c","highlight":{"max_analyzed_offset":"1000000"}}}},
            "d":{"settings":{"index":{"provided_name":"d","highlight":{"max_analyzed_offset":9000000}}}}}"#;
        let answer = |body: &'static str| Response { status: 200, retry_after: None, body: body.into() };
        assert_eq!(lower(&answer(body)), ["a", "c"]);
        assert!(lower(&answer("{}")).is_empty());
    }

    #[test]
    fn lists_fit_a_path_and_hold_all() {
        let indices: Vec<_> = (0..700).map(|number| format!("cwl-vpcflow-{number:04}.01.01")).collect();
        let lists = lists(&indices);
        assert!(lists.len() > 1 && lists.iter().all(|list| list.join(",").len() <= MAX_LIST));
        assert_eq!(lists.concat(), indices);
        assert!(super::lists(&[]).is_empty());
    }
}
