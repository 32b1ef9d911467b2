//! The functions' own logs, which no subscription may feed to them: each line would cause another, for ever.
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/Subscriptions-recursion-prevention.html>

use logweir_subscription::{DataMessage, Text};

/// Why they are dropped, as the balance says it.
pub(crate) const REASON: &str = "own logs";
/// What the names of all log groups of the suite begin with, whatever stack or account they are of: two stacks that read each other's
/// would feed each other.
const SUITE: &str = "/logweir/";

/// Log groups that the suite's functions write to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OwnLogGroups {
    /// That of this function, which may be anywhere.
    function: Option<String>,
}

impl OwnLogGroups {
    /// Those of the suite, and that of the function itself.
    pub fn and_of_function(log_group: Option<String>) -> Self {
        Self { function: log_group.filter(|name| !name.is_empty()) }
    }

    /// Whether the events were written by the suite, here or where they were copied from.
    pub(crate) fn hold(&self, data: &DataMessage<'_>) -> bool {
        self.has(&data.log_group) || data.source.log_group.is_some_and(|log_group| self.has(&log_group))
    }

    fn has(&self, log_group: &Text<'_>) -> bool {
        let name = log_group.decode();
        name.starts_with(SUITE) || self.function.as_deref().is_some_and(|own| own == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use logweir_subscription::Message;

    #[test]
    fn they_are_known_by_name_and_by_where_they_were_copied_from() {
        let own = OwnLogGroups::and_of_function(Some("/aws/lambda/mine".to_owned()));
        let of = |group: &str, fields: &str| {
            let json = format!(
                r#"{{"messageType":"DATA_MESSAGE","owner":"1","logGroup":"{group}","logStream":"s","logEvents":[{{"id":"1","timestamp":1,"message":"m"{fields}}}]}}"#
            );
            let Ok(Message::Data(mut data)) = Message::parse(&json) else { panic!("no data message") };
            assert!(data.by_source().is_none());
            (own.hold(&data), OwnLogGroups::default().hold(&data))
        };
        assert_eq!(of("/logweir/prod/archiver", ""), (true, true));
        assert_eq!(of("\\/logweir/prod/archiver", ""), (true, true));
        assert_eq!(of("/aws/lambda/mine", ""), (true, false));
        assert_eq!(of("central", r#","extractedFields":{"@source.log":"/logweir/prod/indexer"}"#), (true, true));
        assert_eq!(of("/logweirs", r#","extractedFields":{"@source.log":"/app"}"#), (false, false));
    }
}
