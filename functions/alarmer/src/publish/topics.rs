//! Which topic a notification goes to.

use std::collections::BTreeMap;

use logweir_alarms::{Notification, Severity};

/// Topics by severity, and those that rules name. At least one severity has one, so that everything has a place to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topics {
    severities: BTreeMap<Severity, String>,
    named: BTreeMap<String, String>,
}

/// What is wrong with a list of topics.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TopicProblem {
    /// A part that is no pair.
    #[error("{part:?} must be name=arn")]
    NoPair {
        /// The part.
        part: String,
    },
    /// A name that rules cannot name.
    #[error("{name:?} is no name: use a-z, 0-9 and -, up to 64 of them")]
    Name {
        /// The name.
        name: String,
    },
    /// A name twice.
    #[error("{name} is there twice")]
    Twice {
        /// The name.
        name: String,
    },
    /// No topic.
    #[error("{name} is {arn:?}: {problem}")]
    Arn {
        /// Whose it is.
        name: String,
        /// What was given.
        arn: String,
        /// Why it is none.
        problem: NoTopicArn,
    },
    /// Nothing for the notifications that name no topic.
    #[error("no severity has a topic: give one for critical, high, medium, low or info")]
    NoSeverity,
}

/// No name of a topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it must be the ARN of an SNS topic, as arn:aws:sns:eu-west-1:123456789012:alarms")]
pub struct NoTopicArn;

/// Whether a text is the ARN of a topic, and not of a subscription, which has one part more.
pub(crate) fn check_topic_arn(arn: &str) -> Result<(), NoTopicArn> {
    let parts: Vec<&str> = arn.split(':').collect();
    let ["arn", partition, "sns", region, account, name] = *parts.as_slice() else { return Err(NoTopicArn) };
    let is_word = |text: &str| {
        !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    let is_topic = [partition, region, name].into_iter().all(is_word)
        && account.len() == 12
        && account.bytes().all(|byte| byte.is_ascii_digit());
    if is_topic { Ok(()) } else { Err(NoTopicArn) }
}

/// Whether a topic keeps order and knows repeats, which its name says.
pub(super) fn is_fifo(arn: &str) -> bool {
    arn.rsplit_once('.').is_some_and(|(_, end)| end == "fifo")
}

impl Topics {
    /// Reads `critical=arn,high=arn,payments=arn`; every problem is in the error.
    pub fn parse(text: &str) -> Result<Self, Vec<TopicProblem>> {
        let mut topics = Self { severities: BTreeMap::new(), named: BTreeMap::new() };
        let mut problems = Vec::new();
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            if let Err(problem) = topics.insert(part) {
                problems.push(problem);
            }
        }
        if topics.severities.is_empty() && problems.is_empty() {
            problems.push(TopicProblem::NoSeverity);
        }
        if problems.is_empty() { Ok(topics) } else { Err(problems) }
    }

    fn insert(&mut self, part: &str) -> Result<(), TopicProblem> {
        let pair = part.split_once('=').map(|(name, arn)| (name.trim(), arn.trim()));
        let (name, arn) = pair.ok_or_else(|| TopicProblem::NoPair { part: part.to_owned() })?;
        let is_name = (1..=64).contains(&name.len())
            && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        if !is_name {
            return Err(TopicProblem::Name { name: name.to_owned() });
        }
        check_topic_arn(arn).map_err(|problem| TopicProblem::Arn {
            name: name.to_owned(),
            arn: arn.to_owned(),
            problem,
        })?;
        let severity = Severity::ALL.into_iter().find(|severity| severity.as_str() == name);
        let before = match severity {
            Some(severity) => self.severities.insert(severity, arn.to_owned()),
            None => self.named.insert(name.to_owned(), arn.to_owned()),
        };
        if before.is_some() { Err(TopicProblem::Twice { name: name.to_owned() }) } else { Ok(()) }
    }

    /// The topic of a notification: the one it names, else that of its severity. A name that is not known, as of a rule that came
    /// before its topic did, loses nothing.
    pub fn of(&self, notification: &Notification) -> &str {
        let Notification { alarm, severity, topic, .. } = notification;
        let Some(name) = topic else { return self.of_severity(*severity) };
        self.named(name).unwrap_or_else(|| {
            tracing::warn!(alarm, topic = name, "TOPIC_ARNS has no topic of this name: that of the severity is used");
            self.of_severity(*severity)
        })
    }

    /// The topic of a name, which may be a severity.
    pub fn named(&self, name: &str) -> Option<&str> {
        let severity = || self.severities.iter().find(|(severity, _)| severity.as_str() == name).map(|(_, arn)| arn);
        self.named.get(name).or_else(severity).map(String::as_str)
    }

    /// The topic of a severity, or where it has none, of the nearest that has: rather of a worse one.
    fn of_severity(&self, severity: Severity) -> &str {
        let worse = self.severities.range(..=severity).next_back();
        let found = worse.or_else(|| self.severities.range(severity..).next());
        found.map(|(_, arn)| arn.as_str()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::notification;

    fn arn(name: &str) -> String {
        format!("arn:aws:sns:eu-west-1:123456789012:{name}")
    }

    fn topics(names: &[&str]) -> Topics {
        let pairs: Vec<_> = names.iter().map(|name| format!("{name}={}", arn(name))).collect();
        Topics::parse(&pairs.join(", ")).expect("valid")
    }

    #[test]
    fn a_notification_goes_to_the_topic_it_names_or_to_that_of_its_severity() {
        let topics = topics(&["high", "low", "payments"]);
        for (severity, topic, expected) in [
            (Severity::High, None, "high"),
            (Severity::High, Some("payments"), "payments"),
            (Severity::High, Some("low"), "low"),
            (Severity::High, Some("not-there"), "high"),
            (Severity::Medium, None, "high"),
            (Severity::Info, None, "low"),
            (Severity::Critical, None, "high"),
            (Severity::Critical, Some("not-there"), "high"),
        ] {
            let notification =
                Notification { severity, topic: topic.map(str::to_owned), ..notification("too-many-404", 1) };
            assert_eq!(topics.of(&notification), arn(expected), "{severity:?} {topic:?}");
        }
    }

    #[test]
    fn every_problem_of_a_list_is_told() {
        let good = arn("alarms");
        for (text, count) in [
            (format!("high={good},"), 0),
            (format!("high={good}.fifo"), 0),
            (format!("payments={good}"), 1),
            (format!("high={good},high={good}"), 1),
            (format!("high={good},Payments={good},x,low=arn:aws:sqs:eu-west-1:123456789012:queue"), 3),
            (format!("high={good}:0b6941c3-f04d-4d3e-a66d-b1df00e1e381"), 1),
            ("high=".to_owned(), 1),
            (",".to_owned(), 1),
        ] {
            let problems = Topics::parse(&text).err().unwrap_or_default();
            assert_eq!(problems.len(), count, "{text}: {problems:?}");
        }
    }
}
