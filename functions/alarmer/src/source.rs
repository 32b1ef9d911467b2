//! Where the rules come from: the function itself, an S3 object or a parameter of Systems Manager, asked again now and then.
//!
//! `judge` decides, from what came of asking, which rules are in force. This file does what it says.

mod fetch;
mod judge;
#[cfg(test)]
mod local;

use std::sync::Arc;
use std::time::Duration;

use logweir_alarms::NotificationPolicy;
use logweir_lambda_support::{Deadline, cause_chain};
use logweir_rules::{Alarm, Rules};
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::config::{Config, RulesLocation};
use crate::publish::Topics;
use crate::store::{Store, StoreError};
use fetch::Fetcher;
use judge::{Answer, Judgement, judge};

/// The rules that are built in.
const PACKAGED: &str = include_str!("../rules.yaml");
/// How long asking again may take while there are rules: what is late comes with the next time.
const PATIENCE: Duration = Duration::from_secs(5);

/// There are no rules to go by.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RulesError {
    /// Those of the source are of no use, and none were good before.
    #[error("there are no rules: {source_name}: {}; and none were good before", .problems.join("; "))]
    None {
        /// Where they should be.
        source_name: String,
        /// What is wrong with them.
        problems: Vec<String>,
    },
    /// Those of the source are of no use, nor are those that were good before.
    #[error("there are no rules: {source_name}: {}; and those that were good before are not: {}", .problems.join("; "), .before.join("; "))]
    NoLonger {
        /// Where they should be.
        source_name: String,
        /// What is wrong with them.
        problems: Vec<String>,
        /// What is wrong with those that were good before, as after another release was deployed.
        before: Vec<String>,
    },
    /// Those of the source are of no use, and those that were good before cannot be read.
    #[error("there are no rules: {source_name}: {}; and those that were good before cannot be read", .problems.join("; "))]
    Table {
        /// Where they should be.
        source_name: String,
        /// What is wrong with them.
        problems: Vec<String>,
        /// Why.
        source: StoreError,
    },
}

/// The rules, as long as the function lives.
#[derive(Debug)]
pub(crate) struct RulesSource {
    location: RulesLocation,
    refresh: Duration,
    topics: Topics,
    fetcher: Fetcher,
    known: Mutex<Known>,
}

/// What is known of the rules.
#[derive(Debug, Default)]
struct Known {
    /// Those in force.
    rules: Option<Arc<Rules>>,
    /// Which version was seen last, good or bad.
    version: Option<String>,
    is_bad: bool,
    asked: Option<Instant>,
    /// Good rules that are not in the table yet.
    unkept: Option<String>,
}

impl RulesSource {
    /// The source as configured.
    pub(crate) fn new(config: &Config) -> Self {
        Self {
            location: config.rules_source.clone(),
            refresh: Duration::from_secs(config.rules_refresh_seconds),
            topics: config.topics.clone(),
            fetcher: Fetcher::default(),
            known: Mutex::default(),
        }
    }

    /// The rules in force, and how many times the source's were refused just now. As long as they are the same, so is the `Arc`.
    pub(crate) async fn current(&self, store: &Store, deadline: Deadline) -> Result<(Arc<Rules>, u64), RulesError> {
        let mut known = self.known.lock().await;
        if let Some(rules) = &known.rules
            && (self.location == RulesLocation::Packaged
                || known.asked.is_some_and(|asked| asked.elapsed() < self.refresh))
        {
            // A file that is refused stays so until another comes: who watches the metric sees it all the time.
            return Ok((Arc::clone(rules), u64::from(known.is_bad)));
        }
        let answer = self.ask(&known, deadline).await;
        known.asked = Some(Instant::now());
        self.take(&mut known, answer, store).await
    }

    /// Does what has to be done about an answer.
    async fn take(&self, known: &mut Known, answer: Answer, store: &Store) -> Result<(Arc<Rules>, u64), RulesError> {
        let judgement = judge(known.rules.is_some(), known.is_bad, known.version.as_deref(), answer);
        let rejected = u64::from(judgement.is_rejected());
        let rules = self.follow(known, judgement, store).await?;
        if self.location != RulesLocation::Packaged
            && let Some(text) = known.unkept.take()
            && let Err(error) = store.keep_last_good(&text).await
        {
            tracing::warn!(%error, "the rules are good, but not kept for others: it is tried again");
            known.unkept = Some(text);
        }
        Ok((rules, rejected))
    }

