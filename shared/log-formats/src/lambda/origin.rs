//! Which function writes to a log stream.

use crate::shape;

/// How the log group of a function begins, unless it is configured to write elsewhere.
const LOG_GROUP: &str = "/aws/lambda/";
/// How many digits the name of an environment has at the end of a log stream's.
const ENVIRONMENT: usize = 32;

/// The function that a log stream belongs to, as far as its name and its group's say it.
///
/// - `/aws/lambda/NAME`; at the edge `/aws/lambda/us-east-1.NAME` in the region of the edge
///   (<https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-functions-logs.html>), for web functions
///   `/aws/lambda/web/NAME` (<https://docs.aws.amazon.com/lambda/latest/dg/web-functions-logging.html>);
/// - in any other group the stream, `2026/11/21/NAME[VERSION]ENVIRONMENT`
///   (<https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-loggroups.html>).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    /// The function's name.
    pub name: Option<String>,
    /// The function's version, such as `$LATEST`.
    pub version: Option<String>,
}

impl Origin {
    /// What the names of a log group and a log stream say.
    pub fn of(log_group: &str, log_stream: &str) -> Self {
        let (in_stream, version) = of_stream(log_stream).unwrap_or_default();
        let name = of_group(log_group).or(in_stream);
        let is_function = name.is_some();
        Self { name: name.map(str::to_owned), version: version.filter(|_| is_function).map(str::to_owned) }
    }

    /// Whether a function writes there.
    pub fn is_function(&self) -> bool {
        self.name.is_some()
    }
}

fn of_group(log_group: &str) -> Option<&str> {
    let name = log_group.strip_prefix(LOG_GROUP)?;
    let name = name.strip_prefix("web/").unwrap_or(name);
    // No name of a function has a dot.
    let name = name.split_once('.').filter(|(region, _)| is_region(region)).map_or(name, |(_, name)| name);
    (!name.is_empty()).then_some(name)
}

/// `us-east-1`, `us-gov-west-1`.
fn is_region(text: &str) -> bool {
    let mut parts = text.split('-');
    let ends = parts.next_back().is_some_and(|number| number.len() == 1 && shape::is_digits(number));
    ends && parts.clone().count() >= 2
        && parts.all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase()))
}

/// The name, if there is one, and the version.
fn of_stream(log_stream: &str) -> Option<(Option<&str>, Option<&str>)> {
    let (day, rest) = log_stream.split_at_checked(11)?;
    let (name, rest) = rest.split_once('[')?;
    let (version, environment) = rest.split_once(']')?;
    let is_environment = environment.len() == ENVIRONMENT && environment.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_version = version == "$LATEST" || version.starts_with("$LATEST.") || shape::is_digits(version);
    let is_name = name.len() <= 140
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'));
    let is_stream = shape::fits(day, b"0000/00/00/") && is_environment && is_version && is_name;
    is_stream.then_some((Some(name).filter(|name| !name.is_empty()), Some(version)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENVIRONMENT: &str = "0123456789abcdef0123456789abcdef";

    #[test]
    fn functions_are_named_by_groups_and_streams() {
        for (log_group, log_stream, name, version) in [
            ("/aws/lambda/orders", format!("2026/11/21/[$LATEST]{ENVIRONMENT}"), Some("orders"), Some("$LATEST")),
            ("/aws/lambda/orders", format!("2026/11/21/[7]{ENVIRONMENT}"), Some("orders"), Some("7")),
            ("/aws/lambda/orders", "s".to_owned(), Some("orders"), None),
            ("/aws/lambda/us-east-1.headers", format!("2026/11/21/[7]{ENVIRONMENT}"), Some("headers"), Some("7")),
            ("/aws/lambda/us-gov-west-1.headers", "s".to_owned(), Some("headers"), None),
            ("/aws/lambda/web/shop", "s".to_owned(), Some("shop"), None),
            ("/aws/lambda/", "s".to_owned(), None, None),
            ("/shop/functions", format!("2026/11/21/orders[$LATEST]{ENVIRONMENT}"), Some("orders"), Some("$LATEST")),
            ("/shop/functions", format!("2026/11/21/a-b_c[12]{ENVIRONMENT}"), Some("a-b_c"), Some("12")),
            ("/shop/functions", format!("2026/11/21/[$LATEST]{ENVIRONMENT}"), None, None),
            ("/shop/functions", "2026/11/21/orders[$LATEST]0123".to_owned(), None, None),
            ("/shop/functions", format!("2026-11-21/orders[$LATEST]{ENVIRONMENT}"), None, None),
            ("/ecs/web", "web/app/0123456789abcdef".to_owned(), None, None),
            ("", String::new(), None, None),
        ] {
            let found = Origin::of(log_group, &log_stream);
            let (found_name, found_version) = (found.name.as_deref(), found.version.as_deref());
            assert_eq!((found_name, found_version), (name, version), "{log_group} {log_stream}");
        }
    }
}
