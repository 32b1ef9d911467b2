//! Orders of columns that are told without a setting: each whole line of them has enough columns of narrow types to be certain.

use std::sync::LazyLock;

use super::{Column, Field, Format};

/// How many columns the default format has; no shorter part of AWS's table is told without a setting.
const DEFAULT: usize = 14;

/// The versions of flow logs of a VPC; the fields of each are those of [`Field::ALL`] up to it.
const VERSIONS: [u8; 9] = [2, 3, 4, 5, 7, 8, 9, 10, 11];

/// The version of flow logs of a transit gateway, and the fields of its default format
/// (<https://docs.aws.amazon.com/vpc/latest/tgw/tgw-flow-log-records.html>).
const TRANSIT_GATEWAY: (u8, &str) = (
    6,
    "version resource-type account-id tgw-id tgw-attachment-id tgw-src-vpc-account-id tgw-dst-vpc-account-id tgw-src-vpc-id \
     tgw-dst-vpc-id tgw-src-subnet-id tgw-dst-subnet-id tgw-src-eni tgw-dst-eni tgw-src-az-id tgw-dst-az-id \
     tgw-pair-attachment-id srcaddr dstaddr srcport dstport protocol packets bytes start end log-status type \
     packets-lost-no-route packets-lost-blackhole packets-lost-mtu-exceeded packets-lost-ttl-expired tcp-flags region \
     flow-direction pkt-src-aws-service pkt-dst-aws-service",
);

/// The custom formats of AWS's examples, which many copied
/// (<https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-records-examples.html>).
const EXAMPLES: [&str; 4] = [
    "version vpc-id subnet-id instance-id interface-id account-id type srcaddr dstaddr srcport dstport pkt-srcaddr pkt-dstaddr \
     protocol bytes packets start end action tcp-flags log-status",
    "instance-id interface-id srcaddr dstaddr pkt-srcaddr pkt-dstaddr",
    "version interface-id account-id vpc-id subnet-id instance-id srcaddr dstaddr srcport dstport protocol tcp-flags type \
     pkt-srcaddr pkt-dstaddr action log-status",
    "version srcaddr dstaddr srcport dstport protocol start end type packets bytes account-id vpc-id subnet-id instance-id \
     interface-id region az-id sublocation-type sublocation-id action tcp-flags pkt-srcaddr pkt-dstaddr pkt-src-aws-service \
     pkt-dst-aws-service traffic-path flow-direction log-status",
];

/// All fields of a VPC in the order of AWS's table.
static TABLE: LazyLock<Format> = LazyLock::new(|| Format::new(of_vpc(u8::MAX)));

/// By version: all fields up to it.
static BY_VERSION: LazyLock<Vec<(u8, Format)>> = LazyLock::new(|| {
    let (version, names) = TRANSIT_GATEWAY;
    let of_vpc = VERSIONS.into_iter().map(|version| (version, Format::new(of_vpc(version))));
    of_vpc.chain([(version, of_names(names))]).collect()
});

/// What is in neither: AWS's examples, and all fields of a version by the alphabet, as AWS's console sets out with.
static OTHERS: LazyLock<Vec<Format>> = LazyLock::new(|| {
    let by_alphabet = |version| {
        let mut columns = of_vpc(version);
        columns.sort_by(|one, other| one.name().cmp(other.name()));
        Format::new(columns)
    };
    EXAMPLES.into_iter().map(of_names).chain(VERSIONS.into_iter().map(by_alphabet)).collect()
});

fn of_vpc(version: u8) -> Vec<Column> {
    let of_vpc = Field::ALL.iter().take_while(|field| **field != Field::ResourceType);
    of_vpc.filter(|field| field.version() <= version).copied().map(Column::Known).collect()
}

fn of_names(names: &str) -> Format {
    Format::new(names.split(' ').map(Column::of_name).collect())
}

/// All fields up to a version in the order of AWS's table: for 2 the default format of a VPC, for 6 that of a transit gateway.
pub(super) fn of_version(version: u8) -> Option<&'static Format> {
    BY_VERSION.iter().find_map(|(known, format)| (*known == version).then_some(format))
}

/// The orders that have so many columns. A flow log whose fields were chosen in the order of AWS's table may stop anywhere behind
/// the default ones. Of a transit gateway the second column is none
/// of a VPC.
pub(super) fn of_count(count: usize) -> impl Iterator<Item = &'static [Column]> {
    let of_table = TABLE.columns().get(..count).filter(|_| count >= DEFAULT);
    let of_gateway = of_version(TRANSIT_GATEWAY.0).into_iter();
    let all = of_gateway.map(Format::columns).chain(of_table).chain(OTHERS.iter().map(Format::columns));
    all.filter(move |columns| columns.len() == count)
}

/// Whether a line begins like one of the orders; almost every other line ends here.
pub(super) fn begins(line: &[u8]) -> bool {
    match line {
        // A version, of two digits at most.
        [b'2'..=b'9', b' ', ..] | [b'1'..=b'9', b'0'..=b'9', b' ', ..] => true,
        // An account and an action, by the alphabet.
        [b'0'..=b'9' | b'u', ..] => {
            let account = line.iter().position(|byte| *byte == b' ').unwrap_or_default();
            matches!(account, 7 | 12) && matches!(line.get(account + 1), Some(b'A' | b'R' | b'-'))
        }
        // An instance or none, and an interface.
        [b'-', b' ', rest @ ..] => rest.starts_with(b"eni-"),
        _ => line.starts_with(b"i-"),
    }
}
