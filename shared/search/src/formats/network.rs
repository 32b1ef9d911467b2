//! Flows and name queries.

use std::borrow::Cow;

use logweir_log_formats::route53_resolver::Query;
use logweir_log_formats::vpc_flow::{Field as Column, Flow};

use super::decoded;
use crate::field::Field;
use crate::values::{Value, Values};

/// Names of the protocols that are seen
/// (<https://www.iana.org/assignments/protocol-numbers/protocol-numbers.xhtml>).
const PROTOCOLS: [(&str, &str); 9] = [
    ("1", "icmp"),
    ("2", "igmp"),
    ("6", "tcp"),
    ("17", "udp"),
    ("47", "gre"),
    ("50", "esp"),
    ("51", "ah"),
    ("58", "ipv6-icmp"),
    ("132", "sctp"),
];

/// Fills the fields of a flow; its columns are written beside them.
pub(super) fn flow<'m>(flow: &Flow<'m>, values: &mut Values<'m>) {
    for (column, value) in flow.values() {
        let (Some(column), Some(value)) = (column.field(), value) else { continue };
        match column {
            Column::SourceAddress => {
                values.address(Field::SourceAddress, Field::SourceIp, Some(Cow::Borrowed(value)));
                let kind = if value.contains(':') { "ipv6" } else { "ipv4" };
                values.text(Field::NetworkType, Some(kind));
            }
            Column::DestinationAddress => {
                values.address(Field::DestinationAddress, Field::DestinationIp, Some(Cow::Borrowed(value)));
            }
            Column::SourcePort => values.integer(Field::SourcePort, Some(value)),
            Column::DestinationPort => values.integer(Field::DestinationPort, Some(value)),
            Column::Protocol => {
                values.text(Field::NetworkIanaNumber, Some(value));
                let name = PROTOCOLS.iter().find(|(number, _)| *number == value);
                values.text(Field::NetworkTransport, name.map(|(_, name)| *name));
            }
            Column::Packets => {
                values.integer(Field::SourcePackets, Some(value));
                values.integer(Field::NetworkPackets, Some(value));
            }
            Column::Bytes => {
                values.integer(Field::SourceBytes, Some(value));
                values.integer(Field::NetworkBytes, Some(value));
            }
            Column::Start => seconds(Field::EventStart, value, values),
            Column::End => seconds(Field::EventEnd, value, values),
            Column::Action => {
                values.text(Field::EventAction, Some(value.to_ascii_lowercase()));
                let outcome = if value == "ACCEPT" { "success" } else { "failure" };
                values.text(Field::EventOutcome, Some(outcome));
            }
            Column::FlowDirection => values.text(Field::NetworkDirection, Some(value)),
            Column::Region => values.text(Field::CloudRegion, Some(value)),
            Column::RejectReason => values.text(Field::EventReason, Some(value)),
            _ => {}
        }
    }
}

/// A time in seconds, if it is one that a date can be.
fn seconds(field: Field, value: &str, values: &mut Values<'_>) {
    let milliseconds = value.parse::<i64>().ok().and_then(|seconds| seconds.checked_mul(1000));
    if let Some(milliseconds) = milliseconds.filter(|time| *time <= logweir_subscription::MAX_TIMESTAMP) {
        values.set(field, Value::Time(milliseconds));
    }
}

/// Fills the fields of a query of the Route 53 resolver.
pub(super) fn query<'m>(query: &Query<'m>, values: &mut Values<'m>) {
    values.literal(Field::CloudRegion, query.region);
    values.literal(Field::DnsQuestionName, query.query_name);
    values.literal(Field::DnsQuestionType, query.query_type);
    values.literal(Field::DnsQuestionClass, query.query_class);
    values.literal(Field::DnsResponseCode, query.rcode);
    values.address(Field::SourceAddress, Field::SourceIp, decoded(query.source_address));
    values.integer(Field::SourcePort, decoded(query.source_port).as_deref());
    values.text(Field::NetworkTransport, decoded(query.transport).map(|name| name.to_ascii_lowercase()));
    values.text(Field::EventAction, decoded(query.firewall_rule_action).map(|name| name.to_ascii_lowercase()));
    let outcome = decoded(query.rcode).map(|code| if code == "NOERROR" { "success" } else { "failure" });
    values.text(Field::EventOutcome, outcome);
}
