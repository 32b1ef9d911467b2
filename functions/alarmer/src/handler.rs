//! The handler: look, keep, announce, count, answer.

use std::pin::pin;
use std::sync::{Arc, Mutex as StdMutex};
use std::time::Duration;

use futures_util::{StreamExt, stream};
use lambda_runtime::{Context, LambdaEvent};
use logweir_alarms::message::Links;
use logweir_aws_support::DeadLetters;
use logweir_lambda_support::{Amount, Balance, Deadline, Failure, cause_chain, now};
use logweir_rules::{Rules, Watch};
use logweir_subscription::Event;
use serde::Deserialize;
use serde_json::json;
use serde_json::value::{RawValue, to_raw_value};
use tokio::sync::Mutex;

use crate::config::Config;
use crate::evaluate::evaluate;
use crate::intake::{Fate, Incoming, Intake, Tracks, add, take_in};
use crate::keeper::{Keeper, Known};
use crate::metrics::{self, Counts};
use crate::outbox::{Outbox, Storm};
use crate::publish::Publisher;
use crate::source::RulesSource;
use crate::store::{Store, StoreError, Table};

/// Time kept back for the answer itself.
const RESERVE: Duration = Duration::from_secs(2);
/// How long after its deadline an invocation has surely ended, on anybody's clock, in milliseconds.
const CLOCKS_APART: i64 = 5_000;
const FUNCTION: &str = "alarmer";

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
    rules: Arc<Rules>,
    watch: Watch,
}

/// What came of the records.
struct Taken {
    /// The first record that is not wholly kept, from which all come again.
    failed_from: Option<usize>,
    problem: Option<String>,
}