    async fn ask(&self, known: &Known, deadline: Deadline) -> Answer {
        // Without rules, all that there is has to come.
        let version = known.rules.as_ref().and(known.version.as_deref());
        match &self.location {
            RulesLocation::Packaged => Answer::packaged(PACKAGED),
            location if known.rules.is_some() => {
                let patience = PATIENCE.min(deadline.remaining());
                let answer = tokio::time::timeout(patience, self.fetcher.fetch(location, version)).await;
                let late = || Answer::failed(format!("no answer within {} ms", patience.as_millis()));
                answer.unwrap_or_else(|_| Ok(late())).unwrap_or_else(|error| Answer::failed(error.to_string()))
            }
            location => {
                // Time must be left for the last good rules, and for the batch.
                let patience = PATIENCE.min(deadline.remaining() / 3);
                let attempts = logweir_aws_support::retry(deadline, || self.fetcher.fetch(location, None));
                let answer = tokio::time::timeout(patience, attempts).await;
                let late = || Answer::failed(format!("no answer within {} ms", patience.as_millis()));
                answer
                    .map_or_else(|_| late(), |answer| answer.unwrap_or_else(|error| Answer::failed(error.to_string())))
            }
        }
    }

    async fn follow(&self, known: &mut Known, judgement: Judgement, store: &Store) -> Result<Arc<Rules>, RulesError> {
        let source_name = self.location.to_string();
        let (problems, version) = match judgement {
            Judgement::Stay { problems, version, is_rejected } => {
                known.is_bad = is_rejected;
                known.version = version.or(known.version.take());
                if is_rejected {
                    tracing::error!(
                        source_name,
                        problems = problems.len(),
                        "the rules are refused: the last good ones stay in force"
                    );
                    tell(&source_name, &problems);
                }
                match &known.rules {
                    Some(rules) => return Ok(Arc::clone(rules)),
                    None => (problems, None),
                }
            }
            Judgement::Use { checked, text, version } => {
                let rules = Arc::new(checked.rules);
                tracing::info!(
                    source_name,
                    alarms = rules.alarms.len(),
                    warnings = checked.warnings.len(),
                    "the rules are in force"
                );
                for warning in checked.warnings {
                    tracing::warn!(source_name, %warning, "rules");
                }
                self.look_for_topics(&rules.alarms);
                *known = Known {
                    rules: Some(Arc::clone(&rules)),
                    version: Some(version),
                    is_bad: false,
                    asked: known.asked,
                    unkept: Some(text),
                };
                return Ok(rules);
            }
            Judgement::LookBack { problems, version } => (problems, version),
        };
        tracing::error!(
            source_name,
            problems = problems.len(),
            "the rules are refused: those that were good last are looked for"
        );
        tell(&source_name, &problems);
        let text = match store.last_good().await {
            Ok(Some(text)) => text,
            Ok(None) => return Err(RulesError::None { source_name, problems }),
            Err(source) => {
                tracing::error!(error = cause_chain(&source), "the last good rules cannot be read");
                return Err(RulesError::Table { source_name, problems, source });
            }
        };
        match Rules::parse(&text) {
            Ok(checked) => {
                let rules = Arc::new(checked.rules);
                tracing::warn!(alarms = rules.alarms.len(), "the last good rules are in force");
                known.rules = Some(Arc::clone(&rules));
                (known.version, known.is_bad) = (version, true);
                Ok(rules)
            }
            Err(before) => {
                let before = before.0.iter().map(ToString::to_string).collect();
                Err(RulesError::NoLonger { source_name, problems, before })
            }
        }
    }

    /// A topic that is not there is no reason to refuse rules: the severity's is used.
    fn look_for_topics(&self, alarms: &[Alarm]) {
        for Alarm { name: alarm, notification: NotificationPolicy { topic, .. }, .. } in alarms {
            if let Some(topic) = topic.as_deref().filter(|topic| self.topics.named(topic).is_none()) {
                tracing::warn!(alarm, topic, "TOPIC_ARNS has no topic of this name: that of the severity will be used");
            }
        }
    }
}

fn tell(source_name: &str, problems: &[String]) {
    for problem in problems {
        tracing::error!(source_name, problem, "rules");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rules_that_are_built_in_are_good() {
        let checked = Rules::parse(PACKAGED).unwrap_or_else(|problems| panic!("{problems}"));
        assert!(!checked.rules.alarms.is_empty());
        assert_eq!(checked.warnings.iter().map(ToString::to_string).collect::<Vec<_>>(), Vec::<String>::new());
    }
}
