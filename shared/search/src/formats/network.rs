//! Flows and name queries.

use std::borrow::Cow;
use std::net::IpAddr;

use logweir_json::{Kind, Scanner};
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

/// Fills the fields of a flow; the columns that have none are written beside them. What is an address in any case is no name,
/// so it stands in one field alone.
pub(super) fn flow<'m>(flow: &Flow<'m>, values: &mut Values<'m>) {
    for (column, value) in flow.values() {
        let (Some(column), Some(value)) = (column.field(), value) else { continue };
        match column {
            Column::SourceAddress => {
                values.text(Field::SourceIp, Some(value));
                values.text(Field::NetworkType, Some(network_type(value)));
            }
            Column::DestinationAddress => values.text(Field::DestinationIp, Some(value)),
            Column::SourcePort => values.integer(Field::SourcePort, Some(value)),
            Column::DestinationPort => values.integer(Field::DestinationPort, Some(value)),
            Column::Protocol => {
                values.text(Field::NetworkIanaNumber, Some(value));
                let name = PROTOCOLS.iter().find(|(number, _)| *number == value);
                values.text(Field::NetworkTransport, name.map(|(_, name)| *name));
            }
            Column::Packets => values.integer(Field::NetworkPackets, Some(value)),
            Column::Bytes => values.integer(Field::NetworkBytes, Some(value)),
            Column::Start => seconds(Field::EventStart, value, values),
            Column::End => seconds(Field::EventEnd, value, values),
            Column::Action => {
                values.text(Field::EventAction, Some(value.to_ascii_lowercase()));
                let outcome = if value == "ACCEPT" { "success" } else { "failure" };
                values.text(Field::EventOutcome, Some(outcome));
            }
            Column::FlowDirection => values.text(Field::NetworkDirection, Some(value)),
            Column::Region => values.text(Field::CloudRegion, Some(value)),
            Column::InstanceId => values.text(Field::CloudInstanceId, Some(value)),
            Column::RejectReason => values.text(Field::EventReason, Some(value)),
            _ => {}
        }
    }
}

/// The kind of network that has an address.
fn network_type(address: &str) -> &'static str {
    if address.contains(':') { "ipv6" } else { "ipv4" }
}

/// A time in seconds, if it is one that a date can be.
fn seconds(field: Field, value: &str, values: &mut Values<'_>) {
    let milliseconds = value.parse::<i64>().ok().and_then(|seconds| seconds.checked_mul(1000));
    if let Some(milliseconds) = milliseconds.filter(|time| *time <= logweir_subscription::MAX_TIMESTAMP) {
        values.set(field, Value::Time(milliseconds));
    }
}

/// The name of a domain without the dot of the root, unless that is all of it.
fn without_root(name: Cow<'_, str>) -> Cow<'_, str> {
    match name {
        Cow::Borrowed(name) => Cow::Borrowed(name.strip_suffix('.').filter(|rest| !rest.is_empty()).unwrap_or(name)),
        Cow::Owned(name) => Cow::Owned(without_root(Cow::Borrowed(name.as_str())).into_owned()),
    }
}

/// The addresses among the answers to a query, which are objects of `Rdata`, `Type` and `Class`.
fn resolved<'m>(answers: Option<&'m str>, values: &mut Values<'m>) {
    let mut addresses = Vec::new();
    let mut scanner = Scanner::new(answers.unwrap_or_default());
    let mut find = || {
        scanner.open(b'[').ok()?;
        let mut first = true;
        while scanner.next(first, b']').ok()? {
            first = false;
            scanner.open(b'{').ok()?;
            let mut first = true;
            while scanner.next(first, b'}').ok()? {
                first = false;
                let is_data = scanner.key().ok()?.is("Rdata");
                if is_data && scanner.kind().ok()? == Kind::String {
                    let data = scanner.string().ok()?;
                    if data.decode().parse::<IpAddr>().is_ok() {
                        addresses.push(Value::Literal(data));
                    }
                } else {
                    scanner.value().ok()?;
                }
            }
        }
        Some(())
    };
    // What was read up to a fault is there.
    let _ = find();
    if !addresses.is_empty() {
        values.set(Field::DnsResolvedIp, Value::List(addresses));
    }
}

/// Fills the fields of a query of the Route 53 resolver.
pub(super) fn query<'m>(query: &Query<'m>, values: &mut Values<'m>) {
    values.literal(Field::CloudRegion, query.region);
    values.text(Field::DnsQuestionName, decoded(query.query_name).map(without_root));
    values.text(Field::NetworkProtocol, Some("dns"));
    values.literal(Field::CloudInstanceId, query.source_ids.instance);
    resolved(query.answers, values);
    values.literal(Field::DnsQuestionType, query.query_type);
    values.literal(Field::DnsQuestionClass, query.query_class);
    values.literal(Field::DnsResponseCode, query.rcode);
    let source = decoded(query.source_address);
    values.text(Field::NetworkType, source.as_deref().map(network_type));
    values.address(Field::SourceAddress, Field::SourceIp, source);
    values.integer(Field::SourcePort, decoded(query.source_port).as_deref());
    values.text(Field::NetworkTransport, decoded(query.transport).map(|name| name.to_ascii_lowercase()));
    values.text(Field::EventAction, decoded(query.firewall_rule_action).map(|name| name.to_ascii_lowercase()));
    let outcome = decoded(query.rcode).map(|code| if code == "NOERROR" { "success" } else { "failure" });
    values.text(Field::EventOutcome, outcome);
}
