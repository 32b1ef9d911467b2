use super::{Builder, index, show};
use crate::panel::{Chart, Dashboard};

const BYTES: &str = "network.bytes";
const BY_ACTION: [(&str, &str); 2] = [("accept", "event.action:accept"), ("reject", "event.action:reject")];
/// Records of intervals without data name an interface and nothing else.
const WITH_DATA: &str = "event.action:*";
const REJECTED: &str = "event.action:reject";

/// VPC Flow Logs.
pub(super) fn dashboard(prefix: &str) -> Dashboard {
    Builder::new(
        "vpcflow",
        "VPC Flow Logs",
        "Who talks to whom, how much, and what security groups and network ACLs turn away.",
        index(prefix, &["vpcflow"]),
    )
    .number("flows", 12, show().count("Flows").of(WITH_DATA))
    .number("bytes", 12, show().sum(BYTES, "Bytes"))
    .number("rejected", 12, show().count("Rejected flows").of(REJECTED))
    .number("sources", 12, show().distinct("source.ip", "Source addresses"))
    .panel(
        "bytes-over-time",
        "Bytes over time, by action",
        Chart::Bars,
        (24, 14),
        show().sum(BYTES, "Bytes").filters(&BY_ACTION),
    )
    .panel(
        "actions-over-time",
        "Flows over time, accepted and rejected",
        Chart::Bars,
        (24, 14),
        show().count("Flows").filters(&BY_ACTION),
    )
    .panel(
        "rejected-sources",
        "Rejected flows by source address",
        Chart::Ranking,
        (24, 15),
        show().count("Rejected flows").by("source.ip", 12, "Source").of(REJECTED),
    )
    .panel(
        "destination-ports",
        "Flows by destination port",
        Chart::Ranking,
        (24, 15),
        show().count("Flows").by("destination.port", 12, "Port").filters(&BY_ACTION),
    )
    .panel(
        "talkers",
        "Top talkers by bytes",
        Chart::Table,
        (32, 16),
        show().sum(BYTES, "Bytes").sum("network.packets", "Packets").count("Flows").by("source.ip", 6, "Source").by(
            "destination.ip",
            2,
            "Destination",
        ),
    )
    .panel(
        "protocols",
        "Bytes by protocol",
        Chart::Donut,
        (16, 16),
        show().sum(BYTES, "Bytes").by("network.transport", 8, "Protocol"),
    )
    .panel(
        "interfaces",
        "Bytes by network interface",
        Chart::Ranking,
        (24, 13),
        show().sum(BYTES, "Bytes").by("aws.vpcflow.interface_id", 10, "Interface").of(WITH_DATA),
    )
    .panel(
        "without-data",
        "Intervals without data (NODATA) or skipped (SKIPDATA) over time",
        Chart::Bars,
        (24, 13),
        show()
            .count("Records")
            .filters(&[("NODATA", "aws.vpcflow.log_status:NODATA"), ("SKIPDATA", "aws.vpcflow.log_status:SKIPDATA")]),
    )
    .build()
}
