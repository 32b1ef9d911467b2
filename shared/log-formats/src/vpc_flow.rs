//! VPC Flow Logs, and those of transit gateways: values in the order of a [`Format`], with spaces between.
//!
//! <https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html>,
//! <https://docs.aws.amazon.com/vpc/latest/tgw/tgw-flow-log-records.html>

mod field;
mod format;

pub use field::{Field, Type};
pub use format::{Column, Format, FormatError};

/// A flow: a line whose every value is one of its column's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flow<'m> {
    /// Without the line feed.
    line: &'m str,
    format: &'m Format,
}

impl<'m> Flow<'m> {
    /// Reads a line of a known format: as many values as columns, each `-` or of its column's type.
    pub fn parse(line: &'m str, format: &'m Format) -> Option<Self> {
        let line = line.trim_end_matches(['\n', '\r']);
        let mut values = values(line);
        let fit = format.columns().iter().all(|column| values.next().is_some_and(|value| column.accepts(value)));
        (fit && values.next().is_none()).then_some(Self { line, format })
    }

    /// Reads a line of the default format or of all fields up to a version in the order of AWS's table. The version that
    /// stands first says which.
    pub fn detect(line: &'m str) -> Option<Self> {
        // Almost every line ends here.
        let ([_, b' ', ..] | [_, _, b' ', ..]) = line.as_bytes() else { return None };
        let (version, _) = line.get(..3)?.split_once(' ')?;
        Self::parse(line, Format::of_version(version.parse().ok()?)?)
    }

    /// Which columns the line has.
    pub fn format(&self) -> &'m Format {
        self.format
    }

    /// The columns and their values in order; nothing where the line has `-`.
    pub fn values(&self) -> impl Iterator<Item = (&'m Column, Option<&'m str>)> + use<'m> {
        self.format.columns().iter().zip(values(self.line).map(|value| (value != "-").then_some(value)))
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
            "2 123456789010  172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK",
        ] {
            assert_eq!(Flow::detect(line), None, "{line}");
        }
    }
}
