use super::{Builder, index, show};
use crate::panel::{Chart, Dashboard};

const CLIENT_ERROR: (&str, &str) = ("4xx", "http.response.status_code:[400 TO 499]");
const SERVER_ERROR: (&str, &str) = ("5xx", "http.response.status_code:[500 TO 599]");
const CLASSES: [(&str, &str); 4] = [
    ("2xx", "http.response.status_code:[200 TO 299]"),
    ("3xx", "http.response.status_code:[300 TO 399]"),
    CLIENT_ERROR,
    SERVER_ERROR,
];
const BYTES: &str = "http.response.body.bytes";
const LATENCY: &str = "aws.apigateway.response_latency";
const INTEGRATION_LATENCY: &str = "aws.apigateway.integration_latency";

/// Access logs of web servers and API Gateway.
pub(super) fn dashboard(prefix: &str) -> Dashboard {
    Builder::new(
        "access",
        "Access logs",
        "Requests to web servers and to API Gateway: answers, paths, clients, latency.",
        index(prefix, &["access", "apigateway"]),
    )
    .number("requests", 10, show().count("Requests"))
    .number("client-errors", 9, show().count("Client errors (4xx)").of(CLIENT_ERROR.1))
    .number("server-errors", 9, show().count("Server errors (5xx)").of(SERVER_ERROR.1))
    .number("bytes", 10, show().sum(BYTES, "Bytes sent"))
    .number("clients", 10, show().distinct("source.address", "Clients"))
    .panel(
        "status-over-time",
        "Requests over time, by class of status",
        Chart::Bars,
        (48, 14),
        show().count("Requests").filters(&CLASSES),
    )
    .panel(
        "paths",
        "Requests by path",
        Chart::Ranking,
        (24, 15),
        show().count("Requests").by("url.path", 12, "Path").filters(&CLASSES),
    )
    .panel(
        "failing-paths",
        "Client and server errors by path",
        Chart::Ranking,
        (24, 15),
        show()
            .count("Requests")
            .by("url.path", 12, "Path")
            .filters(&[CLIENT_ERROR, SERVER_ERROR])
            .of("http.response.status_code:[400 TO 599]"),
    )
    .panel(
        "latency",
        "API Gateway: latency over time (ms)",
        Chart::Lines,
        (24, 14),
        show()
            .average(LATENCY, "average")
            .percentiles(LATENCY, &[95, 99], "")
            .average(INTEGRATION_LATENCY, "integration, average"),
    )
    .panel("bytes-over-time", "Bytes sent over time", Chart::Bars, (24, 14), show().sum(BYTES, "Bytes sent"))
    .panel(
        "by-client",
        "Requests by client",
        Chart::Ranking,
        (24, 14),
        show().count("Requests").by("source.address", 10, "Client"),
    )
    .panel(
        "agents",
        "Requests by user agent",
        Chart::Ranking,
        (24, 14),
        show().count("Requests").by("user_agent.original", 10, "User agent"),
    )
    .panel(
        "methods",
        "Requests by method",
        Chart::Donut,
        (16, 14),
        show().count("Requests").by("http.request.method", 8, "Method"),
    )
    .panel(
        "slowest-paths",
        "API Gateway: latency by path (ms)",
        Chart::Table,
        (32, 14),
        show()
            .percentiles(LATENCY, &[95], "latency")
            .average(LATENCY, "Average")
            .average(INTEGRATION_LATENCY, "Integration, average")
            .count("Requests")
            .by("url.path", 10, "Path")
            .of("event.dataset:(apigateway OR aws.apigateway_logs)"),
    )
    .build()
}
