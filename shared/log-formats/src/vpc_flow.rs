//! VPC Flow Logs, and those of transit gateways: values in the order of a [`Format`], with spaces between.
//!
//! <https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html>,
//! <https://docs.aws.amazon.com/vpc/latest/tgw/tgw-flow-log-records.html>

mod field;
mod format;
mod formats;
mod known;

pub use field::{Field, Type};
pub use format::{Column, Format, FormatError};
pub use formats::{Formats, InvalidFormats};
use memchr::memchr_iter;

/// A flow: a line whose every value is one of its column's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flow<'m> {
    /// Without the line feed.
    line: &'m str,
    columns: &'m [Column],
}

impl<'m> Flow<'m> {
    /// Reads a line of a known format: as many values as columns, each `-` or of its column's type.
    pub fn parse(line: &'m str, format: &'m Format) -> Option<Self> {
        Self::of_columns(line.trim_end_matches(['\n', '\r']), format.columns())
    }

    fn of_columns(line: &'m str, columns: &'m [Column]) -> Option<Self> {
        let mut values = values(line);
        let fit = columns.iter().all(|column| values.next().is_some_and(|value| column.accepts(value)));
        (fit && values.next().is_none()).then_some(Self { line, columns })
    }

    /// Reads a line of an order that needs no setting: AWS's table as far as it goes, behind the default fields; the default format
    /// of a transit gateway; the formats of AWS's examples; all fields up to a version by the alphabet.
    pub fn detect(line: &'m str) -> Option<Self> {
        if !known::begins(line.as_bytes()) {
            return None;
        }
        let line = line.trim_end_matches(['\n', '\r']);
        let count = memchr_iter(b' ', line.as_bytes()).count() + 1;
        known::of_count(count).find_map(|columns| Self::of_columns(line, columns))
    }

    /// Which columns the line has.
    pub fn columns(&self) -> &'m [Column] {
        self.columns
    }

    /// The columns and their values in order; nothing where the line has `-`.
    pub fn values(&self) -> impl Iterator<Item = (&'m Column, Option<&'m str>)> + use<'m> {
        self.columns.iter().zip(values(self.line).map(|value| (value != "-").then_some(value)))
    }

    /// The value of a field as it is written; nothing if the format lacks the field, or the line has `-` there.
    pub fn get(&self, field: Field) -> Option<&'m str> {
        self.values().find(|(column, _)| column.field() == Some(field))?.1
    }

    /// Whether the line stands for flows at all: `NODATA` says that there were none, `SKIPDATA` that some were not recorded.
    pub fn has_data(&self) -> bool {
        !matches!(self.get(Field::LogStatus), Some("NODATA" | "SKIPDATA"))
    }
}

