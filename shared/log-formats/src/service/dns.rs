//! Queries of public hosted zones.

use super::Service;
use super::columns::Columns;
use crate::shape;

const COLUMNS: [&str; 10] = [
    "version",
    "query_timestamp",
    "hosted_zone_id",
    "query_name",
    "query_type",
    "rcode",
    "transport",
    "edge_location",
    "srcaddr",
    "edns_client_subnet",
];

/// A query of a public hosted zone.
pub(super) fn public_query(line: &str) -> Option<(Service, Columns<'_>)> {
    let rest = line.strip_prefix("1.0 ")?;
    if !shape::is_utc_time(rest.split(' ').next()?) {
        return None;
    }
    let values: Vec<_> = line.split(' ').collect();
    let is_query = values.len() == COLUMNS.len()
        && values[2].starts_with('Z')
        && values[5].bytes().all(|byte| byte.is_ascii_uppercase())
        && matches!(values[6], "UDP" | "TCP")
        && values[8].parse::<std::net::IpAddr>().is_ok();
    is_query.then(|| (Service::Route53Public, Columns::new(&COLUMNS, values)))
}