impl Alarmer {
    /// An alarmer as configured. Clients are made when they are needed.
    pub fn new(config: Config) -> Self {
        Self {
            table: Table::new(&config.state_table, config.state_concurrency),
            publisher: Publisher::default(),
            source: RulesSource::new(&config),
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
        let event = Event::parse(payload.get().as_bytes()).map_err(|error| Failure::new("UnknownEvent", &error))?;
        match &event {
            Event::Logs { data } => {
                let taken = Box::pin(self.take(&[Incoming { name: "awslogs", data }], &context)).await?;
                match taken.failed_from {
                    None => Ok(RawValue::NULL.to_owned()),
                    Some(_) => Err(Failure {
                        error_type: "AlarmsIncomplete",
                        message: taken.problem.unwrap_or_else(|| "not all was kept in time".to_owned()),
                    }),
                }
            }
            // Lambda repeats from the lowest sequence number that is named.
            // https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html
            Event::Kinesis(records) => {
                let incoming: Vec<_> = records
                    .iter()
                    .map(|record| Incoming { name: &record.sequence_number, data: &record.data })
                    .collect();
                let failed = Box::pin(self.take(&incoming, &context)).await?.failed_from;
                let failures: Vec<_> =
                    failed.iter().map(|record| json!({"itemIdentifier": incoming[*record].name})).collect();
                to_raw_value(&json!({"batchItemFailures": failures})).map_err(|error| Failure::new("Response", &error))
            }
            Event::Firehose(_) => Err(Failure {
                error_type: "UnknownEvent",
                message: "the event is a Firehose transform: that is the transformer's".to_owned(),
            }),
        }
    }

    async fn evaluate(&self, context: &Context) -> Result<Box<RawValue>, Failure> {
        let deadline = Deadline::of(context, RESERVE);
        let store = self.table.store(deadline);
        let (rules, rules_rejected) = self.rules(&store, deadline).await?;
        let outbox = self.outbox(&store, context, deadline);
        let keeper = self.keeper(&outbox, deadline);
        let (evaluated, mut counts) = evaluate(&keeper, &rules, self.config.state_concurrency).await;
        counts.rules_rejected = rules_rejected;
        (counts.read_units, counts.write_units) = store.consumed();
        self.report(&counts, context, outbox.now);
        tracing::info!(?evaluated, "evaluated");
        to_raw_value(&evaluated).map_err(|error| Failure::new("Response", &error))
    }

    async fn take(&self, records: &[Incoming<'_>], context: &Context) -> Result<Taken, Failure> {
        let deadline = Deadline::of(context, RESERVE);
        let store = self.table.store(deadline);
        let (rules, rules_rejected) = self.rules(&store, deadline).await?;
        let outbox = self.outbox(&store, context, deadline);
        let keeper = self.keeper(&outbox, deadline);
        let intake = {
            let mut ready = self.ready.lock().await;
            let watch = ready_watch(&mut ready, &rules)?;
            take_in(&rules, watch, self.config.max_decompressed_bytes, records, outbox.now)
        };
        let Intake { tracks, fates, letters, measures, mut counts, lone_surrogates } = intake;
        let mut failures = Failures::default();
        let tracks = self.admit(&keeper, &rules, tracks, &mut failures).await;
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
        let unkept = self.dead_letters.put_all(&letters, |record| records[record].name, deadline).await;
        failed_from = failed_from.into_iter().chain(unkept.records).min();
        problem = problem.or(unkept.problem);
        // What is kept is announced, also where something else failed.
        counts.add(&outbox.publish(Storm::Leave, deadline).await);
        if let Some(problem) = &problem {
            tracing::error!(problem, "not all was kept: it comes again");
        }
        let balance = balance(&fates, failed_from, lone_surrogates);
        let function = &context.env_config.function_name;
        balance.report(&self.config.metrics_namespace, function, &context.request_id);
        for line in measures
            .lines(&self.config.metrics_namespace, failed_from.unwrap_or(usize::MAX), |alarm| &rules.alarms[alarm].name)
        {
            metrics::print(&line);
        }
        counts.rules_rejected = rules_rejected;
        (counts.read_units, counts.write_units) = store.consumed();
        self.report(&counts, context, outbox.now);
        Ok(Taken { failed_from, problem })
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
    async fn rules(&self, store: &Store, deadline: Deadline) -> Result<(Arc<Rules>, u64), Failure> {
        let loaded = self.source.current(store, deadline).await;
        loaded.map_err(|error| Failure { error_type: "NoRules", message: cause_chain(&error) })
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

fn ready_watch<'r>(ready: &'r mut Option<Ready>, rules: &Arc<Rules>) -> Result<&'r mut Watch, Failure> {
    if !ready.as_ref().is_some_and(|ready| Arc::ptr_eq(&ready.rules, rules)) {
        let watch = Watch::new(rules).map_err(|error| Failure::new("NoRules", &error))?;
        *ready = Some(Ready { rules: Arc::clone(rules), watch });
    }
    match ready {
        Some(ready) => Ok(&mut ready.watch),
        None => Err(Failure { error_type: "NoRules", message: "the rules are not ready".to_owned() }),
    }
}

/// The balance: from the first record that failed on all come again, and what is kept of them is repeated.
fn balance(fates: &[(Amount, Fate)], failed_from: Option<usize>, lone_surrogates: u64) -> Balance {
    let mut balance = Balance { lone_surrogates, ..Balance::default() };
    for (record, (amount, fate)) in fates.iter().enumerate() {
        balance.received += *amount;
        match fate {
            _ if failed_from.is_some_and(|from| record >= from) => {
                balance.returned += *amount;
                if *fate == Fate::Watched {
                    balance.repeated += *amount;
                }
            }
            Fate::Watched => balance.delivered += *amount,
            Fate::Drop(reason) => balance.drop(reason, *amount),
            Fate::DeadLetter => balance.dead_lettered += *amount,
        }
    }
    balance
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn from_the_first_failure_on_all_is_returned() {
        let amount = |events| Amount { records: 1, events, bytes: 10 * events };
        let fates = [(amount(0), Fate::Drop("control")), (amount(3), Fate::Watched), (amount(0), Fate::DeadLetter)];
        let whole = balance(&fates, None, 0);
        assert!(whole.is_balanced());
        assert_eq!((whole.delivered, whole.dead_lettered.records), (amount(3), 1));
        let failed = balance(&fates, Some(1), 0);
        assert!(failed.is_balanced());
        assert_eq!((failed.returned.records, failed.repeated), (2, amount(3)));
    }

    #[test]
    fn the_schedule_is_known_by_its_task_alone() {
        assert!(serde_json::from_str::<Schedule>(r#"{"logweir":"evaluate"}"#).is_ok());
        for other in [r#"{"logweir":"replay"}"#, r#"{"awslogs":{"data":""}}"#, "[]", r#""evaluate""#] {
            assert!(serde_json::from_str::<Schedule>(other).is_err(), "{other}");
        }
    }
}
