//! The table: what alarms have come to, what is to be published, and the evidence. The only place where DynamoDB is asked.
//!
//! Writes are conditional or idempotent, so that any of them can be made again after its answer was lost: of two who write on what
//! both have read, one is done and the other is told so.

mod error;
mod evidence;
mod item;
mod keys;
#[cfg(test)]
pub(crate) mod local;
mod notes;
mod outbox;
mod status;

use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::operation::get_item::builders::GetItemFluentBuilder;
use aws_sdk_dynamodb::operation::put_item::builders::PutItemFluentBuilder;
use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::{ConsumedCapacity, ReturnConsumedCapacity, ReturnValuesOnConditionCheckFailure};
use logweir_alarms::{Notification, Status};
use logweir_aws_support::{CallError, configuration, retry};
use logweir_lambda_support::Deadline;
use tokio::sync::{OnceCell, Semaphore};

pub(crate) use error::{ItemError, StoreError};
use item::{Item, Key};
pub(crate) use keys::evidence_pk;

/// How long one attempt may take: an answer takes milliseconds, so what has not come after this is lost.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(3);

/// The table, as long as the function lives; its client is made when it is first needed.
#[derive(Debug)]
pub(crate) struct Table {
    name: Arc<str>,
    gate: Arc<Semaphore>,
    client: Arc<OnceCell<Client>>,
}

impl Table {
    /// The table `name`, asked by at most `concurrency` requests at a time.
    pub(crate) fn new(name: &str, concurrency: usize) -> Self {
        Self { name: name.into(), gate: Arc::new(Semaphore::new(concurrency)), client: Arc::default() }
    }

    /// The table for one invocation, which ends at `deadline`.
    pub(crate) fn store(&self, deadline: Deadline) -> Store {
        let (client, gate) = (Arc::clone(&self.client), Arc::clone(&self.gate));
        Store { client, table: Arc::clone(&self.name), gate, deadline, consumed: Arc::default() }
    }
}

async fn client() -> Client {
    let configuration = configuration().await;
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(2))
        .operation_attempt_timeout(ATTEMPT_TIMEOUT)
        .build();
    Client::from_conf(aws_sdk_dynamodb::config::Builder::from(configuration).timeout_config(timeouts).build())
}

/// The table, for one invocation.
#[derive(Debug, Clone)]
pub(crate) struct Store {
    /// Made with the first request: reading the certificates that it trusts takes longer than an invocation that finds nothing.
    client: Arc<OnceCell<Client>>,
    table: Arc<str>,
    gate: Arc<Semaphore>,
    deadline: Deadline,
    consumed: Arc<Mutex<Consumed>>,
}

/// What an invocation's requests have cost. A conditional write that was refused costs too, but its answer does not say what.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Consumed {
    requests: u64,
    reads: f64,
    writes: f64,
}

/// What is kept of an alarm and group.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Stored {
    /// The group's key.
    pub(crate) group: String,
    /// How many times it was written.
    pub(crate) version: u64,
    /// What it has come to.
    pub(crate) status: Status,
    /// What is to be published, in no order.
    pub(crate) outbox: Vec<Pending>,
}

/// A notification that is to be published.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Pending {
    /// What is told.
    pub(crate) notification: Notification,
    /// Until when somebody is at it, in milliseconds since 1970.
    pub(crate) lease: i64,
    /// Before when it is not published.
    pub(crate) not_before: i64,
}

/// What came of [`Store::create`].
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Created {
    /// It is there now.
    New(Stored),
    /// It was there already.
    Exists(Stored),
    /// The alarm has as many groups as it may.
    Full,
}

/// What came of [`Store::save`].
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Saved {
    /// What is there now.
    Done(Stored),
    /// Somebody else wrote, or it is gone: read it again.
    Conflict,
}

/// Where evidence lies.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Place {
    /// Alarm, fingerprint and group: [`evidence_pk`].
    pub(crate) pk: String,
    /// Bucket and slot.
    pub(crate) sk: String,
}

/// What came of an update: the attributes that were asked for, or the item that did not meet the condition.
enum Updated {
    Done(Item),
    Refused(Option<Item>),
}

impl Store {
    /// Read and write units that this invocation's requests have consumed.
    pub(crate) fn consumed(&self) -> (f64, f64) {
        let consumed = self.consumed.lock().unwrap_or_else(PoisonError::into_inner);
        (consumed.reads, consumed.writes)
    }

