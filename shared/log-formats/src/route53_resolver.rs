//! Query logs of the Route 53 resolver: one JSON object a query.
//!
//! <https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-query-logs-format.html>

use logweir_json::Text;

use crate::object::{Value, json_record};

json_record! {
    /// A query. What is not here, or of another kind than the page says, is in [`Route53Resolver::json`].
    pub struct Query {
        version: text = "version",
        account_id: text = "account_id",
        region: text = "region",
        vpc_id: text = "vpc_id",
        query_timestamp: text = "query_timestamp",
        query_name: text = "query_name",
        query_type: text = "query_type",
        query_class: text = "query_class",
        rcode: text = "rcode",
        source_address: text = "srcaddr",
        source_port: text = "srcport",
        transport: text = "transport",
        answers: raw = "answers",
        firewall_rule_action: text = "firewall_rule_action",
        firewall_rule_group_id: text = "firewall_rule_group_id",
        firewall_domain_list_id: text = "firewall_domain_list_id",
        firewall_protection: text = "firewall_protection",
        @ source_ids: SourceIds = "srcids",
    }
}

json_record! {
    /// Where a query came from and went through.
    pub struct SourceIds {
        instance: text = "instance",
        resolver_endpoint: text = "resolver_endpoint",
        resolver_network_interface: text = "resolver_network_interface",
    }
}

/// A query, and the JSON that it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Route53Resolver<'m> {
    /// The whole object.
    pub json: &'m str,
    /// What is read of it.
    pub query: Query<'m>,
}

impl<'m> Route53Resolver<'m> {
    /// A JSON object that has the keys which every query has.
    pub(crate) fn of_members(json: &'m str, members: &[(Text<'m>, Value<'m>)]) -> Option<Self> {
        let required = ["query_timestamp", "query_name", "query_type", "query_class", "srcaddr"];
        let has = |name: &str| members.iter().any(|(key, value)| key.is(name) && value.text().is_some());
        if !required.into_iter().all(has) {
            return None;
        }
        let mut query = Query::default();
        for (key, value) in members {
            query.take(*key, *value);
        }
        Some(Self { json, query })
    }
}

#[cfg(test)]
mod tests {
    use crate::{Hints, LogLine};

    /// The example of AWS's documentation (<https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-query-logs-example-json.html>).
    const QUERY: &str = r#"{"version":"1.100000","account_id":"111122223333","region":"us-east-1","vpc_id":"vpc-0123456789abcdef0","query_timestamp":"2020-05-22T03:25:36Z","query_name":"223.0.2.1.in-addr.arpa.","query_type":"PTR","query_class":"IN","rcode":"NOERROR","answers":[{"Rdata":"ip-7-7-7-223.ec2.internal.","Type":"PTR","Class":"IN"}],"srcaddr":"9.9.9.70","srcport":"60306","transport":"UDP","srcids":{"instance":"i-0d15cd0d3adae50ad","resolver_endpoint":"rslvr-in-1"},"firewall_rule_action":"BLOCK"}"#;

    #[test]
    fn a_query() {
        let hints = Hints::default();
        let record = LogLine::parse(QUERY, &hints);
        let LogLine::Route53Resolver(found) = &record else { panic!("{record:?}") };
        assert_eq!(found.json, QUERY);
        assert!(found.query.query_name.is_some_and(|name| name.is("223.0.2.1.in-addr.arpa.")));
        assert!(found.query.source_port.is_some_and(|port| port.is("60306")));
        assert!(found.query.source_ids.instance.is_some_and(|id| id.is("i-0d15cd0d3adae50ad")));
        assert!(found.query.answers.is_some_and(|answers| answers.starts_with('[')));
        assert!(record.traces(QUERY).is_empty());
    }

    #[test]
    fn other_objects_are_not() {
        let hints = Hints::default();
        let message = r#"{"query_timestamp":"2020-05-22T03:25:36Z","query_name":"a","query_type":"select"}"#;
        assert!(matches!(LogLine::parse(message, &hints), LogLine::Json(_)));
    }
}
