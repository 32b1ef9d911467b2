//! A fifth function, as an example: how many events each log group has in each hour, in a DynamoDB table.
//!
//! The items of a payload are named after its events, so a payload that comes again writes the same items again: whoever sums the
//! items of a log group and hour counts each event once, unless AWS cuts its payloads anew.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use logweir_aws_support::{CallError, DeadLetterConfig, DeadLetters, configuration, retry};
use logweir_intake::{Batch, Books, Content, Incoming, Lane, Settings, Verdict, take_in};
use logweir_lambda_support::{
    Deadline, Environment, Failure, Outcome, Variable, cause_chain, conclude, parse, start_logging,
};
use logweir_rules_source::{RulesConfig, RulesSource};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

const TABLE: Variable = Variable { name: "TALLY_TABLE", purpose: "table with the keys log_group and hour (strings)" };
const HOUR: i64 = 3_600_000;

/// The sums of a record: by account and log group, and hour since 1970 and digest.
type Tally = BTreeMap<(String, String), u64>;

struct Function {
    table: String,
    rules: RulesSource,
    dead_letters: DeadLetters,
    namespace: String,
    is_reported: bool,
}

/// Decides: what of each record is to be written. Pure.
fn tally(settings: &Settings, records: &[Incoming<'_>]) -> Books<Vec<(usize, Tally)>> {
    take_in(&mut [Lane::new(settings, ())], records, Vec::new(), |(), _, content, turn| {
        let Content::Parts(parts) = content else { return Verdict::Delivered };
        let mut sums = Tally::new();
        for part in parts.iter() {
            let ids =
                part.data.log_events.iter().fold(Sha256::new(), |ids, event| ids.chain_update(&*event.id.decode()));
            let (digest, group) = (format!("{:x}", ids.finalize()), part.data.source_log_group());
            for event in &part.data.log_events {
                let group = format!("{}:{group}", part.data.account());
                let hour = format!("{:08}/{}", event.timestamp.div_euclid(HOUR), &digest[..16]);
                *sums.entry((group, hour)).or_default() += 1;
            }
        }
        let mut books = turn.take(|| false);
        let record = books.ledger.entries().len();
        books.shared.push((record, sums));
        Verdict::Delivered
    })
}

impl Function {
    fn read(mut environment: Environment) -> Result<Self, Error> {
        let table = environment.required(TABLE);
        environment.required(DeadLetterConfig::BUCKET);
        let rules = RulesSource::new(&RulesConfig::read(&mut environment), &environment.intake(), None);
        let (is_reported, namespace) = (environment.reports_batch_item_failures(), environment.metrics_namespace());
        let dead_letters = DeadLetterConfig::read(&environment);
        let Some(dead_letters) = environment.finish(dead_letters)? else { return Err("no dead letters".into()) };
        Ok(Self { table, rules, dead_letters: DeadLetters::new(dead_letters, "tally"), namespace, is_reported })
    }

    async fn handle(&self, event: LambdaEvent<Box<RawValue>>) -> Result<Box<RawValue>, Failure> {
        let (payload, context) = event.into_parts();
        let event = parse(&payload)?;
        let batch = Batch::of(&event)?.with_partial_answer(self.is_reported);
        let deadline = Deadline::of(&context, Duration::from_secs(2));
        let in_force = self.rules.in_force(deadline, &self.namespace, &context).await?;
        let Books { shared: tallies, ledger, letters } = tally(&in_force.intake, &batch.records);
        let unkept = self.dead_letters.put_all(&letters, &batch, deadline).await;
        let (mut failed_from, mut problem) = (unkept.records.iter().min().copied(), unkept.problem);
        for (record, sums) in &tallies {
            if let Err(error) = self.put(sums, deadline).await {
                failed_from = Some(failed_from.map_or(*record, |from| from.min(*record)));
                problem = Some(cause_chain(&error));
                break;
            }
        }
        conclude(&batch, &ledger, Outcome { failed_from, problem }, &self.namespace, &context, "TallyIncomplete")
    }

    async fn put(&self, sums: &Tally, deadline: Deadline) -> Result<(), CallError> {
        let client = aws_sdk_dynamodb::Client::new(configuration().await);
        for ((log_group, hour), count) in sums {
            let item = || {
                let key = [("log_group", log_group), ("hour", hour)];
                key.into_iter().fold(client.put_item().table_name(&self.table), |put, (name, value)| {
                    put.item(name, AttributeValue::S(value.clone()))
                })
            };
            retry(deadline, || async {
                let put = item().item("events", AttributeValue::N(count.to_string())).send();
                put.await.map_err(|error| CallError::of(&error))
            })
            .await?;
        }
        Ok(())
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    start_logging();
    let function =
        Function::read(Environment::of_process()).inspect_err(|error| tracing::error!(%error, "not started"))?;
    lambda_runtime::run(service_fn(|event| function.handle(event))).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use logweir_subscription::{Event, encode};

    #[test]
    fn a_repeat_writes_the_same_items_and_what_is_no_payload_is_set_aside() {
        let payload = br#"{"messageType":"DATA_MESSAGE","owner":"1","logGroup":"/app","logStream":"s","logEvents":[
            {"id":"7","timestamp":0,"message":"a"},{"id":"8","timestamp":3600000,"message":"b"}]}"#;
        let event = encode::kinesis_event(&[&payload[..], b"no payload", &payload[..]]).to_string();
        let event = Event::parse(event.as_bytes()).expect("an event");
        let done = tally(&Settings::default(), &Batch::of(&event).expect("a batch").records);
        assert_eq!((done.letters.len(), done.letters[0].record, done.ledger.balance(None).check()), (1, 1, Ok(())));
        let [(0, first), (2, again)] = done.shared.as_slice() else { panic!("{:?}", done.shared) };
        assert_eq!(first, again);
        let hours: Vec<_> = first.iter().map(|((group, hour), events)| (group.as_str(), &hour[..8], *events)).collect();
        assert_eq!(hours, [("1:/app", "00000000", 1), ("1:/app", "00000001", 1)]);
    }
}
