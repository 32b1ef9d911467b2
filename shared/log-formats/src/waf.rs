//! Logs of AWS WAF: one JSON object a request.
//!
//! <https://docs.aws.amazon.com/waf/latest/developerguide/logging-fields.html>

use logweir_json::{Scanner, Text};

use crate::object::{Value, json_record, members};

json_record! {
    /// A request that a web ACL judged. What is not here, or of another kind than the page says, is in [`Waf::json`].
    pub struct WafRequest {
        timestamp: number = "timestamp",
        format_version: number = "formatVersion",
        web_acl_id: text = "webaclId",
        terminating_rule_id: text = "terminatingRuleId",
        terminating_rule_type: text = "terminatingRuleType",
        action: text = "action",
        http_source_name: text = "httpSourceName",
        http_source_id: text = "httpSourceId",
        response_code_sent: number = "responseCodeSent",
        request_body_size: number = "requestBodySize",
        ja3_fingerprint: text = "ja3Fingerprint",
        ja4_fingerprint: text = "ja4Fingerprint",
        client_asn: number = "clientAsn",
        labels: raw = "labels",
        terminating_rule_match_details: raw = "terminatingRuleMatchDetails",
        rule_group_list: raw = "ruleGroupList",
        rate_based_rule_list: raw = "rateBasedRuleList",
        non_terminating_matching_rules: raw = "nonTerminatingMatchingRules",
        request_headers_inserted: raw = "requestHeadersInserted",
        captcha_response: raw = "captchaResponse",
        challenge_response: raw = "challengeResponse",
        oversize_fields: raw = "oversizeFields",
        @ http_request: HttpRequest = "httpRequest",
    }
}

json_record! {
    /// The request itself.
    pub struct HttpRequest {
        client_ip: text = "clientIp",
        country: text = "country",
        http_method: text = "httpMethod",
        http_version: text = "httpVersion",
        scheme: text = "scheme",
        host: text = "host",
        uri: text = "uri",
        args: text = "args",
        fragment: text = "fragment",
        request_id: text = "requestId",
        headers: raw = "headers",
    }
}

/// A request, and the JSON that it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Waf<'m> {
    /// The whole object.
    pub json: &'m str,
    /// What is read of it.
    pub request: WafRequest<'m>,
}

impl<'m> Waf<'m> {
    /// A JSON object that has the keys which every request has.
    pub(crate) fn of_members(json: &'m str, members: &[(Text<'m>, Value<'m>)]) -> Option<Self> {
        let required = ["webaclId", "terminatingRuleId", "action"];
        let has = |name: &str| members.iter().any(|(key, value)| key.is(name) && value.text().is_some());
        if !required.into_iter().all(has) {
            return None;
        }
        let mut request = WafRequest::default();
        for (key, value) in members {
            request.take(*key, *value);
        }
        (request.timestamp.is_some() && request.http_request != HttpRequest::default())
            .then_some(Self { json, request })
    }

    /// The first value of a header, whose name is compared without regard to case.
    pub fn header(&self, name: &str) -> Option<Text<'m>> {
        let headers = self.request.http_request.headers?;
        let mut scanner = Scanner::new(headers);
        scanner.open(b'[').ok()?;
        let mut first = true;
        while scanner.next(first, b']').ok()? {
            first = false;
            let (mut is_it, mut found) = (false, None);
            let each = |key: Text<'m>, value: Value<'m>| match &*key.decode() {
                "name" => is_it = value.text().is_some_and(|text| text.decode().eq_ignore_ascii_case(name)),
                "value" => found = value.text(),
                _ => {}
            };
            members(headers, &mut scanner, each).ok()?;
            if is_it && found.is_some() {
                return found;
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use crate::{Dataset, Hints, LogLine};

    /// An example of AWS's documentation, shortened (<https://docs.aws.amazon.com/waf/latest/developerguide/logging-examples.html>).
    const BLOCKED: &str = r#"{"timestamp":1576280412771,"formatVersion":1,"webaclId":"arn:aws:wafv2:ap-southeast-2:111122223333:regional/webacl/STMTest/1EXAMPLE","terminatingRuleId":"STMTest_SQLi_XSS","terminatingRuleType":"REGULAR","action":"BLOCK","terminatingRuleMatchDetails":[{"conditionType":"SQL_INJECTION","location":"HEADER","matchedData":["10","AND","1"]}],"httpSourceName":"-","httpSourceId":"-","ruleGroupList":[],"httpRequest":{"clientIp":"1.1.1.1","country":"AU","headers":[{"name":"Host","value":"localhost:1989"},{"name":"User-Agent","value":"curl/7.61.1"}],"uri":"/myUri","args":"","httpVersion":"HTTP/1.1","httpMethod":"GET","requestId":"rid-12345678"},"labels":[{"name":"value"}]}"#;

    #[test]
    fn a_request() {
        let hints = Hints::of_log_group("aws-waf-logs-shop");
        let record = LogLine::parse(BLOCKED, &hints);
        let LogLine::Waf(waf) = &record else { panic!("{record:?}") };
        assert_eq!((waf.json, record.dataset(&hints)), (BLOCKED, Dataset::Waf));
        assert!(waf.request.action.is_some_and(|action| action.is("BLOCK")));
        assert_eq!(waf.request.timestamp, Some("1576280412771"));
        assert!(waf.request.http_request.client_ip.is_some_and(|ip| ip.is("1.1.1.1")));
        assert!(
            waf.header("user-agent").is_some_and(|agent| agent.is("curl/7.61.1")) && waf.header("accept").is_none()
        );
        assert_eq!(record.traces(BLOCKED).request_id, Some("rid-12345678"));
    }

    #[test]
    fn other_objects_are_not() {
        let hints = Hints::default();
        for message in [
            r#"{"webaclId":"a","terminatingRuleId":"b","action":"ALLOW"}"#,
            r#"{"timestamp":1,"terminatingRuleId":"b","action":"ALLOW","httpRequest":{"uri":"/"}}"#,
        ] {
            assert!(matches!(LogLine::parse(message, &hints), LogLine::Json(_)), "{message}");
        }
    }
}
