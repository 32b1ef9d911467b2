//! Which rules are in force. `judge` decides it from what came of asking; this file does what it says.

use std::error::Error;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use lambda_runtime::Context;
use logweir_aws_support::CallError;
use logweir_intake::Settings;
use logweir_lambda_support::{Deadline, Failure, cause_chain, report_count};
use logweir_rules::{RedactionKey, Rules, Streams};
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::config::{RulesConfig, RulesLocation};
use crate::fetch::Fetcher;
use crate::judge::{Answer, Judgement, judge, ready};

/// How long asking again may take while there are rules: what is late comes with the next time.
const PATIENCE: Duration = Duration::from_secs(5);

/// There are no rules to go by.
#[derive(Debug, thiserror::Error)]
pub enum RulesError {
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
        source: BoxError,
    },
}

impl From<RulesError> for Failure {
    fn from(error: RulesError) -> Self {
        Self::new("NoRules", &error)
    }
}

/// Why something could not be done, whoever did it.
pub type BoxError = Box<dyn Error + Send + Sync>;

/// Where good rules are kept for who starts when those of the source are bad.
pub trait LastGood: Sync {
    /// Those that were kept last.
    fn load(&self) -> impl Future<Output = Result<Option<String>, BoxError>> + Send;
    /// Keeps rules.
    fn keep(&self, rules: &str) -> impl Future<Output = Result<(), BoxError>> + Send;
}

/// They are not kept: a function without a table. One that starts fails until the rules are good, and lets nothing through that they
/// would have left out: a stream keeps what comes, and Firehose diverts it to its error prefix.
#[derive(Debug, Clone, Copy)]
pub struct Nowhere;

impl LastGood for Nowhere {
    async fn load(&self) -> Result<Option<String>, BoxError> {
        Ok(None)
    }

    async fn keep(&self, _: &str) -> Result<(), BoxError> {
        Ok(())
    }
}

/// Rules, and how records are read by them.
#[derive(Debug)]
pub struct InForce {
    /// The rules.
    pub rules: Rules,
    /// How records are read.
    pub intake: Settings,
}

/// The rules, as long as the function lives.
#[derive(Debug)]
pub struct RulesSource {
    config: RulesConfig,
    intake: Settings,
    packaged: Option<&'static str>,
    fetcher: Fetcher,
    known: Mutex<Known>,
}

/// What is known of the rules.
#[derive(Debug, Default)]
struct Known {
    /// Those in force.
    rules: Option<Arc<InForce>>,
    /// Which version was seen last, good or bad.
    version: Option<String>,
    is_bad: bool,
    asked: Option<Instant>,
    /// Good rules that are not kept yet.
    unkept: Option<String>,
    /// Of keyed hashes.
    key: Option<RedactionKey>,
}

impl RulesSource {
    /// The source as configured; `packaged` are the rules that are built in, if any,
    /// `intake` how records are read but for the rules.
    pub fn new(config: &RulesConfig, intake: &Settings, packaged: Option<&'static str>) -> Self {
        let (fetcher, known) = (Fetcher::default(), Mutex::default());
        Self { config: config.clone(), intake: intake.clone(), packaged, fetcher, known }
    }

    /// The rules in force, and how many times the source's were refused just now. As long as they are the same, so is the `Arc`.
    pub async fn current(
        &self,
        last_good: &impl LastGood,
        deadline: Deadline,
    ) -> Result<(Arc<InForce>, u64), RulesError> {
        let mut known = self.known.lock().await;
        if let Some(rules) = &known.rules
            && (self.config.location == RulesLocation::Packaged
                || known.asked.is_some_and(|asked| asked.elapsed().as_secs() < self.config.refresh_seconds))
        {
            // A file that is refused stays so until another comes: who watches the metric sees it all the time.
            return Ok((Arc::clone(rules), u64::from(known.is_bad)));
        }
        if self.config.location == RulesLocation::Packaged && self.packaged.is_none() {
            let (rules, intake) = (Rules::default(), self.intake.clone());
            let rules = known.rules.insert(Arc::new(InForce { rules, intake }));
            return Ok((Arc::clone(rules), 0));
        }
        let answer = match self.key(&mut known, deadline).await {
            Ok(()) => self.ask(&known, deadline).await,
            Err(error) => Answer::failed(error.to_string()),
        };
        known.asked = Some(Instant::now());
        self.take(&mut known, answer, last_good).await
    }

