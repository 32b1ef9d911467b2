//! The handler: look, keep, announce, count, answer.

use std::pin::pin;
use std::sync::{Arc, Mutex as StdMutex};
use std::time::Duration;

use futures_util::{StreamExt, stream};
use lambda_runtime::{Context, LambdaEvent};
use logweir_accounting::Ledger;
use logweir_alarms::message::Links;
use logweir_aws_support::DeadLetters;
use logweir_intake::{Batch, Books};
use logweir_lambda_support::{Deadline, Failure, Outcome, cause_chain, conclude, now, parse};
use logweir_rules::{Rules, Watch};
use logweir_rules_source::{InForce, RulesSource};
use serde::Deserialize;
use serde_json::value::{RawValue, to_raw_value};
use tokio::sync::Mutex;

use crate::config::Config;
use crate::evaluate::evaluate;
use crate::intake::{Found, Tracks, add, take_in};
use crate::keeper::{Keeper, Known};
use crate::metrics::{self, Counts};
use crate::outbox::{Outbox, Storm};
use crate::publish::Publisher;
use crate::store::{Store, StoreError, Table};

/// Time kept back for the answer itself.
const RESERVE: Duration = Duration::from_secs(2);
/// How long after its deadline an invocation has surely ended, on anybody's clock, in milliseconds.
const CLOCKS_APART: i64 = 5_000;
const FUNCTION: &str = "alarmer";
/// The rules that are built in.
const PACKAGED: &str = include_str!("../rules.yaml");

/// What the schedule sends.
#[derive(Debug, Deserialize)]
struct Schedule {
    logweir: Task,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Task {
    Evaluate,
}

/// The function.
#[derive(Debug)]
pub struct Alarmer {
    config: Config,
    table: Table,
    publisher: Publisher,
    source: RulesSource,
    dead_letters: DeadLetters,
    known: Known,
    /// The rules in force, made ready.
    ready: Mutex<Option<Ready>>,
}

#[derive(Debug)]
struct Ready {
    rules: Arc<InForce>,
    watch: Watch,
}

impl Alarmer {
    /// An alarmer as configured. Clients are made when they are needed.
    pub fn new(config: Config) -> Self {
        Self {
            table: Table::new(&config.state_table, config.state_concurrency),
            publisher: Publisher::default(),
            source: RulesSource::new(&config.rules, &config.intake, Some(PACKAGED)),
            dead_letters: DeadLetters::new(config.dead_letters.clone(), FUNCTION),
            known: Known::default(),
            ready: Mutex::new(None),
            config,
        }
    }

    /// Answers one invocation.
    pub async fn handle(&self, event: LambdaEvent<Box<RawValue>>) -> Result<Box<RawValue>, Failure> {
        let (payload, context) = event.into_parts();
        if let Ok(Schedule { logweir: Task::Evaluate }) = serde_json::from_str(payload.get()) {
            return Box::pin(self.evaluate(&context)).await;
        }
        let event = parse(&payload)?;
        let batch = Batch::of(&event)?.with_partial_answer(self.config.reports_batch_item_failures);
        let (ledger, outcome) = Box::pin(self.take(&batch, &context)).await?;
        conclude(&batch, &ledger, outcome, &self.config.metrics_namespace, &context, "AlarmsIncomplete")
    }

    async fn evaluate(&self, context: &Context) -> Result<Box<RawValue>, Failure> {
        let deadline = Deadline::of(context, RESERVE);
        let store = self.table.store(deadline);
        let (rules, rules_rejected) = self.rules(&store, deadline).await?;
        let outbox = self.outbox(&store, context, deadline);
        let keeper = self.keeper(&outbox, deadline);
        let (evaluated, mut counts) = evaluate(&keeper, &rules.rules, self.config.state_concurrency).await;
        counts.rules_rejected = rules_rejected;
        (counts.read_units, counts.write_units) = store.consumed();
        self.report(&counts, context, outbox.now);
        tracing::info!(?evaluated, "evaluated");
        to_raw_value(&evaluated).map_err(|error| Failure::new("Response", &error))
    }