    /// How many requests this invocation has made.
    #[cfg(test)]
    pub(crate) fn requests(&self) -> u64 {
        self.consumed.lock().unwrap_or_else(PoisonError::into_inner).requests
    }

    async fn client(&self) -> &Client {
        self.client.get_or_init(client).await
    }

    fn spend(&self, reads: f64, writes: f64) {
        let mut consumed = self.consumed.lock().unwrap_or_else(PoisonError::into_inner);
        consumed.reads += reads;
        consumed.writes += writes;
    }

    /// Makes a request, again where that can help, until the deadline.
    async fn send<T, F>(&self, operation: &'static str, attempt: impl Fn() -> F) -> Result<T, StoreError>
    where
        F: Future<Output = Result<T, CallError>>,
    {
        let attempts = retry(self.deadline, || {
            let sent = attempt();
            async {
                // The gate is never closed.
                let _permit = self.gate.acquire().await;
                self.consumed.lock().unwrap_or_else(PoisonError::into_inner).requests += 1;
                sent.await
            }
        });
        let answer = pin!(attempts).await;
        answer.map_err(|cause| StoreError::Call { table: self.table.to_string(), operation, cause })
    }

    /// An update of an item, whose condition the caller adds.
    async fn update(&self, key: Key) -> UpdateItemFluentBuilder {
        self.client()
            .await
            .update_item()
            .table_name(&*self.table)
            .set_key(Some(key))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
    }

    async fn send_update(
        &self,
        operation: &'static str,
        request: &UpdateItemFluentBuilder,
    ) -> Result<Updated, StoreError> {
        self.send(operation, || async {
            match Box::pin(request.clone().send()).await {
                Ok(output) => {
                    self.spend(0.0, units(output.consumed_capacity()));
                    Ok(Updated::Done(output.attributes.unwrap_or_default()))
                }
                Err(error) => match error.as_service_error() {
                    Some(UpdateItemError::ConditionalCheckFailedException(refused)) => {
                        Ok(Updated::Refused(refused.item().cloned()))
                    }
                    _ => Err(CallError::of(&error)),
                },
            }
        })
        .await
    }

    async fn send_put(&self, operation: &'static str, request: PutItemFluentBuilder) -> Result<(), StoreError> {
        let request = request.table_name(&*self.table).return_consumed_capacity(ReturnConsumedCapacity::Total);
        self.send(operation, || async {
            let output = Box::pin(request.clone().send()).await.map_err(|error| CallError::of(&error))?;
            self.spend(0.0, units(output.consumed_capacity()));
            Ok(())
        })
        .await
    }

    async fn send_get(
        &self,
        operation: &'static str,
        request: GetItemFluentBuilder,
    ) -> Result<Option<Item>, StoreError> {
        let request = request.table_name(&*self.table).return_consumed_capacity(ReturnConsumedCapacity::Total);
        self.send(operation, || async {
            let output = Box::pin(request.clone().send()).await.map_err(|error| CallError::of(&error))?;
            self.spend(units(output.consumed_capacity()), 0.0);
            Ok(output.item)
        })
        .await
    }

    /// All pages of a query, each given to `page`, until that wants no more.
    async fn send_query(
        &self,
        operation: &'static str,
        request: QueryFluentBuilder,
        mut page: impl FnMut(Vec<Item>) -> Result<bool, StoreError>,
    ) -> Result<(), StoreError> {
        let request = request
            .table_name(&*self.table)
            .consistent_read(true)
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        let mut from = None;
        loop {
            let request = request.clone().set_exclusive_start_key(from);
            let output = self
                .send(operation, || async {
                    let output = Box::pin(request.clone().send()).await.map_err(|error| CallError::of(&error))?;
                    self.spend(units(output.consumed_capacity()), 0.0);
                    Ok(output)
                })
                .await?;
            from = output.last_evaluated_key;
            if !page(output.items.unwrap_or_default())? || from.is_none() {
                return Ok(());
            }
        }
    }

    /// What an item holds is not what was written there.
    pub(crate) fn unreadable(&self, place: String, reason: ItemError) -> StoreError {
        StoreError::Unreadable { table: self.table.to_string(), place, reason }
    }
}

fn units(consumed: Option<&ConsumedCapacity>) -> f64 {
    consumed.and_then(ConsumedCapacity::capacity_units).unwrap_or_default()
}
