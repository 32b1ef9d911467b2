//! Access logs of load balancers.

use super::Service;
use super::columns::{Columns, quoted_values};
use crate::shape;

/// How many columns a line of an Application Load Balancer has at least: as far as the program of the client.
const APPLICATION_LEAST: usize = 14;
const APPLICATION: [&str; 29] = [
    "type",
    "time",
    "elb",
    "client",
    "target",
    "request_processing_time",
    "target_processing_time",
    "response_processing_time",
    "elb_status_code",
    "target_status_code",
    "received_bytes",
    "sent_bytes",
    "request",
    "user_agent",
    "ssl_cipher",
    "ssl_protocol",
    "target_group_arn",
    "trace_id",
    "domain_name",
    "chosen_cert_arn",
    "matched_rule_priority",
    "request_creation_time",
    "actions_executed",
    "redirect_url",
    "error_reason",
    "target_list",
    "target_status_code_list",
    "classification",
    "classification_reason",
];
const NETWORK: [&str; 18] = [
    "type",
    "version",
    "time",
    "elb",
    "listener",
    "client",
    "destination",
    "connection_time",
    "tls_handshake_time",
    "received_bytes",
    "sent_bytes",
    "incoming_tls_alert",
    "chosen_cert_arn",
    "chosen_cert_serial",
    "tls_cipher",
    "tls_protocol_version",
    "tls_named_group",
    "domain_name",
];

/// A request to an Application Load Balancer.
pub(super) fn application(line: &str) -> Option<(Service, Columns<'_>)> {
    let (kind, rest) = line.split_once(' ')?;
    if !matches!(kind, "http" | "https" | "h2" | "grpcs" | "ws" | "wss") || !shape::is_utc_time(rest.split(' ').next()?)
    {
        return None;
    }
    let values = quoted_values(line, APPLICATION.len())?;
    let is_time = |text: &str| text == "-1" || shape::is_decimal(text);
    let is_number = |text: &str| text == "-" || shape::is_digits(text);
    let is_request = values.len() >= APPLICATION_LEAST
        && values[3].contains(':')
        && values[5..8].iter().all(|time| is_time(time))
        && values[8..12].iter().all(|number| is_number(number));
    is_request.then(|| (Service::ApplicationLoadBalancer, Columns::new(&APPLICATION, values)))
}

/// A TLS connection to a Network Load Balancer.
pub(super) fn network(line: &str) -> Option<(Service, Columns<'_>)> {
    let values: Vec<_> = line.strip_prefix("tls ")?.split(' ').collect();
    let is_connection = values.len() >= NETWORK.len() - 1
        && matches!(values[0], "1.0" | "2.0")
        && shape::fits(values[1], b"0000-00-00T00:00:00")
        && values[2].starts_with("net/")
        && values[4].contains(':')
        && values[8..10].iter().all(|number| shape::is_digits(number));
    is_connection.then(|| (Service::NetworkLoadBalancer, Columns::new(&NETWORK[1..], values)))
}