    async fn take(&self, batch: &Batch<'_>, context: &Context) -> Result<(Ledger, Outcome), Failure> {
        let deadline = Deadline::of(context, RESERVE);
        let store = self.table.store(deadline);
        let (in_force, rules_rejected) = self.rules(&store, deadline).await?;
        let outbox = self.outbox(&store, context, deadline);
        let keeper = self.keeper(&outbox, deadline);
        let Books { shared: Found { tracks, measures, mut counts }, letters, ledger } = {
            let mut ready = self.ready.lock().await;
            let watch = self.ready_watch(&mut ready, &in_force)?;
            take_in(&in_force.rules, watch, &in_force.intake, &batch.records, outbox.now)
        };
        let rules = &in_force.rules;
        let mut failures = Failures::default();
        let tracks = self.admit(&keeper, rules, tracks, &mut failures).await;
        let work = tracks.into_iter().map(|((alarm, group), track)| {
            let (keeper, alarm, first_record) = (&keeper, &rules.alarms[alarm], track.first_record);
            async move { (first_record, keeper.take(alarm, &group, track).await) }
        });
        let taken: Vec<_> = stream::iter(work).buffer_unordered(self.config.state_concurrency).collect().await;
        for (record, result) in taken {
            match result {
                Ok(added) => counts.add(&added),
                Err(error) => failures.add(record, &error),
            }
        }
        counts.unreadable += failures.unreadable;
        counts.groups_refused += failures.groups_refused;
        let Failures { from: mut failed_from, mut problem, .. } = failures;
        let unkept = self.dead_letters.put_all(&letters, batch, deadline).await;
        failed_from = failed_from.into_iter().chain(unkept.records).min();
        problem = problem.or(unkept.problem);
        // What is kept is announced, also where something else failed.
        counts.add(&outbox.publish(Storm::Leave, deadline).await);
        if let Some(problem) = &problem {
            tracing::error!(problem, "not all was kept: it comes again");
        }
        let end = batch.comes_again_from(failed_from).unwrap_or(usize::MAX);
        for line in measures.lines(&self.config.metrics_namespace, end, |alarm| &rules.alarms[alarm].name) {
            metrics::print(&line);
        }
        counts.rules_rejected = rules_rejected;
        (counts.read_units, counts.write_units) = store.consumed();
        self.report(&counts, context, outbox.now);
        Ok((ledger, Outcome { failed_from, problem }))
    }

    /// The tracks under the groups that they count for. Those of groups for which there is no room are one.
    async fn admit(&self, keeper: &Keeper<'_>, rules: &Rules, tracks: Tracks, failures: &mut Failures) -> Tracks {
        let admissions = tracks.into_iter().map(|((alarm, group), track)| async move {
            let admitted = keeper.admit(&rules.alarms[alarm], &group, track.oldest).await;
            (alarm, admitted.map(|admitted| (admitted != group, admitted)), track)
        });
        let mut admissions = pin!(stream::iter(admissions).buffer_unordered(self.config.state_concurrency));
        let mut admitted = Tracks::new();
        while let Some((alarm, group, track)) = admissions.next().await {
            match group {
                Ok((is_refused, group)) => {
                    failures.groups_refused += u64::from(is_refused);
                    add(&mut admitted, (alarm, group), track);
                }
                Err(error) => failures.add(track.first_record, &error),
            }
        }
        admitted
    }

    /// The rules in force, and how many files were refused just now.
    async fn rules(&self, store: &Store, deadline: Deadline) -> Result<(Arc<InForce>, u64), Failure> {
        let loaded = self.source.current(store, deadline).await;
        Ok(loaded?)
    }

