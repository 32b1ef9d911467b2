//! Standard logs of `CloudFront` in columns with tabs between, as `w3c` and version 2 write them.

use super::Service;
use super::columns::Columns;
use crate::shape;

/// How many columns a line has at least: as far as the query.
const LEAST: usize = 12;
const COLUMNS: [&str; 33] = [
    "date",
    "time",
    "x-edge-location",
    "sc-bytes",
    "c-ip",
    "cs-method",
    "cs(Host)",
    "cs-uri-stem",
    "sc-status",
    "cs(Referer)",
    "cs(User-Agent)",
    "cs-uri-query",
    "cs(Cookie)",
    "x-edge-result-type",
    "x-edge-request-id",
    "x-host-header",
    "cs-protocol",
    "cs-bytes",
    "time-taken",
    "x-forwarded-for",
    "ssl-protocol",
    "ssl-cipher",
    "x-edge-response-result-type",
    "cs-protocol-version",
    "fle-status",
    "fle-encrypted-fields",
    "c-port",
    "time-to-first-byte",
    "x-edge-detailed-result-type",
    "sc-content-type",
    "sc-content-len",
    "sc-range-start",
    "sc-range-end",
];

/// A request in columns.
pub(super) fn columns(line: &str) -> Option<(Service, Columns<'_>)> {
    // Almost every line ends here.
    if !shape::fits(line.get(..19)?, b"0000-00-00\t00:00:00") {
        return None;
    }
    let values: Vec<_> = line.split('\t').collect();
    let is_request = values.len() >= LEAST
        && shape::is_digits(values[3])
        && values[4].parse::<std::net::IpAddr>().is_ok()
        && values[7].starts_with('/')
        // Of a client that left it is 000.
        && shape::fits(values[8], b"000");
    is_request.then(|| (Service::CloudFront, Columns::new(&COLUMNS, values)))
}