/// What stands between the spaces. Values are short: a search that sets out with whole vectors takes twice the time.
fn values(line: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(line);
    std::iter::from_fn(move || {
        let text = rest?;
        let end = text.bytes().position(|byte| byte == b' ');
        rest = end.map(|end| &text[end + 1..]);
        Some(&text[..end.unwrap_or(text.len())])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sample lines of AWS's documentation
    /// (<https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-records-examples.html>).
    #[test]
    fn lines_of_the_default_format() {
        for (line, status, bytes, source) in [
            (
                "2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK",
                "OK",
                Some("4249"),
                Some("172.31.16.139"),
            ),
            ("2 123456789010 eni-1235b8ca123456789 - - - - - - - 1431280876 1431280934 - NODATA", "NODATA", None, None),
            (
                "2 123456789010 eni-11111111aaaaaaaaa - - - - - - - 1431280876 1431280934 - SKIPDATA\n",
                "SKIPDATA",
                None,
                None,
            ),
            (
                "2 123456789010 eni-1235b8ca123456789 2001:db8:1234:a100:8d6e:3477:df66:f105 2001:db8:1234:a102:3304:8879:34cf:4071 34892 22 6 54 8855 1477913708 1477913820 ACCEPT OK",
                "OK",
                Some("8855"),
                Some("2001:db8:1234:a100:8d6e:3477:df66:f105"),
            ),
            (
                "2 unknown eni-1235b8ca123456789 203.0.113.12 172.31.16.139 0 0 1 4 336 1432917027 1432917142 REJECT OK",
                "OK",
                Some("336"),
                Some("203.0.113.12"),
            ),
        ] {
            let flow = Flow::detect(line).unwrap_or_else(|| panic!("{line}"));
            assert_eq!(flow.get(Field::LogStatus), Some(status), "{line}");
            assert_eq!((flow.get(Field::Bytes), flow.get(Field::SourceAddress)), (bytes, source), "{line}");
            assert_eq!((flow.get(Field::VpcId), flow.has_data()), (None, status == "OK"), "{line}");
        }
    }

    #[test]
    fn lines_of_custom_formats() {
        for (format, line, field, value) in [
            (
                "${version} ${vpc-id} ${subnet-id} ${instance-id} ${interface-id} ${account-id} ${type} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${pkt-srcaddr} ${pkt-dstaddr} ${protocol} ${bytes} ${packets} ${start} ${end} ${action} ${tcp-flags} ${log-status}",
                "3 vpc-abcdefab012345678 subnet-aaaaaaaa012345678 i-01234567890123456 eni-1235b8ca123456789 123456789010 IPv4 52.213.180.42 10.0.0.62 43416 5001 52.213.180.42 10.0.0.62 6 568 8 1566848875 1566848933 ACCEPT 2 OK",
                Field::TcpFlags,
                "2",
            ),
            (
                "${instance-id} ${interface-id} ${srcaddr} ${dstaddr} ${pkt-srcaddr} ${pkt-dstaddr}",
                "- eni-1235b8ca123456789 10.0.1.5 10.0.0.220 10.0.1.5 203.0.113.5",
                Field::PacketDestinationAddress,
                "203.0.113.5",
            ),
            (
                "${encryption-status} ${next-hop-az-id} ${a-new-one}",
                "3 use1-az1 anything",
                Field::EncryptionStatus,
                "3",
            ),
        ] {
            let format: Format = format.parse().expect("a format");
            let flow = Flow::parse(line, &format).unwrap_or_else(|| panic!("{line}"));
            assert_eq!(flow.get(field), Some(value), "{line}");
        }
    }

    #[test]
    fn all_fields_up_to_a_version_and_transit_gateways() {
        let version_5 = "5 123456789010 eni-1235b8ca123456789 10.0.0.5 52.1.1.1 443 80 6 1 40 1566848875 1566848933 ACCEPT OK vpc-abcdefab012345678 subnet-aaaaaaaa012345678 i-01234567890123456 2 IPv4 10.0.0.5 52.1.1.1 us-east-1 use1-az4 - - - S3 egress 8";
        assert_eq!(Flow::detect(version_5).and_then(|flow| flow.get(Field::PacketDestinationAwsService)), Some("S3"));
        let gateway = "6 TransitGateway 123456789012 tgw-0123456789abcdef0 tgw-attach-0123456789abcdef0 - - vpc-abcdefab012345678 vpc-abcdefab012345679 subnet-aaaaaaaa012345678 subnet-aaaaaaaa012345679 eni-1235b8ca123456789 eni-1235b8ca123456780 use1-az4 use1-az6 - 10.0.0.5 10.1.0.5 443 51532 6 25 18420 1795260000 1795260059 OK IPv4 0 0 0 0 2 us-east-1 ingress - -";
        assert_eq!(Flow::detect(gateway).and_then(|flow| flow.get(Field::TgwId)), Some("tgw-0123456789abcdef0"));
    }

    /// Parts of AWS's table (those of ASEA, <https://github.com/aws-samples/aws-secure-environment-accelerator>, end at `az-id`), AWS's
    /// examples, and the alphabet; each with an address that it must have found.
    #[test]
    fn orders_that_need_no_setting() {
        let table = "123456789010 eni-1235b8ca123456789 203.0.113.7 10.0.0.5 443 80 6 1 40 1566848875 1566848933 REJECT OK vpc-abcdefab012345678 subnet-aaaaaaaa012345678 i-01234567890123456 2 IPv4 203.0.113.7 10.0.0.5 us-east-1 use1-az4 - - - S3 egress 8";
        let values: Vec<_> = table.split(' ').collect();
        for count in 13..=values.len() {
            let line = format!("{} {}\n", if count > 24 { 5 } else { 4 }, values[..count].join(" "));
            let flow = Flow::detect(&line).unwrap_or_else(|| panic!("{line}"));
            assert_eq!(
                (flow.get(Field::SourceAddress), flow.columns().len()),
                (Some("203.0.113.7"), count + 1),
                "{line}"
            );
        }
        for line in [
            "3 vpc-abcdefab012345678 subnet-aaaaaaaa012345678 i-01234567890123456 eni-1235b8ca123456789 123456789010 IPv4 203.0.113.7 10.0.0.62 43416 5001 52.213.180.42 10.0.0.62 6 568 8 1566848875 1566848933 ACCEPT 2 OK",
            "- eni-1235b8ca123456789 203.0.113.7 10.0.0.220 10.0.1.5 203.0.113.5",
            "i-01234567890123456 eni-1111aaaa2222bbbb3 203.0.113.7 203.0.113.5 10.0.1.5 203.0.113.5",
            "3 eni-33333333333333333 123456789010 vpc-abcdefab012345678 subnet-22222222bbbbbbbbb i-01234567890123456 203.0.113.7 10.40.2.236 39812 80 6 3 IPv4 10.20.33.164 10.40.2.236 ACCEPT OK",
            "5 203.0.113.7 10.0.0.71 80 34210 6 1616729292 1616729349 IPv4 14 15044 123456789012 vpc-abcdefab012345678 subnet-aaaaaaaa012345678 i-0c50d5961bcb2d47b eni-1235b8ca123456789 ap-southeast-2 apse2-az3 - - ACCEPT 19 52.95.128.179 10.0.0.71 S3 - - ingress OK",
            "111122223333 REJECT euw1-az1 40 10.0.1.5 22 1795260060 ingress i-0a1b2c3d4e5f60718 eni-0a1b2c3d4e5f60718 OK 1 - 10.0.1.5 - 203.0.113.7 6 eu-west-1 203.0.113.7 40000 1795260000 - - subnet-0a1b2c3d4e5f60718 2 - IPv4 5 vpc-0a1b2c3d4e5f60718",
            "111122223333 REJECT 40 10.0.1.5 22 1795260060 eni-0a1b2c3d4e5f60718 OK 1 6 203.0.113.7 40000 1795260000 2",
        ] {
            let flow = Flow::detect(line).unwrap_or_else(|| panic!("{line}"));
            assert_eq!(flow.get(Field::SourceAddress), Some("203.0.113.7"), "{line}");
        }
    }

    #[test]
    fn other_lines_are_none() {
        for line in [
            "",
            "2",
            "2 ",
            "é 1",
            "2 apples",
            "1 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK",
            "2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT",
            "2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK more",
            "2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK",
            "2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 20641 22 6 20 18446744073709551616 1418530010 1418530070 ACCEPT OK",
            "2 123456789010 eth0 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK",
            "- eni-1235b8ca123456789 10.0.1.5 10.0.0.220 10.0.1.5 host",
            "i-am 1.2.3.4 1.2.3.4 1.2.3.4 1.2.3.4 1.2.3.4",
            "111122223333 ACCEPTED by 1.2.3.4",
            "2 123456789010  172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK",
        ] {
            assert_eq!(Flow::detect(line), None, "{line}");
        }
    }
}