    /// What asks the alarms of the rules in force, made anew where these are.
    fn ready_watch<'r>(&self, ready: &'r mut Option<Ready>, rules: &Arc<InForce>) -> Result<&'r mut Watch, Failure> {
        if !ready.as_ref().is_some_and(|ready| Arc::ptr_eq(&ready.rules, rules)) {
            self.look_for_topics(&rules.rules);
            let watch = Watch::new(&rules.rules).map_err(|error| Failure::new("NoRules", &error))?;
            let watch = watch.with_log_groups(self.config.rules.log_groups.clone());
            *ready = Some(Ready { rules: Arc::clone(rules), watch });
        }
        match ready {
            Some(ready) => Ok(&mut ready.watch),
            None => Err(Failure { error_type: "NoRules", message: "the rules are not ready".to_owned() }),
        }
    }

    /// A topic that is not there is no reason to refuse rules: the severity's is used.
    fn look_for_topics(&self, rules: &Rules) {
        for alarm in &rules.alarms {
            let topic = alarm.notification.topic.as_deref();
            if let Some(topic) = topic.filter(|topic| self.config.topics.named(topic).is_none()) {
                tracing::warn!(
                    alarm.name,
                    topic,
                    "TOPIC_ARNS has no topic of this name: that of the severity will be used"
                );
            }
        }
    }

    fn outbox<'o>(&'o self, store: &'o Store, context: &Context, deadline: Deadline) -> Outbox<'o> {
        let ends = i64::try_from(context.deadline).unwrap_or(i64::MAX);
        Outbox {
            store,
            publisher: &self.publisher,
            dead_letters: &self.dead_letters,
            config: &self.config,
            links: self.links(context),
            deadline,
            now: i64::try_from(now()).unwrap_or(i64::MAX),
            lease: ends.saturating_add(CLOCKS_APART),
            due: StdMutex::default(),
            published: StdMutex::default(),
        }
    }

    fn keeper<'k>(&'k self, outbox: &'k Outbox<'k>, deadline: Deadline) -> Keeper<'k> {
        let Outbox { store, now, lease, .. } = *outbox;
        Keeper { store, outbox, known: &self.known, deadline, now, lease }
    }

    fn links(&self, context: &Context) -> Links {
        // arn:aws:lambda:eu-west-1:123456789012:function:name
        let part = |number| context.invoked_function_arn.split(':').nth(number).map(str::to_owned);
        Links {
            region: part(3).unwrap_or_default(),
            dashboards_url: self.config.dashboards_url.clone(),
            account: part(4),
        }
    }

    fn report(&self, counts: &Counts, context: &Context, now: i64) {
        let function = &context.env_config.function_name;
        metrics::print(&counts.line(&self.config.metrics_namespace, function, &context.request_id, now));
    }
}

/// What failed of a batch.
#[derive(Debug, Default)]
struct Failures {
    /// The first record that is not wholly kept.
    from: Option<usize>,
    problem: Option<String>,
    unreadable: u64,
    /// Groups for which their alarm had no room.
    groups_refused: u64,
}

impl Failures {
    fn add(&mut self, record: usize, error: &StoreError) {
        if error.is_of_one_item() {
            // It would come again and again, and hold up all others: their alarm is not looked at.
            tracing::error!(%error, "an alarm is not evaluated");
            self.unreadable += 1;
            return;
        }
        self.from = Some(self.from.unwrap_or(record).min(record));
        self.problem.get_or_insert_with(|| cause_chain(error));
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

    #[test]
    fn the_schedule_is_known_by_its_task_alone() {
        assert!(serde_json::from_str::<Schedule>(r#"{"logweir":"evaluate"}"#).is_ok());
        for other in [r#"{"logweir":"replay"}"#, r#"{"awslogs":{"data":""}}"#, "[]", r#""evaluate""#] {
            assert!(serde_json::from_str::<Schedule>(other).is_err(), "{other}");
        }
    }
}
