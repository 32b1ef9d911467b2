//! How consoles write values into addresses.

use std::fmt::Write as _;

/// A string of the CloudWatch console's objects (JSURL, <https://github.com/Sage/jsurl>, which is what stands behind
/// `queryDetail$3D`): `fields*20*40timestamp`, without the `'` that begins it.
pub(super) fn console_string(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len() * 2);
    for unit in text.encode_utf16() {
        match u8::try_from(unit) {
            Ok(byte) if byte.is_ascii_alphanumeric() || b"-_.".contains(&byte) => encoded.push(char::from(byte)),
            Ok(byte) => _ = write!(encoded, "*{byte:02x}"),
            Err(_) => _ = write!(encoded, "**{unit:04x}"),
        }
    }
    encoded
}

/// A part of the path behind the CloudWatch console's `#`: percent-encoded twice, with `$` for the outer `%`.
pub(super) fn console_path(text: &str) -> String {
    percent(&percent(text, UNRESERVED), UNRESERVED).replace('%', "$")
}

/// A string in Rison (<https://github.com/Nanonid/rison>), which is how OpenSearch Dashboards and Kibana write what a page shows, with
/// its quotes and percent-encoded.
pub(super) fn rison_string(text: &str) -> String {
    format!("'{}'", percent(&text.replace('!', "!!").replace('\'', "!'"), RISON))
}

/// A value in a query of the Kibana Query Language, with its quotes.
pub(super) fn kuery_string(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// What JavaScript's `encodeURIComponent` leaves.
const UNRESERVED: &[u8] = b"-_.!~*'()";
/// What Rison's encoder leaves besides, as it can stand in a fragment and is easier to read.
const RISON: &[u8] = b"-_.!~*'(),:@$/";

fn percent(text: &str, kept: &[u8]) -> String {
    let mut encoded = String::with_capacity(text.len() * 2);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || kept.contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As the console writes them, in addresses that people published in 2025 and 2026.
    #[test]
    fn objects_of_the_console() {
        for (text, encoded) in [
            (
                "fields @timestamp, @message, @logStream, @log\n| sort @timestamp desc\n| limit 10000",
                "fields*20*40timestamp*2c*20*40message*2c*20*40logStream*2c*20*40log*0a*7c*20sort*20*40timestamp*20desc*0a*7c*20limit*2010000",
            ),
            ("2025-05-30T05:00:00.000Z", "2025-05-30T05*3a00*3a00.000Z"),
            (
                "arn:aws:logs:us-west-2:632745187633:log-group:prod-11155111-bonsai-prover-11155111",
                "arn*3aaws*3alogs*3aus-west-2*3a632745187633*3alog-group*3aprod-11155111-bonsai-prover-11155111",
            ),
            ("/ecs/stereo-spot/web-ui", "*2fecs*2fstereo-spot*2fweb-ui"),
            ("filter @message like /job_id=<JOB_ID>/", "filter*20*40message*20like*20*2fjob_id*3d*3cJOB_ID*3e*2f"),
            ("filter @reqeustId = '27c3'", "filter*20*40reqeustId*20*3d*20*2727c3*27"),
        ] {
            assert_eq!(console_string(text), encoded);
        }
        assert_eq!(console_string("é€😀"), "*e9**20ac**d83d**de00");
    }

    /// As <https://stackoverflow.com/questions/60796991> shows them.
    #[test]
    fn paths_of_the_console() {
        assert_eq!(console_path("/my/log/group/goes/here"), "$252Fmy$252Flog$252Fgroup$252Fgoes$252Fhere");
        assert_eq!(console_path("2026/11/21/[$LATEST]0f"), "2026$252F11$252F21$252F$255B$2524LATEST$255D0f");
    }

    #[test]
    fn strings_of_dashboards() {
        assert_eq!(rison_string("it's here!"), "'it!'s%20here!!'");
        assert_eq!(rison_string("service : \"a\" and b"), "'service%20:%20%22a%22%20and%20b'");
        assert_eq!(rison_string("a&b=é#"), "'a%26b%3D%C3%A9%23'");
        assert_eq!(kuery_string("a\"b\\c"), "\"a\\\"b\\\\c\"");
    }
}
