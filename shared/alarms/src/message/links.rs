//! Where more is to be seen: addresses of consoles, for the window that decided.

use std::fmt::Write as _;

use serde::Serialize;

use super::encoding::{console_path, console_string, kuery_string, rison_string};
use super::text::time;
use crate::{Line, Notification};

/// What addresses are made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Links {
    /// The region of the log groups.
    pub region: String,
    /// Where OpenSearch Dashboards or Kibana is, if there is one: `https://search.example/_dashboards`.
    pub dashboards_url: Option<String>,
    /// The account whose console is meant. A log group of another one is named by its ARN, as it has to be in a monitoring account.
    pub account: Option<String>,
}

/// Longest address: browsers and mail programs take it, and a message has room for it many times.
const MAX_URL_BYTES: usize = 2_000;
/// The saved object that `dashboards/*.ndjson` install for all indices.
const INDEX_PATTERN: &str = "logweir-all";
const QUERY: &str = "fields @timestamp, @log, @logStream, @message\n| sort @timestamp asc\n| limit 1000";

/// Addresses of a notification.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(super) struct Urls {
    /// CloudWatch Logs Insights, with the log groups of the lines.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) logs_insights: Option<String>,
    /// The log stream of the first line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) log_stream: Option<String>,
    /// Discover of OpenSearch Dashboards or Kibana.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) dashboards: Option<String>,
}

impl Urls {
    /// Those of a notification.
    pub(super) fn new(notification: &Notification, links: &Links) -> Self {
        let window = notification.transition.window;
        let mut groups: Vec<&Line> = Vec::new();
        for line in &notification.lines {
            let is_known =
                groups.iter().any(|known| (&known.owner, &known.log_group) == (&line.owner, &line.log_group));
            if !is_known && groups.len() < 20 {
                groups.push(line);
            }
        }
        let console = console(&links.region);
        Self {
            logs_insights: console.as_ref().and_then(|console| logs_insights(console, links, &groups, window)),
            log_stream: console
                .as_ref()
                .and_then(|console| log_stream(console, links, notification.lines.first()?, window)),
            dashboards: links.dashboards_url.as_deref().and_then(|base| dashboards(base, &groups, window)),
        }
    }

    /// Each with what it is.
    pub(super) fn named(&self) -> impl Iterator<Item = (&'static str, &str)> {
        [
            ("CloudWatch Logs Insights", &self.logs_insights),
            ("Log stream of the first line", &self.log_stream),
            ("Dashboards", &self.dashboards),
        ]
        .into_iter()
        .filter_map(|(name, url)| Some((name, url.as_deref()?)))
    }
}

/// A region's console.
struct Console {
    address: String,
    partition: &'static str,
}

/// Where the console of a region is, if it is known.
fn console(region: &str) -> Option<Console> {
    let is_name = !region.is_empty() && region.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let (partition, host) = match region {
        _ if !is_name || region.len() > 64 || region.contains("-iso") || region.starts_with("eusc-") => return None,
        china if china.starts_with("cn-") => ("aws-cn", "console.amazonaws.cn"),
        government if government.starts_with("us-gov-") => ("aws-us-gov", "console.amazonaws-us-gov.com"),
        _ => ("aws", "console.aws.amazon.com"),
    };
    Some(Console { address: format!("https://{region}.{host}/cloudwatch/home?region={region}#logsV2:"), partition })
}

fn is_elsewhere(line: &Line, links: &Links) -> bool {
    links.account.as_ref().is_some_and(|account| !line.owner.is_empty() && *account != line.owner)
}

/// A query of the window over as many of the log groups as an address has room for.
fn logs_insights(console: &Console, links: &Links, groups: &[&Line], (from, to): (i64, i64)) -> Option<String> {
    let mut url = format!(
        "{}logs-insights$3FqueryDetail$3D~(end~'{}~start~'{}~timeType~'ABSOLUTE~tz~'UTC~editorString~'{}~source~(",
        console.address,
        console_string(&time(to)),
        console_string(&time(from)),
        console_string(QUERY),
    );
    let mut is_any = false;
    for line in groups.iter().filter(|line| !line.log_group.is_empty()) {
        let Links { region, .. } = links;
        let name = if is_elsewhere(line, links) {
            format!("arn:{}:logs:{region}:{}:log-group:{}", console.partition, line.owner, line.log_group)
        } else {
            line.log_group.clone()
        };
        let name = console_string(&name);
        if url.len() + name.len() + 4 <= MAX_URL_BYTES {
            _ = write!(url, "~'{name}");
            is_any = true;
        }
    }
    is_any.then(|| url + "))")
}

/// A log stream in the window. That of another account is not to be seen in this one's console.
fn log_stream(console: &Console, links: &Links, line: &Line, (from, to): (i64, i64)) -> Option<String> {
    if is_elsewhere(line, links) || line.log_group.is_empty() || line.log_stream.is_empty() {
        return None;
    }
    let url = format!(
        "{}log-groups/log-group/{}/log-events/{}$3Fstart$3D{from}$26end$3D{to}",
        console.address,
        console_path(&line.log_group),
        console_path(&line.log_stream),
    );
    (url.len() <= MAX_URL_BYTES).then_some(url)
}

/// All documents of the window, of the log groups of the lines if there are any.
fn dashboards(base: &str, groups: &[&Line], (from, to): (i64, i64)) -> Option<String> {
    let is_address = base.starts_with("https://") || base.starts_with("http://");
    if !is_address || base.chars().any(|character| !character.is_ascii_graphic() || "<>\"'`|\\^{}".contains(character))
    {
        return None;
    }
    let of = |query: &str| {
        let url = format!(
            "{}/app/discover#/?_g=(time:(from:'{}',to:'{}'))&_a=(columns:!(aws.cloudwatch.log_group,message),index:{INDEX_PATTERN},query:(language:kuery,query:{}))",
            base.trim_end_matches('/'),
            time(from),
            time(to),
            rison_string(query),
        );
        (url.len() <= MAX_URL_BYTES).then_some(url)
    };
    let mut names: Vec<_> = groups
        .iter()
        .map(|line| &line.log_group)
        .filter(|name| !name.is_empty())
        .map(|name| kuery_string(name))
        .collect();
    names.dedup();
    let query = match &names[..] {
        [] => String::new(),
        names => format!("aws.cloudwatch.log_group:({})", names.join(" or ")),
    };
    of(&query).or_else(|| of(""))
}

#[cfg(test)]
mod tests;