    /// The rules in force, for a function that keeps no good ones for bad times. That those of the source are refused is a metric.
    pub async fn in_force(
        &self,
        deadline: Deadline,
        namespace: &str,
        context: &Context,
    ) -> Result<Arc<InForce>, Failure> {
        let (rules, refused) = self.current(&Nowhere, deadline).await?;
        if refused > 0 {
            report_count("RulesRejected", refused, namespace, context);
        }
        Ok(rules)
    }

    /// Does what has to be done about an answer.
    async fn take(
        &self,
        known: &mut Known,
        answer: Answer,
        last_good: &impl LastGood,
    ) -> Result<(Arc<InForce>, u64), RulesError> {
        let judgement =
            judge(known.rules.is_some(), known.is_bad, known.version.as_deref(), known.key.as_ref(), answer);
        let rejected = u64::from(judgement.is_rejected());
        let rules = self.follow(known, judgement, last_good).await?;
        if self.config.location != RulesLocation::Packaged
            && let Some(text) = known.unkept.take()
            && let Err(error) = last_good.keep(&text).await
        {
            tracing::warn!(%error, "the rules are good, but not kept for others: it is tried again");
            known.unkept = Some(text);
        }
        Ok((rules, rejected))
    }

    /// Sees to it that the key is known, if there is one.
    async fn key(&self, known: &mut Known, deadline: Deadline) -> Result<(), CallError> {
        if let (None, Some(name)) = (&known.key, &self.config.key_parameter) {
            // Time must be left for the rules.
            let patience = PATIENCE.min(deadline.remaining() / 3);
            let attempts = logweir_aws_support::retry(deadline, || self.fetcher.parameter(name));
            let late = |_| CallError::new("", format!("{name}: no answer within {} ms", patience.as_millis()), true);
            let text = tokio::time::timeout(patience, attempts).await.map_err(late)??;
            known.key = Some(RedactionKey::new(text.as_bytes()));
        }
        Ok(())
    }

    async fn ask(&self, known: &Known, deadline: Deadline) -> Answer {
        // Without rules, all that there is has to come.
        let version = known.rules.as_ref().and(known.version.as_deref());
        match &self.config.location {
            RulesLocation::Packaged => Answer::packaged(self.packaged.unwrap_or_default()),
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

    async fn follow(
        &self,
        known: &mut Known,
        judgement: Judgement,
        last_good: &impl LastGood,
    ) -> Result<Arc<InForce>, RulesError> {
        let source_name = self.config.location.to_string();
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
            Judgement::Use { checked, streams, text, version } => {
                tracing::info!(
                    source_name,
                    alarms = checked.rules.alarms.len(),
                    streams = checked.rules.streams.len(),
                    warnings = checked.warnings.len(),
                    "the rules are in force"
                );
                for warning in checked.warnings {
                    tracing::warn!(source_name, %warning, "rules");
                }
                let rules = self.put_in_force(checked.rules, *streams);
                *known = Known {
                    rules: Some(Arc::clone(&rules)),
                    version: Some(version),
                    is_bad: false,
                    asked: known.asked,
                    unkept: Some(text),
                    key: known.key.take(),
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
        let text = match last_good.load().await {
            Ok(Some(text)) => text,
            Ok(None) => return Err(RulesError::None { source_name, problems }),
            Err(source) => {
                tracing::error!(error = cause_chain(source.as_ref()), "the last good rules cannot be read");
                return Err(RulesError::Table { source_name, problems, source });
            }
        };
        match ready(&text, known.key.as_ref()) {
            Ok((checked, streams)) => {
                tracing::warn!(alarms = checked.rules.alarms.len(), "the last good rules are in force");
                let rules = self.put_in_force(checked.rules, streams);
                known.rules = Some(Arc::clone(&rules));
                (known.version, known.is_bad) = (version, true);
                Ok(rules)
            }
            Err(before) => Err(RulesError::NoLonger { source_name, problems, before }),
        }
    }

    fn put_in_force(&self, rules: Rules, streams: Streams) -> Arc<InForce> {
        Arc::new(InForce {
            rules,
            intake: self.intake.clone().with_streams(streams.with_log_groups(self.config.log_groups.clone())),
        })
    }
}

fn tell(source_name: &str, problems: &[String]) {
    for problem in problems {
        tracing::error!(source_name, problem, "rules");
    }
}

#[cfg(test)]
mod tests;
